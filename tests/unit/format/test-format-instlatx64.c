/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AIDA64 text in all its dialects. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dump-text.h"
#include "format/formats.h"

Suite *suite_format_instlatx64(void);

#define HEAD "------[ CPUID Registers / Logical CPU #0 ]------\n"
#define ROW0 "CPUID 00000000: 00000004-756E6547-6C65746E-49656E69\n"
#define ROW4 "CPUID 00000004: 00000001-00000002-00000003-00000004"
#define NR(rows) (sizeof(rows) / sizeof(rows[0]))

static const char *const files[] = {
    "instlatx64-modern.txt",
    "instlatx64-untagged.txt",
    "instlatx64-old.txt",
    "instlatx64-headless.txt",
    "instlatx64-groups.txt",
};

static const struct refusal refusals[] = {
    { "leaf too short", "CPUID 0000000: 1\n", 0, 0, 0, "there are no rows" },
    { "leaf too short in its section",
      HEAD "CPUID 0000000: 00000001-00000002-00000003-00000004\n",
      0, 2, 7, "the leaf has 7 hex digits, not 8" },
    { "register too wide",
      HEAD "CPUID 00000000: 000000001-00000002-00000003-00000004\n",
      0, 2, 17, "a register has 9 hex digits, not 8" },
    { "letter in a register",
      HEAD "CPUID 00000000: 0000000G-00000002-00000003-00000004\n",
      0, 2, 24, "a register is not a hex number" },
    { "line cut in a register",
      HEAD "CPUID 00000000: 00000001-0000",
      0, 2, 30, "the line ends inside a register" },
    { "line cut between registers",
      HEAD "CPUID 00000000: 00000001-00000002\n",
      0, 2, 34, "the line ends inside a register" },
    { "fifth register",
      HEAD "CPUID 00000000: 00000001-00000002-00000003-00000004-00000005\n",
      0, 2, 52, "after the end of the row" },
    { "text behind the registers",
      HEAD "CPUID 00000000: 00000001-00000002-00000003-00000004 extra\n",
      0, 2, 53, "'extra' after the end of the row" },
    { "subleaf without number",
      HEAD "CPUID 00000004: 00000001-00000002-00000003-00000004 [SL ]\n",
      0, 2, 57, "the subleaf has 0 hex digits" },
    { "subleaf not closed",
      HEAD "CPUID 00000004: 00000001-00000002-00000003-00000004 [SL 00\n",
      0, 2, 59, "where ']' should come" },
    { "damaged name of a row",
      HEAD ROW0 "CPUJD 00000001: 00000001-00000002-00000003-00000004\n",
      0, 3, 1, "values, but not a row" },
    { "MSR's value without a name",
      HEAD ROW0 "0000-0000-0000-0001\n", 0, 3, 1, "values, but not a row" },
    { "MSR's value short",
      HEAD ROW0 "MSR 0000010A: 0000-0000-001\n",
      0, 3, 28, "the line ends inside the MSR's value" },
    { "MSR's value with a wide part",
      HEAD ROW0 "MSR 0000010A: 0000-00000-0000-0000\n",
      0, 3, 20, "the MSR's value has 5 hex digits, not 4" },
    { "MSR that failed otherwise",
      HEAD ROW0 "MSR 0000010A: FAILED\n",
      0, 3, 17, "the MSR's value is not a hex number" },
    { "MSR before any CPU", "MSR 0000010A: 0000-0000-0000-0001\n",
      0, 1, 34, "a row outside of any CPU" },
    { "section of MSRs before any CPU", "------[ MSR Registers ]------\n",
      0, 1, 24, "MSRs before any CPU" },
    { "row behind the last CPU",
      HEAD ROW0 "------[ All CPUs ]------\n" ROW0,
      0, 4, 52, "a row outside of any CPU" },
    { "heading without number", "------[ Logical CPU # ]------\n",
      0, 1, 22, "the CPU's number is missing" },
    { "number of a CPU too big", "------[ Logical CPU #4294967296 ]------\n",
      0, 1, 22, "the CPU's number does not fit 32 bits" },
    { "CPU without rows", HEAD ROW0 "------[ Logical CPU #1 ]------\n",
      0, 0, 0, "CPU 1 has no CPUID rows" },
    { "CPU with MSRs only",
      HEAD ROW0 "------[ MSR Registers / Logical CPU #1 ]------\n"
      "MSR 0000010A: 0000-0000-0000-0001\n",
      0, 0, 0, "CPU 1 has no CPUID rows" },
    { "no rows", "nothing\n", 0, 0, 0, "there are no rows" },
    { "row twice, differing",
      HEAD ROW0 "CPUID 00000000: 00000002-756E6547-6C65746E-49656E69\n",
      0, 3, 0, "two different values for leaf 0x0: also in line 2" },
    { "subleaf twice, differing",
      HEAD ROW0 ROW4 " [SL 01]\n"
      "CPUID 00000004: 00000001-00000002-00000003-00000005 [SL 01]\n",
      0, 4, 0, "leaf 0x4 subleaf 0x1: also in line 3" },
    { "control character", HEAD "allcpu\x01\n", 0, 2, 7,
      "binary data: byte 0x01" },
};

