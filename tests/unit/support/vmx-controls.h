/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Made-up VMX MSRs that do not contradict themselves. */
#ifndef TEST_VMX_CONTROLS_H
#define TEST_VMX_CONTROLS_H

#include <xen/lib/x86/cpu-policy.h>

/* Of the controls that must be one, keep those that may be. */
static inline void vmx_controls_settle(struct cpu_policy *p)
{
    static const uint8_t halves[] = {
        X86_MSR_SLOT_481, X86_MSR_SLOT_482, X86_MSR_SLOT_483,
        X86_MSR_SLOT_484, X86_MSR_SLOT_48B, X86_MSR_SLOT_48D,
        X86_MSR_SLOT_48E, X86_MSR_SLOT_48F, X86_MSR_SLOT_490,
    };

    for ( unsigned int i = 0; i < sizeof(halves); i++ )
        p->msr[halves[i]] &= p->msr[halves[i]] >> 32 | 0xffffffffULL << 32;
    p->msr[X86_MSR_SLOT_486] &= p->msr[X86_MSR_SLOT_487];
    p->msr[X86_MSR_SLOT_488] &= p->msr[X86_MSR_SLOT_489];
}

#endif /* TEST_VMX_CONTROLS_H */
