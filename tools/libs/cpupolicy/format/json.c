/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON files with positions. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE             /* memmem() */
#endif
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "text/text.h"

bool json_probe(const struct dump_input *in, const char *key)
{
    size_t len = strlen(key);
    const char *at = in->bytes, *end = in->bytes + in->nr_bytes;

    while ( at < end && strchr(" \t\r\n", *at) )
        at++;
    if ( at == end || *at != '{' )
        return false;

    while ( (at = memmem(at, (size_t)(end - at), key, len)) )
    {
        bool quoted = at[-1] == '"';

        at += len;
        if ( quoted && at < end && *at == '"' )
            return true;
    }

    return false;
}

/* Fill in line and column of a byte, both from 1. */
static void locate(struct json_file *f, size_t offset, cpupolicy_error *err)
{
    const char *at = f->in.bytes + offset, *seen, *eol;

    if ( !f->seen_line || offset < f->seen_offset )
    {
        f->seen_line = f->in.bytes;
        f->seen_number = 1;
        f->seen_offset = 0;
    }
    seen = f->in.bytes + f->seen_offset;
    while ( (eol = memchr(seen, '\n', (size_t)(at - seen))) )
    {
        f->seen_line = seen = eol + 1;
        f->seen_number++;
    }
    f->seen_offset = offset;

    err->line = f->seen_number;
    err->column = (uint32_t)(at - f->seen_line) + 1;
}

/* The offset of a value in the file is kept as the value's user data. */
static size_t offset_of(struct json_object *node)
{
    return node ? (size_t)(uintptr_t)json_object_get_userdata(node) : 0;
}

void json_place(struct json_file *f, struct json_object *node, uint32_t *line,
                uint32_t *column)
{
    cpupolicy_error where;

    locate(f, offset_of(node), &where);
    *line = where.line;
    *column = where.column;
}

uint32_t json_line(struct json_file *f, struct json_object *node)
{
    uint32_t line = 0, column;

    if ( node )
        json_place(f, node, &line, &column);

    return line;
}

int json_fail(struct json_file *f, struct json_object *node, int code,
              const char *fmt, ...)
{
    char reason[sizeof(f->err->message)];
    va_list args;

    va_start(args, fmt);
    vsnprintf(reason, sizeof(reason), fmt, args);
    va_end(args);

    cpupolicy_error_set(f->err, code, 0, "%s", reason);
    if ( node )
        locate(f, offset_of(node), f->err);

    return -code;
}

/*
 * A second walk over text that json-c has accepted, beside the tree that it
 * made.  json-c keeps members in the order of the text, and lets a repeated
 * key replace the value at the place of the first; so where the two differ,
 * a key is repeated.
 */
struct walk {
    const char *start, *at, *end;
    bool key_twice;             /* or else the walk ends for bad JSON */
};

static char peek(struct walk *w)
{
    while ( w->at < w->end && strchr(" \t\r\n", *w->at) )
        w->at++;

    return w->at < w->end ? *w->at : '\0';
}

static bool take(struct walk *w, char c)
{
    if ( peek(w) != c )
        return false;
    w->at++;

    return true;
}

static bool skip_string(struct walk *w)
{
    if ( !take(w, '"') )
        return false;
    for ( ; w->at < w->end; w->at++ )
    {
        if ( *w->at == '"' )
        {
            w->at++;
            return true;
        }
        if ( *w->at == '\\' )
            w->at++;
    }

    return false;
}

static bool walk_value(struct walk *w, struct json_object *node);

static bool same_key(const char *key, const char *name)
{
    size_t len;

    for ( len = 0; key[len] != '"'; len++ )
        if ( key[len] == '\\' )
            return true;        /* escapes are not decoded */

    return len == strlen(name) && !memcmp(key, name, len);
}

/* Is the key that the walk stands on the tree's? */
static bool walk_key(struct walk *w, const char *name)
{
    const char *key;

    peek(w);
    key = w->at;
    if ( !skip_string(w) || !take(w, ':') )
        return false;           /* json-c takes 'these' for strings */
    if ( name && same_key(key + 1, name) )
        return true;
    w->at = key;
    w->key_twice = true;

    return false;
}

