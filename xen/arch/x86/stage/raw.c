/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Raw: what one CPU says, less what is not a property of the CPU. */

#include <string.h>

#include "../rule.h"

static void clear_dynamic(struct x86_derive *d)
{
    enum x86_layout layout = x86_vendor_layout(d->p->vendor);
    const uint32_t *mask = x86_kind_words[layout][X86_KIND_DYNAMIC];

    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        d->p->word[i] &= ~mask[i];
}

static void clear_hypervisor_leaves(struct x86_derive *d)
{
    memset(&d->p->leaf[X86_SLOT_40000000], 0, 2 * sizeof(d->p->leaf[0]));
}

static bool syscall_unseen(struct x86_view *d)
{
    return has(d, F(LM)) && !has(d, F(SYSCALL));
}

static void keep_faulting_only(struct x86_derive *d)
{
    d->p->msr[X86_MSR_SLOT_CE] &= X86_MSR_CE_CPUID_FAULTING;
}

static bool arch_caps_absent(struct x86_view *d)
{
    return !has(d, F(ARCH_CAPS));
}

static void clear_arch_caps(struct x86_derive *d)
{
    d->p->msr[X86_MSR_SLOT_10A] = 0;
}

const struct x86_rule x86_raw_rules[] = {
    {
        .id = "raw-dynamic", .stages = ST(RAW),
        .apply = clear_dynamic,
        .reason = "the bit follows the live state of one vCPU (CR4, XCR0, "
                  "APIC id), and is not a property of the CPU",
        .reference = "SDM vol 2 CPUID; APM vol 3 appendix E",
    },
    {
        .id = "raw-syscall", .stages = ST(RAW),
        .vendors = X86_VENDOR_INTEL, .when = syscall_unseen,
        SET(F(SYSCALL)),
        .reason = "Intel reports SYSCALL to 64-bit code only; a CPU with "
                  "long mode has it",
        .reference = "SDM vol 2, CPUID.80000001H:EDX[11]",
    },
    {
        .id = "raw-hypervisor-leaves", .stages = ST(RAW),
        .apply = clear_hypervisor_leaves,
        .reason = "leaves 0x40000000 and up belong to a hypervisor beneath, "
                  "not to the CPU",
    },
    {
        .id = "raw-platform-info", .stages = ST(RAW),
        .apply = keep_faulting_only,
        .reason = "of MSR 0xce only the CPUID faulting bit is a CPU "
                  "feature; the rest are this part's frequencies",
        .reference = "SDM vol 4, MSR_PLATFORM_INFO",
    },
    {
        .id = "raw-arch-caps", .stages = ST(RAW),
        .when = arch_caps_absent, .apply = clear_arch_caps,
        .reason = "MSR 0x10a is ARCH_CAPABILITIES only where CPUID says so; "
                  "elsewhere it is another register or made up",
        .reference = "SDM vol 2, CPUID.(7,0):EDX[29]",
    },
    {
        .id = "raw-out-of-range", .stages = ST(RAW),
        .apply = x86_rule_trim,
        .reason = "beyond the highest leaf or after the last subleaf",
    },
    { .id = NULL },
};
