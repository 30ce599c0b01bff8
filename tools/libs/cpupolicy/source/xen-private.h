/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What xen.c and xen-domain.c share: libxenctrl's types stay in these two. */
#ifndef CPUPOLICY_SOURCE_XEN_PRIVATE_H
#define CPUPOLICY_SOURCE_XEN_PRIVATE_H

#include <xenctrl.h>

#include "base/loaded.h"
#include "xen.h"

#define XEN_FUNCTIONS(X) \
    X(xc__hypercall_buffer_alloc) X(xc__hypercall_buffer_free) \
    X(xc_domain_getinfo) X(xc_domain_getinfolist) X(xc_domctl) \
    X(xc_interface_close) X(xc_interface_open) X(xc_physinfo) X(xc_sysctl) \
    X(xc_version)

/* Loaded once there is a handle. */
extern LOADED_TYPE(xen_functions, XEN_FUNCTIONS) xen_lib;

struct xen_host {
    xentoollog_logger logger;   /* libxenctrl's messages end here */
    xc_interface *xch;
    /* Memory that hypercalls may be given; XEN_HOST_MAX_* elements. */
    xc_hypercall_buffer_t leaf_memory, msr_memory;
    uint32_t max_leaves, max_msrs;      /* this Xen's policies' sizes */
};

/*
 * Turn what a libxenctrl call left in errno into our return value and a
 * message "what: reason".
 */
int xen_call_failed(cpupolicy_error *err, const char *what);

/* Copy what a hypercall wrote into the handle's buffers. */
int xen_rows_from_buffers(struct xen_host *h, uint32_t nr_leaves,
                          uint32_t nr_msrs, struct xen_rows *out,
                          cpupolicy_error *err);

#endif /* CPUPOLICY_SOURCE_XEN_PRIVATE_H */
