/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See array.h. */
#include <errno.h>
#include <stdlib.h>

#include "array.h"

#define FIRST_ELEMENTS 32U      /* enough for most lists of MSRs */

int array_room(void **elements, size_t nr, size_t *max, size_t size,
               size_t limit)
{
    size_t want = *max ? *max * 2 : FIRST_ELEMENTS;
    void *bigger;

    if ( nr >= limit )
        return -E2BIG;
    if ( nr < *max )
        return 0;
    if ( want > limit )
        want = limit;

    bigger = realloc(*elements, want * size);
    if ( !bigger )
        return -ENOMEM;

    *elements = bigger;
    *max = want;

    return 0;
}
