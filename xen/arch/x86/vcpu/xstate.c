/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How large the save area is for the components that a vCPU has enabled.
 * Sizes and offsets are the policy's, which are the hardware's.
 */

#include <arch/vcpu.h>

#define XSTATE_FIXED_SIZE   576u    /* legacy area and header */
#define XSTATE_COMP_ALIGN64 (1u << 1)

static inline uint32_t saturate(uint64_t size)
{
    return size > UINT32_MAX ? UINT32_MAX : size;
}

/* Components that can be there: x87 and SSE are in the fixed part. */
#define XSTATE_MOVABLE (~3ULL & (~0ULL >> 1))

uint32_t x86_xstate_size(const struct cpu_policy *p, uint64_t components)
{
    const struct x86_regs *l = &p->leaf[X86_SLOT_D];
    uint64_t max = XSTATE_FIXED_SIZE;

    for ( uint64_t left = components & XSTATE_MOVABLE; left;
          left &= left - 1 )
    {
        const struct x86_regs *c = &l[__builtin_ctzll(left)];
        uint64_t end = (uint64_t)c->a + c->b;

        if ( end > max )
            max = end;
    }

    return saturate(max);
}

uint32_t x86_xstate_compacted_size(const struct cpu_policy *p,
                                   uint64_t components)
{
    const struct x86_regs *l = &p->leaf[X86_SLOT_D];
    uint64_t size = XSTATE_FIXED_SIZE;

    for ( uint64_t left = components & XSTATE_MOVABLE; left;
          left &= left - 1 )
    {
        const struct x86_regs *c = &l[__builtin_ctzll(left)];

        if ( c->c & XSTATE_COMP_ALIGN64 )
            size = (size + 63) & ~63ULL;
        size += c->a;
    }

    return saturate(size);
}
