/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bitmaps of templates from and to text. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "adjust/bitmap.h"

Suite *suite_template_bitmap(void);

#define ONES32 "11111111111111111111111111111111"

/* What each text means, as filter and value; `error` is part of a message. */
static const struct {
    const char *name, *text;
    unsigned int nr_bits;
    uint64_t filter[2], value[2];
    const char *error;
} parse_rows[] = {
    { "digits", "0b10", 32, { 3 }, { 2 }, NULL },
    { "no prefix", "1x0", 32, { 5 }, { 4 }, NULL },
    { "empty", "", 32, { 0 }, { 0 }, NULL },
    { "prefix only", "0b", 32, { 0 }, { 0 }, NULL },
    { "separators only", "0b___", 32, { 0 }, { 0 }, NULL },
    { "separators", "0b0_101_xx_xx", 32, { 0xf0 }, { 0x50 }, NULL },
    { "hexadecimal look", "0x10", 32, { 0xb }, { 0x2 }, NULL },
    { "full", "0b" ONES32, 32, { 0xffffffff }, { 0xffffffff }, NULL },
    { "full, separator behind", "0b" ONES32 "_", 32, { 0xffffffff },
      { 0xffffffff }, NULL },
    { "upper half", "0b1" ONES32 ONES32, 128, { ~0ULL, 1 }, { ~0ULL, 1 },
      NULL },
    { "full, separator before", "0b_" ONES32, 32, { 0 }, { 0 },
      "string is too long" },
    { "one too many", "0bx" ONES32, 32, { 0 }, { 0 }, "string is too long" },
    { "bad one too many", "0bz" ONES32, 32, { 0 }, { 0 },
      "string is too long" },
    { "prefix twice", "0b0b1", 32, { 0 }, { 0 }, "unknown character: 98" },
    { "separator before prefix", "_0b1", 32, { 0 }, { 0 },
      "unknown character: 98" },
    { "digit 2", "0b12", 32, { 0 }, { 0 }, "unknown character: 50" },
    { "blank", "0b1 1", 32, { 0 }, { 0 }, "unknown character: 32" },
    { "upper case x", "X", 32, { 0 }, { 0 }, "unknown character: 88" },
    { "hexadecimal", "0x1f", 32, { 0 }, { 0 }, "unknown character: 102" },
    { "last byte of a sequence", "0bx\317\2751", 32, { 0 }, { 0 },
      "unknown character: 189" },
};

START_TEST(adjust_bits_parse_row_as_specified)
{
    __typeof__(&parse_rows[0]) row = &parse_rows[_i];
    struct adjust_bits b, untouched;
    cpupolicy_error err;
    int rc;

    memset(&b, 0xaa, sizeof(b));
    untouched = b;
    rc = adjust_bits_parse(row->text, strlen(row->text), row->nr_bits, &b,
                           &err);

    if ( row->error )
    {
        ck_assert_msg(rc == -EINVAL, "%s: rc %d", row->name, rc);
        ck_assert_msg(strstr(err.message, row->error), "%s: %s", row->name,
                      err.message);
        ck_assert_msg(strstr(err.message, row->text), "%s: not quoted",
                      row->name);
        ck_assert_msg(adjust_bits_equal(&b, &untouched), "%s: touched",
                      row->name);
        return;
    }

    ck_assert_msg(!rc, "%s: rc %d: %s", row->name, rc, err.message);
    ck_assert_msg(!memcmp(b.filter, row->filter, sizeof(b.filter)),
                  "%s: filter %#lx", row->name, b.filter[0]);
    ck_assert_msg(!memcmp(b.value, row->value, sizeof(b.value)),
                  "%s: value %#lx", row->name, b.value[0]);
}
END_TEST

START_TEST(adjust_bits_parse_nul_inside_rejected)
{
    struct adjust_bits b;
    cpupolicy_error err;

    ck_assert_int_eq(adjust_bits_parse("1\0001", 3, 32, &b, &err), -EINVAL);
    ck_assert_ptr_nonnull(strstr(err.message, "unknown character: 0"));
}
END_TEST

START_TEST(adjust_bits_parse_long_text_quoted_in_part)
{
    static char text[4096];
    struct adjust_bits b;
    cpupolicy_error err;

    memset(text, '1', sizeof(text));
    ck_assert_int_eq(adjust_bits_parse(text, sizeof(text), 64, &b, &err),
                     -EINVAL);
    ck_assert_ptr_nonnull(strstr(err.message, "string is too long"));
}
END_TEST

START_TEST(adjust_bits_format_widths_exact)
{
    struct adjust_bits b = { { 0xf0, 0 }, { 0x50, 0 } };
    char text[ADJUST_BITS_TEXT];
    const unsigned int widths[] = { 32, 64, 128 };

    for ( unsigned int i = 0; i < 3; i++ )
    {
        adjust_bits_format(&b, widths[i], text);
        ck_assert_uint_eq(strlen(text), widths[i] + 2);
        ck_assert_str_eq(text + widths[i] + 2 - 8, "0101xxxx");
        ck_assert_uint_eq(strspn(text + 2, "x"), widths[i] - 8);
    }
}
END_TEST

START_TEST(adjust_bits_format_parse_round_trips)
{
    /* A pattern with all three states in every position of a byte. */
    struct adjust_bits in = {
        { 0x9c3fa5e1d2b47860, 0xf00dfeedcafe1234 },
        { 0x841b2041c0a40820, 0x5005b82048021014 },
    }, out;
    char text[ADJUST_BITS_TEXT];

    in.value[0] &= in.filter[0];
    in.value[1] &= in.filter[1];
    adjust_bits_format(&in, 128, text);
    ck_assert_int_eq(adjust_bits_parse(text, strlen(text), 128, &out, NULL),
                     0);
    ck_assert(adjust_bits_equal(&in, &out));
}
END_TEST

START_TEST(adjust_bits_apply_fixed_bits_replaced)
{
    struct adjust_bits b = { { 0xf0 }, { 0x50 } };

    ck_assert_uint_eq(adjust_bits_apply(&b, 0xffff), 0xff5f);
    ck_assert_uint_eq(adjust_bits_apply(&b, 0), 0x50);
}
END_TEST

START_TEST(adjust_bits_full_narrow_width_cut)
{
    struct adjust_bits b = adjust_bits_full(0x1ffffffff, 32);

    ck_assert_uint_eq(b.filter[0], 0xffffffff);
    ck_assert_uint_eq(b.filter[1], 0);
    ck_assert_uint_eq(b.value[0], 0xffffffff);
}
END_TEST

Suite *suite_template_bitmap(void)
{
    Suite *s = suite_create("template-bitmap");
    TCase *t = tcase_create("bitmap");

    tcase_add_loop_test(t, adjust_bits_parse_row_as_specified, 0,
                        sizeof(parse_rows) / sizeof(parse_rows[0]));
    tcase_add_test(t, adjust_bits_parse_nul_inside_rejected);
    tcase_add_test(t, adjust_bits_parse_long_text_quoted_in_part);
    tcase_add_test(t, adjust_bits_format_widths_exact);
    tcase_add_test(t, adjust_bits_format_parse_round_trips);
    tcase_add_test(t, adjust_bits_apply_fixed_bits_replaced);
    tcase_add_test(t, adjust_bits_full_narrow_width_cut);
    suite_add_tcase(s, t);

    return s;
}
