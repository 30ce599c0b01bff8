/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The scanner of table rows.  It works in place and allocates nothing. */
#include <ctype.h>
#include <string.h>

#include "scan.h"

bool scan_acceptable(struct model *m, const char *path, const char *text,
                     size_t size)
{
    struct place at = { path, 1 };
    size_t length = 0;

    for ( size_t i = 0; i < size; i++ )
    {
        unsigned char c = text[i];

        if ( c == '\n' )
        {
            at.line++;
            length = 0;
            continue;
        }

        if ( (c < ' ' && c != '\t') || c == 0x7f )
        {
            complain(m, &at, "control character 0x%02x", c);
            return false;
        }

        if ( ++length > MAX_LINE )
        {
            complain(m, &at, "line longer than %u bytes", MAX_LINE);
            return false;
        }
    }

    return true;
}

void scan_start(struct scanner *s, struct model *m, const char *path,
                char *text)
{
    *s = (struct scanner){ .m = m, .at = { path, 1 }, .pos = text };
}

static void skip_char(struct scanner *s)
{
    if ( *s->pos == '\n' )
        s->at.line++;
    if ( *s->pos )
        s->pos++;
}

static void skip_blanks(struct scanner *s)
{
    while ( *s->pos == ' ' || *s->pos == '\t' )
        s->pos++;
}

static void skip_space(struct scanner *s)
{
    while ( isspace((unsigned char)*s->pos) )
        skip_char(s);
}

/*
 * Take the comment at *pos.  The text inside is made one line: runs of
 * white space, with the '*' that decorates a continuation line, become one
 * blank.  NULL, with the complaint made, if the comment does not end.
 */
static char *take_comment(struct scanner *s)
{
    struct place start = s->at;
    char *text = s->pos += 2, *to = text;
    char *end = strstr(s->pos, "*/");

    if ( !end )
    {
        complain(s->m, &start, "comment does not end");
        s->pos += strlen(s->pos);
        return NULL;
    }

    while ( s->pos < end )
    {
        if ( *s->pos != '\n' )
        {
            *to++ = *s->pos++;
            continue;
        }

        skip_space(s);
        while ( s->pos < end && *s->pos == '*' )
            s->pos++;
        skip_blanks(s);
        while ( to > text && to[-1] == ' ' )
            to--;
        *to++ = ' ';
    }

    s->pos = end + 2;
    while ( to > text && isspace((unsigned char)to[-1]) )
        to--;
    *to = '\0';

    return text;
}

/* To the end of the line; comments that begin on it are skipped whole. */
static void skip_line(struct scanner *s)
{
    while ( *s->pos && *s->pos != '\n' )
    {
        if ( !strncmp(s->pos, "/*", 2) )
            take_comment(s);
        else if ( s->pos[0] == '\\' && s->pos[1] == '\n' )
        {
            s->pos++;
            skip_char(s);
        }
        else
            s->pos++;
    }
}

/* Take the string literal at *pos; adjacent literals are one, as in C. */
static char *take_string(struct scanner *s)
{
    char *text = s->pos + 1, *to = text;

    while ( *s->pos == '"' )
    {
        s->pos++;
        while ( *s->pos != '"' )
        {
            if ( *s->pos == '\\' )
            {
                s->pos++;
                if ( *s->pos != '"' && *s->pos != '\\' )
                {
                    complain(s->m, &s->at, "unknown escape in a string");
                    return NULL;
                }
            }
            if ( !*s->pos || *s->pos == '\n' )
            {
                complain(s->m, &s->at, "string does not end on its line");
                return NULL;
            }
            *to++ = *s->pos++;
        }
        s->pos++;
        skip_space(s);
    }

    /* to < pos, since at least one quote has been passed. */
    *to = '\0';

    return text;
}

