/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Firecracker's CPU templates, guest dumps and fingerprints as dumps.  Their
 * files are read by template-read.c and fingerprint.c, for everybody.
 *
 * In a bitmap 0 and 1 set a bit and x leaves it open, as do the digits that
 * are not written.  Entries of the same leaf add up, the later one on top.
 */
#include <errno.h>
#include <string.h>

#include "fingerprint.h"
#include "formats.h"
#include "text/json-probe.h"

#define NR(a) (sizeof(a) / sizeof((a)[0]))

static int add_leaf(struct dump_cpu *c, const struct template_leaf *l,
                    cpupolicy_error *err)
{
    const struct dump_leaf *old = dump_leaf_at(c, l->leaf, l->subleaf);
    struct dump_leaf row = old ? *old : (struct dump_leaf){
        .leaf = l->leaf, .subleaf = l->subleaf, .line = l->line,
        .open = { ~0U, ~0U, ~0U, ~0U },
    };

    for ( size_t i = 0; i < l->nr_modifiers; i++ )
    {
        const struct template_modifier *m = &l->modifiers[i];

        row.reg[m->reg] = adjust_bits_apply(&m->bits, row.reg[m->reg]);
        row.open[m->reg] &= ~(uint32_t)m->bits.filter[0];
    }

    return dump_put_leaf(c, &row, err);
}

static int add_msr(struct dump_cpu *c, const struct template_msr *m,
                   cpupolicy_error *err)
{
    const struct dump_msr *old = dump_msr_at(c, m->index);
    struct dump_msr row = old ? *old : (struct dump_msr){
        .index = m->index, .line = m->line, .open = ~0ULL,
    };

    row.value = adjust_bits_apply(&m->bits, row.value);
    row.open &= ~m->bits.filter[0];

    return dump_put_msr(c, &row, err);
}

static bool any_open(const struct dump_cpu *c)
{
    for ( size_t i = 0; i < c->nr_leaves; i++ )
    {
        const uint32_t *open = c->leaves[i].open;

        if ( open[0] | open[1] | open[2] | open[3] )
            return true;
    }
    for ( size_t i = 0; i < c->nr_msrs; i++ )
        if ( c->msrs[i].open )
            return true;

    return false;
}

static int refuse(cpupolicy_error *err, const char *why)
{
    cpupolicy_error_set(err, EINVAL, 1, "%s", why);
    err->column = 1;

    return -EINVAL;
}

static int take_template(const struct cpu_template *t, struct dump *out,
                         cpupolicy_error *err)
{
    struct dump_section *s;
    struct dump_cpu *c;
    int rc;

    if ( t->arch == TEMPLATE_AARCH64 )
        return refuse(err, "the file describes an aarch64 CPU");
    if ( !t->nr_leaves && !t->nr_msrs )
        return refuse(err, "the template changes nothing");

    rc = dump_start(out, &s, &c, err);
    for ( size_t i = 0; !rc && i < t->nr_leaves; i++ )
        rc = add_leaf(c, &t->leaves[i], err);
    for ( size_t i = 0; !rc && i < t->nr_msrs; i++ )
        rc = add_msr(c, &t->msrs[i], err);
    for ( size_t i = 0; !rc && i < t->notes.nr; i++ )
        rc = dump_add_note(out, err, "%s", t->notes.list[i]);
    if ( !rc && t->nr_capabilities )
        rc = dump_add_note(out, err, "%zu kvm_capabilities say nothing of "
                           "the CPU", t->nr_capabilities);
    if ( rc )
        return rc;

    out->is_partial = any_open(c) || !dump_find_leaf(c, 0, 0);
    out->is_guest_view = !out->is_partial;

    return 0;
}

static bool is_fingerprint(const struct dump_input *in)
{
    static const char *const keys[] = { "guest_cpu_config" };

    return json_probe(in, keys, NR(keys)) || json_probe_array(in, "[\"");
}

static int parse(const struct dump_input *in, struct dump *out,
                 cpupolicy_error *err)
{
    struct fingerprint f = { .strings = { NULL } };
    bool whole = is_fingerprint(in);
    int rc = whole
        ? fingerprint_parse(in->bytes, in->nr_bytes, &f, err)
        : template_parse(in->bytes, in->nr_bytes, TEMPLATE_ANY, &f.guest, err);

    if ( rc )
        return rc;

    rc = take_template(&f.guest, out, err);
    out->is_guest_view |= whole;
    fingerprint_dispose(&f);

    return rc;
}

/* Their structures may be arrays, of the values in the order of keys. */
static bool probe(const struct dump_input *in)
{
    static const char *const keys[] = {
        "cpuid_modifiers", "msr_modifiers", "guest_cpu_config",
        "kvm_capabilities", "reg_modifiers", "vcpu_features",
    };

    return json_probe(in, keys, NR(keys)) || json_probe_array(in, "[\"") ||
           json_probe_array(in, "[[\"") || json_probe_array(in, "[[]");
}

const struct dump_format format_firecracker = {
    .name = "firecracker",
    .title = "Firecracker template, dump or fingerprint",
    .probe = probe,
    .parse = parse,
};
