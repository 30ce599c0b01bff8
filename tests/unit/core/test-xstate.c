/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Leaf 0xd: components from features, layout from the hardware.  Sizes and
 * offsets of the rows are those of real CPUs.
 */
#include <check.h>
#include <string.h>

#include "quick.h"
#include "random.h"
#include "words.h"

Suite *suite_xstate(void);

#define YMM      (1u << 2)
#define BND      (3u << 3)
#define AVX512   (7u << 5)
#define PKRU     (1u << 9)
#define AMX      (3u << 17)
#define APX      (1u << 19)

#define F(name) X86_FEATURE_##name

static const struct state_row {
    const char *name;
    uint16_t features[5];       /* 0 ends (FPU is not asked about) */
    uint64_t states;
    uint32_t max_size;
} rows[] = {
    { "no XSAVE", { F(AVX), F(AVX512F), F(MPX) }, 0, 0 },
    { "XSAVE alone", { F(XSAVE) }, 3, 576 },
    { "AVX", { F(XSAVE), F(AVX) }, 3 | YMM, 832 },
    { "MPX", { F(XSAVE), F(MPX) }, 3 | BND, 1088 },
    { "AVX512F", { F(XSAVE), F(AVX), F(AVX512F) }, 3 | YMM | AVX512, 2688 },
    { "PKU", { F(XSAVE), F(PKU) }, 3 | PKRU, 2696 },
    { "AMX", { F(XSAVE), F(AMX_TILE) }, 3 | AMX, 11008 },
    { "AMX without XSAVE", { F(AMX_TILE) }, 0, 0 },
    { "APX takes the place of MPX", { F(XSAVE), F(APX_F) }, 3 | APX, 1088 },
    { "XSAVES brings no supervisor state", { F(XSAVE), F(XSAVES) }, 3, 576 },
    { "AVX512 without its own word needs AVX512F",
      { F(XSAVE), F(AVX), F(AVX512DQ) }, 3 | YMM, 832 },
};

#define NR_ROWS (sizeof(rows) / sizeof(rows[0]))

/* Component layout of a Sapphire Rapids, APX as the manual places it. */
static const struct {
    unsigned int component;
    uint32_t size, offset, flags;
} layout[] = {
    { 2, 256, 576, 0 },    { 3, 64, 960, 0 },     { 4, 64, 1024, 0 },
    { 5, 64, 1088, 0 },    { 6, 512, 1152, 0 },   { 7, 1024, 1664, 0 },
    { 8, 128, 0, 1 },      { 9, 8, 2688, 0 },     { 11, 16, 0, 1 },
    { 12, 24, 0, 1 },      { 17, 64, 2752, 2 },   { 18, 8192, 2816, 6 },
    { 19, 128, 960, 0 },
};

#define NR_COMPONENTS (sizeof(layout) / sizeof(layout[0]))

static void make_hardware(struct cpu_policy *hw)
{
    memset(hw, 0, sizeof(*hw));
    policy_set_words(hw, (struct word[]){
        { 0x0, NONE, 'a', 0xd },
        { 0xd, 0, 'a', 0xe02ff }, { 0xd, 0, 'b', 2696 },
        { 0xd, 0, 'c', 11008 }, { 0xd, 1, 'a', 0x1f },
        { 0xd, 1, 'b', 2000 }, { 0xd, 1, 'c', 0x1900 }, { 0 } });
    for ( unsigned int i = 0; i < NR_COMPONENTS; i++ )
    {
        struct x86_regs *l = &hw->leaf[X86_SLOT_D + layout[i].component];

        *l = (struct x86_regs){ layout[i].size, layout[i].offset,
                                layout[i].flags, 0 };
    }
}

static void make_policy(struct cpu_policy *p, const uint16_t *features)
{
    x86_featureset fs = { 0 };

    memset(p, 0, sizeof(*p));
    for ( ; *features; features++ )
        x86_feature_set(fs, *features);
    x86_featureset_to_policy(fs, p);
}

START_TEST(recalc_xstate_of_features_has_their_components)
{
    const struct state_row *row = &rows[_i];
    struct cpu_policy hw, p;
    const struct x86_regs *l = &p.leaf[X86_SLOT_D];

    make_hardware(&hw);
    make_policy(&p, row->features);
    quick_assert_msg(x86_xstate_user(&p) == row->states, "%s: states %#lx",
                     row->name, (unsigned long)x86_xstate_user(&p));
    quick_assert_msg(!x86_xstate_supervisor(&p), "%s: supervisor states",
                     row->name);

    x86_policy_recalc_xstate(&p, &hw);
    quick_assert_msg(x86_xstate_stated(&p) == row->states, "%s: states %#lx",
                     row->name, (unsigned long)x86_xstate_stated(&p));
    quick_assert_msg(l[0].c == row->max_size, "%s: size %u", row->name,
                     l[0].c);
    quick_assert_msg(!l[0].b && !l[1].b, "%s: a dynamic size", row->name);
    quick_assert_msg(!l[1].c && !l[1].d, "%s: XSS", row->name);

    for ( unsigned int i = 2; i < X86_NR_SUBLEAVES_D; i++ )
        if ( (row->states >> i) & 1 )
            quick_assert_msg(l[i].a == hw.leaf[X86_SLOT_D + i].a &&
                             l[i].b == hw.leaf[X86_SLOT_D + i].b,
                             "%s: component %u", row->name, i);
        else
            quick_assert_msg(!(l[i].a | l[i].b | l[i].c | l[i].d),
                             "%s: component %u", row->name, i);
}
END_TEST

