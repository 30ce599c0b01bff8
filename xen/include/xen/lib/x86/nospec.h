/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Indices that a guest or a toolstack chose.
 *
 * Behind a check of such an index a CPU may run ahead with a wrong guess and
 * read what lies elsewhere (CVE-2017-5753).  So the index itself is kept
 * inside the array, by arithmetic and not by a branch: unchanged below the
 * bound, else zero.  It is no check: that has to be made all the same.
 */
#ifndef XEN_LIB_X86_NOSPEC_H
#define XEN_LIB_X86_NOSPEC_H

#include <stddef.h>

static inline size_t x86_index_nospec(size_t index, size_t size)
{
    size_t mask;

    /* All ones where the subtraction borrows. */
    asm ( "cmp %1, %2\n\tsbb %0, %0"
          : "=r" (mask) : "er" (size), "r" (index) : "cc" );

    return index & mask;
}

#endif /* XEN_LIB_X86_NOSPEC_H */
