/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libcpupolicy: sources of policies, and what they tell of their policies.
 * Included by cpupolicy.h, whose conventions hold here too.
 */
#ifndef CPUPOLICY_SOURCE_H
#define CPUPOLICY_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cpupolicy-error.h"
#include "cpupolicy-policy.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A source of policies, see cpupolicy_source_open(). */
typedef struct cpupolicy_source cpupolicy_source;

/**
 * The policies of a host, in the order in which they are derived.  dom0's are
 * derived on a running Xen too, which does not tell its own.
 */
typedef enum cpupolicy_which {
    CPUPOLICY_RAW,          /**< what the hardware says */
    CPUPOLICY_HOST_MAX,     /**< all that could be used */
    CPUPOLICY_HOST_DEFAULT, /**< what the hypervisor uses */
    CPUPOLICY_PV_MAX,       /**< all that can be offered to PV guests */
    CPUPOLICY_PV_DEFAULT,   /**< where a new PV domain starts */
    CPUPOLICY_HVM_MAX,      /**< all that can be offered to HVM guests */
    CPUPOLICY_HVM_DEFAULT,  /**< where a new HVM domain starts */
    CPUPOLICY_DOM0,         /**< what dom0 has, with dom0-cpuid=, if PV */
    CPUPOLICY_DOM0_PVH,     /**< the same, if it is booted as PVH */
    CPUPOLICY_NR
} cpupolicy_which;

/** "raw", "host-max", "host-default", "pv-max" ...; NULL out of range. */
const char *cpupolicy_which_name(cpupolicy_which which);

/** The reverse; -ENOENT if there is no policy of that name. */
int cpupolicy_which_find(const char *name);

/**
 * The policy that `which` was derived from; RAW from itself.  CPUPOLICY_NR if
 * there is no policy `which`.
 */
cpupolicy_which cpupolicy_which_parent(cpupolicy_which which);

/* ---- sources --------------------------------------------------------- */

/** How to derive; zero-initialise, set what is wanted. */
typedef struct cpupolicy_options {
    /** Boot options "cpuid=... dom0-cpuid=...", or NULL for none. */
    const char *cmdline;
    /**
     * Facts that CPUID does not tell, "hap=no,smt=off,microcode=0x1d", or
     * NULL: guessed from the data (cpupolicy_platform_fact()).
     */
    const char *platform;
} cpupolicy_options;

/**
 * Open a source: "native", "xen", "kvm", or the name of a file ("-" is
 * standard input; "./native" is a file).
 * @param options may be NULL.
 * @returns 0, the caller frees *out with cpupolicy_source_free(); -ENOENT
 *          and other errors of reading a file; -EINVAL: not understood, with
 *          line; -ENODEV: no such hypervisor here; -EACCES; -ENOMEM.
 */
int cpupolicy_source_open(cpupolicy_source **out, const char *spec,
                          const cpupolicy_options *options,
                          cpupolicy_error *err);
void cpupolicy_source_free(cpupolicy_source *src);

/**
 * The same of a text in memory, not compressed.
 * @param name what cpupolicy_source_name() is to say.
 * @returns errors of cpupolicy_source_open(); -ENOENT: no format that is
 *          known.
 */
int cpupolicy_source_parse(cpupolicy_source **out, const char *name,
                           const void *bytes, size_t nr_bytes,
                           const cpupolicy_options *options,
                           cpupolicy_error *err);

/** Whether "xen" is the source to take by default: this is a dom0. */
bool cpupolicy_xen_present(void);

/** What the source is, for people: "native", "dump.txt (InstLatx64)". */
const char *cpupolicy_source_name(const cpupolicy_source *src);

/**
 * One of the system's policies, borrowed from the source.
 * @returns 0; -EINVAL: there is no policy `which`; -EOPNOTSUPP: the hypervisor
 *          has no such type of guest.
 */
int cpupolicy_system_get(const cpupolicy_source *src, cpupolicy_which which,
                         const cpupolicy **out, cpupolicy_error *err);

