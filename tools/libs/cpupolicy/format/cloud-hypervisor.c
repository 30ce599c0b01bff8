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

#include "formats.h"
#include "json.h"
#include "text/text.h"

#define KEYS(list) list, sizeof(list) / sizeof(list[0])

#define MAX_ADJUSTMENTS (4 * DUMP_MAX_ROWS)

struct adjustment {
    uint32_t leaf, start, end;  /* subleaves, inclusive */
    uint32_t replacements, mask;
    uint32_t line;
    uint8_t reg;                /* 0 eax ... 3 edx */
    size_t order;               /* in the file: the first one counts */
};

static int parse_subleaf(struct json_file *f, struct json_object *range,
                         const char *key, uint32_t *out)
{
    struct json_object *node = NULL;
    int64_t v;

    if ( !json_object_object_get_ex(range, key, &node) ||
         json_object_is_type(node, json_type_string) )
        return json_hex32(f, range, key, out);

    if ( !json_object_is_type(node, json_type_int) )
        return json_fail(f, node ? node : range, EINVAL,
                         "%s must be a number", key);
    v = json_object_get_int64(node);
    if ( v < 0 || v > UINT32_MAX )
        return json_fail(f, node, EINVAL, "%s does not fit 32 bits", key);
    *out = (uint32_t)v;

    return 0;
}

static int parse_parameters(struct json_file *f, struct json_object *p,
                            struct adjustment *a)
{
    static const char *const names[] = { "EAX", "EBX", "ECX", "EDX" };
    static const char *const keys[] = { "leaf", "sub_leaf", "register" };
    struct json_object *range, *reg;
    int rc = json_known_keys(f, p, KEYS(keys));

    if ( !rc )
        rc = json_hex32(f, p, "leaf", &a->leaf);
    if ( !rc )
        rc = json_member(f, p, "sub_leaf", json_type_object, false, &range);
    if ( !rc )
        rc = parse_subleaf(f, range, "start", &a->start);
    if ( !rc )
        rc = parse_subleaf(f, range, "end", &a->end);
    if ( !rc && (a->start > a->end || a->start == DUMP_NO_SUBLEAF) )
        rc = json_fail(f, range, EINVAL,
                       "the subleaves end before they start");
    if ( !rc )
        rc = json_member(f, p, "register", json_type_string, false, &reg);
    if ( rc )
        return rc;

    for ( a->reg = 0; a->reg < 4; a->reg++ )
        if ( !strcmp(json_object_get_string(reg), names[a->reg]) )
            return 0;

    return json_fail(f, reg, EINVAL,
                     "a register is one of EAX, EBX, ECX, EDX");
}

static int parse_values(struct json_file *f, struct json_object *v,
                        uint64_t *replacements, uint64_t *mask)
{
    static const char *const keys[] = { "replacements", "mask" };
    int rc = json_known_keys(f, v, KEYS(keys));

    if ( !rc )
        rc = json_hex64(f, v, "replacements", replacements);
    if ( !rc )
        rc = json_hex64(f, v, "mask", mask);

    return rc;
}

/* A pair [what, {values}]. */
static int parse_pair(struct json_file *f, struct json_object *pair,
                      struct json_object *array, enum json_type type,
                      struct json_object **what, struct json_object **values)
{
    int rc = json_expect(f, pair, array, json_type_array, "an adjustment");

    if ( rc )
        return rc;
    if ( json_object_array_length(pair) != 2 )
        return json_fail(f, pair, EINVAL, "an adjustment is a pair");
    *what = json_object_array_get_idx(pair, 0);
    *values = json_object_array_get_idx(pair, 1);
    rc = json_expect(f, *what, pair, type, "what is adjusted");
    if ( !rc )
        rc = json_expect(f, *values, pair, json_type_object, "its values");

    return rc;
}

static int parse_adjustment(struct json_file *f,
                            struct json_object *array, size_t i,
                            struct adjustment *a)
{
    struct json_object *pair = json_object_array_get_idx(array, i);
    struct json_object *what, *values;
    uint64_t replacements, mask;
    int rc = parse_pair(f, pair, array, json_type_object, &what, &values);

    if ( !rc )
        rc = parse_parameters(f, what, a);
    if ( !rc )
        rc = parse_values(f, values, &replacements, &mask);
    if ( rc )
        return rc;
    if ( (replacements | mask) > UINT32_MAX )
        return json_fail(f, values, EINVAL, "a value does not fit 32 bits");

    a->replacements = (uint32_t)replacements;
    a->mask = (uint32_t)mask;
    a->order = i;
    a->line = json_line(f, pair);

    return 0;
}

static int by_leaf(const void *left, const void *right)
{
    const struct adjustment *l = left, *r = right;

    if ( l->leaf != r->leaf )
        return l->leaf < r->leaf ? -1 : 1;

    return (l->order > r->order) - (l->order < r->order);
}

/*
 * The row for the subleaves from `start` on, as far as the same adjustments
 * fit them all; where that is goes to *next (0: to the last there can be).
 * False if no adjustment fits.
 */
static bool make_row(const struct adjustment *a, size_t nr, uint32_t start,
                     struct dump_leaf *row, uint32_t *next)
{
    bool found[4] = { false }, any = false;
    uint32_t end = UINT32_MAX;

    *row = (struct dump_leaf){ .leaf = a->leaf, .subleaf = start };
    for ( size_t i = 0; i < nr; i++ )
    {
        if ( a[i].start > start && a[i].start - 1 < end )
            end = a[i].start - 1;
        if ( start < a[i].start || start > a[i].end )
            continue;
        if ( a[i].end < end )
            end = a[i].end;
        if ( found[a[i].reg] )
            continue;

        found[a[i].reg] = any = true;
        row->reg[a[i].reg] = a[i].replacements;
        row->open[a[i].reg] = a[i].mask & ~a[i].replacements;
        if ( !row->line )
            row->line = a[i].line;
    }
    if ( end > start )
        row->last_subleaf = end;
    *next = end + 1;

