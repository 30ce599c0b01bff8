/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where things stand in a JSON text.
 *
 * Every JSON file is read through it: json-c builds values, but says neither
 * where a value stood nor that a key came twice (the last one wins without a
 * word), takes NUL in a key for its end, and is lenient in places even when
 * asked to be strict.  What is read decides what a guest's CPU is, so all of
 * these are refused by place.  The index is one pass that checks the grammar
 * of RFC 8259 and UTF-8, and notes kind and position of each value in order;
 * what stands there is read by json-reader.h.
 *
 * No recursion: depth costs nothing.  JSON_INDEX_MAX_TOKENS bounds memory.
 */
#ifndef CPUPOLICY_JSON_INDEX_H
#define CPUPOLICY_JSON_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error-set.h"

#define JSON_INDEX_MAX_BYTES  (16U << 20)
#define JSON_INDEX_MAX_TOKENS (1U << 20)

enum json_kind {
    JSON_OBJECT, JSON_ARRAY, JSON_STRING, JSON_INTEGER, JSON_FLOAT,
    JSON_TRUE, JSON_FALSE, JSON_NULL,
};

/*
 * An object's token is followed by key, value, key, value ...; an array's by
 * its elements.  Tokens of one value lie between its own and `next`.
 */
struct json_token {
    uint32_t start, end;        /* bytes [start, end); strings with quotes */
    uint32_t next;              /* token after this value */
    uint32_t line, column;      /* of `start`, from 1 */
    uint8_t kind;               /* enum json_kind */
    bool escaped;               /* a string with backslashes in it */
};

struct json_index {
    const char *text;           /* borrowed */
    size_t nr_bytes;
    struct json_token *tokens;
    size_t nr_tokens, max_tokens;
};

/*
 * 0, or -EINVAL with line and column, -E2BIG (a bound above), -ENOMEM; the
 * index is then all zero.  `text` has to outlive the index.
 */
int json_index_build(struct json_index *ix, const char *text, size_t nr,
                     cpupolicy_error *err);

void json_index_dispose(struct json_index *ix); /* safe on a zeroed one */

/*
 * Line and column (bytes into the line) after the first nr_consumed bytes:
 * the place that readers of the original's messages are used to.
 */
void json_index_place(const struct json_index *ix, size_t nr_consumed,
                      uint32_t *line, uint32_t *column);

#endif /* CPUPOLICY_JSON_INDEX_H */
