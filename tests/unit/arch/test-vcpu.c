/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CPUID as vCPUs of several kinds and states read it. */
#include <check.h>
#include <string.h>

#include <arch/vcpu.h>

#include "domain-host.h"

Suite *suite_vcpu(void);

static struct domain_host host;

#define CR4_PAE     (1u << 5)
#define CR4_OSXSAVE (1u << 18)
#define CR4_PKE     (1u << 22)
#define APIC_EN     (1u << 11)
#define BIT(feature) (1u << (X86_FEATURE_##feature % 32))

/* States that the rows below start from. */
#define HVM64 .hvm = true, .hap = true, .long_mode = true, .kernel = true, \
    .cr4 = CR4_PAE, .xcr0 = 3, .apic_base = APIC_EN
#define PV64 .long_mode = true, .kernel = true, .cr4 = CR4_PAE, .xcr0 = 3

static void ignore_leaf(void *ctx, uint32_t index, uint32_t subleaf,
                        struct x86_regs *out)
{
    *out = (struct x86_regs){ index, subleaf, 0x7e57, (uintptr_t)ctx };
}

static const struct x86_hypervisor_leaves xen_only = {
    .version = 4 << 16 | 17, .xen = ignore_leaf, .ctx = (void *)1,
}, with_viridian = {
    .version = 4 << 16 | 17, .xen = ignore_leaf, .viridian = ignore_leaf,
    .ctx = (void *)2,
}, version_only = {
    .version = 4 << 16 | 17,
};

#define FULL_HOST ((const struct cpu_policy *)1)    /* filled in when run */

