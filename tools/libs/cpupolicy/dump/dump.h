/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A dump: rows of CPUID and MSR values as some file recorded them, one list
 * per logical CPU.  Format parsers produce dumps and know nothing of policies.
 */
#ifndef CPUPOLICY_DUMP_H
#define CPUPOLICY_DUMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error-set.h"
#include "base/input.h"

#define DUMP_NO_SUBLEAF 0xffffffffU /* the format gives the leaf no subleaf */

/* Bounds on hostile input: more is an error (E2BIG), never a truncation. */
#define DUMP_MAX_CPUS     8192U
#define DUMP_MAX_ROWS     4096U /* per CPU */
#define DUMP_MAX_MSRS     65536U /* per CPU */
#define DUMP_MAX_CLAIMS   4096U /* per CPU */
#define DUMP_MAX_SECTIONS 64U
#define DUMP_MAX_NOTES    64U
#define DUMP_MAX_UNKNOWN  1024U

struct dump_leaf {
    uint32_t leaf, subleaf;
    /*
     * 0, or the row stands for subleaf..last_subleaf inclusive: profiles
     * describe "all further subleaves" in one row, up to 0xffffffff.
     */
    uint32_t last_subleaf;
    uint32_t flags;         /* KVM_CPUID_FLAG_*, where KVM's rows have them */
    uint32_t reg[4];        /* eax, ebx, ecx, edx */
    uint32_t line;          /* where it was found, from 1; 0 unknown */
    uint32_t open[4];       /* bits the file leaves open (template 'x') */
    bool inferred_subleaf;  /* from the order of lines, no tag in the file */
    /*
     * By the rules of its format this row may repeat an earlier one, and the
     * last one counts.  Otherwise two rows that differ are an error.
     */
    bool repeats;
};

struct dump_msr {
    uint32_t index;
    uint32_t line;          /* as dump_leaf.line */
    bool failed;            /* the file says that RDMSR faulted */
    bool repeats;           /* as dump_leaf.repeats */
    uint64_t value;
    uint64_t open;          /* as dump_leaf.open */
};

/*
 * What a file says of its rows beside them, for readers: the vendor, names
 * of features.  The rows count; a file that says something else of them is
 * refused (policy/claims.c).
 */
struct dump_claim {
    char *text;
    uint32_t line, column;
};

struct dump_cpu {
    uint32_t id;            /* the file's number for this CPU */
    struct dump_claim vendor;           /* text NULL: not said */
    struct dump_claim list;             /* of features; text is not used */
    bool lists_features;                /* and so all that there are */
    struct dump_claim *features;
    size_t nr_features, max_features;
    struct dump_leaf *leaves;
    size_t nr_leaves, max_leaves;
    struct dump_msr *msrs;
    size_t nr_msrs, max_msrs;
};

/* A leaf or MSR of which a file says that nobody knows it. */
struct dump_unknown {
    bool is_msr;
    uint32_t index, subleaf;    /* leaf and subleaf, or the MSR */
};

/*
 * One list of CPUs.  Files that hold hardware have a single section without
 * name (""); files that hold named policies (own JSON, xen-cpuid -p) have one
 * section per policy, named as in the command line's contract (raw,
 * host-max, host-default, pv-max ...), each with one CPU.
 */
struct dump_section {
    char name[32];
    struct dump_cpu *cpus;
    size_t nr_cpus, max_cpus;
};

/*
 * What the recording program left out on purpose.  A row that is missing is
 * unknown unless these say that it was zero.
 */
struct dump {
    const char *format;         /* name in the format table */
    /*
     * It records what a CPU answered, leaf by leaf.  Such a dump holds answers
     * to probes beyond the CPU's maximum leaf too, which are dropped with a
     * note, and subleaves that are told by the order of lines alone.  Policies
     * and templates are taken as they stand.
     */
    bool records_hardware;
    bool omits_zero_leaves;     /* all-zero rows were not written */
    bool is_guest_view;         /* a vCPU's view (fingerprint, guest dump) */
    bool is_partial;            /* a template or profile: not a whole CPU */
    struct dump_section *sections;
    size_t nr_sections, max_sections;
    /* Said of all CPUs of the hardware, whatever their rows are. */
    struct dump_unknown *unknown;
    size_t nr_unknown, max_unknown;
    char **notes;               /* oddities a user should hear of */
    size_t nr_notes, max_notes;
};

