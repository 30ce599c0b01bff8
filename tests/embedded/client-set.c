/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Setting policies through libxenctrl and libxenguest. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "client.h"

START_TEST(set_of_what_was_got_changes_nothing)
{
    struct rows before, after;
    struct place where;
    uint32_t domid = domain(&kinds[_i]);
    int rc;

    get_domain(domid, &before);
    rc = set(domid, &before, &where);
    ck_assert_msg(!rc, "%s: %d at %#x %#x %#x", kinds[_i].name, rc,
                  where.leaf, where.subleaf, where.msr);
    get_domain(domid, &after);
    ck_assert_msg(same(&before, &after), "%s", kinds[_i].name);
}
END_TEST

/* CX16: on every 64-bit CPU, and nothing depends on it. */
START_TEST(set_without_a_feature_is_what_get_returns)
{
    struct rows r, after;
    struct place where;
    uint32_t domid = domain(&kinds[_i]);

    get_domain(domid, &r);
    ck_assert(row(&r, 1, NOWHERE)->c & (1u << 13));
    row(&r, 1, NOWHERE)->c &= ~(1u << 13);
    ck_assert_int_eq(set(domid, &r, &where), 0);
    get_domain(domid, &after);
    ck_assert_msg(same(&r, &after), "%s", kinds[_i].name);
}
END_TEST

START_TEST(set_of_one_leaf_keeps_the_others)
{
    struct rows before, after, r = { .nr_leaves = 1 };
    struct place where;
    uint32_t domid = domain(&kinds[_i]);

    get_domain(domid, &before);
    r.leaves[0] = *row(&before, 0x80000003, NOWHERE);
    r.leaves[0].a ^= 0x01010101;
    ck_assert_int_eq(set(domid, &r, &where), 0);
    get_domain(domid, &after);
    row(&before, 0x80000003, NOWHERE)->a ^= 0x01010101;
    ck_assert_msg(same(&before, &after), "%s", kinds[_i].name);
}
END_TEST

static const struct refused {
    const char *name;
    int rc;
    struct place where;
    uint32_t nr_leaves, nr_msrs;
    xen_cpuid_leaf_t leaf;
    xen_msr_entry_t msr;
} refused[] = {
    { "max leaf", -EINVAL, { 0, NOWHERE, NOWHERE }, 1, 0,
      { 0, NOWHERE, 0x50, 0, 0, 0 }, { 0, 0, 0 } },
    { "max leaf that wraps round", -EINVAL, { 0, NOWHERE, NOWHERE }, 1, 0,
      { 0, NOWHERE, NOWHERE, 0, 0, 0 }, { 0, 0, 0 } },
    { "max subleaf of 7 that wraps round", -EINVAL, { 7, 0, NOWHERE }, 1, 0,
      { 7, 0, NOWHERE, 0, 0, 0 }, { 0, 0, 0 } },
    { "max extended leaf without its prefix", -EINVAL,
      { 0x80000000, NOWHERE, NOWHERE }, 1, 0,
      { 0x80000000, NOWHERE, 0xffff, 0, 0, 0 }, { 0, 0, 0 } },
    { "every feature of leaf 7", -EINVAL, { 7, 0, NOWHERE }, 1, 0,
      { 7, 0, 2, NOWHERE, NOWHERE, NOWHERE }, { 0, 0, 0 } },
    { "another bit of MSR 0xce", -EINVAL, { NOWHERE, NOWHERE, 0xce }, 0, 1,
      { 0, 0, 0, 0, 0, 0 }, { 0xce, 0, 1 } },
    { "flags of an MSR", -EINVAL, { NOWHERE, NOWHERE, 0x10a }, 0, 1,
      { 0, 0, 0, 0, 0, 0 }, { 0x10a, 1, 0 } },
    { "wide MSR 0xce", -EOVERFLOW, { NOWHERE, NOWHERE, 0xce }, 0, 1,
      { 0, 0, 0, 0, 0, 0 }, { 0xce, 0, 1ULL << 32 } },
    { "unknown MSR", -ERANGE, { NOWHERE, NOWHERE, 0xdeadc0de }, 0, 1,
      { 0, 0, 0, 0, 0, 0 }, { 0xdeadc0de, 0, 0 } },
    { "leaf that 4.17 does not know", -ERANGE, { 0x14, 0, NOWHERE }, 1, 0,
      { 0x14, 0, 0, 0, 0, 0 }, { 0, 0, 0 } },
    { "subleaf where there is none", -ERANGE, { 1, 0, NOWHERE }, 1, 0,
      { 1, 0, 0, 0, 0, 0 }, { 0, 0, 0 } },
    { "one leaf too many", -E2BIG, { NOWHERE, NOWHERE, NOWHERE },
      MAX_LEAVES + 1, 0, { 0, NOWHERE, 0, 0, 0, 0 }, { 0, 0, 0 } },
    { "one MSR too many", -E2BIG, { NOWHERE, NOWHERE, NOWHERE }, 0,
      MAX_MSRS + 1, { 0, 0, 0, 0, 0, 0 }, { 0xce, 0, 0 } },
};
#define NR_REFUSED (sizeof(refused) / sizeof(refused[0]))

