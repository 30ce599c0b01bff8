/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a given Xen makes of fields that the architecture, and so the core's
 * audit, leaves to the toolstack: rows of data, not code.  The audit on a
 * running Xen refuses what that Xen would not keep.
 */
#ifndef CPUPOLICY_SOURCE_XEN_RULES_H
#define CPUPOLICY_SOURCE_XEN_RULES_H

#include <xen/lib/x86/audit.h>

/**
 * Lower a limit to what Xen holds domains to besides its max policy: how
 * high extended leaves go, it tells by the vendor.
 */
void xen_rules_limit(struct cpu_policy *limit);

/**
 * Report what Xen would change of a policy that the core's audit accepts.
 * Fields are reported in order of leaf; `limit` is what x86_domain_limit()
 * gave.
 *
 * @returns 0: Xen keeps it as it stands; -EINVAL, and `sink` was told.
 */
int xen_rules_audit(const struct cpu_policy *request,
                    const struct cpu_policy *limit,
                    const struct x86_audit_sink *sink);

/**
 * Take out of a policy that is put together here what this Xen clears, so
 * that it is not refused for what nobody asked for.
 */
void xen_rules_apply(struct cpu_policy *p);

/** What a rule of these says, or NULL: not one of these. */
const char *xen_rule_text(const char *rule, const char **remedy);

#endif /* CPUPOLICY_SOURCE_XEN_RULES_H */
