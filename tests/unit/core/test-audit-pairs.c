/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One bit, or two, off of what domains start with and of what they can have
 * at most: accepted exactly if the repair changes nothing, and else the
 * report, applied, is the repair (audit_check() holds both).
 *
 * Every single bit; of pairs, a sample.  AUDIT_PAIRS=all tries every two bits
 * of a register, which takes minutes.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit-check.h"
#include "audit-hosts.h"
#include "domain-host.h"
#include "quick.h"
#include "random.h"

Suite *suite_audit_pairs(void);

/* Pairs anywhere, and pairs of one register, of each policy. */
#define NR_SAMPLES 2000u

static const uint32_t vendors[] = {
    X86_VENDOR_INTEL, X86_VENDOR_AMD, X86_VENDOR_CENTAUR,
};

static const struct x86_domain_kind kinds[] = {
    { .hvm = false },
    { .hvm = false, .pv32 = true },
    { .hvm = true, .hap = true },
    { .hvm = true },
    { .hvm = true, .hap = true, .nested = true, .vpmu = true,
      .max_phys_bits = 40 },
};

#define NR(table) (sizeof(table) / sizeof(table[0]))
#define NR_BITS (X86_NR_WORDS * 32u + X86_NR_MSR_SLOTS * 64u)

static struct domain_host host;
static struct audit_case now;
static struct audit_report report;
static struct cpu_policy start;
static unsigned int nr_accepted, nr_refused;

static void flip(unsigned int bit)
{
    if ( bit < X86_NR_WORDS * 32 )
        now.request.word[bit / 32] ^= 1u << (bit % 32);
    else
    {
        bit -= X86_NR_WORDS * 32;
        now.request.msr[bit / 64] ^= 1ULL << (bit % 64);
    }
}

/* `b` may be `a`: a single one. */
static void check_bits(const char *name, unsigned int a, unsigned int b)
{
    const char *bad;

    now.request = start;
    flip(a);
    if ( b != a )
        flip(b);
    x86_policy_recalc_vendor(&now.request);
    bad = audit_check(&now, &report);
    quick_assert_msg(!bad, "%s, %s, bits %u and %u: %s", name,
                     audit_kind_name(&now.kind), a, b, bad);
    report.rc ? nr_refused++ : nr_accepted++;
}

/* The first bit of a register, and how many it has. */
static unsigned int register_of(unsigned int bit, unsigned int *nr)
{
    *nr = bit < X86_NR_WORDS * 32 ? 32 : 64;

    return bit & ~(*nr - 1);
}

static void check_all_pairs(const char *name)
{
    for ( unsigned int a = 0; a < NR_BITS; a++ )
    {
        unsigned int nr, first = register_of(a, &nr);

        for ( unsigned int b = a + 1; b < first + nr; b++ )
            check_bits(name, a, b);
    }
}

static void check_pairs(const char *name, struct random *rnd)
{
    const char *all = getenv("AUDIT_PAIRS");

    for ( unsigned int i = 0; i < NR_SAMPLES; i++ )
    {
        unsigned int nr, a = random_below(rnd, NR_BITS);

        check_bits(name, a, random_below(rnd, NR_BITS));
        check_bits(name, a, register_of(a, &nr) + random_below(rnd, nr));
    }
    if ( all && !strcmp(all, "all") )
        check_all_pairs(name);
}

static void check_policy(const char *name, struct random *rnd)
{
    now.request = start;
    ck_assert_msg(audit_accepts(&start, &now.limit, &now.kind),
                  "%s, %s: not accepted as it is", name,
                  audit_kind_name(&now.kind));
    for ( unsigned int a = 0; a < NR_BITS; a++ )
        check_bits(name, a, a);
    check_pairs(name, rnd);
}

START_TEST(policy_audit_one_or_two_bits_off_is_as_its_repair_says)
{
    struct random rnd = random_start();
    const struct x86_domain_kind *k = &kinds[_i];

    for ( size_t v = 0; v < NR(vendors); v++ )
    {
        domain_host_make(&host, vendors[v]);
        now.kind = *k;
        x86_domain_limit(&now.limit, &host.policies.policy[
            k->hvm ? X86_POLICY_HVM_MAX : X86_POLICY_PV_MAX], k);
        start = now.limit;
        check_policy("maximal", &rnd);

        start = host.policies.policy[k->hvm ? X86_POLICY_HVM_DEFAULT
                                            : X86_POLICY_PV_DEFAULT];
        x86_policy_repair(&start, &now.limit, k);
        check_policy("default", &rnd);
    }

    printf("audit of %s: %u accepted, %u refused\n", audit_kind_name(k),
           nr_accepted, nr_refused);
    fflush(stdout);
    ck_assert_uint_ge(nr_accepted, 1000);
    ck_assert_uint_ge(nr_refused, 10000);
}
END_TEST

Suite *suite_audit_pairs(void)
{
    Suite *s = suite_create("audit_pairs");
    TCase *tc = tcase_create("pairs");

    tcase_set_timeout(tc, getenv("AUDIT_PAIRS") ? 3600 : 300);
    tcase_add_loop_test(
        tc, policy_audit_one_or_two_bits_off_is_as_its_repair_says, 0,
        NR(kinds));
    suite_add_tcase(s, tc);

    return s;
}
