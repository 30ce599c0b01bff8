/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Comparing what a template asks for with what a guest got. */
#include <check.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "template/verify.h"
#include "vectors.h"

Suite *suite_template_verify(void);

#define CPUID(flags, mods)                                                 \
    "{\"cpuid_modifiers\":[{\"leaf\":\"0x7\",\"subleaf\":\"0x1\","           \
    "\"flags\":" flags ",\"modifiers\":[" mods "]}]}"
#define MOD(reg, bits) "{\"register\":\"" reg "\",\"bitmap\":\"" bits "\"}"
#define MSR(addr, bits) "{\"addr\":\"" addr "\",\"bitmap\":\"" bits "\"}"
#define MSRS(list) "{\"msr_modifiers\":[" list "]}"
#define REGS(list) "{\"reg_modifiers\":[" list "]}"
#define Z56 "00000000000000000000000000000000000000000000000000000000"
#define S56 "                                                        "

/* `found`: the texts of all mismatches, a blank line between them. */
static const struct {
    const char *name, *template, *config, *found;
} rows[] = {
    { "nothing asked", "{}", "{}", "" },
    { "nothing asked, something there", "{}", MSRS(MSR("0x1", "1")), "" },
    { "equal", MSRS(MSR("0x1", "1010xxxx")), MSRS(MSR("0x1", "10101010")),
      "" },
    { "capabilities are not verified", "{\"kvm_capabilities\":[\"9\"]}",
      "{}", "" },
    { "last of two", MSRS(MSR("0x1", "1") "," MSR("0x1", "0")),
      MSRS(MSR("0x1", "0")), "" },
    { "open bits, but missing", MSRS(MSR("0x5", "x")), "{}",
      "index=0x5 not found in CPU configuration." },
    { "mismatch", MSRS(MSR("0x10a", "1010xxxx")),
      MSRS(MSR("0x10a", "01010101")),
      "Value for index=0x10a mismatched.\n"
      "* CPU template     : 0b" Z56 "10100000\n"
      "* CPU configuration: 0b" Z56 "01010000\n"
      "* Diff             :   " S56 "^^^^    " },
    { "wrong flags", CPUID("3", MOD("edx", "1")), CPUID("1", MOD("edx", "1")),
      "leaf=0x7, subleaf=0x1, flags=0b11, register=edx not found in CPU "
      "configuration." },
    { "one register missing", CPUID("0", MOD("eax", "1") "," MOD("ebx", "1")),
      CPUID("0", MOD("eax", "1")),
      "leaf=0x7, subleaf=0x1, flags=0b0, register=ebx not found in CPU "
      "configuration." },
    { "all, in order",
      "{\"msr_modifiers\":[" MSR("0x20", "1") "," MSR("0x3", "x") "],"
      "\"cpuid_modifiers\":[{\"leaf\":\"0x7\",\"subleaf\":\"0x0\","
      "\"flags\":1,\"modifiers\":[" MOD("ecx", "1") "]},"
      "{\"leaf\":\"0x1\",\"subleaf\":\"0x0\",\"flags\":0,\"modifiers\":["
      MOD("edx", "1") "," MOD("ebx", "x") "]}]}", "{}",
      "leaf=0x1, subleaf=0x0, flags=0b0, register=ebx not found in CPU "
      "configuration.\n\n"
      "leaf=0x1, subleaf=0x0, flags=0b0, register=edx not found in CPU "
      "configuration.\n\n"
      "leaf=0x7, subleaf=0x0, flags=0b1, register=ecx not found in CPU "
      "configuration.\n\n"
      "index=0x3 not found in CPU configuration.\n\n"
      "index=0x20 not found in CPU configuration." },
    { "aarch64", REGS(MSR("0x1234", "1")), REGS(MSR("0x1", "1")),
      "ID=0x1234 not found in CPU configuration." },
};

static struct cpu_template parse(const char *text, enum template_arch arch)
{
    struct cpu_template t = { 0 };
    cpupolicy_error err = { 0 };

    ck_assert_msg(!template_parse(text, strlen(text), arch, &t, &err),
                  "%s: %s", text, err.message);

    return t;
}

