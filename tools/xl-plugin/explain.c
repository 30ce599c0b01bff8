/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What explain reads out of the record of a derivation, and prints as JSON. */

#include "explain.h"

#include <stdlib.h>

static int find_row(const struct explained *e, int which)
{
    for ( int i = 0; i < e->nr_rows; i++ )
        if ( e->rows[i].which == which )
            return i;

    return -1;
}

int explained_parent(const struct explained *e, int row)
{
    const struct view *v = &e->rows[row];

    if ( v->which < 0 )
        return v->base < 0 ? -1 : find_row(e, v->base);

    return v->which == CPUPOLICY_RAW
           ? -1 : find_row(e, cpupolicy_which_parent(v->which));
}

static bool concerns(const cpupolicy_change *c, const struct target *t)
{
    return c->is_msr == t->where.is_msr &&
           (c->is_msr ? c->msr == t->where.msr
                      : c->leaf == t->where.leaf &&
                        c->subleaf == t->where.subleaf &&
                        c->reg == t->where.reg) &&
           ((c->before ^ c->after) & target_mask(t));
}

struct walk {
    const struct view *view;
    const struct target *target;
    void (*fn)(void *ctx, const cpupolicy_change *c);
    void *ctx;
};

static void on_domain_field(void *ctx, const cpupolicy_field *f)
{
    const struct walk *w = ctx;
    cpupolicy_change c;

    if ( domain_change(w->view, &w->target->where, f, &c) )
        w->fn(w->ctx, &c);
}

void explained_changes(const struct explained *e, int row,
                       const struct target *t,
                       void (*fn)(void *ctx, const cpupolicy_change *c),
                       void *ctx)
{
    struct walk w = { &e->rows[row], t, fn, ctx };
    const cpupolicy_change *c;
    size_t nr;

    if ( e->rows[row].which < 0 )
    {
        cpupolicy_fields(e->rows[row].policy, &t->where, target_mask(t),
                         on_domain_field, &w);
        return;
    }

    c = cpupolicy_source_changes(e->src, &nr);
    for ( size_t i = 0; i < nr; i++ )
        if ( (int)c[i].policy == e->rows[row].which && concerns(&c[i], t) )
            fn(ctx, &c[i]);
}

struct last {
    cpupolicy_change change;
    bool any;
};

static void keep(void *ctx, const cpupolicy_change *c)
{
    struct last *last = ctx;

    last->change = *c;
    last->any = true;
}

bool explained_last(const struct explained *e, int row,
                    const struct target *t, cpupolicy_change *out)
{
    struct last last = { .any = false };

    explained_changes(e, row, t, keep, &last);
    if ( last.any )
        *out = last.change;

    return last.any;
}

int explained_behind(const struct explained *e, int row, size_t feature,
                     cpupolicy_change *out)
{
    struct target t;

    if ( !target_of_feature(e->rows[row].policy, feature, &t) )
        return -1;

    while ( row >= 0 && !explained_last(e, row, &t, out) )
        row = explained_parent(e, row);

    return row;
}

/* ---- JSON ------------------------------------------------------------ */

static struct json_object *json_change(const cpupolicy_change *c)
{
    struct json_object *o = json_object_new_object();

    json_object_object_add(o, "rule", json_object_new_string(c->rule));
    json_object_object_add(o, "reason", json_object_new_string(c->reason));
    if ( c->reference )
        json_object_object_add(o, "reference",
                               json_object_new_string(c->reference));
    if ( c->uncertain )
        json_object_object_add(o, "unknown", json_unknown(&c->unknown));

    return o;
}

/* The hardware may have what nobody read; what is derived from it is told. */
static void add_unknown(struct json_object *o, const struct explained *e,
                        int row, const struct target *t)
{
    const cpupolicy_unknown u = {
        t->where.is_msr, t->where.leaf, t->where.subleaf, t->where.msr,
    };

    if ( explained_parent(e, row) < 0 &&
         cpupolicy_is_unknown(e->rows[row].policy, &t->where) )
        json_object_object_add(o, "unknown", json_unknown(&u));
}

