/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domains as JSON, so that people can look at what is kept. */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "domains.h"

#define FORMAT "xl-cpupolicy domains"

/* ---- writing ---------------------------------------------------------- */

static void add_words(struct json_object *o, const char *key,
                      const uint64_t *v, unsigned int nr)
{
    struct json_object *list = json_object_new_array();
    char text[24];

    for ( unsigned int i = 0; i < nr; i++ )
    {
        snprintf(text, sizeof(text), "0x%" PRIx64, v[i]);
        json_object_array_add(list, json_object_new_string(text));
    }
    json_object_object_add(o, key, list);
}

static struct json_object *json_domain(struct domain_keeper *k,
                                       const struct x86_domain_info *info,
                                       const struct keeper_change *next)
{
    const struct x86_domain_kind *kind = &info->config.kind;
    struct json_object *o = json_object_new_object();
    struct json_object *policy = json_object_new_object();
    struct cpu_policy p;

    if ( x86_domain_get(&k->store, info->id, &p) )
        memset(&p, 0, sizeof(p));

    json_object_object_add(o, "id", json_object_new_int64(info->id));
    json_object_object_add(o, "hvm", json_object_new_boolean(kind->hvm));
    json_object_object_add(o, "pv32", json_object_new_boolean(kind->pv32));
    json_object_object_add(o, "hap", json_object_new_boolean(kind->hap));
    json_object_object_add(o, "nested",
                           json_object_new_boolean(kind->nested));
    json_object_object_add(o, "vpmu", json_object_new_boolean(kind->vpmu));
    json_object_object_add(o, "max_phys_bits",
                           json_object_new_int(kind->max_phys_bits));
    json_object_object_add(o, "vcpus",
                           json_object_new_int64(info->config.max_vcpus));
    json_object_object_add(o, "finished",
                           json_object_new_boolean(
                               info->finished || next->finished == info->id));

    for ( unsigned int i = 0; i < X86_NR_SLOTS; i++ )
    {
        const struct x86_regs *r = &p.leaf[i];
        const uint64_t v[4] = { r->a, r->b, r->c, r->d };
        char key[32];

        if ( !(r->a | r->b | r->c | r->d) )
            continue;
        snprintf(key, sizeof(key), "0x%" PRIx32 ".0x%" PRIx32,
                 x86_slot_descs[i].leaf, x86_slot_descs[i].subleaf);
        add_words(policy, key, v, 4);
    }
    json_object_object_add(o, "cpuid", policy);
    add_words(o, "msrs", p.msr, X86_NR_MSR_SLOTS);

    return o;
}

char *keeper_text(struct domain_keeper *k, const struct keeper_change *next)
{
    struct json_object *o = json_object_new_object();
    struct json_object *list = json_object_new_array();
    struct x86_domain_info info;
    const char *text;
    char *copy;

    json_object_object_add(o, "format", json_object_new_string(FORMAT));
    for ( uint32_t id = 0; !x86_domain_next(&k->store, id, &info);
          id = info.id + 1 )
        if ( info.id != next->gone )
            json_object_array_add(list, json_domain(k, &info, next));
    json_object_object_add(o, "domains", list);

    text = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY);
    copy = text ? strdup(text) : NULL;
    json_object_put(o);

    return copy;
}

/* ---- reading ---------------------------------------------------------- */

static int wrong(cpupolicy_error *err, const char *what)
{
    return cpupolicy_error_set(err, EINVAL, 0, "not a file of domains: %s",
                               what);
}

static bool get_int(struct json_object *o, const char *key, int64_t max,
                    int64_t *out)
{
    struct json_object *v;

    if ( !json_object_object_get_ex(o, key, &v) ||
         !(json_object_is_type(v, json_type_int) ||
           json_object_is_type(v, json_type_boolean)) )
        return false;
    *out = json_object_get_int64(v);

    return *out >= 0 && *out <= max;
}

static bool get_words(struct json_object *list, uint64_t *v, unsigned int nr)
{
    if ( !json_object_is_type(list, json_type_array) ||
         json_object_array_length(list) != nr )
        return false;

    for ( unsigned int i = 0; i < nr; i++ )
    {
        struct json_object *item = json_object_array_get_idx(list, i);
        const char *text = json_object_get_string(item);
        char *end;

        if ( !json_object_is_type(item, json_type_string) ||
             strncmp(text, "0x", 2) )
            return false;
        errno = 0;
        v[i] = strtoull(text, &end, 16);
        if ( errno || *end || end == text + 2 )
            return false;
    }

    return true;
}

