/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The slow half of the audit: what is wrong, and what would do instead.
 *
 * A request is repaired step by step, and whatever a step has to change is a
 * violation of that step's rule.  So the report is complete: a request with
 * every reported bit put right is acceptable.
 */

#include <string.h>

#include "audit-private.h"

struct repair {
    struct cpu_policy *p;               /* the request, being put right */
    struct cpu_policy before;           /* as it was before this step */
    const struct cpu_policy *limit;
    const struct x86_domain_kind *kind;
    const struct x86_audit_sink *sink;
    enum x86_layout layout;
    const char *rule;
};

/* ---- reporting -------------------------------------------------------- */

static uint16_t feature_at(bool is_msr, uint16_t index, unsigned int bit)
{
    for ( unsigned int w = 0; w < X86_NR_FEATURE_WORDS; w++ )
    {
        const struct x86_word_desc *d = &x86_word_descs[w];
        bool in_msr = d->slot == X86_WORD_IN_MSR;
        unsigned int value = w * 32 + bit % 32;

        if ( in_msr != is_msr ||
             (in_msr ? d->msr_slot != index || d->reg != bit / 32
                     : d->slot * 4 + d->reg != index) )
            continue;

        return x86_feature_test(x86_features_known, value) ? value
                                                           : X86_NO_AUX;
    }

    return X86_NO_AUX;
}

const struct x86_field_desc *x86_field_find(enum x86_layout layout,
                                            bool is_msr, uint16_t index,
                                            unsigned int bit)
{
    const struct x86_field_desc *f = is_msr ? x86_msr_fields : x86_fields;
    unsigned int nr = is_msr ? X86_NR_MSR_FIELDS : X86_NR_FIELDS;
    unsigned int slot = is_msr ? index : index / 4;

    for ( ; nr; nr--, f++ )
        if ( slot >= f->first_slot && slot < f->first_slot + f->nr_slots &&
             (is_msr || f->reg == index % 4) && bit >= f->lo &&
             bit <= f->hi && ((f->layouts >> layout) & 1) )
            return f;

    return NULL;
}

/* One violation per feature or field, or for all reserved bits at once. */
static void report_word(struct repair *r, bool is_msr, uint16_t index,
                        uint16_t needs)
{
    uint64_t asked = value_at(&r->before, is_msr, index);
    uint64_t fixed = value_at(r->p, is_msr, index), left = asked ^ fixed;

    while ( left )
    {
        unsigned int bit = __builtin_ctzll(left);
        const struct x86_field_desc *f =
            x86_field_find(r->layout, is_msr, index, bit);
        struct x86_violation v = {
            .rule = r->rule, .is_msr = is_msr, .index = index,
            .feature = feature_at(is_msr, index, bit), .needs = needs,
            .mask = left, .asked = asked, .limit = fixed,
        };

        if ( v.feature != X86_NO_AUX )
            v.mask = 1ULL << bit;
        else if ( f )
            v.mask &= field_mask(f->lo, f->hi);
        else
            for ( unsigned int b = 0; b < 64; b++ )
                if ( feature_at(is_msr, index, b) != X86_NO_AUX ||
                     x86_field_find(r->layout, is_msr, index, b) )
                    v.mask &= ~(1ULL << b);

        left &= ~v.mask;
        r->sink->violation(r->sink->ctx, &v);
    }
}

static void step(struct repair *r, uint16_t needs)
{
    if ( !memcmp(&r->before, r->p, sizeof(r->before)) )
        return;

    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        if ( r->before.word[i] != r->p->word[i] )
            report_word(r, false, i, needs);
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        if ( r->before.msr[i] != r->p->msr[i] )
            report_word(r, true, i, needs);

    r->before = *r->p;
}

/* ---- steps, in order -------------------------------------------------- */

static void replace(struct cpu_policy *p, bool is_msr, uint16_t index,
                    uint64_t mask, uint64_t with)
{
    if ( is_msr )
        p->msr[index] = (p->msr[index] & ~mask) | (with & mask);
    else
        p->word[index] = (p->word[index] & ~mask) | (with & mask);
}

