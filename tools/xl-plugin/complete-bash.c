/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Completion for bash, out of the tables. */

#include "common.h"
#include "options.h"

#include <string.h>

/* A row of a `case`: the pattern has been printed, what it means follows. */
static void print_meaning(enum value_kind kind, const struct command *c)
{
    const char *word;

    printf(") words=\"");
    for ( size_t n = 0; (word = value_word(kind, c, n)); n++ )
        printf("%s%s%s", n ? " " : "", word,
               kind == VALUE_FACTS ? "=" : "");
    printf("\"%s ;;\n", value_may_be_file(kind) ? " files=1" : "");
}

/* 'show --output'|'show -o', after `bar`. */
static void print_pattern(const char *bar, const struct command *c,
                          const struct option_row *o)
{
    char title[32];

    command_title(c, title, sizeof(title));
    printf("%s'%s --%s'", bar, title, o->name);
    if ( o->letter )
        printf("|'%s -%c'", title, o->letter);
}

/* After an option that takes a value.  Forms are each command's own. */
static void print_values_of(const struct option_row *o)
{
    const struct command *last = NULL;

    for ( size_t i = 0; i < NR_COMMANDS; i++ )
    {
        if ( !option_taken(o, &commands[i]) )
            continue;
        if ( last && o->kind == VALUE_FORM )
        {
            print_meaning(o->kind, last);
            last = NULL;
        }
        print_pattern(last ? "|" : "        ", &commands[i], o);
        last = &commands[i];
    }
    if ( last )
        print_meaning(o->kind, last);
}

static void print_values(void)
{
    printf("    case \"$title $prev\" in\n");
    for ( size_t i = 0; i < NR_OPTIONS; i++ )
        if ( option_rows[i].kind != VALUE_NONE )
            print_values_of(&option_rows[i]);
    printf("        *) return 1 ;;\n    esac\n");
}

static void print_options(void)
{
    char title[32];

    printf("    words=\"-h --help\"\n    case $title in\n");
    for ( size_t i = 0; i < NR_COMMANDS; i++ )
    {
        printf("        '%s') words=\"",
               command_title(&commands[i], title, sizeof(title)));
        for ( size_t o = 0; o < NR_OPTIONS; o++ )
        {
            if ( !option_taken(&option_rows[o], &commands[i]) )
                continue;
            printf("--%s ", option_rows[o].name);
            if ( option_rows[o].letter )
                printf("-%c ", option_rows[o].letter);
        }
        printf("\" ;;\n");
    }
    printf("    esac\n");
}

static void print_subcommands(void)
{
    const struct command_group *g;

    printf("    case $command in\n");
    for ( size_t n = 0; (g = command_group(n)); n++ )
    {
        printf("        %s) words=\"", g->name);
        for ( size_t i = 0; i < NR_COMMANDS; i++ )
            if ( commands[i].group == g )
                printf("%s ", commands[i].name);
        printf("help\" ;;\n");
    }
    printf("        *) return 1 ;;\n    esac\n");
}

static void print_arguments(void)
{
    char title[32];

    printf("    case $title in\n");
    for ( size_t i = 0; i < NR_COMMANDS; i++ )
    {
        printf("        '%s'",
               command_title(&commands[i], title, sizeof(title)));
        print_meaning(commands[i].kind, &commands[i]);
    }
    printf("    esac\n");
}

static void print_first_words(void)
{
    const struct command_group *g;

    printf("    words=\"--help --version help");
    for ( size_t i = 0; i < NR_COMMANDS; i++ )
        if ( !commands[i].group )
            printf(" %s", commands[i].name);
    for ( size_t n = 0; (g = command_group(n)); n++ )
        printf(" %s", g->name);
    printf("\"\n");
}

static void print_function(const char *name, void (*body)(void))
{
    printf("_xl_cpupolicy_%s()\n{\n", name);
    body();
    printf("}\n\n");
}

/*
 * `compgen -W` expands its words as a shell does, "$(...)" included: only
 * words of this file go through it.  Names of files go from `compgen -f` to
 * the answer, a line each.  "--notes=all" is three words to readline.
 */
static const char rest[] =
    "_xl_cpupolicy_answer()\n{\n"
    "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
    "    case ${COMPREPLY[0]} in\n"
    "        *=) compopt -o nospace 2> /dev/null ;;\n"
    "    esac\n"
    "    if [ \"$files\" ]; then\n"
    "        compopt -o filenames 2> /dev/null\n"
    "        mapfile -t -O \"${#COMPREPLY[@]}\" COMPREPLY "
    "< <(compgen -f -- \"$cur\")\n"
    "    fi\n"
    "}\n\n"
    "_xl_cpupolicy()\n{\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} words= files=\n"
    "    local prev=${COMP_WORDS[COMP_CWORD-1]}\n"
    "    local command=${COMP_WORDS[1]} title=${COMP_WORDS[1]}\n"
    "    if [ \"$cur\" = = ]; then\n        cur=\n"
    "    elif [ \"$prev\" = = ]; then\n"
    "        prev=${COMP_WORDS[COMP_CWORD-2]}\n    fi\n"
    "    _xl_cpupolicy_subcommands && title=\"$command ${COMP_WORDS[2]}\"\n"
    "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        _xl_cpupolicy_first\n"
    "    elif _xl_cpupolicy_values; then\n        :\n"
    "    elif [ \"${cur#-}\" != \"$cur\" ]; then\n"
    "        _xl_cpupolicy_options\n"
    "    elif [ \"$COMP_CWORD\" -ne 2 ] || ! _xl_cpupolicy_subcommands; then\n"
    "        _xl_cpupolicy_arguments\n"
    "    fi\n"
    "    _xl_cpupolicy_answer\n}\n"
    "complete -F _xl_cpupolicy xl-cpupolicy\n";

void complete_bash(void)
{
    printf("# bash completion of xl-cpupolicy; generated by "
           "'xl-cpupolicy reference bash'\n");
    print_function("first", print_first_words);
    print_function("values", print_values);
    print_function("options", print_options);
    print_function("subcommands", print_subcommands);
    print_function("arguments", print_arguments);
    fputs(rest, stdout);
}
