/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The fast half of the audit: masks over whole registers.  It only says yes
 * or no; of a no, audit-repair.c finds out the rest.
 */

#include <string.h>

#include "audit-private.h"

const struct feature_leaf x86_feature_leaves[NR_FEATURE_LEAVES] = {
    { X86_FEATURE_XSAVE,    0xd },
    { X86_FEATURE_AMX_TILE, 0x1d },
    { X86_FEATURE_AMX_TILE, 0x1e },
    { X86_FEATURE_AVX10,    0x24 },
    { X86_FEATURE_SVM,      0x8000000aU },
};

uint32_t x86_phys_bits_floor(const struct cpu_policy *p,
                             const struct cpu_policy *limit)
{
    /* PAE and PSE36 entries hold 36 bits at least (SDM vol 3, 4.1.4). */
    uint32_t floor = x86_policy_has(p, X86_FEATURE_PAE) ||
                     x86_policy_has(p, X86_FEATURE_PSE36) ? 36 : 32;
    uint32_t max = limit->leaf[X86_SLOT_80000008].a & 0xff;

    return floor < max ? floor : max;
}

bool x86_signature_plausible(const struct cpu_policy *p,
                             enum x86_layout layout)
{
    uint32_t sig = p->leaf[X86_SLOT_1].a, base = (sig >> 8) & 0xf;

    /* Extended family counts with base family 15 only. */
    return layout == X86_LAYOUT_CENTAUR || base == 0xf ||
           !(sig & SIGNATURE_EXT_FAMILY);
}

/* Subleaves count as well: one beyond the last cannot be seen either. */
bool x86_slot_in_range(const struct cpu_policy *p, unsigned int slot)
{
    const struct x86_slot_desc *s = &x86_slot_descs[slot];
    uint32_t max_ext = p->leaf[X86_SLOT_80000000].a;

    /* Without extended leaves there is not even the first. */
    if ( s->leaf == 0x80000000U )
        return max_ext;

    return x86_leaf_in_range(p, s->leaf) &&
           (s->subleaf == X86_NO_SUBLEAF ||
            s->subleaf < x86_leaf_count(p, x86_leaf_find(s->leaf)));
}

bool x86_max_leaf_plausible(const struct cpu_policy *p)
{
    const struct x86_regs *l = &p->leaf[X86_SLOT_80000000];
    uint32_t any = 0;

    if ( (l->a & 0xffff0000U) == 0x80000000U )
        return true;

    for ( unsigned int w = X86_SLOT_80000000 * 4;
          w < X86_SLOT_C0000000 * 4; w++ )
        any |= p->word[w];

    return !any;
}

/* Whether two slots hold the same as two others. */
static bool same_pair(const struct x86_regs *a, const struct x86_regs *b)
{
    uint64_t diff = (load64(&a[0].a) ^ load64(&b[0].a)) |
                    (load64(&a[0].c) ^ load64(&b[0].c));

    diff |= (load64(&a[1].a) ^ load64(&b[1].a)) |
            (load64(&a[1].c) ^ load64(&b[1].c));

    return !diff;
}

/* Most slots are the limit's; only of the others, registers are masked. */
static bool subset_ok(const struct cpu_policy *p,
                      const struct cpu_policy *limit, enum x86_layout layout)
{
    const uint32_t *mask = x86_subset_words[layout];
    uint64_t bad = 0;

    for ( unsigned int i = 0; i < X86_NR_SLOTS; i += 2 )
    {
        unsigned int first = i * 4, end = first + 8;

        if ( i + 1 == X86_NR_SLOTS )
            end = X86_NR_WORDS;
        else if ( same_pair(&p->leaf[i], &limit->leaf[i]) )
            continue;

        for ( unsigned int w = first; w < end; w += 2 )
            bad |= load64(&p->word[w]) & ~load64(&limit->word[w]) &
                   load64(&mask[w]);
    }

    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        bad |= p->msr[i] & ~limit->msr[i] & x86_subset_msrs[layout][i];

    return !bad;
}

static bool equal_ok(const struct cpu_policy *p,
                     const struct cpu_policy *limit, enum x86_layout layout)
{
    for ( unsigned int i = 0; i < X86_NR_EQUAL_MASKS; i++ )
    {
        const struct x86_equal_mask *e = &x86_equal_masks[i];

        if ( ((e->layouts >> layout) & 1) &&
             ((value_at(p, e->is_msr, e->index) ^
               value_at(limit, e->is_msr, e->index)) & e->mask) &&
             (e->is_msr || x86_slot_in_range(p, e->index / 4)) )
            return false;
    }

    return true;
}

