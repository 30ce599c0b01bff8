/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Made-up VMX MSRs that do not contradict themselves. */
#ifndef TEST_VMX_CONTROLS_H
#define TEST_VMX_CONTROLS_H

#include <xen/lib/x86/cpu-policy.h>

/* As hardware is, and what follows from the features. */
static inline void vmx_controls_settle(struct cpu_policy *p)
{
    /* Default1 controls (SDM vol 3, A.2). */
    static const struct {
        uint8_t slot;
        uint32_t default1;
    } halves[] = {
        { X86_MSR_SLOT_481, 0x16 }, { X86_MSR_SLOT_482, 0x0401e172 },
        { X86_MSR_SLOT_483, 0x36dff }, { X86_MSR_SLOT_484, 0x11ff },
        { X86_MSR_SLOT_48B, 0 }, { X86_MSR_SLOT_48D, 0x16 },
        { X86_MSR_SLOT_48E, 0x04006172 }, { X86_MSR_SLOT_48F, 0x36dfb },
        { X86_MSR_SLOT_490, 0x11fb },
    };

    for ( unsigned int i = 0; i < sizeof(halves) / sizeof(halves[0]); i++ )
    {
        uint64_t *m = &p->msr[halves[i].slot];

        *m = (*m & 0xffffffff00000000ULL) | halves[i].default1;
    }
    p->msr[X86_MSR_SLOT_486] = 0x80000021;
    p->msr[X86_MSR_SLOT_487] = 0xffffffff;
    p->msr[X86_MSR_SLOT_488] = 0x2000;
    x86_policy_recalc_vmx(p, p);
}

#endif /* TEST_VMX_CONTROLS_H */
