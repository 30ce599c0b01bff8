/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a register of a policy, or a change of one, consists of. */
#include "policy.h"

bool cpupolicy_change_concerns(const cpupolicy_change *c, size_t feature)
{
    unsigned int value;
    const struct x86_word_desc *w;
    unsigned int bit;

    if ( feature >= X86_NR_FEATURES )
        return false;

    value = x86_feature_descs[feature].value;
    w = &x86_word_descs[value / 32];
    bit = value % 32;

    if ( w->slot == X86_WORD_IN_MSR )
    {
        if ( !c->is_msr || c->msr != x86_msr_descs[w->msr_slot].index )
            return false;
        bit += w->reg * 32;
    }
    else if ( c->is_msr || c->leaf != x86_slot_descs[w->slot].leaf ||
              c->subleaf != x86_slot_descs[w->slot].subleaf ||
              c->reg != w->reg )
        return false;

    return ((c->before ^ c->after) >> bit) & 1;
}

static const char *const kind_names[X86_NR_KINDS] = {
    [X86_KIND_RESERVED] = "reserved", [X86_KIND_FEATURE] = "feature",
    [X86_KIND_LIMIT] = "limit",       [X86_KIND_EQUAL] = "equal",
    [X86_KIND_CHOICE] = "choice",     [X86_KIND_TOPOLOGY] = "topology",
    [X86_KIND_DERIVED] = "derived",   [X86_KIND_DYNAMIC] = "dynamic",
    [X86_KIND_HIDDEN] = "hidden",     [X86_KIND_OWN] = "own",
};

struct field_walk {
    uint64_t mask;
    void (*fn)(void *ctx, const cpupolicy_field *field);
    void *ctx;
};

static void walk_field(struct field_walk *w, const struct x86_field_desc *f)
{
    const cpupolicy_field field = {
        f->name, kind_names[f->kind], f->hi, f->lo, -1,
    };
    uint64_t bits = (~0ULL >> (63 - f->hi)) & (~0ULL << f->lo);

    if ( !(w->mask & bits) )
        return;

    w->fn(w->ctx, &field);
    w->mask &= ~bits;
}

/* The features among the mask's bits of a word of the featureset. */
static void walk_word(struct field_walk *w, unsigned int word,
                      unsigned int shift)
{
    uint32_t bits = (w->mask >> shift) & x86_features_known[word];

    for ( ; bits; bits &= bits - 1 )
    {
        unsigned int bit = __builtin_ctz(bits);
        const struct x86_feature_desc *d = x86_feature_find(word * 32 + bit);
        const cpupolicy_field field = {
            d->name, kind_names[d->kind], bit + shift, bit + shift,
            d - x86_feature_descs,
        };

        w->fn(w->ctx, &field);
        w->mask &= ~(1ULL << field.lo);
    }
}

static void walk_features(struct field_walk *w, int slot, bool is_msr,
                          unsigned int reg)
{
    for ( unsigned int i = 0; i < X86_NR_FEATURE_WORDS; i++ )
    {
        const struct x86_word_desc *word = &x86_word_descs[i];

        if ( is_msr && word->slot == X86_WORD_IN_MSR &&
             word->msr_slot == slot )
            walk_word(w, i, word->reg * 32);
        else if ( !is_msr && word->slot == slot && word->reg == reg )
            walk_word(w, i, 0);
    }
}

/* Fields, and what is neither. */
static void walk_rest(struct field_walk *w, enum x86_layout layout,
                      bool is_msr, unsigned int index)
{
    uint64_t reserved = 0;

    while ( w->mask )
    {
        unsigned int bit = __builtin_ctzll(w->mask);
        const struct x86_field_desc *f =
            x86_field_find(layout, is_msr, index, bit);

        if ( f )
            walk_field(w, f);
        else
        {
            reserved |= 1ULL << bit;
            w->mask &= w->mask - 1;
        }
    }

    for ( ; reserved; reserved &= reserved - 1 )
    {
        unsigned int bit = __builtin_ctzll(reserved);

        w->fn(w->ctx, &(cpupolicy_field){
            "reserved", kind_names[X86_KIND_RESERVED], bit, bit, -1 });
    }
}

void cpupolicy_fields(const cpupolicy *p, const cpupolicy_change *where,
                      uint64_t mask,
                      void (*fn)(void *ctx, const cpupolicy_field *field),
                      void *ctx)
{
    struct field_walk w = { .mask = mask, .fn = fn, .ctx = ctx };
    bool is_msr = where->is_msr;
    int slot = is_msr ? x86_msr_slot_find(where->msr)
                      : x86_slot_find(where->leaf, where->subleaf);

    if ( slot < 0 )
        return;

    walk_features(&w, slot, is_msr, where->reg);
    walk_rest(&w, x86_vendor_layout(p->policy.vendor), is_msr,
              is_msr ? (unsigned int)slot : slot * 4 + where->reg);
}

bool cpupolicy_register_at(size_t index, cpupolicy_change *out)
{
    if ( index >= X86_NR_SLOTS * 4 + X86_NR_MSR_SLOTS )
        return false;

    *out = (cpupolicy_change){ .feature = -1 };
    if ( index >= X86_NR_SLOTS * 4 )
    {
        out->is_msr = true;
        out->msr = x86_msr_descs[index - X86_NR_SLOTS * 4].index;
    }
    else
    {
        out->leaf = x86_slot_descs[index / 4].leaf;
        out->subleaf = x86_slot_descs[index / 4].subleaf;
        out->reg = index % 4;
    }

    return true;
}
