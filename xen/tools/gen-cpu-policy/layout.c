/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where things are: slots for leaves, and an owner for every bit of every
 * register and MSR.  That each bit has exactly one owner per vendor is what
 * lets masks be derived from the rows; so overlap and gaps are refused.
 */
#include <stdlib.h>
#include <string.h>

#include "model.h"

static void assign_slots(struct model *m)
{
    for ( struct leaf *l = m->leaves; l < m->leaves + m->nr_leaves; l++ )
    {
        if ( l > m->leaves && l->leaf == l[-1].leaf )
            complain(m, &l->at, "leaf 0x%x is declared twice; first at "
                     "line %u", l->leaf, l[-1].at.line);
        else if ( l > m->leaves && l->leaf < l[-1].leaf )
            complain(m, &l->at, "leaf 0x%x is declared after leaf 0x%x "
                     "(line %u)", l->leaf, l[-1].leaf, l[-1].at.line);

        l->first_slot = m->nr_slots;
        m->nr_slots += l->nr_subleaves ? l->nr_subleaves : 1;
        if ( m->nr_slots > MAX_SLOTS )
        {
            complain(m, &l->at, "more than %u slots", MAX_SLOTS);
            break;
        }
    }

    for ( struct msr *msr = m->msrs + 1; msr < m->msrs + m->nr_msrs; msr++ )
        if ( msr->index == msr[-1].index )
            complain(m, &msr->at, "MSR 0x%x is declared twice; first at "
                     "line %u", msr->index, msr[-1].at.line);
        else if ( msr->index < msr[-1].index )
            complain(m, &msr->at, "MSR 0x%x is declared after MSR 0x%x "
                     "(line %u)", msr->index, msr[-1].index,
                     msr[-1].at.line);
}

/* Find the register that a word comes from. */
static void place_word(struct model *m, unsigned int i)
{
    struct word *w = &m->words[i];
    const struct leaf *l = leaf_find(m, w->key);
    const struct msr *msr = msr_find(m, w->key);

    if ( !w->has_source )
        complain(m, &w->at, "word %u: the comment does not say which "
                 "register it is", i);
    else if ( w->is_msr && !msr )
        complain(m, &w->at, "word %u: MSR 0x%x is not declared", i, w->key);
    else if ( w->is_msr && w->reg && msr->bits <= 32 )
        complain(m, &w->at, "word %u: MSR 0x%x has only %u bits (%s:%u)", i,
                 w->key, msr->bits, msr->at.path, msr->at.line);
    else if ( !w->is_msr && !l )
        complain(m, &w->at, "word %u: leaf 0x%x is not declared", i, w->key);
    else if ( !w->is_msr && (w->has_subleaf != (l->nr_subleaves != 0) ||
                             (w->has_subleaf &&
                              w->subleaf >= l->nr_subleaves)) )
        complain(m, &w->at, "word %u: leaf 0x%x has %u subleaves (%s:%u)", i,
                 w->key, l->nr_subleaves, l->at.path, l->at.line);
    else
        w->slot = w->is_msr ? msr - m->msrs : l->first_slot + w->subleaf;
}

/* By its name; `of` and where it stands are for the complaint. */
static unsigned int find_gate(struct model *m, const struct place *at,
                              const char *of, const char *name)
{
    const struct feature *gate;

    if ( !strcmp(name, "NONE") )
        return GATE_NONE;
    if ( !strcmp(name, "VPMU") )
        return GATE_VPMU;

    gate = feature_find(m, name);
    if ( gate )
        return gate->value;

    complain(m, at, "%s: unknown gate '%s'", of, name);

    return GATE_NONE;
}

static void resolve_gate(struct model *m, struct field *f)
{
    f->gate = find_gate(m, &f->claim.at, f->claim.name, f->gate_name);
}

static int compare_enables(const void *left, const void *right)
{
    const struct enable *a = left, *b = right;

    if ( a->key != b->key )
        return a->key < b->key ? -1 : 1;

    return (a->at.line > b->at.line) - (a->at.line < b->at.line);
}

/* The MSRs that a row of what enables one is about, as they must be. */
static void place_enable(struct model *m, struct enable *e)
{
    const struct msr *msr = msr_find(m, e->key);
    const struct msr *control = msr_find(m, e->control);

    if ( !msr )
        complain(m, &e->at, "MSR 0x%x is not declared", e->key);
    else if ( !control )
        complain(m, &e->at, "control: MSR 0x%x is not declared", e->control);
    else if ( e->bit >= control->bits )
        complain(m, &e->at, "bit %u is beyond the %u bits of MSR 0x%x "
                 "(line %u)", e->bit, control->bits, control->index,
                 control->at.line);
    else if ( control == msr )
        complain(m, &e->at, "MSR 0x%x enables itself", e->key);
    else
    {
        e->slot = msr - m->msrs;
        e->control_slot = control - m->msrs;
    }
}

