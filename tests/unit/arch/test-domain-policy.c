/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The store: what happens to a domain's policy. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include <arch/domain.h>

#include "audit-check.h"
#include "domain-store.h"

Suite *suite_domain_policy(void);

#define ID 1

static const struct x86_domain_kind pv, hvm = { .hvm = true, .hap = true },
    nested = { .hvm = true, .hap = true, .nested = true };

static void create(const struct x86_domain_kind *kind,
                   const struct x86_dom0_options *dom0)
{
    const struct x86_domain_config config = { .kind = *kind, .max_vcpus = 1 };

    ck_assert_int_eq(x86_domain_create(&store, ID, &config, dom0), ID);
}

static struct cpu_policy get(void)
{
    struct cpu_policy p;

    ck_assert_int_eq(x86_domain_get(&store, ID, &p), 0);

    return p;
}

static bool has(unsigned int feature)
{
    struct cpu_policy p = get();

    return x86_policy_has(&p, feature);
}

/* The policy is this one. */
static bool still(const struct cpu_policy *was)
{
    struct cpu_policy p = get();

    return !memcmp(&p, was, sizeof(p));
}

/* ---- requests --------------------------------------------------------- */

struct rows {
    struct xen_cpu_policy_leaf leaves[X86_NR_SLOTS];
    struct xen_cpu_policy_msr msrs[X86_NR_MSR_SLOTS];
    uint32_t nr_leaves, nr_msrs;
};

static void add_leaf(struct rows *r, const struct cpu_policy *p,
                     unsigned int slot)
{
    r->leaves[r->nr_leaves++] = (struct xen_cpu_policy_leaf){
        x86_slot_descs[slot].leaf, x86_slot_descs[slot].subleaf,
        p->leaf[slot].a, p->leaf[slot].b, p->leaf[slot].c, p->leaf[slot].d,
    };
}

static void add_msr(struct rows *r, uint32_t index, uint64_t value)
{
    r->msrs[r->nr_msrs++] = (struct xen_cpu_policy_msr){ index, 0, value };
}

static int set(const struct rows *r, const struct x86_abi *abi,
               struct x86_policy_error *err)
{
    const struct x86_policy_request req = {
        .abi = abi, .leaves = r->leaves, .msrs = r->msrs,
        .nr_leaves = r->nr_leaves, .nr_msrs = r->nr_msrs,
    };

    int rc = x86_domain_set(&store, ID, &req, &scratch);

    if ( err )
        *err = scratch.error;

    return rc;
}

static bool is_place(const struct x86_policy_error *e, uint32_t leaf,
                     uint32_t subleaf, uint32_t msr)
{
    return e->leaf == leaf && e->subleaf == subleaf && e->msr == msr;
}

/* ---- set -------------------------------------------------------------- */

START_TEST(set_of_everything_there_is_changes_nothing)
{
    struct x86_policy_error err = { 1, 2, 3 };
    struct rows r = { .nr_leaves = 0 };
    struct cpu_policy was;

    create(_i ? &hvm : &pv, NULL);
    was = get();
    for ( unsigned int i = 0; i < X86_NR_SLOTS; i++ )
        add_leaf(&r, &was, i);
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        add_msr(&r, x86_msr_descs[i].index, was.msr[i]);
    ck_assert_int_eq(set(&r, &x86_abi_full, &err), 0);
    ck_assert(is_place(&err, ~0u, ~0u, ~0u));
    ck_assert(still(&was));
}
END_TEST

START_TEST(set_merges_what_is_mentioned_and_keeps_the_rest)
{
    struct cpu_policy want;
    struct rows r = { .nr_leaves = 0 };
    struct x86_domain_info info;

    create(&hvm, NULL);
    want = get();
    want.leaf[X86_SLOT_80000003].a ^= 0x01020304;
    add_leaf(&r, &want, X86_SLOT_80000003);
    want.leaf[X86_SLOT_7].b &= ~(1u << (X86_FEATURE_RDSEED % 32));
    add_leaf(&r, &want, X86_SLOT_7);
    ck_assert_int_eq(set(&r, &x86_abi_full, NULL), 0);
    ck_assert(still(&want));
    ck_assert_int_eq(x86_domain_info(&store, ID, &info), 0);
    ck_assert(info.policy_set);
}
END_TEST

