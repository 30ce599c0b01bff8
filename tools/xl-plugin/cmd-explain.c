/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xl-cpupolicy explain: bits through all policies, with causes. */

#include "explain.h"

#include <stdlib.h>
#include <string.h>

/* In the order of their derivation: the last one is what was asked for. */
static int open_way(struct explained *e, const struct request *r,
                    cpupolicy_source *src)
{
    struct view asked;
    int way[CPUPOLICY_NR], nr = 0;
    int status = view_open(r, src, r->policy, &asked), which = asked.base;

    while ( which >= 0 )
    {
        if ( which != asked.which )
            way[nr++] = which;
        which = which == CPUPOLICY_RAW ? -1
                                       : (int)cpupolicy_which_parent(which);
    }

    for ( ; !status && nr; e->nr_rows++ )
        status = view_open(r, src, cpupolicy_which_name(way[--nr]),
                           &e->rows[e->nr_rows]);
    e->rows[e->nr_rows++] = asked;

    return status;
}

static int open_all(struct explained *e, const struct request *r,
                    cpupolicy_source *src)
{
    int status = EXIT_YES;

    for ( int w = 0; !status && w < request_nr_policies(r); w++ )
        if ( cpupolicy_source_policy(src, w) )
            status = view_open(r, src, cpupolicy_which_name(w),
                               &e->rows[e->nr_rows++]);

    return status;
}

static bool is_zero(const struct explained *e, const struct target *t)
{
    for ( int row = 0; row < e->nr_rows; row++ )
        if ( register_value(&e->rows[row].now, &t->where) )
            return false;

    return true;
}

/* Of a leaf's many registers those with something in, or the first one. */
static void drop_zeros(const struct explained *e, struct targets *t,
                       size_t first)
{
    size_t nr = first;

    for ( size_t i = first; i < t->nr; i++ )
        if ( !t->list[i].if_any || !is_zero(e, &t->list[i]) )
            t->list[nr++] = t->list[i];
    t->nr = nr > first ? nr : first + 1;
}

static void not_found(const struct request *r, const cpupolicy *p,
                      const char *name)
{
    const char *near[NR_NEAR];
    size_t nr = targets_nearest(p, name, near);

    if ( (*name >= '0' && *name <= '9') || strchr(name, ':') )
        print_line(stderr, "xl-cpupolicy %s: no leaf or MSR '%s'",
                   r->command, name);
    else
        print_line(stderr, "xl-cpupolicy %s: no feature or field '%s'%s%s%s%s",
                   r->command, name, nr ? "; near: " : "",
                   nr ? near[0] : "", nr > 1 ? " " : "",
                   nr > 1 ? near[1] : "");
}

/* All that there is none of is named before giving up. */
static int find_targets(const struct explained *e, const struct request *r,
                        struct targets *t)
{
    int status = EXIT_YES;

    for ( int i = 0; i < r->nr_args && !t->no_memory; i++ )
    {
        size_t first = t->nr;

        if ( targets_add(t, e->rows[0].policy, r->args[i]) )
            drop_zeros(e, t, first);
        else if ( !t->no_memory )
        {
            not_found(r, e->rows[0].policy, r->args[i]);
            status = EXIT_USAGE;
        }
    }

    if ( t->no_memory )
    {
        fprintf(stderr, "xl-cpupolicy: out of memory\n");
        status = EXIT_NO_ANSWER;
    }

    return status;
}

static int print_targets(const struct explained *e, const struct request *r,
                         const struct targets *t)
{
    struct json_object *all = NULL;

    if ( r->form == FORM_JSON )
        all = json_object_new_object();

    for ( size_t i = 0; i < t->nr; i++ )
        if ( all )
            json_object_object_add(all, t->list[i].label,
                                   explained_json(e, &t->list[i]));
        else
            explained_print(e, &t->list[i]);

    return all ? json_print(all) : EXIT_YES;
}

static int explain(const struct request *r, cpupolicy_source *src)
{
    struct explained e = { .src = src };
    struct targets t = { .list = NULL };
    int status = r->policy ? open_way(&e, r, src) : open_all(&e, r, src);

    if ( !status )
        status = find_targets(&e, r, &t);
    if ( !status )
        status = print_targets(&e, r, &t);

    free(t.list);
    views_close(e.rows, e.nr_rows);

    return status;
}

int cmd_explain(const struct args *args)
{
    cpupolicy_source *src;
    struct request r;
    int status = request_read(&r, args);

    if ( status )
        return status;
    if ( !r.nr_args )
        return command_usage(r.command, "which feature, field, leaf or MSR?");
    if ( r.policy && !view_name_ok(&r, r.policy) )
        return EXIT_USAGE;

    src = request_open(&r, &status);
    if ( src )
    {
        status = explain(&r, src);
        cpupolicy_source_free(src);
    }

    return finish(status);
}