/* For whom each MSR exists. */
static void place_msrs(struct model *m)
{
    qsort(m->enables, m->nr_enables, sizeof(*m->enables), compare_enables);
    for ( unsigned int i = 0; i < m->nr_enables; i++ )
        place_enable(m, &m->enables[i]);

    for ( struct msr *msr = m->msrs; msr < m->msrs + m->nr_msrs; msr++ )
    {
        msr->gate = find_gate(m, &msr->at, msr->name, msr->gate_name);
        if ( msr->gate == GATE_VPMU )
            complain(m, &msr->at, "%s: an MSR exists by a feature or by none",
                     msr->name);
        while ( msr->first_enable < m->nr_enables &&
                m->enables[msr->first_enable].key < msr->index )
            msr->first_enable++;
        while ( msr->first_enable + msr->nr_enables < m->nr_enables &&
                m->enables[msr->first_enable + msr->nr_enables].key ==
                msr->index )
            msr->nr_enables++;
    }
}

static bool declared_before(struct model *m, const struct field *f,
                            const struct place *declared)
{
    const char *what = f->is_msr ? "MSR" : "leaf";

    if ( declared && declared->line < f->claim.at.line )
        return true;

    if ( declared )
        complain(m, &f->claim.at, "%s %s of %s 0x%x, which is declared only "
                 "at line %u", f->claim.what, f->claim.name, what, f->key,
                 declared->line);
    else
        complain(m, &f->claim.at, "%s %s: %s 0x%x is not declared",
                 f->claim.what, f->claim.name, what, f->key);

    return false;
}

static void place_field(struct model *m, struct field *f)
{
    const struct leaf *l = leaf_find(m, f->key);
    unsigned int last;

    if ( !declared_before(m, f, l ? &l->at : NULL) )
        return;

    last = l->nr_subleaves ? l->nr_subleaves - 1 : 0;
    if ( f->sub_hi > last )
    {
        complain(m, &f->claim.at, "%s %s: subleaf %u, but the last of leaf "
                 "0x%x is %u (line %u)", f->claim.what, f->claim.name,
                 f->sub_hi, l->leaf, last, l->at.line);
        return;
    }

    f->first_slot = l->first_slot + f->sub_lo;
    f->nr_slots = f->sub_hi - f->sub_lo + 1;
}

static void place_msr_field(struct model *m, struct field *f)
{
    const struct msr *msr = msr_find(m, f->key);

    if ( !declared_before(m, f, msr ? &msr->at : NULL) )
        return;

    if ( f->mask & ~(~0ull >> (64 - msr->bits)) )
    {
        complain(m, &f->claim.at, "%s %s: beyond the %u bits of MSR 0x%x "
                 "(line %u)", f->claim.what, f->claim.name, msr->bits,
                 msr->index, msr->at.line);
        return;
    }

    f->first_slot = msr - m->msrs;
    f->nr_slots = 1;
}

static int compare_fields(const void *left, const void *right)
{
    const struct field *a = left, *b = right;

    if ( a->first_slot != b->first_slot )
        return a->first_slot < b->first_slot ? -1 : 1;
    if ( a->reg != b->reg )
        return a->reg < b->reg ? -1 : 1;
    if ( a->lo != b->lo )
        return a->lo < b->lo ? -1 : 1;

    return (a->claim.at.line > b->claim.at.line) -
           (a->claim.at.line < b->claim.at.line);
}

static void place_fields(struct model *m, struct field *fields,
                         unsigned int nr,
                         void (*place)(struct model *m, struct field *f))
{
    for ( unsigned int i = 0; i < nr; i++ )
    {
        resolve_gate(m, &fields[i]);
        place(m, &fields[i]);
    }

    if ( nr )
        qsort(fields, nr, sizeof(*fields), compare_fields);
}

/* One name may not mean two things in one register of one vendor. */
static void check_field_names(struct model *m, const struct field *fields,
                              unsigned int nr)
{
    for ( const struct field *a = fields; a < fields + nr; a++ )
        for ( const struct field *b = fields; b < a; b++ )
        {
            bool together = a->nr_slots && b->nr_slots && a->reg == b->reg &&
                a->first_slot < b->first_slot + b->nr_slots &&
                b->first_slot < a->first_slot + a->nr_slots;

            if ( together && (a->claim.layouts & b->claim.layouts) &&
                 a->claim.kind != KIND_RESERVED &&
                 !strcmp(a->claim.name, b->claim.name) )
                complain(m, &a->claim.at, "field %s is in this register "
                         "already, at line %u", a->claim.name,
                         b->claim.at.line);
        }
}

void check_layout(struct model *m)
{
    assign_slots(m);
    for ( unsigned int i = 0; i < m->nr_words; i++ )
        place_word(m, i);

    place_msrs(m);
    place_fields(m, m->fields, m->nr_fields, place_field);
    place_fields(m, m->msr_fields, m->nr_msr_fields, place_msr_field);
    check_field_names(m, m->fields, m->nr_fields);
    check_field_names(m, m->msr_fields, m->nr_msr_fields);

    /* Without a place for everything, gaps would be reported in their wake. */
    if ( !m->nr_errors )
        own_bits(m);
}
