/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libcpupolicy: features, and single policies, wherever they come from.
 * Included by cpupolicy.h, whose conventions hold here too.
 */
#ifndef CPUPOLICY_POLICY_H
#define CPUPOLICY_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cpupolicy-error.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One policy: a value for every CPUID leaf and feature MSR. */
typedef struct cpupolicy cpupolicy;

/** `subleaf` of a leaf that does not look at ecx. */
#define CPUPOLICY_NO_SUBLEAF 0xffffffffU

/* ---- what is unknown ------------------------------------------------- */

/**
 * A leaf or an MSR that a CPU has by what it says, and that the source of its
 * policies does not state.  Unknown is not zero: nothing is claimed that
 * depends on it, and what depends on it is as is safe for a guest.
 */
typedef struct cpupolicy_unknown {
    bool is_msr;
    uint32_t leaf, subleaf;     /**< if not is_msr */
    uint32_t msr;               /**< if is_msr */
} cpupolicy_unknown;

/**
 * What was unknown of the CPUs that a policy was derived from: leaves in
 * ascending order, then MSRs, indexed from 0.
 * @returns false, *out untouched: past the end.
 */
bool cpupolicy_unknown_at(const cpupolicy *p, size_t index,
                          cpupolicy_unknown *out);

/* ---- features -------------------------------------------------------- */

/** What is known of one feature.  Strings live as long as the library. */
typedef struct cpupolicy_feature {
    const char *name;           /**< the command line's spelling: "avx512f" */
    unsigned int word, bit;     /**< place in a featureset */
    const char *attributes;     /**< of cpufeatureset.h: "!A|" */
    const char *description;
} cpupolicy_feature;

/** Number of features known; they are indexed in table order from 0. */
size_t cpupolicy_nr_features(void);

/** Fill in the feature of that index; false, *out untouched: no such. */
bool cpupolicy_feature_at(size_t index, cpupolicy_feature *out);

/** Its name alone, or NULL. */
const char *cpupolicy_feature_name(size_t index);

/** Index of a feature by name, or -ENOENT. */
int cpupolicy_feature_find(const char *name);

/**
 * Up to `nr` names like `name`, nearest first, into `out`.
 * @returns how many; 0 if nothing is near.
 */
size_t cpupolicy_feature_nearest(const char *name, const char **out,
                                 size_t nr);

/**
 * The shortest chain of direct dependencies that leads from feature `from`
 * to feature `to` (indices), both included: each needs the one before.
 * @param chain room for `nr` indices.
 * @returns the chain's length; 0 if `to` does not need `from`, or `nr` is
 *          too small.
 */
size_t cpupolicy_dependency_chain(size_t from, size_t to, size_t *chain,
                                  size_t nr);

/**
 * Why feature `to` needs feature `from` directly, or NULL if it does not.
 */
const char *cpupolicy_dependency_reason(size_t from, size_t to);

/* ---- policies -------------------------------------------------------- */

/** One leaf as the CPUID instruction returns it. */
typedef struct cpupolicy_leaf {
    uint32_t leaf, subleaf;     /**< subleaf: CPUPOLICY_NO_SUBLEAF if none */
    uint32_t eax, ebx, ecx, edx;
} cpupolicy_leaf;

/** One model specific register. */
typedef struct cpupolicy_msr {
    uint32_t index;
    uint64_t value;
} cpupolicy_msr;

/** Most leaves, MSRs and featureset words that a policy can have. */
size_t cpupolicy_max_leaves(void);
size_t cpupolicy_max_msrs(void);
size_t cpupolicy_nr_words(void);

/** "Intel", "AMD", "Hygon", "Centaur", "Shanghai", "Unknown". */
const char *cpupolicy_vendor(const cpupolicy *p);

/** Whether the policy has the feature of that index. */
bool cpupolicy_has(const cpupolicy *p, size_t feature);

/** Copy out cpupolicy_nr_words() featureset words. */
void cpupolicy_featureset(const cpupolicy *p, uint32_t *words);

/**
 * Copy out all leaves in ascending order.
 * @param nr in: room in `out`; out: leaves written.
 * @returns 0, or -ENOBUFS (cpupolicy_max_leaves() always suffices).
 */
int cpupolicy_leaves(const cpupolicy *p, cpupolicy_leaf *out, size_t *nr);

/** The same for MSRs, in ascending order of index. */
int cpupolicy_msrs(const cpupolicy *p, cpupolicy_msr *out, size_t *nr);

/**
 * Make a policy of these leaves and MSRs, in any order; everything else of it
 * is zero.  A leaf without subleaves may be given with subleaf 0 as well as
 * with CPUPOLICY_NO_SUBLEAF, and one with subleaves without: that is its 0.
 * @param leaves, msrs may be NULL where their number is 0.
 * @returns 0, the caller frees *out with cpupolicy_free(); -EINVAL: the
 *          message names the first row that a policy has no place for, that
 *          states what another one has stated, or whose MSR has bits that a
 *          policy does not hold; -ENOMEM.
 */
int cpupolicy_new(cpupolicy **out, const cpupolicy_leaf *leaves,
                  size_t nr_leaves, const cpupolicy_msr *msrs,
                  size_t nr_msrs, cpupolicy_error *err);

/**
 * The same of a text in memory, in any format of a source, not compressed.
 * Leaves that it does not state are zero.
 * @param section name of the policy in the text; NULL: it must hold one.
 * @returns 0; -ENOENT: no format that is known, or no such section; -EINVAL:
 *          not understood, with line, or a template, several CPUs, or a row
 *          as of cpupolicy_new(); -E2BIG: a bound of the formats; -ENOMEM.
 */
int cpupolicy_parse(cpupolicy **out, const void *bytes, size_t nr_bytes,
                    const char *section, cpupolicy_error *err);

/**
 * A copy, to be edited, or to outlive what `p` was borrowed from.
 * @returns 0, the caller frees *out; -EINVAL: `p` is that of a request with
 *          rows that a policy has no place for, which would be lost; -ENOMEM.
 */
int cpupolicy_copy(cpupolicy **out, const cpupolicy *p,
                   cpupolicy_error *err);

/** Free what cpupolicy_new() and others made; NULL is all right. */
void cpupolicy_free(cpupolicy *p);

/**
 * Turn one feature on or off.  Off takes all features away that need it,
 * directly or through others.  On is refused unless everything that the
 * feature needs directly is there; nothing else is turned on.  Only bits of
 * features change: see cpupolicy_follow().
 * @param feature index.
 * @returns 0, also where there was nothing to do; -ENOENT: no such feature;
 *          -EINVAL: the message names a feature that is missing.
 */
int cpupolicy_feature_set(cpupolicy *p, size_t feature, bool on,
                          cpupolicy_error *err);

#ifdef __cplusplus
}
#endif

#endif /* CPUPOLICY_POLICY_H */
