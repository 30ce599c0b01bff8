/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One of our policies against Xen's, by the table of intended differences. */
#ifndef TESTS_XEN_DIFFERENCE_H
#define TESTS_XEN_DIFFERENCE_H

#include <stdio.h>

#include "intended-differences.h"

/* Two policies, and what rows ask about the machine. */
struct comparison {
    const struct cpu_policy *ours, *xens;
    const struct cpu_policy *raw;           /* ours */
    const struct x86_cpuid_option *option;  /* of the boot line */
    uint32_t release;                       /* XEN_* */
    unsigned int policy;                    /* its index, PV_DOMAIN ... */
    bool hvm, hap;                          /* this Xen, this machine */
};

/*
 * Compare all that Xen holds.  What no row covers is written to `out`, as
 * "leaf 0x7 subleaf 0x0 ebx: 0x20 +avx2; ".
 */
void difference_compare(const struct comparison *c, FILE *out);

/* How often a row covered something in the releases that it names. */
unsigned long difference_hits(unsigned int row);

/* Bits that were compared, and that differ. */
unsigned long difference_bits(void);
unsigned long difference_found(void);

#endif /* TESTS_XEN_DIFFERENCE_H */
