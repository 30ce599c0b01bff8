/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The topology of a domain: one object, from which every topology leaf and
 * every APIC id comes; and back, reading it out of a policy and judging the
 * policy's leaves against what the manuals guarantee.
 *
 * Sources: SDM vol 2, CPUID leaves 1, 4, 0xb, 0x1f; SDM vol 3, programming
 * considerations for hardware multi-threading capable processors; APM vol 3,
 * appendix E, functions 1, 0xb, 0x80000008, 0x8000001d, 0x8000001e,
 * 0x80000026.
 */
#ifndef XEN_LIB_X86_TOPOLOGY_H
#define XEN_LIB_X86_TOPOLOGY_H

#include <xen/lib/x86/audit.h>
#include <xen/lib/x86/cpu-policy.h>

/*
 * How APIC ids are numbered is not up to the leaves but to whoever hands ids
 * out: a property of a hypervisor, and of its release.
 */
enum x86_apic_numbering {
    /* In the fewest bits that hold each count: hardware, and this core. */
    X86_APIC_IDS_BY_LEVEL,
    /*
     * Twice the vCPU's number, whatever the policy says: Xen, for HVM and
     * PVH guests; and this core where a policy lists no levels, so that a
     * guest that comes from such a Xen finds its ids again.
     */
    X86_APIC_IDS_DOUBLED,
    /* The same in leaf 0xb, but 0 in leaf 1 on every vCPU: Xen's PV guests. */
    X86_APIC_IDS_UNTOLD,
};

/*
 * How many of each there are in one of the next.  Any counts from 1 up; a
 * level that does not exist has a count of 1, so that plain cores are
 * cores_per_module, with one module and one die.
 */
struct x86_topology {
    enum x86_apic_numbering numbering;
    uint32_t threads_per_core;
    uint32_t cores_per_module;  /* AMD: cores of a core complex */
    uint32_t modules_per_die;   /* AMD: complexes of a die */
    uint32_t dies_per_package;
    uint32_t packages;          /* a policy does not tell: 1 when read */
};

/* How many bits of an APIC id lie below the number of a ... */
struct x86_topology_shifts {
    uint8_t core, module, die, package;
};

/* Which leaves a policy's topology was read from. */
enum x86_topology_source {
    X86_TOPOLOGY_LEGACY,        /* 1 with 4 or 0x80000008, 0x8000001e */
    X86_TOPOLOGY_LEAF_B,
    X86_TOPOLOGY_LEAF_1F,
    X86_TOPOLOGY_LEAF_80000026,
};

/* Counts together with the layout of APIC ids. */
struct x86_topology_map {
    struct x86_topology count;
    struct x86_topology_shifts shift;
    uint8_t nodes_per_package;  /* of leaf 0x8000001e: 1, 2, 4 or 8 */
    enum x86_topology_source source;
};

/* What one vCPU reads of itself. */
struct x86_topology_ids {
    uint32_t x2apic_id;
    uint8_t apic_id;            /* initial id: the low 8 bits of the above */
    uint8_t core_id, node_id;   /* of leaf 0x8000001e */
    /* Its number in each unit, as the id's bits have it. */
    uint32_t thread, core, module, die, package;
};

/*
 * Most logical processors of a package: leaf 0xb counts them in 16 bits.
 * APIC ids have 32 bits, all ones being the broadcast.
 */
#define X86_TOPOLOGY_MAX_PER_PACKAGE 65535u

/*
 * 0; -EINVAL: a count is zero, or a package would have more than
 * X86_TOPOLOGY_MAX_PER_PACKAGE logical processors; -EOVERFLOW: the APIC ids
 * do not fit.
 */
int x86_topology_check(const struct x86_topology *topo) __must_check;

/*
 * Lay APIC ids out: each level has the fewest bits that hold its count, as
 * hardware does, so that software can tell units apart by shifting.  Of ids
 * that are doubled the lowest bit belongs to the threads if there are several
 * in a core, else to the cores; modules and dies have no place in them.
 * Errors as x86_topology_check(), *map then untouched.
 */
int x86_topology_map(const struct x86_topology *topo,
                     struct x86_topology_map *map) __must_check;

/*
 * The ids of a vCPU, the first being 0: vCPUs fill a core's threads, then a
 * module's cores, and so on; beyond the last package they begin a new one.
 * Numbered as map->count.numbering says.  -ERANGE: the id would not fit,
 * *ids is untouched.
 *
 * Ids from 255 up can be addressed in x2APIC mode only; whether the domain
 * has the feature is the caller's to see to.
 */
int x86_topology_ids(const struct x86_topology_map *map, uint32_t vcpu,
                     struct x86_topology_ids *ids) __must_check;

/* The highest APIC id of the map's packages. */
uint32_t x86_topology_max_id(const struct x86_topology_map *map);

