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
 * predictor, so that retpoline holds: from Penryn up to Haswell, the Atoms
 * before Goldmont Plus.  What is not listed counts as unsafe, as it does in
 * Xen: older models, the Silvermonts in telephones and modems and Goldmont
 * Plus were never examined, and nobody supports Xeon Phi since Xen 4.20.
 */
static const uint8_t retpoline_safe[] = {
    0x17, 0x1d,                                 /* Penryn, Dunnington */
    0x1a, 0x1e, 0x1f, 0x2e,                     /* Nehalem */
    0x25, 0x2c, 0x2f,                           /* Westmere */
    0x2a, 0x2d, 0x3a, 0x3e,                     /* Sandy, Ivy Bridge */
    0x3c, 0x3f, 0x45, 0x46,                     /* Haswell */
    0x1c, 0x26, 0x27, 0x35, 0x36,               /* Bonnell, Saltwell */
    0x37, 0x4a, 0x4c, 0x4d, 0x5a,               /* Silvermont, Airmont */
    0x5c, 0x5f,                                 /* Goldmont */
};

bool x86_intel_rsb_unsafe(uint32_t signature)
{
    return x86_family(signature) == 6 &&
           !in_list(signature, retpoline_safe, NR(retpoline_safe));
}

/* From which microcode revision on a model of family 6 is mended. */
struct mended {
    uint8_t model, stepping;
    uint32_t microcode;
};

#define ANY_STEPPING 0xff

static uint32_t first_good(uint32_t signature, const struct mended *rows,
                           unsigned int nr)
{
    if ( x86_family(signature) != 6 )
        return 0;

    for ( unsigned int i = 0; i < nr; i++ )
        if ( rows[i].model == x86_model(signature) &&
             (rows[i].stepping == ANY_STEPPING ||
              rows[i].stepping == (signature & X86_1_EAX_STEPPING)) )
            return rows[i].microcode;

    return 0;
}

/*
 * Broadwell: retpoline holds from these revisions on; other steppings of its
 * servers (0x56) are not known.
 */
uint32_t x86_intel_rsb_microcode(uint32_t signature)
{
    static const struct mended broadwell[] = {
        { 0x3d, ANY_STEPPING, 0x2a }, { 0x47, ANY_STEPPING, 0x1d },
        { 0x4f, ANY_STEPPING, 0xb000021 },
        { 0x56, 2, 0x15 }, { 0x56, 3, 0x7000012 }, { 0x56, 4, 0xf000011 },
        { 0x56, 5, 0xe000009 },
    };

    return first_good(signature, broadwell, NR(broadwell));
}

/*
 * Register File Data Sampling: the Atom cores from Goldmont to Gracemont.
 * Alder and Raptor Lake have such cores where they say that they are hybrid;
 * the Xeons of the same models have none.
 */
bool x86_intel_rfds_affected(uint32_t signature, bool hybrid)
{
    static const uint8_t models[] = {
        0x5c, 0x5f, 0x7a, 0x86, 0x96, 0x9c, 0xbe, 0x9a, 0xba, 0xbf,
    };
    static const uint8_t if_hybrid[] = { 0x97, 0xb7 };

    return in_list(signature, models, NR(models)) ||
           (hybrid && in_list(signature, if_hybrid, NR(if_hybrid)));
}

/* Gather Data Sampling: Skylake servers to Tiger Lake and Rocket Lake. */
bool x86_intel_gds_affected(uint32_t signature)
{
    static const uint8_t models[] = {
        0x55, 0x6a, 0x6c, 0x7e, 0x8c, 0x8d, 0x8e, 0x9e, 0xa5, 0xa6, 0xa7,
    };

    return in_list(signature, models, NR(models));
}

/*
 * Skylake clients, Cannon Lake and the desktop Ice Lake: Intel's table has
 * the first two as affected, all of them have the same gathers, and none got
 * microcode.  Xen counts them as safe.
 */
bool x86_intel_gds_doubtful(uint32_t signature)
{
    static const uint8_t models[] = { 0x4e, 0x5e, 0x66, 0x7d };

    return in_list(signature, models, NR(models));
}

/*
 * Indirect Target Selection, of models with eIBRS: as GDS, without those that
 * never had eIBRS.  Not by stepping: none of those said to be safe has eIBRS.
 */
bool x86_intel_its_affected(uint32_t signature)
{
    static const uint8_t models[] = { 0x7d };

    return x86_intel_gds_affected(signature) ||
           in_list(signature, models, NR(models));
}

/* TSC deadline timer fires late or never below these revisions. */
uint32_t x86_intel_tsc_deadline_microcode(uint32_t signature)
{
    static const struct mended bad[] = {
        { 0x3c, ANY_STEPPING, 0x22 }, { 0x45, ANY_STEPPING, 0x20 },
        { 0x46, ANY_STEPPING, 0x17 },                   /* Haswell */
        { 0x3f, 2, 0x3a }, { 0x3f, 4, 0x0f },
        { 0x3d, ANY_STEPPING, 0x25 }, { 0x47, ANY_STEPPING, 0x17 },
        { 0x4f, ANY_STEPPING, 0xb000020 },              /* Broadwell */
        { 0x56, 2, 0x11 }, { 0x56, 3, 0x700000e }, { 0x56, 4, 0xf00000c },
        { 0x56, 5, 0xe000003 },
        { 0x4e, ANY_STEPPING, 0xb2 }, { 0x5e, ANY_STEPPING, 0xb2 },
        { 0x55, 3, 0x1000136 }, { 0x55, 4, 0x2000014 }, /* Skylake */
        { 0x8e, ANY_STEPPING, 0x52 }, { 0x9e, ANY_STEPPING, 0x52 },
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
