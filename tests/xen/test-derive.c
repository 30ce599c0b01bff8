/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Does our core derive what a real Xen derived?  From recordings that
 * capture.c made in dom0: Xen's raw policy and what it says of itself go in,
 * the policies that come out are compared with Xen's bit for bit.
 *
 * usage: test-derive [--every-row] DIRECTORY...
 *        test-derive --random SEED NR
 *
 * One case per directory and policy, named DIRECTORY/POLICY.  --every-row:
 * the directories are the whole corpus of one release, so that a row for it
 * that matches nothing in them is a failure too.  --random prints NR lists for
 * Xen's cpuid= of features that it knows and dom0 can do without.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xenctrl.h>
#include <xenguest.h>

#include "difference.h"
#include "source/source.h"
#include "source/xen-options.h"

struct facts {
    char version[32], command_line[1024];
    unsigned int hvm, hap, vpmu, threads_per_core;
};

struct machine {
    const char *name;
    char path[512];
    struct facts facts;
    uint32_t release;           /* XEN_* */
    cpupolicy_source *src;
};

static unsigned long nr_passed, nr_failed;
static uint32_t releases;       /* of all machines */

static void verdict(const char *name, const char *policy, bool ok,
                    const char *reason)
{
    if ( ok )
        nr_passed++;
    else
        nr_failed++;
    printf("%s %s%s%s%s%s\n", ok ? "ok" : "not ok", name,
           policy ? "/" : "", policy ? policy : "", ok ? "" : " # ",
           ok ? "" : reason);
}

/* ---- one policy -------------------------------------------------------- */

static void check_policy(const struct machine *m, unsigned int policy)
{
    const char *name = x86_policy_names[policy];
    cpupolicy_request *real;
    cpupolicy_error err;
    struct comparison c = {
        .ours = &m->src->policies[policy].policy,
        .raw = &m->src->policies[X86_POLICY_RAW].policy,
        .option = &m->src->cmdline.cpuid, .release = m->release,
        .policy = policy, .hvm = m->facts.hvm, .hap = m->facts.hap,
    };
    char *text = NULL;
    size_t size;
    FILE *out;

    if ( cpupolicy_request_load(&real, m->path, name, NULL, &err) )
    {
        verdict(m->name, name, false, err.message);
        return;
    }
    out = open_memstream(&text, &size);
    if ( !out )
        abort();
    c.xens = &cpupolicy_request_policy(real)->policy;
    difference_compare(&c, out);
    fclose(out);
    verdict(m->name, name, !*text, text);
    free(text);
    cpupolicy_request_free(real);
}

/* ---- one machine ------------------------------------------------------- */

static bool read_facts(const char *directory, struct facts *f)
{
    char path[512], line[1200];
    FILE *in;

    snprintf(path, sizeof(path), "%s/facts.txt", directory);
    in = fopen(path, "r");
    if ( !in )
        return false;
    while ( fgets(line, sizeof(line), in) )
    {
        sscanf(line, "version=%31s", f->version);
        sscanf(line, "command_line=%1023[^\n]", f->command_line);
        sscanf(line, "hvm=%u", &f->hvm);
        sscanf(line, "hap=%u", &f->hap);
        sscanf(line, "vpmu=%u", &f->vpmu);
        sscanf(line, "threads_per_core=%u", &f->threads_per_core);
    }
    fclose(in);

    return f->threads_per_core;
}

/* Which rows hold for a version, "4.20.5-pre"; 0: we know no such Xen. */
static uint32_t release_of(const char *version)
{
    return !strncmp(version, "4.17", 4) ? XEN_4_17
           : !strncmp(version, "4.20", 4) ? XEN_4_20 : 0;
}

static const char *yes(bool b)
{
    return b ? "yes" : "no";
}

/*
 * LFENCE: families 0xf and 0x11 serialise as they are, others are told to
 * through MSR DE_CFG, which QEMU's emulation does not have.
 */
static bool lfence_serialises(const struct cpu_policy *raw)
{
    uint32_t family = x86_family(raw->leaf[X86_SLOT_1].a);

    return family == 0xf || family == 0x11;
}

