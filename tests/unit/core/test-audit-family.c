/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Families and models that no CPU with a feature has, and those that one has. */
#include <check.h>
#include <string.h>

#include "../../../xen/lib/x86/audit-private.h"
#include "audit-check.h"
#include "audit-rich.h"

TCase *tcase_audit_family(void);

#define NR(rows) (sizeof(rows) / sizeof(rows[0]))

static struct audit_case now;
static struct audit_report report;

#define ALL X86_NO_AUX

static const struct row {
    const char *name, *vendor;
    uint16_t first_gone;        /* asked for without it, and its dependents */
    uint32_t signature;
    bool family, model;         /* what is refused */
} rows[] = {
    { "no family", "GenuineIntel", ALL, 0, true, true },
    { "Intel 386", "GenuineIntel", ALL, 0x300, true, true },
    { "Pentium", "GenuineIntel", ALL, 0x543, true, true },
    { "Pentium, without all of it", "GenuineIntel", X86_FEATURE_SSE, 0x543,
      true, false },
    { "Yonah has no long mode", "GenuineIntel", ALL, 0x6e8, false, true },
    { "Merom has no AVX", "GenuineIntel", ALL, 0x6fb, false, true },
    { "Merom, without AVX", "GenuineIntel", X86_FEATURE_AVX, 0x6fb, false,
      false },
    { "Sandy Bridge", "GenuineIntel", ALL, 0x206a7, false, false },
    { "Pentium 4", "GenuineIntel", ALL, 0xf41, false, false },
    { "family 19", "GenuineIntel", ALL, 0x400f10, false, false },
    { "AMD family 5", "AuthenticAMD", ALL, 0x58c, true, true },
    { "Athlon XP", "AuthenticAMD", ALL, 0x6a0, true, true },
    { "Athlon 64 has no AVX", "AuthenticAMD", ALL, 0x40fb2, true, true },
    { "Athlon 64, without AVX", "AuthenticAMD", X86_FEATURE_AVX, 0x40fb2,
      false, false },
    { "family 21, model 2, as of xl.cfg", "AuthenticAMD", ALL, 0x600f20, false,
      false },
    { "Zen 5", "AuthenticAMD", ALL, 0xb40f40, false, false },
    { "Dhyana", "HygonGenuine", ALL, 0x900f02, false, false },
    { "Zen, as of Hygon", "HygonGenuine", ALL, 0x800f11, true, true },
    { "C3", "CentaurHauls", ALL, 0x691, false, true },
    { "C3 Nehemiah has SSE", "CentaurHauls", X86_FEATURE_LM, 0x691, false,
      false },
    { "C3 Ezra has none", "CentaurHauls", X86_FEATURE_LM, 0x689, false, true },
    { "C3 Ezra, without SSE", "CentaurHauls", X86_FEATURE_SSE, 0x689, false,
      false },
    { "Nano", "CentaurHauls", ALL, 0x6f8, false, false },
    { "WinChip", "CentaurHauls", ALL, 0x589, true, true },
    { "Zhaoxin", "  Shanghai  ", ALL, 0x7b0, false, false },
    { "Zhaoxin, family 6", "  Shanghai  ", ALL, 0x690, false, false },
    { "Zhaoxin, family 5", "  Shanghai  ", ALL, 0x500, true, false },
};

static void set_vendor(struct cpu_policy *p, const char *id)
{
    struct x86_regs *l = &p->leaf[X86_SLOT_0];

    memcpy(&l->b, id, 4);
    memcpy(&l->d, id + 4, 4);
    memcpy(&l->c, id + 8, 4);
    x86_policy_recalc_vendor(p);
    x86_policy_recalc_derived(p);
}

static void start(const struct row *row)
{
    uint32_t id[3];

    memcpy(id, row->vendor, sizeof(id));
    audit_rich_limit(&now.limit,
                     audit_vendors[x86_vendor_layout(
                         x86_vendor_lookup(id[0], id[2], id[1]))]);
    set_vendor(&now.limit, row->vendor);
    now.kind = audit_rich_kind;
    /* As the first one with everything, but where the vendor has newer. */
    if ( now.limit.vendor == X86_VENDOR_HYGON )
        now.limit.leaf[X86_SLOT_1].a = 0x900f22;
    x86_policy_recalc_derived(&now.limit);

    now.request = now.limit;
    if ( row->first_gone != ALL )
    {
        x86_featureset fs;

        x86_policy_to_featureset(&now.request, fs);
        x86_feature_clear(fs, row->first_gone);
        x86_featureset_close(fs);
        x86_featureset_to_policy(fs, &now.request);
        x86_policy_repair(&now.request, &now.limit, &now.kind);
    }
    now.request.leaf[X86_SLOT_1].a = row->signature;
    x86_policy_recalc_derived(&now.request);
}

/* All bits of leaf 1's eax that are refused by the rule. */
static uint64_t refused(const char *row)
{
    uint64_t mask = 0;

    for ( unsigned int i = 0; i < report.nr; i++ )
    {
        const struct x86_violation *v = &report.list[i];

        /* The copy is one no longer, once the first is put right. */
        if ( v->index == X86_WORD(80000001, A) )
            continue;
        ck_assert_msg(!strcmp(v->rule, "family") &&
                      v->index == X86_WORD(1, A), "%s: %s of %s", row,
                      v->rule, audit_place(v->is_msr, v->index));
        mask |= v->mask;
    }

    return mask;
}

START_TEST(policy_audit_of_a_family_refuses_the_impossible)
{
    const struct row *row = &rows[_i];
    const char *bad;
    uint64_t mask;

    start(row);
    bad = audit_check(&now, &report);
    ck_assert_msg(!bad, "%s: %s", row->name, bad);
    mask = refused(row->name);
    ck_assert_msg(!report.rc == !(row->family || row->model),
                  "%s: rc %d", row->name, report.rc);
    if ( row->family )
        ck_assert_msg(mask & SIGNATURE_FAMILY, "%s: %#lx", row->name, mask);
    else
        ck_assert_msg(!(mask & SIGNATURE_FAMILY) || row->model, "%s: %#lx",
                      row->name, mask);
    if ( row->model && !row->family )
        ck_assert_msg(mask & SIGNATURE_MODEL, "%s: %#lx", row->name, mask);
}
END_TEST

/* What the hardware has is possible, whatever is known of it. */
START_TEST(policy_audit_of_the_limits_own_family_accepts)
{
    audit_rich_limit(&now.limit, audit_vendors[_i]);
    now.limit.leaf[X86_SLOT_1].a = 0x300;
    x86_policy_recalc_derived(&now.limit);
    now.request = now.limit;
    now.request.leaf[X86_SLOT_1].a |= 0xf;      /* stepping */
    x86_policy_recalc_derived(&now.request);
    now.kind = audit_rich_kind;
    ck_assert_ptr_null(audit_check(&now, &report));
    ck_assert_int_eq(report.rc, 0);
}
END_TEST

TCase *tcase_audit_family(void)
{
    TCase *tc = tcase_create("family");

    tcase_add_loop_test(tc, policy_audit_of_a_family_refuses_the_impossible,
                        0, NR(rows));
    tcase_add_loop_test(tc, policy_audit_of_the_limits_own_family_accepts, 0,
                        X86_NR_LAYOUTS);

    return tc;
}
