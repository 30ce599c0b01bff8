/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A running Xen: what it says about the host. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "xen-private.h"

/* The rows go through hypercalls as they are. */
_Static_assert((int)XEN_HOST_POLICY_HVM_DEFAULT == XEN_CTL_POLICY_HVM_DEFAULT,
               "the indices are Xen's");

#define PAGE_KIB 4U             /* of Xen's pages */

static int read_sizes(struct xen_host *h, cpupolicy_error *err)
{
    struct xen_ctl_sysctl op = { .cmd = XEN_CTL_SYSCTL_GET_CPU_POLICY };
    const struct xen_ctl_cpu_policy *p = &op.u.policy;

    if ( xen_call_sysctl(h, &op) )
        return xen_call_failed(err, "asking Xen for the size of a CPU policy");
    if ( p->nr_leaves > XEN_HOST_MAX_LEAVES || p->nr_msrs > XEN_HOST_MAX_MSRS )
        return cpupolicy_error_set(err, E2BIG, 0,
                                   "this Xen's CPU policies have up to %u "
                                   "leaves and %u MSRs, more than the %u and "
                                   "%u that are supported", p->nr_leaves,
                                   p->nr_msrs, XEN_HOST_MAX_LEAVES,
                                   XEN_HOST_MAX_MSRS);
    h->max_leaves = p->nr_leaves;
    h->max_msrs = p->nr_msrs;

    return 0;
}

int xen_host_open(struct xen_host **out, cpupolicy_error *err)
{
    struct xen_host *h = calloc(1, sizeof(*h));
    int rc;

    if ( !h )
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");

    rc = xen_call_open(h, err);
    if ( !rc )
        rc = read_sizes(h, err);
    if ( rc )
        xen_host_close(h);
    else
        *out = h;

    return rc;
}

void xen_host_close(struct xen_host *h)
{
    if ( h )
        xen_call_close(h);
    free(h);
}

const struct xen_release *xen_host_release(const struct xen_host *h)
{
    return h->release;
}

/* Before sysctl 0x15 there were no arch_capabilities, nor their padding. */
static void widen_physinfo(const struct xen_host *h,
                           struct xen_ctl_physinfo *p)
{
    const size_t at = offsetof(struct xen_ctl_physinfo, arch_capabilities);
    const size_t to = offsetof(struct xen_ctl_physinfo, total_pages);

    if ( h->sysctl >= 0x15 )
        return;
    memmove((char *)p + to, (char *)p + at, sizeof(*p) - to);
    memset((char *)p + at, 0, to - at);
}

int xen_host_info_get(struct xen_host *h, struct xen_host_info *out,
                      cpupolicy_error *err)
{
    struct xen_host_info info = { .major = h->major, .minor = h->minor };
    struct xen_ctl_sysctl op = { .cmd = XEN_CTL_SYSCTL_PHYSINFO };
    struct xen_ctl_physinfo *phys = &op.u.physinfo;

    if ( xen_call_sysctl(h, &op) )
        return xen_call_failed(err, "asking Xen about the machine");
    if ( xen_call_version(h, XEN_CTL_VERSION_COMMAND_LINE, info.command_line,
                          sizeof(info.command_line)) < 0 )
        return xen_call_failed(err, "asking Xen for its command line");

    widen_physinfo(h, phys);
    xen_version_text(h, info.version, sizeof(info.version));
    info.known = h->release;
    info.command_line[sizeof(info.command_line) - 1] = '\0';
    info.command_line_full =
        strlen(info.command_line) == sizeof(info.command_line) - 1;
    info.pv = phys->capabilities & XEN_CTL_PHYSCAP_PV;
    info.hvm = phys->capabilities & XEN_CTL_PHYSCAP_HVM;
    info.hap = phys->capabilities & XEN_CTL_PHYSCAP_HAP;
    info.shadow = phys->capabilities & XEN_CTL_PHYSCAP_SHADOW;
    info.vpmu = phys->capabilities & XEN_CTL_PHYSCAP_VPMU;
    info.nr_cpus = phys->nr_cpus;
    info.threads_per_core = phys->threads_per_core;
    info.cores_per_socket = phys->cores_per_socket;
    info.cpu_khz = phys->cpu_khz;
    info.total_kib = phys->total_pages * PAGE_KIB;
    info.free_kib = phys->free_pages * PAGE_KIB;
    *out = info;

    return 0;
}

int xen_rows_from_buffers(struct xen_host *h, uint32_t nr_leaves,
                          uint32_t nr_msrs, struct xen_rows *out,
                          cpupolicy_error *err)
{
    /* Xen wrote the counts: trust them as little as any other input. */
    if ( nr_leaves > h->max_leaves || nr_msrs > h->max_msrs )
        return cpupolicy_error_set(err, EPROTO, 0,
                                   "Xen returned %u leaves and %u MSRs, more "
                                   "than there was room for", nr_leaves,
                                   nr_msrs);
    memset(out, 0, sizeof(*out));
    out->nr_leaves = nr_leaves;
    out->nr_msrs = nr_msrs;
    memcpy(out->leaves, h->leaves, nr_leaves * sizeof(out->leaves[0]));
    memcpy(out->msrs, h->msrs, nr_msrs * sizeof(out->msrs[0]));

    return 0;
}

int xen_host_policy_get(struct xen_host *h, enum xen_host_policy which,
                        struct xen_rows *out, cpupolicy_error *err)
{
    struct xen_ctl_sysctl op = {
        .cmd = XEN_CTL_SYSCTL_GET_CPU_POLICY,
        .u.policy = {
            .index = which,
            .nr_leaves = h->max_leaves, .nr_msrs = h->max_msrs,
            .leaves = (uintptr_t)h->leaves, .msrs = (uintptr_t)h->msrs,
        },
    };

    if ( !xen_call_sysctl(h, &op) )
        return xen_rows_from_buffers(h, op.u.policy.nr_leaves,
                                     op.u.policy.nr_msrs, out, err);
    if ( errno == EOPNOTSUPP )
        return cpupolicy_error_set(err, EOPNOTSUPP, 0,
                                   "this Xen is built without that type of "
                                   "guest");

    return xen_call_failed(err, "asking Xen for a system policy");
}
