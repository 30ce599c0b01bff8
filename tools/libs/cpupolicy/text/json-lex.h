/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Strings, numbers and words of JSON: what json-index.c is built of. */
#ifndef CPUPOLICY_JSON_LEX_H
#define CPUPOLICY_JSON_LEX_H

#include <stdio.h>

#include "json-index.h"

enum json_scan_state {
    WANT_VALUE,         /* after a colon, or at the start */
    WANT_FIRST,         /* after '[' */
    WANT_ELEMENT,       /* after ',' in an array */
    WANT_FIRST_KEY,     /* after '{' */
    WANT_KEY,           /* after ',' in an object */
    WANT_COLON,
    WANT_MORE,          /* after a value: ',' or the closing bracket */
};

struct json_scan {
    struct json_index *ix;
    cpupolicy_error *err;
    size_t pos, line_start;
    uint32_t line;
    uint32_t open;      /* innermost open container */
    enum json_scan_state state;
};

/* EOF at the end of the text. */
static inline int json_scan_peek(const struct json_scan *s)
{
    return s->pos < s->ix->nr_bytes ? (unsigned char)s->ix->text[s->pos]
                                    : EOF;
}

/* -EINVAL with the place of the byte at `pos`, or of the end of the text. */
int json_scan_fail(struct json_scan *s, size_t pos, const char *message);

/* A token that begins at the scan's position; -E2BIG, -ENOMEM. */
int json_scan_add_token(struct json_scan *s, enum json_kind kind,
                        uint32_t *out);

/* A string, from its opening quote on. */
int json_scan_string(struct json_scan *s);

/* Any value that is no container, or "expected value". */
int json_scan_scalar(struct json_scan *s);

#endif /* CPUPOLICY_JSON_LEX_H */
