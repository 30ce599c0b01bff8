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

#endif /* FREESTANDING_STRING_H */
