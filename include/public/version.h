/* SPDX-License-Identifier: MIT */
/*
 * Xen's version hypercall: numbers and sizes of its public/version.h.  All
 * strings end with a zero byte and fill their buffer.
 */
#ifndef PUBLIC_VERSION_H
#define PUBLIC_VERSION_H

#include <stdint.h>

/* Hypercall number. */
#define XEN_CTL_HYPERCALL_VERSION 17

/* Commands; buffer. */
#define XEN_CTL_VERSION_NUMBER        0     /* none; result: major<<16|minor */
#define XEN_CTL_VERSION_EXTRA         1     /* char[16] */
#define XEN_CTL_VERSION_COMPILE_INFO  2     /* struct below */
#define XEN_CTL_VERSION_CAPABILITIES  3     /* char[1024] */
#define XEN_CTL_VERSION_CHANGESET     4     /* char[64] */
#define XEN_CTL_VERSION_PLATFORM      5     /* uint64_t: start of its space */
#define XEN_CTL_VERSION_FEATURES      6     /* struct below */
#define XEN_CTL_VERSION_PAGE_SIZE     7     /* none; result: bytes */
#define XEN_CTL_VERSION_GUEST_HANDLE  8     /* uint8_t[16] */
#define XEN_CTL_VERSION_COMMAND_LINE  9     /* char[1024] */

struct xen_ctl_compile_info {
    char compiler[64], user[16], domain[32], date[32];
};

struct xen_ctl_feature_info {
    uint32_t index;             /* IN: which 32 features */
    uint32_t features;          /* OUT */
};

#endif /* PUBLIC_VERSION_H */
