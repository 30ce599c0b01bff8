/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Public views of a policy and of the tables of features and fields. */

#include <errno.h>
#include <string.h>

#include <arch/derive.h>

#include "distance.h"
#include "policy.h"

/* The library's own, after the core's. */
static const struct {
    const char *name;
    cpupolicy_which parent;
} own[] = {
    { "dom0", CPUPOLICY_PV_DEFAULT },
    { "dom0-pvh", CPUPOLICY_HVM_DEFAULT },
};
_Static_assert((int)CPUPOLICY_DOM0 == X86_NR_POLICIES &&
               CPUPOLICY_NR - CPUPOLICY_DOM0 == sizeof(own) / sizeof(own[0]),
               "the core's policies, and then our own");

const char *cpupolicy_which_name(cpupolicy_which which)
{
    if ( (unsigned int)which >= CPUPOLICY_NR )
        return NULL;

    return which < CPUPOLICY_DOM0 ? x86_policy_names[which]
                                  : own[which - CPUPOLICY_DOM0].name;
}

int cpupolicy_which_find(const char *name)
{
    for ( unsigned int i = 0; i < CPUPOLICY_NR; i++ )
        if ( !strcmp(name, cpupolicy_which_name(i)) )
            return i;

    return -ENOENT;
}

cpupolicy_which cpupolicy_which_parent(cpupolicy_which which)
{
    if ( (unsigned int)which >= CPUPOLICY_NR )
        return CPUPOLICY_NR;
    if ( which >= CPUPOLICY_DOM0 )
        return own[which - CPUPOLICY_DOM0].parent;

    return (cpupolicy_which)
        x86_policy_parent((enum x86_policy_index)which);
}

size_t cpupolicy_nr_features(void)
{
    return X86_NR_FEATURES;
}

bool cpupolicy_feature_at(size_t index, cpupolicy_feature *out)
{
    const struct x86_feature_desc *d;

    if ( index >= X86_NR_FEATURES )
        return false;

    d = &x86_feature_descs[index];
    *out = (cpupolicy_feature){
        .name = d->name, .word = d->value / 32, .bit = d->value % 32,
        .attributes = d->attributes, .description = d->description,
    };

    return true;
}

const char *cpupolicy_feature_name(size_t index)
{
    return index < X86_NR_FEATURES ? x86_feature_descs[index].name : NULL;
}

int feature_index(unsigned int value)
{
    const struct x86_feature_desc *d = x86_feature_find(value);

    return d ? (int)(d - x86_feature_descs) : -1;
}

int cpupolicy_feature_find(const char *name)
{
    const struct x86_feature_desc *d =
        x86_feature_lookup(name, strlen(name));

    return d ? (int)(d - x86_feature_descs) : -ENOENT;
}

unsigned int name_distance(const char *a, const char *b)
{
    return x86_name_distance(a, strlen(a), b, strlen(b));
}

size_t cpupolicy_feature_nearest(const char *name, const char **out,
                                 size_t nr)
{
    const struct x86_feature_desc *found[16];
    size_t n = x86_feature_nearest(name, strlen(name), found,
                                   nr < 16 ? nr : 16);

    for ( size_t i = 0; i < n; i++ )
        out[i] = found[i]->name;

    return n;
}

size_t cpupolicy_dependency_chain(size_t from, size_t to, size_t *chain,
                                  size_t nr)
{
    uint16_t path[X86_MAX_CHAIN];
    size_t n;

    if ( from >= X86_NR_FEATURES || to >= X86_NR_FEATURES )
        return 0;

    n = x86_dependency_chain(x86_feature_descs[from].value,
                             x86_feature_descs[to].value, path);
    if ( n > nr )
        return 0;

    for ( size_t i = 0; i < n; i++ )
        chain[i] = feature_index(path[i]);

    return n;
}

const char *cpupolicy_dependency_reason(size_t from, size_t to)
{
    for ( size_t i = 0; i < X86_NR_DIRECT_DEPS; i++ )
    {
        const struct x86_direct_dep *d = &x86_direct_deps[i];

        if ( from < X86_NR_FEATURES && to < X86_NR_FEATURES &&
             d->prerequisite == x86_feature_descs[from].value &&
             d->dependent == x86_feature_descs[to].value )
            return d->reason;
    }

    return NULL;
}

size_t cpupolicy_max_leaves(void)
{
    return x86_abi_full.max_leaves;
}

size_t cpupolicy_max_msrs(void)
{
    return x86_abi_full.max_msrs;
}

size_t cpupolicy_nr_words(void)
{
    return X86_NR_FEATURE_WORDS;
}

const char *cpupolicy_vendor(const cpupolicy *p)
{
    return x86_vendor_name(p->policy.vendor);
}

bool cpupolicy_has(const cpupolicy *p, size_t feature)
{
    return feature < X86_NR_FEATURES &&
           x86_policy_has(&p->policy, x86_feature_descs[feature].value);
}

void cpupolicy_featureset(const cpupolicy *p, uint32_t *words)
{
    x86_policy_to_featureset(&p->policy, words);
}

int cpupolicy_leaves(const cpupolicy *p, cpupolicy_leaf *out, size_t *nr)
{
    struct xen_cpu_policy_leaf leaves[X86_NR_SLOTS];
    uint32_t n = X86_NR_SLOTS;
    int rc = x86_policy_to_leaves(&p->policy, &x86_abi_full, leaves, &n);

    if ( rc )
        return rc;
    if ( n > *nr )
        return -ENOBUFS;

    for ( uint32_t i = 0; i < n; i++ )
        out[i] = (cpupolicy_leaf){
            leaves[i].leaf, leaves[i].subleaf,
            leaves[i].a, leaves[i].b, leaves[i].c, leaves[i].d,
        };
    *nr = n;

    return 0;
}

int cpupolicy_msrs(const cpupolicy *p, cpupolicy_msr *out, size_t *nr)
{
    if ( *nr < X86_NR_MSR_SLOTS )
        return -ENOBUFS;

    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        out[i] = (cpupolicy_msr){
            x86_msr_descs[i].index, p->policy.msr[i],
        };
    *nr = X86_NR_MSR_SLOTS;

    return 0;
}

const char *cpupolicy_platform_fact(size_t index, const char **meaning)
{
    if ( index >= x86_nr_platform_facts )
        return NULL;

    if ( meaning )
        *meaning = x86_platform_facts[index].meaning;

    return x86_platform_facts[index].option;
}
