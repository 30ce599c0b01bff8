/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Leaves, subleaves, slots and MSRs: every descriptor is found by its number,
 * and nothing is found by any other.
 */
#include <check.h>
#include <errno.h>

#include <xen/lib/x86/cpu-policy.h>

#include "quick.h"
#include "random.h"

Suite *suite_leaf(void);

START_TEST(leaf_find_of_every_descriptor_finds_it)
{
    const struct x86_leaf_desc *d = &x86_leaf_descs[_i];

    quick_assert_msg(x86_leaf_find(d->leaf) == d, "leaf %#x", d->leaf);
    quick_assert_msg(!_i || x86_leaf_descs[_i - 1].leaf < d->leaf,
                     "leaf %#x: out of order", d->leaf);
    quick_assert_msg(d->title && *d->title, "leaf %#x: no title", d->leaf);
}
END_TEST

static bool is_described(uint32_t leaf)
{
    for ( unsigned int i = 0; i < X86_NR_LEAF_DESCS; i++ )
        if ( x86_leaf_descs[i].leaf == leaf )
            return true;

    return false;
}

START_TEST(leaf_find_around_every_descriptor_finds_neighbours_only)
{
    static const int64_t steps[] = { -0x10000, -2, -1, 1, 2, 0x10000 };
    uint32_t leaf = x86_leaf_descs[_i].leaf;

    for ( unsigned int i = 0; i < sizeof(steps) / sizeof(steps[0]); i++ )
    {
        uint32_t near = leaf + steps[i];

        quick_assert_msg(!!x86_leaf_find(near) == is_described(near),
                         "leaf %#x", near);
    }
}
END_TEST

START_TEST(leaf_find_of_random_numbers_agrees_with_the_table)
{
    struct random r = random_start();

    for ( unsigned int i = 0; i < 100000; i++ )
    {
        uint32_t leaf = random_32(&r) & (random_below(&r, 2) ? 0xc000013f
                                                             : ~0u);
        const struct x86_leaf_desc *d = x86_leaf_find(leaf);

        quick_assert_msg(!!d == is_described(leaf), "leaf %#x, seed %#lx",
                         leaf, (unsigned long)r.seed);
        quick_assert_msg(!d || d->leaf == leaf, "leaf %#x found as %#x", leaf,
                         d->leaf);
    }
}
END_TEST

START_TEST(slots_of_every_descriptor_follow_each_other)
{
    const struct x86_leaf_desc *d = &x86_leaf_descs[_i];
    bool is_plain = d->stop == X86_STOP_PLAIN;
    unsigned int nr = is_plain ? 1 : d->nr_subleaves;
    unsigned int end = d->first_slot + nr;

    quick_assert_msg(is_plain == !d->nr_subleaves, "leaf %#x: %u subleaves",
                     d->leaf, d->nr_subleaves);
    quick_assert_msg(end == (_i + 1 < X86_NR_LEAF_DESCS ? d[1].first_slot
                                                        : X86_NR_SLOTS),
                     "leaf %#x ends at slot %u", d->leaf, end);

    for ( unsigned int i = 0; i < nr; i++ )
    {
        const struct x86_slot_desc *s = &x86_slot_descs[d->first_slot + i];

        quick_assert_msg(s->leaf == d->leaf, "slot of %#x: %#x", d->leaf,
                         s->leaf);
        quick_assert_msg(s->subleaf == (is_plain ? X86_NO_SUBLEAF : i),
                         "leaf %#x subleaf %#x", d->leaf, s->subleaf);
        quick_assert_msg(x86_slot_find(s->leaf, s->subleaf) ==
                         (int)(d->first_slot + i), "leaf %#x subleaf %#x",
                         s->leaf, s->subleaf);
    }
}
END_TEST

START_TEST(slot_find_beyond_the_subleaves_is_out_of_range)
{
    const struct x86_leaf_desc *d = &x86_leaf_descs[_i];
    uint32_t first = d->stop == X86_STOP_PLAIN ? 0 : d->nr_subleaves;
    uint32_t last = d->stop == X86_STOP_PLAIN ? X86_NO_SUBLEAF - 1
                                              : X86_NO_SUBLEAF;
    int rc = x86_slot_find(d->leaf, first);

    quick_assert_msg(rc == -ERANGE, "leaf %#x, first beyond: %d", d->leaf, rc);
    rc = x86_slot_find(d->leaf, last);
    quick_assert_msg(rc == -ERANGE, "leaf %#x, last: %d", d->leaf, rc);
}
END_TEST

