/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Templates from and to JSON. */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/formats.h"
#include "template/template.h"
#include "vectors.h"

Suite *suite_template_read(void);

#define X28 "xxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X60 X28 X28 "xxxx"
#define X124 X60 X60 "xxxx"
#define LEAF(rest) "{\"cpuid_modifiers\":[{\"leaf\":\"0x1\"," rest "}]}"
#define FLAGS(value) \
    LEAF("\"subleaf\":\"0x0\",\"flags\":" value ",\"modifiers\":[]")

static enum template_arch arch_named(const char *name)
{
    return !strcmp(name, "aarch64") ? TEMPLATE_AARCH64 : TEMPLATE_X86_64;
}

/* What the template is written as; "" on a failure, then in *err. */
static char *rewrite(const char *text, enum template_arch arch,
                     cpupolicy_error *err)
{
    struct cpu_template t = { 0 };
    struct json_object *o;
    char *out;

    if ( template_parse(text, strlen(text), arch, &t, err) )
        return strdup("");

    o = template_to_json(&t);
    ck_assert_ptr_nonnull(o);
    out = strdup(template_json_text(o));
    json_object_put(o);
    template_dispose(&t);

    return out;
}

static const struct {
    const char *name;
    enum template_arch arch;
    const char *text;
    const char *written;
} good_rows[] = {
    { "empty x86_64", TEMPLATE_X86_64, "{}",
      "{\n  \"kvm_capabilities\": [],\n  \"cpuid_modifiers\": [],\n"
      "  \"msr_modifiers\": []\n}" },
    { "empty aarch64", TEMPLATE_AARCH64, "{}",
      "{\n  \"kvm_capabilities\": [],\n  \"vcpu_features\": [],\n"
      "  \"reg_modifiers\": []\n}" },
    { "empty, any", TEMPLATE_ANY, "{}",
      "{\n  \"kvm_capabilities\": [],\n  \"cpuid_modifiers\": [],\n"
      "  \"msr_modifiers\": []\n}" },
    { "capabilities keep order and duplicates", TEMPLATE_ANY,
      "{\"kvm_capabilities\":[\"9\",\"!3\",\"9\",\"+1\",\"!008\"]}",
      "{\n  \"kvm_capabilities\": [\n    \"9\",\n    \"!3\",\n    \"9\",\n"
      "    \"1\",\n    \"!8\"\n  ],\n  \"cpuid_modifiers\": [],\n"
      "  \"msr_modifiers\": []\n}" },
    { "leaf", TEMPLATE_ANY,
      "{\"cpuid_modifiers\":[{\"modifiers\":[{\"bitmap\":\"0b1_0\","
      "\"register\":\"edx\"}],\"note\":{},\"flags\":4294967295,"
      "\"subleaf\":\"0b11\",\"leaf\":\"0x8000001D\"}]}",
      "{\n  \"kvm_capabilities\": [],\n  \"cpuid_modifiers\": [\n    {\n"
      "      \"leaf\": \"0x8000001d\",\n      \"subleaf\": \"0x3\",\n"
      "      \"flags\": 4294967295,\n      \"modifiers\": [\n        {\n"
      "          \"register\": \"edx\",\n"
      "          \"bitmap\": \"0bxx" X28 "10\"\n        }\n      ]\n    }\n"
      "  ],\n  \"msr_modifiers\": []\n}" },
    { "leaf without modifiers", TEMPLATE_ANY,
      "{\"cpuid_modifiers\":[{\"leaf\":\"0x0001\",\"subleaf\":\"0x+2\","
      "\"flags\":0,\"modifiers\":[]}]}",
      "{\n  \"kvm_capabilities\": [],\n  \"cpuid_modifiers\": [\n    {\n"
      "      \"leaf\": \"0x1\",\n      \"subleaf\": \"0x2\",\n"
      "      \"flags\": 0,\n      \"modifiers\": []\n    }\n"
      "  ],\n  \"msr_modifiers\": []\n}" },
    { "MSRs keep order and duplicates", TEMPLATE_ANY,
      "{\"msr_modifiers\":[{\"addr\":\"0x20\",\"bitmap\":\"1111\"},"
      "{\"addr\":\"0x10\",\"bitmap\":\"0000\"},"
      "{\"addr\":\"0x20\",\"bitmap\":\"x\"}]}",
      "{\n  \"kvm_capabilities\": [],\n  \"cpuid_modifiers\": [],\n"
      "  \"msr_modifiers\": [\n"
      "    {\n      \"addr\": \"0x20\",\n"
      "      \"bitmap\": \"0b" X60 "1111\"\n    },\n"
      "    {\n      \"addr\": \"0x10\",\n"
      "      \"bitmap\": \"0b" X60 "0000\"\n    },\n"
      "    {\n      \"addr\": \"0x20\",\n"
      "      \"bitmap\": \"0b" X60 "xxxx\"\n    }\n  ]\n}" },
    { "positional", TEMPLATE_X86_64,
      "[[\"1\"],[[\"0x1\",\"0x0\",0,[[\"eax\",\"1\"]]]],[[\"0x2\",\"0\"]]]",
      "{\n  \"kvm_capabilities\": [\n    \"1\"\n  ],\n"
      "  \"cpuid_modifiers\": [\n    {\n      \"leaf\": \"0x1\",\n"
      "      \"subleaf\": \"0x0\",\n      \"flags\": 0,\n"
      "      \"modifiers\": [\n        {\n          \"register\": \"eax\",\n"
      "          \"bitmap\": \"0bxxx" X28 "1\"\n        }\n      ]\n    }\n"
      "  ],\n  \"msr_modifiers\": [\n    {\n      \"addr\": \"0x2\",\n"
      "      \"bitmap\": \"0bxxx" X60 "0\"\n    }\n  ]\n}" },
    { "positional, empty", TEMPLATE_ANY, "[]",
      "{\n  \"kvm_capabilities\": [],\n  \"cpuid_modifiers\": [],\n"
      "  \"msr_modifiers\": []\n}" },
    { "aarch64", TEMPLATE_ANY,
      "{\"reg_modifiers\":[{\"addr\":\"0x603000000013C020\","
      "\"bitmap\":\"1010\"}],\"vcpu_features\":[{\"index\":3,"
      "\"bitmap\":\"0110\"}]}",
      "{\n  \"kvm_capabilities\": [],\n  \"vcpu_features\": [\n    {\n"
      "      \"index\": 3,\n      \"bitmap\": \"0b" X28 "0110\"\n    }\n  ],\n"
      "  \"reg_modifiers\": [\n    {\n"
      "      \"addr\": \"0x603000000013c020\",\n"
      "      \"bitmap\": \"0b" X124 "1010\"\n    }\n  ]\n}" },
};

