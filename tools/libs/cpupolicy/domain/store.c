/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The embedded core's domains, with a source. */
#include <stdlib.h>
#include <unistd.h>

#include "domains.h"

static void keeper_free(struct domain_keeper *k)
{
    if ( !k )
        return;

    if ( k->fd >= 0 )
        close(k->fd);           /* and with it the lock */
    free(k->path);
    free(k);
}

struct domain_keeper *source_keeper(cpupolicy_source *src)
{
    struct domain_keeper *k = src->keeper;

    if ( k )
        return k;

    src->keeper = k = calloc(1, sizeof(*k));
    if ( !k )
        return NULL;

    src->free_keeper = keeper_free;
    k->fd = -1;
    for ( unsigned int i = 0; i < X86_NR_POLICIES; i++ )
        k->policies.policy[i] = src->policies[i].policy;
    x86_domain_store_init(&k->store, k->domains, CPUPOLICY_MAX_DOMAINS,
                          &k->policies);

    return k;
}

int keeper_set(struct domain_keeper *k, uint32_t id,
               const struct cpu_policy *p)
{
    struct x86_domain_scratch scratch;
    struct xen_cpu_policy_leaf leaves[X86_NR_SLOTS];
    struct xen_cpu_policy_msr msrs[X86_NR_MSR_SLOTS];
    struct x86_policy_request req = {
        &x86_abi_full, leaves, msrs, X86_NR_SLOTS, X86_NR_MSR_SLOTS,
    };
    unsigned int n = 0;

    /* Every slot, so that the merge replaces the whole policy. */
    for ( unsigned int i = 0; i < X86_NR_SLOTS; i++ )
        leaves[n++] = (struct xen_cpu_policy_leaf){
            x86_slot_descs[i].leaf, x86_slot_descs[i].subleaf,
            p->leaf[i].a, p->leaf[i].b, p->leaf[i].c, p->leaf[i].d,
        };
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        msrs[i] = (struct xen_cpu_policy_msr){
            x86_msr_descs[i].index, 0, p->msr[i],
        };

    return x86_domain_set(&k->store, id, &req, &scratch);
}