/* Real dumps have bytes above 0x7f in the names of boards. */
START_TEST(parse_text_in_latin1_accepted)
{
    struct dump d;

    parse_good(&format_instlatx64, "latin1",
               "DMI : Intel\xae\n" HEAD "\xb5-code\n" ROW0, &d);
    ck_assert_uint_eq(d.sections[0].cpus[0].nr_leaves, 1);
    dump_dispose(&d);
}
END_TEST

START_TEST(parse_lines_ended_by_cr_lf_accepted)
{
    struct dump d;

    parse_good(&format_instlatx64, "CR LF",
               "------[ Logical CPU #5 ]------\r\n\r\n"
               "CPUID 00000000: 00000001-00000002-00000003-00000004\r\n"
               "CPUID 00000001: 00000001-00000002-00000003-00000004 [x]\r\n",
               &d);
    ck_assert_uint_eq(d.sections[0].cpus[0].id, 5);
    ck_assert_uint_eq(d.sections[0].cpus[0].nr_leaves, 2);
    dump_dispose(&d);
}
END_TEST

START_TEST(parse_row_twice_and_equal_kept_once)
{
    struct dump d;

    parse_good(&format_instlatx64, "twice", HEAD ROW0 ROW0, &d);
    ck_assert_uint_eq(d.sections[0].cpus[0].nr_leaves, 1);
    ck_assert_uint_eq(d.nr_notes, 0);
    dump_dispose(&d);
}
END_TEST

START_TEST(parse_more_sections_than_bound_e2big)
{
    static const char head[] = "------[ Logical CPU #0 ]------\n";
    size_t max = 4 * DUMP_MAX_CPUS, len = sizeof(head) - 1;
    char *text = malloc((max + 1) * len + sizeof(ROW0));
    struct dump_input in = { text, max * len + sizeof(ROW0) - 1 };
    cpupolicy_error err = { .code = 0 };
    struct dump d;

    memcpy(text, head, len);
    memcpy(text + len, ROW0, sizeof(ROW0) - 1);
    for ( size_t i = 1; i <= max; i++ )
        memcpy(text + i * len + sizeof(ROW0) - 1, head, len);

    ck_assert_msg(!dump_parse(&in, &d, &err), "%s", err.message);
    dump_dispose(&d);
    in.nr_bytes += len;
    ck_assert_int_eq(dump_parse(&in, &d, &err), -E2BIG);
    ck_assert_str_eq(err.message, "more than 32768 sections");
    free(text);
}
END_TEST

/* Equal rows of a leaf with subleaves are subleaves, not repetition. */
START_TEST(parse_untagged_subleaves_that_are_equal_all_kept)
{
    struct dump d;

    parse_good(&format_instlatx64, "equal subleaves",
               HEAD ROW0 ROW4 "\n" ROW4 "\n" ROW4 "\n", &d);
    ck_assert_uint_eq(d.sections[0].cpus[0].nr_leaves, 4);
    ck_assert_ptr_nonnull(dump_find_leaf(&d.sections[0].cpus[0], 4, 2));
    dump_dispose(&d);
}
END_TEST

static const struct format_rows rows = {
    &format_instlatx64, files, NR(files), refusals, NR(refusals),
};

Suite *suite_format_instlatx64(void)
{
    Suite *s = suite_create("format-instlatx64");
    TCase *tc = tcase_create("parse");

    format_add_tests(tc, &rows);
    tcase_add_test(tc, parse_text_in_latin1_accepted);
    tcase_add_test(tc, parse_lines_ended_by_cr_lf_accepted);
    tcase_add_test(tc, parse_row_twice_and_equal_kept_once);
    tcase_add_test(tc, parse_more_sections_than_bound_e2big);
    tcase_add_test(tc, parse_untagged_subleaves_that_are_equal_all_kept);
    suite_add_tcase(s, tc);

    return s;
}
