/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the command table says of itself, for other readers than people at a
 * terminal: the manual page's command section, and bash's completion
 * (completion.c).
 */

#include "cli.h"
#include "common.h"

#include <ctype.h>
#include <string.h>

/* Subcommands with their options, laid out as in the other help texts. */
static void print_group(const struct cli_group *g)
{
    for ( size_t i = 0; i < g->nr_commands; i++ )
    {
        const struct cli_command *c = &g->commands[i];

        printf("\n  %s %s: %s.\n\n", g->name, c->name, c->summary);
        for ( size_t o = 0; o < c->nr_options; o++ )
        {
            const struct cli_option *opt = &c->options[o];
            char word[48];

            snprintf(word, sizeof(word), "%s%c%s--%s %s",
                     opt->letter ? "-" : "", opt->letter ? opt->letter : ' ',
                     opt->letter ? ", " : "   ", opt->name,
                     opt->metavar ? opt->metavar : "");
            printf("    %-28s %s\n", word, opt->help);
        }
    }
}

static int print_pod(void)
{
    for ( size_t i = 0; i < nr_commands; i++ )
    {
        const struct command *c = &commands[i];

        printf("=head2 xl-cpupolicy %s %s\n\n", c->name, c->synopsis);
        printf("%c%s.\n\n", toupper((unsigned char)c->summary[0]),
               c->summary + 1);
        for ( const char *s = c->help; *s; s++ )
        {
            /* Indented: verbatim, so that the columns survive. */
            if ( s == c->help || s[-1] == '\n' )
                fputs(*s == '\n' ? "" : "  ", stdout);
            putchar(*s);
        }
        if ( c->group )
            print_group(c->group);
        putchar('\n');
    }

    return EXIT_YES;
}

static int print_facts(void)
{
    const char *name, *meaning;

    for ( size_t i = 0; (name = cpupolicy_platform_fact(i, &meaning)); i++ )
        printf("  %-20s %s\n", name, meaning);

    return EXIT_YES;
}

int cmd_reference(int argc, char **argv)
{
    if ( argc == 2 && !strcmp(argv[1], "pod") )
        return finish(print_pod());
    if ( argc == 2 && !strcmp(argv[1], "facts") )
        return finish(print_facts());
    if ( argc == 2 && !strcmp(argv[1], "bash") )
    {
        print_completion();
        return finish(EXIT_YES);
    }
    if ( argc == 2 && !strcmp(argv[1], "--help") )
    {
        print_help(argv[0]);
        return finish(EXIT_YES);
    }

    return command_usage(argv[0], "needs 'pod', 'facts' or 'bash'");
}