static bool limits_ok(const struct cpu_policy *p,
                      const struct cpu_policy *limit, enum x86_layout layout)
{
    for ( unsigned int i = 0; i < X86_NR_LIMIT_FIELDS; i++ )
    {
        const struct x86_limit_field *f = &x86_limit_fields[i];

        if ( ((f->layouts >> layout) & 1) &&
             (value_at(p, f->is_msr, f->index) & f->mask) >
             (value_at(limit, f->is_msr, f->index) & f->mask) )
            return false;
    }

    return true;
}

/* Behind an open gate, only what has to be equal is left to look at. */
static bool gate_ok(const struct cpu_policy *p, const struct cpu_policy *limit,
                    const struct x86_gate *gate, enum x86_layout layout,
                    bool open)
{
    const struct x86_gate_mask *g = &x86_gate_masks[gate->first];

    for ( unsigned int i = 0; i < gate->nr; i++, g++ )
    {
        uint64_t have = value_at(p, g->is_msr, g->word);
        uint64_t bad = open ? (have ^ value_at(limit, g->is_msr, g->word)) &
                              g->equal
                            : have & g->mask;

        if ( bad && ((g->layouts >> layout) & 1) &&
             (!open || g->is_msr || x86_slot_in_range(p, g->word / 4)) )
            return false;
    }

    return true;
}

static bool gates_ok(const struct cpu_policy *p,
                     const struct cpu_policy *limit,
                     const struct x86_domain_kind *kind,
                     enum x86_layout layout)
{
    for ( unsigned int i = 0; i < X86_NR_GATES; i++ )
    {
        const struct x86_gate *gate = &x86_gates[i];
        bool open = gate_open(p, kind, gate->gate);
        unsigned int layouts = open ? gate->equal_layouts : gate->layouts;

        if ( ((layouts >> layout) & 1) &&
             !gate_ok(p, limit, gate, layout, open) )
            return false;
    }

    return true;
}

static bool dependencies_ok(const struct cpu_policy *p)
{
    const struct x86_need *n = x86_needs, *end = n + X86_NR_NEEDS;
    x86_featureset fs;
    uint32_t bad = 0;

    x86_policy_to_featureset(p, fs);
    for ( unsigned int w = 0; w < X86_NR_FEATURE_WORDS; w++ )
        for ( uint32_t missing = x86_features_deep[w] & ~fs[w]; missing;
              missing &= missing - 1 )
        {
            unsigned int feature = w * 32 + __builtin_ctz(missing);

            while ( n->feature < feature )
                n++;            /* both ascend */
            for ( ; n < end && n->feature == feature; n++ )
                bad |= fs[n->word] & n->dependents;
        }

    for ( unsigned int i = 0; i < NR_FEATURE_LEAVES; i++ )
        bad |= x86_feature_test(fs, x86_feature_leaves[i].feature) &&
               !x86_leaf_in_range(p, x86_feature_leaves[i].leaf);

    return !bad;
}

static bool component_ok(const struct x86_regs *have,
                         const struct x86_regs *may, bool present,
                         uint32_t keep)
{
    if ( !present )
        return !(have->a | have->b | have->c | have->d);

    return have->a == may->a && have->b == may->b &&
           have->c == (may->c & keep) && !have->d;
}

/* Only components that either side states can be other than zero. */
static bool xstate_ok(const struct cpu_policy *p,
                      const struct cpu_policy *limit)
{
    const struct x86_regs *l = &p->leaf[X86_SLOT_D];
    const struct x86_regs *m = &limit->leaf[X86_SLOT_D];
    uint64_t user, all, max = 576;
    uint32_t keep;

    if ( !x86_leaf_in_range(p, 0xd) )
        return true;            /* out of range: zero, checked there */

    user = x86_xstate_user(p);
    all = user | x86_xstate_supervisor(p);
    keep = (l[1].a & 2 ? 2 : 0) | (l[1].a & 8 ? 1 : 0) |
           (l[1].a & 16 ? 4 : 0);

    for ( uint64_t left = (all | x86_xstate_stated(limit) |
                           x86_xstate_stated(p)) & ~3ULL & (~0ULL >> 1);
          left; left &= left - 1 )
    {
        unsigned int i = __builtin_ctzll(left);

        if ( !component_ok(&l[i], &m[i], (all >> i) & 1, keep) )
            return false;
        if ( ((user >> i) & 1) && (uint64_t)l[i].a + l[i].b > max )
            max = (uint64_t)l[i].a + l[i].b;
    }

    if ( !user )
        return !(l[0].a | l[0].b | l[0].c | l[0].d | l[1].a | l[1].b |
                 l[1].c | l[1].d);

    return l[0].a == (uint32_t)user && l[0].d == user >> 32 &&
           l[0].c == (max > UINT32_MAX ? UINT32_MAX : max) &&
           l[1].c == (uint32_t)(all & ~user) && l[1].d == (all & ~user) >> 32;
}

