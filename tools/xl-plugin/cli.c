/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Groups of subcommands: parsing and help out of one table. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "command.h"

#define MAX_OPTIONS 16

struct parser {
    char name[64];              /* "template dump", for messages */
    const struct cli_command *command;
    struct cli_values values[MAX_OPTIONS + 1];
    char letters[2 + 2 * MAX_OPTIONS + 2];
    struct option longs[MAX_OPTIONS + 2];
};

/* ---- help ------------------------------------------------------------ */

static void print_option(FILE *to, const struct cli_option *o)
{
    char left[64];

    snprintf(left, sizeof(left), "%c%c%c --%s%s%s%s", o->letter ? '-' : ' ',
             o->letter ?: ' ', o->letter ? ',' : ' ', o->name,
             o->metavar ? " " : "", o->metavar ?: "",
             o->kind == CLI_VALUES ? "..." : "");
    fprintf(to, "  %-24s %s%s\n", left, o->help,
            o->required ? " (required)" : "");
}

static void print_command_help(FILE *to, const struct cli_group *group,
                               const struct cli_command *c)
{
    fprintf(to, "Usage: xl-cpupolicy %s %s [OPTIONS]%s\n\n%s.\n\n",
            group->name, c->name, c->takes_paths ? " FILE..." : "",
            c->summary);
    if ( c->text )
        fprintf(to, "%s\n", c->text);

    for ( size_t i = 0; i < c->nr_options; i++ )
        print_option(to, &c->options[i]);
    print_option(to, &(struct cli_option){
        .letter = 'h', .name = "help", .help = "print this",
    });
}

static void print_group_help(FILE *to, const struct cli_group *group)
{
    fprintf(to, "Usage: xl-cpupolicy %s COMMAND [OPTIONS]\n\n", group->name);
    for ( size_t i = 0; i < group->nr_commands; i++ )
        fprintf(to, "  %-10s %s\n", group->commands[i].name,
                group->commands[i].summary);
    fprintf(to, "  %-10s %s\n", "help", "Print this, or a command's help");
}

void cli_print_help(FILE *to, const struct cli_group *group)
{
    for ( size_t i = 0; i < group->nr_commands; i++ )
    {
        if ( i )
            fputc('\n', to);
        print_command_help(to, group, &group->commands[i]);
    }
}

/* ---- parsing --------------------------------------------------------- */

static void set_up(struct parser *p, const char *group, int argc)
{
    const struct cli_command *c = p->command;
    char *letter = p->letters;

    snprintf(p->name, sizeof(p->name), "%s %s", group, c->name);

    /* Stop at the first argument that is none; do not print. */
    *letter++ = '+';
    *letter++ = ':';
    for ( size_t i = 0; i < c->nr_options; i++ )
    {
        const struct cli_option *o = &c->options[i];
        int argument = o->kind == CLI_FLAG ? no_argument : required_argument;

        p->longs[i] = (struct option){ o->name, argument, NULL, 0 };
        if ( !o->letter )
            continue;
        *letter++ = o->letter;
        if ( argument == required_argument )
            *letter++ = ':';
    }
    p->longs[c->nr_options] = (struct option){ "help", no_argument, NULL, 0 };
    *letter++ = 'h';
    *letter = '\0';

    for ( size_t i = 0; i <= c->nr_options; i++ )
        p->values[i].values = calloc(argc, sizeof(char *));
}

static bool set_up_failed(const struct parser *p)
{
    for ( size_t i = 0; i <= p->command->nr_options; i++ )
        if ( !p->values[i].values )
            return true;

    return false;
}

static bool looks_like_option(const char *arg)
{
    return arg[0] == '-' && arg[1];
}

static int check_value(const struct parser *p, const struct cli_option *o,
                       const char *value)
{
    if ( !*value && !o->may_be_empty )
        return command_usage(p->name, "a value is required for '--%s <%s>' "
                             "but none was supplied", o->name, o->metavar);

    for ( size_t i = 0; o->choices; i++ )
    {
        if ( !o->choices[i] )
            return command_usage(p->name, "invalid value '%s' for '--%s "
                                 "<%s>'", value, o->name, o->metavar);
        if ( !strcmp(o->choices[i], value) )
            break;
    }

    return 0;
}

static int take_value(struct parser *p, size_t i, const char *value)
{
    int status = check_value(p, &p->command->options[i], value);

    if ( !status )
        p->values[i].values[p->values[i].nr++] = value;

    return status;
}