/** The same without a word on why not: NULL. */
const cpupolicy *cpupolicy_source_policy(const cpupolicy_source *src,
                                         cpupolicy_which which);

/** How many logical CPUs the policies were derived over. */
size_t cpupolicy_source_nr_cpus(const cpupolicy_source *src);

/**
 * The raw policy of a kind of CPU.  Most machines have one kind; hybrid ones
 * have CPUs that differ in more than what each says of itself (APIC ids).
 * @param kind 0: the boot CPU's; then in the order of their first CPU.
 * @param out the caller frees it with cpupolicy_free().
 * @returns 0; -ENOENT: there are no more kinds; -ENOMEM.
 */
int cpupolicy_source_kind(const cpupolicy_source *src, size_t kind,
                          cpupolicy **out, cpupolicy_error *err);

/**
 * Oddities that a user should hear of: leaves, bits and MSRs that the tables
 * do not know, CPUs that differ, what could not be read.  NULL past the end.
 */
const char *cpupolicy_source_note(const cpupolicy_source *src, size_t index);

/**
 * A change of bits of one register between a policy and the one it was
 * derived from.
 */
typedef struct cpupolicy_change {
    cpupolicy_which policy;
    bool is_msr;
    uint32_t leaf, subleaf;     /**< if not is_msr */
    unsigned int reg;           /**< 0 eax, 1 ebx, 2 ecx, 3 edx */
    uint32_t msr;               /**< if is_msr */
    uint64_t before, after;
    const char *rule;           /**< id: "dependency", "cmdline-out" ... */
    const char *reason;         /**< one clause */
    const char *reference;      /**< manual, advisory or erratum, or NULL */
    int feature;                /**< index of the feature behind it, or -1 */
    /**
     * Whether the rule applies is not known without `unknown`.  Of what it
     * does, this is what is safe for a guest either way; `reason` says so.
     */
    bool uncertain;
    cpupolicy_unknown unknown;  /**< if uncertain */
} cpupolicy_change;

/** All changes in the order in which they were made. */
const cpupolicy_change *cpupolicy_source_changes(const cpupolicy_source *src,
                                                 size_t *nr);

/**
 * Is a feature's bit among those that a change turned on or off?
 * @param feature an index; past the end: of none.
 */
bool cpupolicy_change_concerns(const cpupolicy_change *c, size_t feature);

/** A field of the tables: bits hi to lo of one register. */
typedef struct cpupolicy_field {
    const char *name;
    const char *kind;           /**< "feature", "limit", "hidden" ... */
    unsigned int hi, lo;
    int feature;                /**< index, or -1: not of the featureset */
} cpupolicy_field;

/**
 * Call `fn` for every field of the tables of which this register of this
 * leaf (or the MSR) has bits in `mask`.
 */
void cpupolicy_fields(const cpupolicy *p, const cpupolicy_change *where,
                      uint64_t mask,
                      void (*fn)(void *ctx, const cpupolicy_field *field),
                      void *ctx);

/**
 * The registers that policies have, leaves in ascending order, then MSRs.
 * @param out its place is filled in, the rest zeroed.
 * @returns false, *out untouched: past the end.
 */
bool cpupolicy_register_at(size_t index, cpupolicy_change *out);

/**
 * Is the leaf or MSR of a register among what was unknown of the CPUs
 * (cpupolicy_unknown_at())?  @param where its place alone is looked at.
 */
bool cpupolicy_is_unknown(const cpupolicy *p, const cpupolicy_change *where);

/** Names and meanings of platform facts; NULL past the end. */
const char *cpupolicy_platform_fact(size_t index, const char **meaning);

/** Check cpupolicy_options.platform. -EINVAL. */
int cpupolicy_platform_check(const char *text, cpupolicy_error *err);

#ifdef __cplusplus
}
#endif

#endif /* CPUPOLICY_SOURCE_H */
