/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Output files.  A file that would not change is left alone, so that make
 * rebuilds nothing; one that does appears whole or not at all.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model.h"

static bool same_content(const char *path, const char *text, size_t size)
{
    FILE *in = fopen(path, "r");
    size_t i = 0;

    if ( !in )
        return false;

    while ( i < size && getc(in) == (unsigned char)text[i] )
        i++;
    if ( i == size && getc(in) != EOF )
        i++;
    fclose(in);

    return i == size;
}

static int replace(const char *path, const char *text, size_t size)
{
    size_t length = strlen(path) + 32;
    char *temporary = checked_calloc(1, length);
    FILE *out;
    int rc = 0;

    snprintf(temporary, length, "%s.tmp.%ld", path, (long)getpid());
    out = fopen(temporary, "w");
    if ( !out )
    {
        rc = -errno;
        free(temporary);
        return rc;
    }

    if ( fwrite(text, 1, size, out) != size )
        rc = -EIO;
    if ( fclose(out) && !rc )
        rc = -errno;
    if ( !rc && rename(temporary, path) )
        rc = -errno;
    if ( rc )
        remove(temporary);
    free(temporary);

    return rc;
}

int output_write(const struct model *m, const char *path,
                 void (*emit)(const struct model *m, FILE *out))
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    int rc = 0;

    if ( !out )
        return -errno;

    emit(m, out);
    if ( fclose(out) )
        rc = -ENOMEM;
    else if ( !same_content(path, text, size) )
        rc = replace(path, text, size);
    free(text);

    return rc;
}
