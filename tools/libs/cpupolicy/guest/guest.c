/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest's CPU configuration in memory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <xen/lib/x86/cpu-policy.h>

#include "base/array.h"
#include "guest.h"

#define KVM_FLAG_SIGNIFICANT_INDEX 1U

void guest_dispose(struct guest_config *g)
{
    free(g->leaves);
    free(g->msrs);
    memset(g, 0, sizeof(*g));
}

static int growth_error(int rc, const char *what, cpupolicy_error *err)
{
    if ( rc == -E2BIG )
        return cpupolicy_error_set(err, E2BIG, 0, "too many %s", what);

    return cpupolicy_error_set(err, -rc, 0, "out of memory");
}

static uint64_t leaf_key(uint32_t leaf, uint32_t subleaf)
{
    return (uint64_t)leaf << 32 | subleaf;
}

/* Index of the first row that is not below the key. */
static size_t leaf_place(const struct guest_config *g, uint32_t leaf,
                         uint32_t subleaf)
{
    size_t low = 0, high = g->nr_leaves;

    while ( low < high )
    {
        size_t mid = low + (high - low) / 2;
        const struct guest_leaf *l = &g->leaves[mid];

        if ( leaf_key(l->leaf, l->subleaf) < leaf_key(leaf, subleaf) )
            low = mid + 1;
        else
            high = mid;
    }

    return low;
}

static size_t msr_place(const struct guest_config *g, uint32_t index)
{
    size_t low = 0, high = g->nr_msrs;

    while ( low < high )
    {
        size_t mid = low + (high - low) / 2;

        if ( g->msrs[mid].index < index )
            low = mid + 1;
        else
            high = mid;
    }

    return low;
}

struct guest_leaf *guest_find_leaf(const struct guest_config *g,
                                   uint32_t leaf, uint32_t subleaf)
{
    size_t i = leaf_place(g, leaf, subleaf);

    if ( i < g->nr_leaves && g->leaves[i].leaf == leaf &&
         g->leaves[i].subleaf == subleaf )
        return &g->leaves[i];

    return NULL;
}

struct guest_msr *guest_find_msr(const struct guest_config *g,
                                 uint32_t index)
{
    size_t i = msr_place(g, index);

    return i < g->nr_msrs && g->msrs[i].index == index ? &g->msrs[i] : NULL;
}

int guest_put_leaf(struct guest_config *g, const struct guest_leaf *row,
                   cpupolicy_error *err)
{
    struct guest_leaf *old = guest_find_leaf(g, row->leaf, row->subleaf);
    size_t at = leaf_place(g, row->leaf, row->subleaf);
    void *room = g->leaves;
    int rc;

    if ( old )
    {
        *old = *row;
        return 0;
    }

    rc = array_room(&room, g->nr_leaves, &g->max_leaves, sizeof(*g->leaves),
                    GUEST_MAX_LEAVES);
    g->leaves = room;
    if ( rc )
        return growth_error(rc, "CPUID entries", err);

    memmove(&g->leaves[at + 1], &g->leaves[at],
            (g->nr_leaves++ - at) * sizeof(*g->leaves));
    g->leaves[at] = *row;

    return 0;
}

int guest_put_msr(struct guest_config *g, const struct guest_msr *row,
                  cpupolicy_error *err)
{
    struct guest_msr *old = guest_find_msr(g, row->index);
    size_t at = msr_place(g, row->index);
    void *room = g->msrs;
    int rc;

    if ( old )
    {
        *old = *row;
        return 0;
    }

    rc = array_room(&room, g->nr_msrs, &g->max_msrs, sizeof(*g->msrs),
                    GUEST_MAX_MSRS);
    g->msrs = room;
    if ( rc )
        return growth_error(rc, "MSRs", err);

    memmove(&g->msrs[at + 1], &g->msrs[at],
            (g->nr_msrs++ - at) * sizeof(*g->msrs));
    g->msrs[at] = *row;

    return 0;
}

int guest_copy(const struct guest_config *from, struct guest_config *to,
               cpupolicy_error *err)
{
    struct guest_config new = { 0 };
    int rc = 0;

    for ( size_t i = 0; !rc && i < from->nr_leaves; i++ )
        rc = guest_put_leaf(&new, &from->leaves[i], err);

    for ( size_t i = 0; !rc && i < from->nr_msrs; i++ )
        rc = guest_put_msr(&new, &from->msrs[i], err);

    if ( rc )
        guest_dispose(&new);
    else
        *to = new;

    return rc;
}

void guest_vendor(const struct guest_config *g, char vendor[13])
{
    const struct guest_leaf *l = guest_find_leaf(g, 0, 0);

    memset(vendor, 0, 13);
    if ( !l )
        return;

    memcpy(vendor, &l->reg[X86_REG_B], 4);
    memcpy(vendor + 4, &l->reg[X86_REG_D], 4);
    memcpy(vendor + 8, &l->reg[X86_REG_C], 4);
}

static int put_dump_leaf(struct guest_config *g, const struct dump_leaf *l,
                         cpupolicy_error *err)
{
    const struct x86_leaf_desc *desc = x86_leaf_find(l->leaf);
    struct guest_leaf row = {
        .leaf = l->leaf,
        .subleaf = l->subleaf == DUMP_NO_SUBLEAF ? 0 : l->subleaf,
        .flags = (desc && desc->nr_subleaves) ||
                 (!desc && l->subleaf != DUMP_NO_SUBLEAF && l->subleaf)
                 ? KVM_FLAG_SIGNIFICANT_INDEX : 0,
    };

    memcpy(row.reg, l->reg, sizeof(row.reg));

    return guest_put_leaf(g, &row, err);
}

int guest_from_dump(const struct dump_cpu *cpu, struct guest_config *out,
                    cpupolicy_error *err)
{
    struct guest_config new = { 0 };
    int rc = 0;

    for ( size_t i = 0; !rc && i < cpu->nr_leaves; i++ )
        rc = put_dump_leaf(&new, &cpu->leaves[i], err);

    for ( size_t i = 0; !rc && i < cpu->nr_msrs; i++ )
    {
        struct guest_msr row = { cpu->msrs[i].index, cpu->msrs[i].value };

        if ( !cpu->msrs[i].failed )
            rc = guest_put_msr(&new, &row, err);
    }

    if ( rc )
        guest_dispose(&new);
    else
        *out = new;

    return rc;
}
