/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Libraries that few calls need: loaded when something first needs them, so
 * that a host without them (no Xen, say) misses only what they are for, and
 * a start does not pay for what it does not use.
 *
 * A file names the functions that it takes; the compiler checks each call
 * against the library's own header:
 *
 *     #define FUNCTIONS(X) X(archive_read_new) X(archive_read_free)
 *     LOADED_LIBRARY(lib, SONAME_archive, "unpacking", FUNCTIONS)
 *
 *     rc = loaded_get(&lib_library, err);
 *     if ( !rc )
 *         a = lib.archive_read_new();
 */
#ifndef CPUPOLICY_LOADED_H
#define CPUPOLICY_LOADED_H

#include <stdbool.h>
#include <stddef.h>

#include <sonames.h>

#include "error-set.h"

struct loaded_library {
    /*
     * The name to load.  One that ends in "." is a series, a soname for each
     * release of Xen: whichever is installed is taken, the newest first.
     */
    const char *soname, *purpose;
    const char *const *names;
    size_t nr_names;
    void *functions;            /* a pointer per name */
    bool ready;
};

/*
 * Load the library, if that was not done yet; it stays for good.
 *
 * @returns 0, and its functions can be called; -ELIBACC: the library cannot
 *          be loaded, or lacks a function. Threads may call it at once.
 */
int loaded_get(struct loaded_library *l, cpupolicy_error *err);

#define LOADED_MEMBER(function) __typeof__(&(function)) function;
#define LOADED_NAME(function) #function,

/* LOADED_TYPE: for a header, where several files share one library. */
#define LOADED_TYPE(tag, functions) struct tag { functions(LOADED_MEMBER) }

#define LOADED_LIBRARY(lib, soname, purpose, functions) \
static struct { functions(LOADED_MEMBER) } lib; \
LOADED_TABLE(lib, soname, purpose, functions)

#define LOADED_TABLE(lib, soname, purpose, functions) \
static const char *const lib##_names[] = { functions(LOADED_NAME) }; \
static struct loaded_library lib##_library = { \
    soname, purpose, lib##_names, sizeof(lib##_names) / sizeof(char *), \
    &lib, false, \
}

#endif /* CPUPOLICY_LOADED_H */
