/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What cpuid= does to the policies: for every feature, on every CPU of the
 * corpus.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <xen/lib/x86/cpu-policy.h>

#include "corpus.h"
#include "quick.h"

Suite *suite_derive_option(void);

#define FOR_ALL(e) \
    for ( const struct corpus_entry *e = corpus; e < corpus + nr_corpus; e++ )

/*
 * Features that appear because another one is opted out of.  Everything else
 * that appears is an error.
 */
static const struct {
    uint16_t out, appears;
    const char *reason;
} additions[] = {
    { X86_FEATURE_EIBRS, X86_FEATURE_RSBA,
      "an unsafe return stack is told by RRSBA with eIBRS, by RSBA without" },
    { X86_FEATURE_IBRSB, X86_FEATURE_RSBA, "eIBRS needs it" },
    { X86_FEATURE_AVX, X86_FEATURE_GDS_NO,
      "without AVX there is nothing to gather into" },
    { X86_FEATURE_XSAVE, X86_FEATURE_GDS_NO, "AVX needs it" },
};

#define NR_ADDITIONS (sizeof(additions) / sizeof(additions[0]))

static bool used[NR_ADDITIONS];

static bool may_appear(unsigned int out, unsigned int f)
{
    for ( unsigned int i = 0; i < NR_ADDITIONS; i++ )
        if ( additions[i].out == out && additions[i].appears == f )
            return used[i] = true;

    return false;
}

/* f and what cannot be without it. */
static void feature_and_dependents(unsigned int f, x86_featureset fs)
{
    const uint32_t *deep = x86_deep_deps_lookup(f);

    memset(fs, 0, sizeof(x86_featureset));
    if ( deep )
        memcpy(fs, deep, sizeof(x86_featureset));
    x86_feature_set(fs, f);
}

static const char *feature_name(unsigned int f)
{
    const struct x86_feature_desc *d = x86_feature_find(f);

    return d ? d->name : "(copy)";
}

/* `with` is `base` less exactly `less`, but for the additions. */
static void check_less(const char *name, unsigned int which,
                       unsigned int out, const x86_featureset less,
                       const struct cpu_policy *base,
                       const struct cpu_policy *with)
{
    x86_featureset b, w;

    x86_policy_to_featureset(base, b);
    x86_policy_to_featureset(with, w);
    for ( unsigned int i = 0; i < X86_NR_FEATURE_WORDS; i++ )
    {
        uint32_t expect = b[i] & ~less[i], differ;

        /* The copies follow leaf 1: what goes there goes here. */
        if ( i == 2 && x86_vendor_layout(base->vendor) == X86_LAYOUT_AMD )
            expect &= ~(less[0] & X86_COMMON_1D);

        for ( differ = w[i] ^ expect; differ; differ &= differ - 1 )
        {
            unsigned int f = i * 32 + __builtin_ctz(differ);

            quick_assert_msg(x86_feature_test(w, f) && may_appear(out, f),
                             "%s: no-%s: %s of %s %s", name, feature_name(out),
                             feature_name(f), x86_policy_names[which],
                             x86_feature_test(w, f) ? "appears or stays"
                                                    : "goes too");
        }
    }
}

START_TEST(opting_out_removes_the_feature_and_its_dependents)
{
    struct x86_policies *with = malloc(sizeof(*with));

    ck_assert_ptr_nonnull(with);
    FOR_ALL ( e )
        for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
        {
            unsigned int f = x86_feature_descs[i].value;
            struct x86_cpuid_option opt = { .in = { 0 } };
            x86_featureset less, none = { 0 };

            x86_feature_set(opt.out, f);
            feature_and_dependents(f, less);
            corpus_derive(e, with, &opt, NULL);
            for ( unsigned int p = 0; p < X86_NR_POLICIES; p++ )
                check_less(e->name, p, f,
                           p >= X86_POLICY_HOST_DEFAULT ? less : none,
                           &e->base->policy[p], &with->policy[p]);
        }
    free(with);
    for ( unsigned int i = 0; i < NR_ADDITIONS; i++ )
        quick_assert_msg(used[i], "no-%s never makes %s appear",
                         feature_name(additions[i].out),
                         feature_name(additions[i].appears));
}
END_TEST

