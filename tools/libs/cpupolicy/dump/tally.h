/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows counted for a note. */
#ifndef CPUPOLICY_TALLY_H
#define CPUPOLICY_TALLY_H

#include <stddef.h>
#include <stdint.h>

/* What a note will say, collected over all CPUs of a dump. */
struct tally {
    size_t nr;
    uint32_t which[6];          /* the first few that differ */
    size_t nr_which;
    uint32_t line;              /* of the first one; 0: not to be told */
};

void tally_add(struct tally *t, uint32_t which, uint32_t line);

/* "7 (0x1, 0x2 ...), first in line 9" into `out`, and return that. */
#define TALLY_TEXT 128
const char *tally_text(const struct tally *t, char out[TALLY_TEXT]);

#endif /* CPUPOLICY_TALLY_H */
