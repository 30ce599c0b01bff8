/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole files in and out. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"

static int fail(int code, cpupolicy_error *err)
{
    return cpupolicy_error_set(err, code, 0, "%s", strerror(code));
}

static int read_stream(FILE *f, size_t max_bytes, char **text, size_t *nr,
                       cpupolicy_error *err)
{
    size_t max = 64U << 10, got = 0;
    char *all = malloc(max + 1);

    while ( all && !feof(f) && !ferror(f) && got <= max_bytes )
    {
        char *bigger = got < max ? all : realloc(all, (max *= 2) + 1);

        if ( !bigger )
            free(all);
        all = bigger;
        if ( all )
            got += fread(all + got, 1, max - got, f);
    }

    if ( all && !ferror(f) && got <= max_bytes )
    {
        all[got] = '\0';
        *text = all;
        *nr = got;
        return 0;
    }

    free(all);
    if ( !all )
        return fail(ENOMEM, err);
    if ( ferror(f) )
        return fail(errno ?: EIO, err);

    return cpupolicy_error_set(err, E2BIG, 0, "more than %zu bytes",
                               max_bytes);
}

int file_load(const char *path, size_t max_bytes, char **text, size_t *nr,
              cpupolicy_error *err)
{
    FILE *f = strcmp(path, "-") ? fopen(path, "rbe") : stdin;
    int rc;

    if ( !f )
        return fail(errno, err);

    errno = 0;
    rc = read_stream(f, max_bytes, text, nr, err);
    if ( f != stdin )
        fclose(f);

    return rc;
}

int file_save(const char *path, const char *text, cpupolicy_error *err)
{
    FILE *f = strcmp(path, "-") ? fopen(path, "wbe") : stdout;
    bool failed;

    if ( !f )
        return fail(errno, err);

    errno = 0;
    failed = fputs(text, f) == EOF || fflush(f) == EOF;
    if ( f != stdout )
        failed = fclose(f) == EOF || failed;

    return failed ? fail(errno ?: EIO, err) : 0;
}
