/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Many toolstacks and vCPUs at the same few domains at once.  To be built
 * with -fsanitize=thread, which sees races that do no harm yet.
 *
 * A policy is set three leaves at a time, all of one pattern (the brand
 * string, which is the toolstack's to choose), so that a mixture of two sets
 * would show in whatever is read.
 *
 * usage: domain [SECONDS]      (default 2)
 * Exit status: 0 held, 1 not, or something that should happen did not.
 */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <arch/domain.h>
#include <arch/vcpu.h>

#include "domain-host.h"

#define NR_TOOLSTACKS 3
#define NR_VCPUS      2
#define NR_IDS        4
#define NR_PLACES     6         /* fewer than ids, with those that are held */

static struct domain_host host;
static struct x86_domain domains[NR_PLACES];
static struct x86_domain_store store;
static bool stop;
static __thread struct x86_domain_scratch scratch;

/* What happened, so that a run in which nothing did is no success. */
enum {
    CREATED, CREATE_EXISTS, CREATE_FULL, SET, SET_REFUSED, SET_FROZEN,
    FINISHED, DESTROYED, READ, READ_GONE, HELD, HELD_DYING, LISTED, PV32,
    NR_EVENTS
};
static const char *const event_names[NR_EVENTS] = {
    "created", "id in use", "store full", "set", "set refused",
    "set when frozen", "finished", "destroyed", "read", "read when gone",
    "held", "held beyond destruction", "listed", "made 32-bit",
};
static unsigned long events[NR_EVENTS], nr_broken;

static void happened(unsigned int event)
{
    __atomic_fetch_add(&events[event], 1, __ATOMIC_RELAXED);
}

static void broken(const char *what, uint32_t id)
{
    __atomic_fetch_add(&nr_broken, 1, __ATOMIC_RELAXED);
    fprintf(stderr, "domain %u: %s\n", id, what);
}

static bool running(void)
{
    return !__atomic_load_n(&stop, __ATOMIC_RELAXED);
}

/* xorshift: quick, and one per thread. */
static uint32_t random_below(uint32_t *state, uint32_t bound)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;

    return *state % bound;
}

/* ---- policies that can be told apart ---------------------------------- */

static int set_pattern(uint32_t id, uint32_t pattern)
{
    struct xen_cpu_policy_leaf leaves[3];
    const struct x86_policy_request req = {
        .abi = pattern & 1 ? &x86_abi_full : &x86_abi_xen,
        .leaves = leaves, .nr_leaves = 3,
    };

    for ( unsigned int i = 0; i < 3; i++ )
        leaves[i] = (struct xen_cpu_policy_leaf){
            0x80000002 + i, X86_NO_SUBLEAF, pattern, pattern, pattern,
            pattern,
        };

    return x86_domain_set(&store, id, &req, &scratch);
}

/* AVX2 and more without AVX: always refused. */
static int set_refused(uint32_t id)
{
    const struct xen_cpu_policy_leaf leaves[2] = {
        { 0x80000002, X86_NO_SUBLEAF, 1, 2, 3, 4 },
        { 1, X86_NO_SUBLEAF, 0, 0, 0, 0 },
    };
    const struct x86_policy_request req = {
        .abi = &x86_abi_full, .leaves = leaves, .nr_leaves = 2,
    };

    return x86_domain_set(&store, id, &req, &scratch);
}

/* All of one pattern, as made by one set, or by none. */
static bool is_whole(const struct cpu_policy *p)
{
    const uint32_t *w = &p->word[X86_SLOT_80000002 * 4];

    for ( unsigned int i = 1; i < 12; i++ )
        if ( w[i] != w[0] )
            return false;

    return p->vendor == X86_VENDOR_INTEL;
}

/* ---- toolstacks ------------------------------------------------------- */

static void do_create(uint32_t id, uint32_t *random)
{
    const struct x86_domain_config config = {
        .kind = { .hvm = id & 1, .hap = id & 1 }, .max_vcpus = 1,
    };
    int rc = x86_domain_create(&store, random_below(random, 8)
                               ? id : X86_DOMID_ANY, &config, NULL);

    happened(rc >= 0 ? CREATED : rc == -EEXIST ? CREATE_EXISTS : CREATE_FULL);
    if ( rc < 0 && rc != -EEXIST && rc != -ENOSPC )
        broken("create: unknown error", id);
    /* Those of other ids are nobody's: make room again. */
    if ( rc > NR_IDS && x86_domain_destroy(&store, rc) )
        broken("destroy of one's own failed", rc);
}

