/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What follows from a policy's features, after they were edited. */

#include <xen/lib/x86/cpu-policy.h>

static uint64_t *place(struct cpu_policy *p, const struct x86_gate_mask *g,
                       uint64_t *word)
{
    if ( g->is_msr )
        return &p->msr[g->word];

    *word = p->word[g->word];

    return word;
}

/* A gate that is shut empties its fields; one just opened fills them. */
static void follow_gates(struct cpu_policy *p, const struct cpu_policy *limit,
                         bool vpmu)
{
    unsigned int layout = 1u << x86_vendor_layout(p->vendor);

    for ( unsigned int i = 0; i < X86_NR_GATE_MASKS; i++ )
    {
        const struct x86_gate_mask *g = &x86_gate_masks[i];
        bool open = g->gate == X86_GATE_VPMU ? vpmu
                                             : x86_policy_has(p, g->gate);
        uint64_t word, *value = place(p, g, &word);
        uint64_t full = g->is_msr ? limit->msr[g->word]
                                  : limit->word[g->word];

        if ( !(g->layouts & layout) )
            continue;
        if ( !open )
            *value &= ~g->mask;
        else if ( !(*value & g->mask) )
            *value |= full & g->mask;
        if ( !g->is_msr )
            p->word[g->word] = word;
    }
}

static void raise(uint32_t *max, uint32_t leaf)
{
    if ( *max < leaf )
        *max = leaf;
}

void x86_policy_follow(struct cpu_policy *p, const struct cpu_policy *limit,
                       bool vpmu)
{
    uint32_t *basic = &p->leaf[X86_SLOT_0].a;

    if ( x86_policy_has(p, X86_FEATURE_AMX_TILE) )
        raise(basic, 0x1e);
    if ( x86_policy_has(p, X86_FEATURE_AVX10) )
        raise(basic, 0x24);
    if ( x86_policy_has(p, X86_FEATURE_SVM) )
        raise(&p->leaf[X86_SLOT_80000000].a, 0x8000000aU);

    follow_gates(p, limit, vpmu);
    x86_policy_recalc_xstate(p, limit);
    x86_pmu_settle(&p->leaf[X86_SLOT_A], &limit->leaf[X86_SLOT_A]);
    x86_policy_recalc_vmx(p, limit);
    x86_policy_recalc_derived(p);
}
