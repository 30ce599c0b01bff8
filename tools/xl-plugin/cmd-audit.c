/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xl-cpupolicy audit: would a domain get exactly this policy? */

#include "common.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MAX_WHY 256             /* a rule's reason, with a feature's name */

static int parse_kind(const struct request *r, cpupolicy_domain_kind *kind)
{
    *kind = r->kind;
    if ( !r->type )
        return command_usage(r->command, "needs --type pv or --type hvm");
    if ( strcmp(r->type, "pv") && strcmp(r->type, "hvm") )
        return command_usage(r->command, "no type '%s' (pv, hvm)", r->type);
    kind->hvm = !strcmp(r->type, "hvm");
    if ( kind->hvm ? kind->pv32 : kind->shadow || kind->nested )
        return command_usage(r->command, "--pv32 is for pv; --shadow and "
                             "--nested are for hvm");

    return EXIT_YES;
}

/* "a feature that it needs is missing (avx)", or "". */
static const char *why_text(const cpupolicy_violation *v, char *out,
                            size_t size)
{
    int feature = v->cause ? v->cause->feature : -1;

    snprintf(out, size, feature >= 0 ? "%s (%s)" : "%s%s", v->why ? v->why : "",
             feature >= 0 ? cpupolicy_feature_name(feature) : "");

    return out;
}

static void print_violation(const cpupolicy_violation *v)
{
    char place[48], why[MAX_WHY];

    if ( v->is_msr )
        snprintf(place, sizeof(place), "msr 0x%" PRIx32, v->msr);
    else if ( v->subleaf == CPUPOLICY_NO_SUBLEAF )
        snprintf(place, sizeof(place), "0x%" PRIx32 " %s", v->leaf,
                 reg_names[v->reg]);
    else
        snprintf(place, sizeof(place), "0x%" PRIx32 ".%" PRIu32 " %s",
                 v->leaf, v->subleaf, reg_names[v->reg]);

    printf("%s, %s: %s", place, v->name, v->text ? v->text : v->rule);
    if ( v->needs >= 0 )
        printf(" (%s)", cpupolicy_feature_name(v->needs));
    printf(" [%s]\n    bits 0x%" PRIx64 " asked 0x%" PRIx64 ", limit 0x%"
           PRIx64 "; %s\n", v->rule, v->mask, v->asked & v->mask,
           v->limit & v->mask, v->remedy ? v->remedy : "use the limit");
    if ( v->why )
        printf("    why: %s\n", why_text(v, why, sizeof(why)));
}

static struct json_object *json_violation(const cpupolicy_violation *v)
{
    struct json_object *o = json_object_new_object();
    char why[MAX_WHY];

    if ( v->is_msr )
        json_object_object_add(o, "msr", json_hex(v->msr));
    else
    {
        json_object_object_add(o, "leaf", json_hex(v->leaf));
        if ( v->subleaf != CPUPOLICY_NO_SUBLEAF )
            json_object_object_add(o, "subleaf", json_hex(v->subleaf));
        json_object_object_add(o, "register",
                               json_object_new_string(reg_names[v->reg]));
    }
    json_object_object_add(o, "bits", json_hex(v->mask));
    json_object_object_add(o, "name", json_object_new_string(v->name));
    json_object_object_add(o, "rule", json_object_new_string(v->rule));
    json_object_object_add(o, "asked", json_hex(v->asked & v->mask));
    json_object_object_add(o, "limit", json_hex(v->limit & v->mask));
    if ( v->text )
        json_object_object_add(o, "text", json_object_new_string(v->text));
    if ( v->why )
        json_object_object_add(o, "why", json_object_new_string(
                                   why_text(v, why, sizeof(why))));
    if ( v->remedy )
        json_object_object_add(o, "remedy",
                               json_object_new_string(v->remedy));
    if ( v->needs >= 0 )
        json_object_object_add(o, "needs", json_object_new_string(
                                   cpupolicy_feature_name(v->needs)));

