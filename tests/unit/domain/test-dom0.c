/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What dom0-cpuid= does: dom0's policies, and the cause of each change. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "cli-run.h"
#include "machine.h"
#include "source/source.h"

Suite *suite_dom0(void);

static const struct machine sapphire = {
    .maker = INTEL, .signature = 0x806f8,
    .with = "xsave avx avx2 avx512f avx512bw aesni vmx itsc hle rtm",
};

static void setup(void)
{
    cli_enter();
    cli_write_machine("cpu", &sapphire);
}

static const struct row {
    const char *arguments;
    int status;
    const char *has, *lacks;    /* of what is printed; NULL: nothing */
} rows[] = {
    { "cmdline dom0-cpuid=no-avx --from cpu", 0, "  dom0\n    -avx -avx2",
      NULL },
    { "cmdline dom0-cpuid=no-avx --from cpu", 0, "  pv-default: no change",
      NULL },
    { "cmdline dom0-cpuid=no-avx --from cpu", 0, "  dom0-pvh\n    -avx",
      NULL },
    { "cmdline dom0-cpuid=no-avx --from cpu -o json", 0, "\"dom0\"", NULL },
    { "cmdline cpuid=no-avx --from cpu", 0, "pv-default", "dom0" },
    { "show dom0 -o features --from cpu", 0, "itsc", NULL },
    { "show pv-default -o features --from cpu", 0, "avx2", "itsc" },
    { "show dom:0 -o features --from cpu --cmdline dom0-cpuid=no-itsc", 0,
      "avx2", "itsc" },
    { "show dom0 -o features --from cpu --cmdline dom0-cpuid=no-avx", 0,
      "itsc", "avx2" },
    { "show dom0-pvh -o features --from cpu --cmdline cpuid=no-avx", 0,
      "itsc", "avx2" },
    { "show --from cpu --cmdline dom0-cpuid=no-avx", 0,
      "\ndom0, from pv-default\n", NULL },
    { "show --from cpu", 0, "hvm-default", "dom0" },
    { "show --from cpu -o json", 0, "hvm-default", "dom0" },
    { "explain avx2 --from cpu --cmdline dom0-cpuid=no-avx", 0,
      "  dom0          no   its prerequisite", NULL },
    { "explain avx2 --from cpu --cmdline dom0-cpuid=no-avx", 0,
      "avx: dom0-cpuid= on the command line [dom0-cpuid-out] in dom0",
      NULL },
    { "explain vmx --from cpu --cmdline dom0-cpuid=vmx", 0,
      "  dom0          no   pv-max does not have it [dom0-limit]", NULL },
    { "explain vmx --from cpu --cmdline dom0-cpuid=vmx", 0,
      "  dom0-pvh      no   dom0 is made without what it takes [dom0-limit]",
      NULL },
    { "explain itsc --from cpu --cmdline dom0-cpuid=no-avx", 0,
      "  dom0-pvh      yes  dom0 does not migrate [dom0-itsc]", NULL },
    { "explain avx2 --from cpu", 0, "hvm-default", "dom0" },
    { "diff pv-default dom0 --from cpu --cmdline dom0-cpuid=no-avx", 1,
      "dom0: dom0-cpuid= on the command line (avx) [dom0-cpuid-out]", NULL },
};

START_TEST(command_of_table_tells_of_dom0)
{
    const struct row *row = &rows[_i];
    struct cli_result r = cli_run(row->arguments);

    ck_assert_msg(r.status == row->status, "%s: status %d\n%s",
                  row->arguments, r.status, r.err);
    ck_assert_msg(strstr(r.out, row->has), "%s: not '%s' in\n%s",
                  row->arguments, row->has, r.out);
    ck_assert_msg(!row->lacks || !strstr(r.out, row->lacks),
                  "%s: '%s' in\n%s", row->arguments, row->lacks, r.out);
    cli_dispose(&r);
}
END_TEST

/* ---- the changes lead from the parent to dom0's policy, none missing --- */

