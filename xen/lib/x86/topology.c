/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A topology, its APIC ids, and what one vCPU reads of itself. */

#include "topology-private.h"

#define BROADCAST_ID UINT32_MAX         /* x2APIC; 0xff in xAPIC mode */
#define XAPIC_BROADCAST_ID 0xffu

/* Each factor is checked before it can overflow the product. */
static bool package_fits(const struct x86_topology *t)
{
    const uint32_t factors[] = {
        t->threads_per_core, t->cores_per_module, t->modules_per_die,
        t->dies_per_package,
    };
    uint64_t product = 1;

    for ( unsigned int i = 0; i < sizeof(factors) / sizeof(factors[0]); i++ )
    {
        product *= factors[i];
        if ( !product || product > X86_TOPOLOGY_MAX_PER_PACKAGE )
            return false;
    }

    return true;
}

static struct x86_topology_shifts doubled_bits(const struct x86_topology *t)
{
    struct topology_totals n = totals_of(t);
    unsigned int core = n.core > 1 ? 1 + width_of(n.core) : 0;
    unsigned int package = n.package > 1 ? 1 + width_of(n.package) : 0;

    return (struct x86_topology_shifts){ core, package, package, package };
}

static struct x86_topology_shifts shifts_of(const struct x86_topology *t)
{
    struct x86_topology_shifts s = { .core = width_of(t->threads_per_core) };

    if ( t->numbering != X86_APIC_IDS_BY_LEVEL )
        return doubled_bits(t);

    s.module = s.core + width_of(t->cores_per_module);
    s.die = s.module + width_of(t->modules_per_die);
    s.package = s.die + width_of(t->dies_per_package);

    return s;
}

static uint64_t compose(const struct x86_topology_shifts *s,
                        const struct x86_topology_ids *n)
{
    return n->thread | (n->core << s->core) | (n->module << s->module) |
           (n->die << s->die) | ((uint64_t)n->package << s->package);
}

static uint32_t field(uint32_t id, unsigned int lo, unsigned int hi)
{
    return (id & ((1ULL << hi) - 1)) >> lo;
}

static uint64_t highest_id(const struct x86_topology *t,
                           const struct x86_topology_shifts *s)
{
    const struct x86_topology_ids last = {
        .thread = t->threads_per_core - 1, .core = t->cores_per_module - 1,
        .module = t->modules_per_die - 1, .die = t->dies_per_package - 1,
        .package = t->packages - 1,
    };

    if ( t->numbering != X86_APIC_IDS_BY_LEVEL )
        return 2 * ((uint64_t)totals_of(t).package * t->packages - 1);

    return compose(s, &last);
}

int x86_topology_check(const struct x86_topology *topo)
{
    struct x86_topology_shifts s;

    if ( !topo->packages || !package_fits(topo) )
        return -EINVAL;

    s = shifts_of(topo);

    return highest_id(topo, &s) < BROADCAST_ID ? 0 : -EOVERFLOW;
}

uint8_t x86_topology_nodes(const struct x86_topology *topo)
{
    uint32_t n = topo->dies_per_package;

    return n <= 8 && !(n & (n - 1)) ? n : 1;
}

int x86_topology_map(const struct x86_topology *topo,
                     struct x86_topology_map *map)
{
    int rc = x86_topology_check(topo);

    if ( rc )
        return rc;

    *map = (struct x86_topology_map){
        .count = *topo,
        .shift = shifts_of(topo),
        .nodes_per_package = x86_topology_nodes(topo),
        .source = topo->numbering == X86_APIC_IDS_BY_LEVEL
            ? X86_TOPOLOGY_LEAF_B : X86_TOPOLOGY_LEGACY,
    };

    return 0;
}

/* The remainder, with *v becoming the quotient. */
static uint32_t take(uint32_t *v, uint32_t count)
{
    uint32_t rest = *v % count;

    *v /= count;

    return rest;
}

static int doubled_ids(const struct x86_topology_map *map, uint32_t vcpu,
                       struct x86_topology_ids *ids)
{
    const struct x86_topology_shifts *s = &map->shift;
    uint32_t id = vcpu * 2;

    if ( vcpu >= BROADCAST_ID / 2 )
        return -ERANGE;

    *ids = (struct x86_topology_ids){
        .x2apic_id = id,
        .apic_id = map->count.numbering == X86_APIC_IDS_UNTOLD ? 0 : id,
        .core_id = field(id, s->core, s->package),
        .thread = field(id, 0, s->core), .core = field(id, s->core, s->module),
        .module = field(id, s->module, s->die),
        .die = field(id, s->die, s->package),
        .package = field(id, s->package, 32),
    };

    return 0;
}

int x86_topology_ids(const struct x86_topology_map *map, uint32_t vcpu,
                     struct x86_topology_ids *ids)
{
    const struct x86_topology *t = &map->count;
    uint32_t left = vcpu, total = totals_of(t).package;
    struct x86_topology_ids n;
    uint64_t id;

    if ( t->numbering != X86_APIC_IDS_BY_LEVEL )
        return doubled_ids(map, vcpu, ids);

    n.thread = take(&left, t->threads_per_core);
    n.core = take(&left, t->cores_per_module);
    n.module = take(&left, t->modules_per_die);
    n.die = take(&left, t->dies_per_package);
    n.package = left;

    id = compose(&map->shift, &n);
    if ( id >= BROADCAST_ID )
        return -ERANGE;

    n.x2apic_id = id;
    n.apic_id = id;
    /* Zen counts cores within the package, and nodes over all of them. */
    n.core_id = field(id, map->shift.core, map->shift.package);
    n.node_id = n.package * map->nodes_per_package +
        (uint64_t)(vcpu % total) * map->nodes_per_package / total;
    *ids = n;

    return 0;
}

uint32_t x86_topology_max_id(const struct x86_topology_map *map)
{
    return highest_id(&map->count, &map->shift);
}

/* ---- the IO-APIC ------------------------------------------------------ */

static bool is_cpu_id(const struct x86_topology_map *map, uint32_t id)
{
    const struct x86_topology *t = &map->count;
    const struct x86_topology_shifts *s = &map->shift;

    if ( t->numbering != X86_APIC_IDS_BY_LEVEL )
        return !(id & 1) && id <= x86_topology_max_id(map);

    return field(id, 0, s->core) < t->threads_per_core &&
           field(id, s->core, s->module) < t->cores_per_module &&
           field(id, s->module, s->die) < t->modules_per_die &&
           field(id, s->die, s->package) < t->dies_per_package &&
           field(id, s->package, 32) < t->packages;
}

uint8_t x86_topology_ioapic_id(const struct x86_topology_map *map)
{
    static const uint32_t ends[] = { 0x10, XAPIC_BROADCAST_ID };
    uint32_t above = x86_topology_max_id(map) + 1;

    for ( unsigned int i = 0; i < sizeof(ends) / sizeof(ends[0]); i++ )
    {
        if ( above < ends[i] )
            return above;
        for ( uint32_t id = 0; id < ends[i]; id++ )
            if ( !is_cpu_id(map, id) )
                return id;
    }

    return X86_TOPOLOGY_IOAPIC_ID_SHARED;
}