static bool get_leaf(const char *key, struct json_object *list,
                     struct cpu_policy *p)
{
    uint64_t v[4];
    char *end;
    unsigned long long leaf = strtoull(key, &end, 16), subleaf;
    int slot;

    if ( *end != '.' || !get_words(list, v, 4) ||
         (v[0] | v[1] | v[2] | v[3]) > UINT32_MAX )
        return false;
    subleaf = strtoull(end + 1, &end, 16);
    if ( *end || leaf > UINT32_MAX || subleaf > UINT32_MAX )
        return false;
    slot = x86_slot_find(leaf, subleaf);
    if ( slot < 0 )
        return false;
    p->leaf[slot] = (struct x86_regs){ v[0], v[1], v[2], v[3] };

    return true;
}

static bool get_policy(struct json_object *o, struct cpu_policy *p)
{
    struct json_object *cpuid, *msrs;

    memset(p, 0, sizeof(*p));
    if ( !json_object_object_get_ex(o, "cpuid", &cpuid) ||
         !json_object_is_type(cpuid, json_type_object) ||
         !json_object_object_get_ex(o, "msrs", &msrs) ||
         !get_words(msrs, p->msr, X86_NR_MSR_SLOTS) )
        return false;

    json_object_object_foreach(cpuid, key, value)
        if ( !get_leaf(key, value, p) )
            return false;
    x86_policy_recalc_vendor(p);

    return true;
}

static int load_domain(struct domain_keeper *k, struct json_object *o,
                       cpupolicy_error *err)
{
    int64_t id, vcpus, hvm, pv32, hap, nested, vpmu, finished, phys;
    struct x86_domain_config config = { .max_vcpus = 1 };
    struct cpu_policy p;
    int rc;

    if ( !json_object_is_type(o, json_type_object) ||
         !get_int(o, "id", X86_DOMID_FIRST_RESERVED - 1, &id) ||
         !get_int(o, "vcpus", UINT32_MAX, &vcpus) ||
         !get_int(o, "hvm", 1, &hvm) || !get_int(o, "pv32", 1, &pv32) ||
         !get_int(o, "hap", 1, &hap) || !get_int(o, "nested", 1, &nested) ||
         !get_int(o, "vpmu", 1, &vpmu) ||
         !get_int(o, "max_phys_bits", 64, &phys) ||
         !get_int(o, "finished", 1, &finished) || !get_policy(o, &p) )
        return wrong(err, "a domain lacks something, or has a wrong value");

    config.max_vcpus = vcpus;
    config.kind = (struct x86_domain_kind){
        hvm, pv32, hap, nested, vpmu, phys,
    };
    rc = x86_domain_create(&k->store, id, &config, NULL);
    if ( rc < 0 )
        return wrong(err, "a domain cannot be made (its id twice, or too "
                     "many)");
    rc = keeper_set(k, id, &p);
    if ( rc )
        return cpupolicy_error_set(err, EINVAL, 0, "domain %" PRId64 " has a "
                                   "policy that this host's max policies do "
                                   "not allow; was the file made with "
                                   "another source?", id);
    if ( finished && x86_domain_unpause(&k->store, id) )
        return wrong(err, "a domain cannot be finished");

    return 0;
}

int keeper_load(struct domain_keeper *k, const char *text, size_t len,
                cpupolicy_error *err)
{
    struct json_tokener *tok = json_tokener_new_ex(8);
    struct json_object *o = NULL, *list, *format;
    int rc = 0;

    if ( tok )
        json_tokener_set_flags(tok, JSON_TOKENER_STRICT);
    if ( tok && len <= KEEPER_MAX_FILE )
        o = json_tokener_parse_ex(tok, text, len);

    if ( !o || !json_object_object_get_ex(o, "format", &format) ||
         strcmp(json_object_get_string(format) ?: "", FORMAT) ||
         !json_object_object_get_ex(o, "domains", &list) ||
         !json_object_is_type(list, json_type_array) )
        rc = wrong(err, "no JSON of that form");

    for ( size_t i = 0; !rc && i < json_object_array_length(list); i++ )
        rc = load_domain(k, json_object_array_get_idx(list, i), err);

    json_object_put(o);
    if ( tok )
        json_tokener_free(tok);

    return rc;
}
