/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checks of JSON values that the formats share. */
#include <errno.h>
#include <string.h>

#include "json.h"
#include "text/text.h"

static const char *type_name(enum json_type type)
{
    switch ( type )
    {
    case json_type_object:
        return "an object";

    case json_type_array:
        return "an array";

    case json_type_string:
        return "a string";

    case json_type_int:
        return "an integer";

    default:
        return "of another type";
    }
}

int json_expect(struct json_file *f, struct json_object *node,
                struct json_object *parent, enum json_type type,
                const char *what)
{
    if ( node && json_object_is_type(node, type) )
        return 0;

    return json_fail(f, node ? node : parent, EINVAL, "%s must be %s", what,
                     type_name(type));
}

int json_member(struct json_file *f, struct json_object *object,
                const char *key, enum json_type type, bool optional,
                struct json_object **out)
{
    struct json_object *node = NULL;
    int rc;

    if ( !json_object_object_get_ex(object, key, &node) )
    {
        if ( !optional )
            return json_fail(f, object, EINVAL, "the key '%s' is missing",
                             key);
        *out = NULL;
        return 0;
    }

    rc = json_expect(f, node, object, type, key);
    if ( !rc )
        *out = node;

    return rc;
}

int json_known_keys(struct json_file *f, struct json_object *object,
                    const char *const *keys, size_t nr_keys)
{
    json_object_object_foreach(object, key, value)
    {
        struct text_quote q;
        size_t i;

        for ( i = 0; i < nr_keys; i++ )
            if ( !strcmp(key, keys[i]) )
                break;
        if ( i < nr_keys )
            continue;

        q = text_quote(key, strlen(key));
        return json_fail(f, value ? value : object, EINVAL,
                         "the key '%s' is not known here", q.text);
    }

    return 0;
}

int json_strings(struct json_file *f, struct json_object *array,
                 const char *what)
{
    size_t nr = json_object_array_length(array);
    int rc = 0;

    for ( size_t i = 0; i < nr && !rc; i++ )
        rc = json_expect(f, json_object_array_get_idx(array, i), array,
                         json_type_string, what);

    return rc;
}

int json_number_string(struct json_file *f, struct json_object *node,
                       const char *what, bool binary, uint64_t max,
                       uint64_t *out)
{
    const char *s = json_object_get_string(node);
    size_t len = (size_t)json_object_get_string_len(node);
    struct text_quote q = text_quote(s, len);
    unsigned base = 0;

    if ( len >= 2 && !memcmp(s, "0x", 2) )
        base = 16;
    else if ( binary && len >= 2 && !memcmp(s, "0b", 2) )
        base = 2;
    if ( !base )
        return json_fail(f, node, EINVAL, "%s: '%s' does not start with 0x%s",
                         what, q.text, binary ? " or 0b" : "");

    switch ( number_parse(s + 2, len - 2, base, max, out) )
    {
    case NUMBER_OK:
        return 0;

    case NUMBER_TOO_BIG:
        return json_fail(f, node, EINVAL, "%s: '%s' does not fit %u bits",
                         what, q.text, max > UINT32_MAX ? 64 : 32);

    default:
        return json_fail(f, node, EINVAL, "%s: '%s' is not a number", what,
                         q.text);
    }
}

int json_hex64(struct json_file *f, struct json_object *object,
               const char *key, uint64_t *out)
{
    struct json_object *node = NULL;
    int rc = json_member(f, object, key, json_type_string, false, &node);

    return rc ? rc : json_number_string(f, node, key, false, UINT64_MAX, out);
}

int json_hex32(struct json_file *f, struct json_object *object,
               const char *key, uint32_t *out)
{
    struct json_object *node = NULL;
    uint64_t v;
    int rc = json_member(f, object, key, json_type_string, false, &node);

    if ( !rc )
        rc = json_number_string(f, node, key, false, UINT32_MAX, &v);
    if ( !rc )
        *out = (uint32_t)v;

    return rc;
}
