/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a host derives for its guests is acceptable on that host: each kind
 * of domain may have its limit, and the default that a toolstack cuts down
 * to it.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "audit-check.h"
#include "audit-hosts.h"
#include "audit-rich.h"

Suite *suite_audit_hosts(void);

static struct audit_case now;
static struct audit_report report;

static void expect_accepted(const struct audit_host *h, const char *what,
                            const struct cpu_policy *p)
{
    const struct x86_violation *v = &report.list[0];
    const char *bad;

    now.request = *p;
    now.limit = h->limit;
    now.kind = h->kind;
    bad = audit_check(&now, &report);
    ck_assert_msg(!bad, "%s, %s, %s: %s", h->name, audit_kind_name(&h->kind),
                  what, bad);
    ck_assert_msg(!report.rc, "%s, %s, %s: %s, %s, bits %#lx, asked %#lx, "
                  "limit %#lx", h->name, audit_kind_name(&h->kind), what,
                  v->rule, audit_place(v->is_msr, v->index), v->mask,
                  v->asked, v->limit);
}

static bool is_plain(const struct x86_domain_kind *kind)
{
    return kind->hvm && kind->hap && kind->nested && kind->vpmu &&
           !kind->max_phys_bits;
}

static void check_host(void *ctx, const struct audit_host *h)
{
    size_t *nr = ctx;

    expect_accepted(h, "limit", &h->limit);
    expect_accepted(h, "default", &h->def);
    if ( is_plain(&h->kind) )
        expect_accepted(h, "max", &h->max);
    ++*nr;
}

START_TEST(policy_audit_of_what_a_host_derives_accepts)
{
    size_t nr = 0, nr_hosts = audit_hosts_each(check_host, &nr);

    /* This machine, and tests/data. */
    ck_assert_uint_ge(nr_hosts, 2);
    printf("audit: %zu domains on %zu hosts\n", nr, nr_hosts);
    fflush(stdout);
}
END_TEST

/* A narrower kind must not have what it cannot have. */
static const struct kind_row {
    const char *name;
    struct x86_domain_kind kind;
    enum x86_layout layout;
    uint16_t lost[4];
} narrower[] = {
    { "shadow paging", { .hvm = true, .nested = true }, X86_LAYOUT_INTEL,
      { X86_FEATURE_INVPCID } },
    { "no nested virtualisation, Intel", { .hvm = true, .hap = true },
      X86_LAYOUT_INTEL, { X86_FEATURE_VMX } },
    { "no nested virtualisation, AMD", { .hvm = true, .hap = true },
      X86_LAYOUT_AMD, { X86_FEATURE_SVM } },
    { "PV has no nested virtualisation", { .nested = true }, X86_LAYOUT_AMD,
      { X86_FEATURE_SVM } },
    { "32-bit PV, Intel", { .pv32 = true }, X86_LAYOUT_INTEL,
      { X86_FEATURE_LM, X86_FEATURE_SYSCALL, X86_FEATURE_LAHF_LM } },
    { "32-bit PV, AMD keeps SYSCALL", { .pv32 = true }, X86_LAYOUT_AMD,
      { X86_FEATURE_LM } },
};

START_TEST(domain_limit_of_a_narrower_kind_loses_features)
{
    const struct kind_row *row = &narrower[_i];
    struct cpu_policy max, limit;

    audit_rich_limit(&max, audit_vendors[row->layout]);
    x86_domain_limit(&limit, &max, &row->kind);
    for ( unsigned int i = 0; i < 4 && row->lost[i]; i++ )
    {
        ck_assert_msg(x86_policy_has(&max, row->lost[i]),
                      "%s: %s is not in max", row->name,
                      x86_feature_find(row->lost[i])->name);
        ck_assert_msg(!x86_policy_has(&limit, row->lost[i]), "%s: %s stays",
                      row->name, x86_feature_find(row->lost[i])->name);
    }
    if ( row->kind.pv32 )
    {
        ck_assert_uint_eq((limit.leaf[X86_SLOT_80000008].a >> 8) & 0xff, 32);
        ck_assert_int_eq(x86_policy_has(&limit, X86_FEATURE_SYSCALL),
                         row->layout == X86_LAYOUT_AMD);
    }

    /* And max is too much for it: each lost feature is refused. */
    now = (struct audit_case){ max, limit, row->kind };
    ck_assert_ptr_null(audit_check(&now, &report));
    ck_assert_msg(report.rc, "%s: max is accepted", row->name);
    now.request = limit;
    ck_assert_ptr_null(audit_check(&now, &report));
    ck_assert_msg(!report.rc, "%s: %s of the limit itself", row->name,
                  report.list[0].rule);
}
END_TEST

START_TEST(domain_limit_with_address_bits_narrows_them_only)
{
    struct x86_domain_kind kind = audit_rich_kind;
    struct cpu_policy max, limit;

    audit_rich_limit(&max, X86_VENDOR_AMD);
    kind.max_phys_bits = 40;
    x86_domain_limit(&limit, &max, &kind);
    ck_assert_uint_eq(limit.leaf[X86_SLOT_80000008].a & 0xff, 40);
    limit.leaf[X86_SLOT_80000008].a += 6;
    ck_assert_mem_eq(&limit, &max, sizeof(max));

    /* Not a way to get more. */
    kind.max_phys_bits = 52;
    x86_domain_limit(&limit, &max, &kind);
    ck_assert_mem_eq(&limit, &max, sizeof(max));
}
END_TEST

Suite *suite_audit_hosts(void)
{
    Suite *s = suite_create("audit_hosts");
    TCase *tc = tcase_create("hosts");

    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, policy_audit_of_what_a_host_derives_accepts);
    tcase_add_loop_test(tc, domain_limit_of_a_narrower_kind_loses_features,
                        0, sizeof(narrower) / sizeof(narrower[0]));
    tcase_add_test(tc, domain_limit_with_address_bits_narrows_them_only);
    suite_add_tcase(s, tc);

    return s;
}