static const struct row {
    const char *name;
    uint32_t vendor;
    enum x86_policy_index policy;
    struct x86_vcpu v;
    uint32_t leaf, subleaf;
    char reg;
    uint32_t mask, want;
} rows[] = {
    /* APIC ids. */
    { "HVM: leaf 1 has the APIC id", X86_VENDOR_INTEL, X86_POLICY_HVM_MAX,
      { HVM64, .ids = { .apic_id = 6, .x2apic_id = 0x106 } },
      1, 0, 'b', 0xff000000, 6u << 24 },
    { "PV: leaf 1 has none", X86_VENDOR_INTEL, X86_POLICY_PV_MAX,
      { PV64, .ids = { .apic_id = 6, .x2apic_id = 0x106 } },
      1, 0, 'b', 0xff000000, 0 },
    { "leaf 0xb has the whole id", X86_VENDOR_INTEL, X86_POLICY_HVM_MAX,
      { HVM64, .ids = { .apic_id = 6, .x2apic_id = 0x106 } },
      0xb, 0, 'd', ~0u, 0x106 },
    { "leaf 0xb, any subleaf", X86_VENDOR_INTEL, X86_POLICY_HVM_MAX,
      { HVM64, .ids = { .apic_id = 6, .x2apic_id = 0x106 } },
      0xb, 9, 'd', ~0u, 0x106 },
    { "leaf 0xb echoes the subleaf", X86_VENDOR_INTEL, X86_POLICY_HVM_MAX,
      { HVM64 }, 0xb, 9, 'c', ~0u, 9 },
    { "leaf 0xb of PV, as of HVM", X86_VENDOR_INTEL, X86_POLICY_PV_MAX,
      { PV64, .ids = { .x2apic_id = 4 } }, 0xb, 0, 'd', ~0u, 4 },
    /* OSXSAVE. */
    { "OSXSAVE follows CR4", X86_VENDOR_INTEL, X86_POLICY_HVM_MAX,
      { HVM64, .xen_cr4 = 0 }, 1, 0, 'c', BIT(OSXSAVE), 0 },
    { "OSXSAVE follows CR4, set", X86_VENDOR_INTEL, X86_POLICY_HVM_MAX,
      { .hvm = true, .cr4 = CR4_OSXSAVE }, 1, 0, 'c', BIT(OSXSAVE),
      BIT(OSXSAVE) },
    { "OSXSAVE of a PV kernel that asks by prefix is Xen's",
      X86_VENDOR_INTEL, X86_POLICY_PV_MAX,
      { PV64, .emulated = true, .xen_cr4 = CR4_OSXSAVE },
      1, 0, 'c', BIT(OSXSAVE), BIT(OSXSAVE) },
    { "OSXSAVE of PV user code is the guest's", X86_VENDOR_INTEL,
      X86_POLICY_PV_MAX, { .emulated = true, .xen_cr4 = CR4_OSXSAVE },
      1, 0, 'c', BIT(OSXSAVE), 0 },
    { "OSXSAVE of a PV kernel that faults is the guest's",
      X86_VENDOR_INTEL, X86_POLICY_PV_MAX,
      { PV64, .xen_cr4 = CR4_OSXSAVE }, 1, 0, 'c', BIT(OSXSAVE), 0 },
    /* OSPKE. */
    { "OSPKE follows CR4", X86_VENDOR_INTEL, X86_POLICY_HVM_MAX,
      { HVM64 }, 7, 0, 'c', BIT(OSPKE), 0 },
    { "OSPKE follows CR4, set", X86_VENDOR_INTEL, X86_POLICY_HVM_MAX,
      { .hvm = true, .cr4 = CR4_PKE }, 7, 0, 'c', BIT(OSPKE), BIT(OSPKE) },
    { "OSPKE is not without PKU", X86_VENDOR_INTEL, X86_POLICY_PV_MAX,
      { .cr4 = CR4_PKE }, 7, 0, 'c', BIT(OSPKE), 0 },
    { "OSPKE is in subleaf 0 alone", X86_VENDOR_INTEL, X86_POLICY_HVM_MAX,
      { .hvm = true, .cr4 = CR4_PKE }, 7, 2, 'c', BIT(OSPKE), 0 },
    /* The APIC's bit. */
    { "APIC on", X86_VENDOR_AMD, X86_POLICY_HVM_MAX, { HVM64 }, 1, 0, 'd',
      BIT(APIC), BIT(APIC) },
    { "APIC off", X86_VENDOR_AMD, X86_POLICY_HVM_MAX,
      { .hvm = true, .hap = true }, 1, 0, 'd', BIT(APIC), 0 },
    { "APIC off, AMD's copy", X86_VENDOR_AMD, X86_POLICY_HVM_MAX,
      { .hvm = true, .hap = true }, 0x80000001, 0, 'd', BIT(APIC), 0 },
    { "APIC on, AMD's copy", X86_VENDOR_AMD, X86_POLICY_HVM_MAX, { HVM64 },
      0x80000001, 0, 'd', BIT(APIC), BIT(APIC) },
    /* PSE36. */
    { "PSE36 with HAP", X86_VENDOR_AMD, X86_POLICY_HVM_MAX,
      { .hvm = true, .hap = true, .apic_base = APIC_EN }, 1, 0, 'd',
      BIT(PSE36), BIT(PSE36) },
    { "PSE36 of shadow paging with PAE", X86_VENDOR_AMD, X86_POLICY_HVM_MAX,
      { .hvm = true, .cr4 = CR4_PAE }, 1, 0, 'd', BIT(PSE36), BIT(PSE36) },
    { "PSE36 of shadow paging without PAE", X86_VENDOR_AMD,
      X86_POLICY_HVM_MAX, { .hvm = true }, 1, 0, 'd', BIT(PSE36), 0 },
    { "PSE36 of shadow paging without PAE, AMD's copy", X86_VENDOR_AMD,
      X86_POLICY_HVM_MAX, { .hvm = true }, 0x80000001, 0, 'd', BIT(PSE36),
      0 },
    /* SYSCALL. */
    { "SYSCALL in 64-bit mode", X86_VENDOR_INTEL, X86_POLICY_HVM_MAX,
      { HVM64 }, 0x80000001, 0, 'd', BIT(SYSCALL), BIT(SYSCALL) },
    { "SYSCALL of Intel outside of 64-bit mode", X86_VENDOR_INTEL,
      X86_POLICY_HVM_MAX, { .hvm = true }, 0x80000001, 0, 'd', BIT(SYSCALL),
      0 },
    { "SYSCALL of AMD outside of 64-bit mode", X86_VENDOR_AMD,
      X86_POLICY_HVM_MAX, { .hvm = true }, 0x80000001, 0, 'd', BIT(SYSCALL),
      BIT(SYSCALL) },
    { "SYSCALL of Intel's PV outside of 64-bit mode", X86_VENDOR_INTEL,
      X86_POLICY_PV_MAX, { .kernel = true }, 0x80000001, 0, 'd',
      BIT(SYSCALL), BIT(SYSCALL) },
    /* Debug store. */
    { "DS without a vPMU's", X86_VENDOR_INTEL, X86_POLICY_HVM_MAX,
      { HVM64, .host = FULL_HOST }, 1, 0, 'd', BIT(DS), 0 },
    { "DS with a vPMU's", X86_VENDOR_INTEL, X86_POLICY_HVM_MAX,
      { HVM64, .host = FULL_HOST, .debug_store = true }, 1, 0, 'd', BIT(DS),
      BIT(DS) },
    { "DTES64 and DSCPL come along", X86_VENDOR_INTEL, X86_POLICY_HVM_MAX,
      { HVM64, .host = FULL_HOST, .debug_store = true }, 1, 0, 'c',
      BIT(DTES64) | BIT(DSCPL), BIT(DTES64) | BIT(DSCPL) },
    { "AMD has no debug store", X86_VENDOR_AMD, X86_POLICY_HVM_MAX,
      { HVM64, .host = FULL_HOST, .debug_store = true }, 1, 0, 'd', BIT(DS),
      0 },
    /* What the hardware domain's kernel knows of the host. */
    { "MTRR leaks", X86_VENDOR_INTEL, X86_POLICY_PV_MAX,
      { PV64, .hardware_domain = true, .host = FULL_HOST }, 1, 0, 'd',
      BIT(MTRR), BIT(MTRR) },
    { "MTRR leaks, AMD's copy", X86_VENDOR_AMD, X86_POLICY_PV_MAX,
      { PV64, .hardware_domain = true, .host = FULL_HOST }, 0x80000001, 0,
      'd', BIT(MTRR), BIT(MTRR) },
    { "MTRR leaks, but Intel has no copy", X86_VENDOR_INTEL,
      X86_POLICY_PV_MAX, { PV64, .hardware_domain = true, .host = FULL_HOST },
      0x80000001, 0, 'd', BIT(MTRR), 0 },
    { "EIST leaks", X86_VENDOR_INTEL, X86_POLICY_PV_MAX,
      { PV64, .hardware_domain = true, .host = FULL_HOST, .emulated = true },
      1, 0, 'c', BIT(EIST), BIT(EIST) },
    { "MONITOR leaks to plain CPUID", X86_VENDOR_INTEL, X86_POLICY_PV_MAX,
      { PV64, .hardware_domain = true, .host = FULL_HOST }, 1, 0, 'c',
      BIT(MONITOR), BIT(MONITOR) },
    { "MONITOR does not by prefix", X86_VENDOR_INTEL, X86_POLICY_PV_MAX,
      { PV64, .hardware_domain = true, .host = FULL_HOST, .emulated = true },
      1, 0, 'c', BIT(MONITOR), 0 },
    { "nothing leaks to other domains", X86_VENDOR_INTEL, X86_POLICY_PV_MAX,
      { PV64, .host = FULL_HOST }, 1, 0, 'c', BIT(EIST) | BIT(MONITOR), 0 },
    { "nothing leaks to user code", X86_VENDOR_INTEL, X86_POLICY_PV_MAX,
      { .hardware_domain = true, .host = FULL_HOST }, 1, 0, 'd', BIT(MTRR),
      0 },
    { "nothing leaks to HVM", X86_VENDOR_INTEL, X86_POLICY_HVM_MAX,
      { HVM64, .hardware_domain = true, .host = FULL_HOST }, 1, 0, 'c',
      BIT(MONITOR), 0 },
    { "leaf 5 leaks to plain CPUID", X86_VENDOR_INTEL, X86_POLICY_PV_MAX,
      { PV64, .hardware_domain = true, .host = FULL_HOST }, 5, 0, 'a', ~0u,
      0x40 },
    { "leaf 5 does not by prefix", X86_VENDOR_INTEL, X86_POLICY_PV_MAX,
      { PV64, .hardware_domain = true, .host = FULL_HOST, .emulated = true },
      5, 0, 'a', ~0u, 0 },
    /* Sizes of the save area: 64 bytes each, at 576 + 64 * n. */
    { "size for x87 and SSE", X86_VENDOR_INTEL, X86_POLICY_HVM_MAX,
      { HVM64 }, 0xd, 0, 'b', ~0u, 576 },
    { "size for YMM", X86_VENDOR_INTEL, X86_POLICY_HVM_MAX,
      { .hvm = true, .xcr0 = 7 }, 0xd, 0, 'b', ~0u, 576 + 128 + 64 },
    { "size up to the last, holes included", X86_VENDOR_INTEL,
      X86_POLICY_HVM_MAX, { .hvm = true, .xcr0 = 0x83 }, 0xd, 0, 'b', ~0u,
      576 + 7 * 64 + 64 },
    { "compacted size has no holes", X86_VENDOR_INTEL, X86_POLICY_HVM_MAX,
      { .hvm = true, .xcr0 = 0x83 }, 0xd, 1, 'b', ~0u, 576 + 64 },
    { "most that it can be does not follow", X86_VENDOR_INTEL,
      X86_POLICY_HVM_MAX, { HVM64 }, 0xd, 0, 'c', ~0u, 576 + 9 * 64 + 64 },
    /* Hypervisor leaves. */
    { "no hypervisor leaves", X86_VENDOR_INTEL, X86_POLICY_HVM_MAX,
      { HVM64 }, 0x40000000, 0, 'b', ~0u, 0 },
    { "Xen's signature", X86_VENDOR_INTEL, X86_POLICY_HVM_MAX,
      { HVM64, .leaves = &xen_only }, 0x40000000, 0, 'b', ~0u, 0x566e6558 },
    { "Xen's highest leaf", X86_VENDOR_INTEL, X86_POLICY_HVM_MAX,
      { HVM64, .leaves = &xen_only }, 0x40000000, 0, 'a', ~0u, 0x40000005 },
    { "Xen's version", X86_VENDOR_INTEL, X86_POLICY_HVM_MAX,
      { HVM64, .leaves = &xen_only }, 0x40000001, 0, 'a', ~0u, 0x40011 },
    { "Xen's other leaves are the embedder's", X86_VENDOR_INTEL,
      X86_POLICY_HVM_MAX, { HVM64, .leaves = &xen_only }, 0x40000003, 2, 'a',
      ~0u, 3 },
    { "with the subleaf", X86_VENDOR_INTEL, X86_POLICY_HVM_MAX,
      { HVM64, .leaves = &xen_only }, 0x40000003, 2, 'b', ~0u, 2 },
    { "and its own context", X86_VENDOR_INTEL, X86_POLICY_HVM_MAX,
      { HVM64, .leaves = &xen_only }, 0x40000003, 2, 'd', ~0u, 1 },
    { "zeros if it has none", X86_VENDOR_INTEL, X86_POLICY_HVM_MAX,
      { HVM64, .leaves = &version_only }, 0x40000003, 0, 'c', ~0u, 0 },
    { "beyond Xen's highest leaf", X86_VENDOR_INTEL, X86_POLICY_HVM_MAX,
      { HVM64, .leaves = &xen_only }, 0x40000006, 0, 'c', ~0u, 0 },
    { "the second block is empty", X86_VENDOR_INTEL, X86_POLICY_HVM_MAX,
      { HVM64, .leaves = &xen_only }, 0x40000100, 0, 'b', ~0u, 0 },
    { "Viridian comes first", X86_VENDOR_INTEL, X86_POLICY_HVM_MAX,
      { HVM64, .leaves = &with_viridian }, 0x40000000, 0, 'c', ~0u, 0x7e57 },
    { "and moves Xen up", X86_VENDOR_INTEL, X86_POLICY_HVM_MAX,
      { HVM64, .leaves = &with_viridian }, 0x40000100, 0, 'b', ~0u,
      0x566e6558 },
    { "with its highest leaf", X86_VENDOR_INTEL, X86_POLICY_HVM_MAX,
      { HVM64, .leaves = &with_viridian }, 0x40000100, 0, 'a', ~0u,
      0x40000105 },
    { "between the blocks", X86_VENDOR_INTEL, X86_POLICY_HVM_MAX,
      { HVM64, .leaves = &with_viridian }, 0x40000200, 0, 'c', ~0u, 0 },
};
#define NR_ROWS (sizeof(rows) / sizeof(rows[0]))

