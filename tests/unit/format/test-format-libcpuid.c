/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libcpuid raw dumps and test files. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dump-text.h"
#include "format/formats.h"

Suite *suite_format_libcpuid(void);

#define NR(rows) (sizeof(rows) / sizeof(rows[0]))

static const char *const files[] = {
    "libcpuid-aida.test",
    "libcpuid-arrays.txt",
};

static const struct refusal refusals[] = {
    { "index missing", "basic_cpuid[]=00000001 00000002 00000003 00000004\n",
      0, 1, 13, "the index is missing" },
    { "index beyond the arrays",
      "basic_cpuid[64]=00000001 00000002 00000003 00000004\n",
      0, 1, 15, "an index of 64" },
    { "register missing", "ext_cpuid[0]=80000001 00000002 00000003\n",
      0, 1, 40, "the line ends inside a register" },
    { "register short", "ext_cpuid[0]=80000001 2 00000003 00000004\n",
      0, 1, 23, "a register has 1 hex digits, not 8" },
    { "fifth register",
      "ext_cpuid[0]=80000001 00000002 00000003 00000004 00000005\n",
      0, 1, 50, "after the end of the row" },
    { "unknown array",
      "basic_cpuid[0]=00000001 00000002 00000003 00000004\n"
      "other_cpuid[0]=00000001 00000002 00000003 00000004\n",
      0, 2, 1, "not a row of libcpuid's arrays" },
    { "key behind the first CPU",
      "basic_cpuid[0]=00000001 00000002 00000003 00000004\nversion=1\n",
      0, 2, 1, "not a row of libcpuid's arrays" },
    { "Arm", "version=1\n_________________ Logical CPU #0 ____\n"
      "arm_midr=00000000410fd0b1\n", 0, 3, 5, "describes an Arm CPU" },
    { "CPU twice",
      "_________________ Logical CPU #1 _________________\n"
      "basic_cpuid[0]=00000001 00000002 00000003 00000004\n"
      "_________________ Logical CPU #1 _________________\n"
      "basic_cpuid[0]=00000001 00000002 00000003 00000004\n",
      0, 0, 0, "CPU 1 occurs twice" },
    { "entry twice, differing",
      "basic_cpuid[0]=00000001 00000002 00000003 00000004\n"
      "basic_cpuid[0]=00000001 00000002 00000003 00000005\n",
      0, 2, 0, "also in line 1" },
    { "binary data behind the dashes",
      "CPUID 00000000: 00000001-00000002-00000003-00000004\n"
      "----------------------------------------\nx\x02\n",
      0, 3, 2, "binary data" },
    { "only what is expected",
      "----------------------------------------\nx86\n",
      0, 0, 0, "there are no rows" },
};

static const struct format_rows rows = {
    &format_libcpuid, files, NR(files), refusals, NR(refusals),
};

Suite *suite_format_libcpuid(void)
{
    Suite *s = suite_create("format-libcpuid");
    TCase *tc = tcase_create("parse");

    format_add_tests(tc, &rows);
    suite_add_tcase(s, tc);

    return s;
}
