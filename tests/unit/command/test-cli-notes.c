/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Notes of a source: said by every command, and never so that they bury it. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli-run.h"

Suite *suite_cli_notes(void);

#define NR(rows) (sizeof(rows) / sizeof(rows[0]))

enum { NR_MSRS = 60, NR_CPUS = 20 };

/* 60 MSRs that no policy has, and 20 CPUs of which none is like the first. */
static void write_dump(void)
{
    FILE *f = fopen("dump", "w");

    ck_assert_ptr_nonnull(f);
    for ( unsigned int i = 0; i < NR_CPUS; i++ )
        fprintf(f, "------[ CPUID Registers / Logical CPU #%u ]------\n\n"
                "CPUID 00000000: 00000001-756E6547-6C65746E-49656E69\n"
                "CPUID 00000001: 000606A6-%08X-00000000-178BFBFF\n\n", i,
                0x800 + (i << 8));
    fprintf(f, "------[ MSR Registers / Logical CPU #0 ]------\n\n");
    for ( unsigned int i = 0; i < NR_MSRS; i++ )
        fprintf(f, "MSR %08X: 0000-0000-0000-0001\n", 0x1000 + i);
    ck_assert_int_eq(fclose(f), 0);
}

static void setup(void)
{
    static const char quiet[] = "CPU 0:\n   0x00000000 0x00: "
        "eax=0x00000000 ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69\n"
        "   0x80000000 0x00: "
        "eax=0x80000000 ebx=0x00000000 ecx=0x00000000 edx=0x00000000\n";
    static const char request[] = "{\"policies\":{\"r\":{\"cpuid\":[]}}}";

    cli_enter();
    write_dump();
    cli_write("quiet", quiet, strlen(quiet));
    cli_write("request", request, strlen(request));
}

static const char *const commands[] = {
    "show raw --from dump", "show raw -o features --from dump",
    "show raw -o leaves --from dump", "show raw -o featureset --from dump",
    "show raw -o json --from dump", "show raw -o xml --from dump",
    "diff raw host-max --from dump", "explain avx --from dump",
    "cmdline cpuid=no-avx --from dump", "audit request --type hvm --from dump",
};

static unsigned int count(const char *text, const char *part)
{
    unsigned int nr = 0;

    for ( ; (text = strstr(text, part)); text += strlen(part) )
        nr++;

    return nr;
}

START_TEST(command_says_notes_once_in_a_few_short_lines)
{
    const char *name = commands[_i];
    struct cli_result r = cli_run(name);
    unsigned int nr = count(r.err, "\n");

    ck_assert_msg(r.status < 2, "%s: status %d\n%s", name, r.status, r.err);
    ck_assert_msg(count(r.err, "60 MSRs are not feature MSRs of the tables: "
                        "0x1000 0x1001") == 1, "%s: %s", name, r.err);
    ck_assert_msg(strstr(r.err, " ...\n"), "%s: %s", name, r.err);
    ck_assert_msg(!strstr(r.err, "0x103b"), "%s: %s", name, r.err);
    ck_assert_msg(strstr(r.err, "--notes all"), "%s: %s", name, r.err);
    ck_assert_msg(nr == count(r.err, "xl-cpupolicy: note: ") && nr <= 9,
                  "%s: %u lines\n%s", name, nr, r.err);
    for ( const char *l = r.err; *l; l += strcspn(l, "\n") + 1 )
        ck_assert_msg(strcspn(l, "\n") <= 130, "%s: %s", name, l);
    ck_assert_msg(!strstr(r.out, "note: "), "%s: %s", name, r.out);
    cli_dispose(&r);
}
END_TEST

START_TEST(command_with_notes_all_says_everything)
{
    char line[128];
    struct cli_result r;

    snprintf(line, sizeof(line), "%s --notes all", commands[_i]);
    r = cli_run(line);
    ck_assert_msg(r.status < 2, "%s: %s", line, r.err);
    ck_assert_msg(strstr(r.err, "0x103b") && strstr(r.err, "CPU 19 differs"),
                  "%s: %s", line, r.err);
    ck_assert_msg(!strstr(r.err, "..."), "%s: %s", line, r.err);
    cli_dispose(&r);
}
END_TEST

START_TEST(command_with_notes_none_is_quiet)
{
    char line[128];
    struct cli_result r;

    snprintf(line, sizeof(line), "%s --notes none", commands[_i]);
    r = cli_run(line);
    ck_assert_msg(r.status < 2 && !r.nr_err, "%s: %s", line, r.err);
    cli_dispose(&r);
}
END_TEST

START_TEST(show_json_has_all_notes)
{
    struct cli_result r = cli_run("show raw -o json --from dump");

    ck_assert_ptr_nonnull(strstr(r.out, "0x103b"));
    ck_assert_ptr_nonnull(strstr(r.out, "CPU 19 differs"));
    cli_dispose(&r);
}
END_TEST

START_TEST(show_without_notes_to_cut_offers_nothing)
{
    struct cli_result r = cli_run("show raw -o featureset --from quiet");

    ck_assert_msg(!r.status && !r.nr_err, "%s", r.err);
    cli_dispose(&r);
}
END_TEST

START_TEST(show_with_notes_of_another_kind_is_a_usage_error)
{
    struct cli_result r = cli_run("show raw --from quiet --notes some");

    ck_assert_int_eq(r.status, 2);
    ck_assert_ptr_nonnull(strstr(r.err, "--notes is short, all or none, not "
                                 "'some'"));
    cli_dispose(&r);
}
END_TEST

Suite *suite_cli_notes(void)
{
    Suite *s = suite_create("cli-notes");
    TCase *tc = tcase_create("notes");

    tcase_add_checked_fixture(tc, setup, cli_leave);
    tcase_add_loop_test(tc, command_says_notes_once_in_a_few_short_lines, 0,
                        NR(commands));
    tcase_add_loop_test(tc, command_with_notes_all_says_everything, 0,
                        NR(commands));
    tcase_add_loop_test(tc, command_with_notes_none_is_quiet, 0,
                        NR(commands));
    tcase_add_test(tc, show_json_has_all_notes);
    tcase_add_test(tc, show_without_notes_to_cut_offers_nothing);
    tcase_add_test(tc, show_with_notes_of_another_kind_is_a_usage_error);
    suite_add_tcase(s, tc);

    return s;
}
