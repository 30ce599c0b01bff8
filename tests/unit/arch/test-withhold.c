/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Unknown is not zero: every leaf and MSR of every machine at hand, the
 * machines of all rules among them, is withheld in turn.  No policy may then
 * say of the CPU what it does not say when everything is stated.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpus.h"
#include "machine.h"
#include "quick.h"

Suite *suite_withhold(void);

/* Rows leave out what they are not about. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

/*
 * What tells a guest that it need not protect itself, or that what it does
 * works.  SDM vol 4, IA32_ARCH_CAPABILITIES; APM vol 3, CPUID Fn8000_0008 EBX
 * and Fn8000_0021; AMD-SB-1037, -7005, -7029; SDM vol 2, CPUID.7.0:EDX[10].
 */
static const char claims[] =
    "rdcl-no eibrs skip-l1dfl intel-ssb-no mds-no if-pschange-mc-no taa-no "
    "sbdr-ssdp-no fbsdp-no psdp-no bhi-no pbrsb-no gds-no rfds-no its-no "
    "ssb-no btc-no srso-no srso-us-no tsa-sq-no tsa-l1-no ibpb-ret "
    "ibpb-brtype lfence-dispatch nscb md-clear fb-clear rfds-clear "
    "verw-clear";

/*
 * What is taken away where it leaks or fails: gathers (INTEL-SA-00828), TSX
 * (INTEL-SA-00270), RDRAND (INTEL-SA-00320, and after S3 on AMD), MONITOR and
 * LAHF (AMD's revision guides).  Not the TSC deadline: guests' timers are
 * emulated, and its erratum is the hypervisor's own affair.
 */
static const char taken[] = "avx avx2 rtm hle rdrand monitor lahf-lm";

/* Warnings, which do no harm where there is nothing to warn of. */
static const char warnings[] = "rsba rrsba";

static x86_featureset claim, mitigated, warning;
static struct x86_policies *full, *without;
static struct cpu_policy *cpus;
static size_t max_cpus;
static unsigned int nr_derived, nr_uncertain;

static void setup(void)
{
    features_of(claim, claims);
    features_of(mitigated, taken);
    features_of(warning, warnings);
    full = malloc(sizeof(*full));
    without = malloc(sizeof(*without));
    ck_assert(full && without);
}

static void teardown(void)
{
    free(full);
    free(without);
    free(cpus);
    cpus = NULL;
    max_cpus = 0;
}

static void copy_cpus(const struct corpus_entry *e)
{
    if ( max_cpus < e->nr_cpus )
    {
        free(cpus);
        max_cpus = e->nr_cpus;
        cpus = malloc(max_cpus * sizeof(*cpus));
        ck_assert_ptr_nonnull(cpus);
    }
    memcpy(cpus, e->cpus, e->nr_cpus * sizeof(*cpus));
}

static void on_change(void *ctx, const struct x86_change *c)
{
    (void)ctx;
    nr_uncertain += c->unknown != X86_INPUT_NONE;
}

static void derive(const struct corpus_entry *e, struct x86_policies *out)
{
    const struct x86_trace trace = { on_change, NULL };
    struct corpus_entry one = *e;

    x86_platform_guess(&one.plat, &one.cpus[0], &one.unknown);
    corpus_derive(&one, out, NULL, nr_derived++ % 8 ? NULL : &trace);
}

static const char *name_of(x86_input i, char *out, size_t size)
{
    unsigned int slot = x86_input_slot(i);

    if ( x86_input_is_msr(i) )
        snprintf(out, size, "MSR %#x", x86_msr_descs[slot].index);
    else
        snprintf(out, size, "leaf %#x.%d", x86_slot_descs[slot].leaf,
                 (int)x86_slot_descs[slot].subleaf);

    return out;
}

static void first_of(const x86_featureset fs, const char **out)
{
    for ( unsigned int i = X86_NR_FEATURES; i--; )
        if ( x86_feature_test(fs, x86_feature_descs[i].value) )
            *out = x86_feature_descs[i].name;
}

/* Is the return stack said to be unsafe, where there is an MSR to say it? */
static bool warns(const struct cpu_policy *p)
{
    return x86_policy_has(p, X86_FEATURE_RSBA) ||
           x86_policy_has(p, X86_FEATURE_RRSBA);
}

static void compare(const struct corpus_entry *e, x86_input i)
{
    char text[40];

    name_of(i, text, sizeof(text));
    for ( unsigned int w = X86_POLICY_HOST_MAX; w < X86_NR_POLICIES; w++ )
    {
        const struct cpu_policy *p = &without->policy[w];
        const struct cpu_policy *q = &full->policy[w];
        const char *what = NULL;
        x86_featureset fs, was;

        x86_policy_to_featureset(p, fs);
        x86_policy_to_featureset(q, was);
        for ( unsigned int j = 0; j < X86_NR_FEATURE_WORDS; j++ )
            fs[j] &= ~was[j] & (claim[j] | mitigated[j]);
        first_of(fs, &what);
        quick_assert_msg(!what, "%s without %s: %s has %s", e->name, text,
                         x86_policy_names[w], what);

        /* What else appears can only be a warning. */
        x86_policy_to_featureset(p, fs);
        for ( unsigned int j = 0; j < X86_NR_FEATURE_WORDS; j++ )
            fs[j] &= ~was[j] & ~warning[j];
        first_of(fs, &what);
        quick_assert_msg(!what, "%s without %s: %s gains %s", e->name, text,
                         x86_policy_names[w], what);

        if ( w >= X86_POLICY_PV_MAX && warns(q) &&
             x86_policy_has(p, X86_FEATURE_ARCH_CAPS) )
            quick_assert_msg(warns(p), "%s without %s: %s: the return stack "
                             "passes for safe", e->name, text,
                             x86_policy_names[w]);
    }
}

