/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The leaves that list levels: 0xb, 0x1f, 0x80000026. */

#include "topology-private.h"

const struct topology_leaf x86_topology_leaf_b = {
    .leaf = 0xb, .slot = X86_SLOT_B, .nr = X86_NR_SUBLEAVES_B,
    .nr_fixed = 2, .max_type = INTEL_CORE,
    .source = X86_TOPOLOGY_LEAF_B,
};

const struct topology_leaf x86_topology_leaf_1f = {
    .leaf = 0x1f, .slot = X86_SLOT_1F, .nr = X86_NR_SUBLEAVES_1F,
    .nr_fixed = 2, .max_type = INTEL_DIE_GROUP,
    .source = X86_TOPOLOGY_LEAF_1F,
};

const struct topology_leaf x86_topology_leaf_80000026 = {
    .leaf = 0x80000026U, .slot = X86_SLOT_80000026,
    .nr = X86_NR_SUBLEAVES_80000026,
    .nr_fixed = 1, .max_type = AMD_SOCKET,
    .source = X86_TOPOLOGY_LEAF_80000026,
};

/* ---- from a topology -------------------------------------------------- */

static void add(struct topology_levels *l, unsigned int type,
                unsigned int shift, uint32_t count)
{
    l->level[l->nr++] = (struct topology_level){ type, shift, count };
}

void x86_topology_levels(const struct x86_topology_map *map,
                         const struct topology_leaf *leaf,
                         struct topology_levels *levels)
{
    const struct x86_topology_shifts *s = &map->shift;
    struct topology_totals n = totals_of(&map->count);
    bool modules = map->count.modules_per_die > 1;
    bool dies = map->count.dies_per_package > 1;

    *levels = (struct topology_levels){ .nr = 0 };

    /* Whoever numbers ids otherwise does not show levels. */
    if ( map->count.numbering != X86_APIC_IDS_BY_LEVEL )
        return;

    if ( leaf->source == X86_TOPOLOGY_LEAF_B )
    {
        add(levels, INTEL_THREAD, s->core, n.core);
        add(levels, INTEL_CORE, s->package, n.package);
    }
    else if ( !modules && !dies )
        return;                 /* nothing that leaf 0xb does not say */
    else if ( leaf->source == X86_TOPOLOGY_LEAF_1F )
    {
        add(levels, INTEL_THREAD, s->core, n.core);
        add(levels, INTEL_CORE, s->module, n.module);
        if ( modules )
            add(levels, INTEL_MODULE, s->die, n.die);
        if ( dies )
            add(levels, INTEL_DIE, s->package, n.package);
    }
    else
    {
        /* Hardware lists all four, of equal size or not. */
        add(levels, AMD_CORE, s->core, n.core);
        add(levels, AMD_COMPLEX, s->module, n.module);
        add(levels, AMD_DIE, s->die, n.die);
        add(levels, AMD_SOCKET, s->package, n.package);
    }
}

struct x86_regs x86_topology_level_regs(const struct topology_levels *levels,
                                        unsigned int i)
{
    const struct topology_level *l = &levels->level[i];
    struct x86_regs regs = { 0 };

    if ( i >= levels->nr )
        return regs;

    regs.a = l->shift;
    regs.b = l->count;
    regs.c = ((uint32_t)l->type << 8) | i;

    return regs;
}

void x86_topology_cache(const struct x86_topology_map *map,
                        enum x86_layout layout, unsigned int cache_level,
                        uint32_t *total, unsigned int *width)
{
    struct topology_totals n = totals_of(&map->count);
    bool amd = layout == X86_LAYOUT_AMD;

    if ( cache_level <= 1 || (cache_level == 2 &&
                              (amd || map->count.modules_per_die == 1)) )
    {
        *total = n.core;
        *width = map->shift.core;
    }
    else if ( cache_level == 2 || amd )
    {
        *total = n.module;
        *width = map->shift.module;
    }
    else
    {
        *total = n.die;
        *width = map->shift.die;
    }
}

/* ---- to a topology ---------------------------------------------------- */

/* The level that a unit ends with: the last one of at most this type. */
static const struct topology_level *up_to(const struct topology_levels *l,
                                          unsigned int type)
{
    const struct topology_level *found = &l->level[0];

    for ( unsigned int i = 1; i < l->nr; i++ )
        if ( l->level[i].type <= type )
            found = &l->level[i];

    return found;
}

void x86_topology_from_levels(const struct topology_levels *levels,
                              const struct topology_leaf *leaf,
                              struct x86_topology_map *map)
{
    const struct topology_level *core = &levels->level[0], *module, *die;
    const struct topology_level *package = &levels->level[levels->nr - 1];

    if ( leaf->source == X86_TOPOLOGY_LEAF_80000026 )
    {
        /* A unit that is not listed is as large as the one above it. */
        die = up_to(levels, AMD_DIE);
        if ( die->type != AMD_DIE )
            die = package;
        module = up_to(levels, AMD_COMPLEX);
        if ( module->type != AMD_COMPLEX )
            module = die;
    }
    else
    {
        /* Tiles count with modules, groups of dies with dies. */
        module = up_to(levels, INTEL_CORE);
        die = up_to(levels, INTEL_TILE);
    }

    *map = (struct x86_topology_map){
        .count = {
            .threads_per_core = core->count,
            .cores_per_module = module->count / core->count,
            .modules_per_die = die->count / module->count,
            .dies_per_package = package->count / die->count,
            .packages = 1,
        },
        .shift = { core->shift, module->shift, die->shift, package->shift },
        .source = leaf->source,
    };
    map->nodes_per_package = x86_topology_nodes(&map->count);
}
