/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reduce templates to the bits in which they differ. */
#include <errno.h>
#include <stdlib.h>

#include "strip.h"

/* The architecture that all of them can have. */
static int common_arch(const struct cpu_template *in, size_t nr,
                       enum template_arch *arch, cpupolicy_error *err)
{
    *arch = TEMPLATE_ANY;

    for ( size_t i = 0; i < nr; i++ )
    {
        if ( in[i].arch == TEMPLATE_ANY || in[i].arch == *arch )
            continue;
        if ( *arch != TEMPLATE_ANY )
            return cpupolicy_error_set(err, EINVAL, 0,
                "templates of x86_64 and of aarch64 together");
        *arch = in[i].arch;
    }

    return 0;
}

static int keep(const struct cpu_template *from, struct cpu_template *to,
                cpupolicy_error *err)
{
    int rc = template_copy_capabilities(to, from, err);

    for ( size_t i = 0; !rc && i < from->nr_features; i++ )
        rc = template_add_feature(to, &from->features[i], err);

    return rc;
}

int template_strip(const struct cpu_template *in, size_t nr,
                   const struct strip_options *options,
                   struct cpu_template *out, cpupolicy_error *err)
{
    struct adjustments *sets;
    enum template_arch arch;
    int rc;

    if ( nr < 2 )
        return cpupolicy_error_set(err, EINVAL, 0,
            "The number of inputs should be two or more.");

    rc = common_arch(in, nr, &arch, err);
    if ( rc )
        return rc;

    sets = calloc(nr, sizeof(*sets));
    if ( !sets )
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");

    for ( size_t i = 0; !rc && i < nr; i++ )
        rc = template_to_adjustments(&in[i], &sets[i], err);

    if ( !rc )
        rc = adjust_strip(sets, nr, options->by_filter, err);

    for ( size_t i = 0; !rc && i < nr; i++ )
        rc = template_from_adjustments(&sets[i], arch, &out[i], err);

    for ( size_t i = 0; !rc && options->keep_capabilities && i < nr; i++ )
        rc = keep(&in[i], &out[i], err);

    for ( size_t i = 0; i < nr; i++ )
    {
        adjustments_dispose(&sets[i]);
        if ( rc )
            template_dispose(&out[i]);
    }
    free(sets);

    return rc;
}
