/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What falls to zero with a gate, gathered per register or MSR. */
#include <stdlib.h>

#include "model.h"

static int compare_gates(const void *left, const void *right)
{
    const struct gate_mask *a = left, *b = right;

    if ( a->gate != b->gate )
        return a->gate < b->gate ? -1 : 1;
    if ( a->is_msr != b->is_msr )
        return a->is_msr ? 1 : -1;
    if ( a->word != b->word )
        return a->word < b->word ? -1 : 1;

    return (a->layouts > b->layouts) - (a->layouts < b->layouts);
}

static void add_gates(struct model *m, const struct field *f)
{
    if ( f->gate == GATE_NONE )
        return;

    for ( unsigned int i = 0; i < f->nr_slots; i++ )
        m->gates[m->nr_gates++] = (struct gate_mask){
            .gate = f->gate,
            .word = f->is_msr ? f->first_slot
                              : (f->first_slot + i) * 4 + f->reg,
            .layouts = f->claim.layouts,
            .is_msr = f->is_msr,
            .mask = f->mask,
        };
}

void collect_gates(struct model *m)
{
    unsigned int nr = m->nr_msr_fields, merged = 0;

    for ( unsigned int i = 0; i < m->nr_fields; i++ )
        nr += m->fields[i].nr_slots;
    m->gates = checked_calloc(nr, sizeof(*m->gates));

    for ( unsigned int i = 0; i < m->nr_fields; i++ )
        add_gates(m, &m->fields[i]);
    for ( unsigned int i = 0; i < m->nr_msr_fields; i++ )
        add_gates(m, &m->msr_fields[i]);

    qsort(m->gates, m->nr_gates, sizeof(*m->gates), compare_gates);
    for ( unsigned int i = 0; i < m->nr_gates; i++ )
        if ( merged && !compare_gates(&m->gates[merged - 1], &m->gates[i]) )
            m->gates[merged - 1].mask |= m->gates[i].mask;
        else
            m->gates[merged++] = m->gates[i];

    m->nr_gates = merged;
}
