/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is guessed of the platform from a CPU's registers, and what may be
 * said instead.
 */
#include <stdio.h>
#include <string.h>

#include "machine.h"
#include "source/source.h"

Suite *suite_platform(void);

/* Rows leave out what they are not about. */
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

static const struct guess_row {
    const char *name, *fact;
    bool expect;
    struct machine machine;
} guesses[] = {
    { "VMX", "hvm", true, { INTEL, 0x606a6, "vmx" } },
    { "SVM", "hvm", true, { AMD, 0xa00f11, "svm" } },
    { "neither", "hvm", false, { INTEL, 0x606a6 } },
    { "VMX", "hap", true, { INTEL, 0x606a6, "vmx" } },
    { "neither", "hap", false, { AMD, 0xa00f11 } },
    { "EPT", "hap", true,
      { INTEL, 0x606a6, "vmx", .msr = 0x48b, .msr_value = 1ULL << 33 } },
    { "no EPT", "hap", false,
      { INTEL, 0x10676, "vmx", .msr = 0x48b, .msr_value = 1ULL << 32 } },
    { "no secondary controls", "hap", false,
      { INTEL, 0x006f6, "vmx", .msr = 0x482,
        .msr_value = 0x77b9fffe0401e172ULL } },
    { "NPT", "hap", true, { AMD, 0x100f42, "svm",
                            .words = { { 0x8000000a, NONE, 'd', 1 } } } },
    { "no NPT", "hap", false, { AMD, 0x40f12, "svm" } },
    { "always", "spec-ctrl-pv", true, { INTEL, 0x606a6 } },
    { "always", "spec-ctrl-hvm", true, { AMD, 0xa00f11 } },
    { "never", "vpmu", false, { INTEL, 0x606a6 } },
    { "unless said", "fast-strings", true, { INTEL, 0x606a6 } },
    { "unless said", "smt", true, { AMD, 0x830f10 } },
    { "one thread a core", "smt", false,
      { AMD, 0x820f01, "topoext",
        .words = { { 0x80000008, NONE, 'c', 0x4001 },
                   { 0x8000001e, NONE, 'b', 0 } } } },
    { "two threads a core", "smt", true,
      { AMD, 0x820f01, "topoext",
        .words = { { 0x80000008, NONE, 'c', 0x4001 },
                   { 0x8000001e, NONE, 'b', 0x100 } } } },
    { "leaf 0xb has one", "smt", false,
      { AMD, 0x830f10, .words = { { 0xb, 0, 'b', 1 },
                                  { 0xb, 0, 'c', 0x100 } } } },
    { "leaf 0xb has two", "smt", true,
      { AMD, 0x830f10, .words = { { 0xb, 0, 'b', 2 },
                                  { 0xb, 0, 'c', 0x100 } } } },
    { "Hygon, two threads a core", "smt", true,
      { HYGON, 0x900f11, .words = { { 0x80000008, NONE, 'c', 0x400f },
                                    { 0x8000001e, NONE, 'b', 0x100 } } } },
    { "the bit", "virtualised", true, { AMD, 0xa00f11, "hypervisor" } },
    { "no bit", "virtualised", false, { AMD, 0xa00f11 } },
    { "MSR 0xce says so", "cpuid-faulting", true,
      { INTEL, 0x606a6, .msr = 0xce, .msr_value = 0x80000000 } },
    { "MSR 0xce is silent", "cpuid-faulting", false, { INTEL, 0x606a6 } },
    { "usually", "tsx", true, { INTEL, 0x306c3, "rtm" } },
    { "aborts always", "tsx", false,
      { INTEL, 0x506e3, "rtm rtm-always-abort tsx-force-abort" } },
    { "aborts always, with no control", "tsx", true,
      { INTEL, 0x506e3, "rtm-always-abort" } },
    { "can be made to abort", "tsx", true,
      { INTEL, 0x506e3, "rtm tsx-force-abort" } },
    { "taken out of clients", "tsx", false,
      { INTEL, 0x906ed, "rtm arch-caps tsx-ctrl mds-no taa-no srbds-ctrl "
                        "rtm-always-abort" } },
    { "TAA is open", "tsx", false,
      { INTEL, 0x50657, "rtm arch-caps tsx-ctrl mds-no" } },
    { "TAA is closed", "tsx", true,
      { INTEL, 0x606a6, "rtm arch-caps tsx-ctrl mds-no taa-no" } },
    { "MDS is open, which is mitigated anyway", "tsx", true,
      { INTEL, 0x50654, "rtm arch-caps tsx-ctrl" } },
    { "unless said", "gds-mit", true, { INTEL, 0x606a6 } },
    { "Zen", "lfence-serialising", true, { AMD, 0x800f82 } },
    { "K8", "lfence-serialising", true, { AMD, 0x40f12 } },
    { "K7", "lfence-serialising", false, { AMD, 0x681 } },
    { "Intel needs nothing done", "lfence-serialising", false,
      { INTEL, 0x606a6 } },
    { "Zen2", "null-clears-base", true, { AMD, 0x830f10 } },
    { "Zen3, which would say so", "null-clears-base", false,
      { AMD, 0xa20f10 } },
    { "Zen", "null-clears-base", false, { AMD, 0x800f82 } },
    { "Zen, which says so", "null-clears-base", true,
      { AMD, 0x800f82, "nscb" } },
    { "Zen2 under a hypervisor", "null-clears-base", false,
      { AMD, 0x830f10, "hypervisor" } },
    { "the control", "bp-spec-reduce", true,
      { AMD, 0xb00f21, "srso-msr-fix" } },
    { "no control", "bp-spec-reduce", false, { AMD, 0xa00f11 } },
    { "Zen3", "sbpb-writable", true, { AMD, 0xa00f11 } },
    { "Zen2", "sbpb-writable", false, { AMD, 0x830f10 } },
    { "no VMX MSRs", "vmx-rdtscp", true, { INTEL, 0x606a6, "vmx" } },
    { "bit 3", "vmx-rdtscp", true,
      { INTEL, 0x606a6, .msr = 0x48b, .msr_value = 1ULL << 35 } },
    { "not bit 3", "vmx-rdtscp", false,
      { INTEL, 0x606a6, .msr = 0x48b, .msr_value = ~(1ULL << 35) } },
    { "bit 12", "vmx-invpcid", true,
      { INTEL, 0x606a6, .msr = 0x48b, .msr_value = 1ULL << 44 } },
    { "not bit 12", "vmx-invpcid", false,
      { INTEL, 0x606a6, .msr = 0x48b, .msr_value = ~(1ULL << 44) } },
    { "bit 20", "vmx-xsaves", true,
      { INTEL, 0x606a6, .msr = 0x48b, .msr_value = 1ULL << 52 } },
    { "not bit 20", "vmx-xsaves", false,
      { INTEL, 0x606a6, .msr = 0x48b, .msr_value = ~(1ULL << 52) } },
    { "bit 16", "vmx-mpx", true,
      { INTEL, 0x506e3, .msr = 0x490, .msr_value = 1ULL << 48 } },
    { "not bit 16", "vmx-mpx", false,
      { INTEL, 0x506e3, .msr = 0x490, .msr_value = ~(1ULL << 48) } },
};

