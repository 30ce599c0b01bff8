/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The topology that a policy describes. */

#include "topology-private.h"

#define ZEN_FAMILY 0x17

static uint32_t max(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* ---- leaf 1 with 4 or 0x80000008 -------------------------------------- */

static uint32_t lppp_of(const struct cpu_policy *p)
{
    if ( !x86_policy_has(p, X86_FEATURE_HTT) )
        return 1;               /* the field means nothing then */

    return max((p->leaf[X86_SLOT_1].b & LPPP_MASK) >> LPPP_SHIFT, 1);
}

static uint32_t cores_of(const struct cpu_policy *p)
{
    uint32_t cache = p->leaf[X86_SLOT_4].a;

    if ( !x86_leaf_in_range(p, 4) || !CACHE_TYPE(cache) )
        return 1;

    return min(((cache & CORES_MASK) >> CORES_SHIFT) + 1, lppp_of(p));
}

unsigned int x86_topology_divided_core(const struct cpu_policy *p)
{
    return width_of(lppp_of(p) / cores_of(p));
}

/* SDM vol 3: bits of the package, less bits of its cores. */
static void legacy_intel(const struct cpu_policy *p,
                         struct x86_topology *count,
                         struct x86_topology_shifts *shift)
{
    uint32_t lppp = lppp_of(p), cores = cores_of(p), threads;

    shift->package = width_of(lppp);
    shift->core = shift->package - width_of(cores);

    /* Either may have been rounded up to what its bits can hold. */
    threads = min((lppp + cores - 1) / cores, 1u << shift->core);
    count->threads_per_core = threads;
    count->cores_per_module = max(lppp / threads, 1);
}

/* Leaf 0x8000001e counts threads since Zen, before it cores of a unit. */
static uint32_t threads_amd(const struct cpu_policy *p)
{
    const struct x86_regs *l = &p->leaf[X86_SLOT_8000001E];

    if ( !x86_policy_has(p, X86_FEATURE_TOPOEXT) ||
         !x86_leaf_in_range(p, 0x8000001eU) ||
         x86_family(p->leaf[X86_SLOT_1].a) < ZEN_FAMILY )
        return 1;

    return ((l->b & THREADS_MASK) >> THREADS_SHIFT) + 1;
}

static void legacy_amd(const struct cpu_policy *p,
                       struct x86_topology *count,
                       struct x86_topology_shifts *shift)
{
    uint32_t total = lppp_of(p), size = 0, threads = threads_amd(p);

    if ( x86_leaf_in_range(p, 0x80000008U) )
    {
        uint32_t c = p->leaf[X86_SLOT_80000008].c;

        total = (c & NC_MASK) + 1;
        size = (c & ID_SIZE_MASK) >> ID_SIZE_SHIFT;
    }

    threads = min(threads, total);
    shift->package = size ? size : width_of(total);
    shift->core = min(width_of(threads), shift->package);
    count->threads_per_core = threads;
    count->cores_per_module = total / threads;
}

void x86_topology_read_legacy(const struct cpu_policy *p,
                              struct x86_topology_map *map)
{
    *map = (struct x86_topology_map){
        .count = { X86_APIC_IDS_DOUBLED, 1, 1, 1, 1, 1 },
        .nodes_per_package = 1,
        .source = X86_TOPOLOGY_LEGACY,
    };

    if ( x86_vendor_layout(p->vendor) == X86_LAYOUT_AMD )
        legacy_amd(p, &map->count, &map->shift);
    else
        legacy_intel(p, &map->count, &map->shift);

    map->shift.module = map->shift.die = map->shift.package;
}

/* ---- leaves of levels ------------------------------------------------- */

static bool unchanged(const struct cpu_policy *p,
                      const struct topology_leaf *leaf,
                      const struct topology_levels *levels)
{
    for ( unsigned int i = 0; i < levels->nr; i++ )
    {
        struct x86_regs want = x86_topology_level_regs(levels, i);
        const struct x86_regs *have = &p->leaf[leaf->slot + i];

        if ( ((want.a ^ have->a) & LEVEL_SHIFT) ||
             ((want.b ^ have->b) & X86_LEVEL_COUNT) ||
             ((want.c ^ have->c) & LEVEL_TYPE) )
            return false;
    }

    return true;
}

static uint8_t nodes_of(const struct cpu_policy *p,
                        const struct x86_topology_map *map)
{
    if ( x86_vendor_layout(p->vendor) != X86_LAYOUT_AMD ||
         !x86_policy_has(p, X86_FEATURE_TOPOEXT) ||
         !x86_leaf_in_range(p, 0x8000001eU) )
        return map->nodes_per_package;

    return ((p->leaf[X86_SLOT_8000001E].c & NODES_MASK) >> NODES_SHIFT) + 1;
}

int x86_topology_read(const struct cpu_policy *policy,
                      struct x86_topology_map *map)
{
    enum x86_layout layout = x86_vendor_layout(policy->vendor);
    const struct topology_leaf *leaf = rich_leaf(layout);
    struct topology_levels levels;

    x86_topology_repair(policy, leaf, &levels);
    if ( !levels.nr )
    {
        leaf = &x86_topology_leaf_b;
        x86_topology_repair(policy, leaf, &levels);
    }
    if ( !levels.nr )
    {
        x86_topology_read_legacy(policy, map);
        return 0;
    }
    if ( !unchanged(policy, leaf, &levels) )
        return -EINVAL;

    x86_topology_from_levels(&levels, leaf, map);
    map->nodes_per_package = nodes_of(policy, map);

    return 0;
}

/* The levels' shifts alone, as found but never descending. */
static bool read_levels(const struct cpu_policy *p,
                        const struct topology_leaf *leaf,
                        struct topology_levels *levels)
{
    const struct x86_regs *l = &p->leaf[leaf->slot];
    unsigned int shift = 0;

    *levels = (struct topology_levels){ .nr = 0 };
    if ( !x86_leaf_in_range(p, leaf->leaf) || !(l->b & X86_LEVEL_COUNT) )
        return false;

    for ( unsigned int i = 0; i < leaf->nr && (l[i].c & LEVEL_TYPE); i++ )
    {
        shift = max(shift, l[i].a & LEVEL_SHIFT);
        levels->level[levels->nr++] = (struct topology_level){
            .type = (l[i].c & LEVEL_TYPE) >> 8, .shift = shift, .count = 1,
        };
    }

    return levels->nr;
}

enum x86_topology_source
x86_topology_read_shifts(const struct cpu_policy *policy,
                         struct x86_topology_shifts *shift)
{
    enum x86_layout layout = x86_vendor_layout(policy->vendor);
    const struct topology_leaf *leaf = rich_leaf(layout);
    struct topology_levels levels;
    struct x86_topology_map map;

    if ( !read_levels(policy, leaf, &levels) )
    {
        leaf = &x86_topology_leaf_b;
        read_levels(policy, leaf, &levels);
    }
    if ( levels.nr )
        x86_topology_from_levels(&levels, leaf, &map);
    else
        x86_topology_read_legacy(policy, &map);

    *shift = map.shift;

    return map.source;
}
