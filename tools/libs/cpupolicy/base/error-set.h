/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside of libcpupolicy: filling in the caller's error object. */
#ifndef CPUPOLICY_ERROR_SET_H
#define CPUPOLICY_ERROR_SET_H

#include "cpupolicy-error.h"

/*
 * Fill an error object (a no-op on NULL) and return -code, so that callers
 * can write `return cpupolicy_error_set(err, EINVAL, line, "...")`.
 * A message that would not fit ends in "...".
 */
int cpupolicy_error_set(cpupolicy_error *err, int code, uint32_t line,
                        const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif /* CPUPOLICY_ERROR_SET_H */
