/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Debian's libxenguest 4.17 as an oracle.  It exports the functions of Xen's
 * pure CPU policy library, for its own use: no installed header declares
 * them, and the layout of their policy is known from probing (1976 bytes).
 */
#ifndef TEST_ORACLE_XENGUEST_H
#define TEST_ORACLE_XENGUEST_H

#include <xen/lib/x86/cpu-policy.h>

#include "random.h"

struct xen_policy {
    struct x86_regs basic[14], cache[6], feat[3], topo[2], xstate[63];
    struct x86_regs extd[34];
    uint32_t platform_info;
    uint64_t arch_caps;
    uint8_t hv_limit, hv2_limit, vendor;
    uint8_t pad[5];
};
_Static_assert(sizeof(struct xen_policy) == 1976, "layout of the library");

void x86_cpu_policy_fill_native(struct xen_policy *p);
void x86_cpu_policy_to_featureset(const struct xen_policy *p, uint32_t *fs);
void x86_cpu_featureset_to_policy(const uint32_t *fs, struct xen_policy *p);
void x86_cpu_policy_clear_out_of_range_leaves(struct xen_policy *p);
const uint32_t *x86_cpu_policy_lookup_deep_deps(uint32_t feature);
unsigned int x86_cpuid_lookup_vendor(uint32_t b, uint32_t c, uint32_t d);
int x86_cpuid_copy_to_buffer(const struct xen_policy *p,
                             struct xen_cpu_policy_leaf *out, uint32_t *nr);
int x86_cpuid_copy_from_buffer(struct xen_policy *p,
                               const struct xen_cpu_policy_leaf *in,
                               uint32_t nr, uint32_t *err_leaf,
                               uint32_t *err_subleaf);
int x86_msr_copy_to_buffer(const struct xen_policy *p,
                           struct xen_cpu_policy_msr *out, uint32_t *nr);
int x86_msr_copy_from_buffer(struct xen_policy *p,
                             const struct xen_cpu_policy_msr *in,
                             uint32_t nr, uint32_t *err_msr);

/* What of a policy Xen 4.17 has room for, and the same back. */
void oracle_from_policy(struct xen_policy *out, const struct cpu_policy *p);
void oracle_to_policy(struct cpu_policy *out, const struct xen_policy *x);

/* Zero whatever has no place in Xen 4.17's policy. */
void oracle_restrict(struct cpu_policy *p);

/* Any policy that has a place there. */
void oracle_random_policy(struct random *r, struct cpu_policy *p);

#endif /* TEST_ORACLE_XENGUEST_H */
