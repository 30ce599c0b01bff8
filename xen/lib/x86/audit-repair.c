/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The slow half of the audit: what is wrong, and what would do instead.
 *
 * A refused request is repaired, rule by rule, into the nearest acceptable
 * policy.  Then the same steps are taken once more, and each bit that a step
 * changes is a violation of that step's rule.  Since the outcome is known by
 * then, a bit is reported once, with the value that it must have in the end:
 * a request with every reported bit put right is acceptable.
 */

#include <string.h>

#include "audit-private.h"

struct repair {
    struct cpu_policy *p;               /* the request, being put right */
    const struct cpu_policy *limit;
    const struct x86_domain_kind *kind;
    enum x86_layout layout;
    const char *rule;                   /* of the step being taken */
    uint16_t needs;                     /* why a feature has to go */
    /* The second time only. */
    const struct cpu_policy *request, *fixed;
    const struct x86_audit_sink *sink;
};

/* ---- reporting -------------------------------------------------------- */

/* Bits mean something each on their own, or only together as a number. */
static bool is_number(const struct x86_field_desc *f)
{
    return f->kind == X86_KIND_LIMIT || f->kind == X86_KIND_EQUAL ||
           f->kind == X86_KIND_CHOICE || f->kind == X86_KIND_TOPOLOGY ||
           f->kind == X86_KIND_DERIVED;
}

/*
 * What is reported as one with this bit: a feature, a number, the changed
 * bits of another field, or all changed bits that are reserved.
 */
static uint64_t unit_at(const struct repair *r, struct x86_violation *v,
                        unsigned int bit, uint64_t changed)
{
    const struct x86_field_desc *f;
    uint64_t mask;

    v->feature = x86_feature_at(v->is_msr, v->index, bit);
    if ( v->feature != X86_NO_AUX )
        return 1ULL << bit;

    f = x86_field_find(r->layout, v->is_msr, v->index, bit);
    if ( !f )
        return changed & kind_mask(r->layout, X86_KIND_RESERVED, v->is_msr,
                                   v->index);

    mask = field_mask(f->lo, f->hi);

    return is_number(f) ? mask : mask & changed;
}

/* About to change these bits: say so, unless said already or undone later. */
static void report(struct repair *r, bool is_msr, uint16_t index,
                   uint64_t changed)
{
    uint64_t asked = value_at(r->request, is_msr, index);
    uint64_t fixed = value_at(r->fixed, is_msr, index);
    uint64_t said = asked ^ value_at(r->p, is_msr, index);

    while ( changed )
    {
        unsigned int bit = __builtin_ctzll(changed);
        struct x86_violation v = {
            .rule = r->rule, .is_msr = is_msr, .index = index,
            .needs = r->needs, .asked = asked, .limit = fixed,
        };

        v.mask = unit_at(r, &v, bit, changed);
        changed &= ~(v.mask | (1ULL << bit));
        if ( !(v.mask & said) && (v.mask & (asked ^ fixed)) )
            r->sink->violation(r->sink->ctx, &v);
    }
}

static void put(struct repair *r, bool is_msr, uint16_t index, uint64_t mask,
                uint64_t value)
{
    uint64_t old = value_at(r->p, is_msr, index);
    uint64_t changed = (old ^ value) & mask;

    if ( !changed )
        return;

    if ( r->sink )
        report(r, is_msr, index, changed);

    if ( is_msr )
        r->p->msr[index] = old ^ changed;
    else
        r->p->word[index] = old ^ changed;
}

/* ---- steps, in order -------------------------------------------------- */

static void fix_ext_prefix(struct repair *r)
{
    if ( !x86_max_leaf_plausible(r->p) )
        put(r, false, X86_WORD(80000000, A), ~0u,
            r->limit->leaf[X86_SLOT_80000000].a);
}

static void fix_limits(struct repair *r)
{
    for ( unsigned int i = 0; i < X86_NR_LIMIT_FIELDS; i++ )
    {
        const struct x86_limit_field *f = &x86_limit_fields[i];
        uint64_t limit = value_at(r->limit, f->is_msr, f->index) & f->mask;

        if ( ((f->layouts >> r->layout) & 1) &&
             (value_at(r->p, f->is_msr, f->index) & f->mask) > limit )
            put(r, f->is_msr, f->index, f->mask, limit);
    }
}

