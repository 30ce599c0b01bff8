/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The line and number scanner. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "text/text.h"

Suite *suite_format_text(void);

#define NR(rows) (sizeof(rows) / sizeof(rows[0]))

static struct text_line line_of(const char *s)
{
    return (struct text_line){ s, s, s + strlen(s), 7 };
}

START_TEST(text_next_line_ends_of_all_kinds_taken)
{
    static const char bytes[] = "a\n\r\nbc\r\n\n\td";
    static const char *const lines[] = { "a", "", "bc", "", "\td" };
    struct dump_input in = { bytes, sizeof(bytes) - 1 };
    struct text_line l;
    struct text t;

    text_init(&t, &in);
    for ( unsigned int i = 0; i < NR(lines); i++ )
    {
        ck_assert_int_eq(text_next(&t, &l, NULL), 1);
        ck_assert_uint_eq(l.number, i + 1);
        ck_assert_uint_eq((size_t)(l.end - l.start), strlen(lines[i]));
        ck_assert(!memcmp(l.start, lines[i], strlen(lines[i])));
    }
    ck_assert_int_eq(text_next(&t, &l, NULL), 0);
    ck_assert_int_eq(text_next(&t, &l, NULL), 0);
}
END_TEST

START_TEST(text_next_control_character_refused_with_place)
{
    static const char *const bytes[] = { "ok\nab\x01", "ok\nab\rcd\n",
                                         "ok\nab\x1b[1m" };
    struct dump_input in = { bytes[_i], strlen(bytes[_i]) };
    cpupolicy_error err;
    struct text_line l;
    struct text t;

    text_init(&t, &in);
    ck_assert_int_eq(text_next(&t, &l, &err), 1);
    ck_assert_int_eq(text_next(&t, &l, &err), -EINVAL);
    ck_assert_uint_eq(err.line, 2);
    ck_assert_uint_eq(err.column, 3);
}
END_TEST

START_TEST(text_next_line_at_and_beyond_bound_taken_and_refused)
{
    char *bytes = malloc(TEXT_MAX_LINE + 2);
    struct dump_input in = { bytes, TEXT_MAX_LINE + 1 };
    cpupolicy_error err;
    struct text_line l;
    struct text t;

    memset(bytes, 'x', TEXT_MAX_LINE + 2);
    bytes[TEXT_MAX_LINE] = '\n';
    text_init(&t, &in);
    ck_assert_int_eq(text_next(&t, &l, &err), 1);

    bytes[TEXT_MAX_LINE] = 'x';
    text_init(&t, &in);
    ck_assert_int_eq(text_next(&t, &l, &err), -E2BIG);
    ck_assert_uint_eq(err.line, 1);
    free(bytes);
}
END_TEST

START_TEST(text_next_more_lines_than_bound_refused)
{
    char *bytes = malloc(TEXT_MAX_LINES + 1);
    struct dump_input in = { bytes, TEXT_MAX_LINES + 1 };
    cpupolicy_error err;
    struct text_line l;
    struct text t;

    memset(bytes, '\n', TEXT_MAX_LINES + 1);
    text_init(&t, &in);
    for ( unsigned int i = 0; i < TEXT_MAX_LINES; i++ )
        if ( text_next(&t, &l, &err) != 1 )
            ck_abort_msg("line %u refused", i + 1);
    ck_assert_int_eq(text_next(&t, &l, &err), -E2BIG);
    ck_assert_uint_eq(err.line, TEXT_MAX_LINES + 1);
    free(bytes);
}
END_TEST

static const struct {
    const char *name, *text;
    size_t min, max;
    uint64_t value;             /* meant where there is no message */
    size_t at;                  /* where the scanner then stands */
    const char *message;
    unsigned int column;
} numbers[] = {
    { "eight digits", "0123abCD:", 8, 8, 0x0123abcd, 8, NULL, 0 },
    { "sixteen digits", "ffffffffffffffff", 16, 16, ~0ULL, 16, NULL, 0 },
    { "fewest", "f ", 1, 8, 0xf, 1, NULL, 0 },
    { "none", " 1", 1, 8, 0, 0, "N has 0 hex digits, not 1 or more", 1 },
    { "end", "", 1, 8, 0, 0, "the line ends inside N", 1 },
    { "cut", "12", 8, 8, 0, 0, "the line ends inside N", 3 },
    { "short", "12 ", 8, 8, 0, 0, "N has 2 hex digits, not 8", 1 },
    { "long", "123456789", 1, 8, 0, 0, "N has 9 hex digits, not 8 or less",
      1 },
    { "letter", "1234567g", 8, 8, 0, 0, "N is not a hex number", 8 },
    { "letter behind", "12345678g", 8, 8, 0, 0, "N is not a hex number", 9 },
    { "underscore", "1_", 1, 8, 0, 0, "N is not a hex number", 2 },
    { "prefix", "0x12", 1, 8, 0, 0, "N is not a hex number", 2 },
    { "sign", "-1", 1, 8, 0, 0, "N has 0 hex digits", 1 },
};

