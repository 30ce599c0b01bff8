/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading known structures out of an indexed JSON text. */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json-reader.h"

const struct json_token *json_reader_here(const struct json_reader *r)
{
    return &r->ix->tokens[r->at];
}

void json_reader_skip(struct json_reader *r)
{
    r->at = json_reader_here(r)->next;
}

void json_reader_clean(cpupolicy_error *err)
{
    if ( !err )
        return;

    for ( unsigned char *p = (unsigned char *)err->message; *p; p++ )
    {
        if ( *p < 0x20 || *p == 0x7f )
            *p = '?';
        /* U+0080 to U+009f are control characters as well. */
        if ( p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0 )
            p[0] = p[1] = '?';
    }
}

static int fail_at(struct json_reader *r, size_t nr_consumed,
                   const char *message)
{
    uint32_t line, column;

    json_index_place(r->ix, nr_consumed, &line, &column);
    cpupolicy_error_set(r->err, EINVAL, line, "%s", message);
    if ( r->err )
        r->err->column = column;
    json_reader_clean(r->err);

    return -EINVAL;
}

/* Bytes up to the place of a token. */
static size_t place_of(const struct json_reader *r, const struct json_token *t)
{
    return r->at_start ? t->start + 1 : t->end;
}

int json_reader_fail(struct json_reader *r, const struct json_token *t,
                     const char *fmt, ...)
{
    char message[sizeof(r->err->message)];
    va_list args;

    va_start(args, fmt);
    vsnprintf(message, sizeof(message), fmt, args);
    va_end(args);

    return fail_at(r, place_of(r, t), message);
}

size_t json_reader_refuse_place(const struct json_reader *r,
                                const struct json_token *t)
{
    size_t pos = t->end;

    if ( r->at_start )
        return t->start + 1;
    while ( pos < r->ix->nr_bytes && strchr(" \t\r\n", r->ix->text[pos]) )
        pos++;

    return pos + (pos < r->ix->nr_bytes && strchr("]}", r->ix->text[pos]));
}

int json_reader_refuse(struct json_reader *r, const struct json_token *t,
                       const char *fmt, ...)
{
    char message[sizeof(r->err->message)];
    va_list args;

    va_start(args, fmt);
    vsnprintf(message, sizeof(message), fmt, args);
    va_end(args);

    return fail_at(r, json_reader_refuse_place(r, t), message);
}

/*
 * The place is behind a scalar, which had to be read to be disliked, and in
 * front of a container, which had not.
 */
int json_reader_wrong_type(struct json_reader *r, const char *wanted)
{
    const struct json_token *t = json_reader_here(r);
    bool open = t->kind == JSON_OBJECT || t->kind == JSON_ARRAY;
    static const char *const kinds[] = {
        [JSON_OBJECT] = "map", [JSON_ARRAY] = "sequence",
        [JSON_STRING] = "string", [JSON_INTEGER] = "integer",
        [JSON_FLOAT] = "floating point", [JSON_TRUE] = "boolean",
        [JSON_FALSE] = "boolean", [JSON_NULL] = "null",
    };
    const char *quote = t->kind == JSON_STRING ? "" : "`";
    char message[sizeof(r->err->message)];
    int nr = t->end - t->start > 256 ? 256 : t->end - t->start;

    if ( open || t->kind == JSON_NULL )
        snprintf(message, sizeof(message), "invalid type: %s, expected %s",
                 kinds[t->kind], wanted);
    else
        snprintf(message, sizeof(message),
                 "invalid type: %s %s%.*s%s, expected %s", kinds[t->kind],
                 quote, nr, r->ix->text + t->start, quote, wanted);

    return fail_at(r, r->at_start ? t->start + 1 : open ? t->start : t->end,
                   message);
}

int json_reader_text(struct json_reader *r, struct json_text *out)
{
    const struct json_token *t = json_reader_here(r);
    int rc;

    if ( t->kind != JSON_STRING )
        return json_reader_wrong_type(r, "a string");

    rc = json_text_decode(r->ix, t, out);
    if ( rc )
        return cpupolicy_error_set(r->err, ENOMEM, 0, "out of memory");
    json_reader_skip(r);

    return 0;
}

