/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command table; what options each takes stands in options.c. */
#include <string.h>

#include "common.h"
#include "template-common.h"

#define F(form) (1u << FORM_##form)
#define TEXT_JSON (F(TEXT) | F(JSON))
#define POLICY_FORMS (TEXT_JSON | F(FEATURES) | F(LEAVES) | F(FEATURESET))

static const struct command_group group_domain = {
    "domain", "policies of domains, of a running Xen or of the embedded core",
    "On a running Xen: list, get, set. Without one, domains live in the file\n"
    "that --state names.\n",
};

#define AS_ORIGINAL \
    "Files, options and exit statuses are those of Firecracker's\n" \
    "cpu-template-helper.\n"

static const struct command_group group_template = {
    "template", "Firecracker's CPU templates, on KVM, on Xen and on files",
    AS_ORIGINAL,
};

static const struct command_group group_fingerprint = {
    "fingerprint", "what a guest sees here, to be compared later or elsewhere",
    AS_ORIGINAL,
};

static const struct command_group group_reference = {
    "reference", "these tables for the manual page, and completion of shells",
    "To complete on the spot: . <(xl-cpupolicy reference bash), or zsh;\n"
    "xl-cpupolicy reference fish | source.\n",
};

const struct command commands[NR_COMMANDS] = {
    [CMD_SHOW] = {
        NULL, "show", "[POLICY...]", VALUE_POLICY,
        "print policies, and what each stage removed and why",
        "Policies: raw host-max host-default pv-max pv-default hvm-max\n"
        "hvm-default, all of them by default; dom0 and dom0-pvh, which are\n"
        "among them where --cmdline has dom0-cpuid=; and dom:ID.\n",
        POLICY_FORMS | F(XML), false, cmd_show,
    },
    [CMD_DIFF] = {
        NULL, "diff", "POLICY POLICY", VALUE_POLICY,
        "what differs between two policies, each with its cause",
        "Exit status 0 if they are identical, 1 if they differ.\n",
        TEXT_JSON, false, cmd_diff,
    },
    [CMD_EXPLAIN] = {
        NULL, "explain", "WHAT...", VALUE_FEATURE,
        "values in every policy, and the cause of each change",
        "WHAT is a feature (avx2, in any case), a field (max_subleaf), a\n"
        "leaf or one of its registers (0x7, 7:0, 7:0.ebx), an MSR (0x10a,\n"
        "msr:0x10a), or bits of these (7:0.ebx[5], msr:0x10a[7:4]).  Numbers\n"
        "are decimal unless they start with 0x.\n",
        TEXT_JSON, false, cmd_explain,
    },
    [CMD_AUDIT] = {
        NULL, "audit", "REQUEST --type pv|hvm", VALUE_FILE,
        "would a domain get exactly this policy? every reason why not",
        "REQUEST is a file in any of the formats.  One that states leaf 0 is\n"
        "a whole policy; any other is merged over the type's default.  Exit\n"
        "status 0 if it is accepted unchanged, 1 if it is rejected.\n",
        TEXT_JSON, false, cmd_audit,
    },
    [CMD_CMDLINE] = {
        NULL, "cmdline", "'cpuid=...'", VALUE_BOOT,
        "are boot options valid, and what would they do to every policy",
        "Exit status 2 if they are not valid; every fault is named with its\n"
        "position. Exit status 1 if no option of CPU policies is among them.\n",
        TEXT_JSON, false, cmd_cmdline,
    },
    [CMD_DOMAIN_LIST] = {
        &group_domain, "list", "", VALUE_NONE, "the domains", NULL,
        TEXT_JSON, false, cmd_domain,
    },
    [CMD_DOMAIN_GET] = {
        &group_domain, "get", "ID", VALUE_TEXT, "a domain's policy", NULL,
        POLICY_FORMS, false, cmd_domain,
    },
    [CMD_DOMAIN_SET] = {
        &group_domain, "set", "ID REQUEST", VALUE_FILE,
        "audit, set, read back, compare",
        "A difference restores the former policy.  Exit status 1 if the set\n"
        "is rejected.\n",
        POLICY_FORMS, false, cmd_domain,
    },
    [CMD_DOMAIN_CREATE] = {
        &group_domain, "create", "XL.CFG", VALUE_FILE,
        "make a domain; prints its number",
        "Of an xl.cfg count type, vcpus, nestedhvm, hap, cpuid, and two keys\n"
        "that xl does not look at: cpu_topology (\"threads=2,cores=4\";\n"
        "modules, dies, sockets; refused where the guest would count others)\n"
        "and cpu_policy (\"default\" or \"max\" of the type, to start from).\n",
        TEXT_JSON, false, cmd_domain,
    },
    [CMD_DOMAIN_UNPAUSE] = {
        &group_domain, "unpause", "ID", VALUE_TEXT,
        "end construction: the policy is immutable then", NULL,
        F(TEXT), false, cmd_domain,
    },
    [CMD_DOMAIN_DESTROY] = {
        &group_domain, "destroy", "ID", VALUE_TEXT, "end a domain", NULL,
        F(TEXT), false, cmd_domain,
    },
    [CMD_TEMPLATE_DUMP] = {
        &group_template, "dump", "", VALUE_NONE,
        "write a guest's CPU configuration as a template",
        "What the first vCPU of a new guest reads: of KVM with the template\n"
        "applied and normalised; of Xen, what the domain or the policy has.\n",
        0, true, template_dump,
    },
    [CMD_TEMPLATE_STRIP] = {
        &group_template, "strip", "", VALUE_NONE,
        "reduce templates to the bits in which they differ",
        "Results are written beside the files, with SUFFIX before the\n"
        "extension.\n",
        0, true, template_strip_files,
    },
    [CMD_TEMPLATE_VERIFY] = {
        &group_template, "verify", "", VALUE_NONE,
        "does a guest get what a template asks for",
        "Exit status 0 if it does, 1 with every register that differs if it\n"
        "does not.  KVM makes a guest with the template; of a domain, a policy\n"
        "or a file with a dump, what is there is compared.\n",
        0, true, template_verify_guest,
    },
    [CMD_TEMPLATE_GENERATE] = {
        &group_template, "generate", "FILE...", VALUE_FILE,
        "make a template that makes guests of several hosts alike",
        "FILE is a dump of a guest of one of the hosts, as 'template dump'\n"
        "writes it (or a fingerprint); all with the same number of vCPUs.\n"
        "What they differ in is forced to what all can offer, and the result\n"
        "tried on each.  Exit status 0 if guests are alike then; 1, and\n"
        "nothing written, if they are not.\n",
        0, true, template_generate_file,
    },
    [CMD_FINGERPRINT_DUMP] = {
        &group_fingerprint, "dump", "", VALUE_NONE,
        "write a guest's CPU configuration and what it depends on",
        "The versions of this command and the hypervisor, of the kernel, the\n"
        "microcode and the firmware, and the configuration as 'template dump'\n"
        "writes it.\n",
        0, true, fingerprint_dump,
    },
    [CMD_FINGERPRINT_COMPARE] = {
        &group_fingerprint, "compare", "", VALUE_NONE,
        "compare two fingerprints",
        "Exit status 0 if they are equal, 1 with every field that differs if\n"
        "they are not.  FIELD is firecracker_version, kernel_version,\n"
        "microcode_version, bios_version, bios_revision or guest_cpu_config.\n",
        0, true, fingerprint_compare_files,
    },
    [CMD_REFERENCE_POD] = {
        &group_reference, "pod", "", VALUE_NONE,
        "the commands, for the manual page", NULL, 0, false, cmd_reference,
    },
    [CMD_REFERENCE_FACTS] = {
        &group_reference, "facts", "", VALUE_NONE,
        "the facts of --platform, likewise", NULL, 0, false, cmd_reference,
    },
    [CMD_REFERENCE_BASH] = {
        &group_reference, "bash", "", VALUE_NONE,
        "completion for bash", NULL, 0, false, cmd_reference,
    },
    [CMD_REFERENCE_ZSH] = {
        &group_reference, "zsh", "", VALUE_NONE,
        "completion for zsh", NULL, 0, false, cmd_reference,
    },
    [CMD_REFERENCE_FISH] = {
        &group_reference, "fish", "", VALUE_NONE,
        "completion for fish", NULL, 0, false, cmd_reference,
    },
};

const struct command_group *command_group(size_t n)
{
    for ( size_t i = 0; i < NR_COMMANDS; i++ )
        if ( commands[i].group &&
             (!i || commands[i].group != commands[i - 1].group) && !n-- )
            return commands[i].group;

    return NULL;
}

const struct command *command_find(const char *first, const char *second,
                                   const struct command_group **group)
{
    const struct command_group *found = NULL;
    const struct command *c = NULL;

    for ( size_t i = 0; i < NR_COMMANDS; i++ )
    {
        const struct command_group *g = commands[i].group;

        if ( strcmp(g ? g->name : commands[i].name, first) )
            continue;
        found = g;
        if ( !g || (second && !strcmp(commands[i].name, second)) )
            c = &commands[i];
    }
    if ( group )
        *group = found;

    return c;
}

const char *command_title(const struct command *c, char *out, size_t size)
{
    snprintf(out, size, "%s%s%s", c->group ? c->group->name : "",
             c->group ? " " : "", c->name);

    return out;
}
