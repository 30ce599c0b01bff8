/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One CPU's file out of hwloc-gather-cpuid's folder, or several after each
 * other: each begins with the comment.
 *
 *   # mask e[abcd]x => e[abcd]x
 *   5 b 0 1 0 => 7 40 201 0
 *
 * The mask says which of the registers before the arrow were inputs: 1 EAX,
 * 4 ECX.
 */
#include <errno.h>

#include "formats.h"
#include "text/text.h"

#define INPUT_EAX 1U
#define INPUT_ECX 4U

static const char heading[] = "# mask e[abcd]x => e[abcd]x";

static int parse_numbers(struct text_line *l, unsigned nr, uint32_t *out,
                         cpupolicy_error *err)
{
    for ( unsigned i = 0; i < nr; i++ )
    {
        uint64_t v;
        int rc;

        text_skip_blanks(l);
        rc = text_hex(l, 1, 8, "a number", &v, err);
        if ( rc )
            return rc;
        out[i] = (uint32_t)v;
    }

    return 0;
}

static int parse_row(struct text_line *l, struct dump_leaf *row,
                     cpupolicy_error *err)
{
    uint32_t in[5];             /* the mask, eax, ebx, ecx, edx */
    int rc = parse_numbers(l, 5, in, err);

    if ( rc )
        return rc;
    if ( !(in[0] & INPUT_EAX) || (in[0] & ~(INPUT_EAX | INPUT_ECX)) )
        return text_fail(l, EINVAL, err, "an input mask of 0x%x", in[0]);

    text_skip_blanks(l);
    rc = text_expect(l, "=>", err);
    if ( !rc )
        rc = parse_numbers(l, 4, row->reg, err);
    if ( !rc )
        rc = text_expect_end(l, err);

    row->leaf = in[1];
    row->subleaf = in[0] & INPUT_ECX ? in[3] : DUMP_NO_SUBLEAF;

    return rc;
}

static int parse_line(struct dump_section *s, struct text_line *l,
                      cpupolicy_error *err)
{
    struct dump_leaf row = { .line = l->number };
    int rc;

    text_skip_blanks(l);
    if ( text_at_end(l) )
        return 0;
    if ( text_take(l, heading) )
    {
        rc = text_expect_end(l, err);
        if ( !rc && !dump_add_cpu(s, (uint32_t)s->nr_cpus, err) )
            rc = -err->code;
        return rc;
    }
    if ( text_take(l, "#") )
        return 0;

    rc = parse_row(l, &row, err);

    return rc ? rc : dump_add_row(s, &row, err);
}

static int parse(const struct dump_input *in, struct dump *out,
                 cpupolicy_error *err)
{
    return dump_parse_lines(in, out, parse_line, err);
}

static bool looks_like_row(struct text_line l)
{
    struct dump_leaf row;

    return text_take(&l, heading) || !parse_row(&l, &row, NULL);
}

static bool probe(const struct dump_input *in)
{
    return text_any_line(in, looks_like_row);
}

const struct dump_format format_hwloc = {
    .name = "hwloc",
    .title = "hwloc cpuid text",
    .records_hardware = true,
    .probe = probe,
    .parse = parse,
};