static uint32_t reg_of(const struct x86_regs *r, char reg)
{
    const uint32_t all[] = { r->a, r->b, r->c, r->d };

    return all[reg - 'a'];
}

START_TEST(cpuid_follows_live_state)
{
    const struct row *row = &rows[_i];
    static struct cpu_policy raw;
    struct x86_vcpu v = row->v;
    struct x86_regs out = { 1, 2, 3, 4 };
    uint32_t have;

    domain_host_make(&host, row->vendor);
    raw = host.policies.policy[X86_POLICY_HOST_DEFAULT];
    raw.leaf[X86_SLOT_5].a = 0x40;
    if ( v.host )
        v.host = &raw;
    x86_vcpu_cpuid(&host.policies.policy[row->policy], &v, row->leaf,
                   row->subleaf, &out);
    have = reg_of(&out, row->reg) & row->mask;
    ck_assert_msg(have == row->want, "%s: %#x, not %#x", row->name, have,
                  row->want);
}
END_TEST

/* ---- the policy shows through ----------------------------------------- */

/* Of every slot, all bits that do not follow a vCPU. */
START_TEST(cpuid_of_every_slot_is_the_policys)
{
    const struct x86_vcpu v = { HVM64 };
    const struct cpu_policy *p;
    enum x86_layout layout;

    domain_host_make(&host, _i ? X86_VENDOR_AMD : X86_VENDOR_INTEL);
    p = &host.policies.policy[X86_POLICY_HVM_MAX];
    layout = x86_vendor_layout(p->vendor);
    for ( unsigned int slot = 0; slot < X86_NR_SLOTS; slot++ )
    {
        const struct x86_slot_desc *s = &x86_slot_descs[slot];
        struct x86_regs out;

        if ( (s->leaf & 0xffff0000) == X86_HV_LEAF )
            continue;
        x86_vcpu_cpuid(p, &v, s->leaf, s->subleaf, &out);
        for ( unsigned int r = 0; r < 4; r++ )
        {
            unsigned int w = slot * 4 + r;
            uint32_t live = x86_kind_words[layout][X86_KIND_DYNAMIC][w] |
                x86_kind_words[layout][X86_KIND_TOPOLOGY][w];
            uint32_t differ = (reg_of(&out, 'a' + r) ^ p->word[w]) & ~live;

            ck_assert_msg(!differ, "leaf %#x subleaf %#x register %u: %#x",
                          s->leaf, s->subleaf, r, differ);
        }
    }
}
END_TEST

