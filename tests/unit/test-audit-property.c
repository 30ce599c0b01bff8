/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A million mutations of valid requests, on hosts of all kinds: whatever the
 * outcome, audit_check() finds all promises kept.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xen/lib/x86/topology.h>

#include "audit-check.h"
#include "audit-hosts.h"
#include "audit-rich.h"
#include "random.h"

Suite *suite_audit_property(void);

#define NR_MUTATIONS 1000000u
#define MAX_HOSTS    8192u

static struct audit_host *hosts;
static unsigned int nr_hosts;
static struct audit_case now;
static struct audit_report report;
static struct random rnd;

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

static void find_hosts(void)
{
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
}

/* Fewer features, as a pool would have them. */
static void level_down(struct cpu_policy *p)
{
    x86_featureset fs;

    x86_policy_to_featureset(p, fs);
    for ( unsigned int n = random_below(&rnd, 6); n; n-- )
    {
        const struct x86_feature_desc *f =
            &x86_feature_descs[random_below(&rnd, X86_NR_FEATURES)];

        /* Those two follow the topology. */
        if ( f->kind == X86_KIND_FEATURE && f->value != X86_FEATURE_HTT &&
             f->value != X86_FEATURE_CMP_LEGACY )
            x86_feature_clear(fs, f->value);
    }
    x86_featureset_to_policy(fs, p);
    audit_intersect(p, &now.limit, &now.kind);
}

static void choose_topology(struct cpu_policy *p)
{
    const struct x86_topology topo = {
        1 + random_below(&rnd, 3), 1 + random_below(&rnd, 9),
        1 + random_below(&rnd, 2), 1 + random_below(&rnd, 2), 1,
    };
    struct cpu_policy with = *p;

    if ( x86_topology_apply(&topo, &with) )
        return;
    x86_policy_recalc_derived(&with);
    if ( x86_policy_has(&now.limit, X86_FEATURE_HTT) )
        *p = with;
}

static void choose_request(const struct audit_host *h)
{
    now.limit = h->limit;
    now.kind = h->kind;
    now.request = random_below(&rnd, 2) ? h->limit : h->def;
    if ( !random_below(&rnd, 3) )
        level_down(&now.request);
    if ( !random_below(&rnd, 3) )
        choose_topology(&now.request);
}

/* ---- mutations -------------------------------------------------------- */

static void mutate_bit(struct cpu_policy *p)
{
    if ( random_below(&rnd, 8) )
        p->word[random_below(&rnd, X86_NR_WORDS)] ^=
            1u << random_below(&rnd, 32);
    else
        p->msr[random_below(&rnd, X86_NR_MSR_SLOTS)] ^=
            1ULL << random_below(&rnd, 64);
}

static void mutate_field(struct cpu_policy *p)
{
    bool is_msr = !random_below(&rnd, 4);
    const struct x86_field_desc *f = is_msr
        ? &x86_msr_fields[random_below(&rnd, X86_NR_MSR_FIELDS)]
        : &x86_fields[random_below(&rnd, X86_NR_FIELDS)];
    uint64_t mask = (~0ULL >> (63 - f->hi)) & (~0ULL << f->lo);
    uint64_t value = (uint64_t)random_register(&rnd) << f->lo;
    unsigned int slot = f->first_slot + random_below(&rnd, f->nr_slots);

    if ( is_msr )
        p->msr[slot] = (p->msr[slot] & ~mask) | (value & mask);
    else
        p->word[slot * 4 + f->reg] &= ~mask,
        p->word[slot * 4 + f->reg] |= value & mask;
}

static void mutate_word(struct cpu_policy *p)
{
    if ( random_below(&rnd, 8) )
        p->word[random_below(&rnd, X86_NR_WORDS)] = random_register(&rnd);
    else
        p->msr[random_below(&rnd, X86_NR_MSR_SLOTS)] = random_64(&rnd) &
            (random_below(&rnd, 2) ? ~0ULL : ~0U);
}

/* A feature that was not asked for, its prerequisites with it or not. */
static void mutate_feature_on(struct cpu_policy *p)
{
    x86_featureset fs;

    x86_policy_to_featureset(p, fs);
    x86_feature_set(fs, x86_feature_descs[
                        random_below(&rnd, X86_NR_FEATURES)].value);
    if ( random_below(&rnd, 2) )
        x86_featureset_add_prerequisites(fs);
    x86_featureset_to_policy(fs, p);
}

static void mutate_feature_off(struct cpu_policy *p)
{
    bool deep = random_below(&rnd, 2);
    x86_featureset fs;

    x86_policy_to_featureset(p, fs);
    x86_feature_clear(fs, deep
        ? x86_deep_deps[random_below(&rnd, X86_NR_DEEP_DEPS)].feature
        : x86_feature_descs[random_below(&rnd, X86_NR_FEATURES)].value);
    if ( random_below(&rnd, 2) )
        x86_featureset_close(fs);
    x86_featureset_to_policy(fs, p);
    if ( random_below(&rnd, 2) )
        x86_policy_recalc_xstate(p, &now.limit);
}

