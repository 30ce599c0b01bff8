/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CPU templates in memory. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "template.h"

void template_dispose(struct cpu_template *t)
{
    for ( size_t i = 0; i < t->nr_leaves; i++ )
        free(t->leaves[i].modifiers);

    free(t->capabilities);
    free(t->leaves);
    free(t->msrs);
    free(t->features);
    free(t->regs);
    notes_dispose(&t->notes);
    memset(t, 0, sizeof(*t));
}

static int growth_error(int rc, const char *what, unsigned int limit,
                        cpupolicy_error *err)
{
    if ( rc == -E2BIG )
        return cpupolicy_error_set(err, E2BIG, 0, "more than %u %s", limit,
                                   what);
    if ( rc )
        return cpupolicy_error_set(err, -rc, 0, "out of memory");

    return 0;
}

/* A void ** to a typed pointer is an alias that C does not allow. */
#define APPEND(t, list, row, limit, what, err)                             \
({                                                                         \
    void *room_ = (t)->list;                                               \
    int rc_ = array_room(&room_, (t)->nr_##list, &(t)->max_##list,         \
                         sizeof(*(t)->list), limit);                       \
                                                                           \
    (t)->list = room_;                                                     \
    if ( !rc_ )                                                            \
        (t)->list[(t)->nr_##list++] = (row);                               \
    growth_error(rc_, what, limit, err);                                   \
})

int template_add_capability(struct cpu_template *t,
                            const struct template_capability *row,
                            cpupolicy_error *err)
{
    return APPEND(t, capabilities, *row, TEMPLATE_MAX_ENTRIES,
                  "capabilities", err);
}

int template_add_leaf(struct cpu_template *t, uint32_t leaf, uint32_t subleaf,
                      uint32_t flags, cpupolicy_error *err)
{
    struct template_leaf row = {
        .leaf = leaf, .subleaf = subleaf, .flags = flags,
    };

    return APPEND(t, leaves, row, TEMPLATE_MAX_LEAVES, "CPUID entries", err);
}

int template_add_msr(struct cpu_template *t, const struct template_msr *row,
                     cpupolicy_error *err)
{
    return APPEND(t, msrs, *row, TEMPLATE_MAX_ENTRIES, "MSRs", err);
}

int template_add_feature(struct cpu_template *t,
                         const struct template_feature *row,
                         cpupolicy_error *err)
{
    return APPEND(t, features, *row, TEMPLATE_MAX_ENTRIES, "vCPU features",
                  err);
}

int template_add_reg(struct cpu_template *t, const struct template_reg *row,
                     cpupolicy_error *err)
{
    return APPEND(t, regs, *row, TEMPLATE_MAX_ENTRIES, "registers", err);
}

int template_add_modifier(struct cpu_template *t,
                          const struct template_modifier *row,
                          cpupolicy_error *err)
{
    struct template_leaf *l = &t->leaves[t->nr_leaves - 1];

    return APPEND(l, modifiers, *row, TEMPLATE_MAX_MODIFIERS,
                  "modifiers of one CPUID entry", err);
}

int template_copy_capabilities(struct cpu_template *to,
                               const struct cpu_template *from,
                               cpupolicy_error *err)
{
    int rc = 0;

    for ( size_t i = 0; !rc && i < from->nr_capabilities; i++ )
        rc = template_add_capability(to, &from->capabilities[i], err);

    return rc;
}

static bool leaf_equal(const struct template_leaf *a,
                       const struct template_leaf *b)
{
    if ( a->leaf != b->leaf || a->subleaf != b->subleaf ||
         a->flags != b->flags || a->nr_modifiers != b->nr_modifiers )
        return false;

    for ( size_t i = 0; i < a->nr_modifiers; i++ )
        if ( a->modifiers[i].reg != b->modifiers[i].reg ||
             !adjust_bits_equal(&a->modifiers[i].bits,
                                &b->modifiers[i].bits) )
            return false;

    return true;
}

static bool x86_equal(const struct cpu_template *a,
                      const struct cpu_template *b)
{
    if ( a->nr_leaves != b->nr_leaves || a->nr_msrs != b->nr_msrs )
        return false;

    for ( size_t i = 0; i < a->nr_leaves; i++ )
        if ( !leaf_equal(&a->leaves[i], &b->leaves[i]) )
            return false;

    for ( size_t i = 0; i < a->nr_msrs; i++ )
        if ( a->msrs[i].index != b->msrs[i].index ||
             !adjust_bits_equal(&a->msrs[i].bits, &b->msrs[i].bits) )
            return false;

    return true;
}

static bool aarch64_equal(const struct cpu_template *a,
                          const struct cpu_template *b)
{
    if ( a->nr_features != b->nr_features || a->nr_regs != b->nr_regs )
        return false;

    for ( size_t i = 0; i < a->nr_features; i++ )
        if ( a->features[i].index != b->features[i].index ||
             !adjust_bits_equal(&a->features[i].bits, &b->features[i].bits) )
            return false;

    for ( size_t i = 0; i < a->nr_regs; i++ )
        if ( a->regs[i].id != b->regs[i].id ||
             !adjust_bits_equal(&a->regs[i].bits, &b->regs[i].bits) )
            return false;

    return true;
}

static bool capabilities_equal(const struct cpu_template *a,
                               const struct cpu_template *b)
{
    if ( a->nr_capabilities != b->nr_capabilities )
        return false;

    for ( size_t i = 0; i < a->nr_capabilities; i++ )
        if ( a->capabilities[i].number != b->capabilities[i].number ||
             a->capabilities[i].remove != b->capabilities[i].remove )
            return false;

    return true;
}

bool template_equal(const struct cpu_template *a,
                    const struct cpu_template *b)
{
    return capabilities_equal(a, b) && x86_equal(a, b) && aarch64_equal(a, b);
}
