/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A policy as arrays of leaves and MSRs, and back. */

#include <string.h>

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
    struct xen_cpu_policy_leaf *out;    /* NULL: only count */
    uint32_t nr;
};

/*
 * A slot's descriptor and its registers are copied as they lie: 24 bytes in
 * three moves, where member by member would be six.
 */
_Static_assert(offsetof(struct xen_cpu_policy_leaf, subleaf) ==
               offsetof(struct x86_slot_desc, subleaf), "head");
_Static_assert(offsetof(struct xen_cpu_policy_leaf, a) ==
               sizeof(struct x86_slot_desc), "registers after the head");
_Static_assert(offsetof(struct xen_cpu_policy_leaf, d) ==
               sizeof(struct x86_slot_desc) + offsetof(struct x86_regs, d),
               "registers");

static void write_slots(struct writer *w, const struct cpu_policy *p,
                        unsigned int slot, unsigned int nr)
{
    struct xen_cpu_policy_leaf *out = w->out ? w->out + w->nr : NULL;

    w->nr += nr;
    if ( !out )
        return;

    for ( unsigned int end = slot + nr; slot < end; slot++, out++ )
    {
        memcpy(out, &x86_slot_descs[slot], sizeof(x86_slot_descs[0]));
        memcpy(&out->a, &p->leaf[slot], sizeof(p->leaf[0]));
    }
}

static void write_leaf(struct writer *w, const struct x86_abi *abi,
                       const struct cpu_policy *p,
                       const struct x86_leaf_desc *d)
{
    if ( !flattened(abi, d) )
    {
        write_slots(w, p, d->first_slot, x86_leaf_count(p, d));
        return;
    }

    write_slots(w, p, d->first_slot, 1);
    if ( w->out )
        w->out[w->nr - 1].subleaf = X86_NO_SUBLEAF;
}

static void write_range(struct writer *w, const struct x86_abi *abi,
                        const struct cpu_policy *p, uint32_t first,
                        uint32_t last)
{
    const struct x86_leaf_desc *d = x86_leaf_find(first);
    const struct x86_leaf_desc *end = x86_leaf_find(last) + 1;

    while ( d < end )
    {
        const struct x86_leaf_desc *run = d;

        /* Neighbouring leaves without subleaves go in one piece. */
        while ( d < end && d->stop == X86_STOP_PLAIN )
            d++;

        if ( run < d )
            write_slots(w, p, run->first_slot, d - run);
        else
            write_leaf(w, abi, p, d++);
    }
}

static uint32_t min(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static void write_policy(struct writer *w, const struct cpu_policy *p,
                         const struct x86_abi *abi)
{
    uint32_t max_basic = min(p->leaf[X86_SLOT_0].a, abi->max_basic);
    uint32_t max_ext = 0x80000000U |
        min(p->leaf[X86_SLOT_80000000].a & 0xffff, abi->max_ext & 0xffff);
    uint32_t max_centaur = p->leaf[X86_SLOT_C0000000].a;

    write_range(w, abi, p, 0, max_basic);
    write_slots(w, p, X86_SLOT_40000000, 2);
    write_range(w, abi, p, 0x80000000U, max_ext);
    if ( abi->ext_subleaves && max_centaur >= X86_CENTAUR_LEAF )
        write_range(w, abi, p, X86_CENTAUR_LEAF,
                    min(max_centaur, X86_CENTAUR_LEAF + 1));
}

int x86_policy_to_leaves(const struct cpu_policy *p, const struct x86_abi *abi,
                         struct xen_cpu_policy_leaf *out, uint32_t *nr)
{
    struct writer w = { 0 };

    /* Only a buffer that not every policy fits into needs a count first. */
    if ( *nr < abi->max_leaves )
    {
        write_policy(&w, p, abi);
        if ( w.nr > *nr )
            return -ENOBUFS;
        w.nr = 0;
    }

    w.out = out;
    write_policy(&w, p, abi);
    *nr = w.nr;

    return 0;
}

int x86_policy_to_msrs(const struct cpu_policy *p, const struct x86_abi *abi,
                       struct xen_cpu_policy_msr *out, uint32_t *nr)
{
    uint32_t n = 0;

    if ( *nr < abi->max_msrs )
        return -ENOBUFS;

    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
    {
        uint32_t index = x86_msr_descs[i].index;

        if ( msr_in_abi(abi, index) )
            out[n++] = (struct xen_cpu_policy_msr){ index, 0, p->msr[i] };
    }

    *nr = n;

    return 0;
}

/* Does the ABI carry this leaf, if the tables have it? */
static bool leaf_in_abi(const struct x86_abi *abi, uint32_t leaf)
{
    if ( leaf >= X86_CENTAUR_LEAF )
        return abi->ext_subleaves;
    if ( leaf >= 0x80000000U )
        return leaf <= abi->max_ext;

    return leaf <= abi->max_basic || leaf == X86_HV_LEAF ||
           leaf == X86_HV2_LEAF;
}

static int leaf_slot(const struct x86_abi *abi,
                     const struct xen_cpu_policy_leaf *l)
{
    const struct x86_leaf_desc *d =
        leaf_in_abi(abi, l->leaf) ? x86_leaf_find(l->leaf) : NULL;

    if ( !d )
        return -ERANGE;

    /*
     * A leaf that has subleaves here and none in Xen's ABI: whoever does not
     * name one means the first.
     */
    if ( l->subleaf == X86_NO_SUBLEAF &&
         (d->stop == X86_STOP_PLAIN || l->leaf >= 0x80000000U) )
        return d->first_slot;

    return l->subleaf < d->nr_subleaves && !flattened(abi, d)
        ? (int)(d->first_slot + l->subleaf) : -ERANGE;
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
