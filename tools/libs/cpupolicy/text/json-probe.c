/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See json-probe.h. */
#include <string.h>

#include "json-probe.h"
#include "json-reader.h"

struct probe {
    const char *at, *end;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static char peek(struct probe *p)
{
    while ( p->at < p->end && is_blank(*p->at) )
        p->at++;

    return p->at < p->end ? *p->at : '\0';
}

/* From an opening quote on; false: there is no closing one. */
static bool skip_string(struct probe *p, bool *escaped)
{
    *escaped = false;
    for ( p->at++; p->at < p->end; p->at++ )
    {
        if ( *p->at == '"' )
        {
            p->at++;
            return true;
        }
        if ( *p->at == '\\' )
        {
            *escaped = true;
            p->at++;
        }
    }

    return false;
}

/*
 * The key that begins at `start`.  One with an escape counts if it would be
 * one of these when it were read: that is left to the reader to say.
 */
static bool is_key(const char *start, const char *end, bool escaped,
                   const char *const *keys, size_t nr_keys)
{
    struct json_index ix;
    struct json_reader r = { .ix = &ix };
    struct json_text text;
    bool found = false;

    if ( !escaped )
    {
        for ( size_t i = 0; !found && i < nr_keys; i++ )
            found = strlen(keys[i]) == (size_t)(end - start - 2) &&
                    !memcmp(keys[i], start + 1, end - start - 2);
        return found;
    }

    if ( json_index_build(&ix, start, end - start, NULL) )
        return false;
    if ( !json_reader_text(&r, &text) )
    {
        for ( size_t i = 0; !found && i < nr_keys; i++ )
            found = json_text_is(&text, keys[i]);
        json_text_dispose(&text);
    }
    json_index_dispose(&ix);

    return found;
}

bool json_probe(const struct dump_input *in, const char *const *keys,
                size_t nr_keys)
{
    struct probe p = { in->bytes, in->bytes + in->nr_bytes };
    size_t depth = 0;
    bool escaped;

    if ( peek(&p) != '{' )
        return false;

    while ( p.at < p.end )
    {
        const char *start = p.at;

        if ( *start != '"' )
        {
            depth += *start == '{' || *start == '[';
            depth -= *start == '}' || *start == ']';
            p.at++;
            if ( !depth )
                break;
            continue;
        }
        if ( !skip_string(&p, &escaped) )
            break;
        if ( depth == 1 && is_key(start, p.at, escaped, keys, nr_keys) &&
             peek(&p) == ':' )
            return true;
    }

    return false;
}

bool json_probe_array(const struct dump_input *in, const char *beginning)
{
    struct probe p = { in->bytes, in->bytes + in->nr_bytes };

    for ( ; *beginning; beginning++, p.at++ )
        if ( peek(&p) != *beginning )
            return false;

    return true;
}
