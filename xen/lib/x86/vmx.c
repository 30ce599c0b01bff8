/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * VMX controls (SDM vol 3, appendix A.3 to A.8).  One half of what the MSRs
 * say is which bits must be one, the other which may be; what must be and may
 * not be one cannot be entered with.
 */

#include <xen/lib/x86/cpu-policy.h>

/* In most MSRs the low half says what must be; CR0 and CR4 have two each. */
static const struct {
    uint8_t must, may, shift;
} controls[X86_NR_VMX_CONTROLS] = {
    { X86_MSR_SLOT_481, X86_MSR_SLOT_481, 32 },
    { X86_MSR_SLOT_482, X86_MSR_SLOT_482, 32 },
    { X86_MSR_SLOT_483, X86_MSR_SLOT_483, 32 },
    { X86_MSR_SLOT_484, X86_MSR_SLOT_484, 32 },
    { X86_MSR_SLOT_486, X86_MSR_SLOT_487, 0 },
    { X86_MSR_SLOT_488, X86_MSR_SLOT_489, 0 },
    { X86_MSR_SLOT_48B, X86_MSR_SLOT_48B, 32 },
    { X86_MSR_SLOT_48D, X86_MSR_SLOT_48D, 32 },
    { X86_MSR_SLOT_48E, X86_MSR_SLOT_48E, 32 },
    { X86_MSR_SLOT_48F, X86_MSR_SLOT_48F, 32 },
    { X86_MSR_SLOT_490, X86_MSR_SLOT_490, 32 },
};

uint64_t x86_vmx_denied(const struct cpu_policy *p, unsigned int i,
                        unsigned int *slot)
{
    *slot = controls[i].may;

    return (p->msr[controls[i].must] << controls[i].shift) &
           ~p->msr[controls[i].may];
}

bool x86_vmx_plausible(const struct cpu_policy *p)
{
    uint64_t bad = 0;

    /* Without VMX there are none: the MSRs have to be empty. */
    if ( !x86_policy_has(p, X86_FEATURE_VMX) )
        return true;

    for ( unsigned int i = 0; i < X86_NR_VMX_CONTROLS; i++ )
        bad |= (p->msr[controls[i].must] << controls[i].shift) &
               ~p->msr[controls[i].may];

    return !bad;
}
