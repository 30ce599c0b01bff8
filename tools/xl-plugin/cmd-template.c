/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xl-cpupolicy template: dump, strip, verify CPU templates. */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "template/strip.h"
#include "template/verify.h"
#include "template-common.h"
#include "template/names.h"
#include "template/report.h"

/* ---- dump ------------------------------------------------------------ */

int template_dump(const struct args *args)
{
    const char *output = arg_value(args, OPT_DUMP_OUTPUT);
    struct cpu_template config = { 0 };
    struct guest_request r;
    int status = guest_request_read(&r, args) ?:
                 guest_request_ask(&r, true, &config);

    if ( !status )
    {
        /* Of a file: a dump says nothing of what its reader has to have. */
        config.nr_capabilities = 0;
        status = write_json(output ?: "cpu_config.json",
                            template_to_json(&config));
    }

    template_dispose(&config);
    guest_request_dispose(&r);

    return status;
}

/* ---- verify ---------------------------------------------------------- */

static void print_mismatch(const struct verify_mismatch *m, uint32_t vendor,
                           const char *name)
{
    char text[VERIFY_TEXT], names[VERIFY_TEXT];

    verify_mismatch_format(m, text);
    fprintf(stderr, "xl-cpupolicy: ");
    print_visible(stderr, name);
    fprintf(stderr, ": %s\n", text);

    if ( m->missing )
        return;

    template_key_names(&m->key, vendor, m->wanted[0] ^ m->found[0], names,
                       sizeof(names));
    if ( *names )
        fprintf(stderr, "* Names            : %s\n", names);
}

static int print_verify(const struct guest_request *r,
                        const struct verify_report *report, uint32_t vendor,
                        bool json)
{
    const char *name = r->template_name ?: "(no template)";
    struct json_object *o;

    if ( json )
    {
        o = json_object_new_object();
        json_object_object_add(o, "template", r->has_template ?
                               json_object_new_string(name) : NULL);
        json_object_object_add(o, "from",
                               json_object_new_string(r->question.from));
        json_object_object_add(o, "matches", json_object_new_boolean(
            !report->nr_mismatches));
        json_object_object_add(o, "mismatches",
                               report_verify(report, vendor));
        if ( print_report(o) )
            return EXIT_FAILED;
    }
    else
        for ( size_t i = 0; i < report->nr_mismatches; i++ )
            print_mismatch(&report->mismatches[i], vendor, name);

    return report->nr_mismatches ? EXIT_NO : EXIT_YES;
}

/*
 * KVM is given the template, to see what it makes of it; others have been
 * given theirs by somebody else, and are looked at as they are.
 */
int template_verify_guest(const struct args *args)
{
    struct verify_report report = { 0 };
    struct cpu_template config = { 0 };
    struct guest_request r;
    cpupolicy_error err;
    int status = guest_request_read(&r, args);

    if ( !status )
        status = guest_request_ask(&r, !strcmp(r.question.from, "kvm"),
                                   &config);

    if ( !status && template_verify(&r.template, &config, &report, &err) )
        status = fail_with(r.template_name, &err);

    if ( !status )
        status = print_verify(&r, &report, template_vendor(&config),
                              wants_json(args, OPT_REPORT));

    verify_report_dispose(&report);
    template_dispose(&config);
    guest_request_dispose(&r);

    return status;
}

/* ---- strip ----------------------------------------------------------- */

/*
 * "dir/a.b.json" and "_s": "dir/a.b_s.json".  The extension is what follows
 * the last dot, unless that is the first character.  NULL: out of memory.
 */
static char *stripped_name(const char *path, const char *suffix)
{
    const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    const char *dot = strrchr(name, '.');
    char *out;

    if ( !dot || dot == name || !strcmp(name, "..") )
        dot = name + strlen(name);

    if ( asprintf(&out, "%.*s%s%s", (int)(dot - path), path, suffix, dot)
         < 0 )
        return NULL;

    return out;
}

static size_t nr_registers(const struct cpu_template *t)
{
    size_t nr = t->nr_msrs + t->nr_regs;

    for ( size_t i = 0; i < t->nr_leaves; i++ )
        nr += t->leaves[i].nr_modifiers;

    return nr;
}

/* Write one result, and say so in the report. */
static int write_stripped(const char *path, const char *suffix,
                          const struct cpu_template *t,
                          struct json_object *report)
{
    char *name = stripped_name(path, suffix);
    struct json_object *o = json_object_new_object();
    cpupolicy_error err;
    int status;

    if ( !name )
    {
        json_object_put(o);
        cpupolicy_error_set(&err, ENOMEM, 0, "out of memory");
        return fail_with(path, &err);
    }

    status = write_json(name, template_to_json(t));
    json_object_object_add(o, "input", json_object_new_string(path));
    json_object_object_add(o, "output", json_object_new_string(name));
    json_object_object_add(o, "registers",
                           json_object_new_int64(nr_registers(t)));
    json_object_array_add(report, o);
    free(name);

    return status;
}

/* Of files of both architectures, the first that is not as those before. */
static const char *odd_one(const struct arg_values *paths,
                           const struct cpu_template *in)
{
    enum template_arch arch = TEMPLATE_ANY;

    for ( size_t i = 0; i < paths->nr; i++ )
    {
        if ( arch != TEMPLATE_ANY && in[i].arch != TEMPLATE_ANY &&
             in[i].arch != arch )
            return paths->values[i];
        if ( in[i].arch != TEMPLATE_ANY )
            arch = in[i].arch;
    }

    return NULL;
}

static int strip_and_write(const struct arg_values *paths,
                           const struct cpu_template *in,
                           struct cpu_template *out,
                           const struct args *args)
{
    const struct strip_options options = {
        .keep_capabilities = arg_given(args, OPT_KEEP_CAPABILITIES),
    };
    const char *suffix = arg_value(args, OPT_SUFFIX) ?: "_stripped";
    struct json_object *report = json_object_new_array(), *o;
    cpupolicy_error err;
    int status = 0;

    if ( template_strip(in, paths->nr, &options, out, &err) )
        status = fail_with(odd_one(paths, in), &err);

    for ( size_t i = 0; !status && i < paths->nr; i++ )
        status = write_stripped(paths->values[i], suffix, &out[i], report);

    if ( status || !wants_json(args, OPT_REPORT) )
    {
        json_object_put(report);
        return status;
    }

    o = json_object_new_object();
    json_object_object_add(o, "files", report);

    return print_report(o);
}

int template_strip_files(const struct args *args)
{
    const struct arg_values *paths = &args->options[OPT_PATHS];
    struct cpu_template *in = calloc(paths->nr + 1, sizeof(*in));
    struct cpu_template *out = calloc(paths->nr + 1, sizeof(*out));
    cpupolicy_error err;
    int status = 0;

    if ( !in || !out )
    {
        cpupolicy_error_set(&err, ENOMEM, 0, "out of memory");
        status = fail_with(NULL, &err);
    }

    /* All are read before the first one is written: it can be among them. */
    for ( size_t i = 0; !status && i < paths->nr; i++ )
        status = read_template(paths->values[i], &in[i]);

    if ( !status )
        status = strip_and_write(paths, in, out, args);

    for ( size_t i = 0; in && out && i < paths->nr; i++ )
    {
        template_dispose(&in[i]);
        template_dispose(&out[i]);
    }
    free(in);
    free(out);

    return status;
}
