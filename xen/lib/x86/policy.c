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

int x86_slot_find(uint32_t leaf, uint32_t subleaf)
{
    const struct x86_leaf_desc *d = x86_leaf_find(leaf);

    if ( !d )
        return -ERANGE;

    if ( d->stop == X86_STOP_PLAIN )
        return subleaf == X86_NO_SUBLEAF ? d->first_slot : -ERANGE;

    if ( subleaf >= d->nr_subleaves )
        return -ERANGE;

    return d->first_slot + x86_index_nospec(subleaf, d->nr_subleaves);
}

/* In ascending order, so by halves: RDMSR of a vCPU comes here. */
int x86_msr_slot_find(uint32_t index)
{
    unsigned int lo = 0, hi = X86_NR_MSR_SLOTS;

    while ( lo < hi )
    {
        unsigned int mid = (lo + hi) / 2;

        if ( x86_msr_descs[mid].index < index )
            lo = mid + 1;
        else
            hi = mid;
    }

    return lo < X86_NR_MSR_SLOTS && x86_msr_descs[lo].index == index
           ? (int)lo : -ERANGE;
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

uint16_t x86_feature_at(bool is_msr, uint16_t index, unsigned int bit)
{
    for ( unsigned int w = 0; w < X86_NR_FEATURE_WORDS; w++ )
    {
        const struct x86_word_desc *d = &x86_word_descs[w];
        bool in_msr = d->slot == X86_WORD_IN_MSR;
        unsigned int value = w * 32 + bit % 32;

        if ( in_msr != is_msr ||
             (in_msr ? d->msr_slot != index || d->reg != bit / 32
                     : d->slot * 4 + d->reg != index) )
            continue;

        return x86_feature_test(x86_features_known, value) ? value
                                                           : X86_NO_AUX;
    }

    return X86_NO_AUX;
}

/* The first field at or after a slot; rows are sorted by their first slot. */
static const struct x86_field_desc *
field_lower_bound(const struct x86_field_desc *f, unsigned int nr,
                  unsigned int slot)
{
    while ( nr )
    {
        unsigned int half = nr / 2;

        if ( f[half].first_slot < slot )
        {
            f += half + 1;
            nr -= half + 1;
        }
        else
            nr = half;
    }

    return f;
}

const struct x86_field_desc *x86_field_find(enum x86_layout layout,
                                            bool is_msr, uint16_t index,
                                            unsigned int bit)
{
    const struct x86_field_desc *f = is_msr ? x86_msr_fields : x86_fields;
    unsigned int nr = is_msr ? X86_NR_MSR_FIELDS : X86_NR_FIELDS;
    const struct x86_field_desc *end = f + nr;
    unsigned int slot = is_msr ? index : index / 4;

    /* A field of several subleaves begins somewhere in the same leaf. */
    f = field_lower_bound(f, nr, is_msr ? slot : x86_leaf_find(
                              x86_slot_descs[slot].leaf)->first_slot);

    for ( ; f < end && f->first_slot <= slot; f++ )
        if ( slot < f->first_slot + f->nr_slots &&
             (is_msr || f->reg == index % 4) && bit >= f->lo &&
             bit <= f->hi && ((f->layouts >> layout) & 1) )
            return f;

    return NULL;
}
