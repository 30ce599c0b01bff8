/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Identification, slots, and featuresets of a policy. */

#include <string.h>

#include <xen/lib/x86/cpu-policy.h>

static const struct {
    uint32_t vendor;
    char id[13];
    const char *name;
} vendors[] = {
    { X86_VENDOR_INTEL,    "GenuineIntel", "Intel" },
    { X86_VENDOR_AMD,      "AuthenticAMD", "AMD" },
    { X86_VENDOR_CENTAUR,  "CentaurHauls", "Centaur" },
    { X86_VENDOR_SHANGHAI, "  Shanghai  ", "Shanghai" },
    { X86_VENDOR_HYGON,    "HygonGenuine", "Hygon" },
};

#define NR_VENDORS (sizeof(vendors) / sizeof(vendors[0]))

uint32_t x86_vendor_lookup(uint32_t ebx, uint32_t ecx, uint32_t edx)
{
    /* The string is spread over ebx, edx, ecx, in this order. */
    const uint32_t regs[3] = { ebx, edx, ecx };

    for ( unsigned int i = 0; i < NR_VENDORS; i++ )
        if ( !memcmp(regs, vendors[i].id, sizeof(regs)) )
            return vendors[i].vendor;

    return X86_VENDOR_UNKNOWN;
}

const char *x86_vendor_name(uint32_t vendor)
{
    for ( unsigned int i = 0; i < NR_VENDORS; i++ )
        if ( vendors[i].vendor == vendor )
            return vendors[i].name;

    return "Unknown";
}

enum x86_layout x86_vendor_layout(uint32_t vendor)
{
    switch ( vendor )
    {
    case X86_VENDOR_INTEL:
        return X86_LAYOUT_INTEL;

    case X86_VENDOR_AMD:
    case X86_VENDOR_HYGON:
        return X86_LAYOUT_AMD;

    default:
        return X86_LAYOUT_CENTAUR;
    }
}

void x86_policy_recalc_vendor(struct cpu_policy *p)
{
    const struct x86_regs *l = &p->leaf[X86_SLOT_0];

    p->vendor = x86_vendor_lookup(l->b, l->c, l->d);
}

uint32_t x86_family(uint32_t signature)
{
    uint32_t base = (signature >> 8) & 0xf;

    return base == 0xf ? base + ((signature >> 20) & 0xff) : base;
}

uint32_t x86_model(uint32_t signature)
{
    uint32_t base = (signature >> 8) & 0xf, model = (signature >> 4) & 0xf;

    if ( base == 0x6 || base == 0xf )
        model |= (signature >> 12) & 0xf0;

    return model;
}

/*
 * Descriptors stand in the order of their leaves without a hole in any of
 * the four ranges, so that the place follows from the number (asserted by
 * the unit tests over all descriptors).
 */
const struct x86_leaf_desc *x86_leaf_find(uint32_t leaf)
{
    const unsigned int hv = X86_MAX_BASIC_LEAF + 1, ext = hv + 2;
    const unsigned int centaur = ext + (X86_MAX_EXT_LEAF & 0xffff) + 1;

    if ( leaf <= X86_MAX_BASIC_LEAF )
        return &x86_leaf_descs[leaf];

    if ( leaf >= 0x80000000U && leaf <= X86_MAX_EXT_LEAF )
        return &x86_leaf_descs[ext + (leaf & 0xffff)];

    if ( leaf == X86_HV_LEAF || leaf == X86_HV2_LEAF )
        return &x86_leaf_descs[hv + (leaf == X86_HV2_LEAF)];

    if ( leaf >= X86_CENTAUR_LEAF &&
         leaf - X86_CENTAUR_LEAF < X86_NR_LEAF_DESCS - centaur )
        return &x86_leaf_descs[centaur + (leaf - X86_CENTAUR_LEAF)];

    return NULL;
}

int x86_slot_find(uint32_t leaf, uint32_t subleaf)
{
    const struct x86_leaf_desc *d = x86_leaf_find(leaf);

    if ( !d )
        return -ERANGE;

    if ( d->stop == X86_STOP_PLAIN )
        return subleaf == X86_NO_SUBLEAF ? d->first_slot : -ERANGE;

    return subleaf < d->nr_subleaves ? (int)(d->first_slot + subleaf)
                                     : -ERANGE;
}

int x86_msr_slot_find(uint32_t index)
{
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        if ( x86_msr_descs[i].index == index )
            return i;

    return -ERANGE;
}

void x86_policy_to_featureset(const struct cpu_policy *p, x86_featureset fs)
{
    for ( unsigned int i = 0; i < X86_NR_FEATURE_WORDS; i++ )
    {
        const struct x86_word_desc *w = &x86_word_descs[i];

        fs[i] = w->slot == X86_WORD_IN_MSR
            ? (uint32_t)(p->msr[w->msr_slot] >> (w->reg * 32))
            : p->word[w->slot * 4 + w->reg];
    }
}

void x86_featureset_to_policy(const x86_featureset fs, struct cpu_policy *p)
{
    for ( unsigned int i = 0; i < X86_NR_FEATURE_WORDS; i++ )
    {
        const struct x86_word_desc *w = &x86_word_descs[i];

        if ( w->slot == X86_WORD_IN_MSR )
        {
            uint64_t *msr = &p->msr[w->msr_slot];
            unsigned int shift = w->reg * 32;

            *msr &= ~((uint64_t)UINT32_MAX << shift);
            *msr |= (uint64_t)fs[i] << shift;
        }
        else
            p->word[w->slot * 4 + w->reg] = fs[i];
    }
}
