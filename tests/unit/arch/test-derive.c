/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Laws of the derivation, on every CPU of the corpus and for all its
 * policies: what is whose subset, what is closed, what is explained.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <xen/lib/x86/cpu-policy.h>

#include "corpus.h"
#include "quick.h"

Suite *suite_derive(void);

#define FOR_ALL(e) \
    for ( const struct corpus_entry *e = corpus; e < corpus + nr_corpus; e++ )
#define FOR_POLICIES(i) \
    for ( unsigned int i = X86_POLICY_HOST_MAX; i < X86_NR_POLICIES; i++ )

static bool is_guest(unsigned int which)
{
    return which > X86_POLICY_HOST_DEFAULT;
}

static void check_subset(const struct corpus_entry *e, unsigned int small,
                         unsigned int big)
{
    x86_featureset s, b;

    x86_policy_to_featureset(&e->base->policy[small], s);
    x86_policy_to_featureset(&e->base->policy[big], b);
    for ( unsigned int w = 0; w < X86_NR_FEATURE_WORDS; w++ )
        quick_assert_msg(!(s[w] & ~b[w]), "%s: word %u of %s has %#x more "
                         "than %s", e->name, w, x86_policy_names[small],
                         s[w] & ~b[w], x86_policy_names[big]);
}

START_TEST(corpus_is_there_with_every_vendor)
{
    uint32_t vendors = 0;

    FOR_ALL ( e )
        vendors |= e->cpus[0].vendor;
    ck_assert_uint_eq(vendors & (X86_VENDOR_INTEL | X86_VENDOR_AMD),
                      X86_VENDOR_INTEL | X86_VENDOR_AMD);
    ck_assert_uint_ge(nr_corpus, 100);
}
END_TEST

START_TEST(default_is_a_subset_of_max)
{
    FOR_ALL ( e )
    {
        check_subset(e, X86_POLICY_HOST_DEFAULT, X86_POLICY_HOST_MAX);
        check_subset(e, X86_POLICY_PV_DEFAULT, X86_POLICY_PV_MAX);
        check_subset(e, X86_POLICY_HVM_DEFAULT, X86_POLICY_HVM_MAX);
    }
}
END_TEST

/* RSBA and RRSBA may be claimed by default where max had to drop them. */
START_TEST(policies_keep_within_their_types_masks)
{
    static const struct {
        enum x86_policy_index which;
        const x86_featureset *mask;
    } rows[] = {
        { X86_POLICY_HOST_MAX, &x86_features_known },
        { X86_POLICY_PV_MAX, &x86_features_pv_max },
        { X86_POLICY_HVM_MAX, &x86_features_hvm_hap_max },
    };
    /* Offered whatever the masks say: facts, emulations, old leaks. */
    x86_featureset except = { 0 };

    x86_feature_set(except, X86_FEATURE_RSBA);
    x86_feature_set(except, X86_FEATURE_RRSBA);
    x86_feature_set(except, X86_FEATURE_X2APIC);
    x86_feature_set(except, X86_FEATURE_RTM_ALWAYS_ABORT);
    x86_feature_set(except, X86_FEATURE_VIRT_SSBD);
    x86_feature_set(except, X86_FEATURE_FDP_EXCP_ONLY);
    x86_feature_set(except, X86_FEATURE_NO_FPU_SEL);

    FOR_ALL ( e )
        for ( unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++ )
        {
            x86_featureset fs;

            x86_policy_to_featureset(&e->base->policy[rows[i].which], fs);
            /*
             * AMD's copies of leaf 1 are no features of word 2.  Emulators
             * show them on other vendors' CPUs too, but guests do not.
             */
            if ( !is_guest(rows[i].which) ||
                 x86_vendor_layout(e->cpus[0].vendor) == X86_LAYOUT_AMD )
                fs[2] &= ~X86_COMMON_1D;
            for ( unsigned int w = 0; w < X86_NR_FEATURE_WORDS; w++ )
                quick_assert_msg(!(fs[w] & ~(*rows[i].mask)[w] & ~except[w]),
                                 "%s: word %u of %s has %#x", e->name, w,
                                 x86_policy_names[rows[i].which],
                                 fs[w] & ~(*rows[i].mask)[w] & ~except[w]);
        }
}
END_TEST

START_TEST(policies_are_closed_under_dependencies)
{
    FOR_ALL ( e )
        FOR_POLICIES ( i )
        {
            x86_featureset fs, closed;

            x86_policy_to_featureset(&e->base->policy[i], fs);
            memcpy(closed, fs, sizeof(fs));
            x86_featureset_close(closed);
            quick_assert_msg(!memcmp(fs, closed, sizeof(fs)), "%s: %s",
                             e->name, x86_policy_names[i]);
        }
}
END_TEST

