/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Policies as leaves and MSRs, against Debian's libxenguest 4.17, on random
 * ones of what that knows.  Where the two differ on purpose, a row says why; a
 * row that nothing needs fails too.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xenctrl.h>
#include <xenguest.h>

#include "oracle-xenguest.h"
#include "quick.h"
#include "random.h"

Suite *suite_oracle_xenguest(void);

#define NR_POLICIES random_share(100000)

#define NR(a) (sizeof(a) / sizeof((a)[0]))

/* Differences that are meant, of trimming. */
struct difference {
    const char *reason;
    bool (*applies)(const struct cpu_policy *p);
    /* Make of ours what Xen makes of it. */
    void (*undo)(struct cpu_policy *ours, const struct cpu_policy *p);
    unsigned int nr;
};

static bool basic_max_wraps(const struct cpu_policy *p)
{
    return p->leaf[X86_SLOT_0].a == UINT32_MAX;
}

static void basic_max_undo(struct cpu_policy *ours,
                           const struct cpu_policy *p)
{
    struct xen_policy x;

    (void)p;
    oracle_from_policy(&x, ours);
    memset(&x, 0, offsetof(struct xen_policy, extd));
    oracle_to_policy(ours, &x);
}

static bool feature_max_wraps(const struct cpu_policy *p)
{
    return p->leaf[X86_SLOT_0].a >= 7 && p->leaf[X86_SLOT_7].a == UINT32_MAX;
}

static void feature_max_undo(struct cpu_policy *ours,
                             const struct cpu_policy *p)
{
    (void)p;
    memset(&ours->leaf[X86_SLOT_7], 0,
           X86_NR_SUBLEAVES_7 * sizeof(ours->leaf[0]));
}

static bool amd_cache_is_terminator(const struct cpu_policy *p)
{
    const struct x86_regs *l = &p->leaf[X86_SLOT_8000001D];

    return x86_leaf_in_range(p, 0x8000001dU) && !(l->a & 0x1f) &&
           (l->a | l->b | l->c | l->d);
}

static void amd_cache_undo(struct cpu_policy *ours,
                           const struct cpu_policy *p)
{
    ours->leaf[X86_SLOT_8000001D] = p->leaf[X86_SLOT_8000001D];
}

static struct difference trim_differences[] = {
    { "Xen's highest basic leaf + 1 wraps to 0 and clears all basic leaves",
      basic_max_wraps, basic_max_undo, 0 },
    { "Xen's highest subleaf of 7 + 1 wraps to 0 and clears all of leaf 7",
      feature_max_wraps, feature_max_undo, 0 },
    { "leaf 0x8000001d is a list here, which a type of 0 ends",
      amd_cache_is_terminator, amd_cache_undo, 0 },
};

START_TEST(trim_agrees)
{
    struct random r = random_start();

    for ( unsigned int n = 0; n < NR_POLICIES; n++ )
    {
        struct cpu_policy p = { 0 }, ours, theirs;
        struct xen_policy x;

        oracle_random_policy(&r, &p);
        ours = p;
        x86_policy_trim(&ours);
        oracle_from_policy(&x, &p);
        x86_cpu_policy_clear_out_of_range_leaves(&x);
        oracle_to_policy(&theirs, &x);

        for ( unsigned int i = 0; i < NR(trim_differences); i++ )
        {
            struct difference *d = &trim_differences[i];

            if ( memcmp(&ours, &theirs, sizeof(ours)) && d->applies(&p) )
            {
                d->undo(&ours, &p);
                d->nr++;
            }
        }
        quick_assert_msg(!memcmp(&ours, &theirs, sizeof(ours)),
                         "policy %u, seed %#lx", n, (unsigned long)r.seed);
    }

    for ( unsigned int i = 0; i < NR(trim_differences); i++ )
        quick_assert_msg(trim_differences[i].nr, "never seen: %s",
                         trim_differences[i].reason);
}
END_TEST

