/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options of the commands, and the source that they name. */

#include "common.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define NR_FORMS (FORM_XML + 1)

const char *const form_names[NR_FORMS] = {
    [FORM_TEXT] = "text",             [FORM_FEATURES] = "features",
    [FORM_LEAVES] = "leaves",         [FORM_FEATURESET] = "featureset",
    [FORM_JSON] = "json",             [FORM_XML] = "xml",
};

static const struct command *self(const char *name)
{
    for ( size_t i = 0; i < nr_commands; i++ )
        if ( !strcmp(commands[i].name, name) )
            return &commands[i];

    return NULL;
}

void print_help(const char *name)
{
    const struct command *c = self(name);

    printf("Usage: xl-cpupolicy %s %s\n\n%s", c->name, c->synopsis, c->help);
}

static int parse_form(struct request *r, const char *name,
                      unsigned int forms)
{
    for ( unsigned int i = 0; i < NR_FORMS; i++ )
        if ( (forms & (1u << i)) && !strcmp(name, form_names[i]) )
        {
            r->form = i;
            return 0;
        }

    return -EINVAL;
}

enum {
    OPT_FROM = 256, OPT_CMDLINE, OPT_PLATFORM, OPT_TYPE, OPT_POLICY,
    OPT_PV32, OPT_SHADOW, OPT_NESTED, OPT_VPMU, OPT_PHYS_BITS, OPT_STATE,
    OPT_XL_CFG, OPT_DRY_RUN, OPT_NOTES,
};

static const struct option options[] = {
    { "from", required_argument, NULL, OPT_FROM },
    { "cmdline", required_argument, NULL, OPT_CMDLINE },
    { "platform", required_argument, NULL, OPT_PLATFORM },
    { "notes", required_argument, NULL, OPT_NOTES },
    { "type", required_argument, NULL, OPT_TYPE },
    { "policy", required_argument, NULL, OPT_POLICY },
    { "pv32", no_argument, NULL, OPT_PV32 },
    { "shadow", no_argument, NULL, OPT_SHADOW },
    { "nested", no_argument, NULL, OPT_NESTED },
    { "vpmu", no_argument, NULL, OPT_VPMU },
    { "phys-bits", required_argument, NULL, OPT_PHYS_BITS },
    { "state", required_argument, NULL, OPT_STATE },
    { "xl-cfg", no_argument, NULL, OPT_XL_CFG },
    { "dry-run", no_argument, NULL, OPT_DRY_RUN },
    { "output", required_argument, NULL, 'o' },
    { "help", no_argument, NULL, 'h' },
    { NULL, 0, NULL, 0 },
};

static const char *option_name(int opt)
{
    const struct option *o = options;

    while ( o->val != opt )
        o++;

    return o->name;
}

/* Does the command take this option?  Its help text says so. */
static bool takes(const struct request *r, int opt)
{
    char word[24];

    if ( opt == 'h' || opt == 'o' )
        return true;
    snprintf(word, sizeof(word), "--%s ", option_name(opt));

    return strstr(self(r->command)->help, word);
}

/* A second value would silently take the first one's place. */
static bool given_twice(struct request *r, int opt)
{
    unsigned int i = 0;
    bool again;

    while ( options[i].val != opt )
        i++;
    again = r->given & (1u << i);
    r->given |= 1u << i;

    return again && opt != OPT_CMDLINE &&
           options[i].has_arg == required_argument;
}

static int parse_phys_bits(struct request *r)
{
    char *end;
    unsigned long bits = strtoul(optarg, &end, 10);

    if ( *optarg < '0' || *optarg > '9' || *end || bits < 32 || bits > 57 )
        return command_usage(r->command, "--phys-bits is a number from 32 "
                             "to 57, not '%s'", optarg);
    r->kind.max_phys_bits = bits;

    return EXIT_YES;
}

