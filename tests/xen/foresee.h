/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a vCPU of the probe guest has to read: the core's word for it. */
#ifndef TESTS_XEN_FORESEE_H
#define TESTS_XEN_FORESEE_H

#include <arch/vcpu.h>

#include "rows.h"

struct foresight {
    struct cpu_policy policy;   /* computed before the domain got it */
    struct x86_vcpu vcpu;
    bool is_pv;
    struct xen_rows raw;        /* the system's */
    uint32_t version;           /* of Xen: major << 16 | minor */
    const struct xen_release *release;
};

/*
 * vCPU 0 of a domain of kind "pv" or "pvh", from files as xen-cpuid -p writes
 * them.  Gives up if one cannot be read.
 */
void foresee(struct foresight *f, const char *kind, const char *system,
             const char *policy);

/* Another vCPU: its ids as this release of Xen numbers them. */
void foresee_vcpu(struct foresight *f, uint32_t nr);

/*
 * What CPUID has to answer, with the differences that are meant; false: it
 * cannot be known beforehand (Xen's clock, ids, limits).
 */
bool foresee_cpuid(const struct foresight *f,
                   const struct xen_cpu_policy_leaf *l, struct x86_regs *out);

/* Remarks on the differences that were met. */
void foresee_remark(void);

/* A policy of a file; gives up if it cannot be read. */
void foresee_read(const char *path, const char *title,
                  struct cpu_policy *out);

#endif /* TESTS_XEN_FORESEE_H */