/* Bits of a kind that are set, the limit's excepted. */
static void clear_kind(struct repair *r, enum x86_kind kind,
                       const struct cpu_policy *except)
{
    const uint32_t *words = x86_kind_words[r->layout][kind];
    const uint64_t *msrs = x86_kind_msrs[r->layout][kind];

    /* Two at a time, since there seldom is anything. */
    for ( unsigned int i = 0; i < X86_NR_WORDS; i += 2 )
        if ( load64(&r->p->word[i]) & load64(&words[i]) )
            for ( unsigned int w = i; w < i + 2; w++ )
                put(r, false, w,
                    words[w] & (except ? ~except->word[w] : ~0u), 0);

    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        put(r, true, i, msrs[i] & (except ? ~except->msr[i] : ~0ULL), 0);
}

static void fix_reserved(struct repair *r)
{
    clear_kind(r, X86_KIND_RESERVED, NULL);
}

static void fix_hidden(struct repair *r)
{
    clear_kind(r, X86_KIND_HIDDEN, NULL);
}

static void fix_dynamic(struct repair *r)
{
    clear_kind(r, X86_KIND_DYNAMIC, NULL);
}

/*
 * The limit's type keeps a cache that is described; where that is zero, the
 * list ends.
 */
static void fix_cache_type(struct repair *r, unsigned int slot)
{
    const struct x86_regs *l = &r->p->leaf[slot];
    uint32_t type = l->a & CACHE_TYPE_MASK;

    if ( x86_leaf_in_range(r->p, x86_slot_descs[slot].leaf) &&
         (type ? type > CACHE_TYPE_MAX : (l->a | l->b | l->c | l->d) != 0) )
        put(r, false, slot * 4 + X86_REG_A, CACHE_TYPE_MASK,
            r->limit->leaf[slot].a);
}

static void fix_cache_types(struct repair *r)
{
    for ( unsigned int i = 0; i < X86_NR_SUBLEAVES_4; i++ )
        fix_cache_type(r, X86_SLOT_4 + i);
    for ( unsigned int i = 0; i < X86_NR_SUBLEAVES_8000001D; i++ )
        fix_cache_type(r, X86_SLOT_8000001D + i);
}

static void clear_beyond(struct repair *r, const struct x86_leaf_desc *d)
{
    unsigned int nr = d->nr_subleaves ? d->nr_subleaves : 1;

    for ( unsigned int w = (d->first_slot + x86_leaf_keep(r->p, d)) * 4;
          w < (d->first_slot + nr) * 4u; w++ )
        put(r, false, w, ~0u, 0);
}

/*
 * Lists that follow from something else are left to the steps that know it:
 * components to fix_xstate, levels to fix_topology.
 */
static void fix_range(struct repair *r)
{
    for ( unsigned int i = 0; i < X86_NR_LEAF_DESCS; i++ )
    {
        const struct x86_leaf_desc *d = &x86_leaf_descs[i];

        if ( (d->stop != X86_STOP_XSTATE && d->stop != X86_STOP_TYPE_C) ||
             !x86_leaf_in_range(r->p, d->leaf) )
            clear_beyond(r, d);
    }
}

/* What hardware echoes into the subleaf after the last level. */
static void fix_level_range(struct repair *r)
{
    for ( unsigned int i = 0; i < X86_NR_LEAF_DESCS; i++ )
        if ( x86_leaf_descs[i].stop == X86_STOP_TYPE_C )
            clear_beyond(r, &x86_leaf_descs[i]);
}

static void fix_features(struct repair *r)
{
    clear_kind(r, X86_KIND_FEATURE, r->limit);
}

static void clear_features(struct repair *r, unsigned int word, uint32_t bits)
{
    const struct x86_word_desc *d = &x86_word_descs[word];

    if ( d->slot == X86_WORD_IN_MSR )
        put(r, true, d->msr_slot, (uint64_t)bits << (d->reg * 32), 0);
    else
        put(r, false, d->slot * 4 + d->reg, bits, 0);
}

static void fix_feature_leaves(struct repair *r)
{
    for ( unsigned int i = 0; i < NR_FEATURE_LEAVES; i++ )
    {
        unsigned int f = x86_feature_leaves[i].feature;

        if ( !x86_leaf_in_range(r->p, x86_feature_leaves[i].leaf) )
            clear_features(r, f / 32, 1u << (f % 32));
    }
}

static void fix_dependencies(struct repair *r)
{
    for ( unsigned int i = 0; i < X86_NR_DEEP_DEPS; i++ )
    {
        const struct x86_deep_dep *d = &x86_deep_deps[i];

        if ( x86_policy_has(r->p, d->feature) )
            continue;

        r->needs = d->feature;
        for ( unsigned int w = 0; w < X86_NR_FEATURE_WORDS; w++ )
            if ( d->dependents[w] )
                clear_features(r, w, d->dependents[w]);
    }
}

