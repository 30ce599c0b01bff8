/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside of libcpupolicy: policies. */
#ifndef CPUPOLICY_POLICY_PRIVATE_H
#define CPUPOLICY_POLICY_PRIVATE_H

#include <xen/lib/x86/unknown.h>

#include "base/notes.h"
#include "cpupolicy.h"
#include "dump/dump.h"

struct violations;

struct cpupolicy {
    struct cpu_policy policy;
    /*
     * A request's rows that a policy has no place for, or NULL.  They go
     * wherever the policy goes, so that no audit misses them.
     */
    const struct violations *refused;
    struct x86_unknown unknown;         /* what the CPUs did not state */
};

/* "0x14.1", "0x10a": for lists of leaves, or of MSRs. */
struct input_name {
    char text[24];
};
struct input_name input_name(x86_input i);

/* The input as callers know it. */
cpupolicy_unknown input_unknown(x86_input i);

/* One dump CPU as a policy; `n` gets notes unless NULL. */
void policy_from_dump_cpu(struct cpu_policy *p, const struct dump_cpu *cpu,
                          struct note_list *n);

/*
 * The other way: every leaf and MSR of a policy as rows, ascending, added to
 * an empty `out`; and what Xen's ABI carries.  -ENOMEM, -E2BIG.
 */
int policy_to_dump_cpu(const struct cpu_policy *p, struct dump_cpu *out,
                       cpupolicy_error *err);
int dump_cpu_from_abi(const struct xen_cpu_policy_leaf *leaves,
                      size_t nr_leaves, const struct xen_cpu_policy_msr *msrs,
                      size_t nr_msrs, struct dump_cpu *out,
                      cpupolicy_error *err);

/*
 * dump_parse() and dump_load() of a file whose claims are then held against
 * its rows (claims.c).  -EINVAL with the place of the first claim that they
 * do not bear out; errors of those two.
 */
int policy_dump_parse(const struct dump_input *in, struct dump *out,
                      cpupolicy_error *err);
int policy_dump_load(const char *path, struct dump *out,
                     cpupolicy_error *err);

/* The second half alone. */
int dump_check_claims(const struct dump *d, cpupolicy_error *err);

/*
 * Is the vendor that a dump's CPU claims the policy's?  -EINVAL with place.
 * Parsing asks this of whole policies; of a part, whoever merges it does.
 */
int dump_check_vendor(const struct dump_cpu *cpu, const struct cpu_policy *p,
                      cpupolicy_error *err);

/* Index of a feature value in x86_feature_descs, or -1. */
int feature_index(unsigned int value);

#endif /* CPUPOLICY_POLICY_PRIVATE_H */
