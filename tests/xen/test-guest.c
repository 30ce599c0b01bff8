/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Did the guest see its policy?  Compares the answers of a probe guest with
 * the policy that its domain had, row by row, bit by bit, with nothing left
 * out but the rules below, which say what Xen adds at the time of CPUID.
 *
 * usage: test-guest pv|pvh DOMAIN-POLICY SYSTEM-POLICIES ANSWERS
 * (policies as xen-cpuid -p writes them, answers as guest-cpuid does)
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab.h"
#include "rows.h"

#define NO_SUBLEAF XEN_CPU_POLICY_NO_SUBLEAF

#define OSXSAVE   (1u << 27)    /* leaf 1 ecx */
#define XSAVE     (1u << 26)
#define X2APIC    (1u << 21)
#define OSPKE     (1u << 4)     /* leaf 7 ecx */
#define ARCH_CAPS (1u << 29)    /* leaf 7 edx */
#define XSAVEC_XSAVES 0xau      /* leaf 0xd subleaf 1 eax */

/* The legacy area and the header: XCR0 is 1 where nobody has set it. */
#define XSAVE_SIZE_X87 576

static struct xen_rows policy, raw;
static bool is_pv;

static const struct xen_cpu_policy_leaf *look(const struct xen_rows *rows,
                                              uint32_t leaf, uint32_t subleaf)
{
    static const struct xen_cpu_policy_leaf none;
    bool indexed = leaf == 4 || leaf == 7 || leaf == 0xb || leaf == 0xd;
    const struct xen_cpu_policy_leaf *l =
        rows_find(rows, leaf, indexed ? subleaf : NO_SUBLEAF);

    return l ? l : &none;
}

/* What the guest must see: vCPU 0, no CR4 bit and no XCR0 component set. */
static void predict(struct xen_cpu_policy_leaf *l)
{
    uint32_t leaf = l->leaf, subleaf = l->subleaf;

    *l = *look(&policy, leaf, subleaf);
    l->leaf = leaf;
    l->subleaf = subleaf;
    /* Xen sets CR4.OSXSAVE for a PV kernel that may use XSAVE. */
    if ( leaf == 1 && is_pv && l->c & XSAVE )
        l->c |= OSXSAVE;
    /* Subleaves beyond the two that a policy has are all zero. */
    if ( leaf == 0xb && subleaf < 2 && look(&policy, 1, 0)->c & X2APIC &&
         look(&policy, 0, 0)->a >= 0xb )
        l->c |= subleaf;
    if ( leaf == 0xd && subleaf == 0 && look(&policy, 1, 0)->c & XSAVE )
        l->b = XSAVE_SIZE_X87;
    if ( leaf == 0xd && subleaf == 1 && l->a & XSAVEC_XSAVES )
        l->b = XSAVE_SIZE_X87;
}

/* Xen's own leaves are no part of a policy; the first is enough of them. */
static bool is_xen_leaf(uint32_t leaf)
{
    return leaf >> 16 == 0x4000;
}

static bool is_xen_signature(const struct xen_cpu_policy_leaf *l)
{
    return l->a == 0x40000005 && l->b == 0x566e6558 && l->c == 0x65584d4d &&
           l->d == 0x4d4d566e;
}

static void remark(const char *what, const struct xen_cpu_policy_leaf *l,
                   const struct xen_cpu_policy_leaf *expected)
{
    lab_remark("%s %08x %08x: %08x %08x %08x %08x, expected %08x %08x %08x "
               "%08x", what, l->leaf, l->subleaf, l->a, l->b, l->c, l->d,
               expected->a, expected->b, expected->c, expected->d);
}

struct tally {
    unsigned int nr_compared, nr_differ;
};

static struct tally seen, native, msrs;
static bool signature;

