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

/* Maxima and stop values that decide how much of the rest counts. */
static void random_shape(struct random *r, struct cpu_policy *p)
{
    static const uint16_t types[] = {
        X86_SLOT_4, X86_SLOT_4 + 1, X86_SLOT_4 + 2, X86_SLOT_4 + 3,
        X86_SLOT_4 + 4, X86_SLOT_4 + 5, X86_SLOT_B, X86_SLOT_B + 1,
    };

    for ( unsigned int i = 0; i < NR(types); i++ )
        if ( random_below(r, 4) )
        {
            p->leaf[types[i]].a |= 1;
            p->leaf[types[i]].c |= 0x100;
        }
    if ( random_below(r, 4) )
        p->leaf[X86_SLOT_0].a = random_below(r, 0x10);
    if ( random_below(r, 4) )
        p->leaf[X86_SLOT_7].a = random_below(r, 4);
    if ( random_below(r, 4) )
        p->leaf[X86_SLOT_80000000].a = 0x80000000U | random_below(r, 0x24);
    if ( random_below(r, 2) )
    {
        p->leaf[X86_SLOT_D].d = 0;
        p->leaf[X86_SLOT_D + 1].d = 0;
    }
}

void oracle_random_policy(struct random *r, struct cpu_policy *p)
{
    static const char *const ids[] = {
        "GenuineIntel", "AuthenticAMD", "CentaurHauls", "  Shanghai  ",
        "HygonGenuine", "xxxxxxxxxxxx",
    };
    uint32_t id[3];

    memcpy(id, ids[random_below(r, NR(ids))], sizeof(id));
    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        p->word[i] = random_register(r);
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        p->msr[i] = random_64(r);
    p->leaf[X86_SLOT_0].b = id[0];
    p->leaf[X86_SLOT_0].d = id[1];
    p->leaf[X86_SLOT_0].c = id[2];
    random_shape(r, p);
    p->pad = 0;
    x86_policy_recalc_vendor(p);
    oracle_restrict(p);
}
