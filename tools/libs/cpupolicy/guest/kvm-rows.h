/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows into a vCPU of KVM, and out of it. */
#ifndef CPUPOLICY_KVM_ROWS_H
#define CPUPOLICY_KVM_ROWS_H

#include "dump/dump.h"

/* The CPUID entries that an ioctl of that kind returns, put into `g`. */
int kvm_read_cpuid(int fd, unsigned long request, const char *name,
                   struct dump_cpu *g, cpupolicy_error *err);

int kvm_set_cpuid(int vcpu, const struct dump_cpu *g, cpupolicy_error *err);

/* MSRs put into `g`; all of them can be read, or it is an error. */
int kvm_read_msrs(int vcpu, const uint32_t *indices, size_t nr,
                  struct dump_cpu *g, cpupolicy_error *err);

int kvm_set_msrs(int vcpu, const struct dump_cpu *g, cpupolicy_error *err);

#endif /* CPUPOLICY_KVM_ROWS_H */
