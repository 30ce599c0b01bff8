/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>

#include "alloc-fail.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t nr, size_t size);
void *__real_realloc(void *p, size_t size);
char *__real_strdup(const char *s);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t nr, size_t size);
void *__wrap_realloc(void *p, size_t size);
char *__wrap_strdup(const char *s);

static long left = -1;          /* allocations that succeed; -1: all */
static bool has_failed;

void alloc_fail_after(long nr)
{
    left = nr;
    has_failed = false;
}

bool alloc_fail_stop(void)
{
    left = -1;

    return has_failed;
}

static bool fails(void)
{
    if ( left < 0 )
        return false;
    if ( left-- )
        return false;
    has_failed = true;

    return true;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t nr, size_t size)
{
    return fails() ? NULL : __real_calloc(nr, size);
}

void *__wrap_realloc(void *p, size_t size)
{
    return fails() ? NULL : __real_realloc(p, size);
}

char *__wrap_strdup(const char *s)
{
    return fails() ? NULL : __real_strdup(s);
}
