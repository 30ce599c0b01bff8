/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* hwloc's files of one CPU. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dump-text.h"
#include "format/formats.h"

Suite *suite_format_hwloc(void);

#define NR(rows) (sizeof(rows) / sizeof(rows[0]))

static const char *const files[] = {
    "hwloc.txt",
};

static const struct refusal refusals[] = {
    { "four inputs", "1 0 0 0 => 1 2 3 4\n", 0, 1, 9,
      "a number has 0 hex digits" },
    { "arrow missing", "1 0 0 0 0 1 2 3 4\n", 0, 1, 11,
      "where '=>' should come" },
    { "three outputs", "1 0 0 0 0 => 1 2 3\n", 0, 1, 19,
      "the line ends inside a number" },
    { "five outputs", "1 0 0 0 0 => 1 2 3 4 5\n", 0, 1, 22,
      "'5' after the end of the row" },
    { "number too wide", "1 0 0 0 0 => 1 2 3 123456789\n", 0, 1, 20,
      "a number has 9 hex digits, not 8 or less" },
    { "number with a letter", "1 0 0 0 0 => 1 2 3 4x\n", 0, 1, 21,
      "a number is not a hex number" },
    { "EAX not an input", "4 0 0 0 0 => 1 2 3 4\n", 0, 1, 10,
      "an input mask of 0x4" },
    { "EBX an input", "3 0 0 0 0 => 1 2 3 4\n", 0, 1, 10,
      "an input mask of 0x3" },
    { "heading with text behind", "# mask e[abcd]x => e[abcd]x x\n", 0, 1, 29,
      "'x' after the end" },
    { "CPU without rows", "# mask e[abcd]x => e[abcd]x\n", 0, 0, 0,
      "CPU 0 has no CPUID rows" },
    { "comments only", "# nothing\n", 0, 0, 0, "there are no rows" },
    { "row twice, differing", "1 0 0 0 0 => 1 2 3 4\n1 0 0 0 0 => 1 2 3 5\n",
      0, 2, 0, "two different values for leaf 0x0: also in line 1" },
};

static const struct format_rows rows = {
    &format_hwloc, files, NR(files), refusals, NR(refusals),
};

Suite *suite_format_hwloc(void)
{
    Suite *s = suite_create("format-hwloc");
    TCase *tc = tcase_create("parse");

    format_add_tests(tc, &rows);
    suite_add_tcase(s, tc);

    return s;
}
