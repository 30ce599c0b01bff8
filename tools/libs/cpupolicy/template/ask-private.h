/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside of asking for a guest's configuration. */
#ifndef CPUPOLICY_ASK_PRIVATE_H
#define CPUPOLICY_ASK_PRIVATE_H

#include "ask.h"

struct kvm_host;

/* What a file holds: a template, or a guest's rows. */
struct file_answer {
    bool is_template;
    struct cpu_template template;
    struct dump_cpu rows;
};

/* The answers of each; ask_file() also of templates as they stand. */
int ask_kvm(const struct guest_question *q, struct dump_cpu *out,
            cpupolicy_error *err);
int ask_file(const struct guest_question *q, struct file_answer *out,
             cpupolicy_error *err);

/*
 * What the first vCPU of a new guest reads: every CPUID entry and every MSR
 * that KVM saves, after, in this order, the template's CPUID half on top of
 * what KVM supports, normalisation, the template's MSRs on top of what the
 * vCPU then has, and the MSRs that a 64-bit boot sets (they win).
 *
 * -ENOENT: the template names an entry that KVM does not support;
 * -EOPNOTSUPP: a capability is missing; -EINVAL: the template is not for
 * x86_64, or the numbers fit no topology; errors of kvm-guest.h.
 */
int ask_kvm_guest(struct kvm_host *h, const struct guest_question *q,
                  struct dump_cpu *out, cpupolicy_error *err);

#endif /* CPUPOLICY_ASK_PRIVATE_H */
