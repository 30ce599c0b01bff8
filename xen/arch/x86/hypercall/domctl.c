/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domain control: building domains and their policies. */

#include <string.h>

#include "private.h"

_Static_assert(sizeof(struct xen_ctl_domctl) == 144, "Xen's ABI");

/* ---- life ------------------------------------------------------------- */

/* Can this machine run such a domain? */
static bool config_possible(const struct x86_hypervisor *h, uint32_t flags)
{
    bool hvm = flags & XEN_CTL_CREATE_HVM;

    if ( flags & ~XEN_CTL_CREATE_ALL )
        return false;
    if ( hvm ? h->no_hvm || !h->platform->hvm : h->no_pv )
        return false;
    if ( (flags & XEN_CTL_CREATE_HAP) && !h->platform->hap )
        return false;

    return !(flags & XEN_CTL_CREATE_VPMU) || h->platform->vpmu;
}

/* A member that not all versions have, 0 where this one has not. */
static uint32_t member(const struct domctl_call *c,
                       enum xen_ctl_create_member which)
{
    int word = xen_ctl_create_word(c->op.interface_version, which);

    return word < 0 ? 0 : c->op.u.create_domain.tail[word];
}

/*
 * The id that is asked for, or X86_DOMID_ANY.  -EEXIST: no domain has it, nor
 * can have.  Until 4.21, 0 and every id that is reserved leave the choice to
 * the hypervisor, since 4.22 one value does.
 */
static int wanted_id(const struct domctl_call *c, uint32_t *out)
{
    uint32_t id = c->op.domain;

    *out = id;
    if ( c->op.interface_version >= XEN_CTL_DOMCTL_VERSION_4_22 &&
         c->op.interface_version != XEN_CTL_DOMCTL_VERSION_FULL )
    {
        if ( id == XEN_CTL_DOMID_ANY )
            *out = X86_DOMID_ANY;
        else if ( id >= X86_DOMID_FIRST_RESERVED )
            return -EEXIST;
    }
    else if ( !id || id >= X86_DOMID_FIRST_RESERVED )
        *out = X86_DOMID_ANY;

    return 0;
}

static int create_domain(struct domctl_call *c)
{
    const struct xen_ctl_create_domain *u = &c->op.u.create_domain;
    struct x86_domain_config config = {
        .kind = {
            .hvm = u->flags & XEN_CTL_CREATE_HVM,
            .hap = u->flags & XEN_CTL_CREATE_HAP,
            .nested = u->flags & XEN_CTL_CREATE_NESTED,
            .vpmu = u->flags & XEN_CTL_CREATE_VPMU,
        },
        .max_vcpus = u->max_vcpus,
        .emulation_flags = member(c, XEN_CTL_CREATE_EMULATION_FLAGS),
        .misc_flags = member(c, XEN_CTL_CREATE_MISC_FLAGS),
    };
    struct x86_domain *d;
    uint32_t id;
    int rc;

    if ( !config_possible(c->h, u->flags) )
        return -EINVAL;
    memcpy(config.handle, u->handle, sizeof(config.handle));

    rc = wanted_id(c, &id);
    if ( rc )
        return rc;

    rc = x86_domain_prepare(c->h->store, id, &config, NULL, &d);
    if ( rc < 0 )
        return rc == -ENOSPC ? -ENOMEM : rc;

    /* A domain whose id nobody knows would stay for ever. */
    c->op.domain = rc;
    rc = domctl_copy_back(c);
    if ( rc )
        x86_domain_abandon(c->h->store, d);
    else
        x86_domain_publish(d);

    return rc;
}

static int destroy_domain(struct domctl_call *c)
{
    /* Nobody destroys themselves from within a hypercall. */
    if ( c->op.domain == c->caller->domid )
        return -EINVAL;

    return x86_domain_destroy(c->h->store, c->op.domain);
}

static int pause_domain(struct domctl_call *c)
{
    if ( c->op.domain == c->caller->domid )
        return -EINVAL;

    return x86_domain_pause(c->h->store, c->op.domain);
}

/* As in Xen, of the next domain where there is none of that id. */
static int get_domain_info(struct domctl_call *c)
{
    struct x86_domain_info info;
    int rc = x86_domain_next(c->h->store, c->op.domain, &info);

    if ( rc )
        return rc;

    hypercall_domain_info(&info, &c->op.u.domain_info);
    c->op.domain = info.id;

    return domctl_copy_back(c);
}

static int set_address_size(struct domctl_call *c)
{
    uint32_t size = c->op.u.address_size.size;

    if ( size != 32 && size != 64 )
        return -EINVAL;

    return x86_domain_set_pv32(c->h->store, c->op.domain, size == 32,
                               &c->caller->scratch->domain);
}

