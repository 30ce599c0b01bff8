/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What is known of CPU models and not enumerated by CPUID.  Sources: Intel's
 * "Affected Processors" tables for transient execution attacks, and the
 * specification updates; AMD's security bulletins.
 */

#include "../rule.h"

#define NR(a) (sizeof(a) / sizeof((a)[0]))

static bool in_list(uint32_t signature, const uint8_t *models,
                    unsigned int nr)
{
    uint32_t model = x86_model(signature);

    if ( x86_family(signature) != 6 )
        return false;

    for ( unsigned int i = 0; i < nr; i++ )
        if ( models[i] == model )
            return true;

    return false;
}

/* Skylake, Cascade Lake and Cooper Lake servers share one model number. */
bool x86_intel_clwb_is_slow(uint32_t signature)
{
    static const uint8_t models[] = { 0x55 };

    return in_list(signature, models, NR(models));
}

/*
 * CPUs on which an empty return stack does not fall back to the indirect
 * predictor, so that retpoline holds: from Penryn up to Broadwell, the Atoms
 * before Tremont, Xeon Phi.  What is not listed counts as unsafe, as it does
 * in Xen: older models were never examined.
 */
static const uint8_t retpoline_safe[] = {
    0x17, 0x1d,                                 /* Penryn, Dunnington */
    0x1a, 0x1e, 0x1f, 0x2e,                     /* Nehalem */
    0x25, 0x2c, 0x2f,                           /* Westmere */
    0x2a, 0x2d, 0x3a, 0x3e,                     /* Sandy, Ivy Bridge */
    0x3c, 0x3f, 0x45, 0x46,                     /* Haswell */
    0x1c, 0x26, 0x27, 0x35, 0x36,               /* Bonnell, Saltwell */
    0x37, 0x4a, 0x4c, 0x4d, 0x5a, 0x5d, 0x65, 0x6e, 0x75, /* Silvermont */
    0x5c, 0x5f, 0x7a,                           /* Goldmont */
    0x57, 0x85,                                 /* Knights */
};

bool x86_intel_rsb_unsafe(uint32_t signature)
{
    return x86_family(signature) == 6 &&
           !in_list(signature, retpoline_safe, NR(retpoline_safe));
}

struct mended {
    uint32_t signature, microcode;
};

static uint32_t first_good(uint32_t signature, const struct mended *rows,
                           unsigned int nr)
{
    for ( unsigned int i = 0; i < nr; i++ )
        if ( (signature & 0x0fff0fff) == rows[i].signature )
            return rows[i].microcode;

    return 0;
}

/* Broadwell: retpoline holds from these revisions on. */
uint32_t x86_intel_rsb_microcode(uint32_t signature)
{
    static const struct mended broadwell[] = {
        { 0x306d4, 0x2a }, { 0x40671, 0x1d }, { 0x406f1, 0xb000021 },
        { 0x50662, 0x15 }, { 0x50663, 0x7000012 }, { 0x50664, 0xf000011 },
        { 0x50665, 0xe000009 },
    };

    return first_good(signature, broadwell, NR(broadwell));
}

/* Register File Data Sampling: Goldmont to Gracemont, hybrids included. */
bool x86_intel_rfds_affected(uint32_t signature)
{
    static const uint8_t models[] = {
        0x5c, 0x5f, 0x7a, 0x86, 0x96, 0x9c, 0xbe, 0x97, 0x9a, 0xb7, 0xba,
        0xbf,
    };

    return in_list(signature, models, NR(models));
}

/* Gather Data Sampling: Skylake to Tiger Lake and Rocket Lake. */
bool x86_intel_gds_affected(uint32_t signature)
{
    static const uint8_t models[] = {
        0x4e, 0x5e, 0x8e, 0x9e, 0x55, 0x66, 0xa5, 0xa6, 0x6a, 0x6c, 0x7d,
        0x7e, 0x8c, 0x8d, 0xa7,
    };

    return in_list(signature, models, NR(models));
}

/* Indirect Target Selection: the above, without the first Skylakes. */
bool x86_intel_its_affected(uint32_t signature)
{
    static const uint8_t models[] = {
        0x55, 0x8e, 0x9e, 0xa5, 0xa6, 0x6a, 0x6c, 0x7d, 0x7e, 0x8c, 0x8d,
        0xa7,
    };
    uint32_t stepping = signature & 0xf;

    switch ( x86_model(signature) )
    {
    case 0x55:
        return x86_family(signature) == 6 && stepping > 5;

    case 0x8e:
        return x86_family(signature) == 6 && stepping > 0xb;

    case 0x9e:
        return x86_family(signature) == 6 && stepping > 0xc;

    default:
        return in_list(signature, models, NR(models));
    }
}

/* TSC deadline timer fires late or never below these revisions. */
uint32_t x86_intel_tsc_deadline_microcode(uint32_t signature)
{
    static const struct mended bad[] = {
        { 0x306f2, 0x3a }, { 0x306f4, 0x0f },           /* Haswell-X */
        { 0x306c3, 0x22 }, { 0x40651, 0x20 }, { 0x40661, 0x17 },
        { 0x306d4, 0x25 }, { 0x40671, 0x17 },           /* Broadwell */
        { 0x406f1, 0xb000020 },
        { 0x50662, 0x11 }, { 0x50663, 0x700000e }, { 0x50664, 0xf00000c },
        { 0x50665, 0xe000003 },
        { 0x50653, 0x1000136 }, { 0x50654, 0x2000014 }, /* Skylake-X */
        { 0x406e3, 0xb2 }, { 0x506e3, 0xb2 },
        { 0x806e9, 0x52 }, { 0x906e9, 0x52 },           /* Kaby Lake */
    };

    return first_good(signature, bad, NR(bad));
}

/* Ivy Bridge clients: RDRAND leaks (SRBDS) and got no microcode. */
bool x86_intel_srbds_unfixable(uint32_t signature)
{
    static const uint8_t models[] = { 0x3a };

    return in_list(signature, models, NR(models));
}

/*
 * First microcode that scrubs with VERW (TSA), by family, model and
 * stepping as AMD packs them; 0: not an affected model.
 */
uint32_t x86_amd_tsa_microcode(uint32_t signature)
{
    static const struct {
        uint32_t signature, microcode;
    } rows[] = {
        { 0x00a00f11, 0x0a0011d7 }, { 0x00a00f12, 0x0a00123b },
        { 0x00a00f82, 0x0a00820d },
        { 0x00a10f11, 0x0a10114c }, { 0x00a10f12, 0x0a10124c },
        { 0x00a10f81, 0x0a108109 },
        { 0x00a20f10, 0x0a20102e }, { 0x00a20f12, 0x0a201211 },
        { 0x00a40f41, 0x0a404108 }, { 0x00a50f00, 0x0a500012 },
        { 0x00a60f12, 0x0a60120a }, { 0x00a70f41, 0x0a704108 },
        { 0x00a70f52, 0x0a705208 }, { 0x00a70f80, 0x0a708008 },
        { 0x00a70fc0, 0x0a70c008 }, { 0x00aa0f02, 0x0aa00216 },
    };

    for ( unsigned int i = 0; i < NR(rows); i++ )
        if ( signature == rows[i].signature )
            return rows[i].microcode;

    return 0;
}
