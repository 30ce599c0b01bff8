/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Host max: all that could be used here.  Host default: what is used, less
 * what `cpuid=` takes away.
 *
 * Order matters: first what the tables know (host-known.c), then what
 * is known of models (host-intel.c, host-amd.c), and here the
 * rest: the platform, the administrator, and what follows from all of it.
 */

#include <string.h>

#include "../rule.h"

static bool no_hvm(struct x86_view *d)
{
    return !fact(d, hvm);
}

static bool no_rdt_leaf(struct x86_view *d)
{
    return !in_range(d, 0x10);
}

static bool odd_line_size(struct x86_view *d)
{
    uint32_t size = x86_field(word(d, X86_WORD(1, B)),
                              X86_1_EBX_CLFLUSH_SIZE);

    return has(d, F(CLZERO)) && (!size || (size & (size - 1)));
}

static void drop_experimental(struct x86_derive *d)
{
    x86_featureset fs;

    x86_policy_to_featureset(d->p, fs);
    for ( unsigned int i = 0; i < X86_NR_FEATURE_WORDS; i++ )
        fs[i] &= ~(x86_features_experimental[i] & ~option(d)->in[i]);
    x86_featureset_to_policy(fs, d->p);
}

static bool fam15_16(struct x86_view *d)
{
    return family(d) == 0x15 || family(d) == 0x16;
}

static bool rdrand_unasked(struct x86_view *d)
{
    return fam15_16(d) && !x86_feature_test(asked(d)->in, F(RDRAND));
}

static void guest_only(struct x86_derive *d)
{
    x86_rule_drop(d, option(d)->guest);
}

static bool no_vpmu(struct x86_view *d)
{
    return !fact(d, vpmu);
}

static void clear_vpmu(struct x86_derive *d)
{
    memset(&d->p->leaf[X86_SLOT_A], 0, sizeof(d->p->leaf[0]));
}

static void faulting(struct x86_derive *d)
{
    uint64_t *msr = &d->p->msr[X86_MSR_SLOT_CE];

    *msr = d->in->plat->cpuid_faulting ? X86_MSR_CE_CPUID_FAULTING : 0;
}

/* Whether any of these is AVX, or AVX needs it. */
static bool concern_vectors(const x86_featureset fs)
{
    x86_featureset needs = { 0 };
    uint32_t any = 0;

    x86_feature_set(needs, F(AVX));
    x86_featureset_add_prerequisites(needs);
    for ( unsigned int w = 0; w < X86_NR_FEATURE_WORDS; w++ )
        any |= needs[w] & fs[w];

    return any;
}

/*
 * Gathers need vector registers.  The CPU may have none, or the command line
 * may take them, from guests as well; the row below takes them because of
 * GDS, which is no reason to say that there is none.
 */
static bool no_vectors(struct x86_view *d)
{
    if ( family(d) != 6 || has(d, F(AVX)) )
        return false;

    return stage(d) == X86_POLICY_HOST_MAX ||
           (concern_vectors(asked(d)->out) &&
            !concern_vectors(asked(d)->guest));
}

/* Models mislead beneath a hypervisor that says neither NO nor CTRL. */
static bool gds_open(struct x86_view *d)
{
    return family(d) == 6 &&
           (x86_intel_gds_affected(signature(d)) || fact(d, virtualised)) &&
           fact(d, gds_mit) && has(d, F(AVX)) &&
           !not_vulnerable(d, F(GDS_NO)) && !has(d, F(GDS_NO)) &&
           !has(d, F(GDS_CTRL));
}

static void common_1d(struct x86_derive *d)
{
    uint32_t *e1d = &d->p->leaf[X86_SLOT_80000001].d;

    /* Emulators may leave the copies out. */
    if ( x86_leaf_in_range(d->p, 0x80000001U) )
        *e1d = (*e1d & ~X86_COMMON_1D) |
            (d->p->leaf[X86_SLOT_1].d & X86_COMMON_1D);
}

