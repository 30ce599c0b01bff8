/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading dumps from files of any known format. */
#ifndef CPUPOLICY_FORMATS_H
#define CPUPOLICY_FORMATS_H

#include <stdio.h>

#include "dump/dump.h"

/* Of a file, and of what it unpacks to: more is an error (E2BIG). */
#define DUMP_MAX_BYTES (64U << 20)

/* One CPU to be written, by the name that a heading calls it. */
struct dump_named {
    const char *name;
    const struct dump_cpu *cpu;
};

struct dump_format {
    const char *name;           /* "instlatx64", "cpuid-r", "libvirt" ... */
    const char *title;
    bool records_hardware;      /* as dump.records_hardware */
    bool is_binary;             /* no text: zero bytes are part of it */
    size_t max_bytes;           /* of an input; 0: DUMP_MAX_BYTES */
    /* Cheap look at the content: could this be mine? Never at the name. */
    bool (*probe)(const struct dump_input *in);
    /*
     * Build into an empty *out. 0, or -errno with *err (not NULL) filled and
     * what was built so far left for the caller to dispose of.  Call it by
     * dump_parse_as(), which also brings the rows into canonical form.
     */
    int (*parse)(const struct dump_input *in, struct dump *out,
                 cpupolicy_error *err);
    /*
     * Print CPUs, of whom more than one get headings; NULL: none of ours
     * needs it yet.  The caller looks at `f` for errors.
     */
    void (*write)(FILE *f, const struct dump_named *list, size_t nr);
    const char *loses;          /* by writing, for people; NULL: nothing */
};

/* The largest input that any format takes. */
size_t dump_max_bytes(void);

/* The table of formats, most specific probe first. */
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

/* ---- for the formats themselves --------------------------------------- */

extern const struct dump_format format_own_json;
extern const struct dump_format format_firecracker;
extern const struct dump_format format_cloud_hypervisor;
extern const struct dump_format format_libvirt;
extern const struct dump_format format_rjcp;
extern const struct dump_format format_xen_cpuid;
extern const struct dump_format format_cpuid_r;
extern const struct dump_format format_libcpuid;
extern const struct dump_format format_instlatx64;
extern const struct dump_format format_hwloc;

/* The parser of AIDA64's text, which libcpuid's test files embed. */
int aida_parse(const struct dump_input *in, struct dump *out,
               cpupolicy_error *err);
bool aida_probe(const struct dump_input *in);

/* Start a dump, and read it line by line. */
struct text_line;
int dump_parse_lines(const struct dump_input *in, struct dump *out,
                     int (*parse_line)(struct dump_section *s,
                                       struct text_line *l,
                                       cpupolicy_error *err),
                     cpupolicy_error *err);

#endif /* CPUPOLICY_FORMATS_H */
