/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RDMSR of feature MSRs: value, fault, or none of ours. */
#include <check.h>
#include <string.h>

#include <arch/vcpu.h>

#include "domain-host.h"

Suite *suite_vcpu_msr(void);

static struct domain_host host;

#define NO_FEATURE X86_NO_AUX

static const struct row {
    const char *name;
    uint32_t vendor;
    uint32_t index;
    uint16_t without, without_too;      /* features to take away */
    bool pv;
    enum x86_msr_answer answer;
} rows[] = {
    { "microcode revision", X86_VENDOR_INTEL, 0x8b, NO_FEATURE, NO_FEATURE,
      false, X86_MSR_VALUE },
    { "PLATFORM_INFO is everybody's", X86_VENDOR_AMD, 0xce, NO_FEATURE,
      NO_FEATURE, false, X86_MSR_VALUE },
    { "PLATFORM_INFO of PV", X86_VENDOR_INTEL, 0xce, NO_FEATURE, NO_FEATURE,
      true, X86_MSR_VALUE },
    { "CORE_CAPABILITIES without CORE_CAPS", X86_VENDOR_INTEL, 0xcf,
      X86_FEATURE_CORE_CAPS, NO_FEATURE, false, X86_MSR_FAULT },
    { "ARCH_CAPABILITIES", X86_VENDOR_INTEL, 0x10a, NO_FEATURE, NO_FEATURE,
      false, X86_MSR_VALUE },
    { "ARCH_CAPABILITIES without ARCH_CAPS", X86_VENDOR_INTEL, 0x10a,
      X86_FEATURE_ARCH_CAPS, NO_FEATURE, false, X86_MSR_FAULT },
    { "ARCH_CAPABILITIES of AMD", X86_VENDOR_AMD, 0x10a,
      X86_FEATURE_ARCH_CAPS, NO_FEATURE, false, X86_MSR_FAULT },
    { "PERF_CAPABILITIES without PDCM", X86_VENDOR_INTEL, 0x345,
      X86_FEATURE_PDCM, NO_FEATURE, false, X86_MSR_FAULT },
    { "VMX_BASIC", X86_VENDOR_INTEL, 0x480, NO_FEATURE, NO_FEATURE, false,
      X86_MSR_VALUE },
    { "VMX_BASIC without VMX", X86_VENDOR_INTEL, 0x480, X86_FEATURE_VMX,
      NO_FEATURE, false, X86_MSR_FAULT },
    { "VMX_BASIC of PV", X86_VENDOR_INTEL, 0x480, NO_FEATURE, NO_FEATURE,
      true, X86_MSR_FAULT },
    { "VMX_BASIC of AMD", X86_VENDOR_AMD, 0x480, NO_FEATURE, NO_FEATURE,
      false, X86_MSR_FAULT },
    { "VMX_EXIT_CTLS2 without VMX", X86_VENDOR_INTEL, 0x493,
      X86_FEATURE_VMX, NO_FEATURE, false, X86_MSR_FAULT },
    { "MSR after VMX's", X86_VENDOR_INTEL, 0x494, NO_FEATURE, NO_FEATURE,
      false, X86_MSR_OTHER },
    { "DE_CFG of AMD", X86_VENDOR_AMD, 0xc0011029, NO_FEATURE, NO_FEATURE,
      false, X86_MSR_VALUE },
    { "DE_CFG of Intel", X86_VENDOR_INTEL, 0xc0011029, NO_FEATURE,
      NO_FEATURE, false, X86_MSR_FAULT },
    { "faulting", X86_VENDOR_AMD, 0x140, NO_FEATURE, NO_FEATURE, false,
      X86_MSR_VALUE },
    { "SPEC_CTRL", X86_VENDOR_INTEL, 0x48, NO_FEATURE, NO_FEATURE, false,
      X86_MSR_OWN },
    { "SPEC_CTRL of AMD", X86_VENDOR_AMD, 0x48, NO_FEATURE, NO_FEATURE,
      false, X86_MSR_OWN },
    { "SPEC_CTRL with neither", X86_VENDOR_INTEL, 0x48, X86_FEATURE_IBRSB,
      X86_FEATURE_IBRS, false, X86_MSR_FAULT },
    { "PKRS", X86_VENDOR_INTEL, 0x6e1, NO_FEATURE, NO_FEATURE, false,
      X86_MSR_OWN },
    { "PKRS without PKS", X86_VENDOR_INTEL, 0x6e1, X86_FEATURE_PKS,
      NO_FEATURE, false, X86_MSR_FAULT },
    { "BNDCFGS without MPX", X86_VENDOR_INTEL, 0xd90, X86_FEATURE_MPX,
      NO_FEATURE, false, X86_MSR_FAULT },
    { "XSS", X86_VENDOR_INTEL, 0xda0, NO_FEATURE, NO_FEATURE, false,
      X86_MSR_OWN },
    { "XSS without XSAVES", X86_VENDOR_INTEL, 0xda0, X86_FEATURE_XSAVES,
      NO_FEATURE, false, X86_MSR_FAULT },
    { "TSC_AUX with RDPID alone", X86_VENDOR_INTEL, 0xc0000103,
      X86_FEATURE_RDTSCP, NO_FEATURE, false, X86_MSR_OWN },
    { "TSC_AUX with RDTSCP alone", X86_VENDOR_INTEL, 0xc0000103,
      X86_FEATURE_RDPID, NO_FEATURE, false, X86_MSR_OWN },
    { "TSC_AUX with neither", X86_VENDOR_INTEL, 0xc0000103,
      X86_FEATURE_RDTSCP, X86_FEATURE_RDPID, false, X86_MSR_FAULT },
    { "VIRT_SPEC_CTRL", X86_VENDOR_AMD, 0xc001011f, NO_FEATURE, NO_FEATURE,
      false, X86_MSR_OWN },
    { "VIRT_SPEC_CTRL of Intel", X86_VENDOR_INTEL, 0xc001011f,
      X86_FEATURE_VIRT_SSBD, NO_FEATURE, false, X86_MSR_FAULT },
    { "EFER is not ours", X86_VENDOR_INTEL, 0xc0000080, NO_FEATURE,
      NO_FEATURE, false, X86_MSR_OTHER },
    { "nor is MSR 0", X86_VENDOR_INTEL, 0, NO_FEATURE, NO_FEATURE, false,
      X86_MSR_OTHER },
    { "nor the last one", X86_VENDOR_INTEL, ~0u, NO_FEATURE, NO_FEATURE,
      false, X86_MSR_OTHER },
};