static bool fact(const struct x86_platform *plat, const char *name)
{
    for ( unsigned int i = 0; i < x86_nr_platform_facts; i++ )
        if ( !strcmp(x86_platform_facts[i].option, name) )
            return *(const bool *)((const char *)plat +
                                   x86_platform_facts[i].offset);

    ck_abort_msg("no fact %s", name);
}

START_TEST(platform_guess_of_table_is_as_it_says)
{
    const struct guess_row *row = &guesses[_i];
    struct x86_platform plat;
    struct cpu_policy p;

    machine_make(&p, &row->machine);
    x86_platform_guess(&plat, &p, NULL);
    ck_assert_msg(fact(&plat, row->fact) == row->expect, "%s, %s: %d",
                  row->fact, row->name, fact(&plat, row->fact));
}
END_TEST

START_TEST(platform_guess_reads_the_microcode_where_each_vendor_has_it)
{
    static const struct machine intel = {
        INTEL, 0x606a6, .msr = 0x8b, .msr_value = 0x0d0003a500000000ULL,
    };
    static const struct machine amd = {
        AMD, 0xa00f11, .msr = 0x8b, .msr_value = 0x0a0011d7,
    };
    struct x86_platform plat;
    struct cpu_policy p;

    machine_make(&p, &intel);
    x86_platform_guess(&plat, &p, NULL);
    ck_assert_uint_eq(plat.microcode, 0x0d0003a5);
    machine_make(&p, &amd);
    x86_platform_guess(&plat, &p, NULL);
    ck_assert_uint_eq(plat.microcode, 0x0a0011d7);
}
END_TEST

