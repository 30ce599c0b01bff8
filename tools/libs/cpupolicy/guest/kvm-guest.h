/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest in KVM, up to where it would start to run: it has vCPUs and their
 * interrupt controllers, but no memory, and lives until it is closed.  What
 * its vCPUs are given is set, and read back, in rows.
 *
 * Every function returns 0 or -errno and fills the optional error object;
 * outputs are untouched on failure.  Errors that are not told here are those
 * of the ioctl that the message names.
 */
#ifndef CPUPOLICY_KVM_GUEST_H
#define CPUPOLICY_KVM_GUEST_H

#include "source/kvm.h"

struct kvm_guest;

/* Capabilities that guests of ours take. */
extern const uint32_t kvm_guest_needs[];
extern const size_t kvm_guest_nr_needs;

/* -EOPNOTSUPP: KVM lacks that capability. */
int kvm_host_has(struct kvm_host *h, uint32_t capability,
                 cpupolicy_error *err);

/*
 * A guest of 1 to 32 vCPUs; the host has to outlive it.  -EINVAL: another
 * number; -ENOMEM.
 */
int kvm_guest_open(struct kvm_host *h, unsigned int nr_vcpus,
                   struct kvm_guest **out, cpupolicy_error *err);
void kvm_guest_close(struct kvm_guest *g);      /* safe on NULL */

/* CPUID as KVM supports it for guests, added to `out`. */
int kvm_guest_supported(struct kvm_guest *g, struct dump_cpu *out,
                        cpupolicy_error *err);

/*
 * Give every vCPU these CPUID rows, normalised for it (normalise.h).
 * @param smt two vCPUs to a core.
 */
int kvm_guest_set_cpuid(struct kvm_guest *g, const struct dump_cpu *rows,
                        bool smt, cpupolicy_error *err);

/*
 * Give every vCPU these MSRs.  MSRs that hang on a CPUID bit want CPUID to be
 * set first: from Linux 6.13 on they read as 0 before.  -EINVAL: KVM refuses
 * the value of one.
 */
int kvm_guest_set_msrs(struct kvm_guest *g, const struct dump_cpu *rows,
                       cpupolicy_error *err);

/* What a vCPU that starts in 64-bit mode is given, put into `rows`. */
int kvm_guest_boot_msrs(struct dump_cpu *rows, cpupolicy_error *err);

/* These MSRs of the first vCPU, put into `out`.  -EIO: one has none. */
int kvm_guest_get_msrs(struct kvm_guest *g, const uint32_t *indices,
                       size_t nr, struct dump_cpu *out,
                       cpupolicy_error *err);

/* All that the first vCPU reads: CPUID, and MSRs that KVM saves. */
int kvm_guest_get(struct kvm_guest *g, struct dump_cpu *out,
                  cpupolicy_error *err);

#endif /* CPUPOLICY_KVM_GUEST_H */
