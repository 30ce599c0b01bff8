/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Leaf 0xd.  Which components a guest has follows from its features; where
 * they lie in the save area follows from the hardware, since XSAVE writes
 * there whatever CPUID was made to say.
 */

#include <string.h>

#include <xen/lib/x86/cpu-policy.h>

/* Components that features bring (SDM vol 1, 13.1; APM vol 3, leaf 0xd). */
static const struct {
    uint16_t feature;
    uint32_t components;
} user_states[] = {
    { X86_FEATURE_AVX,      1u << 2 },                /* YMM_Hi128 */
    { X86_FEATURE_MPX,      (1u << 3) | (1u << 4) },  /* BNDREGS, BNDCSR */
    { X86_FEATURE_AVX512F,  7u << 5 },    /* Opmask, ZMM_Hi256, Hi16_ZMM */
    { X86_FEATURE_PKU,      1u << 9 },                /* PKRU */
    { X86_FEATURE_AMX_TILE, 3u << 17 },               /* TILECFG, TILEDATA */
    { X86_FEATURE_APX_F,    1u << 19 },               /* R16 to R31 */
};

#define XSTATE_X87_SSE    3u
#define XSTATE_FIXED_SIZE 576u  /* legacy area and header */

#define COMP_XSS     (1u << 0)  /* of ecx of a component's subleaf */
#define COMP_ALIGN64 (1u << 1)
#define COMP_XFD     (1u << 2)

uint64_t x86_xstate_user(const struct cpu_policy *p)
{
    uint64_t states = XSTATE_X87_SSE;

    if ( !x86_policy_has(p, X86_FEATURE_XSAVE) )
        return 0;

    for ( unsigned int i = 0;
          i < sizeof(user_states) / sizeof(user_states[0]); i++ )
        if ( x86_policy_has(p, user_states[i].feature) )
            states |= user_states[i].components;

    return states;
}

uint64_t x86_xstate_supervisor(const struct cpu_policy *p)
{
    /*
     * No supervisor component is context switched for guests yet, so that
     * XSAVES alone brings none.
     */
    (void)p;
    return 0;
}

uint64_t x86_xstate_stated(const struct cpu_policy *p)
{
    const struct x86_regs *l = &p->leaf[X86_SLOT_D];

    return l[0].a | l[1].c | ((uint64_t)(l[0].d | l[1].d) << 32);
}

void x86_policy_recalc_xstate(struct cpu_policy *p,
                              const struct cpu_policy *hw)
{
    const struct x86_regs *hw_comp = &hw->leaf[X86_SLOT_D];
    struct x86_regs *l = &p->leaf[X86_SLOT_D];
    uint64_t user = x86_xstate_user(p), super = x86_xstate_supervisor(p);
    uint32_t da1 = l[1].a, keep = 0, max = XSTATE_FIXED_SIZE;

    if ( !user )
    {
        memset(l, 0, X86_NR_SUBLEAVES_D * sizeof(*l));
        return;
    }

    if ( x86_policy_has(p, X86_FEATURE_XSAVE) && (da1 & 2) )
        keep |= COMP_ALIGN64;                         /* XSAVEC */
    if ( da1 & 8 )
        keep |= COMP_XSS;                             /* XSAVES */
    if ( da1 & 16 )
        keep |= COMP_XFD;

    for ( unsigned int i = 2; i < X86_NR_SUBLEAVES_D; i++ )
    {
        if ( !(((user | super) >> i) & 1) )
        {
            l[i] = (struct x86_regs){ 0 };
            continue;
        }

        l[i] = (struct x86_regs){
            hw_comp[i].a, hw_comp[i].b, hw_comp[i].c & keep, 0,
        };

        /* Sums of hostile numbers may wrap; saturate. */
        if ( ((user >> i) & 1) )
        {
            uint64_t end = (uint64_t)l[i].a + l[i].b;

            if ( end > max )
                max = end > UINT32_MAX ? UINT32_MAX : end;
        }
    }

    l[0] = (struct x86_regs){ user, 0, max, user >> 32 };
    l[1] = (struct x86_regs){ da1, 0, super, super >> 32 };
}