START_TEST(set_of_good_leaves_with_one_bad_msr_changes_nothing)
{
    struct x86_policy_error err;
    struct cpu_policy was, p;
    struct rows r = { .nr_leaves = 0 };
    struct x86_domain_info info;

    create(&hvm, NULL);
    p = was = get();
    p.leaf[X86_SLOT_80000003].a ^= 1;
    add_leaf(&r, &p, X86_SLOT_80000003);
    add_msr(&r, 0xce, 1);                  /* a bit that is the host's */
    ck_assert_int_eq(set(&r, &x86_abi_full, &err), -EINVAL);
    ck_assert(is_place(&err, ~0u, ~0u, 0xce));
    ck_assert(still(&was));
    ck_assert_int_eq(x86_domain_info(&store, ID, &info), 0);
    ck_assert(!info.policy_set);

    r.msrs[0].index = 0xdead;
    ck_assert_int_eq(set(&r, &x86_abi_full, &err), -ERANGE);
    ck_assert(is_place(&err, ~0u, ~0u, 0xdead));
    ck_assert(still(&was));
}
END_TEST

START_TEST(set_after_the_start_eexist)
{
    struct x86_policy_error err = { 1, 2, 3 };
    struct rows r = { .nr_leaves = 0 };
    struct cpu_policy was;

    create(&hvm, NULL);
    was = get();
    ck_assert_int_eq(x86_domain_unpause(&store, ID), 0);
    ck_assert(still(&was));
    add_leaf(&r, &was, X86_SLOT_1);
    ck_assert_int_eq(set(&r, &x86_abi_full, &err), -EEXIST);
    ck_assert(is_place(&err, ~0u, ~0u, ~0u));
    ck_assert(still(&was));
}
END_TEST

/* Upstream's overflows: trimming first would hide what is wrong. */
START_TEST(set_of_max_leaves_that_wrap_einval)
{
    static const uint16_t slots[] = {
        X86_SLOT_0, X86_SLOT_7, X86_SLOT_80000000,
    };
    struct x86_policy_error err;
    struct rows r = { .nr_leaves = 0 };
    struct cpu_policy was, p;

    create(&hvm, NULL);
    p = was = get();
    p.leaf[slots[_i]].a = 0xffffffff;
    add_leaf(&r, &p, slots[_i]);
    ck_assert_int_eq(set(&r, &x86_abi_full, &err), -EINVAL);
    ck_assert_uint_eq(err.leaf, x86_slot_descs[slots[_i]].leaf);
    ck_assert(still(&was));
}
END_TEST

/* What the CPU keeps for itself is the host's, whatever was asked for. */
START_TEST(set_of_the_cpus_own_bits_is_taken_and_get_returns_the_hosts)
{
    const uint32_t own = 1u << (X86_FEATURE_FDP_EXCP_ONLY % 32) |
                         1u << (X86_FEATURE_NO_FPU_SEL % 32);
    struct rows r = { .nr_leaves = 0 };
    struct cpu_policy was, p;

    create(_i ? &hvm : &pv, NULL);
    p = was = get();
    p.leaf[X86_SLOT_7].b ^= own;
    add_leaf(&r, &p, X86_SLOT_7);
    ck_assert_int_eq(set(&r, &x86_abi_full, NULL), 0);
    ck_assert(still(&was));
    ck_assert_int_eq(set(&r, &x86_abi_xen, NULL), 0);
    ck_assert(still(&was));
}
END_TEST

/* ---- what an ABI cannot name ------------------------------------------ */

