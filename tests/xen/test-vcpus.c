/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What do all vCPUs of a guest see, and what does Linux make of it?  Each
 * answer has to be the core's prediction for that vCPU, of the policy that
 * was computed before the domain got it; and the answers together, by a model
 * of how Linux counts before and since 6.9, the units that were asked for.
 *
 * usage: test-vcpus pv|pvh SYSTEM-POLICIES ANSWERS PREDICTED VCPUS
 *                   [PACKAGES CORES]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "foresee.h"
#include "lab.h"
#include "linux-topology.h"

#define MAX_VCPUS   64
#define MAX_ANSWERS 64
#define APIC_ID     0x20        /* SDM vol 3, local APIC register map */
#define MSR_X2APIC_ID 0x802

static struct foresight f;

/* What one vCPU said of itself. */
static struct seen {
    struct xen_cpu_policy_leaf leaves[MAX_ANSWERS];
    unsigned int nr_leaves;
    uint32_t xapic_id;
    bool has_xapic_id;
} seen[MAX_VCPUS];

static unsigned int nr_vcpus, nr_compared, nr_differ;

static void count(bool same)
{
    nr_compared++;
    nr_differ += !same;
}

/* ---- by the prediction ------------------------------------------------- */

static void judge_cpuid(struct seen *s, const struct xen_cpu_policy_leaf *l)
{
    struct x86_regs want;
    bool same;

    if ( s->nr_leaves == MAX_ANSWERS )
        lab_give_up("more answers than there is room for");
    s->leaves[s->nr_leaves++] = *l;
    if ( !foresee_cpuid(&f, l, &want) )
        return;
    same = l->a == want.a && l->b == want.b && l->c == want.c &&
           l->d == want.d;
    count(same);
    if ( !same )
        lab_remark("vCPU %u: %08x %08x: %08x %08x %08x %08x, expected %08x "
                   "%08x %08x %08x", nr_vcpus - 1, l->leaf, l->subleaf, l->a,
                   l->b, l->c, l->d, want.a, want.b, want.c, want.d);
}

static void judge_apic(struct seen *s, uint32_t offset, uint32_t value)
{
    if ( offset != APIC_ID )
        lab_give_up("the APIC's register %#x is not foreseen", offset);
    s->xapic_id = value >> 24;
    s->has_xapic_id = true;
    count(value == (uint32_t)f.vcpu.ids.apic_id << 24);
    if ( value != (uint32_t)f.vcpu.ids.apic_id << 24 )
        lab_remark("vCPU %u: APIC id %08x", nr_vcpus - 1, value);
}

/* `x`: the guest has gone to x2APIC mode, if it could. */
static void judge_msr(char kind, uint32_t index, const char *answer)
{
    struct x86_vcpu v = f.vcpu;
    char want[32] = "fault";
    uint64_t value;

    if ( kind == 'x' && x86_policy_has(&f.policy, X86_FEATURE_X2APIC) )
        v.apic_base |= 0x400;
    if ( x86_vcpu_rdmsr(&f.policy, &v, index, &value) == X86_MSR_VALUE )
        snprintf(want, sizeof(want), "%016lx", value);
    count(!strcmp(want, answer));
    if ( strcmp(want, answer) )
        lab_remark("vCPU %u: MSR %08x: %s, expected %s", nr_vcpus - 1, index,
                   answer, want);
}

static bool judge_line(const char *line)
{
    struct xen_cpu_policy_leaf l;
    uint32_t index, value;
    char kind, answer[32];

    if ( sscanf(line, "n %8x", &index) == 1 )
        return true;
    if ( sscanf(line, "v %8x", &index) == 1 )
    {
        if ( index != nr_vcpus || index >= MAX_VCPUS )
            return false;
        nr_vcpus++;
        foresee_vcpu(&f, index);
        return true;
    }
    if ( !nr_vcpus )
        return false;
    if ( sscanf(line, "%c %8x %8x %8x %8x %8x %8x", &kind, &l.leaf,
                &l.subleaf, &l.a, &l.b, &l.c, &l.d) == 7 )
        judge_cpuid(&seen[nr_vcpus - 1], &l);
    else if ( sscanf(line, "a %8x %8x", &index, &value) == 2 )
        judge_apic(&seen[nr_vcpus - 1], index, value);
    else if ( sscanf(line, "%c %8x %31s", &kind, &index, answer) == 3 &&
              (kind == 'm' || kind == 'x') )
        judge_msr(kind, index, answer);
    else
        return false;

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

/* ---- by Linux ---------------------------------------------------------- */

static struct linux_regs answered(void *ctx, uint32_t leaf, uint32_t subleaf)
{
    const struct seen *s = ctx;

    for ( unsigned int i = 0; i < s->nr_leaves; i++ )
    {
        const struct xen_cpu_policy_leaf *l = &s->leaves[i];

        if ( l->leaf == leaf && l->subleaf == subleaf )
            return (struct linux_regs){ l->a, l->b, l->c, l->d };
    }
    lab_give_up("Linux reads leaf %#x.%u, which was not asked for", leaf,
                subleaf);
}

static void judge_units(enum linux_kernel kernel, const char *name,
                        unsigned int packages, unsigned int cores)
{
    static struct linux_cpu cpus[MAX_VCPUS];
    struct linux_units u;

    for ( unsigned int i = 0; i < nr_vcpus; i++ )
    {
        if ( !seen[i].has_xapic_id )
            lab_give_up("vCPU %u has told no APIC id", i);
        cpus[i] = (struct linux_cpu){ answered, &seen[i], seen[i].xapic_id };
    }
    u = linux_count(kernel, cpus, nr_vcpus);
    lab_case(u.packages == packages && u.cores == cores &&
             u.threads == nr_vcpus, name, "%u packages, %u cores, %u threads; "
             "not %u, %u, %u", u.packages, u.cores, u.threads, packages,
             cores, nr_vcpus);
}

int main(int argc, char **argv)
{
    if ( argc != 6 && argc != 8 )
        lab_give_up("usage: test-vcpus pv|pvh SYSTEM ANSWERS PREDICTED VCPUS "
                    "[PACKAGES CORES]");
    foresee(&f, argv[1], argv[2], argv[4]);
    lab_case(judge_all(argv[3]), "answers", "not understood");
    lab_case(nr_vcpus == (unsigned int)atoi(argv[5]), "all-vcpus", "%u of %s",
             nr_vcpus, argv[5]);
    lab_case(nr_compared >= 16 * nr_vcpus && !nr_differ, "as-predicted",
             "%u of %u differ", nr_differ, nr_compared);
    foresee_remark();
    if ( argc == 8 )
    {
        judge_units(LINUX_BEFORE_6_9, "linux-before-6.9", atoi(argv[6]),
                    atoi(argv[7]));
        judge_units(LINUX_SINCE_6_9, "linux-since-6.9", atoi(argv[6]),
                    atoi(argv[7]));
    }
    lab_count("guests", 1);
    lab_count("vcpus", nr_vcpus);
    lab_count("answers-of-vcpus", nr_compared);
    lab_count("answers-that-differ", nr_differ);

    return lab_finish(argc == 8 ? 5 : 3);
}
