/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Featuresets, dependencies, vendors and what the hardware says, against
 * Debian's libxenguest 4.17 and its header.  Where the two differ on purpose,
 * a row says why; a row that nothing needs fails too.
 */
#include <check.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xenctrl.h>
#include <xenguest.h>

#include <arch/derive.h>

#include "oracle-xenguest.h"
#include "quick.h"
#include "random.h"

Suite *suite_oracle_features(void);

#define NR_POLICIES random_share(100000)

#define NR(a) (sizeof(a) / sizeof((a)[0]))

START_TEST(featuresets_agree)
{
    struct random r = random_start();

    for ( unsigned int n = 0; n < NR_POLICIES; n++ )
    {
        uint32_t theirs[X86_NR_FEATURE_WORDS];
        x86_featureset ours, fs;
        struct cpu_policy p = { 0 }, q;
        struct xen_policy x;

        oracle_random_policy(&r, &p);
        oracle_from_policy(&x, &p);
        x86_policy_to_featureset(&p, ours);
        x86_cpu_policy_to_featureset(&x, theirs);
        quick_assert_msg(!memcmp(ours, theirs, sizeof(ours)),
                         "policy %u, seed %#lx", n, (unsigned long)r.seed);

        for ( unsigned int i = 0; i < X86_NR_FEATURE_WORDS; i++ )
            fs[i] = random_32(&r);
        x86_featureset_to_policy(fs, &p);
        x86_cpu_featureset_to_policy(fs, &x);
        oracle_to_policy(&q, &x);
        quick_assert_msg(!memcmp(&p, &q, sizeof(p)),
                         "featureset %u, seed %#lx", n,
                         (unsigned long)r.seed);
    }
}
END_TEST

/* Dependencies that one side has and the other has not. */
static struct {
    uint16_t on, dependent;
    bool is_ours;
    const char *reason;
    unsigned int nr;
} dep_differences[] = {
    { X86_FEATURE_CLFLUSH, X86_FEATURE_CLZERO, true,
      "later Xens have it: CLZERO clears a line of CLFLUSH's size", 0 },
    { X86_FEATURE_IBRS, X86_FEATURE_AUTO_IBRS, true,
      "later Xens have it: automatic IBRS is a form of IBRS", 0 },
};

static bool is_known(unsigned int f)
{
    const uint32_t *known =
        xc_get_static_cpu_featuremask(XC_FEATUREMASK_KNOWN);

    return (known[f / 32] >> (f % 32)) & 1;
}

static bool dep_is_meant(unsigned int on, unsigned int f, bool is_ours)
{
    for ( unsigned int i = 0; i < NR(dep_differences); i++ )
        if ( dep_differences[i].on == on &&
             dep_differences[i].dependent == f &&
             dep_differences[i].is_ours == is_ours )
            return ++dep_differences[i].nr;

    return false;
}

static bool in_set(const uint32_t *fs, unsigned int f)
{
    return fs && ((fs[f / 32] >> (f % 32)) & 1);
}

/* Of features that 4.17 has a name for: it lists all bits of MSR 0x10a. */
START_TEST(deep_deps_agree)
{
    for ( unsigned int on = 0; on < X86_NR_FEATURE_WORDS * 32; on++ )
    {
        const uint32_t *ours = x86_deep_deps_lookup(on);
        const uint32_t *theirs = x86_cpu_policy_lookup_deep_deps(on);

        for ( unsigned int f = 0; f < X86_NR_FEATURE_WORDS * 32; f++ )
            if ( is_known(on) && is_known(f) &&
                 in_set(ours, f) != in_set(theirs, f) )
                quick_assert_msg(dep_is_meant(on, f, in_set(ours, f)),
                                 "%u on %u is only %s", f, on,
                                 in_set(ours, f) ? "ours" : "theirs");
    }

    for ( unsigned int i = 0; i < NR(dep_differences); i++ )
        quick_assert_msg(dep_differences[i].nr, "not needed: %s",
                         dep_differences[i].reason);
}
END_TEST

/* As the hypervisor sanitises: what is absent takes its dependents. */
static void oracle_close(uint32_t *fs)
{
    for ( unsigned int on = 0; on < X86_NR_FEATURE_WORDS * 32; on++ )
    {
        const uint32_t *deps = x86_cpu_policy_lookup_deep_deps(on);

        for ( unsigned int w = 0;
              deps && !in_set(fs, on) && w < X86_NR_FEATURE_WORDS; w++ )
            fs[w] &= ~deps[w];
    }
}

static bool closure_is_meant(const uint32_t *before, unsigned int f,
                             bool only_theirs_keeps)
{
    for ( unsigned int i = 0; i < NR(dep_differences); i++ )
        if ( dep_differences[i].dependent == f &&
             dep_differences[i].is_ours == only_theirs_keeps &&
             !in_set(before, dep_differences[i].on) )
            return true;

    return false;
}

START_TEST(closure_agrees)
{
    const uint32_t *known =
        xc_get_static_cpu_featuremask(XC_FEATUREMASK_KNOWN);
    struct random r = random_start();

    for ( unsigned int n = 0; n < NR_POLICIES; n++ )
    {
        uint32_t before[X86_NR_FEATURE_WORDS], theirs[X86_NR_FEATURE_WORDS];
        unsigned int ors = random_below(&r, 6);
        x86_featureset ours;

        for ( unsigned int w = 0; w < X86_NR_FEATURE_WORDS; w++ )
        {
            before[w] = random_32(&r);
            for ( unsigned int i = 0; i < ors; i++ )
                before[w] |= random_32(&r);
            before[w] &= known[w];
        }
        memcpy(ours, before, sizeof(ours));
        memcpy(theirs, before, sizeof(theirs));
        x86_featureset_close(ours);
        oracle_close(theirs);

        for ( unsigned int f = 0; f < X86_NR_FEATURE_WORDS * 32; f++ )
            quick_assert_msg(in_set(ours, f) == in_set(theirs, f) ||
                             closure_is_meant(ours, f, in_set(theirs, f)),
                             "set %u, seed %#lx: %u", n, (unsigned long)r.seed,
                             f);
    }
}
END_TEST

