/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Access to KVM through /dev/kvm: what it offers to guests.
 *
 * Nothing prints.  Every function returns 0 or -errno and fills the optional
 * error object; outputs are untouched on failure.
 */
#ifndef CPUPOLICY_SOURCE_KVM_H
#define CPUPOLICY_SOURCE_KVM_H

#include "dump/dump.h"

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

#endif /* CPUPOLICY_SOURCE_KVM_H */
