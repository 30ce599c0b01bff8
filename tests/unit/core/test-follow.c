/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What follows from features that were edited: leaves behind a feature go and
 * come with it (APM vol 3, appendix E: a leaf "is reserved" without its
 * feature), as far as the limit has them, and the highest leaf lets them be
 * seen.
 */
#include <check.h>

#include "audit-rich.h"
#include "machine.h"

Suite *suite_follow(void);

static struct cpu_policy limit, p;

static const struct follow_row {
    const char *name;
    enum x86_layout layout;
    uint16_t feature;
    struct { uint32_t leaf, subleaf; char reg; } at;
    uint32_t highest;           /* basic, or extended, that it needs */
} rows[] = {
    { "TLBs of 1G pages", X86_LAYOUT_AMD, X86_FEATURE_PAGE1GB,
      { 0x80000019, NONE, 'a' }, 0x80000019 },
    { "ASIDs of SVM", X86_LAYOUT_AMD, X86_FEATURE_SVM,
      { 0x8000000a, NONE, 'b' }, 0x8000000a },
    { "features of SVM", X86_LAYOUT_AMD, X86_FEATURE_SVM,
      { 0x8000000a, NONE, 'd' }, 0x8000000a },
    { "shapes of tiles", X86_LAYOUT_INTEL, X86_FEATURE_AMX_TILE,
      { 0x1d, 1, 'a' }, 0x1e },
    { "products of tiles", X86_LAYOUT_INTEL, X86_FEATURE_AMX_TILE,
      { 0x1e, 0, 'b' }, 0x1e },
    { "version of AVX10", X86_LAYOUT_INTEL, X86_FEATURE_AVX10,
      { 0x24, 0, 'b' }, 0x24 },
};

static uint32_t *word(const struct follow_row *r, struct cpu_policy *from)
{
    return policy_word(from, r->at.leaf, r->at.subleaf, r->at.reg);
}

static void set(unsigned int feature, bool on)
{
    x86_featureset fs;

    x86_policy_to_featureset(&p, fs);
    if ( on )
        x86_feature_set(fs, feature);
    else
        x86_feature_clear(fs, feature);
    x86_featureset_to_policy(fs, &p);
}

static void start(const struct follow_row *r)
{
    audit_rich_limit(&limit, audit_vendors[r->layout]);
    /* Of TLBs a limit may have none. */
    if ( r->feature == X86_FEATURE_PAGE1GB )
        *word(r, &limit) = 0xf040f040;
    p = limit;
    ck_assert_msg(*word(r, &limit), "%s: nothing in the limit", r->name);
}

START_TEST(policy_follow_feature_gone_empties_its_leaf)
{
    const struct follow_row *r = &rows[_i];

    start(r);
    set(r->feature, false);
    x86_policy_follow(&p, &limit, true);
    ck_assert_msg(!*word(r, &p), "%s: still %#x", r->name, *word(r, &p));
}
END_TEST

START_TEST(policy_follow_feature_come_fills_its_leaf_and_shows_it)
{
    const struct follow_row *r = &rows[_i];
    uint32_t *max;

    start(r);
    *word(r, &p) = 0;
    max = &p.leaf[r->highest >> 31 ? X86_SLOT_80000000 : X86_SLOT_0].a;
    /* PAGE1GB comes with long mode, and the leaf with later CPUs. */
    if ( r->feature != X86_FEATURE_PAGE1GB )
        *max = r->highest - 1;
    x86_policy_follow(&p, &limit, true);
    ck_assert_msg(*word(r, &p) == *word(r, &limit), "%s: %#x, not %#x",
                  r->name, *word(r, &p), *word(r, &limit));
    ck_assert_msg(*max >= r->highest, "%s: highest leaf %#x", r->name, *max);
}
END_TEST

/* What somebody asked for in a leaf that is open is not overwritten. */
START_TEST(policy_follow_open_leaf_keeps_what_it_has)
{
    const struct follow_row *r = &rows[1];

    start(r);
    *word(r, &p) = 7;
    x86_policy_follow(&p, &limit, true);
    ck_assert_uint_eq(*word(r, &p), 7);
}
END_TEST

START_TEST(policy_follow_counters_are_behind_the_virtual_pmu)
{
    audit_rich_limit(&limit, X86_VENDOR_INTEL);
    p = limit;
    ck_assert_uint_ne(limit.leaf[X86_SLOT_A].a, 0);
    x86_policy_follow(&p, &limit, false);
    ck_assert_uint_eq(p.leaf[X86_SLOT_A].a, 0);
    x86_policy_follow(&p, &limit, true);
    ck_assert_uint_eq(p.leaf[X86_SLOT_A].a, limit.leaf[X86_SLOT_A].a);
}
END_TEST

/* Nested virtualisation brings the MSRs that describe it. */
START_TEST(policy_follow_vmx_brings_its_msrs)
{
    audit_rich_limit(&limit, X86_VENDOR_INTEL);
    p = limit;
    set(X86_FEATURE_VMX, false);
    x86_policy_follow(&p, &limit, true);
    ck_assert_uint_eq(p.msr[X86_MSR_SLOT_480], 0);
    ck_assert_uint_eq(p.msr[X86_MSR_SLOT_48B], 0);
    set(X86_FEATURE_VMX, true);
    x86_policy_follow(&p, &limit, true);
    ck_assert_uint_eq(p.msr[X86_MSR_SLOT_480], limit.msr[X86_MSR_SLOT_480]);
    ck_assert_uint_eq(p.msr[X86_MSR_SLOT_48B], limit.msr[X86_MSR_SLOT_48B]);
}
END_TEST

Suite *suite_follow(void)
{
    const int nr = sizeof(rows) / sizeof(rows[0]);
    Suite *s = suite_create("follow");
    TCase *tc = tcase_create("gates");

    tcase_add_loop_test(tc, policy_follow_feature_gone_empties_its_leaf, 0,
                        nr);
    tcase_add_loop_test(
        tc, policy_follow_feature_come_fills_its_leaf_and_shows_it, 0, nr);
    tcase_add_test(tc, policy_follow_open_leaf_keeps_what_it_has);
    tcase_add_test(tc, policy_follow_counters_are_behind_the_virtual_pmu);
    tcase_add_test(tc, policy_follow_vmx_brings_its_msrs);
    suite_add_tcase(s, tc);

    return s;
}
