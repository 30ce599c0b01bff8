/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The error object of libcpupolicy: caller-owned, optional (every function
 * accepts NULL), no allocation, no globals.
 */
#ifndef CPUPOLICY_ERROR_H
#define CPUPOLICY_ERROR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * What went wrong, and where in the input.
 *
 * `code` is the errno value that the function returned negated.  `line` and
 * `column` count from 1; 0 means that the error has no such place.  `message`
 * is one sentence without file name, line, or final newline.
 */
typedef struct cpupolicy_error {
    int code;
    uint32_t line;
    uint32_t column;
    char message[512];
} cpupolicy_error;

#ifdef __cplusplus
}
#endif

#endif /* CPUPOLICY_ERROR_H */
