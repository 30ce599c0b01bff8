/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How long a full audit takes of a policy that has everything, beside how
 * long it takes to copy the policy's own bytes.
 *
 * The audit uses general registers only, since a hypervisor has no others;
 * libc's memcpy() uses whatever the CPU has.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <xen/lib/x86/audit.h>

#include "audit-rich.h"
#include "bench.h"

#define BOUND 100.0             /* x memcpy */

static struct cpu_policy request, limit, copy;
static struct x86_domain_kind kind;
static struct x86_audit audit;
static bool refused;

/* What is at `p` may have changed for all that the compiler knows. */
static void touch(void *p)
{
    __asm__ volatile ( "" :: "r" (p) : "memory" );
}

static void do_audit(void)
{
    refused |= x86_policy_audit(&audit, &request, &limit, &kind, NULL) != 0;
    touch(&request);
}

static void do_copy(void)
{
    memcpy(&copy, &request, sizeof(copy));
    touch(&copy);
}

static void row(const char *name)
{
    const struct bench_row r = {
        name, "ns", do_audit, do_copy, 500, .bound = BOUND,
    };

    bench_compare(&r);
    if ( refused )
        bench_fail("%s: refused", name);
}

/* As max policies are: the topology is left to the toolstack. */
static void without_topology(struct cpu_policy *p)
{
    static const struct {
        uint16_t slot, nr;
    } leaves[] = {
        { X86_SLOT_B, X86_NR_SUBLEAVES_B },
        { X86_SLOT_1F, X86_NR_SUBLEAVES_1F },
        { X86_SLOT_8000001D, X86_NR_SUBLEAVES_8000001D },
        { X86_SLOT_8000001E, 1 },
        { X86_SLOT_80000026, X86_NR_SUBLEAVES_80000026 },
    };

    for ( unsigned int i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++ )
        memset(&p->leaf[leaves[i].slot], 0,
               leaves[i].nr * sizeof(p->leaf[0]));
}

/* The least that a domain can want: the other end of what is usual. */
static void fewest_features(struct cpu_policy *p)
{
    x86_featureset fs;

    x86_policy_to_featureset(p, fs);
    for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
        if ( x86_feature_descs[i].kind != X86_KIND_OWN )
            x86_feature_clear(fs, x86_feature_descs[i].value);
    x86_featureset_to_policy(fs, p);
    x86_policy_recalc_xstate(p, &limit);
    x86_domain_limit(p, p, &kind);
    x86_policy_trim(p);
}

static const char *const layout_names[X86_NR_LAYOUTS] = {
    "Intel", "AMD", "Centaur",
};

void bench_audit(void)
{
    char name[64];

    kind = audit_rich_kind;
    for ( unsigned int i = 0; i < X86_NR_LAYOUTS; i++ )
    {
        audit_rich_limit(&limit, audit_vendors[i]);
        request = limit;
        snprintf(name, sizeof(name), "audit: maximal, %s, with topology",
                 layout_names[i]);
        row(name);

        without_topology(&request);
        snprintf(name, sizeof(name), "audit: maximal, %s", layout_names[i]);
        row(name);

        fewest_features(&request);
        snprintf(name, sizeof(name), "audit: fewest features, %s",
                 layout_names[i]);
        row(name);
    }
}
