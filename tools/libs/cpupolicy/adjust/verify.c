/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Are registers what adjustments ask for? */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "verify.h"

static bool entry_mismatches(const struct adjustment *e,
                             const struct adjustments *config,
                             struct verify_mismatch *out)
{
    const struct adjustment *c = adjustments_find(config, &e->key);
    bool differ = !c;

    *out = (struct verify_mismatch){ .key = e->key, .missing = !c };

    for ( unsigned int w = 0; c && w < 2; w++ )
    {
        out->wanted[w] = e->bits.value[w] & e->bits.filter[w];
        out->found[w] = c->bits.value[w] & e->bits.filter[w];
        differ |= out->wanted[w] != out->found[w];
    }

    return differ;
}

int adjust_verify(const struct adjustments *t,
                  const struct adjustments *config,
                  struct verify_report *out, cpupolicy_error *err)
{
    struct verify_mismatch *all = calloc(t->nr_entries ?: 1, sizeof(*all));
    size_t nr = 0;

    if ( !all )
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");

    for ( size_t i = 0; i < t->nr_entries; i++ )
        if ( entry_mismatches(&t->entries[i], config, &all[nr]) )
            nr++;

    *out = (struct verify_report){ all, nr };

    return 0;
}

void verify_report_dispose(struct verify_report *report)
{
    free(report->mismatches);
    memset(report, 0, sizeof(*report));
}

void verify_mismatch_format(const struct verify_mismatch *m,
                            char text[VERIFY_TEXT])
{
    char wanted[ADJUST_BITS_TEXT], found[ADJUST_BITS_TEXT];
    char diff[ADJUST_BITS_TEXT] = "", key[ADJUST_KEY_TEXT];
    unsigned int nr_bits = adjust_key_bits(&m->key);

    adjust_key_format(&m->key, key);
    if ( m->missing )
    {
        snprintf(text, VERIFY_TEXT, "%s not found in CPU configuration.",
                 key);
        return;
    }

    adjust_bits_format_value(m->wanted, nr_bits, wanted);
    adjust_bits_format_value(m->found, nr_bits, found);
    for ( unsigned int i = 0; i < nr_bits; i++ )
        diff[i] = wanted[i] == found[i] ? ' ' : '^';

    snprintf(text, VERIFY_TEXT,
             "Value for %s mismatched.\n"
             "* CPU template     : 0b%s\n"
             "* CPU configuration: 0b%s\n"
             "* Diff             :   %s", key, wanted, found, diff);
}
