/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include <xen/lib/x86/topology.h>

#include "audit-rich.h"
#include "policy-random.h"

#define MAX_HOSTS 8192u

/* Of the running test, which has a process of its own. */
static struct audit_host *hosts;
static unsigned int nr_hosts;
static struct random *rnd;
static const struct cpu_policy *limit;  /* of what is being mutated */

/* ---- valid requests --------------------------------------------------- */

static void add_host(void *ctx, const struct audit_host *h)
{
    (void)ctx;
    if ( nr_hosts < MAX_HOSTS )
        hosts[nr_hosts++] = *h;
}

static void add_rich(enum x86_layout layout, struct x86_domain_kind kind)
{
    static struct audit_host h = { .name = "rich" };

    h.kind = kind;
    audit_rich_limit(&h.max, audit_vendors[layout]);
    x86_domain_limit(&h.limit, &h.max, &kind);
    h.def = h.limit;
    add_host(NULL, &h);
}

unsigned int policy_random_start(struct random *r)
{
    rnd = r;
    nr_hosts = 0;
    hosts = calloc(MAX_HOSTS, sizeof(*hosts));
    ck_assert_ptr_nonnull(hosts);
    for ( unsigned int layout = 0; layout < X86_NR_LAYOUTS; layout++ )
    {
        struct x86_domain_kind kind = audit_rich_kind;

        add_rich(layout, kind);
        kind.max_phys_bits = 36;
        add_rich(layout, kind);
        kind.vpmu = kind.nested = false;
        add_rich(layout, kind);
    }
    audit_hosts_each(add_host, NULL);

    return nr_hosts;
}

void policy_random_end(void)
{
    free(hosts);
    hosts = NULL;
}

const struct audit_host *policy_random_host(void)
{
    return &hosts[random_below(rnd, nr_hosts)];
}

/* Fewer features, as a pool would have them. */
static void level_down(struct cpu_policy *p, const struct audit_host *h)
{
    x86_featureset fs;

    x86_policy_to_featureset(p, fs);
    for ( unsigned int n = random_below(rnd, 6); n; n-- )
    {
        const struct x86_feature_desc *f =
            &x86_feature_descs[random_below(rnd, X86_NR_FEATURES)];

        /* Those two follow the topology. */
        if ( f->kind == X86_KIND_FEATURE && f->value != X86_FEATURE_HTT &&
             f->value != X86_FEATURE_CMP_LEGACY )
            x86_feature_clear(fs, f->value);
    }
    x86_featureset_to_policy(fs, p);
    audit_intersect(p, &h->limit, &h->kind);
}

static void choose_topology(struct cpu_policy *p,
                            const struct audit_host *h)
{
    const struct x86_topology topo = {
        X86_APIC_IDS_BY_LEVEL, 1 + random_below(rnd, 3),
        1 + random_below(rnd, 9),
        1 + random_below(rnd, 2), 1 + random_below(rnd, 2), 1,
    };
    struct cpu_policy with = *p;

    if ( x86_topology_apply(&topo, &with) )
        return;
    x86_policy_recalc_derived(&with);
    if ( x86_policy_has(&h->limit, X86_FEATURE_HTT) &&
         (x86_policy_has(&h->limit, X86_FEATURE_TOPOEXT) ||
          !x86_policy_has(&with, X86_FEATURE_TOPOEXT)) )
        *p = with;
}

void policy_random_request(const struct audit_host *h,
                           struct cpu_policy *out)
{
    *out = random_below(rnd, 2) ? h->limit : h->def;
    if ( !random_below(rnd, 3) )
        level_down(out, h);
    if ( !random_below(rnd, 3) )
        choose_topology(out, h);
}

/* ---- mutations -------------------------------------------------------- */

static void mutate_bit(struct cpu_policy *p)
{
    if ( random_below(rnd, 8) )
        p->word[random_below(rnd, X86_NR_WORDS)] ^=
            1u << random_below(rnd, 32);
    else
        p->msr[random_below(rnd, X86_NR_MSR_SLOTS)] ^=
            1ULL << random_below(rnd, 64);
}

static void mutate_field(struct cpu_policy *p)
{
    bool is_msr = !random_below(rnd, 4);
    const struct x86_field_desc *f = is_msr
        ? &x86_msr_fields[random_below(rnd, X86_NR_MSR_FIELDS)]
        : &x86_fields[random_below(rnd, X86_NR_FIELDS)];
    uint64_t mask = (~0ULL >> (63 - f->hi)) & (~0ULL << f->lo);
    uint64_t value = (uint64_t)random_register(rnd) << f->lo;
    unsigned int slot = f->first_slot + random_below(rnd, f->nr_slots);

    if ( is_msr )
        p->msr[slot] = (p->msr[slot] & ~mask) | (value & mask);
    else
        p->word[slot * 4 + f->reg] &= ~mask,
        p->word[slot * 4 + f->reg] |= value & mask;
}

static void mutate_word(struct cpu_policy *p)
{
    if ( random_below(rnd, 8) )
        p->word[random_below(rnd, X86_NR_WORDS)] = random_register(rnd);
    else
        p->msr[random_below(rnd, X86_NR_MSR_SLOTS)] = random_64(rnd) &
            (random_below(rnd, 2) ? ~0ULL : ~0U);
}