static void fix_equal(struct repair *r)
{
    for ( unsigned int i = 0; i < X86_NR_EQUAL_MASKS; i++ )
    {
        const struct x86_equal_mask *e = &x86_equal_masks[i];

        if ( ((e->layouts >> r->layout) & 1) &&
             (e->is_msr || x86_slot_in_range(r->p, e->index / 4)) )
            put(r, e->is_msr, e->index, e->mask,
                value_at(r->limit, e->is_msr, e->index));
    }

    x86_policy_recalc_vendor(r->p);
}

static void fix_gates(struct repair *r)
{
    for ( unsigned int i = 0; i < X86_NR_GATE_MASKS; i++ )
    {
        const struct x86_gate_mask *g = &x86_gate_masks[i];

        if ( !((g->layouts >> r->layout) & 1) )
            continue;

        if ( !gate_open(r->p, r->kind, g->gate) )
        {
            r->needs = g->gate == X86_GATE_VPMU ? X86_NO_AUX : g->gate;
            put(r, g->is_msr, g->word, g->mask, 0);
        }
        else if ( g->is_msr || x86_slot_in_range(r->p, g->word / 4) )
        {
            r->needs = X86_NO_AUX;
            put(r, g->is_msr, g->word, g->equal,
                value_at(r->limit, g->is_msr, g->word));
        }
    }
}

static void fix_pmu(struct repair *r)
{
    struct x86_regs right = r->p->leaf[X86_SLOT_A];

    x86_pmu_settle(&right, &r->limit->leaf[X86_SLOT_A]);
    put(r, false, X86_WORD(A, A), ~0u, right.a);
    put(r, false, X86_WORD(A, B), ~0u, right.b);
    put(r, false, X86_WORD(A, C), ~0u, right.c);
    put(r, false, X86_WORD(A, D), ~0u, right.d);
}

/* What must be one is the limit's by now, and so is offered there. */
static void fix_vmx_controls(struct repair *r)
{
    for ( unsigned int i = 0; i < X86_NR_VMX_CONTROLS &&
          x86_policy_has(r->p, X86_FEATURE_VMX); i++ )
    {
        unsigned int slot;
        uint64_t denied = x86_vmx_denied(r->p, i, &slot);

        put(r, true, slot, denied, ~0ULL);
    }
}

static void fix_vmx_needs(struct repair *r)
{
    for ( unsigned int i = 0; i < x86_nr_vmx_needs &&
          x86_policy_has(r->p, X86_FEATURE_VMX); i++ )
    {
        const struct x86_vmx_need *n = &x86_vmx_needs[i];

        r->needs = n->feature[0];
        if ( !x86_vmx_need_met(r->p, n) )
            put(r, true, n->slot, n->mask, 0);
    }
}

static void fix_vmx_derived(struct repair *r)
{
    for ( unsigned int i = X86_MSR_SLOT_480; i <= X86_MSR_SLOT_493 &&
          x86_policy_has(r->p, X86_FEATURE_VMX); i++ )
        put(r, true, i, ~0ULL, x86_vmx_derived(r->p, r->limit, i));
}

static void fix_signature(struct repair *r)
{
    if ( !x86_signature_plausible(r->p, r->layout) )
        put(r, false, X86_WORD(1, A), SIGNATURE_EXT_FAMILY, 0);
}

static void fix_family(struct repair *r)
{
    uint32_t right = r->limit->leaf[X86_SLOT_1].a;

    if ( !x86_family_plausible(r->p, r->limit) )
        put(r, false, X86_WORD(1, A), SIGNATURE_FAMILY, right);

    /* Of the right family, but before the first one with the feature. */
    if ( !x86_family_plausible(r->p, r->limit) )
        put(r, false, X86_WORD(1, A), SIGNATURE_MODEL, right);
}

static void fix_phys_bits(struct repair *r)
{
    uint32_t floor = x86_phys_bits_floor(r->p, r->limit);

    if ( x86_leaf_in_range(r->p, 0x80000008U) &&
         (r->p->leaf[X86_SLOT_80000008].a & 0xff) < floor )
        put(r, false, X86_WORD(80000008, A), 0xff, floor);
}

static void fix_xstate(struct repair *r)
{
    uint32_t *word = &r->p->word[X86_SLOT_D * 4];
    uint32_t asked[X86_NR_SUBLEAVES_D * 4];

    if ( !x86_leaf_in_range(r->p, 0xd) )
        return;

    /* Recomputed in place: a policy is too large to be copied for this. */
    memcpy(asked, word, sizeof(asked));
    x86_policy_recalc_xstate(r->p, r->limit);

    for ( unsigned int i = 0; i < X86_NR_SUBLEAVES_D * 4; i++ )
    {
        uint32_t right = word[i];

        if ( right == asked[i] )
            continue;
        word[i] = asked[i];
        put(r, false, X86_SLOT_D * 4 + i, ~0u, right);
    }
}

