/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Unknown is not zero: which leaves and MSRs of a policy were not stated.  A
 * policy holds zeros for them; this set, beside the policy, says that those
 * zeros mean nothing.
 */
#ifndef XEN_LIB_X86_UNKNOWN_H
#define XEN_LIB_X86_UNKNOWN_H

#include <xen/lib/x86/cpu-policy.h>

/* A leaf or an MSR as an input of the derivation; zero: none of them. */
typedef uint16_t x86_input;
#define X86_INPUT_NONE 0
#define X86_NR_INPUTS (1 + X86_NR_SLOTS + X86_NR_MSR_SLOTS)

static inline x86_input x86_input_leaf(unsigned int slot)
{
    return 1 + slot;
}

static inline x86_input x86_input_msr(unsigned int slot)
{
    return 1 + X86_NR_SLOTS + slot;
}

/* The leaf or MSR that has a feature's bit. */
static inline x86_input x86_input_feature(unsigned int feature)
{
    const struct x86_word_desc *w = &x86_word_descs[feature / 32];

    return w->slot == X86_WORD_IN_MSR ? x86_input_msr(w->msr_slot)
                                      : x86_input_leaf(w->slot);
}

/* Of an input other than X86_INPUT_NONE. */
static inline bool x86_input_is_msr(x86_input i)
{
    return i > X86_NR_SLOTS;
}

/* The slot of the leaf, or of the MSR. */
static inline unsigned int x86_input_slot(x86_input i)
{
    return x86_input_is_msr(i) ? i - 1 - X86_NR_SLOTS : i - 1;
}

/* A set of inputs; all zero: everything was stated. */
struct x86_unknown {
    uint32_t set[(X86_NR_INPUTS + 31) / 32];
};

static inline bool x86_unknown_has(const struct x86_unknown *u, x86_input i)
{
    return u && ((u->set[i / 32] >> (i % 32)) & 1);
}

static inline void x86_unknown_add(struct x86_unknown *u, x86_input i)
{
    u->set[i / 32] |= 1u << (i % 32);
}

static inline void x86_unknown_remove(struct x86_unknown *u, x86_input i)
{
    u->set[i / 32] &= ~(1u << (i % 32));
}

static inline void x86_unknown_merge(struct x86_unknown *u,
                                     const struct x86_unknown *other)
{
    for ( unsigned int w = 0; w < sizeof(u->set) / sizeof(u->set[0]); w++ )
        u->set[w] |= other->set[w];
}

/* The first input of the set after `after`; X86_INPUT_NONE: no more. */
static inline x86_input x86_unknown_next(const struct x86_unknown *u,
                                         x86_input after)
{
    for ( unsigned int i = after + 1u; i < X86_NR_INPUTS; i++ )
        if ( x86_unknown_has(u, i) )
            return i;

    return X86_INPUT_NONE;
}

#endif /* XEN_LIB_X86_UNKNOWN_H */
