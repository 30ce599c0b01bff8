/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* This project's own JSON. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "dump-text.h"
#include "format/formats.h"

Suite *suite_format_own_json(void);

#define POLICY(text) "{\"policies\":{\"raw\":{" text "}}}"
#define REGS(a) "\"eax\":\"0x" a "\",\"ebx\":\"0x0\"," \
                "\"ecx\":\"0x0\",\"edx\":\"0x0\""
#define LEAF0(eax) "{\"leaf\":\"0x0\"," REGS(eax) "}"
#define INTEL "{\"leaf\":\"0x0\",\"eax\":\"0x0\"," \
              "\"ebx\":\"0x756e6547\",\"ecx\":\"0x6c65746e\"," \
              "\"edx\":\"0x49656e69\"}"
#define LEAF1_EDX(edx) "{\"leaf\":\"0x1\",\"eax\":\"0x0\"," \
                       "\"ebx\":\"0x0\",\"ecx\":\"0x0\"," \
                       "\"edx\":\"0x" edx "\"}"
#define NR(rows) (sizeof(rows) / sizeof(rows[0]))

static const char *const files[] = {
    "own.json",
};

static const struct refusal refusals[] = {
    { "key unknown", "{\"policies\":{},\n\"policy\":{}}", 0, 2, 10,
      "the key 'policy' is not known here" },
    { "policies missing", "{\"source\":\"x\"}", 0, 1, 1,
      "the key 'policies' is missing" },
    { "no policies", "{\"policies\":{}}", 0, 1, 13, "there are no policies" },
    { "policies not an object", "{\"policies\":[]}", 0, 1, 13,
      "policies must be an object" },
    { "source not a string", "{\"source\":7,\"policies\":{}}", 0, 1, 11,
      "source must be a string" },
    { "policy not an object", "{\"policies\":{\"raw\":7}}", 0, 1, 20,
      "a policy must be an object" },
    { "policy null", "{\"policies\":{\"raw\":null}}", 0, 1, 13,
      "a policy must be an object" },
    { "name of a policy", "{\"policies\":{\"a b\":{}}}", 0, 1, 20,
      "'a b' is not the name of a policy" },
    { "name of a policy empty", "{\"policies\":{\"\":{}}}", 0, 1, 17,
      "'' is not the name of a policy" },
    { "name of a policy long",
      "{\"policies\":{\"a234567890123456789012345678901x\":{}}}", 0, 1, 49,
      "is not the name of a policy" },
    { "policy twice", "{\"policies\":{\"raw\":{\"cpuid\":[]},\n"
      "\"raw\":{\"cpuid\":[]}}}", 0, 2, 1, "an object has a key twice" },
    { "key of a policy unknown", POLICY("\"cpus\":[]"), 0, 1, 28,
      "the key 'cpus' is not known here" },
    { "cpuid missing", POLICY("\"msrs\":[]"), 0, 1, 20,
      "the key 'cpuid' is missing" },
    { "vendor not a string", POLICY("\"vendor\":1,\"cpuid\":[]"), 0, 1, 30,
      "vendor must be a string" },
    { "features not an array", POLICY("\"features\":\"\",\"cpuid\":[]"),
      0, 1, 32, "features must be an array" },
    { "feature not a string", POLICY("\"features\":[\"fpu\",1],\"cpuid\":[]"),
      0, 1, 39, "a feature must be a string" },
    { "cpuid not an array", POLICY("\"cpuid\":{}"), 0, 1, 29,
      "cpuid must be an array" },
    { "leaf not an object", POLICY("\"cpuid\":[[]]"), 0, 1, 30,
      "an entry of cpuid must be an object" },
    { "leaf's key unknown", POLICY("\"cpuid\":[{\"leaf\":\"0x0\",\"x\":1}]"),
      0, 1, 48, "the key 'x' is not known here" },
    { "register missing", POLICY("\"cpuid\":[{\"leaf\":\"0x0\",\n"
      "\"eax\":\"0x0\",\"ebx\":\"0x0\",\"ecx\":\"0x0\"}]"), 0, 1, 30,
      "the key 'edx' is missing" },
    { "leaf a number", POLICY("\"cpuid\":[{\"leaf\":7}]"), 0, 1, 38,
      "leaf must be a string" },
    { "vendor that leaf 0 does not bear out",
      POLICY("\"vendor\":\"AMD\",\n\"cpuid\":[" INTEL "]"), 0, 1, 30,
      "the vendor 'AMD', and leaf 0x0 says Intel" },
    { "feature nobody knows",
      POLICY("\"features\":[\"sse2\",\n\"nosuchfeature\"],"
             "\"cpuid\":[" LEAF1_EDX("4000000") "]"), 0, 2, 1,
      "unknown feature 'nosuchfeature'" },
    { "feature misspelt",
      POLICY("\"features\":[\"ss2\"],\"cpuid\":["
             LEAF1_EDX("4000000") "]"), 0, 1, 33,
      "unknown feature 'ss2'; did you mean ss" },
    { "feature that its leaf lacks",
      POLICY("\"features\":[\"sse2\",\"vmx\"],"
             "\"cpuid\":[" LEAF1_EDX("4000000") "]"), 0, 1, 40,
      "the feature 'vmx', and leaf 0x1 ecx does not have it" },
    { "feature without its leaf",
      POLICY("\"features\":[\"fpu\"],\"cpuid\":[]"), 0, 1, 33,
      "the feature 'fpu', and leaf 0x1 edx does not have it" },
    { "feature without its MSR",
      POLICY("\"features\":[\"rdcl-no\"],\"cpuid\":[]"), 0, 1, 33,
      "the feature 'rdcl-no', and MSR 0x10a does not have it" },
    { "feature not named",
      POLICY("\"features\":[\"fpu\"],\"cpuid\":["
             LEAF1_EDX("4000001") "]"), 0, 1, 32,
      "leaf 0x1 edx has the feature 'sse2', which is not named" },
    { "no feature named",
      POLICY("\"features\":[],\"cpuid\":[" LEAF1_EDX("1") "]"), 0, 1, 32,
      "leaf 0x1 edx has the feature 'fpu', which is not named" },
    { "leaf without 0x", POLICY("\"cpuid\":[{\"leaf\":\"7\"}]"), 0, 1, 38,
      "leaf: '7' does not start with 0x" },
    { "leaf in binary", POLICY("\"cpuid\":[{\"leaf\":\"0b1\"}]"), 0, 1, 38,
      "leaf: '0b1' does not start with 0x" },
    { "leaf without digits", POLICY("\"cpuid\":[{\"leaf\":\"0x\"}]"), 0, 1, 38,
      "leaf: '0x' is not a number" },
    { "leaf with a letter", POLICY("\"cpuid\":[{\"leaf\":\"0x1g\"}]"),
      0, 1, 38, "leaf: '0x1g' is not a number" },
    { "leaf too wide", POLICY("\"cpuid\":[{\"leaf\":\"0x100000000\"}]"),
      0, 1, 38, "leaf: '0x100000000' does not fit 32 bits" },
    { "subleaf null",
      POLICY("\"cpuid\":[{\"leaf\":\"0x7\",\"subleaf\":null}]"),
      0, 1, 30, "subleaf must be a string" },
    { "MSR's value too wide",
      POLICY("\"cpuid\":[],\"msrs\":[{\"index\":\"0x1\","
             "\"value\":\"0x10000000000000000\"}]"), 0, 1, 63,
      "value: '0x10000000000000000' does not fit 64 bits" },
    { "MSR's key unknown",
      POLICY("\"cpuid\":[],\"msrs\":[{\"addr\":\"0x1\"}]"), 0, 1, 48,
      "the key 'addr' is not known here" },
    { "leaf twice, differing", POLICY("\"cpuid\":[" LEAF0("1") ",\n"
      LEAF0("2") "]"), 0, 2, 0,
      "two different values for leaf 0x0: also in line 1" },
    { "note not a string", "{\"policies\":{\"raw\":{\"cpuid\":[]}},"
      "\"notes\":[1]}", 0, 1, 43, "a note must be a string" },
};