static bool amd_copies_ok(const struct cpu_policy *p)
{
    const struct x86_regs *l0 = &p->leaf[X86_SLOT_0];
    const struct x86_regs *e0 = &p->leaf[X86_SLOT_80000000];
    const struct x86_regs *e1 = &p->leaf[X86_SLOT_80000001];

    /* No extended leaves: whatever else is in there has been seen to. */
    if ( !e0->a )
        return true;

    return e0->b == l0->b && e0->c == l0->c && e0->d == l0->d &&
           (!x86_leaf_in_range(p, 0x80000001U) ||
            (e1->a == p->leaf[X86_SLOT_1].a &&
             !((e1->d ^ p->leaf[X86_SLOT_1].d) & X86_COMMON_1D)));
}

static bool derived_ok(const struct cpu_policy *p,
                       const struct cpu_policy *limit,
                       enum x86_layout layout)
{
    uint32_t addr = p->leaf[X86_SLOT_80000008].a;

    if ( layout == X86_LAYOUT_AMD ? !amd_copies_ok(p)
         : x86_leaf_in_range(p, 2) && (p->leaf[X86_SLOT_2].a & 0xff) != 1 )
        return false;

    return !x86_leaf_in_range(p, 0x80000008U) ||
           ((addr & 0xff) >= x86_phys_bits_floor(p, limit) &&
            ((addr >> 8) & 0xff) ==
            (x86_policy_has(p, X86_FEATURE_LM) ? 48 : 32));
}

static bool all_zero(const struct cpu_policy *p, unsigned int first_slot,
                     unsigned int end_slot)
{
    uint64_t any = 0;

    for ( unsigned int i = first_slot; i < end_slot; i++ )
        any |= load64(&p->leaf[i].a) | load64(&p->leaf[i].c);

    return !any;
}

/* Slots of the leaves after the highest one, which are in one piece. */
static bool beyond_max_ok(const struct cpu_policy *p)
{
    uint32_t basic = p->leaf[X86_SLOT_0].a;
    uint32_t ext = p->leaf[X86_SLOT_80000000].a & 0xffff;

    return (basic >= X86_MAX_BASIC_LEAF ||
            all_zero(p, x86_leaf_find(basic + 1)->first_slot,
                     X86_SLOT_40000000)) &&
           (ext >= (X86_MAX_EXT_LEAF & 0xffff) ||
            all_zero(p, x86_leaf_find(0x80000001U + ext)->first_slot,
                     X86_SLOT_C0000000));
}

/*
 * Nothing beyond ranges and ends of lists.  Centaur's leaves are not looked
 * at: guests are not shown any.
 */
static bool range_ok(const struct cpu_policy *p, enum x86_layout layout)
{
    if ( !beyond_max_ok(p) )
        return false;

    for ( unsigned int i = 0; i < X86_NR_LISTS; i++ )
    {
        const struct x86_leaf_desc *d = &x86_leaf_descs[x86_lists[i].leaf];

        if ( ((x86_lists[i].layouts >> layout) & 1) &&
             !all_zero(p, d->first_slot + x86_leaf_keep(p, d),
                       d->first_slot + d->nr_subleaves) )
            return false;
    }

    return true;
}

static bool cache_types_ok(const struct cpu_policy *p)
{
    uint32_t worst = 0;

    for ( unsigned int i = 0; i < X86_NR_SUBLEAVES_4; i++ )
        worst |= p->leaf[X86_SLOT_4 + i].a;
    for ( unsigned int i = 0; i < X86_NR_SUBLEAVES_8000001D; i++ )
        worst |= p->leaf[X86_SLOT_8000001D + i].a;

    return !(worst & CACHE_TYPE_MASK & ~CACHE_TYPE_MAX);
}

static bool pmu_ok(const struct cpu_policy *p, const struct cpu_policy *limit)
{
    const struct x86_regs *l = &p->leaf[X86_SLOT_A];
    struct x86_regs right = *l;

    x86_pmu_settle(&right, &limit->leaf[X86_SLOT_A]);

    return right.a == l->a && right.b == l->b && right.c == l->c &&
           right.d == l->d;
}

