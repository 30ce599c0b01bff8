/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the strings of an indexed JSON text mean. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json-reader.h"

void json_text_dispose(struct json_text *t)
{
    free(t->owned);
    memset(t, 0, sizeof(*t));
}

bool json_text_is(const struct json_text *t, const char *s)
{
    return t->nr == strlen(s) && !memcmp(t->s, s, t->nr);
}

char *json_text_dup(const struct json_text *t)
{
    return strndup(t->s, t->nr);
}

/* Four hex digits, which the index has seen. */
static unsigned int unit_at(const char *s)
{
    unsigned int unit = 0;

    for ( unsigned int i = 0; i < 4; i++ )
        unit = unit << 4 | (s[i] <= '9' ? s[i] - '0' : (s[i] | 32) - 'a' + 10);

    return unit;
}

static char *put_utf8(char *out, unsigned int c)
{
    static const unsigned char first[] = { 0, 0xc0, 0xe0, 0xf0 };
    unsigned int more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;

    *out++ = first[more] | c >> (6 * more);
    while ( more-- )
        *out++ = 0x80 | (c >> (6 * more) & 0x3f);

    return out;
}

/* What follows a backslash; *s is moved behind it. */
static char *put_escape(char *out, const char **s)
{
    static const char names[] = "bfnrt", means[] = "\b\f\n\r\t";
    const char *name = strchr(names, **s);
    unsigned int c;

    if ( *(*s)++ != 'u' )
    {
        *out++ = name ? means[name - names] : (*s)[-1];
        return out;
    }

    c = unit_at(*s);
    *s += 4;
    if ( c >= 0xd800 && c < 0xdc00 )
    {
        c = 0x10000 + ((c - 0xd800) << 10) + (unit_at(*s + 2) - 0xdc00);
        *s += 6;
    }

    return put_utf8(out, c);
}

int json_text_decode(const struct json_index *ix, const struct json_token *t,
                     struct json_text *out)
{
    const char *s = ix->text + t->start + 1, *end = ix->text + t->end - 1;
    char *to;

    *out = (struct json_text){ s, end - s, NULL };
    if ( !t->escaped )
        return 0;

    /* No escape is longer than what it stands for. */
    to = out->owned = malloc(end - s + 1);
    if ( !to )
        return -ENOMEM;
    while ( s < end )
    {
        if ( *s != '\\' )
            *to++ = *s++;
        else
        {
            s++;
            to = put_escape(to, &s);
        }
    }
    out->s = out->owned;
    out->nr = to - out->owned;

    return 0;
}
