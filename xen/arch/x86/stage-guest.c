/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What may be offered to guests (max), and what a new domain starts with
 * (default): supported, and safe to migrate.
 *
 * A bit is judged by its kind first, then by its feature's attributes, then
 * by the rows below for what attributes cannot say.
 */

#include <string.h>

#include "rule.h"

/* ---- fields by kind --------------------------------------------------- */

static void clear_kind(struct x86_derive *d, enum x86_kind kind)
{
    enum x86_layout layout = x86_vendor_layout(d->p->vendor);
    const uint32_t *words = x86_kind_words[layout][kind];
    const uint64_t *msrs = x86_kind_msrs[layout][kind];

    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        d->p->word[i] &= ~words[i];
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        d->p->msr[i] &= ~msrs[i];
}

static void clear_hidden(struct x86_derive *d)
{
    clear_kind(d, X86_KIND_HIDDEN);
}

static void clear_reserved(struct x86_derive *d)
{
    clear_kind(d, X86_KIND_RESERVED);
}

static void clear_topology_leaves(struct x86_derive *d)
{
    static const uint32_t leaves[] = {
        0xb, 0x1f, 0x8000001dU, 0x8000001eU, 0x80000026U,
    };

    for ( unsigned int i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++ )
    {
        const struct x86_leaf_desc *l = x86_leaf_find(leaves[i]);
        unsigned int nr = l->nr_subleaves ? l->nr_subleaves : 1;

        memset(&d->p->leaf[l->first_slot], 0, nr * sizeof(d->p->leaf[0]));
    }
}

static bool gate_open(const struct x86_derive *d, uint16_t gate)
{
    return gate == X86_GATE_VPMU ? d->in->plat->vpmu : has(d, gate);
}

static void close_gates(struct x86_derive *d)
{
    unsigned int layout = 1u << x86_vendor_layout(d->p->vendor);

    for ( unsigned int i = 0; i < X86_NR_GATE_MASKS; i++ )
    {
        const struct x86_gate_mask *g = &x86_gate_masks[i];

        if ( !(g->layouts & layout) || gate_open(d, g->gate) )
            continue;

        if ( g->is_msr )
            d->p->msr[g->word] &= ~g->mask;
        else
            d->p->word[g->word] &= ~g->mask;

        x86_derive_step(d, g->gate == X86_GATE_VPMU ? X86_NO_AUX : g->gate);
    }
}

/* ---- leaves ----------------------------------------------------------- */

static void leaves_to_capacity(struct x86_derive *d)
{
    d->p->leaf[X86_SLOT_0].a = X86_MAX_BASIC_LEAF;
    d->p->leaf[X86_SLOT_7].a = X86_NR_SUBLEAVES_7 - 1;
    d->p->leaf[X86_SLOT_80000000].a = X86_MAX_EXT_LEAF;
}