bool x86_policy_acceptable(const struct cpu_policy *p,
                           const struct cpu_policy *limit,
                           const struct x86_domain_kind *kind)
{
    enum x86_layout layout = x86_vendor_layout(limit->vendor);

    return x86_max_leaf_plausible(p) && subset_ok(p, limit, layout) &&
           equal_ok(p, limit, layout) && limits_ok(p, limit, layout) &&
           gates_ok(p, limit, kind, layout) && dependencies_ok(p) &&
           cache_types_ok(p) && range_ok(p, layout) && xstate_ok(p, limit) &&
           derived_ok(p, limit, layout) &&
           x86_signature_plausible(p, layout) &&
           x86_family_plausible(p, limit) && pmu_ok(p, limit) &&
           x86_vmx_follows(p, limit) &&
           !x86_topology_judge(p, NULL);
}

/* ---- the answer ------------------------------------------------------- */

struct report {
    const struct x86_audit_sink *sink;
    struct x86_policy_error *first;
};

static bool comes_before(uint32_t leaf, uint32_t subleaf,
                         const struct x86_policy_error *e)
{
    /* All ones where there is none yet; an MSR counts after all leaves. */
    return leaf < e->leaf || (leaf == e->leaf && subleaf < e->subleaf);
}

/* The lowest leaf goes into the ABI's fields; an MSR if there is no leaf. */
static void on_violation(void *ctx, const struct x86_violation *v)
{
    struct report *r = ctx;
    struct x86_policy_error *first = r->first;

    if ( first && v->is_msr && first->leaf == ~0u &&
         x86_msr_descs[v->index].index < first->msr )
        first->msr = x86_msr_descs[v->index].index;
    else if ( first && !v->is_msr )
    {
        const struct x86_slot_desc *s = &x86_slot_descs[v->index / 4];

        if ( comes_before(s->leaf, s->subleaf, first) )
            *first = (struct x86_policy_error){ s->leaf, s->subleaf, ~0u };
    }

    if ( r->sink )
        r->sink->violation(r->sink->ctx, v);
}

static void explain(const struct cpu_policy *request,
                    const struct cpu_policy *limit,
                    const struct x86_domain_kind *kind,
                    const struct x86_audit_sink *sink)
{
    struct cpu_policy fixed = *request;

    x86_policy_repair(&fixed, limit, kind);
    x86_policy_report(request, &fixed, limit, kind, sink);
}

int x86_policy_audit(const struct cpu_policy *request,
                     const struct cpu_policy *limit,
                     const struct x86_domain_kind *kind,
                     const struct x86_audit_sink *sink,
                     struct x86_policy_error *first)
{
    struct report report = { sink, first };
    const struct x86_audit_sink inner = { on_violation, &report };

    if ( x86_policy_acceptable(request, limit, kind) )
        return 0;

    if ( first )
        *first = (struct x86_policy_error)X86_POLICY_ERROR_INIT;
    if ( first || sink )
        explain(request, limit, kind, &inner);

    return -EINVAL;
}

void x86_domain_limit(struct cpu_policy *out, const struct cpu_policy *max,
                      const struct x86_domain_kind *kind)
{
    enum x86_layout layout = x86_vendor_layout(max->vendor);
    struct x86_regs *addr = &out->leaf[X86_SLOT_80000008];
    x86_featureset fs;

    *out = *max;
    x86_policy_to_featureset(out, fs);
    if ( kind->hvm && !kind->hap )
        for ( unsigned int i = 0; i < X86_NR_FEATURE_WORDS; i++ )
            fs[i] &= ~(x86_features_hvm_hap_max[i] &
                       ~x86_features_hvm_shadow_max[i]);
    if ( !kind->hvm || !kind->nested )
    {
        x86_feature_clear(fs, X86_FEATURE_VMX);
        x86_feature_clear(fs, X86_FEATURE_SVM);
    }
    if ( kind->pv32 )
    {
        x86_feature_clear(fs, X86_FEATURE_LM);
        /* Only AMD has SYSCALL in 32-bit mode. */
        if ( layout != X86_LAYOUT_AMD )
            x86_feature_clear(fs, X86_FEATURE_SYSCALL);
    }
    x86_featureset_close(fs);
    x86_featureset_to_policy(fs, out);

    for ( unsigned int i = 0; i < X86_NR_GATE_MASKS; i++ )
    {
        const struct x86_gate_mask *g = &x86_gate_masks[i];

        if ( !((g->layouts >> layout) & 1) || gate_open(out, kind, g->gate) )
            continue;
        if ( g->is_msr )
            out->msr[g->word] &= ~g->mask;
        else
            out->word[g->word] &= ~g->mask;
    }

    if ( kind->max_phys_bits && (addr->a & 0xff) > kind->max_phys_bits )
        addr->a = (addr->a & ~0xffu) | kind->max_phys_bits;
    x86_policy_recalc_xstate(out, max);
    x86_policy_recalc_vmx(out, max);
    x86_policy_recalc_derived(out);
}
