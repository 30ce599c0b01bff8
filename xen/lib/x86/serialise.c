/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A policy as arrays of leaves and MSRs, and back. */

#include <xen/lib/x86/cpu-policy.h>

const struct x86_abi x86_abi_full = {
    .max_basic = X86_MAX_BASIC_LEAF,
    .max_ext = X86_MAX_EXT_LEAF,
    .ext_subleaves = true,
    .all_msrs = true,
    .max_leaves = X86_NR_SLOTS,
    .max_msrs = X86_NR_MSR_SLOTS,
};

/* Counts of Xen's public headers, 4.13 to today. */
const struct x86_abi x86_abi_xen = {
    .max_basic = 0xd,
    .max_ext = 0x80000021U,
    .max_leaves = 120,
    .max_msrs = 2,
};

/* Does Xen's ABI carry this MSR? */
static bool msr_in_abi(const struct x86_abi *abi, uint32_t index)
{
    return abi->all_msrs || index == 0xce || index == 0x10a;
}

/* Without ext_subleaves, a leaf above 0x80000000 is its first subleaf. */
static bool flattened(const struct x86_abi *abi,
                      const struct x86_leaf_desc *d)
{
    return !abi->ext_subleaves && d->leaf >= 0x80000000U &&
           d->stop != X86_STOP_PLAIN;
}

struct writer {
    struct xen_cpu_policy_leaf *out;
    uint32_t nr, max;
};

static int write_slots(struct writer *w, const struct cpu_policy *p,
                       unsigned int slot, unsigned int nr)
{
    if ( nr > w->max - w->nr )
        return -ENOBUFS;

    for ( unsigned int end = slot + nr; slot < end; slot++ )
    {
        const struct x86_slot_desc *s = &x86_slot_descs[slot];
        const struct x86_regs *r = &p->leaf[slot];

        w->out[w->nr++] = (struct xen_cpu_policy_leaf){
            s->leaf, s->subleaf, r->a, r->b, r->c, r->d,
        };
    }

    return 0;
}

static int write_leaf(struct writer *w, const struct x86_abi *abi,
                      const struct cpu_policy *p,
                      const struct x86_leaf_desc *d)
{
    int rc;

    if ( !flattened(abi, d) )
        return write_slots(w, p, d->first_slot, x86_leaf_count(p, d));

    rc = write_slots(w, p, d->first_slot, 1);
    if ( !rc )
        w->out[w->nr - 1].subleaf = X86_NO_SUBLEAF;

    return rc;
}

static int write_range(struct writer *w, const struct x86_abi *abi,
                       const struct cpu_policy *p, uint32_t first,
                       uint32_t last)
{
    const struct x86_leaf_desc *d = x86_leaf_find(first);
    const struct x86_leaf_desc *end = x86_leaf_find(last) + 1;

    while ( d < end )
    {
        const struct x86_leaf_desc *run = d;
        int rc;

        /* Neighbouring leaves without subleaves go in one piece. */
        while ( d < end && d->stop == X86_STOP_PLAIN )
            d++;

        rc = run < d ? write_slots(w, p, run->first_slot, d - run)
                     : write_leaf(w, abi, p, d++);
        if ( rc )
            return rc;
    }

    return 0;
}

