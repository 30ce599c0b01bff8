/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xl-cpupolicy domain: the policies of domains, live or embedded. */

#include "args.h"
#include "common.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct verb {
    int nr_args;
    bool changes;               /* a domain */
    int (*run)(const struct request *r, cpupolicy_source *src);
};

static int failed(const cpupolicy_error *err)
{
    command_failed(NULL, err);

    /* "Its construction is finished" is an answer; a full disk is none. */
    return err->code == EEXIST || err->code == EINVAL ? EXIT_NO
                                                      : EXIT_NO_ANSWER;
}

/* A policy that a domain cannot have, or did not get: all reasons. */
static int refused(const struct request *r, const char *what,
                   cpupolicy_violation *list, size_t nr,
                   const cpupolicy_error *err)
{
    int status = failed(err);

    if ( !nr )
        return status;

    print_violations(r, what, NULL, NULL, list, nr);
    cpupolicy_violations_free(list);

    return EXIT_NO;
}

static int parse_id(const struct request *r, const char *text, uint32_t *id)
{
    char *end;
    unsigned long v = strtoul(text, &end, 10);

    if ( *text < '0' || *text > '9' || *end || v > 0x7fef )
        return command_usage(r->command, "'%s' is no domain's number", text);
    *id = v;

    return EXIT_YES;
}

/* Domain 0 is in no file of domains: its policy is one of the source's. */
static int failed_of(const struct request *r, uint32_t id,
                     const cpupolicy_error *err)
{
    int status = failed(err);

    if ( err->code == ESRCH && !id && !request_is_xen(r) )
        fprintf(stderr, "xl-cpupolicy: what dom0 would be booted with is "
                "shown by 'show dom0'\n");

    return status;
}

static const char *state(const cpupolicy_domain *d)
{
    return d->finished ? "finished" : "in construction";
}

static int run_list(const struct request *r, cpupolicy_source *src)
{
    struct json_object *list = json_object_new_array();
    cpupolicy_domain d;
    cpupolicy_error err;
    uint32_t id = 0;

    while ( !cpupolicy_domain_next(src, id, &d, &err) )
    {
        struct json_object *o = json_object_new_object();

        if ( r->form != FORM_JSON )
            printf("%5" PRIu32 " %-4s %5" PRIu32 " vCPUs  %s\n", d.id,
                   d.kind.hvm ? "hvm" : "pv", d.nr_vcpus, state(&d));
        json_object_object_add(o, "id", json_object_new_int64(d.id));
        json_object_object_add(o, "type", json_object_new_string(
                                   d.kind.hvm ? "hvm" : "pv"));
        json_object_object_add(o, "vcpus",
                               json_object_new_int64(d.nr_vcpus));
        json_object_object_add(o, "finished",
                               json_object_new_boolean(d.finished));
        json_object_array_add(list, o);
        id = d.id + 1;
    }

    if ( r->form == FORM_JSON )
        return json_print(list);
    json_object_put(list);

    return err.code == ESRCH ? EXIT_YES : failed(&err);
}

/* The APIC ids of its vCPUs, and of its IO-APIC, where it has any. */
static struct json_object *json_ids(const cpupolicy_source *src,
                                    const cpupolicy_domain *d,
                                    const cpupolicy *p)
{
    struct json_object *o = json_object_new_object();
    struct json_object *list = json_object_new_array();
    uint32_t id;

    for ( uint32_t v = 0; !cpupolicy_apic_id(src, d, p, v, &id, NULL); v++ )
        json_object_array_add(list, json_hex(id));
    json_object_object_add(o, "apic_ids", list);
    if ( !cpupolicy_ioapic_id(src, d, p, &id, NULL) )
        json_object_object_add(o, "ioapic_id", json_hex(id));

    return o;
}

static int print_policy(const struct request *r, const cpupolicy_source *src,
                        const cpupolicy_domain *d, const cpupolicy *p)
{
    static int (*const printers[])(const cpupolicy_source *src,
                                   const struct view *v, int nr) = {
        [FORM_TEXT] = print_leaves,       [FORM_FEATURES] = print_features,
        [FORM_LEAVES] = print_leaves,     [FORM_JSON] = print_json,
        [FORM_FEATURESET] = print_featureset,
    };
    struct view v = { .which = -1, .policy = p };
    int status;

    snprintf(v.name, sizeof(v.name), "dom:%" PRIu32, d->id);
    if ( r->form == FORM_JSON )
        v.more = json_ids(src, d, p);
    status = printers[r->form](src, &v, 1);
    json_object_put(v.more);

    return status;
}