/* Whatever is rebuilt from other fields is the same when rebuilt again. */
START_TEST(policies_are_consistent_with_themselves)
{
    FOR_ALL ( e )
        FOR_POLICIES ( i )
        {
            const struct cpu_policy *p = &e->base->policy[i];
            struct cpu_policy q = *p;

            x86_policy_trim(&q);
            quick_assert_msg(!memcmp(p, &q, sizeof(q)),
                             "%s: %s is not trimmed", e->name,
                             x86_policy_names[i]);
            x86_policy_recalc_xstate(&q, &e->cpus[0]);
            quick_assert_msg(!memcmp(p, &q, sizeof(q)), "%s: %s: leaf 0xd",
                             e->name, x86_policy_names[i]);
            x86_policy_recalc_vendor(&q);
            if ( is_guest(i) )
                x86_policy_recalc_derived(&q);
            quick_assert_msg(!memcmp(p, &q, sizeof(q)), "%s: %s: derived",
                             e->name, x86_policy_names[i]);
        }
}
END_TEST

START_TEST(policies_survive_serialisation)
{
    FOR_ALL ( e )
        for ( unsigned int i = 0; i < X86_NR_POLICIES; i++ )
        {
            const struct cpu_policy *p = &e->base->policy[i];
            struct xen_cpu_policy_leaf leaves[X86_NR_SLOTS];
            struct xen_cpu_policy_msr msrs[X86_NR_MSR_SLOTS];
            uint32_t nr_leaves = X86_NR_SLOTS, nr_msrs = X86_NR_MSR_SLOTS;
            struct cpu_policy q = { 0 };

            ck_assert(!x86_policy_to_leaves(p, &x86_abi_full, leaves,
                                            &nr_leaves) &&
                      !x86_policy_to_msrs(p, &x86_abi_full, msrs, &nr_msrs) &&
                      !x86_policy_from_leaves(&q, &x86_abi_full, leaves,
                                              nr_leaves, NULL) &&
                      !x86_policy_from_msrs(&q, &x86_abi_full, msrs, nr_msrs,
                                            NULL));
            quick_assert_msg(!memcmp(p, &q, sizeof(q)), "%s: %s", e->name,
                             x86_policy_names[i]);
        }
}
END_TEST

START_TEST(guest_policies_respect_the_kinds)
{
    static const enum x86_kind zero[] = {
        X86_KIND_RESERVED, X86_KIND_HIDDEN, X86_KIND_DYNAMIC,
    };

    FOR_ALL ( e )
        for ( unsigned int i = X86_POLICY_PV_MAX; i < X86_NR_POLICIES; i++ )
            for ( unsigned int k = 0; k < 3; k++ )
            {
                const struct cpu_policy *p = &e->base->policy[i];
                enum x86_layout l = x86_vendor_layout(p->vendor);

                for ( unsigned int j = 0; j < X86_NR_WORDS; j++ )
                    quick_assert_msg(
                           !(p->word[j] & x86_kind_words[l][zero[k]][j]),
                           "%s: %s: leaf %#x.%#x, register %u: kind %d",
                           e->name, x86_policy_names[i],
                           x86_slot_descs[j / 4].leaf,
                           x86_slot_descs[j / 4].subleaf, j % 4, zero[k]);
                for ( unsigned int j = 0; j < X86_NR_MSR_SLOTS; j++ )
                    quick_assert_msg(
                           !(p->msr[j] & x86_kind_msrs[l][zero[k]][j]),
                           "%s: %s: MSR %#x: kind %d", e->name,
                           x86_policy_names[i], x86_msr_descs[j].index,
                           zero[k]);
            }
}
END_TEST

START_TEST(max_leaves_do_not_grow_from_host_to_default)
{
    static const uint16_t maxima[] = {
        X86_SLOT_0, X86_SLOT_7, X86_SLOT_80000000,
    };

    FOR_ALL ( e )
        for ( unsigned int i = 0; i < 3; i++ )
        {
            const struct cpu_policy *p = e->base->policy;
            uint32_t host = p[X86_POLICY_HOST_DEFAULT].leaf[maxima[i]].a;

            quick_assert_msg(p[X86_POLICY_PV_DEFAULT].leaf[maxima[i]].a <=
                             host, "%s: slot %u", e->name, maxima[i]);
            quick_assert_msg(p[X86_POLICY_HVM_DEFAULT].leaf[maxima[i]].a <=
                             host, "%s: slot %u", e->name, maxima[i]);
        }
}
END_TEST

/* The record of changes, applied to what a policy is derived from. */
struct replay {
    const struct corpus_entry *e;
    struct x86_policies p;
    unsigned int which;         /* the stage being replayed */
};

