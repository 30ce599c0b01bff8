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

Suite *suite_audit_kinds(void)
{
    Suite *s = suite_create("audit_kinds");
    TCase *tc = tcase_create("kinds");

    tcase_add_loop_test(
        tc, policy_audit_of_what_the_cpu_keeps_accepts_both_values, 0,
        X86_NR_LAYOUTS);
    tcase_add_loop_test(tc, policy_take_own_below_leaf_7_changes_nothing, 0,
                        X86_NR_LAYOUTS);
    suite_add_tcase(s, tc);

    return s;
}
