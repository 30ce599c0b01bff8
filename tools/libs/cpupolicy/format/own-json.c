/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * This project's own JSON, one section per policy; xl-cpupolicy(1) has all of
 * it.  Files from before there was a "schema" have less of it.
 *
 * "policies" has the boot CPU's raw policy, "cpus" one of each further kind.
 * Vendor and features repeat what the leaves say; disagreement is refused.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "formats.h"
#include "text/json-probe.h"
#include "text/json-reader.h"
#include "text/text.h"

#define SCHEMA     1
#define MAX_NOTES  32U          /* leaves room for our own */
#define MAX_FIELDS 4096U

#define NR(a) (sizeof(a) / sizeof((a)[0]))
#define SHAPE(what, fields) { what, fields, NR(fields), true, true }

/* What is being read. */
struct own {
    struct dump *out;
    struct dump_cpu *cpu;       /* the policy's */
    struct dump_leaf leaf;
    struct dump_msr msr;
    size_t nr_notes;
    uint32_t cpus;              /* token of "cpus", read last; 0: none */
};


static int read_text(struct json_reader *r, void *ctx)
{
    struct json_text text;
    int rc = json_reader_text(r, &text);

    (void)ctx;
    if ( !rc )
        json_text_dispose(&text);

    return rc;
}

static int read_number(struct json_reader *r, void *ctx)
{
    uint64_t v;

    (void)ctx;
    return json_reader_unsigned(r, "a number", UINT32_MAX, &v);
}

static int read_hex(struct json_reader *r, void *ctx)
{
    uint64_t v;

    (void)ctx;
    return json_reader_hex(r, UINT64_MAX, &v);
}

/* ---- leaves and MSRs ---------------------------------------------------- */

#define READ_HEX32(name, member)                                           \
static int read_##name(struct json_reader *r, void *ctx)                   \
{                                                                          \
    return json_reader_hex32(r, &((struct own *)ctx)->member);             \
}
READ_HEX32(leaf_number, leaf.leaf)
READ_HEX32(subleaf, leaf.subleaf)
READ_HEX32(eax, leaf.reg[0])
READ_HEX32(ebx, leaf.reg[1])
READ_HEX32(ecx, leaf.reg[2])
READ_HEX32(edx, leaf.reg[3])
READ_HEX32(index, msr.index)

static int read_value(struct json_reader *r, void *ctx)
{
    return json_reader_hex(r, UINT64_MAX, &((struct own *)ctx)->msr.value);
}

static int read_leaf(struct json_reader *r, void *ctx)
{
    static const struct json_field fields[] = {
        { "leaf", true, read_leaf_number }, { "subleaf", false, read_subleaf },
        { "eax", true, read_eax }, { "ebx", true, read_ebx },
        { "ecx", true, read_ecx }, { "edx", true, read_edx },
    };
    static const struct json_shape shape = SHAPE("a leaf", fields);
    const struct json_token *self = json_reader_here(r);
    struct own *own = ctx;
    int rc;

    own->leaf = (struct dump_leaf){ .subleaf = DUMP_NO_SUBLEAF };
    rc = json_reader_struct(r, &shape, own);
    if ( rc )
        return rc;
    own->leaf.line = self->line;

    return dump_add_leaf(own->cpu, &own->leaf, r->err);
}

static int read_msr(struct json_reader *r, void *ctx)
{
    static const struct json_field fields[] = {
        { "index", true, read_index }, { "value", true, read_value },
    };
    static const struct json_shape shape = SHAPE("an MSR", fields);
    const struct json_token *self = json_reader_here(r);
    struct own *own = ctx;
    int rc;

    own->msr = (struct dump_msr){ .failed = false };
    rc = json_reader_struct(r, &shape, own);
    if ( rc )
        return rc;
    own->msr.line = self->line;

    return dump_add_msr(own->cpu, &own->msr, r->err);
}

#define READ_LIST(name, read_row)                                          \
static int read_##name(struct json_reader *r, void *ctx)                   \
{                                                                          \
    return json_reader_list(r, read_row, ctx);                             \
}
READ_LIST(leaves, read_leaf)
READ_LIST(msrs, read_msr)

/* ---- what stands beside them, to be held against them -------------------- */

static int read_claim(struct json_reader *r, struct dump_claim *out)
{
    const struct json_token *t = json_reader_here(r);
    int rc = json_reader_string(r, &out->text);

    out->line = t->line;
    out->column = t->column;

    return rc;
}

