/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The option table, and the words that can be meant by values. */
#include <string.h>

#include "common.h"
#include "options.h"
#include "template-common.h"

#define BIT(command) (1u << CMD_##command)

#define DOMAIN (BIT(DOMAIN_LIST) | BIT(DOMAIN_GET) | BIT(DOMAIN_SET) | \
                BIT(DOMAIN_CREATE) | BIT(DOMAIN_UNPAUSE) | \
                BIT(DOMAIN_DESTROY))
/* Those that ask a source of policies. */
#define ASKING (BIT(SHOW) | BIT(DIFF) | BIT(EXPLAIN) | BIT(AUDIT) | \
                BIT(CMDLINE) | DOMAIN)
/* Those that ask for a guest. */
#define GUEST (BIT(TEMPLATE_DUMP) | BIT(TEMPLATE_VERIFY) | \
               BIT(FINGERPRINT_DUMP))
#define ALL ((1u << NR_COMMANDS) - 1)

const struct option_row option_rows[NR_OPTIONS] = {
    [OPT_STATE] = {
        "state", 0, VALUE_FILE, "FILE",
        "keeps the embedded core's domains",
        BIT(SHOW) | BIT(DIFF) | BIT(EXPLAIN) | DOMAIN,
    },
    [OPT_TYPE] = {
        "type", 0, VALUE_TYPE, "TYPE", "pv or hvm (PVH is hvm)", BIT(AUDIT),
    },
    [OPT_POLICY] = {
        "policy", 0, VALUE_POLICY, "NAME",
        "which policy of a request that holds several",
        BIT(AUDIT) | BIT(DOMAIN_SET),
    },
    [OPT_ONLY] = {
        "policy", 0, VALUE_POLICY, "NAME",
        "only this policy, dom:ID included, and those it\ncomes from",
        BIT(EXPLAIN),
    },
    [OPT_PV32] = {
        "pv32", 0, VALUE_NONE, NULL, "a 32-bit PV guest", BIT(AUDIT),
    },
    [OPT_SHADOW] = {
        "shadow", 0, VALUE_NONE, NULL, "an HVM guest with shadow paging",
        BIT(AUDIT),
    },
    [OPT_NESTED] = {
        "nested", 0, VALUE_NONE, NULL,
        "an HVM guest with nested virtualisation", BIT(AUDIT),
    },
    [OPT_VPMU] = {
        "vpmu", 0, VALUE_NONE, NULL, "a guest with a virtual PMU",
        BIT(AUDIT),
    },
    [OPT_PHYS_BITS] = {
        "phys-bits", 0, VALUE_TEXT, "N",
        "the domain's own physical address width", BIT(AUDIT),
    },
    [OPT_XL_CFG] = {
        "xl-cfg", 0, VALUE_NONE, NULL, "REQUEST is the guest's xl.cfg",
        BIT(DOMAIN_SET),
    },
    [OPT_DRY_RUN] = {
        "dry-run", 0, VALUE_NONE, NULL,
        "only audit, and print what it would be", BIT(DOMAIN_SET),
    },
    [OPT_FROM] = {
        "from", 0, VALUE_SOURCE, "SOURCE",
        "native, xen (default in a dom0), kvm, or a file\n"
        "('-': standard input)", ASKING,
    },
    [OPT_CMDLINE] = {
        "cmdline", 0, VALUE_BOOT, "OPTS",
        "derive with boot options 'cpuid=... dom0-cpuid=...'", ASKING,
        .accumulates = true,
    },
    [OPT_PLATFORM] = {
        "platform", 0, VALUE_FACTS, "FACTS",
        "facts CPUID does not tell: hap=no,smt=off,...", ASKING,
    },
    [OPT_NOTES] = {
        "notes", 0, VALUE_NOTES, "HOW",
        "what is odd about SOURCE: short (default) all none", ASKING,
    },
    [OPT_FORM] = {
        "output", 'o', VALUE_FORM, "FORM", NULL, ASKING,
    },

    [OPT_CONFIG] = {
        "config", 'c', VALUE_FILE, "PATH",
        "Firecracker's configuration of a virtual machine", GUEST,
    },
    [OPT_TEMPLATE] = {
        "template", 't', VALUE_TEMPLATE, "PATH",
        "a template's file, or C3, T2, T2S, T2CL, T2A, V1N1", GUEST,
    },
    [OPT_GUEST_FROM] = {
        "from", 0, VALUE_SOURCE, "SOURCE",
        "kvm, xen, native, or a file with a dump", GUEST,
    },
    [OPT_GUEST_DOMAIN] = {
        "domain", 0, VALUE_TEXT, "ID", "a domain of the running Xen", GUEST,
    },
    [OPT_GUEST_POLICY] = {
        "policy", 0, VALUE_POLICY, "NAME",
        "a policy of the source: hvm-default, pv-max ...", GUEST,
    },
    [OPT_GUEST_TYPE] = {
        "type", 0, VALUE_TYPE, "pv|hvm",
        "the default policy of a type of domain", GUEST,
    },
    [OPT_DUMP_OUTPUT] = {
        "output", 'o', VALUE_FILE, "PATH",
        "where to write it (cpu_config.json)", BIT(TEMPLATE_DUMP),
    },
    [OPT_FINGERPRINT_OUTPUT] = {
        "output", 'o', VALUE_FILE, "PATH",
        "where to write it (fingerprint.json)", BIT(FINGERPRINT_DUMP),
    },
    [OPT_GENERATE_OUTPUT] = {
        "output", 'o', VALUE_FILE, "PATH",
        "where to write it (cpu_template.json)", BIT(TEMPLATE_GENERATE),
    },
    [OPT_PARTIAL] = {
        "partial", 0, VALUE_NONE, NULL,
        "write it even if guests will differ", BIT(TEMPLATE_GENERATE),
    },
    [OPT_GENERATE_REPORT] = {
        "report", 0, VALUE_REPORT, "FORM", "text or json",
        BIT(TEMPLATE_GENERATE),
    },
    [OPT_PATHS] = {
        "paths", 'p', VALUE_FILE, "PATH", "two or more templates",
        BIT(TEMPLATE_STRIP), .accumulates = true, .least = 2,
    },
    [OPT_SUFFIX] = {
        "suffix", 's', VALUE_TEXT, "SUFFIX",
        "what the names of the results get (_stripped)",
        BIT(TEMPLATE_STRIP), .may_be_empty = true,
    },
    [OPT_KEEP_CAPABILITIES] = {
        "keep-capabilities", 0, VALUE_NONE, NULL,
        "keep kvm_capabilities and vcpu_features", BIT(TEMPLATE_STRIP),
    },
    [OPT_PREV] = {
        "prev", 'p', VALUE_FILE, "PATH", "the older fingerprint",
        BIT(FINGERPRINT_COMPARE), .required = true,
    },
    [OPT_CURR] = {
        "curr", 'c', VALUE_FILE, "PATH", "the newer fingerprint",
        BIT(FINGERPRINT_COMPARE), .required = true,
    },
    [OPT_FILTERS] = {
        "filters", 'f', VALUE_FIELD, "FIELD", "what to compare (everything)",
        BIT(FINGERPRINT_COMPARE), .accumulates = true, .least = 1,
    },
    [OPT_AS_ORIGINAL] = {
        "as-original", 0, VALUE_NONE, NULL,
        "show what Firecracker's tool shows, even if that is empty",
        BIT(FINGERPRINT_COMPARE),
    },
    [OPT_REPORT] = {
        "report", 'o', VALUE_REPORT, "FORM",
        "text (stderr) or json (stdout)",
        BIT(TEMPLATE_STRIP) | BIT(TEMPLATE_VERIFY) |
        BIT(FINGERPRINT_COMPARE),
    },
    [OPT_HELP] = {
        "help", 'h', VALUE_NONE, NULL, "this text", ALL,
    },
};