const struct x86_rule x86_host_rules[] = {
    {
        .id = "host-no-hvm", .stages = ST(HOST_MAX), .when = no_hvm,
        CLEAR(F(VMX), F(SVM)),
        .reason = "hardware virtualisation could not be started",
    },
    {
        .id = "host-no-rdt-leaf", .stages = ST(HOST_MAX),
        .when = no_rdt_leaf, CLEAR(F(PQE)),
        .reason = "resource allocation is described in leaf 0x10, which "
                  "is out of range",
    },
    {
        .id = "host-no-xstate-leaf", .stages = ST(HOST_MAX),
        .when = no_xstate_leaf, CLEAR(F(XSAVE)),
        .reason = "XSAVE is described in leaf 0xd, which is out of range",
    },
    {
        .id = "host-clzero-line-size", .stages = ST(HOST_MAX),
        .when = odd_line_size, CLEAR(F(CLZERO)),
        .reason = "the cache line size is not a power of two",
    },
    {
        .id = "host-experimental", .stages = ST(HOST_DEFAULT),
        .apply = drop_experimental,
        .reason = "experimental: off unless cpuid= opts in",
    },
    {
        .id = "host-rdrand-s3", .stages = ST(HOST_DEFAULT),
        .vendors = X86_VENDOR_AMD, .when = rdrand_unasked, CLEAR(F(RDRAND)),
        .reason = "RDRAND may fail after suspend on families 0x15 and 0x16; "
                  "cpuid=rdrand opts in",
    },
    {
        .id = "cmdline-out", .stages = ST(HOST_DEFAULT),
        .apply = x86_rule_opt_out,
        .reason = "cpuid= on the command line opts out",
    },
    {
        .id = "cmdline-guest", .stages = ST(HOST_DEFAULT),
        .apply = guest_only,
        .reason = "cpuid= on the command line keeps it for guests: the "
                  "hypervisor does not use it",
    },
    {
        .id = "host-no-vpmu", .stages = ST(HOST_DEFAULT), .when = no_vpmu,
        .apply = clear_vpmu,
        .reason = "no virtual PMU: performance counters stay with the "
                  "hypervisor",
        .reference = "XSA-163",
    },
    {
        .id = "host-cpuid-faulting", .stages = ST(HOST_MAX),
        .apply = faulting,
        .reason = "whether CPUID faulting works is known from a probe",
    },
    {
        .id = "host-out-of-range", .stages = ST_HOST, .apply = x86_rule_trim,
        .reason = "beyond the highest leaf or after the last subleaf",
    },
    {
        .id = "dependency", .stages = ST_HOST, .apply = x86_rule_close,
        .reason = "a feature that it needs is missing",
    },
    {
        .id = "host-gds-no-avx", .stages = ST_HOST,
        .vendors = X86_VENDOR_INTEL, .when = no_vectors,
        .apply = x86_rule_gds_no,
        .reason = "without AVX there is nothing to gather into",
        .reference = "INTEL-SA-00828, XSA-435",
    },
    {
        .id = "host-gds-avx-off", .stages = ST(HOST_MAX),
        .vendors = X86_VENDOR_INTEL, .when = gds_open, CLEAR(F(AVX)),
        .apply = x86_rule_close,
        .reason = "the microcode has no control for GDS: nothing but doing "
                  "without AVX mitigates it here",
        .reference = "INTEL-SA-00828, XSA-435 (August 2023)",
    },
    {
        .id = "host-common-1d", .stages = ST_HOST,
        .vendors = VENDOR_AMD_HYGON, .apply = common_1d,
        .reason = "AMD repeats these features of leaf 1 here",
        .reference = "APM vol 3, CPUID Fn8000_0001_EDX",
    },
    {
        .id = "host-xstate", .stages = ST_HOST, .apply = x86_rule_xstate,
        .reason = "leaf 0xd follows from the features",
        .reference = "SDM vol 1, 13.2",
    },
    { .id = NULL },
};
