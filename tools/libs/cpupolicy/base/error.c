/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The caller-owned error object. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "error-set.h"

int cpupolicy_error_set(cpupolicy_error *err, int code, uint32_t line,
                        const char *fmt, ...)
{
    static const char dots[] = "...";
    va_list args;
    int len;

    if ( !err )
        return -code;

    err->code = code;
    err->line = line;
    err->column = 0;

    va_start(args, fmt);
    len = vsnprintf(err->message, sizeof(err->message), fmt, args);
    va_end(args);

    if ( len < 0 )
        err->message[0] = '\0';
    else if ( (size_t)len >= sizeof(err->message) )
        memcpy(err->message + sizeof(err->message) - sizeof(dots), dots,
               sizeof(dots));

    return -code;
}
