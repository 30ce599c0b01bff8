/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What explain found, for people. */

#include "explain.h"

#include <inttypes.h>

static void print_chain(size_t from, size_t to)
{
    size_t chain[MAX_CHAIN];
    size_t nr = cpupolicy_dependency_chain(from, to, chain, MAX_CHAIN);

    for ( size_t i = 0; i < nr; i++ )
        printf("%s%s", i ? " -> " : "", cpupolicy_feature_name(chain[i]));
}

static void print_reason(const cpupolicy_change *c)
{
    printf("%s [%s]", c->reason, c->rule);
    if ( c->reference )
        printf(" (%s)", c->reference);
}

static void print_cause(const struct explained *e, int row,
                        const cpupolicy_change *c, size_t feature)
{
    cpupolicy_change behind;

    print_reason(c);
    putchar('\n');
    if ( c->feature < 0 || (size_t)c->feature == feature )
        return;

    printf("%21s", "");
    print_chain(c->feature, feature);
    printf("\n%21s%s: ", "", cpupolicy_feature_name(c->feature));
    row = explained_behind(e, row, c->feature, &behind);
    if ( row >= 0 )
        printf("%s [%s] in %s\n", behind.reason, behind.rule,
               e->rows[row].name);
    else
        printf("the hardware does not have it\n");
}

/* A CPU may have what nobody read; a policy derived from it has it or not. */
static bool is_unknown(const struct explained *e, int row,
                       const struct target *t)
{
    return explained_parent(e, row) < 0 &&
           cpupolicy_is_unknown(e->rows[row].policy, &t->where);
}

static void print_unchanged(const struct explained *e, int row,
                            const struct target *t)
{
    int parent = explained_parent(e, row);
    const cpupolicy_change *w = &t->where;

    if ( is_unknown(e, row, t) )
        printf(w->is_msr ? "unknown: MSR 0x%" PRIx32 " is not in this dump\n"
                         : "unknown: leaf 0x%" PRIx32 " is not in this dump\n",
               w->is_msr ? w->msr : w->leaf);
    else if ( parent >= 0 )
        printf("as %s\n", e->rows[parent].name);
    else
        puts(e->rows[row].which < 0 ? "" : "what the hardware says");
}

static void print_feature(const struct explained *e, const struct target *t)
{
    cpupolicy_feature f;

    cpupolicy_feature_at(t->feature, &f);
    printf("%s: %s\n  word %u bit %u, attributes '%s'\n", f.name,
           f.description, f.word, f.bit, f.attributes);

    for ( int row = 0; row < e->nr_rows; row++ )
    {
        cpupolicy_change c;

        printf("  %-13s %-4s ", e->rows[row].name,
               cpupolicy_has(e->rows[row].policy, t->feature) ? "yes"
               : is_unknown(e, row, t) ? "?" : "no");
        if ( explained_last(e, row, t, &c) )
            print_cause(e, row, &c, t->feature);
        else
            print_unchanged(e, row, t);
    }
}

struct printer {
    const struct view *view;
    const struct target *target;
    const cpupolicy_change *change;
    size_t nr_changes, nr_names;
};

/* Single bits are won or lost, numbers are changed. */
static void print_name(void *ctx, const cpupolicy_field *f)
{
    struct printer *p = ctx;
    char sign = f->hi > f->lo ? '~'
              : (p->change->after >> f->lo) & 1 ? '+' : '-';

    printf("%s%c%s", p->nr_names++ ? " " : "", sign, f->name);
}

/* A field's first change stands beside its value, others below. */
static void print_change(void *ctx, const cpupolicy_change *c)
{
    struct printer *p = ctx;
    bool whole = !p->target->name;

    printf("%*s", whole ? 6 : p->nr_changes ? 27 : 0, "");
    if ( whole )
    {
        p->change = c;
        p->nr_names = 0;
        cpupolicy_fields(p->view->policy, &p->target->where,
                         (c->before ^ c->after) & target_mask(p->target),
                         print_name, p);
        fputs(": ", stdout);
    }
    print_reason(c);
    if ( c->feature >= 0 )
        printf(" (%s)", cpupolicy_feature_name(c->feature));
    putchar('\n');
    p->nr_changes++;
}

static void print_value(const struct explained *e, const struct target *t)
{
    printf("%s", t->label);
    if ( t->name )
        printf(" %s (%s)", t->name, t->kind);
    putchar('\n');

    for ( int row = 0; row < e->nr_rows; row++ )
    {
        const struct view *v = &e->rows[row];
        struct printer p = { .view = v, .target = t };
        cpupolicy_change c;
        bool changed = explained_last(e, row, t, &c);

        printf("  %-13s 0x%-*" PRIx64 "%s", v->name,
               changed && !t->name ? 0 : t->where.is_msr ? 16 : 8,
               (register_value(&v->now, &t->where) & target_mask(t)) >>
               t->lo, changed && !t->name ? "\n" : " ");
        if ( !changed )
            print_unchanged(e, row, t);
        explained_changes(e, row, t, print_change, &p);
    }
}

void explained_print(const struct explained *e, const struct target *t)
{
    if ( t->feature >= 0 )
        print_feature(e, t);
    else
        print_value(e, t);
}
