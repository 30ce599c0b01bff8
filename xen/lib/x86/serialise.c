/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A policy as arrays of leaves and MSRs, and back. */

#include <string.h>

#include <xen/lib/x86/cpu-policy.h>
#include <xen/lib/x86/min.h>

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

/* How many entries a leaf takes. */
static inline unsigned int nr_entries(const struct cpu_policy *p,
                                      const struct x86_abi *abi,
                                      const struct x86_leaf_desc *d)
{
    return d->stop == X86_STOP_PLAIN || flattened(abi, d)
        ? 1 : x86_leaf_count(p, d);
}

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

static inline void write_slot(struct xen_cpu_policy_leaf *out,
                              const struct cpu_policy *p, unsigned int slot)
{
    memcpy(out, &x86_slot_descs[slot], sizeof(x86_slot_descs[0]));
    memcpy(&out->a, &p->leaf[slot], sizeof(p->leaf[0]));
}

static struct xen_cpu_policy_leaf *
write_range(struct xen_cpu_policy_leaf *out, const struct cpu_policy *p,
            const struct x86_abi *abi, const struct x86_leaf_desc *d,
            const struct x86_leaf_desc *last)
{
    for ( ; d <= last; d++ )
    {
        unsigned int slot = d->first_slot, end;

        /* Runs of leaves without subleaves are most of a policy. */
        for ( ; d <= last && d->stop == X86_STOP_PLAIN; d++ )
            write_slot(out++, p, slot++);
        if ( d > last )
            break;

        for ( end = slot + nr_entries(p, abi, d); slot < end; slot++ )
            write_slot(out++, p, slot);
        if ( flattened(abi, d) )
            out[-1].subleaf = X86_NO_SUBLEAF;
    }

    return out;
}

/* First and last descriptors of what is valid in each range of leaves. */
struct range {
    const struct x86_leaf_desc *first, *last;
};
#define MAX_RANGES 4

static unsigned int find_ranges(const struct cpu_policy *p,
                                const struct x86_abi *abi,
                                struct range out[MAX_RANGES])
{
    uint32_t max_basic = min(p->leaf[X86_SLOT_0].a, abi->max_basic);
    uint32_t max_ext = 0x80000000U |
        min(p->leaf[X86_SLOT_80000000].a & 0xffff, abi->max_ext & 0xffff);
    uint32_t max_centaur = p->leaf[X86_SLOT_C0000000].a;

    out[0] = (struct range){ x86_leaf_find(0), x86_leaf_find(max_basic) };
    out[1] = (struct range){ x86_leaf_find(X86_HV_LEAF),
                             x86_leaf_find(X86_HV2_LEAF) };
    out[2] = (struct range){ x86_leaf_find(0x80000000U),
                             x86_leaf_find(max_ext) };
    if ( !abi->ext_subleaves || max_centaur < X86_CENTAUR_LEAF )
        return 3;

    out[3] = (struct range){
        x86_leaf_find(X86_CENTAUR_LEAF),
        x86_leaf_find(min(max_centaur, X86_CENTAUR_LEAF + 1)),
    };

    return 4;
}

int x86_policy_to_leaves(const struct cpu_policy *p, const struct x86_abi *abi,
                         struct xen_cpu_policy_leaf *out, uint32_t *nr)
{
    struct range ranges[MAX_RANGES];
    unsigned int nr_ranges = find_ranges(p, abi, ranges);
    struct xen_cpu_policy_leaf *end = out;

    /* Only a buffer that not every policy fits into needs a count first. */
    if ( *nr < abi->max_leaves )
    {
        uint32_t need = 0;

        for ( unsigned int i = 0; i < nr_ranges; i++ )
            for ( const struct x86_leaf_desc *d = ranges[i].first;
                  d <= ranges[i].last; d++ )
                need += nr_entries(p, abi, d);
        if ( need > *nr )
            return -ENOBUFS;
    }

