/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libcpupolicy: requests, their audit, and domains.
 * Included by cpupolicy.h, whose conventions hold here too.
 */
#ifndef CPUPOLICY_DOMAIN_H
#define CPUPOLICY_DOMAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cpupolicy-error.h"
#include "cpupolicy-policy.h"
#include "cpupolicy-source.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- requests and their audit ---------------------------------------- */

/**
 * What an audit must know of the domain; zero: a 64-bit PV guest.  Impossible
 * are: HVM and pv32 at once, shadow or nested without HVM, and a limit of
 * physical addresses below 32 bits or above 57.
 */
typedef struct cpupolicy_domain_kind {
    bool hvm;                   /**< HVM or PVH; else PV */
    bool pv32;                  /**< a 32-bit PV guest */
    bool shadow;                /**< HVM with shadow paging instead of HAP */
    bool nested;                /**< HVM with nested virtualisation */
    bool vpmu;                  /**< may have a virtual PMU */
    unsigned int max_phys_bits; /**< the domain's own limit; 0: none */
} cpupolicy_domain_kind;

/** One thing that is wrong with a request. */
typedef struct cpupolicy_violation {
    const char *rule;           /**< id: "feature", "dependency" ... */
    const char *text;           /**< what is wrong, one clause */
    const char *remedy;         /**< what to do about it */
    bool is_msr;
    uint32_t leaf, subleaf;     /**< if not is_msr */
    unsigned int reg;           /**< 0 eax, 1 ebx, 2 ecx, 3 edx */
    uint32_t msr;               /**< if is_msr */
    uint64_t mask;              /**< the bits that are wrong */
    uint64_t asked, limit;      /**< the register asked; one that would do */
    const char *name;           /**< feature or field, or "reserved" */
    int needs;                  /**< index of a missing feature, or -1 */
    /**
     * Why the limit lacks it (`needs`, if there is one), one clause; NULL: the
     * limit does not lack it, or nobody knows why.
     */
    const char *why;
    /** The derivation's change behind `why`, borrowed from the source. */
    const cpupolicy_change *cause;
} cpupolicy_violation;

/**
 * A request read from a file in any format of a source.
 *
 * A file that states leaf 0 is a whole policy; any other is merged over
 * `base`.  Rows that a policy has no place for are violations, to be found
 * by cpupolicy_request_audit().  Of a file of several CPUs, all have to ask
 * for the same, APIC ids and the like excepted: a domain has one policy.
 */
typedef struct cpupolicy_request cpupolicy_request;

/**
 * @param section name of the policy in the file; NULL: the file must hold
 *        one policy.
 * @returns 0, the caller frees *out with cpupolicy_request_free(); errors of
 *          cpupolicy_source_open(); -ENOENT: no such section.
 */
int cpupolicy_request_load(cpupolicy_request **out, const char *path,
                           const char *section, const cpupolicy *base,
                           cpupolicy_error *err);
void cpupolicy_request_free(cpupolicy_request *r);

/**
 * The policy that the request would make, borrowed from it.  Rows that a
 * policy has no place for stay with it: wherever it is audited, set, or built
 * with, they are violations.
 */
const cpupolicy *cpupolicy_request_policy(const cpupolicy_request *r);

/**
 * Audit against the max policy of `kind`'s type on `src`.
 * @param list all violations in order of leaf, MSRs last; the caller frees it
 *        with cpupolicy_violations_free().  NULL and 0 if there are none.
 * @returns 0: acceptable exactly as it stands; -EINVAL with *nr > 0:
 *          rejected, *list tells why; -EINVAL with *nr == 0: the kind is
 *          impossible; -ENOMEM.
 */
int cpupolicy_request_audit(const cpupolicy_source *src,
                            const cpupolicy_request *r,
                            const cpupolicy_domain_kind *kind,
                            cpupolicy_violation **list, size_t *nr);

/** The same of any policy. */
int cpupolicy_audit(const cpupolicy_source *src, const cpupolicy *request,
                    const cpupolicy_domain_kind *kind,
                    cpupolicy_violation **list, size_t *nr);

