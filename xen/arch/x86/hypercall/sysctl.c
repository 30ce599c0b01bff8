/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* System control: the host's policies, and what clients ask around them. */

#include <string.h>

#include "private.h"

_Static_assert(sizeof(struct xen_ctl_sysctl) == 136, "Xen's ABI");

/* One call: who, what, and the version that was asked for. */
struct call {
    const struct x86_hypervisor *h;
    const struct x86_caller *caller;
    const struct x86_abi *abi;
    struct xen_ctl_sysctl op;
    uint64_t addr;
};

static int copy_back(const struct call *c)
{
    return copy_out(c->caller, c->addr, &c->op, sizeof(c->op));
}

static const struct cpu_policy *policy(const struct call *c,
                                       enum x86_policy_index which)
{
    return &c->h->store->policies->policy[which];
}

/* ---- policies --------------------------------------------------------- */

static const uint8_t policy_indices[] = {
    [XEN_CTL_POLICY_RAW]         = X86_POLICY_RAW,
    [XEN_CTL_POLICY_HOST]        = X86_POLICY_HOST_DEFAULT,
    [XEN_CTL_POLICY_PV_MAX]      = X86_POLICY_PV_MAX,
    [XEN_CTL_POLICY_HVM_MAX]     = X86_POLICY_HVM_MAX,
    [XEN_CTL_POLICY_PV_DEFAULT]  = X86_POLICY_PV_DEFAULT,
    [XEN_CTL_POLICY_HVM_DEFAULT] = X86_POLICY_HVM_DEFAULT,
};

static const uint8_t featureset_indices[] = {
    [XEN_CTL_FEATURESET_RAW]     = X86_POLICY_RAW,
    [XEN_CTL_FEATURESET_HOST]    = X86_POLICY_HOST_DEFAULT,
    [XEN_CTL_FEATURESET_PV]      = X86_POLICY_PV_DEFAULT,
    [XEN_CTL_FEATURESET_HVM]     = X86_POLICY_HVM_DEFAULT,
    [XEN_CTL_FEATURESET_PV_MAX]  = X86_POLICY_PV_MAX,
    [XEN_CTL_FEATURESET_HVM_MAX] = X86_POLICY_HVM_MAX,
};

/* The policy behind an index of the ABI, -EINVAL or -EOPNOTSUPP. */
static int find_policy(const struct call *c, const uint8_t *indices,
                       uint32_t nr, uint32_t index)
{
    int which;

    if ( index >= nr )
        return -EINVAL;

    which = indices[x86_index_nospec(index, nr)];
    if ( (c->h->no_pv && (which == X86_POLICY_PV_MAX ||
                          which == X86_POLICY_PV_DEFAULT)) ||
         (c->h->no_hvm && (which == X86_POLICY_HVM_MAX ||
                           which == X86_POLICY_HVM_DEFAULT)) )
        return -EOPNOTSUPP;

    return which;
}

static int get_cpu_policy(struct call *c)
{
    struct xen_ctl_cpu_policy *u = &c->op.u.policy;
    struct policy_buffers b = {
        u->nr_leaves, u->nr_msrs, u->leaves, u->msrs,
    };
    int which = X86_POLICY_HOST_MAX, rc;

    if ( u->reserved )
        return -EINVAL;
    if ( u->index != XEN_CTL_POLICY_HOST_MAX )
        which = find_policy(c, policy_indices, sizeof(policy_indices),
                            u->index);
    if ( which < 0 )
        return which;

    rc = hypercall_put_policy(c->caller, policy(c, which), c->abi, &b);
    if ( rc )
        return rc;

    u->nr_leaves = b.nr_leaves;
    u->nr_msrs = b.nr_msrs;

    return copy_back(c);
}

/*
 * Unlike policies, featuresets are cut to the room there is: clients of
 * before a word was added still get those that they know.
 */
static int get_cpu_featureset(struct call *c)
{
    struct xen_ctl_cpu_featureset *u = &c->op.u.featureset;
    x86_featureset fs;
    uint32_t room = u->nr_words;
    int which, rc;

    if ( !u->words )
    {
        u->nr_words = X86_NR_FEATURE_WORDS;
        return copy_back(c);
    }

    which = find_policy(c, featureset_indices, sizeof(featureset_indices),
                        u->index);
    if ( which < 0 )
        return which;

    x86_policy_to_featureset(policy(c, which), fs);
    u->nr_words = room < X86_NR_FEATURE_WORDS ? room : X86_NR_FEATURE_WORDS;
    rc = copy_out(c->caller, u->words, fs, u->nr_words * sizeof(fs[0]));
    if ( !rc )
        rc = copy_back(c);
    if ( !rc && room < X86_NR_FEATURE_WORDS )
        rc = -ENOBUFS;

    return rc;
}

