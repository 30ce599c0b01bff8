/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options, messages and small printing helpers of the commands. */

#include "common.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define NR_FORMS (FORM_XML + 1)

const char *const form_names[NR_FORMS] = {
    [FORM_TEXT] = "text",             [FORM_FEATURES] = "features",
    [FORM_LEAVES] = "leaves",         [FORM_FEATURESET] = "featureset",
    [FORM_JSON] = "json",             [FORM_XML] = "xml",
};

const char *const reg_names[4] = { "eax", "ebx", "ecx", "edx" };

static const struct command *self(const char *name)
{
    for ( size_t i = 0; i < nr_commands; i++ )
        if ( !strcmp(commands[i].name, name) )
            return &commands[i];

    return NULL;
}

static void print_help(const char *name)
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
    OPT_XL_CFG, OPT_DRY_RUN,
};

static const struct option options[] = {
    { "from", required_argument, NULL, OPT_FROM },
    { "cmdline", required_argument, NULL, OPT_CMDLINE },
    { "platform", required_argument, NULL, OPT_PLATFORM },
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
    case OPT_CMDLINE:  r->options.cmdline = optarg; break;
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

    default:
        if ( parse_form(r, optarg, forms) )
            return command_usage(r->command, "no output form '%s'", optarg);
        break;
    }

    return EXIT_YES;
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
        else
            *status = apply_option(r, c, forms);

        if ( *status )
            return -EINVAL;
    }

    r->args = argv + optind;
    r->nr_args = argc - optind;

    return 0;
}

static void bad_element(void *ctx, size_t position, size_t len,
                        const char *message)
{
    (void)len;
    print_line(stderr, "xl-cpupolicy %s: --cmdline, position %zu: %s",
               (const char *)ctx, position + 1, message);
}

static void other_option(void *ctx, size_t position, size_t len)
{
    (void)ctx;
    print_line(stderr, "xl-cpupolicy: note: --cmdline, position %zu: not a "
               "CPU policy option, ignored (%zu bytes)", position + 1, len);
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

    if ( r->options.cmdline &&
         cpupolicy_cmdline_check(r->options.cmdline, bad_element,
                                 other_option, (void *)r->command) )
    {
        *status = EXIT_USAGE;
        return NULL;
    }

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

    return src;
}

void print_notes(const cpupolicy_source *src)
{
    const char *note;

    for ( size_t i = 0; (note = cpupolicy_source_note(src, i)); i++ )
        print_line(stderr, "xl-cpupolicy: note: %s", note);
}

/* The number in "dom:ID", or -1. */
static long domain_of(const char *name)
{
    char *end;
    long id;

    if ( strncmp(name, "dom:", 4) || name[4] < '0' || name[4] > '9' )
        return -1;
    id = strtol(name + 4, &end, 10);

    return *end || id > 0x7fef ? -1 : id;
}

bool view_name_ok(const struct request *r, const char *name)
{
    if ( cpupolicy_which_find(name) >= 0 || domain_of(name) >= 0 )
        return true;

    command_usage(r->command, "no policy '%s' (raw host-max host-default "
                  "pv-max pv-default hvm-max hvm-default dom0 dom0-pvh, "
                  "dom:ID)", name);

    return false;
}

int view_open(const struct request *r, cpupolicy_source *src,
              const char *name, struct view *out)
{
    /* Where no Xen is running, domain 0 is the one that would be booted. */
    int which = !strcmp(name, "dom:0") && !request_is_xen(r)
        ? CPUPOLICY_DOM0 : cpupolicy_which_find(name);
    cpupolicy_error err;

    *out = (struct view){ .which = which < 0 ? -1 : which };
    snprintf(out->name, sizeof(out->name), "%s", name);

    if ( which >= 0 )
    {
        if ( !cpupolicy_system_get(src, which, &out->policy, &err) )
            return EXIT_YES;
        return command_failed(r->from, &err);
    }

    if ( cpupolicy_domain_get(src, domain_of(name), &out->owned, &err) )
        return command_failed(r->from, &err);
    out->policy = out->owned;

    return EXIT_YES;
}

void views_close(struct view *views, int nr)
{
    while ( nr-- )
        cpupolicy_free(views[nr].owned);
}

struct json_object *json_hex(uint64_t value)
{
    char text[24];

    snprintf(text, sizeof(text), "0x%" PRIx64, value);

    return json_object_new_string(text);
}

int json_print(struct json_object *o)
{
    const char *text = json_object_to_json_string_ext(
        o, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
           JSON_C_TO_STRING_NOSLASHESCAPE);

    if ( text )
        print_json_text(stdout, text);
    json_object_put(o);

    return text ? EXIT_YES : EXIT_NO_ANSWER;
}

cpupolicy_leaf *policy_leaves(const cpupolicy *p, size_t *nr)
{
    cpupolicy_leaf *leaves = malloc(cpupolicy_max_leaves() *
                                    sizeof(*leaves));

    *nr = cpupolicy_max_leaves();
    if ( leaves && cpupolicy_leaves(p, leaves, nr) )
    {
        free(leaves);
        leaves = NULL;
    }

    return leaves;
}

cpupolicy_msr *policy_msrs(const cpupolicy *p, size_t *nr)
{
    cpupolicy_msr *msrs = malloc(cpupolicy_max_msrs() * sizeof(*msrs));

    *nr = cpupolicy_max_msrs();
    if ( msrs && cpupolicy_msrs(p, msrs, nr) )
    {
        free(msrs);
        msrs = NULL;
    }

    return msrs;
}

bool leaf_is_zero(const cpupolicy_leaf *l)
{
    return !(l->eax | l->ebx | l->ecx | l->edx);
}

void wrap_word(struct wrapper *w, const char *word)
{
    int len = strlen(word);

    if ( w->column && w->column + 1 + len > 79 )
        wrap_end(w);
    if ( !w->column )
        w->column = printf("%*s", w->indent, "");
    w->column += printf("%s%s", w->column > w->indent ? " " : "", word);
}

void wrap_end(struct wrapper *w)
{
    if ( w->column )
        putchar('\n');
    w->column = 0;
}