/* Attributes of a component mean something only to the instruction. */
static const struct {
    const char *name;
    uint16_t features[5];
    uint32_t flags;             /* of component 18, hardware has 6 */
} flag_rows[] = {
    { "plain", { F(XSAVE), F(AMX_TILE) }, 0 },
    { "XSAVEC aligns", { F(XSAVE), F(AMX_TILE), F(XSAVEC) }, 2 },
    { "XSAVES sees no alignment", { F(XSAVE), F(AMX_TILE), F(XSAVES) }, 0 },
    { "XFD", { F(XSAVE), F(AMX_TILE), F(XFD) }, 4 },
    { "all", { F(XSAVE), F(AMX_TILE), F(XSAVEC), F(XFD) }, 6 },
};

START_TEST(recalc_xstate_masks_the_attributes)
{
    struct cpu_policy hw, p;

    make_hardware(&hw);
    make_policy(&p, flag_rows[_i].features);
    x86_policy_recalc_xstate(&p, &hw);
    quick_assert_msg(p.leaf[X86_SLOT_D + 18].c == flag_rows[_i].flags,
                     "%s: %#x", flag_rows[_i].name, p.leaf[X86_SLOT_D + 18].c);
}
END_TEST

START_TEST(recalc_xstate_keeps_the_feature_word_only_with_xsave)
{
    static const uint16_t with[] = { F(XSAVE), F(XSAVEOPT), F(XGETBV1), 0 };
    static const uint16_t without[] = { F(XSAVEOPT), F(XGETBV1), 0 };
    struct cpu_policy hw, p;

    make_hardware(&hw);
    make_policy(&p, with);
    x86_policy_recalc_xstate(&p, &hw);
    ck_assert_uint_eq(p.leaf[X86_SLOT_D + 1].a, 5);
    make_policy(&p, without);
    x86_policy_recalc_xstate(&p, &hw);
    ck_assert_uint_eq(p.leaf[X86_SLOT_D + 1].a, 0);
}
END_TEST

START_TEST(recalc_xstate_of_hostile_sizes_saturates)
{
    static const uint16_t features[] = { F(XSAVE), F(AVX), 0 };
    struct cpu_policy hw, p;

    make_hardware(&hw);
    hw.leaf[X86_SLOT_D + 2].a = UINT32_MAX;
    hw.leaf[X86_SLOT_D + 2].b = UINT32_MAX;
    make_policy(&p, features);
    x86_policy_recalc_xstate(&p, &hw);
    ck_assert_uint_eq(p.leaf[X86_SLOT_D].c, UINT32_MAX);

    /* 1 + all ones wraps to 0 in 32 bits. */
    hw.leaf[X86_SLOT_D + 2].a = 1;
    x86_policy_recalc_xstate(&p, &hw);
    ck_assert_uint_eq(p.leaf[X86_SLOT_D].c, UINT32_MAX);
}
END_TEST

START_TEST(recalc_xstate_from_itself_is_idempotent)
{
    struct random r = random_start();

    for ( unsigned int n = 0; n < 5000; n++ )
    {
        struct cpu_policy p, once, twice;

        make_hardware(&p);
        for ( unsigned int i = 0; i < sizeof(p.leaf[0]) / 4; i++ )
            p.word[X86_SLOT_1 * 4 + i] = random_32(&r);
        for ( unsigned int i = 0; i < 8; i++ )
            p.word[X86_SLOT_7 * 4 + i] = random_32(&r);
        p.leaf[X86_SLOT_D + 1].a = random_32(&r) & 0x1f;

        once = p;
        x86_policy_recalc_xstate(&once, &once);
        twice = once;
        x86_policy_recalc_xstate(&twice, &twice);
        quick_assert_msg(!memcmp(&once, &twice, sizeof(once)),
                         "policy %u, seed %#lx", n, (unsigned long)r.seed);
        memcpy(&once.leaf[X86_SLOT_D], &p.leaf[X86_SLOT_D],
               X86_NR_SUBLEAVES_D * sizeof(p.leaf[0]));
        quick_assert_msg(!memcmp(&once, &p, sizeof(p)),
                         "policy %u, seed %#lx: another leaf changed", n,
                         (unsigned long)r.seed);
    }
}
END_TEST

START_TEST(xstate_stated_joins_four_registers)
{
    struct cpu_policy p = { 0 };

    policy_set_words(&p, (struct word[]){
        { 0xd, 0, 'a', 0x00000007 }, { 0xd, 0, 'd', 0x80000000 },
        { 0xd, 1, 'c', 0x00000900 }, { 0xd, 1, 'd', 0x00000001 }, { 0 } });
    ck_assert_uint_eq(x86_xstate_stated(&p), 0x8000000100000907ULL);
}
END_TEST

Suite *suite_xstate(void)
{
    Suite *s = suite_create("xstate");
    TCase *tc = tcase_create("leaf 0xd");

    tcase_add_loop_test(tc, recalc_xstate_of_features_has_their_components,
                        0, NR_ROWS);
    tcase_add_loop_test(tc, recalc_xstate_masks_the_attributes, 0,
                        sizeof(flag_rows) / sizeof(flag_rows[0]));
    tcase_add_test(tc,
                   recalc_xstate_keeps_the_feature_word_only_with_xsave);
    tcase_add_test(tc, recalc_xstate_of_hostile_sizes_saturates);
    tcase_add_test(tc, recalc_xstate_from_itself_is_idempotent);
    tcase_add_test(tc, xstate_stated_joins_four_registers);
    suite_add_tcase(s, tc);

    return s;
}
