/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Single registers of a policy by leaf number, for rows of tables. */
#ifndef TEST_WORDS_H
#define TEST_WORDS_H

#include <check.h>

#include <xen/lib/x86/cpu-policy.h>

/* `subleaf` of rows whose leaf has none. */
#define NONE X86_NO_SUBLEAF

struct word {
    uint32_t leaf, subleaf;
    char reg;                   /* 'a' to 'd'; 0 ends a list */
    uint32_t value;
};

/* The register itself; fails the test if there is none. */
static inline uint32_t *policy_word(struct cpu_policy *p, uint32_t leaf,
                                    uint32_t subleaf, char reg)
{
    int slot = x86_slot_find(leaf, subleaf);

    ck_assert_msg(slot >= 0 && reg >= 'a' && reg <= 'd',
                  "no word %#x.%#x %c", leaf, subleaf, reg);

    return &p->word[slot * 4 + (reg - 'a')];
}

static inline void policy_set_words(struct cpu_policy *p,
                                    const struct word *list)
{
    for ( ; list->reg; list++ )
        *policy_word(p, list->leaf, list->subleaf, list->reg) = list->value;
}

/* The same for an MSR. */
static inline uint64_t *policy_msr(struct cpu_policy *p, uint32_t index)
{
    int slot = x86_msr_slot_find(index);

    ck_assert_msg(slot >= 0, "no MSR %#x", index);

    return &p->msr[slot];
}

#endif /* TEST_WORDS_H */
