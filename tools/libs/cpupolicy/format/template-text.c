/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The strings that templates hold: numbers, capabilities and bitmaps. */
#include <errno.h>

#include "template-text.h"

int template_read_place(struct json_reader *r, const struct json_token *t,
                        int rc)
{
    uint32_t column;

    if ( rc && r->err && !r->err->line )
    {
        json_index_place(r->ix, json_reader_refuse_place(r, t), &r->err->line,
                         &column);
        r->err->column = column;
        json_reader_clean(r->err);
    }

    return rc;
}

enum number_error { NUMBER_OK, NUMBER_EMPTY, NUMBER_DIGIT, NUMBER_RANGE };

static unsigned int digit_value(char c)
{
    if ( c >= '0' && c <= '9' )
        return c - '0';
    if ( (c | 32) >= 'a' && (c | 32) <= 'z' )
        return (c | 32) - 'a' + 10;

    return 99;
}

/* Digits, but one '+' in front passes: the original's parser takes it. */
static enum number_error read_digits(const char *s, size_t nr,
                                     unsigned int base, uint64_t max,
                                     uint64_t *out)
{
    uint64_t value = 0;

    if ( !nr )
        return NUMBER_EMPTY;

    if ( s[0] == '+' && nr > 1 )
    {
        s++;
        nr--;
    }

    for ( size_t i = 0; i < nr; i++ )
    {
        unsigned int digit = digit_value(s[i]);

        if ( digit >= base )
            return NUMBER_DIGIT;
        if ( __builtin_mul_overflow(value, base, &value) ||
             __builtin_add_overflow(value, digit, &value) || value > max )
            return NUMBER_RANGE;
    }

    *out = value;

    return NUMBER_OK;
}

int template_read_number(struct json_reader *r, uint64_t max, uint64_t *out)
{
    static const char *const kinds[] = {
        [NUMBER_EMPTY] = "Empty", [NUMBER_DIGIT] = "InvalidDigit",
        [NUMBER_RANGE] = "PosOverflow",
    };
    const struct json_token *token = json_reader_here(r);
    enum number_error e;
    struct json_text text;
    unsigned int base = 0;
    int nr_quoted, rc = json_reader_text(r, &text);

    if ( rc )
        return rc;

    nr_quoted = text.nr > 128 ? 128 : text.nr;
    if ( text.nr >= 2 && text.s[0] == '0' )
        base = text.s[1] == 'x' ? 16 : text.s[1] == 'b' ? 2 : 0;

    if ( !base )
        rc = json_reader_refuse(r, token,
            "No supported number system prefix found in value [%.*s]. Make "
            "sure to prefix the number with '0x' for hexadecimal numbers or "
            "'0b' for binary numbers.", nr_quoted, text.s);
    else if ( (e = read_digits(text.s + 2, text.nr - 2, base, max, out)) )
        rc = json_reader_refuse(r, token,
            "Failed to parse string [%.*s] as a number for CPU template - "
            "ParseIntError { kind: %s }", nr_quoted, text.s, kinds[e]);

    json_text_dispose(&text);

    return rc;
}

int template_read_number32(struct json_reader *r, uint32_t *out)
{
    uint64_t value;
    int rc = template_read_number(r, UINT32_MAX, &value);

    if ( !rc )
        *out = value;

    return rc;
}

int template_read_u32(struct json_reader *r, uint32_t *out)
{
    uint64_t value;
    int rc = json_reader_unsigned(r, "u32", UINT32_MAX, &value);

    if ( !rc )
        *out = value;

    return rc;
}

int template_read_bitmap(struct json_reader *r, unsigned int nr_bits,
                         struct adjust_bits *out)
{
    const struct json_token *token = json_reader_here(r);
    struct json_text text;
    int rc = json_reader_text(r, &text);

    if ( rc )
        return rc;

    rc = adjust_bits_parse(text.s, text.nr, nr_bits, out, r->err);
    template_read_place(r, token, rc);
    json_text_dispose(&text);

    return rc;
}

int template_read_capability(struct json_reader *r, void *cpu_template)
{
    static const char *const reasons[] = {
        [NUMBER_EMPTY] = "cannot parse integer from empty string",
        [NUMBER_DIGIT] = "invalid digit found in string",
        [NUMBER_RANGE] = "number too large to fit in target type",
    };
    const struct json_token *token = json_reader_here(r);
    struct template_capability row = { 0 };
    enum number_error e;
    struct json_text text;
    uint64_t number = 0;
    int rc = json_reader_text(r, &text);

    if ( rc )
        return rc;

    row.remove = text.nr && text.s[0] == '!';
    e = read_digits(text.s + row.remove, text.nr - row.remove, 10, UINT32_MAX,
                    &number);
    row.number = number;

    if ( e )
        rc = json_reader_refuse(r, token,
            "Failed to parse string [%.*s] as a kvm capability - can not "
            "convert to numeric: %s", text.nr > 128 ? 128 : (int)text.nr,
            text.s, reasons[e]);
    else
    {
        rc = template_add_capability(cpu_template, &row, r->err);
        template_read_place(r, token, rc);
    }

    json_text_dispose(&text);

    return rc;
}