static bool walk_object(struct walk *w, struct json_object *node)
{
    struct json_object_iterator i = json_object_iter_begin(node);
    struct json_object_iterator end = json_object_iter_end(node);

    w->at++;
    while ( peek(w) != '}' )
    {
        bool more = !json_object_iter_equal(&i, &end);

        if ( !walk_key(w, more ? json_object_iter_peek_name(&i) : NULL) ||
             !walk_value(w, json_object_iter_peek_value(&i)) )
            return false;
        json_object_iter_next(&i);
        if ( !take(w, ',') && peek(w) != '}' )
            return false;
    }
    w->at++;

    return json_object_iter_equal(&i, &end);
}

static bool walk_array(struct walk *w, struct json_object *node)
{
    size_t nr = json_object_array_length(node);

    w->at++;
    for ( size_t i = 0; i < nr; i++ )
        if ( !walk_value(w, json_object_array_get_idx(node, i)) ||
             (!take(w, ',') && peek(w) != ']') )
            return false;

    return take(w, ']');
}

/* The value of another member, so an earlier key of the object is repeated. */
static bool is_type(struct walk *w, struct json_object *node,
                    enum json_type type)
{
    if ( json_object_is_type(node, type) )
        return true;
    w->key_twice = true;

    return false;
}

static bool walk_value(struct walk *w, struct json_object *node)
{
    char c = peek(w);

    if ( node )
        json_object_set_userdata(
            node, (void *)(uintptr_t)(w->at - w->start), NULL);

    switch ( c )
    {
    case '{':
        if ( is_type(w, node, json_type_object) )
            return walk_object(w, node);
        return false;

    case '[':
        if ( is_type(w, node, json_type_array) )
            return walk_array(w, node);
        return false;

    case '"':
        return is_type(w, node, json_type_string) && skip_string(w);
    }

    while ( w->at < w->end && !strchr(",]} \t\r\n", *w->at) )
        w->at++;

    return true;
}

static int tokenise(struct json_file *f, struct json_tokener *tok)
{
    enum json_tokener_error bad;

    json_tokener_set_flags(tok, JSON_TOKENER_STRICT |
                                JSON_TOKENER_VALIDATE_UTF8);
    f->root = json_tokener_parse_ex(tok, f->in.bytes, (int)f->in.nr_bytes);
    bad = json_tokener_get_error(tok);

    if ( bad == json_tokener_continue )
        json_fail(f, NULL, EINVAL, "the JSON text ends too early");
    else if ( bad != json_tokener_success )
        json_fail(f, NULL, EINVAL, "not JSON: %s",
                  json_tokener_error_desc(bad));
    else
        return 0;

    locate(f, json_tokener_get_parse_end(tok), f->err);

    return -EINVAL;
}

int json_file_parse(struct json_file *f, const struct dump_input *in,
                    cpupolicy_error *err)
{
    struct walk w = { in->bytes, in->bytes, in->bytes + in->nr_bytes, false };
    struct json_tokener *tok;
    int rc;

    *f = (struct json_file){ .in = *in, .err = err };
    if ( in->nr_bytes > JSON_MAX_BYTES )
        return cpupolicy_error_set(err, E2BIG, 0,
                                   "more than %u bytes of JSON",
                                   JSON_MAX_BYTES);

    tok = json_tokener_new_ex(JSON_MAX_DEPTH);
    if ( !tok )
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");
    rc = tokenise(f, tok);
    json_tokener_free(tok);

    if ( !rc && !json_object_is_type(f->root, json_type_object) )
        rc = json_fail(f, NULL, EINVAL, "the file is not a JSON object");
    if ( !rc && !walk_value(&w, f->root) )
    {
        rc = json_fail(f, NULL, EINVAL, w.key_twice
                       ? "an object has a key twice" : "not JSON");
        locate(f, (size_t)(w.at - w.start), err);
    }
    if ( rc )
        json_file_dispose(f);

    return rc;
}

void json_file_dispose(struct json_file *f)
{
    json_object_put(f->root);
    f->root = NULL;
}
