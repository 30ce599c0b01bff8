/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See tally.h. */
#include <stdio.h>

#include "tally.h"

void tally_add(struct tally *t, uint32_t which, uint32_t line)
{
    if ( !t->nr++ )
        t->line = line;
    for ( size_t i = 0; i < t->nr_which; i++ )
        if ( t->which[i] == which )
            return;
    if ( t->nr_which < sizeof(t->which) / sizeof(t->which[0]) )
        t->which[t->nr_which++] = which;
}

const char *tally_text(const struct tally *t, char out[TALLY_TEXT])
{
    int len = snprintf(out, TALLY_TEXT, "%zu (", t->nr);

    for ( size_t i = 0; i < t->nr_which; i++ )
        len += snprintf(out + len, TALLY_TEXT - len, "%s0x%x", i ? ", " : "",
                        t->which[i]);
    len += snprintf(out + len, TALLY_TEXT - len, "%s)",
                    t->nr_which == sizeof(t->which) / sizeof(t->which[0])
                    ? " ..." : "");
    if ( t->line )
        snprintf(out + len, TALLY_TEXT - len, ", first in line %u", t->line);

    return out;
}
