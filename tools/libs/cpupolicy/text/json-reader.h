/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading known structures out of an indexed JSON text.
 *
 * A reader stands on one token.  Every json_reader_*() consumes the value that
 * it stands on, and fails with -EINVAL and the place in the text if that is
 * not what was wanted.  Structures are described by tables (json_shape).
 */
#ifndef CPUPOLICY_JSON_READER_H
#define CPUPOLICY_JSON_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/notes.h"
#include "json-index.h"

struct json_reader {
    const struct json_index *ix;
    uint32_t at;
    cpupolicy_error *err;
    /*
     * Places of errors are where a value begins.  Else they are where the
     * original's readers of Firecracker's files notice, which is behind it.
     */
    bool at_start;
    bool named;                 /* the error says of which key it is */
    bool takes_plus;            /* "0x+1", as the originals' numbers */
    struct note_list *ignored;      /* of keys that are passed over, or NULL */
};

/* A string's content: may contain NUL.  Points into the text or to `owned`. */
struct json_text {
    const char *s;
    size_t nr;
    char *owned;
};

void json_text_dispose(struct json_text *t);
bool json_text_is(const struct json_text *t, const char *s);

/* -ENOMEM.  Of a string that json_index_build() has seen. */
int json_text_decode(const struct json_index *ix, const struct json_token *t,
                     struct json_text *out);

/* A NUL-terminated copy (the caller's to free); NULL: -ENOMEM. */
char *json_text_dup(const struct json_text *t);

struct json_field {
    const char *name;
    bool required;
    /* Reads the value that the reader stands on into `ctx`. */
    int (*read)(struct json_reader *r, void *ctx);
};

struct json_shape {
    const char *what;           /* "a CPUID leaf object", for messages */
    const struct json_field *fields;
    unsigned int nr_fields;     /* at most 32 */
    bool refuse_unknown;        /* else unknown keys are passed over */
    bool no_array;              /* see json_reader_struct() */
};

const struct json_token *json_reader_here(const struct json_reader *r);
void json_reader_skip(struct json_reader *r);

/* -EINVAL at the place of a token. */
int json_reader_fail(struct json_reader *r, const struct json_token *t,
                     const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * The same for a value that is of the right type but makes no sense.  The
 * original notices that after it has looked for more: its place is behind
 * blanks and the closing bracket that may follow.
 */
int json_reader_refuse(struct json_reader *r, const struct json_token *t,
                       const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Control characters of a message become '?': it quotes the file, and will be
 * printed on somebody's terminal.  Other UTF-8 stays.
 */
void json_reader_clean(cpupolicy_error *err);

/* Where json_reader_refuse() places its complaint, in bytes. */
size_t json_reader_refuse_place(const struct json_reader *r,
                                const struct json_token *t);

/* -EINVAL: what stands here is not `wanted` ("a string"). */
int json_reader_wrong_type(struct json_reader *r, const char *wanted);

/* *out is the caller's to json_text_dispose(), on success only. */
int json_reader_text(struct json_reader *r, struct json_text *out);
int json_reader_string(struct json_reader *r, char **out);
int json_reader_bool(struct json_reader *r, bool *out);

/* An integer 0..max; `type` ("u32") is what messages call that. */
int json_reader_unsigned(struct json_reader *r, const char *type, uint64_t max,
                         uint64_t *out);

/* A string of a hex number with "0x" before it, 0..max. */
int json_reader_hex(struct json_reader *r, uint64_t max, uint64_t *out);
int json_reader_hex32(struct json_reader *r, uint32_t *out);

/*
 * An object of at most `max` keys that are names of the file's own, none of
 * them twice, `read` being called on each value.
 */
int json_reader_map(struct json_reader *r, unsigned int max,
                    int (*read)(struct json_reader *r,
                                const struct json_text *key, void *ctx),
                    void *ctx);

/* An array, `read` being called on each element. */
int json_reader_list(struct json_reader *r,
                     int (*read)(struct json_reader *r, void *ctx), void *ctx);

/*
 * An object with the keys of `shape`, in any order, none of them twice, or,
 * unless no_array, an array of their values in the order of the table: the
 * original's library accepts that for every structure, so files may exist.
 */
int json_reader_struct(struct json_reader *r, const struct json_shape *shape,
                       void *ctx);

#endif /* CPUPOLICY_JSON_READER_H */
