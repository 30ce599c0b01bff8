/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The strict index of a JSON text: grammar, places, bounds. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "text/json-index.h"
#include "text/json-reader.h"

Suite *suite_template_json(void);

/* nr 0: strlen(text). */
static const struct {
    const char *name, *text;
    size_t nr;
} good_rows[] = {
    { "object", "{}", 0 },
    { "array", "[]", 0 },
    { "scalar", "null", 0 },
    { "blanks around", " \t\r\n{ } \n", 0 },
    { "all kinds", "{\"a\":[1,-2,0,1.5,1e3,-0,true,false,null,\"s\",{}]}",
      0 },
    { "escapes", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\"", 0 },
    { "utf-8", "\"\303\251\342\202\254\360\237\230\200\"", 0 },
    { "same key twice", "{\"a\":1,\"a\":2}", 0 },
    { "delete is no control character", "\"\177\"", 0 },
};

START_TEST(json_index_build_good_text_accepted)
{
    __typeof__(&good_rows[0]) row = &good_rows[_i];
    struct json_index ix;
    cpupolicy_error err = { 0 };
    int rc = json_index_build(&ix, row->text, strlen(row->text), &err);

    ck_assert_msg(!rc, "%s: %s", row->name, err.message);
    ck_assert_msg(ix.tokens[0].next == ix.nr_tokens, "%s: not one value",
                  row->name);
    json_index_dispose(&ix);
}
END_TEST

static const struct {
    const char *name, *text;
    size_t nr;
    const char *message;
    uint32_t line, column;
} bad_rows[] = {
    { "empty", "", 0, "EOF while parsing a value", 1, 0 },
    { "blanks", " \n ", 0, "EOF while parsing a value", 2, 1 },
    { "two values", "{}{}", 0, "trailing characters", 1, 3 },
    { "open object", "{", 0, "EOF while parsing an object", 1, 1 },
    { "open list", "[1", 0, "EOF while parsing a list", 1, 2 },
    { "open string", "\"abc", 0, "EOF while parsing a string", 1, 4 },
    { "open escape", "\"\\", 0, "EOF while parsing a string", 1, 2 },
    { "open unicode", "\"\\u12", 0, "EOF while parsing a string", 1, 5 },
    { "comma in object", "{\"a\":1,}", 0, "trailing comma", 1, 8 },
    { "comma in list", "[1,]", 0, "trailing comma", 1, 4 },
    { "comment", "{/*c*/}", 0, "key must be a string", 1, 2 },
    { "bare key", "{a:1}", 0, "key must be a string", 1, 2 },
    { "single quotes", "{'a':1}", 0, "key must be a string", 1, 2 },
    { "no colon", "{\"a\" 1}", 0, "expected `:`", 1, 6 },
    { "no comma", "{\"a\":1 \"b\":2}", 0, "expected `,` or `}`", 1, 8 },
    { "no comma in list", "[1 2]", 0, "expected `,` or `]`", 1, 4 },
    { "wrong bracket", "[1}", 0, "expected `,` or `]`", 1, 3 },
    { "close only", "}", 0, "expected value", 1, 1 },
    { "NaN", "NaN", 0, "expected value", 1, 1 },
    { "Infinity", "[Infinity]", 0, "expected value", 1, 2 },
    { "capitals", "True", 0, "expected value", 1, 1 },
    { "half a word", "[nul]", 0, "expected ident", 1, 5 },
    { "leading zero", "01", 0, "invalid number", 1, 2 },
    { "no digits", "[-]", 0, "invalid number", 1, 3 },
    { "no fraction", "[1.]", 0, "invalid number", 1, 4 },
    { "no exponent", "[1e+]", 0, "invalid number", 1, 5 },
    { "plus", "+1", 0, "expected value", 1, 1 },
    { "hexadecimal", "0x1", 0, "trailing characters", 1, 2 },
    { "unknown escape", "\"\\x\"", 0, "invalid escape", 1, 3 },
    { "NUL escape", "\"\\\0\"", 4, "invalid escape", 1, 3 },
    { "bad unicode", "\"\\u12g4\"", 0, "invalid escape", 1, 6 },
    { "lone trail", "\"\\uDE00\"", 0, "lone trailing", 1, 7 },
    { "lone lead", "\"\\uD83Dx\"", 0, "lone leading", 1, 8 },
    { "first lead", "\"\\uD800x\"", 0, "lone leading", 1, 8 },
    { "last lead", "\"\\uDBFFx\"", 0, "lone leading", 1, 8 },
    { "first trail", "\"\\uDC00\"", 0, "lone trailing", 1, 7 },
    { "last trail", "\"\\uDFFF\"", 0, "lone trailing", 1, 7 },
    { "lead twice", "\"\\uD83D\\uD83D\"", 0, "lone leading", 1, 13 },
    { "line feed", "[1,\n\"a\nb\"]", 0, "control character", 3, 0 },
    { "tab", "\"\t\"", 0, "control character", 1, 2 },
    { "NUL", "[\0]", 3, "expected value", 1, 2 },
    { "byte order mark", "\357\273\277{}", 0, "expected value", 1, 1 },
    { "overlong", "\"\300\200\"", 0, "UTF-8", 1, 2 },
    { "surrogate", "\"\355\240\200\"", 0, "UTF-8", 1, 2 },
    { "beyond unicode", "\"\364\220\200\200\"", 0, "UTF-8", 1, 2 },
    { "continuation", "\"\200\"", 0, "UTF-8", 1, 2 },
    { "cut sequence", "\"\342\202\"", 0, "UTF-8", 1, 2 },
    { "not utf-8 on line 2", "{\n \377}", 0, "UTF-8", 2, 2 },
};