/**
 * The features that the CPU keeps for itself (how its FPU saves pointers),
 * and of which the policy says otherwise than `src`'s CPUs: a guest reads
 * what is true where it runs, so that these are neither refused nor promised.
 *
 * @param features receives indices, ascending, as far as there is room.
 * @param max room in `features`.
 * @returns how many there are.
 */
size_t cpupolicy_audit_own(const cpupolicy_source *src,
                           const cpupolicy *request, int *features,
                           size_t max);

/** Free a list of violations; NULL is all right. */
void cpupolicy_violations_free(cpupolicy_violation *list);

/**
 * After features were edited: rebuild what follows from them, for a domain of
 * this kind on `src`.  Fields that belong to a feature which is not there
 * become 0, those of one that is, and that are 0, what the type's max policy
 * has; highest leaves rise to what the features need; the sizes of leaf 0xd
 * and other fields that are computed are computed again.  Features stay.
 * @returns 0; -EINVAL: the kind is impossible.
 */
int cpupolicy_follow(const cpupolicy_source *src,
                     const cpupolicy_domain_kind *kind, cpupolicy *p,
                     cpupolicy_error *err);

/* ---- domains --------------------------------------------------------- */

/** How many domains the core in this process can hold at once. */
#define CPUPOLICY_MAX_DOMAINS 256

/** What is known of a domain. */
typedef struct cpupolicy_domain {
    uint32_t id;
    cpupolicy_domain_kind kind;
    uint32_t nr_vcpus;
    bool finished;              /**< its policy can no longer be set */
} cpupolicy_domain;

/** An xl.cfg, as far as it concerns CPUs: see cpupolicy_config_load(). */
typedef struct cpupolicy_config {
    char name[64];
    cpupolicy_domain domain;    /**< id 0: to be chosen */
    char note[200];             /**< what guests will count otherwise than one
                                 *   would expect, though nobody asked for
                                 *   another topology; or "" */
} cpupolicy_config;

/**
 * Read an xl.cfg through libxlutil: name, type, vcpus, maxvcpus, nestedhvm,
 * hap, cpuid, and two keys that are ours, and that xl itself does not mind:
 * cpu_topology ("threads=2,cores=4,dies=1,sockets=1"), and cpu_policy, what
 * the policy starts from on `src`: "default" of its type, or "max".  It gets
 * its topology, then the edits of cpuid=.  Without cpu_topology, HVM and PVH
 * guests get one socket of single-threaded cores.
 *
 * Which units a guest counts depends on the APIC ids of its vCPUs as well,
 * and these on the hypervisor: a running Xen numbers them 2 * vCPU.  A
 * cpu_topology that the guest would not see so is -EINVAL, with the reason,
 * as are more vCPUs than there are ids.  What does not parse is an error.
 * @param out filled in. @param policy the caller frees with
 *        cpupolicy_free(). @returns 0; -EINVAL; -ENOENT ...; -ENOMEM.
 */
int cpupolicy_config_load(const cpupolicy_source *src, const char *path,
                          cpupolicy_config *out, cpupolicy **policy,
                          cpupolicy_error *err);

/**
 * Keep the domains of the core in this process in a file, so that a sequence
 * of programs sees the same ones.  It is locked, by "PATH.lock" beside it,
 * until the source is freed, and rewritten as a whole by each change, which is
 * not made if that fails.  A file that is not there holds no domains.
 * @returns 0; -EBUSY: another program has had it for a second, or the source
 *          has a file already; -EINVAL: not such a file, or one of another
 *          source; -EOPNOTSUPP: a running Xen keeps its own; errors of files.
 *          On failure the source has no domains.
 */
int cpupolicy_source_keep(cpupolicy_source *src, const char *path,
                          cpupolicy_error *err);

/**
 * The same to look at them only: the file is read once, as the last change
 * left it, whoever has it locked, and nothing is written.  Calls that change
 * a domain answer -EROFS.
 */
int cpupolicy_source_look(cpupolicy_source *src, const char *path,
                          cpupolicy_error *err);

/** The domain with the lowest id from `first` on. -ESRCH: none. */
int cpupolicy_domain_next(cpupolicy_source *src, uint32_t first,
                          cpupolicy_domain *out, cpupolicy_error *err);

