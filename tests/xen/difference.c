/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See difference.h. */
#include <stdio.h>
#include <string.h>

#include "difference.h"

/* The leaves and MSRs that Xen's policies hold. */
#define XEN_MAX_BASIC 0xdU
#define XEN_MAX_EXT   0x80000021U

#define MAX_ROWS 64

static unsigned long row_hits[MAX_ROWS], nr_bits, nr_differing;

unsigned long difference_hits(unsigned int row)
{
    return row_hits[row];
}

unsigned long difference_bits(void)
{
    return nr_bits;
}

unsigned long difference_found(void)
{
    return nr_differing;
}

/* ---- conditions -------------------------------------------------------- */

struct place {
    const struct comparison *c;
    bool is_msr;
    uint32_t index, subleaf;    /* leaf or MSR */
    unsigned int slot, reg;     /* of the leaf; slot of the MSR */
};

/* Bits of the register that are features; in_xen: of those that Xen has. */
static uint64_t feature_bits(const struct place *at, bool in_xen)
{
    uint64_t bits = 0;

    for ( unsigned int w = 0; w < X86_NR_FEATURE_WORDS; w++ )
    {
        const struct x86_word_desc *d = &x86_word_descs[w];
        bool in_msr = d->slot == X86_WORD_IN_MSR;
        uint32_t word = in_xen ? xen_known_features[w] : UINT32_MAX;

        if ( in_msr != at->is_msr )
            continue;
        if ( in_msr && d->msr_slot == at->slot )
            bits |= (uint64_t)word << (d->reg * 32);
        else if ( !in_msr && d->slot == at->slot && d->reg == at->reg )
            bits |= word;
    }

    return bits;
}

/* Is the bit a feature that lacks a prerequisite in our policy? */
static uint64_t unclosed_bits(const struct place *at)
{
    uint64_t bits = 0;

    for ( unsigned int i = 0; i < X86_NR_DIRECT_DEPS; i++ )
    {
        const struct x86_direct_dep *dep = &x86_direct_deps[i];
        const struct x86_word_desc *d = &x86_word_descs[dep->dependent / 32];
        bool in_msr = d->slot == X86_WORD_IN_MSR;
        unsigned int bit = dep->dependent % 32;

        if ( in_msr != at->is_msr ||
             x86_policy_has(at->c->ours, dep->prerequisite) )
            continue;
        if ( in_msr && d->msr_slot == at->slot )
            bits |= 1ULL << (d->reg * 32 + bit);
        else if ( !in_msr && d->slot == at->slot && d->reg == at->reg )
            bits |= 1ULL << bit;
    }

    return bits;
}

/* XCR0 or XSS has a component of which the dump does not say where it is. */
static bool components_unstated(const struct cpu_policy *raw)
{
    uint64_t states = x86_xstate_stated(raw);

    for ( unsigned int i = 2; i < X86_NR_SUBLEAVES_D; i++ )
        if ( ((states >> i) & 1) && !raw->leaf[X86_SLOT_D + i].a )
            return true;

    return false;
}

static bool is_gds_doubtful(const struct cpu_policy *raw)
{
    uint32_t sig = raw->leaf[X86_SLOT_1].a, model = x86_model(sig);

    return x86_family(sig) == 6 &&
           (model == 0x4e || model == 0x5e || model == 0x66);
}

/* Bits of the register of which the condition is true. */
static uint64_t applies(const struct difference_place *p,
                        const struct place *at)
{
    const struct comparison *c = at->c;
    bool yes = false;

    switch ( p->when )
    {
    case DIFF_ALWAYS:
        yes = true;
        break;
    case DIFF_BEYOND_XEN:
        yes = !x86_leaf_in_range(c->xens, at->index);
        break;
    case DIFF_BEYOND_OURS:
        yes = !x86_leaf_in_range(c->ours, at->is_msr ? 7 : at->index);
        break;
    case DIFF_NO_HVM:
        yes = !c->hvm;
        break;
    case DIFF_NO_HAP:
        yes = !c->hap;
        break;
    case DIFF_WITHOUT:
        yes = !x86_policy_has(c->ours, p->feature);
        break;
    case DIFF_OPTED_OUT:
        yes = x86_feature_test(c->option->out, p->feature);
        break;
    case DIFF_UNCLOSED:
        return unclosed_bits(at);
    case DIFF_NO_FEATURE:
        return feature_bits(at, false) & ~feature_bits(at, true);
    case DIFF_GDS_DOUBTFUL:
        yes = is_gds_doubtful(c->raw);
        break;
    case DIFF_UNSTATED:
        yes = components_unstated(c->raw);
        break;
    case DIFF_UNSTATED_MSR:
        yes = x86_policy_has(c->raw, X86_FEATURE_ARCH_CAPS) &&
              !c->raw->msr[X86_MSR_SLOT_10A];
        break;
    case DIFF_UNSTATED_VMX:
        yes = !c->raw->msr[X86_MSR_SLOT_480];
        break;
    case DIFF_UNSTATED_MICROCODE:
        yes = !c->raw->msr[X86_MSR_SLOT_8B];
        break;
    }

    return yes ? ~0ULL : 0;
}

/* ---- one register ------------------------------------------------------ */

