/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What applying, reading and judging a topology share. */
#ifndef X86_TOPOLOGY_PRIVATE_H
#define X86_TOPOLOGY_PRIVATE_H

#include <xen/lib/x86/min.h>
#include <xen/lib/x86/topology-vcpu.h>

/* Fields of a subleaf of 0xb, 0x1f, 0x80000026. */
#define LEVEL_SHIFT  0x0000001fu        /* eax */
#define LEVEL_TYPE   0x0000ff00u        /* ecx */

/* Leaf 1 ebx. */
#define LPPP_SHIFT 16
#define LPPP_MASK  0x00ff0000u

/* eax of leaves 4 and 0x8000001d; the rest of 31:26 is leaf 4 only. */
#define CACHE_TYPE(a)  ((a) & 0x1f)
#define CACHE_LEVEL(a) (((a) >> 5) & 7)
#define SHARING_SHIFT 14
#define SHARING_MASK  0x03ffc000u
#define SHARING_MAX   4096u             /* 12 bits, less 1 */
#define CORES_SHIFT   26
#define CORES_MASK    0xfc000000u
#define CORES_MAX     64u               /* 6 bits, less 1 */

/* Leaf 0x80000008 ecx. */
#define NC_MASK         0x000000ffu
#define NC_MAX          256u            /* 8 bits, less 1 */
#define ID_SIZE_SHIFT   12
#define ID_SIZE_MASK    0x0000f000u
#define ID_SIZE_MAX     15u             /* 4 bits */

/* Leaf 0x8000001e. */
#define THREADS_SHIFT 8
#define THREADS_MASK  0x0000ff00u       /* ebx */
#define NODES_SHIFT   8
#define NODES_MASK    0x00000700u       /* ecx */

/* The kinds of a level, as the leaves number them. */
enum {
    INTEL_THREAD = 1, INTEL_CORE, INTEL_MODULE, INTEL_TILE, INTEL_DIE,
    INTEL_DIE_GROUP,
};
enum { AMD_CORE = 1, AMD_COMPLEX, AMD_DIE, AMD_SOCKET };

#define MAX_LEVELS 6

/*
 * One level.  Intel names a level by what is counted, and gives the shift to
 * the next: {thread, 1, 2} are two threads in a core.  AMD's 0x80000026
 * names the unit itself, {core, 1, 2}; only the names differ.
 */
struct topology_level {
    uint8_t type, shift;
    uint32_t count;             /* of logical processors, on AMD too */
};

struct topology_levels {
    struct topology_level level[MAX_LEVELS];
    uint8_t nr;                 /* 0: the leaf says nothing */
};

struct topology_leaf {
    uint32_t leaf;
    uint16_t slot;
    uint8_t nr;                 /* subleaves of a policy */
    uint8_t nr_fixed;           /* how many first types cannot be others */
    uint8_t max_type;
    enum x86_topology_source source;
};
extern const struct topology_leaf x86_topology_leaf_b, x86_topology_leaf_1f,
    x86_topology_leaf_80000026;

/* The leaf that can tell more than 0xb, in this layout. */
static inline const struct topology_leaf *rich_leaf(enum x86_layout layout)
{
    return layout == X86_LAYOUT_AMD ? &x86_topology_leaf_80000026
                                    : &x86_topology_leaf_1f;
}

/* Bits that tell n things apart; n is not zero. */
static inline unsigned int width_of(uint32_t n)
{
    return n > 1 ? 32 - __builtin_clz(n - 1) : 0;
}

/* Logical processors of a core, module, die, package. */
struct topology_totals {
    uint32_t core, module, die, package;
};

static inline struct topology_totals totals_of(const struct x86_topology *t)
{
    struct topology_totals n = { .core = t->threads_per_core };

    n.module = n.core * t->cores_per_module;
    n.die = n.module * t->modules_per_die;
    n.package = n.die * t->dies_per_package;

    return n;
}

/*
 * A count that software rounds up to a power of two to learn how many ids
 * are set aside.  Uneven counts below may spread n over more ids than that:
 * five cores of three threads need 5 bits, though 15 would fit in 4.
 */
static inline uint32_t addressable(uint32_t n, unsigned int width,
                                   uint32_t max)
{
    return min(width_of(n) == width ? n : 1u << width, max);
}

/*
 * The same of cores.  Some software divides the ids of the package by them
 * (Linux before 6.9), so that both are rounded up, or neither.
 */
static inline uint32_t addressable_cores(uint32_t ids, unsigned int package,
                                         uint32_t cores, unsigned int width)
{
    return width_of(ids) == package ? addressable(cores, width, CORES_MAX)
                                    : min(1u << width, CORES_MAX);
}

/* What a leaf has to hold for this topology. */
void x86_topology_levels(const struct x86_topology_map *map,
                         const struct topology_leaf *leaf,
                         struct topology_levels *levels);

/* Registers of level i; all zero past the last. */
struct x86_regs x86_topology_level_regs(const struct topology_levels *levels,
                                        unsigned int i);

/* The unit that shares a cache of this level (1, 2, 3 ...): ids and bits. */
void x86_topology_cache(const struct x86_topology_map *map,
                        enum x86_layout layout, unsigned int cache_level,
                        uint32_t *total, unsigned int *width);

/*
 * The nearest consistent levels to what the leaf says; none if the leaf is
 * out of range or says nothing.  Their registers are the leaf's own if and
 * only if there is nothing wrong with it.
 */
void x86_topology_repair(const struct cpu_policy *p,
                         const struct topology_leaf *leaf,
                         struct topology_levels *levels);

/*
 * Units of a package that leaf 0x8000001e can number; what it cannot (three
 * dies, say) it calls one node.
 */
uint8_t x86_topology_nodes(const struct x86_topology *topo);

/* The same from leaves 1, 4, 0x80000008, 0x8000001e. */
void x86_topology_read_legacy(const struct cpu_policy *p,
                              struct x86_topology_map *map);

/*
 * How many bits of an id are threads' for software that divides instead of
 * comparing bits; not AMD.
 */
unsigned int x86_topology_divided_core(const struct cpu_policy *p);

/* Counts and shifts of consistent levels. */
void x86_topology_from_levels(const struct topology_levels *levels,
                              const struct topology_leaf *leaf,
                              struct x86_topology_map *map);

#endif /* X86_TOPOLOGY_PRIVATE_H */
