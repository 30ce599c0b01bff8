/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Policies as features, leaves, featureset and JSON. */

#include "common.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* With a heading all on one line, without one a line each. */
static void features_of(const cpupolicy *p, const char *heading)
{
    if ( heading )
        printf("%s:", heading);
    for ( size_t f = 0; f < cpupolicy_nr_features(); f++ )
        if ( cpupolicy_has(p, f) )
            printf("%s%s%s", heading ? " " : "", cpupolicy_feature_name(f),
                   heading ? "" : "\n");
    if ( heading )
        putchar('\n');
}

int print_features(const cpupolicy_source *src, const struct view *v, int nr)
{
    (void)src;
    for ( int i = 0; i < nr; i++ )
        features_of(v[i].policy, nr > 1 ? v[i].name : NULL);

    return EXIT_YES;
}

static void featureset_of(const cpupolicy *p, const char *heading)
{
    uint32_t words[64];

    cpupolicy_featureset(p, words);
    if ( heading )
        printf("%-12s ", heading);
    for ( size_t w = 0; w < cpupolicy_nr_words(); w++ )
        printf("%s%08" PRIx32, w ? "-" : "", words[w]);
    putchar('\n');
}

int print_featureset(const cpupolicy_source *src, const struct view *v,
                     int nr)
{
    (void)src;
    for ( int i = 0; i < nr; i++ )
        featureset_of(v[i].policy, nr > 1 ? v[i].name : NULL);

    return EXIT_YES;
}

/*
 * Xen's interface knows no subleaves above 0x80000000, and prints the first
 * of 0x8000001d and 0x80000020 as a leaf without.
 */
static uint32_t xen_subleaf(const cpupolicy_leaf *l)
{
    return (l->leaf == 0x8000001dU || l->leaf == 0x80000020U) && !l->subleaf
        ? CPUPOLICY_NO_SUBLEAF : l->subleaf;
}

/* xen-cpuid prints the two MSRs that Xen knows even where they are 0. */
static bool in_xen_abi(uint32_t msr)
{
    return msr == 0xce || msr == 0x10a;
}

static int print_policy_leaves(const cpupolicy *p, const char *heading)
{
    size_t nr_leaves, nr_msrs;
    cpupolicy_leaf *leaves = policy_leaves(p, &nr_leaves);
    cpupolicy_msr *msrs = policy_msrs(p, &nr_msrs);
    int status = leaves && msrs ? EXIT_YES : EXIT_NO_ANSWER;

    if ( status == EXIT_YES && heading )
        printf("%s policy: %zu leaves, %zu MSRs\n CPUID:\n"
               "  leaf     subleaf  -> eax      ebx      ecx      edx     \n",
               heading, nr_leaves, nr_msrs);
    for ( size_t i = 0; status == EXIT_YES && i < nr_leaves; i++ )
        if ( !leaf_is_zero(&leaves[i]) )
            printf("  %08" PRIx32 ":%08" PRIx32 " -> %08" PRIx32
                   ":%08" PRIx32 ":%08" PRIx32 ":%08" PRIx32 "\n",
                   leaves[i].leaf, xen_subleaf(&leaves[i]), leaves[i].eax,
                   leaves[i].ebx, leaves[i].ecx, leaves[i].edx);

    if ( status == EXIT_YES && heading )
        printf(" MSRs:\n  index    -> value           \n");
    for ( size_t i = 0; status == EXIT_YES && i < nr_msrs; i++ )
        if ( msrs[i].value || in_xen_abi(msrs[i].index) )
            printf("  %08" PRIx32 " -> %016" PRIx64 "\n", msrs[i].index,
                   msrs[i].value);

    free(leaves);
    free(msrs);

    return status;
}

int print_leaves(const cpupolicy_source *src, const struct view *v, int nr)
{
    int status = EXIT_YES;

    (void)src;
    for ( int i = 0; status == EXIT_YES && i < nr; i++ )
        status = print_policy_leaves(v[i].policy, nr > 1 ? v[i].name : NULL);

    return status;
}

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
