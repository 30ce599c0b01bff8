/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a policy out of CPUID, and comparing CPUs of one host. */

#include "rule.h"

#include <string.h>

void x86_cpuid_native(void *ctx, uint32_t leaf, uint32_t subleaf,
                      struct x86_regs *out)
{
    (void)ctx;
    asm volatile ( "cpuid"
                   : "=a" (out->a), "=b" (out->b), "=c" (out->c),
                     "=d" (out->d)
                   : "0" (leaf), "2" (subleaf) );
}

static void read_leaf(struct cpu_policy *p, const struct x86_leaf_desc *l,
                      x86_cpuid_fn *cpuid, void *ctx)
{
    unsigned int nr = l->stop == X86_STOP_PLAIN ? 1 : l->nr_subleaves;

    /* The stop rules look at the subleaves already read. */
    for ( unsigned int i = 0; i < nr; i++ )
    {
        cpuid(ctx, l->leaf, i, &p->leaf[l->first_slot + i]);
        if ( l->stop != X86_STOP_XSTATE && i + 1 >= x86_leaf_count(p, l) )
            break;
        if ( l->stop == X86_STOP_XSTATE && i >= 1 )
            break;
    }
}

/* Component subleaves exist where XCR0 or XSS can have the bit. */
static void read_xstate(struct cpu_policy *p, x86_cpuid_fn *cpuid, void *ctx)
{
    uint64_t states = x86_xstate_stated(p);

    for ( unsigned int i = 2; i < X86_NR_SUBLEAVES_D; i++ )
        if ( (states >> i) & 1 )
            cpuid(ctx, 0xd, i, &p->leaf[X86_SLOT_D + i]);
}

static void read_range(struct cpu_policy *p, uint32_t first, uint32_t last,
                       x86_cpuid_fn *cpuid, void *ctx)
{
    struct x86_regs r;

    cpuid(ctx, first, 0, &r);
    if ( r.a < first || (r.a ^ first) & 0xffff0000U )
        return;

    for ( uint32_t leaf = first; leaf <= (r.a < last ? r.a : last); leaf++ )
        read_leaf(p, x86_leaf_find(leaf), cpuid, ctx);
}

void x86_policy_read(struct cpu_policy *p, x86_cpuid_fn *cpuid, void *ctx)
{
    memset(p, 0, sizeof(*p));
    read_range(p, 0, X86_MAX_BASIC_LEAF, cpuid, ctx);
    read_xstate(p, cpuid, ctx);
    read_range(p, 0x80000000U, X86_MAX_EXT_LEAF, cpuid, ctx);
    x86_policy_recalc_vendor(p);

    if ( p->vendor & (X86_VENDOR_CENTAUR | X86_VENDOR_SHANGHAI) )
        read_range(p, X86_CENTAUR_LEAF, X86_CENTAUR_LEAF + 1, cpuid, ctx);
}

/* Kinds in which CPUs of one host must not differ. */
static uint64_t relevant(const struct cpu_policy *p, bool is_msr,
                         unsigned int i)
{
    enum x86_layout layout = x86_vendor_layout(p->vendor);
    static const uint8_t kinds[] = {
        X86_KIND_FEATURE, X86_KIND_LIMIT, X86_KIND_EQUAL, X86_KIND_DERIVED,
        X86_KIND_OWN,
    };
    uint64_t mask = 0;

    for ( unsigned int k = 0; k < sizeof(kinds); k++ )
        mask |= is_msr ? x86_kind_msrs[layout][kinds[k]][i]
                       : x86_kind_words[layout][kinds[k]][i];

    return mask;
}

void x86_cpu_differences(const struct cpu_policy *boot,
                         const struct cpu_policy *other, unsigned int cpu,
                         void (*report)(void *ctx,
                                        const struct x86_cpu_difference *d),
                         void *ctx)
{
    for ( unsigned int i = 0; i < X86_NR_WORDS + X86_NR_MSR_SLOTS; i++ )
    {
        bool is_msr = i >= X86_NR_WORDS;
        struct x86_cpu_difference d = {
            .cpu = cpu, .is_msr = is_msr,
            .index = is_msr ? i - X86_NR_WORDS : i,
        };

        d.boot = is_msr ? boot->msr[d.index] : boot->word[i];
        d.other = is_msr ? other->msr[d.index] : other->word[i];
        d.mask = (d.boot ^ d.other) & relevant(boot, is_msr, d.index);
        if ( d.mask )
            report(ctx, &d);
    }
}
