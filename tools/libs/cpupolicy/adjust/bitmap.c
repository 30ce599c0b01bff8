/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bitmaps of CPU templates, from and to text. */
#include <errno.h>
#include <string.h>

#include "bitmap.h"

static bool get_bit(const uint64_t word[2], unsigned int bit)
{
    return (word[bit / 64] >> (bit % 64)) & 1;
}

static void set_bit(uint64_t word[2], unsigned int bit)
{
    word[bit / 64] |= UINT64_C(1) << (bit % 64);
}

/* How much of a text an error message can quote. */
static int quotable(size_t nr)
{
    return nr > 256 ? 256 : (int)nr;
}

int adjust_bits_parse(const char *text, size_t nr, unsigned int nr_bits,
                      struct adjust_bits *out, cpupolicy_error *err)
{
    size_t start = nr >= 2 && text[0] == '0' && text[1] == 'b' ? 2 : 0;
    struct adjust_bits b = { { 0 }, { 0 } };
    unsigned int bit = 0;

    for ( size_t i = nr; i > start; i-- )
    {
        unsigned char c = text[i - 1];

        /* Before looking at c: not even a '_' may follow the last bit. */
        if ( bit == nr_bits )
            return cpupolicy_error_set(err, EINVAL, 0,
                "Failed to parse string [%.*s] as a bitmap - "
                "string is too long", quotable(nr), text);

        if ( c == '_' )
            continue;

        if ( c != '0' && c != '1' && c != 'x' )
            return cpupolicy_error_set(err, EINVAL, 0,
                "Failed to parse string [%.*s] as a bitmap - "
                "unknown character: %u", quotable(nr), text, c);

        if ( c != 'x' )
            set_bit(b.filter, bit);
        if ( c == '1' )
            set_bit(b.value, bit);
        bit++;
    }

    *out = b;

    return 0;
}

void adjust_bits_format(const struct adjust_bits *b, unsigned int nr_bits,
                        char text[ADJUST_BITS_TEXT])
{
    char *p = text;

    *p++ = '0';
    *p++ = 'b';

    for ( unsigned int bit = nr_bits; bit-- > 0; )
    {
        if ( !get_bit(b->filter, bit) )
            *p++ = 'x';
        else
            *p++ = get_bit(b->value, bit) ? '1' : '0';
    }

    *p = '\0';
}

void adjust_bits_format_value(const uint64_t value[2], unsigned int nr_bits,
                              char text[ADJUST_BITS_TEXT])
{
    char *p = text;

    for ( unsigned int bit = nr_bits; bit-- > 0; )
        *p++ = get_bit(value, bit) ? '1' : '0';

    *p = '\0';
}

struct adjust_bits adjust_bits_full(uint64_t value, unsigned int nr_bits)
{
    struct adjust_bits b = { { 0 }, { 0 } };

    for ( unsigned int bit = 0; bit < nr_bits; bit++ )
        set_bit(b.filter, bit);

    b.value[0] = value & b.filter[0];

    return b;
}

bool adjust_bits_equal(const struct adjust_bits *a,
                       const struct adjust_bits *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}
