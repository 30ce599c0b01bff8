/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The store: how domains come, are set, run, and go. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <arch/domain.h>

#include "audit-check.h"
#include "domain-store.h"

Suite *suite_domain(void);

static const struct kind_row {
    const char *name;
    struct x86_domain_kind kind;
    enum x86_policy_index max, def;
    bool is_default;            /* of its type, unchanged */
} kinds[] = {
    { "PV", { 0 }, X86_POLICY_PV_MAX, X86_POLICY_PV_DEFAULT, true },
    { "PV with vPMU", { .vpmu = true }, X86_POLICY_PV_MAX,
      X86_POLICY_PV_DEFAULT, true },
    { "32-bit PV", { .pv32 = true }, X86_POLICY_PV_MAX,
      X86_POLICY_PV_DEFAULT, false },
    { "HVM", { .hvm = true, .hap = true }, X86_POLICY_HVM_MAX,
      X86_POLICY_HVM_DEFAULT, true },
    { "HVM with shadow paging", { .hvm = true }, X86_POLICY_HVM_MAX,
      X86_POLICY_HVM_DEFAULT, false },
    { "nested HVM", { .hvm = true, .hap = true, .nested = true },
      X86_POLICY_HVM_MAX, X86_POLICY_HVM_DEFAULT, true },
    { "HVM of 40 bits", { .hvm = true, .hap = true, .max_phys_bits = 40 },
      X86_POLICY_HVM_MAX, X86_POLICY_HVM_DEFAULT, false },
};
#define NR_KINDS (sizeof(kinds) / sizeof(kinds[0]))
enum { PV = 0, HVM = 3 };

static int create(unsigned int kind, uint32_t id)
{
    const struct x86_domain_config config = {
        .kind = kinds[kind].kind, .max_vcpus = 2,
    };

    return x86_domain_create(&store, id, &config, NULL);
}

static struct cpu_policy get(uint32_t id)
{
    struct cpu_policy p;

    ck_assert_int_eq(x86_domain_get(&store, id, &p), 0);

    return p;
}

static struct x86_domain_info info(uint32_t id)
{
    struct x86_domain_info i;

    ck_assert_int_eq(x86_domain_info(&store, id, &i), 0);

    return i;
}

static bool same(const struct cpu_policy *a, const struct cpu_policy *b)
{
    return !memcmp(a, b, sizeof(*a));
}

/* ---- create ----------------------------------------------------------- */

START_TEST(create_of_each_kind_starts_with_an_acceptable_default)
{
    for ( unsigned int i = 0; i < NR_KINDS; i++ )
    {
        const struct kind_row *k = &kinds[i];
        const struct cpu_policy *def;
        struct cpu_policy limit, p;
        int id;

        make_store(_i ? X86_VENDOR_AMD : X86_VENDOR_INTEL);
        def = &host.policies.policy[k->def];
        id = create(i, X86_DOMID_ANY);
        ck_assert_msg(id == 1, "%s: %d", k->name, id);
        p = get(id);
        ck_assert_msg(same(&p, def) == k->is_default, "%s", k->name);

        x86_domain_limit(&limit, &host.policies.policy[k->max], &k->kind);
        ck_assert_msg(audit_accepts(&p, &limit, &k->kind),
                      "%s: not acceptable", k->name);
    }
}
END_TEST

START_TEST(create_fills_in_info)
{
    const struct x86_domain_config config = {
        .kind = { .hvm = true, .vpmu = true }, .max_vcpus = 7,
        .emulation_flags = 5, .misc_flags = 1, .handle = { 1, 2, 3 },
    };
    struct x86_domain_info i;

    ck_assert_int_eq(x86_domain_create(&store, 9, &config, NULL), 9);
    i = info(9);
    ck_assert_uint_eq(i.id, 9);
    ck_assert_mem_eq(&i.config, &config, sizeof(config));
    ck_assert(!i.finished && !i.policy_set);
    ck_assert_uint_eq(i.nr_vcpus, 0);
    ck_assert_uint_eq(i.nr_pauses, 1);
}
END_TEST

