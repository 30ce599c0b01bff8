/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libcpupolicy: x86 CPU policies for toolstacks.
 *
 * A *source* is where policies come from: this machine, a running Xen, KVM,
 * or a file.  Every source answers the same calls.  Objects are not shared
 * between threads without the caller's own locking; different objects may be
 * used by different threads at once.
 *
 * Functions return 0 or a negative errno value unless said otherwise, leave
 * their outputs untouched on failure, and fill an optional cpupolicy_error.
 * `const T *` results are borrowed from the object they were asked of.
 */
#ifndef CPUPOLICY_H
#define CPUPOLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cpupolicy-domain.h"
#include "cpupolicy-error.h"
#include "cpupolicy-policy.h"
#include "cpupolicy-source.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- boot options ---------------------------------------------------- */

/**
 * Check "cpuid=... dom0-cpuid=..." without deriving anything.
 * @param bad called for every bad element with its byte position (from 0),
 *            length and a sentence; may be NULL.
 * @param other called for every word that is another option; may be NULL.
 * @returns 0 or -EINVAL.
 */
int cpupolicy_cmdline_check(const char *text,
                            void (*bad)(void *ctx, size_t position,
                                        size_t len, const char *message),
                            void (*other)(void *ctx, size_t position,
                                          size_t len),
                            void *ctx);

#ifdef __cplusplus
}
#endif

#endif /* CPUPOLICY_H */
