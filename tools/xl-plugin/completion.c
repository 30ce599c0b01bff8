/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Completion for bash, out of the command table: options are read from the
 * help texts, so that what is offered is what help names.
 */

#include "cli.h"
#include "common.h"

#include <string.h>

static void print_word(const char *word, int len)
{
    printf(" %.*s", len, word);
}

/* Options named in a help text: "--from", "-o" ... */
static void print_options(const char *help)
{
    const char *line = help;

    while ( line )
    {
        const char *s = line + strspn(line, " ");
        size_t len = strcspn(s, " ,=\n");

        while ( s > line && *s == '-' && len > 1 )
        {
            print_word(s, len);
            s += len;
            s += strspn(s, ", ");
            len = strcspn(s, " ,=\n");
        }

        line = strchr(line, '\n');
        if ( line )
            line++;
    }
}

/* A row of a `case`; the pattern has been printed, the words follow. */
static void begin_words(void)
{
    printf(") words=\"");
}

static void end_words(void)
{
    printf("\" ;;\n");
}

/* Every subcommand of every group: the first two words of the pattern. */
static void each_subcommand(void (*fn)(const char *group,
                                       const struct cli_command *sub))
{
    for ( size_t i = 0; i < nr_commands; i++ )
        for ( size_t j = 0; commands[i].group &&
                            j < commands[i].group->nr_commands; j++ )
            fn(commands[i].name, &commands[i].group->commands[j]);
}

/* "list|get|set ...": the subcommands, as the synopsis has them. */
static void print_verbs(const struct command *c)
{
    size_t len = strcspn(c->synopsis, " ");

    if ( !memchr(c->synopsis, '|', len) )
        return;

    printf("        %s", c->name);
    begin_words();
    for ( size_t i = 0; i < len; i++ )
        putchar(c->synopsis[i] == '|' ? ' ' : c->synopsis[i]);
    printf(c->group ? " help" : "");
    end_words();
}

/* "  -o FORM    text json": what can follow -o. */
static void print_forms(const struct command *c)
{
    const char *forms = strstr(c->help, "  -o FORM");

    if ( !forms )
        return;
    forms += strlen("  -o FORM");
    forms += strspn(forms, " ");
    printf("        '%s '*' -o'|'%s '*' --output'", c->name, c->name);
    begin_words();
    printf("%.*s", (int)strcspn(forms, "\n"), forms);
    end_words();
}

/* Each verb of `domain` has its own; a row before the command's one. */
static void print_verb_forms(void)
{
    const char *name;
    unsigned int forms;

    for ( size_t v = 0; (name = domain_verb(v, &forms)); v++ )
    {
        printf("        'domain %s -o'|'domain %s --output'", name, name);
        begin_words();
        for ( unsigned int f = FORM_TEXT; f <= FORM_XML; f++ )
            if ( forms & (1u << f) )
                print_word(form_names[f], strlen(form_names[f]));
        end_words();
    }
}

static void print_choices(const char *group, const struct cli_command *sub)
{
    for ( size_t i = 0; i < sub->nr_options; i++ )
    {
        const struct cli_option *o = &sub->options[i];

        if ( !o->choices )
            continue;
        printf("        '%s %s --%s'", group, sub->name, o->name);
        if ( o->letter )
            printf("|'%s %s -%c'", group, sub->name, o->letter);
        begin_words();
        for ( size_t c = 0; o->choices[c]; c++ )
            printf("%s%s", c ? " " : "", o->choices[c]);
        end_words();
    }
}

static void print_suboptions(const char *group, const struct cli_command *sub)
{
    printf("        '%s %s'", group, sub->name);
    begin_words();
    printf("-h --help");
    for ( size_t i = 0; i < sub->nr_options; i++ )
    {
        if ( sub->options[i].letter )
            printf(" -%c", sub->options[i].letter);
        printf(" --%s", sub->options[i].name);
    }
    end_words();
}

static void print_policies(void)
{
    for ( int w = 0; w < CPUPOLICY_NR; w++ )
        printf("%s%s", w ? " " : "", cpupolicy_which_name(w));
}

static void print_notes_words(void)
{
    for ( unsigned int i = NOTES_SHORT; i <= NOTES_NONE; i++ )
        print_word(notes_name(i), strlen(notes_name(i)));
}

