/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Cases recorded from the original tools, and dumps of real CPUs, which are
 * not part of this tree: $CPUPOLICY_TEST_DATA, else ../shared/data.  Suites
 * have cases of their own and use these on top, where they are.
 */
#ifndef TEST_VECTORS_H
#define TEST_VECTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct json_object;

/* Where the data is looked for. */
const char *vectors_root(void);

/* Is it there?  For suites, which are made outside of any test. */
bool vectors_there(void);

/*
 * A case that does nothing but read the data is added with these: without
 * the data it is not run, but counted as skipped.
 */
#define vectors_add_test(tc, test) vectors_add_loop_test(tc, test, 0, 1)
#define vectors_add_loop_test(tc, test, first, end) \
    do { \
        if ( vectors_there() ) \
            tcase_add_loop_test(tc, test, first, end); \
        else \
            vectors_skip(#test, (end) - (first)); \
    } while ( 0 )

void vectors_skip(const char *test, unsigned int nr);

/* Tell what was skipped, if anything was: "N skipped: ..." */
void vectors_report(FILE *out);

/*
 * The parsed file ("firecracker/parse_cases.json"), the caller's to
 * json_object_put(); NULL if the data is not there.  Fails the running test
 * if the folder is there and the file is not, or is no JSON.
 */
struct json_object *vectors_load(const char *name);

/* Path of a file of the data ("dumps/..."); false if the data is not there. */
bool vectors_path(const char *name, char *path, size_t max);

/*
 * Must this file hold a whole CPU?  Of tests/data/dumps all, but for those
 * that are known not to; of the data's dumps/, those of its manifest.  What
 * must and cannot be read is a failure, not a smaller corpus.
 */
bool vectors_is_cpu(const char *path);

/* Whole file; the caller's to free.  Fails the running test if it cannot. */
char *vectors_read(const char *path, size_t *nr);

#endif /* TEST_VECTORS_H */