/* The domain of this number; an exit status after a message. */
static int find_domain(const struct request *r, cpupolicy_source *src,
                       cpupolicy_domain *d)
{
    cpupolicy_error err;
    uint32_t id;
    int status = parse_id(r, r->args[0], &id);

    if ( status )
        return status;
    if ( cpupolicy_domain_next(src, id, d, &err) )
        return failed_of(r, id, &err);
    if ( d->id == id )
        return EXIT_YES;

    err.code = ESRCH;
    snprintf(err.message, sizeof(err.message), "domain %" PRIu32 ": no such "
             "domain", id);

    return failed_of(r, id, &err);
}

static int run_get(const struct request *r, cpupolicy_source *src)
{
    cpupolicy_domain d = { 0 };
    cpupolicy *p;
    cpupolicy_error err;
    int status = find_domain(r, src, &d);

    if ( status )
        return status;
    if ( cpupolicy_domain_get(src, d.id, &p, &err) )
        return failed_of(r, d.id, &err);

    status = print_policy(r, src, &d, p);
    cpupolicy_free(p);

    return status;
}

/* Text says nothing of it, or the new domain's number. */
static int print_accepted(const struct request *r, const char *what,
                          uint32_t id)
{
    struct json_object *o;

    if ( r->form != FORM_JSON )
        return EXIT_YES;

    o = json_object_new_object();
    json_object_object_add(o, "request", json_object_new_string(what));
    json_object_object_add(o, "domain", json_object_new_int64(id));
    json_object_object_add(o, "accepted", json_object_new_boolean(true));
    json_object_object_add(o, "violations", json_object_new_array());

    return json_print(o);
}

static int set_to(const struct request *r, cpupolicy_source *src,
                  uint32_t id, const cpupolicy *p, const char *what)
{
    cpupolicy_violation *list = NULL;
    cpupolicy_error err;
    size_t nr = 0;

    return cpupolicy_domain_set(src, id, p, &list, &nr, &err)
        ? refused(r, what, list, nr, &err) : print_accepted(r, what, id);
}

static void print_note(const cpupolicy_config *c)
{
    if ( *c->note )
        print_line(stderr, "xl-cpupolicy: note: %s", c->note);
}

/* What an xl.cfg comes to for this domain, of which it must tell the type. */
static int load_config(const struct request *r, cpupolicy_source *src,
                       const cpupolicy_domain *d, cpupolicy **out)
{
    const char *file = r->args[1];
    cpupolicy_config config;
    cpupolicy_error err;

    if ( cpupolicy_config_load(src, file, &config, out, &err) )
        return command_failed(file, &err);

    /* The defaults of one type are nothing to start from for another. */
    if ( config.domain.kind.hvm != d->kind.hvm )
        print_line(stderr, "xl-cpupolicy: %s: type: domain %" PRIu32 " is %s",
                   file, d->id, d->kind.hvm ? "hvm or pvh" : "pv");
    /* Vcpus that the topology has no place for. */
    else if ( config.domain.nr_vcpus < d->nr_vcpus )
        print_line(stderr, "xl-cpupolicy: %s: vcpus: domain %" PRIu32 " has %"
                   PRIu32, file, d->id, d->nr_vcpus);
    else
    {
        print_note(&config);
        return EXIT_YES;
    }
    cpupolicy_free(*out);

    return EXIT_NO_ANSWER;
}

/* What a set would say, and the policy that it would make. */
static int dry_run(const struct request *r, cpupolicy_source *src,
                   const cpupolicy_domain *d, const cpupolicy *p)
{
    cpupolicy_violation *list = NULL;
    size_t nr = 0;

    if ( !cpupolicy_audit(src, p, &d->kind, &list, &nr) )
        return print_policy(r, src, d, p);

    print_violations(r, r->args[1], src, p, list, nr);
    cpupolicy_violations_free(list);

    return nr ? EXIT_NO : EXIT_NO_ANSWER;
}

/* A finished domain is refused by the set, whatever it is asked for. */
static int make_it_so(const struct request *r, cpupolicy_source *src,
                      const cpupolicy_domain *d, const cpupolicy *p)
{
    return r->dry_run && !d->finished ? dry_run(r, src, d, p)
                                      : set_to(r, src, d->id, p, r->args[1]);
}

