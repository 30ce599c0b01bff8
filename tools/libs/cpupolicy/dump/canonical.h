/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts of canonical.c's pass over a dump. */
#ifndef CPUPOLICY_FORMAT_NORMALISE_H
#define CPUPOLICY_FORMAT_NORMALISE_H

#include "dump.h"

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

/*
 * `row` points at all rows of one leaf, in the order of the file.  Number
 * those without subleaf, if the leaf has subleaves at all.
 */
void hardware_infer_subleaves(struct dump_leaf **row, size_t nr,
                              struct tally *inferred);

/*
 * Drop rows beyond the maximum leaf of their range: what a CPU answers to
 * probes of leaves that it lacks into `cut`, other content into `content`.
 */
void hardware_cut_out_of_range(struct dump_cpu *c, struct tally *cut,
                               struct tally *content);

#endif /* CPUPOLICY_FORMAT_NORMALISE_H */
