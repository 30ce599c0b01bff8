/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * MSRs that a dump does not state.  Unknown is not zero: programs that read
 * MSRs once for a machine list them with one of its CPUs, and if they counted
 * as zero on the others, all CPUs together would have none.
 */

#include <stdio.h>

#include "source.h"

static const struct dump_msr *stated(const struct dump_cpu *cpu,
                                     unsigned int slot)
{
    return dump_find_msr(cpu, x86_msr_descs[slot].index);
}

static void note_slots(cpupolicy_source *src, uint64_t slots,
                       const char *text)
{
    char list[X86_NR_MSR_SLOTS * 12 + 1];
    size_t len = 0;

    if ( !slots )
        return;

    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        if ( (slots >> i) & 1 )
            len += (size_t)snprintf(list + len, sizeof(list) - len, "%s0x%x",
                                    len ? " " : "", x86_msr_descs[i].index);
    source_note(src, "%s: %d (%s)", text, __builtin_popcountll(slots), list);
}

/*
 * Give the CPUs that are silent on an MSR the value of the first that is
 * not.  Merging it in once more changes nothing.
 */
static bool complete(cpupolicy_source *src, const struct dump_section *s,
                     unsigned int slot)
{
    size_t first = 0, nr_silent = 0;

    while ( first < s->nr_cpus && !stated(&s->cpus[first], slot) )
        first++;
    if ( first == s->nr_cpus )
        return false;

    for ( size_t i = 0; i < s->nr_cpus; i++ )
    {
        if ( stated(&s->cpus[i], slot) )
            continue;
        src->cpus[i].msr[slot] = src->cpus[first].msr[slot];
        nr_silent++;
    }

    return nr_silent;
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

/* MSRs that the boot CPU has for certain, by what it says. */
static uint64_t has_slots(const struct cpu_policy *p)
{
    unsigned int layout = 1u << x86_vendor_layout(p->vendor);
    uint64_t slots = x86_policy_has(p, X86_FEATURE_ARCH_CAPS)
                     ? 1ULL << X86_MSR_SLOT_10A : 0;

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

    return slots;
}

void source_complete_msrs(cpupolicy_source *src, const struct dump *d,
                          const struct dump_section *s)
{
    uint64_t completed = 0, missing = 0;

    _Static_assert(X86_NR_MSR_SLOTS <= 64, "a bit for every MSR");

    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
    {
        const struct dump_msr *m = stated(&s->cpus[0], i);

        if ( complete(src, s, i) )
            completed |= 1ULL << i;
        else if ( !m || m->failed )
            missing |= 1ULL << i;
    }

    note_slots(src, completed, "MSRs that are not stated for every CPU, "
               "taken there as on the CPU that they are stated for");

    /* Files of policies leave zeros out. */
    if ( !d->omits_zero_leaves )
        note_slots(src, missing & has_slots(&src->cpus[0]), "feature MSRs "
                   "that the CPU has and that are not stated, taken as 0");
}