/* The value, and those that follow if the option takes several. */
static int take_values(struct parser *p, size_t i, int argc, char **argv)
{
    const struct cli_option *o = &p->command->options[i];
    bool separate = optarg == argv[optind - 1];
    const char *first = optarg;
    unsigned int nr = 1;
    int status;

    if ( separate && looks_like_option(first) )
        return command_usage(p->name, "a value is required for '--%s <%s>' "
                             "but none was supplied (one that starts with "
                             "'-' follows a '=')", o->name, o->metavar);

    if ( o->kind == CLI_VALUE && p->values[i].nr )
        return command_usage(p->name, "the argument '--%s <%s>' cannot be "
                             "used multiple times", o->name, o->metavar);

    /* "-o=FILE" is "-oFILE" to the original. */
    if ( !separate && first == argv[optind - 1] + 2 && *first == '=' )
        first++;

    status = take_value(p, i, first);
    for ( ; !status && separate && o->kind == CLI_VALUES && optind < argc &&
            !looks_like_option(argv[optind]); nr++ )
        status = take_value(p, i, argv[optind++]);

    if ( !status && nr < o->least )
        status = command_usage(p->name, "%u values required by '--%s <%s> "
                               "<%s>...'; only %u was provided", o->least,
                               o->name, o->metavar, o->metavar, nr);

    return status;
}

static int take_option(struct parser *p, int c, int longindex, int argc,
                       char **argv)
{
    size_t i = longindex;

    if ( c )
        for ( i = 0; i < p->command->nr_options; i++ )
            if ( p->command->options[i].letter == c )
                break;

    if ( p->command->options[i].kind == CLI_FLAG )
    {
        p->values[i].nr++;
        return 0;
    }

    return take_values(p, i, argc, argv);
}

/* getopt takes any beginning of a long option's name: that is undone here. */
static bool is_abbreviation(const struct parser *p, const char *arg,
                            int longindex)
{
    const char *name = p->longs[longindex].name;

    return strncmp(arg, "--", 2) ||
           strcspn(arg + 2, "=") != strlen(name) ||
           strncmp(arg + 2, name, strlen(name));
}

static int check_required(const struct parser *p)
{
    for ( size_t i = 0; i < p->command->nr_options; i++ )
    {
        const struct cli_option *o = &p->command->options[i];

        if ( o->required && !p->values[i].nr )
            return command_usage(p->name, "the following required arguments "
                                 "were not provided: --%s <%s>", o->name,
                                 o->metavar);
    }

    return 0;
}

/* getopt's answer `c` for the argument that stood at argv[at]. */
static int parse_step(struct parser *p, int c, int longindex, int at,
                      int argc, char **argv)
{
    if ( c == ':' )
        return command_usage(p->name, "a value is required for '%s' but none "
                             "was supplied", argv[at]);

    if ( c == '?' || (!c && is_abbreviation(p, argv[at], longindex)) )
        return command_usage(p->name, "unexpected argument '%s' found",
                             argv[at]);

    return take_option(p, c, longindex, argc, argv);
}

/* -1: go on and run; else the exit status. */
static int parse(struct parser *p, const struct cli_group *group, int argc,
                 char **argv)
{
    struct cli_values *paths = &p->values[p->command->nr_options];
    int c, longindex = 0, at = 1, status = 0;

    opterr = 0;
    optind = 0;
    while ( !status )
    {
        c = getopt_long(argc, argv, p->letters, p->longs, &longindex);
        if ( c == 'h' || (!c && longindex == (int)p->command->nr_options &&
                          !is_abbreviation(p, argv[at], longindex)) )
        {
            print_command_help(stdout, group, p->command);
            return finish(EXIT_YES);
        }

        if ( c >= 0 )
            status = parse_step(p, c, longindex, at, argc, argv);
        else if ( optind < argc && p->command->takes_paths )
            paths->values[paths->nr++] = argv[optind++];
        else if ( optind < argc )
            status = command_usage(p->name, "unexpected argument '%s' found",
                                   argv[optind]);
        else
            break;
        at = optind;
    }

    return status ?: check_required(p) ?: -1;
}

static int run_command(const struct cli_group *group,
                       const struct cli_command *command, int argc,
                       char **argv)
{
    struct parser p = { .command = command };
    int status;

    set_up(&p, group->name, argc);
    if ( set_up_failed(&p) )
    {
        fprintf(stderr, "xl-cpupolicy: out of memory\n");
        status = EXIT_NO;       /* the original knows no other failure */
    }
    else
        status = parse(&p, group, argc, argv);

    if ( status < 0 )
        status = command->run(p.values);

    for ( size_t i = 0; i <= command->nr_options; i++ )
        free(p.values[i].values);

    return status;
}

static const struct cli_command *find(const struct cli_group *group,
                                      const char *name)
{
    for ( size_t i = 0; i < group->nr_commands; i++ )
        if ( !strcmp(group->commands[i].name, name) )
            return &group->commands[i];

    return NULL;
}

int cli_run(const struct cli_group *group, int argc, char **argv)
{
    const struct cli_command *c = NULL;
    bool help;

    if ( argc < 2 )
    {
        print_group_help(stderr, group);
        return EXIT_USAGE;
    }

    help = !strcmp(argv[1], "help");
    if ( !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") ||
         (help && argc == 2) )
    {
        print_group_help(stdout, group);
        return finish(EXIT_YES);
    }

    c = find(group, argv[help ? 2 : 1]);
    if ( !c )
        return command_usage(group->name, "unrecognized subcommand '%s'",
                             argv[help ? 2 : 1]);

    if ( !help )
        return run_command(group, c, argc - 1, argv + 1);

    print_command_help(stdout, group, c);

    return finish(EXIT_YES);
}
