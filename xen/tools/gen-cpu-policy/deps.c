/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Dependencies between features: that they name features, that no feature
 * needs itself, and what falls with a feature, directly or not.
 */
#include <stdlib.h>
#include <string.h>

#include "model.h"

/* Fill in the two values; false, with the complaint made, if impossible. */
static bool resolve(struct model *m, struct dep *d)
{
    const char *const names[] = { d->prerequisite_name, d->dependent_name };
    const struct feature *features[2];

    for ( unsigned int i = 0; i < 2; i++ )
    {
        features[i] = feature_find(m, names[i]);
        if ( !features[i] )
        {
            complain(m, &d->at, "dependency of %s on %s: unknown feature "
                     "'%s'", names[1], names[0], names[i]);
            return false;
        }
    }

    if ( features[0] == features[1] )
    {
        complain(m, &d->at, "%s depends on itself", names[0]);
        return false;
    }

    d->prerequisite = features[0]->value;
    d->dependent = features[1]->value;

    return true;
}

static void resolve_all(struct model *m)
{
    unsigned int nr = 0;

    for ( unsigned int i = 0; i < m->nr_deps; i++ )
        if ( resolve(m, &m->deps[i]) )
            m->deps[nr++] = m->deps[i];

    m->nr_deps = nr;
}

static int compare_deps(const void *left, const void *right)
{
    const struct dep *a = left, *b = right;

    if ( a->prerequisite != b->prerequisite )
        return a->prerequisite < b->prerequisite ? -1 : 1;
    if ( a->dependent != b->dependent )
        return a->dependent < b->dependent ? -1 : 1;

    return (a->at.line > b->at.line) - (a->at.line < b->at.line);
}

static void check_duplicates(struct model *m)
{
    for ( unsigned int i = 1; i < m->nr_deps; i++ )
    {
        const struct dep *a = &m->deps[i - 1], *b = &m->deps[i];

        if ( a->prerequisite == b->prerequisite &&
             a->dependent == b->dependent )
            complain(m, &b->at, "%s already depends on %s at line %u",
                     b->dependent_name, b->prerequisite_name, a->at.line);
    }
}

/* A walk along the dependencies, and the way it came. */
struct walk {
    struct model *m;
    enum { NEW, ON_PATH, DONE } state[MAX_FEATURES];
    unsigned int path[MAX_FEATURES], depth;
};

static void complain_cycle(struct walk *walk, const struct dep *closing)
{
    struct model *m = walk->m;
    static const char arrow[] = " -> ";
    size_t size = (walk->depth + 1) * (MAX_NAME + sizeof(arrow));
    char *text = checked_calloc(1, size);
    unsigned int i = walk->depth;

    /* The cycle is the end of the path, from where the closing row leads. */
    while ( walk->path[--i] != closing->dependent )
        ;

    for ( ; i < walk->depth; i++ )
        strcat(strcat(text, m->by_value[walk->path[i]]->claim.name), arrow);

    complain(m, &closing->at, "dependency cycle: %s%s", text,
             closing->dependent_name);
    free(text);
}

static void visit(struct walk *walk, unsigned int value)
{
    struct model *m = walk->m;

    walk->state[value] = ON_PATH;
    walk->path[walk->depth++] = value;

    for ( const struct dep *d = m->deps; d < m->deps + m->nr_deps; d++ )
    {
        if ( d->prerequisite != value )
            continue;

        if ( walk->state[d->dependent] == ON_PATH )
        {
            complain_cycle(walk, d);
            continue;
        }

        if ( walk->state[d->dependent] == NEW )
            visit(walk, d->dependent);

        m->deep[value][d->dependent / 32] |= 1u << (d->dependent % 32);
        for ( unsigned int i = 0; i < m->nr_words; i++ )
            m->deep[value][i] |= m->deep[d->dependent][i];
    }

    walk->depth--;
    walk->state[value] = DONE;
}

/*
 * In need of a valid feature table: values index tables.  Without one there
 * is nothing that could depend on anything.
 */
void check_deps(struct model *m)
{
    struct walk *walk = checked_calloc(1, sizeof(*walk));

    walk->m = m;
    resolve_all(m);
    if ( m->nr_deps )
        qsort(m->deps, m->nr_deps, sizeof(*m->deps), compare_deps);
    check_duplicates(m);

    for ( unsigned int i = 0; i < m->nr_deps; i++ )
        if ( walk->state[m->deps[i].prerequisite] == NEW )
            visit(walk, m->deps[i].prerequisite);

    free(walk);
}
