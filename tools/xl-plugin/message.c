/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the command says.  Names of files and words of command lines are
 * quoted in it; whatever bytes they hold, a terminal only gets text.
 */

#include "command.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "text/utf8.h"

/* How a byte that is no text stands in plain text, and in JSON. */
#define PLAIN_BYTE  "\\x%02x"
#define JSON_BYTE   "\\u%04x"

static bool is_control(unsigned char c)
{
    return c < ' ' || c == 0x7f;
}

/* U+0080 to U+009F are what ESC and a letter are, in two bytes. */
static bool is_c1(const char *text, size_t nr)
{
    return nr > 1 && (unsigned char)text[0] == 0xc2 &&
           (unsigned char)text[1] < 0xa0;
}

/* Well-formed UTF-8, in which there can still be control characters. */
static void print_plain(FILE *to, const char *text, size_t nr)
{
    for ( size_t i = 0; i < nr; i++ )
        if ( is_c1(text + i, nr - i) )
        {
            fprintf(to, PLAIN_BYTE PLAIN_BYTE, (unsigned char)text[i],
                    (unsigned char)text[i + 1]);
            i++;
        }
        else if ( is_control(text[i]) )
            fprintf(to, PLAIN_BYTE, (unsigned char)text[i]);
        else
            fputc(text[i], to);
}

/* The same of JSON, whose writer has escaped those below U+0020. */
static void print_json_part(FILE *to, const char *text, size_t nr)
{
    for ( size_t i = 0; i < nr; i++ )
        if ( is_c1(text + i, nr - i) )
            fprintf(to, JSON_BYTE, (unsigned char)text[++i]);
        else if ( text[i] == 0x7f )
            fprintf(to, JSON_BYTE, 0x7f);
        else
            fputc(text[i], to);
}

void print_visible(FILE *to, const char *text)
{
    size_t nr = strlen(text), good = nr;

    while ( !utf8_is_valid(text, nr, &good) )
    {
        print_plain(to, text, good);
        fprintf(to, PLAIN_BYTE, (unsigned char)text[good]);
        text += good + 1;
        nr -= good + 1;
    }
    print_plain(to, text, nr);
}

void print_json_text(FILE *to, const char *text)
{
    size_t nr = strlen(text), good = nr;

    while ( !utf8_is_valid(text, nr, &good) )
    {
        print_json_part(to, text, good);
        fprintf(to, JSON_BYTE, 0xfffd);
        text += good + 1;
        nr -= good + 1;
    }
    print_json_part(to, text, nr);
    fputc('\n', to);
}

static void vprint_line(FILE *to, const char *fmt, va_list args)
{
    char *text;

    if ( vasprintf(&text, fmt, args) < 0 )
        fputs("out of memory", to);
    else
    {
        print_visible(to, text);
        free(text);
    }
    fputc('\n', to);
}

void print_line(FILE *to, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    vprint_line(to, fmt, args);
    va_end(args);
}

int command_usage(const char *name, const char *fmt, ...)
{
    va_list args;

    fprintf(stderr, "xl-cpupolicy %s: ", name);
    va_start(args, fmt);
    vprint_line(stderr, fmt, args);
    va_end(args);
    fprintf(stderr, "Try 'xl-cpupolicy %s --help'.\n", name);

    return EXIT_USAGE;
}

int command_failed(const char *file, const cpupolicy_error *err)
{
    fprintf(stderr, "xl-cpupolicy: ");
    if ( file )
    {
        print_visible(stderr, file);
        fputc(':', stderr);
    }
    if ( file && err->line )
        fprintf(stderr, "%" PRIu32 ":", err->line);
    if ( file && err->line && err->column )
        fprintf(stderr, "%" PRIu32 ":", err->column);
    print_line(stderr, "%s%s", file ? " " : "", err->message);

    return EXIT_NO_ANSWER;
}

int finish(int status)
{
    if ( !fflush(stdout) && !ferror(stdout) )
        return status;

    fprintf(stderr, "xl-cpupolicy: cannot write the result: %s\n",
            strerror(errno));

    return EXIT_NO_ANSWER;
}
