/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Cases recorded from the original tools, which are not part of this tree:
 * $CPUPOLICY_TEST_DATA/vectors, else ../shared/data/vectors.  Tests have
 * cases of their own and use these on top, where they are.
 */
#ifndef TEST_VECTORS_H
#define TEST_VECTORS_H

#include <stdbool.h>
#include <stddef.h>

struct json_object;

/*
 * The parsed file ("firecracker/parse_cases.json"), the caller's to
 * json_object_put(); NULL if the data is not there.  Fails the running test
 * if the folder is there and the file is not, or is no JSON.
 */
struct json_object *vectors_load(const char *name);

/* Path of a file of the data ("dumps/..."); false if the data is not there. */
bool vectors_path(const char *name, char *path, size_t max);

/* Whole file; the caller's to free.  Fails the running test if it cannot. */
char *vectors_read(const char *path, size_t *nr);

#endif /* TEST_VECTORS_H */
