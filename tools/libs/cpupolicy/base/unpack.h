/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Compressed files and archives, through libarchive. */
#ifndef CPUPOLICY_UNPACK_H
#define CPUPOLICY_UNPACK_H

#include <stdbool.h>

#include "error-set.h"
#include "input.h"

/* Do the bytes begin as gzip, bzip2, xz, zstd, zip, or tar? */
bool unpack_probe(const struct dump_input *in);

/*
 * The content of a compressed file; of an archive, its regular files one
 * after the other, in the natural order of their names (pu2 before pu10). If
 * there are any named pu0, pu1 ... then only those: hwloc's collections have
 * a file per CPU and others beside them.
 *
 * @param bytes the caller frees it. @returns 0; -EINVAL: damaged, or nothing
 *        in it; -E2BIG: more than max_bytes in all; -ENOMEM;
 *        -ELIBACC: there is no libarchive.
 */
int unpack(const struct dump_input *in, size_t max_bytes, char **bytes,
           size_t *nr_bytes, cpupolicy_error *err);

#endif /* CPUPOLICY_UNPACK_H */
