/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A running Xen: its domains and their policies. */
#include <errno.h>
#include <string.h>

#include "xen-private.h"

#define PAGE_KIB 4U             /* of Xen's pages */

/* Above are DOMID_SELF and its kin, which name no domain of their own. */
#define FIRST_RESERVED_ID 0x7ff0U

static int no_domain(uint32_t domid, cpupolicy_error *err)
{
    return cpupolicy_error_set(err, ESRCH, 0, "there is no domain %u", domid);
}

static bool is_domid(uint32_t domid)
{
    return domid < FIRST_RESERVED_ID;
}

/* A hypercall about one domain failed. */
static int domain_failed(uint32_t domid, const char *what,
                         cpupolicy_error *err)
{
    int code = errno ? errno : EIO;

    if ( code == ESRCH )
        return no_domain(domid, err);
    return cpupolicy_error_set(err, code, 0, "%s domain %u: %s", what, domid,
                               strerror(code));
}

int xen_domain_policy_get(struct xen_host *h, uint32_t domid,
                          struct xen_rows *out, cpupolicy_error *err)
{
    struct xen_ctl_domctl op = {
        .cmd = XEN_CTL_DOMCTL_GET_CPU_POLICY,
        .domain = domid,
        .u.policy = {
            .nr_leaves = h->max_leaves, .nr_msrs = h->max_msrs,
            .leaves = (uintptr_t)h->leaves, .msrs = (uintptr_t)h->msrs,
        },
    };

    if ( !is_domid(domid) )
        return no_domain(domid, err);
    if ( xen_call_domctl(h, &op) )
        return domain_failed(domid, "reading the policy of", err);
    return xen_rows_from_buffers(h, op.u.policy.nr_leaves,
                                 op.u.policy.nr_msrs, out, err);
}

static int set_failed(uint32_t domid, const struct xen_set_error *where,
                      cpupolicy_error *err)
{
    int code = errno ? errno : EIO;

    if ( code == EEXIST )
        return cpupolicy_error_set(err, EEXIST, 0,
                                   "domain %u has been started: its policy "
                                   "can no longer be changed", domid);
    if ( where->msr != ~0U )
        return cpupolicy_error_set(err, code, 0,
                                   "Xen refuses the policy for domain %u at "
                                   "MSR %#x: %s", domid, where->msr,
                                   strerror(code));
    if ( where->leaf != ~0U && where->subleaf == ~0U )
        return cpupolicy_error_set(err, code, 0,
                                   "Xen refuses the policy for domain %u at "
                                   "leaf %#x: %s", domid, where->leaf,
                                   strerror(code));
    if ( where->leaf != ~0U )
        return cpupolicy_error_set(err, code, 0,
                                   "Xen refuses the policy for domain %u at "
                                   "leaf %#x subleaf %#x: %s", domid,
                                   where->leaf, where->subleaf,
                                   strerror(code));
    if ( code == EINVAL )
        return cpupolicy_error_set(err, EINVAL, 0,
                                   "domain %u is the caller's own: Xen lets "
                                   "nobody change their own policy", domid);
    return domain_failed(domid, "setting the policy of", err);
}

int xen_domain_policy_set(struct xen_host *h, uint32_t domid,
                          const struct xen_rows *rows,
                          struct xen_set_error *where, cpupolicy_error *err)
{
    struct xen_ctl_domctl op = {
        .cmd = XEN_CTL_DOMCTL_SET_CPU_POLICY,
        .domain = domid,
        .u.policy = {
            .nr_leaves = rows->nr_leaves, .nr_msrs = rows->nr_msrs,
            .leaves = (uintptr_t)h->leaves, .msrs = (uintptr_t)h->msrs,
            .err_leaf = ~0U, .err_subleaf = ~0U, .err_msr = ~0U,
        },
    };
    struct xen_set_error at;

    if ( !is_domid(domid) )
        return no_domain(domid, err);
    if ( !h->release )
        return cpupolicy_error_set(err, EPROTO, 0,
                                   "Xen %u.%u is newer than what is known "
                                   "here: its policies are shown, none is "
                                   "set", h->major, h->minor);
    if ( rows->nr_leaves > h->max_leaves || rows->nr_msrs > h->max_msrs )
        return cpupolicy_error_set(err, E2BIG, 0,
                                   "%u leaves and %u MSRs: Xen takes at most "
                                   "%u and %u", rows->nr_leaves, rows->nr_msrs,
                                   h->max_leaves, h->max_msrs);
    memcpy(h->leaves, rows->leaves, rows->nr_leaves * sizeof(rows->leaves[0]));
    memcpy(h->msrs, rows->msrs, rows->nr_msrs * sizeof(rows->msrs[0]));
    if ( !xen_call_domctl(h, &op) )
        return 0;
    at = (struct xen_set_error){
        op.u.policy.err_leaf, op.u.policy.err_subleaf,
        op.u.policy.err_msr
    };
    if ( where )
        *where = at;
    return set_failed(domid, &at, err);
}

int xen_domain_policy_is_fixed(struct xen_host *h, uint32_t domid, bool *out,
                               cpupolicy_error *err)
{
    static const struct xen_rows nothing;
    int rc = xen_domain_policy_set(h, domid, &nothing, NULL, err);

    if ( rc && rc != -EEXIST )
        return rc;
    *out = rc == -EEXIST;
    return 0;
}