static void replay_change(void *ctx, const struct x86_change *c)
{
    struct replay *r = ctx;
    struct cpu_policy *p = &r->p.policy[c->policy];
    uint64_t now;

    /* Stages come in order, each from a parent that is complete. */
    quick_assert_msg(c->policy >= r->which, "%s: stages out of order",
                     r->e->name);
    for ( ; r->which < c->policy; r->which++ )
        r->p.policy[r->which + 1] =
            r->p.policy[x86_policy_parent(r->which + 1)];

    now = c->is_msr ? p->msr[c->index] : p->word[c->index];
    quick_assert_msg(now == c->before && c->before != c->after,
                     "%s: %s: %s starts from another value", r->e->name,
                     x86_policy_names[c->policy], x86_rule_id(c->rule));
    if ( c->is_msr )
        p->msr[c->index] = c->after;
    else
        p->word[c->index] = c->after;
}

START_TEST(recorded_changes_make_the_policy_of_its_parent)
{
    struct replay *r = malloc(sizeof(*r));
    struct x86_policies *traced = malloc(sizeof(*traced));
    const struct x86_trace trace = { replay_change, r };

    ck_assert(r && traced);
    FOR_ALL ( e )
    {
        r->e = e;
        r->which = X86_POLICY_RAW;
        r->p.policy[X86_POLICY_RAW] = e->cpus[0];
        corpus_derive(e, traced, NULL, &trace);
        for ( ; r->which + 1 < X86_NR_POLICIES; r->which++ )
            r->p.policy[r->which + 1] =
                r->p.policy[x86_policy_parent(r->which + 1)];

        FOR_POLICIES ( i )
        {
            quick_assert_msg(!memcmp(&r->p.policy[i], &traced->policy[i],
                                     sizeof(traced->policy[i])),
                             "%s: %s is not what its record makes", e->name,
                             x86_policy_names[i]);
            quick_assert_msg(!memcmp(&e->base->policy[i], &traced->policy[i],
                                     sizeof(traced->policy[i])),
                             "%s: %s is another one when recorded", e->name,
                             x86_policy_names[i]);
        }
    }
    free(traced);
    free(r);
}
END_TEST

START_TEST(derivation_again_gives_the_same)
{
    struct x86_policies *again = malloc(sizeof(*again));

    ck_assert_ptr_nonnull(again);
    FOR_ALL ( e )
    {
        /* Nothing may be left over from what was in the output. */
        memset(again, 0xc2, sizeof(*again));
        corpus_derive(e, again, NULL, NULL);
        quick_assert_msg(!memcmp(again, e->base, sizeof(*again)), "%s",
                         e->name);
    }
    free(again);
}
END_TEST

/* A CPU counted twice, or in another order, adds nothing. */
START_TEST(derivation_over_repeated_cpus_gives_the_same)
{
    struct x86_policies *again = malloc(sizeof(*again));

    ck_assert_ptr_nonnull(again);
    FOR_ALL ( e )
    {
        struct corpus_entry twice = *e;

        twice.nr_cpus = 2 * e->nr_cpus;
        twice.cpus = malloc(twice.nr_cpus * sizeof(*twice.cpus));
        ck_assert_ptr_nonnull(twice.cpus);
        for ( unsigned int i = 0; i < e->nr_cpus; i++ )
        {
            twice.cpus[i] = e->cpus[i];
            twice.cpus[twice.nr_cpus - 1 - i] = e->cpus[i];
        }
        corpus_derive(&twice, again, NULL, NULL);
        quick_assert_msg(!memcmp(again, e->base, sizeof(*again)), "%s",
                         e->name);
        free(twice.cpus);
    }
    free(again);
}
END_TEST

Suite *suite_derive(void)
{
    Suite *s = suite_create("derive");
    TCase *tc = tcase_create("laws");

    tcase_add_unchecked_fixture(tc, corpus_load, corpus_free);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, corpus_is_there_with_every_vendor);
    tcase_add_test(tc, default_is_a_subset_of_max);
    tcase_add_test(tc, policies_keep_within_their_types_masks);
    tcase_add_test(tc, policies_are_closed_under_dependencies);
    tcase_add_test(tc, policies_are_consistent_with_themselves);
    tcase_add_test(tc, policies_survive_serialisation);
    tcase_add_test(tc, guest_policies_respect_the_kinds);
    tcase_add_test(tc, max_leaves_do_not_grow_from_host_to_default);
    tcase_add_test(tc, recorded_changes_make_the_policy_of_its_parent);
    tcase_add_test(tc, derivation_again_gives_the_same);
    tcase_add_test(tc, derivation_over_repeated_cpus_gives_the_same);
    suite_add_tcase(s, tc);

    return s;
}
