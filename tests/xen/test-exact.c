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

#include "domain.h"
#include "domains.h"
#include "lab.h"
#include "mutate.h"
#include "source.h"
#include "../../xen/lib/x86/audit-private.h"

/* What the audit refuses and Xen 4.17 lets pass, and why we refuse it. */
static const struct {
    const char *name, *rule;
    uint32_t leaf;
    const char *why;
} stricter[] = {
    { "signature", "signature", 1, "no CPU has this family: software that "
      "adds the extended family only to family 15 sees another CPU" },
    { "signature-copy", "derived", 0x80000001U, "AMD's copy of such a "
      "signature" },
    { "lppp", "topology-lppp", 1, "the count of logical processors "
      "contradicts HTT or the other counts" },
    { "apic-id-size", "topology-id-size", 0x80000008U, "too few bits of "
      "APIC id for the count beside it" },
    { "reserved-7.2", "reserved", 7, "reserved registers of subleaf 2: not "
      "features, so that Xen does not mask them" },
    { "reserved-1a", "reserved", 0x8000001aU, "Xen passes this leaf as it "
      "stands, reserved bits and all" },
};
#define NR_STRICTER (sizeof(stricter) / sizeof(stricter[0]))

struct tally {
    unsigned long tried, accepted, kept, false_yes, false_no;
    unsigned long by_row[NR_STRICTER];
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

    return !!memcmp(after, p, sizeof(*p));
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

static int stricter_row(const cpupolicy_violation *v)
{
    for ( unsigned int i = 0; i < NR_STRICTER; i++ )
        if ( !v->is_msr && stricter[i].leaf == v->leaf &&
             !strcmp(stricter[i].rule, v->rule) )
            return i;

    return -1;
}

/* Is each of the reasons for a no one that Xen just does not know? */
static bool no_is_right(const char *kind, const char *how, struct tally *t,
                        const cpupolicy_violation *list, size_t nr)
{
    bool ok = true;

    for ( size_t i = 0; i < nr; i++ )
    {
        int row = stricter_row(&list[i]);

        if ( row >= 0 )
        {
            t->by_row[row]++;
            continue;
        }
        ok = false;
        if ( nr_examples++ < MAX_EXAMPLES )
            lab_remark("%s %s: Xen keeps %s %#x:%#x reg %u mask %#lx (%s) "
                       "asked %#lx limit %#lx, the audit says %s", kind, how,
                       list[i].is_msr ? "MSR" : "leaf",
                       list[i].is_msr ? list[i].msr : list[i].leaf,
                       list[i].subleaf, list[i].reg, list[i].mask,
                       list[i].name, list[i].asked, list[i].limit,
                       list[i].rule);
    }

    return ok;
}

static void try(uint32_t domid, const cpupolicy_domain_kind *kind,
                const char *name, const char *how,
                const struct cpu_policy *p, struct tally *t)
{
    struct cpupolicy request = { *p };
    cpupolicy_violation *list = NULL;
    struct cpu_policy after;
    size_t nr = 0;
    int rc = cpupolicy_audit(src, &request, kind, &list, &nr), xens;

    if ( rc && rc != -EINVAL )
        lab_give_up("audit: %d", rc);
    xens = ask_xen(domid, p, &after);
    t->tried++;
    t->accepted += !rc;
    t->kept += !xens;
    if ( !rc && xens )
    {
        t->false_yes++;
        show_false_yes(name, how, xens, p, &after);
    }
    else if ( rc && !xens && !no_is_right(name, how, t, list, nr) )
        t->false_no++;
    free(list);
}

/* ---- runs -------------------------------------------------------------- */

static void run_mutation(uint32_t domid, const cpupolicy_domain_kind *kind,
                         const char *name, enum mutation how,
                         unsigned long nr, struct dice *d, struct tally *t)
{
    const struct x86_domain_kind k = core_kind(kind);
    struct cpu_policy limit, base[2];

    source_limit(src, kind, &limit);
    base[0] = src->policies[kind->hvm ? X86_POLICY_HVM_DEFAULT
                                      : X86_POLICY_PV_DEFAULT].policy;
    base[1] = limit;
    /* Xen's system policies are not quite what a domain of its gets. */
    for ( unsigned int i = 0; i < 2; i++ )
        x86_policy_repair(&base[i], &limit, &k);

    while ( nr-- )
    {
        struct cpu_policy p = base[dice_roll(d, 2)];
        unsigned int other = dice_roll(d, X86_NR_POLICIES);

        policy_mutate(&p, how, &limit, &src->policies[other].policy, d);
        if ( !dice_roll(d, 4) )
            x86_policy_repair(&p, &limit, &k);
        try(domid, kind, name, mutation_names[how], &p, t);
    }
}

static void check_kind(unsigned int test_kind, unsigned long nr,
                       struct dice *d)
{
    const char *name = test_domain_kinds[test_kind];
    const cpupolicy_domain_kind kind = {
        .hvm = test_kind != TEST_DOMAIN_PV,
        .shadow = test_kind == TEST_DOMAIN_HVM_SHADOW,
    };
    uint32_t domid;
    int rc = test_domain_create(toolstack, test_kind, &domid);

    if ( rc )
        lab_give_up("creating a %s domain: %d", name, rc);
    for ( unsigned int how = 0; how < NR_MUTATIONS; how++ )
    {
        struct tally t = { 0 };
        char label[40];

        run_mutation(domid, &kind, name, how, nr / NR_MUTATIONS, d, &t);
        snprintf(label, sizeof(label), "%s-%s", name, mutation_names[how]);
        lab_remark("%s: %lu requests, %lu accepted, %lu kept by Xen", label,
                   t.tried, t.accepted, t.kept);
        for ( unsigned int i = 0; i < NR_STRICTER; i++ )
            if ( t.by_row[i] )
                lab_remark("%s: stricter than Xen by %s: %lu", label,
                           stricter[i].name, t.by_row[i]);
        lab_case(!t.false_yes && !t.false_no && t.tried, label,
                 "%lu accepted that Xen changes or refuses, %lu refused that "
                 "Xen keeps", t.false_yes, t.false_no);
    }
    test_domain_destroy(toolstack, domid);
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

    return lab_finish((argc - 3) * NR_MUTATIONS);
}
