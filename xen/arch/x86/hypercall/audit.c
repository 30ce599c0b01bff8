/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is wrong with a request: the whole list, for whoever asks. */

#include "private.h"

_Static_assert(sizeof(struct xen_ctl_policy_violation) == 72, "our ABI");

struct list {
    const struct x86_caller *caller;
    uint64_t addr;              /* 0: only counted */
    uint32_t room, nr;
    int rc;
};

static void fill_place(struct xen_ctl_policy_violation *out,
                       const struct x86_violation *v)
{
    if ( v->is_msr )
        out->msr = x86_msr_descs[v->index].index;
    else
    {
        out->leaf = x86_slot_descs[v->index / 4].leaf;
        out->subleaf = x86_slot_descs[v->index / 4].subleaf;
        out->reg = v->index % 4;
    }
}

static void on_violation(void *ctx, const struct x86_violation *v)
{
    struct list *l = ctx;
    uint64_t to = l->addr + (uint64_t)l->nr *
                  sizeof(struct xen_ctl_policy_violation);
    struct xen_ctl_policy_violation out = {
        .leaf = ~0u, .subleaf = ~0u, .msr = ~0u,
        .mask = v->mask, .asked = v->asked, .limit = v->limit,
        .feature = v->feature, .needs = v->needs,
    };

    /* Counting goes on, so that the caller learns how much room it takes. */
    if ( l->nr++ >= l->room || !l->addr || l->rc )
        return;

    fill_place(&out, v);
    for ( unsigned int i = 0; i < sizeof(out.rule) - 1 && v->rule[i]; i++ )
        out.rule[i] = v->rule[i];

    l->rc = copy_out(l->caller, to, &out, sizeof(out));
}

int hypercall_audit(struct domctl_call *c)
{
    struct xen_ctl_policy_audit *u = &c->op.u.audit;
    const struct policy_buffers b = {
        u->nr_leaves, u->nr_msrs, u->leaves, u->msrs,
    };
    struct list l = {
        .caller = c->caller, .addr = u->violations, .room = u->nr_violations,
    };
    const struct x86_audit_sink sink = { on_violation, &l };
    struct x86_domain_scratch *scratch = &c->caller->scratch->domain;
    struct x86_policy_request request;
    int rc;

    if ( u->reserved || u->pad )
        return -EINVAL;

    rc = hypercall_get_request(c->caller, c->abi, &b, &request);
    if ( rc )
        return rc;

    rc = x86_domain_audit(c->h->store, c->op.domain, &request, &sink,
                          scratch);
    /* Violations are the answer, not a failure to give one. */
    if ( rc == -EINVAL && l.nr )
        rc = 0;
    if ( !rc )
        rc = l.rc;
    if ( !rc && l.addr && l.nr > l.room )
        rc = -ENOBUFS;

    u->nr_violations = l.nr;
    u->err_leaf = scratch->error.leaf;
    u->err_subleaf = scratch->error.subleaf;
    u->err_msr = scratch->error.msr;

    return domctl_copy_back(c) ? -EFAULT : rc;
}
