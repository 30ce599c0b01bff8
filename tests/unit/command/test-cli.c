/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The command as scripts see it: exit status, where results and messages go,
 * and the forms that are fixed by contract.
 */
#include <check.h>
#include <json-c/json.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli-run.h"
#include "machine.h"

Suite *suite_cli(void);

/* An Ice Lake server, as far as the rows need one. */
static const struct machine ice_lake = {
    .maker = INTEL, .signature = 0x806f8,
    .with = "xsave avx avx2 avx512f avx512bw aesni vaes smep erms",
};

static void setup(void)
{
    struct machine bigger = ice_lake;

    bigger.with = "xsave avx avx2 gfni";
    cli_enter();
    cli_write_machine("cpu", &ice_lake);
    cli_write_machine("bigger", &bigger);
    cli_write("empty", "", 0);
}

static const struct cli_row rows[] = {
    /* Help goes to stdout and is a success, on every level. */
    { "--help", 0, "show", NULL },
    { "-h", 0, "explain", NULL },
    { "help", 0, "Usage: xl-cpupolicy", NULL },
    { "help show", 0, "Usage: xl-cpupolicy show", NULL },
    { "help template", 0, "Usage: xl-cpupolicy template", NULL },
    { "help template dump", 0, "Usage: xl-cpupolicy template dump", NULL },
    { "help reference", 0, "Usage: xl-cpupolicy reference", NULL },
    { "help bogus", 2, NULL, "no command 'bogus'" },
    { "help template bogus", 2, NULL, "bogus" },
    { "show --help", 0, "Usage: xl-cpupolicy show", NULL },
    { "show -h", 0, "--from", NULL },
    { "diff --help", 0, "Usage: xl-cpupolicy diff", NULL },
    { "explain --help", 0, "Usage: xl-cpupolicy explain", NULL },
    { "cmdline --help", 0, "Usage: xl-cpupolicy cmdline", NULL },
    { "audit --help", 0, "Usage: xl-cpupolicy audit", NULL },
    { "domain --help", 0, "Usage: xl-cpupolicy domain", NULL },

    /* Answers. */
    { "show --from cpu", 0, "host-max", NULL },
    { "show", 0, "native", "" },
    { "show --from native raw", 0, "raw", "" },
    { "show raw hvm-default --from cpu", 0, "hvm-default", NULL },
    { "show --from - < cpu", 0, "pv-default", NULL },
    { "show --from ./cpu", 0, "pv-default", NULL },
    { "show raw --from cpu -o features", 0, "avx512f", "" },
    { "show raw --from cpu --output features", 0, "avx512f", "" },
    { "show host-default --from cpu --cmdline 'cpuid=no-avx' -o features", 0,
      "erms", "" },
    { "show --from cpu --cmdline 'cpuid=no-avx quiet'", 0, "host-max",
      "position 14" },
    { "show host-max --from cpu --platform fast-strings=no", 0,
      "host-erms-off", NULL },
    { "diff raw raw --from cpu", 0, NULL, NULL },
    { "diff host-max host-default --from cpu --cmdline cpuid=no-avx", 1,
      "avx512f", NULL },
    { "diff raw raw --from cpu -o json", 0, "\"differences\"", NULL },
    { "diff host-max pv-max --from cpu -o json", 1, "\"rule\"", NULL },
    { "explain avx512f --from cpu --cmdline 'cpuid=no-avx'", 0,
      "avx -> avx2 -> avx512f", NULL },
    { "explain avx512f --from cpu --cmdline 'cpuid=no-avx'", 0,
      "cpuid= on the command line", NULL },
    { "explain fpu aesni --from cpu", 0, "aesni", NULL },
    { "cmdline 'cpuid=no-avx' --from cpu", 0, "-avx512f", NULL },
    { "cmdline 'cpuid=no-lmsl' --from cpu", 0, "valid", NULL },
    { "cmdline 'cpuid=no-avx' --from cpu -o json", 0, "\"removed\"", NULL },
    { "cmdline 'dom0-cpuid=avx' --from cpu", 0, "valid", NULL },
    { "audit cpu --type hvm --from cpu", 0, "accepted", NULL },
    { "audit bigger --type hvm --from cpu", 1, "gfni", NULL },

    /* Usage errors: 2, with a word about what would be right. */
    { "", 2, NULL, "Usage" },
    { "sho", 2, NULL, "no command 'sho'" },
    { "show --form cpu", 2, NULL, "--form" },
    { "show --from", 2, NULL, "--from" },
    { "show -o", 2, NULL, "-o" },
    { "show -o yaml", 2, NULL, "yaml" },
    { "diff raw raw -o xml", 2, NULL, "xml" },
    { "show host --from cpu", 2, NULL, "host-default" },
    { "diff raw --from cpu", 2, NULL, "two policies" },
    { "diff raw raw raw --from cpu", 2, NULL, "two policies" },
    { "diff raw rawer --from cpu", 2, NULL, "rawer" },
    { "explain --from cpu", 2, NULL, "feature" },
    { "explain avx521f --from cpu", 2, NULL, "avx512f" },
    { "cmdline", 2, NULL, "argument" },
    { "cmdline a b", 2, NULL, "argument" },
    { "cmdline 'cpuid=no-avxx' --from cpu", 2, NULL, "position 7" },
    { "cmdline 'cpuid=no-avxx' --from cpu -o json", 2, "\"valid\": false",
      "position 7" },
    { "cmdline 'quiet cpuid=avx,,sse2' --from cpu", 2, NULL, "position 17" },
    { "show --from cpu --cmdline cpuid=qqq", 2, NULL, "position 7" },
    { "show --from cpu --platform qqq", 2, NULL, "qqq" },
    { "show --from cpu --platform hap=perhaps", 2, NULL, "hap=perhaps" },
    { "show --from cpu --platform hap,", 2, NULL, "empty" },
    { "show --from cpu --platform microcode=x", 2, NULL, "revision" },

    /* No answer: 3. */
    { "show --from nowhere", 3, NULL, "nowhere: " },
    { "show --from .", 3, NULL, ".: " },
    { "show --from empty", 3, NULL, "empty: " },
    { "show --from - < /dev/null", 3, NULL, "-: " },
    { "show --from cpu > /dev/full", 3, NULL, "" },
    { "show --from cpu -o json > /dev/full", 3, NULL, "" },
    { "explain avx --from cpu > /dev/full", 3, NULL, "" },
    { "--help > /dev/full", 3, NULL, "cannot write the result" },
    { "help > /dev/full", 3, NULL, "cannot write the result" },
    { "--version > /dev/full", 3, NULL, "cannot write the result" },
    { "show --help > /dev/full", 3, NULL, "cannot write the result" },
    { "diff -h > /dev/full", 3, NULL, "cannot write the result" },
    { "explain --help > /dev/full", 3, NULL, "cannot write the result" },
    { "audit --help > /dev/full", 3, NULL, "cannot write the result" },
    { "cmdline --help > /dev/full", 3, NULL, "cannot write the result" },
    { "domain --help > /dev/full", 3, NULL, "cannot write the result" },
    { "reference --help > /dev/full", 3, NULL, "cannot write the result" },
    { "template --help > /dev/full", 3, NULL, "cannot write the result" },
    { "template help > /dev/full", 3, NULL, "cannot write the result" },
    { "template help dump > /dev/full", 3, NULL, "cannot write the result" },
    { "template dump -h > /dev/full", 3, NULL, "cannot write the result" },
    { "template strip --help > /dev/full", 3, NULL,
      "cannot write the result" },
    { "fingerprint -h > /dev/full", 3, NULL, "cannot write the result" },
};