START_TEST(platform_parse_of_every_fact_sets_it_alone)
{
    for ( unsigned int i = 0; i < x86_nr_platform_facts; i++ )
    {
        const struct x86_platform_fact *f = &x86_platform_facts[i];
        struct x86_platform plat = { .microcode = 0 }, expect = plat;
        char text[64];

        *(bool *)((char *)&expect + f->offset) = true;
        snprintf(text, sizeof(text), "%s", f->option);
        ck_assert_int_eq(platform_parse(&plat, text, NULL), 0);
        ck_assert_msg(!memcmp(&plat, &expect, sizeof(plat)), "%s", text);

        snprintf(text, sizeof(text), "%s=no", f->option);
        *(bool *)((char *)&expect + f->offset) = false;
        ck_assert_int_eq(platform_parse(&plat, text, NULL), 0);
        ck_assert_msg(!memcmp(&plat, &expect, sizeof(plat)), "%s", text);
    }
}
END_TEST

static const struct {
    const char *text, *says;
} bad[] = {
    { "qqq", "no fact 'qqq'" },
    { "hap,qqq", "no fact 'qqq'" },
    { "hap=2", "'hap=2' is no boolean" },
    { "hap=", "'hap=' is no boolean" },
    { "HAP", "no fact 'HAP'" },
    { " hap", "no fact ' hap'" },
    { "hap,", "empty fact" },
    { ",hap", "no fact ''" },
    { "microcode", "no fact 'microcode'" },
    { "microcode=", "revision" },
    { "microcode=-1", "revision" },
    { "microcode=0x100000000", "revision" },
    { "microcode=0x", "revision" },
    { "microcode=1x", "revision" },
    { "microcode=00000000000000000000000000000000000001", "revision" },
};

START_TEST(platform_parse_of_table_is_refused_and_touches_nothing)
{
    struct x86_platform plat, before;
    cpupolicy_error err;

    memset(&plat, 0, sizeof(plat));
    plat.microcode = 7;
    before = plat;
    ck_assert_msg(platform_parse(&plat, bad[_i].text, &err) < 0, "%s",
                  bad[_i].text);
    ck_assert_msg(strstr(err.message, bad[_i].says), "%s: %s", bad[_i].text,
                  err.message);
    ck_assert_msg(!memcmp(&plat, &before, sizeof(plat)), "%s: touched",
                  bad[_i].text);
}
END_TEST

START_TEST(platform_parse_of_a_list_applies_the_last)
{
    struct x86_platform plat = { .microcode = 0 };

    ck_assert_int_eq(platform_parse(&plat, "hap,smt=on,microcode=0x1d,hap=no",
                                    NULL), 0);
    ck_assert(!plat.hap && plat.smt);
    ck_assert_uint_eq(plat.microcode, 0x1d);
    ck_assert_int_eq(platform_parse(&plat, "", NULL), 0);
}
END_TEST

Suite *suite_platform(void)
{
    Suite *s = suite_create("platform");
    TCase *tc = tcase_create("facts");

    tcase_add_loop_test(tc, platform_guess_of_table_is_as_it_says, 0,
                        sizeof(guesses) / sizeof(guesses[0]));
    tcase_add_test(
        tc, platform_guess_reads_the_microcode_where_each_vendor_has_it);
    tcase_add_test(tc, platform_parse_of_every_fact_sets_it_alone);
    tcase_add_loop_test(
        tc, platform_parse_of_table_is_refused_and_touches_nothing, 0,
        sizeof(bad) / sizeof(bad[0]));
    tcase_add_test(tc, platform_parse_of_a_list_applies_the_last);
    suite_add_tcase(s, tc);

    return s;
}
