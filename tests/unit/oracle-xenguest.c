/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "oracle-xenguest.h"

#define NR(a) (sizeof(a) / sizeof((a)[0]))

/* The place of a slot in Xen's policy, or NULL. */
static struct x86_regs *place(struct xen_policy *x, unsigned int slot)
{
    uint32_t leaf = x86_slot_descs[slot].leaf;
    uint32_t subleaf = x86_slot_descs[slot].subleaf;

    switch ( leaf )
    {
    case 0x4:
        return &x->cache[subleaf];
    case 0x7:
        return &x->feat[subleaf];
    case 0xb:
        return &x->topo[subleaf];
    case 0xd:
        return &x->xstate[subleaf];
    }

    /* Leaves that have subleaves with us only: Xen has the first. */
    if ( subleaf && subleaf != X86_NO_SUBLEAF )
        return NULL;
    if ( leaf < NR(x->basic) )
        return &x->basic[leaf];
    if ( leaf >= 0x80000000U && leaf - 0x80000000U < NR(x->extd) )
        return &x->extd[leaf - 0x80000000U];

    return NULL;
}

void oracle_from_policy(struct xen_policy *out, const struct cpu_policy *p)
{
    memset(out, 0, sizeof(*out));
    for ( unsigned int i = 0; i < X86_NR_SLOTS; i++ )
    {
        struct x86_regs *to = place(out, i);

        if ( to )
            *to = p->leaf[i];
    }
    out->platform_info = p->msr[X86_MSR_SLOT_CE];
    out->arch_caps = p->msr[X86_MSR_SLOT_10A];
    out->hv_limit = p->leaf[X86_SLOT_40000000].a;
    out->hv2_limit = p->leaf[X86_SLOT_40000100].a;
    out->vendor = p->vendor;
}

void oracle_to_policy(struct cpu_policy *out, const struct xen_policy *x)
{
    struct xen_policy copy = *x;

    memset(out, 0, sizeof(*out));
    for ( unsigned int i = 0; i < X86_NR_SLOTS; i++ )
    {
        const struct x86_regs *from = place(&copy, i);

        if ( from )
            out->leaf[i] = *from;
    }
    out->msr[X86_MSR_SLOT_CE] = x->platform_info;
    out->msr[X86_MSR_SLOT_10A] = x->arch_caps;
    out->leaf[X86_SLOT_40000000].a = x->hv_limit;
    out->leaf[X86_SLOT_40000100].a = x->hv2_limit;
    out->vendor = x->vendor;
}

void oracle_restrict(struct cpu_policy *p)
{
    struct xen_policy x;

    oracle_from_policy(&x, p);
    oracle_to_policy(p, &x);
}
