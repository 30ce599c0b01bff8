/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xl-cpupolicy diff: two policies of one host, each difference's cause. */

#include "common.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct differ {
    const cpupolicy_source *src;
    struct view a, b;
    int ancestor;               /* -1: unknown */
    cpupolicy_change where;             /* the register at hand */
    struct json_object *list;           /* NULL: text */
    size_t nr;
};

/* Is `which` on the way from `from` up to (not including) the ancestor? */
static bool on_path(const struct differ *d, int from, int which)
{
    for ( ; from != d->ancestor; from = cpupolicy_which_parent(from) )
        if ( from == which )
            return true;

    return false;
}

static bool is_ancestor(int which, int of)
{
    while ( of != which && of != CPUPOLICY_RAW )
        of = cpupolicy_which_parent(of);

    return of == which;
}

static int common_ancestor(int a, int b)
{
    while ( !is_ancestor(a, b) )
        a = cpupolicy_which_parent(a);

    return a;
}

static bool same_place(const cpupolicy_change *x, const cpupolicy_change *y)
{
    return x->is_msr == y->is_msr &&
        (x->is_msr ? x->msr == y->msr
                   : x->leaf == y->leaf && x->subleaf == y->subleaf &&
                     x->reg == y->reg);
}

/* What changed the field at hand, and in which policy. */
struct cause {
    const char *policy;
    cpupolicy_change change;
};

static void derivation_cause(const struct differ *d, uint64_t mask,
                             struct cause *out)
{
    size_t nr;
    const cpupolicy_change *c = cpupolicy_source_changes(d->src, &nr);

    if ( d->ancestor < 0 )
        return;

    while ( nr-- )
        if ( same_place(&c[nr], &d->where) &&
             ((c[nr].before ^ c[nr].after) & mask) &&
             (on_path(d, d->a.base, c[nr].policy) ||
              on_path(d, d->b.base, c[nr].policy)) )
        {
            out->policy = cpupolicy_which_name(c[nr].policy);
            out->change = c[nr];
            return;
        }
}

/* What a toolstack did comes after all that the derivation did. */
static void find_cause(const struct differ *d, const cpupolicy_field *f,
                       uint64_t mask, struct cause *out)
{
    const struct view *both[] = { &d->b, &d->a };

    for ( unsigned int i = 0; i < 2; i++ )
        if ( domain_change(both[i], &d->where, f, &out->change) )
        {
            out->policy = both[i]->name;
            return;
        }

    derivation_cause(d, mask, out);
}

static void place(char *out, size_t size, const cpupolicy_change *w)
{
    if ( w->is_msr )
        snprintf(out, size, "msr 0x%" PRIx32, w->msr);
    else if ( w->subleaf == CPUPOLICY_NO_SUBLEAF )
        snprintf(out, size, "0x%" PRIx32 " %s", w->leaf, reg_names[w->reg]);
    else
        snprintf(out, size, "0x%" PRIx32 ".%" PRIu32 " %s", w->leaf,
                 w->subleaf, reg_names[w->reg]);
}

static void add_json(struct differ *d, const cpupolicy_field *f,
                     uint64_t before, uint64_t after,
                     const struct cause *cause)
{
    const cpupolicy_change *c = &cause->change;
    struct json_object *o = json_object_new_object();
    char bits[24];

    if ( f->hi == f->lo )
        snprintf(bits, sizeof(bits), "%u", f->lo);
    else
        snprintf(bits, sizeof(bits), "%u:%u", f->hi, f->lo);
    if ( d->where.is_msr )
        json_object_object_add(o, "msr", json_hex(d->where.msr));
    else
    {
        json_object_object_add(o, "leaf", json_hex(d->where.leaf));
        if ( d->where.subleaf != CPUPOLICY_NO_SUBLEAF )
            json_object_object_add(o, "subleaf", json_hex(d->where.subleaf));
        json_object_object_add(o, "register", json_object_new_string(
                                   reg_names[d->where.reg]));
    }
    json_object_object_add(o, "bits", json_object_new_string(bits));
    json_object_object_add(o, "name", json_object_new_string(f->name));
    json_object_object_add(o, "kind", json_object_new_string(f->kind));
    json_object_object_add(o, "before", json_hex(before));
    json_object_object_add(o, "after", json_hex(after));
    if ( cause->policy )
    {
        json_object_object_add(o, "policy",
                               json_object_new_string(cause->policy));
        json_object_object_add(o, "rule", json_object_new_string(c->rule));
        json_object_object_add(o, "reason",
                               json_object_new_string(c->reason));
        if ( c->feature >= 0 )
            json_object_object_add(o, "because", json_object_new_string(
                                       cpupolicy_feature_name(c->feature)));
    }
    json_object_array_add(d->list, o);
}