static void fix_ext_prefix(struct repair *r)
{
    const struct x86_regs *l = &r->p->leaf[X86_SLOT_80000000];
    uint32_t any = l->a;

    /* Absent altogether is fine: very old CPUs have no extended leaves. */
    for ( unsigned int w = X86_SLOT_80000000 * 4;
          w < X86_SLOT_C0000000 * 4; w++ )
        any |= r->p->word[w];

    if ( any && (l->a & 0xffff0000U) != 0x80000000U )
        r->p->leaf[X86_SLOT_80000000].a = r->limit->leaf[X86_SLOT_80000000].a;
}

static void fix_limits(struct repair *r)
{
    for ( unsigned int i = 0; i < X86_NR_LIMIT_FIELDS; i++ )
    {
        const struct x86_limit_field *f = &x86_limit_fields[i];
        uint64_t mask = field_mask(f->lo, f->hi);
        uint64_t limit = value_at(r->limit, f->is_msr, f->index) & mask;

        if ( ((f->layouts >> r->layout) & 1) &&
             (value_at(r->p, f->is_msr, f->index) & mask) > limit )
            replace(r->p, f->is_msr, f->index, mask, limit);
    }
}

static void fix_kind(struct repair *r, enum x86_kind kind)
{
    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        r->p->word[i] &= ~x86_kind_words[r->layout][kind][i];
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        r->p->msr[i] &= ~x86_kind_msrs[r->layout][kind][i];
}

static void fix_reserved(struct repair *r)
{
    fix_kind(r, X86_KIND_RESERVED);
}

static void fix_hidden(struct repair *r)
{
    fix_kind(r, X86_KIND_HIDDEN);
}

static void fix_dynamic(struct repair *r)
{
    fix_kind(r, X86_KIND_DYNAMIC);
}

static void fix_features(struct repair *r)
{
    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        r->p->word[i] &= r->limit->word[i] |
            ~x86_kind_words[r->layout][X86_KIND_FEATURE][i];
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        r->p->msr[i] &= r->limit->msr[i] |
            ~x86_kind_msrs[r->layout][X86_KIND_FEATURE][i];
}

/* Types of a cache are data, instruction, unified; 4 and up are reserved. */
static void fix_cache_types(struct repair *r)
{
    for ( unsigned int i = 0; i < X86_NR_SUBLEAVES_4; i++ )
        if ( (r->p->leaf[X86_SLOT_4 + i].a & 0x1f) > 3 )
            memset(&r->p->leaf[X86_SLOT_4 + i], 0, sizeof(r->p->leaf[0]));
    for ( unsigned int i = 0; i < X86_NR_SUBLEAVES_8000001D; i++ )
        if ( (r->p->leaf[X86_SLOT_8000001D + i].a & 0x1f) > 3 )
            memset(&r->p->leaf[X86_SLOT_8000001D + i], 0,
                   sizeof(r->p->leaf[0]));
}

static void fix_range(struct repair *r)
{
    x86_policy_trim(r->p);
}

static void clear_feature(struct cpu_policy *p, unsigned int feature)
{
    x86_featureset fs;

    x86_policy_to_featureset(p, fs);
    x86_feature_clear(fs, feature);
    x86_featureset_to_policy(fs, p);
}

static void fix_feature_leaves(struct repair *r)
{
    for ( unsigned int i = 0; i < NR_FEATURE_LEAVES; i++ )
        if ( x86_policy_has(r->p, x86_feature_leaves[i].feature) &&
             !x86_leaf_in_range(r->p, x86_feature_leaves[i].leaf) )
            clear_feature(r->p, x86_feature_leaves[i].feature);
}

static void fix_dependencies(struct repair *r)
{
    for ( unsigned int i = 0; i < X86_NR_DEEP_DEPS; i++ )
    {
        const struct x86_deep_dep *d = &x86_deep_deps[i];
        x86_featureset fs;

        if ( x86_policy_has(r->p, d->feature) )
            continue;

        x86_policy_to_featureset(r->p, fs);
        for ( unsigned int w = 0; w < X86_NR_FEATURE_WORDS; w++ )
            fs[w] &= ~d->dependents[w];
        x86_featureset_to_policy(fs, r->p);
        step(r, d->feature);
    }
}

static void fix_equal(struct repair *r)
{
    for ( unsigned int i = 0; i < X86_NR_EQUAL_MASKS; i++ )
    {
        const struct x86_equal_mask *e = &x86_equal_masks[i];

        if ( !((e->layouts >> r->layout) & 1) ||
             (!e->is_msr &&
              !x86_leaf_in_range(r->p, x86_slot_descs[e->index / 4].leaf)) )
            continue;

        replace(r->p, e->is_msr, e->index, e->mask,
                value_at(r->limit, e->is_msr, e->index));
    }
}

