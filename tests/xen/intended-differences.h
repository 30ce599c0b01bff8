/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where our derivation means to differ from Xen 4.17's: test-derive.c. */
#ifndef TESTS_XEN_INTENDED_DIFFERENCES_H
#define TESTS_XEN_INTENDED_DIFFERENCES_H

#include <arch/derive.h>

/* What else must hold for a row to apply. */
enum difference_when {
    DIFF_ALWAYS,
    DIFF_BEYOND_XEN,        /* above the highest leaf in Xen's policy */
    DIFF_NO_HVM,            /* this Xen runs no HVM domains */
    DIFF_WITHOUT,           /* our policy lacks `feature` */
    DIFF_OPTED_OUT,         /* cpuid=no-`feature` */
};

/* Which way the bits of the mask may differ. */
enum difference_way {
    DIFF_OURS,              /* set in ours only */
    DIFF_XENS,              /* set in Xen's only */
    DIFF_EITHER,            /* a number: any bits */
    DIFF_BELOW,             /* the whole register: Xen's number is lower */
};

struct intended_difference {
    uint32_t policies;      /* 1u << X86_POLICY_*; 0: not the last row */
    uint32_t layouts;       /* 1u << X86_LAYOUT_*; 0: all */
    bool is_msr;
    uint32_t first, last;   /* leaves, or MSRs; last 0: as first */
    uint32_t regs;          /* 1u << X86_REG_*; 0: all */
    uint64_t mask;
    enum difference_way way;
    enum difference_when when;
    uint16_t feature;
    const char *reason;
};

extern const struct intended_difference intended_differences[];
extern const unsigned int nr_intended_differences;

#endif /* TESTS_XEN_INTENDED_DIFFERENCES_H */
