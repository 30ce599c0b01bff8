/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What follows from a file recording hardware: subleaves told apart by the
 * order of lines, and answers to questions that the CPU does not know.
 */
#include <string.h>

#include "canonical.h"

/*
 * Leaves whose answer depends on ECX (Intel SDM volume 2A, CPUID; AMD APM
 * volume 3, appendix E).  Needed only for files without subleaf tags, where
 * one row of such a leaf is its subleaf 0.
 */
static bool has_subleaves(uint32_t leaf)
{
    static const uint32_t leaves[] = {
        0x4, 0x7, 0xb, 0xd, 0xf, 0x10, 0x12, 0x14, 0x17, 0x18, 0x1b, 0x1d,
        0x1e, 0x1f, 0x20, 0x23, 0x24, 0x27, 0x28, 0x8000001d, 0x80000020,
        0x80000026,
    };

    for ( size_t i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++ )
        if ( leaves[i] == leaf )
            return true;

    return false;
}

/*
 * Leaf 0xd after subleaf 0 (SDM volume 1, 13.2): the tools skip components
 * that are all zero, so the order alone does not tell.  Which components
 * exist stands in subleaf 0 (EDX:EAX, user) and 1 (EDX:ECX, supervisor).
 * Component 2, AVX, is the only one whose size and offset are fixed, which
 * tells it from subleaf 1 where that one was skipped.
 */
static uint32_t next_xstate_subleaf(const struct dump_leaf *row,
                                    uint32_t previous, uint64_t components)
{
    bool is_avx = row->reg[0] == 0x100 && row->reg[1] == 0x240;
    bool is_zero = !(row->reg[0] | row->reg[1] | row->reg[2] | row->reg[3]);
    uint32_t next = previous + 1;

    if ( previous == 0 )
        return is_avx ? 2 : 1;
    if ( is_zero )
        return next;
    for ( uint32_t i = next; i < 63; i++ )
        if ( components >> i & 1 )
            return i;

    return next;
}

void hardware_infer_subleaves(struct dump_leaf **row, size_t nr,
                              struct tally *inferred)
{
    bool is_xstate = row[0]->leaf == 0xd;
    bool tagged = has_subleaves(row[0]->leaf);
    uint64_t components = 0;
    uint32_t next = 0;

    for ( size_t i = 0; i < nr; i++ )
        if ( row[i]->subleaf != DUMP_NO_SUBLEAF )
            tagged = true;
    if ( !tagged )
        return;

    for ( size_t i = 0; i < nr; i++ )
    {
        struct dump_leaf *l = row[i];

        if ( l->subleaf == DUMP_NO_SUBLEAF )
        {
            l->subleaf = is_xstate && i
                         ? next_xstate_subleaf(l, next - 1, components)
                         : next;
            l->inferred_subleaf = true;
            if ( nr > 1 )       /* a row on its own can only be 0 */
                tally_add(inferred, l->leaf, 0);
        }
        next = l->subleaf + 1;
        if ( l->subleaf == 0 )
            components = (uint64_t)l->reg[3] << 32 | l->reg[0];
        else if ( l->subleaf == 1 )
            components |= (uint64_t)l->reg[3] << 32 | l->reg[2];
    }
}

/* A range of leaves whose first one says, in EAX, which is the last. */
static const struct range {
    uint32_t first, last;
} ranges[] = {
    /* Within the extended range by number, so it must be found first. */
    { 0x80860000, 0x8086ffff }, /* Transmeta */
    { 0x00000000, 0x1fffffff }, /* basic */
    { 0x20000000, 0x2fffffff }, /* Xeon Phi */
    { 0x80000000, 0x8fffffff }, /* extended */
    { 0xc0000000, 0xcfffffff }, /* Centaur, Zhaoxin */
    /* 0x4000xxxx, hypervisors: several ranges, each 0x100 apart. Kept. */
};

#define NR_RANGES (sizeof(ranges) / sizeof(ranges[0]))

static size_t find_range(uint32_t leaf)
{
    size_t i;

    for ( i = 0; i < NR_RANGES; i++ )
        if ( leaf >= ranges[i].first && leaf <= ranges[i].last )
            break;

    return i;
}

/*
 * A CPU that lacks a range answers its first leaf with zeros (AMD), or with
 * what its last basic leaf says (Intel), so the number in EAX lies outside
 * of the range, and no row of it means anything.  One answer is kept, zeros
 * for 0x80000000: the CPU says that it has no extended leaves, and zero is
 * not the same as unknown.
 */
static bool in_range(const struct dump_leaf *l, const struct range *r,
                     const struct dump_leaf *first)
{
    if ( first->reg[0] >= r->first && first->reg[0] <= r->last )
        return l->leaf <= first->reg[0];

    /* A number that is no leaf at all: old CPUs put a signature here. */
    if ( !r->first )
        return true;

    return l->leaf == 0x80000000U &&
           !(l->reg[0] | l->reg[1] | l->reg[2] | l->reg[3]);
}

/*
 * What a CPU answers to a probe of a leaf that it lacks: zeros (AMD), or
 * what its highest basic leaf says (Intel SDM volume 2A, CPUID).  In ranges
 * of other vendors, and far beyond any maximum, anything: AMD's 0x8fffffff.
 */
static bool is_answer_to_probe(const struct dump_cpu *c,
                               const struct dump_leaf *l, uint32_t max_basic)
{
    if ( !(l->reg[0] | l->reg[1] | l->reg[2] | l->reg[3]) ||
         (l->leaf & 0x7fff0000U) )
        return true;

    for ( size_t i = 0; i < c->nr_leaves; i++ )
        if ( c->leaves[i].leaf == max_basic &&
             !memcmp(c->leaves[i].reg, l->reg, sizeof(l->reg)) )
            return true;

    return false;
}

void hardware_cut_out_of_range(struct dump_cpu *c, struct tally *cut,
                               struct tally *content)
{
    const struct dump_leaf *leaf_0 = dump_find_plain_leaf(c, 0);
    uint32_t max_basic = leaf_0 ? leaf_0->reg[0] : 0;
    struct dump_leaf first[NR_RANGES]; /* copies: the rows move up below */
    bool known[NR_RANGES];
    size_t kept = 0;

    for ( size_t i = 0; i < NR_RANGES; i++ )
    {
        const struct dump_leaf *l = dump_find_plain_leaf(c, ranges[i].first);

        known[i] = l;
        if ( l )
            first[i] = *l;
    }

    for ( size_t i = 0; i < c->nr_leaves; i++ )
    {
        const struct dump_leaf *l = &c->leaves[i];
        size_t r = find_range(l->leaf);

        if ( r == NR_RANGES || !known[r] ||
             in_range(l, &ranges[r], &first[r]) )
            c->leaves[kept++] = *l;
        else if ( is_answer_to_probe(c, l, max_basic) )
            tally_add(cut, l->leaf, 0);
        else
            tally_add(content, l->leaf, l->line);
    }
    c->nr_leaves = kept;
}
