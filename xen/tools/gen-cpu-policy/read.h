/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Row handlers of the four tables, and how they take their arguments. */
#ifndef GEN_CPU_POLICY_READ_H
#define GEN_CPU_POLICY_READ_H

#include "scan.h"

/* A macro that a table may contain. */
struct row_type {
    const char *macro;
    unsigned int nr_args;
    const char *strings;        /* per argument: 's' string, '-' bare */
    void (*add)(struct model *m, const struct row *row);
};

/* Row types, each list ended by a NULL macro. */
extern const struct row_type feature_rows[], dep_rows[]; /* read-features.c */
extern const struct row_type field_rows[], msr_rows[];   /* read-fields.c */

/* A word comment of the feature table. */
void read_announcement(struct model *m, const struct row *row);

/*
 * Arguments: false, with the complaint made, if malformed or > max.
 * Decimal numbers have no prefix; hex numbers must have 0x, and may have the
 * suffixes of C.
 */
bool arg_decimal(struct model *m, const struct row *row, unsigned int i,
                 unsigned int max, unsigned int *value);
bool arg_hex(struct model *m, const struct row *row, unsigned int i,
             uint64_t max, uint64_t *value);
/* One of a list of names; what is said to be unknown otherwise. */
bool arg_choice(struct model *m, const struct row *row, unsigned int i,
                const char *const names[], unsigned int nr,
                const char *what, unsigned int *value);
/* [A-Z0-9_]+ of at most MAX_NAME characters; fields may use lower case. */
bool arg_name(struct model *m, const struct row *row, unsigned int i,
              bool lower, const char **name);

#endif /* GEN_CPU_POLICY_READ_H */
