/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xl-cpupolicy: dispatch and help, both from the command table. */

#include "common.h"
#include "template-common.h"

#include <string.h>

#define SOURCE_HELP \
    "  --from SOURCE     native, xen (default in a dom0), kvm, or a file\n" \
    "                    ('-': standard input)\n" \
    "  --cmdline OPTS    derive with boot options 'cpuid=... dom0-cpuid=...'\n" \
    "  --platform FACTS  facts CPUID does not tell: hap=no,smt=off,...\n" \
    "  --notes HOW       what is odd about SOURCE: short (default) all none\n"

const struct command commands[] = {
    {
        "show", "[POLICY...] [options]",
        "print policies, and what each stage removed and why",
        "Policies: raw host-max host-default pv-max pv-default hvm-max\n"
        "hvm-default, all of them by default; dom0 and dom0-pvh, which are\n"
        "among them where --cmdline has dom0-cpuid=; and dom:ID.\n\n"
        "  --state FILE      keeps the embedded core's domains\n"
        SOURCE_HELP
        "  -o FORM           text features leaves featureset json xml\n"
        "  --help            this text\n",
        cmd_show, NULL,
    },
    {
        "diff", "POLICY POLICY [options]",
        "what differs between two policies, each with its cause",
        "Exit status 0 if they are identical, 1 if they differ.\n\n"
        "  --state FILE      keeps the embedded core's domains\n"
        SOURCE_HELP
        "  -o FORM           text json\n"
        "  --help            this text\n",
        cmd_diff, NULL,
    },
    {
        "explain", "WHAT... [options]",
        "values in every policy, and the cause of each change",
        "WHAT is a feature (avx2, in any case), a field (max_subleaf), a\n"
        "leaf or one of its registers (0x7, 7:0, 7:0.ebx), an MSR (0x10a,\n"
        "msr:0x10a), or bits of these (7:0.ebx[5], msr:0x10a[7:4]).  Numbers\n"
        "are decimal unless they start with 0x.\n\n"
        "  --policy NAME     only this policy, dom:ID included, and those it\n"
        "                    comes from\n"
        "  --state FILE      keeps the embedded core's domains\n"
        SOURCE_HELP
        "  -o FORM           text json\n"
        "  --help            this text\n",
        cmd_explain, NULL,
    },
    {
        "audit", "REQUEST --type pv|hvm [options]",
        "would a domain get exactly this policy? every reason why not",
        "REQUEST is a file in any of the formats.  One that states leaf 0 is\n"
        "a whole policy; any other is merged over the type's default.  Exit\n"
        "status 0 if it is accepted unchanged, 1 if it is rejected.\n\n"
        "  --type TYPE       pv or hvm (PVH is hvm)\n"
        "  --policy NAME     which policy of a file that holds several\n"
        "  --pv32            a 32-bit PV guest\n"
        "  --shadow          an HVM guest with shadow paging\n"
        "  --nested          an HVM guest with nested virtualisation\n"
        "  --vpmu            a guest with a virtual PMU\n"
        "  --phys-bits N     the domain's own physical address width\n"
        SOURCE_HELP
        "  -o FORM           text json\n"
        "  --help            this text\n",
        cmd_audit, NULL,
    },
    {
        "cmdline", "'cpuid=...' [options]",
        "are boot options valid, and what would they do to every policy",
        "Exit status 2 if they are not valid; every fault is named with its\n"
        "position. Exit status 1 if no option of CPU policies is among them.\n"
        "\n"
        SOURCE_HELP
        "  -o FORM           text json\n"
        "  --help            this text\n",
        cmd_cmdline, NULL,
    },
    {
        "domain", "list|get|set|create|unpause|destroy ... [options]",
        "policies of domains, of a running Xen or of the embedded core",
        "  list              the domains\n"
        "  get ID            a domain's policy\n"
        "  set ID REQUEST    audit, set, read back, compare; a difference\n"
        "                    restores the former policy\n"
        "  create XL.CFG     make a domain; prints its number\n"
        "  unpause ID        end construction: the policy is immutable then\n"
        "  destroy ID\n\n"
        "On a running Xen: list, get, set. Without one, domains live in the\n"
        "file that --state names. Exit status 1 if a set is rejected.\n\n"
        "Of an xl.cfg count type, vcpus, nestedhvm, hap, cpuid, and two keys\n"
        "that xl does not look at: cpu_topology (\"threads=2,cores=4\";\n"
        "modules, dies, sockets) and cpu_policy (\"default\" or \"max\" of the\n"
        "type, to start from).\n\n"
        "  --state FILE      keeps the embedded core's domains\n"
        "  --policy NAME     set: which policy of a request of several\n"
        "  --xl-cfg          set: REQUEST is the guest's xl.cfg\n"
        "  --dry-run         set: only audit, and print what it would be\n"
        SOURCE_HELP
        "  -o FORM           text features leaves featureset json\n"
        "  --help            this text\n",
        cmd_domain, NULL,
    },
    {
        "template", "dump|strip|verify|generate ...",
        "Firecracker's CPU templates, on KVM, on Xen and on files",
        "Files, options and exit statuses are those of Firecracker's\n"
        "cpu-template-helper.\n",
        cmd_template, &template_group,
    },
    {
        "fingerprint", "dump|compare ...",
        "what a guest sees here, to be compared later or elsewhere",
        "Files, options and exit statuses are those of Firecracker's\n"
        "cpu-template-helper.\n",
        cmd_fingerprint, &fingerprint_group,
    },
    {
        "reference", "pod|facts|bash",
        "this table for the manual page, or a completion script for bash",
        "To complete on the spot: . <(xl-cpupolicy reference bash)\n\n"
        "  --help            this text\n",
        cmd_reference, NULL,
    },
};

