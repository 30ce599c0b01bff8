/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Nested VMX: what a guest is offered of a Sapphire Rapids, and requests that
 * contradict themselves.  The judges are SDM vol 3, appendix A, and Xen's
 * nvmx_msr_read_intercept().
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "audit-check.h"
#include "audit-hosts.h"
#include "machine.h"

Suite *suite_audit_vmx(void);

static const struct x86_domain_kind nested = {
    .hvm = true, .hap = true, .nested = true, .vpmu = true,
};

static struct x86_policies policies;
static struct audit_case now;
static struct audit_report report;

/* What a Sapphire Rapids has, 0x480 to 0x490, as InstLatx64 read it. */
static const uint64_t hardware[] = {
    0x03da050000000013, 0x000000ff00000016, 0xfffbfffe0401e172,
    0xff7fffff00036dff, 0x007effff000011ff, 0x000000007004c1e7,
    0x0000000080000021, 0x00000000ffffffff, 0x0000000000002000,
    0x0000000003f77fff, 0x000000000000002e, 0xcfff3fff00000000,
    0x00010f0106f341c1, 0x000000ff00000016, 0xfffbfffe04006172,
    0xff7fffff00036dfb, 0x007effff000011fb,
};

/*
 * What Xen answers on it, worked out by hand from vvmx.c: the names there and
 * the bits of the SDM.  Not Xen's: NMI windows (SDM 27.2.1.1: not without
 * virtual NMIs, which Xen does not offer), bits 49 and 58 of VMX_BASIC, NE in
 * 0x486 (A.7), and of 0x485 what is about SMM.  0x489 is of this machine's
 * features.
 */
static const uint64_t offered[] = {
    0x01d8050000000013, 0x0000005f00000016, 0xffb9fffe0401e172,
    0x007fffff00036dff, 0x0000f3ff000011ff, 0x0000000060000027,
    0x0000000080000021, 0x00000000ffffffff, 0x0000000000002000,
    0, 0x000000000000003e, 0x000000a700000000,
    0x00000f0106134141, 0x0000005f00000016, 0xffb9fffe04006172,
    0x007fffff00036dff, 0x0000f3ff000011ff, 0, 0, 0,
};

static const struct machine sapphire_rapids = {
    .maker = INTEL, .signature = 0x806f8,
    .with = "vmx xsave avx avx2 pge smep smap umip pku pcid invpcid fsgsbase "
            "rdtscp xsaves xsavec",
};

static void start(void)
{
    static struct cpu_policy raw;
    struct x86_platform plat;
    const struct x86_derive_input in = {
        .cpus = &raw, .nr_cpus = 1, .plat = &plat,
    };

    machine_make(&raw, &sapphire_rapids);
    raw.leaf[X86_SLOT_A] = (struct x86_regs){ 0x07300805, 0, 7, 0x8604 };
    for ( unsigned int i = 0; i < 17; i++ )
        raw.msr[X86_MSR_SLOT_480 + i] = hardware[i];
    x86_raw_clean(&raw, NULL);
    x86_platform_guess(&plat, &raw, NULL);
    plat.vpmu = true;
    x86_derive(&policies, &in);
    now.kind = nested;
    x86_domain_limit(&now.limit, &policies.policy[X86_POLICY_HVM_MAX],
                     &nested);
    now.request = now.limit;
}

START_TEST(hvm_max_offers_what_xen_does)
{
    const struct cpu_policy *max = &policies.policy[X86_POLICY_HVM_MAX];

    start();
    for ( unsigned int i = 0; i < 20; i++ )
        if ( X86_MSR_SLOT_480 + i != X86_MSR_SLOT_489 )
            ck_assert_msg(max->msr[X86_MSR_SLOT_480 + i] == offered[i],
                          "MSR %#x: %#lx, not %#lx", 0x480 + i,
                          max->msr[X86_MSR_SLOT_480 + i], offered[i]);

    /*
     * CR4, as hvm_cr4_guest_valid_bits(): VME PVI TSD DE PSE PAE MCE PGE PCE
     * OSFXSR OSXMMEXCPT, UMIP, VMXE, FSGSBASE PCIDE OSXSAVE, SMEP SMAP PKE.
     */
    ck_assert_uint_eq(max->msr[X86_MSR_SLOT_489], 0x772fff);
    ck_assert_ptr_null(audit_check(&now, &report));
    ck_assert_msg(!report.rc, "%s", report.list[0].rule);
}
END_TEST

