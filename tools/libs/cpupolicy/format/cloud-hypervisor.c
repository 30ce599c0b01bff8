/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Cloud Hypervisor's CPU profiles: a file for CPUID, and one for MSRs.
 *
 *   {"adjustments": [[{"leaf": "0xd",
 *                      "sub_leaf": {"start": "0x2", "end": "0x4"},
 *                      "register": "EAX"},
 *                     {"replacements": "0x100", "mask": "0x0"}]]}
 *   {"adjustments": [["0x10a", {"replacements": "0x6b", "mask": "0x0"}]],
 *    "required_msrs": ["0x10"]}
 *
 * A register becomes (host & mask) | replacements, with the first adjustment
 * that fits, and zero if none does.  Older files have numbers of subleaves
 * as numbers, pad what is hex, name the hypervisor and the vendor, and call
 * the required MSRs permitted.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "cloud-hypervisor.h"
#include "formats.h"
#include "text/json-probe.h"
#include "text/json-reader.h"

#define SHAPE(what, fields) \
    { what, fields, sizeof(fields) / sizeof((fields)[0]), false, false }

/* What is being read. */
struct profile {
    struct dump *out;
    struct dump_cpu *cpu;
    struct ch_adjustment *rows;    /* of the CPUID file */
    size_t nr_rows, max_rows;
    struct ch_adjustment one;
    uint64_t max_value, replacements, mask;
};

#define PROFILE(ctx) ((struct profile *)(ctx))

/* Older files have numbers of subleaves as numbers. */
static int read_subleaf(struct json_reader *r, uint32_t *out)
{
    uint64_t v;
    int rc;

    if ( json_reader_here(r)->kind != JSON_INTEGER )
        return json_reader_hex32(r, out);
    rc = json_reader_unsigned(r, "u32", UINT32_MAX, &v);
    if ( !rc )
        *out = v;

    return rc;
}

static int read_start(struct json_reader *r, void *ctx)
{
    return read_subleaf(r, &PROFILE(ctx)->one.start);
}

static int read_end(struct json_reader *r, void *ctx)
{
    return read_subleaf(r, &PROFILE(ctx)->one.end);
}

static int read_range(struct json_reader *r, void *ctx)
{
    static const struct json_field fields[] = {
        { "start", true, read_start }, { "end", true, read_end },
    };
    static const struct json_shape shape = SHAPE("a range", fields);

    return json_reader_struct(r, &shape, ctx);
}

static int read_leaf(struct json_reader *r, void *ctx)
{
    return json_reader_hex32(r, &PROFILE(ctx)->one.leaf);
}

/* "EAX", or {"EAX": null}, which the original takes as well. */
static int read_register(struct json_reader *r, void *ctx)
{
    static const char *const names[] = { "EAX", "EBX", "ECX", "EDX" };
    const struct json_token *t = json_reader_here(r);
    bool map = t->kind == JSON_OBJECT && t[1].kind == JSON_STRING &&
               t[2].kind == JSON_NULL && t->next == t[2].next;
    struct ch_adjustment *a = &PROFILE(ctx)->one;
    struct json_text text;
    int rc;

    if ( map )
        r->at++;
    rc = json_reader_text(r, &text);
    if ( rc )
        return rc;
    if ( map )
        json_reader_skip(r);
    for ( a->reg = 0; a->reg < 4; a->reg++ )
        if ( json_text_is(&text, names[a->reg]) )
            break;
    json_text_dispose(&text);

    return a->reg < 4 ? 0 : json_reader_fail(r, t, "a register is one of EAX, "
                                             "EBX, ECX, EDX");
}

static int read_parameters(struct json_reader *r, void *ctx)
{
    static const struct json_field fields[] = {
        { "leaf", true, read_leaf }, { "sub_leaf", true, read_range },
        { "register", true, read_register },
    };
    static const struct json_shape shape = SHAPE("an adjusted register",
                                                 fields);

    return json_reader_struct(r, &shape, ctx);
}

static int read_replacements(struct json_reader *r, void *ctx)
{
    return json_reader_hex(r, PROFILE(ctx)->max_value,
                           &PROFILE(ctx)->replacements);
}

static int read_mask(struct json_reader *r, void *ctx)
{
    return json_reader_hex(r, PROFILE(ctx)->max_value, &PROFILE(ctx)->mask);
}

static int read_values(struct json_reader *r, void *ctx)
{
    static const struct json_field fields[] = {
        { "replacements", true, read_replacements },
        { "mask", true, read_mask },
    };
    static const struct json_shape shape = SHAPE("an adjustment's values",
                                                 fields);

    return json_reader_struct(r, &shape, ctx);
}

static int add_row(struct profile *p, cpupolicy_error *err)
{
    void *rows = p->rows;
    int rc = array_room(&rows, p->nr_rows, &p->max_rows, sizeof(*p->rows),
                        MAX_ADJUSTMENTS);

    p->rows = rows;
    if ( rc == -E2BIG )
        return cpupolicy_error_set(err, E2BIG, 0, "more than %u adjustments",
                                   MAX_ADJUSTMENTS);
    if ( rc )
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");
    p->one.order = p->nr_rows;
    p->rows[p->nr_rows++] = p->one;

    return 0;
}

