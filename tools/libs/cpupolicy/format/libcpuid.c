/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libcpuid's raw dumps, and its test files: a raw dump, a line of dashes, and
 * what the library should make of it, which is not for us.  The raw dump is
 * either AIDA64's text or arrays, 32 entries each whatever the CPU has:
 *
 *   basic_cpuid[7]=00000000 029c6fbf 00000000 00000000
 */
#include <errno.h>

#include "formats.h"
#include "text/text.h"

#define MAX_ENTRIES 64U
#define MIN_RULE    40U         /* the library writes 80 dashes */

/*
 * libcpuid executes CPUID with ECX 0 for the first two, and with ECX as the
 * index for the others, whose entry 0 is thus read a second time; between
 * the two reads an unpinned thread may move, and leaf 0xb change.
 */
static const struct array {
    const char *name;
    uint32_t leaf;
    bool by_subleaf;
} arrays[] = {
    { "basic_cpuid[", 0, false },
    { "ext_cpuid[", 0x80000000, false },
    { "intel_fn4[", 0x4, true },
    { "intel_fn11[", 0xb, true },
    { "intel_fn12h[", 0x12, true },
    { "intel_fn14h[", 0x14, true },
    { "amd_fn8000001dh[", 0x8000001d, true },
    { "amd_fn80000026h[", 0x80000026, true },
};

static const char cpu_heading[] = "_________________ Logical CPU #";

static const struct array *find_array(struct text_line *l)
{
    for ( size_t i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++ )
        if ( text_take(l, arrays[i].name) )
            return &arrays[i];

    return NULL;
}

static bool looks_like_array(struct text_line l)
{
    return find_array(&l) || text_take(&l, cpu_heading);
}

static bool is_rule(struct text_line l)
{
    size_t len = text_span(&l, "-");

    return len >= MIN_RULE && len == (size_t)(l.end - l.at);
}

static int parse_entry(const struct array *a, struct text_line *l,
                       struct dump_cpu *c, cpupolicy_error *err)
{
    struct dump_leaf row = { .leaf = a->leaf, .line = l->number,
                             .repeats = a->by_subleaf };
    uint32_t entry = 0;
    int rc = text_decimal(l, "the index", &entry, err);

    if ( !rc && entry >= MAX_ENTRIES )
        rc = text_fail(l, EINVAL, err, "an index of %u", entry);
    if ( !rc )
        rc = text_expect(l, "]=", err);
    for ( unsigned i = 0; i < 4 && !rc; i++ )
    {
        text_skip_blanks(l);
        rc = text_hex32(l, "a register", &row.reg[i], err);
    }
    if ( !rc )
        rc = text_expect_end(l, err);
    if ( rc )
        return rc;

    if ( a->by_subleaf )
        row.subleaf = entry;
    else
        row.leaf += entry;

    return dump_add_leaf(c, &row, err);
}

/* "version=0.7.1" and the like, before the first CPU. */
static bool is_header(struct text_line l)
{
    size_t len = text_span(&l, "abcdefghijklmnopqrstuvwxyz_0123456789");

    l.at += len;

    return len && text_take(&l, "=");
}

static int parse_line(struct dump_section *s, struct text_line *l,
                      cpupolicy_error *err)
{
    const struct array *a;
    uint32_t id = 0;
    int rc;

    text_skip_blanks(l);
    if ( text_at_end(l) )
        return 0;

    if ( text_take(l, "arm_") )
        return text_fail(l, EINVAL, err, "the file describes an Arm CPU");

    if ( text_take(l, cpu_heading) )
    {
        rc = text_decimal(l, "the CPU's number", &id, err);
        if ( !rc && !dump_add_cpu(s, id, err) )
            rc = -err->code;
        return rc;
    }

    a = find_array(l);
    if ( !a && !s->nr_cpus && is_header(*l) )
        return 0;
    if ( !a )
        return text_fail(l, EINVAL, err, "not a row of libcpuid's arrays");
    if ( !s->nr_cpus && !dump_add_cpu(s, 0, err) )
        return -err->code;

    return parse_entry(a, l, &s->cpus[s->nr_cpus - 1], err);
}

static int parse_arrays(const struct dump_input *in, struct dump *out,
                        cpupolicy_error *err)
{
    return dump_parse_lines(in, out, parse_line, err);
}

/* What stands before the line of dashes; the rest must be text at least. */
static int cut_raw_part(const struct dump_input *in, struct dump_input *raw,
                        cpupolicy_error *err)
{
    bool found = false;
    struct text t;
    struct text_line l;
    int rc;

    *raw = *in;
    text_init(&t, in);
    while ( (rc = text_next(&t, &l, err)) > 0 )
        if ( !found && is_rule(l) )
        {
            found = true;
            raw->nr_bytes = (size_t)(l.start - in->bytes);
        }

    return rc;
}

static int parse(const struct dump_input *in, struct dump *out,
                 cpupolicy_error *err)
{
    struct dump_input raw;
    int rc = cut_raw_part(in, &raw, err);

    if ( rc )
        return rc;

    return text_any_line(&raw, looks_like_array)
           ? parse_arrays(&raw, out, err)
           : aida_parse(&raw, out, err);
}

static bool probe(const struct dump_input *in)
{
    return text_any_line(in, looks_like_array) ||
           (text_any_line(in, is_rule) && aida_probe(in));
}

const struct dump_format format_libcpuid = {
    .name = "libcpuid",
    .title = "libcpuid raw text",
    .records_hardware = true,
    .probe = probe,
    .parse = parse,
};