/* A client of Xen's ABI cannot set the VMX MSRs that VMX brings. */
START_TEST(set_in_xens_abi_lets_msrs_that_it_lacks_follow)
{
    const struct cpu_policy *max = &host.policies.policy[X86_POLICY_HVM_MAX];
    struct rows r = { .nr_leaves = 0 };
    struct x86_policy_error err;
    struct cpu_policy p;

    create(&nested, NULL);
    p = get();
    ck_assert_uint_eq(p.msr[X86_MSR_SLOT_480], 0);
    p.leaf[X86_SLOT_1].c |= 1u << (X86_FEATURE_VMX % 32);
    add_leaf(&r, &p, X86_SLOT_1);

    ck_assert_int_eq(set(&r, &x86_abi_full, &err), -EINVAL);
    ck_assert_uint_eq(err.msr, 0x480);
    ck_assert(!has(X86_FEATURE_VMX));

    ck_assert_int_eq(set(&r, &x86_abi_xen, &err), 0);
    p = get();
    ck_assert(has(X86_FEATURE_VMX));
    ck_assert_uint_ne(p.msr[X86_MSR_SLOT_480], 0);
    ck_assert_uint_eq(p.msr[X86_MSR_SLOT_480], max->msr[X86_MSR_SLOT_480]);

    r.leaves[0].c &= ~(1u << (X86_FEATURE_VMX % 32));
    ck_assert_int_eq(set(&r, &x86_abi_xen, &err), 0);
    for ( unsigned int i = X86_MSR_SLOT_480; i <= X86_MSR_SLOT_493; i++ )
        ck_assert_uint_eq(get().msr[i], 0);
}
END_TEST

/* But what it can name is not put right for it. */
START_TEST(set_in_xens_abi_lets_nothing_else_follow)
{
    struct rows r = { .nr_leaves = 0 };
    struct x86_policy_error err;
    struct cpu_policy was, p;

    create(&nested, NULL);
    p = was = get();
    p.leaf[X86_SLOT_1].c |= 1u << (X86_FEATURE_VMX % 32);
    p.leaf[X86_SLOT_1].c &= ~(1u << (X86_FEATURE_AVX % 32));
    add_leaf(&r, &p, X86_SLOT_1);
    ck_assert_int_eq(set(&r, &x86_abi_xen, &err), -EINVAL);
    ck_assert_uint_eq(err.leaf, 1);
    ck_assert(still(&was));
}
END_TEST

/* ---- audit ------------------------------------------------------------ */

static void count(void *ctx, const struct x86_violation *v)
{
    ck_assert_ptr_nonnull(v->rule);
    ++*(unsigned int *)ctx;
}

START_TEST(audit_reports_and_sets_nothing_also_when_started)
{
    unsigned int nr = 0;
    const struct x86_audit_sink sink = { count, &nr };
    struct rows r = { .nr_leaves = 0 };
    struct cpu_policy was, p;
    struct x86_policy_request req = {
        .abi = &x86_abi_full, .leaves = r.leaves,
    };

    create(&hvm, NULL);
    p = was = get();
    if ( _i )
        ck_assert_int_eq(x86_domain_unpause(&store, ID), 0);
    ck_assert_int_eq(x86_domain_audit(&store, ID, &req, &sink, &scratch), 0);
    ck_assert_uint_eq(nr, 0);

    p.leaf[X86_SLOT_1].c &= ~(1u << (X86_FEATURE_AVX % 32));
    add_leaf(&r, &p, X86_SLOT_1);
    req.nr_leaves = 1;
    ck_assert_int_eq(x86_domain_audit(&store, ID, &req, &sink, &scratch),
                     -EINVAL);
    ck_assert_uint_gt(nr, 1);
    ck_assert_uint_eq(scratch.error.leaf, 1);
    ck_assert(still(&was));

    r.leaves[0].subleaf = 0;
    nr = 0;
    ck_assert_int_eq(x86_domain_audit(&store, ID, &req, &sink, &scratch),
                     -ERANGE);
    ck_assert_uint_eq(nr, 0);
    ck_assert(is_place(&scratch.error, 1, 0, ~0u));
}
END_TEST