static void print_facts(void)
{
    const char *name, *meaning;

    for ( size_t i = 0; (name = cpupolicy_platform_fact(i, &meaning)); i++ )
        printf(" %s=", name);
}

/* After an option whose values are known. */
static void print_values(void)
{
    printf("    case \"$command $sub $prev\" in\n");
    each_subcommand(print_choices);
    print_verb_forms();
    for ( size_t i = 0; i < nr_commands; i++ )
        print_forms(&commands[i]);
    printf("        *' --from') words=\"native xen kvm\" files=1 ;;\n"
           "        *' --state') files=1 ;;\n"
           "        *' --type') words=\"pv hvm\" ;;\n"
           "        *' --policy'");
    begin_words();
    print_policies();
    end_words();
    printf("        *' --notes'");
    begin_words();
    print_notes_words();
    end_words();
    printf("        *' --platform'");
    begin_words();
    print_facts();
    end_words();
    printf("        *' --cmdline') words=\"cpuid= dom0-cpuid=\" ;;\n"
           "        *' --phys-bits') : ;;\n"
           "        *) return 1 ;;\n"
           "    esac\n");
}

static void print_all_options(void)
{
    printf("    case \"$command $sub\" in\n");
    each_subcommand(print_suboptions);
    for ( size_t i = 0; i < nr_commands; i++ )
    {
        printf("        %s' '*", commands[i].name);
        begin_words();
        if ( commands[i].group )
            printf("-h --help");
        else
            print_options(commands[i].help);
        end_words();
    }
    printf("    esac\n");
}

/* What is no option. */
static void print_arguments(void)
{
    printf("    case $command in\n"
           "        show|diff) words=\"");
    print_policies();
    end_words();
    printf("        explain) words=\"");
    for ( size_t f = 0; f < cpupolicy_nr_features(); f++ )
        printf("%s%s", f ? " " : "", cpupolicy_feature_name(f));
    end_words();
    printf("        *) files=1 ;;\n"
           "    esac\n");
}

static void print_function(const char *name, void (*body)(void))
{
    printf("_xl_cpupolicy_%s()\n{\n", name);
    body();
    printf("}\n\n");
}

static void print_subcommands(void)
{
    printf("    case $command in\n");
    for ( size_t i = 0; i < nr_commands; i++ )
        print_verbs(&commands[i]);
    printf("        *) return 1 ;;\n    esac\n");
}

/*
 * `compgen -W` expands its words as a shell does, "$(...)" included: only
 * words of this file go through it.  Names of files go from `compgen -f` to
 * the answer, a line each.  "--notes=all" is three words to readline.
 */
static const char answer[] =
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
    "}\n\n";

static const char begin[] =
    "_xl_cpupolicy()\n{\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} words= files=\n"
    "    local prev=${COMP_WORDS[COMP_CWORD-1]}\n"
    "    local command=${COMP_WORDS[1]} sub=${COMP_WORDS[2]}\n"
    "    if [ \"$cur\" = = ]; then\n        cur=\n"
    "    elif [ \"$prev\" = = ]; then\n"
    "        prev=${COMP_WORDS[COMP_CWORD-2]}\n    fi\n"
    "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n        words=\"";

static const char end[] =
    "--help --version\"\n"
    "    elif _xl_cpupolicy_values; then\n        :\n"
    "    elif [ \"${cur#-}\" != \"$cur\" ]; then\n"
    "        _xl_cpupolicy_options\n"
    "    elif [ \"$COMP_CWORD\" -ne 2 ] || ! _xl_cpupolicy_subcommands; then\n"
    "        _xl_cpupolicy_arguments\n"
    "    fi\n"
    "    _xl_cpupolicy_answer\n}\n"
    "complete -F _xl_cpupolicy xl-cpupolicy\n";

void print_completion(void)
{
    printf("# bash completion of xl-cpupolicy; generated by "
           "'xl-cpupolicy reference bash'\n");
    print_function("values", print_values);
    print_function("options", print_all_options);
    print_function("subcommands", print_subcommands);
    print_function("arguments", print_arguments);
    fputs(answer, stdout);
    fputs(begin, stdout);
    for ( size_t i = 0; i < nr_commands; i++ )
        printf("%s ", commands[i].name);
    fputs(end, stdout);
}
