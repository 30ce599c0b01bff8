/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * In dom0 of a real Xen: a policy at random that a domain can have and a
 * 64-bit guest can start with, as xen-cpuid -p would print it.  Far from the
 * domain's own: at least NR_LEAST bits differ.
 *
 * usage: random-request DOMID SEED
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <xen/lib/x86/audit.h>

#include "audit/xen-rules.h"
#include "domain/domains.h"
#include "mutate.h"
#include "source/source.h"

#define NR_LEAST 8
#define NR_TRIES 1000

static const enum mutation ways[] = {
    MUTATE_FEATURE, MUTATE_FEATURES, MUTATE_LEAVES, MUTATE_FIELDS,
    MUTATE_TOPOLOGY, MUTATE_MIX,
};

static unsigned int nr_different(const struct cpu_policy *a,
                                 const struct cpu_policy *b)
{
    unsigned int nr = 0;

    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        nr += __builtin_popcount(a->word[i] ^ b->word[i]);

    return nr;
}

/* The guest enters 64-bit mode with paging, or it could not say anything. */
static bool can_start(const struct cpu_policy *p)
{
    return x86_policy_has(p, X86_FEATURE_LM) &&
           x86_policy_has(p, X86_FEATURE_PAE);
}

static bool make(const cpupolicy_source *src, const cpupolicy_domain_kind *kind,
                 const struct cpu_policy *base, struct dice *d,
                 struct cpupolicy *out)
{
    const struct x86_domain_kind k = core_kind(kind);
    cpupolicy_violation *list = NULL;
    struct cpu_policy limit;
    size_t nr = 0;

    source_limit(src, kind, &limit);
    for ( unsigned int i = 0; i < NR_TRIES; i++ )
    {
        out->policy = *base;
        for ( unsigned int n = 1 + dice_roll(d, 3); n; n-- )
            policy_mutate(&out->policy,
                          ways[dice_roll(d, sizeof(ways) / sizeof(ways[0]))],
                          &limit,
                          &src->policies[dice_roll(d, X86_NR_POLICIES)].policy,
                          d);
        xen_rules_apply(&out->policy);
        x86_policy_repair(&out->policy, &limit, &k);
        if ( can_start(&out->policy) &&
             nr_different(&out->policy, base) >= NR_LEAST &&
             !cpupolicy_audit(src, out, kind, &list, &nr) )
            return true;
        free(list);
        list = NULL;
    }

    return false;
}

static void print(const struct cpu_policy *p)
{
    static struct xen_rows rows;

    policy_to_rows(p, &rows);
    for ( uint32_t i = 0; i < rows.nr_leaves; i++ )
    {
        const struct xen_cpu_policy_leaf *l = &rows.leaves[i];

        if ( l->a | l->b | l->c | l->d )
            printf("  %08" PRIx32 ":%08" PRIx32 " -> %08" PRIx32 ":%08" PRIx32
                   ":%08" PRIx32 ":%08" PRIx32 "\n", l->leaf, l->subleaf,
                   l->a, l->b, l->c, l->d);
    }
    for ( uint32_t i = 0; i < rows.nr_msrs; i++ )
        printf("  %08" PRIx32 " -> %016" PRIx64 "\n", rows.msrs[i].index,
               rows.msrs[i].value);
}

int main(int argc, char **argv)
{
    uint32_t domid = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;
    struct dice d = { argc == 3 ? strtoull(argv[2], NULL, 0) : 0 };
    static struct cpupolicy request;
    cpupolicy_source *src;
    cpupolicy_domain domain;
    cpupolicy_error err;
    cpupolicy *base;
    bool ok;

    if ( !d.state || !domid )
    {
        fprintf(stderr, "usage: random-request DOMID SEED\n");
        return 2;
    }
    if ( cpupolicy_source_open(&src, "xen", NULL, &err) ||
         cpupolicy_domain_next(src, domid, &domain, &err) ||
         cpupolicy_domain_get(src, domid, &base, &err) )
    {
        fprintf(stderr, "random-request: %s\n", err.message);
        return 3;
    }
    fprintf(stderr, "random-request: domain %" PRIu32 ", seed %s\n", domid,
            argv[2]);
    ok = make(src, &domain.kind, &base->policy, &d, &request);
    if ( ok )
        print(&request.policy);
    else
        fprintf(stderr, "random-request: nothing acceptable\n");
    cpupolicy_free(base);
    cpupolicy_source_free(src);

    return ok ? 0 : 3;
}
