/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fields that restate others: rebuilt per vendor, nothing else touched. */
#include <check.h>
#include <string.h>

#include "random.h"
#include "words.h"

Suite *suite_derived(void);

/* Bits of leaf 1's edx that AMD repeats (APM vol 3, Fn8000_0001_EDX). */
#define COMMON_1D 0x0183f3ffu

static void make(struct cpu_policy *p, const char *vendor)
{
    struct random r = random_start();
    uint32_t id[3];

    memcpy(id, vendor, sizeof(id));
    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        p->word[i] = random_32(&r);
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        p->msr[i] = random_64(&r);
    p->leaf[X86_SLOT_0] = (struct x86_regs){ 0xd, id[0], id[2], id[1] };
    p->leaf[X86_SLOT_80000000].a = 0x80000008;
    x86_policy_recalc_vendor(p);
}

static const char *const vendors[] = {
    "GenuineIntel", "AuthenticAMD", "HygonGenuine", "CentaurHauls",
    "  Shanghai  ", "xxxxxxxxxxxx",
};

#define NR_VENDORS (sizeof(vendors) / sizeof(vendors[0]))

START_TEST(recalc_derived_of_every_vendor_changes_its_fields_only)
{
    bool is_amd = _i == 1 || _i == 2;
    struct cpu_policy p = { 0 }, expect;
    struct x86_regs *e1;

    make(&p, vendors[_i]);
    expect = p;
    if ( is_amd )
    {
        expect.leaf[X86_SLOT_80000000].b = p.leaf[X86_SLOT_0].b;
        expect.leaf[X86_SLOT_80000000].c = p.leaf[X86_SLOT_0].c;
        expect.leaf[X86_SLOT_80000000].d = p.leaf[X86_SLOT_0].d;
        e1 = &expect.leaf[X86_SLOT_80000001];
        e1->a = p.leaf[X86_SLOT_1].a;
        e1->d = (e1->d & ~COMMON_1D) | (p.leaf[X86_SLOT_1].d & COMMON_1D);
    }
    else
        expect.leaf[X86_SLOT_2].a = (p.leaf[X86_SLOT_2].a & ~0xffu) | 1;

    expect.leaf[X86_SLOT_80000008].a &= ~0xff00u;
    expect.leaf[X86_SLOT_80000008].a |=
        x86_policy_has(&p, X86_FEATURE_LM) ? 48 << 8 : 32 << 8;

    x86_policy_recalc_derived(&p);
    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        ck_assert_msg(p.word[i] == expect.word[i],
                      "%s: leaf %#x, register %u: %#x, not %#x", vendors[_i],
                      x86_slot_descs[i / 4].leaf, i % 4, p.word[i],
                      expect.word[i]);
    ck_assert_mem_eq(&p, &expect, sizeof(p));

    x86_policy_recalc_derived(&p);
    ck_assert_mem_eq(&p, &expect, sizeof(p));
}
END_TEST

START_TEST(recalc_derived_of_leaves_out_of_range_leaves_them_alone)
{
    struct cpu_policy p = { 0 }, before;

    make(&p, "GenuineIntel");
    p.leaf[X86_SLOT_0].a = 1;
    p.leaf[X86_SLOT_80000000].a = 0x80000007;
    before = p;
    x86_policy_recalc_derived(&p);
    ck_assert_mem_eq(&p, &before, sizeof(p));
}
END_TEST

/* Of AMD's copies, the vendor alone where there is no leaf 0x80000001. */
START_TEST(recalc_derived_without_leaf_of_copies_leaves_it_alone)
{
    struct cpu_policy p = { 0 }, before;

    make(&p, "AuthenticAMD");
    p.leaf[X86_SLOT_80000000].a = 0x80000000U;
    before = p;
    x86_policy_recalc_derived(&p);
    ck_assert_mem_eq(&p.leaf[X86_SLOT_80000001],
                     &before.leaf[X86_SLOT_80000001], sizeof(*p.leaf));
    ck_assert_uint_eq(p.leaf[X86_SLOT_80000000].b, p.leaf[X86_SLOT_0].b);
    ck_assert_uint_eq(p.leaf[X86_SLOT_80000008].a,
                      before.leaf[X86_SLOT_80000008].a);
}
END_TEST

static const struct {
    const char *name;
    bool lm;
    uint32_t bits;
} linear[] = {
    { "with long mode", true, 48 }, { "without", false, 32 },
};

START_TEST(recalc_derived_linear_address_follows_long_mode)
{
    x86_featureset fs = { 0 };
    struct cpu_policy p = { 0 };

    make(&p, "GenuineIntel");
    if ( linear[_i].lm )
        x86_feature_set(fs, X86_FEATURE_LM);
    x86_featureset_to_policy(fs, &p);
    p.leaf[X86_SLOT_80000008].a = 0x3939;
    x86_policy_recalc_derived(&p);
    ck_assert_msg(p.leaf[X86_SLOT_80000008].a ==
                  (linear[_i].bits << 8 | 0x39), "%s: %#x", linear[_i].name,
                  p.leaf[X86_SLOT_80000008].a);
}
END_TEST

START_TEST(common_1d_is_what_the_manual_lists)
{
    ck_assert_uint_eq(X86_COMMON_1D, COMMON_1D);
}
END_TEST

Suite *suite_derived(void)
{
    Suite *s = suite_create("derived");
    TCase *tc = tcase_create("fields");

    tcase_add_loop_test(
        tc, recalc_derived_of_every_vendor_changes_its_fields_only, 0,
        NR_VENDORS);
    tcase_add_test(
        tc, recalc_derived_of_leaves_out_of_range_leaves_them_alone);
    tcase_add_test(tc, recalc_derived_without_leaf_of_copies_leaves_it_alone);
    tcase_add_loop_test(tc, recalc_derived_linear_address_follows_long_mode,
                        0, 2);
    tcase_add_test(tc, common_1d_is_what_the_manual_lists);
    suite_add_tcase(s, tc);

    return s;
}
