/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Zeroing what is out of range.  First the rows of Xen's test-cpu-policy: a
 * marker byte stands in fields, and a number of them must remain.  Then the
 * maxima on which "max + 1" wraps.
 */
#include <check.h>
#include <string.h>

#include "quick.h"
#include "random.h"
#include "words.h"

Suite *suite_trim(void);

#define MARK 0xc2
#define A_FEW_XSTATES \
    { 0xd, 0, 'b', MARK }, { 0xd, 1, 'b', MARK }, { 0xd, 2, 'b', MARK }, \
    { 0xd, 3, 'b', MARK }
#define FEATURE_BEYOND { 7, 0, 'a', MARK }
#define TOPOLOGY_BEYOND { 0xb, 0, 'a', MARK }
#define XSTATE_BEYOND { 0xd, 0, 'a', MARK }, { 0xd, 1, 'a', MARK }

static const struct trim_row {
    const char *name;
    unsigned int nr_remain;
    struct word words[10];
} rows[] = {
    { "basic", 1,
      { { 0, NONE, 'b', MARK }, { 1, NONE, 'a', MARK }, { 4, 0, 'a', MARK },
        FEATURE_BEYOND, TOPOLOGY_BEYOND, XSTATE_BEYOND } },
    { "cache", 1,
      { { 0, NONE, 'a', 4 }, { 4, 0, 'a', 1 }, { 4, 0, 'b', MARK },
        { 4, 1, 'b', MARK }, FEATURE_BEYOND, TOPOLOGY_BEYOND,
        XSTATE_BEYOND } },
    { "feature", 1,
      { { 0, NONE, 'a', 7 }, { 7, 0, 'b', MARK }, { 7, 1, 'b', MARK },
        TOPOLOGY_BEYOND, XSTATE_BEYOND } },
    { "topology", 1,
      { { 0, NONE, 'a', 0xb }, { 0xb, 0, 'b', MARK }, { 0xb, 0, 'c', 0x100 },
        { 0xb, 1, 'b', MARK }, XSTATE_BEYOND } },
    { "xstate x87", 2,
      { { 0, NONE, 'a', 0xd }, { 0xd, 0, 'a', 1 }, A_FEW_XSTATES } },
    { "xstate sse", 2,
      { { 0, NONE, 'a', 0xd }, { 0xd, 0, 'a', 2 }, A_FEW_XSTATES } },
    { "xstate avx", 3,
      { { 0, NONE, 'a', 0xd }, { 0xd, 0, 'a', 7 }, A_FEW_XSTATES } },
    { "extended", 1,
      { { 0x80000000, NONE, 'b', MARK }, { 0x80000001, NONE, 'a', MARK } } },
    /* From here on Xen's test has no row. */
    { "xstate, supervisor states only", 4,
      { { 0, NONE, 'a', 0xd }, { 0xd, 1, 'c', 1u << 3 }, A_FEW_XSTATES } },
    { "xstate, upper half", 4,
      { { 0, NONE, 'a', 0xd }, { 0xd, 0, 'd', 1 }, A_FEW_XSTATES } },
    { "xstate, no state at all", 0,
      { { 0, NONE, 'a', 0xd }, A_FEW_XSTATES } },
    { "cache, all of them", 2,
      { { 0, NONE, 'a', 4 }, { 4, 0, 'a', 1 }, { 4, 1, 'a', 1 },
        { 4, 2, 'a', 1 }, { 4, 3, 'a', 1 }, { 4, 4, 'a', 1 },
        { 4, 5, 'a', 1 }, { 4, 5, 'b', MARK }, { 4, 0, 'b', MARK } } },
    { "cache, terminator with content", 0,
      { { 0, NONE, 'a', 4 }, { 4, 0, 'b', MARK }, { 4, 1, 'a', 1 } } },
    { "topology, terminator with content", 0,
      { { 0, NONE, 'a', 0xb }, { 0xb, 0, 'b', MARK } } },
    { "topology, both levels", 2,
      { { 0, NONE, 'a', 0xb }, { 0xb, 0, 'b', MARK }, { 0xb, 0, 'c', 0x100 },
        { 0xb, 1, 'b', MARK }, { 0xb, 1, 'c', 0x201 } } },
    { "basic maximum of all ones", 4,
      { { 0, NONE, 'a', UINT32_MAX }, { 1, NONE, 'a', MARK },
        { 7, 0, 'b', MARK }, { 0x24, 0, 'b', MARK },
        { 0x16, NONE, 'a', MARK } } },
    { "feature maximum of all ones", 3,
      { { 0, NONE, 'a', 7 }, { 7, 0, 'a', UINT32_MAX }, { 7, 0, 'b', MARK },
        { 7, 1, 'b', MARK }, { 7, 2, 'b', MARK } } },
    { "feature maximum beyond its leaf", 0,
      { { 0, NONE, 'a', 6 }, { 7, 0, 'a', UINT32_MAX },
        { 7, 0, 'b', MARK } } },
    { "extended maximum of all ones", 2,
      { { 0x80000000, NONE, 'a', UINT32_MAX }, { 0x80000001, NONE, 'a', MARK },
        { 0x80000026, 0, 'b', MARK }, { 0x80000026, 0, 'c', 0x100 } } },
    { "extended maximum without its prefix", 2,
      { { 0x80000000, NONE, 'a', 0xffff }, { 0x80000001, NONE, 'a', MARK },
        { 0x80000008, NONE, 'a', MARK } } },
    { "extended, last in range", 1,
      { { 0x80000000, NONE, 'a', 0x80000008 },
        { 0x80000008, NONE, 'a', MARK }, { 0x80000009, NONE, 'a', MARK } } },
    { "Centaur's out of range", 0, { { 0xc0000001, NONE, 'd', MARK } } },
    { "Centaur's in range", 1,
      { { 0xc0000000, NONE, 'a', 0xc0000001 },
        { 0xc0000001, NONE, 'd', MARK } } },
    { "Centaur's maximum is none", 0,
      { { 0xc0000000, NONE, 'a', 0x80000001 },
        { 0xc0000001, NONE, 'd', MARK } } },
    { "hypervisor limits are always in range", 2,
      { { 0x40000000, NONE, 'a', MARK }, { 0x40000100, NONE, 'a', MARK } } },
    { "bitmap of subleaves", 2,
      { { 0, NONE, 'a', 0x23 }, { 0x23, 0, 'a', 0x5 }, { 0x23, 0, 'b', MARK },
        { 0x23, 2, 'b', MARK }, { 0x23, 3, 'b', MARK } } },
};

