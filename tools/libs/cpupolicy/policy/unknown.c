/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the CPUs behind a policy did not state, as callers know it. */

#include <stdio.h>

#include "policy.h"

struct input_name input_name(x86_input i)
{
    const cpupolicy_unknown u = input_unknown(i);
    struct input_name out;

    if ( u.is_msr )
        snprintf(out.text, sizeof(out.text), "0x%x", u.msr);
    else if ( u.subleaf == CPUPOLICY_NO_SUBLEAF )
        snprintf(out.text, sizeof(out.text), "0x%x", u.leaf);
    else
        snprintf(out.text, sizeof(out.text), "0x%x.%u", u.leaf, u.subleaf);

    return out;
}

cpupolicy_unknown input_unknown(x86_input i)
{
    cpupolicy_unknown u = { .is_msr = false };

    if ( i == X86_INPUT_NONE )
        return u;

    u.is_msr = x86_input_is_msr(i);
    if ( u.is_msr )
        u.msr = x86_msr_descs[x86_input_slot(i)].index;
    else
    {
        u.leaf = x86_slot_descs[x86_input_slot(i)].leaf;
        u.subleaf = x86_slot_descs[x86_input_slot(i)].subleaf;
    }

    return u;
}

bool cpupolicy_unknown_at(const cpupolicy *p, size_t index,
                          cpupolicy_unknown *out)
{
    x86_input i = x86_unknown_next(&p->unknown, X86_INPUT_NONE);

    while ( i && index-- )
        i = x86_unknown_next(&p->unknown, i);
    if ( i )
        *out = input_unknown(i);

    return i;
}

bool cpupolicy_is_unknown(const cpupolicy *p, const cpupolicy_change *where)
{
    int slot = where->is_msr ? x86_msr_slot_find(where->msr)
                             : x86_slot_find(where->leaf, where->subleaf);

    return slot >= 0 &&
           x86_unknown_has(&p->unknown, where->is_msr ? x86_input_msr(slot)
                                                      : x86_input_leaf(slot));
}
