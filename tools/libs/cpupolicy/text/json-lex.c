/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Strings, numbers and words of JSON, strictly as RFC 8259 has them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json-lex.h"

void json_index_place(const struct json_index *ix, size_t nr_consumed,
                      uint32_t *line, uint32_t *column)
{
    size_t start = 0;

    *line = 1;
    for ( size_t i = 0; i < nr_consumed && i < ix->nr_bytes; i++ )
        if ( ix->text[i] == '\n' )
        {
            ++*line;
            start = i + 1;
        }

    *column = nr_consumed - start;
}

/* Report at the byte that `pos` is on, or at the end of the text. */
int json_scan_fail(struct json_scan *s, size_t pos, const char *message)
{
    size_t nr = pos < s->ix->nr_bytes ? pos + 1 : s->ix->nr_bytes;
    uint32_t line, column;

    json_index_place(s->ix, nr, &line, &column);
    cpupolicy_error_set(s->err, EINVAL, line, "%s", message);
    if ( s->err )
        s->err->column = column;

    return -EINVAL;
}

int json_scan_add_token(struct json_scan *s, enum json_kind kind,
                        uint32_t *out)
{
    struct json_index *ix = s->ix;

    if ( ix->nr_tokens == JSON_INDEX_MAX_TOKENS )
        return cpupolicy_error_set(s->err, E2BIG, 0,
                                   "more than %u JSON values",
                                   JSON_INDEX_MAX_TOKENS);

    if ( ix->nr_tokens == ix->max_tokens )
    {
        size_t max = ix->max_tokens ? ix->max_tokens * 2 : 256;
        struct json_token *t = realloc(ix->tokens, max * sizeof(*t));

        if ( !t )
            return cpupolicy_error_set(s->err, ENOMEM, 0, "out of memory");
        ix->tokens = t;
        ix->max_tokens = max;
    }

    *out = ix->nr_tokens++;
    ix->tokens[*out] = (struct json_token){
        .start = s->pos, .kind = kind, .next = *out + 1, .line = s->line,
        .column = s->pos - s->line_start + 1,
    };

    return 0;
}

static int hex_digits(struct json_scan *s, unsigned int *value)
{
    *value = 0;

    for ( unsigned int i = 0; i < 4; i++, s->pos++ )
    {
        int c = json_scan_peek(s);

        if ( c == EOF )
            return json_scan_fail(s, s->pos, "EOF while parsing a string");
        if ( c >= '0' && c <= '9' )
            c -= '0';
        else if ( (c | 32) >= 'a' && (c | 32) <= 'f' )
            c = (c | 32) - 'a' + 10;
        else
            return json_scan_fail(s, s->pos, "invalid escape");
        *value = *value << 4 | c;
    }

    return 0;
}

/* The part after "\u"; surrogates only in pairs, as UTF-8 has no others. */
static int scan_unicode_escape(struct json_scan *s)
{
    static const char lone[] = "lone leading surrogate in hex escape";
    unsigned int unit;
    int rc = hex_digits(s, &unit);

    if ( rc || unit < 0xd800 || unit > 0xdfff )
        return rc;

    if ( unit >= 0xdc00 )
        return json_scan_fail(s, s->pos - 1,
                              "lone trailing surrogate in hex escape");

    if ( s->pos + 1 >= s->ix->nr_bytes || s->ix->text[s->pos] != '\\' ||
         s->ix->text[s->pos + 1] != 'u' )
        return json_scan_fail(s, s->pos, lone);

    s->pos += 2;
    rc = hex_digits(s, &unit);
    if ( !rc && (unit < 0xdc00 || unit > 0xdfff) )
        rc = json_scan_fail(s, s->pos - 1, lone);

    return rc;
}

static int scan_escape(struct json_scan *s)
{
    int c;

    s->pos++;
    c = json_scan_peek(s);
    if ( c == EOF )
        return json_scan_fail(s, s->pos, "EOF while parsing a string");
    if ( !c || !strchr("\"\\/bfnrtu", c) )
        return json_scan_fail(s, s->pos, "invalid escape");

    s->pos++;

    return c == 'u' ? scan_unicode_escape(s) : 0;
}

int json_scan_string(struct json_scan *s)
{
    uint32_t token;
    int rc = json_scan_add_token(s, JSON_STRING, &token);

    if ( rc )
        return rc;

    for ( s->pos++; ; )
    {
        int c = json_scan_peek(s);

        if ( c == EOF )
            return json_scan_fail(s, s->pos, "EOF while parsing a string");
        if ( c < 0x20 )
            return json_scan_fail(s, s->pos,
                                  "control character (\\u0000-\\u001F) "
                                  "found while parsing a string");
        if ( c == '"' )
            break;
        if ( c != '\\' )
        {
            s->pos++;
            continue;
        }

        s->ix->tokens[token].escaped = true;
        rc = scan_escape(s);
        if ( rc )
            return rc;
    }

    s->ix->tokens[token].end = ++s->pos;

    return 0;
}

static bool scan_digits(struct json_scan *s)
{
    size_t start = s->pos;

    while ( json_scan_peek(s) >= '0' && json_scan_peek(s) <= '9' )
        s->pos++;

    return s->pos > start;
}

static int scan_number(struct json_scan *s)
{
    enum json_kind kind = JSON_INTEGER;
    size_t digits;
    uint32_t token;
    int rc = json_scan_add_token(s, kind, &token);

    if ( rc )
        return rc;

    if ( json_scan_peek(s) == '-' )
        s->pos++;

    digits = s->pos;
    if ( !scan_digits(s) )
        return json_scan_fail(s, s->pos, "invalid number");
    if ( s->ix->text[digits] == '0' && s->pos > digits + 1 )
        return json_scan_fail(s, digits + 1, "invalid number");

    if ( json_scan_peek(s) == '.' )
    {
        kind = JSON_FLOAT;
        s->pos++;
        if ( !scan_digits(s) )
            return json_scan_fail(s, s->pos, "invalid number");
    }

    if ( json_scan_peek(s) == 'e' || json_scan_peek(s) == 'E' )
    {
        kind = JSON_FLOAT;
        s->pos++;
        if ( json_scan_peek(s) == '+' || json_scan_peek(s) == '-' )
            s->pos++;
        if ( !scan_digits(s) )
            return json_scan_fail(s, s->pos, "invalid number");
    }

    s->ix->tokens[token].kind = kind;
    s->ix->tokens[token].end = s->pos;

    return 0;
}

static int scan_word(struct json_scan *s, const char *word,
                     enum json_kind kind)
{
    uint32_t token;
    int rc = json_scan_add_token(s, kind, &token);

    for ( ; !rc && *word; word++, s->pos++ )
    {
        int c = json_scan_peek(s);

        if ( c == EOF )
            return json_scan_fail(s, s->pos, "EOF while parsing a value");
        if ( c != *word )
            return json_scan_fail(s, s->pos, "expected ident");
    }

    if ( !rc )
        s->ix->tokens[token].end = s->pos;

    return rc;
}

int json_scan_scalar(struct json_scan *s)
{
    int c = json_scan_peek(s);

    switch ( c )
    {
    case '"':
        return json_scan_string(s);
    case 't':
        return scan_word(s, "true", JSON_TRUE);
    case 'f':
        return scan_word(s, "false", JSON_FALSE);
    case 'n':
        return scan_word(s, "null", JSON_NULL);
    }

    if ( c == '-' || (c >= '0' && c <= '9') )
        return scan_number(s);

    return json_scan_fail(s, s->pos, "expected value");
}