/**
 * Make a domain, its construction not finished, with its type's default
 * policy as far as its kind can have it.
 * @param domain id: the number wanted, 1 to 32751, or 0 for the next one that
 *        is free; nr_vcpus: 1 to 8192.
 * @returns 0, and *id is its number; -EINVAL: no such number of vCPUs, or an
 *          impossible kind; -ERANGE: no such id; -EEXIST: it is taken;
 *          -ENOSPC: there are CPUPOLICY_MAX_DOMAINS; -EOPNOTSUPP: on a
 *          running Xen that takes a toolstack; -EROFS:
 *          cpupolicy_source_look(); -ENOMEM; errors of writing the file that
 *          keeps them.
 */
int cpupolicy_domain_create(cpupolicy_source *src,
                            const cpupolicy_domain *domain, uint32_t *id,
                            cpupolicy_error *err);

/**
 * Make a domain that has this policy, its construction not finished: audited,
 * made, set, and kept (cpupolicy_source_keep()) in one step, or not at all.
 * @param list, nr as of cpupolicy_audit(), filled if the audit rejects it.
 * @returns 0, and *id is its number; -EINVAL with *nr > 0: the audit rejects
 *          the policy; errors of cpupolicy_domain_create().
 */
int cpupolicy_domain_build(cpupolicy_source *src,
                           const cpupolicy_domain *domain,
                           const cpupolicy *policy, uint32_t *id,
                           cpupolicy_violation **list, size_t *nr,
                           cpupolicy_error *err);

/** A domain's policy; the caller frees it. -ESRCH. */
int cpupolicy_domain_get(cpupolicy_source *src, uint32_t id, cpupolicy **out,
                         cpupolicy_error *err);

/**
 * The APIC id of a vCPU, the first being 0, of a domain of this type and
 * number of vCPUs that has this policy; ids from 255 up are x2APIC ids.  They
 * follow from the policy's topology, or, on a running Xen, from the vCPU's
 * number alone.
 * @returns 0; -ERANGE: it has no such vCPU; -ENOENT: PV guests are told none.
 */
int cpupolicy_apic_id(const cpupolicy_source *src, const cpupolicy_domain *d,
                      const cpupolicy *p, uint32_t vcpu, uint32_t *out,
                      cpupolicy_error *err);

/**
 * Which id the IO-APIC of such a domain is to have, so that, on AMD, it is no
 * CPU's. @returns 0; -ENOENT: PV, or a running Xen, which does not tell.
 */
int cpupolicy_ioapic_id(const cpupolicy_source *src,
                        const cpupolicy_domain *d, const cpupolicy *p,
                        uint32_t *out, cpupolicy_error *err);

/**
 * Set a domain's policy, verified: audit against the type's max policy, set,
 * read back, compare.  If what is read back differs, the former policy is
 * restored.
 * @param list, nr as of cpupolicy_audit(), filled on -EINVAL.
 * @returns 0: the domain has exactly this policy; -EINVAL: rejected;
 *          -EIO: the hypervisor changed what it was given (*list names the
 *          bits: asked, and limit as read back); -EEXIST: its construction
 *          is finished; -ERANGE: more vCPUs than its topology has APIC ids,
 *          or than 255 without x2APIC; -EBUSY: its vCPUs are there, and would
 *          get other ids; -EROFS; -ESRCH; -ENOMEM; errors of writing the file
 *          that keeps it.
 */
int cpupolicy_domain_set(cpupolicy_source *src, uint32_t id,
                         const cpupolicy *policy, cpupolicy_violation **list,
                         size_t *nr, cpupolicy_error *err);

/**
 * End construction (the first unpause).
 * @returns 0; -EEXIST: it is finished; -ESRCH; -EROFS; -EOPNOTSUPP on a
 *          running Xen; errors of writing the file that keeps it.
 */
int cpupolicy_domain_finish(cpupolicy_source *src, uint32_t id,
                            cpupolicy_error *err);

/** -ESRCH; -EROFS; -EOPNOTSUPP on a running Xen; errors of files. */
int cpupolicy_domain_destroy(cpupolicy_source *src, uint32_t id,
                             cpupolicy_error *err);

#ifdef __cplusplus
}
#endif

#endif /* CPUPOLICY_DOMAIN_H */
