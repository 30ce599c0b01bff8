/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Allocations that fail on request, for whatever is linked with
 * -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup
 */
#ifndef TEST_ALLOC_FAIL_H
#define TEST_ALLOC_FAIL_H

#include <stdbool.h>

/* The next `nr` succeed, the one after fails, and then all succeed again. */
void alloc_fail_after(long nr);
/* Stop failing. True if an allocation has failed since the call above. */
bool alloc_fail_stop(void);

#endif /* TEST_ALLOC_FAIL_H */
