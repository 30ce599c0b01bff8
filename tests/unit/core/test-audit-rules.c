/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules between fields: prerequisites, gates, highest leaves, and requests
 * that Xen accepts by mistake.
 */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "audit-check.h"
#include "audit-rich.h"
#include "words.h"

TCase *tcase_audit_rules(void);

#define NR(rows) (sizeof(rows) / sizeof(rows[0]))

static struct audit_case now;
static struct audit_report report;

static void start(uint32_t vendor)
{
    audit_rich_limit(&now.limit, vendor);
    now.request = now.limit;
    now.kind = audit_rich_kind;
}

static void audit(const char *row)
{
    const char *bad = audit_check(&now, &report);

    ck_assert_msg(!bad, "%s: %s", row, bad);
}

static void drop(struct cpu_policy *p, unsigned int feature)
{
    x86_featureset fs;

    x86_policy_to_featureset(p, fs);
    x86_feature_clear(fs, feature);
    x86_featureset_to_policy(fs, p);
}

static void add(struct cpu_policy *p, unsigned int feature)
{
    x86_featureset fs;

    x86_policy_to_featureset(p, fs);
    x86_feature_set(fs, feature);
    x86_featureset_to_policy(fs, p);
}

static const struct x86_violation *find(const char *rule, uint16_t feature)
{
    for ( unsigned int i = 0; i < report.nr; i++ )
        if ( !strcmp(report.list[i].rule, rule) &&
             report.list[i].feature == feature )
            return &report.list[i];

    return NULL;
}

/* ---- prerequisites ---------------------------------------------------- */

/* Of every row of cpufeature-deps.h that both can be offered of. */
START_TEST(policy_audit_without_a_prerequisite_names_both)
{
    const struct x86_direct_dep *d = &x86_direct_deps[_i];
    const struct x86_feature_desc *pre = x86_feature_find(d->prerequisite);
    const struct x86_feature_desc *dep = x86_feature_find(d->dependent);
    const struct x86_violation *v;

    start(_i % 2 ? X86_VENDOR_AMD : X86_VENDOR_INTEL);
    /* A dynamic one is in no policy; ask for it here all the same. */
    if ( dep->kind == X86_KIND_DYNAMIC )
        add(&now.request, d->dependent);
    ck_assert_msg(x86_policy_has(&now.request, d->prerequisite) &&
                  x86_policy_has(&now.request, d->dependent),
                  "%s, %s: not in the limit", pre->name, dep->name);
    drop(&now.request, d->prerequisite);
    audit(pre->name);
    if ( dep->kind == X86_KIND_DYNAMIC )
    {
        ck_assert_msg(find("dynamic", d->dependent), "%s: not dynamic",
                      dep->name);
        return;
    }

    v = find("dependency", d->dependent);
    ck_assert_msg(v, "%s without %s: not said", dep->name, pre->name);
    ck_assert_msg(v->needs == d->prerequisite, "%s without %s: needs %s",
                  dep->name, pre->name, x86_feature_find(v->needs)->name);
}
END_TEST

/* ---- gates ------------------------------------------------------------ */

static const struct gate_row {
    const char *name;
    uint32_t vendor;
    uint16_t feature;           /* X86_NO_AUX: the virtual PMU */
    bool is_msr;
    uint16_t index;             /* a place behind the gate */
} gates[] = {
    { "VMX MSRs", X86_VENDOR_INTEL, X86_FEATURE_VMX, true,
      X86_MSR_SLOT_480 },
    { "VMX MSRs, Centaur", X86_VENDOR_CENTAUR, X86_FEATURE_VMX, true,
      X86_MSR_SLOT_48C },
    { "SVM leaf", X86_VENDOR_AMD, X86_FEATURE_SVM, false,
      X86_WORD(8000000A, D) },
    { "tile palettes", X86_VENDOR_INTEL, X86_FEATURE_AMX_TILE, false,
      X86_WORD(1D, A) },
    { "tile multiplier", X86_VENDOR_INTEL, X86_FEATURE_AMX_TILE, false,
      X86_WORD(1E, B) },
    { "vector ISA", X86_VENDOR_INTEL, X86_FEATURE_AVX10, false,
      X86_WORD(24, B) },
    { "caches", X86_VENDOR_AMD, X86_FEATURE_TOPOEXT, false,
      X86_WORD(8000001D, A) },
    { "virtual PMU", X86_VENDOR_INTEL, X86_NO_AUX, false, X86_WORD(A, A) },
};

