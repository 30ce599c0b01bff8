/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The core against libxenguest 4.17. */
#include <string.h>

#include <arch/derive.h>

#include "bench.h"
#include "oracle-xenguest.h"

/* One policy of the same content on both sides. */
static struct cpu_policy ours;
static struct xen_policy theirs;
static struct xen_cpu_policy_leaf leaves[120];
static uint32_t nr_leaves;

static struct x86_platform plat;
static struct cpu_policy raw;
static struct x86_policies policies;
static volatile uintptr_t sink;

static void our_serialise(void)
{
    uint32_t nr = 120;

    if ( x86_policy_to_leaves(&ours, &x86_abi_xen, leaves, &nr) )
        bench_fail("our serialisation");
}

static void their_serialise(void)
{
    uint32_t nr = 120;

    if ( x86_cpuid_copy_to_buffer(&theirs, leaves, &nr) )
        bench_fail("their serialisation");
}

static void our_deserialise(void)
{
    if ( x86_policy_from_leaves(&ours, &x86_abi_xen, leaves, nr_leaves,
                                NULL) )
        bench_fail("our deserialisation");
}

static void their_deserialise(void)
{
    uint32_t leaf, subleaf;

    if ( x86_cpuid_copy_from_buffer(&theirs, leaves, nr_leaves, &leaf,
                                    &subleaf) )
        bench_fail("their deserialisation");
}

static void our_lookups(void)
{
    for ( unsigned int f = 0; f < X86_NR_FEATURE_WORDS * 32; f++ )
        sink += (uintptr_t)x86_deep_deps_lookup(f);
}

static void their_lookups(void)
{
    for ( unsigned int f = 0; f < X86_NR_FEATURE_WORDS * 32; f++ )
        sink += (uintptr_t)x86_cpu_policy_lookup_deep_deps(f);
}

static void derive(void)
{
    const struct x86_derive_input in = {
        .cpus = &raw, .nr_cpus = 1, .plat = &plat,
    };

    x86_derive(&policies, &in);
}

static struct bench_row rows[] = {
    { "serialise", "ns/leaf", our_serialise, their_serialise, 2000,
      .bound = 1 },
    /* Ours understands all of it before it stores any. */
    { "deserialise, all or nothing", "ns/leaf", our_deserialise,
      their_deserialise, 2000, .bound = 1 },
    { "look up the dependents of every bit", "ns", our_lookups,
      their_lookups, 100, .bound = 1 },
    { "all seven policies, to one serialisation", "ns", derive,
      their_serialise, 20, .bound = 500 },
};

/* This machine's CPU, as libxenguest reads it. */
static void read_hardware(void)
{
    nr_leaves = 120;
    x86_cpu_policy_fill_native(&theirs);
    if ( x86_cpuid_copy_to_buffer(&theirs, leaves, &nr_leaves) ||
         x86_policy_from_leaves(&ours, &x86_abi_xen, leaves, nr_leaves,
                                NULL) )
        bench_fail("this machine's CPU");

    raw = ours;
    x86_raw_clean(&raw, NULL);
    x86_platform_guess(&plat, &raw, NULL);
}

void bench_core(void)
{
    read_hardware();
    rows[0].ours_per = rows[0].theirs_per = nr_leaves;
    rows[1].ours_per = rows[1].theirs_per = nr_leaves;

    for ( unsigned int i = 0; i < sizeof(rows) / sizeof(rows[0]); i++ )
        bench_compare(&rows[i]);
}
