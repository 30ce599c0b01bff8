/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* -o json of every command that prints something: what programs rely on. */
#include <check.h>
#include <json-c/json.h>
#include <string.h>

#include "cli-run.h"
#include "machine.h"

Suite *suite_cli_json(void);

#define STATE " --state state --from cpu"

static void setup(void)
{
    static const char config[] = "name='guest'\ntype='hvm'\nvcpus=2\n";
    struct machine m = {
        .maker = INTEL, .signature = 0x806f8, .with = "xsave avx avx2",
    };

    cli_enter();
    cli_write_machine("cpu", &m);
    m.with = "xsave avx avx2 gfni";
    cli_write_machine("bigger", &m);
    cli_write("hvm.cfg", config, strlen(config));
}

/* Run, expect a status, and parse what is printed as one JSON value. */
static struct json_object *answer(const char *arguments, int status)
{
    struct cli_result r = cli_run(arguments);
    struct json_tokener *t = json_tokener_new();
    struct json_object *o;

    ck_assert_msg(r.status == status, "%s: status %d, %s%s", arguments,
                  r.status, r.out, r.err);
    json_tokener_set_flags(t, JSON_TOKENER_STRICT |
                              JSON_TOKENER_VALIDATE_UTF8);
    o = json_tokener_parse_ex(t, r.out, r.nr_out + 1);
    ck_assert_msg(o, "%s: %s in\n%s", arguments,
                  json_tokener_error_desc(json_tokener_get_error(t)), r.out);
    json_tokener_free(t);
    cli_dispose(&r);

    return o;
}

static bool is_true(struct json_object *o, const char *key)
{
    return json_object_get_boolean(json_object_object_get(o, key));
}

START_TEST(domain_create_and_set_say_that_it_is_accepted)
{
    struct json_object *o = answer("domain create hvm.cfg -o json" STATE, 0);
    struct cli_result r;

    ck_assert(is_true(o, "accepted"));
    ck_assert_int_eq(json_object_get_int(json_object_object_get(o, "domain")),
                     1);
    json_object_put(o);

    r = cli_run("domain get 1 -o json > request" STATE);
    ck_assert_int_eq(r.status, 0);
    cli_dispose(&r);
    o = answer("domain set 1 request -o json" STATE, 0);
    ck_assert_str_eq(json_object_get_string(
                         json_object_object_get(o, "request")), "request");
    ck_assert(is_true(o, "accepted"));
    ck_assert_int_eq(json_object_get_int(json_object_object_get(o, "domain")),
                     1);
    ck_assert_uint_eq(json_object_array_length(
                          json_object_object_get(o, "violations")), 0);
    json_object_put(o);
}
END_TEST

START_TEST(domain_set_says_what_is_refused)
{
    struct json_object *o = answer("domain create hvm.cfg -o json" STATE, 0);

    json_object_put(o);
    o = answer("domain set 1 bigger -o json" STATE, 1);
    ck_assert(json_object_object_get_ex(o, "accepted", NULL) &&
              !is_true(o, "accepted"));
    ck_assert_uint_ge(json_object_array_length(
                          json_object_object_get(o, "violations")), 1);
    json_object_put(o);
}
END_TEST

/* A guest of a CPU whose FPU behaves otherwise: accepted, and told so. */
START_TEST(audit_names_what_the_cpu_keeps_for_itself)
{
    struct machine m = {
        .maker = INTEL, .signature = 0x806f8,
        .with = "xsave avx avx2 fdp-excp-only",
    };
    struct json_object *o, *own;

    cli_write_machine("other", &m);
    o = answer("audit other --type hvm --from cpu -o json", 0);
    own = json_object_object_get(o, "own");
    ck_assert(is_true(o, "accepted"));
    ck_assert_uint_eq(json_object_array_length(own), 1);
    ck_assert_str_eq(json_object_get_string(json_object_array_get_idx(own, 0)),
                     "fdp-excp-only");
    json_object_put(o);

    o = answer("audit other --type hvm --from other -o json", 0);
    own = json_object_object_get(o, "own");
    ck_assert_uint_eq(json_object_array_length(own), 0);
    json_object_put(o);
}
END_TEST

START_TEST(domain_list_is_an_array_of_what_is_known)
{
    struct json_object *o = answer("domain list -o json" STATE, 0), *one;

    ck_assert_uint_eq(json_object_array_length(o), 0);
    json_object_put(o);
    json_object_put(answer("domain create hvm.cfg -o json" STATE, 0));
    o = answer("domain list -o json" STATE, 0);
    ck_assert_uint_eq(json_object_array_length(o), 1);
    one = json_object_array_get_idx(o, 0);
    ck_assert_int_eq(json_object_get_int(json_object_object_get(one, "id")),
                     1);
    ck_assert_str_eq(json_object_get_string(
                         json_object_object_get(one, "type")), "hvm");
    ck_assert_int_eq(json_object_get_int(
                         json_object_object_get(one, "vcpus")), 2);
    ck_assert(!is_true(one, "finished"));
    json_object_put(o);
}
END_TEST

/* A form that would not be kept is refused, nothing is done. */
static const struct cli_row refused[] = {
    { "domain list -o leaves" STATE, 2, NULL, "no output form 'leaves'" },
    { "domain list -o features" STATE, 2, NULL, "no output form 'features'" },
    { "domain list -o featureset" STATE, 2, NULL,
      "no output form 'featureset'" },
    { "domain create hvm.cfg -o leaves" STATE, 2, NULL,
      "no output form 'leaves'" },
    { "domain unpause 1 -o leaves" STATE, 2, NULL,
      "no output form 'leaves'" },
    { "domain destroy 1 -o features" STATE, 2, NULL,
      "no output form 'features'" },
};

START_TEST(domain_form_of_table_is_refused)
{
    cli_check(&refused[_i]);
}
END_TEST

Suite *suite_cli_json(void)
{
    Suite *s = suite_create("cli-json");
    TCase *tc = tcase_create("forms");

    tcase_add_checked_fixture(tc, setup, cli_leave);
    tcase_add_test(tc, domain_create_and_set_say_that_it_is_accepted);
    tcase_add_test(tc, domain_set_says_what_is_refused);
    tcase_add_test(tc, audit_names_what_the_cpu_keeps_for_itself);
    tcase_add_test(tc, domain_list_is_an_array_of_what_is_known);
    tcase_add_loop_test(tc, domain_form_of_table_is_refused, 0,
                        sizeof(refused) / sizeof(refused[0]));
    suite_add_tcase(s, tc);

    return s;
}
