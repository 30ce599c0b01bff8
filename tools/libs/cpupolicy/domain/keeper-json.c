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

#include "domains.h"
#include "text/json-reader.h"
#include "text/text.h"

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

#define MAX_KEYS    4096U       /* of leaves, and of MSRs */

#define NR(a) (sizeof(a) / sizeof((a)[0]))
#define SHAPE(what, fields) { what, fields, NR(fields), true, true }

/* What is being read. */
struct loading {
    struct domain_keeper *keeper;
    struct kept kept;
    struct cpu_policy policy;
    unsigned int reg;
    struct x86_regs *regs;
};

#define LOADING(ctx) ((struct loading *)(ctx))

static int read_member(struct json_reader *r, struct kept *kept,
                       const struct field *f)
{
    const struct json_token *t = json_reader_here(r);
    bool yes = false;
    uint64_t v = 0;
    int rc = f->max == 1 ? json_reader_bool(r, &yes)
                         : json_reader_unsigned(r, "a number", UINT32_MAX, &v);

    if ( rc )
        return rc;
    if ( f->max > 1 && (v < f->min || v > f->max) )
        return json_reader_fail(r, t, "%s is not from %u to %u", f->key,
                                f->min, f->max);
    *member(kept, f) = yes | v;

    return 0;
}

#define READ(name, index)                                                  \
static int read_##name(struct json_reader *r, void *ctx)                   \
{                                                                          \
    return read_member(r, &LOADING(ctx)->kept, &fields[index]);            \
}
READ(id, 0)
READ(vcpus, 1)
READ(max_phys_bits, 2)
READ(hvm, 3)
READ(pv32, 4)
READ(hap, 5)
READ(nested, 6)
READ(vpmu, 7)
READ(finished, 8)

/* Hex digits up to `stop`, with 0x before them; NULL: there are none. */
static const char *key_number(const char *s, const char *end, char stop,
                              uint64_t *out)
{
    const char *to = memchr(s, stop, end - s) ?: end;

    if ( (stop && to == end) || to - s < 3 || memcmp(s, "0x", 2) ||
         number_parse(s + 2, to - s - 2, 16, UINT32_MAX, out) != NUMBER_OK )
        return NULL;

    return to;
}

static int read_reg(struct json_reader *r, void *ctx)
{
    struct loading *l = ctx;
    uint32_t *regs[4] = { &l->regs->a, &l->regs->b, &l->regs->c, &l->regs->d };

    if ( l->reg == 4 )
        return json_reader_fail(r, json_reader_here(r),
                                "a leaf has four registers");

    return json_reader_hex32(r, regs[l->reg++]);
}

static int read_leaf(struct json_reader *r, const struct json_text *key,
                     void *ctx)
{
    const struct json_token *self = json_reader_here(r);
    const char *at, *end = key->s + key->nr;
    struct loading *l = ctx;
    uint64_t leaf, subleaf;
    int rc, slot = -1;

    at = key_number(key->s, end, '.', &leaf);
    if ( at && key_number(at + 1, end, '\0', &subleaf) )
        slot = x86_slot_find(leaf, subleaf);
    if ( slot < 0 )
        return json_reader_fail(r, self, "'%s' is no leaf of a policy",
                                text_quote(key->s, key->nr).text);

    l->regs = &l->policy.leaf[slot];
    l->reg = 0;
    rc = json_reader_list(r, read_reg, l);
    if ( !rc && l->reg != 4 )
        rc = json_reader_fail(r, self, "a leaf has four registers");

    return rc;
}

static int read_msr(struct json_reader *r, const struct json_text *key,
                    void *ctx)
{
    const char *end = key->s + key->nr;
    uint64_t index;
    int slot = key_number(key->s, end, '\0', &index)
        ? x86_msr_slot_find(index) : -1;

    if ( slot < 0 )
        return json_reader_fail(r, json_reader_here(r), "'%s' is no MSR of a "
                                "policy", text_quote(key->s, key->nr).text);

    return json_reader_hex(r, UINT64_MAX, &LOADING(ctx)->policy.msr[slot]);
}