START_TEST(template_parse_good_text_written_exactly)
{
    __typeof__(&good_rows[0]) row = &good_rows[_i];
    cpupolicy_error err = { 0 };
    char *out = rewrite(row->text, row->arch, &err), *again;

    ck_assert_msg(!strcmp(out, row->written), "%s: %s\n%s", row->name,
                  err.message, out);

    again = rewrite(out, row->arch, &err);
    ck_assert_msg(!strcmp(out, again), "%s: second time\n%s", row->name,
                  again);
    free(again);
    free(out);
}
END_TEST

static const struct {
    const char *name;
    enum template_arch arch;
    const char *text, *message;
    uint32_t column;
} bad_rows[] = {
    { "not an object", TEMPLATE_ANY, "null", "invalid type: null", 4 },
    { "unknown key", TEMPLATE_ANY, "{\"foo\":[]}",
      "unknown field `foo`, expected one of `kvm_capabilities`, "
      "`cpuid_modifiers`, `msr_modifiers`", 6 },
    { "vCPU features on x86_64", TEMPLATE_X86_64, "{\"vcpu_features\":[]}",
      "unknown field `vcpu_features`", 16 },
    { "both architectures", TEMPLATE_ANY,
      "{\"reg_modifiers\":[],\"msr_modifiers\":[]}",
      "unknown field `msr_modifiers`, expected one of `kvm_capabilities`, "
      "`vcpu_features`, `reg_modifiers`", 35 },
    { "null list", TEMPLATE_ANY, "{\"msr_modifiers\":null}",
      "invalid type: null, expected a sequence", 21 },
    { "key twice", TEMPLATE_ANY, "{\"msr_modifiers\":[],\"msr_modifiers\":[]}",
      "duplicate field `msr_modifiers`", 35 },
    { "key twice inside", TEMPLATE_ANY,
      "{\"msr_modifiers\":[{\"addr\":\"0x1\",\"addr\":\"0x1\"}]}",
      "duplicate field `addr`", 38 },
    { "no subleaf", TEMPLATE_ANY, LEAF("\"flags\":0,\"modifiers\":[]"),
      "missing field `subleaf`", 59 },
    { "flags float", TEMPLATE_ANY, FLAGS("1.0"),
      "invalid type: floating point `1.0`, expected u32", 61 },
    { "flags minus zero", TEMPLATE_ANY, FLAGS("-0"), "expected u32", 60 },
    { "flags string", TEMPLATE_ANY, FLAGS("\"0\""),
      "invalid type: string \"0\", expected u32", 61 },
    { "flags too big", TEMPLATE_ANY, FLAGS("4294967296"),
      "invalid value: integer `4294967296`, expected u32", 68 },
    { "register", TEMPLATE_ANY,
      LEAF("\"subleaf\":\"0x0\",\"flags\":0,"
           "\"modifiers\":[{\"register\":\"EAX\"}]"),
      "Invalid CPUID register. Must be one of [eax, ebx, ecx, edx]", 91 },
    { "no prefix", TEMPLATE_ANY, "{\"msr_modifiers\":[{\"addr\":\"16\"}]}",
      "No supported number system prefix found in value [16].", 31 },
    { "upper case prefix", TEMPLATE_ANY,
      "{\"msr_modifiers\":[{\"addr\":\"0X1\"}]}",
      "No supported number system prefix found in value [0X1].", 32 },
    { "no digits", TEMPLATE_ANY, "{\"msr_modifiers\":[{\"addr\":\"0x\"}]}",
      "Failed to parse string [0x] as a number for CPU template - "
      "ParseIntError { kind: Empty }", 31 },
    { "plus only", TEMPLATE_ANY, "{\"msr_modifiers\":[{\"addr\":\"0x+\"}]}",
      "kind: InvalidDigit", 32 },
    { "binary digit", TEMPLATE_ANY,
      "{\"msr_modifiers\":[{\"addr\":\"0b2\"}]}", "kind: InvalidDigit", 32 },
    { "trailing blank", TEMPLATE_ANY,
      "{\"msr_modifiers\":[{\"addr\":\"0x1 \"}]}", "kind: InvalidDigit", 33 },
    { "overflow", TEMPLATE_ANY,
      "{\"msr_modifiers\":[{\"addr\":\"0x100000000\"}]}",
      "kind: PosOverflow", 40 },
    { "overflow of 64 bits", TEMPLATE_ANY,
      "{\"reg_modifiers\":[{\"addr\":\"0x10000000000000000\"}]}",
      "kind: PosOverflow", 48 },
    { "bitmap", TEMPLATE_ANY,
      "{\"msr_modifiers\":[{\"addr\":\"0x1\",\"bitmap\":\"2\"}]}",
      "Failed to parse string [2] as a bitmap - unknown character: 50", 45 },
    { "control characters are not quoted", TEMPLATE_ANY,
      "{\"kvm_capabilities\":[\"\\u001b[2J\\u009b\\u007f\"]}",
      "string [?[2J???]", 45 },
    { "nor in keys", TEMPLATE_ANY, "{\"\177\":1}", "field `?`", 4 },
    { "capability number", TEMPLATE_ANY, "{\"kvm_capabilities\":[1]}",
      "invalid type: integer `1`, expected a string", 22 },
    { "capability hex", TEMPLATE_ANY, "{\"kvm_capabilities\":[\"0x1\"]}",
      "Failed to parse string [0x1] as a kvm capability - can not convert "
      "to numeric: invalid digit found in string", 27 },
    { "capability empty", TEMPLATE_ANY, "{\"kvm_capabilities\":[\"\"]}",
      "cannot parse integer from empty string", 24 },
    { "capability bang only", TEMPLATE_ANY, "{\"kvm_capabilities\":[\"!\"]}",
      "cannot parse integer from empty string", 25 },
    { "capability bangs", TEMPLATE_ANY, "{\"kvm_capabilities\":[\"!!1\"]}",
      "invalid digit found in string", 27 },
    { "capability overflow", TEMPLATE_ANY,
      "{\"kvm_capabilities\":[\"4294967296\"]}",
      "number too large to fit in target type", 34 },
};

