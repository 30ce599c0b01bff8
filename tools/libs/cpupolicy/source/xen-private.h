/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A connection to the running Xen, and hypercalls over it (xen-call.c). */
#ifndef CPUPOLICY_SOURCE_XEN_PRIVATE_H
#define CPUPOLICY_SOURCE_XEN_PRIVATE_H

#include <xencall.h>
#include <xentoollog.h>

#include <public/domctl.h>
#include <public/sysctl.h>
#include <public/version.h>

#include "xen-release.h"
#include "xen.h"

struct xen_host {
    xentoollog_logger logger;   /* libxencall's messages end here */
    xencall_handle *call;
    uint16_t major, minor;
    const struct xen_release *release;  /* NULL: newer than what is known */
    uint32_t sysctl, domctl;    /* interface versions that it answers to */
    /* Memory that hypercalls may be given. */
    void *op;                   /* the structure itself */
    struct xen_cpu_policy_leaf *leaves; /* XEN_HOST_MAX_LEAVES */
    struct xen_cpu_policy_msr *msrs;    /* XEN_HOST_MAX_MSRS */
    void *list;                 /* XEN_DOMAIN_LIST_MAX times what follows */
    uint32_t max_leaves, max_msrs;      /* this Xen's policies' sizes */
};

/* Of a domain, in all releases at most. */
#define XEN_MAX_DOMAIN_INFO sizeof(struct xen_ctl_domain_info)

/*
 * The hypercalls.  The structure is copied in, given this Xen's interface
 * version, and copied back; 0, or -1 with errno.
 */
int xen_call_sysctl(struct xen_host *h, struct xen_ctl_sysctl *op);
int xen_call_domctl(struct xen_host *h, struct xen_ctl_domctl *op);

/*
 * `out` has `size` bytes, at most XEN_VERSION_MAX; NULL, 0: a command without
 * buffer.  The result of the hypercall, or -1 with errno.
 */
#define XEN_VERSION_MAX 1024U
int xen_call_version(struct xen_host *h, unsigned int command, void *out,
                     size_t size);

/* Connect, and find out the versions.  Errors of xen_host_open(). */
int xen_call_open(struct xen_host *h, cpupolicy_error *err);
void xen_call_close(struct xen_host *h);

/*
 * Turn what a hypercall left in errno into our return value and a message
 * "what: reason".
 */
int xen_call_failed(cpupolicy_error *err, const char *what);

/* "4.17.7" */
void xen_version_text(struct xen_host *h, char *out, size_t size);

/* Copy what a hypercall wrote into the handle's buffers. */
int xen_rows_from_buffers(struct xen_host *h, uint32_t nr_leaves,
                          uint32_t nr_msrs, struct xen_rows *out,
                          cpupolicy_error *err);

#endif /* CPUPOLICY_SOURCE_XEN_PRIVATE_H */