START_TEST(policy_audit_behind_a_shut_gate_refuses)
{
    const struct gate_row *row = &gates[_i];
    bool found = false;

    start(row->vendor);
    if ( row->feature == X86_NO_AUX )
        now.kind.vpmu = false;
    else
        drop(&now.request, row->feature);

    audit(row->name);
    for ( unsigned int i = 0; i < report.nr; i++ )
    {
        const struct x86_violation *v = &report.list[i];

        if ( v->is_msr != row->is_msr || v->index != row->index )
            continue;
        found = true;
        ck_assert_msg(!strcmp(v->rule, "gate"), "%s: %s", row->name, v->rule);
        ck_assert_msg(v->needs == row->feature, "%s: needs %u", row->name,
                      v->needs);
        ck_assert_msg(!(v->limit & v->mask), "%s: limit %#lx", row->name,
                      v->limit);
    }
    ck_assert_msg(found, "%s: nothing said", row->name);
}
END_TEST

START_TEST(policy_audit_without_arch_caps_wants_the_msr_empty)
{
    const uint64_t caps = x86_kind_msrs[_i][X86_KIND_FEATURE]
                                       [X86_MSR_SLOT_10A];
    uint64_t named = 0;

    start(audit_vendors[_i]);
    ck_assert_uint_eq(now.request.msr[X86_MSR_SLOT_10A], caps);
    drop(&now.request, X86_FEATURE_ARCH_CAPS);
    audit("without ARCH_CAPS");
    for ( unsigned int i = 0; i < report.nr; i++ )
        if ( report.list[i].is_msr &&
             report.list[i].index == X86_MSR_SLOT_10A &&
             report.list[i].needs == X86_FEATURE_ARCH_CAPS )
            named |= report.list[i].mask;
    ck_assert_uint_eq(named, caps);
}
END_TEST

/* ---- VMX controls ------------------------------------------------------ */

static const struct vmx_row {
    const char *name;
    uint32_t vendor;
    uint16_t must, may;         /* MSR slots: the same one, or a pair */
    uint64_t must_bit, may_bit;
} vmx_controls[] = {
    { "pin-based", X86_VENDOR_INTEL, X86_MSR_SLOT_481, X86_MSR_SLOT_481,
      1ULL << 1, 1ULL << 33 },
    { "processor-based", X86_VENDOR_INTEL, X86_MSR_SLOT_482,
      X86_MSR_SLOT_482, 1ULL << 26, 1ULL << 58 },
    { "processor-based, Centaur", X86_VENDOR_CENTAUR, X86_MSR_SLOT_482,
      X86_MSR_SLOT_482, 1ULL << 1, 1ULL << 33 },
    { "exit", X86_VENDOR_INTEL, X86_MSR_SLOT_483, X86_MSR_SLOT_483,
      1ULL << 0, 1ULL << 32 },
    { "entry", X86_VENDOR_INTEL, X86_MSR_SLOT_484, X86_MSR_SLOT_484,
      1ULL << 12, 1ULL << 44 },
};

/* The control is offered; with `must_be_one`, it cannot be off. */
static void start_vmx(const struct vmx_row *row, bool must_be_one)
{
    start(row->vendor);
    now.limit.msr[row->may] |= row->may_bit;
    now.limit.msr[row->must] &= ~row->must_bit;
    if ( must_be_one )
        now.limit.msr[row->must] |= row->must_bit;
    for ( unsigned int i = X86_MSR_SLOT_48D; i <= X86_MSR_SLOT_490; i++ )
        now.limit.msr[i] &= ~row->must_bit;
    now.request = now.limit;
}

