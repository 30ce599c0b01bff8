/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading and setting the policies of domains. */

#include <string.h>

#include "private.h"

int x86_domain_get(struct x86_domain_store *s, uint32_t id,
                   struct cpu_policy *out)
{
    struct x86_domain *d;
    int rc = x86_domain_hold(s, id, &d);

    /* Finished: nobody writes it any more, and holding keeps it there. */
    if ( !rc )
    {
        *out = d->policy;
        x86_domain_release(d);
        return 0;
    }
    if ( rc != -EBUSY )
        return rc;

    d = x86_domain_lock(s, id);
    if ( !d )
        return -ESRCH;

    *out = d->policy;
    spin_unlock(&d->lock);

    return 0;
}

/* ---- what an ABI cannot name ------------------------------------------ */

static bool slot_in_abi(const struct x86_abi *abi, unsigned int slot)
{
    uint32_t leaf = x86_slot_descs[slot].leaf;
    const struct x86_leaf_desc *l = x86_leaf_find(leaf);

    if ( leaf >= X86_CENTAUR_LEAF )
        return abi->ext_subleaves;
    if ( leaf >= 0x80000000U )
        return leaf <= abi->max_ext &&
               (abi->ext_subleaves || slot == l->first_slot);

    return leaf >= X86_HV_LEAF || leaf <= abi->max_basic;
}

static bool msr_in_abi(const struct x86_abi *abi, unsigned int slot)
{
    return abi->all_msrs || slot == X86_MSR_SLOT_CE ||
           slot == X86_MSR_SLOT_10A;
}

/* A gate that a client opened who cannot name the MSRs behind it. */
static void fill_msrs(struct cpu_policy *p, const struct x86_abi *abi,
                      const struct cpu_policy *limit)
{
    unsigned int layout = 1u << x86_vendor_layout(p->vendor);

    for ( unsigned int i = 0; i < X86_NR_GATE_MASKS; i++ )
    {
        const struct x86_gate_mask *g = &x86_gate_masks[i];

        if ( g->is_msr && (g->layouts & layout) &&
             !msr_in_abi(abi, g->word) && x86_policy_has(p, g->gate) &&
             !(p->msr[g->word] & g->mask) )
            p->msr[g->word] |= limit->msr[g->word] & g->mask;
    }
    x86_policy_recalc_vmx(p, limit);
}

/*
 * A client of Xen's ABI that takes AMX away cannot clear leaf 0x1d as well,
 * which it does not know.  Such leaves follow; those that it can name are
 * left as they are, for the audit to judge.
 */
static void follow(struct cpu_policy *p, const struct x86_abi *abi,
                   const struct cpu_policy *fixed)
{
    for ( unsigned int i = 0; i < X86_NR_SLOTS; i++ )
        if ( !slot_in_abi(abi, i) )
            p->leaf[i] = fixed->leaf[i];
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        if ( !msr_in_abi(abi, i) )
            p->msr[i] = fixed->msr[i];
}

/* ---- requests --------------------------------------------------------- */

static int merge(struct cpu_policy *p, const struct x86_policy_request *req,
                 struct x86_policy_error *err)
{
    int rc = 0;

    /* Either list may be empty, and need not be anywhere then. */
    if ( req->nr_leaves )
        rc = x86_policy_from_leaves(p, req->abi, req->leaves, req->nr_leaves,
                                    err);
    if ( !rc && req->nr_msrs )
        rc = x86_policy_from_msrs(p, req->abi, req->msrs, req->nr_msrs, err);

    return rc;
}

/* Merge into a copy of the domain's policy, and judge that. */
static int judge(struct x86_domain_scratch *scratch,
                 const struct cpu_policy *limit,
                 const struct x86_domain_kind *kind,
                 const struct x86_policy_request *req,
                 const struct x86_audit_sink *sink)
{
    struct x86_audit *audit = &scratch->audit;
    struct cpu_policy *p = &scratch->policy;
    int rc = merge(p, req, &scratch->error);

    if ( rc )
        return rc;

    if ( !req->abi->all_msrs )
    {
        audit->fixed = *p;
        fill_msrs(&audit->fixed, req->abi, limit);
        x86_policy_repair(&audit->fixed, limit, kind);
        follow(p, req->abi, &audit->fixed);
    }

    rc = x86_policy_audit(audit, p, limit, kind, sink);
    scratch->error = audit->first;

    return rc;
}

static int domain_set(struct x86_domain *d,
                      const struct x86_policy_request *req,
                      struct x86_domain_scratch *scratch)
{
    int rc;

    if ( d->info.finished )
        return -EEXIST;

    scratch->policy = d->policy;
    rc = judge(scratch, &d->limit, &d->info.config.kind, req, NULL);
    if ( !rc )
        rc = x86_domain_judge_ids(d, &scratch->policy);
    if ( rc )
        return rc;

    x86_policy_take_own(&scratch->policy, &d->limit);
    d->policy = scratch->policy;
    d->info.policy_set = true;

    return 0;
}

static void no_error(struct x86_domain_scratch *scratch)
{
    scratch->error = (struct x86_policy_error)X86_POLICY_ERROR_INIT;
}

int x86_domain_set(struct x86_domain_store *s, uint32_t id,
                   const struct x86_policy_request *req,
                   struct x86_domain_scratch *scratch)
{
    struct x86_domain *d = x86_domain_lock(s, id);
    int rc;

    no_error(scratch);
    if ( !d )
        return -ESRCH;

    rc = domain_set(d, req, scratch);
    spin_unlock(&d->lock);

    return rc;
}

/*
 * On copies, without the lock: the sink may take its time, and may have to do
 * with the same domain.
 */
int x86_domain_audit(struct x86_domain_store *s, uint32_t id,
                     const struct x86_policy_request *req,
                     const struct x86_audit_sink *sink,
                     struct x86_domain_scratch *scratch)
{
    struct x86_domain *d = x86_domain_lock(s, id);
    struct x86_domain_kind kind;

    no_error(scratch);
    if ( !d )
        return -ESRCH;

    kind = d->info.config.kind;
    scratch->limit = d->limit;
    scratch->policy = d->policy;
    spin_unlock(&d->lock);

    return judge(scratch, &scratch->limit, &kind, req, sink);
}

/* ---- 32-bit PV -------------------------------------------------------- */

static int domain_set_pv32(struct x86_domain_store *s, struct x86_domain *d,
                           bool pv32, struct x86_domain_scratch *scratch)
{
    struct x86_domain_kind *kind = &d->info.config.kind, new = *kind;
    const struct cpu_policy *max = &s->policies->policy[X86_POLICY_PV_MAX];

    if ( kind->hvm )
        return -EINVAL;
    if ( d->info.finished )
        return -EEXIST;
    if ( kind->pv32 == pv32 )
        return 0;

    new.pv32 = pv32;
    x86_domain_limit(&scratch->limit, max, &new);
    if ( d->info.policy_set &&
         x86_policy_audit(&scratch->audit, &d->policy, &scratch->limit, &new,
                          NULL) )
        return -EINVAL;

    *kind = new;
    if ( d->info.policy_set )
        d->limit = scratch->limit;
    else
        x86_domain_start_policy(s, d);

    return 0;
}

int x86_domain_set_pv32(struct x86_domain_store *s, uint32_t id, bool pv32,
                        struct x86_domain_scratch *scratch)
{
    struct x86_domain *d = x86_domain_lock(s, id);
    int rc;

    if ( !d )
        return -ESRCH;

    rc = domain_set_pv32(s, d, pv32, scratch);
    spin_unlock(&d->lock);

    return rc;
}
