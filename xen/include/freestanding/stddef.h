/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <stddef.h> for the build without a libc. */
#ifndef FREESTANDING_STDDEF_H
#define FREESTANDING_STDDEF_H

typedef __SIZE_TYPE__ size_t;

#define NULL ((void *)0)
#define offsetof(type, member) __builtin_offsetof(type, member)

#endif /* FREESTANDING_STDDEF_H */
