/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * In dom0 of a real Xen: is the audit exact?  Random requests, near misses
 * and absurd ones; for each, the audit on this running Xen must say yes if
 * and only if Xen takes the request and then has exactly that.
 *
 * A yes that Xen does not keep is a failure, always.  A no to what Xen would
 * keep is right only for the reasons of `stricter`: there the architecture
 * forbids what this Xen lets pass.
 *
 * usage: test-exact SEED NR KIND...      (NR requests for each kind)
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../xen/lib/x86/audit-private.h"
#include "domain.h"
#include "domain/domains.h"
#include "lab.h"
#include "mutate.h"
#include "source/source.h"

#define I (1u << X86_LAYOUT_INTEL)
#define A (1u << X86_LAYOUT_AMD)
#define C (1u << X86_LAYOUT_CENTAUR)

/* What the audit refuses and Xen 4.17 lets pass, and why we refuse it. */
static const struct {
    const char *name, *rule;
    uint32_t first, last;       /* leaves */
    uint32_t layouts;
    const char *why;
} stricter[] = {
    { "vendor", "equal", 0, 0, I | A | C, "4.17 does not look at the vendor; "
      "newer Xens refuse another one, too" },
    { "signature", "signature", 1, 1, I | A, "no CPU has this family: "
      "software that adds the extended family to family 15 only sees "
      "another CPU" },
    { "family", "family", 1, 1, I | A | C, "no CPU with these features is of "
      "this family and model; Xen passes any" },
    { "signature-copy", "derived", 0x80000001U, 0x80000001U, A,
      "AMD's copy of such a signature" },
    { "lppp", "topology-lppp", 1, 1, I | A | C, "the count of logical "
      "processors contradicts HTT or the other counts" },
    { "apic-id-size", "topology-id-size", 0x80000008U, 0x80000008U, A,
      "too few bits of APIC id for the count beside it" },
    { "cache-cores", "topology-cores", 4, 4, I | C, "caches that disagree "
      "about how many cores there are" },
    { "reserved-4", "reserved", 4, 4, I | C, "Xen masks eax and edx of the "
      "cache leaf only" },
    { "reserved-7.2", "reserved", 7, 7, I | A | C, "reserved registers of "
      "subleaf 2: no features, so that Xen does not mask them" },
    { "reserved-e1b", "reserved", 0x80000001U, 0x80000001U, A, "of ebx, Xen "
      "clears less than AMD reserves" },
    { "reserved-e5-e6", "reserved", 0x80000005U, 0x80000006U, I | A, "Xen "
      "passes what it keeps of these as it stands" },
    { "reserved-e19-e1a", "reserved", 0x80000019U, 0x8000001aU, A, "Xen "
      "passes these leaves as they stand" },
    { "centaur", "reserved", 2, 0x80000008U, C, "Xen has no rules for this "
      "vendor's leaves" },
    { "centaur-hidden", "hidden", 2, 0x80000008U, C, "the same" },
    { "centaur-copies", "equal", 0x80000000U, 0x80000001U, C, "the same" },
    { "centaur-reads", "derived", 2, 2, C, "the same" },
};
#define NR_STRICTER (sizeof(stricter) / sizeof(stricter[0]))

struct tally {
    unsigned long tried, accepted, kept, false_yes, false_no;
    unsigned long by_row[NR_STRICTER];
    unsigned long clamped;      /* refused by a row of xen-rules.c */
};

struct target {
    uint32_t domid;
    cpupolicy_domain_kind kind;
    const char *name;
    struct cpu_policy limit;
    struct cpu_policy base[2];  /* a fresh domain's; the most that it gets */
};

#define MAX_EXAMPLES 64

static cpupolicy_source *src;
static struct test_toolstack *toolstack;
static unsigned int nr_examples;

/* ---- asking Xen -------------------------------------------------------- */

/* Everything that the ABI can carry, in range or not. */
static void all_rows(const struct cpu_policy *p, struct xen_rows *rows)
{
    memset(rows, 0, sizeof(*rows));
    for ( unsigned int slot = 0; slot < X86_NR_SLOTS; slot++ )
        if ( word_in_xen_abi(slot * 4) )
        {
            const struct x86_regs *r = &p->leaf[slot];

            rows->leaves[rows->nr_leaves++] = (struct xen_cpu_policy_leaf){
                x86_slot_descs[slot].leaf,
                x86_slot_descs[slot].leaf >= 0x80000000U
                    ? X86_NO_SUBLEAF : x86_slot_descs[slot].subleaf,
                r->a, r->b, r->c, r->d,
            };
        }
    rows->msrs[rows->nr_msrs++] = (struct xen_cpu_policy_msr){
        0xce, 0, p->msr[X86_MSR_SLOT_CE] };
    rows->msrs[rows->nr_msrs++] = (struct xen_cpu_policy_msr){
        0x10a, 0, p->msr[X86_MSR_SLOT_10A] };
}

