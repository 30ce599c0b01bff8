/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RJCP's XML. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dump-text.h"
#include "format/formats.h"

Suite *suite_format_rjcp(void);

#define HEAD "<cpuid><processor>\n"
#define TAIL "</processor></cpuid>\n"
#define NR(rows) (sizeof(rows) / sizeof(rows[0]))

static const char *const files[] = {
    "rjcp.xml",
};

static const struct refusal refusals[] = {
    { "root of another name", "<cpu/>\n", 0, 1, 0,
      "an element other than <cpuid>" },
    { "architecture not x86", "<cpuid type='arm'/>\n", 0, 1, 0,
      "does not describe an x86 CPU" },
    { "processor of another architecture",
      "<cpuid><processor type='arm'/></cpuid>\n", 0, 1, 0,
      "does not describe an x86 CPU" },
    { "no processors", "<cpuid/>\n", 0, 0, 0, "there are no rows" },
    { "processor without registers", "<cpuid><processor/></cpuid>\n", 0, 0, 0,
      "CPU 0 has no CPUID rows" },
    { "register outside of a processor",
      "<cpuid><register eax='0'>1,2,3,4</register></cpuid>\n", 0, 1, 0,
      "an element other than <processor>" },
    { "register without values", HEAD "<register eax='0'/>" TAIL, 0, 2, 0,
      "not a <register> with values" },
    { "register with blank values",
      HEAD "<register eax='0'> </register>" TAIL, 0, 2, 0,
      "a <register> without values" },
    { "element in a register",
      HEAD "<register eax='0'><b/></register>" TAIL, 0, 2, 0,
      "not a <register> with values" },
    { "leaf missing", HEAD "<register ecx='0'>1,2,3,4</register>" TAIL,
      0, 2, 0, "the attribute 'eax' is missing" },
    { "leaf not a number",
      HEAD "<register eax='x'>1,2,3,4</register>" TAIL, 0, 2, 0,
      "eax='x' is not a 32-bit hex number" },
    { "three values", HEAD "<register eax='0'>1,2,3</register>" TAIL,
      0, 2, 0, "the line ends where ',' should come" },
    { "five values", HEAD "<register eax='0'>1,2,3,4,5</register>" TAIL,
      0, 2, 0, "',5' after the end of the row" },
    { "value too wide",
      HEAD "<register eax='0'>1,2,3,123456789</register>" TAIL,
      0, 2, 0, "a register has 9 hex digits, not 8 or less" },
    { "text between", HEAD "<register eax='0'>1,2,3,4</register>5" TAIL,
      0, 2, 0, "text outside of a <register>" },
    /* As in files converted from dumps without subleaf tags. */
    { "subleaf 0 twice, differing",
      HEAD "<register eax='0' ecx='0'>D,2,3,4</register>\n"
      "<register eax='D' ecx='0'>7,340,340,0</register>\n"
      "<register eax='D' ecx='0'>100,240,0,0</register>" TAIL, 0, 4, 0,
      "two different values for leaf 0xd subleaf 0x0: also in line 3" },
};

static const struct format_rows rows = {
    &format_rjcp, files, NR(files), refusals, NR(refusals),
};

Suite *suite_format_rjcp(void)
{
    Suite *s = suite_create("format-rjcp");
    TCase *tc = tcase_create("parse");

    format_add_tests(tc, &rows);
    suite_add_tcase(s, tc);

    return s;
}
