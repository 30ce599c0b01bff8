/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Running gen-cpu-policy on small tables in a folder of its own. */
#ifndef TEST_GEN_CPU_POLICY_RUN_H
#define TEST_GEN_CPU_POLICY_RUN_H

#include <check.h>
#include <stddef.h>
#include <sys/types.h>

enum { FEATURES, DEPS, FIELDS, MSRS, NR_TABLES };

/* Their names in the folder: "features.h", "deps.h" ... */
extern const char *const table_files[NR_TABLES];

/* One good text per table, lines numbered in the source. */
extern const char *const good_tables[NR_TABLES];

/* What is said of them. */
extern const char good_summary[];

/* Fixture: make the folder with the good tables; remove it. */
void folder_make(void);
void folder_remove(void);

/* Write or read a whole file of the folder; the text is the caller's. */
void file_write(const char *name, const char *text, size_t size);
char *file_read(const char *name);

/* Differs after a file has been replaced. */
ino_t file_inode(const char *name);

/* The good table with one line replaced, and written. */
void table_replace_line(unsigned int table, unsigned int line,
                        const char *text);

struct outcome {
    int status;
    char *out, *err;
};

/*
 * Run with the given arguments, NULL last, in the folder.  The outcome is
 * to be disposed of.
 */
struct outcome run(const char *const args[]);
struct outcome run_on_tables(const char *const more[]);
void outcome_dispose(struct outcome *o);

/* The program's options and coverage: test-gen-cpu-policy-program.c. */
TCase *tcase_gen_cpu_policy_program(void);

/* The refusals, one per row: test-gen-cpu-policy-refusals.c. */
TCase *tcase_gen_cpu_policy_refusals(void);

#endif /* TEST_GEN_CPU_POLICY_RUN_H */
