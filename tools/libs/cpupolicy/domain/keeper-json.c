/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Domains as JSON, so that people can look at what is kept.  Leaves and MSRs
 * are named, and zeros left out: tables that get more rows read old files.
 * Written without json-c, which does not tell of allocations that failed.
 */

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "domains.h"

#define FORMAT  "xl-cpupolicy domains"
#define VERSION 1

/* What the file says of a domain besides its policy. */
struct kept {
    int64_t id, vcpus, max_phys_bits;
    int64_t hvm, pv32, hap, nested, vpmu, finished;
};

static const struct field {
    const char *key;
    size_t offset;
    uint32_t min, max;          /* 0 to 1: a boolean */
} fields[] = {
#define FIELD(name, min, max) { #name, offsetof(struct kept, name), min, max }
    FIELD(id, 1, X86_DOMID_FIRST_RESERVED - 1),
    FIELD(vcpus, 1, X86_DOMAIN_MAX_VCPUS),
    FIELD(max_phys_bits, 0, X86_MAX_PHYS_BITS),
    FIELD(hvm, 0, 1), FIELD(pv32, 0, 1), FIELD(hap, 0, 1),
    FIELD(nested, 0, 1), FIELD(vpmu, 0, 1), FIELD(finished, 0, 1),
#undef FIELD
};
#define NR_FIELDS (sizeof(fields) / sizeof(fields[0]))

static int64_t *member(struct kept *k, const struct field *f)
{
    return (int64_t *)((char *)k + f->offset);
}

/* ---- writing ---------------------------------------------------------- */

static void write_policy(FILE *f, const struct cpu_policy *p)
{
    const char *comma = "";

    fprintf(f, "      \"cpuid\": {");
    for ( unsigned int i = 0; i < X86_NR_SLOTS; i++ )
    {
        const struct x86_regs *r = &p->leaf[i];

        if ( !(r->a | r->b | r->c | r->d) )
            continue;
        fprintf(f, "%s\n        \"0x%" PRIx32 ".0x%" PRIx32 "\": [\"0x%" PRIx32
                "\", \"0x%" PRIx32 "\", \"0x%" PRIx32 "\", \"0x%" PRIx32
                "\"]", comma, x86_slot_descs[i].leaf,
                x86_slot_descs[i].subleaf, r->a, r->b, r->c, r->d);
        comma = ",";
    }

    comma = "";
    fprintf(f, "\n      },\n      \"msrs\": {");
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
    {
        if ( !p->msr[i] )
            continue;
        fprintf(f, "%s\n        \"0x%" PRIx32 "\": \"0x%" PRIx64 "\"", comma,
                x86_msr_descs[i].index, p->msr[i]);
        comma = ",";
    }
    fprintf(f, "\n      }\n");
}

static int write_domain(FILE *f, struct domain_keeper *k,
                        const struct x86_domain_info *info, bool finished)
{
    const struct x86_domain_kind *kind = &info->config.kind;
    struct kept kept = {
        .id = info->id, .vcpus = info->config.max_vcpus,
        .max_phys_bits = kind->max_phys_bits, .hvm = kind->hvm,
        .pv32 = kind->pv32, .hap = kind->hap, .nested = kind->nested,
        .vpmu = kind->vpmu, .finished = finished,
    };
    struct cpu_policy p;
    int rc = x86_domain_get(&k->store, info->id, &p);

    if ( rc )
        return rc;

    fprintf(f, "    {\n");
    for ( size_t i = 0; i < NR_FIELDS; i++ )
    {
        int64_t v = *member(&kept, &fields[i]);

        if ( fields[i].max == 1 )
            fprintf(f, "      \"%s\": %s,\n", fields[i].key,
                    v ? "true" : "false");
        else
            fprintf(f, "      \"%s\": %" PRId64 ",\n", fields[i].key, v);
    }
    write_policy(f, &p);
    fprintf(f, "    }");

    return 0;
}

static int write_domains(FILE *f, struct domain_keeper *k,
                         const struct keeper_change *next)
{
    struct x86_domain_info info;
    const char *comma = "";
    int rc = 0;

    fprintf(f, "{\n  \"format\": \"%s\",\n  \"version\": %d,\n"
            "  \"domains\": [", FORMAT, VERSION);
    for ( uint32_t id = 0; !rc && !x86_domain_next(&k->store, id, &info);
          id = info.id + 1 )
    {
        if ( info.id == next->gone )
            continue;
        fprintf(f, "%s\n", comma);
        rc = write_domain(f, k, &info,
                          info.finished || info.id == next->finished);
        comma = ",";
    }
    fprintf(f, "\n  ]\n}\n");

    return rc;
}

int keeper_text(struct domain_keeper *k, const struct keeper_change *next,
                char **out)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    int rc;

    if ( !f )
        return -ENOMEM;

    rc = write_domains(f, k, next);
    if ( ferror(f) )
        rc = -ENOMEM;
    if ( fclose(f) && !rc )
        rc = -ENOMEM;
    if ( rc )
        free(text);
    else
        *out = text;

    return rc;
}

/* ---- reading ---------------------------------------------------------- */

static int wrong(cpupolicy_error *err, const char *what, const char *which)
{
    return cpupolicy_error_set(err, EINVAL, 0, "not a file of domains: %s"
                               "%s%.40s%s", what, which ? " '" : "",
                               which ? which : "", which ? "'" : "");
}

static bool get_field(struct json_object *o, const struct field *f,
                      int64_t *out)
{
    struct json_object *v;

    if ( !json_object_object_get_ex(o, f->key, &v) ||
         !json_object_is_type(v, f->max == 1 ? json_type_boolean
                                             : json_type_int) )
        return false;
    *out = json_object_get_int64(v);

    return *out >= f->min && *out <= f->max;
}

