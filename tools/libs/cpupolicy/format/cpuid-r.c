/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What Todd Allen's cpuid prints with -r, all CPUs or (-1) one:
 *
 *   CPU 0:
 *      0x00000007 0x00: eax=0x00000000 ebx=0x029c6fbf ecx=... edx=...
 *
 * Old versions print no subleaf.
 */
#include <errno.h>

#include "formats.h"
#include "text/text.h"

static int parse_row(struct text_line *l, struct dump_leaf *row,
                     cpupolicy_error *err)
{
    static const char *const names[] = { "eax=0x", "ebx=0x", "ecx=0x",
                                         "edx=0x" };
    uint64_t subleaf;
    int rc = text_hex32(l, "the leaf", &row->leaf, err);

    if ( !rc && text_take(l, " 0x") )
    {
        rc = text_hex(l, 2, 8, "the subleaf", &subleaf, err);
        if ( !rc )
            row->subleaf = (uint32_t)subleaf;
    }
    if ( !rc )
        rc = text_expect(l, ":", err);
    for ( unsigned i = 0; i < 4 && !rc; i++ )
    {
        text_skip_blanks(l);
        rc = text_expect(l, names[i], err);
        if ( !rc )
            rc = text_hex32(l, "a register", &row->reg[i], err);
    }

    return rc ? rc : text_expect_end(l, err);
}

/* "CPU 0:", or "CPU:" where there is but one. */
static int parse_heading(struct dump_section *s, struct text_line *l,
                         cpupolicy_error *err)
{
    uint32_t id = 0;
    int rc = 0;

    if ( text_take(l, " ") )
        rc = text_decimal(l, "the CPU's number", &id, err);
    if ( !rc )
        rc = text_expect(l, ":", err);
    if ( !rc )
        rc = text_expect_end(l, err);
    if ( !rc && !dump_add_cpu(s, id, err) )
        rc = -err->code;

    return rc;
}

static int parse_line(struct dump_section *s, struct text_line *l,
                      cpupolicy_error *err)
{
    struct dump_leaf row = { .subleaf = DUMP_NO_SUBLEAF, .line = l->number };
    int rc;

    text_skip_blanks(l);
    if ( text_at_end(l) )
        return 0;
    if ( text_take(l, "CPU") )
        return parse_heading(s, l, err);
    if ( !text_take(l, "0x") )
        return text_fail(l, EINVAL, err, "neither a row nor 'CPU n:'");

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
    if ( !text_take(&l, "0x") || text_hex_digits(&l) != 8 )
        return false;
    l.at += 8;
    if ( text_take(&l, " 0x") )
        l.at += text_hex_digits(&l);

    return text_take(&l, ": eax=");
}

static bool probe(const struct dump_input *in)
{
    return text_any_line(in, looks_like_row);
}

const struct dump_format format_cpuid_r = {
    .name = "cpuid-r",
    .title = "cpuid -r text",
    .records_hardware = true,
    .probe = probe,
    .parse = parse,
};