/* A feature's, with the chain that leads to it and what is behind it. */
static struct json_object *json_cause(const struct explained *e, int row,
                                      const cpupolicy_change *c,
                                      size_t feature)
{
    struct json_object *o = json_change(c), *list;
    cpupolicy_change behind;
    size_t chain[MAX_CHAIN], nr = 0;

    if ( c->feature >= 0 && (size_t)c->feature != feature )
        nr = cpupolicy_dependency_chain(c->feature, feature, chain,
                                        MAX_CHAIN);
    if ( !nr )
        return o;

    list = json_object_new_array();
    for ( size_t i = 0; i < nr; i++ )
        json_object_array_add(list, json_object_new_string(
                                  cpupolicy_feature_name(chain[i])));
    json_object_object_add(o, "chain", list);
    row = explained_behind(e, row, c->feature, &behind);
    if ( row >= 0 )
        json_object_object_add(o, "because",
                               json_cause(e, row, &behind, c->feature));

    return o;
}

static struct json_object *json_feature_row(const struct explained *e,
                                            int row, const struct target *t)
{
    struct json_object *o = json_object_new_object();
    cpupolicy_change c;

    json_object_object_add(o, "present", json_object_new_boolean(
                               cpupolicy_has(e->rows[row].policy,
                                             t->feature)));
    add_unknown(o, e, row, t);
    if ( explained_last(e, row, t, &c) )
        json_object_object_add(o, "change",
                               json_cause(e, row, &c, t->feature));

    return o;
}

struct json_changes {
    const cpupolicy *policy;
    const struct target *target;
    struct json_object *list;
};

static void add_name(void *ctx, const cpupolicy_field *f)
{
    json_object_array_add(ctx, json_object_new_string(f->name));
}

static void add_change(void *ctx, const cpupolicy_change *c)
{
    struct json_changes *j = ctx;
    uint64_t mask = target_mask(j->target);
    struct json_object *o = json_change(c), *names = json_object_new_array();

    cpupolicy_fields(j->policy, &j->target->where,
                     (c->before ^ c->after) & mask, add_name, names);
    json_object_object_add(o, "names", names);
    json_object_object_add(o, "before", json_hex((c->before & mask) >>
                                                 j->target->lo));
    json_object_object_add(o, "after", json_hex((c->after & mask) >>
                                                j->target->lo));
    if ( c->feature >= 0 )
        json_object_object_add(o, "because", json_object_new_string(
                                   cpupolicy_feature_name(c->feature)));
    json_object_array_add(j->list, o);
}

static struct json_object *json_value_row(const struct explained *e, int row,
                                          const struct target *t)
{
    const struct view *v = &e->rows[row];
    struct json_changes j = { v->policy, t, json_object_new_array() };
    struct json_object *o = json_object_new_object();

    json_object_object_add(o, "value", json_hex(
        (register_value(&v->now, &t->where) & target_mask(t)) >> t->lo));
    add_unknown(o, e, row, t);
    explained_changes(e, row, t, add_change, &j);
    json_object_object_add(o, "changes", j.list);

    return o;
}

static void add_place(struct json_object *o, const struct target *t)
{
    char bits[24];

    if ( t->where.is_msr )
        json_object_object_add(o, "msr", json_hex(t->where.msr));
    else
    {
        json_object_object_add(o, "leaf", json_hex(t->where.leaf));
        if ( t->where.subleaf != CPUPOLICY_NO_SUBLEAF )
            json_object_object_add(o, "subleaf", json_hex(t->where.subleaf));
        json_object_object_add(o, "register", json_object_new_string(
                                   reg_names[t->where.reg]));
    }
    if ( !t->name && !t->lo && t->hi == (t->where.is_msr ? 63 : 31) )
        return;

    snprintf(bits, sizeof(bits), t->hi == t->lo ? "%u" : "%u:%u", t->hi,
             t->lo);
    json_object_object_add(o, "bits", json_object_new_string(bits));
    if ( !t->name )
        return;
    json_object_object_add(o, "name", json_object_new_string(t->name));
    json_object_object_add(o, "kind", json_object_new_string(t->kind));
}

struct json_object *explained_json(const struct explained *e,
                                   const struct target *t)
{
    struct json_object *o = json_object_new_object();
    struct json_object *policies = json_object_new_object();

    if ( t->feature < 0 )
        add_place(o, t);
    for ( int row = 0; row < e->nr_rows; row++ )
        json_object_object_add(policies, e->rows[row].name,
                               t->feature >= 0
                               ? json_feature_row(e, row, t)
                               : json_value_row(e, row, t));
    json_object_object_add(o, "policies", policies);

    return o;
}
