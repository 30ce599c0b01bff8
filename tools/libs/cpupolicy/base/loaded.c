/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See loaded.h. */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "loaded.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static int failed(const struct loaded_library *l, cpupolicy_error *err)
{
    const char *why = dlerror();

    return cpupolicy_error_set(err, ELIBACC, 0, "%s takes %s: %.300s",
                               l->purpose, l->soname, why ? why : "not found");
}

static int load(struct loaded_library *l, cpupolicy_error *err)
{
    /* Never unloaded: libxml2 and others keep state of their own. */
    void *object = dlopen(l->soname, RTLD_LAZY | RTLD_LOCAL);

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
