/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See loaded.h. */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "loaded.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static int failed(const struct loaded_library *l, cpupolicy_error *err)
{
    const char *why = dlerror();
    bool series = l->soname[strlen(l->soname) - 1] == '.';

    return cpupolicy_error_set(err, ELIBACC, 0, "%s takes %s%s: %.300s",
                               l->purpose, l->soname,
                               series ? "* of any Xen from 4.14 on" : "",
                               why ? why : "not found");
}

/* Minors of the releases of Xen 4 that a series is tried for. */
#define NEWEST_MINOR 40
#define OLDEST_MINOR 14

/* Never unloaded: libxml2 and others keep state of their own. */
static void *open_object(const char *soname)
{
    size_t len = strlen(soname);
    char name[64];
    void *object = NULL;

    if ( !len || soname[len - 1] != '.' )
        return dlopen(soname, RTLD_LAZY | RTLD_LOCAL);

    for ( int i = NEWEST_MINOR; !object && i >= OLDEST_MINOR; i-- )
    {
        snprintf(name, sizeof(name), "%s%d", soname, i);
        object = dlopen(name, RTLD_LAZY | RTLD_LOCAL);
    }

    return object;
}

static int load(struct loaded_library *l, cpupolicy_error *err)
{
    void *object = open_object(l->soname);

    if ( !object )
        return failed(l, err);

    for ( size_t i = 0; i < l->nr_names; i++ )
    {
        void *function = dlsym(object, l->names[i]);

        if ( !function )
            return failed(l, err);
        memcpy((char *)l->functions + i * sizeof(function), &function,
               sizeof(function));
    }
    l->ready = true;

    return 0;
}

int loaded_get(struct loaded_library *l, cpupolicy_error *err)
{
    int rc;

    pthread_mutex_lock(&mutex);
    rc = l->ready ? 0 : load(l, err);
    pthread_mutex_unlock(&mutex);

    return rc;
}