START_TEST(json_index_build_bad_text_rejected_with_place)
{
    __typeof__(&bad_rows[0]) row = &bad_rows[_i];
    size_t nr = row->nr ?: strlen(row->text);
    cpupolicy_error err = { 0 };
    struct json_index ix;
    /* No terminator behind the text: reading on would be noticed. */
    char *text = malloc(nr ?: 1);
    int rc;

    memcpy(text, row->text, nr);
    rc = json_index_build(&ix, text, nr, &err);
    free(text);

    ck_assert_msg(rc == -EINVAL, "%s: rc %d", row->name, rc);
    ck_assert_msg(strstr(err.message, row->message), "%s: %s", row->name,
                  err.message);
    ck_assert_msg(err.line == row->line && err.column == row->column,
                  "%s: at %u:%u", row->name, err.line, err.column);
    ck_assert_msg(!ix.tokens && !ix.nr_tokens, "%s: index left", row->name);
}
END_TEST

START_TEST(json_index_build_deep_text_needs_no_stack)
{
    const size_t depth = 500000;
    char *text = malloc(2 * depth);
    struct json_index ix;

    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    ck_assert_int_eq(json_index_build(&ix, text, 2 * depth, NULL), 0);
    ck_assert_uint_eq(ix.nr_tokens, depth);
    ck_assert_uint_eq(ix.tokens[depth - 1].start, depth - 1);
    json_index_dispose(&ix);
    free(text);
}
END_TEST

START_TEST(json_index_build_too_many_values_e2big)
{
    const size_t nr = 2 * (JSON_INDEX_MAX_TOKENS + 1) + 1;
    char *text = malloc(nr);
    struct json_index ix;
    cpupolicy_error err;

    for ( size_t i = 0; i < nr; i++ )
        text[i] = i & 1 ? '1' : ',';
    text[0] = '[';
    text[nr - 1] = ']';
    ck_assert_int_eq(json_index_build(&ix, text, nr, &err), -E2BIG);
    ck_assert_ptr_null(ix.tokens);
    free(text);
}
END_TEST

START_TEST(json_index_build_too_many_bytes_e2big)
{
    char *text = malloc(JSON_INDEX_MAX_BYTES + 1);
    struct json_index ix;
    cpupolicy_error err;

    memset(text, ' ', JSON_INDEX_MAX_BYTES + 1);
    ck_assert_int_eq(json_index_build(&ix, text, JSON_INDEX_MAX_BYTES + 1,
                                      &err), -E2BIG);
    free(text);
}
END_TEST

struct pair {
    uint32_t a, b;
};

static int read_a(struct json_reader *r, void *ctx)
{
    uint64_t value;
    int rc = json_reader_unsigned(r, "u8", 255, &value);

    if ( !rc )
        ((struct pair *)ctx)->a = value;

    return rc;
}

static int read_b(struct json_reader *r, void *ctx)
{
    bool value;
    int rc = json_reader_bool(r, &value);

    if ( !rc )
        ((struct pair *)ctx)->b = value;

    return rc;
}

static const struct json_field pair_fields[] = {
    { "a", true, read_a }, { "b", false, read_b },
};

static const struct json_shape pair_shape = {
    "a pair", pair_fields, 2, true, false,
};

