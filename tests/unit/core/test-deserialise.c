/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Leaves and MSRs into a policy: a merge, all or nothing.  The failures of
 * Xen's ABI are those of Xen's own test-cpu-policy, and more.
 */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "quick.h"
#include "random.h"
#include "words.h"

Suite *suite_deserialise(void);

enum { XEN = 1, FULL = 2, BOTH = 3 };

static const struct leaf_row {
    const char *name;
    uint32_t leaf, subleaf;
    int refused_by;             /* which ABIs */
} bad_leaves[] = {
    { "leaf 0 has no subleaves", 0x0, 0, BOTH },
    { "leaf 1 has no subleaves", 0x1, 0, BOTH },
    { "beyond Xen's basic leaves", 0xe, NONE, XEN },
    { "beyond Xen's basic leaves, subleaf", 0xe, 0, BOTH },
    { "cache subleaf", 0x4, 6, BOTH },
    { "cache without subleaf", 0x4, NONE, BOTH },
    { "feature subleaf", 0x7, 3, BOTH },
    { "feature without subleaf", 0x7, NONE, BOTH },
    { "topology subleaf", 0xb, 2, BOTH },
    { "xstate subleaf", 0xd, 63, BOTH },
    { "xstate subleaf, all but ones", 0xd, NONE - 1, BOTH },
    { "beyond our basic leaves", 0x25, NONE, BOTH },
    { "before the hypervisor's", 0x3fffffff, NONE, BOTH },
    { "hypervisor limit has no subleaves", 0x40000000, 0, BOTH },
    { "second hypervisor limit has no subleaves", 0x40000100, 0, BOTH },
    { "hypervisor's further leaves", 0x40000001, NONE, BOTH },
    { "extended has no subleaves", 0x80000000, 0, BOTH },
    { "beyond Xen's extended leaves", 0x80000022, NONE, XEN },
    { "beyond Xen's extended leaves, subleaf", 0x80000022, 0, BOTH },
    { "beyond our extended leaves", 0x80000027, NONE, BOTH },
    { "extended cache subleaf", 0x8000001d, 0, XEN },
    { "extended cache subleaf beyond", 0x8000001d, 8, BOTH },
    { "extended topology", 0x80000026, 0, XEN },
    { "extended topology without subleaf", 0x80000026, NONE, XEN },
    { "Centaur's", 0xc0000000, NONE, XEN },
    { "Centaur's with subleaf", 0xc0000001, 0, BOTH },
    { "beyond Centaur's", 0xc0000002, NONE, BOTH },
    { "all ones", UINT32_MAX, NONE, BOTH },
};

#define NR_BAD_LEAVES (sizeof(bad_leaves) / sizeof(bad_leaves[0]))

/* A policy with something everywhere, and its own copy to compare with. */
static void fill(struct cpu_policy *p)
{
    struct random r = random_start();

    memset(p, 0, sizeof(*p));
    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        p->word[i] = random_32(&r);
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        p->msr[i] = random_64(&r) & x86_msr_descs[i].storage;
    x86_policy_recalc_vendor(p);
}

static void check_refused(const struct leaf_row *row,
                          const struct x86_abi *abi)
{
    const struct xen_cpu_policy_leaf in[] = {
        { 0x1, NONE, 1, 2, 3, 4 },
        { row->leaf, row->subleaf, 5, 6, 7, 8 },
        { 0xdead0000, NONE, 9, 9, 9, 9 },       /* the first one is told */
    };
    struct x86_policy_error err = X86_POLICY_ERROR_INIT;
    struct cpu_policy p, before;
    int rc;

    fill(&p);
    before = p;
    rc = x86_policy_from_leaves(&p, abi, in, 3, &err);
    quick_assert_msg(rc == -ERANGE, "%s: %d", row->name, rc);
    quick_assert_msg(err.leaf == row->leaf && err.subleaf == row->subleaf,
                     "%s: blames %#x.%#x", row->name, err.leaf, err.subleaf);
    quick_assert_msg(err.msr == ~0u, "%s: blames MSR %#x", row->name, err.msr);
    quick_assert_msg(!memcmp(&p, &before, sizeof(p)), "%s: policy touched",
                     row->name);
    ck_assert_int_eq(x86_policy_from_leaves(&p, abi, in, 3, NULL), -ERANGE);
}