START_TEST(cpuid_of_a_plain_leaf_ignores_the_subleaf)
{
    const struct x86_vcpu v = { HVM64 };
    const struct cpu_policy *p;
    struct x86_regs a, b;

    domain_host_make(&host, X86_VENDOR_INTEL);
    p = &host.policies.policy[X86_POLICY_HVM_MAX];
    x86_vcpu_cpuid(p, &v, 1, 0, &a);
    x86_vcpu_cpuid(p, &v, 1, 0xdeadbeef, &b);
    ck_assert_mem_eq(&a, &b, sizeof(a));
}
END_TEST

/* ---- beyond ----------------------------------------------------------- */

static const struct {
    const char *name;
    uint32_t vendor, leaf, subleaf;
    bool highest;               /* by the vendor's rule */
} beyond[] = {
    { "above basic", X86_VENDOR_INTEL, 0x25, 0, true },
    { "just above the policy's", X86_VENDOR_INTEL, 0xe, 0, true },
    { "above extended", X86_VENDOR_INTEL, 0x80000027, 0, true },
    { "just above the policy's extended", X86_VENDOR_INTEL, 0x80000009, 0,
      true },
    { "nowhere", X86_VENDOR_INTEL, 0x60000000, 0, true },
    { "Centaur's", X86_VENDOR_INTEL, 0xc0000000, 0, true },
    { "the very last", X86_VENDOR_INTEL, 0xffffffff, 0xffffffff, true },
    { "AMD's above basic", X86_VENDOR_AMD, 0x25, 0, false },
    { "AMD's nowhere", X86_VENDOR_AMD, 0x60000000, 0, false },
    { "subleaf of 7", X86_VENDOR_INTEL, 7, 3, false },
    { "last subleaf of 7", X86_VENDOR_INTEL, 7, 0xffffffff, false },
    { "subleaf of 0xd", X86_VENDOR_INTEL, 0xd, 63, false },
    { "subleaf of 4", X86_VENDOR_INTEL, 4, 6, false },
    { "hypervisor's", X86_VENDOR_INTEL, 0x40000000, 0, false },
};

