/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xl-cpupolicy fingerprint: what a guest's CPU depends on, then and now. */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "template-common.h"
#include "template/fingerprint.h"
#include "template/report.h"

/* The build says which version this is. */
#ifndef XL_CPUPOLICY_VERSION
#define XL_CPUPOLICY_VERSION "unversioned"
#endif

/* ---- dump ------------------------------------------------------------ */

/* A guest depends on who configures it as well as on the host. */
static int read_host(const char *from, struct fingerprint *f)
{
    char hypervisor[64], vmm[128];
    unsigned int unknown;
    cpupolicy_error err;

    if ( guest_ask_version(from, hypervisor, sizeof(hypervisor), &err) )
        return fail_with(from, &err);

    snprintf(vmm, sizeof(vmm), "xl-cpupolicy %s, %s", XL_CPUPOLICY_VERSION,
             hypervisor);
    if ( fingerprint_read_host("", vmm, f, &unknown, &err) )
        return fail_with(NULL, &err);

    for ( unsigned int i = 0; i < FINGERPRINT_GUEST; i++ )
        if ( unknown & (1U << i) )
            fprintf(stderr, "xl-cpupolicy: note: this host does not tell its "
                    "%s; recorded as \"unknown\"\n",
                    fingerprint_field_names[i]);

    return 0;
}

int fingerprint_dump(const struct args *args)
{
    const char *output = arg_value(args, OPT_FINGERPRINT_OUTPUT);
    struct fingerprint f = { .strings = { NULL } };
    struct guest_request r;
    int status = guest_request_read(&r, args) ?:
                 guest_request_ask(&r, true, &f.guest) ?:
                 read_host(r.question.from, &f);

    if ( !status )
        status = write_json(output ?: "fingerprint.json",
                            fingerprint_to_json(&f));

    fingerprint_dispose(&f);
    guest_request_dispose(&r);

    return status;
}

/* ---- compare --------------------------------------------------------- */

const char *fingerprint_field(size_t n)
{
    return n < FINGERPRINT_NR_FIELDS ? fingerprint_field_names[n] : NULL;
}

static int read_fingerprint(const char *path, struct fingerprint *out)
{
    cpupolicy_error err;
    char *text;
    size_t nr;
    int rc = file_load(path, JSON_INDEX_MAX_BYTES, &text, &nr, &err);

    if ( !rc )
    {
        rc = fingerprint_parse(text, nr, out, &err);
        free(text);
    }

    return rc ? fail_with(path, &err) : 0;
}

/* The whole text at once: it says what it says or nothing. */
static int print_differences(struct json_object *list)
{
    size_t nr = json_object_array_length(list);

    fprintf(stderr, "Difference detected between source and target: \n");
    for ( size_t i = 0; i < nr; i++ )
        print_json_text(stderr, template_json_text(
                            json_object_array_get_idx(list, i)));

    return EXIT_NO;
}

/* Guests get their registers by name beside what differs in them. */
static int print_json(const struct args *args,
                      struct json_object *list,
                      const struct fingerprint *prev,
                      const struct fingerprint *curr)
{
    struct json_object *o = json_object_new_object();
    size_t nr = json_object_array_length(list);

    for ( size_t i = 0; i < nr; i++ )
    {
        struct json_object *one = json_object_array_get_idx(list, i);
        const char *name = json_object_get_string(
            json_object_object_get(one, "name"));

        if ( !strcmp(name, fingerprint_field_names[FINGERPRINT_GUEST]) )
            json_object_object_add(one, "registers", report_difference(
                &prev->guest, &curr->guest));
    }

    json_object_object_add(o, "prev", json_object_new_string(
        arg_value(args, OPT_PREV)));
    json_object_object_add(o, "curr", json_object_new_string(
        arg_value(args, OPT_CURR)));
    json_object_object_add(o, "equal", json_object_new_boolean(!nr));
    json_object_object_add(o, "differences", json_object_get(list));

    if ( print_report(o) )
        return EXIT_FAILED;

    return nr ? EXIT_NO : EXIT_YES;
}

static void choose_fields(const struct arg_values *filters,
                          enum fingerprint_field *fields, size_t *nr)
{
    *nr = filters->nr ?: FINGERPRINT_NR_FIELDS;

    for ( size_t i = 0; i < *nr; i++ )
    {
        fields[i] = i;
        for ( size_t j = 0; filters->nr && fingerprint_field(j); j++ )
            if ( !strcmp(filters->values[i], fingerprint_field(j)) )
                fields[i] = j;
    }
}

static int compare(const struct args *args,
                   const struct fingerprint *prev,
                   const struct fingerprint *curr)
{
    const struct arg_values *filters = &args->options[OPT_FILTERS];
    size_t room = filters->nr + FINGERPRINT_NR_FIELDS;
    enum fingerprint_field *fields = calloc(room, sizeof(*fields));
    struct compare_options options = {
        .fields = fields, .as_original = arg_given(args, OPT_AS_ORIGINAL),
    };
    struct json_object *list = NULL;
    cpupolicy_error err;
    int status;

    if ( !fields )
        cpupolicy_error_set(&err, ENOMEM, 0, "out of memory");
    else
        choose_fields(filters, fields, &options.nr_fields);

    if ( !fields || fingerprint_compare(prev, curr, &options, &list, &err) )
        status = fail_with(arg_value(args, OPT_CURR), &err);
    else if ( wants_json(args, OPT_REPORT) )
        status = print_json(args, list, prev, curr);
    else
        status = json_object_array_length(list) ? print_differences(list)
                                                : EXIT_YES;

    json_object_put(list);
    free(fields);

    return status;
}

int fingerprint_compare_files(const struct args *args)
{
    struct fingerprint prev = { .strings = { NULL } };
    struct fingerprint curr = { .strings = { NULL } };
    int status = read_fingerprint(arg_value(args, OPT_PREV), &prev) ?:
                 read_fingerprint(arg_value(args, OPT_CURR), &curr) ?:
                 compare(args, &prev, &curr);

    fingerprint_dispose(&prev);
    fingerprint_dispose(&curr);

    return status;
}
