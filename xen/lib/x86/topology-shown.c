/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What guests count: the ids of vCPUs, shifted by what the leaves say. */

#include "topology-private.h"

#define NR_UNITS 4

/* The largest first, as faults are reported. */
static const enum x86_topology_fault faults[NR_UNITS] = {
    X86_TOPOLOGY_BAD_PACKAGE, X86_TOPOLOGY_BAD_DIE, X86_TOPOLOGY_BAD_MODULE,
    X86_TOPOLOGY_BAD_CORE,
};

/* Boundaries in an id as leaves have them. */
struct reading {
    enum x86_topology_source source;
    uint8_t shift[NR_UNITS];
    bool told[NR_UNITS];        /* does software look for this unit there? */
};

static struct reading reading_of(enum x86_topology_source source,
                                 const struct x86_topology_shifts *s)
{
    return (struct reading){
        .source = source,
        .shift = { s->package, s->die, s->module, s->core },
        .told = { true, true, true, true },
    };
}

/* Without levels there is no other id than that of leaf 1. */
static uint32_t id_read(const struct reading *r,
                        const struct x86_topology_ids *ids)
{
    return r->source == X86_TOPOLOGY_LEGACY ? ids->apic_id : ids->x2apic_id;
}

/*
 * Both a vCPU's units and its id ascend with its number, so that comparing
 * each vCPU with the one before finds all.
 */
static enum x86_topology_fault
compare(const struct x86_topology *t, const struct x86_topology_map *map,
        const struct reading *r, uint32_t nr_vcpus)
{
    struct topology_totals n = totals_of(t);
    const uint32_t size[NR_UNITS] = { n.package, n.die, n.module, n.core };
    unsigned int bad = NR_UNITS;
    uint32_t before = 0;

    for ( uint32_t v = 0; v < nr_vcpus; v++ )
    {
        struct x86_topology_ids ids;
        uint32_t id;

        if ( x86_topology_ids(map, v, &ids) )
            return X86_TOPOLOGY_NO_ID;
        id = id_read(r, &ids);
        if ( v && id <= before )
            return X86_TOPOLOGY_NO_ID;

        for ( unsigned int u = 0; v && u < bad; u++ )
            if ( r->told[u] && (v % size[u] == 0) !=
                 ((id ^ before) >> r->shift[u] != 0) )
                bad = u;
        before = id;
    }

    return bad < NR_UNITS ? faults[bad] : X86_TOPOLOGY_SHOWN;
}

/* Leaves 1 and 4, or AMD's 0x80000008, in each way that software has. */
static enum x86_topology_fault
compare_legacy(const struct x86_topology *t,
               const struct x86_topology_map *map,
               const struct cpu_policy *p, uint32_t nr_vcpus)
{
    enum x86_topology_fault fault;
    struct x86_topology_map legacy;
    struct reading r;

    x86_topology_read_legacy(p, &legacy);
    r = reading_of(X86_TOPOLOGY_LEGACY, &legacy.shift);
    /* There is one die of one module: more are told by levels, if at all. */
    r.told[1] = r.told[2] = map->count.numbering != X86_APIC_IDS_BY_LEVEL;
    fault = compare(t, map, &r, nr_vcpus);
    if ( fault != X86_TOPOLOGY_SHOWN ||
         x86_vendor_layout(p->vendor) == X86_LAYOUT_AMD )
        return fault;

    r.shift[3] = x86_topology_divided_core(p);

    return compare(t, map, &r, nr_vcpus);
}

enum x86_topology_fault
x86_topology_shown(const struct x86_topology *topo,
                   const struct cpu_policy *policy, uint32_t nr_vcpus)
{
    bool legacy_too = policy->vendor == X86_VENDOR_CENTAUR ||
                      policy->vendor == X86_VENDOR_SHANGHAI;
    struct x86_topology_shifts shift;
    enum x86_topology_source source;
    enum x86_topology_fault fault;
    struct x86_topology_map map;
    struct reading r;

    if ( x86_topology_map(topo, &map) )
        return X86_TOPOLOGY_NO_ID;

    source = x86_topology_read_shifts(policy, &shift);
    if ( source == X86_TOPOLOGY_LEGACY )
        return compare_legacy(topo, &map, policy, nr_vcpus);

    r = reading_of(source, &shift);
    fault = compare(topo, &map, &r, nr_vcpus);
    if ( fault != X86_TOPOLOGY_SHOWN || !legacy_too )
        return fault;

    return compare_legacy(topo, &map, policy, nr_vcpus);
}
