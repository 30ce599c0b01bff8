/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which families and models no CPU with a feature is of.  Kernels choose
 * workarounds and performance events by them, so that what calls itself a
 * Pentium while it has long mode gets those of another CPU.
 *
 * Only the impossible is refused, since toolstacks may describe another CPU
 * than the host's for good reasons: each row is the first that had the
 * feature, and families after it may have any model.  What the limit has is
 * possible, whatever the rows say.
 */
#include "audit-private.h"

static const struct first {
    uint32_t vendors;
    uint16_t feature;
    uint8_t family, model;      /* the lowest */
} firsts[] = {
    /* 64-bit Core 2 is 06_0FH; before it, family 15 (SDM vol 4, table 2-1). */
    { X86_VENDOR_INTEL, X86_FEATURE_LM, 6, 0xf },
    /*
     * Pentium III is 06_07H (SDM vol 1, 2.1.6), but QEMU's qemu32, a model
     * that guests do have, is 06_06H, with SSE2.
     */
    { X86_VENDOR_INTEL, X86_FEATURE_SSE, 6, 0 },
    { X86_VENDOR_INTEL, X86_FEATURE_SSE2, 6, 0 },
    /* Sandy Bridge is 06_2AH (SDM vol 4, table 2-1). */
    { X86_VENDOR_INTEL, X86_FEATURE_AVX, 6, 0x2a },
    /* Athlon 64 and Opteron are family 15 (APM vol 1, 1.1; AMD 25481). */
    { X86_VENDOR_AMD, X86_FEATURE_LM, 0xf, 0 },
    { X86_VENDOR_AMD, X86_FEATURE_SSE2, 0xf, 0 },
    /* Athlon XP is family 6, model 6 (AMD 20734). */
    { X86_VENDOR_AMD, X86_FEATURE_SSE, 6, 6 },
    /* Bulldozer is family 0x15 (AMD 42301). */
    { X86_VENDOR_AMD, X86_FEATURE_AVX, 0x15, 0 },
    /* There is no Hygon CPU before Dhyana, family 0x18. */
    { X86_VENDOR_HYGON, X86_FEATURE_LM, 0x18, 0 },
    /* Nehemiah is family 6, model 9 (VIA C3 BIOS guide); Nano is 0xf. */
    { X86_VENDOR_CENTAUR, X86_FEATURE_SSE, 6, 9 },
    { X86_VENDOR_CENTAUR, X86_FEATURE_LM, 6, 0xf },
    /* Zhaoxin began with families 6 and 7 (Linux, cpu/zhaoxin.c). */
    { X86_VENDOR_SHANGHAI, X86_FEATURE_LM, 6, 0 },
};

bool x86_family_plausible(const struct cpu_policy *p,
                          const struct cpu_policy *limit)
{
    uint32_t sig = p->leaf[X86_SLOT_1].a;
    uint32_t family = x86_family(sig), model = x86_model(sig);

    if ( !((sig ^ limit->leaf[X86_SLOT_1].a) &
           (SIGNATURE_FAMILY | SIGNATURE_MODEL)) )
        return true;

    for ( unsigned int i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++ )
    {
        const struct first *f = &firsts[i];

        if ( (f->vendors & limit->vendor) && x86_policy_has(p, f->feature) &&
             (family < f->family ||
              (family == f->family && model < f->model)) )
            return false;
    }

    return true;
}