START_TEST(policy_audit_vmx_control_that_must_be_one_has_to_be_offered)
{
    const struct vmx_row *row = &vmx_controls[_i];
    const struct x86_violation *v;

    start_vmx(row, true);
    audit(row->name);
    ck_assert_msg(!report.rc, "%s: offered, and refused", row->name);

    now.request.msr[row->may] &= ~row->may_bit;
    audit(row->name);
    v = find("vmx-control", X86_NO_AUX);
    ck_assert_msg(report.rc == -EINVAL && report.nr == 1 && v,
                  "%s: rc %d, %u violations", row->name, report.rc,
                  report.nr);
    ck_assert_msg(v->is_msr && v->index == row->may &&
                  v->mask == row->may_bit &&
                  v->limit == now.limit.msr[row->may], "%s: bits %#lx",
                  row->name, v->mask);

    start_vmx(row, false);
    now.request.msr[row->may] &= ~row->may_bit;
    x86_policy_recalc_vmx(&now.request, &now.limit);
    audit(row->name);
    ck_assert_msg(!report.rc, "%s: free to be off, and refused", row->name);
}
END_TEST

START_TEST(policy_audit_without_vmx_wants_no_controls)
{
    start(X86_VENDOR_INTEL);
    drop(&now.request, X86_FEATURE_VMX);
    for ( unsigned int i = 0; i < X86_NR_GATE_MASKS; i++ )
        if ( x86_gate_masks[i].gate == X86_FEATURE_VMX &&
             x86_gate_masks[i].is_msr )
            now.request.msr[x86_gate_masks[i].word] = 0;
    audit("without VMX");
    ck_assert_ptr_null(find("vmx-control", X86_NO_AUX));
}
END_TEST

/* ---- highest leaves --------------------------------------------------- */

