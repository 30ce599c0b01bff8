/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See unpack.h. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <archive.h>
#include <archive_entry.h>

#include "array.h"
#include "loaded.h"
#include "unpack.h"

#define FUNCTIONS(X) \
    X(archive_entry_filetype) X(archive_entry_pathname) \
    X(archive_error_string) X(archive_read_data_block) \
    X(archive_read_free) X(archive_read_new) X(archive_read_next_header) \
    X(archive_read_open_memory) X(archive_read_support_filter_all) \
    X(archive_read_support_format_raw) X(archive_read_support_format_tar) \
    X(archive_read_support_format_zip)

LOADED_LIBRARY(lib, SONAME_archive, "unpacking", FUNCTIONS);

#define MAX_MEMBERS 16384

struct member {
    char *name, *bytes;
    size_t nr_bytes;
};

struct members {
    struct member *list;
    size_t nr, max, total, max_total;
};

bool unpack_probe(const struct dump_input *in)
{
    static const struct {
        const char *magic;
        size_t offset, len;
    } kinds[] = {
        { "\x1f\x8b", 0, 2 }, { "BZh", 0, 3 }, { "\xfd" "7zXZ", 0, 5 },
        { "\x28\xb5\x2f\xfd", 0, 4 }, { "PK\x03\x04", 0, 4 },
        { "ustar", 257, 5 },
    };

    for ( size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++ )
        if ( in->nr_bytes >= kinds[i].offset + kinds[i].len &&
             !memcmp(in->bytes + kinds[i].offset, kinds[i].magic,
                     kinds[i].len) )
            return true;

    return false;
}

static int no_memory(cpupolicy_error *err)
{
    return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");
}

static int damaged(struct archive *a, cpupolicy_error *err)
{
    const char *why = lib.archive_error_string(a);

    return cpupolicy_error_set(err, EINVAL, 0, "cannot unpack: %.200s",
                               why ? why : "damaged");
}

static struct member *add_member(struct members *m, const char *name)
{
    void *list = m->list;

    if ( array_room(&list, m->nr, &m->max, sizeof(*m->list), MAX_MEMBERS) )
        return NULL;

    m->list = list;
    m->list[m->nr] = (struct member){ .name = strdup(name ? name : "") };

    return m->list[m->nr].name ? &m->list[m->nr++] : NULL;
}

/* The size that the archive states is not believed, only what comes. */
static int read_member(struct archive *a, struct members *m,
                       struct member *one, cpupolicy_error *err)
{
    const void *block;
    size_t len;
    la_int64_t offset;
    int rc;

    while ( (rc = lib.archive_read_data_block(a, &block, &len, &offset)) ==
            ARCHIVE_OK )
    {
        char *bytes;

        m->total += len;
        if ( m->total > m->max_total )
            return cpupolicy_error_set(err, E2BIG, 0, "unpacks to more than "
                                       "%zu bytes", m->max_total);
        bytes = realloc(one->bytes, one->nr_bytes + len + 1);
        if ( !bytes )
            return no_memory(err);
        memcpy(bytes + one->nr_bytes, block, len);
        one->bytes = bytes;
        one->nr_bytes += len;
    }

    return rc == ARCHIVE_EOF ? 0 : damaged(a, err);
}

static int read_members(struct archive *a, struct members *m,
                        cpupolicy_error *err)
{
    struct archive_entry *entry;
    int rc;

    while ( (rc = lib.archive_read_next_header(a, &entry)) == ARCHIVE_OK )
    {
        struct member *one;

        if ( lib.archive_entry_filetype(entry) != AE_IFREG )
            continue;
        if ( m->nr == MAX_MEMBERS )
            return cpupolicy_error_set(err, E2BIG, 0, "more than %u files in "
                                       "it", MAX_MEMBERS);
        one = add_member(m, lib.archive_entry_pathname(entry));
        if ( !one )
            return no_memory(err);
        rc = read_member(a, m, one, err);
        if ( rc )
            return rc;
    }

    if ( rc != ARCHIVE_EOF )
        return damaged(a, err);

    return m->nr ? 0 : cpupolicy_error_set(err, EINVAL, 0, "no file in it");
}

static int compare(const void *a, const void *b)
{
    const struct member *x = a, *y = b;

    return strverscmp(x->name, y->name);
}

/* hwloc-gather-cpuid's name for the file of a CPU: pu0, pu1 ... */
static bool is_cpu_file(const char *path)
{
    const char *name = strrchr(path, '/');

    name = name ? name + 1 : path;
    if ( strncmp(name, "pu", 2) || !name[2] )
        return false;

    return !name[2 + strspn(name + 2, "0123456789")];
}

/* A collection of hwloc's has notes and results beside the CPUs' files. */
static void keep_cpu_files(struct members *m)
{
    size_t nr = 0;

    for ( size_t i = 0; i < m->nr; i++ )
        nr += is_cpu_file(m->list[i].name);
    if ( !nr )
        return;

    for ( size_t i = 0; i < m->nr; i++ )
        if ( !is_cpu_file(m->list[i].name) )
            m->list[i].nr_bytes = 0;
}

static int join(struct members *m, char **bytes, size_t *nr_bytes,
                cpupolicy_error *err)
{
    char *all = malloc(m->total + m->nr + 1);
    size_t n = 0;

    if ( !all )
        return no_memory(err);

    keep_cpu_files(m);
    qsort(m->list, m->nr, sizeof(*m->list), compare);
    for ( size_t i = 0; i < m->nr; i++ )
    {
        const struct member *one = &m->list[i];

        if ( one->nr_bytes )
            memcpy(all + n, one->bytes, one->nr_bytes);
        n += one->nr_bytes;
        /* A last line without its end must not run into the next file. */
        if ( m->nr > 1 && one->nr_bytes && all[n - 1] != '\n' )
            all[n++] = '\n';
    }
    *bytes = all;
    *nr_bytes = n;

    return 0;
}

int unpack(const struct dump_input *in, size_t max_bytes, char **bytes,
           size_t *nr_bytes, cpupolicy_error *err)
{
    struct members m = { .max_total = max_bytes };
    struct archive *a;
    int rc = loaded_get(&lib_library, err);

    if ( rc )
        return rc;
    a = lib.archive_read_new();
    if ( !a )
        return no_memory(err);

    lib.archive_read_support_filter_all(a);
    lib.archive_read_support_format_tar(a);
    lib.archive_read_support_format_zip(a);
    lib.archive_read_support_format_raw(a);
    rc = lib.archive_read_open_memory(a, in->bytes, in->nr_bytes) == ARCHIVE_OK
        ? read_members(a, &m, err) : damaged(a, err);
    if ( !rc )
        rc = join(&m, bytes, nr_bytes, err);

    for ( size_t i = 0; i < m.nr; i++ )
    {
        free(m.list[i].name);
        free(m.list[i].bytes);
    }
    free(m.list);
    lib.archive_read_free(a);

    return rc;
}
