/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What may be offered to guests (max), and what a new domain starts with
 * (default): supported, and safe to migrate.
 *
 * A bit is judged by its kind first, then by its feature's attributes
 * (guest-offer.c), then by rows for what attributes cannot say: of
 * max (guest-max.c), and here of default, and what follows for both.
 */

#include <xen/lib/x86/min.h>

#include "../rule.h"

static void close_gates(struct x86_derive *d)
{
    enum x86_layout layout = x86_vendor_layout(d->p->vendor);

    for ( unsigned int i = 0; i < X86_NR_GATE_MASKS; i++ )
    {
        const struct x86_gate_mask *g = &x86_gate_masks[i];

        if ( x86_gate_shut(d->p, g, layout, d->in->plat->vpmu) )
            x86_derive_step(d, g->gate == X86_GATE_VPMU ? X86_NO_AUX
                                                        : g->gate);
    }
}

static void leaves_of_host(struct x86_derive *d)
{
    const struct cpu_policy *host = &d->all->policy[X86_POLICY_HOST_DEFAULT];

    d->p->leaf[X86_SLOT_0].a = host->leaf[X86_SLOT_0].a;
    d->p->leaf[X86_SLOT_7].a = host->leaf[X86_SLOT_7].a;
    d->p->leaf[X86_SLOT_80000000].a = host->leaf[X86_SLOT_80000000].a;
    x86_policy_trim(d->p);
}

/* The highest leaf in [floor, last] that says anything, or floor. */
static uint32_t highest_with_content(const struct cpu_policy *p,
                                     uint32_t floor, uint32_t last)
{
    for ( uint32_t leaf = last; leaf > floor; leaf-- )
    {
        const struct x86_leaf_desc *l = x86_leaf_find(leaf);
        const struct x86_regs *r = &p->leaf[l->first_slot];

        if ( r->a | r->b | r->c | r->d )
            return leaf;
    }

    return floor;
}

/* Where Xen's own policies end; guests are used to leaves up to there. */
#define USUAL_BASIC_LEAF 0xdU
#define USUAL_EXT_LEAF   0x80000021U

static void leaves_with_content(struct x86_derive *d)
{
    uint32_t *basic = &d->p->leaf[X86_SLOT_0].a;
    uint32_t *ext = &d->p->leaf[X86_SLOT_80000000].a;

    *basic = min(*basic, highest_with_content(d->p, USUAL_BASIC_LEAF,
                                              X86_MAX_BASIC_LEAF));
    *ext = min(*ext, highest_with_content(d->p, USUAL_EXT_LEAF,
                                          X86_MAX_EXT_LEAF));
}

static bool has_ibrsb(struct x86_view *d)
{
    return has(d, F(IBRSB));
}

static bool has_ibrs(struct x86_view *d)
{
    return has(d, F(IBRS));
}

/*
 * Asked of host max: IBPB is what the hardware can do through PRED_CMD,
 * whatever the command line says about IBRS.
 */
static bool hw_ibrsb(struct x86_view *d)
{
    return host_has(d, F(IBRSB)) && in_range(d, 0x80000008U);
}

static bool rdrand_leaks(struct x86_view *d)
{
    return x86_intel_srbds_unfixable(signature(d)) &&
           !x86_feature_test(asked(d)->in, F(RDRAND));
}

/* Without a control TSX is what the hardware made it. */
static bool tsx_off(struct x86_view *d)
{
    return host_has_rtm(d) && !fact(d, tsx) &&
           (host_has(d, F(TSX_CTRL)) || host_has(d, F(TSX_FORCE_ABORT)));
}

/* Default mirrors the host in what max claims for everybody. */
static void mirror_host(struct x86_derive *d)
{
    const struct cpu_policy *host = &d->all->policy[X86_POLICY_HOST_MAX];
    static const uint16_t claimed[] = {
        F(MD_CLEAR), F(FB_CLEAR), F(RFDS_CLEAR), F(VERW_CLEAR), F(HTT),
        F(CMP_LEGACY), F(ERMS),
    };

    for ( unsigned int i = 0; i < sizeof(claimed) / sizeof(claimed[0]); i++ )
        if ( !x86_policy_has(host, claimed[i]) )
            policy_set(d->p, claimed[i], false);
}

