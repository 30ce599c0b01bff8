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
    { "key unknown", "{\"policies\":{\"raw\":{\"cpuid\":[]}},\n"
      "\"policy\":{}}", 0, 2, 1, "unknown field `policy`" },
    { "key with a NUL", "{\"policies\\u0000\":{},\"policies\":{}}", 0, 1, 2,
      "unknown field `policies\\u0000`" },
    { "key of a leaf with a NUL", POLICY("\"cpuid\":[{\"leaf\":\"0x0\","
      "\"eax\\u0000\":\"0x0\"}]"), 0, 1, 44, "unknown field `eax\\u0000`" },
    { "key twice", "{\"source\":\"a\",\n \"source\":\"b\",\"policies\":{}}",
      0, 2, 2, "duplicate field `source`" },
    { "key twice, escaped", POLICY("\"cpuid\":[],\"cpu\\u0069d\":[]"), 0, 1,
      32, "duplicate field `cpuid`" },
    { "policy twice, escaped", "{\"policies\":{\"raw\":{\"cpuid\":[]},\n"
      "\"r\\u0061w\":{\"cpuid\":[]}}}", 0, 2, 1, "the key 'raw' is there "
      "twice" },
    { "field twice", POLICY("\"fields\":{\"a\":\"0x1\",\n\"a\":\"0x1\"},"
      "\"cpuid\":[]"), 0, 2, 1, "the key 'a' is there twice" },
    { "schema of another time", "{\"schema\":2,\"policies\":{}}", 0, 1, 11,
      "schema: schema 2 is not known, but 1 is" },
    { "key of a host unknown", "{\"host\":{\"name\":\"x\"},\"policies\":{}}",
      0, 1, 10, "host: unknown field `name`" },
    { "policies missing", "{\"source\":\"x\"}", 0, 1, 1,
      "missing field `policies`" },
    { "no policies", "{\"policies\":{}}", 0, 1, 13, "there are no policies" },
    { "policies not an object", "{\"policies\":[]}", 0, 1, 13,
      "policies: invalid type: sequence, expected an object" },
    { "source not a string", "{\"source\":7,\"policies\":{}}", 0, 1, 11,
      "source: invalid type: integer `7`, expected a string" },
    { "policy not an object", "{\"policies\":{\"raw\":7}}", 0, 1, 20,
      "policies: invalid type: integer `7`, expected a policy" },
    { "policy null", "{\"policies\":{\"raw\":null}}", 0, 1, 20,
      "policies: invalid type: null, expected a policy" },
    { "name of a policy", "{\"policies\":{\"a b\":{}}}", 0, 1, 20,
      "'a b' is not the name of a policy" },
    { "name of a policy empty", "{\"policies\":{\"\":{}}}", 0, 1, 17,
      "'' is not the name of a policy" },
    { "name of a policy long",
      "{\"policies\":{\"a234567890123456789012345678901x\":{}}}", 0, 1, 49,
      "is not the name of a policy" },
    { "policy twice", "{\"policies\":{\"raw\":{\"cpuid\":[]},\n"
      "\"raw\":{\"cpuid\":[]}}}", 0, 2, 1,
      "policies: the key 'raw' is there twice" },
    { "key of a policy unknown", POLICY("\"cpus\":[]"), 0, 1, 21,
      "policies: unknown field `cpus`, expected one of `vendor`, " },
    { "cpuid missing", POLICY("\"msrs\":[]"), 0, 1, 20,
      "policies: missing field `cpuid`" },
    { "vendor not a string", POLICY("\"vendor\":1,\"cpuid\":[]"), 0, 1, 30,
      "vendor: invalid type: integer `1`, expected a string" },
    { "features not an array", POLICY("\"features\":\"\",\"cpuid\":[]"),
      0, 1, 32, "features: invalid type: string \"\", expected a sequence" },
    { "feature not a string", POLICY("\"features\":[\"fpu\",1],\"cpuid\":[]"),
      0, 1, 39, "features: invalid type: integer `1`, expected a string" },
    { "cpuid not an array", POLICY("\"cpuid\":{}"), 0, 1, 29,
      "cpuid: invalid type: map, expected a sequence" },
    { "leaf not an object", POLICY("\"cpuid\":[[]]"), 0, 1, 30,
      "cpuid: invalid type: sequence, expected a leaf" },
    { "leaf's key unknown", POLICY("\"cpuid\":[{\"leaf\":\"0x0\",\"x\":1}]"),
      0, 1, 44, "cpuid: unknown field `x`, expected one of `leaf`, `subleaf" },
    { "register missing", POLICY("\"cpuid\":[{\"leaf\":\"0x0\",\n"
      "\"eax\":\"0x0\",\"ebx\":\"0x0\",\"ecx\":\"0x0\"}]"), 0, 1, 30,
      "cpuid: missing field `edx`" },
    { "leaf a number", POLICY("\"cpuid\":[{\"leaf\":7}]"), 0, 1, 38,
      "leaf: invalid type: integer `7`, expected a string" },
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
      POLICY("\"cpuid\":[{\"leaf\":\"0x7\",\"subleaf\":null}]"), 0, 1, 54,
      "subleaf: invalid type: null, expected a string" },
    { "MSR's value too wide",
      POLICY("\"cpuid\":[],\"msrs\":[{\"index\":\"0x1\","
             "\"value\":\"0x10000000000000000\"}]"), 0, 1, 63,
      "value: '0x10000000000000000' does not fit 64 bits" },
    { "MSR's key unknown",
      POLICY("\"cpuid\":[],\"msrs\":[{\"addr\":\"0x1\"}]"), 0, 1, 41,
      "msrs: unknown field `addr`, expected one of `index`, `valu" },
    { "leaf twice, differing", POLICY("\"cpuid\":[" LEAF0("1") ",\n"
      LEAF0("2") "]"), 0, 2, 0,
      "two different values for leaf 0x0: also in line 1" },
    { "note not a string", "{\"policies\":{\"raw\":{\"cpuid\":[]}},"
      "\"notes\":[1]}", 0, 1, 43,
      "notes: invalid type: integer `1`, expected a string" },
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
