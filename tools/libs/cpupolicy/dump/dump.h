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

#define DUMP_NO_SUBLEAF 0xffffffffU /* the format gives the leaf no subleaf */

/* Bounds on hostile input: more is an error (E2BIG), never a truncation. */
#define DUMP_MAX_BYTES    (64U << 20)
#define DUMP_MAX_CPUS     8192U
#define DUMP_MAX_ROWS     4096U /* per CPU */
#define DUMP_MAX_MSRS     65536U /* per CPU */
#define DUMP_MAX_CLAIMS   4096U /* per CPU */
#define DUMP_MAX_SECTIONS 64U
#define DUMP_MAX_NOTES    64U

struct dump_leaf {
    uint32_t leaf, subleaf;
    /*
     * 0, or the row stands for subleaf..last_subleaf inclusive: profiles
     * describe "all further subleaves" in one row, up to 0xffffffff.
     */
    uint32_t last_subleaf;
    uint32_t line;          /* where it was found, from 1; 0 unknown */
    uint32_t reg[4];        /* eax, ebx, ecx, edx */
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
 * of features.  The rows count, and dump_parse() refuses a file that says
 * something else of them.
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
    bool records_hardware;      /* as dump_format.records_hardware */
    bool omits_zero_leaves;     /* all-zero rows were not written */
    bool is_guest_view;         /* a vCPU's view (fingerprint, guest dump) */
    bool is_partial;            /* a template or profile: not a whole CPU */
    struct dump_section *sections;
    size_t nr_sections, max_sections;
    char **notes;               /* oddities a user should hear of */
    size_t nr_notes, max_notes;
};

/* The bytes of one file. Not NUL-terminated; may contain anything. */
struct dump_input {
    const char *bytes;
    size_t nr_bytes;
};

struct dump_format {
    const char *name;           /* "instlatx64", "cpuid-r", "libvirt" ... */
    const char *title;
    /*
     * The file records what a CPU answered, leaf by leaf.  Such a file holds
     * answers to probes beyond the CPU's maximum leaf too, which are dropped
     * with a note, and subleaves that are told by the order of lines alone.
     * A file of policies or templates is taken as it stands.
     */
    bool records_hardware;
    /* Cheap look at the content: could this be mine? Never at the name. */
    bool (*probe)(const struct dump_input *in);
    /*
     * Build into an empty *out. 0, or -errno with *err (not NULL) filled and
     * what was built so far left for the caller to dispose of.  Call it by
     * dump_parse_as(), which also brings the rows into canonical form.
     */
    int (*parse)(const struct dump_input *in, struct dump *out,
                 cpupolicy_error *err);
};

/* The table of formats (format/formats.c), most specific probe first. */
extern const struct dump_format *const dump_formats[];
extern const size_t nr_dump_formats;

/*
 * Parse with the format that the content shows.  -ENOENT: no format's probe
 * accepts it (the message lists what was looked for); -EINVAL: not
 * understood, with line; -E2BIG: a bound above; -ENOMEM.
 *
 * On success *out is the caller's to dispose of; it is untouched on failure.
 * Rows are in canonical form: ascending by leaf and subleaf (DUMP_NO_SUBLEAF
 * last), MSRs ascending by index, each once per CPU.  A row has the subleaf
 * that the file gives it, DUMP_NO_SUBLEAF if it gives none.  Look-ups of
 * leaves without subleaves must therefore try both that and 0, as
 * dump_find_plain_leaf() does.
 */
int dump_parse(const struct dump_input *in, struct dump *out,
               cpupolicy_error *err);

/* The same for a format chosen by the caller. Never -ENOENT. */
int dump_parse_as(const struct dump_format *format,
                  const struct dump_input *in, struct dump *out,
                  cpupolicy_error *err);

/* Read a whole file ("-": stdin) and parse it. Also -errno of open/read. */
int dump_load(const char *path, struct dump *out, cpupolicy_error *err);

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
int dump_add_note(struct dump *d, cpupolicy_error *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

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
 * Do the rows say what the file says of them (claims.c)?  -EINVAL with the
 * place of the first claim that they do not bear out.
 */
int dump_check_claims(const struct dump *d, cpupolicy_error *err);

#endif /* CPUPOLICY_DUMP_H */
