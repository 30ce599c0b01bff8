/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is done with templates; what they are stands in format/template.h. */
#ifndef CPUPOLICY_TEMPLATE_H
#define CPUPOLICY_TEMPLATE_H

#include "dump/dump.h"
#include "format/template.h"

/* The bits that it fixes, sorted.  0 or -ENOMEM. */
int template_to_adjustments(const struct cpu_template *t,
                            struct adjustments *out, cpupolicy_error *err);

/*
 * Back, CPUID entries with the same (leaf, subleaf, flags) joined.
 * Capabilities and vCPU features are not among adjustments.
 */
int template_from_adjustments(const struct adjustments *from,
                              enum template_arch arch,
                              struct cpu_template *out, cpupolicy_error *err);

/*
 * Write the CPUID half of a template over a guest's rows: its entries in the
 * order of the file, flags replaced, fixed bits set.  -ENOENT: an entry that
 * `g` has not, which `owner` ("KVM") therefore does not support; `g` is then
 * as it was.
 */
int template_apply_leaves(struct dump_cpu *g, const struct cpu_template *t,
                          const char *owner, cpupolicy_error *err);

/* The MSR half, over the values that `g` holds.  -ENOENT likewise. */
int template_apply_msrs(struct dump_cpu *g, const struct cpu_template *t,
                        const char *owner, cpupolicy_error *err);

/*
 * A guest's rows as a template in which every bit is fixed: the form of
 * `template dump`.  MSRs that guest_msr_is_dumped() denies are left out.
 */
int template_from_guest(const struct dump_cpu *g, bool host_is_amd,
                        struct cpu_template *out, cpupolicy_error *err);

/*
 * The JSON value that the original would write, and its text: pretty, indented
 * by two blanks, without newline at the end.  TEMPLATE_ANY is written as
 * x86_64.  NULL: out of memory.  The object is the caller's to
 * json_object_put(); the text lives as long as the object.
 */
struct json_object *template_to_json(const struct cpu_template *t);
const char *template_json_text(struct json_object *o);

#endif /* CPUPOLICY_TEMPLATE_H */
