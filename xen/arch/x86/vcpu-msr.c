/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RDMSR of feature MSRs as a vCPU sees it. */

#include <arch/vcpu.h>

static bool vmx_control(const struct cpu_policy *p, unsigned int slot,
                        unsigned int bit)
{
    /* The high half says which controls may be one. */
    return (p->msr[slot] >> (32 + bit)) & 1;
}

/*
 * Which VMX capability MSRs there are follows from those before them
 * (SDM vol 3, appendix A).
 */
static bool vmx_msr_exists(const struct cpu_policy *p,
                           const struct x86_vcpu *v, uint32_t index)
{
    if ( !v->hvm || !x86_policy_has(p, X86_FEATURE_VMX) )
        return false;

    switch ( index )
    {
    case 0x48b:                 /* secondary controls */
        return vmx_control(p, X86_MSR_SLOT_482, 31);

    case 0x48c:                 /* EPT or VPID */
        return vmx_control(p, X86_MSR_SLOT_48B, 1) ||
               vmx_control(p, X86_MSR_SLOT_48B, 5);

    case 0x48d ... 0x490:       /* true controls */
        return (p->msr[X86_MSR_SLOT_480] >> 55) & 1;

    case 0x491:                 /* VM functions */
        return vmx_control(p, X86_MSR_SLOT_48B, 13);

    case 0x492:                 /* tertiary controls */
        return vmx_control(p, X86_MSR_SLOT_482, 17);

    case 0x493:                 /* secondary exit controls */
        return vmx_control(p, X86_MSR_SLOT_483, 31);

    default:
        return true;
    }
}

_Static_assert(X86_MSR_SLOT_493 - X86_MSR_SLOT_480 == 0x493 - 0x480,
               "slots of the VMX MSRs follow each other");

/* x86_msr_slot_find() without its search. */
static int slot_of(uint32_t index)
{
    switch ( index )
    {
    case 0x480 ... 0x493:
        return X86_MSR_SLOT_480 + (index - 0x480);

    case 0x8b:
        return X86_MSR_SLOT_8B;

    case 0xce:
        return X86_MSR_SLOT_CE;

    case 0xcf:
        return X86_MSR_SLOT_CF;

    case 0x10a:
        return X86_MSR_SLOT_10A;

    case 0x345:
        return X86_MSR_SLOT_345;

    case 0xc0011029U:
        return X86_MSR_SLOT_C0011029;

    default:
        return -ERANGE;
    }
}

static bool policy_msr_exists(const struct cpu_policy *p,
                              const struct x86_vcpu *v, uint32_t index)
{
    switch ( index )
    {
    case 0x8b:                  /* microcode revision */
        return p->vendor & (X86_VENDOR_INTEL | X86_VENDOR_AMD |
                            X86_VENDOR_HYGON);

    case 0xcf:
        return x86_policy_has(p, X86_FEATURE_CORE_CAPS);

    case 0x10a:
        return x86_policy_has(p, X86_FEATURE_ARCH_CAPS);

    case 0x345:
        return x86_policy_has(p, X86_FEATURE_PDCM);

    case 0x480 ... 0x493:
        return vmx_msr_exists(p, v, index);

    case 0xc0011029U:
        return x86_vendor_layout(p->vendor) == X86_LAYOUT_AMD;

    default:                    /* 0xce is Xen's to emulate, on any vendor */
        return true;
    }
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

    slot = slot_of(index);
    if ( slot < 0 )
        return own_msr(p, index);

    if ( !policy_msr_exists(p, v, index) )
        return X86_MSR_FAULT;

    *value = p->msr[slot];

    return X86_MSR_VALUE;
}
