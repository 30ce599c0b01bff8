/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The bitmaps of CPU templates: which bits are fixed, and to what.
 *
 * Text form: '0' clear, '1' set, 'x' left alone, '_' ignored, the rightmost
 * character being bit 0; an optional "0b" in front; bits that are not
 * mentioned are left alone.
 */
#ifndef CPUPOLICY_BITMAP_H
#define CPUPOLICY_BITMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error-set.h"

/* "0b", 128 digits, NUL. */
#define ADJUST_BITS_TEXT (2 + 128 + 1)

/* Element 0 holds bits 63:0. A set bit of value is also set in filter. */
struct adjust_bits {
    uint64_t filter[2];
    uint64_t value[2];
};

/*
 * Read nr bytes of text as a bitmap of nr_bits (32, 64 or 128).  -EINVAL with
 * a message that quotes the text: too long, or a character that is none of
 * the above.  No line is set: the text knows not where it stood.
 */
int adjust_bits_parse(const char *text, size_t nr, unsigned int nr_bits,
                      struct adjust_bits *out, cpupolicy_error *err);

/* "0b" and exactly nr_bits characters, the most significant bit first. */
void adjust_bits_format(const struct adjust_bits *b, unsigned int nr_bits,
                        char text[ADJUST_BITS_TEXT]);

/* The value alone, digits only, without "0b" and without 'x'. */
void adjust_bits_format_value(const uint64_t value[2], unsigned int nr_bits,
                              char text[ADJUST_BITS_TEXT]);

/* A bitmap with all of nr_bits fixed. */
struct adjust_bits adjust_bits_full(uint64_t value, unsigned int nr_bits);

bool adjust_bits_equal(const struct adjust_bits *a,
                       const struct adjust_bits *b);

/* What a register becomes: fixed bits from the bitmap, the others kept. */
static inline uint64_t adjust_bits_apply(const struct adjust_bits *b,
                                         uint64_t old)
{
    return (old & ~b->filter[0]) | b->value[0];
}

#endif /* CPUPOLICY_BITMAP_H */
