/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <check.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>

#include "audit-hosts.h"
#include "source/source.h"
#include "vectors.h"

/* nftw() has no argument for these. */
static struct {
    void (*each)(void *ctx, const struct audit_host *h);
    void *ctx;
    size_t nr;
} walk;

const char *audit_kind_name(const struct x86_domain_kind *kind)
{
    static char name[64];

    snprintf(name, sizeof(name), "%s%s%s%s%s, %u address bits",
             kind->hvm ? "hvm" : "pv", kind->pv32 ? " 32-bit" : "",
             kind->hvm && !kind->hap ? " shadow" : "",
             kind->nested ? " nested" : "", kind->vpmu ? " vpmu" : "",
             kind->max_phys_bits);

    return name;
}

/* ---- what a toolstack does -------------------------------------------- */

static uint32_t min(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static void close_gates(struct cpu_policy *p,
                        const struct x86_domain_kind *kind)
{
    enum x86_layout layout = x86_vendor_layout(p->vendor);

    for ( unsigned int i = 0; i < X86_NR_GATE_MASKS; i++ )
    {
        const struct x86_gate_mask *g = &x86_gate_masks[i];
        bool open = g->gate == X86_GATE_VPMU ? kind->vpmu
                                             : x86_policy_has(p, g->gate);

        if ( open || !((g->layouts >> layout) & 1) )
            continue;
        if ( g->is_msr )
            p->msr[g->word] &= ~g->mask;
        else
            p->word[g->word] &= ~g->mask;
    }
}

void audit_intersect(struct cpu_policy *p, const struct cpu_policy *limit,
                     const struct x86_domain_kind *kind)
{
    static const uint16_t maxima[] = {
        X86_WORD(0, A), X86_WORD(7, A), X86_WORD(80000000, A),
    };
    struct x86_regs *addr = &p->leaf[X86_SLOT_80000008];
    uint32_t bits = min(addr->a & 0xff,
                        limit->leaf[X86_SLOT_80000008].a & 0xff);
    x86_featureset mine, its;

    for ( unsigned int i = 0; i < 3; i++ )
        p->word[maxima[i]] = min(p->word[maxima[i]], limit->word[maxima[i]]);
    addr->a = (addr->a & ~0xffu) | bits;

    x86_policy_to_featureset(p, mine);
    x86_policy_to_featureset(limit, its);
    for ( unsigned int w = 0; w < X86_NR_FEATURE_WORDS; w++ )
        mine[w] &= its[w];
    x86_featureset_close(mine);
    x86_featureset_to_policy(mine, p);

    close_gates(p, kind);
    x86_policy_recalc_xstate(p, limit);
    x86_policy_recalc_vmx(p, limit);
    x86_policy_recalc_derived(p);
    x86_policy_trim(p);
}

/* ---- hosts ------------------------------------------------------------ */

/* For each type: plain, and then one thing more or less at a time. */
static const struct x86_domain_kind kinds[] = {
    { .hvm = false },
    { .hvm = false, .pv32 = true },
    { .hvm = false, .vpmu = true },
    { .hvm = false, .max_phys_bits = 36 },
    { .hvm = false, .pv32 = true, .max_phys_bits = 32 },
    { .hvm = true, .hap = true },
    { .hvm = true, .hap = true, .nested = true },
    { .hvm = true, .hap = true, .vpmu = true },
    { .hvm = true, .hap = true, .max_phys_bits = 40 },
    { .hvm = true },
    { .hvm = true, .nested = true },
    { .hvm = true, .hap = true, .nested = true, .vpmu = true,
      .max_phys_bits = 52 },
};

static void each_kind(const char *name, const cpupolicy_source *src)
{
    static struct audit_host h;

    for ( size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++ )
    {
        const struct x86_domain_kind *k = &kinds[i];

        snprintf(h.name, sizeof(h.name), "%s", name);
        h.kind = *k;
        h.max = src->policies[k->hvm ? X86_POLICY_HVM_MAX
                                     : X86_POLICY_PV_MAX].policy;
        h.def = src->policies[k->hvm ? X86_POLICY_HVM_DEFAULT
                                     : X86_POLICY_PV_DEFAULT].policy;
        x86_domain_limit(&h.limit, &h.max, k);
        audit_intersect(&h.def, &h.limit, k);
        walk.each(walk.ctx, &h);
    }
}

/* As guessed; with all that could be had; with nothing that need be. */
static const cpupolicy_options options[] = {
    { .cmdline = NULL },
    { .cmdline = "cpuid=cet-ss,cet-ibt,hle,rtm,itsc,avx512f,rdrand,rdseed",
      .platform = "hvm=yes,hap=yes,vpmu=yes,virt-spec-ctrl=yes,tsx=yes,"
                  "cpuid-faulting=yes,microcode=0x7fffffff" },
    { .cmdline = "cpuid=no-xsave,ibrsb=guest,no-apic,no-lm",
      .platform = "hap=no,vpmu=yes,tsx=no,smt=off,spec-ctrl-pv=no,"
                  "spec-ctrl-hvm=no,fast-strings=no,vmx-xsaves=no" },
};

/* Samples of formats have a few leaves, of which no CPU could consist. */
static bool is_cpu(const cpupolicy_source *src)
{
    const struct cpu_policy *raw = &src->policies[X86_POLICY_RAW].policy;

    return x86_policy_has(raw, X86_FEATURE_FPU);
}

/* Not 0: no dump, or one of something else than hardware. */
static int one_host(const char *name)
{
    cpupolicy_error err = { .code = 0 };
    cpupolicy_source *src;

    for ( size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++ )
    {
        int rc = cpupolicy_source_open(&src, name, &options[i], &err);

        /* What was derived from once is so again. */
        ck_assert_msg(!rc || !i, "%s, options %zu: %s", name, i,
                      err.message);
        if ( rc )
            return rc;
        if ( is_cpu(src) )
        {
            each_kind(name, src);
            walk.nr += !i;
        }
        cpupolicy_source_free(src);
    }

    return 0;
}

static int one_file(const char *path, const struct stat *st, int type,
                    struct FTW *ftw)
{
    const char *dot = strrchr(path, '.');
    int rc;

    (void)st;
    (void)ftw;
    if ( type != FTW_F || (dot && !strcmp(dot, ".expect")) )
        return 0;

    rc = one_host(path);
    ck_assert_msg(!rc || !vectors_is_cpu(path), "%s: %d", path, rc);

    return 0;
}

size_t audit_hosts_each(void (*each)(void *ctx, const struct audit_host *h),
                        void *ctx)
{
    char root[512];

    walk.each = each;
    walk.ctx = ctx;
    walk.nr = 0;
    ck_assert_int_eq(one_host("native"), 0);
    ck_assert_int_eq(nftw("tests/data/dumps", one_file, 16, FTW_PHYS), 0);
    if ( vectors_path("dumps", root, sizeof(root)) )
        ck_assert_int_eq(nftw(root, one_file, 16, FTW_PHYS), 0);

    return walk.nr;
}
