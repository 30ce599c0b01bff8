/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What has to hold of every audit, whatever is audited. */
#ifndef TEST_AUDIT_CHECK_H
#define TEST_AUDIT_CHECK_H

#include <xen/lib/x86/audit.h>

/* At most one violation per bit, and every one has a bit. */
#define AUDIT_MAX_VIOLATIONS (X86_NR_WORDS * 32 + X86_NR_MSR_SLOTS * 64)

struct audit_case {
    struct cpu_policy request, limit;
    struct x86_domain_kind kind;
};

struct audit_report {
    int rc;
    struct x86_policy_error first;
    unsigned int nr;
    struct x86_violation list[AUDIT_MAX_VIOLATIONS];
};

/*
 * Audit, and check all that the audit promises:
 *
 *  - the request is not modified;
 *  - accepted: nothing reported, the repair changes nothing, and serialising then deserialising gives
 *    the request, bit for bit;
 *  - refused: each violation is of a known rule and shows the request's own
 *    register, no bit is reported twice, the error fields hold the lowest
 *    leaf, and with all of them put right the policy is the repaired one,
 *    which is accepted.
 *
 * Returns NULL, or what does not hold (in a static buffer).
 */
const char *audit_check(const struct audit_case *c,
                        struct audit_report *report);

/* A yes or no. */
bool audit_accepts(const struct cpu_policy *p, const struct cpu_policy *limit,
                   const struct x86_domain_kind *kind);

/* "leaf 0x7 subleaf 0 ebx" or "MSR 0x10a", in a static buffer. */
const char *audit_place(bool is_msr, uint16_t index);

#endif /* TEST_AUDIT_CHECK_H */