START_TEST(template_parse_bad_text_rejected_with_place)
{
    __typeof__(&bad_rows[0]) row = &bad_rows[_i];
    struct cpu_template t, untouched;
    cpupolicy_error err = { 0 };
    int rc;

    memset(&t, 0xaa, sizeof(t));
    untouched = t;
    rc = template_parse(row->text, strlen(row->text), row->arch, &t, &err);

    ck_assert_msg(rc == -EINVAL, "%s: rc %d", row->name, rc);
    ck_assert_msg(strstr(err.message, row->message), "%s: %s", row->name,
                  err.message);
    ck_assert_msg(err.line == 1 && err.column == row->column,
                  "%s: at %u:%u", row->name, err.line, err.column);
    ck_assert_msg(!memcmp(&t, &untouched, sizeof(t)), "%s: touched",
                  row->name);
}
END_TEST

START_TEST(template_parse_arch_told_by_keys)
{
    static const struct {
        const char *text;
        enum template_arch arch;
    } rows[] = {
        { "{}", TEMPLATE_ANY },
        { "{\"kvm_capabilities\":[]}", TEMPLATE_ANY },
        { "{\"msr_modifiers\":[]}", TEMPLATE_X86_64 },
        { "{\"kvm_capabilities\":[],\"cpuid_modifiers\":[]}",
          TEMPLATE_X86_64 },
        { "{\"vcpu_features\":[]}", TEMPLATE_AARCH64 },
        { "{\"reg_modifiers\":[]}", TEMPLATE_AARCH64 },
    };

    for ( unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++ )
    {
        struct cpu_template t = { 0 };

        ck_assert_int_eq(template_parse(rows[i].text, strlen(rows[i].text),
                                        TEMPLATE_ANY, &t, NULL), 0);
        ck_assert_msg(t.arch == rows[i].arch, "%s: %d", rows[i].text, t.arch);
        template_dispose(&t);
    }
}
END_TEST