static int read_leaves(struct json_reader *r, void *ctx)
{
    return json_reader_map(r, MAX_KEYS, read_leaf, ctx);
}

static int read_msrs(struct json_reader *r, void *ctx)
{
    return json_reader_map(r, MAX_KEYS, read_msr, ctx);
}

static int make_domain(struct json_reader *r, struct loading *l,
                       const struct json_token *self)
{
    const struct kept *kept = &l->kept;
    const struct x86_domain_config config = {
        .max_vcpus = kept->vcpus,
        .kind = {
            kept->hvm, kept->pv32, kept->hap, kept->nested, kept->vpmu,
            kept->max_phys_bits,
        },
    };
    struct domain_keeper *k = l->keeper;

    x86_policy_recalc_vendor(&l->policy);
    if ( x86_domain_create(&k->store, kept->id, &config, NULL) < 0 )
        return json_reader_fail(r, self, "a domain cannot be made "
                                "(impossible, its id twice, or too many)");
    if ( keeper_set(k, kept->id, &l->policy) )
        return json_reader_fail(r, self, "domain %" PRId64 " has a policy "
                                "that this host's max policies do not allow; "
                                "was the file made with another source?",
                                kept->id);
    if ( kept->finished && x86_domain_unpause(&k->store, kept->id) )
        return json_reader_fail(r, self, "a domain cannot be finished");

    return 0;
}

static int read_domain(struct json_reader *r, void *ctx)
{
    static const struct json_field keys[] = {
        { "id", true, read_id }, { "vcpus", true, read_vcpus },
        { "max_phys_bits", true, read_max_phys_bits },
        { "hvm", true, read_hvm }, { "pv32", true, read_pv32 },
        { "hap", true, read_hap }, { "nested", true, read_nested },
        { "vpmu", true, read_vpmu }, { "finished", true, read_finished },
        { "cpuid", true, read_leaves }, { "msrs", true, read_msrs },
    };
    static const struct json_shape shape = SHAPE("a domain", keys);
    const struct json_token *self = json_reader_here(r);
    struct loading *l = ctx;
    int rc;

    memset(&l->policy, 0, sizeof(l->policy));
    rc = json_reader_struct(r, &shape, l);

    return rc ? rc : make_domain(r, l, self);
}

static int read_format(struct json_reader *r, void *ctx)
{
    const struct json_token *t = json_reader_here(r);
    struct json_text text;
    int rc = json_reader_text(r, &text);

    (void)ctx;
    if ( rc )
        return rc;
    if ( !json_text_is(&text, FORMAT) )
        rc = json_reader_fail(r, t, "not a file of domains: no JSON of that "
                              "form");
    json_text_dispose(&text);

    return rc;
}

static int read_version(struct json_reader *r, void *ctx)
{
    const struct json_token *t = json_reader_here(r);
    uint64_t v;
    int rc = json_reader_unsigned(r, "a number", UINT32_MAX, &v);

    (void)ctx;
    if ( !rc && v != VERSION )
        rc = json_reader_fail(r, t, "a file of domains of another version "
                              "than %d", VERSION);

    return rc;
}

static int read_domains(struct json_reader *r, void *ctx)
{
    return json_reader_list(r, read_domain, ctx);
}

int keeper_load(struct domain_keeper *k, const char *text, size_t len,
                cpupolicy_error *err)
{
    static const struct json_field keys[] = {
        { "format", true, read_format }, { "version", true, read_version },
        { "domains", true, read_domains },
    };
    static const struct json_shape shape = SHAPE("a file of domains", keys);
    struct loading l = { .keeper = k };
    struct json_index ix;
    struct json_reader r = { .ix = &ix, .err = err, .at_start = true };
    int rc = json_index_build(&ix, text, len, err);

    if ( rc )
        return rc;
    rc = json_reader_struct(&r, &shape, &l);
    json_index_dispose(&ix);

    return rc;
}
