/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The line and number scanner of the text formats. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

void text_init(struct text *t, const struct dump_input *in)
{
    t->next = in->bytes;
    t->end = in->bytes + in->nr_bytes;
    t->line = 0;
}

/* Cut off one line, whatever is in it. */
static bool split(struct text *t, struct text_line *l)
{
    const char *eol;

    if ( t->next == t->end )
        return false;

    eol = memchr(t->next, '\n', (size_t)(t->end - t->next));
    l->start = l->at = t->next;
    l->end = eol ? eol : t->end;
    l->number = ++t->line;
    t->next = eol ? eol + 1 : t->end;
    if ( eol && l->end > l->start && l->end[-1] == '\r' )
        l->end--;

    return true;
}

int text_next(struct text *t, struct text_line *l, cpupolicy_error *err)
{
    if ( !split(t, l) )
        return 0;

    if ( (size_t)(l->end - l->start) > TEXT_MAX_LINE )
        return text_fail(l, E2BIG, err, "a line of more than %u bytes",
                         TEXT_MAX_LINE);
    if ( l->number > TEXT_MAX_LINES )
        return text_fail(l, E2BIG, err, "more than %u lines", TEXT_MAX_LINES);

    for ( const char *p = l->start; p < l->end; p++ )
        if ( (unsigned char)*p < ' ' && *p != '\t' )
        {
            l->at = p;
            return text_fail(l, EINVAL, err, "binary data: byte 0x%02x",
                             (unsigned char)*p);
        }

    return 1;
}

bool text_any_line(const struct dump_input *in,
                   bool (*looks_like)(struct text_line l))
{
    struct text t;
    struct text_line l;

    text_init(&t, in);
    while ( split(&t, &l) && l.number <= TEXT_MAX_LINES )
    {
        if ( (size_t)(l.end - l.start) > TEXT_MAX_LINE )
            continue;
        text_skip_blanks(&l);
        if ( looks_like(l) )
            return true;
    }

    return false;
}

int text_fail(const struct text_line *l, int code, cpupolicy_error *err,
              const char *fmt, ...)
{
    char reason[sizeof(err->message)];
    va_list args;

    va_start(args, fmt);
    vsnprintf(reason, sizeof(reason), fmt, args);
    va_end(args);

    cpupolicy_error_set(err, code, l->number, "%s", reason);
    if ( err )
        err->column = (uint32_t)(l->at - l->start) + 1;

    return -code;
}

bool text_at_end(const struct text_line *l)
{
    return l->at == l->end;
}

void text_skip_blanks(struct text_line *l)
{
    while ( l->at < l->end && (*l->at == ' ' || *l->at == '\t') )
        l->at++;
}

bool text_take(struct text_line *l, const char *literal)
{
    size_t len = strlen(literal);

    if ( (size_t)(l->end - l->at) < len || memcmp(l->at, literal, len) )
        return false;
    l->at += len;

    return true;
}

int text_expect(struct text_line *l, const char *literal,
                cpupolicy_error *err)
{
    struct text_quote q;

    if ( text_take(l, literal) )
        return 0;
    if ( text_at_end(l) )
        return text_fail(l, EINVAL, err,
                         "the line ends where '%s' should come", literal);

    q = text_quote(l->at, (size_t)(l->end - l->at));
    return text_fail(l, EINVAL, err, "'%s' where '%s' should come", q.text,
                     literal);
}

int text_expect_end(struct text_line *l, cpupolicy_error *err)
{
    struct text_quote q;

    text_skip_blanks(l);
    if ( text_at_end(l) )
        return 0;

    q = text_quote(l->at, (size_t)(l->end - l->at));
    return text_fail(l, EINVAL, err, "'%s' after the end of the row", q.text);
}

static int digit(char c, unsigned base)
{
    int v = -1;

    if ( c >= '0' && c <= '9' )
        v = c - '0';
    else if ( c >= 'a' && c <= 'f' )
        v = c - 'a' + 10;
    else if ( c >= 'A' && c <= 'F' )
        v = c - 'A' + 10;

    return v >= 0 && (unsigned)v < base ? v : -1;
}