START_TEST(rdmsr_of_each_kind)
{
    const struct row *row = &rows[_i];
    struct x86_vcpu v = { .hvm = !row->pv, .cpuid_faulting = true };
    struct cpu_policy p;
    uint64_t value = 0x5a5a;
    enum x86_msr_answer answer;
    x86_featureset fs;
    int slot = x86_msr_slot_find(row->index);

    domain_host_make(&host, row->vendor);
    p = host.policies.policy[X86_POLICY_HVM_MAX];
    x86_policy_to_featureset(&p, fs);
    if ( row->without != NO_FEATURE )
        x86_feature_clear(fs, row->without);
    if ( row->without_too != NO_FEATURE )
        x86_feature_clear(fs, row->without_too);
    x86_featureset_to_policy(fs, &p);

    answer = x86_vcpu_rdmsr(&p, &v, row->index, &value);
    ck_assert_msg(answer == row->answer, "%s: %d", row->name, answer);
    if ( answer != X86_MSR_VALUE )
        ck_assert_msg(value == 0x5a5a, "%s: value written", row->name);
    else if ( slot >= 0 )
        ck_assert_msg(value == p.msr[slot], "%s: %#llx", row->name,
                      (unsigned long long)value);
    else
        ck_assert_uint_eq(value, 1);    /* faulting */
}
END_TEST

