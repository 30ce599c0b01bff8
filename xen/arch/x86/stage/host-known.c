/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Host max, first: all CPUs of the machine, as far as a policy knows them. */

#include "../rule.h"

static void limit(uint32_t *reg, uint32_t max)
{
    if ( *reg > max )
        *reg = max;
}

static void clamp_leaves(struct x86_derive *d)
{
    limit(&d->p->leaf[X86_SLOT_0].a, X86_MAX_BASIC_LEAF);
    limit(&d->p->leaf[X86_SLOT_7].a, X86_NR_SUBLEAVES_7 - 1);
    limit(&d->p->leaf[X86_SLOT_80000000].a, X86_MAX_EXT_LEAF);
    x86_policy_trim(d->p);
}

/* Numbers that are a limit: the lowest of all CPUs. */
static void merge_limits(struct cpu_policy *p, const struct cpu_policy *cpu)
{
    unsigned int layout = 1u << x86_vendor_layout(p->vendor);

    for ( unsigned int i = 0; i < X86_NR_LIMIT_FIELDS; i++ )
    {
        const struct x86_limit_field *f = &x86_limit_fields[i];
        uint64_t mine = f->is_msr ? p->msr[f->index] : p->word[f->index];
        uint64_t other = f->is_msr ? cpu->msr[f->index]
                                   : cpu->word[f->index];

        if ( !(f->layouts & layout) || (mine & f->mask) <= (other & f->mask) )
            continue;

        mine = (mine & ~f->mask) | (other & f->mask);
        if ( f->is_msr )
            p->msr[f->index] = mine;
        else
            p->word[f->index] = mine;
    }
}

/*
 * Features that all CPUs have, warnings of any CPU, and the lowest limits
 * (kinds of the tables).
 */
static void merge_cpu(struct cpu_policy *p, const struct cpu_policy *cpu)
{
    enum x86_layout layout = x86_vendor_layout(p->vendor);
    x86_featureset fs, mine, other;

    x86_policy_to_featureset(p, mine);
    x86_policy_to_featureset(cpu, other);
    for ( unsigned int i = 0; i < X86_NR_FEATURE_WORDS; i++ )
        fs[i] = (mine[i] & other[i]) |
                ((mine[i] | other[i]) & x86_features_accumulate[i]);
    x86_keep_warnings(fs, mine);
    x86_keep_warnings(fs, other);
    x86_featureset_to_policy(fs, p);

    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        p->word[i] &= cpu->word[i] |
            ~x86_kind_words[layout][X86_KIND_FEATURE][i];
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        p->msr[i] &= cpu->msr[i] | ~x86_kind_msrs[layout][X86_KIND_FEATURE][i];

    merge_limits(p, cpu);
}

static void every_cpu(struct x86_derive *d)
{
    for ( unsigned int i = 1; i < d->in->nr_cpus; i++ )
    {
        merge_cpu(d->p, &d->in->cpus[i]);
        x86_derive_step(d, i);
    }
}

static void keep_known(struct x86_derive *d)
{
    x86_featureset fs;

    x86_policy_to_featureset(d->p, fs);
    for ( unsigned int i = 0; i < X86_NR_FEATURE_WORDS; i++ )
        fs[i] &= x86_features_known[i];
    x86_featureset_to_policy(fs, d->p);

    /* COMMON_1D is not part of the featureset: those bits are copies. */
    d->p->leaf[X86_SLOT_80000001].d |=
        d->all->policy[X86_POLICY_RAW].leaf[X86_SLOT_80000001].d &
        X86_COMMON_1D;
}

const struct x86_rule x86_host_known_rules[] = {
    {
        .id = "host-every-cpu", .stages = ST(HOST_MAX), .apply = every_cpu,
        .reason = "not every CPU of this host has it",
    },
    {
        .id = "host-leaf-capacity", .stages = ST(HOST_MAX),
        .apply = clamp_leaves,
        .reason = "beyond the highest leaf that a policy holds",
    },
    {
        .id = "host-known", .stages = ST(HOST_MAX), .apply = keep_known,
        .reason = "the tables know no feature by this bit",
    },
    { .id = NULL },
};
