/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests from files: every row and every CPU of them. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "request.h"

/* Registers of a leaf that no policy has: each one that asks for anything. */
static void refuse_leaf(struct cpupolicy_request *r,
                        const struct dump_leaf *row)
{
    for ( unsigned int reg = 0; reg < 4; reg++ )
        if ( row->reg[reg] )
            violations_add(&r->refused, &(cpupolicy_violation){
                .rule = "unknown-leaf",
                .text = "a policy has no such leaf or subleaf",
                .remedy = "leave it out", .leaf = row->leaf,
                .subleaf = row->subleaf, .reg = reg, .mask = row->reg[reg],
                .asked = row->reg[reg], .name = "reserved", .needs = -1,
            });
}

/* As the policy writes it: formats differ in "no subleaf". */
static uint32_t subleaf_of(const struct dump_leaf *row)
{
    const struct x86_leaf_desc *d = x86_leaf_find(row->leaf);

    if ( d && d->stop == X86_STOP_PLAIN && !row->subleaf )
        return X86_NO_SUBLEAF;
    if ( d && d->stop != X86_STOP_PLAIN && row->subleaf == DUMP_NO_SUBLEAF )
        return 0;

    return row->subleaf;
}

static void merge_leaf(struct cpupolicy_request *r,
                       const struct dump_leaf *row)
{
    const struct xen_cpu_policy_leaf l = {
        row->leaf, subleaf_of(row),
        row->reg[0], row->reg[1], row->reg[2], row->reg[3],
    };

    if ( x86_policy_from_leaves(&r->policy.policy, &x86_abi_full, &l, 1,
                                NULL) )
        refuse_leaf(r, row);
}

/*
 * What fits is merged and audited as usual; what is beyond the bits that a
 * policy holds is refused here, since it cannot get there.
 */
static void merge_msr(struct cpupolicy_request *r, const struct dump_msr *m)
{
    int slot = x86_msr_slot_find(m->index);
    uint64_t fits = slot < 0 ? 0 : m->value & x86_msr_descs[slot].storage;
    const struct xen_cpu_policy_msr entry = { m->index, 0, fits };

    if ( slot >= 0 && x86_policy_from_msrs(&r->policy.policy, &x86_abi_full,
                                           &entry, 1, NULL) )
        fits = 0;
    if ( m->value == fits )
        return;

    violations_add(&r->refused, &(cpupolicy_violation){
        .rule = slot < 0 ? "unknown-msr" : "msr-too-wide",
        .text = slot < 0 ? "a policy has no such MSR"
                         : "a policy holds fewer bits of this MSR",
        .remedy = slot < 0 ? "leave it out" : "leave these bits 0",
        .is_msr = true, .msr = m->index, .mask = m->value & ~fits,
        .asked = m->value, .limit = fits, .name = "reserved", .needs = -1,
    });
}

/* ---- further CPUs ------------------------------------------------------ */

/* Bits that each vCPU has its own of (APIC ids, live state). */
static uint32_t own_bits(const struct cpu_policy *p,
                         const struct dump_leaf *row, unsigned int reg)
{
    int slot = x86_slot_find(row->leaf, subleaf_of(row));

    return slot < 0 ? 0 : x86_kind_words[x86_vendor_layout(p->vendor)]
                                        [X86_KIND_DYNAMIC][slot * 4 + reg];
}

static int refuse_difference(const struct dump_cpu *first,
                             const struct dump_cpu *cpu, const char *what,
                             uint32_t line, cpupolicy_error *err)
{
    return cpupolicy_error_set(err, EINVAL, line, "CPU %u differs from CPU "
                               "%u in %s, and a domain has one policy",
                               cpu->id, first->id, what);
}

/* A row that either lacks asks for zeros.  `at`: where it usually is. */
static const struct dump_leaf *same_row(const struct dump_cpu *cpu,
                                        const struct dump_leaf *row,
                                        size_t at)
{
    static const struct dump_leaf zero;
    const struct dump_leaf *same = &cpu->leaves[at];

    if ( at >= cpu->nr_leaves || same->leaf != row->leaf ||
         same->subleaf != row->subleaf )
        same = dump_find_leaf(cpu, row->leaf, row->subleaf);

    return same ? same : &zero;
}

