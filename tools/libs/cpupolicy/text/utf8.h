/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef CPUPOLICY_UTF8_H
#define CPUPOLICY_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Well-formed UTF-8 (RFC 3629: shortest forms, no surrogates, nothing beyond
 * U+10FFFF)?  If not, *bad is the offset of the first byte of the offending
 * sequence.  json-c's own check lets overlong forms and surrogates pass.
 */
bool utf8_is_valid(const char *text, size_t nr, size_t *bad);

#endif /* CPUPOLICY_UTF8_H */