    return o;
}

#define MAX_OWN 8               /* there are two */

static size_t find_own(const cpupolicy_source *src, const cpupolicy *request,
                       int own[MAX_OWN])
{
    size_t nr = request ? cpupolicy_audit_own(src, request, own, MAX_OWN) : 0;

    return nr < MAX_OWN ? nr : MAX_OWN;
}

static void print_answer(const char *what, const cpupolicy_violation *list,
                       size_t nr, const int *own, size_t nr_own)
{
    print_line(stdout, "%s: %s", what, nr ? "rejected" : nr_own ?
               "accepted, but for what the CPU keeps for itself" :
               "accepted, exactly as it stands");
    for ( size_t i = 0; i < nr; i++ )
        print_violation(&list[i]);
    for ( size_t i = 0; i < nr_own; i++ )
        printf("%s: the CPU's own; a guest reads what is true where it "
               "runs\n", cpupolicy_feature_name(own[i]));
}

static struct json_object *json_own(const int *own, size_t nr)
{
    struct json_object *list = json_object_new_array();

    for ( size_t i = 0; i < nr; i++ )
        json_object_array_add(list, json_object_new_string(
                                  cpupolicy_feature_name(own[i])));

    return list;
}

int print_violations(const struct request *r, const char *what,
                     const cpupolicy_source *src, const cpupolicy *request,
                     const cpupolicy_violation *list, size_t nr)
{
    struct json_object *o, *all;
    int own[MAX_OWN];
    size_t nr_own = find_own(src, request, own);

    if ( r->form != FORM_JSON )
    {
        print_answer(what, list, nr, own, nr_own);
        return EXIT_YES;
    }

    o = json_object_new_object();
    all = json_object_new_array();
    json_object_object_add(o, "request", json_object_new_string(what));
    if ( r->type )
        json_object_object_add(o, "type", json_object_new_string(r->type));
    json_object_object_add(o, "accepted", json_object_new_boolean(!nr));
    for ( size_t i = 0; i < nr; i++ )
        json_object_array_add(all, json_violation(&list[i]));
    json_object_object_add(o, "violations", all);
    if ( request )
        json_object_object_add(o, "own", json_own(own, nr_own));

    return json_print(o);
}

static int audit(const struct request *r, const cpupolicy_source *src,
                 const cpupolicy_domain_kind *kind)
{
    const cpupolicy *base = cpupolicy_source_policy(
        src, kind->hvm ? CPUPOLICY_HVM_DEFAULT : CPUPOLICY_PV_DEFAULT);
    cpupolicy_violation *list = NULL;
    cpupolicy_request *request;
    cpupolicy_error err;
    size_t nr = 0;
    int rc, status;

    if ( cpupolicy_request_load(&request, r->args[0], r->policy, base,
                                &err) )
        return command_failed(r->args[0], &err);

    rc = cpupolicy_request_audit(src, request, kind, &list, &nr);
    if ( rc && !nr )
    {
        cpupolicy_request_free(request);
        fprintf(stderr, "xl-cpupolicy: out of memory\n");
        return EXIT_NO_ANSWER;
    }

    status = print_violations(r, r->args[0], src,
                              cpupolicy_request_policy(request), list, nr);
    cpupolicy_request_free(request);
    cpupolicy_violations_free(list);

    return status ? status : nr ? EXIT_NO : EXIT_YES;
}

int cmd_audit(const struct args *args)
{
    cpupolicy_domain_kind kind;
    cpupolicy_source *src;
    struct request r;
    int status = request_read(&r, args);

    if ( status )
        return status;
    if ( r.nr_args != 1 )
        return command_usage(r.command, "needs one request");
    if ( (status = parse_kind(&r, &kind)) )
        return status;

    src = request_open(&r, &status);
    if ( src )
    {
        status = audit(&r, src, &kind);
        cpupolicy_source_free(src);
    }

    return finish(status);
}