#define NR_ROWS (sizeof(rows) / sizeof(rows[0]))

static unsigned int count_marks(const struct cpu_policy *p)
{
    unsigned int nr = 0;

    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        nr += p->word[i] == MARK;

    return nr;
}

START_TEST(trim_of_table_leaves_what_is_in_range)
{
    const struct trim_row *row = &rows[_i];
    struct cpu_policy p = { 0 };

    policy_set_words(&p, row->words);
    x86_policy_trim(&p);
    quick_assert_msg(count_marks(&p) == row->nr_remain, "%s: %u remain",
                     row->name, count_marks(&p));
}
END_TEST

/* Maxima say what is in range; trimming must not edit them. */
START_TEST(trim_keeps_the_maxima)
{
    static const uint32_t maxima[] = {
        7, 0xd, X86_MAX_BASIC_LEAF, X86_MAX_BASIC_LEAF + 1, 0xffff,
        0x80000021, 0x80000026, 0x80000027, 0x8000ffff, UINT32_MAX,
    };

    for ( unsigned int i = 0; i < sizeof(maxima) / sizeof(maxima[0]); i++ )
    {
        struct cpu_policy p = { 0 };

        p.leaf[X86_SLOT_0].a = maxima[i];
        p.leaf[X86_SLOT_7].a = maxima[i];
        p.leaf[X86_SLOT_80000000].a = maxima[i];
        x86_policy_trim(&p);
        quick_assert_msg(p.leaf[X86_SLOT_0].a == maxima[i] &&
                         p.leaf[X86_SLOT_7].a == maxima[i] &&
                         p.leaf[X86_SLOT_80000000].a == maxima[i],
                         "%#x: %#x %#x %#x", maxima[i], p.leaf[X86_SLOT_0].a,
                         p.leaf[X86_SLOT_7].a, p.leaf[X86_SLOT_80000000].a);
    }
}
END_TEST

static bool in_serialisation(const struct cpu_policy *p, unsigned int slot)
{
    const struct x86_slot_desc *s = &x86_slot_descs[slot];
    const struct x86_leaf_desc *d = x86_leaf_find(s->leaf);

    return x86_leaf_in_range(p, s->leaf) &&
           slot < d->first_slot + x86_leaf_count(p, d);
}

START_TEST(trim_of_random_policies_is_idempotent_and_only_clears)
{
    struct random r = random_start();

    for ( unsigned int n = 0; n < 20000; n++ )
    {
        struct cpu_policy p = { 0 }, once, twice;

        for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
            p.word[i] = random_register(&r);
        once = p;
        x86_policy_trim(&once);
        twice = once;
        x86_policy_trim(&twice);
        quick_assert_msg(!memcmp(&once, &twice, sizeof(once)),
                         "policy %u, seed %#lx: not idempotent", n,
                         (unsigned long)r.seed);

        for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
            quick_assert_msg(once.word[i] == p.word[i] || !once.word[i],
                             "policy %u, seed %#lx: word %u edited", n,
                             (unsigned long)r.seed, i);
        for ( unsigned int i = 0; i < X86_NR_SLOTS; i++ )
            quick_assert_msg(in_serialisation(&p, i) ||
                             !(once.leaf[i].a | once.leaf[i].b |
                               once.leaf[i].c | once.leaf[i].d),
                             "policy %u, seed %#lx: slot %u out of range", n,
                             (unsigned long)r.seed, i);
    }
}
END_TEST

Suite *suite_trim(void)
{
    Suite *s = suite_create("trim");
    TCase *tc = tcase_create("policy");

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, trim_of_table_leaves_what_is_in_range, 0,
                        NR_ROWS);
    tcase_add_test(tc, trim_keeps_the_maxima);
    tcase_add_test(tc,
                   trim_of_random_policies_is_idempotent_and_only_clears);
    suite_add_tcase(s, tc);

    return s;
}
