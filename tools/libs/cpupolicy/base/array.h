/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Arrays that grow, up to a limit. */
#ifndef CPUPOLICY_ARRAY_H
#define CPUPOLICY_ARRAY_H

#include <stddef.h>

/*
 * Make room for one more of `nr` elements of `size` bytes.  0, -ENOMEM, or
 * -E2BIG at `limit` elements; the array is as it was on failure.
 */
int array_room(void **elements, size_t nr, size_t *max, size_t size,
               size_t limit);

#endif /* CPUPOLICY_ARRAY_H */
