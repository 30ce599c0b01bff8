/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One strict pass over a JSON text, noting where each value stands. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json-lex.h"
#include "utf8.h"

#define NO_TOKEN UINT32_MAX

static void skip_blanks(struct json_scan *s)
{
    for ( ;; s->pos++ )
    {
        int c = json_scan_peek(s);

        if ( c == '\n' )
        {
            s->line++;
            s->line_start = s->pos + 1;
        }
        else if ( c != ' ' && c != '\t' && c != '\r' )
            break;
    }
}

/*
 * While a container is open, its `next` holds the container around it, so
 * that no stack is needed however deep a text is.
 */
static int open_container(struct json_scan *s, enum json_kind kind)
{
    uint32_t token;
    int rc = json_scan_add_token(s, kind, &token);

    if ( rc )
        return rc;

    s->ix->tokens[token].next = s->open;
    s->open = token;
    s->state = kind == JSON_OBJECT ? WANT_FIRST_KEY : WANT_FIRST;
    s->pos++;

    return 0;
}

static void close_container(struct json_scan *s)
{
    struct json_token *t = &s->ix->tokens[s->open];

    s->open = t->next;
    t->end = ++s->pos;
    t->next = s->ix->nr_tokens;
    s->state = WANT_MORE;
}

static int scan_value(struct json_scan *s)
{
    int c = json_scan_peek(s);

    s->state = WANT_MORE;

    if ( c == '{' )
        return open_container(s, JSON_OBJECT);
    if ( c == '[' )
        return open_container(s, JSON_ARRAY);

    return json_scan_scalar(s);
}

static int scan_key(struct json_scan *s)
{
    if ( json_scan_peek(s) != '"' )
        return json_scan_fail(s, s->pos, "key must be a string");

    s->state = WANT_COLON;

    return json_scan_string(s);
}

/* After a value inside a container. */
static int scan_more(struct json_scan *s)
{
    bool object = s->ix->tokens[s->open].kind == JSON_OBJECT;
    int c = json_scan_peek(s);

    if ( c == (object ? '}' : ']') )
    {
        close_container(s);
        return 0;
    }

    if ( c != ',' )
        return json_scan_fail(s, s->pos, object ? "expected `,` or `}`"
                                                : "expected `,` or `]`");

    s->pos++;
    s->state = object ? WANT_KEY : WANT_ELEMENT;

    return 0;
}

static int scan_step(struct json_scan *s)
{
    int c = json_scan_peek(s);

    switch ( s->state )
    {
    case WANT_FIRST:
        if ( c == ']' )
            break;
        return scan_value(s);

    case WANT_ELEMENT:
        if ( c == ']' )
            return json_scan_fail(s, s->pos, "trailing comma");
        return scan_value(s);

    case WANT_VALUE:
        return scan_value(s);

    case WANT_FIRST_KEY:
        if ( c == '}' )
            break;
        return scan_key(s);

    case WANT_KEY:
        if ( c == '}' )
            return json_scan_fail(s, s->pos, "trailing comma");
        return scan_key(s);

    case WANT_COLON:
        if ( c != ':' )
            return json_scan_fail(s, s->pos, "expected `:`");
        s->pos++;
        s->state = WANT_VALUE;
        return 0;

    case WANT_MORE:
        return scan_more(s);
    }

    close_container(s);

    return 0;
}

static int fail_at_end(struct json_scan *s)
{
    switch ( s->state )
    {
    case WANT_FIRST:
        return json_scan_fail(s, s->pos, "EOF while parsing a list");
    case WANT_FIRST_KEY:
    case WANT_COLON:
        return json_scan_fail(s, s->pos, "EOF while parsing an object");
    case WANT_MORE:
        return json_scan_fail(s, s->pos,
                              s->ix->tokens[s->open].kind == JSON_OBJECT
                              ? "EOF while parsing an object"
                              : "EOF while parsing a list");
    default:
        return json_scan_fail(s, s->pos, "EOF while parsing a value");
    }
}

static int scan_text(struct json_scan *s)
{
    int rc = 0;

    do {
        skip_blanks(s);
        rc = json_scan_peek(s) == EOF ? fail_at_end(s) : scan_step(s);
    } while ( !rc && (s->open != NO_TOKEN || s->state != WANT_MORE) );

    if ( rc )
        return rc;

    skip_blanks(s);

    if ( json_scan_peek(s) != EOF )
        return json_scan_fail(s, s->pos, "trailing characters");

    return 0;
}

int json_index_build(struct json_index *ix, const char *text, size_t nr,
                     cpupolicy_error *err)
{
    struct json_index new = { .text = text, .nr_bytes = nr };
    struct json_scan s = { .ix = &new, .err = err, .open = NO_TOKEN, .line = 1 };
    size_t bad;
    int rc;

    memset(ix, 0, sizeof(*ix));

    if ( nr > JSON_INDEX_MAX_BYTES )
        return cpupolicy_error_set(err, E2BIG, 0,
                                   "larger than %u bytes",
                                   JSON_INDEX_MAX_BYTES);

    if ( !utf8_is_valid(text, nr, &bad) )
        return json_scan_fail(&s, bad, "stream did not contain valid UTF-8");

    rc = scan_text(&s);
    if ( rc )
    {
        json_index_dispose(&new);
        return rc;
    }

    *ix = new;

    return 0;
}

void json_index_dispose(struct json_index *ix)
{
    free(ix->tokens);
    memset(ix, 0, sizeof(*ix));
}