static uint32_t min(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

int x86_policy_to_leaves(const struct cpu_policy *p, const struct x86_abi *abi,
                         struct xen_cpu_policy_leaf *out, uint32_t *nr)
{
    struct writer w = { .out = out, .max = *nr };
    uint32_t max_basic = min(p->leaf[X86_SLOT_0].a, abi->max_basic);
    uint32_t max_ext = 0x80000000U |
        min(p->leaf[X86_SLOT_80000000].a & 0xffff, abi->max_ext & 0xffff);
    uint32_t max_centaur = p->leaf[X86_SLOT_C0000000].a;
    int rc;

    rc = write_range(&w, abi, p, 0, max_basic);
    if ( !rc )
        rc = write_slots(&w, p, X86_SLOT_40000000, 2);
    if ( !rc )
        rc = write_range(&w, abi, p, 0x80000000U, max_ext);
    if ( !rc && abi->ext_subleaves && max_centaur >= X86_CENTAUR_LEAF )
        rc = write_range(&w, abi, p, X86_CENTAUR_LEAF,
                         min(max_centaur, X86_CENTAUR_LEAF + 1));
    if ( rc )
        return rc;

    *nr = w.nr;

    return 0;
}

int x86_policy_to_msrs(const struct cpu_policy *p, const struct x86_abi *abi,
                       struct xen_cpu_policy_msr *out, uint32_t *nr)
{
    uint32_t n = 0;

    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
    {
        uint32_t index = x86_msr_descs[i].index;

        if ( !msr_in_abi(abi, index) )
            continue;
        if ( n == *nr )
            return -ENOBUFS;

        out[n++] = (struct xen_cpu_policy_msr){ index, 0, p->msr[i] };
    }

    *nr = n;

    return 0;
}

static int leaf_slot(const struct x86_abi *abi,
                     const struct xen_cpu_policy_leaf *l)
{
    const struct x86_leaf_desc *d = x86_leaf_find(l->leaf);

    if ( !d || l->leaf >= X86_CENTAUR_LEAF )
        return d && abi->ext_subleaves ? x86_slot_find(l->leaf, l->subleaf)
                                       : -ERANGE;

    if ( l->leaf > (l->leaf >= 0x80000000U ? abi->max_ext : abi->max_basic) &&
         l->leaf != X86_HV_LEAF && l->leaf != X86_HV2_LEAF )
        return -ERANGE;

    /*
     * A leaf that has subleaves here and none in Xen's ABI: whoever does not
     * name one means the first.
     */
    if ( l->leaf >= 0x80000000U && l->subleaf == X86_NO_SUBLEAF )
        return d->first_slot;
    if ( flattened(abi, d) )
        return -ERANGE;

    return x86_slot_find(l->leaf, l->subleaf);
}

int x86_policy_from_leaves(struct cpu_policy *p, const struct x86_abi *abi,
                           const struct xen_cpu_policy_leaf *in, uint32_t nr,
                           struct x86_policy_error *err)
{
    uint16_t slots[X86_NR_SLOTS];

    if ( nr > abi->max_leaves )
        return -E2BIG;

    /* All or nothing: nothing is stored before all is understood. */
    for ( uint32_t i = 0; i < nr; i++ )
    {
        int slot = leaf_slot(abi, &in[i]);

        if ( slot < 0 )
        {
            if ( err )
            {
                err->leaf = in[i].leaf;
                err->subleaf = in[i].subleaf;
            }
            return slot;
        }
        slots[i] = slot;
    }

    for ( uint32_t i = 0; i < nr; i++ )
        p->leaf[slots[i]] = (struct x86_regs){
            in[i].a, in[i].b, in[i].c, in[i].d,
        };

    x86_policy_recalc_vendor(p);

    return 0;
}

static int msr_check(const struct x86_abi *abi,
                     const struct xen_cpu_policy_msr *m)
{
    int slot = x86_msr_slot_find(m->index);

    if ( m->flags )
        return -EINVAL;
    if ( slot < 0 || !msr_in_abi(abi, m->index) )
        return -ERANGE;
    if ( m->value & ~x86_msr_descs[slot].storage )
        return -EOVERFLOW;

    return slot;
}

int x86_policy_from_msrs(struct cpu_policy *p, const struct x86_abi *abi,
                         const struct xen_cpu_policy_msr *in, uint32_t nr,
                         struct x86_policy_error *err)
{
    if ( nr > abi->max_msrs )
        return -E2BIG;

    for ( uint32_t i = 0; i < nr; i++ )
    {
        int rc = msr_check(abi, &in[i]);

        if ( rc < 0 )
        {
            if ( err )
                err->msr = in[i].index;
            return rc;
        }
    }

    for ( uint32_t i = 0; i < nr; i++ )
        p->msr[msr_check(abi, &in[i])] = in[i].value;

    return 0;
}