/* Something that is there, and more than zeros. */
static bool is_stated(const struct corpus_entry *e, x86_input i)
{
    static const struct x86_regs zero;
    unsigned int slot = x86_input_slot(i);

    if ( x86_unknown_has(&e->unknown, i) ||
         i == x86_input_leaf(X86_SLOT_0) )
        return false;
    for ( unsigned int c = 0; c < e->nr_cpus; c++ )
        if ( x86_input_is_msr(i)
             ? e->cpus[c].msr[slot]
             : !!memcmp(&e->cpus[c].leaf[slot], &zero, sizeof(zero)) )
            return true;

    return false;
}

static void withhold(const struct corpus_entry *e, x86_input i)
{
    struct corpus_entry one = *e;
    unsigned int slot = x86_input_slot(i);

    copy_cpus(e);
    one.cpus = cpus;
    x86_unknown_add(&one.unknown, i);
    /* Whether there is such an MSR is not known then. */
    if ( i == x86_input_leaf(X86_SLOT_7) )
        x86_unknown_add(&one.unknown, x86_input_msr(X86_MSR_SLOT_10A));
    for ( unsigned int c = 0; c < e->nr_cpus; c++ )
        if ( x86_input_is_msr(i) )
            cpus[c].msr[slot] = 0;
        else
            memset(&cpus[c].leaf[slot], 0, sizeof(cpus[c].leaf[slot]));
    derive(&one, without);
    compare(e, i);
}

START_TEST(policies_without_an_input_claim_no_more)
{
    unsigned int nr = 0;

    for ( const struct corpus_entry *e = corpus; e < corpus + nr_corpus; e++ )
    {
        derive(e, full);
        for ( x86_input i = 1; i < X86_NR_INPUTS; i++ )
            if ( is_stated(e, i) )
            {
                withhold(e, i);
                nr++;
            }
    }
    printf("withheld: %u inputs of %u machines; %u changes uncertain\n", nr,
           nr_corpus, nr_uncertain);
    ck_assert_uint_gt(nr, nr_corpus);
    ck_assert_uint_gt(nr_uncertain, 0);
}
END_TEST

/* The rules that gave the law its reason, each by a cause that names it. */
static const struct withheld_row {
    const char *name, *feature;
    enum x86_policy_index policy;
    bool stated, unknown;       /* is it there? */
    x86_input input;
    struct machine machine;
} rows[] = {
#define MSR(n) 1 + X86_NR_SLOTS + X86_MSR_SLOT_##n
    { "Ice Lake, eIBRS unread", "its-no", X86_POLICY_HOST_MAX, true, false,
      MSR(10A), { INTEL, 0x606a6, "ibrsb arch-caps rdcl-no" } },
    { "Denverton, RFDS_NO unread", "rfds-no", X86_POLICY_HVM_DEFAULT, true,
      false, MSR(10A), { INTEL, 0x506f1, "arch-caps rfds-no" } },
    { "TSX may be off", "rtm", X86_POLICY_HVM_DEFAULT, true, false, MSR(10A),
      { INTEL, 0x606a6, "arch-caps rtm taa-no mds-no tsx-ctrl" } },
    { "the return stack may be unsafe", "rsba", X86_POLICY_HVM_DEFAULT, false,
      true, MSR(10A), { INTEL, 0x306f2, "ibrsb arch-caps rdcl-no" } },
    { "microcode unread", "tsc-deadline", X86_POLICY_HOST_MAX, true,
      true, MSR(8B), { INTEL, 0x306c3, "tsc-deadline", .msr = 0x8b,
                        .msr_value = 0x22ULL << 32 } },
#undef MSR
};

START_TEST(rule_without_its_input_of_table_is_as_it_says)
{
    const struct withheld_row *row = &rows[_i];
    struct corpus_entry e = { .nr_cpus = 1 };
    struct cpu_policy cpu;
    x86_featureset f;

    features_of(f, row->feature);
    machine_make(&cpu, &row->machine);
    x86_raw_clean(&cpu, NULL);
    e.cpus = &cpu;
    derive(&e, full);
    if ( x86_input_is_msr(row->input) )
        cpu.msr[x86_input_slot(row->input)] = 0;
    x86_unknown_add(&e.unknown, row->input);
    derive(&e, without);

    for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
    {
        unsigned int v = x86_feature_descs[i].value;

        if ( !x86_feature_test(f, v) )
            continue;
        ck_assert_msg(x86_policy_has(&full->policy[row->policy], v) ==
                      row->stated, "%s: stated", row->name);
        ck_assert_msg(x86_policy_has(&without->policy[row->policy], v) ==
                      row->unknown, "%s: unknown", row->name);
    }
}
END_TEST

Suite *suite_withhold(void)
{
    Suite *s = suite_create("withhold");
    TCase *tc = tcase_create("rows");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, rule_without_its_input_of_table_is_as_it_says, 0,
                        sizeof(rows) / sizeof(rows[0]));
    suite_add_tcase(s, tc);

    tc = tcase_create("laws");
    tcase_add_unchecked_fixture(tc, corpus_load, corpus_free);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 300);
    tcase_add_test(tc, policies_without_an_input_claim_no_more);
    suite_add_tcase(s, tc);

    return s;
}