/* A policy is taken as it is asked: what is wrong with it is the audit's. */
START_TEST(parse_leaf_beyond_the_maximum_kept)
{
    struct dump d;

    parse_good(&format_own_json, "beyond the maximum",
               POLICY("\"cpuid\":[" LEAF0("1") ",{\"leaf\":\"0x50\","
                      REGS("0") "}]"), &d);
    ck_assert_uint_eq(d.sections[0].cpus[0].nr_leaves, 2);
    ck_assert_uint_eq(d.nr_notes, 0);
    dump_dispose(&d);
}
END_TEST

START_TEST(parse_notes_beyond_our_own_room_counted)
{
    char text[1024] = "{\"policies\":{\"raw\":{\"cpuid\":[]}},"
                      "\"notes\":[\"0\"";
    struct dump d;

    for ( unsigned int i = 0; i < 40; i++ )
        strcat(text, ",\"n\"");
    strcat(text, "]}");
    parse_good(&format_own_json, "41 notes", text, &d);
    ck_assert_uint_eq(d.nr_notes, 33);
    ck_assert_str_eq(d.notes[32], "9 more notes are in the file");
    dump_dispose(&d);
}
END_TEST

static const struct format_rows rows = {
    &format_own_json, files, NR(files), refusals, NR(refusals),
};

Suite *suite_format_own_json(void)
{
    Suite *s = suite_create("format-own-json");
    TCase *tc = tcase_create("parse");

    format_add_tests(tc, &rows);
    tcase_add_test(tc, parse_leaf_beyond_the_maximum_kept);
    tcase_add_test(tc, parse_notes_beyond_our_own_room_counted);
    suite_add_tcase(s, tc);

    return s;
}