START_TEST(from_leaves_of_a_bad_leaf_is_out_of_range)
{
    const struct leaf_row *row = &bad_leaves[_i];
    const struct xen_cpu_policy_leaf in = {
        .leaf = row->leaf, .subleaf = row->subleaf,
    };
    struct cpu_policy p = { 0 };

    for ( int abi = XEN; abi <= FULL; abi++ )
    {
        const struct x86_abi *a = abi == XEN ? &x86_abi_xen : &x86_abi_full;

        if ( row->refused_by & abi )
            check_refused(row, a);
        else
            quick_assert_msg(!x86_policy_from_leaves(&p, a, &in, 1, NULL),
                             "%s: refused", row->name);
    }
}
END_TEST

START_TEST(from_leaves_of_too_many_is_refused_unread)
{
    const struct x86_abi *abi = _i ? &x86_abi_full : &x86_abi_xen;
    struct x86_policy_error err = X86_POLICY_ERROR_INIT;
    struct cpu_policy p, before;

    fill(&p);
    before = p;
    ck_assert_int_eq(x86_policy_from_leaves(&p, abi, NULL,
                                            abi->max_leaves + 1, &err),
                     -E2BIG);
    ck_assert_int_eq(x86_policy_from_leaves(&p, abi, NULL, UINT32_MAX, &err),
                     -E2BIG);
    ck_assert_int_eq(x86_policy_from_msrs(&p, abi, NULL, abi->max_msrs + 1,
                                          &err), -E2BIG);
    ck_assert_uint_eq(err.leaf & err.subleaf & err.msr, ~0u);
    ck_assert_mem_eq(&p, &before, sizeof(p));
}
END_TEST

START_TEST(from_leaves_of_the_most_allowed_is_accepted)
{
    const struct x86_abi *abi = _i ? &x86_abi_full : &x86_abi_xen;
    struct xen_cpu_policy_leaf in[X86_NR_SLOTS];
    struct cpu_policy p;

    fill(&p);
    for ( uint32_t i = 0; i < abi->max_leaves; i++ )
        in[i] = (struct xen_cpu_policy_leaf){ 0x1, NONE, i, i, i, i };
    ck_assert_int_eq(x86_policy_from_leaves(&p, abi, in, abi->max_leaves,
                                            NULL), 0);
    /* The last of duplicates wins. */
    ck_assert_uint_eq(p.leaf[X86_SLOT_1].a, abi->max_leaves - 1);
}
END_TEST

START_TEST(from_leaves_of_nothing_changes_nothing)
{
    struct cpu_policy p, before;

    fill(&p);
    before = p;
    ck_assert_int_eq(x86_policy_from_leaves(&p, &x86_abi_full, NULL, 0,
                                            NULL), 0);
    ck_assert_int_eq(x86_policy_from_msrs(&p, &x86_abi_full, NULL, 0, NULL),
                     0);
    ck_assert_mem_eq(&p, &before, sizeof(p));
}
END_TEST

START_TEST(from_leaves_in_any_order_merges)
{
    static const struct xen_cpu_policy_leaf in[] = {
        { 0x80000026, 5, 1, 2, 3, 4 }, { 0x7, 1, 5, 6, 7, 8 },
        { 0xd, 62, 9, 10, 11, 12 }, { 0x7, 0, 13, 14, 15, 16 },
    };
    struct cpu_policy p, expect;

    fill(&p);
    expect = p;
    for ( unsigned int i = 0; i < sizeof(in) / sizeof(in[0]); i++ )
        memcpy(policy_word(&expect, in[i].leaf, in[i].subleaf, 'a'),
               &in[i].a, 4 * sizeof(uint32_t));

    ck_assert_int_eq(x86_policy_from_leaves(&p, &x86_abi_full, in, 4, NULL),
                     0);
    ck_assert_mem_eq(&p, &expect, sizeof(p));
}
END_TEST

