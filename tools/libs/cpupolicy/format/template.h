/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A CPU template as its file has it: the order of entries and duplicates are
 * kept, so that reading and writing lose nothing.  The same form serves for
 * dumps, in which every bit is fixed.  There is no other parser of these files.
 */
#ifndef CPUPOLICY_FORMAT_TEMPLATE_H
#define CPUPOLICY_FORMAT_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "adjust/adjust.h"
#include "base/notes.h"
#include "text/json-reader.h"

/* More is an error (-E2BIG). */
#define TEMPLATE_MAX_LEAVES    4096U
#define TEMPLATE_MAX_MODIFIERS 64U      /* per leaf entry */
#define TEMPLATE_MAX_ENTRIES   65536U   /* of every other list */

enum template_arch {
    TEMPLATE_ANY,       /* nothing in the file tells */
    TEMPLATE_X86_64,
    TEMPLATE_AARCH64,
};

/* Add to, or with `remove` drop from, the KVM capabilities to check for. */
struct template_capability {
    uint32_t number;
    bool remove;
};

struct template_modifier {
    uint8_t reg;                /* 0 to 3: eax, ebx, ecx, edx */
    struct adjust_bits bits;
};

struct template_leaf {
    uint32_t leaf, subleaf;
    uint32_t flags;             /* KVM_CPUID_FLAG_* */
    uint32_t line;              /* of the file; 0: made otherwise */
    struct template_modifier *modifiers;
    size_t nr_modifiers, max_modifiers;
};

struct template_msr {
    uint32_t index;
    uint32_t line;              /* as template_leaf.line */
    struct adjust_bits bits;
};

/* aarch64: a register by its KVM id, and a word of vCPU feature bits. */
struct template_reg {
    uint64_t id;
    struct adjust_bits bits;
};

struct template_feature {
    uint32_t index;
    struct adjust_bits bits;
};

struct cpu_template {
    enum template_arch arch;
    struct template_capability *capabilities;
    size_t nr_capabilities, max_capabilities;
    struct template_leaf *leaves;               /* x86_64 */
    size_t nr_leaves, max_leaves;
    struct template_msr *msrs;
    size_t nr_msrs, max_msrs;
    struct template_feature *features;          /* aarch64 */
    size_t nr_features, max_features;
    struct template_reg *regs;
    size_t nr_regs, max_regs;
    struct note_list notes;         /* of keys that the reader passed over */
};

void template_dispose(struct cpu_template *t);  /* safe on a zeroed one */

/* 0, -ENOMEM or -E2BIG with the error filled.  `row` is copied. */
int template_add_capability(struct cpu_template *t,
                            const struct template_capability *row,
                            cpupolicy_error *err);
int template_add_leaf(struct cpu_template *t, uint32_t leaf, uint32_t subleaf,
                      uint32_t flags, cpupolicy_error *err);
int template_add_msr(struct cpu_template *t, const struct template_msr *row,
                     cpupolicy_error *err);
int template_add_feature(struct cpu_template *t,
                         const struct template_feature *row,
                         cpupolicy_error *err);
int template_add_reg(struct cpu_template *t, const struct template_reg *row,
                     cpupolicy_error *err);

/* Append to the leaf entry that was added last. */
int template_add_modifier(struct cpu_template *t,
                          const struct template_modifier *row,
                          cpupolicy_error *err);

int template_copy_capabilities(struct cpu_template *to,
                               const struct cpu_template *from,
                               cpupolicy_error *err);

/* Entry by entry, in order; lists that an architecture has not are empty. */
bool template_equal(const struct cpu_template *a,
                    const struct cpu_template *b);

/*
 * Read the JSON text of a template.  `arch` is what the file has to be;
 * with TEMPLATE_ANY its keys tell, and stay TEMPLATE_ANY in *out if none of
 * them does.  -EINVAL with line and column, -E2BIG, -ENOMEM.
 */
int template_parse(const char *text, size_t nr, enum template_arch arch,
                   struct cpu_template *out, cpupolicy_error *err);

/* The same for a template inside another structure: fills *out or fails. */
int template_read(struct json_reader *r, enum template_arch arch,
                  struct cpu_template *out);

#endif /* CPUPOLICY_FORMAT_TEMPLATE_H */
