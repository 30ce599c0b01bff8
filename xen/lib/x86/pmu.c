/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Leaf 0xa: a guest's PMU may be smaller than the limit's, or none, but not
 * another one (SDM vol 3, 20.2).
 */

#include <xen/lib/x86/cpu-policy.h>

#define VERSION(l)        ((l)->a & 0xffu)
#define NR_COUNTERS       0x0000ff00u   /* eax */
#define COUNTER_WIDTH     0x00ff0000u
#define NR_FLAGS(l)       ((l)->a >> 24)
#define NR_FIXED          0x0000001fu   /* edx */
#define FIXED_WIDTH       0x00001fe0u
#define ANYTHREAD         0x00008000u

/* With version 2 come fixed counters, with 5 a bitmap of them. */
#define PMU_FIXED         2u
#define PMU_FIXED_BITMAP  5u

/* The limit's width, or none where nothing is that wide. */
static uint32_t width(uint32_t asked, uint32_t limit, bool any)
{
    return any || asked == limit ? limit : 0;
}

void x86_pmu_settle(struct x86_regs *l, const struct x86_regs *limit)
{
    uint32_t flags = NR_FLAGS(l) < 32 ? (1u << NR_FLAGS(l)) - 1 : ~0u;

    if ( !VERSION(l) )
    {
        *l = (struct x86_regs){ 0 };
        return;
    }

    l->a = (l->a & ~COUNTER_WIDTH) |
           width(l->a & COUNTER_WIDTH, limit->a & COUNTER_WIDTH,
                 l->a & NR_COUNTERS);
    /* A flag says that an event is missing: no guest has more of them. */
    l->b = (l->b | limit->b) & flags;
    if ( VERSION(l) < PMU_FIXED_BITMAP )
        l->c = 0;
    if ( VERSION(l) < PMU_FIXED )
        l->d = 0;
    else
        l->d = (l->d & ~(FIXED_WIDTH | ANYTHREAD)) | (limit->d & ANYTHREAD) |
               width(l->d & FIXED_WIDTH, limit->d & FIXED_WIDTH,
                     l->d & NR_FIXED);
}
