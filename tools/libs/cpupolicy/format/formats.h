/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the format parsers and dump.c share; not for users of dumps. */
#ifndef CPUPOLICY_FORMATS_H
#define CPUPOLICY_FORMATS_H

#include "dump/dump.h"

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

/*
 * Bring a parsed dump into the canonical form that dump_parse() promises, by
 * the rules of `format`.  -EINVAL: rows that contradict each other, a CPU
 * without rows; -E2BIG, -ENOMEM.
 */
int dump_normalise(struct dump *d, const struct dump_format *format,
                   cpupolicy_error *err);

/* The parser of AIDA64's text, which libcpuid's test files embed. */
int aida_parse(const struct dump_input *in, struct dump *out,
               cpupolicy_error *err);
bool aida_probe(const struct dump_input *in);

/*
 * Start a dump with one section without name, and in it one CPU with number
 * 0 (unless `first` is NULL).
 */
int dump_start(struct dump *d, struct dump_section **section,
               struct dump_cpu **first, cpupolicy_error *err);

/* Start a dump, and read it line by line. */
struct text_line;
int dump_parse_lines(const struct dump_input *in, struct dump *out,
                     int (*parse_line)(struct dump_section *s,
                                       struct text_line *l,
                                       cpupolicy_error *err),
                     cpupolicy_error *err);

/* A row of the CPU that was added last; before all headings, of CPU 0. */
int dump_add_row(struct dump_section *s, const struct dump_leaf *row,
                 cpupolicy_error *err);

#endif /* CPUPOLICY_FORMATS_H */
