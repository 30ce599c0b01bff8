/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A CPU's rows, kept sorted. */
#include <string.h>

#include "dump.h"

static uint64_t leaf_key(uint32_t leaf, uint32_t subleaf)
{
    return (uint64_t)leaf << 32 | subleaf;
}

/* Index of the first row that is not below the key. */
static size_t leaf_place(const struct dump_cpu *c, uint32_t leaf,
                         uint32_t subleaf)
{
    size_t low = 0, high = c->nr_leaves;

    while ( low < high )
    {
        size_t mid = low + (high - low) / 2;
        const struct dump_leaf *l = &c->leaves[mid];

        if ( leaf_key(l->leaf, l->subleaf) < leaf_key(leaf, subleaf) )
            low = mid + 1;
        else
            high = mid;
    }

    return low;
}

static size_t msr_place(const struct dump_cpu *c, uint32_t index)
{
    size_t low = 0, high = c->nr_msrs;

    while ( low < high )
    {
        size_t mid = low + (high - low) / 2;

        if ( c->msrs[mid].index < index )
            low = mid + 1;
        else
            high = mid;
    }

    return low;
}

struct dump_leaf *dump_leaf_at(const struct dump_cpu *c, uint32_t leaf,
                               uint32_t subleaf)
{
    size_t i = leaf_place(c, leaf, subleaf);

    if ( i < c->nr_leaves && c->leaves[i].leaf == leaf &&
         c->leaves[i].subleaf == subleaf )
        return &c->leaves[i];

    return NULL;
}

struct dump_msr *dump_msr_at(const struct dump_cpu *c, uint32_t index)
{
    size_t i = msr_place(c, index);

    return i < c->nr_msrs && c->msrs[i].index == index ? &c->msrs[i] : NULL;
}

int dump_put_leaf(struct dump_cpu *c, const struct dump_leaf *row,
                  cpupolicy_error *err)
{
    struct dump_leaf *old = dump_leaf_at(c, row->leaf, row->subleaf);
    size_t at = leaf_place(c, row->leaf, row->subleaf);
    int rc = old ? 0 : dump_add_leaf(c, row, err);

    if ( old )
        *old = *row;
    else if ( !rc )
    {
        memmove(&c->leaves[at + 1], &c->leaves[at],
                (c->nr_leaves - 1 - at) * sizeof(*c->leaves));
        c->leaves[at] = *row;
    }

    return rc;
}

int dump_put_msr(struct dump_cpu *c, const struct dump_msr *row,
                 cpupolicy_error *err)
{
    struct dump_msr *old = dump_msr_at(c, row->index);
    size_t at = msr_place(c, row->index);
    int rc = old ? 0 : dump_add_msr(c, row, err);

    if ( old )
        *old = *row;
    else if ( !rc )
    {
        memmove(&c->msrs[at + 1], &c->msrs[at],
                (c->nr_msrs - 1 - at) * sizeof(*c->msrs));
        c->msrs[at] = *row;
    }

    return rc;
}

int dump_copy_cpu(const struct dump_cpu *from, struct dump_cpu *to,
                  cpupolicy_error *err)
{
    struct dump_cpu new = { .id = from->id };
    int rc = 0;

    for ( size_t i = 0; !rc && i < from->nr_leaves; i++ )
        rc = dump_add_leaf(&new, &from->leaves[i], err);

    for ( size_t i = 0; !rc && i < from->nr_msrs; i++ )
        rc = dump_add_msr(&new, &from->msrs[i], err);

    if ( rc )
        dump_dispose_cpu(&new);
    else
        *to = new;

    return rc;
}
