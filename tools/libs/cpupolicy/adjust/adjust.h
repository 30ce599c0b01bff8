/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Adjustments: bits of registers that are fixed, and to what.  Templates are
 * computed with in this form, sorted by the numbers of the registers, whatever
 * the order in a file was; so is all else that says of a CPU's rows what they
 * are to become.
 */
#ifndef CPUPOLICY_ADJUST_H
#define CPUPOLICY_ADJUST_H

#include "bitmap.h"

enum adjust_kind {
    ADJUST_CPUID,
    ADJUST_MSR,
    ADJUST_REG,                 /* aarch64: by its KVM id, 128 bits */
};

/*
 * `flags` belong to the name: the original takes two CPUID entries that
 * differ in them for different ones.
 */
struct adjust_key {
    uint8_t kind;               /* enum adjust_kind */
    uint8_t reg;                /* CPUID: 0 to 3 */
    uint32_t flags;             /* CPUID */
    uint64_t id;                /* leaf << 32 | subleaf, MSR, register id */
};

/* Some bits of a register, and what they become. */
struct adjustment {
    struct adjust_key key;
    struct adjust_bits bits;
};

struct adjustments {
    struct adjustment *entries;  /* ascending by kind, id, flags, reg */
    size_t nr_entries, max_entries;
};

int adjust_key_compare(const struct adjust_key *a,
                       const struct adjust_key *b);

extern const char adjust_reg_names[4][4];       /* "eax" ... */

/* 32, 64 or 128: what a bitmap of that kind is wide. */
unsigned int adjust_key_bits(const struct adjust_key *key);

/* "leaf=0x7, subleaf=0x0, flags=0b1, register=ebx", "index=0x1", "ID=0x1" */
#define ADJUST_KEY_TEXT 96
void adjust_key_format(const struct adjust_key *key,
                       char text[ADJUST_KEY_TEXT]);

/*
 * Sort by key; of adjustments with the same key the one that stood last
 * counts.  0 or -ENOMEM.
 */
int adjustments_sort(struct adjustments *all, cpupolicy_error *err);

/* Of sorted ones; NULL if absent. */
const struct adjustment *adjustments_find(const struct adjustments *map,
                                          const struct adjust_key *key);

/*
 * Of `nr` sorted sets, drop what is common: what the first one has and all
 * others have too.  Bits that the first does not mention stay in all of them.
 * @param by_filter a bit that only one of two fixes differs, also where the
 *        other one, left open, would compare as 0.
 */
int adjust_strip(struct adjustments *sets, size_t nr, bool by_filter,
                 cpupolicy_error *err);

void adjustments_dispose(struct adjustments *map); /* safe when zeroed */

#endif /* CPUPOLICY_ADJUST_H */
