/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Policies as the unmodified xen-cpuid -p writes them, read back in tests. */
#ifndef TESTS_XEN_ROWS_H
#define TESTS_XEN_ROWS_H

#include <stdbool.h>
#include <stdint.h>

#include "source/xen.h"

/*
 * Read the policy whose heading starts with `title` ("Raw", "Domain"); NULL:
 * there are no headings (xl-cpupolicy -o leaves).  xen-cpuid leaves out
 * leaves that are all zero.  false: no such policy, or more rows than fit.
 */
bool rows_read(const char *path, const char *title, struct xen_rows *out);

/* NULL if it is not there. */
const struct xen_cpu_policy_leaf *rows_find(const struct xen_rows *rows,
                                            uint32_t leaf, uint32_t subleaf);

#endif /* TESTS_XEN_ROWS_H */
