/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A policy as leaves and MSRs: how many, in which order, and what happens in
 * a buffer that is too small.  Counts of Xen's ABI are those of Xen's own
 * test-cpu-policy.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"
#include "words.h"

Suite *suite_serialise(void);

static const struct count_row {
    const char *name;
    unsigned int nr_xen, nr_full;       /* leaves expected */
    struct word words[8];
} counts[] = {
    { "empty", 4, 4, { { 0 } } },
    { "no cache subleaf", 8, 8, { { 0, NONE, 'a', 4 } } },
    { "one cache, then the terminator", 9, 9,
      { { 0, NONE, 'a', 4 }, { 4, 0, 'a', 1 } } },
    { "six caches, no terminator", 13, 13,
      { { 0, NONE, 'a', 4 }, { 4, 0, 'a', 1 }, { 4, 1, 'a', 1 },
        { 4, 2, 'a', 2 }, { 4, 3, 'a', 3 }, { 4, 4, 'a', 1 },
        { 4, 5, 'a', 1 } } },
    { "a cache after the terminator does not count", 8, 8,
      { { 0, NONE, 'a', 4 }, { 4, 1, 'a', 1 } } },
    { "leaf 7", 11, 11, { { 0, NONE, 'a', 7 } } },
    { "leaf 7, one more subleaf", 12, 12,
      { { 0, NONE, 'a', 7 }, { 7, 0, 'a', 1 } } },
    { "leaf 7, highest subleaf of the ABI", 13, 13,
      { { 0, NONE, 'a', 7 }, { 7, 0, 'a', 2 } } },
    { "leaf 7, all ones as the highest subleaf", 13, 13,
      { { 0, NONE, 'a', 7 }, { 7, 0, 'a', UINT32_MAX } } },
    { "leaf 0xb", 15, 15, { { 0, NONE, 'a', 0xb } } },
    { "leaf 0xb, one level", 16, 16,
      { { 0, NONE, 'a', 0xb }, { 0xb, 0, 'c', 0x100 } } },
    { "leaf 0xb, both levels", 16, 16,
      { { 0, NONE, 'a', 0xb }, { 0xb, 0, 'c', 0x100 },
        { 0xb, 1, 'c', 0x201 } } },
    { "leaf 0xd", 18, 18, { { 0, NONE, 'a', 0xd } } },
    { "leaf 0xd, x87 SSE AVX", 19, 19,
      { { 0, NONE, 'a', 0xd }, { 0xd, 0, 'a', 7 } } },
    { "leaf 0xd, holes are emitted", 26, 26,
      { { 0, NONE, 'a', 0xd }, { 0xd, 0, 'a', 0x203 } } },
    { "leaf 0xd, supervisor states count", 25, 25,
      { { 0, NONE, 'a', 0xd }, { 0xd, 0, 'a', 3 }, { 0xd, 1, 'c', 0x100 } } },
    { "leaf 0xd, highest state", 79, 79,
      { { 0, NONE, 'a', 0xd }, { 0xd, 0, 'a', 3 },
        { 0xd, 0, 'd', 1u << 30 } } },
    { "leaf 0xd, state 63 has no subleaf", 79, 79,
      { { 0, NONE, 'a', 0xd }, { 0xd, 0, 'd', 1u << 31 } } },
    { "leaf 0xe is not in Xen's ABI", 18, 19, { { 0, NONE, 'a', 0xe } } },
    { "highest basic leaf", 18, 53, { { 0, NONE, 'a', 0x24 } } },
    { "all ones as the highest basic leaf", 18, 53,
      { { 0, NONE, 'a', UINT32_MAX } } },
    { "extended, two", 5, 5,
      { { 0x80000000, NONE, 'a', 0x80000001 } } },
    { "extended, Xen's highest", 37, 42,
      { { 0x80000000, NONE, 'a', 0x80000021 } } },
    { "extended, ours", 37, 47,
      { { 0x80000000, NONE, 'a', 0x80000026 } } },
    { "extended, without the prefix", 5, 5,
      { { 0x80000000, NONE, 'a', 0x1 } } },
    { "extended, all ones", 37, 47,
      { { 0x80000000, NONE, 'a', UINT32_MAX } } },
    { "Centaur's two", 4, 6, { { 0xc0000000, NONE, 'a', 0xc0000001 } } },
    { "Centaur's, all ones", 4, 6,
      { { 0xc0000000, NONE, 'a', UINT32_MAX } } },
    { "Centaur's, no valid maximum", 4, 4,
      { { 0xc0000000, NONE, 'a', 0xbfffffff } } },
};