/* A feature that was not asked for, its prerequisites with it or not. */
static void mutate_feature_on(struct cpu_policy *p)
{
    x86_featureset fs;

    x86_policy_to_featureset(p, fs);
    x86_feature_set(fs, x86_feature_descs[
                        random_below(rnd, X86_NR_FEATURES)].value);
    if ( random_below(rnd, 2) )
        x86_featureset_add_prerequisites(fs);
    x86_featureset_to_policy(fs, p);
}

static void mutate_feature_off(struct cpu_policy *p)
{
    bool deep = random_below(rnd, 2);
    x86_featureset fs;

    x86_policy_to_featureset(p, fs);
    x86_feature_clear(fs, deep
        ? x86_deep_deps[random_below(rnd, X86_NR_DEEP_DEPS)].feature
        : x86_feature_descs[random_below(rnd, X86_NR_FEATURES)].value);
    if ( random_below(rnd, 2) )
        x86_featureset_close(fs);
    x86_featureset_to_policy(fs, p);
    if ( random_below(rnd, 2) )
        x86_policy_recalc_xstate(p, limit);
}

static void mutate_max_leaf(struct cpu_policy *p)
{
    static const uint16_t maxima[] = {
        X86_WORD(0, A), X86_WORD(7, A), X86_WORD(80000000, A),
        X86_WORD(1D, A), X86_WORD(1E, A), X86_WORD(24, A),
    };
    uint32_t *max = &p->word[maxima[random_below(rnd, 6)]];

    switch ( random_below(rnd, 6) )
    {
    case 0: *max += random_below(rnd, 3) - 1; break;
    case 1: *max = UINT32_MAX; break;
    case 2: *max = random_below(rnd, 0x28); break;
    case 3: *max = 0x80000000U | random_below(rnd, 0x28); break;
    case 4: *max &= 0xffff; break;
    case 5: *max = random_register(rnd); break;
    }
    if ( random_below(rnd, 2) )
        x86_policy_trim(p);
}

static void mutate_leaf(struct cpu_policy *p)
{
    struct x86_regs *to = &p->leaf[random_below(rnd, X86_NR_SLOTS)];
    struct x86_regs *from = &p->leaf[random_below(rnd, X86_NR_SLOTS)];
    struct x86_regs old = *to;

    switch ( random_below(rnd, 3) )
    {
    case 0: *to = *from; *from = old; break;
    case 1: *to = *from; break;
    case 2: memset(to, 0, sizeof(*to)); break;
    }
}

/* Leaves that are lists, in which one part says how to read another. */
static void mutate_list(struct cpu_policy *p)
{
    static const struct {
        uint16_t slot, nr;
    } lists[] = {
        { X86_SLOT_4, X86_NR_SUBLEAVES_4 },
        { X86_SLOT_B, X86_NR_SUBLEAVES_B },
        { X86_SLOT_D, 20 },
        { X86_SLOT_1D, X86_NR_SUBLEAVES_1D },
        { X86_SLOT_1F, X86_NR_SUBLEAVES_1F },
        { X86_SLOT_8000001D, X86_NR_SUBLEAVES_8000001D },
        { X86_SLOT_8000001E, 1 },
        { X86_SLOT_80000026, X86_NR_SUBLEAVES_80000026 },
    };
    unsigned int i = random_below(rnd, sizeof(lists) / sizeof(lists[0]));
    uint32_t *word = &p->word[(lists[i].slot +
                               random_below(rnd, lists[i].nr)) * 4 +
                              random_below(rnd, 4)];

    switch ( random_below(rnd, 4) )
    {
    case 0: *word ^= 1u << random_below(rnd, 32); break;
    case 1: *word = random_register(rnd); break;
    case 2: *word = random_below(rnd, 0x400); break;
    case 3: *word ^= random_below(rnd, 8) << random_below(rnd, 30); break;
    }
}

/* Half of the leaves from the limit of another domain. */
static void mutate_host(struct cpu_policy *p)
{
    const struct cpu_policy *other =
        &hosts[random_below(rnd, nr_hosts)].limit;
    bool whole = !random_below(rnd, 4);

    for ( unsigned int i = 0; i < X86_NR_SLOTS; i++ )
        if ( whole || random_below(rnd, 2) )
            p->leaf[i] = other->leaf[i];
    if ( whole )
        memcpy(p->msr, other->msr, sizeof(p->msr));
}

static void mutate_all(struct cpu_policy *p)
{
    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        p->word[i] = random_register(rnd);
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        p->msr[i] = random_64(rnd);
}

static const struct {
    unsigned int weight;
    void (*mutate)(struct cpu_policy *p);
} mutations[] = {
    { 20, mutate_bit }, { 20, mutate_field }, { 8, mutate_word },
    { 12, mutate_feature_on }, { 12, mutate_feature_off },
    { 10, mutate_max_leaf }, { 6, mutate_leaf }, { 14, mutate_list },
    { 1, mutate_host }, { 1, mutate_all },
};

void policy_random_mutate(struct cpu_policy *p, const struct cpu_policy *l)
{
    unsigned int i = 0, w = random_below(rnd, 104);

    limit = l;
    while ( w >= mutations[i].weight )
        w -= mutations[i++].weight;
    mutations[i].mutate(p);
    x86_policy_recalc_vendor(p);
}
