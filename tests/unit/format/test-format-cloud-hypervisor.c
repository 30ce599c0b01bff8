/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cloud Hypervisor's profiles. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dump-text.h"
#include "format/formats.h"

Suite *suite_format_cloud_hypervisor(void);

#define CPUID(leaf, start, end, reg, replacements, mask) \
    "{\"adjustments\":[[{\"leaf\":\"" leaf "\",\"sub_leaf\":{\"start\":\"" \
    start "\",\"end\":\"" end "\"},\"register\":\"" reg "\"}," \
    "{\"replacements\":\"" replacements "\",\"mask\":\"" mask "\"}]]}"
#define NR(rows) (sizeof(rows) / sizeof(rows[0]))

static const char *const files[] = {
    "cloud-hypervisor-cpuid.json",
    "cloud-hypervisor-old.json",
    "cloud-hypervisor-msr.json",
};

static const struct refusal refusals[] = {
    { "key unknown", "{\"adjustments\":[],\n\"x\":1}", 0, 2, 5,
      "the key 'x' is not known here" },
    { "no adjustments", "{\"adjustments\":[]}", 0, 1, 16,
      "there are no adjustments" },
    { "adjustment not a pair", "{\"adjustments\":[[{}]]}", 0, 1, 17,
      "an adjustment is a pair" },
    { "adjustment an object", "{\"adjustments\":[{}]}", 0, 1, 17,
      "an adjustment must be an array" },
    { "values missing", "{\"adjustments\":[[{},1]]}", 0, 1, 21,
      "its values must be an object" },
    { "leaf missing", "{\"adjustments\":[[{},{}]]}", 0, 1, 18,
      "the key 'leaf' is missing" },
    { "leaf without 0x", CPUID("d", "0x0", "0x0", "EAX", "0x0", "0x0"),
      0, 1, 26, "leaf: 'd' does not start with 0x" },
    { "subleaves backwards", CPUID("0xd", "0x2", "0x1", "EAX", "0x0", "0x0"),
      0, 1, 43, "the subleaves end before they start" },
    { "subleaf without digits",
      CPUID("0xd", "0x", "0x1", "EAX", "0x0", "0x0"), 0, 1, 52,
      "start: '0x' is not a number" },
    { "register in lower case",
      CPUID("0xd", "0x2", "0x2", "eax", "0x0", "0x0"), 0, 1, 82,
      "a register is one of EAX, EBX, ECX, EDX" },
    { "mask too wide",
      CPUID("0xd", "0x2", "0x2", "EAX", "0x0", "0x100000000"), 0, 1, 89,
      "a value does not fit 32 bits" },
    { "mask a number", "{\"adjustments\":[[\"0x8b\",{\"replacements\":\"0x0\","
      "\"mask\":0}]]}", 0, 1, 54, "mask must be a string" },
    { "MSR without 0x", "{\"adjustments\":[[\"8b\",{\"replacements\":\"0x0\","
      "\"mask\":\"0x0\"}]]}", 0, 1, 18,
      "the MSR: '8b' does not start with 0x" },
    { "MSR between leaves", "{\"adjustments\":[[\"0x8b\","
      "{\"replacements\":\"0x0\",\"mask\":\"0x0\"}],[{},{}]]}", 0, 1, 63,
      "what is adjusted must be a string" },
    { "MSR twice, differing", "{\"adjustments\":[[\"0x8b\","
      "{\"replacements\":\"0x0\",\"mask\":\"0x0\"}],\n[\"0x8b\","
      "{\"replacements\":\"0x1\",\"mask\":\"0x0\"}]]}", 0, 2, 0,
      "two different values for MSR 0x8b: also in line 1" },
    { "required MSR a number", "{\"required_msrs\":[16],\"adjustments\":[]}",
      0, 1, 19, "an MSR must be a string" },
    { "subleaf negative", "{\"adjustments\":[[{\"leaf\":\"0xd\",\"sub_leaf\":"
      "{\"start\":-1,\"end\":0},\"register\":\"EAX\"},{}]]}", 0, 1, 52,
      "start does not fit 32 bits" },
    { "subleaf a fraction",
      "{\"adjustments\":[[{\"leaf\":\"0xd\",\"sub_leaf\":"
      "{\"start\":1.5,\"end\":2},\"register\":\"EAX\"},{}]]}", 0, 1, 52,
      "start must be a number" },
};

static const struct format_rows rows = {
    &format_cloud_hypervisor, files, NR(files), refusals, NR(refusals),
};

Suite *suite_format_cloud_hypervisor(void)
{
    Suite *s = suite_create("format-cloud-hypervisor");
    TCase *tc = tcase_create("parse");

    format_add_tests(tc, &rows);
    suite_add_tcase(s, tc);

    return s;
}