START_TEST(vendors_agree)
{
    static const char *const ids[] = {
        "GenuineIntel", "AuthenticAMD", "CentaurHauls", "  Shanghai  ",
        "HygonGenuine", "xxxxxxxxxxxx", "",
    };
    struct random r = random_start();

    for ( unsigned int n = 0; n < NR_POLICIES; n++ )
    {
        char id[13] = "";
        uint32_t regs[3];

        strcpy(id, ids[random_below(&r, NR(ids))]);
        if ( random_below(&r, 2) )
            id[random_below(&r, 12)] ^= 1 << random_below(&r, 8);
        memcpy(regs, id, sizeof(regs));
        quick_assert_msg(x86_vendor_lookup(regs[0], regs[2], regs[1]) ==
                         x86_cpuid_lookup_vendor(regs[0], regs[2], regs[1]),
                         "'%s'", id);
    }
}
END_TEST

/* Both read this machine's CPU, the same one. */
START_TEST(reading_the_hardware_agrees)
{
    struct xen_cpu_policy_leaf ours[120], theirs[120];
    uint32_t nr = 120, nr_x = 120;
    struct xen_policy x;
    struct cpu_policy p;
    cpu_set_t cpus;

    CPU_ZERO(&cpus);
    CPU_SET(sched_getcpu(), &cpus);
    ck_assert_int_eq(sched_setaffinity(0, sizeof(cpus), &cpus), 0);

    x86_policy_read(&p, x86_cpuid_native, NULL);
    x86_policy_trim(&p);
    memset(&x, 0, sizeof(x));
    x86_cpu_policy_fill_native(&x);
    ck_assert_int_eq(x86_policy_to_leaves(&p, &x86_abi_xen, ours, &nr), 0);
    ck_assert_int_eq(x86_cpuid_copy_to_buffer(&x, theirs, &nr_x), 0);
    ck_assert_uint_eq(nr, nr_x);
    for ( uint32_t i = 0; i < nr; i++ )
        quick_assert_msg(!memcmp(&ours[i], &theirs[i], sizeof(ours[i])),
                         "leaf %#x.%#x", ours[i].leaf, ours[i].subleaf);
}
END_TEST

static const struct {
    const char *name;
    enum xc_static_cpu_featuremask mask;
} masks[] = {
    { "known", XC_FEATUREMASK_KNOWN },
    { "special", XC_FEATUREMASK_SPECIAL },
    { "pv_def", XC_FEATUREMASK_PV_DEF },
    { "pv_max", XC_FEATUREMASK_PV_MAX },
    { "hvm_shadow_def", XC_FEATUREMASK_HVM_SHADOW_DEF },
    { "hvm_shadow_max", XC_FEATUREMASK_HVM_SHADOW_MAX },
    { "hvm_hap_def", XC_FEATUREMASK_HVM_HAP_DEF },
    { "hvm_hap_max", XC_FEATUREMASK_HVM_HAP_MAX },
};

/* What the generator makes of Debian's header is what Debian built. */
START_TEST(static_masks_of_debians_header_agree)
{
    const uint32_t *mask = xc_get_static_cpu_featuremask(masks[_i].mask);
    const char *program = getenv("GEN_CPU_POLICY");
    char command[512], line[512], expect[512], name[64];
    unsigned int nr_found = 0;
    size_t len = 0;
    FILE *out;

    for ( unsigned int w = 0; w < X86_NR_FEATURE_WORDS; w++ )
        len += snprintf(expect + len, sizeof(expect) - len, "%s%08x",
                        w ? ":" : "", mask[w]);
    snprintf(command, sizeof(command), "%s --masks --features %s",
             program ? program : "build/gen-cpu-policy",
             "/usr/include/xen/arch-x86/cpufeatureset.h");
    out = popen(command, "r");
    ck_assert_ptr_nonnull(out);
    while ( fgets(line, sizeof(line), out) )
    {
        char words[256];

        if ( sscanf(line, "%63s %*u %255s", name, words) != 2 ||
             strcmp(name, masks[_i].name) )
            continue;
        nr_found++;
        quick_assert_msg(!strcmp(words, expect), "%s: %s, not %s", name, words,
                         expect);
    }
    ck_assert_int_eq(pclose(out), 0);
    quick_assert_msg(nr_found == 1, "%s: %u lines", masks[_i].name, nr_found);
}
END_TEST

Suite *suite_oracle_features(void)
{
    Suite *s = suite_create("oracle-features");
    TCase *tc = tcase_create("random featuresets");

    tcase_set_timeout(tc, 300);
    tcase_add_test(tc, featuresets_agree);
    tcase_add_test(tc, deep_deps_agree);
    tcase_add_test(tc, closure_agrees);
    tcase_add_test(tc, vendors_agree);
    tcase_add_test(tc, reading_the_hardware_agrees);
    tcase_add_loop_test(tc, static_masks_of_debians_header_agree, 0,
                        NR(masks));
    suite_add_tcase(s, tc);

    return s;
}
