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
 * the directories are the whole corpus, so that a row of the table that
 * matches nothing in them is a failure too.  --random prints NR lists for
 * Xen's cpuid= of features that it knows and dom0 can do without.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xenctrl.h>
#include <xenguest.h>

#include "intended-differences.h"
#include "source/source.h"
#include "source/xen-options.h"

/* The leaves and MSRs that Xen's policies hold. */
#define XEN_MAX_BASIC 0xdU
#define XEN_MAX_EXT   0x80000021U

struct facts {
    char command_line[1024];
    unsigned int hvm, hap, vpmu, threads_per_core;
};

struct machine {
    const char *name;
    char path[512];
    struct facts facts;
    cpupolicy_source *src;
};

static unsigned long *row_hits;
static unsigned long nr_passed, nr_failed, nr_bits, nr_differing;

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

/* ---- one register ------------------------------------------------------ */

struct place {
    const struct machine *m;
    const struct cpu_policy *ours, *xens;
    unsigned int policy;
    bool is_msr;
    uint32_t index, subleaf;    /* leaf or MSR */
    unsigned int reg;
};

static bool beyond(const struct cpu_policy *p, uint32_t leaf)
{
    return !x86_leaf_in_range(p, leaf);
}

static bool applies(const struct intended_difference *r,
                    const struct place *at)
{
    switch ( r->when )
    {
    case DIFF_ALWAYS:
        return true;
    case DIFF_BEYOND_XEN:
        return beyond(at->xens, at->index);
    case DIFF_NO_HVM:
        return !at->m->facts.hvm;
    case DIFF_WITHOUT:
        return !x86_policy_has(at->ours, r->feature);
    case DIFF_OPTED_OUT:
        return x86_feature_test(at->m->src->cmdline.cpuid.out, r->feature);
    }

    return false;
}

static bool concerns(const struct intended_difference *r,
                     const struct place *at)
{
    uint32_t last = r->last ? r->last : r->first;
    enum x86_layout layout = x86_vendor_layout(
        at->m->src->policies[X86_POLICY_RAW].policy.vendor);

    return ((r->policies >> at->policy) & 1) && r->is_msr == at->is_msr &&
           at->index >= r->first && at->index <= last &&
           (!r->layouts || ((r->layouts >> layout) & 1)) &&
           (r->is_msr || !r->regs || ((r->regs >> at->reg) & 1)) &&
           applies(r, at);
}

static uint64_t explained(const struct intended_difference *r, uint64_t ours,
                          uint64_t xens)
{
    switch ( r->way )
    {
    case DIFF_OURS:
        return ours & ~xens & r->mask;
    case DIFF_XENS:
        return xens & ~ours & r->mask;
    case DIFF_EITHER:
        return (ours ^ xens) & r->mask;
    case DIFF_BELOW:
        return xens < ours ? ours ^ xens : 0;
    }

    return 0;
}

/* The bits that no row accounts for. */
static uint64_t unexplained(const struct place *at, uint64_t ours,
                            uint64_t xens)
{
    uint64_t left = ours ^ xens;

    nr_differing += __builtin_popcountll(left);
    for ( unsigned int i = 0; left && i < nr_intended_differences; i++ )
    {
        uint64_t bits;

        if ( !concerns(&intended_differences[i], at) )
            continue;
        bits = explained(&intended_differences[i], ours, xens) & left;
        if ( bits )
            row_hits[i]++;
        left &= ~bits;
    }

    return left;
}

static const char *bit_name(const struct place *at, unsigned int index,
                            unsigned int bit)
{
    const struct x86_field_desc *f = x86_field_find(
        x86_vendor_layout(at->ours->vendor), at->is_msr, index, bit);

    for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
    {
        const struct x86_feature_desc *d = &x86_feature_descs[i];
        const struct x86_word_desc *w = &x86_word_descs[d->value / 32];
        bool in_msr = w->slot == X86_WORD_IN_MSR;

        if ( in_msr == at->is_msr &&
             (in_msr ? w->msr_slot == index &&
                       w->reg * 32u + d->value % 32 == bit
                     : w->slot * 4u + w->reg == index &&
                       d->value % 32 == bit) )
            return d->name;
    }

    return f ? f->name : "reserved";
}

