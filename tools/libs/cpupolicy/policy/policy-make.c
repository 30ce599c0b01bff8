/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Policies made and edited in memory. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policy.h"

static int no_memory(cpupolicy_error *err)
{
    return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");
}

/* ---- from rows ---------------------------------------------------------- */

/* A policy that is being filled in, and what has been stated of it. */
struct making {
    struct cpu_policy *p;
    bool leaf[X86_NR_SLOTS], msr[X86_NR_MSR_SLOTS];
    cpupolicy_error *err;
};

static int bad_leaf(struct making *m, const cpupolicy_leaf *l,
                    const char *why)
{
    if ( l->subleaf == CPUPOLICY_NO_SUBLEAF )
        return cpupolicy_error_set(m->err, EINVAL, 0, "leaf 0x%x: %s",
                                   l->leaf, why);

    return cpupolicy_error_set(m->err, EINVAL, 0, "leaf 0x%x subleaf 0x%x: "
                               "%s", l->leaf, l->subleaf, why);
}

/* Formats, and people, differ in how they write "no subleaf". */
static int slot_of(const cpupolicy_leaf *l)
{
    const struct x86_leaf_desc *d = x86_leaf_find(l->leaf);
    uint32_t subleaf = l->subleaf;

    if ( d && d->stop == X86_STOP_PLAIN && !subleaf )
        subleaf = X86_NO_SUBLEAF;
    else if ( d && d->stop != X86_STOP_PLAIN &&
              subleaf == CPUPOLICY_NO_SUBLEAF )
        subleaf = 0;

    return x86_slot_find(l->leaf, subleaf);
}

static int add_leaf(struct making *m, const cpupolicy_leaf *l)
{
    int slot = slot_of(l);

    if ( slot < 0 )
        return bad_leaf(m, l, "a policy has no such leaf or subleaf");
    if ( m->leaf[slot] )
        return bad_leaf(m, l, "stated twice");
    m->leaf[slot] = true;
    m->p->leaf[slot] = (struct x86_regs){ l->eax, l->ebx, l->ecx, l->edx };

    return 0;
}

static int add_msr(struct making *m, const cpupolicy_msr *msr)
{
    const struct xen_cpu_policy_msr entry = { msr->index, 0, msr->value };
    int slot = x86_msr_slot_find(msr->index);
    const char *why = NULL;

    if ( slot < 0 )
        why = "a policy has no such MSR";
    else if ( m->msr[slot] )
        why = "stated twice";
    else if ( x86_policy_from_msrs(m->p, &x86_abi_full, &entry, 1, NULL) )
        why = "a policy holds fewer bits of it";
    if ( why )
        return cpupolicy_error_set(m->err, EINVAL, 0, "MSR 0x%x: %s",
                                   msr->index, why);
    m->msr[slot] = true;

    return 0;
}

int cpupolicy_new(cpupolicy **out, const cpupolicy_leaf *leaves,
                  size_t nr_leaves, const cpupolicy_msr *msrs,
                  size_t nr_msrs, cpupolicy_error *err)
{
    cpupolicy *p = calloc(1, sizeof(*p));
    struct making m = { .err = err };
    int rc = 0;

    if ( !p )
        return no_memory(err);

    m.p = &p->policy;
    for ( size_t i = 0; !rc && i < nr_leaves; i++ )
        rc = add_leaf(&m, &leaves[i]);
    for ( size_t i = 0; !rc && i < nr_msrs; i++ )
        rc = add_msr(&m, &msrs[i]);

    if ( rc )
    {
        free(p);
        return rc;
    }

    x86_policy_recalc_vendor(m.p);
    *out = p;

    return 0;
}

int cpupolicy_copy(cpupolicy **out, const cpupolicy *p, cpupolicy_error *err)
{
    cpupolicy *copy;

    if ( p->refused )
        return cpupolicy_error_set(err, EINVAL, 0, "the request has rows "
                                   "that a policy has no place for");
    copy = calloc(1, sizeof(*copy));
    if ( !copy )
        return no_memory(err);

    copy->policy = p->policy;
    *out = copy;

    return 0;
}

void cpupolicy_free(cpupolicy *p)
{
    free(p);
}

void cpupolicy_violations_free(cpupolicy_violation *list)
{
    free(list);
}

/* ---- from text ---------------------------------------------------------- */

