/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fields that restate others: rebuilt, never chosen. */

#include <xen/lib/x86/cpu-policy.h>

/* Low byte of leaf 2: how often to ask.  Every CPU says once (SDM). */
#define LEAF2_NR_QUERIES 1u

#define LINEAR_ADDR_SHIFT 8
#define LINEAR_ADDR_MASK  0x0000ff00u

static void recalc_amd(struct cpu_policy *p)
{
    const struct x86_regs *l0 = &p->leaf[X86_SLOT_0];
    struct x86_regs *e0 = &p->leaf[X86_SLOT_80000000];
    struct x86_regs *e1 = &p->leaf[X86_SLOT_80000001];

    /* The first AMD CPUs had no extended leaves at all. */
    if ( !e0->a )
    {
        e0->b = e0->c = e0->d = 0;
        return;
    }

    /* APM vol 3: the extended leaves repeat vendor, signature, features. */
    e0->b = l0->b;
    e0->c = l0->c;
    e0->d = l0->d;
    if ( !x86_leaf_in_range(p, 0x80000001U) )
        return;

    e1->a = p->leaf[X86_SLOT_1].a;
    e1->d &= ~X86_COMMON_1D;
    e1->d |= p->leaf[X86_SLOT_1].d & X86_COMMON_1D;
}

void x86_policy_recalc_derived(struct cpu_policy *p)
{
    enum x86_layout layout = x86_vendor_layout(p->vendor);
    uint32_t *addr = &p->leaf[X86_SLOT_80000008].a;

    if ( layout == X86_LAYOUT_AMD )
        recalc_amd(p);
    else
    {
        struct x86_regs *l2 = &p->leaf[X86_SLOT_2];

        if ( x86_leaf_in_range(p, 2) )
            l2->a = (l2->a & ~0xffu) | LEAF2_NR_QUERIES;
    }

    /*
     * 57-bit linear addresses (LA57) are not offered, so that long mode
     * means 48 bits, and its absence 32.
     */
    if ( x86_leaf_in_range(p, 0x80000008U) )
        *addr = (*addr & ~LINEAR_ADDR_MASK) |
            ((x86_policy_has(p, X86_FEATURE_LM) ? 48u : 32u)
             << LINEAR_ADDR_SHIFT);
}
