/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RDMSR of feature MSRs as a vCPU sees it. */

#include <arch/vcpu.h>

/* For whom it exists stands with the MSR, in msr-fields.h. */
static bool policy_msr_exists(const struct cpu_policy *p,
                              const struct x86_vcpu *v,
                              const struct x86_msr_desc *d)
{
    if ( !((d->layouts >> x86_vendor_layout(p->vendor)) & 1) )
        return false;
    if ( d->gate != X86_GATE_NONE && !x86_policy_has(p, d->gate) )
        return false;

    /* There is no nested virtualisation for PV, whatever its policy says. */
    if ( d->gate == X86_FEATURE_VMX && !v->hvm )
        return false;

    return x86_msr_is_enabled(p, d - x86_msr_descs);
}

/* MSRs with a value of the vCPU's own, and the features that bring them. */
static const struct {
    uint32_t index;
    uint16_t either, or;
} own[] = {
    { 0x00000048, X86_FEATURE_IBRSB,     X86_FEATURE_IBRS },  /* SPEC_CTRL */
    { 0x000006e1, X86_FEATURE_PKS,       X86_FEATURE_PKS },   /* PKRS */
    { 0x00000d90, X86_FEATURE_MPX,       X86_FEATURE_MPX },   /* BNDCFGS */
    { 0x00000da0, X86_FEATURE_XSAVES,    X86_FEATURE_XSAVES },  /* XSS */
    { 0xc0000103, X86_FEATURE_RDTSCP,    X86_FEATURE_RDPID }, /* TSC_AUX */
    { 0xc001011f, X86_FEATURE_VIRT_SSBD, X86_FEATURE_VIRT_SSBD },
};

#define MSR_MISC_FEATURES_ENABLES 0x140

/* SDM vol 3, x2APIC register address space: it is there in that mode only. */
#define MSR_X2APIC_ID  0x802
#define APIC_BASE_MODE ((1u << 11) | (1u << 10))    /* enabled, extended */

static enum x86_msr_answer x2apic_id(const struct cpu_policy *p,
                                     const struct x86_vcpu *v,
                                     uint64_t *value)
{
    if ( !v->hvm || !x86_policy_has(p, X86_FEATURE_X2APIC) ||
         (v->apic_base & APIC_BASE_MODE) != APIC_BASE_MODE )
        return X86_MSR_FAULT;

    *value = v->ids.x2apic_id;

    return X86_MSR_VALUE;
}

static enum x86_msr_answer own_msr(const struct cpu_policy *p, uint32_t index)
{
    for ( unsigned int i = 0; i < sizeof(own) / sizeof(own[0]); i++ )
        if ( own[i].index == index )
            return x86_policy_has(p, own[i].either) ||
                   x86_policy_has(p, own[i].or) ? X86_MSR_OWN : X86_MSR_FAULT;

    return X86_MSR_OTHER;
}

enum x86_msr_answer x86_vcpu_rdmsr(const struct cpu_policy *p,
                                   const struct x86_vcpu *v, uint32_t index,
                                   uint64_t *value)
{
    int slot;

    /* One bit, which the policy does not hold but the vCPU. */
    if ( index == MSR_MISC_FEATURES_ENABLES )
    {
        *value = v->cpuid_faulting;
        return X86_MSR_VALUE;
    }

    if ( index == MSR_X2APIC_ID )
        return x2apic_id(p, v, value);

    slot = x86_msr_slot_find(index);
    if ( slot < 0 )
        return own_msr(p, index);

    slot = x86_index_nospec(slot, X86_NR_MSR_SLOTS);
    if ( !policy_msr_exists(p, v, &x86_msr_descs[slot]) )
        return X86_MSR_FAULT;

    *value = p->msr[slot];

    return X86_MSR_VALUE;
}
