/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef XEN_LIB_X86_MIN_H
#define XEN_LIB_X86_MIN_H

#include <stdint.h>

static inline uint32_t min(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

#endif /* XEN_LIB_X86_MIN_H */