/* ---- contradictions ---------------------------------------------------- */

struct edit {
    uint16_t slot;
    uint64_t flip;
};

static const struct contradiction {
    const char *name, *without;         /* features that go */
    struct edit edits[3];
} contradictions[] = {
    { "EPT off, and described", "", { { X86_MSR_SLOT_48B, 1ULL << 33 } } },
    { "EPT and all on it off, and described", "",
      { { X86_MSR_SLOT_48B, 0x82ULL << 32 } } },
    { "unrestricted guest without EPT", "",
      { { X86_MSR_SLOT_48B, 1ULL << 33 }, { X86_MSR_SLOT_48C, 0x06134141 } } },
    { "unrestricted guest, EFER.LMA not saved", "",
      { { X86_MSR_SLOT_485, 1 << 5 } } },
    { "VPID off, and described", "", { { X86_MSR_SLOT_48B, 1ULL << 37 } } },
    { "EPT without a length", "", { { X86_MSR_SLOT_48C, 1 << 6 } } },
    { "types of INVEPT without INVEPT", "",
      { { X86_MSR_SLOT_48C, 1 << 20 } } },
    { "types of INVVPID without INVVPID", "",
      { { X86_MSR_SLOT_48C, 1ULL << 32 } } },
    { "secondary controls that cannot be on", "",
      { { X86_MSR_SLOT_482, 1ULL << 63 }, { X86_MSR_SLOT_48E, 1ULL << 63 } } },
    { "exact pin controls with less", "",
      { { X86_MSR_SLOT_48D, 1ULL << 38 } } },
    { "plain pin controls with less", "",
      { { X86_MSR_SLOT_481, 1ULL << 38 }, { X86_MSR_SLOT_483, 1ULL << 54 },
        { X86_MSR_SLOT_48F, 1ULL << 54 } } },
    { "exact processor controls with less", "",
      { { X86_MSR_SLOT_48E, 1ULL << 39 } } },
    { "exact exit controls with less", "",
      { { X86_MSR_SLOT_48F, 1ULL << 50 } } },
    { "exact entry controls with less", "",
      { { X86_MSR_SLOT_490, 1ULL << 46 } } },
    { "exact controls that must be one, and need not", "",
      { { X86_MSR_SLOT_48E, 1 << 26 } } },
    { "no exact controls, and their MSRs", "",
      { { X86_MSR_SLOT_480, 1ULL << 55 } } },
    { "timer saved, and there is none", "",
      { { X86_MSR_SLOT_481, 1ULL << 38 }, { X86_MSR_SLOT_48D, 1ULL << 38 } } },
    { "a control of CR4 that it lacks", "", { { X86_MSR_SLOT_489, 1 << 20 } } },
    { "a bit of CR0 that cannot be set", "",
      { { X86_MSR_SLOT_487, 1 << 16 } } },
    { "RDTSCP, which is not offered", "", { { X86_MSR_SLOT_48B, 1ULL << 35 } } },
    { "INVPCID, which is not offered", "",
      { { X86_MSR_SLOT_48B, 1ULL << 44 } } },
    { "XSAVES, which is not offered", "", { { X86_MSR_SLOT_48B, 1ULL << 52 } } },
    { "PML", "", { { X86_MSR_SLOT_48B, 1ULL << 49 } } },
    { "posted interrupts", "", { { X86_MSR_SLOT_481, 1ULL << 39 } } },
    { "tertiary controls", "", { { X86_MSR_SLOT_482, 1ULL << 49 } } },
    { "CET state", "", { { X86_MSR_SLOT_484, 1ULL << 52 } } },
    { "SMEP gone from CPUID", "smep", { { 0 } } },
    { "SMAP gone from CPUID", "smap", { { 0 } } },
    { "UMIP gone from CPUID", "umip", { { 0 } } },
    { "XSAVE gone from CPUID", "xsave", { { 0 } } },
    { "PCID gone from CPUID", "pcid", { { 0 } } },
    { "PAT gone from CPUID", "pat", { { 0 } } },
    { "a 32-bit guest", "lm", { { 0 } } },
};

