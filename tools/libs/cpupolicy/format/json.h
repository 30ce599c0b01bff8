/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * JSON files by json-c, plus what it lacks: where in the file a value stands,
 * and that no object has a key twice.  Every failing call fills the error.
 */
#ifndef CPUPOLICY_FORMAT_JSON_H
#define CPUPOLICY_FORMAT_JSON_H

#include <json-c/json.h>

#include "dump/dump.h"

/* json-c needs some 40 bytes of memory for a byte of the worst input. */
#define JSON_MAX_BYTES (8U << 20)
#define JSON_MAX_DEPTH 16

struct json_file {
    struct dump_input in;
    struct json_object *root;   /* an object */
    cpupolicy_error *err;
    /* The place asked for last: rows come in the order of the text. */
    size_t seen_offset;
    const char *seen_line;      /* where its line begins */
    uint32_t seen_number;       /* and the line's number */
};

int json_file_parse(struct json_file *f, const struct dump_input *in,
                    cpupolicy_error *err);
void json_file_dispose(struct json_file *f);

/* Does the text look like a JSON object with this key somewhere in it? */
bool json_probe(const struct dump_input *in, const char *key);

/* Where a value begins, for messages and rows; 0 for null. */
uint32_t json_line(struct json_file *f, struct json_object *node);
/* The same with the column; `node` is not null. */
void json_place(struct json_file *f, struct json_object *node, uint32_t *line,
                uint32_t *column);
/* Fail at `node`. Returns -code. */
int json_fail(struct json_file *f, struct json_object *node, int code,
              const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* `node` must be of `type`; `what` names it. */
int json_expect(struct json_file *f, struct json_object *node,
                struct json_object *parent, enum json_type type,
                const char *what);
/* A member of an object that must be there (or NULL if `optional`). */
int json_member(struct json_file *f, struct json_object *object,
                const char *key, enum json_type type, bool optional,
                struct json_object **out);
/* No other keys than these. */
int json_known_keys(struct json_file *f, struct json_object *object,
                    const char *const *keys, size_t nr_keys);
/* An array of nothing but strings. */
int json_strings(struct json_file *f, struct json_object *array,
                 const char *what);

/* A string "0x..." (or "0b..." if `binary`) of at most `max`. */
int json_number_string(struct json_file *f, struct json_object *node,
                       const char *what, bool binary, uint64_t max,
                       uint64_t *out);
int json_hex32(struct json_file *f, struct json_object *object,
               const char *key, uint32_t *out);
int json_hex64(struct json_file *f, struct json_object *object,
               const char *key, uint64_t *out);

#endif /* CPUPOLICY_FORMAT_JSON_H */
