/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Leaves of levels that may contradict themselves, in the nearest form that
 * does not.  A repaired leaf is its own repair: judging relies on it.
 */

#include "topology-private.h"

#define MAX_SHIFT 31u                   /* LEVEL_SHIFT has 5 bits */

static struct topology_level found_level(const struct x86_regs *regs)
{
    return (struct topology_level){
        .type = (regs->c & LEVEL_TYPE) >> 8,
        .shift = regs->a & LEVEL_SHIFT,
        .count = regs->b & X86_LEVEL_COUNT,
    };
}

/*
 * Type and count are both zero where there is nothing, and both not where
 * there is; of a leaf of which one bit was lost or added, the majority of
 * its first two levels tells which it was.
 */
static bool says_something(const struct cpu_policy *p,
                           const struct topology_leaf *leaf)
{
    struct topology_level l0 = found_level(&p->leaf[leaf->slot]);
    struct topology_level l1 = found_level(&p->leaf[leaf->slot + 1]);

    return !!l0.type + !!l0.count + !!l1.type + !!l1.count >= 2;
}

/* More than one number of a further level has to say that it is there. */
static bool is_level(const struct topology_level *l)
{
    return !!l->type + !!l->count + !!l->shift >= 2;
}

static unsigned int repaired_type(const struct topology_leaf *leaf,
                                  unsigned int i, unsigned int type,
                                  unsigned int prev)
{
    if ( i < leaf->nr_fixed )
        return i + 1;

    return type > prev && type <= leaf->max_type ? type : prev + 1;
}

/* A whole number of what is below, in as many bits as hold it. */
static void fit(struct topology_level *l, const struct topology_level *below)
{
    uint32_t ratio = l->count / below->count;
    unsigned int need;

    if ( !ratio )
        ratio = 1;
    need = below->shift + width_of(ratio);
    if ( need > MAX_SHIFT )
    {
        need = MAX_SHIFT;
        ratio = 1u << (MAX_SHIFT - below->shift);
    }

    l->count = ratio * below->count;
    if ( l->shift < need )
        l->shift = need;
}

void x86_topology_repair(const struct cpu_policy *p,
                         const struct topology_leaf *leaf,
                         struct topology_levels *levels)
{
    struct topology_level below = { .count = 1 };

    *levels = (struct topology_levels){ .nr = 0 };
    if ( !x86_leaf_in_range(p, leaf->leaf) || !says_something(p, leaf) )
        return;

    for ( unsigned int i = 0; i < leaf->nr; i++ )
    {
        struct topology_level l = found_level(&p->leaf[leaf->slot + i]);

        if ( i > 1 && !is_level(&l) )
            break;

        l.type = repaired_type(leaf, i, l.type, below.type);
        if ( l.type > leaf->max_type )
            break;

        fit(&l, &below);

        levels->level[levels->nr++] = below = l;
    }
}