START_TEST(cpuid_beyond_is_zeros_or_the_vendors)
{
    const struct x86_regs zero = { 0 };
    struct x86_vcpu v = { HVM64 };
    struct x86_regs out, highest;
    struct cpu_policy p;

    domain_host_make(&host, beyond[_i].vendor);
    p = host.policies.policy[X86_POLICY_HVM_MAX];
    p.leaf[X86_SLOT_0].a = 0xd;
    p.leaf[X86_SLOT_80000000].a = 0x80000008;
    x86_policy_trim(&p);
    x86_vcpu_cpuid(&p, &v, 0xd, beyond[_i].subleaf, &highest);

    x86_vcpu_cpuid(&p, &v, beyond[_i].leaf, beyond[_i].subleaf, &out);
    ck_assert_msg(!memcmp(&out, &zero, sizeof(out)), "%s", beyond[_i].name);

    v.beyond = X86_BEYOND_VENDOR;
    x86_vcpu_cpuid(&p, &v, beyond[_i].leaf, beyond[_i].subleaf, &out);
    ck_assert_msg(!memcmp(&out, beyond[_i].highest ? &highest : &zero,
                          sizeof(out)), "%s, by vendor", beyond[_i].name);
}
END_TEST

/* No policy that an audit accepts, but nothing to crash on either. */
START_TEST(cpuid_with_a_highest_leaf_that_has_no_place_is_zeros)
{
    const struct x86_regs zero = { 0 };
    struct x86_vcpu v = { HVM64, .beyond = X86_BEYOND_VENDOR };
    struct x86_regs out;
    struct cpu_policy p;

    domain_host_make(&host, X86_VENDOR_INTEL);
    p = host.policies.policy[X86_POLICY_HVM_MAX];
    p.leaf[X86_SLOT_0].a = 0xffffffff;
    x86_vcpu_cpuid(&p, &v, 0x30, 0, &out);
    ck_assert_mem_eq(&out, &zero, sizeof(out));
}
END_TEST

