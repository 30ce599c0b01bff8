/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Leaves and MSRs that a CPU has and a dump does not state.  Unknown is not
 * zero: of a CPU whose ARCH_CAPABILITIES nobody has read, nothing can be said
 * that its bits decide.
 *
 * Programs that read MSRs once for a machine list them with one of its CPUs.
 * They are taken to be alike on others of the same model, and are unknown on
 * others still (the small cores of a hybrid).
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "source.h"

static const struct dump_msr *stated(const struct dump_cpu *cpu,
                                     unsigned int slot)
{
    return dump_find_msr(cpu, x86_msr_descs[slot].index);
}

/* CPUs that state an MSR, the first of each model; a hybrid has a few. */
struct donors {
    const struct cpu_policy *cpu[16];
    size_t nr;
};

/* The same model, and the same kind of core in a hybrid (leaf 0x1a). */
static const struct cpu_policy *find_donor(const struct donors *d,
                                           const struct cpu_policy *p)
{
    for ( size_t i = 0; i < d->nr; i++ )
        if ( d->cpu[i]->leaf[X86_SLOT_1].a == p->leaf[X86_SLOT_1].a &&
             d->cpu[i]->leaf[X86_SLOT_1A].a == p->leaf[X86_SLOT_1A].a )
            return d->cpu[i];

    return NULL;
}

static bool is_value(const struct dump_msr *m)
{
    return m && !m->failed;
}

/*
 * Give the CPUs that are silent on an MSR the value of the first one alike
 * that is not.  Merging it in once more changes nothing.  What stays without
 * a value is unknown, if the CPU has it.
 */
static bool complete(cpupolicy_source *src, const struct dump_section *s,
                     unsigned int slot)
{
    struct donors donors = { .nr = 0 };
    size_t nr_completed = 0;

    for ( size_t i = 0; i < s->nr_cpus; i++ )
        if ( is_value(stated(&s->cpus[i], slot)) &&
             donors.nr < sizeof(donors.cpu) / sizeof(donors.cpu[0]) &&
             !find_donor(&donors, &src->cpus[i]) )
            donors.cpu[donors.nr++] = &src->cpus[i];

    for ( size_t i = 0; i < s->nr_cpus; i++ )
    {
        const struct dump_msr *m = stated(&s->cpus[i], slot);
        const struct cpu_policy *from = m ? NULL
                                          : find_donor(&donors, &src->cpus[i]);

        if ( from )
        {
            src->cpus[i].msr[slot] = from->msr[slot];
            nr_completed++;
        }
        else if ( !is_value(m) )
            x86_unknown_add(&src->cpu_unknown[i], x86_input_msr(slot));
    }

    return nr_completed;
}

/*
 * VMX MSRs that exist only where a bit of another one says so (SDM vol 3,
 * appendix A).
 */
static const struct {
    uint8_t slot, by, bit;
} conditional[] = {
    { X86_MSR_SLOT_48B, X86_MSR_SLOT_482, 63 }, /* secondary controls */
    { X86_MSR_SLOT_48C, X86_MSR_SLOT_48B, 33 }, /* EPT */
    { X86_MSR_SLOT_48D, X86_MSR_SLOT_480, 55 }, /* true controls */
    { X86_MSR_SLOT_48E, X86_MSR_SLOT_480, 55 },
    { X86_MSR_SLOT_48F, X86_MSR_SLOT_480, 55 },
    { X86_MSR_SLOT_490, X86_MSR_SLOT_480, 55 },
    { X86_MSR_SLOT_491, X86_MSR_SLOT_48B, 45 }, /* VMFUNC */
    { X86_MSR_SLOT_492, X86_MSR_SLOT_482, 49 }, /* tertiary controls */
    { X86_MSR_SLOT_493, X86_MSR_SLOT_483, 63 }, /* secondary exit controls */
};

/* MSRs that a CPU has for certain, by what it says. */
static void forget_absent(struct x86_unknown *u, const struct cpu_policy *p)
{
    unsigned int layout = 1u << x86_vendor_layout(p->vendor);
    uint64_t slots = x86_policy_has(p, X86_FEATURE_ARCH_CAPS) ||
                     x86_unknown_has(u, x86_input_leaf(X86_SLOT_7))
                     ? 1ULL << X86_MSR_SLOT_10A : 0;

    _Static_assert(X86_NR_MSR_SLOTS <= 64, "a bit for every MSR");

    for ( unsigned int i = 0; i < X86_NR_GATE_MASKS; i++ )
    {
        const struct x86_gate_mask *g = &x86_gate_masks[i];

        if ( g->is_msr && (g->layouts & layout) &&
             g->gate != X86_GATE_VPMU && x86_policy_has(p, g->gate) )
            slots |= 1ULL << g->word;
    }
    for ( size_t i = 0; i < sizeof(conditional) / sizeof(conditional[0]); i++ )
        if ( !((p->msr[conditional[i].by] >> conditional[i].bit) & 1) )
            slots &= ~(1ULL << conditional[i].slot);

    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        if ( !((slots >> i) & 1) )
            x86_unknown_remove(u, x86_input_msr(i));
}

/* ---- leaves ------------------------------------------------------------ */

/* Does any bit of a slot mean anything on this vendor's CPUs? */
static bool has_meaning(const struct cpu_policy *p, unsigned int slot)
{
    const uint32_t *reserved =
        x86_kind_words[x86_vendor_layout(p->vendor)][X86_KIND_RESERVED];

    for ( unsigned int i = slot * 4; i < slot * 4 + 4; i++ )
        if ( ~reserved[i] )
            return true;

    return false;
}

