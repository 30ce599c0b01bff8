/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Help of every level, out of the tables. */
#include <string.h>

#include "options.h"

#define LEFT 26                 /* columns of "  -o, --output FORM" */

void help_overview(FILE *to)
{
    const struct command_group *last = NULL;

    fprintf(to, "Usage: xl-cpupolicy COMMAND ...\n\n");
    for ( size_t i = 0; i < NR_COMMANDS; i++ )
    {
        const struct command_group *g = commands[i].group;

        if ( g && g == last )
            continue;
        last = g;
        fprintf(to, "  %-12s %s\n", g ? g->name : commands[i].name,
                g ? g->summary : commands[i].summary);
    }
    fprintf(to, "\n'xl-cpupolicy COMMAND --help' tells more.\n");
}

void help_group(FILE *to, const struct command_group *g)
{
    fprintf(to, "Usage: xl-cpupolicy %s COMMAND ...\n\n", g->name);
    for ( size_t i = 0; i < NR_COMMANDS; i++ )
        if ( commands[i].group == g )
            fprintf(to, "  %-10s %s\n", commands[i].name,
                    commands[i].summary);
    fprintf(to, "\n%s\n  -h, --help              this text; with a command "
            "before it, that one's\n", g->text);
}

/* Further lines below the first one. */
static void print_lines(FILE *to, const char *text)
{
    for ( ; *text; text++ )
    {
        fputc(*text, to);
        if ( *text == '\n' )
            fprintf(to, "%*s", LEFT, "");
    }
}

static void print_option(FILE *to, const struct option_row *o,
                         const struct command *c)
{
    char left[64];
    const char *word;

    snprintf(left, sizeof(left), "  %c%c%c --%s%s%s%s", o->letter ? '-' : ' ',
             o->letter ?: ' ', o->letter ? ',' : ' ', o->name,
             o->metavar ? " " : "", o->metavar ?: "", o->least ? "..." : "");
    fprintf(to, "%-*s", LEFT, left);
    if ( strlen(left) >= LEFT )
        fprintf(to, "\n%*s", LEFT, "");
    if ( o->help )
        print_lines(to, o->help);
    for ( size_t n = 0; !o->help && (word = value_word(o->kind, c, n)); n++ )
        fprintf(to, "%s%s", n ? " " : "", word);
    fprintf(to, "%s\n", o->required ? " (required)" : "");
}

void help_command(FILE *to, const struct command *c)
{
    char title[32];

    fprintf(to, "Usage: xl-cpupolicy %s%s%s [OPTIONS]\n\n",
            command_title(c, title, sizeof(title)), *c->arguments ? " " : "",
            c->arguments);
    if ( c->text )
        fprintf(to, "%s\n", c->text);

    for ( size_t i = 0; i < NR_OPTIONS; i++ )
        if ( option_taken(&option_rows[i], c) )
            print_option(to, &option_rows[i], c);
}
