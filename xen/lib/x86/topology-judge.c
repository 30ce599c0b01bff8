/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Does a policy's topology keep what the manuals promise?
 *
 * First the richest leaf that says anything is brought into the nearest
 * consistent form, then every field is compared with that.  What is accepted
 * of a field depends on that form alone, never on another field as found, so
 * that the values proposed go together.
 */

#include "topology-private.h"

struct judge {
    const struct cpu_policy *p;
    const struct x86_audit_sink *sink;
    enum x86_layout layout;
    bool known;                 /* `map` is: some leaf lists levels */
    bool bad;
    struct x86_topology_map map;
    struct topology_totals total;
};

static void report(struct judge *j, const char *rule, unsigned int word,
                   uint16_t feature, uint32_t mask, uint32_t want)
{
    uint32_t asked = j->p->word[word];

    if ( !((asked ^ want) & mask) )
        return;

    j->bad = true;
    if ( j->sink )
        j->sink->violation(j->sink->ctx, &(const struct x86_violation){
            .rule = rule, .index = word, .feature = feature,
            .needs = X86_NO_AUX, .mask = mask, .asked = asked,
            .limit = (asked & ~mask) | (want & mask),
        });
}

static void expect(struct judge *j, const char *rule, unsigned int word,
                   uint32_t mask, uint32_t want)
{
    report(j, rule, word, X86_NO_AUX, mask, want);
}

/* What software makes of a number of ids: the next power of two. */
static uint32_t rounded(uint32_t n, uint32_t max)
{
    return min(1u << width_of(n), max);
}

/* ---- leaf 1 ----------------------------------------------------------- */

/* Both vendors describe what the field holds, not what else would do. */
static bool lppp_ok(const struct judge *j, uint32_t lppp)
{
    if ( j->layout == X86_LAYOUT_AMD )
        return lppp == min(j->total.package, 255);

    return lppp && rounded(lppp, 256) ==
                   1u << min(j->map.shift.package, 8);
}

static uint32_t lppp_wanted(const struct judge *j)
{
    if ( j->layout == X86_LAYOUT_AMD )
        return min(j->total.package, 255);

    return addressable(j->total.package, j->map.shift.package, 255);
}

/*
 * Without levels: with HTT, zero processors per package beside leaves that
 * tell of several.  Windows does not survive it.
 */
static void judge_lppp_alone(struct judge *j, uint32_t lppp)
{
    uint32_t said = 0;

    if ( lppp || !x86_policy_has(j->p, X86_FEATURE_HTT) )
        return;

    if ( j->layout == X86_LAYOUT_AMD && x86_leaf_in_range(j->p, 0x80000008U) )
        said = j->p->leaf[X86_SLOT_80000008].c & NC_MASK;
    else if ( j->layout != X86_LAYOUT_AMD && x86_leaf_in_range(j->p, 4) )
        said = (j->p->leaf[X86_SLOT_4].a & CORES_MASK) >> CORES_SHIFT;

    if ( said )
        expect(j, "topology-lppp", X86_WORD(1, B), LPPP_MASK,
               min(said + 1, 255) << LPPP_SHIFT);
}

static void judge_leaf_1(struct judge *j)
{
    uint32_t lppp = (j->p->leaf[X86_SLOT_1].b & LPPP_MASK) >> LPPP_SHIFT;
    bool several = j->known && j->total.package > 1;

    if ( !x86_leaf_in_range(j->p, 1) )
        return;

    if ( !j->known )
        judge_lppp_alone(j, lppp);
    else if ( (several || x86_policy_has(j->p, X86_FEATURE_HTT)) &&
              !lppp_ok(j, lppp) )
        expect(j, "topology-lppp", X86_WORD(1, B), LPPP_MASK,
               lppp_wanted(j) << LPPP_SHIFT);

    if ( several )
        report(j, "topology-htt", X86_WORD(1, D), X86_FEATURE_HTT,
               1u << (X86_FEATURE_HTT % 32), ~0u);
}

/* ---- caches ----------------------------------------------------------- */

struct cache {
    unsigned int level, width;
};

/* Between the widest cache below and the narrowest above, of those before. */
static unsigned int clamp_width(const struct judge *j,
                                const struct cache *caches, unsigned int nr,
                                unsigned int level, unsigned int width)
{
    unsigned int lo = width_of(min(j->total.core, SHARING_MAX));
    unsigned int hi = min(j->map.shift.package, width_of(SHARING_MAX));

    for ( unsigned int i = 0; i < nr; i++ )
        if ( caches[i].level < level && caches[i].width > lo )
            lo = caches[i].width;
        else if ( caches[i].level > level && caches[i].width < hi )
            hi = caches[i].width;

    return width < lo ? lo : width > hi ? hi : width;
}

