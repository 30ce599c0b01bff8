/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How a domain's place in the store is found, locked and given back.
 *
 * The state of a place is one word: id, phase, and how many hold the domain.
 * So one compare-and-swap takes a reference of just this domain in just this
 * phase, and a place that has been given to another domain meanwhile cannot
 * be mistaken for the old one.
 */
#ifndef ARCH_DOMAIN_PRIVATE_H
#define ARCH_DOMAIN_PRIVATE_H

#include <arch/domain.h>

enum phase {
    PHASE_FREE,
    PHASE_NEW,                  /* being filled in: nobody else looks at it */
    PHASE_BUILDING,             /* policy guarded by the lock */
    PHASE_FINISHED,             /* policy frozen */
    PHASE_DYING,                /* destroyed, but held */
};

#define STATE_REFS 0x00ffffffULL
#define STATE(id, phase) ((uint64_t)(id) << 32 | (uint64_t)(phase) << 24)

static inline uint64_t state_read(const struct x86_domain *d)
{
    return __atomic_load_n(&d->state, __ATOMIC_ACQUIRE);
}

static inline void state_write(struct x86_domain *d, uint64_t state)
{
    __atomic_store_n(&d->state, state, __ATOMIC_RELEASE);
}

static inline bool state_swap(struct x86_domain *d, uint64_t *old,
                              uint64_t new)
{
    return __atomic_compare_exchange_n(&d->state, old, new, false,
                                       __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

static inline enum phase state_phase(uint64_t state)
{
    return (state >> 24) & 0xff;
}

static inline uint32_t state_id(uint64_t state)
{
    return state >> 32;
}

/* What toolstacks can name. */
static inline bool state_visible(uint64_t state)
{
    return state_phase(state) == PHASE_BUILDING ||
           state_phase(state) == PHASE_FINISHED;
}

static inline void spin_lock(uint32_t *lock)
{
    while ( __atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE) )
        while ( __atomic_load_n(lock, __ATOMIC_RELAXED) )
            __builtin_ia32_pause();
}

static inline void spin_unlock(uint32_t *lock)
{
    __atomic_store_n(lock, 0, __ATOMIC_RELEASE);
}

/* Whose id is no longer in use, or not yet: under the store's lock. */
static inline void place_set(struct x86_domain_store *s, uint32_t id,
                             uint16_t place)
{
    __atomic_store_n(&s->places[id], place, __ATOMIC_RELEASE);
}

/* The place of an id that is in use, or NULL. */
static inline struct x86_domain *place_of(struct x86_domain_store *s,
                                          uint32_t id)
{
    uint16_t place;

    if ( id >= X86_DOMID_FIRST_RESERVED )
        return NULL;

    id = x86_index_nospec(id, X86_DOMID_FIRST_RESERVED);
    place = __atomic_load_n(&s->places[id], __ATOMIC_ACQUIRE);

    return place ? &s->domains[place - 1] : NULL;
}

/* The visible domain of that id, locked, or NULL. */
struct x86_domain *x86_domain_lock(struct x86_domain_store *s, uint32_t id);

/* The limit of the domain's kind, and its type's default as far as that. */
void x86_domain_start_policy(const struct x86_domain_store *s,
                             struct x86_domain *d);

/* 0; -ERANGE, -EBUSY: what x86_domain_set() says of a policy's ids. */
int x86_domain_judge_ids(const struct x86_domain *d,
                         const struct cpu_policy *p);

#endif /* ARCH_DOMAIN_PRIVATE_H */
