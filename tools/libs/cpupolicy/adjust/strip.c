/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reduce templates to the bits in which they differ. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "map.h"
#include "strip.h"

/* The architecture that all of them can have. */
static int common_arch(const struct cpu_template *in, size_t nr,
                       enum template_arch *arch, cpupolicy_error *err)
{
    *arch = TEMPLATE_ANY;

    for ( size_t i = 0; i < nr; i++ )
    {
        if ( in[i].arch == TEMPLATE_ANY || in[i].arch == *arch )
            continue;
        if ( *arch != TEMPLATE_ANY )
            return cpupolicy_error_set(err, EINVAL, 0,
                "templates of x86_64 and of aarch64 together");
        *arch = in[i].arch;
    }

    return 0;
}

/*
 * Bits in which `e`, which is in the first map, differs from its namesakes
 * in the others; false if one of those has none.
 */
static bool difference(const struct template_map *maps, size_t nr,
                       const struct template_entry *e, bool by_filter,
                       uint64_t diff[2])
{
    diff[0] = diff[1] = 0;

    for ( size_t i = 1; i < nr; i++ )
    {
        const struct template_entry *other;

        other = template_map_find(&maps[i], &e->key);

        if ( !other )
            return false;

        for ( unsigned int w = 0; w < 2; w++ )
        {
            diff[w] |= other->bits.value[w] ^ e->bits.value[w];
            if ( by_filter )
                diff[w] |= other->bits.filter[w] ^ e->bits.filter[w];
        }
    }

    return true;
}

static void narrow(struct template_bits *bits, const uint64_t diff[2])
{
    for ( unsigned int w = 0; w < 2; w++ )
    {
        bits->filter[w] &= diff[w];
        bits->value[w] &= diff[w];
    }
}

/* Marked first and dropped last, so that the maps stay searchable. */
static void drop_marked(struct template_map *map, const bool *marked)
{
    size_t nr = 0;

    for ( size_t i = 0; i < map->nr_entries; i++ )
        if ( !marked[i] )
            map->entries[nr++] = map->entries[i];

    map->nr_entries = nr;
}

static void strip_entry(struct template_map *maps, bool **marked, size_t nr,
                        const struct template_entry *e, bool by_filter)
{
    struct template_key key = e->key;
    uint64_t diff[2];

    if ( !difference(maps, nr, e, by_filter, diff) )
        return;

    for ( size_t i = 0; i < nr; i++ )
    {
        size_t at = template_map_find(&maps[i], &key) - maps[i].entries;

        if ( diff[0] | diff[1] )
            narrow(&maps[i].entries[at].bits, diff);
        else
            marked[i][at] = true;
    }
}

static int strip_maps(struct template_map *maps, size_t nr, bool by_filter,
                      cpupolicy_error *err)
{
    bool **marked = calloc(nr, sizeof(*marked));
    bool ok = marked != NULL;

    for ( size_t i = 0; ok && i < nr; i++ )
    {
        marked[i] = calloc(maps[i].nr_entries ?: 1, sizeof(bool));
        ok = marked[i] != NULL;
    }

    for ( size_t i = 0; ok && i < maps[0].nr_entries; i++ )
        strip_entry(maps, marked, nr, &maps[0].entries[i], by_filter);

    for ( size_t i = 0; marked && i < nr; i++ )
    {
        if ( ok )
            drop_marked(&maps[i], marked[i]);
        free(marked[i]);
    }
    free(marked);

    return ok ? 0 : cpupolicy_error_set(err, ENOMEM, 0, "out of memory");
}

static int keep(const struct cpu_template *from, struct cpu_template *to,
                cpupolicy_error *err)
{
    int rc = template_copy_capabilities(to, from, err);

    for ( size_t i = 0; !rc && i < from->nr_features; i++ )
        rc = template_add_feature(to, &from->features[i], err);

    return rc;
}

int template_strip(const struct cpu_template *in, size_t nr,
                   const struct strip_options *options,
                   struct cpu_template *out, cpupolicy_error *err)
{
    struct template_map *maps;
    enum template_arch arch;
    int rc;

    if ( nr < 2 )
        return cpupolicy_error_set(err, EINVAL, 0,
            "The number of inputs should be two or more.");

    rc = common_arch(in, nr, &arch, err);
    if ( rc )
        return rc;

    maps = calloc(nr, sizeof(*maps));
    if ( !maps )
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");

    for ( size_t i = 0; !rc && i < nr; i++ )
        rc = template_map_build(&in[i], &maps[i], err);

    if ( !rc )
        rc = strip_maps(maps, nr, options->by_filter, err);

    for ( size_t i = 0; !rc && i < nr; i++ )
        rc = template_map_unfold(&maps[i], arch, &out[i], err);

    for ( size_t i = 0; !rc && options->keep_capabilities && i < nr; i++ )
        rc = keep(&in[i], &out[i], err);

    for ( size_t i = 0; i < nr; i++ )
    {
        template_map_dispose(&maps[i]);
        if ( rc )
            template_dispose(&out[i]);
    }
    free(maps);

    return rc;
}