static void judge_sharing(struct judge *j, unsigned int word,
                          struct cache *caches, unsigned int nr)
{
    uint32_t a = j->p->word[word], total;
    uint32_t ids = ((a & SHARING_MASK) >> SHARING_SHIFT) + 1;
    unsigned int level = CACHE_LEVEL(a), width = width_of(ids), usual;

    if ( clamp_width(j, caches, nr, level, width) != width )
    {
        x86_topology_cache(&j->map, j->layout, level, &total, &usual);
        width = clamp_width(j, caches, nr, level, usual);
        ids = width == usual ? addressable(total, width, SHARING_MAX)
                             : 1u << width;
        expect(j, "topology-cache", word, SHARING_MASK,
               (ids - 1) << SHARING_SHIFT);
    }

    caches[nr] = (struct cache){ level, width };
}

/* Of the package, or of a die: Cascade Lake AP is two packages in one. */
static bool cores_ok(const struct judge *j, uint32_t cores)
{
    const struct x86_topology_shifts *s = &j->map.shift;
    uint32_t ids = rounded(cores, CORES_MAX);

    return !j->known || ids == 1u << min(s->package - s->core, 6) ||
           ids == 1u << min(s->die - s->core, 6);
}

/* The same number with every cache (SDM); *cores is 0 with the first. */
static void judge_cores(struct judge *j, unsigned int word, uint32_t *cores)
{
    uint32_t here = ((j->p->word[word] & CORES_MASK) >> CORES_SHIFT) + 1;

    if ( !*cores && cores_ok(j, here) )
        *cores = here;
    else if ( !*cores )
        *cores = addressable_cores(j->total.package, j->map.shift.package,
                                   j->total.package / j->total.core,
                                   j->map.shift.package - j->map.shift.core);

    expect(j, "topology-cores", word, CORES_MASK,
           (*cores - 1) << CORES_SHIFT);
}

static void judge_leaf_4(struct judge *j)
{
    struct cache caches[X86_NR_SUBLEAVES_4];
    uint32_t cores = 0;

    if ( !x86_leaf_in_range(j->p, 4) )
        return;

    for ( unsigned int i = 0; i < X86_NR_SUBLEAVES_4; i++ )
    {
        unsigned int word = (X86_SLOT_4 + i) * 4 + X86_REG_A;

        if ( !CACHE_TYPE(j->p->word[word]) )
            return;
        if ( j->known )
            judge_sharing(j, word, caches, i);
        judge_cores(j, word, &cores);
    }
}

static void judge_leaf_8000001d(struct judge *j)
{
    struct cache caches[X86_NR_SUBLEAVES_8000001D];

    if ( !j->known || !x86_leaf_in_range(j->p, 0x8000001dU) )
        return;

    for ( unsigned int i = 0; i < X86_NR_SUBLEAVES_8000001D; i++ )
    {
        unsigned int word = (X86_SLOT_8000001D + i) * 4 + X86_REG_A;

        if ( !CACHE_TYPE(j->p->word[word]) )
            return;
        judge_sharing(j, word, caches, i);
    }
}

/* ---- leaves of levels ------------------------------------------------- */

/* No level here.  Hardware echoes the subleaf's number all the same. */
static void judge_end(struct judge *j, unsigned int word, unsigned int i)
{
    uint32_t echo = j->p->word[word + X86_REG_C];

    echo = (echo & X86_LEVEL_NUMBER) == i ? i : 0;
    expect(j, "topology-end", word + X86_REG_A, LEVEL_SHIFT, 0);
    expect(j, "topology-end", word + X86_REG_B, X86_LEVEL_COUNT, 0);
    expect(j, "topology-end", word + X86_REG_C, X86_LEVEL_NUMBER | LEVEL_TYPE,
           echo);
}

/*
 * What leaf 0xb may say where a richer leaf is there: of the two ways that
 * hardware has, the one that this policy has.  Cascade Lake AP's second level
 * is the die, Arrow Lake's the package.
 */
static void agreed_levels(const struct judge *j,
                          const struct topology_leaf *leaf,
                          struct topology_levels *levels)
{
    const struct x86_regs *found = &j->p->leaf[leaf->slot + 1];
    uint32_t shift = found->a & LEVEL_SHIFT;
    uint32_t count = found->b & X86_LEVEL_COUNT;
    struct topology_level *last = &levels->level[1];

    x86_topology_levels(&j->map, leaf, levels);

    if ( j->layout != X86_LAYOUT_AMD && shift == j->map.shift.die &&
         count == j->total.die )
    {
        last->shift = shift;
        last->count = count;
    }
}

