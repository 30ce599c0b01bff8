/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests for test-exact.c: policies changed at random. */
#ifndef TESTS_XEN_MUTATE_H
#define TESTS_XEN_MUTATE_H

#include <xen/lib/x86/audit.h>

/* Ways of making a request, from nearly acceptable to absurd. */
enum mutation {
    MUTATE_BIT,             /* one bit */
    MUTATE_BITS,            /* two to five */
    MUTATE_FEATURE,         /* one feature, and what follows from it */
    MUTATE_FEATURES,        /* many fewer, and what follows */
    MUTATE_LEAVES,          /* other highest leaves */
    MUTATE_FIELDS,          /* identity, caches, address widths, brand */
    MUTATE_TOPOLOGY,        /* threads and cores, all leaves or the old */
    MUTATE_WORDS,           /* up to eight registers of noise */
    MUTATE_MIX,             /* registers of another policy */
    MUTATE_NOISE,           /* all registers of noise */
    NR_MUTATIONS,
};

extern const char *const mutation_names[NR_MUTATIONS];

/* xorshift64*; any seed but 0. */
struct dice {
    uint64_t state;
};
uint32_t dice_roll(struct dice *d, uint32_t sides);

/* Whether Xen's ABI can carry a word. */
bool word_in_xen_abi(unsigned int word);

/* Change *p; `other` is where MUTATE_MIX takes from. */
void policy_mutate(struct cpu_policy *p, enum mutation how,
                   const struct cpu_policy *limit,
                   const struct cpu_policy *other, struct dice *d);

#endif /* TESTS_XEN_MUTATE_H */
