/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * VMX capability MSRs (SDM vol 3, appendix A): what of them follows from the
 * features, and from each other.
 */

#include <xen/lib/x86/cpu-policy.h>

#define LOW_HALF  0x00000000ffffffffULL
#define HIGH_HALF 0xffffffff00000000ULL

#define CONTROLS(slot, default1) \
    { X86_MSR_SLOT_##slot, X86_MSR_SLOT_##slot, 32, default1 }

/*
 * In most MSRs the low half says what must be one, and the high half what may
 * be; CR0 and CR4 have two MSRs each.  What must be and may not be one cannot
 * be entered with.  On all CPUs, what must be are the controls of default1
 * (A.2), and PE, NE, PG and VMXE; a CPU that wanted others could want what a
 * guest has no feature for.
 */
static const struct {
    uint8_t must, may, shift;
    uint32_t known;
} controls[] = {
    /* X86_NR_VMX_CONTROLS of them whose halves are both stated. */
    CONTROLS(481, 0x00000016), CONTROLS(482, 0x0401e172),
    CONTROLS(483, 0x00036dff), CONTROLS(484, 0x000011ff),
    { X86_MSR_SLOT_486, X86_MSR_SLOT_487, 0, 0x80000021 },
    { X86_MSR_SLOT_488, X86_MSR_SLOT_489, 0, 0x00002000 },
    CONTROLS(48B, 0),
    CONTROLS(48D, 0x00000016), CONTROLS(48E, 0x0401e172),
    CONTROLS(48F, 0x00036dff), CONTROLS(490, 0x000011ff),
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

    for ( unsigned int i = 0; i < sizeof(controls) / sizeof(controls[0]);
          i++ )
    {
        uint64_t must = p->msr[controls[i].must];

        if ( controls[i].shift )
            must &= LOW_HALF;
        bad |= (must << controls[i].shift) & ~p->msr[controls[i].may];
        bad |= must & ~(uint64_t)controls[i].known;
    }

    return !bad;
}

/* ---- what controls need ------------------------------------------------ */

enum { NEEDS_FEATURE, NEEDS_CONTROL, NEEDS_PMU };

#define MASK(hi, lo) ((~0ULL >> (63 - (hi))) & (~0ULL << (lo)))

const struct x86_vmx_need x86_vmx_needs[] = {
#define VMX_NEEDS_FEATURE(msr, hi, lo, f, g, why) \
    { MASK(hi, lo), X86_MSR_SLOT_##msr, NEEDS_FEATURE, 0, 0, \
      { X86_FEATURE_##f, X86_FEATURE_##g } },
#define VMX_NEEDS_CONTROL(msr, hi, lo, other, nr, why) \
    { MASK(hi, lo), X86_MSR_SLOT_##msr, NEEDS_CONTROL, \
      X86_MSR_SLOT_##other, nr, { X86_NO_AUX, X86_NO_AUX } },
#define VMX_NEEDS_PMU(msr, nr, why) \
    { 1ULL << (nr), X86_MSR_SLOT_##msr, NEEDS_PMU, 0, 0, \
      { X86_NO_AUX, X86_NO_AUX } },
#define VMX_CR4(nr, f, g)
#include "vmx-rules.h"
#undef VMX_NEEDS_FEATURE
#undef VMX_NEEDS_CONTROL
#undef VMX_NEEDS_PMU
#undef VMX_CR4
};
const unsigned int x86_nr_vmx_needs =
    sizeof(x86_vmx_needs) / sizeof(x86_vmx_needs[0]);

/* PERF_GLOBAL_CTRL came with version 2 of leaf 0xa (SDM vol 3, 20.2.2). */
#define PMU_GLOBAL_CTRL 2u

bool x86_vmx_need_met(const struct cpu_policy *p,
                      const struct x86_vmx_need *n)
{
    if ( !(p->msr[n->slot] & n->mask) )
        return true;

    switch ( n->what )
    {
    case NEEDS_FEATURE:
        return x86_policy_has(p, n->feature[0]) ||
               x86_policy_has(p, n->feature[1]);

    case NEEDS_CONTROL:
        return (p->msr[n->other] >> n->bit) & 1;

    default:
        return (p->leaf[X86_SLOT_A].a & 0xff) >= PMU_GLOBAL_CTRL;
    }
}

bool x86_msr_is_enabled(const struct cpu_policy *p, unsigned int slot)
{
    const struct x86_msr_desc *d = &x86_msr_descs[slot];
    const struct x86_msr_enable *e = &x86_msr_enables[d->first_enable];

    for ( unsigned int i = 0; i < d->nr_enables; i++ )
        if ( (p->msr[e[i].slot] >> e[i].bit) & 1 )
            return true;

    return !d->nr_enables;
}

/* ---- what is recomputed ------------------------------------------------ */

static uint64_t cr4_fixed1(const struct cpu_policy *p)
{
    static const struct {
        uint16_t bit, feature[2];
    } rows[] = {
#define VMX_NEEDS_FEATURE(msr, hi, lo, f, g, why)
#define VMX_NEEDS_CONTROL(msr, hi, lo, other, bit, why)
#define VMX_NEEDS_PMU(msr, bit, why)
#define VMX_CR4(nr, f, g) { nr, { X86_FEATURE_##f, X86_FEATURE_##g } },
#include "vmx-rules.h"
    };
    uint64_t cr4 = 0;

    for ( unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++ )
        if ( x86_policy_has(p, rows[i].feature[0]) ||
             x86_policy_has(p, rows[i].feature[1]) )
            cr4 |= 1ULL << rows[i].bit;

    return cr4;
}

/* Exact controls: what may be one is that of the plain MSR (A.3.1). */
static uint64_t exact(const struct cpu_policy *p,
                      const struct cpu_policy *limit, unsigned int slot,
                      unsigned int plain)
{
    return (p->msr[plain] & HIGH_HALF) | (limit->msr[slot] & LOW_HALF);
}

uint64_t x86_vmx_derived(const struct cpu_policy *p,
                         const struct cpu_policy *limit, unsigned int slot)
{
    /* Nobody knows the host's: then there is nothing to follow from. */
    if ( !limit->msr[X86_MSR_SLOT_480] || !x86_msr_is_enabled(p, slot) )
        return 0;

    switch ( slot )
    {
    case X86_MSR_SLOT_489:
        return cr4_fixed1(p);

    case X86_MSR_SLOT_48B:
        return (p->msr[slot] & HIGH_HALF) | (limit->msr[slot] & LOW_HALF);

    case X86_MSR_SLOT_48D:
    case X86_MSR_SLOT_48E:
    case X86_MSR_SLOT_48F:
    case X86_MSR_SLOT_490:
        return exact(p, limit, slot, slot - X86_MSR_SLOT_48D +
                     X86_MSR_SLOT_481);

    default:
        return p->msr[slot];
    }
}

static bool drop_unmet(struct cpu_policy *p)
{
    bool changed = false;

    for ( unsigned int i = 0; i < x86_nr_vmx_needs; i++ )
        if ( !x86_vmx_need_met(p, &x86_vmx_needs[i]) )
        {
            p->msr[x86_vmx_needs[i].slot] &= ~x86_vmx_needs[i].mask;
            changed = true;
        }

    return changed;
}

void x86_policy_recalc_vmx(struct cpu_policy *p,
                           const struct cpu_policy *limit)
{
    bool changed = x86_policy_has(p, X86_FEATURE_VMX);

    /* Each round takes a bit away at least. */
    while ( changed )
    {
        changed = drop_unmet(p);
        for ( unsigned int i = X86_MSR_SLOT_480; i <= X86_MSR_SLOT_493; i++ )
        {
            uint64_t value = x86_vmx_derived(p, limit, i);

            changed |= value != p->msr[i];
            p->msr[i] = value;
        }
    }
}
