/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One parser for all commands.  Not getopt_long(): that takes any beginning
 * of a name for the option, and what is short for one option today is short
 * for two tomorrow.
 */
#include <stdlib.h>
#include <string.h>

#include "args.h"

struct parser {
    struct args *args;
    int argc, at;
    char **argv;
};

const char *arg_value(const struct args *a, enum option_id id)
{
    return a->options[id].nr ? a->options[id].values[0] : NULL;
}

bool arg_given(const struct args *a, enum option_id id)
{
    return a->options[id].nr;
}

void args_dispose(struct args *a)
{
    free(a->memory);
    memset(a, 0, sizeof(*a));
}

static bool as_original(const struct parser *p)
{
    return p->args->command->as_original;
}

/* ---- messages: the original's where its grammar is ---------------------- */

/* `arg` is an option for none, or for others of its group. */
static int unknown(const struct parser *p, const char *arg)
{
    const struct command *self = p->args->command;
    size_t len = strcspn(arg + 2, "=");

    if ( as_original(p) )
        return command_usage(p->args->title, "unexpected argument '%s' found",
                             arg);

    for ( size_t i = 0; !strncmp(arg, "--", 2) && i < NR_COMMANDS; i++ )
    {
        if ( !option_find(&commands[i], arg + 2, len) )
            continue;
        if ( !self->group )
            return command_usage(p->args->title, "has no option '%.*s'",
                                 (int)len + 2, arg);
        if ( commands[i].group == self->group )
            return command_usage(p->args->title, "%.*s is for %s, not for %s",
                                 (int)len + 2, arg, commands[i].name,
                                 self->name);
    }

    return command_usage(p->args->title, "no option '%s'", arg);
}

static int no_value(const struct parser *p, const struct option_row *o,
                    const char *more)
{
    if ( !as_original(p) )
        return command_usage(p->args->title, "option '--%s' needs a value%s",
                             o->name, more);

    return command_usage(p->args->title, "a value is required for '--%s <%s>' "
                         "but none was supplied%s", o->name, o->metavar, more);
}

static int given_twice(const struct parser *p, const struct option_row *o)
{
    if ( !as_original(p) )
        return command_usage(p->args->title, "'--%s' is given twice",
                             o->name);

    return command_usage(p->args->title, "the argument '--%s <%s>' cannot be "
                         "used multiple times", o->name, o->metavar);
}

/* "short, all or none" */
static void list_words(const struct option_row *o, const struct command *c,
                       char *out, size_t size)
{
    const char *word, *next = value_word(o->kind, c, 0);

    *out = '\0';
    for ( size_t n = 1; (word = next) && strlen(out) < size; n++ )
    {
        next = value_word(o->kind, c, n);
        snprintf(out + strlen(out), size - strlen(out), "%s%s",
                 !*out ? "" : next ? ", " : " or ", word);
    }
}

static int wrong_value(const struct parser *p, const struct option_row *o,
                       const char *value)
{
    const struct command *c = p->args->command;
    char words[128];

    if ( as_original(p) )
        return command_usage(p->args->title, "invalid value '%s' for '--%s "
                             "<%s>'", value, o->name, o->metavar);
    if ( o->kind == VALUE_FORM )
        return command_usage(p->args->title, "%s has no output form '%s'",
                             c->name, value);

    list_words(o, c, words, sizeof(words));

    return command_usage(p->args->title, "--%s is %s, not '%s'", o->name,
                         words, value);
}

/* ---- values ------------------------------------------------------------- */

static bool looks_like_option(const char *arg)
{
    return arg[0] == '-' && arg[1];
}

static void add(struct arg_values *v, const char *value)
{
    v->values[v->nr++] = value;
}

static int take_value(struct parser *p, const struct option_row *o,
                      const char *value)
{
    const char *word = NULL;

    if ( !*value && as_original(p) && !o->may_be_empty )
        return no_value(p, o, "");

    for ( size_t n = 0; o->kind >= VALUE_FORM; n++ )
    {
        word = value_word(o->kind, p->args->command, n);
        if ( !word )
            return wrong_value(p, o, value);
        if ( !strcmp(word, value) )
            break;
    }
    add(&p->args->options[o - option_rows], value);

    return 0;
}