START_TEST(template_parse_too_many_leaves_e2big)
{
    static const char one[] =
        "{\"leaf\":\"0x1\",\"subleaf\":\"0x0\",\"flags\":0,"
        "\"modifiers\":[]},";
    const size_t nr_one = sizeof(one) - 1, nr = TEMPLATE_MAX_LEAVES + 1;
    char *text = malloc(nr * nr_one + 64);
    struct cpu_template t;
    cpupolicy_error err;
    size_t at = sprintf(text, "{\"cpuid_modifiers\":[\n");

    for ( size_t i = 0; i < nr; i++, at += nr_one )
        memcpy(text + at, one, nr_one);
    sprintf(text + at - 1, "]}");

    ck_assert_int_eq(template_parse(text, strlen(text), TEMPLATE_ANY, &t,
                                    &err), -E2BIG);
    ck_assert_uint_eq(err.line, 2);
    ck_assert_ptr_nonnull(strstr(err.message, "4096 CPUID entries"));
    free(text);
}
END_TEST

/*
 * The exact words of the original's library for what its messages call by the
 * names of its own types, and for surplus elements, have no use here.
 */
static bool words_differ(const char *message)
{
    return strstr(message, "expected struct") ||
           strstr(message, "trailing characters") ||
           strstr(message, "floating point") ||
           strstr(message, "invalid length");
}

static void check_recorded(struct json_object *row)
{
    const char *name = json_object_get_string(
        json_object_object_get(row, "name"));
    struct json_object *input = json_object_object_get(row, "input");
    struct json_object *output = json_object_object_get(row, "output");
    const char *error = json_object_get_string(
        json_object_object_get(row, "error"));
    enum template_arch arch = arch_named(json_object_get_string(
        json_object_object_get(row, "arch")));
    struct cpu_template t = { 0 };
    cpupolicy_error err = { 0 };
    int rc = template_parse(json_object_get_string(input),
                            json_object_get_string_len(input), arch, &t,
                            &err);
    char words[700];

    if ( output )
    {
        struct json_object *o;

        ck_assert_msg(!rc, "%s: %s", name, err.message);
        o = template_to_json(&t);
        ck_assert_msg(json_object_equal(o, output), "%s: %s", name,
                      template_json_text(o));
        json_object_put(o);
        template_dispose(&t);
        return;
    }

    ck_assert_msg(rc == -EINVAL, "%s: rc %d", name, rc);
    snprintf(words, sizeof(words), "%s at line %u column %u", err.message,
             err.line, err.column);
    ck_assert_msg(words_differ(error) || !strcasecmp(words, error),
                  "%s: \"%s\", not \"%s\"", name, words, error);
}

