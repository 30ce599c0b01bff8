/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The rules of the audit: each turns a policy into one that keeps it.
 *
 * Limits come before ranges, since a highest leaf is a limit; ranges before
 * features, since what is out of range is not seen; features before whatever
 * follows from them.  No step needs an earlier one to be taken again.
 */

#include <xen/lib/x86/min.h>

#include "audit-private.h"

/* Change bits of a word. */
static void put(const struct repair *r, unsigned int word, uint32_t mask,
                uint32_t value)
{
    r->p->word[word] = (r->p->word[word] & ~mask) | (value & mask);
}

static void put_at(const struct repair *r, bool is_msr, unsigned int index,
                   uint64_t mask, uint64_t value)
{
    if ( is_msr )
        r->p->msr[index] = (r->p->msr[index] & ~mask) | (value & mask);
    else
        put(r, index, mask, value);
}

/* ---- leaf by leaf ----------------------------------------------------- */

/* The highest extended leaf is one, or there are no extended leaves. */
static void fix_ext_prefix(struct repair *r)
{
    uint32_t *max = &r->p->leaf[X86_SLOT_80000000].a, any = 0;

    if ( (*max & 0xffff0000U) == 0x80000000U )
        return;

    for ( unsigned int w = X86_SLOT_80000000 * 4;
          w < X86_SLOT_C0000000 * 4; w++ )
        any |= r->p->word[w];
    if ( any )
        *max = r->limit->leaf[X86_SLOT_80000000].a;
}

static void fix_limits(struct repair *r)
{
    for ( unsigned int i = 0; i < X86_NR_LIMIT_FIELDS; i++ )
    {
        const struct x86_limit_field *f = &x86_limit_fields[i];
        uint64_t limit = value_at(r->limit, f->is_msr, f->index) & f->mask;

        if ( ((f->layouts >> r->layout) & 1) &&
             (value_at(r->p, f->is_msr, f->index) & f->mask) > limit )
            put_at(r, f->is_msr, f->index, f->mask, limit);
    }
}

static void fix_zeros(struct repair *r)
{
    const uint32_t *zero = x86_zero_words[r->layout];

    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        r->p->word[i] &= ~zero[i];
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        r->p->msr[i] &= ~x86_zero_msrs[r->layout][i];
}

static void name_zero(const struct repair *r, const struct cpu_policy *before,
                      struct x86_violation *v)
{
    static const char *const rules[X86_NR_KINDS] = {
        [X86_KIND_RESERVED] = "reserved", [X86_KIND_HIDDEN] = "hidden",
        [X86_KIND_DYNAMIC] = "dynamic",
    };

    (void)before;
    for ( unsigned int k = 0; k < X86_NR_KINDS; k++ )
        if ( rules[k] &&
             (kind_mask(r->layout, k, v->is_msr, v->index) & v->mask) )
            v->rule = rules[k];
}

/*
 * The limit's type keeps a cache that is described; where that is zero, the
 * list ends.
 */
static void fix_cache_type(const struct repair *r, unsigned int slot)
{
    const struct x86_regs *l = &r->p->leaf[slot];
    uint32_t type = l->a & CACHE_TYPE_MASK;

    if ( x86_leaf_in_range(r->p, x86_slot_descs[slot].leaf) &&
         (type ? type > CACHE_TYPE_MAX : (l->a | l->b | l->c | l->d) != 0) )
        put(r, slot * 4 + X86_REG_A, CACHE_TYPE_MASK,
            r->limit->leaf[slot].a);
}

static void fix_cache_types(struct repair *r)
{
    for ( unsigned int i = 0; i < X86_NR_SUBLEAVES_4; i++ )
        fix_cache_type(r, X86_SLOT_4 + i);
    for ( unsigned int i = 0; i < X86_NR_SUBLEAVES_8000001D; i++ )
        fix_cache_type(r, X86_SLOT_8000001D + i);
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
            x86_leaf_trim(r->p, d);
    }
}

/* ---- features --------------------------------------------------------- */

/* Not only those of the featureset. */
static void fix_features(struct repair *r)
{
    const uint32_t *words = x86_kind_words[r->layout][X86_KIND_FEATURE];
    const uint64_t *msrs = x86_kind_msrs[r->layout][X86_KIND_FEATURE];

    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        r->p->word[i] &= ~words[i] | r->limit->word[i];
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        r->p->msr[i] &= ~msrs[i] | r->limit->msr[i];
}

