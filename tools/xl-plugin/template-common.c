/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the template and fingerprint commands have in common. */
#include <cpuid.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cpupolicy.h"
#include "template-common.h"
#include "template/static.h"
#include "template/vm-config.h"

const char *guest_static_template(size_t n)
{
    return template_static_name(n);
}

bool wants_json(const struct args *args, enum option_id option)
{
    const char *form = arg_value(args, option);

    return form && !strcmp(form, "json");
}

int fail_with(const char *file, const cpupolicy_error *err)
{
    command_failed(file, err);

    return EXIT_FAILED;
}

static int out_of_memory(void)
{
    cpupolicy_error err;

    cpupolicy_error_set(&err, ENOMEM, 0, "out of memory");

    return fail_with(NULL, &err);
}

int write_json(const char *path, struct json_object *o)
{
    const char *text = o ? template_json_text(o) : NULL;
    cpupolicy_error err;
    int rc;

    if ( !text )
    {
        json_object_put(o);
        return out_of_memory();
    }

    rc = file_save(path, text, &err);
    json_object_put(o);

    return rc ? fail_with(path, &err) : 0;
}

int print_report(struct json_object *o)
{
    const char *text = o ? template_json_text(o) : NULL;
    bool ok;

    if ( !text )
    {
        json_object_put(o);
        return out_of_memory();
    }

    print_json_text(stdout, text);
    ok = !fflush(stdout) && !ferror(stdout);
    json_object_put(o);
    if ( ok )
        return 0;

    fprintf(stderr, "xl-cpupolicy: standard output: %s\n", strerror(errno));

    return EXIT_FAILED;
}

int read_template(const char *path, struct cpu_template *out)
{
    cpupolicy_error err;
    char *text;
    size_t nr;
    int rc = file_load(path, JSON_INDEX_MAX_BYTES, &text, &nr, &err);

    if ( !rc )
    {
        rc = template_parse(text, nr, TEMPLATE_ANY, out, &err);
        free(text);
    }
    for ( size_t i = 0; !rc && i < out->notes.nr; i++ )
        print_line(stderr, "xl-cpupolicy: note: %s: %s", path,
                   out->notes.list[i]);

    return rc ? fail_with(path, &err) : 0;
}

/* ---- which guest ----------------------------------------------------- */

void guest_request_dispose(struct guest_request *r)
{
    template_dispose(&r->template);
    free(r->template_path);
    free(r->static_template);
    memset(r, 0, sizeof(*r));
}

/* Options that contradict each other, and what they come to. */
static int read_subject(struct guest_request *r, const struct args *args)
{
    const char *domain = arg_value(args, OPT_GUEST_DOMAIN);
    const char *policy = arg_value(args, OPT_GUEST_POLICY);
    const char *type = arg_value(args, OPT_GUEST_TYPE);
    const char *from = arg_value(args, OPT_GUEST_FROM);
    const char *command = args->title;
    int len = 0;

    if ( !!domain + !!policy + !!type > 1 )
        return command_usage(command, "--domain, --policy and --type exclude "
                             "each other");

    if ( domain )
        len = snprintf(r->subject, sizeof(r->subject), "dom:%s", domain);
    else if ( policy )
        len = snprintf(r->subject, sizeof(r->subject), "%s", policy);
    else if ( type )
        len = snprintf(r->subject, sizeof(r->subject), "%s-default", type);

    if ( len >= (int)sizeof(r->subject) ||
         (policy && cpupolicy_which_find(policy) < 0) )
        return command_usage(command, "'%s' is no policy", policy ?: domain);

    if ( domain && strspn(domain, "0123456789") != strlen(domain) )
        return command_usage(command, "'%s' is no domain's number", domain);

    if ( len )
        r->question.subject = r->subject;

    r->question.from = from;
    if ( !r->question.from && domain )
        r->question.from = "xen";
    if ( !r->question.from )
        r->question.from = guest_ask_default();

    /* KVM has no policies, so whoever names one means somebody else. */
    if ( len && !from && !strcmp(r->question.from, "kvm") )
        r->question.from = "native";

    return 0;
}

/* The original opens all of them before it asks KVM anything. */
static int check_files(const struct vm_config *c)
{
    for ( unsigned int i = 0; i < c->nr_files; i++ )
        if ( access(c->files[i], R_OK) )
        {
            cpupolicy_error err;

            cpupolicy_error_set(&err, errno, 0, "%s", strerror(errno));
            return fail_with(c->files[i], &err);
        }

    return 0;
}

