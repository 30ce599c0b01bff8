/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text of xen-cpuid -p, and our rows. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dump-text.h"
#include "format/formats.h"

Suite *suite_format_xen_cpuid(void);

#define ROW \
    "  00000000:ffffffff -> 00000001:00000000:00000000:00000000\n"
#define NR(rows) (sizeof(rows) / sizeof(rows[0]))

static const char *const files[] = {
    "xen-cpuid.txt",
    "xen-cpuid-rows.txt",
};

static const struct refusal refusals[] = {
    { "text", "words\n", 0, 1, 1, "neither a row nor the heading" },
    { "heading of no policy", "Other policy: 1 leaves, 2 MSRs\n", 0, 1, 1,
      "neither a row nor the heading" },
    { "heading without counts", "Raw policy:\n", 0, 1, 1,
      "neither a row nor the heading" },
    { "heading with text behind", "Raw policy: 1 leaves, 2 MSRs.\n",
      0, 1, 29, "after the end of the row" },
    { "heading of a domain without number",
      "Domain x policy: 1 leaves, 2 MSRs\n", 0, 1, 8,
      "the domain's number is missing" },
    { "policy twice", "Raw policy: 1 leaves, 0 MSRs\n" ROW
      "Raw policy: 1 leaves, 0 MSRs\n" ROW, 0, 3, 0,
      "the policy 'raw' occurs twice" },
    { "Xen's name and ours", "Host policy: 1 leaves, 0 MSRs\n" ROW
      "host-default policy: 1 leaves, 0 MSRs\n" ROW, 0, 3, 0,
      "the policy 'host-default' occurs twice" },
    { "more rows than announced",
      "Raw policy: 1 leaves, 0 MSRs\n" ROW
      "  00000001:ffffffff -> 00000001:00000002:00000003:00000004\n",
      0, 3, 59, "more rows than the heading's 1 leaves" },
    { "more MSRs than announced",
      "Raw policy: 1 leaves, 0 MSRs\n" ROW "  000000ce -> 0000000000000001\n",
      0, 3, 31, "more rows than the heading's 0 MSRs" },
    { "leaf short", "  0000000:ffffffff -> 1\n", 0, 1, 3,
      "the leaf or MSR has 7 hex digits, not 8" },
    { "subleaf short", "  00000000:fffffff -> 1\n", 0, 1, 12,
      "the subleaf has 7 hex digits, not 8" },
    { "three registers", "  00000000:ffffffff -> 00000001:00000002:00000003\n",
      0, 1, 50, "the line ends where ':' should come" },
    { "fifth register",
      "  00000000:ffffffff -> 00000001:00000002:00000003:00000004:00000005\n",
      0, 1, 59, "after the end of the row" },
    { "MSR short", ROW "  000000ce -> 000000001\n", 0, 2, 24,
      "the MSR's value" },
    { "row cut", ROW "  000000ce", 0, 2, 11, "the line ends where ' -> '" },
    { "row twice, differing", ROW
      "  00000000:ffffffff -> 00000002:00000000:00000000:00000000\n",
      0, 2, 0, "two different values for leaf 0x0: also in line 1" },
    { "blank", "\n \n", 0, 0, 0, "there are no rows" },
};

static const struct format_rows rows = {
    &format_xen_cpuid, files, NR(files), refusals, NR(refusals),
};

Suite *suite_format_xen_cpuid(void)
{
    Suite *s = suite_create("format-xen-cpuid");
    TCase *tc = tcase_create("parse");

    format_add_tests(tc, &rows);
    suite_add_tcase(s, tc);

    return s;
}
