/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest's CPU configuration: what one vCPU is given to read, as KVM takes
 * and returns it.  Rows are kept sorted by number; each exists once.
 */
#ifndef CPUPOLICY_GUEST_H
#define CPUPOLICY_GUEST_H

#include "dump/dump.h"
#include "template/template.h"

#define GUEST_MAX_LEAVES 4096U
#define GUEST_MAX_MSRS   65536U

struct guest_leaf {
    uint32_t leaf, subleaf;
    uint32_t flags;             /* KVM_CPUID_FLAG_* */
    uint32_t reg[4];            /* eax, ebx, ecx, edx */
};

struct guest_msr {
    uint32_t index;
    uint64_t value;
};

struct guest_config {
    struct guest_leaf *leaves;
    size_t nr_leaves, max_leaves;
    struct guest_msr *msrs;
    size_t nr_msrs, max_msrs;
};

void guest_dispose(struct guest_config *g);     /* safe on a zeroed one */

/* Insert a row, or replace the one of the same number. -ENOMEM, -E2BIG. */
int guest_put_leaf(struct guest_config *g, const struct guest_leaf *row,
                   cpupolicy_error *err);
int guest_put_msr(struct guest_config *g, const struct guest_msr *row,
                  cpupolicy_error *err);

/* NULL if absent.  Good until the next insertion. */
struct guest_leaf *guest_find_leaf(const struct guest_config *g,
                                   uint32_t leaf, uint32_t subleaf);
struct guest_msr *guest_find_msr(const struct guest_config *g,
                                 uint32_t index);

int guest_copy(const struct guest_config *from, struct guest_config *to,
               cpupolicy_error *err);

/*
 * Apply the CPUID half of a template: its entries in the order of the file,
 * flags replaced, fixed bits set.  -ENOENT: an entry that `g` has not, which
 * `owner` ("KVM") therefore does not support; `g` is then as it was.
 */
int guest_apply_leaves(struct guest_config *g, const struct cpu_template *t,
                       const char *owner, cpupolicy_error *err);

/* The MSR half, over the values that `g` holds.  -ENOENT likewise. */
int guest_apply_msrs(struct guest_config *g, const struct cpu_template *t,
                     const char *owner, cpupolicy_error *err);

/*
 * A configuration as a template in which every bit is fixed: the form of
 * `template dump`.  MSRs that guest_msr_is_dumped() denies are left out.
 */
int guest_to_template(const struct guest_config *g, bool host_is_amd,
                      struct cpu_template *out, cpupolicy_error *err);

/*
 * Rows of a dump as a configuration.  A dump has no flags: they are derived
 * from whether the leaf has subleaves.  MSRs that could not be read are left
 * out.
 */
int guest_from_dump(const struct dump_cpu *cpu, struct guest_config *out,
                    cpupolicy_error *err);

/*
 * Belongs an MSR into a dump?  The original leaves out those whose value says
 * nothing about the CPU that a template could be about: performance counters,
 * VMX capabilities, Hyper-V's, and what changes by itself.
 */
bool guest_msr_is_dumped(uint32_t index, bool host_is_amd);

/* Twelve characters of leaf 0's ebx, edx, ecx; "" if there is no leaf 0. */
void guest_vendor(const struct guest_config *g, char vendor[13]);

#endif /* CPUPOLICY_GUEST_H */
