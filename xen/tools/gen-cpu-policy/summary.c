/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much the tables cover, in one line. */
#include <string.h>

#include "model.h"

/* Bits of a cell owned by a claim of a sort, counted once for all vendors. */
static unsigned int count_bits(const struct model *m, unsigned int cell,
                               const char *what)
{
    unsigned int count = 0;

    for ( unsigned int bit = 0; bit < 32; bit++ )
        for ( unsigned int l = 0; l < NR_LAYOUTS; l++ )
        {
            const struct claim *owner = m->owners[cell][bit][l];

            if ( owner && !strcmp(owner->what, what) )
            {
                count++;
                break;
            }
        }

    return count;
}

void summary_print(const struct model *m, FILE *out)
{
    static const char *const sorts[] = { "feature", "field", "reserved" };
    unsigned int counts[3] = { 0 };

    for ( unsigned int cell = 0; cell < nr_cells(m); cell++ )
        for ( unsigned int i = 0; i < ARRAY_SIZE(sorts); i++ )
            counts[i] += count_bits(m, cell, sorts[i]);

    fprintf(out, "%u leaves with %u subleaves, %u registers; %u MSRs; "
            "%u bits: %u of features, %u of fields, %u reserved\n",
            m->nr_leaves, m->nr_slots, m->nr_slots * 4, m->nr_msrs,
            counts[0] + counts[1] + counts[2], counts[0], counts[1],
            counts[2]);
}