/* What is a template here is one wherever files are read, and nothing else. */
static void check_as_dump(struct json_object *row)
{
    const char *name = json_object_get_string(json_object_object_get(row, "name"));
    struct json_object *input = json_object_object_get(row, "input");
    struct dump_input in = {
        json_object_get_string(input), json_object_get_string_len(input),
    };
    cpupolicy_error err = { .code = 0 };
    struct dump d;
    struct cpu_template t;
    int rc = template_parse(in.bytes, in.nr_bytes, TEMPLATE_ANY, &t, NULL);
    int as_dump = dump_parse_as(&format_firecracker, &in, &d, &err);

    if ( rc )
        ck_assert_msg(as_dump, "%s: a dump, and no template", name);
    else if ( t.arch == TEMPLATE_AARCH64 )
        ck_assert_msg(strstr(err.message, "aarch64"), "%s: %s", name,
                      err.message);
    else if ( !t.nr_leaves && !t.nr_msrs )
        ck_assert_msg(strstr(err.message, "changes nothing"), "%s: %s", name,
                      err.message);
    else
        ck_assert_msg(!as_dump, "%s: %s", name, err.message);

    if ( !rc )
        template_dispose(&t);
    if ( !as_dump )
        dump_dispose(&d);
}

START_TEST(template_parse_recorded_cases_as_original)
{
    struct json_object *rows = vectors_load("firecracker/parse_cases.json");

    ck_assert_ptr_nonnull(rows);
    ck_assert_uint_ge(json_object_array_length(rows), 100);
    for ( size_t i = 0; i < json_object_array_length(rows); i++ )
    {
        check_recorded(json_object_array_get_idx(rows, i));
        check_as_dump(json_object_array_get_idx(rows, i));
    }
    json_object_put(rows);
}
END_TEST

/* Guests of the original's own fingerprints, as its writer has them. */
START_TEST(template_to_json_recorded_fingerprints_byte_identical)
{
    char dir[1024], path[2048];
    struct dirent *e;
    unsigned int nr_files = 0;
    DIR *d;

    ck_assert(vectors_path("dumps/firecracker/fingerprints", dir,
                           sizeof(dir)));
    d = opendir(dir);
    ck_assert_ptr_nonnull(d);
    while ( (e = readdir(d)) )
    {
        static const char key[] = "\"guest_cpu_config\": ";
        cpupolicy_error err = { 0 };
        size_t nr;
        char *text, *guest, *out;

        if ( e->d_name[0] == '.' )
            continue;
        snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
        text = vectors_read(path, &nr);
        guest = strstr(text, key) + sizeof(key) - 1;
        *strrchr(guest, '}') = '\0';
        out = rewrite(guest, TEMPLATE_ANY, &err);

        /* The guest is indented by one level more than a template. */
        for ( char *p = out, *q = guest; *p || *q > ' '; p++, q++ )
        {
            ck_assert_msg(*p == *q, "%s: %.40s\n%.40s %s", e->d_name, p, q,
                          err.message);
            if ( *q == '\n' )
                q += 2;
        }
        free(out);
        free(text);
        nr_files++;
    }
    closedir(d);
    ck_assert_uint_ge(nr_files, 10);
}
END_TEST

#define NR(rows) (sizeof(rows) / sizeof((rows)[0]))

Suite *suite_template_read(void)
{
    Suite *s = suite_create("template-read");
    TCase *t = tcase_create("read");

    tcase_add_loop_test(t, template_parse_good_text_written_exactly, 0,
                        NR(good_rows));
    tcase_add_loop_test(t, template_parse_bad_text_rejected_with_place, 0,
                        NR(bad_rows));
    tcase_add_test(t, template_parse_arch_told_by_keys);
    tcase_add_test(t, template_parse_too_many_leaves_e2big);
    vectors_add_test(t, template_parse_recorded_cases_as_original);
    vectors_add_test(t, template_to_json_recorded_fingerprints_byte_identical);
    suite_add_tcase(s, t);

    return s;
}
