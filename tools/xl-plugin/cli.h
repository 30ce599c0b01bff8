/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Groups of subcommands with the grammar of Firecracker's tool, which scripts
 * rely on: options that take several values, no abbreviations, no option
 * twice, no other arguments, "help" beside "--help".  One table serves for
 * parsing and help.
 */
#ifndef XL_CPUPOLICY_CLI_H
#define XL_CPUPOLICY_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum cli_kind {
    CLI_FLAG,
    CLI_VALUE,                  /* one value, at most once */
    CLI_VALUES,                 /* several; again and again */
};

struct cli_option {
    char letter;                /* 0: none */
    const char *name;
    enum cli_kind kind;
    const char *metavar;        /* "PATH"; NULL for flags */
    const char *help;
    bool required;
    bool may_be_empty;
    unsigned int least;         /* CLI_VALUES: as many per occurrence */
    const char *const *choices; /* NULL-terminated, or NULL: anything */
};

/* What was given for one option. */
struct cli_values {
    const char **values;
    size_t nr;                  /* flags: times given */
};

struct cli_command {
    const char *name;
    const char *summary;        /* one line */
    const char *text;           /* further paragraphs of the help, or NULL */
    const struct cli_option *options;
    size_t nr_options;
    bool takes_paths;           /* arguments that belong to no option */
    /* values[i] belongs to options[i], values[nr_options] has the paths. */
    int (*run)(const struct cli_values *values);
};

struct cli_group {
    const char *name;           /* "template" */
    const struct cli_command *commands;
    size_t nr_commands;
};

/* The help of all of a group's commands, one after the other. */
void cli_print_help(FILE *to, const struct cli_group *group);

/* argv[0] is the group's name.  Returns the exit status. */
int cli_run(const struct cli_group *group, int argc, char **argv);

#endif /* XL_CPUPOLICY_CLI_H */
