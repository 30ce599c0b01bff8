/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a vCPU reads where a number is cut or computed. */
#include <check.h>
#include <string.h>

#include <arch/vcpu.h>

#include "domain-host.h"

Suite *suite_vcpu_limits(void);

static struct domain_host host;

#define BIT(feature) (1u << (X86_FEATURE_##feature % 32))
#define HVM64 .hvm = true, .hap = true, .long_mode = true, .kernel = true, \
    .cr4 = 1u << 5, .xcr0 = 3, .apic_base = 1u << 11

static void echo_leaf(void *ctx, uint32_t index, uint32_t subleaf,
                      struct x86_regs *out)
{
    (void)ctx;
    *out = (struct x86_regs){ index, subleaf, 0, 0 };
}

static const struct x86_hypervisor_leaves xen_only = { .xen = echo_leaf };

START_TEST(hypervisor_limit_is_held_between_2_and_5)
{
    static const struct {
        uint32_t limit, highest;
    } limits[] = {
        { 0, 5 }, { 1, 2 }, { 2, 2 }, { 3, 3 }, { 5, 5 }, { 6, 5 },
        { 255, 5 },
    };
    const struct x86_vcpu v = { HVM64, .leaves = &xen_only };
    struct cpu_policy p;
    struct x86_regs out;

    domain_host_make(&host, X86_VENDOR_INTEL);
    p = host.policies.policy[X86_POLICY_HVM_MAX];
    for ( unsigned int i = 0; i < sizeof(limits) / sizeof(limits[0]); i++ )
    {
        p.leaf[X86_SLOT_40000000].a = limits[i].limit;
        x86_vcpu_cpuid(&p, &v, 0x40000000, 0, &out);
        ck_assert_uint_eq(out.a, 0x40000000 + limits[i].highest);
        x86_vcpu_cpuid(&p, &v, out.a, 0, &out);
        ck_assert_uint_eq(out.a, limits[i].highest);
        x86_vcpu_cpuid(&p, &v, 0x40000001 + limits[i].highest, 0, &out);
        ck_assert_uint_eq(out.a | out.b | out.c | out.d, 0);
    }
}
END_TEST

START_TEST(pmu_version_is_at_most_3_and_intels)
{
    const struct x86_vcpu v = { HVM64 };
    struct cpu_policy p;
    struct x86_regs out;

    domain_host_make(&host, X86_VENDOR_INTEL);
    p = host.policies.policy[X86_POLICY_HVM_MAX];
    p.leaf[X86_SLOT_A] = (struct x86_regs){ 0x08300805, 1, 2, 3 };
    x86_vcpu_cpuid(&p, &v, 0xa, 0, &out);
    ck_assert_uint_eq(out.a, 0x08300803);
    p.leaf[X86_SLOT_A].a = 0x08300802;
    x86_vcpu_cpuid(&p, &v, 0xa, 0, &out);
    ck_assert_uint_eq(out.a, 0x08300802);
    p.vendor = X86_VENDOR_CENTAUR;
    x86_vcpu_cpuid(&p, &v, 0xa, 0, &out);
    ck_assert_uint_eq(out.a | out.b | out.c | out.d, 0);
}
END_TEST

/* Component 2 is YMM, 8 a supervisor one, 9 is PKRU. */
static const struct {
    const char *name;
    uint32_t da1;               /* 2: XSAVEC, 8: XSAVES */
    uint32_t size_2, flags_9;   /* flag 2: aligned to 64 bytes */
    uint64_t xcr0, xss;
    uint32_t plain, compacted;
} areas[] = {
    { "neither", 0, 256, 0, 7, 0, 832, 0 },
    { "XSAVEC does not count XSS", 2, 256, 0, 7, 1 << 8, 832, 832 },
    { "XSAVES counts XSS", 10, 256, 0, 7, 1 << 8, 832, 960 },
    { "one after another", 10, 264, 0, 0x207, 0, 2696, 848 },
    { "aligned", 10, 264, 2, 0x207, 0, 2696, 904 },
    { "supervisor components alone", 10, 256, 0, 3, 1 << 8, 576, 704 },
};

START_TEST(save_area_size_follows_xcr0_and_xss)
{
    struct x86_vcpu v = { HVM64 };
    static struct cpu_policy p;
    struct x86_regs out;

    domain_host_make(&host, X86_VENDOR_INTEL);
    p = host.policies.policy[X86_POLICY_HVM_MAX];
    p.leaf[X86_SLOT_D + 1].a = areas[_i].da1;
    p.leaf[X86_SLOT_D + 2] = (struct x86_regs){ areas[_i].size_2, 576, 0, 0 };
    p.leaf[X86_SLOT_D + 8] = (struct x86_regs){ 128, 0, 1, 0 };
    p.leaf[X86_SLOT_D + 9] = (struct x86_regs){
        8, 2688, areas[_i].flags_9, 0,
    };
    v.xcr0 = areas[_i].xcr0;
    v.xss = areas[_i].xss;
    x86_vcpu_cpuid(&p, &v, 0xd, 0, &out);
    ck_assert_msg(out.b == areas[_i].plain, "%s: %u", areas[_i].name, out.b);
    x86_vcpu_cpuid(&p, &v, 0xd, 1, &out);
    ck_assert_msg(out.b == areas[_i].compacted, "%s: %u", areas[_i].name,
                  out.b);
}
END_TEST

START_TEST(save_area_size_of_hostile_numbers_saturates)
{
    static struct cpu_policy p;

    for ( unsigned int i = 2; i < 63; i++ )
        p.leaf[X86_SLOT_D + i] = (struct x86_regs){ ~0u, ~0u, 2, 0 };
    ck_assert_uint_eq(x86_xstate_size(&p, ~0ULL), ~0u);
    ck_assert_uint_eq(x86_xstate_compacted_size(&p, ~0ULL), ~0u);
    ck_assert_uint_eq(x86_xstate_size(&p, 1ULL << 63), 576);
    ck_assert_uint_eq(x86_xstate_compacted_size(&p, 1ULL << 63 | 3), 576);
}
END_TEST

START_TEST(save_area_without_xsave_is_nothing)
{
    const struct x86_vcpu v = { HVM64 };
    struct x86_regs out;
    struct cpu_policy p;

    domain_host_make(&host, X86_VENDOR_INTEL);
    p = host.policies.policy[X86_POLICY_HVM_MAX];
    p.leaf[X86_SLOT_1].c &= ~BIT(XSAVE);
    memset(&p.leaf[X86_SLOT_D], 0, 63 * sizeof(p.leaf[0]));
    x86_vcpu_cpuid(&p, &v, 0xd, 0, &out);
    ck_assert_uint_eq(out.a | out.b | out.c | out.d, 0);
    x86_vcpu_cpuid(&p, &v, 0xd, 1, &out);
    ck_assert_uint_eq(out.a | out.b | out.c | out.d, 0);
}
END_TEST

Suite *suite_vcpu_limits(void)
{
    Suite *s = suite_create("vcpu_limits");
    TCase *tc = tcase_create("limits");

    tcase_add_test(tc, hypervisor_limit_is_held_between_2_and_5);
    tcase_add_test(tc, pmu_version_is_at_most_3_and_intels);
    tcase_add_loop_test(tc, save_area_size_follows_xcr0_and_xss, 0,
                        sizeof(areas) / sizeof(areas[0]));
    tcase_add_test(tc, save_area_size_of_hostile_numbers_saturates);
    tcase_add_test(tc, save_area_without_xsave_is_nothing);
    suite_add_tcase(s, tc);

    return s;
}