static void format(const struct verify_report *report, char *text, size_t max)
{
    *text = '\0';

    for ( size_t i = 0; i < report->nr_mismatches; i++ )
    {
        char one[VERIFY_TEXT];

        verify_mismatch_format(&report->mismatches[i], one);
        ck_assert_uint_lt(strlen(text) + strlen(one) + 2, max);
        if ( i )
            strcat(text, "\n\n");
        strcat(text, one);
    }
}

START_TEST(template_verify_row_as_specified)
{
    __typeof__(&rows[0]) row = &rows[_i];
    struct cpu_template t = parse(row->template, TEMPLATE_ANY);
    struct cpu_template config = parse(row->config, TEMPLATE_ANY);
    struct verify_report report;
    char text[4096];

    ck_assert_int_eq(template_verify(&t, &config, &report, NULL), 0);
    format(&report, text, sizeof(text));
    ck_assert_msg(!strcmp(text, row->found), "%s:\n%s", row->name, text);

    verify_report_dispose(&report);
    template_dispose(&t);
    template_dispose(&config);
}
END_TEST

START_TEST(template_verify_other_architecture_einval)
{
    struct cpu_template t = parse("{\"reg_modifiers\":[]}", TEMPLATE_ANY);
    struct cpu_template config = parse("{\"msr_modifiers\":[]}",
                                       TEMPLATE_ANY);
    struct verify_report report;
    cpupolicy_error err;

    ck_assert_int_eq(template_verify(&t, &config, &report, &err), -EINVAL);
    template_dispose(&t);
    template_dispose(&config);
}
END_TEST

START_TEST(verify_mismatch_format_wide_values_fit)
{
    struct verify_mismatch m = {
        .key = { .kind = ADJUST_REG, .id = ~0ULL },
        .wanted = { ~0ULL, ~0ULL },
    };
    char text[VERIFY_TEXT];

    verify_mismatch_format(&m, text);
    ck_assert_uint_eq(strspn(strrchr(text, ':') + 4, "^"), 128);
}
END_TEST

static bool among(struct json_object *results, const char *text)
{
    for ( size_t i = 0; i < json_object_array_length(results); i++ )
        if ( !strcmp(json_object_get_string(
                         json_object_array_get_idx(results, i)), text) )
            return true;

    return false;
}

/* The original reports one mismatch, any of them: ours is the first one. */
START_TEST(template_verify_recorded_cases_as_original)
{
    struct json_object *cases = vectors_load("firecracker/verify_cases.json");
    size_t nr;

    ck_assert_ptr_nonnull(cases);
    nr = json_object_array_length(cases);
    ck_assert_uint_ge(nr, 10);
    for ( size_t i = 0; i < nr; i++ )
    {
        struct json_object *c = json_object_array_get_idx(cases, i);
        struct json_object *results = json_object_object_get(c, "results");
        enum template_arch arch = strcmp(json_object_get_string(
            json_object_object_get(c, "arch")), "aarch64")
            ? TEMPLATE_X86_64 : TEMPLATE_AARCH64;
        struct cpu_template t = parse(json_object_to_json_string(
            json_object_object_get(c, "template")), arch);
        struct cpu_template config = parse(json_object_to_json_string(
            json_object_object_get(c, "config")), arch);
        char text[4 + VERIFY_TEXT] = "OK";
        struct verify_report report;

        ck_assert_int_eq(template_verify(&t, &config, &report, NULL), 0);
        if ( report.nr_mismatches )
        {
            strcpy(text, "ERR ");
            verify_mismatch_format(&report.mismatches[0], text + 4);
        }
        ck_assert_msg(among(results, text), "%s: %s", json_object_get_string(
            json_object_object_get(c, "name")), text);

        verify_report_dispose(&report);
        template_dispose(&t);
        template_dispose(&config);
    }
    json_object_put(cases);
}
END_TEST

Suite *suite_template_verify(void)
{
    Suite *s = suite_create("template-verify");
    TCase *t = tcase_create("verify");

    tcase_add_loop_test(t, template_verify_row_as_specified, 0,
                        sizeof(rows) / sizeof(rows[0]));
    tcase_add_test(t, template_verify_other_architecture_einval);
    tcase_add_test(t, verify_mismatch_format_wide_values_fit);
    vectors_add_test(t, template_verify_recorded_cases_as_original);
    suite_add_tcase(s, t);

    return s;
}
