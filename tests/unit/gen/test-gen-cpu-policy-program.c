/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gen-cpu-policy as a program: its options, its coverage, its exit status. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "gen-cpu-policy-run.h"

/* What cannot be done at all: status 2 and a message. */
static const struct misuse {
    const char *name;
    const char *args[10];
    const char *expected;       /* begins stderr */
} misuses[] = {
    { "no tables", { NULL }, "gen-cpu-policy: --features is needed\n" },
    { "deps alone", { "--deps", "deps.h" },
      "gen-cpu-policy: --features is needed\n" },
    { "fields without MSRs",
      { "--features", "features.h", "--deps", "deps.h", "--fields",
        "fields.h" },
      "gen-cpu-policy: --deps, --fields and --msrs are needed together\n" },
    { "fields without deps",
      { "--features", "features.h", "--msrs", "msrs.h", "--fields",
        "fields.h" },
      "gen-cpu-policy: --deps, --fields and --msrs are needed together\n" },
    { "header of features alone",
      { "--features", "features.h", "--header", "out.h" },
      "gen-cpu-policy: this output needs all tables\n" },
    { "unknown option", { "--colour" }, "" },
    { "argument", { "--features", "features.h", "deps.h" },
      "gen-cpu-policy: unexpected argument\n" },
    { "table absent", { "--features", "none.h" },
      "gen-cpu-policy: none.h: No such file or directory\n" },
    { "table is a folder", { "--features", "." },
      "gen-cpu-policy: .: Input/output error\n" },
    { "output in no folder",
      { "--features", "features.h", "--deps", "deps.h", "--fields",
        "fields.h", "--msrs", "msrs.h", "--header=none/out.h" },
      "gen-cpu-policy: none/out.h: No such file or directory\n" },
    { "output is a folder",
      { "--features", "features.h", "--deps", "deps.h", "--fields",
        "fields.h", "--msrs", "msrs.h", "--header=../." },
      "gen-cpu-policy: ../.: " },
};

START_TEST(program_misused_says_so)
{
    const struct misuse *u = &misuses[_i];
    struct outcome o;

    o = run(u->args);
    ck_assert_msg(o.status == 2, "%s: status %d", u->name, o.status);
    ck_assert_msg(*o.err && !strncmp(o.err, u->expected,
                                     strlen(u->expected)),
                  "%s: said\n%s", u->name, o.err);
    outcome_dispose(&o);
}
END_TEST

START_TEST(program_help_printed)
{
    const char *const args[] = { "--help", NULL };
    struct outcome o = run(args);

    ck_assert_int_eq(o.status, 0);
    ck_assert_ptr_eq(strstr(o.out, "usage: gen-cpu-policy "), o.out);
    ck_assert_str_eq(o.err, "");
    outcome_dispose(&o);
}
END_TEST

/* The list of x86-cpuid-db against the good tables. */
static const struct coverage {
    const char *name, *csv;
    int status;
    const char *out, *err;
} coverages[] = {
    { "nothing listed", "# comment\n\n", 0, "0 of 0 fields known, 0 excused\n",
      "" },
    { "known field", " 0x1, 0, ebx, 31:0, intel , a, b, c\n", 0,
      "1 of 1 fields known, 0 excused\n", "" },
    { "known feature", "0x1, 0, edx, 2, avx, AVX\n", 0,
      "1 of 1 fields known, 0 excused\n", "" },
    { "subleaves beyond ours", "0x7, 31:0, eax, 7:0, n, N\n", 0,
      "1 of 1 fields known, 0 excused\n", "" },
    { "reserved", "0x1, 0, edx, 3:2, x, X\n", 1,
      "unknown: leaf 0x1 subleaf 0 edx bits 3:2 x: reserved in the tables\n"
      "0 of 1 fields known, 0 excused\n", "" },
    { "reserved in one subleaf", "0x7, 1:0, ecx, 0, x, X\n", 1,
      "unknown: leaf 0x7 subleaf 0..1 ecx bits 0:0 x: reserved in the "
      "tables\n0 of 1 fields known, 0 excused\n", "" },
    { "no leaf", "0x9, 0, eax, 0, x, X\n", 1,
      "unknown: leaf 0x9 subleaf 0 eax bits 0:0 x: no such leaf in the "
      "tables\n0 of 1 fields known, 0 excused\n", "" },
    { "no subleaf", "0x7, 2, eax, 0, x, X\n", 1,
      "unknown: leaf 0x7 subleaf 2 eax bits 0:0 x: no such subleaf in the "
      "tables\n0 of 1 fields known, 0 excused\n", "" },
    { "excused", "0x80860001, 0, eax, 0, x, X\n", 0,
      "excused: leaf 0x80860001 subleaf 0 eax bits 0:0 x: Transmeta has no "
      "long mode, so Xen cannot run there\n0 of 1 fields known, 1 excused\n",
      "" },
    { "too few columns", "0x1, 0, eax, 0, x\n", 2, "",
      "list.csv:1: not a row " },
    { "leaf not hex", "\n1, 0, eax, 0, x, X\n", 2, "",
      "list.csv:2: not a row " },
    { "leaf too large", "0x100000001, 0, eax, 0, x, X\n", 2, "",
      "list.csv:1: not a row " },
    { "register unknown", "0x1, 0, rax, 0, x, X\n", 2, "",
      "list.csv:1: not a row " },
    { "bits out of range", "0x1, 0, eax, 32, x, X\n", 2, "",
      "list.csv:1: not a row " },
    { "bits reversed", "0x1, 0, eax, 0:1, x, X\n", 2, "",
      "list.csv:1: not a row " },
    { "subleaf no number", "0x1, n, eax, 0:1, x, X\n", 2, "",
      "list.csv:1: not a row " },
};

START_TEST(coverage_of_list_reported)
{
    const struct coverage *c = &coverages[_i];
    const char *const args[] = { "--coverage", "list.csv", NULL };
    struct outcome o;

    file_write("list.csv", c->csv, strlen(c->csv));
    o = run_on_tables(args);
    ck_assert_msg(o.status == c->status, "%s: status %d", c->name, o.status);
    ck_assert_msg(!strncmp(o.out, good_summary, strlen(good_summary)) &&
                  !strcmp(o.out + strlen(good_summary), c->out),
                  "%s: printed\n%s", c->name, o.out);
    ck_assert_msg(!strncmp(o.err, c->err, strlen(c->err)) &&
                  !*o.err == !*c->err, "%s: said\n%s", c->name, o.err);
    outcome_dispose(&o);
}
END_TEST

START_TEST(coverage_of_absent_list_fails)
{
    const char *const args[] = { "--coverage", "none.csv", NULL };
    struct outcome o = run_on_tables(args);

    ck_assert_int_eq(o.status, 2);
    ck_assert_str_eq(o.err,
                     "gen-cpu-policy: none.csv: No such file or directory\n");
    outcome_dispose(&o);
}
END_TEST

TCase *tcase_gen_cpu_policy_program(void)
{
    TCase *tc = tcase_create("program");

    tcase_add_checked_fixture(tc, folder_make, folder_remove);
    tcase_add_loop_test(tc, program_misused_says_so, 0,
                        sizeof(misuses) / sizeof(misuses[0]));
    tcase_add_test(tc, program_help_printed);
    tcase_add_loop_test(tc, coverage_of_list_reported, 0,
                        sizeof(coverages) / sizeof(coverages[0]));
    tcase_add_test(tc, coverage_of_absent_list_fails);

    return tc;
}
