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
    { "no adjustments", "{\"adjustments\":[]}", 0, 1, 1,
      "there are no adjustments" },
    { "adjustment not a pair", "{\"adjustments\":[[{}]]}", 0, 1, 17,
      "an adjustment is a pair" },
    { "adjustment an object", "{\"adjustments\":[{}]}", 0, 1, 17,
      "adjustments: invalid type: map, expected an adjustment" },
    { "values missing", "{\"adjustments\":[[{},1]]}", 0, 1, 18,
      "adjustments: missing field `leaf`" },
    { "leaf missing", "{\"adjustments\":[[{},{}]]}", 0, 1, 18,
      "adjustments: missing field `leaf`" },
    { "leaf without 0x", CPUID("d", "0x0", "0x0", "EAX", "0x0", "0x0"),
      0, 1, 26, "leaf: 'd' does not start with 0x" },
    { "subleaves backwards", CPUID("0xd", "0x2", "0x1", "EAX", "0x0", "0x0"),
      0, 0, 0, "CPU 0 has no CPUID rows" },
    { "subleaf without digits",
      CPUID("0xd", "0x", "0x1", "EAX", "0x0", "0x0"), 0, 1, 52,
      "start: '0x' is not a number" },
    { "register in lower case",
      CPUID("0xd", "0x2", "0x2", "eax", "0x0", "0x0"), 0, 1, 82,
      "a register is one of EAX, EBX, ECX, EDX" },
    { "mask too wide",
      CPUID("0xd", "0x2", "0x2", "EAX", "0x0", "0x100000000"), 0, 1, 118,
      "mask: '0x100000000' does not fit 32 bits" },
    { "mask a number", "{\"adjustments\":[[\"0x8b\",{\"replacements\":\"0x0\","
      "\"mask\":0}]]}", 0, 1, 54,
      "mask: invalid type: integer `0`, expected a string" },
    { "MSR without 0x", "{\"adjustments\":[[\"8b\",{\"replacements\":\"0x0\","
      "\"mask\":\"0x0\"}]]}", 0, 1, 18,
      "adjustments: '8b' does not start with 0x" },
    { "MSR between leaves", "{\"adjustments\":[[\"0x8b\","
      "{\"replacements\":\"0x0\",\"mask\":\"0x0\"}],[{},{}]]}", 0, 1, 63,
      "adjustments: invalid type: map, expected an MSR" },
    { "required MSR a number", "{\"required_msrs\":[16],\"adjustments\":[]}",
      0, 1, 19, "required_msrs: invalid type: integer `16`, expected a stri" },
    { "subleaf negative", "{\"adjustments\":[[{\"leaf\":\"0xd\",\"sub_leaf\":"
      "{\"start\":-1,\"end\":0},\"register\":\"EAX\"},{}]]}", 0, 1, 52,
      "start: invalid value: integer `-1`, expected u32" },
    { "subleaf a fraction",
      "{\"adjustments\":[[{\"leaf\":\"0xd\",\"sub_leaf\":"
      "{\"start\":1.5,\"end\":2},\"register\":\"EAX\"},{}]]}", 0, 1, 52,
      "start: invalid type: floating point `1.5`, expected a stri" },
};

/* What the original takes; of keys that it passes over there is a note. */
static const struct {
    const char *name, *text;
    unsigned int nr_notes;
} taken[] = {
    { "as it is", CPUID("0xd", "0x1", "0x2", "EAX", "0x4", "0x0"), 0 },
    { "numbers padded and signed",
      CPUID("0x0000000d", "0x+1", "0x2", "EAX", "0x4", "0x0"), 0 },
    { "key unknown", "{\"x\":[1,{}],\"adjustments\":[[\"0x8b\","
      "{\"replacements\":\"0x4\",\"mask\":\"0x0\"}]]}", 1 },
    { "keys unknown and repeated", "{\"x\":1,\"x\":2,\"adjustments\":[["
      "\"0x8b\",{\"replacements\":\"0x4\",\"mask\":\"0x0\",\"y\":0}]]}", 3 },
    { "structures as arrays", "[[[[\"0xd\",[\"0x1\",\"0x2\"],\"EAX\"],"
      "[\"0x4\",\"0x0\"]]]]", 0 },
    { "register as an object", "{\"adjustments\":[[{\"leaf\":\"0xd\","
      "\"sub_leaf\":[\"0x1\",\"0x2\"],\"register\":{\"EAX\":null}},"
      "[\"0x4\",\"0x0\"]]]}", 0 },
    { "keys and strings with escapes", "{\"\\u0061djustments\":[["
      "\"0\\u00788b\",[\"0x4\",\"0x0\"]]]}", 0 },
    { "an MSR twice: it is set twice", "{\"adjustments\":[[\"0x8b\","
      "[\"0x1\",\"0x0\"]],[\"0x8b\",[\"0x4\",\"0x0\"]]]}", 1 },
};

START_TEST(parse_what_the_original_takes_taken)
{
    const struct dump_cpu *c;
    struct dump d;

    ck_assert_msg(format_cloud_hypervisor.probe(&(struct dump_input){
        taken[_i].text, strlen(taken[_i].text) }), "%s", taken[_i].name);
    parse_good(&format_cloud_hypervisor, taken[_i].name, taken[_i].text, &d);
    c = &d.sections[0].cpus[0];
    ck_assert_msg(c->nr_msrs == 1 ? c->msrs[0].value == 4 :
                  c->nr_leaves == 1 && c->leaves[0].reg[0] == 4, "%s",
                  taken[_i].name);
    ck_assert_msg(d.nr_notes == taken[_i].nr_notes, "%s: %zu notes",
                  taken[_i].name, d.nr_notes);
    dump_dispose(&d);
}
END_TEST

static const struct format_rows rows = {
    &format_cloud_hypervisor, files, NR(files), refusals, NR(refusals),
};

Suite *suite_format_cloud_hypervisor(void)
{
    Suite *s = suite_create("format-cloud-hypervisor");
    TCase *tc = tcase_create("parse");

    format_add_tests(tc, &rows);
    tcase_add_loop_test(tc, parse_what_the_original_takes_taken, 0, NR(taken));
    suite_add_tcase(s, tc);

    return s;
}