static const struct dump_cpu *only_cpu(const struct dump *d, const char *name,
                                       cpupolicy_error *err)
{
    const struct dump_section *s = name ? dump_find_section(d, name)
        : d->nr_sections == 1 ? &d->sections[0] : NULL;

    if ( !s && name )
        cpupolicy_error_set(err, ENOENT, 0, "holds no policy '%.40s'", name);
    else if ( !s )
        cpupolicy_error_set(err, ENOENT, 0, "holds %zu policies; name one",
                            d->nr_sections);
    else if ( s->nr_cpus != 1 )
        cpupolicy_error_set(err, EINVAL, 0, "holds %zu CPUs, and a policy is "
                            "of one", s->nr_cpus);
    else
        return &s->cpus[0];

    return NULL;
}

/* Dumps list zeros of places that a policy does not have; they say nothing. */
static int from_cpu(cpupolicy **out, const struct dump_cpu *cpu,
                    cpupolicy_error *err)
{
    cpupolicy_leaf *leaves = malloc((cpu->nr_leaves + 1) * sizeof(*leaves));
    cpupolicy_msr *msrs = malloc((cpu->nr_msrs + 1) * sizeof(*msrs));
    size_t nr = 0, nr_msrs = 0;
    int rc = leaves && msrs ? 0 : no_memory(err);

    for ( size_t i = 0; !rc && i < cpu->nr_leaves; i++ )
    {
        const struct dump_leaf *l = &cpu->leaves[i];

        leaves[nr] = (cpupolicy_leaf){
            l->leaf, l->subleaf, l->reg[0], l->reg[1], l->reg[2], l->reg[3],
        };
        nr += (l->reg[0] | l->reg[1] | l->reg[2] | l->reg[3]) ||
              slot_of(&leaves[nr]) >= 0;
    }
    for ( size_t i = 0; !rc && i < cpu->nr_msrs; i++ )
    {
        const struct dump_msr *m = &cpu->msrs[i];

        msrs[nr_msrs] = (cpupolicy_msr){ m->index, m->value };
        nr_msrs += !m->failed && (m->value ||
                                  x86_msr_slot_find(m->index) >= 0);
    }

    if ( !rc )
        rc = cpupolicy_new(out, leaves, nr, msrs, nr_msrs, err);
    free(leaves);
    free(msrs);

    return rc;
}

int cpupolicy_parse(cpupolicy **out, const void *bytes, size_t nr_bytes,
                    const char *section, cpupolicy_error *err)
{
    const struct dump_input in = { bytes, nr_bytes };
    cpupolicy_error own = { 0 };
    const struct dump_cpu *cpu;
    struct dump d = { 0 };
    int rc = policy_dump_parse(&in, &d, &own);

    if ( !rc && d.is_partial )
        rc = cpupolicy_error_set(&own, EINVAL, 0, "leaves bits open, so that "
                                 "it is no policy");
    if ( !rc )
    {
        cpu = only_cpu(&d, section, &own);
        rc = cpu ? from_cpu(out, cpu, &own) : -own.code;
    }
    dump_dispose(&d);
    if ( rc && err )
        *err = own;

    return rc;
}

/* ---- features ----------------------------------------------------------- */

int cpupolicy_feature_set(cpupolicy *p, size_t feature, bool on,
                          cpupolicy_error *err)
{
    const struct x86_feature_desc *d;
    const uint32_t *dependents;
    x86_featureset fs;

    if ( feature >= X86_NR_FEATURES )
        return cpupolicy_error_set(err, ENOENT, 0, "there is no feature %zu",
                                   feature);
    d = &x86_feature_descs[feature];

    for ( size_t i = 0; on && i < X86_NR_DIRECT_DEPS; i++ )
    {
        const struct x86_direct_dep *dep = &x86_direct_deps[i];

        if ( dep->dependent == d->value &&
             !x86_policy_has(&p->policy, dep->prerequisite) )
            return cpupolicy_error_set(err, EINVAL, 0, "%s needs %s, which "
                                       "the policy lacks", d->name,
                                       x86_feature_find(dep->prerequisite)
                                           ->name);
    }

    x86_policy_to_featureset(&p->policy, fs);
    dependents = x86_deep_deps_lookup(d->value);
    if ( on )
        x86_feature_set(fs, d->value);
    else
        x86_feature_clear(fs, d->value);
    for ( unsigned int i = 0; !on && dependents && i < X86_NR_FEATURE_WORDS;
          i++ )
        fs[i] &= ~dependents[i];
    x86_featureset_to_policy(fs, &p->policy);

    return 0;
}
