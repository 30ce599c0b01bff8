/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text of cpuid -r. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dump-text.h"
#include "format/formats.h"

Suite *suite_format_cpuid_r(void);

#define ROW "   0x00000000 0x00: eax=0x00000001 ebx=0x00000000 " \
            "ecx=0x00000000 edx=0x00000000"
#define NR(rows) (sizeof(rows) / sizeof(rows[0]))

static const char *const files[] = {
    "cpuid-r.txt",
    "cpuid-r-old.txt",
};

static const struct refusal refusals[] = {
    { "text", "CPU 0:\nwords\n", 0, 2, 1, "neither a row nor 'CPU n:'" },
    { "heading without number", "CPU :\n", 0, 1, 5,
      "the CPU's number is missing" },
    { "heading without colon", "CPU 0\n", 0, 1, 6, "where ':' should come" },
    { "heading with text behind", "CPU 0: x\n", 0, 1, 8,
      "'x' after the end of the row" },
    { "leaf short", "   0x0000000 0x00: eax=0x0\n", 0, 1, 6,
      "the leaf has 7 hex digits, not 8" },
    { "subleaf short", "   0x00000000 0x0: eax=0x0\n", 0, 1, 17,
      "the subleaf has 1 hex digits, not 2 or more" },
    { "register without name",
      "   0x00000000 0x00: 0x00000001\n", 0, 1, 21,
      "where 'eax=0x' should come" },
    { "registers out of order",
      "   0x00000000 0x00: eax=0x00000001 ecx=0x00000002\n", 0, 1, 36,
      "where 'ebx=0x' should come" },
    { "register too wide",
      "   0x00000000 0x00: eax=0x000000001\n", 0, 1, 27,
      "a register has 9 hex digits, not 8" },
    { "row cut", "   0x00000000 0x00: eax=0x00000001 ebx=0x0000", 0, 1, 46,
      "the line ends inside a register" },
    { "text behind the registers", ROW " x\n", 0, 1, 81,
      "'x' after the end of the row" },
    { "CPU without rows", "CPU 0:\n" ROW "\nCPU 1:\n", 0, 0, 0,
      "CPU 1 has no CPUID rows" },
    { "CPU twice", "CPU 0:\n" ROW "\nCPU 0:\n" ROW "\n", 0, 0, 0,
      "CPU 0 occurs twice" },
    { "row twice, differing",
      ROW "\n   0x00000000 0x00: eax=0x00000002 ebx=0x00000000 "
      "ecx=0x00000000 edx=0x00000000\n", 0, 2, 0,
      "two different values for leaf 0x0 subleaf 0x0: also in line 1" },
    { "leaf without subleaves twice, differing",
      "   0x00000006: eax=0x00000002 ebx=0x00000000 ecx=0x00000000 "
      "edx=0x00000000\n"
      "   0x00000006: eax=0x00000003 ebx=0x00000000 ecx=0x00000000 "
      "edx=0x00000000\n", 0, 2, 0,
      "two different values for leaf 0x6: also in line 1" },
};

static const struct format_rows rows = {
    &format_cpuid_r, files, NR(files), refusals, NR(refusals),
};

Suite *suite_format_cpuid_r(void)
{
    Suite *s = suite_create("format-cpuid-r");
    TCase *tc = tcase_create("parse");

    format_add_tests(tc, &rows);
    suite_add_tcase(s, tc);

    return s;
}