/* Off where the hardware has it, unless asked for. */
static bool is_held_back(unsigned int f)
{
    return f == X86_FEATURE_RDRAND ||
           x86_feature_test(x86_features_experimental, f);
}

/* Host default as if opted out, the guests as if nothing had been said. */
START_TEST(guest_only_removes_the_feature_from_the_host_alone)
{
    struct x86_policies *with = malloc(sizeof(*with));

    ck_assert_ptr_nonnull(with);
    FOR_ALL ( e )
        for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
        {
            unsigned int f = x86_feature_descs[i].value;
            struct x86_cpuid_option opt = { .in = { 0 } };
            x86_featureset less, none = { 0 };

            /* What is held back is opted in to, for guests. */
            if ( is_held_back(f) )
                continue;

            x86_feature_set(opt.guest, f);
            feature_and_dependents(f, less);
            corpus_derive(e, with, &opt, NULL);
            for ( unsigned int p = 0; p < X86_NR_POLICIES; p++ )
                check_less(e->name, p, f,
                           p == X86_POLICY_HOST_DEFAULT ? less : none,
                           &e->base->policy[p], &with->policy[p]);
        }
    free(with);
}
END_TEST

static bool is_subset(const struct cpu_policy *small,
                      const struct cpu_policy *big)
{
    x86_featureset s, b;
    uint32_t more = 0;

    x86_policy_to_featureset(small, s);
    x86_policy_to_featureset(big, b);
    for ( unsigned int w = 0; w < X86_NR_FEATURE_WORDS; w++ )
        more |= s[w] & ~b[w];

    return !more;
}

/* What is there anyway cannot be opted in to. */
START_TEST(opting_in_adds_what_is_held_back_and_nothing_else)
{
    struct x86_policies *with = malloc(sizeof(*with));

    ck_assert_ptr_nonnull(with);
    FOR_ALL ( e )
        for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
        {
            unsigned int f = x86_feature_descs[i].value;
            struct x86_cpuid_option opt = { .in = { 0 } };

            x86_feature_set(opt.in, f);
            corpus_derive(e, with, &opt, NULL);
            for ( unsigned int p = 0; p < X86_NR_POLICIES; p++ )
                quick_assert_msg(is_held_back(f)
                                 ? is_subset(&e->base->policy[p],
                                             &with->policy[p])
                                 : !memcmp(&e->base->policy[p],
                                           &with->policy[p],
                                           sizeof(with->policy[p])),
                                 "%s: %s: %s", e->name, feature_name(f),
                                 x86_policy_names[p]);
        }
    free(with);
}
END_TEST

/* All at once: what stays is what nothing can take. */
START_TEST(opting_out_of_everything_leaves_nothing)
{
    struct x86_policies *with = malloc(sizeof(*with));
    struct x86_cpuid_option opt = { .in = { 0 } };

    ck_assert_ptr_nonnull(with);
    memcpy(opt.out, x86_features_known, sizeof(opt.out));
    FOR_ALL ( e )
    {
        corpus_derive(e, with, &opt, NULL);
        for ( unsigned int p = X86_POLICY_HOST_DEFAULT; p < X86_NR_POLICIES;
              p++ )
            for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
                quick_assert_msg(!x86_policy_has(&with->policy[p],
                                                 x86_feature_descs[i].value),
                                 "%s: %s has %s", e->name, x86_policy_names[p],
                                 x86_feature_descs[i].name);
    }
    free(with);
}
END_TEST

Suite *suite_derive_option(void)
{
    Suite *s = suite_create("derive-option");
    TCase *tc = tcase_create("laws");

    tcase_add_unchecked_fixture(tc, corpus_load, corpus_free);
    tcase_set_timeout(tc, 600);
    tcase_add_test(tc, opting_out_removes_the_feature_and_its_dependents);
    tcase_add_test(tc, guest_only_removes_the_feature_from_the_host_alone);
    tcase_add_test(tc, opting_in_adds_what_is_held_back_and_nothing_else);
    tcase_add_test(tc, opting_out_of_everything_leaves_nothing);
    suite_add_tcase(s, tc);

    return s;
}