/*
 * An id for the domain's IO-APIC.  It matters on AMD, where old hardware
 * had IO-APICs and CPUs share one space of ids, and guests check.  In order:
 *
 *  - the lowest above all CPUs' ids, if 4 bits hold it: the 82093AA has no
 *    more, and neither has Xen's emulation of it;
 *  - a 4-bit one that uneven counts leave between the CPUs' ids;
 *  - the lowest above all CPUs' ids that is below 255;
 *  - an 8-bit one between them;
 *  - 0xf0, though some CPU has it: so does the firmware of two-socket EPYC,
 *    since with that many CPUs interrupts are remapped and the id names
 *    nothing but the IO-APIC.
 */
#define X86_TOPOLOGY_IOAPIC_ID_SHARED 0xf0u
uint8_t x86_topology_ioapic_id(const struct x86_topology_map *map);

/*
 * Write the topology into every leaf that tells of it, in the layout of the
 * policy's vendor.  Ids by level:
 *
 *  - 1: logical processors per package, HTT if there are several;
 *  - 4 (not AMD), 0x8000001d (AMD, with TOPOEXT): how many share each cache
 *    that the policy has, and cores per package.  Core: L1 and L2; Intel
 *    modules: L2; AMD complexes: L3; Intel dies: L3 and up;
 *  - 0xb; 0x1f or 0x80000026 if there are modules or dies, else zero;
 *  - 0x80000001 CMP_LEGACY, 0x80000008, 0x8000001e with TOPOEXT (AMD).
 *    TOPOEXT is set for what 0x80000008 and leaf 1 cannot tell: threads,
 *    modules, dies, ids of more than 8 bits.  Linux before 6.17 reads no
 *    other leaf without it.
 *
 * Other numberings: leaves 1, 4, 0x80000008 and the two features, with every
 * count of ids doubled; no levels, since a Xen that numbers ids so blanks
 * them.  What of it guests will count is x86_topology_shown()'s to say.
 *
 * Highest leaves are raised as far as that needs, the extended one from
 * 0x80000008 up only: below, a policy is that of a CPU which has none of
 * AMD's topology leaves.
 *
 * Fields that differ between vCPUs are zero in a policy, and filled in by
 * x86_topology_vcpu_leaf().  All counts of levels are of logical processors,
 * AMD's leaf 0xb included, as hardware has it.
 * Errors as x86_topology_check(), the policy then untouched.
 */
int x86_topology_apply(const struct x86_topology *topo,
                       struct cpu_policy *policy) __must_check;

/* What of a topology guests would count otherwise. */
enum x86_topology_fault {
    X86_TOPOLOGY_SHOWN,         /* nothing */
    X86_TOPOLOGY_BAD_PACKAGE,
    X86_TOPOLOGY_BAD_DIE,
    X86_TOPOLOGY_BAD_MODULE,
    X86_TOPOLOGY_BAD_CORE,
    X86_TOPOLOGY_NO_ID,         /* a vCPU has none, or guests are not told */
};

/*
 * Would software on vCPUs with this policy count these units?  It takes the
 * ids that the vCPUs will have, and shifts them by what the leaves say: two
 * vCPUs have to be in one unit if, and only if, they are in the topology.
 *
 * On CPUs of Centaur and Shanghai the legacy leaves have to tell packages and
 * cores as well: Linux looks at nothing else there.
 *
 * @returns the largest unit that would be counted otherwise.
 */
enum x86_topology_fault
x86_topology_shown(const struct x86_topology *topo,
                   const struct cpu_policy *policy, uint32_t nr_vcpus);

/*
 * Read the topology out of a policy: from 0x1f or 0x80000026, else 0xb, else
 * the legacy leaves.  From the latter come upper bounds, and ids are doubled
 * (X86_APIC_IDS_DOUBLED).  -EINVAL: the
 * leaves contradict themselves, or describe what counts cannot (cores of
 * several sizes); *map is untouched.
 */
int x86_topology_read(const struct cpu_policy *policy,
                      struct x86_topology_map *map) __must_check;

/*
 * Where the policy has the boundaries in an APIC id, whatever it says of
 * counts.  A hybrid CPU's, too: all its cores have the same package shift.
 */
enum x86_topology_source
x86_topology_read_shifts(const struct cpu_policy *policy,
                         struct x86_topology_shifts *shift);

/*
 * Judge the topology leaves of a policy.  If 0xb, 0x1f or 0x80000026 says
 * something then everything has to agree with the richest of them; if not,
 * little is guaranteed, so that a real host's leaf 1, 4 and 0x80000008 are
 * acceptable, and so is nothing at all.
 *
 * @param sink what is wrong, in order of leaves, each with the value that
 *        would do: a policy with all of them put right is acceptable.  NULL:
 *        stop at the first.
 * @returns 0 or -EINVAL.
 */
int x86_topology_judge(const struct cpu_policy *policy,
                       const struct x86_audit_sink *sink);

/* As x86_audit_rule_text(), for the rules of x86_topology_judge(). */
const char *x86_topology_rule_text(const char *rule, const char **remedy);

#endif /* XEN_LIB_X86_TOPOLOGY_H */