START_TEST(serialise_agrees)
{
    struct random r = random_start();

    printf("oracle: %u policies, seed %#lx\n", NR_POLICIES,
           (unsigned long)r.seed);
    fflush(stdout);

    for ( unsigned int n = 0; n < NR_POLICIES; n++ )
    {
        struct xen_cpu_policy_leaf ours[120], theirs[120];
        struct xen_cpu_policy_msr our_msrs[2], their_msrs[2];
        uint32_t nr = n & 1 ? 120 : random_below(&r, 121), nr_x = nr;
        uint32_t nr_msrs = random_below(&r, 3), nr_msrs_x = nr_msrs;
        struct cpu_policy p = { 0 };
        struct xen_policy x;
        int rc, rc_x;

        oracle_random_policy(&r, &p);
        oracle_from_policy(&x, &p);
        rc = x86_policy_to_leaves(&p, &x86_abi_xen, ours, &nr);
        rc_x = x86_cpuid_copy_to_buffer(&x, theirs, &nr_x);
        quick_assert_msg(rc == rc_x && nr == nr_x &&
                         (rc || !memcmp(ours, theirs, nr * sizeof(ours[0]))),
                         "policy %u, seed %#lx: %d and %d, %u and %u leaves",
                         n, (unsigned long)r.seed, rc, rc_x, nr, nr_x);

        rc = x86_policy_to_msrs(&p, &x86_abi_xen, our_msrs, &nr_msrs);
        rc_x = x86_msr_copy_to_buffer(&x, their_msrs, &nr_msrs_x);
        quick_assert_msg(rc == rc_x && nr_msrs == nr_msrs_x &&
                         (rc || !memcmp(our_msrs, their_msrs,
                                        nr_msrs * sizeof(our_msrs[0]))),
                         "policy %u, seed %#lx: %d and %d, %u and %u MSRs", n,
                         (unsigned long)r.seed, rc, rc_x, nr_msrs, nr_msrs_x);
    }
}
END_TEST

/* Entries of a serialised policy, some of them out of order or wrong. */
static uint32_t random_leaves(struct random *r,
                              struct xen_cpu_policy_leaf out[121])
{
    static const uint32_t leaves[] = {
        0x0, 0x4, 0x7, 0xb, 0xd, 0xe, 0x24, 0x40000000, 0x40000001,
        0x40000100, 0x80000000, 0x8000001d, 0x80000021, 0x80000022,
        0x80000026, 0xc0000000, UINT32_MAX,
    };
    static const uint32_t subleaves[] = {
        0, 1, 2, 3, 5, 6, 62, 63, X86_NO_SUBLEAF, X86_NO_SUBLEAF - 1,
    };
    struct cpu_policy p = { 0 };
    struct xen_policy x;
    uint32_t nr = 120, nr_wrong = random_below(r, 4);

    oracle_random_policy(r, &p);
    oracle_from_policy(&x, &p);
    quick_assert_msg(!x86_cpuid_copy_to_buffer(&x, out, &nr), "no room");

    for ( uint32_t i = 0; i < nr && random_below(r, 3); i++ )
    {
        struct xen_cpu_policy_leaf *a = &out[random_below(r, nr)], tmp = *a;

        *a = out[i];
        out[i] = tmp;
    }
    while ( nr_wrong-- )
    {
        struct xen_cpu_policy_leaf *l = &out[random_below(r, nr)];

        l->leaf = leaves[random_below(r, NR(leaves))];
        l->subleaf = subleaves[random_below(r, NR(subleaves))];
    }
    /* Xen keeps 8 bits of the hypervisor limits: see the row below. */
    for ( uint32_t i = 0; i < nr; i++ )
        if ( out[i].leaf == X86_HV_LEAF || out[i].leaf == X86_HV2_LEAF )
        {
            out[i].a &= 0xff;
            out[i].b = out[i].c = out[i].d = 0;
        }

    return random_below(r, 64) ? random_below(r, nr + 1) : 121;
}