START_TEST(set_refused_says_where_and_changes_nothing)
{
    const struct refused *r = &refused[_i];
    xen_cpuid_leaf_t leaves[MAX_LEAVES + 1] = { r->leaf };
    xen_msr_entry_t msrs[MAX_MSRS + 1] = { r->msr };

    for ( unsigned int k = 0; k < NR_KINDS; k++ )
    {
        struct rows before, after;
        struct place at;
        uint32_t domid = domain(&kinds[k]);
        int rc;

        get_domain(domid, &before);
        rc = xc_set_domain_cpu_policy(xch, domid, r->nr_leaves, leaves,
                                      r->nr_msrs, msrs, &at.leaf,
                                      &at.subleaf, &at.msr);
        ck_assert_msg(rc == -1 && errno == -r->rc, "%s, %s: errno %d",
                      r->name, kinds[k].name, rc ? errno : 0);
        ck_assert_msg(!memcmp(&at, &r->where, sizeof(at)),
                      "%s, %s: at %#x %#x %#x", r->name, kinds[k].name,
                      at.leaf, at.subleaf, at.msr);
        get_domain(domid, &after);
        ck_assert_msg(same(&before, &after), "%s, %s", r->name,
                      kinds[k].name);
    }
}
END_TEST

/* CX16 and much else stay behind without PAE. */
START_TEST(set_without_a_prerequisite_einval_at_the_dependent)
{
    struct rows r;
    struct place where;
    uint32_t domid = domain(&kinds[_i]);

    get_domain(domid, &r);
    row(&r, 1, NOWHERE)->d &= ~(1u << 6);
    ck_assert_int_eq(set(domid, &r, &where), -EINVAL);
    ck_assert_msg(where.leaf == 1 && where.subleaf == NOWHERE &&
                  where.msr == NOWHERE, "%s: at %#x %#x %#x",
                  kinds[_i].name, where.leaf, where.subleaf, where.msr);
}
END_TEST

START_TEST(set_after_unpause_eexist)
{
    struct rows r, after;
    struct place where;
    uint32_t domid = domain(&kinds[_i]);

    get_domain(domid, &r);
    ck_assert_int_eq(xc_domain_max_vcpus(xch, domid, 3), -1);
    ck_assert_int_eq(errno, EINVAL);
    ck_assert_int_eq(xc_domain_max_vcpus(xch, domid, 2), 0);
    ck_assert_int_eq(set(domid, &r, &where), 0);
    ck_assert_int_eq(xc_domain_unpause(xch, domid), 0);
    ck_assert_int_eq(set(domid, &r, &where), -EEXIST);
    ck_assert_int_eq(xc_domain_pause(xch, domid), 0);
    ck_assert_int_eq(set(domid, &r, &where), -EEXIST);
    get_domain(domid, &after);
    ck_assert(same(&r, &after));
    ck_assert_int_eq(xc_domain_destroy(xch, domid), 0);
    ck_assert_int_eq(set(domid, &r, &where), -ESRCH);
}
END_TEST

START_TEST(set_of_ones_own_policy_einval)
{
    struct rows r;
    struct place where;

    get_domain(0, &r);
    ck_assert_int_eq(set(0, &r, &where), -EINVAL);
    ck_assert_uint_eq(where.leaf, NOWHERE);
}
END_TEST

/*
 * What libxl does of each domain that it builds.  For nested domains
 * libxenguest asks for VMX and SVM at once, and for those with shadow paging
 * for the default of those with HAP, in the belief that whatever is too much
 * will be dropped in silence.  Here it is told.
 */
START_TEST(apply_policy_is_accepted_or_told_why)
{
    uint32_t domid = domain(&kinds[_i]);
    struct rows def, before, after;
    bool too_much;
    int rc;

    get_system(kinds[_i].def, &def);
    get_domain(domid, &before);
    too_much = _i == KIND_NESTED || !same(&def, &before);
    rc = xc_cpuid_apply_policy(xch, domid, false, NULL, 0, true, false,
                               kinds[_i].flags & XEN_DOMCTL_CDF_nested_virt,
                               NULL, NULL) ? errno : 0;
    ck_assert_msg(rc == (too_much ? EINVAL : 0), "%s: %s", kinds[_i].name,
                  strerror(rc));
    get_domain(domid, &after);
    if ( rc )
        ck_assert(same(&before, &after));
    else
        ck_assert(row(&after, 1, NOWHERE)->d & (1u << 28));
}
END_TEST

TCase *client_set(void)
{
    TCase *tc = tcase_create("set");

    tcase_add_loop_test(tc, set_of_what_was_got_changes_nothing, 0,
                        NR_KINDS);
    tcase_add_loop_test(tc, set_without_a_feature_is_what_get_returns, 0,
                        NR_KINDS);
    tcase_add_loop_test(tc, set_of_one_leaf_keeps_the_others, 0, NR_KINDS);
    tcase_add_loop_test(tc, set_refused_says_where_and_changes_nothing, 0,
                        NR_REFUSED);
    tcase_add_loop_test(tc,
                        set_without_a_prerequisite_einval_at_the_dependent,
                        0, NR_KINDS);
    tcase_add_loop_test(tc, set_after_unpause_eexist, 0, NR_KINDS);
    tcase_add_test(tc, set_of_ones_own_policy_einval);
    tcase_add_loop_test(tc, apply_policy_is_accepted_or_told_why, 0,
                        NR_KINDS);

    return tc;
}
