/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside of libcpupolicy: what sources of policies share. */
#ifndef CPUPOLICY_SOURCE_H
#define CPUPOLICY_SOURCE_H

#include "private.h"
#include "xen.h"

/* source/xen-source.c: fill `src` from the running Xen. */
int xen_source_open(cpupolicy_source *src, const cpupolicy_options *options,
                    cpupolicy_error *err);

/* Xen's rows as a policy, and back (what Xen's ABI can carry). */
int policy_from_rows(struct cpu_policy *p, const struct xen_rows *rows,
                     cpupolicy_error *err);
void policy_to_rows(const struct cpu_policy *p, struct xen_rows *rows);

/* What the source's dom0 has, with a cause for each change (dom0.c). */
int source_derive_dom0(cpupolicy_source *src, cpupolicy_error *err);

/* Append to the source's changes; `index`: a word, or an MSR's slot. */
void source_add_change(cpupolicy_source *src, bool is_msr,
                       unsigned int index, const cpupolicy_change *c);

/*
 * Record, as changes of stage `which` by rule "running-xen", where the
 * running Xen's policy differs from the derived one.
 */
void source_record_difference(cpupolicy_source *src, unsigned int which,
                              const struct cpu_policy *derived,
                              const struct cpu_policy *real);

#endif /* CPUPOLICY_SOURCE_H */
