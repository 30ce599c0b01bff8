/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The file that keeps the embedded core's domains between programs: locked
 * through a file beside it, and read back through the audit, so that no edit
 * of it makes a policy that could not be set.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "domains.h"

#define LOCK_TRIES 100          /* a second, as the header says */

/* ---- writing ---------------------------------------------------------- */

static int write_all(int fd, const char *text)
{
    size_t left = strlen(text);

    while ( left )
    {
        ssize_t n = write(fd, text, left);

        if ( n < 0 && errno == EINTR )
            continue;
        if ( n <= 0 )
            return n ? -errno : -ENOSPC;
        text += n;
        left -= n;
    }

    return 0;
}

/* All of it on the disk under another name, then that name in its place. */
static int replace(const char *path, const char *tmp, const char *text)
{
    int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666), rc;

    if ( fd < 0 )
        return -errno;

    rc = write_all(fd, text);
    if ( !rc && fsync(fd) )
        rc = -errno;
    if ( close(fd) && !rc )
        rc = -errno;
    if ( !rc && rename(tmp, path) )
        rc = -errno;
    if ( rc )
        unlink(tmp);

    return rc;
}

int keeper_save(struct domain_keeper *k, const struct keeper_change *next,
                cpupolicy_error *err)
{
    const struct keeper_change none = { X86_DOMID_ANY, X86_DOMID_ANY };
    char *text, *tmp;
    int rc;

    if ( !k->path )
        return 0;

    rc = keeper_text(k, next ? next : &none, &text);
    if ( rc )
        return cpupolicy_error_set(err, -rc, 0, "cannot read the domains: %s",
                                   strerror(-rc));
    if ( asprintf(&tmp, "%s.new", k->path) < 0 )
    {
        free(text);
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");
    }

    rc = replace(k->path, tmp, text);
    if ( rc )
        cpupolicy_error_set(err, -rc, 0, "cannot write %.200s: %s", tmp,
                            strerror(-rc));
    /* These two would mean that the domain cannot have it. */
    if ( rc == -EINVAL || rc == -EEXIST )
        rc = cpupolicy_error_set(err, EIO, 0, "cannot write %.200s", tmp);
    free(text);
    free(tmp);

    return rc;
}

/* ---- reading ---------------------------------------------------------- */

/* 0 or an errno value.  Commands that run at once take their turns. */
static int try_lock(int fd)
{
    const struct timespec pause = { .tv_nsec = 10000000 };

    for ( unsigned int i = 0; flock(fd, LOCK_EX | LOCK_NB); i++ )
    {
        if ( errno == EINTR )
            continue;
        if ( errno != EWOULDBLOCK || i >= LOCK_TRIES )
            return errno;
        nanosleep(&pause, NULL);
    }

    return 0;
}

static int lock_beside(struct domain_keeper *k, cpupolicy_error *err)
{
    char *name;
    int rc;

    if ( asprintf(&name, "%s.lock", k->path) < 0 )
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");

    k->fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    rc = k->fd < 0 ? errno : try_lock(k->fd);
    if ( rc == EWOULDBLOCK )
        rc = cpupolicy_error_set(err, EBUSY, 0, "another program has "
                                 "%.200s", name);
    else if ( rc )
        rc = cpupolicy_error_set(err, rc, 0, "cannot lock %.200s: %s", name,
                                 strerror(rc));
    free(name);

    return rc;
}

static int read_text(struct domain_keeper *k, cpupolicy_error *err)
{
    int fd = open(k->path, O_RDONLY | O_CLOEXEC), rc = 0;
    struct stat st;
    char *text = NULL;
    ssize_t got;

    if ( fd < 0 && errno == ENOENT )
        return 0;               /* none yet */
    if ( fd < 0 || fstat(fd, &st) )
        rc = cpupolicy_error_set(err, errno, 0, "%s", strerror(errno));
    else if ( !S_ISREG(st.st_mode) || st.st_size > KEEPER_MAX_FILE )
        rc = cpupolicy_error_set(err, EINVAL, 0, "not a file of domains: no "
                                 "regular file, or too large");
    else if ( !(text = malloc(st.st_size + 1)) )
        rc = cpupolicy_error_set(err, ENOMEM, 0, "out of memory");
    else if ( (got = read(fd, text, st.st_size)) != st.st_size )
        rc = cpupolicy_error_set(err, EIO, 0, "cannot be read");
    else
        rc = keeper_load(k, text, got, err);
    free(text);
    if ( fd >= 0 )
        close(fd);

    return rc;
}

static int open_state(cpupolicy_source *src, const char *path, bool read_only,
                      cpupolicy_error *err)
{
    struct domain_keeper *k;
    int rc = 0;

    if ( src->xen )
        return cpupolicy_error_set(err, EOPNOTSUPP, 0,
                                   "a running Xen keeps its own domains");
    k = source_keeper(src);
    if ( !k || k->path || !(k->path = strdup(path)) )
        return cpupolicy_error_set(err, k && k->path ? EBUSY : ENOMEM, 0,
                                   k && k->path ? "kept already"
                                                : "out of memory");
    k->read_only = read_only;
    if ( !read_only )
        rc = lock_beside(k, err);
    if ( !rc )
        rc = read_text(k, err);
    if ( rc )
    {
        src->free_keeper(k);
        src->keeper = NULL;
    }

    return rc;
}

int cpupolicy_source_keep(cpupolicy_source *src, const char *path,
                          cpupolicy_error *err)
{
    return open_state(src, path, false, err);
}

int cpupolicy_source_look(cpupolicy_source *src, const char *path,
                          cpupolicy_error *err)
{
    return open_state(src, path, true, err);
}
