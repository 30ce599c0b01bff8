/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * AIDA64's "CPUID & MSR" text, in which the InstLatx64 collection comes, in
 * all the dialects that its fifteen years have seen.
 *
 *   CPUID 00000007: 00000002-F3BFBFFF-FB417FEE-FFDD4432 [SL 00] [comment]
 *   MSR 0000010A: 0000-0000-0C28-FDEB
 *   MSR 0000010B: < FAILED >
 *
 * Between the rows stands free text about caches, clocks, and the board.  It
 * is passed over, except that in a section of registers nothing may look
 * like a row and not be one.
 */
#include <errno.h>

#include "formats.h"
#include "text/text.h"

enum part {
    PART_TEXT,                  /* nothing here is a row for certain */
    PART_CPUID,
    PART_MSR,
};

enum numbering {
    NOT_A_CPU,
    NUMBERED,                   /* the CPU's number follows */
    FIRST_CPU,
    NEXT_CPU,                   /* a new CPU without number */
};

/* Longer prefixes before shorter ones. */
static const struct heading {
    const char *prefix;
    enum part part;
    enum numbering numbering;
} headings[] = {
    { "------[ CPUID Registers / Logical CPU #", PART_CPUID, NUMBERED },
    { "------[ MSR Registers / Logical CPU #", PART_MSR, NUMBERED },
    { "------[ Logical CPU #", PART_CPUID, NUMBERED },
    { "------[ MSR Registers ]", PART_MSR, FIRST_CPU },
    { "------[ ", PART_TEXT, NOT_A_CPU },
    { "CPUID Registers (CPU #", PART_CPUID, NUMBERED },
    { "MSR Registers (CPU #", PART_MSR, NUMBERED },
    { "MSR Registers", PART_MSR, FIRST_CPU },
    { "CPU#", PART_CPUID, NUMBERED },
    { "Group: 0x", PART_CPUID, NEXT_CPU },
};

/* Two per CPU are usual. Each one looks for its CPU among all. */
#define MAX_SECTIONS (4 * DUMP_MAX_CPUS)

struct aida {
    struct dump_section *cpus;
    size_t nr_sections;
    size_t cpu;                 /* index of the CPU that rows belong to */
    enum part part;
    bool has_headings;          /* and so leaf 0 starts no CPU */
    cpupolicy_error *err;
};

static int start_cpu(struct aida *a, uint32_t id)
{
    if ( !dump_add_cpu(a->cpus, id, a->err) )
        return -a->err->code;
    a->cpu = a->cpus->nr_cpus - 1;

    return 0;
}

/* The CPUID and the MSR section of a CPU stand apart. */
static int find_cpu(struct aida *a, uint32_t id)
{
    size_t nr = a->cpus->nr_cpus;

    /* From the current one on: the sections follow the order of CPUs. */
    for ( size_t i = 0; i < nr; i++ )
    {
        size_t cpu = (a->cpu + i) % nr;

        if ( a->cpus->cpus[cpu].id != id )
            continue;
        a->cpu = cpu;
        return 0;
    }

    return start_cpu(a, id);
}

static int enter(struct aida *a, const struct heading *h, struct text_line *l)
{
    uint32_t id;
    int rc;

    a->part = h->part;
    if ( ++a->nr_sections > MAX_SECTIONS )
        return text_fail(l, E2BIG, a->err, "more than %u sections",
                         MAX_SECTIONS);

    switch ( h->numbering )
    {
    case NUMBERED:
        rc = text_decimal(l, "the CPU's number", &id, a->err);
        if ( rc )
            return rc;
        a->has_headings = true;
        return find_cpu(a, id);

    case NEXT_CPU:
        a->has_headings = true;
        return start_cpu(a, (uint32_t)a->cpus->nr_cpus);

    case FIRST_CPU:
        a->cpu = 0;
        if ( !a->cpus->nr_cpus )
            return text_fail(l, EINVAL, a->err, "MSRs before any CPU");
        return 0;

    case NOT_A_CPU:
        break;
    }

    return 0;
}

static struct dump_cpu *current(struct aida *a)
{
    return &a->cpus->cpus[a->cpu];
}

/* What may follow the values: [SL nn], then any comment in brackets. */
static int parse_tail(struct text_line *l, uint32_t *subleaf,
                      cpupolicy_error *err)
{
    uint64_t v = 0;
    int rc;

    text_skip_blanks(l);
    if ( subleaf && text_take(l, "[SL ") )
    {
        rc = text_hex(l, 1, 8, "the subleaf", &v, err);
        if ( !rc )
            rc = text_expect(l, "]", err);
        if ( rc )
            return rc;
        *subleaf = (uint32_t)v;
        text_skip_blanks(l);
    }
    if ( !text_at_end(l) && *l->at != '[' )
        return text_expect_end(l, err);

    return 0;
}