/*
 * FDP_EXCP_ONLY and NO_FPU_SEL say how FSAVE and its like behave.  Nothing
 * can make the hardware behave otherwise, so that guests must be told.
 */
static void tell_fpu_behaviour(struct x86_derive *d)
{
    const struct cpu_policy *host = &d->all->policy[X86_POLICY_HOST_MAX];
    static const uint16_t told[] = { F(FDP_EXCP_ONLY), F(NO_FPU_SEL) };

    for ( unsigned int i = 0; i < sizeof(told) / sizeof(told[0]); i++ )
        policy_set(d->p, told[i], x86_policy_has(host, told[i]));
}

/* The RSB truth, unless the administrator forbade saying so. */
static bool out(const struct x86_view *d, unsigned int f)
{
    return x86_feature_test(asked(d)->out, f);
}

static bool rrsba_visible(struct x86_view *d)
{
    return rsb_unsafe(d) && has(d, F(ARCH_CAPS)) && has(d, F(EIBRS)) &&
           !out(d, F(RRSBA));
}

static bool rsba_visible(struct x86_view *d)
{
    return rsb_unsafe(d) && has(d, F(ARCH_CAPS)) && !has(d, F(EIBRS)) &&
           !out(d, F(RSBA));
}

static void set_faulting(struct x86_derive *d)
{
    d->p->msr[X86_MSR_SLOT_CE] |= X86_MSR_CE_CPUID_FAULTING;
}

/* What a guest's page table entries hold at least. */
static uint32_t entry_bits(const struct cpu_policy *p)
{
    return x86_policy_has(p, F(PAE)) || x86_policy_has(p, F(PSE36)) ? 36 : 32;
}

static void widen(struct x86_derive *d)
{
    uint32_t *a = &d->p->leaf[X86_SLOT_80000008].a, least = entry_bits(d->p);

    if ( x86_leaf_in_range(d->p, 0x80000008U) &&
         (*a & X86_80000008_EAX_MAXPHYSADDR) < least )
        *a = (*a & ~X86_80000008_EAX_MAXPHYSADDR) | least;
}

static void recalc_vmx(struct x86_derive *d)
{
    x86_policy_recalc_vmx(d->p, &d->all->policy[X86_POLICY_HVM_MAX]);
}

static void recalc_derived(struct x86_derive *d)
{
    x86_policy_recalc_derived(d->p);
}

