/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Policies without a topology, and topologies, for tests of both. */
#ifndef TEST_TOPOLOGY_BASE_H
#define TEST_TOPOLOGY_BASE_H

#include <check.h>
#include <string.h>

#include <xen/lib/x86/topology.h>

#include "random.h"
#include "words.h"

/* Bits of 1.edx and of AMD's 0x80000001.ecx. */
#define HTT (1u << 28)
#define CMP_LEGACY 2u
#define TOPOEXT (1u << 22)

#define TOPO(t, c, m, d, p) \
    { .threads_per_core = (t), .cores_per_module = (c), \
      .modules_per_die = (m), .dies_per_package = (d), .packages = (p) }

/* Of a hypervisor whose APIC ids are twice the vCPU's number. */
#define DOUBLED(t, c, p) \
    { .numbering = X86_APIC_IDS_DOUBLED, .threads_per_core = (t), \
      .cores_per_module = (c), .modules_per_die = 1, \
      .dies_per_package = 1, .packages = (p) }

/* The families of CPUs whose leaves differ. */
enum base { INTEL, AMD, AMD_TOPOEXT, ZHAOXIN, NR_BASES };

static const char *const base_names[] = {
    "Intel", "AMD", "AMD with TOPOEXT", "Zhaoxin",
};

static inline void base_caches(struct cpu_policy *p, uint32_t leaf)
{
    /* Data, instruction, level 2, level 3. */
    static const uint32_t caches[] = { 0x121, 0x122, 0x143, 0x163 };

    for ( uint32_t i = 0; i < sizeof(caches) / sizeof(caches[0]); i++ )
        *policy_word(p, leaf, i, 'a') = caches[i];
}

static inline struct cpu_policy base_policy(enum base base)
{
    static const char ids[][13] = {
        "GenuineIntel", "AuthenticAMD", "HygonGenuine", "CentaurHauls",
    };
    struct cpu_policy p = { 0 };
    uint32_t id[3];

    memcpy(id, ids[base], sizeof(id));
    p.leaf[X86_SLOT_0] = (struct x86_regs){ 4, id[0], id[2], id[1] };
    p.leaf[X86_SLOT_1].a = 0x00a20f10; /* family 0x19 */
    p.leaf[X86_SLOT_80000000].a = 0x80000008;
    x86_policy_recalc_vendor(&p);

    if ( base == INTEL || base == ZHAOXIN )
        base_caches(&p, 4);
    if ( base == AMD_TOPOEXT )
    {
        p.leaf[X86_SLOT_80000000].a = 0x8000001e;
        p.leaf[X86_SLOT_80000001].c =
            1u << (X86_FEATURE_TOPOEXT % 32);
        base_caches(&p, 0x8000001d);
    }

    return p;
}

/* Powers of two and odd counts alike; at most `max` in a package. */
static inline struct x86_topology random_topology(struct random *r,
                                                  uint32_t max)
{
    uint32_t n[4], left = max;

    for ( unsigned int i = 0; i < 4; i++ )
    {
        uint32_t bound = left < 17 ? left : random_below(r, 8) ? 17 : left;

        n[i] = 1 + random_below(r, bound);
        if ( !random_below(r, 4) )
            n[i] = 1;
        left /= n[i];
    }

    return (struct x86_topology)TOPO(n[0], n[1], n[2], n[3],
                                     1 + random_below(r, 5));
}

#endif /* TEST_TOPOLOGY_BASE_H */
