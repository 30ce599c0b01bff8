/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xl-cpupolicy show */

#include "common.h"

#define FORMS ((1u << FORM_TEXT) | (1u << FORM_FEATURES) | \
               (1u << FORM_LEAVES) | (1u << FORM_FEATURESET) | \
               (1u << FORM_JSON) | (1u << FORM_XML))

int cmd_show(int argc, char **argv)
{
    static int (*const printers[])(const cpupolicy_source *src,
                                   const int *which, int nr) = {
        [FORM_TEXT] = print_text,         [FORM_FEATURES] = print_features,
        [FORM_LEAVES] = print_leaves,     [FORM_JSON] = print_json,
        [FORM_FEATURESET] = print_featureset, [FORM_XML] = print_xml,
    };
    cpupolicy_source *src;
    struct request r;
    int which[CPUPOLICY_NR], nr = 0, status;

    if ( request_parse(&r, argc, argv, FORMS, &status) )
        return status;
    if ( r.nr_args > CPUPOLICY_NR )
        return command_usage(r.command, "more policies than there are");

    for ( ; nr < r.nr_args; nr++ )
        if ( (which[nr] = request_policy(&r, r.args[nr])) < 0 )
            return EXIT_USAGE;
    if ( !nr )
        for ( ; nr < CPUPOLICY_NR; nr++ )
            which[nr] = nr;

    src = request_open(&r, &status);
    if ( !src )
        return status;

    if ( r.form != FORM_TEXT && r.form != FORM_JSON )
        print_notes(src);
    status = printers[r.form](src, which, nr);
    cpupolicy_source_free(src);

    return finish(status);
}
