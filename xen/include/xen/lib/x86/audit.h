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

/*
 * One thing that is wrong.  A number (kinds LIMIT, EQUAL, CHOICE, TOPOLOGY,
 * DERIVED) is reported as a whole; else each feature by itself, and other
 * bits of a field, or reserved ones, together.
 */
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
 * Room for one audit at a time, the caller's: too large for a hypervisor's
 * stack.  Needs no initialisation.
 */
struct x86_audit {
    /*
     * Of a refusal the lowest leaf and subleaf that has a violation, or the
     * lowest MSR if no leaf has one; all ones elsewhere, as in Xen's three
     * error fields.
     */
    struct x86_policy_error first;
    struct cpu_policy fixed;            /* the nearest acceptable policy */
    struct cpu_policy trial, before;    /* while reporting */
};

/*
 * Audit `request` against `limit`: it is accepted if the nearest acceptable
 * policy (x86_policy_repair()) is the request itself.
 *
 * @param request its vendor has to be that of its leaf 0, as deserialising
 *        leaves it (x86_policy_recalc_vendor()).  Not modified.
 * @param limit of x86_domain_limit(); acceptable for itself.
 * @param sink all violations go there, in the order of the rules, no bit
 *        twice.  The request with all bits of `mask` as in `limit` is
 *        audit->fixed.  May be NULL.
 * @returns 0 or -EINVAL.
 */
int x86_policy_audit(struct x86_audit *audit,
                     const struct cpu_policy *request,
                     const struct cpu_policy *limit,
                     const struct x86_domain_kind *kind,
                     const struct x86_audit_sink *sink) __must_check;

/*
 * Turn *p into the nearest acceptable policy; an acceptable one stays as it
 * is.  The limit has to be acceptable itself, and may be *p: what it lacks of
 * its own rules goes.  For policies that nobody has asked for yet: a request
 * is never edited.
 */
void x86_policy_repair(struct cpu_policy *p, const struct cpu_policy *limit,
                       const struct x86_domain_kind *kind);

/* What a rule says and what to do about it; NULL: no such rule. */
const char *x86_audit_rule_text(const char *rule, const char **remedy);

/*
 * The limit that applies to one domain: the type's max policy, less what
 * this kind of domain cannot have (shadow paging, no nested virtualisation,
 * 32-bit PV, no virtual PMU, narrower addresses).
 */
void x86_domain_limit(struct cpu_policy *out, const struct cpu_policy *max,
                      const struct x86_domain_kind *kind);

#endif /* XEN_LIB_X86_AUDIT_H */
