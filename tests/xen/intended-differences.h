/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where our derivation means to differ from Xen's: one row per cause, in
 * which of Xen's releases it is needed, for which CPUs, and who is right.
 */
#ifndef TESTS_XEN_INTENDED_DIFFERENCES_H
#define TESTS_XEN_INTENDED_DIFFERENCES_H

#include <arch/derive.h>

/* Whose policies ours are held against; bits. */
#define XEN_4_17   (1u << 0)    /* recordings in QEMU's emulation, */
#define XEN_4_20   (1u << 1)
#define XEN_MASTER (1u << 2)    /* bare metal, by its own code in user space */

/* Policies of finished domains follow those of the derivation. */
enum {
    PV_DOMAIN = X86_NR_POLICIES,
    HVM_DOMAIN,
    NR_COMPARED,
};

/* What else must hold for a place to count. */
enum difference_when {
    DIFF_ALWAYS,
    DIFF_BEYOND_XEN,        /* above the highest leaf in Xen's policy, */
    DIFF_BEYOND_OURS,       /* in ours; an MSR: with leaf 7 */
    DIFF_NO_HVM,            /* this Xen runs no HVM domains */
    DIFF_NO_HAP,            /* the CPU has no EPT, no NPT */
    DIFF_WITHOUT,           /* our policy lacks `feature` */
    DIFF_OPTED_OUT,         /* cpuid=no-`feature` */
    DIFF_UNCLOSED,          /* of features whose prerequisites ours lacks */
    DIFF_NO_FEATURE,        /* of what Xen has no feature for */
    DIFF_GDS_DOUBTFUL,      /* models that only Intel has as affected */
    DIFF_UNSTATED,          /* the dump lacks the save area's components, */
    DIFF_UNSTATED_MSR,      /* MSR 0x10a, which CPUID says exists, */
    DIFF_UNSTATED_VMX,      /* those of VMX, */
    DIFF_UNSTATED_MICROCODE, /* its revision */
};

/* Which way the bits of the mask may differ. */
enum difference_way {
    DIFF_OURS,              /* set in ours only */
    DIFF_XENS,              /* set in Xen's only */
    DIFF_EITHER,            /* a number: any bits */
    DIFF_BELOW,             /* the whole register: Xen's number is lower */
};

struct difference_place {
    bool is_msr;
    uint32_t first, last;   /* leaves, or MSRs; last 0: as first */
    uint32_t regs;          /* 1u << X86_REG_*; 0: all */
    uint64_t mask;
    enum difference_way way;
    enum difference_when when;
    uint16_t feature;
};

#define MAX_PLACES 8

struct intended_difference {
    const char *name;
    uint32_t releases;      /* XEN_* */
    uint32_t policies;      /* 1u << X86_POLICY_*, 1u << PV_DOMAIN ... */
    uint32_t layouts;       /* 1u << X86_LAYOUT_*; 0: all */
    const char *reason;
    struct difference_place places[MAX_PLACES]; /* mask 0: no more */
};

extern const struct intended_difference intended_differences[];
extern const unsigned int nr_intended_differences;

/* Features that Xen has a name for (upstream c447b73), by word. */
extern const x86_featureset xen_known_features;

#endif /* TESTS_XEN_INTENDED_DIFFERENCES_H */