static void judge_seen(const struct xen_cpu_policy_leaf *l)
{
    struct xen_cpu_policy_leaf expected = { l->leaf, l->subleaf, 0, 0, 0, 0 };

    if ( is_xen_leaf(l->leaf) )
    {
        if ( l->leaf == 0x40000000 )
            signature = is_xen_signature(l);
        return;
    }
    predict(&expected);
    seen.nr_compared++;
    if ( !memcmp(l, &expected, sizeof(expected)) )
        return;
    seen.nr_differ++;
    remark("seen", l, &expected);
}

/*
 * Without CPUID faulting a PV guest's CPUID instruction is the hardware's:
 * all that raw has leaks, but for the bits that are a CPU's live state.
 */
static void judge_native(const struct xen_cpu_policy_leaf *l)
{
    struct xen_cpu_policy_leaf expected = *look(&raw, l->leaf, l->subleaf);
    struct xen_cpu_policy_leaf got = *l;

    /* The policy has one row of leaves whose subleaves it does not know. */
    if ( !(expected.a | expected.b | expected.c | expected.d) ||
         (expected.subleaf == NO_SUBLEAF && l->subleaf) )
        return;
    if ( l->leaf == 1 )
    {
        got.b &= 0x00ffffff, expected.b &= 0x00ffffff;
        got.c &= ~OSXSAVE, expected.c &= ~OSXSAVE;
    }
    if ( l->leaf == 7 && l->subleaf == 0 )
        got.c &= ~OSPKE, expected.c &= ~OSPKE;
    if ( l->leaf == 0xb )
        got.d = expected.d = 0;
    if ( l->leaf == 0xd && l->subleaf < 2 )
        got.b = expected.b = 0;
    native.nr_compared++;
    if ( got.a == expected.a && got.b == expected.b && got.c == expected.c &&
         got.d == expected.d )
        return;
    native.nr_differ++;
    remark("native", l, &expected);
}

static void judge_msr(uint32_t index, const char *answer)
{
    char expected[32] = "no such row";
    uint32_t i;

    for ( i = 0; i < policy.nr_msrs; i++ )
        if ( policy.msrs[i].index == index )
            snprintf(expected, sizeof(expected), "%016" PRIx64,
                     policy.msrs[i].value);
    if ( index == 0x10a && !(look(&policy, 7, 0)->d & ARCH_CAPS) )
        strcpy(expected, "fault");
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

    if ( sscanf(line, "%c %8" SCNx32 " %8" SCNx32 " %8" SCNx32 " %8" SCNx32
                " %8" SCNx32 " %8" SCNx32, &kind, &l.leaf, &l.subleaf, &l.a,
                &l.b, &l.c, &l.d) == 7 )
    {
        if ( kind == 'c' && is_pv )
            judge_native(&l);
        else
            judge_seen(&l);
        return true;
    }
    if ( sscanf(line, "m %8" SCNx32 " %31s", &index, answer) != 2 )
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

static void tally_case(const struct tally *t, unsigned int nr_least,
                       const char *name)
{
    lab_case(t->nr_compared >= nr_least && !t->nr_differ, name,
             "%u of %u differ", t->nr_differ, t->nr_compared);
    lab_remark("%s: %u answers of 128 bits compared", name, t->nr_compared);
}

int main(int argc, char **argv)
{
    if ( argc != 5 )
        lab_give_up("usage: test-guest pv|pvh DOMAIN SYSTEM ANSWERS");
    is_pv = !strcmp(argv[1], "pv");
    if ( !rows_read(argv[2], "Domain", &policy) ||
         !rows_read(argv[3], "Raw", &raw) )
        lab_give_up("cannot read the policies");
    lab_case(judge_all(argv[4]), "answers", "not understood");
    tally_case(&seen, 200, "guest-sees-its-policy");
    lab_case(signature, "guest-sees-xen", "no signature at 0x40000000");
    tally_case(&msrs, 2, "msrs");
    if ( is_pv )
        tally_case(&native, 8, "native-is-raw");
    return lab_finish(is_pv ? 5 : 4);
}
