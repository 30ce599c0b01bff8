/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files as sources, and what else comes as rows. */
#include <errno.h>
#include <string.h>

#include "sources.h"

/*
 * The hardware of a file: its unnamed section, or the one named raw.  A file
 * with other policies only says nothing about what to derive from.
 */
static const struct dump_section *hardware(const struct dump *d,
                                           cpupolicy_error *err)
{
    const struct dump_section *s = dump_find_section(d, "raw");

    if ( !s )
        s = dump_find_section(d, "");
    if ( !s )
        cpupolicy_error_set(err, EINVAL, 0, "holds policy '%s' but no raw "
                            "one to derive from",
                            d->nr_sections ? d->sections[0].name : "");

    return s;
}

/* These formats change CPUs; few files of theirs tell all of one. */
static bool is_no_cpu(const struct dump *d, const struct dump_section *s)
{
    return (!strcmp(d->format, "firecracker") ||
            !strcmp(d->format, "cloud-hypervisor")) && s->nr_cpus &&
           !dump_find_leaf(&s->cpus[0], 0, 0) &&
           !dump_find_leaf(&s->cpus[0], 0, DUMP_NO_SUBLEAF);
}

int source_from_dump(cpupolicy_source *src, struct dump *d,
                     const cpupolicy_options *options, cpupolicy_error *err)
{
    const struct dump_section *s = hardware(d, err);
    int rc = -EINVAL;

    if ( s && is_no_cpu(d, s) )
        cpupolicy_error_set(err, EINVAL, 0, "is a CPU template or profile: "
                            "it says what to change, not what a CPU has");
    else if ( s )
        rc = source_read_dump(src, d, s, err);
    dump_dispose(d);

    return rc ? rc : source_derive(src, options, err);
}

int file_open(cpupolicy_source *src, const char *spec,
              const cpupolicy_options *options, cpupolicy_error *err)
{
    struct dump d = { 0 };
    int rc = policy_dump_load(spec, &d, err);

    return rc ? rc : source_from_dump(src, &d, options, err);
}