static int parse_cpuid(struct aida *a, struct text_line *l)
{
    struct dump_leaf row = { .subleaf = DUMP_NO_SUBLEAF, .line = l->number };
    int rc = text_hex32(l, "the leaf", &row.leaf, a->err);

    text_take(l, ":");          /* which some versions leave out */
    for ( unsigned i = 0; i < 4 && !rc; i++ )
    {
        text_skip_blanks(l);
        /* Some versions separate registers by blanks. */
        if ( i )
            text_take(l, "-");
        rc = text_hex32(l, "a register", &row.reg[i], a->err);
    }
    if ( !rc )
        rc = parse_tail(l, &row.subleaf, a->err);
    if ( rc )
        return rc;

    if ( !a->has_headings && (row.leaf == 0 || !a->cpus->nr_cpus) )
        rc = start_cpu(a, (uint32_t)a->cpus->nr_cpus);
    else if ( !a->cpus->nr_cpus || (a->has_headings && !a->part) )
        rc = text_fail(l, EINVAL, a->err, "a row outside of any CPU");
    if ( rc )
        return rc;

    return dump_add_leaf(current(a), &row, a->err);
}

static int parse_msr_value(struct text_line *l, struct dump_msr *row,
                           cpupolicy_error *err)
{
    uint64_t v = 0;
    int rc = 0;

    if ( text_take(l, "< FAILED >") )
    {
        row->failed = true;
        return 0;
    }
    for ( unsigned i = 0; i < 4 && !rc; i++ )
    {
        if ( i )
            rc = text_expect(l, "-", err);
        if ( !rc )
            rc = text_hex(l, 4, 4, "the MSR's value", &v, err);
        row->value = row->value << 16 | v;
    }

    return rc;
}

static int parse_msr(struct aida *a, struct text_line *l)
{
    /* Counters and states are sampled several times; [S200] names the gap. */
    struct dump_msr row = { .line = l->number, .repeats = true };
    int rc = text_hex32(l, "the MSR", &row.index, a->err);

    if ( rc )
        return rc;
    text_take(l, ":");
    text_skip_blanks(l);
    rc = parse_msr_value(l, &row, a->err);
    if ( !rc )
        rc = parse_tail(l, NULL, a->err);
    if ( rc )
        return rc;
    if ( !a->cpus->nr_cpus )
        return text_fail(l, EINVAL, a->err, "a row outside of any CPU");

    return dump_add_msr(current(a), &row, a->err);
}

/* "00000002-F3BFBFFF" or "0000-0000-0C28": values, wherever they stand. */
static bool holds_values(struct text_line l)
{
    size_t run[3] = { 0, 0, 0 };

    while ( !text_at_end(&l) )
    {
        size_t nr = text_hex_digits(&l);

        run[0] = run[1];
        run[1] = run[2];
        run[2] = nr;
        if ( nr == 8 && run[1] == 8 )
            return true;
        if ( nr == 4 && run[1] == 4 && run[0] == 4 )
            return true;

        l.at += nr;
        if ( text_take(&l, "-") )
            continue;
        run[0] = run[1] = run[2] = 0;
        while ( !text_at_end(&l) && *l.at != ' ' && *l.at != '\t' )
            l.at++;
        text_skip_blanks(&l);
    }

    return false;
}

/* "CPUID Revision : ..." is text, in a part that holds text. */
static bool is_row(struct text_line l)
{
    if ( text_hex_digits(&l) != 8 )
        return false;
    l.at += 8;

    return text_at_end(&l) || *l.at == ':' || *l.at == ' ' || *l.at == '\t';
}

static int parse_line(struct aida *a, struct text_line *l)
{
    struct text_line row;

    text_skip_blanks(l);
    for ( size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++ )
        if ( text_take(l, headings[i].prefix) )
            return enter(a, &headings[i], l);

    row = *l;
    if ( text_take(&row, "CPUID ") && (a->part || is_row(row)) )
        return parse_cpuid(a, &row);
    if ( text_take(&row, "MSR ") && (a->part || is_row(row)) )
        return parse_msr(a, &row);

    if ( a->part && holds_values(*l) )
        return text_fail(l, EINVAL, a->err, "values, but not a row");

    return 0;
}

int aida_parse(const struct dump_input *in, struct dump *out,
               cpupolicy_error *err)
{
    struct aida a = { .err = err };
    struct text t;
    struct text_line l;
    int rc = dump_start(out, &a.cpus, NULL, err);

    text_init(&t, in);
    while ( !rc && (rc = text_next(&t, &l, err)) > 0 )
        rc = parse_line(&a, &l);

    return rc;
}

static bool looks_like_row(struct text_line l)
{
    if ( text_take(&l, "------[ CPUID Registers") )
        return true;

    return text_take(&l, "CPUID ") && is_row(l);
}

bool aida_probe(const struct dump_input *in)
{
    return text_any_line(in, looks_like_row);
}

const struct dump_format format_instlatx64 = {
    .name = "instlatx64",
    .title = "InstLatx64/AIDA64 text",
    .records_hardware = true,
    .probe = aida_probe,
    .parse = aida_parse,
};