#define NR_COUNTS (sizeof(counts) / sizeof(counts[0]))

static void check_order(const char *name,
                        const struct xen_cpu_policy_leaf *l, uint32_t nr)
{
    for ( uint32_t i = 1; i < nr; i++ )
        ck_assert_msg(l[i - 1].leaf < l[i].leaf ||
                      (l[i - 1].leaf == l[i].leaf &&
                       l[i - 1].subleaf < l[i].subleaf),
                      "%s: %#x.%#x after %#x.%#x", name, l[i].leaf,
                      l[i].subleaf, l[i - 1].leaf, l[i - 1].subleaf);
}

static void check_count(const char *name, const struct cpu_policy *p,
                        const struct x86_abi *abi, unsigned int expect)
{
    /* Of exactly the size, so that valgrind and ASan see one too many. */
    struct xen_cpu_policy_leaf *leaves = malloc(expect * sizeof(*leaves));
    uint32_t nr = expect;
    int rc;

    ck_assert_ptr_nonnull(leaves);
    rc = x86_policy_to_leaves(p, abi, leaves, &nr);
    ck_assert_msg(!rc, "%s: %d", name, rc);
    ck_assert_msg(nr == expect, "%s: %u leaves, not %u", name, nr, expect);
    check_order(name, leaves, nr);
    free(leaves);
}

START_TEST(to_leaves_of_table_counts_and_orders)
{
    const struct count_row *row = &counts[_i];
    struct cpu_policy p = { 0 };

    policy_set_words(&p, row->words);
    check_count(row->name, &p, &x86_abi_xen, row->nr_xen);
    check_count(row->name, &p, &x86_abi_full, row->nr_full);
}
END_TEST

START_TEST(to_leaves_into_a_short_buffer_touches_nothing)
{
    const struct count_row *row = &counts[_i];
    struct xen_cpu_policy_leaf leaves[X86_NR_SLOTS], canary[X86_NR_SLOTS];
    struct cpu_policy p = { 0 };

    policy_set_words(&p, row->words);
    memset(canary, 0xc2, sizeof(canary));

    for ( uint32_t room = 0; room < row->nr_full; room++ )
    {
        uint32_t nr = room;
        int rc;

        memset(leaves, 0xc2, sizeof(leaves));
        rc = x86_policy_to_leaves(&p, &x86_abi_full, leaves, &nr);
        ck_assert_msg(rc == -ENOBUFS, "%s, room for %u: %d", row->name, room,
                      rc);
        ck_assert_msg(nr == room, "%s, room for %u: count %u", row->name,
                      room, nr);
        ck_assert_msg(!memcmp(leaves, canary, sizeof(leaves)),
                      "%s, room for %u: written to", row->name, room);
    }
}
END_TEST

START_TEST(to_leaves_copies_every_register)
{
    struct cpu_policy p = { 0 };
    struct xen_cpu_policy_leaf leaves[X86_NR_SLOTS];
    uint32_t nr = X86_NR_SLOTS;
    struct random r = random_start();

    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        p.word[i] = random_32(&r) | 0x1f1f1f1f;     /* no terminators */
    policy_set_words(&p, (struct word[]){
        { 0, NONE, 'a', X86_MAX_BASIC_LEAF },
        { 0xd, 0, 'd', 1u << 30 },
        { 0x23, 0, 'a', UINT32_MAX },
        { 0x80000000, NONE, 'a', X86_MAX_EXT_LEAF },
        { 0xc0000000, NONE, 'a', 0xc0000001 }, { 0 } });

    ck_assert_int_eq(x86_policy_to_leaves(&p, &x86_abi_full, leaves, &nr), 0);
    ck_assert_uint_eq(nr, X86_NR_SLOTS);
    for ( uint32_t i = 0; i < nr; i++ )
    {
        ck_assert_uint_eq(leaves[i].leaf, x86_slot_descs[i].leaf);
        ck_assert_uint_eq(leaves[i].subleaf, x86_slot_descs[i].subleaf);
        ck_assert_mem_eq(&leaves[i].a, &p.leaf[i], sizeof(p.leaf[i]));
    }
}
END_TEST