static int get_levelling_caps(struct call *c)
{
    /* 4.22 has retired it without a new version: 4.21 may be asking. */
    if ( c->op.interface_version == XEN_CTL_SYSCTL_VERSION_FULL )
        return -ENOSYS;

    c->op.u.levelling_caps.caps =
        c->h->platform->cpuid_faulting ? XEN_CTL_LEVELCAP_FAULTING : 0;

    return copy_back(c);
}

/* ---- the machine and its domains -------------------------------------- */

static int physinfo(struct call *c)
{
    const struct x86_machine *m = &c->h->machine;
    const struct x86_platform *plat = c->h->platform;
    struct xen_ctl_physinfo *u = &c->op.u.physinfo;
    bool hvm = plat->hvm && !c->h->no_hvm;
    x86_featureset host;

    *u = (struct xen_ctl_physinfo){
        .threads_per_core = m->threads_per_core,
        .cores_per_socket = m->cores_per_socket,
        .nr_cpus = m->nr_cpus,
        .max_cpu_id = m->nr_cpus - 1,
        .nr_nodes = 1,
        .cpu_khz = m->cpu_khz,
        .capabilities = (hvm ? XEN_CTL_PHYSCAP_HVM : 0) |
            (c->h->no_pv ? 0 : XEN_CTL_PHYSCAP_PV) |
            (hvm && plat->hap ? XEN_CTL_PHYSCAP_HAP : 0) |
            XEN_CTL_PHYSCAP_SHADOW |
            (plat->vpmu ? XEN_CTL_PHYSCAP_VPMU : 0) |
            XEN_CTL_PHYSCAP_GNTTAB_V1 | XEN_CTL_PHYSCAP_GNTTAB_V2,
        .total_pages = m->total_pages,
        .free_pages = m->free_pages,
        .max_mfn = m->total_pages ? m->total_pages - 1 : 0,
    };
    x86_policy_to_featureset(policy(c, X86_POLICY_HOST_DEFAULT), host);
    memcpy(u->hw_cap, host, sizeof(u->hw_cap));

    return copy_back(c);
}

static int domain_info_list(struct call *c)
{
    struct xen_ctl_domain_info_list *u = &c->op.u.domain_info_list;
    uint32_t id = u->first_domain, nr = 0;
    struct x86_domain_info info;

    while ( nr < u->max_domains && !x86_domain_next(c->h->store, id, &info) )
    {
        struct xen_ctl_domain_info out;
        int rc;

        hypercall_domain_info(&info, &out);
        rc = copy_out(c->caller, u->buffer + nr * sizeof(out), &out,
                      sizeof(out));
        if ( rc )
            return rc;
        nr++;
        id = info.id + 1;
    }
    u->nr_domains = nr;

    return copy_back(c);
}

/* ---- dispatch --------------------------------------------------------- */

static int dispatch(struct call *c)
{
    switch ( c->op.cmd )
    {
    case XEN_CTL_SYSCTL_PHYSINFO:
        return physinfo(c);

    case XEN_CTL_SYSCTL_GET_DOMAIN_INFO_LIST:
        return domain_info_list(c);

    case XEN_CTL_SYSCTL_GET_CPU_LEVELLING_CAPS:
        return get_levelling_caps(c);

    case XEN_CTL_SYSCTL_GET_CPU_FEATURESET:
        return get_cpu_featureset(c);

    case XEN_CTL_SYSCTL_GET_CPU_POLICY:
        return get_cpu_policy(c);

    default:
        return -ENOSYS;
    }
}

int x86_hypercall_sysctl(const struct x86_hypervisor *h,
                         const struct x86_caller *caller, uint64_t addr)
{
    struct call c = { .h = h, .caller = caller, .addr = addr };
    int rc = hypercall_begin(caller, addr, &c.op, sizeof(c.op),
                             XEN_CTL_SYSCTL_VERSION, &c.abi);

    return rc ? rc : dispatch(&c);
}
