/* SPDX-License-Identifier: MIT */
/*
 * How a CPU policy travels: arrays of CPUID leaves and of MSRs, in ascending
 * order of (leaf, subleaf) and of index.  The layouts are those of Xen's
 * xen_cpuid_leaf_t and xen_msr_entry_t (public/arch-x86/xen.h).
 */
#ifndef PUBLIC_ARCH_X86_CPU_POLICY_H
#define PUBLIC_ARCH_X86_CPU_POLICY_H

#include <stdint.h>

/* `subleaf` of a leaf that does not look at ecx. */
#define XEN_CPU_POLICY_NO_SUBLEAF 0xffffffffU

/* 24 bytes. */
struct xen_cpu_policy_leaf {
    uint32_t leaf, subleaf;
    uint32_t a, b, c, d;
};

/* 16 bytes.  `flags` must be zero. */
struct xen_cpu_policy_msr {
    uint32_t index;
    uint32_t flags;
    uint64_t value;
};

#endif /* PUBLIC_ARCH_X86_CPU_POLICY_H */