static bool row_concerns(const struct intended_difference *r,
                         const struct comparison *c)
{
    enum x86_layout layout = x86_vendor_layout(c->raw->vendor);

    return (r->releases & c->release) && ((r->policies >> c->policy) & 1) &&
           (!r->layouts || ((r->layouts >> layout) & 1));
}

static bool is_at(const struct difference_place *p, const struct place *at)
{
    uint32_t last = p->last ? p->last : p->first;

    return p->is_msr == at->is_msr && at->index >= p->first &&
           at->index <= last &&
           (p->is_msr || !p->regs || ((p->regs >> at->reg) & 1));
}

static uint64_t explained(const struct difference_place *p, uint64_t ours,
                          uint64_t xens)
{
    switch ( p->way )
    {
    case DIFF_OURS:
        return ours & ~xens & p->mask;
    case DIFF_XENS:
        return xens & ~ours & p->mask;
    case DIFF_EITHER:
        return (ours ^ xens) & p->mask;
    case DIFF_BELOW:
        return xens < ours ? ours ^ xens : 0;
    }

    return 0;
}

static uint64_t row_explains(const struct intended_difference *r,
                             const struct place *at, uint64_t ours,
                             uint64_t xens)
{
    uint64_t bits = 0;

    for ( unsigned int i = 0; i < MAX_PLACES && r->places[i].mask; i++ )
        if ( is_at(&r->places[i], at) )
            bits |= explained(&r->places[i], ours, xens) &
                    applies(&r->places[i], at);

    return bits;
}

/* The bits that no row accounts for. */
static uint64_t unexplained(const struct place *at, uint64_t ours,
                            uint64_t xens)
{
    uint64_t left = ours ^ xens;

    nr_differing += __builtin_popcountll(left);
    for ( unsigned int i = 0; left && i < nr_intended_differences; i++ )
    {
        const struct intended_difference *r = &intended_differences[i];
        uint64_t bits;

        if ( !row_concerns(r, at->c) )
            continue;
        bits = row_explains(r, at, ours, xens) & left;
        if ( bits )
            row_hits[i]++;
        left &= ~bits;
    }

    return left;
}

static const char *bit_name(const struct place *at, unsigned int index,
                            unsigned int bit)
{
    const struct x86_field_desc *f = x86_field_find(
        x86_vendor_layout(at->c->ours->vendor), at->is_msr, index, bit);

    for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
    {
        const struct x86_feature_desc *d = &x86_feature_descs[i];
        const struct x86_word_desc *w = &x86_word_descs[d->value / 32];
        bool in_msr = w->slot == X86_WORD_IN_MSR;

        if ( in_msr == at->is_msr &&
             (in_msr ? w->msr_slot == index &&
                       w->reg * 32u + d->value % 32 == bit
                     : w->slot * 4u + w->reg == index &&
                       d->value % 32 == bit) )
            return d->name;
    }

    return f ? f->name : "reserved";
}

static void describe(FILE *out, const struct place *at, unsigned int index,
                     uint64_t bits, uint64_t ours)
{
    const char *last = "";

    if ( at->is_msr )
        fprintf(out, "MSR 0x%x:", at->index);
    else
        fprintf(out, "leaf 0x%x subleaf 0x%x e%cx:", at->index, at->subleaf,
                "abcd"[at->reg]);
    fprintf(out, " 0x%lx", bits);
    for ( unsigned int b = 0; b < 64; b++ )
    {
        const char *name = (bits >> b) & 1 ? bit_name(at, index, b) : last;

        if ( strcmp(name, last) )
            fprintf(out, " %c%s", (ours >> b) & 1 ? '+' : '-', name);
        last = name;
    }
    fprintf(out, "; ");
}

/* ---- one policy -------------------------------------------------------- */

/* Of extended leaves Xen has no subleaves. */
static bool in_xens_abi(const struct x86_slot_desc *s)
{
    if ( s->leaf >= 0x80000000U )
        return s->leaf <= XEN_MAX_EXT &&
               (s->subleaf == X86_NO_SUBLEAF || !s->subleaf);

    return s->leaf <= XEN_MAX_BASIC || s->leaf >= X86_HV_LEAF;
}

void difference_compare(const struct comparison *c, FILE *out)
{
    struct place at = { .c = c };

    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
    {
        const struct x86_slot_desc *s = &x86_slot_descs[i / 4];
        uint32_t ours = c->ours->word[i], xens = c->xens->word[i];
        uint64_t bad;

        if ( !in_xens_abi(s) )
            continue;
        at = (struct place){ c, false, s->leaf, s->subleaf, i / 4, i % 4 };
        nr_bits += 32;
        bad = unexplained(&at, ours, xens);
        if ( bad )
            describe(out, &at, i, bad, ours);
    }

    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
    {
        uint32_t index = x86_msr_descs[i].index;
        uint64_t ours = c->ours->msr[i], xens = c->xens->msr[i], bad;

        if ( index != 0xce && index != 0x10a )
            continue;
        at = (struct place){ c, true, index, 0, i, 0 };
        nr_bits += 64;
        bad = unexplained(&at, ours, xens);
        if ( bad )
            describe(out, &at, i, bad, ours);
    }
}
