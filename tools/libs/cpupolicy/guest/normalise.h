/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Normalisation: what a virtual machine monitor has to change in a CPUID
 * table after any template, so that it describes the vCPU that the guest runs
 * on: its number, how many there are, caches shared by them, and what no
 * guest may see or miss.
 */
#ifndef CPUPOLICY_NORMALISE_H
#define CPUPOLICY_NORMALISE_H

#include "guest.h"

/* Two vCPUs per core at most, as Firecracker's configuration allows. */
struct normalise_vcpu {
    unsigned int index;         /* 0 to 255 */
    unsigned int count;         /* vCPUs of the guest, 0 to 255 */
    unsigned int thread_bits;   /* log2 of threads per core */
    /* The host's CPUID instruction; regs: eax, ebx, ecx, edx. */
    void (*host)(void *ctx, uint32_t leaf, uint32_t subleaf,
                 uint32_t regs[4]);
    void *ctx;
};

/*
 * Normalise for one vCPU.  -EINVAL: numbers that fit no field, or a vendor
 * other than Intel and AMD; -ENOENT: a leaf that has to be there is missing;
 * -ENOMEM.  `g` is as it was on failure.
 */
int guest_normalise(struct dump_cpu *g, const struct normalise_vcpu *cpu,
                    cpupolicy_error *err);

/* The CPUID instruction of the CPU that this runs on, for `host`. */
void normalise_native(void *ctx, uint32_t leaf, uint32_t subleaf,
                      uint32_t regs[4]);

#endif /* CPUPOLICY_NORMALISE_H */
