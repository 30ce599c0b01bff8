/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dumps as text, and what the tests of their parsers share. */
#ifndef TEST_DUMP_TEXT_H
#define TEST_DUMP_TEXT_H

#include <check.h>
#include <stddef.h>

#include "format/formats.h"

/* Every row and flag of a dump, one per line; the caller's to free. */
char *dump_text(const struct dump *d);

/*
 * tests/data/dumps/FILE must parse to what FILE.expect holds in the form of
 * dump_text().  Run from the top of the tree, or with $CPUPOLICY_TESTS set
 * to its tests/ folder.
 */
void assert_dump_file(const char *file);

/* A text that must be refused, and how. */
struct refusal {
    const char *name;
    const char *text;
    int code;                   /* 0: EINVAL */
    unsigned int line, column;  /* 0: the error has none */
    const char *message;        /* a part of it */
};
void assert_refused(const struct dump_format *format,
                    const struct refusal *row);

/* What every parser of a format is tested with. */
struct format_rows {
    const struct dump_format *format;
    const char *const *files;   /* for assert_dump_file() */
    unsigned int nr_files;
    const struct refusal *refusals;
    unsigned int nr_refusals;
};

/* A case for each of the rows. */
void format_add_tests(TCase *tc, const struct format_rows *rows);

/* Parse text that is good. The caller disposes. */
void parse_good(const struct dump_format *format, const char *name,
                const char *text, struct dump *d);

#endif /* TEST_DUMP_TEXT_H */
