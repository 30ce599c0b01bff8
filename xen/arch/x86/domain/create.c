/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Making domains: an id, a place, and the policy to start with. */

#include <string.h>

#include "private.h"

bool x86_domain_kind_exists(const struct x86_domain_kind *k)
{
    if ( k->max_phys_bits && (k->max_phys_bits < X86_MIN_PHYS_BITS ||
                              k->max_phys_bits > X86_MAX_PHYS_BITS) )
        return false;

    return k->hvm ? !k->pv32 : !k->hap && !k->nested;
}

/* The next free id after the last one given out; 0 is dom0's to ask for. */
static uint32_t choose_id(struct x86_domain_store *s)
{
    uint32_t id = s->last;

    do {
        if ( ++id >= X86_DOMID_FIRST_RESERVED )
            id = 1;
    } while ( place_of(s, id) );

    return s->last = id;
}

/* A free place: there is none once as many ids are in use. */
static struct x86_domain *free_place(struct x86_domain_store *s,
                                     uint32_t first)
{
    for ( uint32_t i = 0; i < s->nr; i++ )
    {
        struct x86_domain *d = &s->domains[(first % s->nr + i) % s->nr];

        if ( state_phase(state_read(d)) == PHASE_FREE )
            return d;
    }

    return NULL;
}

/* A free place, marked with the id, so that nobody else takes either. */
static int reserve(struct x86_domain_store *s, uint32_t id,
                   struct x86_domain **out)
{
    struct x86_domain *d;
    bool any = id == X86_DOMID_ANY;
    int rc = -ENOSPC;

    if ( !any && id >= X86_DOMID_FIRST_RESERVED )
        return -ERANGE;

    spin_lock(&s->lock);

    d = free_place(s, any ? s->last + 1 : id);
    if ( !any && place_of(s, id) )
        rc = -EEXIST;
    else if ( d )
    {
        rc = any ? choose_id(s) : id;
        place_set(s, rc, d - s->domains + 1);
        state_write(d, STATE(rc, PHASE_NEW));
        *out = d;
    }

    spin_unlock(&s->lock);

    return rc;
}

static const struct cpu_policy *policy_of(const struct x86_domain_store *s,
                                          enum x86_policy_index pv,
                                          enum x86_policy_index hvm,
                                          const struct x86_domain_kind *k)
{
    return &s->policies->policy[k->hvm ? hvm : pv];
}

void x86_domain_start_policy(const struct x86_domain_store *s,
                             struct x86_domain *d)
{
    const struct x86_domain_kind *k = &d->info.config.kind;

    x86_domain_limit(&d->limit, policy_of(s, X86_POLICY_PV_MAX,
                                          X86_POLICY_HVM_MAX, k), k);
    d->policy = *policy_of(s, X86_POLICY_PV_DEFAULT, X86_POLICY_HVM_DEFAULT,
                           k);
    x86_policy_repair(&d->policy, &d->limit, k);
}

/* Did the limit have a bit of `fs` that the policy went without? */
static bool went_without(const struct x86_domain *d, const x86_featureset fs)
{
    x86_featureset have, may;
    uint32_t missing = 0;

    x86_policy_to_featureset(&d->policy, have);
    x86_policy_to_featureset(&d->limit, may);
    for ( unsigned int i = 0; i < X86_NR_FEATURE_WORDS; i++ )
        missing |= fs[i] & may[i] & ~have[i];

    return missing;
}

static void raise_max_leaves(struct x86_domain *d)
{
    static const uint16_t slots[] = {
        X86_SLOT_0, X86_SLOT_7, X86_SLOT_80000000,
    };

    for ( unsigned int i = 0; i < sizeof(slots) / sizeof(slots[0]); i++ )
        d->policy.leaf[slots[i]].a = d->limit.leaf[slots[i]].a;
}

static void apply_words(struct x86_domain *d, const x86_featureset in,
                        const x86_featureset out)
{
    x86_featureset fs;

    x86_policy_to_featureset(&d->policy, fs);
    for ( unsigned int i = 0; i < X86_NR_FEATURE_WORDS; i++ )
        fs[i] = (fs[i] | in[i]) & ~out[i];
    x86_featureset_to_policy(fs, &d->policy);
    x86_policy_repair(&d->policy, &d->limit, &d->info.config.kind);
}

static void start_dom0(const struct x86_domain_store *s, struct x86_domain *d,
                       const struct x86_dom0_options *dom0)
{
    const struct cpu_policy *host =
        &s->policies->policy[X86_POLICY_HOST_DEFAULT];
    x86_featureset in;

    /* "f=guest" is about who uses a feature; dom0 is asked to, so it does. */
    for ( unsigned int i = 0; i < X86_NR_FEATURE_WORDS; i++ )
        in[i] = dom0->cpuid.in[i] | dom0->cpuid.guest[i];
    if ( x86_policy_has(host, X86_FEATURE_ITSC) )
        x86_feature_set(in, X86_FEATURE_ITSC);

    apply_words(d, in, dom0->cpuid.out);

    /* A feature may have been lost for want of a leaf only. */
    if ( went_without(d, in) )
    {
        raise_max_leaves(d);
        apply_words(d, in, dom0->cpuid.out);
    }

    if ( dom0->no_cpuid_faulting && !d->info.config.kind.hvm )
        d->policy.msr[X86_MSR_SLOT_CE] &= ~X86_MSR_CE_CPUID_FAULTING;
}

int x86_domain_prepare(struct x86_domain_store *s, uint32_t id,
                       const struct x86_domain_config *config,
                       const struct x86_dom0_options *dom0,
                       struct x86_domain **out)
{
    struct x86_domain *d;
    int rc;

    if ( !config->max_vcpus || config->max_vcpus > X86_DOMAIN_MAX_VCPUS ||
         !x86_domain_kind_exists(&config->kind) )
        return -EINVAL;

    rc = reserve(s, id, &d);
    if ( rc < 0 )
        return rc;

    /* Somebody who came for the place's last domain may still hold it. */
    spin_lock(&d->lock);
    d->info = (struct x86_domain_info){
        .id = rc, .config = *config, .nr_pauses = 1,
    };
    x86_domain_start_policy(s, d);
    if ( dom0 )
        start_dom0(s, d, dom0);
    spin_unlock(&d->lock);
    *out = d;

    return rc;
}

void x86_domain_publish(struct x86_domain *d)
{
    state_write(d, STATE(state_id(state_read(d)), PHASE_BUILDING));
}

void x86_domain_abandon(struct x86_domain_store *s, struct x86_domain *d)
{
    spin_lock(&s->lock);
    place_set(s, state_id(state_read(d)), 0);
    state_write(d, STATE(0, PHASE_FREE));
    spin_unlock(&s->lock);
}

int x86_domain_create(struct x86_domain_store *s, uint32_t id,
                      const struct x86_domain_config *config,
                      const struct x86_dom0_options *dom0)
{
    struct x86_domain *d;
    int rc = x86_domain_prepare(s, id, config, dom0, &d);

    if ( rc >= 0 )
        x86_domain_publish(d);

    return rc;
}