#define NR_ROWS (sizeof(rows) / sizeof(rows[0]))

START_TEST(command_of_table_answers_with_status_and_text)
{
    cli_check(&rows[_i]);
}
END_TEST

/* Every line of a form matches one of two patterns. */
static const struct {
    const char *arguments, *pattern, *other;
} forms[] = {
    { "show hvm-max --from cpu -o leaves",
      "^  [0-9a-f]{8}:[0-9a-f]{8} -> ([0-9a-f]{8}:){3}[0-9a-f]{8}$",
      "^  [0-9a-f]{8} -> [0-9a-f]{16}$" },
    { "show raw --from cpu -o featureset", "^([0-9a-f]{8}-){18}[0-9a-f]{8}$",
      "^$" },
    { "show raw --from cpu -o features", "^([a-z0-9-]+ ?)+$", "^$" },
};

START_TEST(form_of_table_has_lines_of_its_pattern)
{
    struct cli_result r = cli_run(forms[_i].arguments);
    regex_t pattern, other;
    unsigned int nr = 0;

    ck_assert_int_eq(r.status, 0);
    ck_assert(!regcomp(&pattern, forms[_i].pattern, REG_EXTENDED) &&
              !regcomp(&other, forms[_i].other, REG_EXTENDED));
    for ( char *line = strtok(r.out, "\n"); line; line = strtok(NULL, "\n") )
    {
        nr += !regexec(&pattern, line, 0, NULL, 0);
        ck_assert_msg(!regexec(&pattern, line, 0, NULL, 0) ||
                      !regexec(&other, line, 0, NULL, 0), "%s: '%s'",
                      forms[_i].arguments, line);
    }
    ck_assert_msg(nr, "%s: nothing", forms[_i].arguments);
    regfree(&pattern);
    regfree(&other);
    cli_dispose(&r);
}
END_TEST