static const struct {
    const char *name;
    struct x86_domain_kind kind;
    uint32_t max_vcpus, id;
    int rc;
} bad_configs[] = {
    { "no vCPUs", { 0 }, 0, X86_DOMID_ANY, -EINVAL },
    { "too many vCPUs", { 0 }, X86_DOMAIN_MAX_VCPUS + 1, X86_DOMID_ANY,
      -EINVAL },
    { "31 bits", { .max_phys_bits = 31 }, 1, X86_DOMID_ANY, -EINVAL },
    { "58 bits", { .hvm = true, .max_phys_bits = 58 }, 1, X86_DOMID_ANY,
      -EINVAL },
    { "HAP without HVM", { .hap = true }, 1, X86_DOMID_ANY, -EINVAL },
    { "nested PV", { .nested = true }, 1, X86_DOMID_ANY, -EINVAL },
    { "32-bit HVM", { .hvm = true, .pv32 = true }, 1, X86_DOMID_ANY,
      -EINVAL },
    { "first reserved id", { 0 }, 1, X86_DOMID_FIRST_RESERVED, -ERANGE },
    { "last id that is not ANY", { 0 }, 1, X86_DOMID_ANY - 1, -ERANGE },
};

START_TEST(create_of_what_cannot_be_fails)
{
    const struct x86_domain_config config = {
        .kind = bad_configs[_i].kind, .max_vcpus = bad_configs[_i].max_vcpus,
    };
    struct x86_domain_info i;
    int rc = x86_domain_create(&store, bad_configs[_i].id, &config, NULL);

    ck_assert_msg(rc == bad_configs[_i].rc, "%s: %d", bad_configs[_i].name,
                  rc);
    ck_assert_int_eq(x86_domain_next(&store, 0, &i), -ESRCH);
}
END_TEST

START_TEST(create_id_in_use_eexist)
{
    ck_assert_int_eq(create(PV, 0), 0);
    ck_assert_int_eq(create(PV, 0), -EEXIST);
    ck_assert_int_eq(create(PV, X86_DOMID_FIRST_RESERVED - 1),
                     X86_DOMID_FIRST_RESERVED - 1);
    ck_assert_int_eq(create(PV, X86_DOMID_FIRST_RESERVED - 1), -EEXIST);
}
END_TEST

START_TEST(create_in_a_full_store_enospc)
{
    for ( int i = 1; i <= NR_DOMAINS; i++ )
        ck_assert_int_eq(create(PV, X86_DOMID_ANY), i);
    ck_assert_int_eq(create(PV, X86_DOMID_ANY), -ENOSPC);
    ck_assert_int_eq(create(PV, 3), -EEXIST);
    ck_assert_int_eq(create(PV, 100), -ENOSPC);
    ck_assert_int_eq(x86_domain_destroy(&store, 3), 0);
    ck_assert_int_eq(create(PV, 100), 100);
}
END_TEST

START_TEST(create_any_id_goes_on_from_the_last_and_around)
{
    ck_assert_int_eq(create(PV, 2), 2);
    ck_assert_int_eq(create(PV, X86_DOMID_ANY), 1);
    ck_assert_int_eq(create(PV, X86_DOMID_ANY), 3);
    ck_assert_int_eq(x86_domain_destroy(&store, 3), 0);
    /* The id just gone is not used again at once. */
    ck_assert_int_eq(create(PV, X86_DOMID_ANY), 4);
    store.last = X86_DOMID_FIRST_RESERVED - 1;
    ck_assert_int_eq(create(PV, X86_DOMID_ANY), 3);
}
END_TEST

START_TEST(store_of_no_places_is_empty_and_full)
{
    struct x86_domain_info i;
    struct x86_domain *d;

    x86_domain_store_init(&store, NULL, 0, &host.policies);
    ck_assert_int_eq(create(PV, X86_DOMID_ANY), -ENOSPC);
    ck_assert_int_eq(x86_domain_next(&store, 0, &i), -ESRCH);
    ck_assert_int_eq(x86_domain_hold(&store, 0, &d), -ESRCH);
}
END_TEST

/* ---- finding ---------------------------------------------------------- */

