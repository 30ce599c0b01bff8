/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command table of xl-cpupolicy and what its commands share. */
#ifndef XL_CPUPOLICY_COMMAND_H
#define XL_CPUPOLICY_COMMAND_H

#include <stddef.h>
#include <stdio.h>

#include "cpupolicy-error.h"

/* Exit status, fixed by contract. */
enum { EXIT_YES = 0, EXIT_NO = 1, EXIT_USAGE = 2, EXIT_NO_ANSWER = 3 };

/*
 * One row per subcommand; dispatch, help, completion and the man page's
 * synopsis come from it.  `run` gets argv[0] == the subcommand's name.
 */
struct cli_group;
struct command {
    const char *name;
    const char *synopsis;       /* what follows the name, one line */
    const char *summary;        /* one line for the overview */
    const char *help;           /* paragraphs and the option list */
    int (*run)(int argc, char **argv);
    const struct cli_group *group;      /* its subcommands, or NULL */
};

extern const struct command commands[];
extern const size_t nr_commands;

/* Control characters and what is no UTF-8 as "\x1b". */
void print_visible(FILE *to, const char *text);

/* One line of it. */
void print_line(FILE *to, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* JSON and an end of line; as "\u001b" here, U+FFFD for what is no UTF-8. */
void print_json_text(FILE *to, const char *text);

/* Print usage error "xl-cpupolicy NAME: message" on stderr; EXIT_USAGE. */
int command_usage(const char *name, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Print "xl-cpupolicy: FILE:LINE:COL: message" (without the parts that are
 * absent) on stderr; EXIT_NO_ANSWER.  `file` may be NULL.
 */
int command_failed(const char *file, const cpupolicy_error *err);

/* `status`, if all of stdout was written; else prints, EXIT_NO_ANSWER. */
int finish(int status);

#endif /* XL_CPUPOLICY_COMMAND_H */