static int read_vendor(struct json_reader *r, void *ctx)
{
    return read_claim(r, &((struct own *)ctx)->cpu->vendor);
}

static int read_feature(struct json_reader *r, void *ctx)
{
    struct dump_claim claim = { .text = NULL };
    int rc = read_claim(r, &claim);

    return rc ? rc : dump_add_feature(((struct own *)ctx)->cpu, &claim,
                                      r->err);
}

/* "features" and "vmx": together they are all that there are. */
static int read_features(struct json_reader *r, void *ctx)
{
    struct dump_cpu *cpu = ((struct own *)ctx)->cpu;

    cpu->lists_features = true;
    cpu->list.line = json_reader_here(r)->line;
    cpu->list.column = json_reader_here(r)->column;

    return json_reader_list(r, read_feature, ctx);
}

#define READ_MAP(name, read)                                               \
static int read##_named(struct json_reader *r,                             \
                        const struct json_text *key, void *ctx)            \
{                                                                          \
    (void)key;                                                             \
    return read(r, ctx);                                                   \
}                                                                          \
static int read_##name(struct json_reader *r, void *ctx)                   \
{                                                                          \
    return json_reader_map(r, MAX_FIELDS, read##_named, ctx);              \
}
READ_MAP(fields, read_hex)
READ_MAP(causes, read_text)

/* ---- policies ------------------------------------------------------------ */

static int read_policy(struct json_reader *r, void *ctx)
{
    static const struct json_field fields[] = {
        { "vendor", false, read_vendor },
        { "features", false, read_features },
        { "vmx", false, read_features },
        { "fields", false, read_fields },
        { "causes", false, read_causes },
        { "cpuid", true, read_leaves },
        { "msrs", false, read_msrs },
    };
    static const struct json_shape shape = SHAPE("a policy", fields);

    return json_reader_struct(r, &shape, ctx);
}

/* raw, host-max ..., dom:7: it will stand in messages and as an argument. */
static bool is_name(const struct json_text *t)
{
    static const char chars[] = "abcdefghijklmnopqrstuvwxyz0123456789-_.:";

    for ( size_t i = 0; i < t->nr; i++ )
        if ( !t->s[i] || !strchr(chars, t->s[i]) )
            return false;

    return t->nr && t->nr < sizeof(((struct dump_section *)0)->name);
}

static int read_named(struct json_reader *r, const struct json_text *key,
                      void *ctx)
{
    struct own *own = ctx;
    struct dump_section *s;
    char name[sizeof(s->name)];

    if ( !is_name(key) )
        return json_reader_fail(r, json_reader_here(r), "'%s' is not the name "
                                "of a policy",
                                text_quote(key->s, key->nr).text);

    memcpy(name, key->s, key->nr);
    name[key->nr] = '\0';
    s = dump_add_section(own->out, name, r->err);
    own->cpu = s ? dump_add_cpu(s, 0, r->err) : NULL;

    return own->cpu ? read_policy(r, own) : -r->err->code;
}

static int read_policies(struct json_reader *r, void *ctx)
{
    const struct json_token *self = json_reader_here(r);
    struct own *own = ctx;
    int rc = json_reader_map(r, DUMP_MAX_SECTIONS, read_named, own);

    if ( !rc && !own->out->nr_sections )
        rc = json_reader_fail(r, self, "there are no policies");

    return rc;
}

static int read_cpu(struct json_reader *r, void *ctx)
{
    struct own *own = ctx;
    struct dump_section *raw = NULL;

    for ( size_t i = 0; i < own->out->nr_sections; i++ )
        if ( !strcmp(own->out->sections[i].name, "raw") )
            raw = &own->out->sections[i];
    if ( !raw )
        return json_reader_fail(r, json_reader_here(r),
                                "further CPUs need a policy 'raw'");

    own->cpu = dump_add_cpu(raw, raw->nr_cpus, r->err);

    return own->cpu ? read_policy(r, own) : -r->err->code;
}

/* They follow the boot CPU, whose policy may stand behind them. */
static int read_cpus(struct json_reader *r, void *ctx)
{
    ((struct own *)ctx)->cpus = r->at;
    json_reader_skip(r);

    return 0;
}

/* ---- the file ------------------------------------------------------------ */

static int read_schema(struct json_reader *r, void *ctx)
{
    const struct json_token *t = json_reader_here(r);
    uint64_t v;
    int rc = json_reader_unsigned(r, "a number", UINT32_MAX, &v);

    (void)ctx;
    if ( !rc && v != SCHEMA )
        rc = json_reader_fail(r, t, "schema %u is not known, but %d is",
                              (unsigned int)v, SCHEMA);

    return rc;
}

static int read_host(struct json_reader *r, void *ctx)
{
    static const struct json_field fields[] = {
        { "vendor", false, read_text }, { "family", false, read_number },
        { "model", false, read_number }, { "stepping", false, read_number },
        { "brand", false, read_text }, { "cpus", false, read_number },
        { "microcode", false, read_hex },
    };
    static const struct json_shape shape = SHAPE("a host", fields);

    return json_reader_struct(r, &shape, ctx);
}

/* What was not stated where the policies come from: its rows mean nothing. */
static int read_unknown_row(struct json_reader *r, void *ctx)
{
    static const struct json_field fields[] = {
        { "msr", false, read_index }, { "leaf", false, read_leaf_number },
        { "subleaf", false, read_subleaf },
    };
    static const struct json_shape shape = SHAPE("what is unknown", fields);
    struct own *own = ctx;
    struct dump_unknown u;
    int rc;

    own->leaf = (struct dump_leaf){ .leaf = DUMP_NO_SUBLEAF,
                                    .subleaf = DUMP_NO_SUBLEAF };
    own->msr = (struct dump_msr){ .index = DUMP_NO_SUBLEAF };
    rc = json_reader_struct(r, &shape, own);
    u.is_msr = own->leaf.leaf == DUMP_NO_SUBLEAF;
    u.index = u.is_msr ? own->msr.index : own->leaf.leaf;
    u.subleaf = own->leaf.subleaf;

    return rc ? rc : dump_add_unknown(own->out, &u, r->err);
}

READ_LIST(unknown, read_unknown_row)
/* Of a domain's vCPUs: its topology's leaves say the same. */
READ_LIST(ids, read_hex)

/* What the program that wrote the file had to say of its source. */
static int read_note(struct json_reader *r, void *ctx)
{
    struct own *own = ctx;
    struct json_text t;
    char text[256];
    int rc = json_reader_text(r, &t);

    if ( rc )
        return rc;
    text_clean(text, sizeof(text), t.s, t.nr);
    json_text_dispose(&t);

    return own->nr_notes++ < MAX_NOTES
        ? dump_add_note(own->out, r->err, "noted in the file: %s", text) : 0;
}

static int read_notes(struct json_reader *r, void *ctx)
{
    struct own *own = ctx;
    int rc = json_reader_list(r, read_note, own);

    if ( !rc && own->nr_notes > MAX_NOTES )
        rc = dump_add_note(own->out, r->err, "%zu more notes are in the file",
                           own->nr_notes - MAX_NOTES);

    return rc;
}

static const struct json_field fields[] = {
    { "schema", false, read_schema }, { "source", false, read_text },
    { "host", false, read_host }, { "unknown", false, read_unknown },
    { "policies", true, read_policies }, { "cpus", false, read_cpus },
    { "apic_ids", false, read_ids }, { "ioapic_id", false, read_hex },
    { "notes", false, read_notes },
};

static int parse(const struct dump_input *in, struct dump *out,
                 cpupolicy_error *err)
{
    static const struct json_shape shape = SHAPE("a file of policies", fields);
    struct own own = { .out = out };
    struct json_index ix;
    struct json_reader r = { .ix = &ix, .err = err, .at_start = true };
    int rc = json_index_build(&ix, in->bytes, in->nr_bytes, err);

    if ( rc )
        return rc;

    /* A policy is whole: what is not in it is zero. */
    out->omits_zero_leaves = true;
    rc = json_reader_struct(&r, &shape, &own);
    r.at = own.cpus;
    if ( !rc && own.cpus )
        rc = json_reader_list(&r, read_cpu, &own);
    json_index_dispose(&ix);

    return rc;
}

static bool probe(const struct dump_input *in)
{
    return json_probe(in, (const char *const []){ "policies" }, 1);
}

const struct dump_format format_own_json = {
    .name = "json",
    .title = "xl-cpupolicy's own JSON",
    .probe = probe,
    .parse = parse,
};