START_TEST(leaves_form_omits_what_is_zero)
{
    struct cli_result r = cli_run("show raw --from cpu -o leaves");

    ck_assert(strstr(r.out, "\n  00000001:ffffffff -> 000806f8:"));
    ck_assert(strstr(r.out, "\n  00000007:00000000 -> "));
    ck_assert(!strstr(r.out, "00000000:00000000:00000000:00000000"));
    cli_dispose(&r);
}
END_TEST

static void check_hex(struct json_object *o, const char *key)
{
    const char *text = json_object_get_string(json_object_object_get(o, key));
    char back[32];

    ck_assert_msg(text && json_object_is_type(json_object_object_get(o, key),
                                              json_type_string), "%s", key);
    snprintf(back, sizeof(back), "0x%llx", strtoull(text, NULL, 16));
    ck_assert_str_eq(text, back);
}

static void check_policy(const char *name, struct json_object *p)
{
    struct json_object *leaves = json_object_object_get(p, "cpuid");
    struct json_object *msrs = json_object_object_get(p, "msrs");
    struct json_object *features = json_object_object_get(p, "features");
    static const char *const keys[] = { "leaf", "eax", "ebx", "ecx", "edx" };

    ck_assert_str_eq(json_object_get_string(
                         json_object_object_get(p, "vendor")), "Intel");
    ck_assert_msg(json_object_array_length(features) > 10, "%s", name);
    ck_assert_msg(json_object_array_length(leaves) > 10, "%s", name);
    for ( size_t i = 0; i < json_object_array_length(leaves); i++ )
    {
        struct json_object *l = json_object_array_get_idx(leaves, i);
        const char *leaf;

        for ( size_t k = 0; k < sizeof(keys) / sizeof(keys[0]); k++ )
            check_hex(l, keys[k]);
        leaf = json_object_get_string(json_object_object_get(l, "leaf"));
        if ( !strcmp(leaf, "0x7") )
            check_hex(l, "subleaf");
        if ( !strcmp(leaf, "0x1") )
            ck_assert(!json_object_object_get_ex(l, "subleaf", NULL));
    }
    for ( size_t i = 0; i < json_object_array_length(msrs); i++ )
    {
        check_hex(json_object_array_get_idx(msrs, i), "index");
        check_hex(json_object_array_get_idx(msrs, i), "value");
    }
}

START_TEST(json_form_is_as_documented)
{
    struct cli_result r = cli_run("show --from cpu -o json");
    struct json_object *o = json_tokener_parse(r.out), *policies;

    ck_assert_ptr_nonnull(o);
    ck_assert_ptr_nonnull(json_object_object_get(o, "source"));
    policies = json_object_object_get(o, "policies");
    ck_assert_int_eq(json_object_object_length(policies), X86_NR_POLICIES);
    for ( unsigned int i = 0; i < X86_NR_POLICIES; i++ )
    {
        struct json_object *p =
            json_object_object_get(policies, x86_policy_names[i]);

        ck_assert_msg(p, "no %s", x86_policy_names[i]);
        check_policy(x86_policy_names[i], p);
    }
    json_object_put(o);
    cli_dispose(&r);
}
END_TEST

/* What is printed can be read again, and means the same. */
START_TEST(json_form_read_again_gives_the_same_policies)
{
    struct cli_result first = cli_run("show --from cpu -o json"), second;
    struct json_object *a, *b;

    cli_write("again", first.out, first.nr_out);
    second = cli_run("show --from again -o json");
    ck_assert_msg(!second.status, "%s", second.err);
    a = json_tokener_parse(first.out);
    b = json_tokener_parse(second.out);
    ck_assert(a && b);
    ck_assert(json_object_equal(json_object_object_get(a, "policies"),
                                json_object_object_get(b, "policies")));
    json_object_put(a);
    json_object_put(b);
    cli_dispose(&first);
    cli_dispose(&second);
}
END_TEST

Suite *suite_cli(void)
{
    Suite *s = suite_create("cli");
    TCase *tc = tcase_create("commands");

    tcase_add_checked_fixture(tc, setup, cli_leave);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, command_of_table_answers_with_status_and_text, 0,
                        NR_ROWS);
    tcase_add_loop_test(tc, form_of_table_has_lines_of_its_pattern, 0,
                        sizeof(forms) / sizeof(forms[0]));
    tcase_add_test(tc, leaves_form_omits_what_is_zero);
    tcase_add_test(tc, json_form_is_as_documented);
    tcase_add_test(tc, json_form_read_again_gives_the_same_policies);
    suite_add_tcase(s, tc);

    return s;
}
