/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A million mutations of valid requests, on hosts of all kinds: whatever the
 * outcome, audit_check() finds all promises kept.
 */
#include <check.h>
#include <stdio.h>

#include "audit-check.h"
#include "policy-random.h"
#include "quick.h"

Suite *suite_audit_property(void);

#define NR_MUTATIONS random_share(1000000u)

static struct audit_case now;
static struct audit_report report;

static void start_from(const struct audit_host *h, uint64_t seed,
                       unsigned int round)
{
    const char *bad;

    now.limit = h->limit;
    now.kind = h->kind;
    policy_random_request(h, &now.request);
    bad = audit_check(&now, &report);
    quick_assert_msg(!bad && !report.rc, "%s, %s, unmutated, seed %#lx, "
                     "round %u: %s, %s", h->name, audit_kind_name(&h->kind),
                     seed, round, bad ?: report.list[0].rule,
                     bad ? "" : audit_place(report.list[0].is_msr,
                                            report.list[0].index));
}

START_TEST(policy_audit_of_mutations_keeps_its_promises)
{
    unsigned int accepted = 0, refused = 0, nr_hosts;
    struct random rnd = random_start();
    const struct audit_host *h = NULL;
    static struct cpu_policy before;

    nr_hosts = policy_random_start(&rnd);
    for ( unsigned int i = 0; i < NR_MUTATIONS; i++ )
    {
        const char *bad;

        /* Several mutations of one request, one on top of another ... */
        if ( !(i % 8) )
            start_from(h = policy_random_host(), rnd.seed, i);

        before = now.request;
        policy_random_mutate(&now.request, &now.limit);
        bad = audit_check(&now, &report);
        quick_assert_msg(!bad, "%s, %s, seed %#lx, round %u: %s", h->name,
                         audit_kind_name(&h->kind), rnd.seed, i, bad);
        report.rc ? refused++ : accepted++;

        /* ... but mostly on what is still acceptable. */
        if ( report.rc && random_below(&rnd, 3) )
            now.request = before;
    }
    policy_random_end();

    printf("audit: seed %#lx, %u domains, %u mutations accepted, %u "
           "refused\n", rnd.seed, nr_hosts, accepted, refused);
    fflush(stdout);

    /* Of both enough that neither is left to chance. */
    ck_assert_uint_ge(accepted, NR_MUTATIONS / 10);
    ck_assert_uint_ge(refused, NR_MUTATIONS / 2);
}
END_TEST

Suite *suite_audit_property(void)
{
    Suite *s = suite_create("audit_property");
    TCase *tc = tcase_create("mutations");

    tcase_set_timeout(tc, 600);
    tcase_add_test(tc, policy_audit_of_mutations_keeps_its_promises);
    suite_add_tcase(s, tc);

    return s;
}
