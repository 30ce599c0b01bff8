/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside of the access to KVM. */
#ifndef CPUPOLICY_SOURCE_KVM_PRIVATE_H
#define CPUPOLICY_SOURCE_KVM_PRIVATE_H

#include <linux/kvm.h>

#include "kvm.h"

/* More than KVM ever has (256 in its source). */
#define KVM_CPUID_ROOM 1024U

/* Most MSRs that one ioctl takes (MAX_IO_MSRS). */
#define KVM_MSRS_AT_ONCE 256U

#define KVM_MSRS_ROOM 65536U

struct kvm_host {
    int fd;                     /* /dev/kvm */
    int version;
};

/* ioctl() that fails with -errno and the name in the message. */
int kvm_ioctl(int fd, unsigned long request, const char *name, void *arg,
              cpupolicy_error *err);

/* The CPUID entries that an ioctl of that kind returns; the caller's. */
int kvm_get_cpuid(int fd, unsigned long request, const char *name,
                  struct kvm_cpuid2 **out, cpupolicy_error *err);

/* The indices that an ioctl of that kind returns; the caller's. */
int kvm_get_msr_list(int fd, unsigned long request, const char *name,
                     struct kvm_msr_list **out, cpupolicy_error *err);

/*
 * Read up to KVM_MSRS_AT_ONCE MSRs, of a vCPU or of the system; *nr_read is
 * how many were read before one failed.
 */
int kvm_get_msrs(int fd, const uint32_t *indices, uint32_t nr,
                 uint64_t *values, uint32_t *nr_read, cpupolicy_error *err);

#endif /* CPUPOLICY_SOURCE_KVM_PRIVATE_H */
