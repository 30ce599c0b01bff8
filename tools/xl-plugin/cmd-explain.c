/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xl-cpupolicy explain: one feature through all policies, with causes. */

#include "common.h"

#include <stdlib.h>

#define MAX_CHAIN 32

/* The last change of the feature's bit in a stage, or NULL. */
static const cpupolicy_change *last_change(const cpupolicy_source *src,
                                           int which, size_t feature)
{
    size_t nr;
    const cpupolicy_change *c = cpupolicy_source_changes(src, &nr);

    while ( nr-- )
        if ( (int)c[nr].policy == which &&
             cpupolicy_change_concerns(&c[nr], feature) )
            return &c[nr];

    return NULL;
}

/*
 * What is behind a change: of a dependency, how the prerequisite was lost,
 * in this stage or in one before.
 */
static const cpupolicy_change *cause_behind(const cpupolicy_source *src,
                                            const cpupolicy_change *c,
                                            size_t feature)
{
    int which = c->policy;

    if ( c->feature < 0 || (size_t)c->feature == feature )
        return NULL;

    for ( ;; )
    {
        const cpupolicy_change *behind = last_change(src, which, c->feature);

        if ( behind )
            return behind;
        if ( which == CPUPOLICY_RAW )
            return NULL;
        which = cpupolicy_which_parent(which);
    }
}

static void print_chain(size_t from, size_t to)
{
    size_t chain[MAX_CHAIN];
    size_t nr = cpupolicy_dependency_chain(from, to, chain, MAX_CHAIN);

    for ( size_t i = 0; i < nr; i++ )
        printf("%s%s", i ? " -> " : "", cpupolicy_feature_name(chain[i]));
}

static void print_cause(const cpupolicy_source *src,
                        const cpupolicy_change *c, size_t feature)
{
    const cpupolicy_change *behind;

    printf("%s [%s]", c->reason, c->rule);
    if ( c->reference )
        printf(" (%s)", c->reference);
    putchar('\n');
    if ( c->feature < 0 || (size_t)c->feature == feature )
        return;

    printf("%21s", "");
    print_chain(c->feature, feature);
    putchar('\n');

    behind = cause_behind(src, c, feature);
    printf("%21s%s: ", "", cpupolicy_feature_name(c->feature));
    if ( behind )
        printf("%s [%s] in %s\n", behind->reason, behind->rule,
               cpupolicy_which_name(behind->policy));
    else
        printf("the hardware does not have it\n");
}

static void explain_text(const cpupolicy_source *src, int nr_policies,
                         size_t feature)
{
    cpupolicy_feature f;

    cpupolicy_feature_at(feature, &f);
    printf("%s: %s\n  word %u bit %u, attributes '%s'\n", f.name,
           f.description, f.word, f.bit, f.attributes);

    for ( int w = 0; w < nr_policies; w++ )
    {
        const cpupolicy *p = cpupolicy_source_policy(src, w);
        const cpupolicy_change *c = last_change(src, w, feature);

        printf("  %-13s %-4s ", cpupolicy_which_name(w),
               cpupolicy_has(p, feature) ? "yes" : "no");
        if ( c )
            print_cause(src, c, feature);
        else if ( w == CPUPOLICY_RAW )
            printf("what the hardware says\n");
        else
            printf("as %s\n",
                   cpupolicy_which_name(cpupolicy_which_parent(w)));
    }
}

static struct json_object *json_change(const cpupolicy_source *src,
                                       const cpupolicy_change *c,
                                       size_t feature)
{
    struct json_object *o = json_object_new_object(), *list;
    const cpupolicy_change *behind = cause_behind(src, c, feature);
    size_t chain[MAX_CHAIN], nr = 0;

    json_object_object_add(o, "rule", json_object_new_string(c->rule));
    json_object_object_add(o, "reason", json_object_new_string(c->reason));
    if ( c->reference )
        json_object_object_add(o, "reference",
                               json_object_new_string(c->reference));
    if ( c->feature >= 0 && (size_t)c->feature != feature )
        nr = cpupolicy_dependency_chain(c->feature, feature, chain,
                                        MAX_CHAIN);
    if ( !nr )
        return o;

    list = json_object_new_array();
    for ( size_t i = 0; i < nr; i++ )
        json_object_array_add(list, json_object_new_string(
                                  cpupolicy_feature_name(chain[i])));
    json_object_object_add(o, "chain", list);
    if ( behind )
        json_object_object_add(o, "because",
                               json_change(src, behind, c->feature));

    return o;
}

static struct json_object *explain_json(const cpupolicy_source *src,
                                        int nr_policies, size_t feature)
{
    struct json_object *o = json_object_new_object();
    struct json_object *policies = json_object_new_object();

    for ( int w = 0; w < nr_policies; w++ )
    {
        const cpupolicy *p = cpupolicy_source_policy(src, w);
        const cpupolicy_change *c = last_change(src, w, feature);
        struct json_object *one = json_object_new_object();

        json_object_object_add(one, "present", json_object_new_boolean(
                                   cpupolicy_has(p, feature)));
        if ( c )
            json_object_object_add(one, "change",
                                   json_change(src, c, feature));
        json_object_object_add(policies, cpupolicy_which_name(w), one);
    }
    json_object_object_add(o, "policies", policies);

    return o;
}

static int explain(const cpupolicy_source *src, const struct request *r,
                   const int *features)
{
    struct json_object *all = NULL;
    int nr = request_nr_policies(r);

    if ( r->form == FORM_JSON )
        all = json_object_new_object();

    for ( int i = 0; i < r->nr_args; i++ )
        if ( all )
            json_object_object_add(all, cpupolicy_feature_name(features[i]),
                                   explain_json(src, nr, features[i]));
        else
            explain_text(src, nr, features[i]);

    return all ? json_print(all) : EXIT_YES;
}

static int find_feature(const struct request *r, const char *name)
{
    const char *near[3];
    int f = cpupolicy_feature_find(name);
    size_t nr;

    if ( f >= 0 )
        return f;

    nr = cpupolicy_feature_nearest(name, near, 3);
    command_usage(r->command, "no feature '%s'%s%s%s%s", name,
                  nr ? "; near: " : "", nr ? near[0] : "",
                  nr > 1 ? " " : "", nr > 1 ? near[1] : "");

    return f;
}

int cmd_explain(int argc, char **argv)
{
    cpupolicy_source *src;
    struct request r;
    int *features, status;

    if ( request_parse(&r, argc, argv, (1u << FORM_TEXT) | (1u << FORM_JSON),
                       &status) )
        return status;
    if ( !r.nr_args )
        return command_usage(r.command, "which feature?");

    features = calloc(r.nr_args, sizeof(*features));
    if ( !features )
        return EXIT_NO_ANSWER;
    status = EXIT_USAGE;
    for ( int i = 0; i < r.nr_args; i++ )
        if ( (features[i] = find_feature(&r, r.args[i])) < 0 )
            goto out;

    src = request_open(&r, &status);
    if ( src )
    {
        status = explain(src, &r, features);
        cpupolicy_source_free(src);
    }

 out:
    free(features);

    return finish(status);
}
