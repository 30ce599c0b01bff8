/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a vCPU's CPUID instruction costs in the hypervisor, against one lookup
 * of a feature's dependents in libxenguest.
 */
#include <stdio.h>

#include <arch/vcpu.h>

#include "audit-rich.h"
#include "bench.h"
#include "oracle-xenguest.h"

#define BOUND 3.0               /* x lookup */

#define CR4_PAE     (1u << 5)
#define CR4_OSXSAVE (1u << 18)
#define APIC_EN     (1u << 11)

/* x87, SSE, AVX, AVX-512: not all that the policy has. */
#define XCR0        0xe7u

static struct cpu_policy policy;
static struct x86_vcpu vcpu = {
    .hvm = true, .hap = true, .long_mode = true, .kernel = true,
    .cr4 = CR4_PAE | CR4_OSXSAVE, .xcr0 = XCR0, .apic_base = APIC_EN,
    .ids = { .apic_id = 6, .x2apic_id = 6 },
};
static volatile uint32_t sink;

/* What the loop reads, so that the compiler cannot know the leaf. */
static struct leaf {
    const char *name;
    uint32_t leaf, subleaf;
} leaf;

static const struct leaf leaves[] = {
    { "0, highest leaf and vendor", 0, 0 },
    { "1, signature and features", 1, 0 },
    { "4:3, a cache", 4, 3 },
    { "7:0, features", 7, 0 },
    { "0xb:1, topology", 0xb, 1 },
    { "0xd:0, size of what is enabled", 0xd, 0 },
    { "0xd:1, compacted size", 0xd, 1 },
    { "0xd:2, a component", 0xd, 2 },
    { "0x80000001, features", 0x80000001U, 0 },
    { "0x80000008, widths", 0x80000008U, 0 },
    { "0x8000001e, topology", 0x8000001eU, 0 },
    { "beyond the highest", 0x70000000U, 0 },
};

/* As many at a time as keep the loop's own cost small. */
#define NR_READS 16

static void read_leaf(void)
{
    for ( unsigned int i = 0; i < NR_READS; i++ )
    {
        struct x86_regs r;

        x86_vcpu_cpuid(&policy, &vcpu, leaf.leaf, leaf.subleaf, &r);
        sink = r.a;
        __asm__ volatile ( "" : "+m" (leaf) );
    }
}

#define NR_BITS (X86_NR_FEATURE_WORDS * 32)

static void their_lookups(void)
{
    for ( unsigned int f = 0; f < NR_BITS; f++ )
        sink = (uintptr_t)x86_cpu_policy_lookup_deep_deps(f);
}

void bench_vcpu(void)
{
    char name[64];
    struct bench_row row = {
        name, "ns", read_leaf, their_lookups, 20, NR_READS, NR_BITS, BOUND,
    };

    audit_rich_limit(&policy, X86_VENDOR_INTEL);
    for ( unsigned int i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++ )
    {
        leaf = leaves[i];
        if ( leaf.leaf == 0x8000001eU )
            audit_rich_limit(&policy, X86_VENDOR_AMD);
        snprintf(name, sizeof(name), "vCPU reads %s", leaf.name);
        bench_compare(&row);
    }
}
