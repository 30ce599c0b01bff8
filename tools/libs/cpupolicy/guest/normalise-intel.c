/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Normalisation on Intel hosts. */
#include <errno.h>
#include <string.h>

#include "normalise-private.h"

#define BRAND_SIZE 48
static const char brand_default[] = "Intel(R) Xeon(R) Processor";

/* Every cache leaf also says how many cores the package has (eax[31:26]). */
static int fix_cache_leaves(struct dump_cpu *g,
                            const struct normalise_vcpu *cpu,
                            cpupolicy_error *err)
{
    static const uint32_t none[4];
    int cores = (int)(cpu->count >> cpu->thread_bits) - 1;
    struct dump_leaf *l;

    for ( uint32_t i = 0; (l = dump_leaf_at(g, 4, i)) &&
                          memcmp(l->reg, none, sizeof(none)); i++ )
    {
        normalise_cache_sharing(l, cpu);

        if ( cores < 0 || cores > 63 )
            return cpupolicy_error_set(err, EINVAL, 0,
                "%u vCPUs with 2^%u threads per core do not fit the core "
                "count of CPUID leaf 0x4 (1 to 64)", cpu->count,
                cpu->thread_bits);

        normalise_bits(&l->reg[X86_REG_A], 31, 26, cores);
    }

    return 0;
}

/* Leaf 0x1f, where there is one, says what leaf 0xb says. */
static int fix_extended_topology(struct dump_cpu *g, cpupolicy_error *err)
{
    const struct dump_leaf *from;
    int rc = 0;

    if ( !dump_leaf_at(g, 0x1f, 0) )
        return 0;

    for ( uint32_t i = 0; !rc && (from = dump_leaf_at(g, 0xb, i)); i++ )
    {
        struct dump_leaf row = *from;

        row.leaf = 0x1f;
        rc = dump_put_leaf(g, &row, err);
    }

    return rc;
}

/*
 * Where the frequency begins in a brand string: the blank before "2.50GHz".
 * -1 if there is none.
 */
static int find_frequency(const char brand[BRAND_SIZE])
{
    for ( int i = 0; i + 3 <= BRAND_SIZE; i++ )
    {
        if ( !memchr("TGM", brand[i], 3) || memcmp(brand + i + 1, "Hz", 2) )
            continue;

        while ( i > 0 && memchr("0123456789.", brand[i - 1], 11) )
            i--;

        return i > 0 && brand[i - 1] == ' ' ? i - 1 : -1;
    }

    return -1;
}

/* The model is hidden; the frequency shows, if there is room for it. */
static int fix_brand(struct dump_cpu *g, const struct normalise_vcpu *cpu,
                     cpupolicy_error *err)
{
    static const char separator[] = " @";
    const size_t nr = sizeof(brand_default) - 1 + sizeof(separator) - 1;
    char host[BRAND_SIZE], brand[BRAND_SIZE] = { 0 };
    int start;

    for ( unsigned int i = 0; i < 3; i++ )
    {
        uint32_t regs[4];

        cpu->host(cpu->ctx, 0x80000002 + i, 0, regs);
        memcpy(host + i * sizeof(regs), regs, sizeof(regs));
    }

    memcpy(brand, brand_default, sizeof(brand_default));
    start = find_frequency(host);
    if ( start >= 0 && nr + (BRAND_SIZE - start) <= BRAND_SIZE )
    {
        memcpy(brand + sizeof(brand_default) - 1, separator,
               sizeof(separator));
        memcpy(brand + nr, host + start, BRAND_SIZE - start);
    }

    return normalise_brand(g, brand, err);
}

int normalise_intel(struct dump_cpu *g, const struct normalise_vcpu *cpu,
                    cpupolicy_error *err)
{
    static const struct normalise_fixed fixed[] = {
        { 6, 0, X86_REG_A, 1U << 1, 0 },            /* turbo boost */
        { 6, 0, X86_REG_C, 1U << 3, 0 },            /* energy bias */
        { 7, 0, X86_REG_B, 1U << 6, 1U << 6 },      /* x87 FDP only on #XM */
        { 7, 0, X86_REG_B, 1U << 13, 1U << 13 },    /* FCS and FDS are 0 */
        { 7, 0, X86_REG_C, 1U << 5, 0 },            /* UMWAIT would stall */
        { 0xa, 0, X86_REG_A, ~0U, 0 },              /* no PMU */
        { 0xa, 0, X86_REG_B, ~0U, 0 },
        { 0xa, 0, X86_REG_C, ~0U, 0 },
        { 0xa, 0, X86_REG_D, ~0U, 0 },
    };

    return fix_cache_leaves(g, cpu, err) ?:
           normalise_fix(g, fixed, ARRAY_SIZE(fixed), err) ?:
           fix_extended_topology(g, err) ?:
           fix_brand(g, cpu, err);
}
