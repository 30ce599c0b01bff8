/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What explain is asked about, and the policies that it looks at. */
#ifndef XL_CPUPOLICY_EXPLAIN_H
#define XL_CPUPOLICY_EXPLAIN_H

#include "common.h"

/* Bits of one register: a feature, a field, or all of it. */
struct target {
    char label[48];             /* "avx2", "0x7:0.ebx", "0x1.ebx[23:16]" */
    const char *name, *kind;    /* of a field; NULL: the whole register */
    int feature;                /* index, or -1 */
    cpupolicy_change where;     /* the register */
    unsigned int hi, lo;
    bool if_any;                /* only if a policy has something there */
};

struct targets {
    struct target *list;
    size_t nr, max;
    bool no_memory;
};

/*
 * Append what `name` is: a feature or field in any case, "7", "7:0",
 * "0x7:0.ebx", "0x7:0.ebx[5]", "0x10a", "msr:0x10a", "msr:0x10a[7:4]".
 * `p` tells the vendor, whose fields they are.  Returns how many were found.
 */
size_t targets_add(struct targets *t, const cpupolicy *p, const char *name);

/*
 * Names of features and fields like `name`, nearest first, those of `p`'s
 * vendor.  Returns how many.
 */
#define NR_NEAR 2
size_t targets_nearest(const cpupolicy *p, const char *name,
                       const char *out[NR_NEAR]);

/* The one that is this feature; false: no memory. */
bool target_of_feature(const cpupolicy *p, size_t feature,
                       struct target *out);

uint64_t target_mask(const struct target *t);

/* As many as a chain of dependencies may have. */
#define MAX_CHAIN 32

/* The policies to explain it in, each after the one it comes from. */
struct explained {
    const cpupolicy_source *src;
    struct view rows[CPUPOLICY_NR + 1];
    int nr_rows;
};

/* The row that a row's policy was made from, or -1. */
int explained_parent(const struct explained *e, int row);

/*
 * Call `fn` for every change of the target's bits between a row's policy and
 * the one that it comes from, in the order in which they were made.
 */
void explained_changes(const struct explained *e, int row,
                       const struct target *t,
                       void (*fn)(void *ctx, const cpupolicy_change *c),
                       void *ctx);

/* The last of them. */
bool explained_last(const struct explained *e, int row,
                    const struct target *t, cpupolicy_change *out);

/*
 * What is behind a change of a feature that comes of another one: how that
 * other one was lost, in this row or before.  Its row, or -1: it never was.
 */
int explained_behind(const struct explained *e, int row, size_t feature,
                     cpupolicy_change *out);

/* In text (explain-text.c) and as JSON. */
void explained_print(const struct explained *e, const struct target *t);
struct json_object *explained_json(const struct explained *e,
                                   const struct target *t);

#endif /* XL_CPUPOLICY_EXPLAIN_H */
