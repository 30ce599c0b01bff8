/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What Xen's own xen-cpuid prints with -p, for all of the host's policies or
 * one domain's:
 *
 *   Raw policy: 50 leaves, 2 MSRs
 *    CPUID:
 *     leaf     subleaf  -> eax      ebx      ecx      edx
 *     00000000:ffffffff -> 0000000d:756e6547:6c65746e:49656e69
 *    MSRs:
 *     index    -> value
 *     000000ce -> 0000000080000000
 *
 * and what this project prints in that form: its own names in the headings,
 * and for a single policy the rows alone.  Leaves of zeros are left out.
 */
#include <errno.h>
#include <stdio.h>

#include "formats.h"
#include "text/text.h"
#include "write.h"

/* Xen 4.17 to 4.20 know six; Host is what Xen itself uses. */
static const struct policy {
    const char *heading, *name;
} policies[] = {
    { "Raw", "raw" },
    { "Host", "host-default" },
    { "PV Max", "pv-max" },
    { "HVM Max", "hvm-max" },
    { "PV Default", "pv-default" },
    { "HVM Default", "hvm-default" },
    { "raw", "raw" },
    { "host-max", "host-max" },
    { "host-default", "host-default" },
    { "pv-max", "pv-max" },
    { "hvm-max", "hvm-max" },
    { "pv-default", "pv-default" },
    { "hvm-default", "hvm-default" },
};

struct parser {
    struct dump *dump;
    uint32_t max_leaves, max_msrs; /* what the heading announces */
    bool announced;
    cpupolicy_error *err;
};

static int start_policy(struct parser *p, const char *name)
{
    struct dump_section *s = dump_add_section(p->dump, name, p->err);

    if ( !s || !dump_add_cpu(s, 0, p->err) )
        return -p->err->code;

    return 0;
}

/* " policy: 50 leaves, 2 MSRs" */
static bool take_counts(struct text_line *l, struct parser *p)
{
    return text_take(l, " policy: ") &&
           !text_decimal(l, "", &p->max_leaves, NULL) &&
           text_take(l, " leaves, ") &&
           !text_decimal(l, "", &p->max_msrs, NULL) && text_take(l, " MSRs");
}

static int parse_heading(struct parser *p, struct text_line *l)
{
    struct text_line start = *l;
    char name[16] = "";
    uint32_t domid;
    int rc;

    if ( text_take(l, "Domain ") )
    {
        rc = text_decimal(l, "the domain's number", &domid, p->err);
        if ( rc )
            return rc;
        snprintf(name, sizeof(name), "dom:%u", domid);
        if ( !take_counts(l, p) )
            return text_fail(l, EINVAL, p->err, "not the heading of a policy");
    }
    for ( size_t i = 0; i < sizeof(policies) / sizeof(policies[0]) && !*name;
          i++ )
    {
        *l = start;
        if ( text_take(l, policies[i].heading) && take_counts(l, p) )
            snprintf(name, sizeof(name), "%s", policies[i].name);
    }
    if ( !*name )
    {
        *l = start;
        return text_fail(l, EINVAL, p->err,
                         "neither a row nor the heading of a policy");
    }

    rc = text_expect_end(l, p->err);
    if ( rc )
        return rc;
    p->announced = true;
    rc = start_policy(p, name);
    if ( rc )
        p->err->line = l->number;

    return rc;
}

/* The CPU that rows go to; without any heading, a policy without name. */
static int current(struct parser *p, struct dump_cpu **cpu)
{
    int rc = p->dump->nr_sections ? 0 : start_policy(p, "");

    if ( !rc )
        *cpu = &p->dump->sections[p->dump->nr_sections - 1].cpus[0];

    return rc;
}

static int parse_leaf(struct parser *p, struct text_line *l, uint32_t leaf)
{
    struct dump_leaf row = { .leaf = leaf, .line = l->number };
    struct dump_cpu *c;
    int rc = text_hex32(l, "the subleaf", &row.subleaf, p->err);

    if ( !rc )
        rc = text_expect(l, " -> ", p->err);
    for ( unsigned i = 0; i < 4 && !rc; i++ )
    {
        if ( i )
            rc = text_expect(l, ":", p->err);
        if ( !rc )
            rc = text_hex32(l, "a register", &row.reg[i], p->err);
    }
    if ( !rc )
        rc = text_expect_end(l, p->err);
    if ( !rc )
        rc = current(p, &c);
    if ( rc )
        return rc;

    if ( p->announced && c->nr_leaves >= p->max_leaves )
        return text_fail(l, EINVAL, p->err,
                         "more rows than the heading's %u leaves",
                         p->max_leaves);

    return dump_add_leaf(c, &row, p->err);
}

static int parse_msr(struct parser *p, struct text_line *l, uint32_t index)
{
    struct dump_msr row = { .index = index, .line = l->number };
    struct dump_cpu *c;
    int rc = text_hex(l, 16, 16, "the MSR's value", &row.value, p->err);

    if ( !rc )
        rc = text_expect_end(l, p->err);
    if ( !rc )
        rc = current(p, &c);
    if ( rc )
        return rc;

    if ( p->announced && c->nr_msrs >= p->max_msrs )
        return text_fail(l, EINVAL, p->err,
                         "more rows than the heading's %u MSRs", p->max_msrs);

    return dump_add_msr(c, &row, p->err);
}

/* Lines that only help the human reader. */
static bool is_caption(struct text_line l)
{
    static const char *const captions[] = {
        "CPUID:", "MSRs:", "leaf     subleaf  ->", "index    ->",
        "Xen reports there are maximum ",
    };

    for ( size_t i = 0; i < sizeof(captions) / sizeof(captions[0]); i++ )
        if ( text_take(&l, captions[i]) )
            return true;

    return false;
}

static int parse_line(struct parser *p, struct text_line *l)
{
    uint32_t number;
    int rc;

    text_skip_blanks(l);
    if ( text_at_end(l) || is_caption(*l) )
        return 0;
    /* No heading begins with eight hex digits, but a word may with some. */
    if ( l->at == l->start && text_hex_digits(l) < 8 )
        return parse_heading(p, l);

    rc = text_hex32(l, "the leaf or MSR", &number, p->err);
    if ( rc )
        return rc;
    if ( text_take(l, ":") )
        return parse_leaf(p, l, number);

    rc = text_expect(l, " -> ", p->err);

    return rc ? rc : parse_msr(p, l, number);
}

static int parse(const struct dump_input *in, struct dump *out,
                 cpupolicy_error *err)
{
    struct parser p = { .dump = out, .err = err };
    struct text t;
    struct text_line l;
    int rc = 0;

    out->omits_zero_leaves = true;

    text_init(&t, in);
    while ( !rc && (rc = text_next(&t, &l, err)) > 0 )
        rc = parse_line(&p, &l);
    if ( !rc && !out->nr_sections )
        rc = cpupolicy_error_set(err, EINVAL, 0, "there are no rows");

    return rc;
}

static bool looks_like_row(struct text_line l)
{
    if ( text_hex_digits(&l) != 8 )
        return false;
    l.at += 8;
    if ( !text_take(&l, ":") || text_hex_digits(&l) != 8 )
        return false;
    l.at += 8;

    return text_take(&l, " -> ");
}

static bool probe(const struct dump_input *in)
{
    return text_any_line(in, looks_like_row);
}

const struct dump_format format_xen_cpuid = {
    .name = "xen-cpuid",
    .title = "xen-cpuid -p text",
    .probe = probe,
    .parse = parse,
    .write = write_leaves,
    .loses = "rows that are zero, and which MSRs could not be read",
};
