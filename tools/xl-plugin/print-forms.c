/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Policies as features, leaves, featureset and JSON. */

#include "common.h"
#include "policy/forms.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The library's writers know the rest. */
static int print_form(const char *name, const struct view *v, int nr)
{
    struct policy_view *list = calloc(nr + 1, sizeof(*list));
    cpupolicy_error err;
    int rc;

    if ( !list )
        return EXIT_NO_ANSWER;

    for ( int i = 0; i < nr; i++ )
        list[i] = (struct policy_view){ v[i].name, v[i].policy };
    rc = policy_form_write(policy_form_find(name), stdout, list, nr, &err);
    free(list);

    return rc ? command_failed(NULL, &err) : EXIT_YES;
}

#define FORM(form)                                                         \
int print_##form(const cpupolicy_source *src, const struct view *v, int nr) \
{                                                                          \
    (void)src;                                                             \
    return print_form(#form, v, nr);                                       \
}
FORM(features)
FORM(featureset)
FORM(leaves)
FORM(xml)

static struct json_object *json_leaf(const cpupolicy_leaf *l)
{
    const uint32_t regs[4] = { l->eax, l->ebx, l->ecx, l->edx };
    struct json_object *o = json_object_new_object();

    json_object_object_add(o, "leaf", json_hex(l->leaf));
    if ( l->subleaf != CPUPOLICY_NO_SUBLEAF )
        json_object_object_add(o, "subleaf", json_hex(l->subleaf));
    for ( int r = 0; r < 4; r++ )
        json_object_object_add(o, reg_names[r], json_hex(regs[r]));

    return o;
}

static struct json_object *json_policy(const cpupolicy *p)
{
    struct json_object *o = json_object_new_object(), *list;
    size_t nr_leaves, nr_msrs;
    cpupolicy_leaf *leaves = policy_leaves(p, &nr_leaves);
    cpupolicy_msr *msrs = policy_msrs(p, &nr_msrs);

    json_object_object_add(o, "vendor",
                           json_object_new_string(cpupolicy_vendor(p)));
    list = json_object_new_array();
    for ( size_t f = 0; f < cpupolicy_nr_features(); f++ )
        if ( cpupolicy_has(p, f) )
            json_object_array_add(list, json_object_new_string(
                                      cpupolicy_feature_name(f)));
    json_object_object_add(o, "features", list);

    list = json_object_new_array();
    for ( size_t i = 0; leaves && i < nr_leaves; i++ )
        json_object_array_add(list, json_leaf(&leaves[i]));
    json_object_object_add(o, "cpuid", list);

    list = json_object_new_array();
    for ( size_t i = 0; msrs && i < nr_msrs; i++ )
    {
        struct json_object *m = json_object_new_object();

        json_object_object_add(m, "index", json_hex(msrs[i].index));
        json_object_object_add(m, "value", json_hex(msrs[i].value));
        json_object_array_add(list, m);
    }
    json_object_object_add(o, "msrs", list);

    free(leaves);
    free(msrs);

    return o;
}

/* Where CPUs differ: a raw policy of each further kind. */
static void add_kinds(struct json_object *o, const cpupolicy_source *src)
{
    struct json_object *list = NULL;
    cpupolicy *p;

    for ( size_t k = 1; !cpupolicy_source_kind(src, k, &p, NULL); k++ )
    {
        if ( !list )
            list = json_object_new_array();
        json_object_array_add(list, json_policy(p));
        cpupolicy_free(p);
    }
    if ( list )
        json_object_object_add(o, "cpus", list);
}

int print_json(const cpupolicy_source *src, const struct view *v, int nr)
{
    struct json_object *o = json_object_new_object(), *list;
    const char *note;

    json_object_object_add(o, "source",
                           json_object_new_string(
                               cpupolicy_source_name(src)));
    json_object_object_add(o, "unknown", json_unknowns(
                               cpupolicy_source_policy(src, CPUPOLICY_RAW)));
    list = json_object_new_object();
    for ( int i = 0; i < nr; i++ )
        json_object_object_add(list, v[i].name, json_policy(v[i].policy));
    json_object_object_add(o, "policies", list);
    for ( int i = 0; i < nr; i++ )
        if ( v[i].more )
        {
            json_object_object_foreach(v[i].more, key, value)
                json_object_object_add(o, key, json_object_get(value));
        }
    for ( int i = 0; i < nr; i++ )
        if ( v[i].which == CPUPOLICY_RAW )
            add_kinds(o, src);

    list = json_object_new_array();
    for ( size_t i = 0; (note = cpupolicy_source_note(src, i)); i++ )
        json_object_array_add(list, json_object_new_string(note));
    json_object_object_add(o, "notes", list);

    return json_print(o);
}
