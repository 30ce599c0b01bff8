/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Kinds that are neither bits below a limit nor the limit's own value. */
#include <check.h>
#include <string.h>

#include "audit-check.h"
#include "audit-rich.h"

Suite *suite_audit_kinds(void);

static struct audit_case now;
static struct audit_report report;

/* What is accepted as it stands: by the audit, and left alone by repair. */
static void expect_accepted(const char *what)
{
    const struct x86_violation *v = &report.list[0];
    const char *bad = audit_check(&now, &report);

    ck_assert_msg(!bad, "%s: %s", what, bad);
    ck_assert_msg(!report.rc, "%s: %s, %s, bits %#lx, asked %#lx, limit %#lx",
                  what, v->rule, audit_place(v->is_msr, v->index), v->mask,
                  v->asked, v->limit);
}

/* ---- the CPU's own ----------------------------------------------------- */

static const uint16_t own[] = {
    X86_FEATURE_FDP_EXCP_ONLY, X86_FEATURE_NO_FPU_SEL,
};

static void put_own(struct cpu_policy *p, unsigned int which)
{
    x86_featureset fs;

    x86_policy_to_featureset(p, fs);
    for ( unsigned int i = 0; i < 2; i++ )
        if ( (which >> i) & 1 )
            x86_feature_set(fs, own[i]);
        else
            x86_feature_clear(fs, own[i]);
    x86_featureset_to_policy(fs, p);
}

/* Each of four hosts accepts a guest of each of the four. */
START_TEST(policy_audit_of_what_the_cpu_keeps_accepts_both_values)
{
    now.kind = audit_rich_kind;
    for ( unsigned int pair = 0; pair < 16; pair++ )
    {
        audit_rich_limit(&now.limit, audit_vendors[_i]);
        now.request = now.limit;
        put_own(&now.limit, pair / 4);
        put_own(&now.request, pair % 4);
        expect_accepted("own");

        /* What the guest reads is the host's; the rest is as asked for. */
        x86_policy_take_own(&now.request, &now.limit);
        ck_assert_mem_eq(&now.request, &now.limit, sizeof(now.limit));
    }
}
END_TEST

/* Where no guest sees the leaf, there is nothing to tell. */
START_TEST(policy_take_own_below_leaf_7_changes_nothing)
{
    struct cpu_policy p, was;

    audit_rich_limit(&now.limit, audit_vendors[_i]);
    put_own(&now.limit, 3);
    p = now.limit;
    p.leaf[X86_SLOT_0].a = 6;
    x86_policy_trim(&p);
    was = p;
    x86_policy_take_own(&p, &now.limit);
    ck_assert_mem_eq(&p, &was, sizeof(p));
}
END_TEST

/* ---- the virtual PMU --------------------------------------------------- */

/* Eight counters of 48 bits, four fixed ones, version 3 (SDM vol 3, 20.2). */
static const struct x86_regs pmu = { 0x07300803, 0x40, 0, 0x8604 };

static const struct {
    const char *name;
    struct x86_regs leaf;
    bool refused;
} pmus[] = {
    { "the same", { 0x07300803, 0x40, 0, 0x8604 }, false },
    { "none at all", { 0, 0, 0, 0 }, false },
    { "fewer counters", { 0x07300403, 0x40, 0, 0x8603 }, false },
    { "version 2", { 0x07300802, 0x40, 0, 0x8604 }, false },
    { "version 1", { 0x07300801, 0x40, 0, 0 }, false },
    { "fewer events", { 0x07300803, 0x4f, 0, 0x8604 }, false },
    { "fewer flags", { 0x06300803, 0, 0, 0x8604 }, false },
    { "no fixed counters", { 0x07300803, 0x40, 0, 0x8000 }, false },
    { "no general counters", { 0x07000003, 0x40, 0, 0x8604 }, false },
    { "version 0 with counters", { 0x07300800, 0x40, 0, 0x8604 }, true },
    { "version 0 with a width", { 0x00300000, 0, 0, 0 }, true },
    { "version 0 with fixed counters", { 0, 0, 0, 0x604 }, true },
    { "version 1 with fixed counters", { 0x07300801, 0x40, 0, 0x8604 }, true },
    { "version 3 with a bitmap", { 0x07300803, 0x40, 0xf, 0x8604 }, true },
    { "version 4", { 0x07300804, 0x40, 0, 0x8604 }, true },
    { "more counters", { 0x07300903, 0x40, 0, 0x8604 }, true },
    { "an event that is missing", { 0x07300803, 0, 0, 0x8604 }, true },
    { "narrower counters", { 0x07280803, 0x40, 0, 0x8604 }, true },
    { "counters without a width", { 0x07000803, 0x40, 0, 0x8604 }, true },
    { "narrower fixed counters", { 0x07300803, 0x40, 0, 0x8504 }, true },
    { "AnyThread, deprecated there", { 0x07300803, 0x40, 0, 0x604 }, true },
};

START_TEST(policy_audit_of_a_pmu_accepts_smaller_ones)
{
    const char *bad;

    now.kind = audit_rich_kind;
    audit_rich_limit(&now.limit, X86_VENDOR_INTEL);
    now.limit.leaf[X86_SLOT_A] = pmu;
    x86_policy_recalc_vmx(&now.limit, &now.limit);
    now.request = now.limit;
    now.request.leaf[X86_SLOT_A] = pmus[_i].leaf;
    x86_policy_recalc_vmx(&now.request, &now.limit);
    bad = audit_check(&now, &report);
    ck_assert_msg(!bad, "%s: %s", pmus[_i].name, bad);
    ck_assert_msg(!report.rc == !pmus[_i].refused, "%s: %s", pmus[_i].name,
                  report.rc ? report.list[0].rule : "accepted");
    if ( !report.rc )
        return;

    /* All of it is about the leaf, or the VMX controls that load counters. */
    for ( unsigned int i = 0; i < report.nr; i++ )
        ck_assert_msg(report.list[i].is_msr ||
                      report.list[i].index / 4 == X86_SLOT_A, "%s: %s",
                      pmus[_i].name, report.list[i].rule);
}
END_TEST

Suite *suite_audit_kinds(void)
{
    Suite *s = suite_create("audit_kinds");
    TCase *tc = tcase_create("kinds");

    tcase_add_loop_test(
        tc, policy_audit_of_what_the_cpu_keeps_accepts_both_values, 0,
        X86_NR_LAYOUTS);
    tcase_add_loop_test(tc, policy_take_own_below_leaf_7_changes_nothing, 0,
                        X86_NR_LAYOUTS);
    tcase_add_loop_test(tc, policy_audit_of_a_pmu_accepts_smaller_ones, 0,
                        sizeof(pmus) / sizeof(pmus[0]));
    suite_add_tcase(s, tc);

    return s;
}