static const struct max_row {
    const char *name;
    uint32_t vendor;
    struct word set[5];
    bool trim;                  /* nothing is left beyond */
    const char *rule;           /* of some violation; NULL: accepted */
    uint16_t feature;           /* of that violation; 0: any */
    struct x86_policy_error first;
} maxima[] = {
    { "lower, and nothing beyond", X86_VENDOR_AMD,
      { { 0x80000000, NONE, 'a', 0x80000025 } }, true, NULL, 0, { 0 } },
    { "lower, with content beyond", X86_VENDOR_INTEL,
      { { 0, NONE, 'a', 0x1e } }, false, "out-of-range", 0,
      { 7, 1, ~0u } },          /* AVX10, since that needs leaf 0x24 */
    { "too low for XSAVE", X86_VENDOR_CENTAUR, { { 0, NONE, 'a', 0xc } },
      true, "feature-leaf", X86_FEATURE_XSAVE, { 1, NONE, ~0u } },
    { "too low for tiles", X86_VENDOR_INTEL, { { 0, NONE, 'a', 0x1c } },
      true, "feature-leaf", X86_FEATURE_AMX_TILE, { 7, 0, ~0u } },
    { "too low for AVX10", X86_VENDOR_INTEL, { { 0, NONE, 'a', 0x23 } },
      true, "feature-leaf", X86_FEATURE_AVX10, { 7, 1, ~0u } },
    { "too low for SVM", X86_VENDOR_AMD,
      { { 0x80000000, NONE, 'a', 0x80000009 } }, true, "feature-leaf",
      X86_FEATURE_SVM, { 0x80000001, NONE, ~0u } },
    { "subleaves, lower, with content beyond", X86_VENDOR_AMD,
      { { 7, 0, 'a', 0 } }, false, "out-of-range", X86_FEATURE_AVX_VNNI,
      { 7, 1, ~0u } },
    { "tile palettes, lower", X86_VENDOR_INTEL, { { 0x1d, 0, 'a', 0 } },
      true, NULL, 0, { 0 } },
    { "extended, lower, with content beyond", X86_VENDOR_AMD,
      { { 0x80000000, NONE, 'a', 0x80000019 } }, false, "out-of-range", 0,
      { 0x8000001d, 0, ~0u } },
    { "list of caches cut, with content beyond", X86_VENDOR_INTEL,
      { { 4, 2, 'a', 0 }, { 4, 2, 'b', 0 }, { 4, 2, 'c', 0 },
        { 4, 2, 'd', 0 } }, false, "out-of-range", 0, { 4, 3, ~0u } },

    /* In Xen, "max + 1" wraps: all is cleared first, and accepted then. */
    { "basic maximum of all ones", X86_VENDOR_INTEL,
      { { 0, NONE, 'a', UINT32_MAX } }, false, "limit", 0,
      { 0, NONE, ~0u } },
    { "subleaf maximum of all ones", X86_VENDOR_AMD,
      { { 7, 0, 'a', UINT32_MAX } }, false, "limit", 0, { 7, 0, ~0u } },
    { "subleaf maximum of all ones, trimmed", X86_VENDOR_AMD,
      { { 7, 0, 'a', UINT32_MAX } }, true, "limit", 0, { 7, 0, ~0u } },
    { "extended maximum of all ones", X86_VENDOR_AMD,
      { { 0x80000000, NONE, 'a', UINT32_MAX } }, false, "max-leaf-prefix", 0,
      { 0x80000000, NONE, ~0u } },
    /* In Xen, numerically below the limit. */
    { "extended maximum without its prefix", X86_VENDOR_INTEL,
      { { 0x80000000, NONE, 'a', 0xffff } }, false, "max-leaf-prefix", 0,
      { 0x80000000, NONE, ~0u } },
    { "extended maximum without its prefix, low", X86_VENDOR_INTEL,
      { { 0x80000000, NONE, 'a', 8 } }, true, "max-leaf-prefix", 0,
      { 0x80000000, NONE, ~0u } },
};

START_TEST(policy_audit_of_highest_leaves_and_content_is_strict)
{
    const struct max_row *row = &maxima[_i];
    bool found = false;

    start(row->vendor);
    policy_set_words(&now.request, row->set);
    if ( row->trim )
        x86_policy_trim(&now.request);
    audit(row->name);

    if ( !row->rule )
    {
        ck_assert_msg(!report.rc, "%s: %s of %s", row->name,
                      report.list[0].rule,
                      audit_place(report.list[0].is_msr,
                                  report.list[0].index));
        return;
    }

    for ( unsigned int i = 0; i < report.nr; i++ )
        found |= !strcmp(report.list[i].rule, row->rule) &&
            (!row->feature || report.list[i].feature == row->feature);
    ck_assert_msg(found, "%s: no %s among %u, the first %s", row->name,
                  row->rule, report.nr, report.list[0].rule);
    ck_assert_msg(!memcmp(&report.first, &row->first, sizeof(row->first)),
                  "%s: error fields %#x, %#x, %#x", row->name,
                  report.first.leaf, report.first.subleaf, report.first.msr);
}
END_TEST

/* ---- what Xen's own test of compatibility has -------------------------- */

/* Characters of AMD's vendor name, and one more. */
#define AMD_EBX 0x68747541u

/*
 * The rows of test-cpu-policy, on policies that are empty but for these.
 * Where the strict audit is stricter: with a highest leaf of 2 and up, leaf
 * 2 has to say that it is read once.
 */
