/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest's CPU configuration: what one vCPU is given to read, as KVM takes
 * and returns it.  Rows are kept sorted by number; each exists once.
 */
#ifndef CPUPOLICY_GUEST_H
#define CPUPOLICY_GUEST_H

#include "dump/dump.h"

/*
 * Rows of a dump as a configuration.  A dump has no flags: they are derived
 * from whether the leaf has subleaves.  MSRs that could not be read are left
 * out.
 */
int guest_from_dump(const struct dump_cpu *cpu, struct dump_cpu *out,
                    cpupolicy_error *err);

/*
 * Belongs an MSR into a dump?  The original leaves out those whose value says
 * nothing about the CPU that a template could be about: performance counters,
 * VMX capabilities, Hyper-V's, and what changes by itself.
 */
bool guest_msr_is_dumped(uint32_t index, bool host_is_amd);

/* Twelve characters of leaf 0's ebx, edx, ecx; "" if there is no leaf 0. */
void guest_vendor(const struct dump_cpu *g, char vendor[13]);

#endif /* CPUPOLICY_GUEST_H */
