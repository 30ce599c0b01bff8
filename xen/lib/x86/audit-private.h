/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the two halves of the audit share. */
#ifndef X86_AUDIT_PRIVATE_H
#define X86_AUDIT_PRIVATE_H

#include <string.h>

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

/* Two registers at once. */
static inline uint64_t load64(const uint32_t *word)
{
    uint64_t v;

    memcpy(&v, word, sizeof(v));

    return v;
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

static inline uint64_t kind_mask(enum x86_layout layout, enum x86_kind kind,
                                 bool is_msr, uint16_t index)
{
    return is_msr ? x86_kind_msrs[layout][kind][index]
                  : x86_kind_words[layout][kind][index];
}

/*
 * Whether the policy shows a slot: fields of kind EQUAL have to be equal
 * where they can be seen.
 */
bool x86_slot_in_range(const struct cpu_policy *p, unsigned int slot);

/* The type field of leaves 4 and 0x8000001d, and the last type there is. */
#define CACHE_TYPE_MASK 0x1fu
#define CACHE_TYPE_MAX  3u

#define SIGNATURE_EXT_FAMILY 0x0ff00000u
#define SIGNATURE_FAMILY     (SIGNATURE_EXT_FAMILY | 0x00000f00u)
#define SIGNATURE_MODEL      0x000f00f0u

/* The highest extended leaf is one, or there are no extended leaves. */
bool x86_max_leaf_plausible(const struct cpu_policy *p);

/* The fewest physical address bits that the policy's paging modes need. */
uint32_t x86_phys_bits_floor(const struct cpu_policy *p,
                             const struct cpu_policy *limit);

/* The signature is one that CPUID can have (SDM: extended fields). */
bool x86_signature_plausible(const struct cpu_policy *p,
                             enum x86_layout layout);

/* There is a CPU of the limit's vendor with these features and this family. */
bool x86_family_plausible(const struct cpu_policy *p,
                          const struct cpu_policy *limit);

/* The fast half: yes or no. */
bool x86_policy_acceptable(const struct cpu_policy *p,
                           const struct cpu_policy *limit,
                           const struct x86_domain_kind *kind);

/*
 * Report whatever lies between a request and what x86_policy_repair() made
 * of it: every bit once, by the first rule that it violates.
 */
void x86_policy_report(const struct cpu_policy *request,
                       const struct cpu_policy *fixed,
                       const struct cpu_policy *limit,
                       const struct x86_domain_kind *kind,
                       const struct x86_audit_sink *sink);

#endif /* X86_AUDIT_PRIVATE_H */