/* ---- what domains there are --------------------------------------------- */

static enum xen_domain_type type_of(const struct xen_ctl_domain_info *d)
{
    if ( !(d->flags & XEN_CTL_INFO_HVM) )
        return XEN_DOMAIN_PV;

    /* A PVH dom0 has IO-APICs too, but no devices of a PC. */
    return d->emulation_flags & XEN_CTL_EMULATE_PIT ? XEN_DOMAIN_HVM
                                                    : XEN_DOMAIN_PVH;
}

/* A domain may be several of these: the one that leads furthest counts. */
static enum xen_domain_state state_of(const struct xen_ctl_domain_info *d)
{
    if ( d->flags & XEN_CTL_INFO_DYING )
        return XEN_DOMAIN_DYING;
    if ( d->flags & XEN_CTL_INFO_SHUT_DOWN )
        return XEN_DOMAIN_SHUT_DOWN;

    return d->flags & XEN_CTL_INFO_PAUSED ? XEN_DOMAIN_PAUSED
                                          : XEN_DOMAIN_RUNNING;
}

static void fill_info(const struct xen_ctl_domain_info *d,
                      struct xen_domain_info *out)
{
    *out = (struct xen_domain_info){
        .domid = d->domain,
        .type = type_of(d),
        .hap = d->flags & XEN_CTL_INFO_HAP,
        .state = state_of(d),
        .nr_vcpus = d->max_vcpu_id == XEN_CTL_INFO_NO_VCPU
                    ? 0 : d->max_vcpu_id + 1,
        .nr_online_vcpus = d->nr_online_vcpus,
        .memory_kib = d->tot_pages * PAGE_KIB,
        .max_memory_kib = d->max_pages * PAGE_KIB,
        .cpu_ns = d->cpu_time,
    };
    /* A domain that dies unstarted is not paused, but has used no CPU. */
    out->has_run = out->cpu_ns || out->state == XEN_DOMAIN_RUNNING;
    memcpy(out->handle, d->handle, sizeof(out->handle));
}

/* Before domctl 0x14 there was no gpaddr_bits, nor its padding. */
static size_t info_size(const struct xen_host *h)
{
    return h->domctl >= 0x14 ? sizeof(struct xen_ctl_domain_info)
        : sizeof(struct xen_ctl_domain_info) -
          (offsetof(struct xen_ctl_domain_info, emulation_flags) -
           offsetof(struct xen_ctl_domain_info, gpaddr_bits));
}

static void read_info(const struct xen_host *h, const void *from,
                      struct xen_ctl_domain_info *out)
{
    const size_t at = offsetof(struct xen_ctl_domain_info, gpaddr_bits);
    const size_t to = offsetof(struct xen_ctl_domain_info, emulation_flags);

    *out = (struct xen_ctl_domain_info){ 0 };
    memcpy(out, from, info_size(h));
    if ( h->domctl >= 0x14 )
        return;
    memcpy((char *)out + to, (const char *)from + at, info_size(h) - at);
    memset((char *)out + at, 0, to - at);
}

/* -1 with errno, or how many there were, in h->list. */
static int list_domains(struct xen_host *h, uint32_t first, size_t max)
{
    struct xen_ctl_sysctl op = {
        .cmd = XEN_CTL_SYSCTL_GET_DOMAIN_INFO_LIST,
        .u.domain_info_list = {
            .first_domain = first, .max_domains = max,
            .buffer = (uintptr_t)h->list,
        },
    };

    if ( xen_call_sysctl(h, &op) )
        return -1;

    return op.u.domain_info_list.nr_domains > max
           ? (int)max : (int)op.u.domain_info_list.nr_domains;
}

int xen_domain_info_get(struct xen_host *h, uint32_t domid,
                        struct xen_domain_info *out, cpupolicy_error *err)
{
    struct xen_ctl_domain_info d;
    int nr;

    if ( !is_domid(domid) )
        return no_domain(domid, err);
    nr = list_domains(h, domid, 1);
    if ( nr < 0 )
        return domain_failed(domid, "asking about", err);
    if ( nr )
        read_info(h, h->list, &d);
    /* Xen answers with the next domain if there is none of that id. */
    if ( !nr || d.domain != domid )
        return no_domain(domid, err);
    fill_info(&d, out);

    return 0;
}

int xen_domain_list(struct xen_host *h, uint32_t first,
                    struct xen_domain_info *out, size_t max_out,
                    size_t *nr_out, cpupolicy_error *err)
{
    int nr;

    if ( max_out > XEN_DOMAIN_LIST_MAX )
        max_out = XEN_DOMAIN_LIST_MAX;
    nr = is_domid(first) && max_out ? list_domains(h, first, max_out) : 0;
    if ( nr < 0 )
        return xen_call_failed(err, "listing the domains");

    for ( int i = 0; i < nr; i++ )
    {
        struct xen_ctl_domain_info d;

        read_info(h, (const char *)h->list + i * info_size(h), &d);
        fill_info(&d, &out[i]);
    }
    *nr_out = nr;

    return 0;
}
