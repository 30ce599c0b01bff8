/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From the rows of a dump to a policy. */
#include <string.h>

#include "policy.h"

static bool has_content(const struct dump_leaf *row)
{
    return row->reg[0] | row->reg[1] | row->reg[2] | row->reg[3];
}

/*
 * Nothing but the end of a list: behind the last cache, and behind the last
 * level, where the subleaf's number and the x2APIC id are told all the same.
 */
static bool is_list_end(const struct x86_leaf_desc *d,
                        const struct dump_leaf *row)
{
    const struct x86_regs r = {
        row->reg[0], row->reg[1], row->reg[2], row->reg[3],
    };

    return !has_content(row) || x86_leaf_ends_list(d->stop, &r);
}

/* The slot for a row, or -1 with a note of why there is none. */
static int row_slot(const struct dump_leaf *row, struct note_list *n)
{
    const struct x86_leaf_desc *d = x86_leaf_find(row->leaf);
    uint32_t subleaf = row->subleaf == DUMP_NO_SUBLEAF ? 0 : row->subleaf;

    /* Whose hypervisor this was is no property of the CPU. */
    if ( !d && row->leaf >= 0x40000000U && row->leaf < 0x50000000U )
        return -1;

    if ( !d )
    {
        if ( has_content(row) )
            notes_add(n, "leaf 0x%x (subleaf %u) is not in the tables: "
                        "0x%x 0x%x 0x%x 0x%x", row->leaf, subleaf,
                        row->reg[0], row->reg[1], row->reg[2], row->reg[3]);
        return -1;
    }

    if ( d->stop == X86_STOP_PLAIN && subleaf )
        return -1;              /* ECX is ignored: contradictions.c */

    if ( d->stop != X86_STOP_PLAIN && subleaf >= d->nr_subleaves )
    {
        if ( !is_list_end(d, row) )
            notes_add(n, "subleaf %u of leaf 0x%x is beyond the %u that "
                        "a policy holds", subleaf, row->leaf,
                        d->nr_subleaves);
        return -1;
    }

    return d->first_slot + subleaf;
}

/* A profile's row may stand for several subleaves, or for all further ones. */
static unsigned int nr_subleaves(const struct dump_leaf *row)
{
    const struct x86_leaf_desc *d = x86_leaf_find(row->leaf);
    uint32_t last = row->last_subleaf;

    if ( d->stop == X86_STOP_PLAIN || row->subleaf == DUMP_NO_SUBLEAF ||
         last <= row->subleaf )
        return 1;
    if ( last >= d->nr_subleaves )
        last = d->nr_subleaves - 1u;

    return last - row->subleaf + 1;
}

void policy_from_dump_cpu(struct cpu_policy *p, const struct dump_cpu *cpu,
                          struct note_list *n)
{
    memset(p, 0, sizeof(*p));

    for ( size_t i = 0; i < cpu->nr_leaves; i++ )
    {
        const struct dump_leaf *row = &cpu->leaves[i];
        int slot = row_slot(row, n);

        if ( slot < 0 )
            continue;
        for ( unsigned int nr = nr_subleaves(row); nr--; slot++ )
            memcpy(&p->leaf[slot], row->reg, sizeof(p->leaf[slot]));
    }

    for ( size_t i = 0; i < cpu->nr_msrs; i++ )
    {
        const struct dump_msr *m = &cpu->msrs[i];
        int slot = x86_msr_slot_find(m->index);

        if ( slot < 0 || m->failed )
            continue;
        p->msr[slot] = m->value & x86_msr_descs[slot].storage;
    }

    x86_policy_recalc_vendor(p);
}