/* ---- 32-bit PV -------------------------------------------------------- */

START_TEST(set_pv32_takes_a_default_along)
{
    struct cpu_policy was;

    make_store(_i ? X86_VENDOR_AMD : X86_VENDOR_INTEL);
    create(&pv, NULL);
    was = get();
    ck_assert(has(X86_FEATURE_LM) && has(X86_FEATURE_SYSCALL));
    ck_assert_int_eq(x86_domain_set_pv32(&store, ID, true, &scratch), 0);
    ck_assert(!has(X86_FEATURE_LM));
    /* Of SYSCALL in 32-bit mode only AMD's CPUs know. */
    ck_assert_int_eq(has(X86_FEATURE_SYSCALL), _i);
    ck_assert_int_eq(x86_domain_set_pv32(&store, ID, true, &scratch), 0);
    ck_assert_int_eq(x86_domain_set_pv32(&store, ID, false, &scratch), 0);
    ck_assert(still(&was));
}
END_TEST

START_TEST(set_pv32_with_a_policy_that_was_set_audits_it)
{
    struct rows r = { .nr_leaves = 0 };
    struct cpu_policy p;
    struct x86_domain_info info;

    create(&pv, NULL);
    p = get();
    add_leaf(&r, &p, X86_SLOT_1);
    ck_assert_int_eq(set(&r, &x86_abi_full, NULL), 0);
    ck_assert_int_eq(x86_domain_set_pv32(&store, ID, true, &scratch), -EINVAL);
    ck_assert(still(&p));
    ck_assert_int_eq(x86_domain_info(&store, ID, &info), 0);
    ck_assert(!info.config.kind.pv32);
}
END_TEST

START_TEST(set_pv32_with_a_policy_that_fits_keeps_it)
{
    struct cpu_policy narrow;
    struct rows r = { .nr_leaves = 0 };

    /* What a 32-bit domain starts with is fine for a 64-bit one. */
    create(&(struct x86_domain_kind){ .pv32 = true }, NULL);
    narrow = get();
    ck_assert_int_eq(x86_domain_destroy(&store, ID), 0);
    create(&pv, NULL);
    for ( unsigned int i = 0; i < X86_NR_SLOTS; i++ )
        add_leaf(&r, &narrow, i);
    ck_assert_int_eq(set(&r, &x86_abi_full, NULL), 0);
    ck_assert_int_eq(x86_domain_set_pv32(&store, ID, true, &scratch), 0);
    ck_assert(still(&narrow));

    /* From now on a 64-bit one is not. */
    r.nr_leaves = 0;
    add_leaf(&r, &host.policies.policy[X86_POLICY_PV_DEFAULT],
             X86_SLOT_80000001);
    ck_assert_int_eq(set(&r, &x86_abi_full, NULL), -EINVAL);
}
END_TEST

START_TEST(set_pv32_of_what_it_is_not_for_fails)
{
    create(&hvm, NULL);
    ck_assert_int_eq(x86_domain_set_pv32(&store, ID, true, &scratch), -EINVAL);
    ck_assert_int_eq(x86_domain_destroy(&store, ID), 0);
    create(&pv, NULL);
    ck_assert_int_eq(x86_domain_unpause(&store, ID), 0);
    ck_assert_int_eq(x86_domain_set_pv32(&store, ID, true, &scratch), -EEXIST);
}
END_TEST

/* ---- dom0 ------------------------------------------------------------- */

static struct x86_dom0_options options(const char *value)
{
    struct x86_dom0_options o = { 0 };

    ck_assert_int_eq(x86_cpuid_option_parse(&o.cpuid, value, strlen(value),
                                            NULL), 0);

    return o;
}