const struct x86_rule x86_guest_rules[] = {
    {
        .id = "guest-hypervisor", .stages = ST_GUEST, SET(F(HYPERVISOR)),
        .reason = "the guest runs under a hypervisor",
    },
    {
        .id = "guest-stibp", .stages = ST_GUEST, .when = has_ibrsb,
        SET(F(STIBP)),
        .reason = "STIBP does nothing on CPUs without threads; setting it "
                  "always makes unlike hosts alike",
    },
    {
        .id = "guest-amd-stibp", .stages = ST_GUEST, .when = has_ibrs,
        SET(F(AMD_STIBP)),
        .reason = "STIBP does nothing on CPUs without threads; setting it "
                  "always makes unlike hosts alike",
    },
    {
        .id = "guest-ibpb", .stages = ST_GUEST, .when = hw_ibrsb,
        SET(F(IBPB)),
        .reason = "the CPU can do IBPB; AMD's bit offers it without IBRS",
    },
    {
        .id = "default-rdrand-srbds", .stages = ST_DEF,
        .vendors = X86_VENDOR_INTEL, .when = rdrand_leaks,
        CLEAR(F(RDRAND)),
        .reason = "RDRAND leaks on this model and no microcode mends it; "
                  "cpuid=rdrand opts in",
        .reference = "XSA-320, INTEL-SA-00320",
    },
    {
        .id = "default-mirrors-host", .stages = ST_DEF,
        .apply = mirror_host,
        .reason = "max claims it for everybody; this host does not have it",
    },
    {
        .id = "default-no-clwb", .stages = ST_DEF,
        .vendors = X86_VENDOR_INTEL, .when = clwb_hidden, CLEAR(F(CLWB)),
        .reason = "slow on this model: guests are better off without it",
        .reference = "INTEL-SA-00828",
    },
    {
        .id = "default-tsx-off", .stages = ST_DEF,
        .vendors = X86_VENDOR_INTEL, .when = tsx_off,
        SET(F(RTM_ALWAYS_ABORT)), CLEAR(F(RTM)),
        .reason = "TSX is turned off: transactions always abort",
        .reference = "XSA-305",
    },
    {
        .id = "guest-fpu-behaviour", .stages = ST_GUEST,
        .apply = tell_fpu_behaviour,
        .reason = "how the FPU saves its pointers cannot be changed: guests "
                  "must be told",
        .reference = "SDM vol 1, 8.1.8",
    },
    {
        .id = "guest-cmdline-out", .stages = ST_GUEST,
        .apply = x86_rule_opt_out,
        .reason = "cpuid= on the command line opts out",
    },
    {
        .id = "default-host-leaves", .stages = ST_DEF,
        .apply = leaves_of_host,
        .reason = "no leaf beyond what this host has",
    },
    {
        .id = "guest-xsave-leaf", .stages = ST_GUEST,
        .when = no_xstate_leaf, CLEAR(F(XSAVE)),
        .reason = "XSAVE is described in leaf 0xd, which is out of range",
    },
    {
        .id = "guest-dependency", .stages = ST_GUEST,
        .apply = x86_rule_close,
        .reason = "a feature that it needs is missing",
    },
    {
        .id = "default-rrsba", .stages = ST_DEF,
        .vendors = X86_VENDOR_INTEL, .when = rrsba_visible, SET(F(RRSBA)),
        .reason = "the return stack is unsafe here, and to a guest that "
                  "sees eIBRS this is how to say so",
    },
    {
        .id = "default-rsba", .stages = ST_DEF,
        .vendors = X86_VENDOR_INTEL, .when = rsba_visible, SET(F(RSBA)),
        .reason = "the return stack is unsafe here, and to a guest without "
                  "eIBRS this is how to say so",
    },
    {
        .id = "guest-gate", .stages = ST_GUEST, .apply = close_gates,
        .reason = "describes a feature that the guest does not have",
    },
    {
        .id = "hvm-cpuid-faulting", .stages = ST(HVM_MAX),
        .apply = set_faulting,
        .reason = "CPUID of HVM guests is always trapped, so that faulting "
                  "can be emulated",
    },
    {
        .id = "guest-xstate", .stages = ST_GUEST, .apply = x86_rule_xstate,
        .reason = "leaf 0xd follows from the features",
        .reference = "SDM vol 1, 13.2",
    },
    {
        .id = "hvm-vmx", .stages = ST(HVM_MAX) | ST(HVM_DEFAULT),
        .apply = recalc_vmx,
        .reason = "what VMX offers to nested guests follows from the "
                  "features, and from its other controls",
        .reference = "SDM vol 3, appendix A; vmx-rules.h",
    },
    {
        .id = "default-last-leaf", .stages = ST_DEF,
        .apply = leaves_with_content,
        .reason = "the highest leaf is the last one with content, but not "
                  "below 0xd and 0x80000021 where the host has those",
    },
    {
        .id = "guest-phys-bits", .stages = ST_GUEST, .apply = widen,
        .reason = "entries of PAE and PSE36 hold 36 address bits, others 32",
        .reference = "SDM vol 3, 4.1.4",
    },
    {
        .id = "guest-derived", .stages = ST_GUEST, .apply = recalc_derived,
        .reason = "restates other fields of the policy",
    },
    {
        .id = "guest-out-of-range", .stages = ST_GUEST,
        .apply = x86_rule_trim,
        .reason = "beyond the highest leaf or after the last subleaf",
    },
    { .id = NULL },
};
