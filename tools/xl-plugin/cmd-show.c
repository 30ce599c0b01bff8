/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xl-cpupolicy show */

#include "common.h"

/* As many as anybody would look at side by side. */
#define MAX_VIEWS 64

static int show(const struct request *r, cpupolicy_source *src)
{
    static int (*const printers[])(const cpupolicy_source *src,
                                   const struct view *v, int nr) = {
        [FORM_TEXT] = print_text,         [FORM_FEATURES] = print_features,
        [FORM_LEAVES] = print_leaves,     [FORM_JSON] = print_json,
        [FORM_FEATURESET] = print_featureset, [FORM_XML] = print_xml,
    };
    int nr = 0, status = EXIT_YES;
    struct view views[MAX_VIEWS];

    for ( ; !status && nr < r->nr_args; nr++ )
        status = view_open(r, src, r->args[nr], &views[nr]);
    for ( int w = 0; !r->nr_args && !status && w < request_nr_policies(r);
          w++ )
        if ( cpupolicy_source_policy(src, w) )
            status = view_open(r, src, cpupolicy_which_name(w),
                               &views[nr++]);

    if ( !status )
        status = printers[r->form](src, views, nr);
    views_close(views, nr);

    return status;
}

int cmd_show(const struct args *args)
{
    cpupolicy_source *src;
    struct request r;
    int status = request_read(&r, args);

    if ( status )
        return status;
    if ( r.nr_args > MAX_VIEWS )
        return command_usage(r.command, "at most %d policies", MAX_VIEWS);
    for ( int i = 0; i < r.nr_args; i++ )
        if ( !view_name_ok(&r, r.args[i]) )
            return EXIT_USAGE;

    src = request_open(&r, &status);
    if ( !src )
        return status;

    status = show(&r, src);
    cpupolicy_source_free(src);

    return finish(status);
}
