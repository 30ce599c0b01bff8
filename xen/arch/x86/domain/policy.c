/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading and setting the policies of domains. */

#include <string.h>

#include "../../../lib/x86/audit-private.h"
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
                   const struct cpu_policy *limit,
                   const struct x86_domain_kind *kind)
{
    struct cpu_policy fixed = *p;

    fill_msrs(&fixed, abi, limit);
    x86_policy_repair(&fixed, limit, kind);

    for ( unsigned int i = 0; i < X86_NR_SLOTS; i++ )
        if ( !slot_in_abi(abi, i) )
            p->leaf[i] = fixed.leaf[i];
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        if ( !msr_in_abi(abi, i) )
            p->msr[i] = fixed.msr[i];
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

/*
 * Merge and judge on a copy.  The quick answer is asked for first; only of a
 * no is it worth knowing whether it is about leaves that have to follow.
 */
static int judge(struct cpu_policy *p, const struct x86_domain *d,
                 const struct x86_policy_request *req,
                 const struct x86_audit_sink *sink,
                 struct x86_policy_error *err)
{
    const struct x86_domain_kind *kind = &d->info.config.kind;
    int rc = merge(p, req, err);

    if ( rc )
        return rc;

    if ( !req->abi->all_msrs )
    {
        if ( !x86_policy_audit(p, &d->limit, kind, NULL, NULL) )
            return 0;
        follow(p, req->abi, &d->limit, kind);
    }

    return x86_policy_audit(p, &d->limit, kind, sink, err);
}

static int domain_set(struct x86_domain *d,
                      const struct x86_policy_request *req,
                      struct x86_policy_error *err)
{
    struct cpu_policy copy;
    int rc;

    if ( d->info.finished )
        return -EEXIST;

    copy = d->policy;
    rc = judge(&copy, d, req, NULL, err);
    if ( !rc )
        rc = x86_domain_judge_ids(d, &copy);
    if ( rc )
        return rc;

    x86_policy_take_own(&copy, &d->limit);
    d->policy = copy;
    d->info.policy_set = true;

    return 0;
}

int x86_domain_set(struct x86_domain_store *s, uint32_t id,
                   const struct x86_policy_request *req,
                   struct x86_policy_error *err)
{
    struct x86_policy_error first = X86_POLICY_ERROR_INIT;
    struct x86_domain *d = x86_domain_lock(s, id);
    int rc;

    if ( err )
        *err = first;
    if ( !d )
        return -ESRCH;

    rc = domain_set(d, req, &first);
    spin_unlock(&d->lock);
    if ( err )
        *err = first;

    return rc;
}

/*
 * The sink is called without the lock: it may well be slow, or have to do
 * with the same domain.
 */
int x86_domain_audit(struct x86_domain_store *s, uint32_t id,
                     const struct x86_policy_request *req,
                     const struct x86_audit_sink *sink,
                     struct x86_policy_error *err)
{
    struct x86_policy_error first = X86_POLICY_ERROR_INIT;
    struct x86_domain *d = x86_domain_lock(s, id), copy;
    int rc;

    if ( err )
        *err = first;
    if ( !d )
        return -ESRCH;

    /* Member by member: a whole one more would be on the stack. */
    copy.info = d->info;
    copy.limit = d->limit;
    copy.policy = d->policy;
    spin_unlock(&d->lock);

    rc = judge(&copy.policy, &copy, req, sink, &first);
    if ( err )
        *err = first;

    return rc;
}

/* ---- 32-bit PV -------------------------------------------------------- */

static int domain_set_pv32(struct x86_domain_store *s, struct x86_domain *d,
                           bool pv32)
{
    struct x86_domain_kind *kind = &d->info.config.kind, new = *kind;
    const struct cpu_policy *max = &s->policies->policy[X86_POLICY_PV_MAX];
    struct cpu_policy limit;

    if ( kind->hvm )
        return -EINVAL;
    if ( d->info.finished )
        return -EEXIST;
    if ( kind->pv32 == pv32 )
        return 0;

    new.pv32 = pv32;
    x86_domain_limit(&limit, max, &new);
    if ( d->info.policy_set &&
         x86_policy_audit(&d->policy, &limit, &new, NULL, NULL) )
        return -EINVAL;

    *kind = new;
    if ( d->info.policy_set )
        d->limit = limit;
    else
        x86_domain_start_policy(s, d);

    return 0;
}

int x86_domain_set_pv32(struct x86_domain_store *s, uint32_t id, bool pv32)
{
    struct x86_domain *d = x86_domain_lock(s, id);
    int rc;

    if ( !d )
        return -ESRCH;

    rc = domain_set_pv32(s, d, pv32);
    spin_unlock(&d->lock);

    return rc;
}