/* VMX MSRs that exist only if others say so. */
static const struct {
    uint32_t index;
    unsigned int slot, bit, or_slot, or_bit;
} vmx[] = {
    { 0x48b, X86_MSR_SLOT_482, 63, X86_MSR_SLOT_482, 63 },
    { 0x48c, X86_MSR_SLOT_48B, 33, X86_MSR_SLOT_48B, 37 },
    { 0x48d, X86_MSR_SLOT_480, 55, X86_MSR_SLOT_480, 55 },
    { 0x490, X86_MSR_SLOT_480, 55, X86_MSR_SLOT_480, 55 },
    { 0x491, X86_MSR_SLOT_48B, 45, X86_MSR_SLOT_48B, 45 },
    { 0x492, X86_MSR_SLOT_482, 49, X86_MSR_SLOT_482, 49 },
    { 0x493, X86_MSR_SLOT_483, 63, X86_MSR_SLOT_483, 63 },
};

START_TEST(rdmsr_of_vmx_follows_the_controls)
{
    const struct x86_vcpu v = { .hvm = true };
    static struct cpu_policy p;
    uint64_t value;

    p.leaf[X86_SLOT_1].c = 1u << (X86_FEATURE_VMX % 32);
    ck_assert_int_eq(x86_vcpu_rdmsr(&p, &v, vmx[_i].index, &value),
                     X86_MSR_FAULT);
    p.msr[vmx[_i].slot] = 1ULL << vmx[_i].bit;
    ck_assert_int_eq(x86_vcpu_rdmsr(&p, &v, vmx[_i].index, &value),
                     X86_MSR_VALUE);
    p.msr[vmx[_i].slot] = 0;
    p.msr[vmx[_i].or_slot] = 1ULL << vmx[_i].or_bit;
    ck_assert_int_eq(x86_vcpu_rdmsr(&p, &v, vmx[_i].index, &value),
                     X86_MSR_VALUE);
    p.msr[vmx[_i].or_slot] = ~(1ULL << vmx[_i].bit | 1ULL << vmx[_i].or_bit);
    ck_assert_int_eq(x86_vcpu_rdmsr(&p, &v, vmx[_i].index, &value),
                     X86_MSR_FAULT);
}
END_TEST

/* None of the tables' MSRs is forgotten. */
START_TEST(rdmsr_knows_every_msr_of_a_policy)
{
    const struct x86_vcpu v = { .hvm = true };
    static struct cpu_policy p;
    uint64_t value;

    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
    {
        x86_featureset all;
        bool amd = x86_msr_descs[i].index >= 0xc0000000;

        domain_host_make(&host, amd ? X86_VENDOR_AMD : X86_VENDOR_INTEL);
        p = host.policies.policy[X86_POLICY_HVM_MAX];
        memset(all, 0xff, sizeof(all));
        x86_featureset_to_policy(all, &p);
        for ( unsigned int j = 0; j < X86_NR_MSR_SLOTS; j++ )
            p.msr[j] = ~0ULL << 8 | j;
        ck_assert_int_eq(x86_vcpu_rdmsr(&p, &v, x86_msr_descs[i].index,
                                        &value), X86_MSR_VALUE);
        ck_assert_uint_eq(value & 0xff, i);
    }
}
END_TEST

Suite *suite_vcpu_msr(void)
{
    Suite *s = suite_create("vcpu_msr");
    TCase *tc = tcase_create("rdmsr");

    tcase_add_loop_test(tc, rdmsr_of_each_kind, 0,
                        sizeof(rows) / sizeof(rows[0]));
    tcase_add_loop_test(tc, rdmsr_of_vmx_follows_the_controls, 0,
                        sizeof(vmx) / sizeof(vmx[0]));
    tcase_add_test(tc, rdmsr_knows_every_msr_of_a_policy);
    suite_add_tcase(s, tc);

    return s;
}