static const struct {
    const char *name, *text;
    const char *message;        /* NULL: a 7, b true */
    uint32_t column;
} pair_rows[] = {
    { "object", "{\"a\":7,\"b\":true}", NULL, 0 },
    { "other order", "{\"b\":true,\"a\":7}", NULL, 0 },
    { "escaped key", "{\"\\u0061\":7,\"b\":true}", NULL, 0 },
    { "array", "[7,true]", NULL, 0 },
    { "missing", "{\"b\":true}", "missing field `a`", 10 },
    { "missing in array", "[]", "invalid length 0", 2 },
    { "too long an array", "[7,true,1]", "more than 2", 10 },
    { "twice", "{\"a\":7,\"a\":7}", "duplicate field `a`", 10 },
    { "twice, once escaped", "{\"a\":7,\"\\u0061\":7}",
      "duplicate field `a`", 15 },
    { "unknown", "{\"c\":7}",
      "unknown field `c`, expected one of `a`, `b`", 4 },
    { "NUL at a key's end", "{\"a\\u0000\":7}", "unknown field", 10 },
    { "range", "{\"a\":256}", "invalid value: integer `256`, expected u8",
      8 },
    { "negative", "{\"a\":-1}", "invalid value: integer `-1`, expected u8",
      7 },
    { "beyond 64 bits", "{\"a\":18446744073709551623}",
      "invalid value: integer", 25 },
    { "float", "{\"a\":7.0}", "invalid type: floating point `7.0`", 8 },
    { "minus zero", "{\"a\":-0}", "invalid type", 7 },
    { "string", "{\"a\":\"7\"}", "invalid type: string \"7\"", 8 },
    { "map", "{\"a\":{}}", "invalid type: map, expected u8", 5 },
    { "null", "null", "invalid type: null, expected a pair", 4 },
};

START_TEST(json_reader_struct_row_as_specified)
{
    __typeof__(&pair_rows[0]) row = &pair_rows[_i];
    struct json_index ix;
    cpupolicy_error err = { 0 };
    struct json_reader r = { .ix = &ix, .err = &err };
    struct pair p = { 0 };
    int rc = json_index_build(&ix, row->text, strlen(row->text), &err);

    ck_assert_msg(!rc, "%s: %s", row->name, err.message);
    rc = json_reader_struct(&r, &pair_shape, &p);
    json_index_dispose(&ix);

    if ( !row->message )
    {
        ck_assert_msg(!rc && p.a == 7 && p.b == 1, "%s: %s", row->name,
                      err.message);
        return;
    }

    ck_assert_msg(rc == -EINVAL, "%s: rc %d", row->name, rc);
    ck_assert_msg(strstr(err.message, row->message), "%s: %s", row->name,
                  err.message);
    ck_assert_msg(err.line == 1 && err.column == row->column,
                  "%s: at %u:%u", row->name, err.line, err.column);
}
END_TEST

START_TEST(json_reader_string_escapes_decoded)
{
    static const char text[] = "\"a\\n\\u00e9\\uD83D\\uDE00\\/\"";
    struct json_index ix;
    struct json_reader r = { .ix = &ix };
    char *out = NULL;

    ck_assert_int_eq(json_index_build(&ix, text, strlen(text), NULL), 0);
    ck_assert_int_eq(json_reader_string(&r, &out), 0);
    ck_assert_str_eq(out, "a\n\303\251\360\237\230\200/");
    free(out);
    json_index_dispose(&ix);
}
END_TEST

START_TEST(json_reader_string_nul_rejected)
{
    static const char text[] = "\"a\\u0000b\"";
    struct json_index ix;
    cpupolicy_error err;
    struct json_reader r = { .ix = &ix, .err = &err };
    char *out = NULL;

    ck_assert_int_eq(json_index_build(&ix, text, strlen(text), NULL), 0);
    ck_assert_int_eq(json_reader_string(&r, &out), -EINVAL);
    ck_assert_ptr_null(out);
    ck_assert_uint_eq(err.column, strlen(text));
    json_index_dispose(&ix);
}
END_TEST

#define NR(rows) (sizeof(rows) / sizeof((rows)[0]))

Suite *suite_template_json(void)
{
    Suite *s = suite_create("template-json");
    TCase *t = tcase_create("json");

    tcase_add_loop_test(t, json_index_build_good_text_accepted, 0,
                        NR(good_rows));
    tcase_add_loop_test(t, json_index_build_bad_text_rejected_with_place, 0,
                        NR(bad_rows));
    tcase_add_test(t, json_index_build_deep_text_needs_no_stack);
    tcase_add_test(t, json_index_build_too_many_values_e2big);
    tcase_add_test(t, json_index_build_too_many_bytes_e2big);
    tcase_add_loop_test(t, json_reader_struct_row_as_specified, 0,
                        NR(pair_rows));
    tcase_add_test(t, json_reader_string_escapes_decoded);
    tcase_add_test(t, json_reader_string_nul_rejected);
    suite_add_tcase(s, t);

    return s;
}
