/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All that is wrong with a topology is reported, and can be put right. */
#include <check.h>

#include "topology-findings.h"

Suite *suite_topology_report(void);

static bool in_order(const struct findings *f)
{
    for ( unsigned int i = 1; i < f->nr; i++ )
        if ( f->v[i].index < f->v[i - 1].index )
            return false;

    return true;
}

static bool all_explained(const struct findings *f)
{
    for ( unsigned int i = 0; i < f->nr; i++ )
    {
        const char *remedy = NULL;
        const char *text = x86_topology_rule_text(f->v[i].rule, &remedy);

        if ( !text || !*text || !remedy || !*remedy )
            return false;
    }

    return true;
}

/* Topology bits of a few words, or of all, become anything. */
static void mutate(struct cpu_policy *p, struct random *r)
{
    const uint32_t *mine =
        x86_kind_words[x86_vendor_layout(p->vendor)][X86_KIND_TOPOLOGY];
    unsigned int nr = random_below(r, 3) ? 1 + random_below(r, 8)
                                         : X86_NR_WORDS;

    for ( unsigned int i = 0; i < nr; )
    {
        unsigned int w = random_below(r, X86_NR_WORDS);

        if ( nr == X86_NR_WORDS )
            w = i;
        if ( mine[w] )
            p->word[w] = (p->word[w] & ~mine[w]) |
                         (random_register(r) & mine[w]);
        i += nr == X86_NR_WORDS || mine[w];
    }

    if ( !random_below(r, 4) )
        p->leaf[X86_SLOT_1].d ^= HTT;
    if ( !random_below(r, 4) )
        p->leaf[X86_SLOT_80000001].c ^= CMP_LEGACY;
}

/* Putting right what is reported is enough, at once. */
START_TEST(topology_judge_of_mutation_reports_all)
{
    struct random r = random_start();
    unsigned long accepted = 0;

    for ( unsigned int i = 0; i < 200000; i++ )
    {
        struct x86_topology topo = random_topology(&r, i % 3 ? 600 : 65535);
        struct cpu_policy p = base_policy(i % NR_BASES);
        struct x86_topology_map map;
        struct findings f, again;

        if ( i % 5 && x86_topology_apply(&topo, &p) )
            ck_abort_msg("seed %#lx, mutation %u", r.seed, i);
        p.leaf[X86_SLOT_0].a = 0x24;
        if ( i % 2 )
            p.leaf[X86_SLOT_80000000].a = 0x80000026;
        mutate(&p, &r);

        f = judge(&p);
        if ( f.nr > MAX_FINDINGS || !in_order(&f) || !all_explained(&f) )
            ck_abort_msg("seed %#lx, mutation %u: report", r.seed, i);
        accepted += !f.nr;

        repair(&p, &f);
        again = judge(&p);
        if ( again.nr )
            ck_abort_msg("seed %#lx, mutation %u, %s: %s, then %s", r.seed,
                         i, base_names[i % NR_BASES], first_rule(&f),
                         first_rule(&again));
        if ( x86_topology_read(&p, &map) )
            ck_abort_msg("seed %#lx, mutation %u: unreadable", r.seed, i);
    }

    ck_assert_uint_gt(accepted, 100);
    ck_assert_uint_lt(accepted, 100000);
}
END_TEST

START_TEST(topology_rule_text_of_unknown_rule_is_null)
{
    const char *remedy = "untouched";

    ck_assert_ptr_null(x86_topology_rule_text("topology", &remedy));
    ck_assert_ptr_null(x86_topology_rule_text("", &remedy));
    ck_assert_ptr_null(x86_topology_rule_text("topology-lpppp", &remedy));
    ck_assert_str_eq(remedy, "untouched");
    ck_assert_ptr_nonnull(x86_topology_rule_text("topology-lppp", NULL));
}
END_TEST

Suite *suite_topology_report(void)
{
    Suite *s = suite_create("topology_report");
    TCase *t = tcase_create("report");

    tcase_set_timeout(t, 60);
    tcase_add_test(t, topology_judge_of_mutation_reports_all);
    tcase_add_test(t, topology_rule_text_of_unknown_rule_is_null);
    suite_add_tcase(s, t);

    return s;
}