static const char *const options[] = {
    "", "dom0-cpuid=no-avx", "dom0-cpuid=avx512f,no-itsc,vmx",
    "dom0-cpuid=no-xsave", "dom0-cpuid=no-sse2,avx cpuid=no-avx",
    "dom0-cpuid=hle,rtm=guest", "dom0-cpuid=no-fpu,no-lm",
};

static uint64_t *place(struct cpu_policy *p, const cpupolicy_change *c,
                       uint32_t **word)
{
    int slot = c->is_msr ? x86_msr_slot_find(c->msr)
                         : x86_slot_find(c->leaf, c->subleaf);

    ck_assert_int_ge(slot, 0);
    if ( c->is_msr )
        return &p->msr[slot];
    *word = &p->word[slot * 4 + c->reg];

    return NULL;
}

static void follow_changes(const char *name, cpupolicy_source *src,
                           cpupolicy_which which)
{
    struct cpu_policy p =
        cpupolicy_source_policy(src, cpupolicy_which_parent(which))->policy;
    size_t nr;
    const cpupolicy_change *c = cpupolicy_source_changes(src, &nr);

    for ( size_t i = 0; i < nr; i++ )
    {
        uint32_t *word = NULL;
        uint64_t *msr;

        if ( c[i].policy != which )
            continue;
        ck_assert_msg(c[i].before != c[i].after && c[i].rule && c[i].reason,
                      "%s: change %zu is none", name, i);
        msr = place(&p, &c[i], &word);
        ck_assert_msg((msr ? *msr : *word) == c[i].before,
                      "%s: %s does not start where the last ended", name,
                      c[i].rule);
        if ( msr )
            *msr = c[i].after;
        else
            *word = c[i].after;
    }
    ck_assert_msg(!memcmp(p.word, cpupolicy_source_policy(src, which)
                                      ->policy.word, sizeof(p.word)) &&
                  !memcmp(p.msr, cpupolicy_source_policy(src, which)
                                     ->policy.msr, sizeof(p.msr)),
                  "%s: the changes lead elsewhere", name);
}

START_TEST(changes_of_dom0_lead_to_its_policy)
{
    const cpupolicy_options o = { .cmdline = options[_i] };
    cpupolicy_source *src;

    ck_assert_int_eq(cpupolicy_source_open(&src, "cpu", &o, NULL), 0);
    follow_changes(options[_i], src, CPUPOLICY_DOM0);
    follow_changes(options[_i], src, CPUPOLICY_DOM0_PVH);
    cpupolicy_source_free(src);
}
END_TEST

/* What dom0 has is what its max policy allows. */
START_TEST(policy_of_dom0_passes_its_audit)
{
    const cpupolicy_options o = { .cmdline = options[_i] };

    for ( int pvh = 0; pvh < 2; pvh++ )
    {
        const cpupolicy_domain_kind kind = { .hvm = pvh };
        cpupolicy_violation *list = NULL;
        cpupolicy_source *src;
        size_t nr = 0;

        ck_assert_int_eq(cpupolicy_source_open(&src, "cpu", &o, NULL), 0);
        ck_assert_msg(!cpupolicy_audit(src, cpupolicy_source_policy(
                          src, pvh ? CPUPOLICY_DOM0_PVH : CPUPOLICY_DOM0),
                          &kind, &list, &nr), "'%s': %zu, %s", options[_i],
                      nr, nr ? list->rule : "");
        cpupolicy_source_free(src);
    }
}
END_TEST

Suite *suite_dom0(void)
{
    Suite *s = suite_create("dom0");
    TCase *t = tcase_create("views");

    tcase_add_checked_fixture(t, setup, cli_leave);
    tcase_add_loop_test(t, command_of_table_tells_of_dom0, 0,
                        sizeof(rows) / sizeof(rows[0]));
    tcase_add_loop_test(t, changes_of_dom0_lead_to_its_policy, 0,
                        sizeof(options) / sizeof(options[0]));
    tcase_add_loop_test(t, policy_of_dom0_passes_its_audit, 0,
                        sizeof(options) / sizeof(options[0]));
    suite_add_tcase(s, t);

    return s;
}
