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

static bool covers(struct guess *g, uint32_t leaf)
{
    need(g, x86_input_leaf(leaf >= 0x80000000U ? X86_SLOT_80000000
                                               : X86_SLOT_0));

    return x86_leaf_in_range(g->raw, leaf);
}

static const struct x86_regs *leaf(struct guess *g, unsigned int slot)
{
    need(g, x86_input_leaf(slot));

    return &g->raw->leaf[slot];
}

/*
 * May a VMX control be one (SDM vol 3, A.3.3 and A.5)?  The controls asked
 * about came with the instructions that they are about, so that a CPU which
 * does not tell its controls has them; a hypervisor beneath may offer less.
 */
static bool vmx_may(struct guess *g, unsigned int slot, uint64_t control)
{
    uint64_t ctls = g->raw->msr[slot];

    if ( !ctls && g->plat->virtualised )
        need(g, x86_input_msr(slot));

    return !ctls || (ctls & control);
}

/* Secondary controls need not be there at all. */
static bool vmx_may_secondary(struct guess *g, uint64_t control)
{
    uint64_t first = g->raw->msr[X86_MSR_SLOT_482];

    return (!first || (first & X86_MSR_482_SECONDARY)) &&
           vmx_may(g, X86_MSR_SLOT_48B, control);
}

/*
 * TSX is off by default where turning it off is a mitigation (XSA-305), or
 * microcode took it out (June 2021, February 2022).  TSX_FORCE_ABORT alone
 * costs a performance counter, not TSX.
 */
static bool tsx_stays_on(struct guess *g)
{
    bool aborts = says(g, F(RTM_ALWAYS_ABORT));

    if ( says(g, F(TSX_FORCE_ABORT)) )
        return !aborts;
    if ( !says(g, F(TSX_CTRL)) )
        return true;

    /* Taken out of clients, or TAA is open: turned off where it can be. */
    return !(aborts && says(g, F(SRBDS_CTRL))) &&
           !(says(g, F(MDS_NO)) && !says(g, F(TAA_NO)));
}

static void guess_intel(struct guess *g)
{
    struct x86_platform *plat = g->plat;

    GUESS(g, tsx, tsx_stays_on(g));
    GUESS(g, hap, plat->hvm && vmx_may_secondary(g, X86_MSR_48B_EPT));
    GUESS(g, cpuid_faulting,
          msr(g, X86_MSR_SLOT_CE) & X86_MSR_CE_CPUID_FAULTING);
    GUESS(g, vmx_rdtscp, vmx_may_secondary(g, X86_MSR_48B_RDTSCP));
    GUESS(g, vmx_invpcid, vmx_may_secondary(g, X86_MSR_48B_INVPCID));
    GUESS(g, vmx_xsaves, vmx_may_secondary(g, X86_MSR_48B_XSAVES));
    GUESS(g, vmx_mpx, vmx_may(g, X86_MSR_SLOT_490, X86_MSR_490_LOAD_BNDCFGS));

    /* BIOS_SIGN_ID has the revision in its upper half. */
    plat->microcode = g->raw->msr[X86_MSR_SLOT_8B] >> 32;
}

/*
 * Zen2 does, and does not say so.  Xen and Linux probe that family only: what
 * comes later says so if it does (APM vol 3, Fn8000_0021_EAX[6]).
 */
static bool loads_clear_base(struct guess *g)
{
    uint32_t family = family_of(g);
    bool zen2 = (family == 0x17 || family == 0x18) &&
                x86_model(sig_of(g)) >= 0x30;

    return says(g, F(NSCB)) || (zen2 && !g->plat->virtualised);
}

/*
 * Has a core more than one thread now (AMD's CPUs count those that are on)?
 * Yes if nothing says so.
 */
static bool amd_smt(struct guess *g)
{
    const struct x86_regs *level = &g->raw->leaf[X86_SLOT_B];

    if ( (level->c & X86_B_ECX_LEVEL_TYPE) && level->b )
        return (level->b & X86_B_EBX_NR_LOGICAL) > 1;

    if ( !covers(g, 0x8000001eU) ||
         (g->raw->vendor == X86_VENDOR_AMD && !says(g, F(TOPOEXT))) )
        return true;

    return leaf(g, X86_SLOT_8000001E)->b & X86_8000001E_EBX_THREADS_PER_CORE;
}

static void guess_amd(struct guess *g)
{
    struct x86_platform *plat = g->plat;

    GUESS(g, hap, plat->hvm && (leaf(g, X86_SLOT_8000000A)->d &
                                X86_8000000A_EDX_NPT));
    GUESS(g, smt, amd_smt(g));

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
        .smt = true, .tsx = true, .gds_mit = true, .vmx_rdtscp = true,
        .vmx_invpcid = true, .vmx_mpx = true, .vmx_xsaves = true,
    };
    GUESS(&g, virtualised, says(&g, F(HYPERVISOR)));
    GUESS(&g, hvm, says(&g, F(VMX)) || says(&g, F(SVM)));
    GUESS(&g, hap, says(&g, F(VMX)) || says(&g, F(SVM)));

    if ( raw->vendor == X86_VENDOR_INTEL )
        guess_intel(&g);
    else if ( raw->vendor & VENDOR_AMD_HYGON )
        guess_amd(&g);
}