/* Xen's ABI has no subleaves above 0x80000000: the first one stands there. */
START_TEST(to_leaves_of_xen_abi_flattens_extended_subleaves)
{
    struct cpu_policy p = { 0 };
    struct xen_cpu_policy_leaf leaves[120];
    uint32_t nr = 120, seen = 0;

    policy_set_words(&p, (struct word[]){
        { 0x80000000, NONE, 'a', 0x80000021 },
        { 0x8000001d, 0, 'a', 0x121 }, { 0x8000001d, 1, 'a', 0x122 },
        { 0x80000020, 0, 'b', 0x2 }, { 0x80000020, 1, 'a', 0xb }, { 0 } });
    ck_assert_int_eq(x86_policy_to_leaves(&p, &x86_abi_xen, leaves, &nr), 0);

    for ( uint32_t i = 0; i < nr; i++ )
    {
        if ( leaves[i].leaf != 0x8000001d && leaves[i].leaf != 0x80000020 )
            continue;
        seen++;
        ck_assert_uint_eq(leaves[i].subleaf, NONE);
        ck_assert_uint_eq(leaves[i].a,
                          leaves[i].leaf == 0x8000001d ? 0x121 : 0);
    }
    ck_assert_uint_eq(seen, 2);
}
END_TEST

START_TEST(to_msrs_of_xen_abi_has_two)
{
    struct xen_cpu_policy_msr msrs[2];
    struct cpu_policy p = { 0 };
    uint32_t nr = 2;

    *policy_msr(&p, 0xce) = 1u << 31;
    *policy_msr(&p, 0x10a) = 0x8000000000000001ULL;
    ck_assert_int_eq(x86_policy_to_msrs(&p, &x86_abi_xen, msrs, &nr), 0);
    ck_assert_uint_eq(nr, 2);
    ck_assert_uint_eq(msrs[0].index, 0xce);
    ck_assert_uint_eq(msrs[0].flags, 0);
    ck_assert_uint_eq(msrs[0].value, 1u << 31);
    ck_assert_uint_eq(msrs[1].index, 0x10a);
    ck_assert_uint_eq(msrs[1].flags, 0);
    ck_assert_uint_eq(msrs[1].value, 0x8000000000000001ULL);
}
END_TEST

START_TEST(to_msrs_of_full_abi_has_all_in_order)
{
    struct xen_cpu_policy_msr msrs[X86_NR_MSR_SLOTS];
    struct cpu_policy p = { 0 };
    uint32_t nr = X86_NR_MSR_SLOTS;

    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        p.msr[i] = 0x100 + i;
    ck_assert_int_eq(x86_policy_to_msrs(&p, &x86_abi_full, msrs, &nr), 0);
    ck_assert_uint_eq(nr, X86_NR_MSR_SLOTS);
    for ( uint32_t i = 0; i < nr; i++ )
    {
        ck_assert_uint_eq(msrs[i].index, x86_msr_descs[i].index);
        ck_assert_uint_eq(msrs[i].value, 0x100 + i);
        ck_assert_uint_eq(msrs[i].flags, 0);
        ck_assert_uint_eq(nr, X86_NR_MSR_SLOTS);
    }
}
END_TEST

START_TEST(to_msrs_into_a_short_buffer_touches_nothing)
{
    const struct x86_abi *abi = _i ? &x86_abi_full : &x86_abi_xen;
    struct xen_cpu_policy_msr msrs[X86_NR_MSR_SLOTS];
    struct xen_cpu_policy_msr canary[X86_NR_MSR_SLOTS];
    struct cpu_policy p = { 0 };

    memset(canary, 0xc2, sizeof(canary));
    for ( uint32_t room = 0; room < abi->max_msrs; room++ )
    {
        uint32_t nr = room;

        memset(msrs, 0xc2, sizeof(msrs));
        ck_assert_int_eq(x86_policy_to_msrs(&p, abi, msrs, &nr), -ENOBUFS);
        ck_assert_uint_eq(nr, room);
        ck_assert_mem_eq(msrs, canary, sizeof(msrs));
    }
}
END_TEST

Suite *suite_serialise(void)
{
    Suite *s = suite_create("serialise");
    TCase *tc = tcase_create("leaves");

    tcase_add_loop_test(tc, to_leaves_of_table_counts_and_orders, 0,
                        NR_COUNTS);
    tcase_add_loop_test(tc, to_leaves_into_a_short_buffer_touches_nothing, 0,
                        NR_COUNTS);
    tcase_add_test(tc, to_leaves_copies_every_register);
    tcase_add_test(tc, to_leaves_of_xen_abi_flattens_extended_subleaves);
    suite_add_tcase(s, tc);

    tc = tcase_create("msrs");
    tcase_add_test(tc, to_msrs_of_xen_abi_has_two);
    tcase_add_test(tc, to_msrs_of_full_abi_has_all_in_order);
    tcase_add_loop_test(tc, to_msrs_into_a_short_buffer_touches_nothing, 0,
                        2);
    suite_add_tcase(s, tc);

    return s;
}