/* A feature that is described in a leaf needs that leaf. */
static void fix_feature_leaves(struct repair *r)
{
    static const struct {
        uint16_t feature;
        uint32_t leaf;
    } rows[] = {
        { X86_FEATURE_XSAVE,    0xd },
        { X86_FEATURE_AMX_TILE, 0x1d },
        { X86_FEATURE_AMX_TILE, 0x1e },
        { X86_FEATURE_AVX10,    0x24 },
        { X86_FEATURE_SVM,      0x8000000aU },
    };
    x86_featureset fs;

    x86_policy_to_featureset(r->p, fs);
    for ( unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++ )
        if ( !x86_leaf_in_range(r->p, rows[i].leaf) )
            x86_feature_clear(fs, rows[i].feature);
    x86_featureset_to_policy(fs, r->p);
}

static void fix_dependencies(struct repair *r)
{
    x86_featureset fs;

    x86_policy_to_featureset(r->p, fs);
    x86_featureset_close(fs);
    x86_featureset_to_policy(fs, r->p);
}

/* The first of those that it needs and that were not there. */
static void name_prerequisite(const struct repair *r,
                              const struct cpu_policy *before,
                              struct x86_violation *v)
{
    (void)r;
    for ( unsigned int i = 0; i < X86_NR_DEEP_DEPS; i++ )
    {
        const struct x86_deep_dep *d = &x86_deep_deps[i];

        if ( !x86_policy_has(before, d->feature) &&
             x86_feature_test(d->dependents, v->feature) )
        {
            v->needs = d->feature;
            return;
        }
    }
}

/* ---- what follows from them ------------------------------------------- */

static void fix_equal(struct repair *r)
{
    for ( unsigned int i = 0; i < X86_NR_EQUAL_MASKS; i++ )
    {
        const struct x86_equal_mask *e = &x86_equal_masks[i];

        if ( ((e->layouts >> r->layout) & 1) &&
             (e->is_msr || x86_slot_in_range(r->p, e->index / 4)) )
            put_at(r, e->is_msr, e->index, e->mask,
                   value_at(r->limit, e->is_msr, e->index));
    }

    x86_policy_recalc_vendor(r->p);
    x86_policy_shut_gates(r->p, r->layout, r->kind->vpmu);
}

/* A field behind a gate is reported as such, whatever was wrong with it. */
static void name_gate(const struct repair *r, const struct cpu_policy *before,
                      struct x86_violation *v)
{
    const struct x86_field_desc *f =
        x86_field_find(r->layout, v->is_msr, v->index,
                       __builtin_ctzll(v->mask));

    (void)before;
    if ( !f || f->gate == X86_GATE_NONE )
        return;

    v->rule = "gate";
    if ( f->gate != X86_GATE_VPMU && !x86_policy_has(r->p, f->gate) )
        v->needs = f->gate;
}

static void fix_pmu(struct repair *r)
{
    x86_pmu_settle(&r->p->leaf[X86_SLOT_A], &r->limit->leaf[X86_SLOT_A]);
}

/* What must be one is the limit's by now, and so is offered there. */
static void fix_vmx_controls(struct repair *r)
{
    for ( unsigned int i = 0; i < X86_NR_VMX_CONTROLS &&
          x86_policy_has(r->p, X86_FEATURE_VMX); i++ )
    {
        unsigned int slot;
        uint64_t denied = x86_vmx_denied(r->p, i, &slot);

        r->p->msr[slot] |= denied;
    }
}

static void fix_vmx(struct repair *r)
{
    x86_policy_recalc_vmx(r->p, r->limit);
}

/* Recomputed, or dropped for want of a feature or of another control. */
static void name_vmx(const struct repair *r, const struct cpu_policy *before,
                     struct x86_violation *v)
{
    (void)before;
    if ( kind_mask(r->layout, X86_KIND_DERIVED, true, v->index) & v->mask )
    {
        v->rule = "vmx-derived";
        return;
    }

