/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dom0's policy: what the core gives a control domain under dom0-cpuid=.
 * The core says what comes out; the causes are found by going the same way
 * one feature at a time.
 */

#include <errno.h>
#include <stdlib.h>

#include <arch/domain.h>

#include "source.h"

struct dom0 {
    cpupolicy_source *src;
    cpupolicy_which which;
    enum x86_policy_index max, start;
    struct x86_domain_kind kind;
    struct cpu_policy now;      /* the start, and the changes so far */
    struct cpu_policy end;      /* what the core says */
};

struct cause {
    const char *rule, *reason;
};

static const struct cause
    itsc = { "dom0-itsc", "dom0 does not migrate" },
    opt_in = { "dom0-cpuid-in", "dom0-cpuid= on the command line" },
    opt_out = { "dom0-cpuid-out", "dom0-cpuid= on the command line" },
    pv_limit = { "dom0-limit", "pv-max does not have it" },
    hvm_limit = { "dom0-limit", "hvm-max does not have it" },
    kind_limit = { "dom0-limit", "dom0 is made without what it takes" },
    dependency = { "dom0-dependency", "its prerequisite is missing" },
    follows = { "dom0-follow", "follows from dom0's features" };

/* ---- from the start to what the options ask for ----------------------- */

static void record(struct dom0 *d, bool is_msr, unsigned int index,
                   uint64_t after, const struct cause *cause, int feature)
{
    const cpupolicy_change c = {
        .policy = d->which, .rule = cause->rule, .reason = cause->reason,
        .before = is_msr ? d->now.msr[index] : d->now.word[index],
        .after = after, .feature = feature,
    };

    if ( c.before == after )
        return;
    if ( is_msr )
        d->now.msr[index] = after;
    else
        d->now.word[index] = after;
    source_add_change(d->src, is_msr, index, &c);
}

static void change_feature(struct dom0 *d, unsigned int feature, bool on,
                           const struct cause *cause, unsigned int behind)
{
    const struct x86_word_desc *w = &x86_word_descs[feature / 32];
    bool is_msr = w->slot == X86_WORD_IN_MSR;
    unsigned int index = is_msr ? w->msr_slot : w->slot * 4 + w->reg;
    uint64_t bit = 1ULL << (feature % 32 + (is_msr ? w->reg * 32 : 0));
    uint64_t before = is_msr ? d->now.msr[index] : d->now.word[index];

    record(d, is_msr, index, on ? before | bit : before & ~bit, cause,
           feature_index(behind));
}

static bool in_set(const x86_featureset fs, unsigned int feature)
{
    return (fs[feature / 32] >> (feature % 32)) & 1;
}

static void apply_options(struct dom0 *d, const struct x86_cpuid_option *opt)
{
    if ( x86_policy_has(&d->end, X86_FEATURE_ITSC) &&
         !in_set(opt->in, X86_FEATURE_ITSC) )
        change_feature(d, X86_FEATURE_ITSC, true, &itsc, X86_FEATURE_ITSC);

    for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
    {
        unsigned int f = x86_feature_descs[i].value;

        if ( in_set(opt->in, f) || in_set(opt->guest, f) )
            change_feature(d, f, true, &opt_in, f);
        else if ( in_set(opt->out, f) )
            change_feature(d, f, false, &opt_out, f);
    }
}

/* ---- and on to what dom0 gets ------------------------------------------ */

/* What `feature` wants in the end: itself, if nothing that it needs lacks. */
static unsigned int root_of_loss(const struct dom0 *d, unsigned int feature)
{
    for ( unsigned int steps = 0, i; steps < X86_MAX_CHAIN; steps++ )
    {
        for ( i = 0; i < X86_NR_DIRECT_DEPS; i++ )
            if ( x86_direct_deps[i].dependent == feature &&
                 !x86_policy_has(&d->end, x86_direct_deps[i].prerequisite) )
                break;
        if ( i == X86_NR_DIRECT_DEPS )
            break;
        feature = x86_direct_deps[i].prerequisite;
    }

    return feature;
}

static void lose_features(struct dom0 *d)
{
    const struct cpu_policy *max = &d->src->policies[d->max].policy;
    struct cpu_policy limit;

    x86_domain_limit(&limit, max, &d->kind);
    for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
    {
        unsigned int f = x86_feature_descs[i].value;
        if ( !x86_policy_has(&d->now, f) || x86_policy_has(&d->end, f) )
            continue;
        if ( !x86_policy_has(max, f) )
            change_feature(d, f, false,
                           d->kind.hvm ? &hvm_limit : &pv_limit, f);
        else if ( !x86_policy_has(&limit, f) )
            change_feature(d, f, false, &kind_limit, f);
        else
        {
            unsigned int root = root_of_loss(d, f);

            change_feature(d, f, false, root == f ? &follows : &dependency,
                           root);
        }
    }
}

static void follow_rest(struct dom0 *d)
{
    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        record(d, false, i, d->end.word[i], &follows, -1);
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        record(d, true, i, d->end.msr[i], &follows, -1);
}

/* The core's own way: domain 0 of a store that holds nothing else. */
static int create(struct dom0 *d)
{
    const struct x86_dom0_options options = {
        .cpuid = d->src->cmdline.dom0_cpuid,
    };
    const struct x86_domain_config config = {
        .kind = d->kind, .max_vcpus = 1,
    };
    struct x86_policies *all = malloc(sizeof(*all));
    struct x86_domain *domain = calloc(1, sizeof(*domain));
    struct x86_domain_store *store = malloc(sizeof(*store));
    int rc = -ENOMEM;

    if ( all && domain && store )
    {
        for ( unsigned int i = 0; i < X86_NR_POLICIES; i++ )
            all->policy[i] = d->src->policies[i].policy;
        x86_domain_store_init(store, domain, 1, all);
        rc = x86_domain_create(store, 0, &config, &options);
        if ( !rc )
            rc = x86_domain_get(store, 0, &d->end);
    }
    free(all);
    free(domain);
    free(store);

    return rc;
}

int source_derive_dom0(cpupolicy_source *src, cpupolicy_error *err)
{
    static const struct {
        cpupolicy_which which;
        enum x86_policy_index max, start;
        bool hvm;
    } dom0s[] = {
        { CPUPOLICY_DOM0, X86_POLICY_PV_MAX, X86_POLICY_PV_DEFAULT, false },
        { CPUPOLICY_DOM0_PVH, X86_POLICY_HVM_MAX, X86_POLICY_HVM_DEFAULT,
          true },
    };

    for ( unsigned int i = 0; i < 2; i++ )
    {
        struct dom0 d = {
            .src = src, .which = dom0s[i].which, .max = dom0s[i].max,
            .start = dom0s[i].start,
            .kind = { .hvm = dom0s[i].hvm, .hap = dom0s[i].hvm },
        };

        if ( !src->present[d.max] || !src->present[d.start] )
            continue;
        if ( create(&d) )
            return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");

        d.now = src->policies[d.start].policy;
        apply_options(&d, &src->cmdline.dom0_cpuid);
        lose_features(&d);
        follow_rest(&d);
        src->policies[d.which].policy = d.end;
        src->present[d.which] = true;
    }

    return src->no_memory ? cpupolicy_error_set(err, ENOMEM, 0,
                                                "out of memory") : 0;
}