static void on_field(void *ctx, const cpupolicy_field *f)
{
    struct differ *d = ctx;
    uint64_t mask = (~0ULL >> (63 - f->hi)) & (~0ULL << f->lo);
    uint64_t before = (d->where.before & mask) >> f->lo;
    uint64_t after = (d->where.after & mask) >> f->lo;
    struct cause cause = { .policy = NULL };
    const cpupolicy_change *c = &cause.change;
    char where[48];

    d->nr++;
    find_cause(d, f, (d->where.before ^ d->where.after) & mask, &cause);
    if ( d->list )
    {
        add_json(d, f, before, after, &cause);
        return;
    }

    place(where, sizeof(where), &d->where);
    if ( f->hi == f->lo )
        printf("%c %-24s %-18s ", after ? '+' : '-', f->name, where);
    else
        printf("~ %-24s %-18s 0x%" PRIx64 " -> 0x%" PRIx64 "  ", f->name,
               where, before, after);
    if ( cause.policy )
    {
        printf("%s: %s", cause.policy, c->reason);
        if ( c->feature >= 0 )
            printf(" (%s)", cpupolicy_feature_name(c->feature));
        printf(" [%s]", c->rule);
    }
    putchar('\n');
}

static void compare_values(struct differ *d, const cpupolicy *p,
                           uint64_t before, uint64_t after)
{
    if ( before == after )
        return;

    d->where.before = before;
    d->where.after = after;
    cpupolicy_fields(p, &d->where, before ^ after, on_field, d);
}

/* Leaves that one side does not list are zero there. */
static void compare_leaf(struct differ *d, const cpupolicy *p,
                         const cpupolicy_leaf *x, const cpupolicy_leaf *y)
{
    const cpupolicy_leaf zero = { 0 };
    const uint32_t *rx = &(x ? x : &zero)->eax, *ry = &(y ? y : &zero)->eax;

    d->where = (cpupolicy_change){
        .leaf = (x ? x : y)->leaf, .subleaf = (x ? x : y)->subleaf,
    };
    for ( unsigned int r = 0; r < 4; r++ )
    {
        d->where.reg = r;
        compare_values(d, p, rx[r], ry[r]);
    }
}

static int leaf_order(const cpupolicy_leaf *x, const cpupolicy_leaf *y)
{
    if ( x->leaf != y->leaf )
        return x->leaf < y->leaf ? -1 : 1;

    return x->subleaf < y->subleaf ? -1 : x->subleaf > y->subleaf;
}

static int compare(struct differ *d)
{
    const cpupolicy *a = d->a.policy, *b = d->b.policy;
    size_t nr_a, nr_b, nr_msrs, i = 0, j = 0;
    cpupolicy_leaf *la = policy_leaves(a, &nr_a);
    cpupolicy_leaf *lb = policy_leaves(b, &nr_b);
    cpupolicy_msr *ma = policy_msrs(a, &nr_msrs);
    cpupolicy_msr *mb = policy_msrs(b, &nr_msrs);
    bool ok = la && lb && ma && mb;

    while ( ok && (i < nr_a || j < nr_b) )
    {
        int order = i == nr_a ? 1 : j == nr_b ? -1
                                  : leaf_order(&la[i], &lb[j]);

        compare_leaf(d, a, order <= 0 ? &la[i] : NULL,
                     order >= 0 ? &lb[j] : NULL);
        i += order <= 0;
        j += order >= 0;
    }

    for ( i = 0; ok && i < nr_msrs; i++ )
    {
        d->where = (cpupolicy_change){ .is_msr = true, .msr = ma[i].index };
        compare_values(d, a, ma[i].value, mb[i].value);
    }

    free(la);
    free(lb);
    free(ma);
    free(mb);

    return ok ? d->nr ? EXIT_NO : EXIT_YES : EXIT_NO_ANSWER;
}

int cmd_diff(const struct args *args)
{
    struct differ d = { 0 };
    struct json_object *o;
    cpupolicy_source *src;
    struct request r;
    int status = request_read(&r, args);

    if ( status )
        return status;
    if ( r.nr_args != 2 )
        return command_usage(r.command, "needs two policies");
    if ( !view_name_ok(&r, r.args[0]) || !view_name_ok(&r, r.args[1]) )
        return EXIT_USAGE;

    d.src = src = request_open(&r, &status);
    if ( !src )
        return status;
    status = view_open(&r, src, r.args[0], &d.a);
    if ( !status )
        status = view_open(&r, src, r.args[1], &d.b);
    if ( !status )
    {
        d.ancestor = d.a.base < 0 || d.b.base < 0
            ? -1 : common_ancestor(d.a.base, d.b.base);
        if ( r.form == FORM_JSON )
            d.list = json_object_new_array();
        status = compare(&d);
    }
    if ( d.list )
    {
        o = json_object_new_object();
        json_object_object_add(o, "source", json_object_new_string(
                                   cpupolicy_source_name(src)));
        json_object_object_add(o, "from",
                               json_object_new_string(r.args[0]));
        json_object_object_add(o, "to", json_object_new_string(r.args[1]));
        json_object_object_add(o, "differences", d.list);
        if ( json_print(o) )
            status = EXIT_NO_ANSWER;
    }
    views_close(&d.a, 1);
    views_close(&d.b, 1);
    cpupolicy_source_free(src);

    return finish(status);
}
