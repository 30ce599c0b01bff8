/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xl-cpupolicy: from what was typed to the command that is meant. */

#include "args.h"
#include "common.h"

#include <string.h>

static int unknown(const char *name)
{
    print_line(stderr, "xl-cpupolicy: no command '%s'", name);
    help_overview(stderr);

    return EXIT_USAGE;
}

static int unknown_in_group(const struct command_group *g, const char *name)
{
    return command_usage(g->name, "unrecognized subcommand '%s'", name);
}

static int run(const struct command *c, int argc, char **argv)
{
    struct args a;
    bool help;
    int status = args_parse(&a, c, argc, argv, &help);

    if ( !status && help )
    {
        help_command(stdout, c);
        status = finish(EXIT_YES);
    }
    else if ( !status )
        status = c->run(&a);
    args_dispose(&a);

    return status;
}

/* "show", "template dump": print the help of it, or of the group. */
static int help_of(const char *first, const char *second)
{
    const struct command_group *g;
    const struct command *c = command_find(first, second, &g);

    if ( !c && !g )
        return unknown(first);
    if ( !c && second )
        return unknown_in_group(g, second);
    if ( c )
        help_command(stdout, c);
    else
        help_group(stdout, g);

    return finish(EXIT_YES);
}

static bool asks_for_help(const char *arg)
{
    return !strcmp(arg, "help") || !strcmp(arg, "--help") ||
           !strcmp(arg, "-h");
}

static int run_in_group(const struct command_group *g, int argc, char **argv)
{
    const struct command *c;

    if ( !argc )
    {
        help_group(stderr, g);
        return EXIT_USAGE;
    }
    if ( asks_for_help(argv[0]) )
        return help_of(g->name, argc > 1 ? argv[1] : NULL);

    c = command_find(g->name, argv[0], NULL);

    return c ? run(c, argc - 1, argv + 1) : unknown_in_group(g, argv[0]);
}

int main(int argc, char **argv)
{
    const struct command_group *g;
    const struct command *c;

    /* Messages are put together from parts: a line at a time goes out. */
    setvbuf(stderr, NULL, _IOLBF, BUFSIZ);

    if ( argc < 2 )
    {
        help_overview(stderr);
        return EXIT_USAGE;
    }

    if ( asks_for_help(argv[1]) )
    {
        if ( argc > 2 )
            return help_of(argv[2], argc > 3 ? argv[3] : NULL);
        help_overview(stdout);
        return finish(EXIT_YES);
    }

    if ( !strcmp(argv[1], "--version") )
    {
        printf("xl-cpupolicy %s\n", XL_CPUPOLICY_VERSION);
        return finish(EXIT_YES);
    }

    c = command_find(argv[1], NULL, &g);
    if ( c )
        return run(c, argc - 2, argv + 2);

    return g ? run_in_group(g, argc - 2, argv + 2) : unknown(argv[1]);
}