static void mutate_max_leaf(struct cpu_policy *p)
{
    static const uint16_t maxima[] = {
        X86_WORD(0, A), X86_WORD(7, A), X86_WORD(80000000, A),
        X86_WORD(1D, A), X86_WORD(1E, A), X86_WORD(24, A),
    };
    uint32_t *max = &p->word[maxima[random_below(&rnd, 6)]];

    switch ( random_below(&rnd, 6) )
    {
    case 0: *max += random_below(&rnd, 3) - 1; break;
    case 1: *max = UINT32_MAX; break;
    case 2: *max = random_below(&rnd, 0x28); break;
    case 3: *max = 0x80000000U | random_below(&rnd, 0x28); break;
    case 4: *max &= 0xffff; break;
    case 5: *max = random_register(&rnd); break;
    }
    if ( random_below(&rnd, 2) )
        x86_policy_trim(p);
}

static void mutate_leaf(struct cpu_policy *p)
{
    struct x86_regs *to = &p->leaf[random_below(&rnd, X86_NR_SLOTS)];
    struct x86_regs *from = &p->leaf[random_below(&rnd, X86_NR_SLOTS)];
    struct x86_regs old = *to;

    switch ( random_below(&rnd, 3) )
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
    unsigned int i = random_below(&rnd, sizeof(lists) / sizeof(lists[0]));
    uint32_t *word = &p->word[(lists[i].slot +
                               random_below(&rnd, lists[i].nr)) * 4 +
                              random_below(&rnd, 4)];

    switch ( random_below(&rnd, 4) )
    {
    case 0: *word ^= 1u << random_below(&rnd, 32); break;
    case 1: *word = random_register(&rnd); break;
    case 2: *word = random_below(&rnd, 0x400); break;
    case 3: *word ^= random_below(&rnd, 8) << random_below(&rnd, 30); break;
    }
}

/* Half of the leaves from the limit of another domain. */
static void mutate_host(struct cpu_policy *p)
{
    const struct cpu_policy *other =
        &hosts[random_below(&rnd, nr_hosts)].limit;
    bool whole = !random_below(&rnd, 4);

    for ( unsigned int i = 0; i < X86_NR_SLOTS; i++ )
        if ( whole || random_below(&rnd, 2) )
            p->leaf[i] = other->leaf[i];
    if ( whole )
        memcpy(p->msr, other->msr, sizeof(p->msr));
}

static void mutate_all(struct cpu_policy *p)
{
    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        p->word[i] = random_register(&rnd);
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        p->msr[i] = random_64(&rnd);
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

static void mutate(struct cpu_policy *p)
{
    unsigned int i = 0, w = random_below(&rnd, 104);

    while ( w >= mutations[i].weight )
        w -= mutations[i++].weight;
    mutations[i].mutate(p);
    x86_policy_recalc_vendor(p);
}

/* ---- the property ----------------------------------------------------- */

static void start_from(const struct audit_host *h, unsigned int round)
{
    const char *bad;

    choose_request(h);
    bad = audit_check(&now, &report);
    ck_assert_msg(!bad && !report.rc, "%s, %s, unmutated, seed %#lx, round "
                  "%u: %s, %s", h->name, audit_kind_name(&h->kind), rnd.seed,
                  round, bad ?: report.list[0].rule,
                  bad ? "" : audit_place(report.list[0].is_msr,
                                         report.list[0].index));
}

START_TEST(policy_audit_of_mutations_keeps_its_promises)
{
    unsigned int accepted = 0, refused = 0;
    const struct audit_host *h = NULL;
    static struct cpu_policy before;

    rnd = random_start();
    find_hosts();

    for ( unsigned int i = 0; i < NR_MUTATIONS; i++ )
    {
        const char *bad;

        /* Several mutations of one request, one on top of another ... */
        if ( !(i % 8) )
            start_from(h = &hosts[random_below(&rnd, nr_hosts)], i);

        before = now.request;
        mutate(&now.request);
        bad = audit_check(&now, &report);
        ck_assert_msg(!bad, "%s, %s, seed %#lx, round %u: %s", h->name,
                      audit_kind_name(&h->kind), rnd.seed, i, bad);
        report.rc ? refused++ : accepted++;

        /* ... but mostly on what is still acceptable. */
        if ( report.rc && random_below(&rnd, 3) )
            now.request = before;
    }

    printf("audit: seed %#lx, %u domains, %u mutations accepted, %u "
           "refused\n", rnd.seed, nr_hosts, accepted, refused);
    fflush(stdout);
    free(hosts);

    /* Of both enough that neither is left to chance. */
    ck_assert_uint_ge(accepted, NR_MUTATIONS / 10);
    ck_assert_uint_ge(refused, NR_MUTATIONS / 2);
}
END_TEST

Suite *suite_audit_property(void)
{
    Suite *s = suite_create("audit_property");
    TCase *tc = tcase_create("mutations");

    tcase_set_timeout(tc, 600);
    tcase_add_test(tc, policy_audit_of_mutations_keeps_its_promises);
    suite_add_tcase(s, tc);

    return s;
}