START_TEST(from_leaves_of_leaf_0_rederives_the_vendor)
{
    struct xen_cpu_policy_leaf in = { 0x0, NONE, 0xd, 0, 0, 0 };
    uint32_t id[3];
    struct cpu_policy p;

    memcpy(id, "HygonGenuine", sizeof(id));
    in.b = id[0];
    in.d = id[1];
    in.c = id[2];
    fill(&p);
    ck_assert_uint_eq(p.vendor, X86_VENDOR_UNKNOWN);
    ck_assert_int_eq(x86_policy_from_leaves(&p, &x86_abi_xen, &in, 1, NULL),
                     0);
    ck_assert_uint_eq(p.vendor, X86_VENDOR_HYGON);
}
END_TEST

/* What Xen's ABI does not carry stays as it is. */
START_TEST(from_leaves_of_an_extended_leaf_without_subleaf_is_the_first)
{
    static const struct xen_cpu_policy_leaf in = {
        0x8000001d, NONE, 1, 2, 3, 4,
    };
    struct cpu_policy p, expect;

    fill(&p);
    expect = p;
    memcpy(policy_word(&expect, 0x8000001d, 0, 'a'), &in.a, 16);
    ck_assert_int_eq(x86_policy_from_leaves(
                         &p, _i ? &x86_abi_full : &x86_abi_xen, &in, 1,
                         NULL), 0);
    ck_assert_mem_eq(&p, &expect, sizeof(p));
}
END_TEST

static const struct msr_row {
    const char *name;
    struct xen_cpu_policy_msr msr;
    int rc_xen, rc_full;
} msr_rows[] = {
    { "unknown", { 0xdeadc0de, 0, 0 }, -ERANGE, -ERANGE },
    { "flags", { 0xce, 1, 0 }, -EINVAL, -EINVAL },
    { "highest flag", { 0x10a, 1u << 31, 0 }, -EINVAL, -EINVAL },
    { "0xce has 32 bits", { 0xce, 0, ~0ULL }, -EOVERFLOW, -EOVERFLOW },
    { "0xce, bit 32", { 0xce, 0, 1ULL << 32 }, -EOVERFLOW, -EOVERFLOW },
    { "0xce, all it has", { 0xce, 0, UINT32_MAX }, 0, 0 },
    { "0x10a, all it has", { 0x10a, 0, ~0ULL }, 0, 0 },
    { "not in Xen's ABI", { 0x480, 0, 1 }, -ERANGE, 0 },
};

START_TEST(from_msrs_of_table_gives_errno_and_place)
{
    const struct msr_row *row = &msr_rows[_i / 2];
    const struct x86_abi *abi = _i & 1 ? &x86_abi_full : &x86_abi_xen;
    int expect = _i & 1 ? row->rc_full : row->rc_xen;
    const struct xen_cpu_policy_msr in[] = { { 0x10a, 0, 1 }, row->msr };
    struct x86_policy_error err = X86_POLICY_ERROR_INIT;
    struct cpu_policy p, before;
    int rc;

    fill(&p);
    before = p;
    rc = x86_policy_from_msrs(&p, abi, in, 2, &err);
    quick_assert_msg(rc == expect, "%s: %d", row->name, rc);
    quick_assert_msg(err.msr == (rc ? row->msr.index : ~0u),
                     "%s: blames MSR %#x", row->name, err.msr);
    quick_assert_msg((err.leaf & err.subleaf) == ~0u, "%s: blames leaf %#x",
                     row->name, err.leaf);
    quick_assert_msg(x86_policy_from_msrs(&p, abi, in, 2, NULL) == expect,
                     "%s: another answer without err", row->name);
    if ( rc )
        quick_assert_msg(!memcmp(&p, &before, sizeof(p)), "%s: policy touched",
                         row->name);
    else
        quick_assert_msg(*policy_msr(&p, row->msr.index) == row->msr.value,
                         "%s: not stored", row->name);
}
END_TEST

