/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the two halves of the audit share. */
#ifndef X86_AUDIT_PRIVATE_H
#define X86_AUDIT_PRIVATE_H

#include <xen/lib/x86/audit.h>
#include <xen/lib/x86/topology.h>

/* A feature that is described in a leaf needs that leaf. */
struct feature_leaf {
    uint16_t feature;
    uint32_t leaf;
};
#define NR_FEATURE_LEAVES 5
extern const struct feature_leaf x86_feature_leaves[NR_FEATURE_LEAVES];

/* Is the gate open for this policy in a domain of this kind? */
static inline bool gate_open(const struct cpu_policy *p,
                             const struct x86_domain_kind *kind,
                             uint16_t gate)
{
    if ( gate == X86_GATE_NONE )
        return true;

    return gate == X86_GATE_VPMU ? kind->vpmu : x86_policy_has(p, gate);
}


static inline uint64_t value_at(const struct cpu_policy *p, bool is_msr,
                                uint16_t index)
{
    return is_msr ? p->msr[index] : p->word[index];
}

static inline uint64_t field_mask(unsigned int lo, unsigned int hi)
{
    return (~0ULL >> (63 - hi)) & (~0ULL << lo);
}

/* The fewest physical address bits that the policy's paging modes need. */
uint32_t x86_phys_bits_floor(const struct cpu_policy *p,
                             const struct cpu_policy *limit);

/* The signature is one that CPUID can have (SDM: extended fields). */
bool x86_signature_plausible(const struct cpu_policy *p);

/*
 * Turn *fixed into the nearest acceptable policy, reporting each bit that
 * has to change for it.  Nothing is reported of an acceptable one.
 */
void x86_policy_repair(struct cpu_policy *fixed,
                       const struct cpu_policy *limit,
                       const struct x86_domain_kind *kind,
                       const struct x86_audit_sink *sink);

#endif /* X86_AUDIT_PRIVATE_H */