START_TEST(next_walks_in_order_of_id)
{
    static const uint32_t ids[] = { 30, 0, 7, 29, 8 }, order[] = {
        0, 7, 8, 29, 30,
    };
    struct x86_domain_info i;
    uint32_t id = 0;

    for ( unsigned int n = 0; n < NR_DOMAINS; n++ )
        ck_assert_int_eq(create(PV, ids[n]), ids[n]);
    for ( unsigned int n = 0; n < NR_DOMAINS; n++ )
    {
        ck_assert_int_eq(x86_domain_next(&store, id, &i), 0);
        ck_assert_uint_eq(i.id, order[n]);
        id = i.id + 1;
    }
    ck_assert_int_eq(x86_domain_next(&store, id, &i), -ESRCH);
    ck_assert_int_eq(x86_domain_next(&store, 0xffffffff, &i), -ESRCH);
}
END_TEST

static int call_get(uint32_t id)
{
    struct cpu_policy p;

    return x86_domain_get(&store, id, &p);
}

static int call_info(uint32_t id)
{
    struct x86_domain_info i;

    return x86_domain_info(&store, id, &i);
}

static int call_hold(uint32_t id)
{
    struct x86_domain *d;

    return x86_domain_hold(&store, id, &d);
}

static int call_set(uint32_t id)
{
    const struct x86_policy_request req = { .abi = &x86_abi_full };

    return x86_domain_set(&store, id, &req, &scratch);
}

static int call_audit(uint32_t id)
{
    const struct x86_policy_request req = { .abi = &x86_abi_full };

    return x86_domain_audit(&store, id, &req, NULL, &scratch);
}

static int call_destroy(uint32_t id)
{
    return x86_domain_destroy(&store, id);
}

static int call_pause(uint32_t id)
{
    return x86_domain_pause(&store, id);
}

static int call_unpause(uint32_t id)
{
    return x86_domain_unpause(&store, id);
}

static int call_vcpus(uint32_t id)
{
    return x86_domain_add_vcpus(&store, id, 2);
}

static int call_pv32(uint32_t id)
{
    return x86_domain_set_pv32(&store, id, true, &scratch);
}

static int (*const calls[])(uint32_t id) = {
    call_get, call_info, call_hold, call_set, call_audit, call_destroy,
    call_pause, call_unpause, call_vcpus, call_pv32,
};

START_TEST(call_about_no_domain_esrch)
{
    static const uint32_t never[] = {
        0, 2, 6, X86_DOMID_FIRST_RESERVED, 0xffffffff,
    };

    ck_assert_int_eq(create(PV, 1), 1);
    for ( unsigned int i = 0; i < sizeof(never) / sizeof(never[0]); i++ )
        ck_assert_int_eq(calls[_i](never[i]), -ESRCH);

    /* Nor of one that has been. */
    ck_assert_int_eq(x86_domain_destroy(&store, 1), 0);
    ck_assert_int_eq(calls[_i](1), -ESRCH);
}
END_TEST

/* ---- running ---------------------------------------------------------- */

START_TEST(unpause_for_the_first_time_finishes)
{
    ck_assert_int_eq(create(PV, 1), 1);
    ck_assert_int_eq(x86_domain_pause(&store, 1), 0);
    ck_assert_int_eq(x86_domain_unpause(&store, 1), 0);
    ck_assert(!info(1).finished);
    ck_assert_int_eq(call_set(1), 0);

    ck_assert_int_eq(x86_domain_unpause(&store, 1), 0);
    ck_assert(info(1).finished);
    ck_assert_int_eq(x86_domain_unpause(&store, 1), -EINVAL);

    ck_assert_int_eq(x86_domain_pause(&store, 1), 0);
    ck_assert(info(1).finished);
    ck_assert_uint_eq(info(1).nr_pauses, 1);
    ck_assert_int_eq(call_set(1), -EEXIST);
}
END_TEST

START_TEST(pause_too_often_eusers)
{
    ck_assert_int_eq(create(PV, 1), 1);
    for ( unsigned int i = 1; i < X86_DOMAIN_MAX_PAUSES; i++ )
        ck_assert_int_eq(x86_domain_pause(&store, 1), 0);
    ck_assert_int_eq(x86_domain_pause(&store, 1), -EUSERS);
    ck_assert_uint_eq(info(1).nr_pauses, X86_DOMAIN_MAX_PAUSES);
}
END_TEST