static void fix_gates(struct repair *r)
{
    for ( unsigned int i = 0; i < X86_NR_GATE_MASKS; i++ )
    {
        const struct x86_gate_mask *g = &x86_gate_masks[i];
        uint64_t equal = g->is_msr
            ? x86_kind_msrs[r->layout][X86_KIND_EQUAL][g->word]
            : x86_kind_words[r->layout][X86_KIND_EQUAL][g->word];
        bool open = gate_open(r->p, r->kind, g->gate);

        if ( !((g->layouts >> r->layout) & 1) )
            continue;

        if ( open )
            replace(r->p, g->is_msr, g->word, g->mask & equal,
                    value_at(r->limit, g->is_msr, g->word));
        else
            replace(r->p, g->is_msr, g->word, g->mask, 0);

        step(r, open || g->gate == X86_GATE_VPMU ? X86_NO_AUX : g->gate);
    }
}

static void fix_phys_bits(struct repair *r)
{
    uint32_t *a = &r->p->leaf[X86_SLOT_80000008].a;
    uint32_t floor = x86_phys_bits_floor(r->p, r->limit);

    if ( x86_leaf_in_range(r->p, 0x80000008U) && (*a & 0xff) < floor )
        *a = (*a & ~0xffu) | floor;
}

static void fix_xstate(struct repair *r)
{
    if ( x86_leaf_in_range(r->p, 0xd) )
        x86_policy_recalc_xstate(r->p, r->limit);
}

static void fix_derived(struct repair *r)
{
    x86_policy_recalc_derived(r->p);
}

static void fix_signature(struct repair *r)
{
    if ( !x86_signature_plausible(r->p) )
        r->p->leaf[X86_SLOT_1].a = r->limit->leaf[X86_SLOT_1].a;
}

struct judged {
    struct repair *r;
    bool any;
};

static void on_topology(void *ctx, const struct x86_violation *v)
{
    struct judged *j = ctx;

    j->any = true;
    replace(j->r->p, v->is_msr, v->index, v->mask, v->limit);
    j->r->sink->violation(j->r->sink->ctx, v);
}

static void fix_topology(struct repair *r)
{
    /* A value put right may show the next one: bounded by the fields. */
    for ( unsigned int round = 0; round < 32; round++ )
    {
        struct judged j = { .r = r };
        const struct x86_audit_sink sink = { on_topology, &j };
        struct cpu_policy judged = *r->p;

        x86_topology_judge(&judged, &sink);
        if ( !j.any )
            return;
        r->before = *r->p;
    }
}

/*
 * Limits before ranges, since a highest leaf is a limit; ranges before
 * features, since what is out of range is not seen; features before
 * whatever is derived from them.
 */
static const struct {
    const char *rule;
    void (*fix)(struct repair *r);
} steps[] = {
    { "max-leaf-prefix", fix_ext_prefix },
    { "limit", fix_limits },
    { "reserved", fix_reserved },
    { "hidden", fix_hidden },
    { "dynamic", fix_dynamic },
    { "cache-type", fix_cache_types },
    { "out-of-range", fix_range },
    { "feature", fix_features },
    { "feature-leaf", fix_feature_leaves },
    { "dependency", fix_dependencies },
    { "equal", fix_equal },
    { "signature", fix_signature },
    { "gate", fix_gates },
    { "phys-bits", fix_phys_bits },
    { "xstate", fix_xstate },
    { "derived", fix_derived },
    { "topology", fix_topology },
};

void x86_policy_repair(struct cpu_policy *fixed,
                       const struct cpu_policy *limit,
                       const struct x86_domain_kind *kind,
                       const struct x86_audit_sink *sink)
{
    struct repair r = {
        .p = fixed, .before = *fixed, .limit = limit, .kind = kind,
        .sink = sink, .layout = x86_vendor_layout(limit->vendor),
    };

    for ( unsigned int i = 0; i < sizeof(steps) / sizeof(steps[0]); i++ )
    {
        r.rule = steps[i].rule;
        steps[i].fix(&r);
        step(&r, X86_NO_AUX);
    }
}
