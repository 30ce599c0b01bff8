/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* As many domains as a large machine has: listing them takes a walk, not n. */
#include <check.h>
#include <stdlib.h>
#include <time.h>

#include "hypercall-memory.h"

Suite *suite_domain_many(void);

#define NR_MANY 8000u

static struct x86_domain_store store;
static struct x86_domain *domains;
static struct xen_ctl_domain_info *answer;

/* All ids there are, in an order of their own, no two the same. */
static uint32_t nth_id(uint32_t n)
{
    return n * 20479u % X86_DOMID_FIRST_RESERVED;
}

static int copy_from(void *ctx, void *to, uint64_t from, size_t size)
{
    (void)ctx;
    memcpy(to, (const void *)(uintptr_t)from, size);

    return 0;
}

static int copy_to(void *ctx, uint64_t to, const void *from, size_t size)
{
    (void)ctx;
    memcpy((void *)(uintptr_t)to, from, size);

    return 0;
}

static void setup(void)
{
    const struct x86_domain_config config = { .max_vcpus = 1 };

    hypercall_setup_intel();
    domains = calloc(NR_MANY, sizeof(*domains));
    answer = calloc(NR_MANY, sizeof(*answer));
    ck_assert(domains && answer);
    x86_domain_store_init(&store, domains, NR_MANY, &t.host.policies);
    for ( uint32_t i = 0; i < NR_MANY; i++ )
        ck_assert_int_eq(x86_domain_create(&store, nth_id(i), &config, NULL),
                         (int)nth_id(i));
    t.hv.store = &store;
    t.caller.copy_from = copy_from;
    t.caller.copy_to = copy_to;
}

static void teardown(void)
{
    free(domains);
    free(answer);
}

static uint32_t list(uint32_t first, uint32_t max)
{
    struct xen_ctl_sysctl op = {
        .cmd = XEN_CTL_SYSCTL_GET_DOMAIN_INFO_LIST,
        .interface_version = XEN_CTL_SYSCTL_VERSION_4_17,
        .u.domain_info_list = {
            .first_domain = first, .max_domains = max,
            .buffer = (uintptr_t)answer,
        },
    };

    ck_assert_int_eq(x86_hypercall_sysctl(&t.hv, &t.caller, (uintptr_t)&op),
                     0);

    return op.u.domain_info_list.nr_domains;
}

START_TEST(domain_list_of_many_has_each_once_in_order)
{
    ck_assert_uint_eq(list(0, NR_MANY), NR_MANY);
    for ( uint32_t i = 1; i < NR_MANY; i++ )
        ck_assert_uint_lt(answer[i - 1].domain, answer[i].domain);

    /* The same in parts, as toolstacks ask. */
    ck_assert_uint_eq(list(answer[99].domain + 1, 100), 100);
    ck_assert_uint_lt(answer[98].domain, answer[99].domain);
    ck_assert_int_eq(x86_domain_destroy(&store, answer[0].domain), 0);
    ck_assert_uint_eq(list(answer[0].domain, 1), 1);
    ck_assert_uint_eq(list(0, NR_MANY), NR_MANY - 1);
}
END_TEST

/* The machine's own speed is the measure: what asking for each costs. */
START_TEST(domain_list_of_many_takes_time_as_their_number)
{
    struct x86_domain_info info;
    clock_t begin = clock(), each, all;

    for ( uint32_t i = 0; i < NR_MANY; i++ )
        ck_assert_int_eq(x86_domain_info(&store, nth_id(i), &info), 0);
    each = clock() - begin;

    begin = clock();
    ck_assert_uint_eq(list(0, NR_MANY), NR_MANY);
    all = clock() - begin;

    ck_assert_msg(all < 20 * each + CLOCKS_PER_SEC / 100,
                  "%u domains: %ld us listed, %ld us one by one", NR_MANY,
                  (long)(all * 1000000 / CLOCKS_PER_SEC),
                  (long)(each * 1000000 / CLOCKS_PER_SEC));
}
END_TEST

/* Each place can be had, and the next is refused, whatever the ids. */
START_TEST(domain_create_of_many_uses_every_place)
{
    const struct x86_domain_config config = { .max_vcpus = 1 };
    uint32_t id = nth_id(5000);

    ck_assert_int_eq(x86_domain_create(&store, X86_DOMID_ANY, &config, NULL),
                     -ENOSPC);
    ck_assert_int_eq(x86_domain_create(&store, id, &config, NULL), -EEXIST);
    ck_assert_int_eq(x86_domain_destroy(&store, id), 0);
    ck_assert_int_eq(x86_domain_destroy(&store, id), -ESRCH);
    ck_assert_int_ge(x86_domain_create(&store, X86_DOMID_ANY, &config, NULL),
                     0);
    ck_assert_int_eq(x86_domain_create(&store, NR_MANY + 30000, &config,
                                       NULL), -ERANGE);
}
END_TEST

Suite *suite_domain_many(void)
{
    Suite *s = suite_create("domain_many");
    TCase *tc = tcase_create("many");

    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, domain_list_of_many_has_each_once_in_order);
    tcase_add_test(tc, domain_list_of_many_takes_time_as_their_number);
    tcase_add_test(tc, domain_create_of_many_uses_every_place);
    suite_add_tcase(s, tc);

    return s;
}
