/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Platform facts: their names, and guesses for a machine known by a dump. */

#include "rule.h"

const struct x86_platform_fact x86_platform_facts[] = {
#define PLATFORM_FACT(name, option, meaning) \
    { option, meaning, offsetof(struct x86_platform, name) },
#include <arch/platform-facts.h>
#undef PLATFORM_FACT
};

const unsigned int x86_nr_platform_facts =
    sizeof(x86_platform_facts) / sizeof(x86_platform_facts[0]);

/* May-be-one bit of the secondary VM-execution controls (SDM A.3.3). */
static bool proc2(const struct cpu_policy *raw, unsigned int bit)
{
    uint64_t ctls = raw->msr[X86_MSR_SLOT_48B];

    /* No VMX MSRs in the dump: assume what every later CPU has. */
    return !ctls || ((ctls >> (32 + bit)) & 1);
}

static void guess_intel(struct x86_platform *plat,
                        const struct cpu_policy *raw)
{
    uint32_t sig = raw->leaf[X86_SLOT_1].a;
    uint64_t entry = raw->msr[X86_MSR_SLOT_490];

    /* TSX is off by default where turning it off is a mitigation (XSA-305). */
    plat->tsx = !x86_policy_has(raw, X86_FEATURE_RTM_ALWAYS_ABORT) &&
        !x86_policy_has(raw, X86_FEATURE_TSX_FORCE_ABORT) &&
        !(x86_policy_has(raw, X86_FEATURE_TSX_CTRL) &&
          x86_policy_has(raw, X86_FEATURE_MDS_NO) &&
          !x86_policy_has(raw, X86_FEATURE_TAA_NO));

    plat->gds_safe = !plat->virtualised && x86_family(sig) == 6 &&
        !x86_intel_gds_affected(sig);

    /* Under a hypervisor that says neither NO nor CTRL: models mislead. */
    plat->gds_no_avx = plat->virtualised && x86_family(sig) == 6 &&
        !x86_policy_has(raw, X86_FEATURE_GDS_CTRL);
    plat->cpuid_faulting = raw->msr[X86_MSR_SLOT_CE] & (1u << 31);
    plat->vmx_rdtscp = proc2(raw, 3);
    plat->vmx_invpcid = proc2(raw, 12);
    plat->vmx_xsaves = proc2(raw, 20);
    plat->vmx_mpx = !entry || ((entry >> (32 + 16)) & 1);

    /* BIOS_SIGN_ID has the revision in its upper half. */
    plat->microcode = raw->msr[X86_MSR_SLOT_8B] >> 32;
}

static void guess_amd(struct x86_platform *plat,
                      const struct cpu_policy *raw)
{
    uint32_t sig = raw->leaf[X86_SLOT_1].a, family = x86_family(sig);
    bool zen2 = family >= 0x19 ||
        ((family == 0x17 || family == 0x18) && x86_model(sig) >= 0x30);

    /*
     * Families 0xf and 0x11 always, later ones through DE_CFG[1] (AMD:
     * Software techniques for managing speculation).  Hypervisors let the
     * bit be set, or have set it.
     */
    plat->lfence_serialising = family >= 0xf;
    /* SSBD by way of LS_CFG, where the CPU has no architectural control. */
    plat->virt_spec_ctrl = family >= 0x15 && family <= 0x18 &&
        !x86_policy_has(raw, X86_FEATURE_AMD_SSBD) &&
        !x86_policy_has(raw, X86_FEATURE_SSB_NO);

    plat->null_clears_base = x86_policy_has(raw, X86_FEATURE_NSCB) ||
        (zen2 && !plat->virtualised);
    plat->bp_spec_reduce = x86_policy_has(raw, X86_FEATURE_SRSO_MSR_FIX);
    plat->sbpb_writable = x86_policy_has(raw, X86_FEATURE_SBPB) ||
        (family == 0x19 && !plat->virtualised);
    plat->microcode = raw->msr[X86_MSR_SLOT_8B];
}

void x86_platform_guess(struct x86_platform *plat,
                        const struct cpu_policy *raw)
{
    bool hvm = x86_policy_has(raw, X86_FEATURE_VMX) ||
               x86_policy_has(raw, X86_FEATURE_SVM);

    *plat = (struct x86_platform){
        .hvm = hvm, .hap = hvm, .spec_ctrl_pv = true, .spec_ctrl_hvm = true,
        .fast_strings = true, .smt = true, .tsx = true,
        .virtualised = x86_policy_has(raw, X86_FEATURE_HYPERVISOR),
        .vmx_rdtscp = true, .vmx_invpcid = true, .vmx_mpx = true,
        .vmx_xsaves = true,
    };

    if ( raw->vendor == X86_VENDOR_INTEL )
        guess_intel(plat, raw);
    else if ( raw->vendor & VENDOR_AMD_HYGON )
        guess_amd(plat, raw);
}
