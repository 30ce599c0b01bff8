/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Values of an indexed JSON text: strings, numbers, lists, maps. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json-reader.h"
#include "text.h"

int json_reader_string(struct json_reader *r, char **out)
{
    const struct json_token *t = json_reader_here(r);
    struct json_text text;
    char *copy;
    int rc = json_reader_text(r, &text);

    if ( rc )
        return rc;

    if ( memchr(text.s, '\0', text.nr) )
        rc = json_reader_fail(r, t, "a NUL character in a string");
    else if ( !(copy = json_text_dup(&text)) )
        rc = cpupolicy_error_set(r->err, ENOMEM, 0, "out of memory");
    else
        *out = copy;

    json_text_dispose(&text);

    return rc;
}

int json_reader_bool(struct json_reader *r, bool *out)
{
    const struct json_token *t = json_reader_here(r);

    if ( t->kind != JSON_TRUE && t->kind != JSON_FALSE )
        return json_reader_wrong_type(r, "a boolean");

    *out = t->kind == JSON_TRUE;
    json_reader_skip(r);

    return 0;
}

int json_reader_unsigned(struct json_reader *r, const char *type, uint64_t max,
                         uint64_t *out)
{
    const struct json_token *t = json_reader_here(r);
    const char *digits = r->ix->text + t->start;
    int nr = t->end - t->start;
    uint64_t value = 0;
    bool too_big = false;

    /* "-0" is a floating point number to the original. */
    if ( t->kind != JSON_INTEGER || (nr == 2 && !memcmp(digits, "-0", 2)) )
        return json_reader_wrong_type(r, type);

    for ( int i = 0; i < nr && !too_big; i++ )
        too_big = digits[i] == '-' ||
            __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(digits[i] - '0'), &value);

    if ( too_big || value > max )
        return json_reader_fail(r, t, "invalid value: integer `%.*s`, "
                                "expected %s", nr > 64 ? 64 : nr, digits,
                                type);

    *out = value;
    json_reader_skip(r);

    return 0;
}

static int bad_hex(struct json_reader *r, const struct json_token *t,
                   const struct json_text *text, const char *what)
{
    return json_reader_fail(r, t, "'%s' %s",
                            text_quote(text->s, text->nr).text, what);
}

static int hex_digits(struct json_reader *r, const struct json_token *t,
                      const struct json_text *text, uint64_t max,
                      uint64_t *out)
{
    bool plus = r->takes_plus && text->nr > 3 && text->s[2] == '+';
    size_t skip = plus ? 3 : 2;

    if ( text->nr < 2 || memcmp(text->s, "0x", 2) )
        return bad_hex(r, t, text, "does not start with 0x");

    switch ( number_parse(text->s + skip, text->nr - skip, 16, max, out) )
    {
    case NUMBER_OK:
        return 0;
    case NUMBER_TOO_BIG:
        return bad_hex(r, t, text, max > UINT32_MAX ? "does not fit 64 bits"
                                                    : "does not fit 32 bits");
    default:
        return bad_hex(r, t, text, "is not a number");
    }
}

int json_reader_hex(struct json_reader *r, uint64_t max, uint64_t *out)
{
    const struct json_token *t = json_reader_here(r);
    struct json_text text;
    int rc = json_reader_text(r, &text);

    if ( rc )
        return rc;
    rc = hex_digits(r, t, &text, max, out);
    json_text_dispose(&text);

    return rc;
}

int json_reader_hex32(struct json_reader *r, uint32_t *out)
{
    uint64_t v;
    int rc = json_reader_hex(r, UINT32_MAX, &v);

    if ( !rc )
        *out = v;

    return rc;
}

int json_reader_list(struct json_reader *r,
                     int (*read)(struct json_reader *r, void *ctx), void *ctx)
{
    uint32_t end = json_reader_here(r)->next;
    int rc = 0;

    if ( json_reader_here(r)->kind != JSON_ARRAY )
        return json_reader_wrong_type(r, "a sequence");

    for ( r->at++; !rc && r->at < end; )
        rc = read(r, ctx);

    return rc;
}

/* Is the key that the reader stands on one of those from `first` on? */
static int check_once(struct json_reader *r, uint32_t first,
                      const struct json_text *key)
{
    const struct json_token *tokens = r->ix->tokens;
    struct json_text other;
    bool same = false;

    for ( uint32_t at = first; !same && at < r->at;
          at = tokens[tokens[at].next].next )
    {
        if ( json_text_decode(r->ix, &tokens[at], &other) )
            return cpupolicy_error_set(r->err, ENOMEM, 0, "out of memory");
        same = other.nr == key->nr && !memcmp(other.s, key->s, key->nr);
        json_text_dispose(&other);
    }

    return same ? json_reader_fail(r, json_reader_here(r), "the key '%s' is "
                                   "there twice",
                                   text_quote(key->s, key->nr).text) : 0;
}

int json_reader_map(struct json_reader *r, unsigned int max,
                    int (*read)(struct json_reader *r,
                                const struct json_text *key, void *ctx),
                    void *ctx)
{
    const struct json_token *self = json_reader_here(r);
    uint32_t first = r->at + 1;
    int rc = 0;

    if ( self->kind != JSON_OBJECT )
        return json_reader_wrong_type(r, "an object");

    for ( r->at++; !rc && r->at < self->next; )
    {
        struct json_text key;

        if ( !max-- )
            return json_reader_fail(r, json_reader_here(r), "too many keys");
        if ( json_text_decode(r->ix, json_reader_here(r), &key) )
            return cpupolicy_error_set(r->err, ENOMEM, 0, "out of memory");
        rc = check_once(r, first, &key);
        if ( !rc )
        {
            json_reader_skip(r);
            rc = read(r, &key, ctx);
        }
        json_text_dispose(&key);
    }

    return rc;
}