static void drop(struct cpu_policy *p, const char *names)
{
    x86_featureset fs, without;

    features_of(without, names);
    x86_policy_to_featureset(p, fs);
    for ( unsigned int i = 0; i < X86_NR_FEATURE_WORDS; i++ )
        fs[i] &= ~without[i];
    x86_featureset_close(fs);
    x86_featureset_to_policy(fs, p);
    x86_policy_recalc_xstate(p, &now.limit);
    x86_policy_recalc_derived(p);
}

START_TEST(policy_audit_of_a_contradiction_in_vmx_refuses)
{
    const struct contradiction *row = &contradictions[_i];
    const char *bad;

    start();
    for ( unsigned int i = 0; i < 3; i++ )
        if ( row->edits[i].flip )
            now.request.msr[row->edits[i].slot] ^= row->edits[i].flip;
    drop(&now.request, row->without);
    bad = audit_check(&now, &report);
    ck_assert_msg(!bad, "%s: %s", row->name, bad);
    ck_assert_msg(report.rc, "%s: accepted", row->name);
    for ( unsigned int i = 0; i < report.nr; i++ )
        ck_assert_msg(report.list[i].is_msr, "%s: %s of %s", row->name,
                      report.list[i].rule,
                      audit_place(false, report.list[i].index));

    /* What was meant, all of it, is fine. */
    x86_policy_repair(&now.request, &now.limit, &now.kind);
    bad = audit_check(&now, &report);
    ck_assert_msg(!bad && !report.rc, "%s, repaired: %s", row->name, bad);
}
END_TEST

/* A PMU that is not there has no MSRs to load. */
START_TEST(policy_audit_of_vmx_without_a_pmu_loads_no_counters)
{
    start();
    now.kind.vpmu = false;
    x86_domain_limit(&now.limit, &policies.policy[X86_POLICY_HVM_MAX],
                     &now.kind);
    ck_assert_uint_eq(now.limit.msr[X86_MSR_SLOT_483] >> 44 & 1, 0);
    ck_assert_uint_eq(now.limit.msr[X86_MSR_SLOT_484] >> 45 & 1, 0);
    now.request = now.limit;
    ck_assert_ptr_null(audit_check(&now, &report));
    ck_assert_int_eq(report.rc, 0);
    now.request.msr[X86_MSR_SLOT_483] |= 1ULL << 44;
    ck_assert_ptr_null(audit_check(&now, &report));
    ck_assert_int_ne(report.rc, 0);
}
END_TEST

/* ---- on real hosts ----------------------------------------------------- */

/* The default, with VMX asked for. */
static void ask_for_vmx(void *ctx, const struct audit_host *h)
{
    unsigned int *nr = ctx;
    x86_featureset fs;
    const char *bad;

    if ( !h->kind.nested || !x86_policy_has(&h->limit, X86_FEATURE_VMX) )
        return;

    now.request = h->def;
    now.limit = h->limit;
    now.kind = h->kind;
    x86_policy_to_featureset(&now.request, fs);
    x86_feature_set(fs, X86_FEATURE_VMX);
    x86_featureset_to_policy(fs, &now.request);
    x86_policy_follow(&now.request, &h->limit, h->kind.vpmu);
    bad = audit_check(&now, &report);
    ck_assert_msg(!bad && !report.rc, "%s, %s: %s", h->name,
                  audit_kind_name(&h->kind), bad ?: report.list[0].rule);
    *nr += h->limit.msr[X86_MSR_SLOT_480] != 0;
}

START_TEST(policy_audit_of_a_default_with_vmx_accepts)
{
    unsigned int nr = 0;

    audit_hosts_each(ask_for_vmx, &nr);
    printf("nested VMX: %u domains whose hosts' VMX MSRs are known\n", nr);
}
END_TEST

Suite *suite_audit_vmx(void)
{
    Suite *s = suite_create("audit_vmx");
    TCase *tc = tcase_create("vmx");

    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, hvm_max_offers_what_xen_does);
    tcase_add_loop_test(
        tc, policy_audit_of_a_contradiction_in_vmx_refuses, 0,
        sizeof(contradictions) / sizeof(contradictions[0]));
    tcase_add_test(tc, policy_audit_of_vmx_without_a_pmu_loads_no_counters);
    tcase_add_test(tc, policy_audit_of_a_default_with_vmx_accepts);
    suite_add_tcase(s, tc);

    return s;
}
