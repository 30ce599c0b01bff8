/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arrays that grow, up to a limit. */
#ifndef CPUPOLICY_ARRAY_H
#define CPUPOLICY_ARRAY_H

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>

/*
 * Make room for one more of `nr` elements of `size` bytes.  0, -ENOMEM, or
 * -E2BIG at `limit` elements; the array is as it was on failure.
 */
static inline int array_room(void **elements, size_t nr, size_t *max,
                             size_t size, size_t limit)
{
    size_t new_max = *max ? *max * 2 : 8;
    void *p;

    if ( nr >= limit )
        return -E2BIG;

    if ( nr < *max )
        return 0;

    p = realloc(*elements, new_max * size);
    if ( !p )
        return -ENOMEM;

    *elements = p;
    *max = new_max;

    return 0;
}

#endif /* CPUPOLICY_ARRAY_H */
