/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Access to KVM through /dev/kvm: what it offers to guests, and what a vCPU
 * reads after it has been configured.  Nothing runs: virtual machines made
 * here have no memory and are gone when the call returns.
 *
 * Nothing prints.  Every function returns 0 or -errno and fills the optional
 * error object; outputs are untouched on failure.
 */
#ifndef CPUPOLICY_SOURCE_KVM_H
#define CPUPOLICY_SOURCE_KVM_H

#include "dump/dump.h"
#include "guest/guest.h"

struct kvm_host;

/*
 * -ENODEV: no /dev/kvm, or nothing behind it; -EACCES: no permission for it;
 * -EPROTO: an interface other than version 12, the only one there ever was
 * since 2007; -ENOMEM.
 */
int kvm_host_open(struct kvm_host **out, cpupolicy_error *err);

void kvm_host_close(struct kvm_host *h);        /* safe on NULL */

/* "KVM API 12". */
void kvm_host_version(const struct kvm_host *h, char *text, size_t max);

/*
 * What KVM can offer: the CPUID entries it supports and its feature MSRs
 * with their values, as one CPU in a section without name.  Feature MSRs
 * that KVM lists but does not return are marked as failed.
 */
int kvm_host_supported(struct kvm_host *h, struct dump *out,
                       cpupolicy_error *err);

struct kvm_guest_request {
    const struct cpu_template *template;    /* NULL: none */
    unsigned int nr_vcpus;                  /* 1 to 32 */
    bool smt;                               /* two vCPUs to a core */
};

/*
 * What the first vCPU of a new guest reads: every CPUID entry and every MSR
 * that KVM saves, after, in this order, the template's CPUID half on top of
 * what KVM supports, normalisation, the template's MSRs on top of what the
 * vCPU then has, and the MSRs that a 64-bit boot sets (they win).  Reading
 * MSRs before CPUID is set would give 0 for those that hang on a CPUID bit,
 * from Linux 6.13 on.
 *
 * -ENOENT: the template names an entry that KVM does not support;
 * -EOPNOTSUPP: a capability is missing; -EINVAL: the template is not for
 * x86_64, or the numbers fit no topology; other errors: of the ioctl that
 * the message names.
 */
int kvm_guest_config(struct kvm_host *h,
                     const struct kvm_guest_request *request,
                     struct guest_config *out, cpupolicy_error *err);

#endif /* CPUPOLICY_SOURCE_KVM_H */
