/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xl-cpupolicy template generate: one template for several hosts. */
#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "template-common.h"
#include "template/generate.h"
#include "template/report.h"

static const struct {
    const char *name, *title;
} verdicts[] = {
    [GENERATE_FORCED] = { "forced", "The template forces" },
    [GENERATE_CONFLICT] = { "conflict",
        "Guests still differ, and would see it" },
    [GENERATE_HIDDEN] = { "hidden",
        "Differs where a guest does not look (beyond highest leaves, or of "
        "absent features)" },
    [GENERATE_OWN] = { "own",
        "Not a template's: normalisation, topology or the vCPU decide" },
    [GENERATE_UNKNOWN] = { "unknown",
        "Left alone: MSRs that the tables do not know" },
};

static void print_place(FILE *to, const struct generate_finding *f)
{
    if ( f->key.kind == ADJUST_MSR )
        fprintf(to, "  msr 0x%"PRIx64, f->key.id);
    else
        fprintf(to, "  0x%"PRIx64".%"PRIu64" %s", f->key.id >> 32,
                f->key.id & UINT32_MAX, adjust_reg_names[f->key.reg]);

    if ( f->hi == f->lo )
        fprintf(to, "[%u]", f->lo);
    else if ( f->hi - f->lo + 1U != adjust_key_bits(&f->key) )
        fprintf(to, "[%u:%u]", f->hi, f->lo);

    fprintf(to, " %s", f->name);
}

static void print_findings(FILE *to, const struct generate_result *r,
                           enum generate_verdict verdict)
{
    bool any = false;

    for ( size_t i = 0; i < r->nr_findings; i++ )
    {
        const struct generate_finding *f = &r->findings[i];

        if ( f->verdict != verdict )
            continue;
        if ( !any )
            fprintf(to, "%s:\n", verdicts[verdict].title);
        any = true;
        print_place(to, f);
        if ( verdict == GENERATE_FORCED )
            fprintf(to, " = 0x%"PRIx64, f->value);
        fprintf(to, " (%s%s)\n", f->kind,
                f->missing ? ", some hosts lack the register" : "");
    }
}

static void print_text(FILE *to, const struct generate_result *r)
{
    static const enum generate_verdict order[] = {
        GENERATE_FORCED, GENERATE_HIDDEN, GENERATE_OWN, GENERATE_UNKNOWN,
        GENERATE_CONFLICT,
    };

    for ( size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++ )
        print_findings(to, r, order[i]);
}

static struct json_object *json_finding(const struct generate_finding *f)
{
    struct json_object *o = report_key(&f->key);
    char text[24];

    snprintf(text, sizeof(text), f->hi == f->lo ? "%u" : "%u:%u", f->hi,
             f->lo);
    json_object_object_del(o, "flags");
    json_object_object_add(o, "bits", json_object_new_string(text));
    json_object_object_add(o, "name", json_object_new_string(f->name));
    json_object_object_add(o, "kind", json_object_new_string(f->kind));
    json_object_object_add(o, "verdict", json_object_new_string(
        verdicts[f->verdict].name));
    if ( f->verdict == GENERATE_FORCED )
    {
        snprintf(text, sizeof(text), "0x%"PRIx64, f->value);
        json_object_object_add(o, "value", json_object_new_string(text));
    }
    json_object_object_add(o, "missing",
                           json_object_new_boolean(f->missing));

    return o;
}

static int print_json(const struct arg_values *paths,
                      const struct generate_result *r)
{
    struct json_object *o = json_object_new_object();
    struct json_object *files = json_object_new_array();
    struct json_object *list = json_object_new_array();

    for ( size_t i = 0; i < paths->nr; i++ )
        json_object_array_add(files,
                              json_object_new_string(paths->values[i]));
    for ( size_t i = 0; i < r->nr_findings; i++ )
        json_object_array_add(list, json_finding(&r->findings[i]));

    json_object_object_add(o, "dumps", files);
    json_object_object_add(o, "conflicts",
                           json_object_new_int64(r->nr_conflicts));
    json_object_object_add(o, "findings", list);

    return print_report(o);
}

static int read_dump(const char *path, struct cpu_template *out)
{
    const struct guest_question q = { .from = path, .nr_vcpus = 1 };
    cpupolicy_error err = { 0 };

    return guest_ask(&q, out, &err) ? fail_with(path, &err) : 0;
}

static int write_result(const struct args *args,
                        const struct generate_result *r)
{
    const char *output = arg_value(args, OPT_GENERATE_OUTPUT)
                         ?: "cpu_template.json";
    bool to_stdout = !strcmp(output, "-") || !strcmp(output, "/dev/stdout");
    int status = 0;

    if ( wants_json(args, OPT_GENERATE_REPORT) )
        status = print_json(&args->rest, r);
    else
        print_text(to_stdout ? stderr : stdout, r);

    if ( !status && (!r->nr_conflicts || arg_given(args, OPT_PARTIAL)) )
        status = write_json(output, template_to_json(&r->template));

    return status ?: r->nr_conflicts ? EXIT_NO : EXIT_YES;
}

int template_generate_file(const struct args *args)
{
    const struct arg_values *paths = &args->rest;
    struct cpu_template *hosts = calloc(paths->nr + 1, sizeof(*hosts));
    struct generate_result r;
    cpupolicy_error err = { 0 };
    size_t failed = 0;
    int status = 0;

    if ( !hosts )
    {
        cpupolicy_error_set(&err, ENOMEM, 0, "out of memory");
        return fail_with(NULL, &err);
    }

    for ( size_t i = 0; !status && i < paths->nr; i++ )
        status = read_dump(paths->values[i], &hosts[i]);

    if ( !status )
    {
        if ( template_generate(hosts, paths->nr, &r, &failed, &err) )
            status = fail_with(failed < paths->nr ? paths->values[failed]
                                                  : NULL, &err);
        else
        {
            status = write_result(args, &r);
            generate_result_dispose(&r);
        }
    }

    for ( size_t i = 0; i < paths->nr; i++ )
        template_dispose(&hosts[i]);
    free(hosts);

    return status;
}
