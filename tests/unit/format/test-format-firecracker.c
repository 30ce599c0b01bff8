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
    { "key unknown", "{\"cpuid_modifiers\":[],\"x\":1}", 0, 1, 27,
      "the key 'x' is not known here" },
    { "nothing", "{\"cpuid_modifiers\":[],\"msr_modifiers\":[]}", 0, 1, 1,
      "the template changes nothing" },
    { "aarch64 by registers", "{\"reg_modifiers\":[]}", 0, 1, 1,
      "describes an aarch64 CPU" },
    { "aarch64 by features",
      "{\"kvm_capabilities\":[],\"vcpu_features\":[]}", 0, 1, 1,
      "describes an aarch64 CPU" },
    { "array null", "{\"cpuid_modifiers\":null}", 0, 1, 1,
      "cpuid_modifiers must be an array" },
    { "leaf missing", "{\"cpuid_modifiers\":[\n{\"subleaf\":\"0x0\"}]}",
      0, 2, 1, "the key 'leaf' is missing" },
    { "leaf decimal", LEAF("\"1\"", "\"0x0\"", "0", ""), 0, 1, 29,
      "leaf: '1' does not start with 0x or 0b" },
    { "leaf in upper case", LEAF("\"0X1\"", "\"0x0\"", "0", ""), 0, 1, 29,
      "leaf: '0X1' does not start with 0x or 0b" },
    { "leaf binary with a digit", LEAF("\"0b12\"", "\"0x0\"", "0", ""),
      0, 1, 29, "leaf: '0b12' is not a number" },
    { "leaf too wide", LEAF("\"0x123456789\"", "\"0x0\"", "0", ""), 0, 1, 29,
      "leaf: '0x123456789' does not fit 32 bits" },
    { "subleaf a number", LEAF("\"0x1\"", "0", "0", ""), 0, 1, 45,
      "subleaf must be a string" },
    { "flags a string", LEAF("\"0x1\"", "\"0x0\"", "\"0\"", ""), 0, 1, 59,
      "flags must be an integer" },
    { "flags negative", LEAF("\"0x1\"", "\"0x0\"", "-1", ""), 0, 1, 59,
      "flags does not fit 32 bits" },
    { "flags too wide", LEAF("\"0x1\"", "\"0x0\"", "4294967296", ""),
      0, 1, 59, "flags does not fit 32 bits" },
    { "modifier not an object", LEAF("\"0x1\"", "\"0x0\"", "0", "7"),
      0, 1, 74, "a modifier must be an object" },
    { "register of another name",
      LEAF("\"0x1\"", "\"0x0\"", "0", BITS("EAX", "0b1")), 0, 1, 86,
      "a register is one of eax, ebx, ecx, edx" },
    { "bitmap missing",
      LEAF("\"0x1\"", "\"0x0\"", "0", "{\"register\":\"eax\"}"), 0, 1, 74,
      "the key 'bitmap' is missing" },
    { "bitmap with a letter",
      LEAF("\"0x1\"", "\"0x0\"", "0", BITS("eax", "0b2")), 0, 1, 101,
      "has a character that is not one of 0, 1, x, _" },
    { "bitmap of 33 bits",
      LEAF("\"0x1\"", "\"0x0\"", "0", BITS("eax", ONES32 "x")), 0, 1, 101,
      "has too many bits" },
    { "bitmap of 32 bits and a separator before",
      LEAF("\"0x1\"", "\"0x0\"", "0", BITS("eax", "0b_" ONES32)), 0, 1, 101,
      "has too many bits" },
    { "MSR's bitmap of 65 bits",
      "{\"msr_modifiers\":[{\"addr\":\"0x1\",\"bitmap\":\"x" ONES32 ONES32
      "\"}]}", 0, 1, 42, "has too many bits" },
    { "MSR not an object", "{\"msr_modifiers\":[[]]}", 0, 1, 19,
      "an entry must be an object" },
    { "capability a number", "{\"kvm_capabilities\":[1]}", 0, 1, 22,
      "a capability must be a string" },
    { "capability in hex", "{\"kvm_capabilities\":[\"0x1\"]}", 0, 1, 22,
      "a capability is a decimal number" },
    { "capability negated twice", "{\"kvm_capabilities\":[\"!!1\"]}", 0, 1, 22,
      "a capability is a decimal number" },
    { "fingerprint without a version",
      "{\"firecracker_version\":\"1\",\"guest_cpu_config\":{}}", 0, 1, 1,
      "the key 'kernel_version' is missing" },
    { "key twice", "{\"cpuid_modifiers\":[],\n\"cpuid_modifiers\":[]}",
      0, 2, 1, "an object has a key twice" },
    { "text behind", "{\"cpuid_modifiers\":[]} x", 0, 1, 24, "not JSON" },
    { "file cut", "{\"cpuid_modifiers\":[", 0, 1, 21,
      "the JSON text ends too early" },
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
    suite_add_tcase(s, tc);

    return s;
}
