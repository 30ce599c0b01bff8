/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sources of policies: opening them, and asking them. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sources.h"

const char *cpupolicy_source_note(const cpupolicy_source *src, size_t index)
{
    return index < src->notes.nr ? src->notes.list[index] : NULL;
}

const char *cpupolicy_source_name(const cpupolicy_source *src)
{
    return src->name;
}

const cpupolicy *cpupolicy_source_policy(const cpupolicy_source *src,
                                         cpupolicy_which which)
{
    return (unsigned int)which < CPUPOLICY_NR && src->present[which]
        ? &src->policies[which] : NULL;
}

int cpupolicy_system_get(const cpupolicy_source *src, cpupolicy_which which,
                         const cpupolicy **out, cpupolicy_error *err)
{
    const cpupolicy *p = cpupolicy_source_policy(src, which);

    if ( (unsigned int)which >= CPUPOLICY_NR )
        return cpupolicy_error_set(err, EINVAL, 0, "there is no policy %u",
                                   (unsigned int)which);
    if ( !p )
        return cpupolicy_error_set(err, EOPNOTSUPP, 0, "the hypervisor has "
                                   "no such type of guest");
    *out = p;

    return 0;
}

size_t cpupolicy_source_nr_cpus(const cpupolicy_source *src)
{
    return src->nr_cpus;
}

void cpupolicy_source_free(cpupolicy_source *src)
{
    if ( !src )
        return;

    notes_dispose(&src->notes);
    if ( src->keeper )
        src->free_keeper(src->keeper);
    xen_host_close(src->xen);
    free(src->changes);
    notes_dispose(&src->reasons);
    free(src->cpu_unknown);
    free(src->cpus);
    free(src->name);
    free(src);
}

/* The rest of opening; takes `src`, which may be NULL. */
static int finish_open(cpupolicy_source **out, cpupolicy_source *src, int rc,
                       cpupolicy_error *err)
{
    if ( !rc )
        rc = source_derive_dom0(src, err);

    if ( rc )
        cpupolicy_source_free(src);
    else
        *out = src;

    return rc;
}

static cpupolicy_source *new_source(const char *name, cpupolicy_error *err)
{
    cpupolicy_source *src = calloc(1, sizeof(*src));

    if ( src && (src->name = strdup(name)) )
        return src;

    free(src);
    cpupolicy_error_set(err, ENOMEM, 0, "out of memory");

    return NULL;
}

int cpupolicy_source_open(cpupolicy_source **out, const char *spec,
                          const cpupolicy_options *options,
                          cpupolicy_error *err)
{
    cpupolicy_source *src = new_source(spec, err);
    int rc = !src ? -ENOMEM
                  : source_kind_find(spec)->open(src, spec, options, err);

    return finish_open(out, src, rc, err);
}

int cpupolicy_source_parse(cpupolicy_source **out, const char *name,
                           const void *bytes, size_t nr_bytes,
                           const cpupolicy_options *options,
                           cpupolicy_error *err)
{
    const struct dump_input in = { bytes, nr_bytes };
    cpupolicy_source *src = new_source(name, err);
    cpupolicy_error own;
    struct dump d = { 0 };
    int rc = src ? policy_dump_parse(&in, &d, err ? err : &own) : -ENOMEM;

    if ( !rc )
        rc = source_from_dump(src, &d, options, err);

    return finish_open(out, src, rc, err);
}
