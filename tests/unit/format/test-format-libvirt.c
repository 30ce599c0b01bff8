/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt's XML of one CPU. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dump-text.h"
#include "format/formats.h"

Suite *suite_format_libvirt(void);

#define ROOT "<cpudata arch='x86'>\n"
#define REGS "eax='0x1' ebx='0x0' ecx='0x0' edx='0x0'"
#define NR(rows) (sizeof(rows) / sizeof(rows[0]))

static const char *const files[] = {
    "libvirt.xml",
    "libvirt-enabled.xml",
};

static const struct refusal refusals[] = {
    { "root of another name", "<cpu>\n</cpu>\n", 0, 1, 0,
      "the root is not <cpudata>" },
    { "architecture missing", "<cpudata/>\n", 0, 1, 0,
      "the attribute 'arch' is missing" },
    { "architecture not x86", "<cpudata arch='ppc64'/>\n", 0, 1, 0,
      "does not describe an x86 CPU" },
    { "no rows", "<cpudata arch='x86'/>\n", 0, 0, 0, "no CPUID rows" },
    { "element unknown", ROOT "<cpuidx/></cpudata>\n", 0, 2, 0,
      "an element other than <cpuid> and <msr>" },
    { "element inside a row",
      ROOT "<cpuid " REGS " eax_in='0x0'><msr/></cpuid></cpudata>\n",
      0, 2, 0, "an element other than" },
    { "text", ROOT "words</cpudata>\n", 0, 2, 0, "text between" },
    { "attribute missing", ROOT "<cpuid " REGS "/></cpudata>\n", 0, 2, 0,
      "the attribute 'eax_in' is missing" },
    { "attribute unknown",
      ROOT "<cpuid " REGS " eax_in='0x0' function='0x0'/></cpudata>\n",
      0, 2, 0, "the attribute 'function' is not known here" },
    { "number without 0x",
      ROOT "<cpuid " REGS " eax_in='7'/></cpudata>\n", 0, 2, 0,
      "eax_in='7' does not start with 0x" },
    { "number empty",
      ROOT "<cpuid " REGS " eax_in='0x'/></cpudata>\n", 0, 2, 0,
      "eax_in='0x' is not a 32-bit hex number" },
    { "number too wide",
      ROOT "<cpuid " REGS " eax_in='0x100000000'/></cpudata>\n", 0, 2, 0,
      "is not a 32-bit hex number" },
    { "number with a letter",
      ROOT "\n<msr index='0x1z' edx='0x0' eax='0x0'/></cpudata>\n", 0, 3, 0,
      "index='0x1z' is not a 32-bit hex number" },
    { "file cut", ROOT "<cpuid " REGS " eax_in='0x0'/>\n", 0, 2, 62,
      "ends too early" },
    { "row cut", ROOT "<cpuid eax_in='0x0", 0, 2, 19, "not XML" },
    { "attribute twice",
      ROOT "<msr index='0x1' index='0x2' edx='0x0' eax='0x0'/></cpudata>\n",
      0, 2, 49, "not XML: Attribute index redefined" },
    { "two roots", ROOT "</cpudata><cpudata/>\n", 0, 2, 11, "not XML" },
    { "document type", "<!DOCTYPE cpudata>\n" ROOT "</cpudata>\n", 0, 0, 0,
      "document types and entities are not accepted" },
    { "entity of its own",
      "<!DOCTYPE cpudata [ <!ENTITY a '0x0'> ]>\n" ROOT
      "<msr index='&a;' edx='0x0' eax='0x0'/></cpudata>\n", 0, 0, 0,
      "document types and entities are not accepted" },
    { "entity of a file",
      "<!DOCTYPE cpudata [ <!ENTITY a SYSTEM 'file:///etc/passwd'> ]>\n"
      ROOT "&a;</cpudata>\n", 0, 0, 0,
      "document types and entities are not accepted" },
    { "nesting",
      ROOT "<cpuid " REGS " eax_in='0x0'><a><a><a><a><a><a><a><a><a>"
      "</a></a></a></a></a></a></a></a></a></cpuid></cpudata>\n",
      0, 2, 0, "an element other than" },
    { "row twice, differing",
      ROOT "<cpuid eax_in='0x0' " REGS "/>\n<cpuid eax_in='0x0' eax='0x2' "
      "ebx='0x0' ecx='0x0' edx='0x0'/></cpudata>\n", 0, 3, 0,
      "two different values for leaf 0x0: also in line 2" },
    { "MSR twice, differing",
      ROOT "<cpuid eax_in='0x0' " REGS "/>\n"
      "<msr index='0x1' edx='0x0' eax='0x0'/>\n"
      "<msr index='0x1' edx='0x0' eax='0x1'/></cpudata>\n", 0, 4, 0,
      "two different values for MSR 0x1: also in line 3" },
};

/* As many attributes as libxml2 would chew on for a long time. */
START_TEST(parse_element_with_many_attributes_e2big)
{
    size_t nr = 200000, len;
    char *text = malloc(nr * 12 + 64);
    struct dump_input in = { text, 0 };
    cpupolicy_error err;
    struct dump d;

    len = (size_t)sprintf(text, ROOT "<cpuid");
    for ( size_t i = 0; i < nr; i++ )
        len += (size_t)sprintf(text + len, " a%zu=''", i);
    in.nr_bytes = len + (size_t)sprintf(text + len, "/></cpudata>");

    ck_assert_int_eq(dump_parse_as(&format_libvirt, &in, &d, &err), -E2BIG);
    ck_assert_uint_eq(err.line, 2);
    ck_assert_str_eq(err.message, "more than 1024 attributes");
    free(text);
}
END_TEST

static const struct format_rows rows = {
    &format_libvirt, files, NR(files), refusals, NR(refusals),
};

Suite *suite_format_libvirt(void)
{
    Suite *s = suite_create("format-libvirt");
    TCase *tc = tcase_create("parse");

    format_add_tests(tc, &rows);
    tcase_add_test(tc, parse_element_with_many_attributes_e2big);
    suite_add_tcase(s, tc);

    return s;
}