static const struct dom0_row {
    const char *name, *value;
    unsigned int feature;
    bool has;
} dom0_rows[] = {
    { "ITSC as the host has it", "rdseed", X86_FEATURE_ITSC, true },
    { "ITSC taken away", "no-itsc", X86_FEATURE_ITSC, false },
    { "default taken away", "no-rdseed", X86_FEATURE_RDSEED, false },
    { "what needs the one taken away", "no-avx", X86_FEATURE_AVX512F, false },
    { "on top of the default", "movdiri", X86_FEATURE_MOVDIRI, true },
    { "used by dom0 alone", "movdiri=guest", X86_FEATURE_MOVDIRI, true },
    { "beyond max", "psn", X86_FEATURE_PSN, false },
    { "left alone", "no-avx", X86_FEATURE_RDSEED, true },
};

START_TEST(create_dom0_follows_its_options)
{
    const struct dom0_row *row = &dom0_rows[_i];
    const struct cpu_policy *max = &host.policies.policy[X86_POLICY_PV_MAX];
    struct x86_dom0_options o = options(row->value);
    struct cpu_policy p, limit;

    create(&pv, &o);
    ck_assert_msg(has(row->feature) == row->has, "%s", row->name);
    p = get();
    x86_domain_limit(&limit, max, &pv);
    ck_assert_msg(audit_accepts(&p, &limit, &pv),
                  "%s: not acceptable", row->name);
}
END_TEST

START_TEST(create_of_another_domain_gets_no_itsc)
{
    create(&pv, NULL);
    ck_assert(!has(X86_FEATURE_ITSC));
}
END_TEST

START_TEST(create_dom0_without_cpuid_faulting_hides_its_bit)
{
    struct x86_dom0_options o = { .no_cpuid_faulting = true };

    create(&pv, &(struct x86_dom0_options){ .no_cpuid_faulting = false });
    ck_assert_uint_eq(get().msr[X86_MSR_SLOT_CE], 1u << 31);
    ck_assert_int_eq(x86_domain_destroy(&store, ID), 0);
    create(&pv, &o);
    ck_assert_uint_eq(get().msr[X86_MSR_SLOT_CE], 0);
    ck_assert_int_eq(x86_domain_destroy(&store, ID), 0);
    /* It is emulated for HVM, so that there is nothing to opt out of. */
    create(&hvm, &o);
    ck_assert_uint_eq(get().msr[X86_MSR_SLOT_CE], 1u << 31);
}
END_TEST

Suite *suite_domain_policy(void)
{
    Suite *s = suite_create("domain_policy");
    TCase *tc = tcase_create("policy");

    tcase_add_checked_fixture(tc, make_intel, NULL);
    tcase_add_loop_test(tc, set_of_everything_there_is_changes_nothing, 0, 2);
    tcase_add_test(tc, set_merges_what_is_mentioned_and_keeps_the_rest);
    tcase_add_test(tc, set_of_good_leaves_with_one_bad_msr_changes_nothing);
    tcase_add_test(tc, set_after_the_start_eexist);
    tcase_add_loop_test(tc, set_of_max_leaves_that_wrap_einval, 0, 3);
    tcase_add_loop_test(
        tc, set_of_the_cpus_own_bits_is_taken_and_get_returns_the_hosts, 0, 2);
    tcase_add_test(tc, set_in_xens_abi_lets_msrs_that_it_lacks_follow);
    tcase_add_test(tc, set_in_xens_abi_lets_nothing_else_follow);
    tcase_add_loop_test(
        tc, audit_reports_and_sets_nothing_also_when_started, 0, 2);
    tcase_add_loop_test(tc, set_pv32_takes_a_default_along, 0, 2);
    tcase_add_test(tc, set_pv32_with_a_policy_that_was_set_audits_it);
    tcase_add_test(tc, set_pv32_with_a_policy_that_fits_keeps_it);
    tcase_add_test(tc, set_pv32_of_what_it_is_not_for_fails);
    tcase_add_loop_test(tc, create_dom0_follows_its_options, 0,
                        sizeof(dom0_rows) / sizeof(dom0_rows[0]));
    tcase_add_test(tc, create_of_another_domain_gets_no_itsc);
    tcase_add_test(tc, create_dom0_without_cpuid_faulting_hides_its_bit);
    suite_add_tcase(s, tc);

    return s;
}
