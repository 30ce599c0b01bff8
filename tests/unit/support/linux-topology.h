/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How Linux counts packages, dies, cores and threads: a model of what its
 * kernels do with CPUID and APIC ids, made from their sources and not from
 * ours, so that it can judge a topology as a guest will.
 *
 * Before 6.9: arch/x86/kernel/cpu/{common,amd,hygon,intel,topology}.c.
 * Since 6.9: topology_common.c, topology_amd.c, topology_ext.c.
 */
#ifndef TEST_LINUX_TOPOLOGY_H
#define TEST_LINUX_TOPOLOGY_H

#include <stdbool.h>
#include <stdint.h>

enum linux_kernel { LINUX_BEFORE_6_9, LINUX_SINCE_6_9 };

struct linux_regs {
    uint32_t a, b, c, d;
};

/* One CPU as its kernel sees it. */
struct linux_cpu {
    /* The CPUID instruction on this CPU. */
    struct linux_regs (*cpuid)(void *ctx, uint32_t leaf, uint32_t subleaf);
    void *ctx;
    uint32_t apic_id;           /* what its APIC says, by MMIO or MSR */
};

/* What lscpu prints, as totals. */
struct linux_units {
    unsigned int packages, dies, cores, threads;
    bool tells_dies;            /* this kernel looks for them, on this CPU */
};

#define LINUX_MAX_CPUS 2048

/* All CPUs, the boot CPU first; at most LINUX_MAX_CPUS. */
struct linux_units linux_count(enum linux_kernel kernel,
                               const struct linux_cpu *cpus,
                               unsigned int nr);

#endif /* TEST_LINUX_TOPOLOGY_H */
