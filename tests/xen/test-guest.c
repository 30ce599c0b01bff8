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

#include "foresee.h"
#include "lab.h"
#include "rows.h"

#define NO_SUBLEAF XEN_CPU_POLICY_NO_SUBLEAF

#define OSXSAVE (1u << 27)      /* leaf 1 ecx */
#define OSPKE   (1u << 4)       /* leaf 7 ecx */

static struct foresight f;

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

    if ( foresee_cpuid(&f, l, &expected) )
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
    const struct xen_cpu_policy_leaf *row = rows_find(&f.raw, answer->leaf,
                                                      answer->subleaf);
    struct xen_cpu_policy_leaf l = *answer;
    struct x86_regs hardware, policy;

    __cpuid_count(l.leaf, l.subleaf, hardware.a, hardware.b, hardware.c,
                  hardware.d);
    x86_vcpu_cpuid(&f.policy, &f.vcpu, l.leaf, l.subleaf, &policy);
    nr_leaked += nr_bits(l.a & ~policy.a) + nr_bits(l.b & ~policy.b) +
                 nr_bits(l.c & ~policy.c) + nr_bits(l.d & ~policy.d);

    mask_live_state(&l, &hardware);
    compare(&native, "native", &l, &hardware);
    /* The policy has one row of leaves whose subleaves it does not know. */
    if ( !row && !l.subleaf )
        row = rows_find(&f.raw, l.leaf, NO_SUBLEAF);
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

    if ( x86_vcpu_rdmsr(&f.policy, &f.vcpu, index, &value) == X86_MSR_VALUE )
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
        if ( kind == 'c' && f.is_pv )
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
    FILE *file = fopen(path, "r");
    char line[128];
    bool ok = file;

    while ( ok && fgets(line, sizeof(line), file) )
        ok = judge_line(line);
    if ( file )
        fclose(file);
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

    foresee_read(argv[5], "Domain", &other);
    nr = nr_different(&f.policy, &other);
    lab_case(!nr, "xen-cpuid-agrees", "%u bits differ", nr);
    if ( argc < 8 )
        return;

    foresee_read(argv[7], "Domain", &other);
    nr = nr_different(&f.policy, &other);
    lab_case(!nr == !strcmp(argv[6], "same"), argv[6], "%u bits differ", nr);
    lab_remark("%u bits differ from a fresh domain's policy", nr);
}

int main(int argc, char **argv)
{
    if ( argc != 6 && argc != 8 )
        lab_give_up("usage: test-guest pv|pvh SYSTEM ANSWERS PREDICTED "
                    "READ-BACK [same|other FRESH]");
    foresee(&f, argv[1], argv[2], argv[4]);
    check_read_back(argc, argv);
    lab_case(judge_all(argv[3]), "answers", "not understood");
    tally_case(&seen, 200, 128, "guest-sees-its-policy");
    tally_case(&msrs, 2, 64, "msrs");
    lab_count("guests", 1);
    foresee_remark();
    if ( f.is_pv )
    {
        tally_case(&native, 200, 128, "native-is-hardware");
        lab_remark("%u bits that the policy does not have are seen natively",
                   nr_leaked);
    }
    return lab_finish(4 + f.is_pv + (argc == 8));
}
