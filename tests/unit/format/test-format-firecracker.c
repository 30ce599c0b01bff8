/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Firecracker's templates, dumps and fingerprints. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dump-text.h"
#include "format/formats.h"

Suite *suite_format_firecracker(void);

#define LEAF(leaf, subleaf, flags, modifiers) \
    "{\"cpuid_modifiers\":[{\"leaf\":" leaf ",\"subleaf\":" subleaf \
    ",\"flags\":" flags ",\"modifiers\":[" modifiers "]}]}"
#define BITS(reg, bits) "{\"register\":\"" reg "\",\"bitmap\":\"" bits "\"}"
#define ONES32 "11111111111111111111111111111111"
#define NR(rows) (sizeof(rows) / sizeof(rows[0]))

static const char *const files[] = {
    "firecracker-template.json",
    "firecracker-fingerprint.json",
};

static const struct refusal refusals[] = {
    { "key unknown", "{\"cpuid_modifiers\":[],\"x\":1}", 0, 1, 25,
      "unknown field `x`, expected one of `kvm_capabilities`, `cp" },
    { "nothing", "{\"cpuid_modifiers\":[],\"msr_modifiers\":[]}", 0, 1, 1,
      "the template changes nothing" },
    { "aarch64 by registers", "{\"reg_modifiers\":[]}", 0, 1, 1,
      "describes an aarch64 CPU" },
    { "aarch64 by features",
      "{\"kvm_capabilities\":[],\"vcpu_features\":[]}", 0, 1, 1,
      "describes an aarch64 CPU" },
    { "array null", "{\"cpuid_modifiers\":null}", 0, 1, 23,
      "invalid type: null, expected a sequence" },
    { "leaf missing", "{\"cpuid_modifiers\":[\n{\"subleaf\":\"0x0\"}]}",
      0, 2, 17, "missing field `leaf`" },
    { "leaf decimal", LEAF("\"1\"", "\"0x0\"", "0", ""), 0, 1, 31,
      "No supported number system prefix found in value [1]. Make" },
    { "leaf in upper case", LEAF("\"0X1\"", "\"0x0\"", "0", ""), 0, 1, 33,
      "No supported number system prefix found in value [0X1]. Ma" },
    { "leaf binary with a digit", LEAF("\"0b12\"", "\"0x0\"", "0", ""),
      0, 1, 34, "Failed to parse string [0b12] as a number for CPU template" },
    { "leaf too wide", LEAF("\"0x123456789\"", "\"0x0\"", "0", ""), 0, 1, 41,
      "Failed to parse string [0x123456789] as a number for CPU t" },
    { "subleaf a number", LEAF("\"0x1\"", "0", "0", ""), 0, 1, 45,
      "invalid type: integer `0`, expected a string" },
    { "flags a string", LEAF("\"0x1\"", "\"0x0\"", "\"0\"", ""), 0, 1, 61,
      "invalid type: string \"0\", expected u32" },
    { "flags negative", LEAF("\"0x1\"", "\"0x0\"", "-1", ""), 0, 1, 60,
      "invalid value: integer `-1`, expected u32" },
    { "flags too wide", LEAF("\"0x1\"", "\"0x0\"", "4294967296", ""), 0, 1, 68,
      "invalid value: integer `4294967296`, expected u32" },
    { "modifier not an object", LEAF("\"0x1\"", "\"0x0\"", "0", "7"), 0, 1, 74,
      "invalid type: integer `7`, expected a register modifier" },
    { "register of another name",
      LEAF("\"0x1\"", "\"0x0\"", "0", BITS("EAX", "0b1")), 0, 1, 90,
      "Invalid CPUID register. Must be one of [eax, ebx, ecx, edx" },
    { "bitmap missing",
      LEAF("\"0x1\"", "\"0x0\"", "0", "{\"register\":\"eax\"}"), 0, 1, 91,
      "missing field `bitmap`" },
    { "bitmap with a letter",
      LEAF("\"0x1\"", "\"0x0\"", "0", BITS("eax", "0b2")), 0, 1, 106,
      "Failed to parse string [0b2] as a bitmap - unknown charact" },
    { "bitmap of 33 bits",
      LEAF("\"0x1\"", "\"0x0\"", "0", BITS("eax", ONES32 "x")), 0, 1, 136,
      "Failed to parse string [11111111111111111111111111111111x]" },
    { "bitmap of 32 bits and a separator before",
      LEAF("\"0x1\"", "\"0x0\"", "0", BITS("eax", "0b_" ONES32)), 0, 1, 138,
      "Failed to parse string [0b_1111111111111111111111111111111" },
    { "MSR's bitmap of 65 bits",
      "{\"msr_modifiers\":[{\"addr\":\"0x1\",\"bitmap\":\"x" ONES32 ONES32
      "\"}]}", 0, 1, 109,
      "Failed to parse string [x111111111111111111111111111111111" },
    { "MSR not an object", "{\"msr_modifiers\":[[]]}", 0, 1, 20,
      "invalid length 0, expected an MSR object with 2 elements" },
    { "capability a number", "{\"kvm_capabilities\":[1]}", 0, 1, 22,
      "invalid type: integer `1`, expected a string" },
    { "capability in hex", "{\"kvm_capabilities\":[\"0x1\"]}", 0, 1, 27,
      "Failed to parse string [0x1] as a kvm capability - can not" },
    { "capability negated twice", "{\"kvm_capabilities\":[\"!!1\"]}", 0, 1, 27,
      "Failed to parse string [!!1] as a kvm capability - can not" },
    { "fingerprint without a version",
      "{\"firecracker_version\":\"1\",\"guest_cpu_config\":{}}", 0, 1, 49,
      "missing field `kernel_version`" },
    { "key twice", "{\"cpuid_modifiers\":[],\n\"cpuid_modifiers\":[]}",
      0, 2, 17, "duplicate field `cpuid_modifiers`" },
    { "text behind", "{\"cpuid_modifiers\":[]} x", 0, 1, 24,
      "trailing characters" },
    { "file cut", "{\"cpuid_modifiers\":[", 0, 1, 20,
      "EOF while parsing a list" },
};

