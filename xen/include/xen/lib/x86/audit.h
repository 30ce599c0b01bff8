/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Is a policy acceptable for a domain, exactly as it stands?  The audit
 * looks at every bit of every leaf and MSR by its kind, before anything is
 * trimmed or recomputed, and changes nothing: what it accepts is what the
 * domain gets.
 */
#ifndef XEN_LIB_X86_AUDIT_H
#define XEN_LIB_X86_AUDIT_H

#include <xen/lib/x86/cpu-policy.h>

/* What the audit must know of the domain. */
struct x86_domain_kind {
    bool hvm;                   /* HVM or PVH; else PV */
    bool pv32;                  /* a 32-bit PV guest */
    bool hap;                   /* HVM: hardware assisted paging */
    bool nested;                /* HVM: nested virtualisation */
    bool vpmu;                  /* may have a virtual PMU */
    uint8_t max_phys_bits;      /* the domain's limit; 0: none */
};

/* One thing that is wrong. */
struct x86_violation {
    const char *rule;           /* id, see x86_audit_rule_text() */
    bool is_msr;
    uint16_t index;             /* word (slot * 4 + register), or MSR slot */
    uint16_t feature;           /* value, or X86_NO_AUX */
    uint16_t needs;             /* missing prerequisite, or X86_NO_AUX */
    uint64_t mask;              /* the bits that are wrong */
    uint64_t asked, limit;      /* whole register; limit: what would do */
};

struct x86_audit_sink {
    void (*violation)(void *ctx, const struct x86_violation *v);
    void *ctx;
};

/*
 * Audit `request` against `limit` (the max policy of the domain's type).
 *
 * @param sink all violations go there, in order of (leaf, subleaf), MSRs
 *        last; NULL: the first one only is looked for.
 * @param first filled with the place of the first violation (all ones where
 *        it has none); may be NULL.
 * @returns 0 or -EINVAL.
 */
int x86_policy_audit(const struct cpu_policy *request,
                     const struct cpu_policy *limit,
                     const struct x86_domain_kind *kind,
                     const struct x86_audit_sink *sink,
                     struct x86_policy_error *first) __must_check;

/* What a rule says and what to do about it; NULL: no such rule. */
const char *x86_audit_rule_text(const char *rule, const char **remedy);

/* The field at these bits of a word or MSR in this layout, or NULL. */
const struct x86_field_desc *x86_field_find(enum x86_layout layout,
                                            bool is_msr, uint16_t index,
                                            unsigned int bit);

/*
 * The limit that applies to one domain: the type's max policy, less what
 * this kind of domain cannot have (shadow paging, no nested virtualisation,
 * 32-bit PV, no virtual PMU, narrower addresses).
 */
void x86_domain_limit(struct cpu_policy *out, const struct cpu_policy *max,
                      const struct x86_domain_kind *kind);

#endif /* XEN_LIB_X86_AUDIT_H */
