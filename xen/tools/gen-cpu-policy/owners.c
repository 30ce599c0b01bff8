/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Giving every bit its owner; refusing two, and none. */
#include "model.h"

/* Bits of `wanted` that `other` owns already, on any of `layouts`. */
static uint32_t owned_by(const struct model *m, unsigned int cell,
                         uint32_t wanted, unsigned int layouts,
                         const struct claim *other)
{
    uint32_t mask = 0;

    for ( unsigned int bit = 0; bit < 32; bit++ )
        for ( unsigned int l = 0; l < NR_LAYOUTS; l++ )
            if ( ((wanted >> bit) & 1) && ((layouts >> l) & 1) &&
                 m->owners[cell][bit][l] == other )
                mask |= 1u << bit;

    return mask;
}

static void complain_overlap(struct model *m, unsigned int cell,
                             uint32_t mask, const struct claim *claim,
                             const struct claim *other)
{
    char where[64], bits[128];
    uint64_t both = owned_by(m, cell, mask, claim->layouts, other);

    if ( cell >= m->nr_slots * 4 && (cell - m->nr_slots * 4) % 2 )
        both <<= 32;

    complain(m, &claim->at, "%s %s overlaps %s %s (%s:%u) in %s bits %s",
             claim->what, claim->name, other->what, other->name,
             other->at.path, other->at.line,
             describe_cell(m, cell, where, sizeof(where)),
             describe_bits(both, bits, sizeof(bits)));
}

/* False, with the complaint made, if someone else owns any of the bits. */
static bool own_cell(struct model *m, unsigned int cell, uint32_t mask,
                     const struct claim *claim)
{
    for ( unsigned int i = 0; i < 32 * NR_LAYOUTS; i++ )
    {
        unsigned int bit = i / NR_LAYOUTS, layout = i % NR_LAYOUTS;
        const struct claim **owner = &m->owners[cell][bit][layout];

        if ( !((mask >> bit) & 1) || !((claim->layouts >> layout) & 1) )
            continue;

        if ( *owner && *owner != claim )
        {
            complain_overlap(m, cell, mask, claim, *owner);
            return false;
        }
        *owner = claim;
    }

    return true;
}

static void own_field(struct model *m, const struct field *f)
{
    unsigned int cell = msr_cell(m, f->first_slot);

    if ( f->is_msr )
    {
        if ( own_cell(m, cell, f->mask, &f->claim) )
            own_cell(m, cell + 1, f->mask >> 32, &f->claim);
        return;
    }

    for ( unsigned int i = 0; i < f->nr_slots; i++ )
        if ( !own_cell(m, (f->first_slot + i) * 4 + f->reg, f->mask,
                       &f->claim) )
            return;
}

uint32_t cell_owned(const struct model *m, unsigned int cell)
{
    uint32_t mask = 0;

    for ( unsigned int i = 0; i < 32 * NR_LAYOUTS; i++ )
        if ( m->owners[cell][i / NR_LAYOUTS][i % NR_LAYOUTS] )
            mask |= 1u << (i / NR_LAYOUTS);

    return mask;
}

uint32_t cell_of_kind(const struct model *m, unsigned int cell,
                      enum layout layout, enum kind kind)
{
    uint32_t mask = 0;

    for ( unsigned int bit = 0; bit < 32; bit++ )
    {
        const struct claim *owner = m->owners[cell][bit][layout];

        if ( kind == (owner ? owner->kind : KIND_RESERVED) )
            mask |= 1u << bit;
    }

    return mask;
}

static uint32_t storage(const struct model *m, unsigned int cell)
{
    unsigned int half, bits;

    if ( cell < m->nr_slots * 4 )
        return UINT32_MAX;

    half = (cell - m->nr_slots * 4) % 2;
    bits = m->msrs[(cell - m->nr_slots * 4) / 2].bits;

    return (~0ull >> (64 - bits)) >> (half * 32);
}

static const struct place *declaration(const struct model *m,
                                       unsigned int cell)
{
    if ( cell >= m->nr_slots * 4 )
        return &m->msrs[(cell - m->nr_slots * 4) / 2].at;

    return &leaf_of_slot(m, cell / 4)->at;
}

static void check_gaps(struct model *m, unsigned int cell)
{
    uint64_t gaps = storage(m, cell) & ~cell_owned(m, cell);
    char where[64], bits[128];

    if ( !gaps )
        return;
    if ( cell >= m->nr_slots * 4 && (cell - m->nr_slots * 4) % 2 )
        gaps <<= 32;

    complain(m, declaration(m, cell), "no row covers %s bits %s",
             describe_cell(m, cell, where, sizeof(where)),
             describe_bits(gaps, bits, sizeof(bits)));
}

void own_bits(struct model *m)
{
    m->owners = checked_calloc(nr_cells(m), sizeof(*m->owners));

    for ( unsigned int i = 0; i < m->nr_features; i++ )
    {
        const struct feature *f = &m->features[i];

        own_cell(m, word_cell(m, f->value / 32), 1u << (f->value % 32),
                 &f->claim);
    }
    for ( unsigned int i = 0; i < m->nr_fields; i++ )
        own_field(m, &m->fields[i]);
    for ( unsigned int i = 0; i < m->nr_msr_fields; i++ )
        own_field(m, &m->msr_fields[i]);

    /* Who overlaps has not got all of its bits: they would seem gaps. */
    if ( m->nr_errors )
        return;

    for ( unsigned int cell = 0; cell < nr_cells(m); cell++ )
        check_gaps(m, cell);
}
