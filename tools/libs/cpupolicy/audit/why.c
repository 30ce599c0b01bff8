/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Why the limit lacks what a request asks for: what the derivation recorded,
 * what this kind of domain cannot have, or what the CPU never had.
 */

#include <string.h>

#include "request.h"

/* Kinds whose limit is the host's to give, not the toolstack's to choose. */
static uint64_t given_bits(enum x86_layout layout, bool is_msr,
                           unsigned int index)
{
    static const uint8_t kinds[] = {
        X86_KIND_RESERVED, X86_KIND_FEATURE, X86_KIND_LIMIT, X86_KIND_EQUAL,
        X86_KIND_DYNAMIC, X86_KIND_HIDDEN,
    };
    uint64_t bits = 0;

    for ( size_t i = 0; i < sizeof(kinds); i++ )
        bits |= is_msr ? x86_kind_msrs[layout][kinds[i]][index]
                       : x86_kind_words[layout][kinds[i]][index];

    return bits;
}

static uint64_t value_at(const struct cpu_policy *p, bool is_msr,
                         unsigned int index)
{
    return is_msr ? p->msr[index] : p->word[index];
}

/* Bits of a register in the limit, to be explained. */
struct question {
    const cpupolicy_source *src;
    const cpupolicy_domain_kind *kind;
    bool is_msr;
    unsigned int index;
    uint64_t bits, limit;       /* limit: the whole register there */
};

static bool is_at(const struct question *q, const cpupolicy_change *c)
{
    const struct x86_slot_desc *s;

    if ( c->is_msr != q->is_msr )
        return false;
    if ( q->is_msr )
        return c->msr == x86_msr_descs[q->index].index;

    s = &x86_slot_descs[q->index / 4];

    return c->leaf == s->leaf && c->subleaf == s->subleaf &&
           c->reg == q->index % 4;
}

/* The last change of these bits before the type's max policy. */
static const cpupolicy_change *find_cause(const struct question *q)
{
    int which = q->kind->hvm ? CPUPOLICY_HVM_MAX : CPUPOLICY_PV_MAX;

    for ( ; which >= 0; which = which == CPUPOLICY_RAW
                                ? -1 : (int)cpupolicy_which_parent(which) )
        for ( size_t i = q->src->nr_changes; i--; )
        {
            const cpupolicy_change *c = &q->src->changes[i];

            if ( (int)c->policy == which && is_at(q, c) &&
                 ((c->before ^ c->after) & q->bits) )
                return c;
        }

    return NULL;
}

/* ---- the domain ------------------------------------------------------- */

static void not_shadow(cpupolicy_domain_kind *k)
{
    k->shadow = false;
}

static void nested(cpupolicy_domain_kind *k)
{
    k->nested = k->hvm;
}

static void not_pv32(cpupolicy_domain_kind *k)
{
    k->pv32 = false;
}

static void vpmu(cpupolicy_domain_kind *k)
{
    k->vpmu = true;
}

static void no_width(cpupolicy_domain_kind *k)
{
    k->max_phys_bits = 0;
}

/* What a domain can be that takes something from its type's maximum. */
static const struct {
    const char *why;
    void (*otherwise)(cpupolicy_domain_kind *k);
} takers[] = {
    { "no domain with shadow paging has it", not_shadow },
    { "no domain without nested virtualisation has it", nested },
    { "no 32-bit PV domain has it", not_pv32 },
    { "no domain without a virtual PMU has it", vpmu },
    { "the domain's physical addresses are limited", no_width },
};

/* Would another kind of domain have other bits there? */
static const char *taken_by(const struct question *q)
{
    for ( size_t i = 0; i < sizeof(takers) / sizeof(takers[0]); i++ )
    {
        cpupolicy_domain_kind kind = *q->kind;
        struct cpu_policy limit;

        takers[i].otherwise(&kind);
        if ( !memcmp(&kind, q->kind, sizeof(kind)) )
            continue;
        source_limit(q->src, &kind, &limit);
        if ( (value_at(&limit, q->is_msr, q->index) ^ q->limit) & q->bits )
            return takers[i].why;
    }

    return NULL;
}

/* ---- the whole -------------------------------------------------------- */

static void answer(const struct question *q, cpupolicy_violation *v)
{
    v->why = taken_by(q);
    if ( v->why )
        return;

    v->cause = find_cause(q);
    if ( v->cause )
        v->why = v->cause->reason;
    else if ( x86_unknown_has(&q->src->unknown, q->is_msr
                              ? x86_input_msr(q->index)
                              : x86_input_leaf(q->index / 4)) )
        v->why = "unknown: the leaf or MSR that says so is not in the dump";
    else if ( q->src->present[CPUPOLICY_RAW] && q->src->nr_cpus )
        v->why = q->limit & q->bits ? "the CPU has another value"
                                    : "the CPU does not have it";
}

/* A feature that the request lacks: did it have a choice? */
static bool ask_about_needed(struct question *q, const cpupolicy_violation *v,
                             const struct cpu_policy *limit)
{
    unsigned int feature = x86_feature_descs[v->needs].value;
    const struct x86_word_desc *w = &x86_word_descs[feature / 32];
    unsigned int shift = 0;

    q->is_msr = w->slot == X86_WORD_IN_MSR;
    q->index = q->is_msr ? w->msr_slot : w->slot * 4u + w->reg;
    if ( q->is_msr )
        shift = w->reg * 32;
    q->bits = 1ULL << (feature % 32 + shift);
    q->limit = value_at(limit, q->is_msr, q->index);

    return !(q->limit & q->bits);
}

/* The bits of a violation that have to be as the limit has them. */
static bool ask_about_bits(struct question *q, const cpupolicy_violation *v,
                           const struct cpu_policy *limit)
{
    int slot = v->is_msr ? x86_msr_slot_find(v->msr)
                         : x86_slot_find(v->leaf, v->subleaf);

    if ( slot < 0 )
        return false;

    q->is_msr = v->is_msr;
    q->index = v->is_msr ? (unsigned int)slot : slot * 4 + v->reg;
    q->limit = value_at(limit, q->is_msr, q->index);
    q->bits = (v->asked ^ q->limit) & v->mask &
              given_bits(x86_vendor_layout(limit->vendor), q->is_msr,
                         q->index);

    return q->bits && !((v->limit ^ q->limit) & q->bits);
}

void violation_explain(const cpupolicy_source *src,
                       const cpupolicy_domain_kind *kind,
                       const struct cpu_policy *limit,
                       cpupolicy_violation *v)
{
    struct question q = { .src = src, .kind = kind };

    if ( v->needs >= 0 ? ask_about_needed(&q, v, limit)
                       : ask_about_bits(&q, v, limit) )
        answer(&q, v);
}
