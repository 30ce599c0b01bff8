/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options of the commands, and the source that they name. */

#include "args.h"
#include "common.h"

#include <stdlib.h>
#include <string.h>

const char *const form_names[NR_FORMS] = {
    [FORM_TEXT] = "text",             [FORM_FEATURES] = "features",
    [FORM_LEAVES] = "leaves",         [FORM_FEATURESET] = "featureset",
    [FORM_JSON] = "json",             [FORM_XML] = "xml",
};

/* A value that is one of the option's words: which. */
static unsigned int word_index(const struct args *a, enum option_id id)
{
    const char *word, *value = arg_value(a, id);
    unsigned int n = 0;

    while ( value && (word = value_word(option_rows[id].kind, a->command, n)) &&
            strcmp(word, value) )
        n++;

    return n;
}

static enum output_form form_of(const char *name)
{
    enum output_form form = FORM_TEXT;

    while ( name && strcmp(form_names[form], name) )
        form++;

    return form;
}

static int read_phys_bits(struct request *r, const char *text)
{
    char *end;
    unsigned long bits = strtoul(text, &end, 10);

    if ( *text < '0' || *text > '9' || *end || bits < 32 || bits > 57 )
        return command_usage(r->command, "--phys-bits is a number from 32 "
                             "to 57, not '%s'", text);
    r->kind.max_phys_bits = bits;

    return EXIT_YES;
}

/* Boot options accumulate, as they do on a command line. */
static int read_boot_options(struct request *r, const struct arg_values *v)
{
    int status = EXIT_YES;

    for ( size_t i = 0; !status && i < v->nr; i++ )
        status = boot_options_check(r->command, "--cmdline, ", v->values[i],
                                    NULL, NULL)
            ? EXIT_USAGE : request_add_cmdline(r, v->values[i]);

    return status;
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

int request_read(struct request *r, const struct args *a)
{
    int status = EXIT_YES;

    *r = (struct request){
        .command = a->title, .args = a->rest.values, .nr_args = a->rest.nr,
        .from = arg_value(a, OPT_FROM), .type = arg_value(a, OPT_TYPE),
        .policy = arg_value(a, OPT_POLICY) ?: arg_value(a, OPT_ONLY),
        .state = arg_value(a, OPT_STATE),
        .form = form_of(arg_value(a, OPT_FORM)),
        .notes = word_index(a, OPT_NOTES),
        .options.platform = arg_value(a, OPT_PLATFORM),
        .xl_cfg = arg_given(a, OPT_XL_CFG),
        .dry_run = arg_given(a, OPT_DRY_RUN),
        .kind = {
            .pv32 = arg_given(a, OPT_PV32),
            .shadow = arg_given(a, OPT_SHADOW),
            .nested = arg_given(a, OPT_NESTED),
            .vpmu = arg_given(a, OPT_VPMU),
        },
    };

    if ( arg_given(a, OPT_PHYS_BITS) )
        status = read_phys_bits(r, arg_value(a, OPT_PHYS_BITS));
    if ( !status )
        status = read_boot_options(r, &a->options[OPT_CMDLINE]);
    if ( !status && reads_twice(r) )
        status = command_usage(r->command, "standard input cannot be both "
                               "the source and the request");

    return status;
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
