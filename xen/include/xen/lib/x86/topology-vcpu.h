/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What of the topology leaves depends on the vCPU that reads them.  Inline:
 * the reader knows the leaf, so that little is left to do.
 */
#ifndef XEN_LIB_X86_TOPOLOGY_VCPU_H
#define XEN_LIB_X86_TOPOLOGY_VCPU_H

#include <xen/lib/x86/topology.h>

/* Leaf 1, ebx. */
#define X86_APIC_ID_MASK 0xff000000u

/* Leaves 0xb, 0x1f and 0x80000026, ebx and ecx. */
#define X86_LEVEL_COUNT  0x0000ffffu
#define X86_LEVEL_NUMBER 0x000000ffu

/* SDM and APM: a first count of zero means that there is no such leaf. */
static inline bool x86_has_levels(const struct cpu_policy *p,
                                  unsigned int slot, uint32_t leaf)
{
    return (p->leaf[slot].b & X86_LEVEL_COUNT) && x86_leaf_in_range(p, leaf);
}

static inline bool x86_has_amd_leaves(const struct cpu_policy *p)
{
    return x86_vendor_layout(p->vendor) == X86_LAYOUT_AMD;
}

/* The number is echoed and the id told in every subleaf, valid or not. */
static inline void x86_level_view(const struct x86_topology_ids *ids,
                                  uint32_t subleaf, struct x86_regs *regs)
{
    regs->c = (regs->c & ~X86_LEVEL_NUMBER) | (subleaf & X86_LEVEL_NUMBER);
    regs->d = ids->x2apic_id;
}

/*
 * Fill what depends on the vCPU into a leaf as it is about to be read.
 *
 * @param ids of x86_topology_ids() with the map of this policy.
 * @param subleaf ecx of the CPUID instruction; may be beyond the policy's.
 * @param regs the policy's values, zero where it has none; changed in place.
 */
static inline void
x86_topology_vcpu_leaf(const struct cpu_policy *policy,
                       const struct x86_topology_ids *ids,
                       uint32_t leaf, uint32_t subleaf,
                       struct x86_regs *regs)
{
    switch ( leaf )
    {
    case 1:
        regs->b = (regs->b & ~X86_APIC_ID_MASK) | (uint32_t)ids->apic_id << 24;
        break;

    case 0xb:
        /* With x2APIC the id is told even where there is no topology. */
        if ( x86_has_levels(policy, X86_SLOT_B, leaf) ||
             (x86_leaf_in_range(policy, leaf) &&
              x86_policy_has(policy, X86_FEATURE_X2APIC)) )
            x86_level_view(ids, subleaf, regs);
        break;

    case 0x1f:
        if ( x86_has_levels(policy, X86_SLOT_1F, leaf) &&
             !x86_has_amd_leaves(policy) )
            x86_level_view(ids, subleaf, regs);
        break;

    case 0x8000001eU:
        if ( !x86_has_amd_leaves(policy) || !x86_leaf_in_range(policy, leaf) ||
             !x86_policy_has(policy, X86_FEATURE_TOPOEXT) )
            break;
        regs->a = ids->x2apic_id;
        regs->b = (regs->b & ~0xffu) | ids->core_id;
        regs->c = (regs->c & ~0xffu) | ids->node_id;
        break;

    case 0x80000026U:
        if ( x86_has_levels(policy, X86_SLOT_80000026, leaf) &&
             x86_has_amd_leaves(policy) )
            x86_level_view(ids, subleaf, regs);
        break;
    }
}

#endif /* XEN_LIB_X86_TOPOLOGY_VCPU_H */