START_TEST(slot_find_of_an_unknown_leaf_is_out_of_range)
{
    static const uint32_t leaves[] = {
        X86_MAX_BASIC_LEAF + 1, 0x3fffffffU, 0x40000001U, 0x400000ffU,
        0x40000101U, 0x7fffffffU, X86_MAX_EXT_LEAF + 1, 0xbfffffffU,
        0xc0000002U, UINT32_MAX,
    };

    for ( unsigned int i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++ )
    {
        int none = x86_slot_find(leaves[i], X86_NO_SUBLEAF);
        int zero = x86_slot_find(leaves[i], 0);

        quick_assert_msg(none == -ERANGE, "leaf %#x: %d", leaves[i], none);
        quick_assert_msg(zero == -ERANGE, "leaf %#x.0: %d", leaves[i], zero);
    }
}
END_TEST

START_TEST(msr_slot_find_of_every_descriptor_finds_it)
{
    const struct x86_msr_desc *d = &x86_msr_descs[_i];

    quick_assert_msg(x86_msr_slot_find(d->index) == _i, "%s", d->name);
    quick_assert_msg(!_i || d[-1].index < d->index, "%s: out of order",
                     d->name);
    quick_assert_msg(d->storage, "%s: holds nothing", d->name);
}
END_TEST

START_TEST(msr_slot_find_of_an_unknown_one_is_out_of_range)
{
    ck_assert_int_eq(x86_msr_slot_find(0), -ERANGE);
    ck_assert_int_eq(x86_msr_slot_find(0xdeadc0de), -ERANGE);
    ck_assert_int_eq(x86_msr_slot_find(UINT32_MAX), -ERANGE);
}
END_TEST

/* ---- what guests choose ----------------------------------------------- */

START_TEST(index_nospec_keeps_what_is_inside_and_nothing_else)
{
    static const size_t sizes[] = { 1, 2, 6, 80, 0x7ff0, 0x80000000UL };
    static const size_t beyond[] = {
        0x7fffffffUL, 0x80000000UL, 0xffffffffUL, 0x100000000UL,
        0x7fffffffffffffffUL, 0x8000000000000000UL, ~0UL,
    };
    size_t size = sizes[_i];

    for ( size_t i = 0; i < 100000; i++ )
        quick_assert_msg(x86_index_nospec(i, size) == (i < size ? i : 0),
                         "%zu of %zu", i, size);
    for ( size_t i = 0; i < sizeof(beyond) / sizeof(beyond[0]); i++ )
        quick_assert_msg(x86_index_nospec(beyond[i], size) ==
                         (beyond[i] < size ? beyond[i] : 0),
                         "%#zx of %zu", beyond[i], size);
}
END_TEST

Suite *suite_leaf(void)
{
    Suite *s = suite_create("leaf");
    TCase *tc = tcase_create("tables");

    tcase_add_loop_test(tc,
                        index_nospec_keeps_what_is_inside_and_nothing_else, 0,
                        6);
    tcase_add_loop_test(tc, leaf_find_of_every_descriptor_finds_it, 0,
                        X86_NR_LEAF_DESCS);
    tcase_add_loop_test(
        tc, leaf_find_around_every_descriptor_finds_neighbours_only, 0,
        X86_NR_LEAF_DESCS);
    tcase_add_test(tc, leaf_find_of_random_numbers_agrees_with_the_table);
    tcase_add_loop_test(tc, slots_of_every_descriptor_follow_each_other, 0,
                        X86_NR_LEAF_DESCS);
    tcase_add_loop_test(tc, slot_find_beyond_the_subleaves_is_out_of_range,
                        0, X86_NR_LEAF_DESCS);
    tcase_add_test(tc, slot_find_of_an_unknown_leaf_is_out_of_range);
    tcase_add_loop_test(tc, msr_slot_find_of_every_descriptor_finds_it, 0,
                        X86_NR_MSR_SLOTS);
    tcase_add_test(tc, msr_slot_find_of_an_unknown_one_is_out_of_range);
    suite_add_tcase(s, tc);

    return s;
}