START_TEST(text_hex_row_as_expected)
{
    __typeof__(&numbers[0]) row = &numbers[_i];
    struct text_line l = line_of(row->text);
    uint64_t v = 0x5555;
    cpupolicy_error err;
    int rc = text_hex(&l, row->min, row->max, "N", &v, &err);

    if ( row->message )
    {
        ck_assert_msg(rc == -EINVAL, "%s: rc %d", row->name, rc);
        ck_assert_msg(strstr(err.message, row->message), "%s: %s", row->name,
                      err.message);
        ck_assert_msg(err.line == 7 && err.column == row->column,
                      "%s: at %u:%u", row->name, err.line, err.column);
        ck_assert_msg(v == 0x5555, "%s: output touched", row->name);
        ck_assert_msg(l.at == l.start, "%s: stepped on", row->name);
        return;
    }
    ck_assert_msg(!rc && v == row->value, "%s: rc %d, %llx", row->name, rc,
                  (unsigned long long)v);
    ck_assert_msg((size_t)(l.at - l.start) == row->at, "%s: at %td",
                  row->name, l.at - l.start);
}
END_TEST

static const struct {
    const char *name, *digits;
    unsigned int base;
    uint64_t max, value;
    enum number_result result;
} digits[] = {
    { "hex", "fF0", 16, 0xfff, 0xff0, NUMBER_OK },
    { "at the maximum", "ffffffff", 16, UINT32_MAX, UINT32_MAX, NUMBER_OK },
    { "beyond", "100000000", 16, UINT32_MAX, 0, NUMBER_TOO_BIG },
    { "leading zeros", "0000000000000000000000001", 16, 1, 1, NUMBER_OK },
    { "64 bits", "18446744073709551615", 10, UINT64_MAX, UINT64_MAX,
      NUMBER_OK },
    { "65 bits", "18446744073709551616", 10, UINT64_MAX, 0, NUMBER_TOO_BIG },
    { "wraps", "ffffffffffffffffff", 16, UINT64_MAX, 0, NUMBER_TOO_BIG },
    { "small maximum", "7", 10, 5, 0, NUMBER_TOO_BIG },
    { "binary", "101", 2, 7, 5, NUMBER_OK },
    { "binary digit", "102", 2, 7, 0, NUMBER_BAD_DIGIT },
    { "bad digit behind too much", "99999z", 10, 5, 0, NUMBER_BAD_DIGIT },
    { "empty", "", 10, 5, 0, NUMBER_EMPTY },
    { "blank", " 1", 10, 5, 0, NUMBER_BAD_DIGIT },
    { "sign", "+1", 10, 5, 0, NUMBER_BAD_DIGIT },
};

START_TEST(number_parse_row_as_expected)
{
    __typeof__(&digits[0]) row = &digits[_i];
    uint64_t v = 0x5555;
    enum number_result r = number_parse(row->digits, strlen(row->digits),
                                        row->base, row->max, &v);

    ck_assert_msg(r == row->result, "%s: %d", row->name, r);
    ck_assert_msg(v == (r == NUMBER_OK ? row->value : 0x5555), "%s: %llx",
                  row->name, (unsigned long long)v);
}
END_TEST

START_TEST(text_decimal_too_big_or_missing_refused)
{
    struct text_line big = line_of("4294967296"), none = line_of("x");
    cpupolicy_error err;
    uint32_t v = 5;

    ck_assert_int_eq(text_decimal(&big, "N", &v, &err), -EINVAL);
    ck_assert_str_eq(err.message, "N does not fit 32 bits");
    ck_assert_int_eq(text_decimal(&none, "N", &v, &err), -EINVAL);
    ck_assert_str_eq(err.message, "N is missing");
    ck_assert_uint_eq(v, 5);
}
END_TEST

START_TEST(text_quote_long_or_unprintable_cut_and_masked)
{
    static const char nasty[] = "a\x1b[31m\xff";
    char longer[60];

    memset(longer, 'x', sizeof(longer));
    ck_assert_str_eq(text_quote(nasty, strlen(nasty)).text, "a?[31m?");
    ck_assert_str_eq(text_quote("", 0).text, "");
    ck_assert_uint_eq(strlen(text_quote(longer, 47).text), 47);
    ck_assert_uint_eq(strlen(text_quote(longer, 48).text), 47);
    ck_assert_str_eq(text_quote(longer, 48).text + 43, "x...");
}
END_TEST

Suite *suite_format_text(void)
{
    Suite *s = suite_create("format-text");
    TCase *tc = tcase_create("scanner");

    tcase_add_test(tc, text_next_line_ends_of_all_kinds_taken);
    tcase_add_loop_test(tc, text_next_control_character_refused_with_place, 0,
                        3);
    tcase_add_test(tc, text_next_line_at_and_beyond_bound_taken_and_refused);
    tcase_add_test(tc, text_next_more_lines_than_bound_refused);
    tcase_add_loop_test(tc, text_hex_row_as_expected, 0, NR(numbers));
    tcase_add_loop_test(tc, number_parse_row_as_expected, 0, NR(digits));
    tcase_add_test(tc, text_decimal_too_big_or_missing_refused);
    tcase_add_test(tc, text_quote_long_or_unprintable_cut_and_masked);
    suite_add_tcase(s, tc);

    return s;
}
