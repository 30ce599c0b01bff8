/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running xl-cpupolicy ($XL_CPUPOLICY) in a folder of its own. */
#ifndef TEST_CLI_RUN_H
#define TEST_CLI_RUN_H

#include <stddef.h>

struct machine;

/* Fixture: an empty folder as the working directory, and its end. */
void cli_enter(void);
void cli_leave(void);

void cli_write(const char *name, const void *bytes, size_t size);

/* A machine's registers as `cpuid -r` prints them. */
void cli_write_machine(const char *name, const struct machine *m);

/* The caller's to dispose of. */
struct cli_result {
    int status;
    char *out, *err;
    size_t nr_out, nr_err;
};

/*
 * Run with arguments and redirections as one would type them.  Fails the
 * test if the program dies of a signal.
 */
struct cli_result cli_run(const char *arguments);

/* The same with the arguments as they are, NULL last. */
struct cli_result cli_run_args(const char *const arguments[]);
void cli_dispose(struct cli_result *r);

/* What a command must answer. */
struct cli_row {
    const char *arguments;
    int status;
    const char *out, *err;      /* what each must contain; NULL: empty */
};

/* Notes on stderr do not make a success a failure. */
void cli_check(const struct cli_row *row);

#endif /* TEST_CLI_RUN_H */