static bool is_recorded(const struct dump_cpu *cpu,
                        const struct x86_leaf_desc *d, unsigned int subleaf)
{
    return dump_find_leaf(cpu, d->leaf, subleaf) ||
           (!subleaf && dump_find_leaf(cpu, d->leaf, DUMP_NO_SUBLEAF));
}

/*
 * Is there such a subleaf, by what the others say?  Of lists: the first.  If
 * what says so is itself not recorded, there may be.
 */
static bool exists(const struct x86_unknown *u, const struct cpu_policy *p,
                   const struct x86_leaf_desc *d, unsigned int subleaf)
{
    const struct x86_regs *l = &p->leaf[d->first_slot];

    if ( !subleaf || x86_unknown_has(u, x86_input_leaf(d->first_slot)) )
        return true;

    switch ( d->stop )
    {
    case X86_STOP_MAX_A:
        return subleaf <= l->a;

    case X86_STOP_BITMAP_A:
        return (l->a >> subleaf) & 1;

    case X86_STOP_XSTATE:
        return subleaf == 1 || ((x86_xstate_stated(p) >> subleaf) & 1);

    case X86_STOP_ALL:
        return true;

    default:            /* where a list ends is told by what is recorded */
        return false;
    }
}

static bool may_be_in_range(const struct x86_unknown *u,
                            const struct cpu_policy *p, uint32_t leaf)
{
    return x86_leaf_in_range(p, leaf) ||
           (leaf >= 0x80000000U && leaf < X86_CENTAUR_LEAF &&
            x86_unknown_has(u, x86_input_leaf(X86_SLOT_80000000)));
}

static void find_leaves(struct x86_unknown *u, const struct cpu_policy *p,
                        const struct dump_cpu *cpu)
{
    for ( unsigned int i = 0; i < X86_NR_LEAF_DESCS; i++ )
    {
        const struct x86_leaf_desc *d = &x86_leaf_descs[i];
        bool is_hypervisors = d->leaf >= X86_HV_LEAF && d->leaf < 0x80000000U;
        unsigned int nr = d->stop == X86_STOP_PLAIN ? 1 : d->nr_subleaves;

        if ( is_hypervisors || !may_be_in_range(u, p, d->leaf) )
            continue;
        for ( unsigned int n = 0; n < nr; n++ )
            if ( has_meaning(p, d->first_slot + n) && exists(u, p, d, n) &&
                 !is_recorded(cpu, d, n) )
                x86_unknown_add(u, x86_input_leaf(d->first_slot + n));
    }
}

/* ---- the whole --------------------------------------------------------- */

static void note(cpupolicy_source *src, const char *text,
                 const struct x86_unknown *set, bool msrs)
{
    char *list = NULL;
    size_t size, nr = 0;
    FILE *f = open_memstream(&list, &size);
    x86_input i = X86_INPUT_NONE;

    while ( f && (i = x86_unknown_next(set, i)) )
        if ( x86_input_is_msr(i) == msrs )
            fprintf(f, "%s%s", nr++ ? " " : "", input_name(i).text);
    if ( !f || fclose(f) )
        src->no_memory = true;
    else if ( nr )
        source_note(src, "%s: %zu (%s)", text, nr, list);
    free(list);
}

static void note_all(cpupolicy_source *src, uint64_t completed)
{
    struct x86_unknown set = { .set = { 0 } };

    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        if ( (completed >> i) & 1 )
            x86_unknown_add(&set, x86_input_msr(i));
    note(src, "MSRs that are not stated for every CPU, taken there as on the "
         "CPU that they are stated for", &set, true);
    note(src, "unknown: MSRs that the CPU has and that are not stated",
         &src->unknown, true);
    note(src, "unknown: leaves that the CPU has and that are not stated",
         &src->unknown, false);
}

/* What the file says of itself; rows of it are there or not. */
static void take_stated(struct x86_unknown *out, const struct dump *d)
{
    for ( size_t i = 0; i < d->nr_unknown; i++ )
    {
        const struct dump_unknown *u = &d->unknown[i];
        int slot = u->is_msr ? x86_msr_slot_find(u->index)
                             : x86_slot_find(u->index, u->subleaf);

        if ( slot >= 0 )
            x86_unknown_add(out, u->is_msr ? x86_input_msr(slot)
                                           : x86_input_leaf(slot));
    }
}

int source_find_unknown(cpupolicy_source *src, const struct dump *d,
                        const struct dump_section *s, cpupolicy_error *err)
{
    uint64_t completed = 0;

    src->cpu_unknown = calloc(s->nr_cpus, sizeof(*src->cpu_unknown));
    if ( !src->cpu_unknown )
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");

    for ( size_t i = 0; i < s->nr_cpus && !d->omits_zero_leaves; i++ )
        find_leaves(&src->cpu_unknown[i], &src->cpus[i], &s->cpus[i]);
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        if ( complete(src, s, i) )
            completed |= 1ULL << i;
    for ( size_t i = 0; i < s->nr_cpus; i++ )
    {
        forget_absent(&src->cpu_unknown[i], &src->cpus[i]);
        take_stated(&src->cpu_unknown[i], d);
        x86_unknown_merge(&src->unknown, &src->cpu_unknown[i]);
    }
    note_all(src, completed);

    return 0;
}
