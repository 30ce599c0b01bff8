/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Features and fields whose names are like one that there is not. */

#include "explain.h"

#include <ctype.h>
#include <string.h>

#include "policy/distance.h"

struct nearest {
    char lower[64];
    unsigned int limit;
    const char **names;         /* NR_NEAR of them, nearest first */
    unsigned int distance[NR_NEAR];
    size_t nr;
};

/* Before what is further away, behind what is as near. */
static void consider(struct nearest *n, const char *name)
{
    unsigned int d = name_distance(n->lower, name);
    size_t at = n->nr;

    if ( d > n->limit )
        return;
    for ( size_t i = 0; i < n->nr; i++ )
        if ( !strcmp(n->names[i], name) )
            return;

    while ( at && n->distance[at - 1] > d )
        at--;
    if ( at == NR_NEAR )
        return;

    if ( n->nr < NR_NEAR )
        n->nr++;
    for ( size_t i = n->nr - 1; i > at; i-- )
    {
        n->names[i] = n->names[i - 1];
        n->distance[i] = n->distance[i - 1];
    }
    n->names[at] = name;
    n->distance[at] = d;
}

static void on_field(void *ctx, const cpupolicy_field *f)
{
    if ( f->feature < 0 && strcmp(f->kind, "reserved") )
        consider(ctx, f->name);
}

size_t targets_nearest(const cpupolicy *p, const char *name,
                       const char *out[NR_NEAR])
{
    struct nearest n = { .limit = strlen(name) / 3 + 1, .names = out };
    const char *features[NR_NEAR];
    cpupolicy_change where;
    size_t nr;

    if ( !*name || strlen(name) >= sizeof(n.lower) )
        return 0;
    for ( size_t i = 0; name[i]; i++ )
        n.lower[i] = tolower((unsigned char)name[i]);

    nr = cpupolicy_feature_nearest(n.lower, features, NR_NEAR);
    for ( size_t i = 0; i < nr; i++ )
        consider(&n, features[i]);
    for ( size_t i = 0; cpupolicy_register_at(i, &where); i++ )
        cpupolicy_fields(p, &where, where.is_msr ? ~0ULL : UINT32_MAX,
                         on_field, &n);

    return n.nr;
}