const size_t nr_commands = sizeof(commands) / sizeof(commands[0]);

static void overview(FILE *to)
{
    fprintf(to, "Usage: xl-cpupolicy COMMAND ...\n\n");
    for ( size_t i = 0; i < nr_commands; i++ )
        fprintf(to, "  %-12s %s\n", commands[i].name, commands[i].summary);
    fprintf(to, "\n'xl-cpupolicy COMMAND --help' tells more.\n");
}

static const struct command *find(const char *name)
{
    for ( size_t i = 0; i < nr_commands; i++ )
        if ( !strcmp(name, commands[i].name) )
            return &commands[i];

    return NULL;
}

static int unknown(const char *name)
{
    print_line(stderr, "xl-cpupolicy: no command '%s'", name);
    overview(stderr);

    return EXIT_USAGE;
}

/* "help", "help show", "help template dump". */
static int help(int argc, char **argv)
{
    const struct command *c;

    if ( argc < 2 )
    {
        overview(stdout);
        return finish(EXIT_YES);
    }

    c = find(argv[1]);
    if ( !c )
        return unknown(argv[1]);

    if ( c->group && argc > 2 )
        return c->run(3, (char *[]){ argv[1], argv[0], argv[2], NULL });

    return c->run(2, (char *[]){ argv[1], "--help", NULL });
}

int main(int argc, char **argv)
{
    const struct command *c;

    /* Messages are put together from parts: a line at a time goes out. */
    setvbuf(stderr, NULL, _IOLBF, BUFSIZ);

    if ( argc < 2 )
    {
        overview(stderr);
        return EXIT_USAGE;
    }

    if ( !strcmp(argv[1], "help") )
        return help(argc - 1, argv + 1);
    if ( !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") )
        return help(1, argv + 1);

    if ( !strcmp(argv[1], "--version") )
    {
        printf("xl-cpupolicy %s\n", XL_CPUPOLICY_VERSION);
        return finish(EXIT_YES);
    }

    c = find(argv[1]);

    return c ? c->run(argc - 1, argv + 1) : unknown(argv[1]);
}