/* What the configuration says, which is handed over to the request. */
static int take_config(struct guest_request *r, struct vm_config *c,
                       const char *path)
{
    r->question.nr_vcpus = c->nr_vcpus;
    r->question.smt = c->smt;
    r->template_name = path;

    if ( c->has_template )
    {
        r->template = c->template;
        r->has_template = true;
        memset(&c->template, 0, sizeof(c->template));
    }
    else if ( c->template_path )
    {
        r->template_name = r->template_path = c->template_path;
        c->template_path = NULL;
    }
    else
    {
        r->static_template = c->static_template;
        c->static_template = NULL;
    }

    return strcmp(r->question.from, "kvm") ? 0 : check_files(c);
}

static int read_config(struct guest_request *r, const char *path)
{
    struct vm_config c;
    cpupolicy_error err;
    char *text;
    size_t nr;
    int rc;

    r->question.nr_vcpus = 1;
    if ( !path )
        return 0;

    rc = file_load(path, JSON_INDEX_MAX_BYTES, &text, &nr, &err);
    if ( !rc )
    {
        rc = vm_config_parse(text, nr, &c, &err);
        free(text);
    }
    if ( rc )
        return fail_with(path, &err);

    rc = take_config(r, &c, path);
    vm_config_dispose(&c);

    return rc;
}

/* The models that a built-in template is for are those of this machine. */
static int read_static(struct guest_request *r)
{
    unsigned int vendor[3], signature, eax, ebx, ecx, edx;
    char name[13] = "";
    cpupolicy_error err;
    int rc = 0;

    __cpuid(0, eax, vendor[0], vendor[2], vendor[1]);
    memcpy(name, vendor, sizeof(vendor));
    __cpuid(1, signature, ebx, ecx, edx);
    (void)eax;
    (void)ebx;
    (void)ecx;
    (void)edx;

    if ( !strcmp(r->question.from, "kvm") )
        rc = template_static_check(r->static_template, name, signature, &err);
    if ( !rc )
        rc = template_static_get(r->static_template, &r->template, &err);
    if ( rc )
        return fail_with(r->template_name, &err);

    r->has_template = true;

    return 0;
}

static bool is_static_name(const char *name)
{
    const char *known;

    for ( size_t i = 0; (known = template_static_name(i)); i++ )
        if ( !strcmp(known, name) )
            return true;

    return false;
}

/* --template wins over the configuration; a file wins over a name. */
static int choose_template(struct guest_request *r, const char *option)
{
    if ( option )
    {
        template_dispose(&r->template);
        free(r->template_path);
        free(r->static_template);
        r->has_template = false;
        r->template_path = NULL;
        r->template_name = option;
        r->static_template = NULL;
        if ( is_static_name(option) && access(option, F_OK) )
            r->static_template = strdup(option);
    }

    if ( r->has_template )
        return 0;

    if ( r->static_template )
        return read_static(r);

    if ( !option && !r->template_path )
        return 0;

    r->has_template = true;

    return read_template(option ?: r->template_path, &r->template);
}

int guest_request_read(struct guest_request *r, const struct args *args)
{
    memset(r, 0, sizeof(*r));

    return read_subject(r, args) ?:
           read_config(r, arg_value(args, OPT_CONFIG)) ?:
           choose_template(r, arg_value(args, OPT_TEMPLATE));
}

int guest_request_ask(const struct guest_request *r, bool apply,
                      struct cpu_template *out)
{
    struct guest_question q = r->question;
    cpupolicy_error err = { 0 };
    int rc;

    if ( apply && r->has_template )
        q.template = &r->template;

    rc = guest_ask(&q, out, &err);
    if ( !rc )
        return 0;

    /* Whose fault is it?  The template's, if it was applied and refused. */
    switch ( rc )
    {
    case -ENODEV:
    case -EACCES:
    case -EPROTO:
    case -ENOMEM:
        return fail_with(NULL, &err);
    case -ENOENT:
    case -EINVAL:
    case -EIO:
    case -EOPNOTSUPP:
        return fail_with(q.template ? r->template_name : q.from, &err);
    default:
        return fail_with(q.from, &err);
    }
}
