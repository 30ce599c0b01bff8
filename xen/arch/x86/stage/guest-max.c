/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a guest may be given beyond what attributes say: what is emulated, what
 * cannot be switched between guests, and what one that comes from
 * elsewhere may have seen there.
 */

#include "../rule.h"

/* Bit 2 of both exit and entry controls (SDM vol 3, 25.7.1 and 25.8.1). */
#define VMX_DEBUG_CONTROLS (1u << 2)
#define VMX_VMCS_MAX_INDEX 0x1fu

static bool is_pv(struct x86_view *d)
{
    return stage(d) == X86_POLICY_PV_MAX ||
           stage(d) == X86_POLICY_PV_DEFAULT;
}

static bool no_spec_ctrl(struct x86_view *d)
{
    return is_pv(d) ? !fact(d, spec_ctrl_pv) : !fact(d, spec_ctrl_hvm);
}

static bool no_bp_spec_reduce(struct x86_view *d)
{
    return !fact(d, bp_spec_reduce) || !host_has(d, F(SRSO_MSR_FIX));
}

static bool raw_sep(struct x86_view *d)
{
    return raw_has(d, F(SEP));
}

static bool virt_spec_ctrl(struct x86_view *d)
{
    return fact(d, virt_spec_ctrl);
}

static bool ssbd_can_be_virtual(struct x86_view *d)
{
    return fact(d, spec_ctrl_hvm) && host_has(d, F(AMD_SSBD));
}

static bool no_vmx_rdtscp(struct x86_view *d)
{
    return !fact(d, vmx_rdtscp);
}

static bool no_vmx_invpcid(struct x86_view *d)
{
    return !fact(d, vmx_invpcid);
}

static bool no_vmx_mpx(struct x86_view *d)
{
    return !fact(d, vmx_mpx);
}

static bool no_vmx_xsaves(struct x86_view *d)
{
    return !fact(d, vmx_xsaves);
}

static bool vmx_contradicts(struct x86_view *d)
{
    return !vmx_plausible(d);
}

/*
 * What Xen builds into nested VMCSs of its own (vvmx.c): DR7 and DEBUGCTL are
 * always switched, so that the exact MSRs allow no less than the plain ones
 * there; and the highest index of a field is that of its virtual VMCS.
 */
static void emulate_vmcs(struct x86_derive *d)
{
    uint64_t *msr = d->p->msr;
    bool exact = (msr[X86_MSR_SLOT_480] >> 55) & 1;

    if ( !msr[X86_MSR_SLOT_480] )
        return;
    if ( exact )
    {
        msr[X86_MSR_SLOT_48F] |= VMX_DEBUG_CONTROLS;
        msr[X86_MSR_SLOT_490] |= VMX_DEBUG_CONTROLS;
    }
    msr[X86_MSR_SLOT_48A] = VMX_VMCS_MAX_INDEX << 1;
}

static bool not_vmx(struct x86_view *d)
{
    return !host_has(d, F(VMX));
}

static bool has_vmx(struct x86_view *d)
{
    return has(d, F(VMX));
}

/* As far as Xen emulates one; vcpu.c holds guests to it, too. */
#define PMU_VERSION_MAX 3u

static void limit_pmu(struct x86_derive *d)
{
    struct x86_regs *l = &d->p->leaf[X86_SLOT_A];

    if ( (l->a & 0xff) > PMU_VERSION_MAX )
        l->a = (l->a & ~0xffu) | PMU_VERSION_MAX;
    x86_pmu_settle(l, l);
}

static bool has_svm(struct x86_view *d)
{
    return has(d, F(SVM));
}

static void set_vmcb_clean(struct x86_derive *d)
{
    d->p->leaf[X86_SLOT_8000000A].d |= X86_8000000A_EDX_VMCB_CLEAN;
}

static void set_not_vulnerable(struct x86_derive *d)
{
    static const uint16_t told[] = { F(RFDS_NO), F(GDS_NO), F(ITS_NO) };

    for ( unsigned int i = 0; i < sizeof(told) / sizeof(told[0]); i++ )
        if ( (d->not_vulnerable >> (told[i] - 16 * 32)) & 1 )
            policy_set(d->p, told[i], true);
}

const struct x86_rule x86_guest_max_rules[] = {
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
        .id = "pv-srso-us-no", .stages = ST(PV_MAX),
        .when = no_bp_spec_reduce, CLEAR(F(SRSO_US_NO)),
        .reason = "kernel and user code of PV guests run in the same mode: "
                  "safe only while BP_SPEC_REDUCE is in use",
        .reference = "AMD-SB-7005, XSA-434",
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
        .id = "max-pmu", .stages = ST_MAX, .apply = limit_pmu,
        .reason = "the virtual PMU is of version 3 at most, with what that "
                  "version has",
        .reference = "SDM vol 3, 20.2",
    },
    {
        .id = "hvm-nested-vmcs", .stages = ST(HVM_MAX), .when = has_vmx,
        .apply = emulate_vmcs,
        .reason = "the VMCS of a nested guest is the hypervisor's own, the "
                  "same on all hosts",
        .reference = "SDM vol 3, appendix A",
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
        .vendors = X86_VENDOR_INTEL, .when = host_has_rtm,
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
        .id = "hvm-max-topoext", .stages = ST(HVM_MAX),
        .vendors = VENDOR_AMD_HYGON, SET(F(TOPOEXT)),
        .reason = "topology is the toolstack's choice, and threads can be "
                  "told with it only",
    },
    {
        .id = "max-erms", .stages = ST_MAX, SET(F(ERMS)),
        .reason = "a hint about speed; REP MOVSB works without it",
    },
    { .id = NULL },
};
