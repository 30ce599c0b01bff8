/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A running Xen: its domains and their policies. */
#include "xen-private.h"

#include <errno.h>
#include <string.h>

static int no_domain(uint32_t domid, cpupolicy_error *err)
{
    return cpupolicy_error_set(err, ESRCH, 0, "there is no domain %u", domid);
}

/* Above are DOMID_SELF and its kin, which name no domain of their own. */
static bool is_domid(uint32_t domid)
{
    return domid < DOMID_FIRST_RESERVED;
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
    DECLARE_HYPERCALL_BUFFER_SHADOW(xen_cpuid_leaf_t, leaves, &h->leaf_memory);
    DECLARE_HYPERCALL_BUFFER_SHADOW(xen_msr_entry_t, msrs, &h->msr_memory);
    struct xen_domctl op = {
        .cmd = XEN_DOMCTL_get_cpu_policy,
        .domain = domid,
        .u.cpu_policy = {
            .nr_leaves = h->max_leaves,
            .nr_msrs = h->max_msrs,
        },
    };

    (void)leaves, (void)msrs;
    if ( !is_domid(domid) )
        return no_domain(domid, err);
    set_xen_guest_handle(op.u.cpu_policy.leaves, leaves);
    set_xen_guest_handle(op.u.cpu_policy.msrs, msrs);
    if ( xen_lib.xc_domctl(h->xch, &op) )
        return domain_failed(domid, "reading the policy of", err);
    return xen_rows_from_buffers(h, op.u.cpu_policy.nr_leaves,
                                 op.u.cpu_policy.nr_msrs, out, err);
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
    DECLARE_HYPERCALL_BUFFER_SHADOW(xen_cpuid_leaf_t, leaves, &h->leaf_memory);
    DECLARE_HYPERCALL_BUFFER_SHADOW(xen_msr_entry_t, msrs, &h->msr_memory);
    struct xen_domctl op = {
        .cmd = XEN_DOMCTL_set_cpu_policy,
        .domain = domid,
        .u.cpu_policy = {
            .nr_leaves = rows->nr_leaves,
            .nr_msrs = rows->nr_msrs,
            .err_leaf = ~0U, .err_subleaf = ~0U, .err_msr = ~0U,
        },
    };
    struct xen_set_error at;

    if ( !is_domid(domid) )
        return no_domain(domid, err);
    if ( rows->nr_leaves > h->max_leaves || rows->nr_msrs > h->max_msrs )
        return cpupolicy_error_set(err, E2BIG, 0,
                                   "%u leaves and %u MSRs: Xen takes at most "
                                   "%u and %u", rows->nr_leaves, rows->nr_msrs,
                                   h->max_leaves, h->max_msrs);
    memcpy(leaves, rows->leaves, rows->nr_leaves * sizeof(rows->leaves[0]));
    memcpy(msrs, rows->msrs, rows->nr_msrs * sizeof(rows->msrs[0]));
    set_xen_guest_handle(op.u.cpu_policy.leaves, leaves);
    set_xen_guest_handle(op.u.cpu_policy.msrs, msrs);
    if ( !xen_lib.xc_domctl(h->xch, &op) )
        return 0;
    at = (struct xen_set_error){
        op.u.cpu_policy.err_leaf, op.u.cpu_policy.err_subleaf,
        op.u.cpu_policy.err_msr
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

static enum xen_domain_type type_of(const xc_domaininfo_t *d)
{
    if ( !(d->flags & XEN_DOMINF_hvm_guest) )
        return XEN_DOMAIN_PV;
    return d->arch_config.emulation_flags & ~XEN_X86_EMU_LAPIC
           ? XEN_DOMAIN_HVM : XEN_DOMAIN_PVH;
}

/* A domain may be several of these: the one that leads furthest counts. */
static enum xen_domain_state state_of(const xc_domaininfo_t *d)
{
    if ( d->flags & XEN_DOMINF_dying )
        return XEN_DOMAIN_DYING;
    if ( d->flags & XEN_DOMINF_shutdown )
        return XEN_DOMAIN_SHUT_DOWN;
    return d->flags & XEN_DOMINF_paused ? XEN_DOMAIN_PAUSED
                                        : XEN_DOMAIN_RUNNING;
}

static void fill_info(const xc_domaininfo_t *d, struct xen_domain_info *out)
{
    const unsigned int page_kib = XC_PAGE_SIZE / 1024;

    *out = (struct xen_domain_info){
        .domid = d->domain,
        .type = type_of(d),
        .hap = d->flags & XEN_DOMINF_hap,
        .state = state_of(d),
        .nr_vcpus = d->max_vcpu_id == XEN_INVALID_MAX_VCPU_ID
                    ? 0 : d->max_vcpu_id + 1,
        .nr_online_vcpus = d->nr_online_vcpus,
        .memory_kib = d->tot_pages * page_kib,
        .max_memory_kib = d->max_pages * page_kib,
        .cpu_ns = d->cpu_time,
    };
    /* A domain that dies unstarted is not paused, but has used no CPU. */
    out->has_run = out->cpu_ns || out->state == XEN_DOMAIN_RUNNING;
    memcpy(out->handle, d->handle, sizeof(out->handle));
}

int xen_domain_info_get(struct xen_host *h, uint32_t domid,
                        struct xen_domain_info *out, cpupolicy_error *err)
{
    xc_domaininfo_t d = { 0 };
    int nr;

    if ( !is_domid(domid) )
        return no_domain(domid, err);
    nr = xen_lib.xc_domain_getinfolist(h->xch, domid, 1, &d);
    if ( nr < 0 )
        return domain_failed(domid, "asking about", err);
    /* Xen answers with the next domain if there is none of that id. */
    if ( nr == 0 || d.domain != domid )
        return no_domain(domid, err);
    fill_info(&d, out);
    return 0;
}

int xen_domain_list(struct xen_host *h, uint32_t first,
                    struct xen_domain_info *out, size_t max_out,
                    size_t *nr_out, cpupolicy_error *err)
{
    xc_domaininfo_t d[XEN_DOMAIN_LIST_MAX];
    int nr, i;

    if ( max_out > XEN_DOMAIN_LIST_MAX )
        max_out = XEN_DOMAIN_LIST_MAX;
    nr = is_domid(first) && max_out
         ? xen_lib.xc_domain_getinfolist(h->xch, first, max_out, d) : 0;
    if ( nr < 0 )
        return xen_call_failed(err, "listing the domains");
    for ( i = 0; i < nr; i++ )
        fill_info(&d[i], &out[i]);
    *nr_out = nr;
    return 0;
}