/* Take a word of an argument: up to ',' or ')', trailing blanks cut. */
static char *take_bare(struct scanner *s, char **end)
{
    char *text = s->pos;

    while ( *s->pos == ' ' || *s->pos == '\t' || *s->pos == '*' ||
            *s->pos == '+' || *s->pos == '_' ||
            isalnum((unsigned char)*s->pos) )
        s->pos++;

    *end = s->pos;
    while ( *end > text && isspace((unsigned char)(*end)[-1]) )
        --*end;
    skip_space(s);

    return text;
}

/* Take the arguments and the ')'; *pos is after the '('. */
static bool take_args(struct scanner *s, struct row *row)
{
    for ( row->nr_args = 0; row->nr_args < MAX_ARGS; )
    {
        struct arg *arg = &row->args[row->nr_args++];
        char *end = NULL, separator;

        skip_space(s);
        arg->is_string = *s->pos == '"';
        arg->text = arg->is_string ? take_string(s) : take_bare(s, &end);
        if ( !arg->text )
            return false;

        separator = *s->pos;
        if ( separator != ',' && separator != ')' )
        {
            complain(s->m, &row->at, "%s: expected ',' or ')' after argument "
                     "%u", row->macro, row->nr_args);
            return false;
        }

        s->pos++;
        if ( end )
            *end = '\0';
        if ( separator == ')' )
            return true;
    }

    complain(s->m, &row->at, "%s: more than %u arguments", row->macro,
             MAX_ARGS);
    return false;
}

/* What may follow a row on its line: a comment, which may be attributes. */
static bool take_tail(struct scanner *s, struct row *row)
{
    row->comment = NULL;
    skip_blanks(s);
    while ( !strncmp(s->pos, "/*", 2) )
    {
        char *text = take_comment(s);

        if ( !text )
            return false;
        if ( !row->comment )
            row->comment = text;
        skip_blanks(s);
    }

    if ( !*s->pos || *s->pos == '\n' )
        return true;

    complain(s->m, &s->at, "%s: unexpected text after the row", row->macro);
    return false;
}

/* Take the row whose macro's name is at *pos, `length` characters long. */
static bool take_row(struct scanner *s, struct row *row, size_t length)
{
    row->at = s->at;
    row->macro = s->pos;
    s->pos += length;
    skip_blanks(s);
    s->pos++;                   /* the '(' that is_row() has seen */
    row->macro[length] = '\0';

    if ( ++s->nr_rows > MAX_ROWS )
    {
        complain(s->m, &s->at, "more than %u rows", MAX_ROWS);
        s->pos += strlen(s->pos);
        return false;
    }

    if ( take_args(s, row) && take_tail(s, row) )
        return true;

    skip_line(s);
    return false;
}

/* Rows are calls of macros whose names begin so; others are not ours. */
static size_t row_name_length(const char *text)
{
    size_t length = 0, blanks;

    if ( strncmp(text, "XEN_CPU", 7) && strncmp(text, "XEN_MSR", 7) )
        return 0;

    while ( text[length] == '_' || isalnum((unsigned char)text[length]) )
        length++;
    blanks = strspn(text + length, " \t");

    return text[length + blanks] == '(' ? length : 0;
}

/* A comment that announces a featureset word stands alone on one line. */
static bool take_announcement(struct scanner *s, struct row *row)
{
    const char *word;

    row->at = s->at;
    row->macro = NULL;
    row->comment = take_comment(s);
    if ( !row->comment || s->at.line != row->at.line )
        return false;

    word = strstr(row->comment, "word ");
    return word && isdigit((unsigned char)word[5]);
}

bool scan_next(struct scanner *s, struct row *row)
{
    for ( ; ; )
    {
        size_t length;

        skip_space(s);
        if ( !*s->pos )
            return false;

        if ( !strncmp(s->pos, "/*", 2) )
        {
            if ( take_announcement(s, row) )
                return true;
            continue;
        }

        length = row_name_length(s->pos);
        if ( !length )
            skip_line(s);
        else if ( take_row(s, row, length) )
            return true;
    }
}
