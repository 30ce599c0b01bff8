/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See forms.h. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "format/formats.h"
#include "forms.h"
#include "policy.h"

/* With a heading all on one line, without one a line each. */
static void features_of(FILE *f, const cpupolicy *p, const char *heading)
{
    if ( heading )
        fprintf(f, "%s:", heading);
    for ( size_t i = 0; i < cpupolicy_nr_features(); i++ )
        if ( cpupolicy_has(p, i) )
            fprintf(f, "%s%s%s", heading ? " " : "",
                    cpupolicy_feature_name(i), heading ? "" : "\n");
    if ( heading )
        fputc('\n', f);
}

static void write_features(FILE *f, const struct policy_view *list, size_t nr)
{
    for ( size_t i = 0; i < nr; i++ )
        features_of(f, list[i].policy, nr > 1 ? list[i].name : NULL);
}

/* XAPI's form: words in hex with a dash between them. */
static void write_featureset(FILE *f, const struct policy_view *list,
                             size_t nr)
{
    x86_featureset words;

    for ( size_t i = 0; i < nr; i++ )
    {
        cpupolicy_featureset(list[i].policy, words);
        if ( nr > 1 )
            fprintf(f, "%-12s ", list[i].name);
        for ( size_t w = 0; w < cpupolicy_nr_words(); w++ )
            fprintf(f, "%s%08" PRIx32, w ? "-" : "", words[w]);
        fputc('\n', f);
    }
}

static const struct policy_form forms[] = {
    { "features", NULL, write_features, "all that is no feature" },
    { "featureset", NULL, write_featureset, "all that is no feature" },
    { "leaves", &format_xen_cpuid, NULL, NULL },
    { "xml", &format_libvirt, NULL, NULL },
};

const struct policy_form *policy_form_find(const char *name)
{
    for ( size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++ )
        if ( !strcmp(forms[i].name, name) )
            return &forms[i];

    return NULL;
}

static int write_rows(const struct dump_format *format, FILE *f,
                      const struct policy_view *list, size_t nr,
                      cpupolicy_error *err)
{
    struct dump_cpu *cpus = calloc(nr + 1, sizeof(*cpus));
    struct dump_named *named = calloc(nr + 1, sizeof(*named));
    int rc = cpus && named ? 0 : cpupolicy_error_set(err, ENOMEM, 0,
                                                     "out of memory");

    for ( size_t i = 0; !rc && i < nr; i++ )
    {
        named[i] = (struct dump_named){ list[i].name, &cpus[i] };
        rc = policy_to_dump_cpu(&list[i].policy->policy, &cpus[i], err);
    }
    if ( !rc )
        format->write(f, named, nr);

    for ( size_t i = 0; cpus && i < nr; i++ )
        dump_dispose_cpu(&cpus[i]);
    free(cpus);
    free(named);

    return rc;
}

int policy_form_write(const struct policy_form *form, FILE *f,
                      const struct policy_view *list, size_t nr,
                      cpupolicy_error *err)
{
    int rc = 0;

    if ( form->format )
        rc = write_rows(form->format, f, list, nr, err);
    else
        form->write(f, list, nr);

    return rc || !ferror(f) ? rc : cpupolicy_error_set(err, EIO, 0,
                                                       "cannot be written");
}
