/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xl-cpupolicy cmdline: are boot options valid, and what would they do? */

#include "common.h"

#include <string.h>

/* Features of `which` that one source has and the other has not. */
static struct json_object *difference(const cpupolicy_source *has,
                                      const cpupolicy_source *lacks,
                                      int which)
{
    const cpupolicy *x = cpupolicy_source_policy(has, which);
    const cpupolicy *y = cpupolicy_source_policy(lacks, which);
    struct json_object *list = json_object_new_array();

    for ( size_t f = 0; f < cpupolicy_nr_features(); f++ )
        if ( cpupolicy_has(x, f) && !cpupolicy_has(y, f) )
            json_object_array_add(list, json_object_new_string(
                                      cpupolicy_feature_name(f)));

    return list;
}

static void print_words(const char *prefix, struct json_object *list)
{
    struct wrapper w = { .indent = 4 };
    size_t nr = json_object_array_length(list);

    for ( size_t i = 0; i < nr; i++ )
    {
        char word[80];

        snprintf(word, sizeof(word), "%s%s", prefix, json_object_get_string(
                     json_object_array_get_idx(list, i)));
        wrap_word(&w, word);
    }
    wrap_end(&w);
}

static int effect(const cpupolicy_source *with,
                  const cpupolicy_source *without, int nr,
                  struct json_object *out)
{
    struct json_object *all = json_object_new_object();

    for ( int w = 0; w < nr; w++ )
    {
        struct json_object *o = json_object_new_object();
        struct json_object *lost = difference(without, with, w);
        struct json_object *won = difference(with, without, w);

        if ( !out )
        {
            printf("  %s%s\n", cpupolicy_which_name(w),
                   json_object_array_length(lost) ||
                   json_object_array_length(won) ? "" : ": no change");
            print_words("-", lost);
            print_words("+", won);
        }
        json_object_object_add(o, "removed", lost);
        json_object_object_add(o, "added", won);
        json_object_object_add(all, cpupolicy_which_name(w), o);
    }

    if ( !out )
    {
        json_object_put(all);
        return EXIT_YES;
    }
    json_object_object_add(out, "valid", json_object_new_boolean(true));
    json_object_object_add(out, "policies", all);

    return json_print(out);
}

static int run(struct request *r)
{
    cpupolicy_source *with, *without = NULL;
    int status;

    without = request_open(r, &status);
    if ( !without )
        return status;

    status = request_add_cmdline(r, r->args[0]);
    r->notes = NOTES_NONE;      /* said once */
    with = status ? NULL : request_open(r, &status);
    if ( with )
    {
        if ( r->form == FORM_TEXT )
            print_line(stdout, "valid; on %s:", cpupolicy_source_name(with));
        status = effect(with, without, request_nr_policies(r),
                        r->form == FORM_JSON ? json_object_new_object()
                                             : NULL);
    }
    cpupolicy_source_free(with);
    cpupolicy_source_free(without);

    return status;
}

/* To say "valid" of what is not looked at would be taken for more. */
static void none_of_ours(const struct request *r, struct json_object *errors)
{
    const char *name = r->args[0];
    char message[128];
    struct json_object *o;
    bool feature;

    name += !strncmp(name, "no-", 3) ? 3 : 0;
    feature = cpupolicy_feature_find(name) >= 0 ||
              cpupolicy_feature_find(r->args[0]) >= 0;
    snprintf(message, sizeof(message), "no option of CPU policies, which are "
             "cpuid=LIST and dom0-cpuid=LIST%s%s%s",
             feature ? "; did you mean cpuid=" : "",
             feature ? r->args[0] : "", feature ? "?" : "");
    print_line(stderr, "xl-cpupolicy %s: %s", r->command, message);
    if ( !errors )
        return;

    o = json_object_new_object();
    json_object_object_add(o, "position", json_object_new_int64(1));
    json_object_object_add(o, "message", json_object_new_string(message));
    json_object_array_add(errors, o);
}

/* EXIT_YES: go on. */
static int check(const struct request *r, struct json_object *errors)
{
    bool any;

    if ( boot_options_check(r->command, "", r->args[0], errors, &any) )
        return EXIT_USAGE;
    if ( any )
        return EXIT_YES;
    none_of_ours(r, errors);

    return EXIT_NO;
}

static void print_errors(struct json_object *errors)
{
    struct json_object *o = json_object_new_object();

    json_object_object_add(o, "valid", json_object_new_boolean(false));
    json_object_object_add(o, "errors", errors);
    json_print(o);
}

int cmd_cmdline(const struct args *args)
{
    struct json_object *errors = NULL;
    struct request r;
    int status = request_read(&r, args);

    if ( status )
        return status;
    if ( r.nr_args != 1 )
        return command_usage(r.command, "needs one argument, 'cpuid=...'");

    if ( r.form == FORM_JSON )
        errors = json_object_new_array();
    status = check(&r, errors);
    if ( status && errors )
        print_errors(errors);
    else
        json_object_put(errors);

    return finish(status ? status : run(&r));
}
