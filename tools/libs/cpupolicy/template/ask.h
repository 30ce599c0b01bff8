/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Asking whoever configures guests for a guest's CPU configuration: KVM, a
 * running Xen, the embedded core on this machine, or a file.
 */
#ifndef CPUPOLICY_ASK_H
#define CPUPOLICY_ASK_H

#include "template.h"

struct guest_question {
    /* "kvm", "xen", "native", or the name of a file. */
    const char *from;
    /*
     * Whose configuration: "dom:ID" of a running Xen; the name of a policy
     * ("hvm-default", which is also what NULL means).  KVM guests are made
     * for the occasion and have no name.  Of a file, NULL means the first CPU
     * that stands in it, as it is; a name, the policy derived from it.
     */
    const char *subject;
    /*
     * A template to apply, or NULL.  KVM gets it before it says what the
     * guest reads; others are not asked, it is written over their answer.
     */
    const struct cpu_template *template;
    unsigned int nr_vcpus;      /* of a KVM guest */
    bool smt;
};

/*
 * The answer in the form of `template dump`: every bit fixed, except for a
 * file that is a template itself.  -ENODEV: no such hypervisor here; -EACCES;
 * -ENOENT: no such file, or an entry of the template that the answer has not;
 * -ESRCH: no such domain; -EINVAL: a file that is not understood, or a
 * subject that the source has not; others of the source.
 */
int guest_ask(const struct guest_question *q, struct cpu_template *out,
              cpupolicy_error *err);

/*
 * What and which version answers, for fingerprints: "KVM API 12",
 * "Xen 4.17.7".  -errno as above; -EINVAL: a file, which is neither.
 */
int guest_ask_version(const char *from, char *text, size_t max,
                      cpupolicy_error *err);

/* Where to ask if nothing is said: Xen in its dom0, else KVM. */
const char *guest_ask_default(void);

#endif /* CPUPOLICY_ASK_H */
