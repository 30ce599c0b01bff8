/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reduce adjustments to the bits in which they differ. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "adjust.h"

/*
 * Bits in which `e`, which is in the first map, differs from its namesakes
 * in the others; false if one of those has none.
 */
static bool difference(const struct adjustments *sets, size_t nr,
                       const struct adjustment *e, bool by_filter,
                       uint64_t diff[2])
{
    diff[0] = diff[1] = 0;

    for ( size_t i = 1; i < nr; i++ )
    {
        const struct adjustment *other;

        other = adjustments_find(&sets[i], &e->key);

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

static void narrow(struct adjust_bits *bits, const uint64_t diff[2])
{
    for ( unsigned int w = 0; w < 2; w++ )
    {
        bits->filter[w] &= diff[w];
        bits->value[w] &= diff[w];
    }
}

/* Marked first and dropped last, so that the sets stay searchable. */
static void drop_marked(struct adjustments *set, const bool *marked)
{
    size_t nr = 0;

    for ( size_t i = 0; i < set->nr_entries; i++ )
        if ( !marked[i] )
            set->entries[nr++] = set->entries[i];

    set->nr_entries = nr;
}

static void strip_entry(struct adjustments *sets, bool **marked, size_t nr,
                        const struct adjustment *e, bool by_filter)
{
    struct adjust_key key = e->key;
    uint64_t diff[2];

    if ( !difference(sets, nr, e, by_filter, diff) )
        return;

    for ( size_t i = 0; i < nr; i++ )
    {
        size_t at = adjustments_find(&sets[i], &key) - sets[i].entries;

        if ( diff[0] | diff[1] )
            narrow(&sets[i].entries[at].bits, diff);
        else
            marked[i][at] = true;
    }
}

int adjust_strip(struct adjustments *sets, size_t nr, bool by_filter,
                      cpupolicy_error *err)
{
    bool **marked = calloc(nr, sizeof(*marked));
    bool ok = marked != NULL;

    for ( size_t i = 0; ok && i < nr; i++ )
    {
        marked[i] = calloc(sets[i].nr_entries ?: 1, sizeof(bool));
        ok = marked[i] != NULL;
    }

    for ( size_t i = 0; ok && i < sets[0].nr_entries; i++ )
        strip_entry(sets, marked, nr, &sets[0].entries[i], by_filter);

    for ( size_t i = 0; marked && i < nr; i++ )
    {
        if ( ok )
            drop_marked(&sets[i], marked[i]);
        free(marked[i]);
    }
    free(marked);

    return ok ? 0 : cpupolicy_error_set(err, ENOMEM, 0, "out of memory");
}
