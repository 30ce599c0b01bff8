/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Templates onto a guest's configuration, and configurations as templates. */
#include <errno.h>
#include <string.h>

#include "guest/guest.h"
#include "template.h"

static void apply_modifiers(struct dump_leaf *row,
                            const struct template_leaf *l)
{
    row->flags = l->flags;

    for ( size_t i = 0; i < l->nr_modifiers; i++ )
    {
        uint32_t *reg = &row->reg[l->modifiers[i].reg];

        *reg = adjust_bits_apply(&l->modifiers[i].bits, *reg);
    }
}

int template_apply_leaves(struct dump_cpu *g, const struct cpu_template *t,
                          const char *owner, cpupolicy_error *err)
{
    /* All entries are looked for before the first one is changed. */
    for ( size_t i = 0; i < t->nr_leaves; i++ )
        if ( !dump_leaf_at(g, t->leaves[i].leaf, t->leaves[i].subleaf) )
            return cpupolicy_error_set(err, ENOENT, 0,
                "Template changes a CPUID entry not supported by %s: "
                "Leaf: %x, Subleaf: %x", owner, t->leaves[i].leaf,
                t->leaves[i].subleaf);

    for ( size_t i = 0; i < t->nr_leaves; i++ )
        apply_modifiers(dump_leaf_at(g, t->leaves[i].leaf,
                                     t->leaves[i].subleaf),
                        &t->leaves[i]);

    return 0;
}

int template_apply_msrs(struct dump_cpu *g, const struct cpu_template *t,
                        const char *owner, cpupolicy_error *err)
{
    for ( size_t i = 0; i < t->nr_msrs; i++ )
        if ( !dump_msr_at(g, t->msrs[i].index) )
            return cpupolicy_error_set(err, ENOENT, 0,
                "Template changes an MSR entry not supported by %s: 0x%x",
                owner, t->msrs[i].index);

    for ( size_t i = 0; i < t->nr_msrs; i++ )
    {
        struct dump_msr *msr = dump_msr_at(g, t->msrs[i].index);

        msr->value = adjust_bits_apply(&t->msrs[i].bits, msr->value);
    }

    return 0;
}

static int put_leaf(struct cpu_template *t, const struct dump_leaf *l,
                    cpupolicy_error *err)
{
    int rc = template_add_leaf(t, l->leaf, l->subleaf, l->flags, err);

    for ( unsigned int reg = 0; !rc && reg < 4; reg++ )
    {
        struct template_modifier m = {
            .reg = reg, .bits = adjust_bits_full(l->reg[reg], 32),
        };

        rc = template_add_modifier(t, &m, err);
    }

    return rc;
}

int template_from_guest(const struct dump_cpu *g, bool host_is_amd,
                        struct cpu_template *out, cpupolicy_error *err)
{
    struct cpu_template new = { .arch = TEMPLATE_X86_64 };
    int rc = 0;

    for ( size_t i = 0; !rc && i < g->nr_leaves; i++ )
        rc = put_leaf(&new, &g->leaves[i], err);

    for ( size_t i = 0; !rc && i < g->nr_msrs; i++ )
    {
        struct template_msr row = {
            .index = g->msrs[i].index,
            .bits = adjust_bits_full(g->msrs[i].value, 64),
        };

        if ( guest_msr_is_dumped(row.index, host_is_amd) )
            rc = template_add_msr(&new, &row, err);
    }

    if ( rc )
        template_dispose(&new);
    else
        *out = new;

    return rc;
}
