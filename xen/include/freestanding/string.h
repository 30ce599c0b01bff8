/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The four functions that the compiler may call by itself, whatever the
 * source says.  Whoever links the core (hypervisor, boot image) brings them;
 * nothing else may be undefined in its objects.
 */
#ifndef FREESTANDING_STRING_H
#define FREESTANDING_STRING_H

#include <stddef.h>

void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);

/* -ffreestanding forgets what they do; so small ones stay inline. */
#define memcpy(dst, src, n)  __builtin_memcpy(dst, src, n)
#define memmove(dst, src, n) __builtin_memmove(dst, src, n)
#define memset(dst, c, n)    __builtin_memset(dst, c, n)
#define memcmp(a, b, n)      __builtin_memcmp(a, b, n)

#endif /* FREESTANDING_STRING_H */