/* `attached` is what follows "=" or a letter, or NULL. */
static int take_option(struct parser *p, const struct option_row *o,
                       const char *attached)
{
    struct arg_values *v = &p->args->options[o - option_rows];
    unsigned int nr = 1;
    int status;

    if ( o->kind == VALUE_NONE )
    {
        v->nr++;
        return 0;
    }

    if ( !attached && (p->at == p->argc || (as_original(p) &&
                       looks_like_option(p->argv[p->at]))) )
        return no_value(p, o, p->at == p->argc ? ""
                        : " (one that starts with '-' follows a '=')");
    if ( v->nr && !o->accumulates )
        return given_twice(p, o);

    status = take_value(p, o, attached ?: p->argv[p->at++]);
    while ( !status && o->least && !attached && p->at < p->argc &&
            !looks_like_option(p->argv[p->at]) )
    {
        status = take_value(p, o, p->argv[p->at++]);
        nr++;
    }
    if ( !status && nr < o->least )
        status = command_usage(p->args->title, "%u values required by '--%s "
                               "<%s> <%s>...'; only %u was provided",
                               o->least, o->name, o->metavar, o->metavar, nr);

    return status;
}

static int take_long(struct parser *p, const char *arg)
{
    size_t len = strcspn(arg + 2, "=");
    const char *value = arg[2 + len] ? arg + 2 + len + 1 : NULL;
    const struct option_row *o = option_find(p->args->command, arg + 2, len);

    if ( !o )
        return unknown(p, arg);
    if ( value && o->kind == VALUE_NONE )
        return command_usage(p->args->title, "option '--%s' takes no value",
                             o->name);

    return take_option(p, o, value);
}

/* "-oFORM", "-o FORM"; "-o=FORM" is "-oFORM" to the original. */
static int take_letter(struct parser *p, const char *arg)
{
    const struct option_row *o = option_find_letter(p->args->command, arg[1]);
    const char *value = arg[2] ? arg + 2 : NULL;

    if ( !o || (value && o->kind == VALUE_NONE) )
        return unknown(p, arg);
    if ( value && *value == '=' )
        value++;

    return take_option(p, o, value);
}

static int take_argument(struct parser *p, const char *arg)
{
    if ( p->args->command->kind == VALUE_NONE )
        return command_usage(p->args->title, "unexpected argument '%s' found",
                             arg);
    add(&p->args->rest, arg);

    return 0;
}

static int check_required(const struct parser *p)
{
    for ( size_t i = 0; i < NR_OPTIONS; i++ )
        if ( option_rows[i].required && !p->args->options[i].nr &&
             option_taken(&option_rows[i], p->args->command) )
            return command_usage(p->args->title, "the following required "
                                 "arguments were not provided: --%s <%s>",
                                 option_rows[i].name, option_rows[i].metavar);

    return 0;
}

static int parse_all(struct parser *p, bool *help)
{
    bool options_ended = false;
    int status = 0;

    while ( !status && !*help && p->at < p->argc )
    {
        const char *arg = p->argv[p->at++];

        if ( options_ended || !looks_like_option(arg) )
            status = take_argument(p, arg);
        else if ( !strcmp(arg, "--") )
            options_ended = true;
        else if ( arg[1] == '-' )
            status = take_long(p, arg);
        else
            status = take_letter(p, arg);
        *help = arg_given(p->args, OPT_HELP);
    }

    return status || *help ? status : check_required(p);
}

int args_parse(struct args *a, const struct command *c, int argc,
               char **argv, bool *help)
{
    struct parser p = { .args = a, .argc = argc, .argv = argv };
    size_t nr = argc + 1;

    memset(a, 0, sizeof(*a));
    *help = false;
    a->command = c;
    command_title(c, a->title, sizeof(a->title));

    /* Each option could have been given all of the words. */
    a->memory = calloc(nr * (NR_OPTIONS + 1), sizeof(*a->memory));
    if ( !a->memory )
    {
        fprintf(stderr, "xl-cpupolicy: out of memory\n");
        return c->as_original ? EXIT_NO : EXIT_NO_ANSWER;
    }
    for ( size_t i = 0; i < NR_OPTIONS; i++ )
        a->options[i].values = a->memory + i * nr;
    a->rest.values = a->memory + NR_OPTIONS * nr;

    return parse_all(&p, help);
}
