/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Policies to show, and small printing helpers of the commands. */

#include "common.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *const reg_names[4] = { "eax", "ebx", "ecx", "edx" };

/* The number in "dom:ID", or -1. */
static long domain_of(const char *name)
{
    char *end;
    long id;

    if ( strncmp(name, "dom:", 4) || name[4] < '0' || name[4] > '9' )
        return -1;
    id = strtol(name + 4, &end, 10);

    return *end || id > 0x7fef ? -1 : id;
}

bool view_name_ok(const struct request *r, const char *name)
{
    if ( cpupolicy_which_find(name) >= 0 || domain_of(name) >= 0 )
        return true;

    command_usage(r->command, "no policy '%s' (raw host-max host-default "
                  "pv-max pv-default hvm-max hvm-default dom0 dom0-pvh, "
                  "dom:ID)", name);

    return false;
}

static int load(struct registers *r, const cpupolicy *p)
{
    r->leaves = policy_leaves(p, &r->nr_leaves);
    r->msrs = policy_msrs(p, &r->nr_msrs);
    if ( r->leaves && r->msrs )
        return EXIT_YES;

    fprintf(stderr, "xl-cpupolicy: out of memory\n");

    return EXIT_NO_ANSWER;
}

/* Where the domain started from. */
static int load_default(struct view *v, cpupolicy_source *src, uint32_t id)
{
    const cpupolicy *p;
    cpupolicy_domain d;

    if ( cpupolicy_domain_next(src, id, &d, NULL) || d.id != id )
        return EXIT_YES;

    v->base = d.kind.hvm ? CPUPOLICY_HVM_DEFAULT : CPUPOLICY_PV_DEFAULT;
    p = cpupolicy_source_policy(src, v->base);
    if ( !p )
        v->base = -1;

    return p ? load(&v->was, p) : EXIT_YES;
}

int view_open(const struct request *r, cpupolicy_source *src,
              const char *name, struct view *out)
{
    /* Where no Xen is running, domain 0 is the one that would be booted. */
    int which = !strcmp(name, "dom:0") && !request_is_xen(r)
        ? CPUPOLICY_DOM0 : cpupolicy_which_find(name);
    int status = EXIT_YES;
    cpupolicy_error err;

    which = which < 0 ? -1 : which;
    *out = (struct view){ .which = which, .base = which };
    snprintf(out->name, sizeof(out->name), "%s", name);

    if ( which >= 0 )
    {
        if ( cpupolicy_system_get(src, which, &out->policy, &err) )
            return command_failed(r->from, &err);
    }
    else
    {
        if ( cpupolicy_domain_get(src, domain_of(name), &out->owned, &err) )
            return command_failed(r->from, &err);
        out->policy = out->owned;
        status = load_default(out, src, domain_of(name));
    }

    return status ? status : load(&out->now, out->policy);
}

static void unload(struct registers *r)
{
    free(r->leaves);
    free(r->msrs);
}

void views_close(struct view *views, int nr)
{
    while ( nr-- )
    {
        cpupolicy_free(views[nr].owned);
        unload(&views[nr].now);
        unload(&views[nr].was);
    }
}

uint64_t register_value(const struct registers *r,
                        const cpupolicy_change *where)
{
    for ( size_t i = 0; where->is_msr && i < r->nr_msrs; i++ )
        if ( r->msrs[i].index == where->msr )
            return r->msrs[i].value;

    for ( size_t i = 0; !where->is_msr && i < r->nr_leaves; i++ )
        if ( r->leaves[i].leaf == where->leaf &&
             r->leaves[i].subleaf == where->subleaf )
            return (&r->leaves[i].eax)[where->reg];

    return 0;
}

struct json_object *json_hex(uint64_t value)
{
    char text[24];

    snprintf(text, sizeof(text), "0x%" PRIx64, value);

    return json_object_new_string(text);
}

struct json_object *json_unknown(const cpupolicy_unknown *u)
{
    struct json_object *o = json_object_new_object();

    json_object_object_add(o, u->is_msr ? "msr" : "leaf",
                           json_hex(u->is_msr ? u->msr : u->leaf));
    if ( !u->is_msr && u->subleaf != CPUPOLICY_NO_SUBLEAF )
        json_object_object_add(o, "subleaf", json_hex(u->subleaf));

    return o;
}

struct json_object *json_unknowns(const cpupolicy *p)
{
    struct json_object *list = json_object_new_array();
    cpupolicy_unknown u;

    for ( size_t i = 0; p && cpupolicy_unknown_at(p, i, &u); i++ )
        json_object_array_add(list, json_unknown(&u));

    return list;
}

void print_unknowns(const cpupolicy *p)
{
    struct wrapper w = { .indent = 4 };
    cpupolicy_unknown u;

    for ( size_t i = 0; p && cpupolicy_unknown_at(p, i, &u); i++ )
    {
        char word[40];

        if ( !i )
            puts("  unknown, for it is not in this dump");
        if ( u.is_msr )
            snprintf(word, sizeof(word), "msr:0x%" PRIx32, u.msr);
        else if ( u.subleaf == CPUPOLICY_NO_SUBLEAF )
            snprintf(word, sizeof(word), "0x%" PRIx32, u.leaf);
        else
            snprintf(word, sizeof(word), "0x%" PRIx32 ":%" PRIu32, u.leaf,
                     u.subleaf);
        wrap_word(&w, word);
    }
    wrap_end(&w);
}

int json_print(struct json_object *o)
{
    const char *text = json_object_to_json_string_ext(
        o, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
           JSON_C_TO_STRING_NOSLASHESCAPE);

    if ( text )
        print_json_text(stdout, text);
    json_object_put(o);

    return text ? EXIT_YES : EXIT_NO_ANSWER;
}

cpupolicy_leaf *policy_leaves(const cpupolicy *p, size_t *nr)
{
    cpupolicy_leaf *leaves = malloc(cpupolicy_max_leaves() *
                                    sizeof(*leaves));

    *nr = cpupolicy_max_leaves();
    if ( leaves && cpupolicy_leaves(p, leaves, nr) )
    {
        free(leaves);
        leaves = NULL;
    }

    return leaves;
}

cpupolicy_msr *policy_msrs(const cpupolicy *p, size_t *nr)
{
    cpupolicy_msr *msrs = malloc(cpupolicy_max_msrs() * sizeof(*msrs));

    *nr = cpupolicy_max_msrs();
    if ( msrs && cpupolicy_msrs(p, msrs, nr) )
    {
        free(msrs);
        msrs = NULL;
    }

    return msrs;
}

bool leaf_is_zero(const cpupolicy_leaf *l)
{
    return !(l->eax | l->ebx | l->ecx | l->edx);
}

void wrap_word(struct wrapper *w, const char *word)
{
    int len = strlen(word);

    if ( w->column && w->column + 1 + len > 79 )
        wrap_end(w);
    if ( !w->column )
        w->column = printf("%*s", w->indent, "");
    w->column += printf("%s%s", w->column > w->indent ? " " : "", word);
}

void wrap_end(struct wrapper *w)
{
    if ( w->column )
        putchar('\n');
    w->column = 0;
}
