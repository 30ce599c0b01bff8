/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the vendors' halves of normalisation share. */
#ifndef CPUPOLICY_NORMALISE_PRIVATE_H
#define CPUPOLICY_NORMALISE_PRIVATE_H

#include <xen/lib/x86/tables.h>

#include "normalise.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Bits of a register that always get the same value. */
struct normalise_fixed {
    uint32_t leaf, subleaf;
    uint8_t reg;                /* X86_REG_* */
    uint32_t mask, value;
};

/* -ENOENT with the leaf's number in the message. */
int normalise_need(struct dump_cpu *g, uint32_t leaf, uint32_t subleaf,
                   struct dump_leaf **out, cpupolicy_error *err);

int normalise_fix(struct dump_cpu *g, const struct normalise_fixed *rows,
                  size_t nr, cpupolicy_error *err);

/* All four registers of a leaf from the host; the leaf has to be there. */
int normalise_from_host(struct dump_cpu *g,
                        const struct normalise_vcpu *cpu, uint32_t leaf,
                        cpupolicy_error *err);

/* Put 48 characters into leaves 0x80000002 to 4. */
int normalise_brand(struct dump_cpu *g, const char brand[48],
                    cpupolicy_error *err);

/*
 * How many logical CPUs share a cache, as leaves 4 and 0x8000001d count them
 * (eax[25:14]): levels 1 and 2 belong to a core, level 3 to all.
 */
void normalise_cache_sharing(struct dump_leaf *l,
                             const struct normalise_vcpu *cpu);

int normalise_intel(struct dump_cpu *g, const struct normalise_vcpu *cpu,
                    cpupolicy_error *err);
int normalise_amd(struct dump_cpu *g, const struct normalise_vcpu *cpu,
                  cpupolicy_error *err);

static inline void normalise_bits(uint32_t *reg, unsigned int hi,
                                  unsigned int lo, uint32_t value)
{
    uint32_t mask = (hi - lo == 31 ? ~0U : (1U << (hi - lo + 1)) - 1) << lo;

    *reg = (*reg & ~mask) | ((value << lo) & mask);
}

#endif /* CPUPOLICY_NORMALISE_PRIVATE_H */