    return any;
}

/* All adjustments of one leaf. Registers may cut the subleaves differently. */
static int add_leaf(struct dump_cpu *c, const struct adjustment *a, size_t nr,
                    cpupolicy_error *err)
{
    uint32_t start = 0;

    do
    {
        struct dump_leaf row;

        if ( make_row(a, nr, start, &row, &start) )
        {
            int rc = dump_add_leaf(c, &row, err);

            if ( rc )
                return rc;
        }
    } while ( start && start != DUMP_NO_SUBLEAF );

    return 0;
}

static int parse_cpuid(struct json_file *f, struct json_object *array,
                       struct dump_cpu *c)
{
    size_t nr = json_object_array_length(array);
    struct adjustment *a = calloc(nr, sizeof(*a));
    int rc = 0;

    if ( !a )
        return json_fail(f, NULL, ENOMEM, "out of memory");

    for ( size_t i = 0; i < nr && !rc; i++ )
        rc = parse_adjustment(f, array, i, &a[i]);

    qsort(a, nr, sizeof(*a), by_leaf);
    for ( size_t i = 0, end; i < nr && !rc; i = end )
    {
        for ( end = i + 1; end < nr; end++ )
            if ( a[end].leaf != a[i].leaf )
                break;
        rc = add_leaf(c, a + i, end - i, f->err);
    }
    free(a);

    return rc;
}

static int parse_msrs(struct json_file *f, struct json_object *array,
                      struct dump_cpu *c)
{
    size_t nr = json_object_array_length(array);

    for ( size_t i = 0; i < nr; i++ )
    {
        struct json_object *pair = json_object_array_get_idx(array, i);
        struct json_object *what, *values;
        struct dump_msr row = { .failed = false };
        uint64_t index = 0, mask = 0;
        int rc = parse_pair(f, pair, array, json_type_string, &what, &values);

        if ( !rc )
            rc = json_number_string(f, what, "the MSR", false, UINT32_MAX,
                                    &index);
        if ( !rc )
            rc = parse_values(f, values, &row.value, &mask);
        if ( rc )
            return rc;

        row.index = (uint32_t)index;
        row.open = mask & ~row.value;
        row.line = json_line(f, pair);
        rc = dump_add_msr(c, &row, f->err);
        if ( rc )
            return rc;
    }

    return 0;
}

/* MSRs to carry along in a migration: they are no values. */
static int check_msr_list(struct json_file *f, const char *key,
                          struct dump *out)
{
    struct json_object *array;
    int rc = json_member(f, f->root, key, json_type_array, true, &array);
    size_t nr = !rc && array ? json_object_array_length(array) : 0;

    for ( size_t i = 0; i < nr && !rc; i++ )
    {
        struct json_object *node = json_object_array_get_idx(array, i);
        uint64_t v;

        rc = json_expect(f, node, array, json_type_string, "an MSR");
        if ( !rc )
            rc = json_number_string(f, node, "an MSR", false, UINT32_MAX, &v);
    }
    if ( !rc && nr )
        rc = dump_add_note(out, f->err, "%s: %zu MSRs without values", key,
                           nr);

    return rc;
}

static int check_keys(struct json_file *f, struct dump *out)
{
    static const char *const keys[] = {
        "adjustments", "required_msrs", "permitted_msrs", "hypervisor",
        "hypervisor_type", "cpu_vendor",
    };
    struct json_object *node;
    int rc = json_known_keys(f, f->root, KEYS(keys));

    for ( size_t i = 3; i < sizeof(keys) / sizeof(keys[0]) && !rc; i++ )
        rc = json_member(f, f->root, keys[i], json_type_string, true, &node);
    for ( size_t i = 1; i < 3 && !rc; i++ )
        rc = check_msr_list(f, keys[i], out);

    return rc;
}

static int parse_profile(struct json_file *f, struct dump *out)
{
    struct json_object *array, *first, *what = NULL;
    struct dump_section *s;
    struct dump_cpu *c;
    int rc = check_keys(f, out);

    if ( !rc )
        rc = json_member(f, f->root, "adjustments", json_type_array, false,
                         &array);
    if ( rc )
        return rc;
    if ( !json_object_array_length(array) )
        return json_fail(f, array, EINVAL, "there are no adjustments");
    if ( json_object_array_length(array) > MAX_ADJUSTMENTS )
        return json_fail(f, array, E2BIG, "more than %u adjustments",
                         MAX_ADJUSTMENTS);

    rc = dump_start(out, &s, &c, f->err);
    if ( rc )
        return rc;

    /* The two files differ in what is adjusted: an object, or a string. */
    first = json_object_array_get_idx(array, 0);
    if ( json_object_is_type(first, json_type_array) &&
         json_object_array_length(first) )
        what = json_object_array_get_idx(first, 0);

    return json_object_is_type(what, json_type_string)
           ? parse_msrs(f, array, c)
           : parse_cpuid(f, array, c);
}

static int parse(const struct dump_input *in, struct dump *out,
                 cpupolicy_error *err)
{
    struct json_file f;
    int rc = json_file_parse(&f, in, err);

    if ( rc )
        return rc;
    out->is_partial = true;
    rc = parse_profile(&f, out);
    json_file_dispose(&f);

    return rc;
}

static bool probe(const struct dump_input *in)
{
    return json_probe(in, "adjustments");
}

const struct dump_format format_cloud_hypervisor = {
    .name = "cloud-hypervisor",
    .title = "Cloud Hypervisor profile",
    .probe = probe,
    .parse = parse,
};
