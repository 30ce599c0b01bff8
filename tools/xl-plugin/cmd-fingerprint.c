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

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* ---- dump ------------------------------------------------------------ */

static const struct cli_option dump_options[] = {
    GUEST_OPTIONS,
    { 'o', "output", CLI_VALUE, "PATH",
      "where to write it (fingerprint.json)", false, false, 0, NULL },
};

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

static int run_dump(const struct cli_values *values)
{
    const char *output = cli_value(values, NR_GUEST_OPTIONS);
    struct fingerprint f = { .strings = { NULL } };
    struct guest_request r;
    int status = guest_request_read(&r, "fingerprint dump", values) ?:
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

enum {
    COMPARE_PREV, COMPARE_CURR, COMPARE_FILTERS, COMPARE_ORIGINAL,
    COMPARE_REPORT
};

static const char *const filter_names[] = {
    "firecracker_version", "kernel_version", "microcode_version",
    "bios_version", "bios_revision", "guest_cpu_config", NULL
};

static const struct cli_option compare_options[] = {
    { 'p', "prev", CLI_VALUE, "PATH", "the older fingerprint",
      true, false, 0, NULL },
    { 'c', "curr", CLI_VALUE, "PATH", "the newer fingerprint",
      true, false, 0, NULL },
    { 'f', "filters", CLI_VALUES, "FIELD", "what to compare (everything)",
      false, false, 1, filter_names },
    { 0, "as-original", CLI_FLAG, NULL,
      "show what Firecracker's tool shows, even if that is empty",
      false, false, 0, NULL },
    { 'o', "report", CLI_VALUE, "FORM", "text (stderr) or json (stdout)",
      false, false, 0, report_forms },
};

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
static int print_json(const struct cli_values *values,
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
        cli_value(values, COMPARE_PREV)));
    json_object_object_add(o, "curr", json_object_new_string(
        cli_value(values, COMPARE_CURR)));
    json_object_object_add(o, "equal", json_object_new_boolean(!nr));
    json_object_object_add(o, "differences", json_object_get(list));

    if ( print_report(o) )
        return EXIT_FAILED;

    return nr ? EXIT_NO : EXIT_YES;
}

static void choose_fields(const struct cli_values *filters,
                          enum fingerprint_field *fields, size_t *nr)
{
    *nr = filters->nr ?: FINGERPRINT_NR_FIELDS;

    for ( size_t i = 0; i < *nr; i++ )
    {
        fields[i] = i;
        for ( size_t j = 0; filters->nr && filter_names[j]; j++ )
            if ( !strcmp(filters->values[i], filter_names[j]) )
                fields[i] = j;
    }
}

static int compare(const struct cli_values *values,
                   const struct fingerprint *prev,
                   const struct fingerprint *curr)
{
    const struct cli_values *filters = &values[COMPARE_FILTERS];
    size_t room = filters->nr + FINGERPRINT_NR_FIELDS;
    enum fingerprint_field *fields = calloc(room, sizeof(*fields));
    struct compare_options options = {
        .fields = fields, .as_original = values[COMPARE_ORIGINAL].nr,
    };
    struct json_object *list = NULL;
    cpupolicy_error err;
    int status;

    if ( !fields )
        cpupolicy_error_set(&err, ENOMEM, 0, "out of memory");
    else
        choose_fields(filters, fields, &options.nr_fields);

    if ( !fields || fingerprint_compare(prev, curr, &options, &list, &err) )
        status = fail_with(cli_value(values, COMPARE_CURR), &err);
    else if ( wants_json(values, COMPARE_REPORT) )
        status = print_json(values, list, prev, curr);
    else
        status = json_object_array_length(list) ? print_differences(list)
                                                : EXIT_YES;

    json_object_put(list);
    free(fields);

    return status;
}

static int run_compare(const struct cli_values *values)
{
    struct fingerprint prev = { .strings = { NULL } };
    struct fingerprint curr = { .strings = { NULL } };
    int status = read_fingerprint(cli_value(values, COMPARE_PREV), &prev) ?:
                 read_fingerprint(cli_value(values, COMPARE_CURR), &curr) ?:
                 compare(values, &prev, &curr);

    fingerprint_dispose(&prev);
    fingerprint_dispose(&curr);

    return status;
}

/* ---- table ----------------------------------------------------------- */

static const struct cli_command subcommands[] = {
    { "dump", "Write a guest's CPU configuration and what it depends on",
      "The versions of this command and the hypervisor, of the kernel, the\n"
      "microcode and the firmware, and the configuration as 'template dump'\n"
      "writes it.\n",
      dump_options, ARRAY_SIZE(dump_options), false, run_dump },
    { "compare", "Compare two fingerprints",
      "Exit status 0 if they are equal, 1 with every field that differs if\n"
      "they are not.  FIELD is firecracker_version, kernel_version,\n"
      "microcode_version, bios_version, bios_revision or guest_cpu_config.\n",
      compare_options, ARRAY_SIZE(compare_options), false, run_compare },
};

const struct cli_group fingerprint_group = {
    "fingerprint", subcommands, ARRAY_SIZE(subcommands),
};

int cmd_fingerprint(int argc, char **argv)
{
    return cli_run(&fingerprint_group, argc, argv);
}