/* As found or repaired; `agree`: it is another leaf that was found. */
static void judge_levels(struct judge *j, const struct topology_leaf *leaf,
                         const struct topology_levels *levels, bool agree)
{
    if ( !x86_leaf_in_range(j->p, leaf->leaf) )
        return;

    for ( unsigned int i = 0; i < leaf->nr; i++ )
    {
        unsigned int word = (leaf->slot + i) * 4;
        struct x86_regs want = x86_topology_level_regs(levels, i);

        if ( i >= levels->nr )
        {
            judge_end(j, word, i);
            continue;
        }

        expect(j, agree ? "topology-leaf-b" : "topology-shift",
               word + X86_REG_A, LEVEL_SHIFT, want.a);
        expect(j, agree ? "topology-leaf-b" : "topology-count",
               word + X86_REG_B, X86_LEVEL_COUNT, want.b);
        expect(j, "topology-level", word + X86_REG_C, X86_LEVEL_NUMBER,
               want.c);
        expect(j, agree ? "topology-leaf-b" : "topology-type",
               word + X86_REG_C, LEVEL_TYPE, want.c);
    }
}

/* ---- AMD's further leaves --------------------------------------------- */

static void judge_leaf_80000008(struct judge *j)
{
    uint32_t c = j->p->leaf[X86_SLOT_80000008].c;
    uint32_t size = (c & ID_SIZE_MASK) >> ID_SIZE_SHIFT, want = size;
    uint32_t nc = (c & NC_MASK) + 1, width;

    if ( !x86_leaf_in_range(j->p, 0x80000008U) )
        return;

    if ( j->known )
    {
        nc = min(j->total.package, NC_MAX);
        width = j->map.shift.package;
        expect(j, "topology-nc", X86_WORD(80000008, C), NC_MASK, nc - 1);
        /*
         * Zero: software is to round up the number of threads (APM).  8 for
         * more: an initial APIC id has no more bits below the package.
         */
        if ( size != width && size != min(width, 8) &&
             (size || width_of(nc) != min(width, 8)) )
            want = min(width, ID_SIZE_MAX);
    }
    /*
     * libxenguest doubles the host's threads, but a size of 7 it leaves
     * alone; with that, the sum of both comes to 8 bits anyway.
     */
    else if ( size && size < 7 && nc > 1u << size )
        want = width_of(nc);

    expect(j, "topology-id-size", X86_WORD(80000008, C), ID_SIZE_MASK,
           want << ID_SIZE_SHIFT);
}

static void judge_leaf_8000001e(struct judge *j)
{
    uint32_t nodes, cores;

    if ( !j->known || !x86_leaf_in_range(j->p, 0x8000001eU) )
        return;

    nodes = ((j->p->leaf[X86_SLOT_8000001E].c & NODES_MASK) >> NODES_SHIFT)
            + 1;
    cores = j->total.package / j->total.core;

    expect(j, "topology-threads", X86_WORD(8000001E, B), THREADS_MASK,
           (min(j->total.core, 256) - 1) << THREADS_SHIFT);
    if ( (nodes & (nodes - 1)) || cores % nodes )
        expect(j, "topology-nodes", X86_WORD(8000001E, C), NODES_MASK,
               (j->map.nodes_per_package - 1u) << NODES_SHIFT);
}

static void judge_amd(struct judge *j)
{
    if ( j->known && j->total.package > j->total.core &&
         x86_leaf_in_range(j->p, 0x80000008U) )
        report(j, "topology-cmp-legacy", X86_WORD(80000001, C),
               X86_FEATURE_CMP_LEGACY, 1u << (X86_FEATURE_CMP_LEGACY % 32),
               ~0u);
    judge_leaf_80000008(j);

    /* Without it the two leaves are reserved, and zero. */
    if ( x86_policy_has(j->p, X86_FEATURE_TOPOEXT) )
    {
        judge_leaf_8000001d(j);
        judge_leaf_8000001e(j);
    }
}

/* ---- the whole -------------------------------------------------------- */

int x86_topology_judge(const struct cpu_policy *policy,
                       const struct x86_audit_sink *sink)
{
    struct judge j = {
        .p = policy, .sink = sink,
        .layout = x86_vendor_layout(policy->vendor),
    };
    const struct topology_leaf *basic = &x86_topology_leaf_b;
    const struct topology_leaf *rich = rich_leaf(j.layout);
    bool amd = j.layout == X86_LAYOUT_AMD;
    struct topology_levels b, r;

    x86_topology_repair(policy, rich, &r);
    x86_topology_repair(policy, basic, &b);
    j.known = r.nr || b.nr;
    if ( r.nr )
        x86_topology_from_levels(&r, rich, &j.map);
    else if ( b.nr )
        x86_topology_from_levels(&b, basic, &j.map);
    if ( j.known )
        j.total = totals_of(&j.map.count);
    if ( r.nr )
        agreed_levels(&j, basic, &b);

    judge_leaf_1(&j);
    if ( !amd )
        judge_leaf_4(&j);
    judge_levels(&j, basic, &b, r.nr);
    if ( amd )
        judge_amd(&j);
    judge_levels(&j, rich, &r, false);

    return j.bad ? -EINVAL : 0;
}
