/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside of libcpupolicy: what sources of policies share. */
#ifndef CPUPOLICY_SOURCE_PRIVATE_H
#define CPUPOLICY_SOURCE_PRIVATE_H

#include <arch/cmdline.h>
#include <arch/derive.h>

#include "policy/policy.h"
#include "xen.h"

struct domain_keeper;
struct xen_host;
struct xen_release;

struct cpupolicy_source {
    char *name;
    struct cpu_policy *cpus;            /* cleaned raw policies */
    size_t nr_cpus;
    struct x86_unknown *cpu_unknown;    /* of each; NULL: all is stated */
    struct x86_unknown unknown;         /* of any of them */
    struct x86_platform platform;
    struct x86_cmdline cmdline;
    struct cpupolicy policies[CPUPOLICY_NR];
    bool present[CPUPOLICY_NR];
    cpupolicy_change *changes;
    size_t nr_changes, max_changes;
    struct note_list notes;
    struct note_list reasons;           /* of changes, beyond the rules' own */
    bool no_memory;                     /* a change was lost */
    struct xen_host *xen;               /* of a running Xen, or NULL */
    const struct xen_release *release;  /* what is peculiar to it, or NULL */
    bool what_if;                       /* derived, not the running Xen's */
    /* Domains of the core in this process, and how to be rid of them. */
    struct domain_keeper *keeper;
    void (*free_keeper)(struct domain_keeper *k);
};

/* Append a sentence to the source's notes; remembers failure to do so. */
#define source_note(src, ...) notes_add(&(src)->notes, __VA_ARGS__)

/*
 * Raw policies of all CPUs of a dump's section, not cleaned, with notes of
 * what the tables do not know.  0, -EINVAL (no CPU, no leaf 0), -ENOMEM.
 */
int source_read_dump(cpupolicy_source *src, const struct dump *d,
                     const struct dump_section *section,
                     cpupolicy_error *err);

/*
 * Refuse a dump that contradicts itself, with its place; note oddities that
 * real machines' dumps have (contradictions.c).  After src->cpus is read.
 */
int source_check_dump(cpupolicy_source *src, const struct dump *d,
                      const struct dump_section *section,
                      cpupolicy_error *err);

/*
 * Fill in MSRs that the dump states for some CPUs only, and find out what it
 * should state and does not (unstated.c), with notes of both.
 */
int source_find_unknown(cpupolicy_source *src, const struct dump *d,
                        const struct dump_section *section,
                        cpupolicy_error *err);

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

/* Parse boot options; fills err with the first fault. */
int cmdline_parse(struct x86_cmdline *c, const char *text,
                  cpupolicy_error *err);

/* Parse "fact=value,..." on top of what is in *plat. */
int platform_parse(struct x86_platform *plat, const char *text,
                   cpupolicy_error *err);

/* From a dump, which is gone then, to all policies but dom0's (file.c). */
int source_from_dump(cpupolicy_source *src, struct dump *d,
                     const cpupolicy_options *options, cpupolicy_error *err);

/* Xen's rows as a policy, and back (what Xen's ABI can carry). */
int policy_from_rows(struct cpu_policy *p, const struct xen_rows *rows,
                     cpupolicy_error *err);
void policy_to_rows(const struct cpu_policy *p, struct xen_rows *rows);

/* What the source's dom0 has, with a cause for each change (dom0.c). */
int source_derive_dom0(cpupolicy_source *src, cpupolicy_error *err);

/* Append to the source's changes; `index`: a word, or an MSR's slot. */
void source_add_change(cpupolicy_source *src, bool is_msr,
                       unsigned int index, const cpupolicy_change *c);

/*
 * Record, as changes of stage `which` by rule "running-xen", where the
 * running Xen's policy differs from the derived one.
 */
void source_record_difference(cpupolicy_source *src, unsigned int which,
                              const struct cpu_policy *derived,
                              const struct cpu_policy *real);

#endif /* CPUPOLICY_SOURCE_PRIVATE_H */