/* A range that ends before it starts fits nothing. */
static int read_register_values(struct json_reader *r, struct profile *p,
                                const struct json_token *pair)
{
    int rc;

    p->one = (struct ch_adjustment){ .line = pair->line };
    p->max_value = UINT32_MAX;
    rc = read_parameters(r, p);
    if ( !rc )
        rc = read_values(r, p);
    if ( rc )
        return rc;
    p->one.replacements = p->replacements;
    p->one.mask = p->mask;

    return add_row(p, r->err);
}

/* Of an MSR adjusted twice, the last one counts: it is set twice. */
static int read_msr_values(struct json_reader *r, struct profile *p,
                           const struct json_token *pair)
{
    struct dump_msr row = { .line = pair->line, .repeats = true };
    int rc = json_reader_hex32(r, &row.index);

    p->max_value = UINT64_MAX;
    if ( !rc )
        rc = read_values(r, p);
    if ( rc )
        return rc;
    row.value = p->replacements;
    row.open = p->mask & ~p->replacements;

    return dump_add_msr(p->cpu, &row, r->err);
}

/* [what, values]; the two files differ in what is adjusted. */
static int read_adjustment(struct json_reader *r, void *ctx)
{
    const struct json_token *pair = json_reader_here(r);
    const struct json_token *what = pair + 1;
    struct profile *p = ctx;
    bool msr;

    if ( pair->kind != JSON_ARRAY )
        return json_reader_wrong_type(r, "an adjustment");
    if ( what == &r->ix->tokens[pair->next] ||
         &r->ix->tokens[what->next] == &r->ix->tokens[pair->next] ||
         r->ix->tokens[what->next].next != pair->next )
        return json_reader_fail(r, pair, "an adjustment is a pair");

    msr = what->kind == JSON_STRING;
    if ( msr ? p->nr_rows : p->cpu->nr_msrs )
    {
        r->at++;
        return json_reader_wrong_type(r, msr ? "a register" : "an MSR");
    }
    r->at++;

    return msr ? read_msr_values(r, p, pair)
               : read_register_values(r, p, pair);
}

static int read_adjustments(struct json_reader *r, void *ctx)
{
    return json_reader_list(r, read_adjustment, ctx);
}

/* MSRs to carry along in a migration: they are no values. */
static int read_listed_msr(struct json_reader *r, void *ctx)
{
    uint32_t index;

    ++*(size_t *)ctx;

    return json_reader_hex32(r, &index);
}

static int read_msr_list(struct json_reader *r, struct profile *p,
                         const char *key)
{
    size_t nr = 0;
    int rc = json_reader_list(r, read_listed_msr, &nr);

    if ( !rc && nr )
        rc = dump_add_note(p->out, r->err, "%s: %zu MSRs without values", key,
                           nr);

    return rc;
}

static int read_required(struct json_reader *r, void *ctx)
{
    return read_msr_list(r, ctx, "required_msrs");
}

static int read_permitted(struct json_reader *r, void *ctx)
{
    return read_msr_list(r, ctx, "permitted_msrs");
}

static int read_name(struct json_reader *r, void *ctx)
{
    struct json_text text;
    int rc = json_reader_text(r, &text);

    (void)ctx;
    if ( !rc )
        json_text_dispose(&text);

    return rc;
}

static const struct json_field fields[] = {
    { "adjustments", true, read_adjustments },
    { "required_msrs", false, read_required },
    { "permitted_msrs", false, read_permitted },
    { "hypervisor", false, read_name },
    { "hypervisor_type", false, read_name },
    { "cpu_vendor", false, read_name },
};

static int read_profile(struct json_reader *r, struct profile *p)
{
    static const struct json_shape shape = SHAPE("a profile", fields);
    struct dump_section *s;
    int rc = dump_start(p->out, &s, &p->cpu, r->err);

    if ( !rc )
        rc = json_reader_struct(r, &shape, p);
    if ( !rc && !p->nr_rows && !p->cpu->nr_msrs )
        rc = json_reader_fail(r, r->ix->tokens, "there are no adjustments");

    return rc ? rc : ch_adjustments_to_rows(p->rows, p->nr_rows, p->cpu, r->err);
}

static int parse(const struct dump_input *in, struct dump *out,
                 cpupolicy_error *err)
{
    struct profile p = { .out = out };
    struct note_list ignored = { .list = NULL };
    struct json_index ix;
    struct json_reader r = {
        .ix = &ix, .err = err, .at_start = true, .takes_plus = true,
        .ignored = &ignored,
    };
    int rc = json_index_build(&ix, in->bytes, in->nr_bytes, err);

    if ( rc )
        return rc;
    out->is_partial = true;
    rc = read_profile(&r, &p);
    for ( size_t i = 0; i < ignored.nr && !rc; i++ )
        rc = dump_add_note(out, err, "%s", ignored.list[i]);
    notes_dispose(&ignored);
    free(p.rows);
    json_index_dispose(&ix);

    return rc;
}

static bool probe(const struct dump_input *in)
{
    static const char *const keys[] = { "adjustments" };

    return json_probe(in, keys, 1) || json_probe_array(in, "[[[");
}

const struct dump_format format_cloud_hypervisor = {
    .name = "cloud-hypervisor",
    .title = "Cloud Hypervisor profile",
    .probe = probe,
    .parse = parse,
};
