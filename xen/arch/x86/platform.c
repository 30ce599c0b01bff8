/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Platform facts: their names, and guesses for a machine known by a dump. */

#include "rule.h"

const struct x86_platform_fact x86_platform_facts[] = {
#define PLATFORM_FACT(name, option, meaning) \
    { option, meaning, offsetof(struct x86_platform, name), \
      offsetof(struct x86_platform, unknown.name) },
#include <arch/platform-facts.h>
#undef PLATFORM_FACT
};

const unsigned int x86_nr_platform_facts =
    sizeof(x86_platform_facts) / sizeof(x86_platform_facts[0]);

/* A guess being made; `lacks`: the first input asked for and not stated. */
struct guess {
    struct x86_platform *plat;
    const struct cpu_policy *raw;
    const struct x86_unknown *unknown;
    x86_input lacks;
};

/* A fact out of what the CPU states; uncertain where it does not. */
#define GUESS(g, name, value) do { \
    (g)->lacks = X86_INPUT_NONE; \
    (g)->plat->name = (value); \
    (g)->plat->unknown.name = (g)->lacks; \
} while ( 0 )

static void need(struct guess *g, x86_input i)
{
    if ( !g->lacks && x86_unknown_has(g->unknown, i) )
        g->lacks = i;
}

static bool says(struct guess *g, unsigned int f)
{
    need(g, x86_input_feature(f));

    return x86_policy_has(g->raw, f);
}

static uint32_t sig_of(struct guess *g)
{
    need(g, x86_input_leaf(X86_SLOT_1));

    return g->raw->leaf[X86_SLOT_1].a;
}

static uint32_t family_of(struct guess *g)
{
    return x86_family(sig_of(g));
}

static uint64_t msr(struct guess *g, unsigned int slot)
{
    need(g, x86_input_msr(slot));

    return g->raw->msr[slot];
}

/*
 * May-be-one bit of a VMX capability MSR (SDM vol 3, A.3.3 and A.5).  The
 * controls asked about came with the instructions that they are about, so
 * that a CPU which does not tell its controls has them; a hypervisor beneath
 * may offer less.
 */
static bool vmx_may(struct guess *g, unsigned int slot, unsigned int bit)
{
    uint64_t ctls = g->raw->msr[slot];

    if ( !ctls && g->plat->virtualised )
        need(g, x86_input_msr(slot));

    return !ctls || ((ctls >> (32 + bit)) & 1);
}

/* TSX is off by default where turning it off is a mitigation (XSA-305). */
static bool tsx_stays_on(struct guess *g)
{
    return !says(g, F(RTM_ALWAYS_ABORT)) && !says(g, F(TSX_FORCE_ABORT)) &&
           !(says(g, F(TSX_CTRL)) && says(g, F(MDS_NO)) &&
             !says(g, F(TAA_NO)));
}

static void guess_intel(struct guess *g)
{
    struct x86_platform *plat = g->plat;

    GUESS(g, tsx, tsx_stays_on(g));
    GUESS(g, gds_safe, !plat->virtualised && family_of(g) == 6 &&
                       !x86_intel_gds_affected(sig_of(g)));

    /* Under a hypervisor that says neither NO nor CTRL: models mislead. */
    GUESS(g, gds_no_avx, plat->virtualised && family_of(g) == 6 &&
                         !says(g, F(GDS_CTRL)));
    GUESS(g, cpuid_faulting, msr(g, X86_MSR_SLOT_CE) & (1u << 31));
    GUESS(g, vmx_rdtscp, vmx_may(g, X86_MSR_SLOT_48B, 3));
    GUESS(g, vmx_invpcid, vmx_may(g, X86_MSR_SLOT_48B, 12));
    GUESS(g, vmx_xsaves, vmx_may(g, X86_MSR_SLOT_48B, 20));
    GUESS(g, vmx_mpx, vmx_may(g, X86_MSR_SLOT_490, 16));

    /* BIOS_SIGN_ID has the revision in its upper half. */
    plat->microcode = g->raw->msr[X86_MSR_SLOT_8B] >> 32;
}

static bool loads_clear_base(struct guess *g)
{
    uint32_t family = family_of(g);
    bool zen2 = family >= 0x19 || ((family == 0x17 || family == 0x18) &&
                                   x86_model(sig_of(g)) >= 0x30);

    return says(g, F(NSCB)) || (zen2 && !g->plat->virtualised);
}

static void guess_amd(struct guess *g)
{
    struct x86_platform *plat = g->plat;

    /*
     * Families 0xf and 0x11 always, later ones through DE_CFG[1] (AMD:
     * Software techniques for managing speculation).  Hypervisors let the
     * bit be set, or have set it.
     */
    GUESS(g, lfence_serialising, family_of(g) >= 0xf);
    /* SSBD by way of LS_CFG, where the CPU has no architectural control. */
    GUESS(g, virt_spec_ctrl,
          family_of(g) >= 0x15 && family_of(g) <= 0x18 &&
          !says(g, F(AMD_SSBD)) && !says(g, F(SSB_NO)));

    GUESS(g, null_clears_base, loads_clear_base(g));
    GUESS(g, bp_spec_reduce, says(g, F(SRSO_MSR_FIX)));
    GUESS(g, sbpb_writable, says(g, F(SBPB)) ||
          (family_of(g) == 0x19 && !plat->virtualised));
    plat->microcode = g->raw->msr[X86_MSR_SLOT_8B];
}

void x86_platform_guess(struct x86_platform *plat,
                        const struct cpu_policy *raw,
                        const struct x86_unknown *unknown)
{
    struct guess g = { plat, raw, unknown, X86_INPUT_NONE };

    *plat = (struct x86_platform){
        .spec_ctrl_pv = true, .spec_ctrl_hvm = true, .fast_strings = true,
        .smt = true, .tsx = true, .vmx_rdtscp = true, .vmx_invpcid = true,
        .vmx_mpx = true, .vmx_xsaves = true,
    };
    GUESS(&g, virtualised, says(&g, F(HYPERVISOR)));
    GUESS(&g, hvm, says(&g, F(VMX)) || says(&g, F(SVM)));
    GUESS(&g, hap, says(&g, F(VMX)) || says(&g, F(SVM)));

    if ( raw->vendor == X86_VENDOR_INTEL )
        guess_intel(&g);
    else if ( raw->vendor & VENDOR_AMD_HYGON )
        guess_amd(&g);
}
