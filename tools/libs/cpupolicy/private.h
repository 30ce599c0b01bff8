/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside of libcpupolicy. */
#ifndef CPUPOLICY_PRIVATE_H
#define CPUPOLICY_PRIVATE_H

#include <arch/cmdline.h>
#include <arch/derive.h>
#include <xen/lib/x86/audit.h>

#include "cpupolicy.h"
#include "dump/dump.h"

struct domain_keeper;
struct xen_host;

struct violations;

struct cpupolicy {
    struct cpu_policy policy;
    /*
     * A request's: rows that the file states and a policy has no place for.
     * They go wherever the policy goes, so that no audit misses them.
     */
    const struct violations *refused;
};

struct cpupolicy_source {
    char *name;
    struct cpu_policy *cpus;            /* cleaned raw policies */
    size_t nr_cpus;
    struct x86_platform platform;
    struct x86_cmdline cmdline;
    struct cpupolicy policies[CPUPOLICY_NR];
    bool present[CPUPOLICY_NR];
    cpupolicy_change *changes;
    size_t nr_changes, max_changes;
    char **notes;
    size_t nr_notes, max_notes;
    bool no_memory;                     /* a trace or note was lost */
    struct xen_host *xen;               /* of a running Xen, or NULL */
    bool what_if;                       /* derived, not the running Xen's */
    struct domain_keeper *keeper;       /* of the core in this process */
};

/* Append a sentence to the source's notes; remembers failure to do so. */
void source_note(cpupolicy_source *src, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Raw policies of all CPUs of a dump's section, not cleaned, with notes of
 * what the tables do not know.  0, -EINVAL (no CPU, no leaf 0), -ENOMEM.
 */
int source_read_dump(cpupolicy_source *src, const struct dump *d,
                     const struct dump_section *section,
                     cpupolicy_error *err);

/* One dump CPU as a policy; `src` gets notes unless NULL. */
void policy_from_dump_cpu(struct cpu_policy *p, const struct dump_cpu *cpu,
                          cpupolicy_source *src);

/*
 * Is the vendor that a dump's CPU claims the policy's?  -EINVAL with place.
 * Parsing asks this of whole policies; of a part, whoever merges it does.
 */
int dump_check_vendor(const struct dump_cpu *cpu, const struct cpu_policy *p,
                      cpupolicy_error *err);

/*
 * Refuse a dump that contradicts itself, with its place; note oddities that
 * real machines' dumps have (contradictions.c).  After src->cpus is read.
 */
int source_check_dump(cpupolicy_source *src, const struct dump *d,
                      const struct dump_section *section,
                      cpupolicy_error *err);

/*
 * Fill in MSRs that the dump states for some CPUs only (unstated.c), with
 * notes of them and of those that it should state.
 */
void source_complete_msrs(cpupolicy_source *src, const struct dump *d,
                          const struct dump_section *section);

/* Derive everything from src->cpus, recording every change. */
int source_derive(cpupolicy_source *src, const cpupolicy_options *options,
                  cpupolicy_error *err);

/*
 * This machine's CPUs and readable MSRs as a dump (source/native.c).  The
 * second one is told where the msr driver's files are: /dev/cpu.
 */
int native_dump(struct dump *out, cpupolicy_error *err);
int native_dump_from(const char *msrs, struct dump *out,
                     cpupolicy_error *err);

/* Can there be such a domain? -EINVAL says why not (domain.c). */
int kind_check(const cpupolicy_domain_kind *kind, cpupolicy_error *err);

struct x86_domain_kind core_kind(const cpupolicy_domain_kind *kind);

/* What a domain of this kind may have at most (request.c). */
void source_limit(const cpupolicy_source *src,
                  const cpupolicy_domain_kind *kind, struct cpu_policy *out);

/* Has it rows that a policy has no place for (request.c)? */
bool request_is_incomplete(const struct cpupolicy *p);

/* Where two policies differ, as violations of rule "changed". */
void policy_difference(const struct cpu_policy *asked,
                       const struct cpu_policy *got,
                       cpupolicy_violation **list, size_t *nr);

/* Index of a feature value in x86_feature_descs, or -1. */
int feature_index(unsigned int value);

/*
 * Grow *array to hold `nr + 1` elements, at most `limit`.  NULL: no memory
 * or limit reached; the old array stays valid.
 */
void *array_grow(void *array, size_t nr, size_t *max, size_t size,
                 size_t limit);

/* Parse boot options; fills err with the first fault. */
int cmdline_parse(struct x86_cmdline *c, const char *text,
                  cpupolicy_error *err);

/* Parse "fact=value,..." on top of what is in *plat. */
int platform_parse(struct x86_platform *plat, const char *text,
                   cpupolicy_error *err);

#endif /* CPUPOLICY_PRIVATE_H */
