/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which leaves and subleaves of a policy are valid, and trimming the rest. */

#include <xen/lib/x86/cpu-policy.h>
#include <xen/lib/x86/min.h>

static unsigned int highest_bit(uint64_t v)
{
    return v ? 63 - __builtin_clzll(v) : 0;
}

/* Up to and including the first subleaf whose type is zero. */
static unsigned int count_types(const struct x86_regs *l, unsigned int nr,
                                unsigned int stop)
{
    for ( unsigned int i = 0; i < nr; i++ )
        if ( x86_leaf_ends_list(stop, &l[i]) )
            return i + 1;

    return nr;
}

unsigned int x86_leaf_count(const struct cpu_policy *p,
                            const struct x86_leaf_desc *d)
{
    const struct x86_regs *l = &p->leaf[d->first_slot];
    unsigned int nr = d->nr_subleaves;

    switch ( d->stop )
    {
    case X86_STOP_TYPE_A:
        return count_types(l, nr, X86_STOP_TYPE_A);

    case X86_STOP_TYPE_C:
        return count_types(l, nr, X86_STOP_TYPE_C);

    case X86_STOP_MAX_A:
        /* Compared, not added to: eax may be all ones. */
        return l->a < nr ? l->a + 1 : nr;

    case X86_STOP_BITMAP_A:
        return min(highest_bit(l->a) + 1, nr);

    case X86_STOP_XSTATE:
        /* Subleaves 0 and 1 exist whatever the components are. */
        nr = highest_bit(x86_xstate_stated(p)) + 1;
        return nr < 2 ? 2 : min(nr, d->nr_subleaves);

    case X86_STOP_ALL:
        return nr;

    default:
        return 1;
    }
}

bool x86_slot_in_range(const struct cpu_policy *p, unsigned int slot)
{
    const struct x86_slot_desc *s = &x86_slot_descs[slot];

    /* Without extended leaves there is not even the first. */
    if ( s->leaf == 0x80000000U )
        return p->leaf[X86_SLOT_80000000].a;

    /* A subleaf beyond the last cannot be seen either. */
    return x86_leaf_in_range(p, s->leaf) &&
           (s->subleaf == X86_NO_SUBLEAF ||
            s->subleaf < x86_leaf_count(p, x86_leaf_find(s->leaf)));
}

/*
 * A terminator (type zero) says only that the list ends; what else its
 * registers hold has no meaning.  Xen drops it together with what follows.
 */
static unsigned int nr_kept(const struct cpu_policy *p,
                            const struct x86_leaf_desc *d)
{
    const struct x86_regs *l = &p->leaf[d->first_slot];
    unsigned int nr;

    if ( !x86_leaf_in_range(p, d->leaf) )
        return 0;

    nr = x86_leaf_count(p, d);

    if ( x86_leaf_ends_list(d->stop, &l[nr - 1]) )
        nr--;
    else if ( d->stop == X86_STOP_XSTATE && !x86_xstate_stated(p) )
        nr = 0;

    return nr;
}

void x86_leaf_trim(struct cpu_policy *p, const struct x86_leaf_desc *d)
{
    unsigned int nr = d->stop == X86_STOP_PLAIN ? 1 : d->nr_subleaves;

    for ( unsigned int i = nr_kept(p, d); i < nr; i++ )
        p->leaf[d->first_slot + i] = (struct x86_regs){ 0 };
}

void x86_policy_trim(struct cpu_policy *p)
{
    for ( unsigned int i = 0; i < X86_NR_LEAF_DESCS; i++ )
        x86_leaf_trim(p, &x86_leaf_descs[i]);
}
