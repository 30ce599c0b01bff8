/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From adjustments of ranges of subleaves to rows that fit all of them. */
#include <stdlib.h>

#include "cloud-hypervisor.h"

static int by_leaf(const void *left, const void *right)
{
    const struct ch_adjustment *l = left, *r = right;

    if ( l->leaf != r->leaf )
        return l->leaf < r->leaf ? -1 : 1;

    return (l->order > r->order) - (l->order < r->order);
}

/*
 * The row for the subleaves from `start` on, as far as the same adjustments
 * fit them all; where that is goes to *next (0: to the last there can be).
 * False if no adjustment fits.
 */
static bool make_row(const struct ch_adjustment *a, size_t nr, uint32_t start,
                     struct dump_leaf *row, uint32_t *next)
{
    bool found[4] = { false }, any = false;
    uint32_t end = UINT32_MAX;

    *row = (struct dump_leaf){ .leaf = a->leaf, .subleaf = start };
    for ( size_t i = 0; i < nr; i++ )
    {
        if ( a[i].start > start && a[i].start - 1 < end )
            end = a[i].start - 1;
        if ( start < a[i].start || start > a[i].end )
            continue;
        if ( a[i].end < end )
            end = a[i].end;
        if ( found[a[i].reg] )
            continue;

        found[a[i].reg] = any = true;
        row->reg[a[i].reg] = a[i].replacements;
        row->open[a[i].reg] = a[i].mask & ~a[i].replacements;
        if ( !row->line )
            row->line = a[i].line;
    }
    if ( end > start )
        row->last_subleaf = end;
    *next = end + 1;

    return any;
}

/* All adjustments of one leaf. Registers may cut the subleaves differently. */
static int add_leaf(struct dump_cpu *c, const struct ch_adjustment *a, size_t nr,
                    cpupolicy_error *err)
{
    uint32_t start = 0;

    do
    {
        struct dump_leaf row;

        if ( make_row(a, nr, start, &row, &start) )
        {
            int rc = dump_add_leaf(c, &row, err);

            if ( rc )
                return rc;
        }
    } while ( start && start != DUMP_NO_SUBLEAF );

    return 0;
}

int ch_adjustments_to_rows(struct ch_adjustment *all, size_t nr, struct dump_cpu *c,
                        cpupolicy_error *err)
{
    int rc = 0;

    if ( !nr )
        return 0;
    qsort(all, nr, sizeof(*all), by_leaf);
    for ( size_t i = 0, end; i < nr && !rc; i = end )
    {
        for ( end = i + 1; end < nr; end++ )
            if ( all[end].leaf != all[i].leaf )
                break;
        rc = add_leaf(c, all + i, end - i, err);
    }

    return rc;
}