static void fix_derived(struct repair *r)
{
    /* Whatever x86_policy_recalc_derived() writes to. */
    static const uint16_t words[] = {
        X86_WORD(2, A), X86_WORD(80000000, B), X86_WORD(80000000, C),
        X86_WORD(80000000, D), X86_WORD(80000001, A), X86_WORD(80000001, D),
        X86_WORD(80000008, A),
    };
    enum { NR = sizeof(words) / sizeof(words[0]) };
    uint32_t asked[NR], right[NR];

    for ( unsigned int i = 0; i < NR; i++ )
        asked[i] = r->p->word[words[i]];
    x86_policy_recalc_derived(r->p);
    for ( unsigned int i = 0; i < NR; i++ )
    {
        right[i] = r->p->word[words[i]];
        r->p->word[words[i]] = asked[i];
    }

    for ( unsigned int i = 0; i < NR; i++ )
        put(r, false, words[i], ~0u, right[i]);
}

/* What the judge finds.  It reads the policy, which so must not change yet. */
#define MAX_JUDGED 32
struct judged {
    struct x86_violation list[MAX_JUDGED];
    unsigned int nr;
};

static void on_topology(void *ctx, const struct x86_violation *v)
{
    struct judged *j = ctx;

    /* The rest is found again once the first ones are put right. */
    if ( j->nr < MAX_JUDGED )
        j->list[j->nr++] = *v;
}

static void fix_topology(struct repair *r)
{
    /* A value put right may show the next one: bounded by the fields. */
    for ( unsigned int round = 0; round < 32; round++ )
    {
        struct judged j = { .nr = 0 };
        const struct x86_audit_sink sink = { on_topology, &j };

        if ( !x86_topology_judge(r->p, &sink) )
            return;

        for ( unsigned int i = 0; i < j.nr; i++ )
        {
            const struct x86_violation *v = &j.list[i];

            r->rule = v->rule;
            r->needs = v->needs;
            put(r, v->is_msr, v->index, v->mask, v->limit);
        }
    }
}

static const struct {
    const char *rule;
    void (*fix)(struct repair *r);
    const char *text, *remedy;
} steps[] = {
#define AUDIT_RULE(rule, fix, text, remedy) { rule, fix, text, remedy },
#include "audit-rules.h"
#undef AUDIT_RULE
};

#define NR_STEPS (sizeof(steps) / sizeof(steps[0]))

/* A step may undo an earlier one's work, though none is known to need two. */
#define MAX_ROUNDS 4

static void take_steps(struct repair *r)
{
    for ( unsigned int i = 0; i < NR_STEPS; i++ )
    {
        r->rule = steps[i].rule;
        r->needs = X86_NO_AUX;
        steps[i].fix(r);
    }
}

void x86_policy_repair(struct cpu_policy *p, const struct cpu_policy *limit,
                       const struct x86_domain_kind *kind)
{
    struct repair r = {
        .p = p, .limit = limit, .kind = kind,
        .layout = x86_vendor_layout(limit->vendor),
    };

    for ( unsigned int round = 0; round < MAX_ROUNDS &&
          !x86_policy_acceptable(p, limit, kind); round++ )
        take_steps(&r);
}

void x86_policy_report(const struct cpu_policy *request,
                       const struct cpu_policy *fixed,
                       const struct cpu_policy *limit,
                       const struct x86_domain_kind *kind,
                       const struct x86_audit_sink *sink)
{
    struct cpu_policy p = *request;
    struct repair r = {
        .p = &p, .limit = limit, .kind = kind,
        .layout = x86_vendor_layout(limit->vendor),
        .request = request, .fixed = fixed, .sink = sink,
    };

    for ( unsigned int round = 0; round < MAX_ROUNDS &&
          memcmp(&p, fixed, sizeof(p)); round++ )
        take_steps(&r);
}

static bool same_string(const char *a, const char *b)
{
    while ( *a && *a == *b )
        a++, b++;

    return *a == *b;
}

const char *x86_audit_rule_text(const char *rule, const char **remedy)
{
    for ( unsigned int i = 0; i < NR_STEPS; i++ )
        if ( steps[i].text && same_string(steps[i].rule, rule) )
        {
            if ( remedy )
                *remedy = steps[i].remedy;
            return steps[i].text;
        }

    return x86_topology_rule_text(rule, remedy);
}
