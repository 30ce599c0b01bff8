/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the tables say of themselves, for other readers than people at a
 * terminal: the manual page's sections, and completion of shells.
 */

#include "args.h"
#include "common.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static void print_summary(const char *summary)
{
    printf("%c%s.\n\n", toupper((unsigned char)summary[0]), summary + 1);
}

/* Verbatim, so that columns survive; the "Usage:" line is the heading. */
static void print_verbatim(const char *text)
{
    for ( const char *s = text; *s; s++ )
    {
        if ( (s == text || s[-1] == '\n') && *s != '\n' )
            fputs("  ", stdout);
        putchar(*s);
    }
    putchar('\n');
}

/* The help of a command without its first line. */
static int print_help(const struct command *c)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);

    if ( !f )
        return EXIT_NO_ANSWER;
    help_command(f, c);
    if ( fclose(f) )
        return EXIT_NO_ANSWER;
    print_verbatim(strstr(text, "\n\n") + 2);
    free(text);

    return EXIT_YES;
}

static int print_command(const struct command *c)
{
    char title[32];

    printf("=head%d xl-cpupolicy %s%s%s [options]\n\n", c->group ? 3 : 2,
           command_title(c, title, sizeof(title)), *c->arguments ? " " : "",
           c->arguments);
    print_summary(c->summary);

    return print_help(c);
}

static void print_group(const struct command_group *g)
{
    const char *bar = "";

    printf("=head2 xl-cpupolicy %s ", g->name);
    for ( size_t i = 0; i < NR_COMMANDS; i++ )
        if ( commands[i].group == g )
        {
            printf("%s%s", bar, commands[i].name);
            bar = "|";
        }
    printf(" ...\n\n");
    print_summary(g->summary);
    print_verbatim(g->text);
}

static int print_pod(void)
{
    const struct command_group *last = NULL;
    int status = EXIT_YES;

    for ( size_t i = 0; !status && i < NR_COMMANDS; i++ )
    {
        if ( commands[i].group && commands[i].group != last )
            print_group(commands[i].group);
        last = commands[i].group;
        status = print_command(&commands[i]);
    }

    return status;
}

static int print_facts(void)
{
    const char *name, *meaning;

    for ( size_t i = 0; (name = cpupolicy_platform_fact(i, &meaning)); i++ )
        printf("  %-20s %s\n", name, meaning);

    return EXIT_YES;
}

int cmd_reference(const struct args *args)
{
    int status = EXIT_YES;

    switch ( args->command - commands )
    {
    case CMD_REFERENCE_POD:   status = print_pod(); break;
    case CMD_REFERENCE_FACTS: status = print_facts(); break;
    case CMD_REFERENCE_BASH:  complete_bash(); break;
    case CMD_REFERENCE_ZSH:   complete_zsh(); break;
    default:                  complete_fish(); break;
    }

    return finish(status);
}
