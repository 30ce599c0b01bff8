/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The store: finding, holding, running and destroying domains. */

#include <string.h>

#include "private.h"

/* Linux's and Xen's number, for too many pauses. */
#ifndef EUSERS
#define EUSERS 87
#endif

void x86_domain_store_init(struct x86_domain_store *s,
                           struct x86_domain *domains, uint32_t nr,
                           const struct x86_policies *policies)
{
    memset(s, 0, sizeof(*s));
    s->policies = policies;
    s->domains = domains;
    /* One id must be free for every place that is. */
    s->nr = nr < X86_DOMID_FIRST_RESERVED - 1
            ? nr : X86_DOMID_FIRST_RESERVED - 1;
}

static struct x86_domain *find(struct x86_domain_store *s, uint32_t id)
{
    struct x86_domain *d = place_of(s, id);
    uint64_t state = d ? state_read(d) : 0;

    /* Its place may have been given to another since. */
    return state_visible(state) && state_id(state) == id ? d : NULL;
}

struct x86_domain *x86_domain_lock(struct x86_domain_store *s, uint32_t id)
{
    struct x86_domain *d = find(s, id);
    uint64_t state;

    if ( !d )
        return NULL;

    spin_lock(&d->lock);

    /* The domain may have gone, and another come, while we waited. */
    state = state_read(d);
    if ( state_visible(state) && state_id(state) == id )
        return d;

    spin_unlock(&d->lock);

    return NULL;
}

/* ---- what they are ---------------------------------------------------- */

int x86_domain_info(struct x86_domain_store *s, uint32_t id,
                    struct x86_domain_info *out)
{
    struct x86_domain *d = x86_domain_lock(s, id);

    if ( !d )
        return -ESRCH;

    *out = d->info;
    spin_unlock(&d->lock);

    return 0;
}

int x86_domain_next(struct x86_domain_store *s, uint32_t id,
                    struct x86_domain_info *out)
{
    /* Found, it may be gone when its turn for the lock has come. */
    for ( ; id < X86_DOMID_FIRST_RESERVED; id++ )
        if ( find(s, id) && !x86_domain_info(s, id, out) )
            return 0;

    return -ESRCH;
}

/* ---- running ---------------------------------------------------------- */

int x86_domain_pause(struct x86_domain_store *s, uint32_t id)
{
    struct x86_domain *d = x86_domain_lock(s, id);
    int rc = 0;

    if ( !d )
        return -ESRCH;

    if ( d->info.nr_pauses < X86_DOMAIN_MAX_PAUSES )
        d->info.nr_pauses++;
    else
        rc = -EUSERS;
    spin_unlock(&d->lock);

    return rc;
}

int x86_domain_unpause(struct x86_domain_store *s, uint32_t id)
{
    struct x86_domain *d = x86_domain_lock(s, id);
    int rc = 0;

    if ( !d )
        return -ESRCH;

    if ( !d->info.nr_pauses )
        rc = -EINVAL;
    else if ( d->info.nr_pauses == 1 && !d->info.finished &&
              x86_domain_judge_ids(d, &d->policy) )
        rc = -ERANGE;
    else if ( !--d->info.nr_pauses && !d->info.finished )
    {
        d->info.finished = true;
        state_write(d, STATE(id, PHASE_FINISHED));
    }
    spin_unlock(&d->lock);

    return rc;
}

int x86_domain_add_vcpus(struct x86_domain_store *s, uint32_t id, uint32_t nr)
{
    struct x86_domain *d = x86_domain_lock(s, id);
    int rc = -EINVAL;

    if ( !d )
        return -ESRCH;

    if ( nr == d->info.config.max_vcpus )
        rc = x86_domain_judge_ids(d, &d->policy);
    if ( !rc )
        d->info.nr_vcpus = nr;
    spin_unlock(&d->lock);

    return rc;
}

/* ---- the end ---------------------------------------------------------- */

int x86_domain_destroy(struct x86_domain_store *s, uint32_t id)
{
    struct x86_domain *d = x86_domain_lock(s, id);
    uint64_t old, new;

    if ( !d )
        return -ESRCH;

    spin_lock(&s->lock);
    place_set(s, id, 0);
    old = state_read(d);
    do {
        new = old & STATE_REFS;
        if ( new )
            new |= STATE(id, PHASE_DYING);
    } while ( !state_swap(d, &old, new) );
    spin_unlock(&s->lock);

    spin_unlock(&d->lock);

    return 0;
}

int x86_domain_hold(struct x86_domain_store *s, uint32_t id,
                    struct x86_domain **out)
{
    struct x86_domain *d = find(s, id);
    uint64_t state;

    if ( !d )
        return -ESRCH;

    state = state_read(d);
    do {
        if ( !state_visible(state) || state_id(state) != id )
            return -ESRCH;
        if ( state_phase(state) != PHASE_FINISHED ||
             (state & STATE_REFS) == STATE_REFS )
            return -EBUSY;
    } while ( !state_swap(d, &state, state + 1) );

    *out = d;

    return 0;
}

void x86_domain_release(struct x86_domain *d)
{
    uint64_t old = state_read(d), new;

    do {
        new = old - 1;
        /* The last one out of a dead domain gives the place back. */
        if ( state_phase(old) == PHASE_DYING && !(new & STATE_REFS) )
            new = STATE(0, PHASE_FREE);
    } while ( !state_swap(d, &old, new) );
}
