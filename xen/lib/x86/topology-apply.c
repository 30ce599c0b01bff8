/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From one topology object to every leaf that tells of it. */

#include "topology-private.h"

static void set_field(uint32_t *reg, uint32_t mask, unsigned int shift,
                      uint32_t value)
{
    *reg = (*reg & ~mask) | ((value << shift) & mask);
}

static void set_feature(struct cpu_policy *p, unsigned int feature, bool on)
{
    const struct x86_word_desc *w = &x86_word_descs[feature / 32];
    uint32_t bit = 1u << (feature % 32), *reg = &p->word[w->slot * 4 + w->reg];

    *reg = on ? *reg | bit : *reg & ~bit;
}

static void raise_max(struct cpu_policy *p, uint32_t leaf)
{
    uint32_t *max = leaf & 0x80000000U ? &p->leaf[X86_SLOT_80000000].a
                                       : &p->leaf[X86_SLOT_0].a;

    if ( !x86_leaf_in_range(p, leaf) )
        *max = leaf;
}

/*
 * AMD CPUs before the first 64-bit ones end below leaf 0x80000008.  It holds
 * the address sizes, so that raising the highest leaf up to it or past it
 * would state sizes that are not the topology's to invent.
 */
static bool has_address_sizes(const struct cpu_policy *p)
{
    return x86_leaf_in_range(p, 0x80000008U);
}

/*
 * Ids of a unit of n logical processors.  Doubled, every other one is not
 * used; a unit of one has one id all the same, since the next unit's begin
 * with another.
 */
static uint32_t ids_of(const struct x86_topology_map *map, uint32_t n)
{
    return map->count.numbering == X86_APIC_IDS_BY_LEVEL || n == 1 ? n : 2 * n;
}

static void apply_leaf_1(const struct x86_topology_map *map,
                         enum x86_layout layout, struct cpu_policy *p)
{
    uint32_t total = totals_of(&map->count).package;
    uint32_t ids = ids_of(map, total);
    /*
     * Intel: how many ids are set aside; the package's bits follow from it.
     * AMD: how many there are; leaf 0x80000008 has the bits.
     */
    uint32_t lppp = layout == X86_LAYOUT_AMD
        ? min(ids, 255) : addressable(ids, map->shift.package, 255);

    set_field(&p->leaf[X86_SLOT_1].b, LPPP_MASK, LPPP_SHIFT, lppp);
    set_feature(p, X86_FEATURE_HTT, total > 1);
}

static void apply_sharing(const struct x86_topology_map *map,
                          enum x86_layout layout, uint32_t *reg)
{
    unsigned int width;
    uint32_t total;

    x86_topology_cache(map, layout, CACHE_LEVEL(*reg), &total, &width);
    set_field(reg, SHARING_MASK, SHARING_SHIFT,
              addressable(ids_of(map, total), width, SHARING_MAX) - 1);
}

static void apply_leaf_4(const struct x86_topology_map *map,
                         enum x86_layout layout, struct cpu_policy *p)
{
    const struct x86_topology *t = &map->count;
    uint32_t total = totals_of(t).package, n = total / t->threads_per_core;
    uint32_t cores;

    /* Of doubled ids, the unused ones are threads' or, without any, cores'. */
    if ( t->threads_per_core == 1 )
        n = ids_of(map, n);
    cores = addressable_cores(ids_of(map, total), map->shift.package, n,
                              map->shift.package - map->shift.core);

    for ( unsigned int i = 0; i < X86_NR_SUBLEAVES_4; i++ )
    {
        uint32_t *a = &p->leaf[X86_SLOT_4 + i].a;

        if ( !CACHE_TYPE(*a) )
            break;
        apply_sharing(map, layout, a);
        set_field(a, CORES_MASK, CORES_SHIFT, cores - 1);
    }
}

static void apply_levels(const struct x86_topology_map *map,
                         const struct topology_leaf *leaf,
                         struct cpu_policy *p)
{
    struct topology_levels levels = { .nr = 0 };

    if ( !(leaf->leaf & 0x80000000U) || has_address_sizes(p) )
        x86_topology_levels(map, leaf, &levels);
    for ( unsigned int i = 0; i < leaf->nr; i++ )
        p->leaf[leaf->slot + i] = x86_topology_level_regs(&levels, i);

    if ( levels.nr )
        raise_max(p, leaf->leaf);
}

/* Is there anything that leaves 1 and 0x80000008 cannot tell? */
static bool needs_topoext(const struct x86_topology_map *map)
{
    const struct x86_topology *t = &map->count;

    return t->numbering == X86_APIC_IDS_BY_LEVEL &&
           (t->threads_per_core > 1 || t->modules_per_die > 1 ||
            t->dies_per_package > 1 || x86_topology_max_id(map) > 255);
}

/* Leaves 0x8000001d and 0x8000001e. */
static void apply_topoext(const struct x86_topology_map *map,
                          struct cpu_policy *p)
{
    raise_max(p, 0x8000001eU);

    for ( unsigned int i = 0; i < X86_NR_SUBLEAVES_8000001D; i++ )
    {
        uint32_t *a = &p->leaf[X86_SLOT_8000001D + i].a;

        if ( !CACHE_TYPE(*a) )
            break;
        apply_sharing(map, X86_LAYOUT_AMD, a);
    }

    p->leaf[X86_SLOT_8000001E] = (struct x86_regs){
        .b = (min(map->count.threads_per_core, 256) - 1) << THREADS_SHIFT,
        .c = (map->nodes_per_package - 1u) << NODES_SHIFT,
    };
}

static void apply_amd(const struct x86_topology_map *map,
                      struct cpu_policy *p)
{
    uint32_t total = totals_of(&map->count).package;
    uint32_t ids = ids_of(map, total);
    uint32_t *c = &p->leaf[X86_SLOT_80000008].c;

    if ( !has_address_sizes(p) )
        return;

    set_feature(p, X86_FEATURE_CMP_LEGACY, total > 1);
    set_field(c, NC_MASK, 0, min(ids, NC_MAX) - 1);
    set_field(c, ID_SIZE_MASK, ID_SIZE_SHIFT,
              min(map->shift.package, ID_SIZE_MAX));

    if ( needs_topoext(map) )
        set_feature(p, X86_FEATURE_TOPOEXT, true);
    if ( x86_policy_has(p, X86_FEATURE_TOPOEXT) &&
         map->count.numbering == X86_APIC_IDS_BY_LEVEL )
        apply_topoext(map, p);
}

int x86_topology_apply(const struct x86_topology *topo,
                       struct cpu_policy *policy)
{
    enum x86_layout layout = x86_vendor_layout(policy->vendor);
    struct x86_topology_map map;
    int rc = x86_topology_map(topo, &map);

    if ( rc )
        return rc;

    apply_leaf_1(&map, layout, policy);
    if ( layout == X86_LAYOUT_AMD )
        apply_amd(&map, policy);
    else
        apply_leaf_4(&map, layout, policy);
    apply_levels(&map, &x86_topology_leaf_b, policy);
    apply_levels(&map, rich_leaf(layout), policy);

    return 0;
}