static int derive(struct machine *m, cpupolicy_error *err)
{
    char *cmdline, *from_options, platform[512];
    cpupolicy_request *raw;
    int rc = cpupolicy_request_load(&raw, m->path, "raw", NULL, err);

    if ( rc )
        return rc;
    if ( xen_options_translate(m->facts.command_line, &cmdline,
                               &from_options) )
        abort();
    snprintf(platform, sizeof(platform),
             "hvm=%s,hap=%s,vpmu=%s,smt=%s,lfence-serialising=%s%s%s",
             yes(m->facts.hvm), yes(m->facts.hap), yes(m->facts.vpmu),
             yes(m->facts.threads_per_core > 1),
             yes(lfence_serialises(&cpupolicy_request_policy(raw)->policy)),
             *from_options ? "," : "", from_options);
    cpupolicy_request_free(raw);
    rc = cpupolicy_source_open(&m->src, m->path, &(cpupolicy_options){
                                   .cmdline = cmdline, .platform = platform,
                               }, err);
    free(cmdline);
    free(from_options);

    return rc;
}

static void check_machine(const char *directory)
{
    const char *slash = strrchr(directory, '/');
    struct machine m = { .name = slash ? slash + 1 : directory };
    cpupolicy_error err;

    snprintf(m.path, sizeof(m.path), "%s/policies.txt", directory);
    if ( !read_facts(directory, &m.facts) )
        verdict(m.name, NULL, false, "facts.txt: missing or incomplete");
    else if ( !(m.release = release_of(m.facts.version)) )
        verdict(m.name, NULL, false, m.facts.version);
    else if ( derive(&m, &err) )
        verdict(m.name, NULL, false, err.message);
    else
        for ( unsigned int i = 0; i < X86_NR_POLICIES; i++ )
            if ( i != X86_POLICY_HOST_MAX )     /* Xen has none */
                check_policy(&m, i);
    releases |= m.release;
    cpupolicy_source_free(m.src);
}

/* A row has to be needed in each release that it names. */
static void check_rows(void)
{
    for ( unsigned int i = 0; i < nr_intended_differences; i++ )
    {
        char name[64];

        if ( !(intended_differences[i].releases & releases) )
            continue;
        snprintf(name, sizeof(name), "row-%s-is-needed",
                 intended_differences[i].name);
        verdict(name, NULL, difference_hits(i),
                intended_differences[i].reason);
    }
}

/* ---- random lists for cpuid= ------------------------------------------- */

/*
 * Without these, dom0 does not boot (tests/xen/cmdlines.txt).  SEP boots, but
 * on AMD Xen gives it back to HVM guests whatever cpuid= says, where here
 * what is opted out stays out (docs/design/real-xen.md).
 */
static const uint16_t needed[] = {
    X86_FEATURE_SEP,
    X86_FEATURE_FPU, X86_FEATURE_TSC, X86_FEATURE_PAE, X86_FEATURE_APIC,
    X86_FEATURE_FXSR, X86_FEATURE_SSE, X86_FEATURE_SSE2, X86_FEATURE_LM,
    X86_FEATURE_CX8, X86_FEATURE_CMOV, X86_FEATURE_MSR, X86_FEATURE_SYSCALL,
};

static bool can_do_without(unsigned int feature)
{
    for ( size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++ )
        if ( needed[i] == feature )
            return false;

    return true;
}

static const struct x86_feature_desc *draw(void)
{
    const uint32_t *known = xc_get_static_cpu_featuremask(
        XC_FEATUREMASK_KNOWN);

    for ( ;; )
    {
        const struct x86_feature_desc *f =
            &x86_feature_descs[random() % X86_NR_FEATURES];

        /* Xen cannot be told "no-no-x" in the plain way. */
        if ( x86_feature_test(known, f->value) && can_do_without(f->value) &&
             strncmp(f->name, "no-", 3) )
            return f;
    }
}

static void print_lists(unsigned int seed, unsigned int nr)
{
    srandom(seed);
    while ( nr-- )
    {
        printf("cpuid=");
        for ( unsigned int i = 0, n = 2 + random() % 5; i < n; i++ )
            printf("%sno-%s", i ? "," : "", draw()->name);
        printf("\n");
    }
}

int main(int argc, char **argv)
{
    bool every_row = argc > 1 && !strcmp(argv[1], "--every-row");

    if ( argc == 4 && !strcmp(argv[1], "--random") )
    {
        print_lists(strtoul(argv[2], NULL, 0), strtoul(argv[3], NULL, 0));
        return 0;
    }
    if ( argc < 2 + every_row )
    {
        fprintf(stderr, "usage: test-derive [--every-row] DIRECTORY...\n"
                        "       test-derive --random SEED NR\n");
        return 2;
    }

    for ( int i = 1 + every_row; i < argc; i++ )
        check_machine(argv[i]);
    if ( every_row )
        check_rows();
    printf("# %d machines, %lu bits compared, %lu differ as intended or "
           "not\n", argc - 1 - every_row, difference_bits(),
           difference_found());
    printf("%lu passed, %lu failed\n", nr_passed, nr_failed);

    return nr_failed ? 1 : 0;
}
