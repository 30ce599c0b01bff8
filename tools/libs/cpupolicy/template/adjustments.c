/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Templates as adjustments, and back. */
#include <errno.h>
#include <stdlib.h>

#include "template.h"

static void add_leaf(struct adjustments *all, const struct template_leaf *l)
{
    for ( size_t i = 0; i < l->nr_modifiers; i++ )
        all->entries[all->nr_entries++] = (struct adjustment){
            .key = {
                .kind = ADJUST_CPUID,
                .reg = l->modifiers[i].reg,
                .flags = l->flags,
                .id = (uint64_t)l->leaf << 32 | l->subleaf,
            },
            .bits = l->modifiers[i].bits,
        };
}

static size_t count_entries(const struct cpu_template *t)
{
    size_t nr = t->nr_msrs + t->nr_regs;

    for ( size_t i = 0; i < t->nr_leaves; i++ )
        nr += t->leaves[i].nr_modifiers;

    return nr;
}

static void add_entries(struct adjustments *all, const struct cpu_template *t)
{
    for ( size_t i = 0; i < t->nr_leaves; i++ )
        add_leaf(all, &t->leaves[i]);

    for ( size_t i = 0; i < t->nr_msrs; i++ )
        all->entries[all->nr_entries++] = (struct adjustment){
            .key = { .kind = ADJUST_MSR, .id = t->msrs[i].index },
            .bits = t->msrs[i].bits,
        };

    for ( size_t i = 0; i < t->nr_regs; i++ )
        all->entries[all->nr_entries++] = (struct adjustment){
            .key = { .kind = ADJUST_REG, .id = t->regs[i].id },
            .bits = t->regs[i].bits,
        };
}

int template_to_adjustments(const struct cpu_template *t,
                            struct adjustments *out, cpupolicy_error *err)
{
    struct adjustments all = { .max_entries = count_entries(t) };
    int rc;

    all.entries = calloc(all.max_entries ?: 1, sizeof(*all.entries));
    if ( !all.entries )
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");

    add_entries(&all, t);
    rc = adjustments_sort(&all, err);
    if ( rc )
        adjustments_dispose(&all);
    else
        *out = all;

    return rc;
}

static int put_cpuid(struct cpu_template *t, const struct adjustment *e,
                     cpupolicy_error *err)
{
    const struct template_leaf *last = t->leaves ?
        &t->leaves[t->nr_leaves - 1] : NULL;
    struct template_modifier m = { .reg = e->key.reg, .bits = e->bits };
    uint32_t leaf = e->key.id >> 32, subleaf = e->key.id;
    int rc = 0;

    if ( !last || last->leaf != leaf || last->subleaf != subleaf ||
         last->flags != e->key.flags )
        rc = template_add_leaf(t, leaf, subleaf, e->key.flags, err);

    return rc ?: template_add_modifier(t, &m, err);
}

static int put_entry(struct cpu_template *t, const struct adjustment *e,
                     cpupolicy_error *err)
{
    struct template_msr msr = { .index = e->key.id, .bits = e->bits };
    struct template_reg reg = { .id = e->key.id, .bits = e->bits };

    switch ( e->key.kind )
    {
    case ADJUST_CPUID:
        return put_cpuid(t, e, err);
    case ADJUST_MSR:
        return template_add_msr(t, &msr, err);
    default:
        return template_add_reg(t, &reg, err);
    }
}

int template_from_adjustments(const struct adjustments *from,
                              enum template_arch arch,
                              struct cpu_template *out, cpupolicy_error *err)
{
    struct cpu_template new = { .arch = arch };
    int rc = 0;

    for ( size_t i = 0; !rc && i < from->nr_entries; i++ )
        rc = put_entry(&new, &from->entries[i], err);

    if ( rc )
        template_dispose(&new);
    else
        *out = new;

    return rc;
}