static void do_set(uint32_t id, uint32_t *random)
{
    int rc;

    if ( !random_below(random, 4) )
    {
        rc = set_refused(id);
        if ( rc == -EINVAL )
            happened(SET_REFUSED);
        else if ( rc != -ESRCH && rc != -EEXIST )
            broken("refused set: unknown error", id);
        return;
    }

    rc = set_pattern(id, random_below(random, 1 << 30));
    if ( rc == 0 )
        happened(SET);
    else if ( rc == -EEXIST )
        happened(SET_FROZEN);
    else if ( rc != -ESRCH )
        broken("set: unknown error", id);
}

static void do_get(uint32_t id)
{
    struct cpu_policy p;
    int rc = x86_domain_get(&store, id, &p);

    if ( rc )
    {
        happened(READ_GONE);
        return;
    }
    happened(READ);
    if ( !is_whole(&p) )
        broken("a policy is a mixture", id);
}

static void do_list(void)
{
    struct x86_domain_info info;
    uint32_t id = 0;

    while ( !x86_domain_next(&store, id, &info) )
    {
        if ( info.id < id || info.config.max_vcpus != 1 )
            broken("list is out of order", info.id);
        id = info.id + 1;
    }
    happened(LISTED);
}

static void *toolstack(void *arg)
{
    uint32_t random = (uintptr_t)arg * 2654435761u + 1;

    while ( running() )
    {
        uint32_t id = 1 + random_below(&random, NR_IDS);

        switch ( random_below(&random, 16) )
        {
        case 0 ... 1:
            do_create(id, &random);
            break;
        case 2 ... 6:
            do_set(id, &random);
            break;
        case 7 ... 11:
            do_get(id);
            break;
        case 12:
            if ( !x86_domain_unpause(&store, id) )
                happened(FINISHED);
            break;
        case 13:
            if ( !random_below(&random, 4) &&
                 !x86_domain_destroy(&store, id) )
                happened(DESTROYED);
            break;
        case 14:
            if ( !x86_domain_set_pv32(&store, id, random & 1, &scratch) )
                happened(PV32);
            break;
        default:
            do_list();
        }
    }

    return NULL;
}

/* ---- vCPUs ------------------------------------------------------------ */

/* As long as it is held nothing changes, whatever becomes of the domain. */
static void read_while_held(struct x86_domain *d, uint32_t id)
{
    const struct x86_vcpu v = { .hvm = true, .hap = true };
    struct x86_regs first, now;
    struct x86_domain_info info;

    x86_vcpu_cpuid(&d->policy, &v, 0x80000002, 0, &first);
    for ( unsigned int i = 0; i < 50; i++ )
    {
        x86_vcpu_cpuid(&d->policy, &v, 0x80000002 + i % 3, 0, &now);
        if ( memcmp(&now, &first, sizeof(now)) )
            broken("a frozen policy changed", id);
    }
    if ( x86_domain_info(&store, id, &info) )
        happened(HELD_DYING);
}

static void *vcpu(void *arg)
{
    uint32_t random = (uintptr_t)arg * 40503 + 7;

    while ( running() )
    {
        uint32_t id = 1 + random_below(&random, NR_IDS);
        struct x86_domain *d;

        if ( x86_domain_hold(&store, id, &d) )
            continue;
        happened(HELD);
        read_while_held(d, id);
        x86_domain_release(d);
    }

    return NULL;
}

int main(int argc, char **argv)
{
    const unsigned int seconds = argc > 1 ? atoi(argv[1]) : 2;
    pthread_t threads[NR_TOOLSTACKS + NR_VCPUS];
    bool missing = false;

    domain_host_make(&host, X86_VENDOR_INTEL);
    for ( unsigned int i = 0; i < X86_NR_POLICIES; i++ )
        memset(&host.policies.policy[i].leaf[X86_SLOT_80000002], 0, 48);
    x86_domain_store_init(&store, domains, NR_PLACES, &host.policies);

    for ( uintptr_t i = 0; i < NR_TOOLSTACKS + NR_VCPUS; i++ )
        if ( pthread_create(&threads[i], NULL,
                            i < NR_TOOLSTACKS ? toolstack : vcpu,
                            (void *)i) )
            return 1;
    nanosleep(&(struct timespec){ .tv_sec = seconds }, NULL);
    __atomic_store_n(&stop, true, __ATOMIC_RELAXED);
    for ( unsigned int i = 0; i < NR_TOOLSTACKS + NR_VCPUS; i++ )
        pthread_join(threads[i], NULL);

    for ( unsigned int i = 0; i < NR_EVENTS; i++ )
    {
        printf("%10lu %s\n", events[i], event_names[i]);
        missing |= !events[i];
    }
    if ( missing )
        fputs("something did not happen at all\n", stderr);

    return nr_broken || missing;
}
