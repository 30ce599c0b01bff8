/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Numbers for tests that want many inputs: the same ones in every run, or
 * others with CPUPOLICY_TEST_SEED set (decimal, or hex with 0x).
 */
#ifndef TEST_RANDOM_H
#define TEST_RANDOM_H

#include <stdint.h>

struct random {
    uint64_t state, seed;
};

/*
 * How many of `all` random inputs this run takes: all of them, or the
 * CPUPOLICY_TEST_SHARE'th part, at least 1,000 of them.
 */
unsigned int random_share(unsigned int all);

/* Seeded from the environment; messages should print `seed`. */
struct random random_start(void);

uint64_t random_64(struct random *r);
uint32_t random_32(struct random *r);

/* Below `bound`, which is not zero. */
uint32_t random_below(struct random *r, uint32_t bound);

/*
 * A register as hostile or careless callers have them: often zero, all ones,
 * one bit, a small number, else anything.
 */
uint32_t random_register(struct random *r);

#endif /* TEST_RANDOM_H */
