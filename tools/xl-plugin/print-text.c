/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * For people: what this host is, what each policy has, and what each stage
 * took or gave, grouped by the rule that did it.
 */

#include "common.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const cpupolicy_leaf *find(const cpupolicy_leaf *l, size_t nr,
                                  uint32_t leaf)
{
    for ( size_t i = 0; i < nr; i++ )
        if ( l[i].leaf == leaf )
            return &l[i];

    return NULL;
}

static void print_brand(const cpupolicy_leaf *leaves, size_t nr)
{
    char brand[49] = "", *s = brand;

    for ( unsigned int i = 0; i < 3; i++ )
    {
        const cpupolicy_leaf *l = find(leaves, nr, 0x80000002U + i);

        if ( l )
            memcpy(brand + i * 16, &l->eax, 16);
    }

    for ( char *c = brand; *c; c++ )
        if ( *c < ' ' || *c > '~' )
            *c = '?';
    while ( *s == ' ' )
        s++;
    if ( *s )
        printf(", %s", s);
}

static void print_header(const cpupolicy_source *src)
{
    const cpupolicy *raw = cpupolicy_source_policy(src, CPUPOLICY_RAW);
    size_t nr, nr_cpus = cpupolicy_source_nr_cpus(src);
    cpupolicy_leaf *leaves = policy_leaves(raw, &nr);
    const cpupolicy_leaf *l = leaves ? find(leaves, nr, 1) : NULL;

    print_visible(stdout, cpupolicy_source_name(src));
    printf(": %zu CPU%s, %s", nr_cpus, nr_cpus == 1 ? "" : "s",
           cpupolicy_vendor(raw));
    if ( l )
    {
        uint32_t base = (l->eax >> 8) & 0xf;

        printf(" family 0x%" PRIx32 " model 0x%" PRIx32 " stepping %" PRIu32,
               base == 0xf ? base + ((l->eax >> 20) & 0xff) : base,
               ((l->eax >> 4) & 0xf) |
               (base == 0x6 || base == 0xf ? (l->eax >> 12) & 0xf0 : 0),
               l->eax & 0xf);
        print_brand(leaves, nr);
    }
    putchar('\n');
    free(leaves);
}

static size_t count_features(const cpupolicy *p)
{
    size_t n = 0;

    for ( size_t f = 0; f < cpupolicy_nr_features(); f++ )
        n += cpupolicy_has(p, f);

    return n;
}

static void print_summary(const struct view *v)
{
    const cpupolicy *p = v->policy;
    size_t nr;
    cpupolicy_leaf *leaves = policy_leaves(p, &nr);
    const cpupolicy_leaf *basic = leaves ? find(leaves, nr, 0) : NULL;
    const cpupolicy_leaf *ext = leaves ? find(leaves, nr, 0x80000000U)
                                       : NULL;

    printf("  %-12s %4zu features, leaves to 0x%" PRIx32 " and 0x%" PRIx32
           "\n", v->name, count_features(p),
           basic ? basic->eax : 0, ext ? ext->eax : 0);
    free(leaves);
}

/* Same stage, same rule, same feature behind it. */
static bool same_group(const cpupolicy_change *a, const cpupolicy_change *b)
{
    return a->policy == b->policy && a->rule == b->rule &&
           a->feature == b->feature;
}

struct fields {
    struct wrapper *w;
    const cpupolicy_change *c;
    const char *prefix;
    bool features;      /* print those, or what is left besides */
};

static void print_field(void *ctx, const cpupolicy_field *field)
{
    struct fields *f = ctx;
    char word[160];

    if ( (field->feature >= 0) != f->features )
        return;

    if ( f->features )
        snprintf(word, sizeof(word), "%s%s", f->prefix, field->name);
    else
        snprintf(word, sizeof(word), "0x%" PRIx32 ":%s",
                 f->c->is_msr ? f->c->msr : f->c->leaf, field->name);
    wrap_word(f->w, word);
}

static void print_bits(const cpupolicy *p, const cpupolicy_change *c,
                       struct wrapper *w, bool features)
{
    uint64_t lost = c->before & ~c->after, won = c->after & ~c->before;
    struct fields f = { w, c, "-", features };

    if ( !features )
    {
        cpupolicy_fields(p, c, lost | won, print_field, &f);
        return;
    }

    cpupolicy_fields(p, c, lost, print_field, &f);
    f.prefix = "+";
    cpupolicy_fields(p, c, won, print_field, &f);
}

/* Subleaves of one leaf repeat their fields; one mention is enough. */
static bool repeats(const cpupolicy_change *c, size_t first, size_t i)
{
    for ( size_t j = first; j < i; j++ )
        if ( same_group(&c[j], &c[i]) && !c[i].is_msr && !c[j].is_msr &&
             c[j].leaf == c[i].leaf && c[j].reg == c[i].reg &&
             c[j].subleaf != c[i].subleaf )
            return true;

    return false;
}

static void print_group(const cpupolicy_source *src,
                        const cpupolicy_change *changes, size_t nr,
                        size_t first)
{
    const cpupolicy_change *c = &changes[first];
    const cpupolicy *p = cpupolicy_source_policy(src, c->policy);
    struct wrapper w = { .indent = 6 };

    printf("    %s", c->reason);
    if ( c->feature >= 0 )
        printf(" (%s)", cpupolicy_feature_name(c->feature));
    printf(" [%s]\n", c->rule);

    for ( int features = 1; features >= 0; features-- )
    {
        for ( size_t i = first; i < nr; i++ )
            if ( same_group(&changes[i], c) &&
                 (features || !repeats(changes, first, i)) )
                print_bits(p, &changes[i], &w, features);
        wrap_end(&w);
    }
}

static void print_stage(const cpupolicy_source *src, int which)
{
    size_t nr;
    const cpupolicy_change *c = cpupolicy_source_changes(src, &nr);
    bool any = false;

    printf("\n%s", cpupolicy_which_name(which));
    if ( which != CPUPOLICY_RAW )
        printf(", from %s",
               cpupolicy_which_name(cpupolicy_which_parent(which)));
    putchar('\n');

    for ( size_t i = 0; i < nr; i++ )
    {
        size_t first = 0;

        if ( (int)c[i].policy != which )
            continue;
        any = true;
        while ( !same_group(&c[first], &c[i]) )
            first++;
        if ( first == i )
            print_group(src, c, nr, i);
    }

    if ( !any )
        printf("    the same\n");
}

static void print_feature_list(const struct view *v)
{
    const cpupolicy *p = v->policy;
    struct wrapper w = { .indent = 2 };

    printf("\n%s has\n", v->name);
    for ( size_t f = 0; f < cpupolicy_nr_features(); f++ )
        if ( cpupolicy_has(p, f) )
            wrap_word(&w, cpupolicy_feature_name(f));
    wrap_end(&w);
}

int print_text(const cpupolicy_source *src, const struct view *v, int nr)
{
    print_header(src);
    for ( int i = 0; i < nr; i++ )
        print_summary(&v[i]);
    print_unknowns(cpupolicy_source_policy(src, CPUPOLICY_RAW));

    for ( int i = 0; i < nr; i++ )
    {
        /* One policy asked for by name is also listed. */
        if ( nr < CPUPOLICY_DOM0 || v[i].which == CPUPOLICY_RAW )
            print_feature_list(&v[i]);
        if ( v[i].which >= 0 )
            print_stage(src, v[i].which);
    }

    return EXIT_YES;
}