START_TEST(deserialise_of_leaves_agrees)
{
    struct random r = random_start();
    unsigned int nr_good = 0, nr_bad = 0;

    for ( unsigned int n = 0; n < NR_POLICIES; n++ )
    {
        struct xen_cpu_policy_leaf in[121] = { { .leaf = 0 } };
        struct x86_policy_error e = X86_POLICY_ERROR_INIT;
        uint32_t nr = random_leaves(&r, in), leaf = ~0u, subleaf = ~0u;
        struct cpu_policy p = { 0 }, ours, theirs;
        struct xen_policy x;
        int rc, rc_x;

        oracle_random_policy(&r, &p);
        ours = p;
        oracle_from_policy(&x, &p);
        rc = x86_policy_from_leaves(&ours, &x86_abi_xen, in, nr, &e);
        rc_x = x86_cpuid_copy_from_buffer(&x, in, nr, &leaf, &subleaf);
        quick_assert_msg(rc == rc_x && e.leaf == leaf && e.subleaf == subleaf,
                         "array %u, seed %#lx: %d at %#x.%#x and %d at "
                         "%#x.%#x", n, (unsigned long)r.seed, rc, e.leaf,
                         e.subleaf, rc_x, leaf, subleaf);

        /* Theirs is partly changed by a failure; ours is not. */
        oracle_to_policy(&theirs, &x);
        quick_assert_msg(!memcmp(&ours, rc ? &p : &theirs, sizeof(ours)),
                         "array %u, seed %#lx", n, (unsigned long)r.seed);
        rc ? nr_bad++ : nr_good++;
    }
    ck_assert_uint_ge(nr_bad, NR_POLICIES / 10);
    ck_assert_uint_ge(nr_good, NR_POLICIES / 10);
}
END_TEST

/* The one difference: all 32 bits are kept, nothing is cut off in silence. */
START_TEST(deserialise_of_wide_hypervisor_limits_differs)
{
    const struct xen_cpu_policy_leaf in = {
        X86_HV_LEAF, X86_NO_SUBLEAF, 0x40000105, 0, 0, 0,
    };
    struct cpu_policy p = { 0 };
    struct xen_policy x = { .pad = { 0 } };
    uint32_t leaf, subleaf;

    ck_assert_int_eq(x86_policy_from_leaves(&p, &x86_abi_xen, &in, 1, NULL),
                     0);
    ck_assert_int_eq(x86_cpuid_copy_from_buffer(&x, &in, 1, &leaf, &subleaf),
                     0);
    ck_assert_uint_eq(p.leaf[X86_SLOT_40000000].a, 0x40000105);
    ck_assert_uint_eq(x.hv_limit, 0x05);
}
END_TEST

START_TEST(deserialise_of_msrs_agrees)
{
    static const uint32_t indices[] = { 0xce, 0x10a, 0xcf, 0x480, 0xdead };
    struct random r = random_start();

    for ( unsigned int n = 0; n < NR_POLICIES; n++ )
    {
        struct x86_policy_error e = X86_POLICY_ERROR_INIT;
        uint32_t nr = random_below(&r, 4), msr = ~0u;
        struct xen_cpu_policy_msr in[3];
        struct cpu_policy p = { 0 }, ours, theirs;
        struct xen_policy x;
        int rc, rc_x;

        for ( unsigned int i = 0; i < 3; i++ )
            in[i] = (struct xen_cpu_policy_msr){
                indices[random_below(&r, random_below(&r, 2) ? 2 : 5)],
                random_below(&r, 8) ? 0 : random_32(&r),
                random_below(&r, 2) ? random_64(&r) : random_register(&r),
            };

        oracle_random_policy(&r, &p);
        ours = p;
        oracle_from_policy(&x, &p);
        rc = x86_policy_from_msrs(&ours, &x86_abi_xen, in, nr, &e);
        rc_x = x86_msr_copy_from_buffer(&x, in, nr, &msr);
        quick_assert_msg(rc == rc_x && e.msr == msr, "array %u, seed %#lx: %d "
                         "at %#x and %d at %#x", n, (unsigned long)r.seed, rc,
                         e.msr, rc_x, msr);
        oracle_to_policy(&theirs, &x);
        quick_assert_msg(!memcmp(&ours, rc ? &p : &theirs, sizeof(ours)),
                         "array %u, seed %#lx", n, (unsigned long)r.seed);
    }
}
END_TEST

Suite *suite_oracle_xenguest(void)
{
    Suite *s = suite_create("oracle-xenguest");
    TCase *tc = tcase_create("random policies");

    tcase_set_timeout(tc, 300);
    tcase_add_test(tc, serialise_agrees);
    tcase_add_test(tc, deserialise_of_leaves_agrees);
    tcase_add_test(tc, deserialise_of_wide_hypervisor_limits_differs);
    tcase_add_test(tc, deserialise_of_msrs_agrees);
    tcase_add_test(tc, trim_agrees);
    suite_add_tcase(s, tc);

    return s;
}