size_t text_span(const struct text_line *l, const char *accept)
{
    const char *p = l->at;

    while ( p < l->end && *p && strchr(accept, *p) )
        p++;

    return (size_t)(p - l->at);
}

size_t text_hex_digits(const struct text_line *l)
{
    const char *p = l->at;

    while ( p < l->end && digit(*p, 16) >= 0 )
        p++;

    return (size_t)(p - l->at);
}

/* A number glued to a word is not a number: "12g4" is no 0x12. */
static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') || c == '_';
}

int text_hex(struct text_line *l, size_t min, size_t max, const char *what,
             uint64_t *out, cpupolicy_error *err)
{
    size_t nr = text_hex_digits(l);
    struct text_line stop = *l;

    stop.at += nr;
    if ( !text_at_end(&stop) && is_word(*stop.at) )
        return text_fail(&stop, EINVAL, err, "%s is not a hex number", what);
    if ( nr < min && text_at_end(&stop) )
        return text_fail(&stop, EINVAL, err, "the line ends inside %s", what);
    if ( nr < min || nr > max )
        return text_fail(l, EINVAL, err, "%s has %zu hex digits, not %zu%s",
                         what, nr, nr < min ? min : max,
                         min == max ? "" : nr < min ? " or more" : " or less");

    /* All are digits, and not too many. */
    *out = 0;
    for ( ; l->at < stop.at; l->at++ )
        *out = *out << 4 | (unsigned)digit(*l->at, 16);

    return 0;
}

int text_hex32(struct text_line *l, const char *what, uint32_t *out,
               cpupolicy_error *err)
{
    uint64_t v = 0;
    int rc = text_hex(l, 8, 8, what, &v, err);

    if ( !rc )
        *out = (uint32_t)v;

    return rc;
}

int text_decimal(struct text_line *l, const char *what, uint32_t *out,
                 cpupolicy_error *err)
{
    const char *p = l->at;
    uint64_t v = 0;

    while ( p < l->end && digit(*p, 10) >= 0 )
        p++;

    switch ( number_parse(l->at, (size_t)(p - l->at), 10, UINT32_MAX, &v) )
    {
    case NUMBER_OK:
        break;

    case NUMBER_TOO_BIG:
        return text_fail(l, EINVAL, err, "%s does not fit 32 bits", what);

    default:
        return text_fail(l, EINVAL, err, "%s is missing", what);
    }

    l->at = p;
    *out = (uint32_t)v;

    return 0;
}

enum number_result number_parse(const char *digits, size_t nr, unsigned base,
                                uint64_t max, uint64_t *out)
{
    uint64_t v = 0;
    bool too_big = false;

    if ( !nr )
        return NUMBER_EMPTY;

    for ( size_t i = 0; i < nr; i++ )
    {
        int d = digit(digits[i], base);
        uint64_t next;

        if ( d < 0 )
            return NUMBER_BAD_DIGIT;
        if ( __builtin_mul_overflow(v, base, &next) ||
             __builtin_add_overflow(next, d, &next) || next > max )
            too_big = true;
        else
            v = next;
    }
    if ( too_big )
        return NUMBER_TOO_BIG;

    *out = v;

    return NUMBER_OK;
}

void text_clean(char *out, size_t size, const char *bytes, size_t nr)
{
    static const char dots[] = "...";
    bool cut = nr >= size;
    size_t room = cut ? size - sizeof(dots) : nr;

    for ( size_t i = 0; i < room; i++ )
        out[i] = bytes[i] >= ' ' && bytes[i] <= '~' ? bytes[i] : '?';
    memcpy(out + room, cut ? dots : "", cut ? sizeof(dots) : 1);
}

struct text_quote text_quote(const char *bytes, size_t nr)
{
    struct text_quote q;

    text_clean(q.text, sizeof(q.text), bytes, nr);

    return q;
}