static uint32_t min(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
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

/* ---- features --------------------------------------------------------- */

static void and_mask(struct x86_derive *d, const x86_featureset mask)
{
    x86_featureset fs;

    uint32_t copies = d->p->leaf[X86_SLOT_80000001].d & X86_COMMON_1D;

    x86_policy_to_featureset(d->p, fs);
    for ( unsigned int i = 0; i < X86_NR_FEATURE_WORDS; i++ )
        fs[i] &= mask[i];
    x86_featureset_to_policy(fs, d->p);

    /* AMD's copies of leaf 1 are no features; guest-derived rebuilds them. */
    d->p->leaf[X86_SLOT_80000001].d |= copies;
}

static void mask_pv_max(struct x86_derive *d)
{
    and_mask(d, x86_features_pv_max);
}

static void mask_pv_def(struct x86_derive *d)
{
    and_mask(d, x86_features_pv_def);
}

static void mask_hvm_max(struct x86_derive *d)
{
    and_mask(d, x86_features_hvm_hap_max);
}

static void mask_shadow_max(struct x86_derive *d)
{
    and_mask(d, x86_features_hvm_shadow_max);
}

static void mask_hvm_def(struct x86_derive *d)
{
    and_mask(d, x86_features_hvm_hap_def);
}

static bool no_hap(const struct x86_derive *d)
{
    return !d->in->plat->hap;
}

/*
 * "f=guest": give back f, and what depends on it, as far as host max has it
 * and nothing else on the command line took it.
 */
static bool guest_may(const struct x86_derive *d)
{
    uint32_t any = 0;

    for ( unsigned int i = 0; d->in->opt && i < X86_NR_FEATURE_WORDS; i++ )
        any |= d->in->opt->guest[i];

    return any;
}

static void give_back(struct x86_derive *d)
{
    const struct x86_cpuid_option *opt = d->in->opt;
    x86_featureset base, back, fs;

    x86_policy_to_featureset(&d->all->policy[X86_POLICY_HOST_MAX], base);
    memcpy(back, opt->guest, sizeof(back));
    for ( unsigned int i = 0; i < X86_NR_DEEP_DEPS; i++ )
        if ( x86_feature_test(opt->guest, x86_deep_deps[i].feature) )
            for ( unsigned int w = 0; w < X86_NR_FEATURE_WORDS; w++ )
                back[w] |= x86_deep_deps[i].dependents[w];

    for ( unsigned int w = 0; w < X86_NR_FEATURE_WORDS; w++ )
        base[w] &= ~opt->out[w] &
            ~(x86_features_experimental[w] & ~opt->in[w] & ~opt->guest[w]);
    x86_featureset_close(base);

    x86_policy_to_featureset(d->p, fs);
    for ( unsigned int w = 0; w < X86_NR_FEATURE_WORDS; w++ )
        fs[w] |= base[w] & back[w];
    x86_featureset_to_policy(fs, d->p);
}

/* Rules below may set what the administrator took away: take it again. */
static void opt_out(struct x86_derive *d)
{
    if ( !d->in->opt )
        return;

    for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
    {
        unsigned int f = x86_feature_descs[i].value;

        if ( x86_feature_test(d->in->opt->out, f) && has(d, f) )
        {
            policy_set(d->p, f, false);
            x86_derive_step(d, f);
        }
    }
}

/* ---- conditions ------------------------------------------------------- */

static bool host_has(const struct x86_derive *d, unsigned int f)
{
    return policy_has(d, X86_POLICY_HOST_MAX, f);
}

static bool is_pv(const struct x86_derive *d)
{
    return d->which == X86_POLICY_PV_MAX ||
           d->which == X86_POLICY_PV_DEFAULT;
}

static bool no_spec_ctrl(const struct x86_derive *d)
{
    return is_pv(d) ? !d->in->plat->spec_ctrl_pv
                    : !d->in->plat->spec_ctrl_hvm;
}

static bool no_bp_spec_reduce(const struct x86_derive *d)
{
    return !d->in->plat->bp_spec_reduce || !host_has(d, F(SRSO_MSR_FIX));
}

static bool raw_sep(const struct x86_derive *d)
{
    return policy_has(d, X86_POLICY_RAW, F(SEP));
}

static bool virt_spec_ctrl(const struct x86_derive *d)
{
    return d->in->plat->virt_spec_ctrl;
}

static bool ssbd_can_be_virtual(const struct x86_derive *d)
{
    return d->in->plat->spec_ctrl_hvm && host_has(d, F(AMD_SSBD));
}

static bool no_vmx_rdtscp(const struct x86_derive *d)
{
    return !d->in->plat->vmx_rdtscp;
}

static bool no_vmx_invpcid(const struct x86_derive *d)
{
    return !d->in->plat->vmx_invpcid;
}

static bool no_vmx_mpx(const struct x86_derive *d)
{
    return !d->in->plat->vmx_mpx;
}

static bool no_vmx_xsaves(const struct x86_derive *d)
{
    return !d->in->plat->vmx_xsaves;
}

static bool vmx_contradicts(const struct x86_derive *d)
{
    return !x86_vmx_plausible(d->p);
}

static bool not_vmx(const struct x86_derive *d)
{
    return !host_has(d, F(VMX));
}

static bool has_svm(const struct x86_derive *d)
{
    return has(d, F(SVM));
}

/* CPUID.8000000A:EDX[5] (APM vol 3). */
static void set_vmcb_clean(struct x86_derive *d)
{
    d->p->leaf[X86_SLOT_8000000A].d |= 1u << 5;
}

static bool clwb_hidden(const struct x86_derive *d)
{
    return policy_has(d, X86_POLICY_RAW, F(CLWB)) && !host_has(d, F(CLWB));
}

static bool has_rtm(const struct x86_derive *d)
{
    return host_has(d, F(RTM));
}

static bool has_ibrsb(const struct x86_derive *d)
{
    return has(d, F(IBRSB));
}

static bool has_ibrs(const struct x86_derive *d)
{
    return has(d, F(IBRS));
}

/*
 * Asked of host max: IBPB is what the hardware can do through PRED_CMD,
 * whatever the command line says about IBRS.
 */
static bool hw_ibrsb(const struct x86_derive *d)
{
    return host_has(d, F(IBRSB)) && x86_leaf_in_range(d->p, 0x80000008U);
}

static bool rdrand_leaks(const struct x86_derive *d)
{
    return x86_intel_srbds_unfixable(d->p->leaf[X86_SLOT_1].a) &&
           !(d->in->opt && x86_feature_test(d->in->opt->in, F(RDRAND)));
}

static bool tsx_off(const struct x86_derive *d)
{
    return !d->in->plat->tsx && has_rtm(d);
}

/* Default mirrors the host in what max claims for everybody. */
static void mirror_host(struct x86_derive *d)
{
    static const uint16_t claimed[] = {
        F(MD_CLEAR), F(FB_CLEAR), F(RFDS_CLEAR), F(VERW_CLEAR), F(HTT),
        F(CMP_LEGACY), F(ERMS),
    };

    for ( unsigned int i = 0; i < sizeof(claimed) / sizeof(claimed[0]); i++ )
        if ( !host_has(d, claimed[i]) )
            policy_set(d->p, claimed[i], false);
}

/*
 * FDP_EXCP_ONLY and NO_FPU_SEL say how FSAVE and its like behave.  Nothing
 * can make the hardware behave otherwise, so that guests must be told.
 */
static void tell_fpu_behaviour(struct x86_derive *d)
{
    static const uint16_t told[] = { F(FDP_EXCP_ONLY), F(NO_FPU_SEL) };

    for ( unsigned int i = 0; i < sizeof(told) / sizeof(told[0]); i++ )
        policy_set(d->p, told[i], host_has(d, told[i]));
}

static bool no_xstate_leaf(const struct x86_derive *d)
{
    return !x86_leaf_in_range(d->p, 0xd);
}

/* The RSB truth, unless the administrator forbade saying so. */
static bool out(const struct x86_derive *d, unsigned int f)
{
    return d->in->opt && x86_feature_test(d->in->opt->out, f);
}

static bool rrsba_visible(const struct x86_derive *d)
{
    return d->rsb_unsafe && has(d, F(ARCH_CAPS)) && has(d, F(EIBRS)) &&
           !out(d, F(RRSBA));
}

static bool rsba_visible(const struct x86_derive *d)
{
    return d->rsb_unsafe && has(d, F(ARCH_CAPS)) && !has(d, F(EIBRS)) &&
           !out(d, F(RSBA));
}

static void set_faulting(struct x86_derive *d)
{
    d->p->msr[X86_MSR_SLOT_CE] |= 1u << 31;
}

static void recalc_derived(struct x86_derive *d)
{
    x86_policy_recalc_derived(d->p);
}

static void set_not_vulnerable(struct x86_derive *d)
{
    static const uint16_t told[] = { F(RFDS_NO), F(GDS_NO), F(ITS_NO) };

    for ( unsigned int i = 0; i < sizeof(told) / sizeof(told[0]); i++ )
        if ( (d->not_vulnerable >> (told[i] - 16 * 32)) & 1 )
            policy_set(d->p, told[i], true);
}

const struct x86_rule x86_guest_rules[] = {
    {
        .id = "cmdline-guest-may", .stages = ST_MAX, .when = guest_may,
        .apply = give_back,
        .reason = "cpuid= on the command line keeps it for guests",
    },
    {
        .id = "guest-hidden", .stages = ST_MAX, .apply = clear_hidden,
        .reason = "describes the host, and is never shown to guests",
        .reference = "cpuid-fields.h and msr-fields.h, kind HIDDEN",
    },
    {
        .id = "guest-reserved", .stages = ST_MAX, .apply = clear_reserved,
        .reason = "reserved on this vendor's CPUs",
    },
    {
        .id = "guest-topology", .stages = ST_MAX,
        .apply = clear_topology_leaves,
        .reason = "a domain's topology is the toolstack's choice, not the "
                  "host's",
    },
    {
        .id = "guest-max-leaves", .stages = ST_MAX,
        .apply = leaves_to_capacity,
        .reason = "a guest that comes from elsewhere may have more leaves",
    },
    {
        .id = "pv-max-mask", .stages = ST(PV_MAX), .apply = mask_pv_max,
        .reason = "not offered to PV guests",
        .reference = "cpufeatureset.h, attributes A and a",
    },
    {
        .id = "hvm-max-mask", .stages = ST(HVM_MAX), .apply = mask_hvm_max,
        .reason = "not offered to HVM guests",
        .reference = "cpufeatureset.h, attributes A S H and a s h",
    },
    {
        .id = "hvm-shadow-mask", .stages = ST(HVM_MAX), .when = no_hap,
        .apply = mask_shadow_max,
        .reason = "needs hardware assisted paging, which this host lacks",
        .reference = "cpufeatureset.h, attributes H and h",
    },
    {
        .id = "pv-default-mask", .stages = ST(PV_DEFAULT),
        .apply = mask_pv_def,
        .reason = "PV guests get it only when asked for",
        .reference = "cpufeatureset.h, attribute A",
    },
    {
        .id = "hvm-default-mask", .stages = ST(HVM_DEFAULT),
        .apply = mask_hvm_def,
        .reason = "HVM guests get it only when asked for",
        .reference = "cpufeatureset.h, attributes A S H",
    },
    {
        .id = "pv-x2apic", .stages = ST(PV_MAX), SET(F(X2APIC)),
        .reason = "older hypervisors let PV guests see it; such a guest "
                  "must be able to come here",
    },
    {
        .id = "hvm-emulated-apic", .stages = ST(HVM_MAX),
        SET(F(APIC), F(X2APIC)),
        .reason = "the APIC of HVM guests is emulated",
    },
    {
        .id = "hvm-no-lmsl", .stages = ST(HVM_MAX), SET(F(NO_LMSL)),
        .reason = "long mode segment limits are not virtualised",
    },
    {
        .id = "hvm-amd-sep", .stages = ST(HVM_MAX),
        .vendors = VENDOR_AMD_HYGON, .when = raw_sep, SET(F(SEP)),
        .reason = "SYSENTER works for HVM guests outside long mode",
    },
    {
        .id = "no-spec-ctrl", .stages = ST_MAX, .when = no_spec_ctrl,
        CLEAR(F(IBRSB), F(IBRS)),
        .reason = "MSR_SPEC_CTRL is not virtualised for this type of guest",
    },
    {
        .id = "srso-us-no", .stages = ST_MAX, .when = no_bp_spec_reduce,
        CLEAR(F(SRSO_US_NO)),
        .reason = "safe only while BP_SPEC_REDUCE is in use",
        .reference = "AMD-SB-7005",
    },
    {
        .id = "hvm-virt-ssbd", .stages = ST(HVM_MAX) | ST(HVM_DEFAULT),
        .vendors = VENDOR_AMD_HYGON, .when = virt_spec_ctrl,
        SET(F(VIRT_SSBD)),
        .reason = "VIRT_SPEC_CTRL is emulated",
    },
    {
        .id = "hvm-virt-ssbd-max", .stages = ST(HVM_MAX),
        .vendors = VENDOR_AMD_HYGON, .when = ssbd_can_be_virtual,
        SET(F(VIRT_SSBD)),
        .reason = "VIRT_SPEC_CTRL can be emulated on top of SSBD",
    },
    {
        .id = "vmx-no-rdtscp", .stages = ST(HVM_MAX),
        .vendors = X86_VENDOR_INTEL, .when = no_vmx_rdtscp,
        CLEAR(F(RDTSCP)),
        .reason = "VMX lacks the control that lets guests use it",
    },
    {
        .id = "vmx-no-invpcid", .stages = ST(HVM_MAX),
        .vendors = X86_VENDOR_INTEL, .when = no_vmx_invpcid,
        CLEAR(F(INVPCID)),
        .reason = "VMX lacks the control that lets guests use it",
    },
    {
        .id = "vmx-no-mpx", .stages = ST(HVM_MAX),
        .vendors = X86_VENDOR_INTEL, .when = no_vmx_mpx, CLEAR(F(MPX)),
        .reason = "VMX lacks the controls that switch BNDCFGS",
    },
    {
        .id = "vmx-no-xsaves", .stages = ST(HVM_MAX),
        .vendors = X86_VENDOR_INTEL, .when = no_vmx_xsaves,
        CLEAR(F(XSAVES)),
        .reason = "VMX lacks the control that lets guests use it",
    },
    {
        .id = "vmx-controls", .stages = ST(HVM_MAX), .when = vmx_contradicts,
        CLEAR(F(VMX)),
        .reason = "a VMX control that one CPU needs set cannot be set on "
                  "another, so that no nested guest could be entered",
        .reference = "SDM vol 3, appendix A.3 to A.8",
    },
    {
        .id = "hvm-pks-needs-vmx", .stages = ST(HVM_MAX), .when = not_vmx,
        CLEAR(F(PKS)),
        .reason = "PKRS is switched by VMX controls only",
    },
    {
        .id = "hvm-vmcb-clean", .stages = ST(HVM_MAX), .when = has_svm,
        .apply = set_vmcb_clean,
        .reason = "clean bits of a nested VMCB may be ignored, so that they "
                  "can always be offered",
        .reference = "APM vol 2, 15.15.3",
    },
    {
        .id = "max-arch-caps", .stages = ST_MAX,
        .vendors = X86_VENDOR_INTEL, SET(F(ARCH_CAPS), F(RSBA), F(RRSBA)),
        .reason = "pure data; a guest may go to where the return stack is "
                  "unsafe",
    },
    {
        .id = "max-not-vulnerable", .stages = ST_MAX,
        .vendors = X86_VENDOR_INTEL, .apply = set_not_vulnerable,
        .reason = "known of this host, whether or not it has ARCH_CAPS to "
                  "say it in",
    },
    {
        .id = "max-scrubbing", .stages = ST_MAX,
        .vendors = X86_VENDOR_INTEL,
        SET(F(MD_CLEAR), F(FB_CLEAR), F(RFDS_CLEAR)),
        .reason = "VERW scrubs somewhere in the pool; elsewhere it does no "
                  "harm",
    },
    {
        .id = "max-clwb", .stages = ST_MAX, .vendors = X86_VENDOR_INTEL,
        .when = clwb_hidden, SET(F(CLWB)),
        .reason = "slow, but working: a guest that knows it may come",
    },
    {
        .id = "max-rtm-always-abort", .stages = ST_MAX,
        .vendors = X86_VENDOR_INTEL, .when = has_rtm,
        SET(F(RTM_ALWAYS_ABORT)),
        .reason = "XBEGIN does not fault here, which is all it promises",
    },
    {
        .id = "max-verw-clear", .stages = ST_MAX,
        .vendors = X86_VENDOR_AMD, SET(F(VERW_CLEAR)),
        .reason = "VERW scrubs somewhere in the pool; elsewhere it does no "
                  "harm",
    },
    {
        .id = "max-topology-flags", .stages = ST_MAX,
        SET(F(HTT), F(CMP_LEGACY)),
        .reason = "topology is the toolstack's choice",
    },
    {
        .id = "max-erms", .stages = ST_MAX, SET(F(ERMS)),
        .reason = "a hint about speed; REP MOVSB works without it",
    },
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
        .id = "guest-cmdline-out", .stages = ST_GUEST, .apply = opt_out,
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
        .id = "default-last-leaf", .stages = ST_DEF,
        .apply = leaves_with_content,
        .reason = "the highest leaf is the last one with content, but not "
                  "below 0xd and 0x80000021 where the host has those",
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