static int get_address_size(struct domctl_call *c)
{
    struct x86_domain_info info;
    int rc = x86_domain_info(c->h->store, c->op.domain, &info);

    if ( rc )
        return rc;

    c->op.u.address_size.size = info.config.kind.pv32 ? 32 : 64;

    return domctl_copy_back(c);
}

/* ---- policies --------------------------------------------------------- */

static int get_cpu_policy(struct domctl_call *c)
{
    struct xen_ctl_domain_policy *u = &c->op.u.policy;
    struct policy_buffers b = {
        u->nr_leaves, u->nr_msrs, u->leaves, u->msrs,
    };
    struct cpu_policy *p = &c->caller->scratch->domain.policy;
    int rc = x86_domain_get(c->h->store, c->op.domain, p);

    if ( !rc )
        rc = hypercall_put_policy(c->caller, p, c->abi, &b);
    if ( rc )
        return rc;

    u->nr_leaves = b.nr_leaves;
    u->nr_msrs = b.nr_msrs;

    return domctl_copy_back(c);
}

/* Whether setting is out of the question, before the request is read. */
static int may_set(struct domctl_call *c)
{
    struct x86_domain_info info;
    int rc = x86_domain_info(c->h->store, c->op.domain, &info);

    if ( rc )
        return rc;
    if ( c->op.domain == c->caller->domid )
        return -EINVAL;

    return info.finished ? -EEXIST : 0;
}

static int set_cpu_policy(struct domctl_call *c)
{
    struct xen_ctl_domain_policy *u = &c->op.u.policy;
    const struct policy_buffers b = {
        u->nr_leaves, u->nr_msrs, u->leaves, u->msrs,
    };
    struct x86_domain_scratch *scratch = &c->caller->scratch->domain;
    struct x86_policy_request request;
    int rc = may_set(c);

    if ( rc )
        return rc;

    scratch->error = (struct x86_policy_error)X86_POLICY_ERROR_INIT;
    rc = hypercall_get_request(c->caller, c->abi, &b, &request);
    if ( !rc )
        rc = x86_domain_set(c->h->store, c->op.domain, &request, scratch);
    if ( !rc )
        return 0;

    u->err_leaf = scratch->error.leaf;
    u->err_subleaf = scratch->error.subleaf;
    u->err_msr = scratch->error.msr;

    return domctl_copy_back(c) ? -EFAULT : rc;
}

/* ---- dispatch --------------------------------------------------------- */

/* Xen looks for the domain before it looks at the command. */
static int no_such_command(const struct domctl_call *c)
{
    struct x86_domain_info info;
    int rc = x86_domain_info(c->h->store, c->op.domain, &info);

    return rc ? rc : -ENOSYS;
}

static int dispatch(struct domctl_call *c)
{
    struct x86_domain_store *s = c->h->store;
    uint32_t id = c->op.domain;

    switch ( c->op.cmd )
    {
    case XEN_CTL_DOMCTL_CREATE_DOMAIN:
        return create_domain(c);

    case XEN_CTL_DOMCTL_DESTROY_DOMAIN:
        return destroy_domain(c);

    case XEN_CTL_DOMCTL_PAUSE_DOMAIN:
        return pause_domain(c);

    case XEN_CTL_DOMCTL_UNPAUSE_DOMAIN:
        return x86_domain_unpause(s, id);

    case XEN_CTL_DOMCTL_GET_DOMAIN_INFO:
        return get_domain_info(c);

    case XEN_CTL_DOMCTL_MAX_VCPUS:
        return x86_domain_add_vcpus(s, id, c->op.u.max_vcpus.max);

    case XEN_CTL_DOMCTL_SET_ADDRESS_SIZE:
        return set_address_size(c);

    case XEN_CTL_DOMCTL_GET_ADDRESS_SIZE:
        return get_address_size(c);

    case XEN_CTL_DOMCTL_GET_CPU_POLICY:
        return get_cpu_policy(c);

    case XEN_CTL_DOMCTL_SET_CPU_POLICY:
        return set_cpu_policy(c);

    case XEN_CTL_DOMCTL_AUDIT_CPU_POLICY:
        return hypercall_audit(c);

    default:
        return no_such_command(c);
    }
}

int x86_hypercall_domctl(const struct x86_hypervisor *h,
                         const struct x86_caller *caller, uint64_t addr)
{
    struct domctl_call c = { .h = h, .caller = caller, .addr = addr };
    int rc = hypercall_begin(caller, addr, &c.op, sizeof(c.op),
                             XEN_CTL_DOMCTL_VERSION, &c.abi);

    return rc ? rc : dispatch(&c);
}