    for ( unsigned int i = 0; i < x86_nr_vmx_needs; i++ )
    {
        const struct x86_vmx_need *n = &x86_vmx_needs[i];

        if ( n->slot == v->index && (n->mask & v->mask) &&
             n->feature[0] != X86_NO_AUX &&
             !x86_policy_has(r->p, n->feature[0]) &&
             !x86_policy_has(r->p, n->feature[1]) )
            v->needs = n->feature[0];
    }
}

/* Extended family counts with base family 15 only. */
static void fix_signature(struct repair *r)
{
    uint32_t *sig = &r->p->leaf[X86_SLOT_1].a;

    if ( r->layout != X86_LAYOUT_CENTAUR && ((*sig >> 8) & 0xf) != 0xf )
        *sig &= ~SIGNATURE_EXT_FAMILY;
}

static void fix_family(struct repair *r)
{
    uint32_t right = r->limit->leaf[X86_SLOT_1].a;

    if ( !x86_family_plausible(r->p, r->limit) )
        put(r, X86_WORD(1, A), SIGNATURE_FAMILY, right);

    /* Of the right family, but before the first one with the feature. */
    if ( !x86_family_plausible(r->p, r->limit) )
        put(r, X86_WORD(1, A), SIGNATURE_MODEL, right);
}

/* PAE and PSE36 entries hold 36 bits at least (SDM vol 3, 4.1.4). */
static void fix_phys_bits(struct repair *r)
{
    uint32_t *addr = &r->p->leaf[X86_SLOT_80000008].a;
    uint32_t max = r->limit->leaf[X86_SLOT_80000008].a & 0xff;
    uint32_t least = x86_policy_has(r->p, X86_FEATURE_PAE) ||
                     x86_policy_has(r->p, X86_FEATURE_PSE36) ? 36 : 32;

    least = min(least, max);
    if ( x86_leaf_in_range(r->p, 0x80000008U) && (*addr & 0xff) < least )
        *addr = (*addr & ~0xffu) | least;
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

/* ---- topology --------------------------------------------------------- */

static void on_topology(void *ctx, const struct x86_violation *v)
{
    const struct x86_audit_step step = { .rule = v->rule };
    struct repair *r = ctx;

    put(r, v->index, v->mask, v->limit);
    if ( r->changed )
        r->changed(r, &step);
}

/*
 * What the judge holds a field against is settled before it looks at the
 * first, so that each can be put right as soon as it is found.  Features
 * that a topology needs are in every limit (stage "guest-topology").
 */
static void fix_topology(struct repair *r)
{
    const struct x86_audit_sink sink = { on_topology, r };

    /* A value put right may show the next one: bounded by the fields. */
    for ( unsigned int i = 0; i < 32 && x86_topology_judge(r->p, &sink); i++ )
        continue;
}

/* What hardware echoes into the subleaf after the last level. */
static void fix_level_range(struct repair *r)
{
    for ( unsigned int i = 0; i < X86_NR_LEAF_DESCS; i++ )
        if ( x86_leaf_descs[i].stop == X86_STOP_TYPE_C )
            x86_leaf_trim(r->p, &x86_leaf_descs[i]);
}

/* ---- in order --------------------------------------------------------- */

static const struct x86_audit_step steps[] = {
    { "max-leaf-prefix", fix_ext_prefix, NULL },
    { "limit", fix_limits, NULL },
    { "reserved", fix_zeros, name_zero },
    { "cache-type", fix_cache_types, NULL },
    { "out-of-range", fix_range, NULL },
    { "feature", fix_features, NULL },
    { "feature-leaf", fix_feature_leaves, NULL },
    { "dependency", fix_dependencies, name_prerequisite },
    { "equal", fix_equal, name_gate },
    { "signature", fix_signature, NULL },
    { "family", fix_family, NULL },
    { "pmu", fix_pmu, NULL },
    { "vmx-control", fix_vmx_controls, NULL },
    { "vmx-need", fix_vmx, name_vmx },
    { "phys-bits", fix_phys_bits, NULL },
    { "xstate", fix_xstate, NULL },
    { "derived", fix_derived, NULL },
    { "topology", fix_topology, NULL },
    { "out-of-range", fix_level_range, NULL },
};

void x86_audit_steps(struct repair *r)
{
    for ( unsigned int i = 0; i < sizeof(steps) / sizeof(steps[0]); i++ )
    {
        steps[i].fix(r);
        if ( r->changed )
            r->changed(r, &steps[i]);
    }
}
