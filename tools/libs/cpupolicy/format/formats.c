/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of formats.  A new one is a file in this folder and a row here,
 * before any row whose probe would take its files too.
 */
#include "formats.h"
#include "text/text.h"

const struct dump_format *const dump_formats[] = {
    &format_own_json,
    &format_firecracker,
    &format_cloud_hypervisor,
    &format_libvirt,
    &format_rjcp,
    &format_xen_cpuid,
    &format_cpuid_r,
    &format_libcpuid,           /* may hold AIDA64's text: look first */
    &format_instlatx64,
    &format_hwloc,
};

const size_t nr_dump_formats = sizeof(dump_formats) / sizeof(dump_formats[0]);

int dump_start(struct dump *d, struct dump_section **section,
               struct dump_cpu **first, cpupolicy_error *err)
{
    struct dump_section *s = dump_add_section(d, "", err);

    if ( !s )
        return -err->code;
    if ( first )
    {
        *first = dump_add_cpu(s, 0, err);
        if ( !*first )
            return -err->code;
    }
    *section = s;

    return 0;
}

int dump_parse_lines(const struct dump_input *in, struct dump *out,
                     int (*parse_line)(struct dump_section *s,
                                       struct text_line *l,
                                       cpupolicy_error *err),
                     cpupolicy_error *err)
{
    struct dump_section *s;
    struct text t;
    struct text_line l;
    int rc = dump_start(out, &s, NULL, err);

    text_init(&t, in);
    while ( !rc && (rc = text_next(&t, &l, err)) > 0 )
        rc = parse_line(s, &l, err);

    return rc;
}

int dump_add_row(struct dump_section *s, const struct dump_leaf *row,
                 cpupolicy_error *err)
{
    if ( !s->nr_cpus && !dump_add_cpu(s, 0, err) )
        return -err->code;

    return dump_add_leaf(&s->cpus[s->nr_cpus - 1], row, err);
}