/* 0: Xen has exactly this now; 1: something else; or Xen's error. */
static int ask_xen(uint32_t domid, const struct cpu_policy *p,
                   struct cpu_policy *after)
{
    static struct xen_rows rows;
    struct cpu_policy kept;
    int rc;

    all_rows(p, &rows);
    rc = xen_domain_policy_set(src->xen, domid, &rows, NULL, NULL);
    if ( rc )
        return rc;
    rc = xen_domain_policy_get(src->xen, domid, &rows, NULL);
    if ( !rc )
        rc = policy_from_rows(after, &rows, NULL);
    if ( rc )
        lab_give_up("cannot read the policy back: %d", rc);

    /* What the CPU keeps for itself is not promised. */
    kept = *p;
    x86_policy_take_own(&kept, after);

    return !!memcmp(after, &kept, sizeof(kept));
}

/* ---- judging ----------------------------------------------------------- */

static void show_false_yes(const char *kind, const char *how, int rc,
                           const struct cpu_policy *p,
                           const struct cpu_policy *after)
{
    if ( nr_examples++ >= MAX_EXAMPLES )
        return;
    if ( rc < 0 )
    {
        lab_remark("%s %s: the audit accepts, Xen says %d", kind, how, rc);
        return;
    }
    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        if ( p->word[i] != after->word[i] )
            lab_remark("%s %s: the audit accepts, Xen edits leaf %#x:%#x e%cx"
                       " %#x -> %#x", kind, how, x86_slot_descs[i / 4].leaf,
                       x86_slot_descs[i / 4].subleaf, "abcd"[i % 4],
                       p->word[i], after->word[i]);
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        if ( p->msr[i] != after->msr[i] )
            lab_remark("%s %s: the audit accepts, Xen edits MSR %#x %#lx -> "
                       "%#lx", kind, how, x86_msr_descs[i].index, p->msr[i],
                       after->msr[i]);
}

/* The row that speaks of a violation, or -1. */
static int stricter_row(const cpupolicy_violation *v,
                        enum x86_layout layout)
{
    for ( unsigned int i = 0; i < NR_STRICTER; i++ )
        if ( !v->is_msr && v->leaf >= stricter[i].first &&
             v->leaf <= stricter[i].last &&
             ((stricter[i].layouts >> layout) & 1) &&
             !strcmp(stricter[i].rule, v->rule) )
            return i;

    return -1;
}

static void show_false_no(const char *kind, const char *how,
                          const cpupolicy_violation *v)
{
    if ( nr_examples++ < MAX_EXAMPLES )
        lab_remark("%s %s: Xen keeps %s %#x:%#x reg %u mask %#lx (%s) asked "
                   "%#lx limit %#lx, the audit says %s", kind, how,
                   v->is_msr ? "MSR" : "leaf", v->is_msr ? v->msr : v->leaf,
                   v->subleaf, v->reg, v->mask, v->name, v->asked, v->limit,
                   v->rule);
}

/*
 * Is each of the reasons for a no one that Xen just does not know?  Another
 * vendor's request is judged by another vendor's rules: that one reason
 * suffices, whatever else there is.
 */
static bool no_is_right(const struct target *g, const char *how,
                        struct tally *t, const cpupolicy_violation *list,
                        size_t nr)
{
    enum x86_layout layout = x86_vendor_layout(g->limit.vendor);
    bool ok = true;

    for ( size_t i = 0; i < nr; i++ )
    {
        int row = stricter_row(&list[i], layout);

        if ( row < 0 )
        {
            show_false_no(g->name, how, &list[i]);
            ok = false;
            continue;
        }
        t->by_row[row]++;
        if ( !list[i].is_msr && !list[i].leaf )
            return true;
    }

    return ok;
}

static void try(const struct target *g, const char *how,
                const struct cpu_policy *p, struct tally *t)
{
    struct cpupolicy request = { .policy = *p };
    cpupolicy_violation *list = NULL;
    struct cpu_policy after;
    size_t nr = 0;
    int rc = cpupolicy_audit(src, &request, &g->kind, &list, &nr), xens;

    if ( rc && rc != -EINVAL )
        lab_give_up("audit: %d", rc);
    xens = ask_xen(g->domid, p, &after);
    t->clamped += nr && !strncmp(list[0].rule, "xen-", 4);
    t->tried++;
    t->accepted += !rc;
    t->kept += !xens;
    if ( !rc && xens )
    {
        t->false_yes++;
        show_false_yes(g->name, how, xens, p, &after);
    }
    else if ( rc && !xens && !no_is_right(g, how, t, list, nr) )
        t->false_no++;
    free(list);
}

/* ---- runs -------------------------------------------------------------- */