static bool get_hex(const char *text, char stop, uint64_t max,
                    const char **end, uint64_t *out)
{
    if ( strncmp(text, "0x", 2) || !strchr("0123456789abcdefABCDEF", text[2]) )
        return false;
    errno = 0;
    *out = strtoull(text, (char **)end, 16);

    return !errno && **end == stop && *end > text + 2 && *out <= max;
}

static bool get_value(struct json_object *v, uint64_t max, uint64_t *out)
{
    const char *end;

    return json_object_is_type(v, json_type_string) &&
           get_hex(json_object_get_string(v), '\0', max, &end, out);
}

static bool get_leaf(const char *key, struct json_object *list,
                     struct cpu_policy *p)
{
    uint64_t leaf, subleaf, v[4];
    const char *end;
    int slot;

    if ( !get_hex(key, '.', UINT32_MAX, &end, &leaf) ||
         !get_hex(end + 1, '\0', UINT32_MAX, &end, &subleaf) ||
         !json_object_is_type(list, json_type_array) ||
         json_object_array_length(list) != 4 )
        return false;
    slot = x86_slot_find(leaf, subleaf);
    if ( slot < 0 )
        return false;
    for ( unsigned int i = 0; i < 4; i++ )
        if ( !get_value(json_object_array_get_idx(list, i), UINT32_MAX,
                        &v[i]) )
            return false;
    p->leaf[slot] = (struct x86_regs){ v[0], v[1], v[2], v[3] };

    return true;
}

static bool get_msr(const char *key, struct json_object *value,
                    struct cpu_policy *p)
{
    const char *end;
    uint64_t index;
    int slot;

    if ( !get_hex(key, '\0', UINT32_MAX, &end, &index) )
        return false;
    slot = x86_msr_slot_find(index);

    return slot >= 0 && get_value(value, UINT64_MAX, &p->msr[slot]);
}

static int get_policy(struct json_object *o, struct cpu_policy *p,
                      cpupolicy_error *err)
{
    struct json_object *cpuid, *msrs;

    memset(p, 0, sizeof(*p));
    if ( !json_object_object_get_ex(o, "cpuid", &cpuid) ||
         !json_object_is_type(cpuid, json_type_object) ||
         !json_object_object_get_ex(o, "msrs", &msrs) ||
         !json_object_is_type(msrs, json_type_object) )
        return wrong(err, "a domain lacks leaves or MSRs", NULL);

    json_object_object_foreach(cpuid, leaf, regs)
        if ( !get_leaf(leaf, regs, p) )
            return wrong(err, "no leaf, or no four registers:", leaf);
    json_object_object_foreach(msrs, index, value)
        if ( !get_msr(index, value, p) )
            return wrong(err, "no MSR, or no value of one:", index);
    x86_policy_recalc_vendor(p);

    return 0;
}

static int load_domain(struct domain_keeper *k, struct json_object *o,
                       cpupolicy_error *err)
{
    struct x86_domain_config config = { .max_vcpus = 1 };
    struct cpu_policy p;
    struct kept kept;
    int rc;

    for ( size_t i = 0; i < NR_FIELDS; i++ )
        if ( !json_object_is_type(o, json_type_object) ||
             !get_field(o, &fields[i], member(&kept, &fields[i])) )
            return wrong(err, "a domain lacks this, or has a wrong value of "
                         "it:", fields[i].key);
    rc = get_policy(o, &p, err);
    if ( rc )
        return rc;

    config.max_vcpus = kept.vcpus;
    config.kind = (struct x86_domain_kind){
        kept.hvm, kept.pv32, kept.hap, kept.nested, kept.vpmu,
        kept.max_phys_bits,
    };
    if ( x86_domain_create(&k->store, kept.id, &config, NULL) < 0 )
        return wrong(err, "a domain cannot be made (impossible, its id twice, "
                     "or too many)", NULL);
    if ( keeper_set(k, kept.id, &p) )
        return cpupolicy_error_set(err, EINVAL, 0, "domain %" PRId64 " has a "
                                   "policy that this host's max policies do "
                                   "not allow; was the file made with "
                                   "another source?", kept.id);
    if ( kept.finished && x86_domain_unpause(&k->store, kept.id) )
        return wrong(err, "a domain cannot be finished", NULL);

    return 0;
}

static int load_all(struct domain_keeper *k, struct json_object *o,
                    cpupolicy_error *err)
{
    struct json_object *format, *version, *list;
    int rc = 0;

    if ( !json_object_object_get_ex(o, "format", &format) ||
         strcmp(json_object_get_string(format) ?: "", FORMAT) ||
         !json_object_object_get_ex(o, "domains", &list) ||
         !json_object_is_type(list, json_type_array) )
        return wrong(err, "no JSON of that form", NULL);
    if ( !json_object_object_get_ex(o, "version", &version) ||
         !json_object_is_type(version, json_type_int) ||
         json_object_get_int64(version) != VERSION )
        return cpupolicy_error_set(err, EINVAL, 0, "a file of domains of "
                                   "another version than %d", VERSION);

    for ( size_t i = 0; !rc && i < json_object_array_length(list); i++ )
        rc = load_domain(k, json_object_array_get_idx(list, i), err);

    return rc;
}

int keeper_load(struct domain_keeper *k, const char *text, size_t len,
                cpupolicy_error *err)
{
    struct json_tokener *tok = json_tokener_new_ex(8);
    struct json_object *o;
    int rc;

    if ( !tok )
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");

    json_tokener_set_flags(tok, JSON_TOKENER_STRICT);
    o = json_tokener_parse_ex(tok, text, len);
    rc = load_all(k, o, err);
    json_object_put(o);
    json_tokener_free(tok);

    return rc;
}
