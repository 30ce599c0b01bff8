/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers to the conditions of rules, and whether they are known (view.h). */

#include "view-private.h"

static void need(struct x86_view *v, x86_input i)
{
    const struct x86_derive_input *in = v->d->in;

    if ( !v->unknown && in && x86_unknown_has(in->unknown, i) )
        v->unknown = i;
}

bool has(struct x86_view *v, unsigned int f)
{
    /* A guest's policy is a decision, not a statement about hardware. */
    if ( v->d->which <= X86_POLICY_HOST_DEFAULT )
        need(v, x86_input_feature(f));

    return x86_policy_has(v->d->p, f);
}

static bool policy_has(struct x86_view *v, enum x86_policy_index which,
                       unsigned int f)
{
    need(v, x86_input_feature(f));

    return x86_policy_has(&v->d->all->policy[which], f);
}

bool raw_has(struct x86_view *v, unsigned int f)
{
    return policy_has(v, X86_POLICY_RAW, f);
}

bool host_has(struct x86_view *v, unsigned int f)
{
    return policy_has(v, X86_POLICY_HOST_MAX, f);
}

uint32_t word(struct x86_view *v, unsigned int index)
{
    need(v, x86_input_leaf(index / 4));

    return v->d->p->word[index];
}

uint32_t signature(struct x86_view *v)
{
    return word(v, X86_WORD(1, A));
}

uint32_t family(struct x86_view *v)
{
    return x86_family(signature(v));
}

bool in_range(struct x86_view *v, uint32_t leaf)
{
    need(v, x86_input_leaf(leaf >= 0x80000000U ? X86_SLOT_80000000
                                               : X86_SLOT_0));

    return x86_leaf_in_range(v->d->p, leaf);
}

uint32_t microcode(struct x86_view *v)
{
    uint32_t revision = v->d->in->plat->microcode;

    if ( !revision && !v->unknown )
        v->unknown = x86_input_msr(X86_MSR_SLOT_8B);

    return revision;
}

bool microcode_stated(const struct x86_view *v)
{
    return v->d->in->plat->microcode;
}

bool x86_view_fact(struct x86_view *v, size_t offset, size_t unknown)
{
    const char *plat = (const char *)v->d->in->plat;

    if ( !v->unknown )
        v->unknown = *(const x86_input *)(plat + unknown);

    return *(const bool *)(plat + offset);
}

bool rsb_unsafe(struct x86_view *v)
{
    return v->d->rsb_unsafe;
}

bool not_vulnerable(struct x86_view *v, unsigned int f)
{
    return (v->d->not_vulnerable >> (f - 16 * 32)) & 1;
}

enum x86_policy_index stage(const struct x86_view *v)
{
    return v->d->which;
}

const struct x86_cpuid_option *asked(const struct x86_view *v)
{
    return option(v->d);
}

bool vmx_plausible(struct x86_view *v)
{
    for ( unsigned int i = X86_MSR_SLOT_480; i <= X86_MSR_SLOT_490; i++ )
        need(v, x86_input_msr(i));

    return x86_vmx_plausible(v->d->p);
}