static int compare_leaves(const struct cpu_policy *p,
                          const struct dump_cpu *first,
                          const struct dump_cpu *cpu,
                          const struct dump_cpu *with, cpupolicy_error *err)
{
    char what[64];

    for ( size_t i = 0; i < cpu->nr_leaves; i++ )
    {
        const struct dump_leaf *row = &cpu->leaves[i];
        const struct dump_leaf *same = same_row(with, row, i);

        for ( unsigned int reg = 0; reg < 4; reg++ )
        {
            if ( !((row->reg[reg] ^ same->reg[reg]) &
                   ~own_bits(p, row, reg)) )
                continue;
            if ( subleaf_of(row) == X86_NO_SUBLEAF )
                snprintf(what, sizeof(what), "leaf 0x%x e%cx", row->leaf,
                         "abcd"[reg]);
            else
                snprintf(what, sizeof(what), "leaf 0x%x subleaf 0x%x e%cx",
                         row->leaf, row->subleaf, "abcd"[reg]);
            return refuse_difference(first, cpu == first ? with : cpu, what,
                                     row->line, err);
        }
    }

    return 0;
}

/*
 * Programs that read MSRs once for a machine list them with the first CPU:
 * what another CPU does not state is unknown, what it states must agree.
 */
static int compare_msrs(const struct dump_cpu *first,
                        const struct dump_cpu *cpu, cpupolicy_error *err)
{
    char what[32];

    for ( size_t i = 0; i < cpu->nr_msrs; i++ )
    {
        const struct dump_msr *m = &cpu->msrs[i];
        const struct dump_msr *same = dump_find_msr(first, m->index);

        if ( same && m->value == same->value && m->failed == same->failed )
            continue;
        snprintf(what, sizeof(what), "MSR 0x%x", m->index);
        return refuse_difference(first, cpu, what, m->line, err);
    }

    return 0;
}

static int compare_cpus(const struct cpu_policy *p,
                        const struct dump_section *s, cpupolicy_error *err)
{
    const struct dump_cpu *first = &s->cpus[0];
    int rc = 0;

    for ( size_t i = 1; i < s->nr_cpus && !rc; i++ )
    {
        const struct dump_cpu *cpu = &s->cpus[i];

        /* Both ways, so that a row that either lacks is seen. */
        rc = compare_leaves(p, first, cpu, first, err);
        if ( !rc )
            rc = compare_leaves(p, first, first, cpu, err);
        if ( !rc )
            rc = compare_msrs(first, cpu, err);
    }

    return rc;
}

/* ---- loading ----------------------------------------------------------- */

static const struct dump_section *
choose_section(const struct dump *d, const char *name, cpupolicy_error *err)
{
    const struct dump_section *s = name ? dump_find_section(d, name)
        : d->nr_sections == 1 ? &d->sections[0] : NULL;

    if ( s && s->nr_cpus )
        return s;

    if ( name )
        cpupolicy_error_set(err, ENOENT, 0, "holds no policy '%.40s'", name);
    else
        cpupolicy_error_set(err, ENOENT, 0, "holds %zu policies; name one",
                            d->nr_sections);

    return NULL;
}

static int merge_section(struct cpupolicy_request *r,
                         const struct dump_section *s, cpupolicy_error *err)
{
    const struct dump_cpu *cpu = &s->cpus[0];
    int rc;

    for ( size_t i = 0; i < cpu->nr_leaves; i++ )
        merge_leaf(r, &cpu->leaves[i]);
    for ( size_t i = 0; i < cpu->nr_msrs; i++ )
        merge_msr(r, &cpu->msrs[i]);
    if ( r->refused.no_memory )
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");
    if ( r->refused.nr )
        r->policy.refused = &r->refused;

    rc = dump_check_vendor(cpu, &r->policy.policy, err);

    return rc ? rc : compare_cpus(&r->policy.policy, s, err);
}

int cpupolicy_request_load(cpupolicy_request **out, const char *path,
                           const char *section, const cpupolicy *base,
                           cpupolicy_error *err)
{
    cpupolicy_request *r = calloc(1, sizeof(*r));
    const struct dump_section *s;
    struct dump d = { 0 };
    int rc = r ? policy_dump_load(path, &d, err)
               : cpupolicy_error_set(err, ENOMEM, 0, "out of memory");

    if ( rc )
        goto out;

    s = choose_section(&d, section, err);
    rc = s ? 0 : -ENOENT;
    if ( !rc && d.is_partial )
        rc = cpupolicy_error_set(err, EINVAL, 0, "leaves bits open, so that "
                                 "it is no policy to ask for");
    if ( rc )
        goto out;

    if ( base && !dump_find_plain_leaf(&s->cpus[0], 0) )
        r->policy.policy = base->policy;
    rc = merge_section(r, s, err);

 out:
    dump_dispose(&d);
    if ( rc )
        cpupolicy_request_free(r);
    else
        *out = r;

    return rc;
}

void cpupolicy_request_free(cpupolicy_request *r)
{
    if ( r )
        free(r->refused.list);
    free(r);
}

const cpupolicy *cpupolicy_request_policy(const cpupolicy_request *r)
{
    return &r->policy;
}