    for ( unsigned int i = 0; i < nr_ranges; i++ )
        end = write_range(end, p, abi, ranges[i].first, ranges[i].last);
    *nr = end - out;

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

    if ( l->subleaf >= d->nr_subleaves || flattened(abi, d) )
        return -ERANGE;

    return d->first_slot + x86_index_nospec(l->subleaf, d->nr_subleaves);
}

/* Entries that go into neighbouring slots. */
struct run {
    uint16_t slot, nr;
};

/* 0 if the entry's leaf and subleaf are the slot's. */
static inline uint64_t differs(const struct xen_cpu_policy_leaf *l,
                               const struct x86_slot_desc *d)
{
    uint64_t a, b;

    memcpy(&a, l, sizeof(a));
    memcpy(&b, d, sizeof(b));

    return a ^ b;
}

/*
 * How many of `nr` entries are those of the slots from `d` on.  By fours, as
 * most are: a branch for each would be half of the work.
 */
static inline uint32_t nr_same(const struct xen_cpu_policy_leaf *l,
                               uint32_t nr, const struct x86_slot_desc *d)
{
    uint32_t left = nr;

    for ( ; left >= 4; l += 4, d += 4, left -= 4 )
        if ( differs(l, d) | differs(l + 1, d + 1) | differs(l + 2, d + 2) |
             differs(l + 3, d + 3) )
            break;
    for ( ; left && !differs(l, d); l++, d++ )
        left--;

    return nr - left;
}

/*
 * Split the entries into runs: they mostly come in the order of
 * serialisation, where looking up each would be most of the work.  Returns
 * how many entries have a slot: less than `nr` if one has none.
 */
static uint32_t find_runs(struct run *run, const struct x86_abi *abi,
                          const struct xen_cpu_policy_leaf *in, uint32_t nr)
{
    /* Up to here a run cannot leave the ABI. */
    const int end_basic = x86_leaf_find(abi->max_basic)[1].first_slot;
    const int end_ext =
        abi->ext_subleaves ? X86_NR_SLOTS : X86_SLOT_8000001D;

    for ( uint32_t i = 0; i < nr; i += run++->nr )
    {
        int slot = leaf_slot(abi, &in[i]);
        int end = slot < X86_SLOT_40000000 ? end_basic : end_ext;
        uint32_t max = nr - i;

        if ( slot < 0 )
            return i;
        if ( end - slot < (int)max )
            max = end > slot ? end - slot : 1;

        *run = (struct run){
            slot, 1 + nr_same(&in[i + 1], max - 1, &x86_slot_descs[slot + 1]),
        };
    }

    return nr;
}

static void store(struct cpu_policy *p, const struct run *run,
                  const struct xen_cpu_policy_leaf *in, uint32_t nr)
{
    const struct xen_cpu_policy_leaf *end = in + nr;

    for ( ; in < end; run++ )
    {
        struct x86_regs *out = &p->leaf[run->slot];

        for ( unsigned int i = run->nr; i; i--, in++, out++ )
            memcpy(out, &in->a, sizeof(*out));
    }
}

int x86_policy_from_leaves(struct cpu_policy *p, const struct x86_abi *abi,
                           const struct xen_cpu_policy_leaf *in, uint32_t nr,
                           struct x86_policy_error *err)
{
    struct run runs[X86_NR_SLOTS];
    uint32_t understood;

    if ( nr > abi->max_leaves )
        return -E2BIG;
    if ( !nr )
        return 0;

    /* All or nothing: nothing is stored before all is understood. */
    understood = find_runs(runs, abi, in, nr);
    if ( understood < nr )
    {
        if ( err )
        {
            err->leaf = in[understood].leaf;
            err->subleaf = in[understood].subleaf;
        }
        return -ERANGE;
    }

    store(p, runs, in, nr);
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

    slot = x86_index_nospec(slot, X86_NR_MSR_SLOTS);
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