static void describe(FILE *out, const struct place *at, unsigned int index,
                     uint64_t bits, uint64_t ours)
{
    const char *last = "";

    if ( at->is_msr )
        fprintf(out, "MSR 0x%x:", at->index);
    else
        fprintf(out, "leaf 0x%x subleaf 0x%x e%cx:", at->index, at->subleaf,
                "abcd"[at->reg]);
    fprintf(out, " 0x%lx", bits);
    for ( unsigned int b = 0; b < 64; b++ )
    {
        const char *name = (bits >> b) & 1 ? bit_name(at, index, b) : last;

        if ( strcmp(name, last) )
            fprintf(out, " %c%s", (ours >> b) & 1 ? '+' : '-', name);
        last = name;
    }
    fprintf(out, "; ");
}

/* ---- one policy -------------------------------------------------------- */

static bool in_xens_abi(uint32_t leaf)
{
    return leaf <= XEN_MAX_BASIC ||
           (leaf >= X86_HV_LEAF && leaf <= XEN_MAX_EXT);
}

static void compare(FILE *out, struct place *at)
{
    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
    {
        uint32_t ours = at->ours->word[i], xens = at->xens->word[i];
        uint64_t bad;

        at->is_msr = false;
        at->index = x86_slot_descs[i / 4].leaf;
        at->subleaf = x86_slot_descs[i / 4].subleaf;
        at->reg = i % 4;
        if ( !in_xens_abi(at->index) )
            continue;
        nr_bits += 32;
        bad = unexplained(at, ours, xens);
        if ( bad )
            describe(out, at, i, bad, ours);
    }

    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
    {
        uint64_t ours = at->ours->msr[i], xens = at->xens->msr[i], bad;

        at->is_msr = true;
        at->index = x86_msr_descs[i].index;
        if ( at->index != 0xce && at->index != 0x10a )
            continue;
        nr_bits += 64;
        bad = unexplained(at, ours, xens);
        if ( bad )
            describe(out, at, i, bad, ours);
    }
}

static void check_policy(const struct machine *m, unsigned int policy)
{
    const char *name = x86_policy_names[policy];
    cpupolicy_request *real;
    cpupolicy_error err;
    struct place at = { .m = m, .policy = policy };
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
    at.ours = &m->src->policies[policy].policy;
    at.xens = &cpupolicy_request_policy(real)->policy;
    compare(out, &at);
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
        sscanf(line, "command_line=%1023[^\n]", f->command_line);
        sscanf(line, "hvm=%u", &f->hvm);
        sscanf(line, "hap=%u", &f->hap);
        sscanf(line, "vpmu=%u", &f->vpmu);
        sscanf(line, "threads_per_core=%u", &f->threads_per_core);
    }
    fclose(in);

    return f->threads_per_core;
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
    else if ( derive(&m, &err) )
        verdict(m.name, NULL, false, err.message);
    else
        for ( unsigned int i = 0; i < X86_NR_POLICIES; i++ )
            if ( i != X86_POLICY_HOST_MAX )     /* Xen has none */
                check_policy(&m, i);
    cpupolicy_source_free(m.src);
}

static void check_rows(void)
{
    for ( unsigned int i = 0; i < nr_intended_differences; i++ )
    {
        char name[32];

        snprintf(name, sizeof(name), "row-%u-is-needed", i);
        verdict(name, NULL, row_hits[i], intended_differences[i].reason);
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

    row_hits = calloc(nr_intended_differences, sizeof(*row_hits));
    if ( !row_hits )
        return 3;
    for ( int i = 1 + every_row; i < argc; i++ )
        check_machine(argv[i]);
    if ( every_row )
        check_rows();
    printf("# %d machines, %lu bits compared, %lu differ as intended or "
           "not\n", argc - 1 - every_row, nr_bits, nr_differing);
    printf("%lu passed, %lu failed\n", nr_passed, nr_failed);
    free(row_hits);

    return nr_failed ? 1 : 0;
}
