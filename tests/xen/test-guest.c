/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Did the guest see its policy?  What the core says that a vCPU reads, out of
 * the policy that was computed before the domain got it, is compared with the
 * answers of a probe guest, bit by bit.
 *
 * usage: test-guest pv|pvh SYSTEM-POLICIES ANSWERS PREDICTED READ-BACK
 *                   [same|other FRESH]
 * (policies as xen-cpuid -p writes them, answers as guest-cpuid does; FRESH:
 * a domain's that nobody has set, which the prediction has to equal or not)
 */
#include <cpuid.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arch/vcpu.h>

#include "lab.h"
#include "rows.h"
#include "source/source.h"

#define NO_SUBLEAF XEN_CPU_POLICY_NO_SUBLEAF

#define OSXSAVE (1u << 27)      /* leaf 1 ecx */
#define OSPKE   (1u << 4)       /* leaf 7 ecx */

#define CR4_PAE     (1u << 5)
#define CR4_OSXSAVE (1u << 18)

/* Of the local APIC: on, and this is the first processor. */
#define APIC_BASE_AT_START 0xfee00900u

static struct xen_rows raw;
static struct cpu_policy predicted;
static bool is_pv;

/* ---- what the guest must see ------------------------------------------ */

/* Xen's clock, ids and limits: not known beforehand, no part of a policy. */
static bool unforeseen;

static void xen_leaf(void *ctx, uint32_t index, uint32_t subleaf,
                     struct x86_regs *out)
{
    (void)ctx;
    (void)subleaf;
    /* One hypercall page, its MSR, and what PV page tables can do. */
    if ( index == 2 )
        *out = (struct x86_regs){ 1, X86_HV_LEAF, is_pv, 0 };
    else
        unforeseen = true;
}

static struct x86_hypervisor_leaves xen_leaves = { .xen = xen_leaf };

/* vCPU 0 of a kernel that has set no more than it needs for 64-bit mode. */
static struct x86_vcpu vcpu = {
    .long_mode = true, .kernel = true, .xcr0 = 1, .leaves = &xen_leaves,
};

static void prepare(const char *system)
{
    static struct xen_rows host;
    struct xen_host_info info;
    struct xen_host *xen;
    cpupolicy_error err;

    if ( !rows_read(system, "Raw", &raw) || !rows_read(system, "Host", &host) )
        lab_give_up("cannot read the system's policies");
    if ( xen_host_open(&xen, &err) || xen_host_info_get(xen, &info, &err) )
        lab_give_up("%s", err.message);
    xen_host_close(xen);
    xen_leaves.version = info.major << 16 | info.minor;
    vcpu.hvm = vcpu.hap = !is_pv;
    vcpu.emulated = is_pv;
    vcpu.cr4 = is_pv ? 0 : CR4_PAE;
    vcpu.apic_base = APIC_BASE_AT_START;
    /* Xen runs with CR4.OSXSAVE where it uses XSAVE. */
    if ( rows_find(&host, 1, NO_SUBLEAF)->c & (1u << (X86_FEATURE_XSAVE % 32)) )
        vcpu.xen_cr4 = CR4_OSXSAVE;
}

static void read_policy(const char *path, const char *title,
                        struct cpu_policy *out)
{
    static struct xen_rows rows;

    if ( !rows_read(path, title, &rows) || policy_from_rows(out, &rows, NULL) )
        lab_give_up("%s: cannot read the policy", path);
}

/* ---- intended differences ---------------------------------------------- */

/* What our vCPUs answer otherwise than this Xen, and why. */
static const struct {
    uint32_t leaf, subleaf;     /* this subleaf and those after it */
    uint32_t mask[4];           /* by register */
    const char *why;
} intended[] = {
    { 0xb, 2, { 0, 0, 0xff, 0 }, "hardware returns the subleaf asked for, "
      "however high (SDM vol 2, CPUID leaf 0xb); Xen 4.17 has two" },
};
#define NR_INTENDED (sizeof(intended) / sizeof(intended[0]))

static unsigned int nr_intended[NR_INTENDED];

/* As this Xen has it where the difference is meant: its zeros. */
static void intend(const struct xen_cpu_policy_leaf *l, struct x86_regs *r)
{
    for ( unsigned int i = 0; i < NR_INTENDED; i++ )
    {
        const uint32_t *mask = intended[i].mask;

        if ( l->leaf != intended[i].leaf || l->subleaf < intended[i].subleaf )
            continue;
        nr_intended[i] += !!((r->a & mask[0]) | (r->b & mask[1]) |
                             (r->c & mask[2]) | (r->d & mask[3]));
        r->a &= ~mask[0], r->b &= ~mask[1];
        r->c &= ~mask[2], r->d &= ~mask[3];
    }
}

/* ---- judging ----------------------------------------------------------- */

struct tally {
    unsigned int nr_compared, nr_differ;
};

static struct tally seen, native, msrs;
static unsigned int nr_leaked;

static void compare(struct tally *t, const char *what,
                    const struct xen_cpu_policy_leaf *l,
                    const struct x86_regs *expected)
{
    t->nr_compared++;
    if ( l->a == expected->a && l->b == expected->b &&
         l->c == expected->c && l->d == expected->d )
        return;
    t->nr_differ++;
    lab_remark("%s %08x %08x: %08x %08x %08x %08x, expected %08x %08x %08x "
               "%08x", what, l->leaf, l->subleaf, l->a, l->b, l->c, l->d,
               expected->a, expected->b, expected->c, expected->d);
}

static void judge_seen(const struct xen_cpu_policy_leaf *l)
{
    struct x86_regs expected;

    unforeseen = false;
    x86_vcpu_cpuid(&predicted, &vcpu, l->leaf, l->subleaf, &expected);
    if ( unforeseen )
        return;
    intend(l, &expected);
    compare(&seen, "seen", l, &expected);
}

/* Of leaf 0xd, which CPUs like QEMU's repeat for leaves beyond the highest. */
static bool is_save_area(const struct x86_regs *r, uint32_t subleaf)
{
    uint32_t a, b, c, d;

    __cpuid_count(0xd, subleaf, a, b, c, d);

    return subleaf < 2 && r->a == a && r->b == b && r->c == c && r->d == d;
}

/* Take out of both what is a CPU's live state and not a guest's. */
static void mask_live_state(struct xen_cpu_policy_leaf *l, struct x86_regs *r)
{
    if ( (l->leaf == 0xd && l->subleaf < 2) || is_save_area(r, l->subleaf) )
        l->b = r->b = 0;
    if ( l->leaf == 1 )
    {
        l->b &= 0x00ffffff, r->b &= 0x00ffffff;
        l->c &= ~OSXSAVE, r->c &= ~OSXSAVE;
    }
    if ( l->leaf == 7 && l->subleaf == 0 )
        l->c &= ~OSPKE, r->c &= ~OSPKE;
    if ( l->leaf == 0xb )
        l->d = r->d = 0;
}

static unsigned int nr_bits(uint32_t word)
{
    return __builtin_popcount(word);
}

/*
 * Without CPUID faulting a PV guest's CPUID instruction is the hardware's:
 * what this program, in dom0, gets for it, and what Xen has as raw.  How much
 * of that the policy wanted to hide is counted.
 */
static void judge_native(const struct xen_cpu_policy_leaf *answer)
{
    const struct xen_cpu_policy_leaf *row = rows_find(&raw, answer->leaf,
                                                      answer->subleaf);
    struct xen_cpu_policy_leaf l = *answer;
    struct x86_regs hardware, policy;

    __cpuid_count(l.leaf, l.subleaf, hardware.a, hardware.b, hardware.c,
                  hardware.d);
    x86_vcpu_cpuid(&predicted, &vcpu, l.leaf, l.subleaf, &policy);
    nr_leaked += nr_bits(l.a & ~policy.a) + nr_bits(l.b & ~policy.b) +
                 nr_bits(l.c & ~policy.c) + nr_bits(l.d & ~policy.d);

    mask_live_state(&l, &hardware);
    compare(&native, "native", &l, &hardware);
    /* The policy has one row of leaves whose subleaves it does not know. */
    if ( !row && !l.subleaf )
        row = rows_find(&raw, l.leaf, NO_SUBLEAF);
    if ( !row )
        return;
    l = *answer;
    hardware = (struct x86_regs){ row->a, row->b, row->c, row->d };
    mask_live_state(&l, &hardware);
    compare(&native, "raw", &l, &hardware);
}

static void judge_msr(uint32_t index, const char *answer)
{
    char expected[32] = "fault";
    uint64_t value;

    if ( x86_vcpu_rdmsr(&predicted, &vcpu, index, &value) == X86_MSR_VALUE )
        snprintf(expected, sizeof(expected), "%016lx", value);
    msrs.nr_compared++;
    if ( !strcmp(expected, answer) )
        return;
    msrs.nr_differ++;
    lab_remark("MSR %08x: %s, expected %s", index, answer, expected);
}

static bool judge_line(const char *line)
{
    struct xen_cpu_policy_leaf l;
    char kind, answer[32];
    uint32_t index;

    if ( sscanf(line, "%c %8x %8x %8x %8x %8x %8x", &kind, &l.leaf,
                &l.subleaf, &l.a, &l.b, &l.c, &l.d) == 7 )
    {
        if ( kind == 'c' && is_pv )
            judge_native(&l);
        else
            judge_seen(&l);
        return true;
    }
    if ( sscanf(line, "m %8x %31s", &index, answer) != 2 )
        return false;
    judge_msr(index, answer);
    return true;
}

static bool judge_all(const char *path)
{
    FILE *f = fopen(path, "r");
    char line[128];
    bool ok = f;

    while ( ok && fgets(line, sizeof(line), f) )
        ok = judge_line(line);
    if ( f )
        fclose(f);
    return ok;
}

/* Bits in which two policies differ, MSRs included. */
static unsigned int nr_different(const struct cpu_policy *a,
                                 const struct cpu_policy *b)
{
    unsigned int nr = 0;

    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        nr += nr_bits(a->word[i] ^ b->word[i]);
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        nr += __builtin_popcountll(a->msr[i] ^ b->msr[i]);
    return nr;
}

static void tally_case(const struct tally *t, unsigned int nr_least,
                       unsigned int nr_bits_each, const char *name)
{
    char what[64];

    lab_case(t->nr_compared >= nr_least && !t->nr_differ, name,
             "%u of %u differ", t->nr_differ, t->nr_compared);
    snprintf(what, sizeof(what), "%s-bits", name);
    lab_count(what, t->nr_compared * nr_bits_each);
    lab_count("answers-that-differ", t->nr_differ);
}

/* The policy that Xen's own tool reads, and how it compares to a fresh one. */
static void check_read_back(int argc, char **argv)
{
    struct cpu_policy other;
    unsigned int nr;

    read_policy(argv[5], "Domain", &other);
    nr = nr_different(&predicted, &other);
    lab_case(!nr, "xen-cpuid-agrees", "%u bits differ", nr);
    if ( argc < 8 )
        return;

    read_policy(argv[7], "Domain", &other);
    nr = nr_different(&predicted, &other);
    lab_case(!nr == !strcmp(argv[6], "same"), argv[6], "%u bits differ", nr);
    lab_remark("%u bits differ from a fresh domain's policy", nr);
}

int main(int argc, char **argv)
{
    if ( argc != 6 && argc != 8 )
        lab_give_up("usage: test-guest pv|pvh SYSTEM ANSWERS PREDICTED "
                    "READ-BACK [same|other FRESH]");
    is_pv = !strcmp(argv[1], "pv");
    prepare(argv[2]);
    read_policy(argv[4], NULL, &predicted);
    check_read_back(argc, argv);
    lab_case(judge_all(argv[3]), "answers", "not understood");
    tally_case(&seen, 200, 128, "guest-sees-its-policy");
    tally_case(&msrs, 2, 64, "msrs");
    lab_count("guests", 1);
    for ( unsigned int i = 0; i < NR_INTENDED; i++ )
        if ( nr_intended[i] )
            lab_remark("intended, %u answers: %s", nr_intended[i],
                       intended[i].why);
    if ( is_pv )
    {
        tally_case(&native, 200, 128, "native-is-hardware");
        lab_remark("%u bits that the policy does not have are seen natively",
                   nr_leaked);
    }
    return lab_finish(4 + is_pv + (argc == 8));
}