/* EXIT_YES to go on. */
static int apply_option(struct request *r, int c, unsigned int forms)
{
    switch ( c )
    {
    case OPT_FROM:     r->from = optarg; break;
    case OPT_PLATFORM: r->options.platform = optarg; break;
    case OPT_TYPE:     r->type = optarg; break;
    case OPT_POLICY:   r->policy = optarg; break;
    case OPT_STATE:    r->state = optarg; break;
    case OPT_PV32:     r->kind.pv32 = true; break;
    case OPT_SHADOW:   r->kind.shadow = true; break;
    case OPT_NESTED:   r->kind.nested = true; break;
    case OPT_VPMU:     r->kind.vpmu = true; break;
    case OPT_XL_CFG:   r->xl_cfg = true; break;
    case OPT_DRY_RUN:  r->dry_run = true; break;
    case OPT_PHYS_BITS:
        return parse_phys_bits(r);

    case OPT_NOTES:
        if ( notes_parse(optarg, &r->notes) )
            return command_usage(r->command, "--notes is short, all or none, "
                                 "not '%s'", optarg);
        break;

    case OPT_CMDLINE:
        return boot_options_check(r->command, "--cmdline, ", optarg, NULL,
                                  NULL)
               ? EXIT_USAGE : request_add_cmdline(r, optarg);

    default:
        if ( parse_form(r, optarg, forms) )
            return command_usage(r->command, "no output form '%s'", optarg);
        break;
    }

    return EXIT_YES;
}

/* What has been read as the source is not there for a request. */
static bool reads_twice(const struct request *r)
{
    int i = 0;

    if ( !r->from || strcmp(r->from, "-") )
        return false;
    while ( i < r->nr_args && strcmp(r->args[i], "-") )
        i++;

    return i < r->nr_args;
}

int request_parse(struct request *r, int argc, char **argv,
                  unsigned int forms, int *status)
{
    int c;

    *r = (struct request){ .command = argv[0] };
    opterr = 0;
    optind = 0;
    *status = EXIT_YES;

    while ( (c = getopt_long(argc, argv, ":ho:", options, NULL)) != -1 )
    {
        if ( c == 'h' )
        {
            print_help(r->command);
            *status = finish(EXIT_YES);
            return -EINVAL;
        }

        if ( c == ':' )
            *status = command_usage(r->command, "option '%s' needs a value",
                                    argv[optind - 1]);
        else if ( c == '?' )
            *status = command_usage(r->command, "no option '%s'",
                                    argv[optind - 1]);
        else if ( !takes(r, c) )
            *status = command_usage(r->command, "has no option '--%s'",
                                    option_name(c));
        else if ( given_twice(r, c) )
            *status = command_usage(r->command, "'--%s' is given twice",
                                    option_name(c));
        else
            *status = apply_option(r, c, forms);

        if ( *status )
            return -EINVAL;
    }

    r->args = argv + optind;
    r->nr_args = argc - optind;
    if ( reads_twice(r) )
    {
        *status = command_usage(r->command, "standard input cannot be both "
                                "the source and the request");
        return -EINVAL;
    }

    return 0;
}

static const char *from_where(const struct request *r)
{
    return r->from ? r->from : cpupolicy_xen_present() ? "xen" : "native";
}

int request_nr_policies(const struct request *r)
{
    return r->options.cmdline && strstr(r->options.cmdline, "dom0-cpuid=")
        ? CPUPOLICY_NR : CPUPOLICY_DOM0;
}

bool request_is_xen(const struct request *r)
{
    return !strcmp(from_where(r), "xen");
}

cpupolicy_source *request_open(const struct request *r, int *status)
{
    const char *from = from_where(r);
    cpupolicy_source *src;
    cpupolicy_error err;

    if ( r->options.platform &&
         cpupolicy_platform_check(r->options.platform, &err) )
    {
        *status = command_usage(r->command, "--%s", err.message);
        return NULL;
    }

    if ( cpupolicy_source_open(&src, from, &r->options, &err) )
    {
        *status = command_failed(from, &err);
        return NULL;
    }

    if ( r->state && (r->changes ? cpupolicy_source_keep
                                 : cpupolicy_source_look)(src, r->state,
                                                          &err) )
    {
        *status = command_failed(r->state, &err);
        cpupolicy_source_free(src);
        return NULL;
    }

    print_notes(r, src);

    return src;
}