static const struct compat_row {
    const char *name;
    struct word host[4], guest[4];
    uint64_t host_ce, guest_ce;
    int rc;
    struct x86_policy_error first;
} compat[] = {
    { "CPUID faulting not used", { { 0 } }, { { 0 } }, 1u << 31, 0, 0,
      { 0 } },
    { "CPUID faulting", { { 0 } }, { { 0 } }, 1u << 31, 1u << 31, 0, { 0 } },
    { "CPUID faulting not there", { { 0 } }, { { 0 } }, 0, 1u << 31, -EINVAL,
      { ~0u, ~0u, 0xce } },
    { "unknown vendor, the same", { { 0, NONE, 'b', AMD_EBX + 1 } },
      { { 0, NONE, 'b', AMD_EBX + 1 } }, 0, 0, 0, { 0 } },
    { "unknown vendor, another", { { 0, NONE, 'b', AMD_EBX + 1 } },
      { { 0, NONE, 'b', AMD_EBX + 2 } }, 0, 0, -EINVAL,
      { 0, NONE, ~0u } },
    { "highest leaf", { { 0 } }, { { 0, NONE, 'a', 1 } }, 0, 0, -EINVAL,
      { 0, NONE, ~0u } },
    { "highest subleaf", { { 0, NONE, 'a', 7 }, { 2, NONE, 'a', 1 } },
      { { 0, NONE, 'a', 7 }, { 2, NONE, 'a', 1 }, { 7, 0, 'a', 1 } }, 0, 0,
      -EINVAL, { 7, 0, ~0u } },
    { "highest leaf, the same", { { 0, NONE, 'a', 7 }, { 2, NONE, 'a', 1 } },
      { { 0, NONE, 'a', 7 }, { 2, NONE, 'a', 1 } }, 0, 0, 0, { 0 } },
    { "highest leaf, leaf 2 left empty",
      { { 0, NONE, 'a', 7 }, { 2, NONE, 'a', 1 } }, { { 0, NONE, 'a', 7 } },
      0, 0, -EINVAL, { 2, NONE, ~0u } },
    { "highest extended leaf", { { 0 } }, { { 0x80000000, NONE, 'a', 1 } },
      0, 0, -EINVAL, { 0x80000000, NONE, ~0u } },
};

static void set_compat(struct cpu_policy *p, const struct word *words,
                       uint64_t ce)
{
    memset(p, 0, sizeof(*p));
    policy_set_words(p, words);
    *policy_msr(p, 0xce) = ce;
    x86_policy_recalc_vendor(p);
}

START_TEST(policy_audit_of_xen_compatibility_rows_agrees)
{
    const struct compat_row *row = &compat[_i];

    set_compat(&now.limit, row->host, row->host_ce);
    set_compat(&now.request, row->guest, row->guest_ce);
    now.kind = audit_rich_kind;
    audit(row->name);
    ck_assert_msg(report.rc == row->rc, "%s: rc %d", row->name, report.rc);
    ck_assert_msg(!row->rc ||
                  !memcmp(&report.first, &row->first, sizeof(row->first)),
                  "%s: error fields %#x, %#x, %#x", row->name,
                  report.first.leaf, report.first.subleaf, report.first.msr);
}
END_TEST

TCase *tcase_audit_rules(void)
{
    TCase *tc = tcase_create("rules");

    tcase_add_loop_test(
        tc, policy_audit_vmx_control_that_must_be_one_has_to_be_offered, 0,
        NR(vmx_controls));
    tcase_add_test(tc, policy_audit_without_vmx_wants_no_controls);
    tcase_add_loop_test(tc, policy_audit_without_a_prerequisite_names_both,
                        0, X86_NR_DIRECT_DEPS);
    tcase_add_loop_test(tc, policy_audit_behind_a_shut_gate_refuses, 0,
                        NR(gates));
    tcase_add_loop_test(tc,
                        policy_audit_without_arch_caps_wants_the_msr_empty,
                        0, X86_NR_LAYOUTS);
    tcase_add_loop_test(tc,
                        policy_audit_of_highest_leaves_and_content_is_strict,
                        0, NR(maxima));
    tcase_add_loop_test(tc, policy_audit_of_xen_compatibility_rows_agrees, 0,
                        NR(compat));

    return tc;
}
