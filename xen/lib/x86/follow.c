/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What follows from a policy's features, after they were edited. */

#include <xen/lib/x86/cpu-policy.h>

static bool is_open(const struct cpu_policy *p, const struct x86_gate_mask *g,
                    bool vpmu)
{
    return g->gate == X86_GATE_VPMU ? vpmu : x86_policy_has(p, g->gate);
}

bool x86_gate_shut(struct cpu_policy *p, const struct x86_gate_mask *g,
                   enum x86_layout layout, bool vpmu)
{
    if ( !((g->layouts >> layout) & 1) || is_open(p, g, vpmu) )
        return false;

    if ( g->is_msr )
        p->msr[g->word] &= ~g->mask;
    else
        p->word[g->word] &= ~g->mask;

    return true;
}

void x86_policy_shut_gates(struct cpu_policy *p, enum x86_layout layout,
                           bool vpmu)
{
    for ( unsigned int i = 0; i < X86_NR_GATE_MASKS; i++ )
        x86_gate_shut(p, &x86_gate_masks[i], layout, vpmu);
}

/* A gate that has just been opened has nothing behind it yet. */
static void fill_gate(struct cpu_policy *p, const struct cpu_policy *limit,
                      const struct x86_gate_mask *g)
{
    if ( g->is_msr && !(p->msr[g->word] & g->mask) )
        p->msr[g->word] |= limit->msr[g->word] & g->mask;
    else if ( !g->is_msr && !(p->word[g->word] & g->mask) )
        p->word[g->word] |= limit->word[g->word] & g->mask;
}

static void follow_gates(struct cpu_policy *p, const struct cpu_policy *limit,
                         bool vpmu)
{
    enum x86_layout layout = x86_vendor_layout(p->vendor);

    for ( unsigned int i = 0; i < X86_NR_GATE_MASKS; i++ )
    {
        const struct x86_gate_mask *g = &x86_gate_masks[i];

        if ( ((g->layouts >> layout) & 1) &&
             !x86_gate_shut(p, g, layout, vpmu) )
            fill_gate(p, limit, g);
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