START_TEST(from_msrs_of_duplicates_keeps_the_last)
{
    static const struct xen_cpu_policy_msr in[] = {
        { 0x10a, 0, 1 }, { 0x10a, 0, 2 },
    };
    struct cpu_policy p = { 0 };

    ck_assert_int_eq(x86_policy_from_msrs(&p, &x86_abi_xen, in, 2, NULL), 0);
    ck_assert_uint_eq(*policy_msr(&p, 0x10a), 2);
}
END_TEST

/* What is in range survives the way out and back in. */
START_TEST(from_leaves_of_to_leaves_is_the_same_policy)
{
    struct random r = random_start();

    for ( unsigned int n = 0; n < 20000; n++ )
    {
        struct xen_cpu_policy_leaf leaves[X86_NR_SLOTS];
        struct xen_cpu_policy_msr msrs[X86_NR_MSR_SLOTS];
        uint32_t nr_leaves = X86_NR_SLOTS, nr_msrs = X86_NR_MSR_SLOTS;
        struct cpu_policy p = { 0 }, back = { 0 };

        for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
            p.word[i] = random_register(&r);
        for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
            p.msr[i] = random_64(&r) & x86_msr_descs[i].storage;
        x86_policy_recalc_vendor(&p);
        x86_policy_trim(&p);

        quick_assert_msg(!x86_policy_to_leaves(&p, &x86_abi_full, leaves,
                                               &nr_leaves) &&
                         !x86_policy_to_msrs(&p, &x86_abi_full, msrs,
                                             &nr_msrs) &&
                         !x86_policy_from_leaves(&back, &x86_abi_full, leaves,
                                                 nr_leaves, NULL) &&
                         !x86_policy_from_msrs(&back, &x86_abi_full, msrs,
                                               nr_msrs, NULL),
                         "policy %u, seed %#lx: refused", n,
                         (unsigned long)r.seed);
        quick_assert_msg(!memcmp(&p, &back, sizeof(p)), "policy %u, seed %#lx",
                         n, (unsigned long)r.seed);
    }
}
END_TEST

Suite *suite_deserialise(void)
{
    Suite *s = suite_create("deserialise");
    TCase *tc = tcase_create("leaves");

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, from_leaves_of_a_bad_leaf_is_out_of_range, 0,
                        NR_BAD_LEAVES);
    tcase_add_loop_test(tc, from_leaves_of_too_many_is_refused_unread, 0, 2);
    tcase_add_loop_test(tc, from_leaves_of_the_most_allowed_is_accepted, 0,
                        2);
    tcase_add_test(tc, from_leaves_of_nothing_changes_nothing);
    tcase_add_test(tc, from_leaves_in_any_order_merges);
    tcase_add_test(tc, from_leaves_of_leaf_0_rederives_the_vendor);
    tcase_add_loop_test(
        tc, from_leaves_of_an_extended_leaf_without_subleaf_is_the_first, 0,
        2);
    tcase_add_test(tc, from_leaves_of_to_leaves_is_the_same_policy);
    suite_add_tcase(s, tc);

    tc = tcase_create("msrs");
    tcase_add_loop_test(tc, from_msrs_of_table_gives_errno_and_place, 0,
                        2 * sizeof(msr_rows) / sizeof(msr_rows[0]));
    tcase_add_test(tc, from_msrs_of_duplicates_keeps_the_last);
    suite_add_tcase(s, tc);

    return s;
}
