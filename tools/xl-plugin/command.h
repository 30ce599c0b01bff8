/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command table of xl-cpupolicy and what its commands share. */
#ifndef XL_CPUPOLICY_COMMAND_H
#define XL_CPUPOLICY_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "cpupolicy-error.h"

/* Exit status, fixed by contract. */
enum { EXIT_YES = 0, EXIT_NO = 1, EXIT_USAGE = 2, EXIT_NO_ANSWER = 3 };

/* A command is a row of commands[], at the index of its id. */
enum command_id {
    CMD_SHOW, CMD_DIFF, CMD_EXPLAIN, CMD_AUDIT, CMD_CMDLINE,
    CMD_DOMAIN_LIST, CMD_DOMAIN_GET, CMD_DOMAIN_SET, CMD_DOMAIN_CREATE,
    CMD_DOMAIN_UNPAUSE, CMD_DOMAIN_DESTROY,
    CMD_TEMPLATE_DUMP, CMD_TEMPLATE_STRIP, CMD_TEMPLATE_VERIFY,
    CMD_TEMPLATE_GENERATE,
    CMD_FINGERPRINT_DUMP, CMD_FINGERPRINT_COMPARE,
    CMD_REFERENCE_POD, CMD_REFERENCE_FACTS, CMD_REFERENCE_BASH,
    CMD_REFERENCE_ZSH, CMD_REFERENCE_FISH,
    NR_COMMANDS
};

/*
 * What can stand for a value or an argument: what completion offers, and
 * where only certain words can be meant, what the parser takes.
 */
enum value_kind {
    VALUE_NONE,                 /* an option: a flag; a command: no arguments */
    VALUE_TEXT,                 /* anything */
    VALUE_FILE,
    VALUE_SOURCE,               /* native, xen, kvm, or a file */
    VALUE_POLICY,               /* raw, host-max ..., dom:ID */
    VALUE_FEATURE,              /* or a field, a leaf, an MSR */
    VALUE_FACTS,                /* hap=no,... */
    VALUE_BOOT,                 /* cpuid=... */
    VALUE_TEMPLATE,             /* a file, or one that is built in */
    /* From here on, one of value_word(): */
    VALUE_FORM,                 /* the command's forms */
    VALUE_NOTES, VALUE_TYPE, VALUE_REPORT, VALUE_FIELD,
};

/* A group has subcommands, whose rows in commands[] name it. */
struct command_group {
    const char *name, *summary, *text;
};

struct args;

/* Dispatch, help, completion and the manual's synopsis come from here. */
struct command {
    const struct command_group *group;  /* or NULL */
    const char *name;
    const char *arguments;      /* of the synopsis: "POLICY POLICY", or "" */
    enum value_kind kind;       /* of arguments */
    const char *summary;        /* one line */
    const char *text;           /* further paragraphs, or NULL */
    unsigned int forms;         /* of -o: a mask of 1 << enum output_form */
    /*
     * With the grammar and the messages of Firecracker's tool, which scripts
     * rely on: values that start with '-' only behind '=', nothing twice.
     */
    bool as_original;
    int (*run)(const struct args *args);        /* returns exit status */
};

extern const struct command commands[NR_COMMANDS];

/* The n-th group, in the order of the table; NULL past the end. */
const struct command_group *command_group(size_t n);

/*
 * The row of "show", or of a group's "dump"; NULL.  *group, unless NULL, is
 * the group that the first word names, or NULL.
 */
const struct command *command_find(const char *first, const char *second,
                                   const struct command_group **group);

/* "template dump" */
const char *command_title(const struct command *c, char *out, size_t size);

/* Help of everything, of a group, of a command. */
void help_overview(FILE *to);
void help_group(FILE *to, const struct command_group *g);
void help_command(FILE *to, const struct command *c);

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