static int set_from_config(const struct request *r, cpupolicy_source *src,
                           const cpupolicy_domain *d)
{
    cpupolicy *p;
    int status = load_config(r, src, d, &p);

    if ( status )
        return status;
    status = make_it_so(r, src, d, p);
    cpupolicy_free(p);

    return status;
}

static int set_from_request(const struct request *r, cpupolicy_source *src,
                            const cpupolicy_domain *d)
{
    cpupolicy_request *request;
    cpupolicy_error err;
    cpupolicy *base;
    int rc, status;

    if ( cpupolicy_domain_get(src, d->id, &base, &err) )
        return failed(&err);
    rc = cpupolicy_request_load(&request, r->args[1], r->policy, base, &err);
    cpupolicy_free(base);
    if ( rc )
        return command_failed(r->args[1], &err);

    status = make_it_so(r, src, d, cpupolicy_request_policy(request));
    cpupolicy_request_free(request);

    return status;
}

static int run_set(const struct request *r, cpupolicy_source *src)
{
    cpupolicy_domain d = { 0 };
    int status = find_domain(r, src, &d);

    if ( status )
        return status;

    return r->xl_cfg ? set_from_config(r, src, &d)
                     : set_from_request(r, src, &d);
}

static int run_create(const struct request *r, cpupolicy_source *src)
{
    cpupolicy_violation *list = NULL;
    cpupolicy_config config;
    cpupolicy_error err;
    cpupolicy *p;
    uint32_t id;
    size_t nr = 0;
    int rc;

    if ( cpupolicy_config_load(src, r->args[0], &config, &p, &err) )
        return command_failed(r->args[0], &err);

    print_note(&config);
    rc = cpupolicy_domain_build(src, &config.domain, p, &id, &list, &nr,
                                &err);
    cpupolicy_free(p);
    if ( rc )
        return refused(r, r->args[0], list, nr, &err);

    if ( r->form != FORM_JSON )
        printf("%" PRIu32 "\n", id);

    return print_accepted(r, r->args[0], id);
}

static int run_unpause(const struct request *r, cpupolicy_source *src)
{
    cpupolicy_error err;
    uint32_t id;
    int status = parse_id(r, r->args[0], &id);

    if ( !status && cpupolicy_domain_finish(src, id, &err) )
        status = failed_of(r, id, &err);

    return status;
}

static int run_destroy(const struct request *r, cpupolicy_source *src)
{
    cpupolicy_error err;
    uint32_t id;
    int status = parse_id(r, r->args[0], &id);

    if ( !status && cpupolicy_domain_destroy(src, id, &err) )
        status = failed_of(r, id, &err);

    return status;
}

static const struct verb verbs[NR_COMMANDS] = {
    [CMD_DOMAIN_LIST] = { 0, false, run_list },
    [CMD_DOMAIN_GET] = { 1, false, run_get },
    [CMD_DOMAIN_SET] = { 2, true, run_set },
    [CMD_DOMAIN_CREATE] = { 1, true, run_create },
    [CMD_DOMAIN_UNPAUSE] = { 1, true, run_unpause },
    [CMD_DOMAIN_DESTROY] = { 1, true, run_destroy },
};

/* Options that are the command's, and make no sense together. */
static int check_options(const struct request *r, const struct verb *v,
                         const char *name)
{
    if ( r->nr_args != v->nr_args )
        return command_usage(r->command, "%s needs %d argument%s", name,
                             v->nr_args, v->nr_args == 1 ? "" : "s");

    /* A set itself prints no policy. */
    if ( v->run == run_set && !r->dry_run && r->form != FORM_TEXT &&
         r->form != FORM_JSON )
        return command_usage(r->command, "%s has the output form '%s' with "
                             "--dry-run only", name, form_names[r->form]);
    if ( r->policy && r->xl_cfg )
        return command_usage(r->command, "--policy is for a request of "
                             "several policies, an xl.cfg is none");
    if ( !r->state && !request_is_xen(r) )
        return command_usage(r->command, "%s needs --state FILE, which keeps "
                             "domains where no Xen does", name);

    return EXIT_YES;
}

int cmd_domain(const struct args *args)
{
    const struct verb *v = &verbs[args->command - commands];
    cpupolicy_source *src;
    struct request r;
    int status = request_read(&r, args);

    if ( !status )
        status = check_options(&r, v, args->command->name);
    if ( status )
        return status;

    r.changes = v->changes && !r.dry_run;
    src = request_open(&r, &status);
    if ( !src )
        return status;

    status = v->run(&r, src);
    cpupolicy_source_free(src);

    return finish(status);
}
