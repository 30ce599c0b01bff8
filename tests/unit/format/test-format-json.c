/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON with positions, and what is refused of it. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format/json.h"

Suite *suite_format_json(void);

#define NR(rows) (sizeof(rows) / sizeof(rows[0]))

static const struct {
    const char *name, *text, *message;
    unsigned int line, column;
} refusals[] = {
    { "cut in an object", "{\"a\":1,\n", "ends too early", 2, 1 },
    { "cut in a string", "{\"a\":\"b", "ends too early", 1, 8 },
    { "empty", " ", "ends too early", 1, 2 },
    { "not an object", "[]", "not a JSON object", 0, 0 },
    { "null", "null", "ends too early", 1, 5 },
    { "text behind", "{}\n{}", "not JSON", 2, 1 },
    { "trailing comma", "{\"a\":[1,]}", "not JSON", 1, 9 },
    { "comment", "{/**/}", "not JSON", 1, 2 },
    { "single quotes", "{'a':1}", "not JSON", 1, 2 },
    { "bad UTF-8", "{\"a\":\"\xff\"}", "not JSON", 1, 7 },
    { "too deep", "{\"a\":[[[[[[[[[[[[[[[[[0]]]]]]]]]]]]]]]]]}", "not JSON",
      1, 21 },
    { "key twice", "{\"a\":1,\n \"a\":2}", "has a key twice", 2, 2 },
    { "key twice further down", "{\"a\":[{\"b\":1},\n{\"c\":1,\"c\":[]}]}",
      "has a key twice", 2, 8 },
    { "key twice, escaped", "{\"a\":1,\"\\u0061\":2}", "has a key twice", 1,
      8 },
    { "key twice around another", "{\"a\":1,\"b\":1,\"a\":[]}",
      "has a key twice", 1, 14 },
};

START_TEST(json_file_parse_bad_text_refused_with_place)
{
    __typeof__(&refusals[0]) row = &refusals[_i];
    struct dump_input in = { row->text, strlen(row->text) };
    struct json_file f;
    cpupolicy_error err;
    int rc = json_file_parse(&f, &in, &err);

    ck_assert_msg(rc == -EINVAL, "%s: rc %d", row->name, rc);
    ck_assert_msg(strstr(err.message, row->message), "%s: %s", row->name,
                  err.message);
    ck_assert_msg(err.line == row->line && err.column == row->column,
                  "%s: at %u:%u", row->name, err.line, err.column);
    ck_assert_msg(!f.root, "%s: a tree is left", row->name);
}
END_TEST

/* The walk beside the tree must follow whatever JSON can be. */
START_TEST(json_line_of_every_kind_of_value_found)
{
    static const char text[] =
        "{ \"a\\\"}\" : [ 1 , -2.5e3 ,\n\"x\\\\\" , true,null , {} , [ ] ],\n"
        "\"b\":{\"a\":\n{\"c\\n\":false}},\"d\":null,\n"
        "\"e\":\"\\u00e9,]}\"}\n";
    struct dump_input in = { text, sizeof(text) - 1 };
    struct json_object *a, *b, *e, *o;
    struct json_file f;
    cpupolicy_error err = { .code = 0 };

    ck_assert_msg(!json_file_parse(&f, &in, &err), "%s", err.message);
    ck_assert(json_object_object_get_ex(f.root, "a\"}", &a));
    ck_assert(json_object_object_get_ex(f.root, "b", &b));
    ck_assert(json_object_object_get_ex(f.root, "e", &e));
    ck_assert_uint_eq(json_line(&f, f.root), 1);
    ck_assert_uint_eq(json_line(&f, json_object_array_get_idx(a, 1)), 1);
    ck_assert_uint_eq(json_line(&f, json_object_array_get_idx(a, 2)), 2);
    ck_assert_uint_eq(json_line(&f, json_object_array_get_idx(a, 6)), 2);
    ck_assert_uint_eq(json_line(&f, NULL), 0);
    ck_assert_uint_eq(json_line(&f, b), 3);
    ck_assert(json_object_object_get_ex(b, "a", &o));
    ck_assert_uint_eq(json_line(&f, o), 4);
    ck_assert_uint_eq(json_line(&f, e), 5);

    ck_assert_int_eq(json_fail(&f, e, EINVAL, "%s", "why"), -EINVAL);
    ck_assert_uint_eq(err.line, 5);
    ck_assert_uint_eq(err.column, 5);
    json_file_dispose(&f);
    json_file_dispose(&f);
}
END_TEST

START_TEST(json_file_parse_at_and_beyond_bound_taken_and_refused)
{
    char *text = malloc(JSON_MAX_BYTES + 1);
    struct dump_input in = { text, JSON_MAX_BYTES };
    struct json_file f;
    cpupolicy_error err;

    memset(text, ' ', JSON_MAX_BYTES + 1);
    memcpy(text, "{}", 2);
    ck_assert_int_eq(json_file_parse(&f, &in, &err), 0);
    json_file_dispose(&f);
    in.nr_bytes++;
    ck_assert_int_eq(json_file_parse(&f, &in, &err), -E2BIG);
    free(text);
}
END_TEST

static const struct {
    const char *name, *text;
    bool found;
} probes[] = {
    { "key", "{\"key\":1}", true },
    { "key further down, blanks", " \n\t{\"a\":{\"key\" :1}}", true },
    { "after a longer one", "{\"keys\":1,\"akey\":2,\"key\":3}", true },
    { "longer keys", "{\"keys\":1,\"akey\":2}", false },
    { "array", "[{\"key\":1}]", false },
    { "text", "\"key\"", false },
    { "empty", "", false },
    { "cut", "{\"key", false },
};

START_TEST(json_probe_row_as_expected)
{
    struct dump_input in = { probes[_i].text, strlen(probes[_i].text) };

    ck_assert_msg(json_probe(&in, "key") == probes[_i].found, "%s",
                  probes[_i].name);
}
END_TEST

Suite *suite_format_json(void)
{
    Suite *s = suite_create("format-json");
    TCase *tc = tcase_create("json");

    tcase_add_loop_test(tc, json_file_parse_bad_text_refused_with_place, 0,
                        NR(refusals));
    tcase_add_test(tc, json_line_of_every_kind_of_value_found);
    tcase_add_test(tc, json_file_parse_at_and_beyond_bound_taken_and_refused);
    tcase_add_loop_test(tc, json_probe_row_as_expected, 0, NR(probes));
    suite_add_tcase(s, tc);

    return s;
}
