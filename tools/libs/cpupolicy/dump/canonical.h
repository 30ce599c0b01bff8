/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part of canonical.c's pass that is about files recording hardware. */
#ifndef CPUPOLICY_CANONICAL_H
#define CPUPOLICY_CANONICAL_H

#include "dump.h"
#include "tally.h"

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

#endif /* CPUPOLICY_CANONICAL_H */