START_TEST(cpuid_faults_in_user_code_only)
{
    struct x86_vcpu v = { HVM64, .cpuid_faulting = true };

    ck_assert(!x86_vcpu_cpuid_faults(&v));
    v.kernel = false;
    ck_assert(x86_vcpu_cpuid_faults(&v));
    v.cpuid_faulting = false;
    ck_assert(!x86_vcpu_cpuid_faults(&v));
}
END_TEST

Suite *suite_vcpu(void)
{
    Suite *s = suite_create("vcpu");
    TCase *tc = tcase_create("cpuid");

    tcase_add_loop_test(tc, cpuid_follows_live_state, 0, NR_ROWS);
    tcase_add_loop_test(tc, cpuid_of_every_slot_is_the_policys, 0, 2);
    tcase_add_test(tc, cpuid_of_a_plain_leaf_ignores_the_subleaf);
    tcase_add_loop_test(tc, cpuid_beyond_is_zeros_or_the_vendors, 0,
                        sizeof(beyond) / sizeof(beyond[0]));
    tcase_add_test(tc,
                   cpuid_with_a_highest_leaf_that_has_no_place_is_zeros);
    tcase_add_test(tc, cpuid_faults_in_user_code_only);
    suite_add_tcase(s, tc);

    return s;
}
