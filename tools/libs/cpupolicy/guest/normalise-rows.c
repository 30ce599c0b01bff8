/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the vendors' halves of normalisation share. */
#include <errno.h>
#include <string.h>

#include "normalise-private.h"

int normalise_need(struct dump_cpu *g, uint32_t leaf, uint32_t subleaf,
                   struct dump_leaf **out, cpupolicy_error *err)
{
    struct dump_leaf *l = dump_leaf_at(g, leaf, subleaf);

    if ( !l )
        return cpupolicy_error_set(err, ENOENT, 0,
            "CPUID leaf 0x%x, subleaf 0x%x, is missing: a guest cannot do "
            "without", leaf, subleaf);

    *out = l;

    return 0;
}

int normalise_fix(struct dump_cpu *g, const struct normalise_fixed *rows,
                  size_t nr, cpupolicy_error *err)
{
    struct dump_leaf *l = NULL;
    int rc = 0;

    for ( size_t i = 0; !rc && i < nr; i++ )
    {
        rc = normalise_need(g, rows[i].leaf, rows[i].subleaf, &l, err);
        if ( !rc )
            l->reg[rows[i].reg] = (l->reg[rows[i].reg] & ~rows[i].mask) |
                                  rows[i].value;
    }

    return rc;
}

int normalise_from_host(struct dump_cpu *g,
                        const struct normalise_vcpu *cpu, uint32_t leaf,
                        cpupolicy_error *err)
{
    struct dump_leaf *l = NULL;
    int rc = normalise_need(g, leaf, 0, &l, err);

    if ( !rc )
        cpu->host(cpu->ctx, leaf, 0, l->reg);

    return rc;
}

int normalise_brand(struct dump_cpu *g, const char brand[48],
                    cpupolicy_error *err)
{
    struct dump_leaf *l = NULL;
    int rc = 0;

    for ( unsigned int i = 0; !rc && i < 3; i++ )
    {
        rc = normalise_need(g, 0x80000002 + i, 0, &l, err);
        if ( !rc )
            memcpy(l->reg, brand + i * sizeof(l->reg), sizeof(l->reg));
    }

    return rc;
}

void normalise_cache_sharing(struct dump_leaf *l,
                             const struct normalise_vcpu *cpu)
{
    uint32_t *eax = &l->reg[X86_REG_A];
    unsigned int level = (*eax >> 5) & 7;

    if ( level == 1 || level == 2 )
        normalise_bits(eax, 25, 14, (1U << cpu->thread_bits) - 1);
    else if ( level == 3 )
        normalise_bits(eax, 25, 14, cpu->count - 1);
}