static void run_mutation(const struct target *g, enum mutation how,
                         unsigned long nr, struct dice *d, struct tally *t)
{
    const struct x86_domain_kind k = core_kind(&g->kind);

    while ( nr-- )
    {
        struct cpu_policy p = g->base[dice_roll(d, 2)];
        unsigned int other = dice_roll(d, X86_NR_POLICIES);

        policy_mutate(&p, how, &g->limit, &src->policies[other].policy, d);
        /* Far from any request, but acceptable again. */
        if ( !dice_roll(d, 4) )
            x86_policy_repair(&p, &g->limit, &k);
        try(g, mutation_names[how], &p, t);
    }
}

/* What requests start from: policies that the audit and Xen agree on. */
static void check_bases(struct target *g)
{
    const struct cpu_policy *max = &src->policies[
        g->kind.hvm ? X86_POLICY_HVM_MAX : X86_POLICY_PV_MAX].policy;
    static struct xen_rows rows;
    struct tally t = { 0 };
    char label[40];

    source_limit(src, &g->kind, &g->limit);
    if ( xen_domain_policy_get(src->xen, g->domid, &rows, NULL) ||
         policy_from_rows(&g->base[0], &rows, NULL) )
        lab_give_up("cannot read the domain's policy");
    ask_xen(g->domid, max, &g->base[1]);
    for ( unsigned int i = 0; i < 2; i++ )
        try(g, "base", &g->base[i], &t);
    snprintf(label, sizeof(label), "%s-bases", g->name);
    lab_case(t.accepted == 2 && t.kept == 2, label,
             "of a fresh policy and Xen's max, %lu accepted, %lu kept",
             t.accepted, t.kept);
}

static void report(const struct target *g, enum mutation how,
                   const struct tally *t)
{
    char label[40];

    snprintf(label, sizeof(label), "%s-%s", g->name, mutation_names[how]);
    lab_remark("%s: %lu requests, %lu accepted, %lu kept by Xen, %lu refused "
               "for what it clamps", label, t->tried, t->accepted, t->kept,
               t->clamped);
    lab_count("requests", t->tried);
    lab_count("accepted-and-kept", t->accepted - t->false_yes);
    lab_count("kept-though-refused", t->kept - (t->accepted - t->false_yes));
    lab_count("refused-for-what-xen-clamps", t->clamped);
    lab_count("disagreements", t->false_yes + t->false_no);
    for ( unsigned int i = 0; i < NR_STRICTER; i++ )
        if ( t->by_row[i] )
            lab_remark("%s: stricter than Xen, %s: %lu", label,
                       stricter[i].name, t->by_row[i]);

    /* If all were refused, nothing would have been tested. */
    lab_case(!t->false_yes && !t->false_no && t->accepted > t->tried / 50 &&
             t->accepted < t->tried &&
             (how != MUTATE_TOPOLOGY || t->clamped), label,
             "of %lu, %lu accepted, %lu accepted that Xen changes or "
             "refuses, %lu refused that Xen keeps", t->tried, t->accepted,
             t->false_yes, t->false_no);
}

static void check_kind(unsigned int test_kind, unsigned long nr,
                       struct dice *d)
{
    struct target g = {
        .name = test_domain_kinds[test_kind],
        .kind = {
            .hvm = test_kind != TEST_DOMAIN_PV,
            .shadow = test_kind == TEST_DOMAIN_HVM_SHADOW,
        },
    };
    int rc = test_domain_create(toolstack, test_kind, &g.domid);

    if ( rc )
        lab_give_up("creating a %s domain: %d", g.name, rc);
    check_bases(&g);
    for ( unsigned int how = 0; how < NR_MUTATIONS; how++ )
    {
        struct tally t = { 0 };

        run_mutation(&g, how, nr / NR_MUTATIONS, d, &t);
        report(&g, how, &t);
    }
    test_domain_destroy(toolstack, g.domid);
}

int main(int argc, char **argv)
{
    struct dice d = { argc > 3 ? strtoull(argv[1], NULL, 0) : 0 };
    unsigned long nr = argc > 3 ? strtoul(argv[2], NULL, 0) : 0;
    cpupolicy_error err;

    toolstack = test_toolstack_open();
    if ( !d.state || !nr || !toolstack )
        lab_give_up("usage, or no Xen");
    if ( cpupolicy_source_open(&src, "xen", NULL, &err) )
        lab_give_up("%s", err.message);
    lab_remark("seed %s, %lu requests for each kind", argv[1], nr);
    for ( int i = 3; i < argc; i++ )
        for ( unsigned int k = 0; k < TEST_NR_DOMAIN_KINDS; k++ )
            if ( !strcmp(argv[i], test_domain_kinds[k]) )
                check_kind(k, nr, &d);
    cpupolicy_source_free(src);
    test_toolstack_close(toolstack);

    return lab_finish((argc - 3) * (1 + NR_MUTATIONS));
}
