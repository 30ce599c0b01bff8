/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Limits that no CPU has: every feature, every field, every subleaf that the
 * tables know and a guest can be shown, so that there is something to be
 * wrong everywhere.
 */
#ifndef TEST_AUDIT_RICH_H
#define TEST_AUDIT_RICH_H

#include <xen/lib/x86/audit.h>

/* Nested, with a virtual PMU, and with all that HVM domains can have. */
extern const struct x86_domain_kind audit_rich_kind;

/* Acceptable for itself; eight cores of two threads. */
void audit_rich_limit(struct cpu_policy *p, uint32_t vendor);

/* Which vendor stands for a layout in the tests. */
extern const uint32_t audit_vendors[X86_NR_LAYOUTS];

#endif /* TEST_AUDIT_RICH_H */