bool option_taken(const struct option_row *o, const struct command *c)
{
    return o->commands & (1u << (c - commands));
}

const struct option_row *option_find(const struct command *c,
                                     const char *name, size_t len)
{
    for ( size_t i = 0; i < NR_OPTIONS; i++ )
        if ( option_taken(&option_rows[i], c) &&
             strlen(option_rows[i].name) == len &&
             !memcmp(option_rows[i].name, name, len) )
            return &option_rows[i];

    return NULL;
}

const struct option_row *option_find_letter(const struct command *c,
                                            char letter)
{
    for ( size_t i = 0; letter && i < NR_OPTIONS; i++ )
        if ( option_taken(&option_rows[i], c) && option_rows[i].letter == letter )
            return &option_rows[i];

    return NULL;
}

/* ---- what can be meant ------------------------------------------------ */

static const char *word_of(const char *const *words, size_t nr, size_t n)
{
    return n < nr ? words[n] : NULL;
}

#define WORD(words, n) word_of(words, sizeof(words) / sizeof(words[0]), n)

static const char *form_word(const struct command *c, size_t n)
{
    for ( unsigned int f = 0; f < NR_FORMS; f++ )
        if ( (c->forms & (1u << f)) && !n-- )
            return form_names[f];

    return NULL;
}

const char *value_word(enum value_kind kind, const struct command *c,
                       size_t n)
{
    static const char *const sources[] = { "native", "xen", "kvm" };
    static const char *const types[] = { "pv", "hvm" };
    static const char *const reports[] = { "text", "json" };
    static const char *const boot[] = { "cpuid=", "dom0-cpuid=" };
    const char *meaning;

    switch ( kind )
    {
    case VALUE_SOURCE:   return WORD(sources, n);
    case VALUE_TYPE:     return WORD(types, n);
    case VALUE_REPORT:   return WORD(reports, n);
    case VALUE_BOOT:     return WORD(boot, n);
    case VALUE_FORM:     return form_word(c, n);
    case VALUE_NOTES:    return notes_name(n);
    case VALUE_FIELD:    return fingerprint_field(n);
    case VALUE_TEMPLATE: return guest_static_template(n);
    case VALUE_FACTS:    return cpupolicy_platform_fact(n, &meaning);
    case VALUE_POLICY:
        return n < CPUPOLICY_NR ? cpupolicy_which_name(n) : NULL;
    case VALUE_FEATURE:
        return n < cpupolicy_nr_features() ? cpupolicy_feature_name(n) : NULL;
    default:
        return NULL;
    }
}

bool value_may_be_file(enum value_kind kind)
{
    return kind == VALUE_FILE || kind == VALUE_SOURCE ||
           kind == VALUE_TEMPLATE;
}
