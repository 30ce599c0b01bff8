/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole files in and out. */
#ifndef CPUPOLICY_FILE_H
#define CPUPOLICY_FILE_H

#include <stddef.h>

#include "error-set.h"

/*
 * Read a file ("-": standard input) of at most max_bytes.  The text is the
 * caller's to free, and has a NUL behind it that does not count.  -errno of
 * opening or reading, -E2BIG, -ENOMEM.
 */
int file_load(const char *path, size_t max_bytes, char **text, size_t *nr,
              cpupolicy_error *err);

/*
 * Replace the content of a file ("-": standard output), in place: the path
 * may be a device or a link.  -errno; the file may then be cut short.
 */
int file_save(const char *path, const char *text, cpupolicy_error *err);

#endif /* CPUPOLICY_FILE_H */