/* The known keys, for the message about an unknown one. */
static int unknown_field(struct json_reader *r, const struct json_token *key,
                         const struct json_shape *shape)
{
    char message[sizeof(r->err->message)];
    size_t nr = 0;
    int nr_key = key->end - key->start - 2;

    nr += snprintf(message, sizeof(message), "unknown field `%.*s`",
                   nr_key > 128 ? 128 : nr_key, r->ix->text + key->start + 1);

    for ( unsigned int i = 0; i < shape->nr_fields && nr < sizeof(message);
          i++ )
        nr += snprintf(message + nr, sizeof(message) - nr, "%s `%s`",
                       i ? "," : ", expected one of", shape->fields[i].name);

    return fail_at(r, place_of(r, key), message);
}

/* The number of the field that the key here names, or nr_fields; consumed. */
static int read_key(struct json_reader *r, const struct json_shape *shape,
                    unsigned int *out)
{
    struct json_text text;
    int rc = json_reader_text(r, &text);

    if ( rc )
        return rc;

    for ( *out = 0; *out < shape->nr_fields; ++*out )
        if ( json_text_is(&text, shape->fields[*out].name) )
            break;

    json_text_dispose(&text);

    return 0;
}

static void note_ignored(struct json_reader *r, const struct json_token *key,
                         const struct json_shape *shape)
{
    int nr = key->end - key->start - 2;
    const size_t max = 16;

    if ( !r->ignored || r->ignored->nr > max )
        return;
    if ( r->ignored->nr == max )
    {
        notes_add(r->ignored, "more keys without a meaning are ignored");
        return;
    }
    notes_add(r->ignored, "line %u, column %u: the key '%.*s' has no meaning "
              "in %s, ignored", key->line, key->column, nr > 64 ? 64 : nr,
              r->ix->text + key->start + 1, shape->what);
}

/* The innermost key; the original's messages do without. */
static void name_key(struct json_reader *r, const char *name)
{
    cpupolicy_error was;

    r->named = true;
    if ( !r->err )
        return;
    was = *r->err;
    cpupolicy_error_set(r->err, was.code, was.line, "%s: %s", name,
                        was.message);
    r->err->column = was.column;
}

static int read_member(struct json_reader *r, const struct json_shape *shape,
                       uint32_t *seen, void *ctx)
{
    const struct json_token *key = json_reader_here(r);
    unsigned int i;
    int rc = read_key(r, shape, &i);

    if ( rc )
        return rc;

    if ( i == shape->nr_fields && shape->refuse_unknown )
        return unknown_field(r, key, shape);

    if ( i == shape->nr_fields )
    {
        note_ignored(r, key, shape);
        json_reader_skip(r);
        return 0;
    }

    if ( *seen & (1U << i) )
        return json_reader_fail(r, key, "duplicate field `%s`",
                                shape->fields[i].name);

    *seen |= 1U << i;
    rc = shape->fields[i].read(r, ctx);
    if ( rc == -EINVAL && r->at_start && !r->named )
        name_key(r, shape->fields[i].name);

    return rc;
}

static int read_object(struct json_reader *r, const struct json_shape *shape,
                       void *ctx)
{
    const struct json_token *self = json_reader_here(r);
    uint32_t seen = 0;
    int rc = 0;

    for ( r->at++; !rc && r->at < self->next; )
        rc = read_member(r, shape, &seen, ctx);

    for ( unsigned int i = 0; !rc && i < shape->nr_fields; i++ )
        if ( shape->fields[i].required && !(seen & (1U << i)) )
            rc = json_reader_fail(r, self, "missing field `%s`",
                                  shape->fields[i].name);

    return rc;
}

static int read_array(struct json_reader *r, const struct json_shape *shape,
                      void *ctx)
{
    const struct json_token *self = json_reader_here(r);
    unsigned int i = 0;
    int rc = 0;

    for ( r->at++; !rc && r->at < self->next; i++ )
    {
        if ( i == shape->nr_fields )
            return json_reader_fail(r, self, "more than %u values for %s",
                                    shape->nr_fields, shape->what);
        rc = shape->fields[i].read(r, ctx);
    }

    if ( !rc && i < shape->nr_fields && shape->fields[i].required )
        rc = json_reader_fail(r, self, "invalid length %u, expected %s with "
                              "%u elements", i, shape->what,
                              shape->nr_fields);

    return rc;
}

int json_reader_struct(struct json_reader *r, const struct json_shape *shape,
                       void *ctx)
{
    switch ( json_reader_here(r)->kind )
    {
    case JSON_OBJECT:
        return read_object(r, shape, ctx);
    case JSON_ARRAY:
        if ( !shape->no_array )
            return read_array(r, shape, ctx);
        /* fall through */
    default:
        return json_reader_wrong_type(r, shape->what);
    }
}