/*
 * Bring rows as a file lists them into canonical form: ascending by leaf and
 * subleaf (DUMP_NO_SUBLEAF last), MSRs ascending by index, each once per CPU.
 * -EINVAL: rows that contradict each other, a CPU without rows; -E2BIG,
 * -ENOMEM.
 */
int dump_canonicalise(struct dump *d, cpupolicy_error *err);

void dump_dispose(struct dump *d);      /* safe on a zeroed or disposed one */

/*
 * Builders for the parsers: 0 or -ENOMEM / -E2BIG, NULL with the same in err.
 * A pointer to a section (or CPU) is good until the next one is added.  A
 * section's name that is too long, or taken, is -EINVAL.
 */
struct dump_section *dump_add_section(struct dump *d, const char *name,
                                      cpupolicy_error *err);
struct dump_cpu *dump_add_cpu(struct dump_section *s, uint32_t id,
                              cpupolicy_error *err);
int dump_add_leaf(struct dump_cpu *c, const struct dump_leaf *row,
                  cpupolicy_error *err);
int dump_add_msr(struct dump_cpu *c, const struct dump_msr *row,
                 cpupolicy_error *err);
int dump_add_feature(struct dump_cpu *c, const struct dump_claim *claim,
                     cpupolicy_error *err);    /* takes over claim->text */
int dump_add_unknown(struct dump *d, const struct dump_unknown *u,
                     cpupolicy_error *err);
int dump_add_note(struct dump *d, cpupolicy_error *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Start a dump with one section without name, and in it one CPU with number
 * 0 (unless `first` is NULL).
 */
int dump_start(struct dump *d, struct dump_section **section,
               struct dump_cpu **first, cpupolicy_error *err);

/* A row of the CPU that was added last; before all headings, of CPU 0. */
int dump_add_row(struct dump_section *s, const struct dump_leaf *row,
                 cpupolicy_error *err);

/*
 * Look-ups; NULL if absent. Exact match, DUMP_NO_SUBLEAF matched as such; a
 * row that stands for a range of subleaves matches each of them.
 */
const struct dump_leaf *dump_find_leaf(const struct dump_cpu *c, uint32_t leaf,
                                       uint32_t subleaf);
/* A leaf that has no subleaves, whichever way the file writes that. */
const struct dump_leaf *dump_find_plain_leaf(const struct dump_cpu *c,
                                             uint32_t leaf);
const struct dump_msr *dump_find_msr(const struct dump_cpu *c, uint32_t index);
const struct dump_section *dump_find_section(const struct dump *d,
                                             const char *name);

/*
 * A CPU's rows kept sorted by number, each once, without ranges (rows.c): put
 * inserts a row, or replaces the one of the same number, -ENOMEM, -E2BIG; at
 * finds one to change, NULL if absent, good until the next insertion.
 */
int dump_put_leaf(struct dump_cpu *c, const struct dump_leaf *row,
                  cpupolicy_error *err);
int dump_put_msr(struct dump_cpu *c, const struct dump_msr *row,
                 cpupolicy_error *err);
struct dump_leaf *dump_leaf_at(const struct dump_cpu *c, uint32_t leaf,
                               uint32_t subleaf);
struct dump_msr *dump_msr_at(const struct dump_cpu *c, uint32_t index);

/* The rows alone; what a file claims of them is not copied. */
int dump_copy_cpu(const struct dump_cpu *from, struct dump_cpu *to,
                  cpupolicy_error *err);

void dump_dispose_cpu(struct dump_cpu *c);      /* safe on a zeroed one */

#endif /* CPUPOLICY_DUMP_H */