START_TEST(parse_config_without_open_bits_is_a_guest)
{
    struct dump d;

    parse_good(&format_firecracker, "guest",
               LEAF("\"0x0\"", "\"0x0\"", "0",
                    BITS("eax", ONES32) "," BITS("ebx", ONES32) ","
                    BITS("ecx", ONES32) "," BITS("edx", ONES32)), &d);
    ck_assert(d.is_guest_view);
    ck_assert(!d.is_partial);
    dump_dispose(&d);
}
END_TEST

START_TEST(parse_bitmaps_as_the_original_reads_them)
{
    static const struct {
        const char *name, *bitmap;
        uint32_t value, open;
    } rows[] = {
        { "empty", "", 0, 0xffffffff },
        { "prefix only", "0b", 0, 0xffffffff },
        { "no prefix", "1x0", 4, 0xfffffffa },
        { "separators", "0b_1__0_", 2, 0xfffffffc },
        { "looks like hex", "0x10", 2, 0xfffffff4 },
        { "full with a separator behind", ONES32 "_", 0xffffffff, 0 },
    };

    for ( size_t i = 0; i < NR(rows); i++ )
    {
        char text[256];
        const struct dump_leaf *l;
        struct dump d;

        snprintf(text, sizeof(text),
                 LEAF("\"0x1\"", "\"0x0\"", "0", BITS("ecx", "%s")),
                 rows[i].bitmap);
        parse_good(&format_firecracker, rows[i].name, text, &d);
        l = dump_find_leaf(&d.sections[0].cpus[0], 1, 0);
        ck_assert_msg(l && l->reg[2] == rows[i].value &&
                      l->open[2] == rows[i].open, "%s: %08x open %08x",
                      rows[i].name, l ? l->reg[2] : 0, l ? l->open[2] : 0);
        dump_dispose(&d);
    }
}
END_TEST

/* One parser: what is a template to `template` is one to `show --from`. */
static const struct {
    const char *name, *text;
    unsigned int nr_notes;
} taken[] = {
    { "leaf as an array",
      "{\"cpuid_modifiers\":[[\"0x7\",\"0x0\",1,[[\"ebx\",\"0b1\"]]]]}", 0 },
    { "all as arrays", "[[\"1\"],[[\"0x7\",\"0x0\",1,[[\"ebx\",\"0b1\"]]]]]", 1 },
    { "no capabilities", "[[],[[\"0x7\",\"0x0\",1,[[\"ebx\",\"0b1\"]]]],[]]", 0 },
    { "numbers with a sign", LEAF("\"0x+7\"", "\"0b0\"", "1",
                                  BITS("ebx", "0b1")), 0 },
    { "keys without a meaning", "{\"cpuid_modifiers\":[{\"leaf\":\"0x7\","
      "\"z\":1,\"subleaf\":\"0x0\",\"flags\":1,\"modifiers\":[{\"register\":"
      "\"ebx\",\"bitmap\":\"0b1\",\"z\":[{}]}]}]}", 2 },
    { "key with an escape", "{\"cpuid_modif\\u0069ers\":[[\"0x7\",\"0x0\",1,"
      "[[\"ebx\",\"0b1\"]]]]}", 0 },
};

START_TEST(parse_what_the_original_takes_taken)
{
    const struct dump_leaf *l;
    struct dump d;

    ck_assert_msg(format_firecracker.probe(&(struct dump_input){
        taken[_i].text, strlen(taken[_i].text) }), "%s", taken[_i].name);
    parse_good(&format_firecracker, taken[_i].name, taken[_i].text, &d);
    l = dump_find_leaf(&d.sections[0].cpus[0], 7, 0);
    ck_assert_msg(l && l->reg[1] == 1 && l->open[1] == ~1U, "%s",
                  taken[_i].name);
    ck_assert_msg(d.nr_notes == taken[_i].nr_notes, "%s: %zu notes",
                  taken[_i].name, d.nr_notes);
    dump_dispose(&d);
}
END_TEST

static const struct format_rows rows = {
    &format_firecracker, files, NR(files), refusals, NR(refusals),
};

Suite *suite_format_firecracker(void)
{
    Suite *s = suite_create("format-firecracker");
    TCase *tc = tcase_create("parse");

    format_add_tests(tc, &rows);
    tcase_add_test(tc, parse_config_without_open_bits_is_a_guest);
    tcase_add_test(tc, parse_bitmaps_as_the_original_reads_them);
    tcase_add_loop_test(tc, parse_what_the_original_takes_taken, 0, NR(taken));
    suite_add_tcase(s, tc);

    return s;
}
