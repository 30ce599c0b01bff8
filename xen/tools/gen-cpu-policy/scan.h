/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The text of a table, taken apart into macro rows and word comments.
 * Everything else of the header (preprocessor lines, prose, enum braces) is
 * skipped; what looks like a row but is malformed is an error.
 */
#ifndef GEN_CPU_POLICY_SCAN_H
#define GEN_CPU_POLICY_SCAN_H

#include "model.h"

#define MAX_ARGS 12u

struct scanner {
    struct model *m;
    struct place at;            /* of *pos */
    char *pos;                  /* NUL terminated, changed while scanning */
    unsigned int nr_rows;
};

struct arg {
    char *text;                 /* without quotes, escapes resolved */
    bool is_string;
};

struct row {
    struct place at;
    char *macro;                /* NULL: a word comment */
    struct arg args[MAX_ARGS];
    unsigned int nr_args;
    char *comment;              /* what follows the row; NULL: nothing */
};

/*
 * Refuse text that is too long, has overlong lines or control characters.
 * False, with the complaint made, if it must not be scanned.
 */
bool scan_acceptable(struct model *m, const char *path, const char *text,
                     size_t size);

void scan_start(struct scanner *s, struct model *m, const char *path,
                char *text);

/*
 * The next row or word comment.  False at the end.  Malformed rows are
 * complained about and skipped.
 */
bool scan_next(struct scanner *s, struct row *row);

#endif /* GEN_CPU_POLICY_SCAN_H */
