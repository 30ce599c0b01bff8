/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Boot options, of --cmdline and of the cmdline command. */

#include "common.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN 48        /* of a word that a message quotes */

struct check {
    const char *command, *where, *text;
    struct json_object *errors;
    size_t end;                 /* of the last word that is none of ours */
    bool ours;                  /* there is one that is */
};

/* Between `end` and `position` there are blanks, or a word of ours. */
static void skip_to(struct check *c, size_t position)
{
    while ( c->end < position && isspace((unsigned char)c->text[c->end]) )
        c->end++;
    c->ours |= c->end < position;
}

static void bad_element(void *ctx, size_t position, size_t len,
                        const char *message)
{
    const struct check *c = ctx;
    struct json_object *o;

    (void)len;
    print_line(stderr, "xl-cpupolicy %s: %sposition %zu: %s", c->command,
               c->where, position + 1, message);
    if ( !c->errors )
        return;

    o = json_object_new_object();
    json_object_object_add(o, "position",
                           json_object_new_int64(position + 1));
    json_object_object_add(o, "message", json_object_new_string(message));
    json_object_array_add(c->errors, o);
}

/* Without case and separators, which is what mistakes are made in. */
static bool is_meant(const char *word, size_t len, const char *letters)
{
    for ( size_t i = 0; i < len && word[i] != '='; i++ )
        if ( word[i] != '-' && word[i] != '_' &&
             tolower((unsigned char)word[i]) != *letters++ )
            return false;

    return !*letters;
}

static void other_option(void *ctx, size_t position, size_t len)
{
    struct check *c = ctx;
    const char *word = c->text + position;
    const char *meant = is_meant(word, len, "cpuid") ? "cpuid"
                      : is_meant(word, len, "dom0cpuid") ? "dom0-cpuid"
                                                         : NULL;

    skip_to(c, position);
    c->end = position + len;
    print_line(stderr, "xl-cpupolicy: note: %sposition %zu: '%.*s%s' is no "
               "option of CPU policies, ignored%s%s%s", c->where,
               position + 1, len > SHOWN ? SHOWN : (int)len, word,
               len > SHOWN ? "..." : "", meant ? "; did you mean " : "",
               meant ? meant : "", meant ? "=?" : "");
}

int boot_options_check(const char *command, const char *where,
                       const char *text, struct json_object *errors,
                       bool *any)
{
    struct check c = { command, where, text, errors, 0, false };
    int rc = cpupolicy_cmdline_check(text, bad_element, other_option, &c);

    skip_to(&c, strlen(text));
    if ( any )
        *any = c.ours;

    return rc;
}

int request_add_cmdline(struct request *r, const char *more)
{
    static char *all;           /* as long as the command runs */
    char *both;

    if ( asprintf(&both, "%s%s%s", all ? all : "", all ? " " : "", more) < 0 )
    {
        fprintf(stderr, "xl-cpupolicy: out of memory\n");
        return EXIT_NO_ANSWER;
    }

    free(all);
    r->options.cmdline = all = both;

    return EXIT_YES;
}