START_TEST(add_vcpus_takes_the_number_of_creation_only)
{
    ck_assert_int_eq(create(PV, 1), 1);
    ck_assert_int_eq(x86_domain_add_vcpus(&store, 1, 0), -EINVAL);
    ck_assert_int_eq(x86_domain_add_vcpus(&store, 1, 3), -EINVAL);
    ck_assert_uint_eq(info(1).nr_vcpus, 0);
    ck_assert_int_eq(x86_domain_add_vcpus(&store, 1, 2), 0);
    ck_assert_int_eq(x86_domain_add_vcpus(&store, 1, 2), 0);
    ck_assert_uint_eq(info(1).nr_vcpus, 2);
}
END_TEST

/* ---- the end ---------------------------------------------------------- */

START_TEST(hold_while_building_ebusy)
{
    struct x86_domain *d = (struct x86_domain *)&d;

    ck_assert_int_eq(create(PV, 1), 1);
    ck_assert_int_eq(x86_domain_hold(&store, 1, &d), -EBUSY);
    ck_assert_ptr_eq(d, &d);
    ck_assert_int_eq(x86_domain_unpause(&store, 1), 0);
    ck_assert_int_eq(x86_domain_hold(&store, 1, &d), 0);
    x86_domain_release(d);
}
END_TEST

START_TEST(hold_outlives_the_domain_and_keeps_its_place)
{
    struct x86_domain *a, *b;
    struct cpu_policy was;

    for ( int i = 1; i <= NR_DOMAINS; i++ )
        ck_assert_int_eq(create(i == 1 ? HVM : PV, i), i);
    ck_assert_int_eq(x86_domain_unpause(&store, 1), 0);
    was = get(1);
    ck_assert_int_eq(x86_domain_hold(&store, 1, &a), 0);
    ck_assert_int_eq(x86_domain_hold(&store, 1, &b), 0);

    ck_assert_int_eq(x86_domain_destroy(&store, 1), 0);
    ck_assert_int_eq(call_get(1), -ESRCH);
    ck_assert(same(&a->policy, &was));
    ck_assert_int_eq(create(PV, 1), -ENOSPC);

    x86_domain_release(a);
    ck_assert_int_eq(create(PV, 1), -ENOSPC);
    ck_assert(same(&b->policy, &was));
    x86_domain_release(b);
    ck_assert_int_eq(create(PV, 1), 1);
}
END_TEST

/* The id is free though the place is not. */
START_TEST(destroy_of_a_held_domain_frees_its_id)
{
    struct x86_domain *d;

    ck_assert_int_eq(create(HVM, 1), 1);
    ck_assert_int_eq(x86_domain_unpause(&store, 1), 0);
    ck_assert_int_eq(x86_domain_hold(&store, 1, &d), 0);
    ck_assert_int_eq(x86_domain_destroy(&store, 1), 0);
    ck_assert_int_eq(create(PV, 1), 1);
    ck_assert(d->info.config.kind.hvm);
    ck_assert(!info(1).config.kind.hvm);
    x86_domain_release(d);
    ck_assert_int_eq(call_get(1), 0);
}
END_TEST

Suite *suite_domain(void)
{
    Suite *s = suite_create("domain");
    TCase *tc = tcase_create("store");

    tcase_add_checked_fixture(tc, make_intel, NULL);
    tcase_add_loop_test(
        tc, create_of_each_kind_starts_with_an_acceptable_default, 0, 2);
    tcase_add_test(tc, create_fills_in_info);
    tcase_add_loop_test(tc, create_of_what_cannot_be_fails, 0,
                        sizeof(bad_configs) / sizeof(bad_configs[0]));
    tcase_add_test(tc, create_id_in_use_eexist);
    tcase_add_test(tc, create_in_a_full_store_enospc);
    tcase_add_test(tc, create_any_id_goes_on_from_the_last_and_around);
    tcase_add_test(tc, store_of_no_places_is_empty_and_full);
    tcase_add_test(tc, next_walks_in_order_of_id);
    tcase_add_loop_test(tc, call_about_no_domain_esrch, 0,
                        sizeof(calls) / sizeof(calls[0]));
    tcase_add_test(tc, unpause_for_the_first_time_finishes);
    tcase_add_test(tc, pause_too_often_eusers);
    tcase_add_test(tc, add_vcpus_takes_the_number_of_creation_only);
    tcase_add_test(tc, hold_while_building_ebusy);
    tcase_add_test(tc, hold_outlives_the_domain_and_keeps_its_place);
    tcase_add_test(tc, destroy_of_a_held_domain_frees_its_id);
    suite_add_tcase(s, tc);

    return s;
}
