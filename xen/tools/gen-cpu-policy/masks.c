/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The properties that a feature can have, each a mask over the featureset.
 * What is offered to PV guests is offered to HVM guests, and what is offered
 * to those under shadow paging is offered to those with HAP.
 */
#include <string.h>

#include "model.h"

#define PV_DEF     ATTR_ALL
#define PV_MAX     (PV_DEF | ATTR_OPT_ALL)
#define SHADOW_DEF (PV_DEF | ATTR_HVM)
#define SHADOW_MAX (PV_MAX | SHADOW_DEF | ATTR_OPT_HVM)
#define HAP_DEF    (SHADOW_DEF | ATTR_HAP)
#define HAP_MAX    (SHADOW_MAX | HAP_DEF | ATTR_OPT_HAP)

#define HAS_ATTRIBUTE(name, wanted)                                     \
    static bool has_##name(const struct model *m, const struct feature *f) \
    {                                                                   \
        (void)m;                                                        \
        return f->attrs & (wanted);                                     \
    }

HAS_ATTRIBUTE(special, ATTR_SPECIAL)
HAS_ATTRIBUTE(accumulate, ATTR_ACCUMULATE)
HAS_ATTRIBUTE(experimental, ATTR_EXPERIMENTAL)
HAS_ATTRIBUTE(pv_def, PV_DEF)
HAS_ATTRIBUTE(pv_max, PV_MAX)
HAS_ATTRIBUTE(hvm_shadow_def, SHADOW_DEF)
HAS_ATTRIBUTE(hvm_shadow_max, SHADOW_MAX)
HAS_ATTRIBUTE(hvm_hap_def, HAP_DEF)
HAS_ATTRIBUTE(hvm_hap_max, HAP_MAX)

static bool has_known(const struct model *m, const struct feature *f)
{
    return m && f;
}

bool feature_is_deep(const struct model *m, const struct feature *f)
{
    for ( unsigned int i = 0; i < m->nr_words; i++ )
        if ( m->deep[f->value][i] )
            return true;

    return false;
}

const struct mask masks[] = {
    { "known", "known", false, has_known },
    { "special", NULL, false, has_special },
    { "simple_or", "accumulate", false, has_accumulate },
    { "experimental", "experimental", false, has_experimental },
    { "pv_def", "pv_def", false, has_pv_def },
    { "pv_max", "pv_max", false, has_pv_max },
    { "hvm_shadow_def", NULL, false, has_hvm_shadow_def },
    { "hvm_shadow_max", "hvm_shadow_max", false, has_hvm_shadow_max },
    { "hvm_hap_def", "hvm_hap_def", false, has_hvm_hap_def },
    { "hvm_hap_max", "hvm_hap_max", false, has_hvm_hap_max },
    { "deep_features", "deep", true, feature_is_deep },
};
const unsigned int nr_masks = ARRAY_SIZE(masks);

void mask_compute(const struct model *m, const struct mask *mask,
                  featureset set)
{
    memset(set, 0, sizeof(featureset));
    for ( const struct feature *f = m->features;
          f < m->features + m->nr_features; f++ )
        if ( mask->has(m, f) )
            set[f->value / 32] |= 1u << (f->value % 32);
}

void masks_print(const struct model *m, bool with_deps, FILE *out)
{
    for ( unsigned int i = 0; i < nr_masks; i++ )
    {
        featureset set;
        unsigned int count = 0;

        if ( masks[i].of_deps && !with_deps )
            continue;

        mask_compute(m, &masks[i], set);
        for ( unsigned int w = 0; w < m->nr_words; w++ )
            count += __builtin_popcount(set[w]);

        fprintf(out, "%s %u ", masks[i].name, count);
        for ( unsigned int w = 0; w < m->nr_words; w++ )
            fprintf(out, "%s%08x", w ? ":" : "", set[w]);
        fputc('\n', out);
    }
}

uint32_t common_1d(const struct model *m)
{
    /* Bits of CPUID 1.edx that AMD repeats in 0x80000001.edx (APM vol. 3). */
    static const char *const names[] = {
        "FPU", "VME", "DE", "PSE", "TSC", "MSR", "PAE", "MCE", "CX8", "APIC",
        "MTRR", "PGE", "MCA", "CMOV", "PAT", "PSE36", "MMX", "FXSR",
    };
    uint32_t mask = 0;

    for ( const struct feature *f = m->features;
          f < m->features + m->nr_features; f++ )
        if ( f->value < 32 && index_of(names, ARRAY_SIZE(names),
                                       f->claim.name) >= 0 )
            mask |= 1u << f->value;

    return mask;
}
