/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdint.h>

#include "utf8.h"

/* Length of the sequence that a lead byte begins, and its least code point. */
static unsigned int lead_byte(unsigned char c, uint32_t *bits, uint32_t *least)
{
    static const struct {
        unsigned char mask, lead;
        uint32_t least;
    } forms[] = {
        { 0x80, 0x00, 0 },
        { 0xe0, 0xc0, 0x80 },
        { 0xf0, 0xe0, 0x800 },
        { 0xf8, 0xf0, 0x10000 },
    };

    for ( unsigned int i = 0; i < 4; i++ )
        if ( (c & forms[i].mask) == forms[i].lead )
        {
            *bits = c & ~forms[i].mask;
            *least = forms[i].least;
            return i + 1;
        }

    return 0;
}

/* Length of the sequence at text, 0 if it is not well-formed. */
static unsigned int sequence(const unsigned char *text, size_t nr)
{
    uint32_t point = 0, least = 0;
    unsigned int len = lead_byte(text[0], &point, &least);

    if ( !len || len > nr )
        return 0;

    for ( unsigned int i = 1; i < len; i++ )
    {
        if ( (text[i] & 0xc0) != 0x80 )
            return 0;
        point = point << 6 | (text[i] & 0x3f);
    }

    if ( point < least || point > 0x10ffff ||
         (point >= 0xd800 && point <= 0xdfff) )
        return 0;

    return len;
}

bool utf8_is_valid(const char *text, size_t nr, size_t *bad)
{
    for ( size_t i = 0; i < nr; )
    {
        unsigned int len = sequence((const unsigned char *)text + i, nr - i);

        if ( !len )
        {
            *bad = i;
            return false;
        }
        i += len;
    }

    return true;
}
