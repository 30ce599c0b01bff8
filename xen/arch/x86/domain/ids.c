/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The APIC ids of a domain's vCPUs.  They follow from its policy, whose
 * topology is what the toolstack asked for: nothing else is kept.
 */

#include "private.h"

/* In xAPIC mode ids have 8 bits, of which all ones is the broadcast. */
#define XAPIC_BROADCAST_ID 0xffu

static int read_map(const struct cpu_policy *p, bool hvm,
                    struct x86_topology_map *map)
{
    int rc = x86_topology_read(p, map);

    /* There is no local APIC in a PV guest; leaf 1 says 0. */
    if ( !rc && !hvm && map->count.numbering == X86_APIC_IDS_DOUBLED )
        map->count.numbering = X86_APIC_IDS_UNTOLD;

    return rc;
}

int x86_domain_ids_fit(const struct cpu_policy *p, uint32_t nr_vcpus)
{
    struct x86_topology_map map;
    struct x86_topology_ids last;

    if ( read_map(p, true, &map) || !nr_vcpus ||
         x86_topology_ids(&map, nr_vcpus - 1, &last) )
        return -ERANGE;

    return last.x2apic_id < XAPIC_BROADCAST_ID ||
           x86_policy_has(p, X86_FEATURE_X2APIC) ? 0 : -ERANGE;
}

static bool same_ids(const struct x86_topology_map *a,
                     const struct x86_topology_map *b)
{
    const struct x86_topology *s = &a->count, *t = &b->count;

    if ( s->numbering != t->numbering )
        return false;

    /* Twice the number, whatever is counted. */
    if ( s->numbering != X86_APIC_IDS_BY_LEVEL )
        return true;

    return s->threads_per_core == t->threads_per_core &&
           s->cores_per_module == t->cores_per_module &&
           s->modules_per_die == t->modules_per_die &&
           s->dies_per_package == t->dies_per_package &&
           a->shift.core == b->shift.core &&
           a->shift.module == b->shift.module &&
           a->shift.die == b->shift.die && a->shift.package == b->shift.package;
}

int x86_domain_judge_ids(const struct x86_domain *d,
                         const struct cpu_policy *p)
{
    const struct x86_domain_config *c = &d->info.config;
    struct x86_topology_map before, after;

    if ( c->kind.hvm && x86_domain_ids_fit(p, c->max_vcpus) )
        return -ERANGE;

    if ( !d->info.nr_vcpus )
        return 0;

    return !read_map(&d->policy, c->kind.hvm, &before) &&
           !read_map(p, c->kind.hvm, &after) &&
           same_ids(&before, &after) ? 0 : -EBUSY;
}

int x86_domain_ids(const struct cpu_policy *p,
                   const struct x86_domain_config *c, uint32_t vcpu,
                   struct x86_topology_ids *out)
{
    struct x86_topology_map map;

    if ( vcpu >= c->max_vcpus || read_map(p, c->kind.hvm, &map) )
        return -ERANGE;

    return x86_topology_ids(&map, vcpu, out);
}

int x86_domain_vcpu_init(const struct x86_domain *d, uint32_t vcpu,
                         struct x86_vcpu *v)
{
    const struct x86_domain_kind *kind = &d->info.config.kind;
    struct x86_topology_ids ids;
    int rc = x86_domain_ids(&d->policy, &d->info.config, vcpu, &ids);

    if ( rc )
        return rc;

    *v = (struct x86_vcpu){ .hvm = kind->hvm, .hap = kind->hap, .ids = ids };

    return 0;
}

/* Packages of the vCPUs there are; doubled, ids do not depend on any. */
static void count_packages(struct x86_topology_map *map, uint32_t nr_vcpus)
{
    struct x86_topology *t = &map->count;
    uint32_t n = t->threads_per_core * t->cores_per_module *
                 t->modules_per_die * t->dies_per_package;

    if ( t->numbering != X86_APIC_IDS_BY_LEVEL )
    {
        t->threads_per_core = t->cores_per_module = 1;
        n = 1;
    }
    t->packages = nr_vcpus / n + !!(nr_vcpus % n);
}

int x86_domain_ioapic_id(const struct cpu_policy *p,
                         const struct x86_domain_config *c, uint8_t *out)
{
    struct x86_topology_map map;

    if ( !c->kind.hvm || read_map(p, true, &map) )
        return -ENOENT;

    count_packages(&map, c->max_vcpus);
    *out = x86_topology_ioapic_id(&map);

    return 0;
}
