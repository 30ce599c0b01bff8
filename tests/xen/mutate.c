/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See mutate.h. */
#include "mutate.h"

#include <string.h>

#include <xen/lib/x86/topology.h>

const char *const mutation_names[NR_MUTATIONS] = {
    "bit", "bits", "feature", "features", "leaves", "fields", "topology",
    "words", "mix", "noise",
};

uint32_t dice_roll(struct dice *d, uint32_t sides)
{
    d->state ^= d->state >> 12;
    d->state ^= d->state << 25;
    d->state ^= d->state >> 27;

    return (uint32_t)((d->state * 0x2545f4914f6cdd1dULL) >> 32) % sides;
}

static uint32_t roll32(struct dice *d)
{
    return dice_roll(d, 1u << 16) << 16 | dice_roll(d, 1u << 16);
}

/* Of MSRs, Xen has these two, and 32 bits of the first. */
static const uint16_t msr_slots[] = { X86_MSR_SLOT_CE, X86_MSR_SLOT_10A };

bool word_in_xen_abi(unsigned int word)
{
    const struct x86_slot_desc *s = &x86_slot_descs[word / 4];

    if ( s->leaf >= X86_CENTAUR_LEAF )
        return false;
    if ( s->leaf >= 0x80000000U )
        return s->leaf <= 0x80000021U && (s->subleaf == X86_NO_SUBLEAF ||
                                          !s->subleaf);
    if ( s->leaf >= X86_HV_LEAF )
        return false;           /* 8 bits of them: not worth the noise */

    return s->leaf <= 0xd;
}

static unsigned int pick_word(struct dice *d)
{
    unsigned int word;

    do
        word = dice_roll(d, X86_NR_WORDS);
    while ( !word_in_xen_abi(word) );

    return word;
}

static void flip_bit(struct cpu_policy *p, struct dice *d)
{
    /* Few bits are in MSRs, but those matter as much as a leaf. */
    if ( !dice_roll(d, 20) )
    {
        unsigned int slot = msr_slots[dice_roll(d, 2)];

        p->msr[slot] ^= 1ULL << dice_roll(d, slot == X86_MSR_SLOT_CE ? 32
                                                                     : 64);
        return;
    }
    p->word[pick_word(d)] ^= 1u << dice_roll(d, 32);
}

static void toggle_feature(struct cpu_policy *p, bool off_only,
                           struct dice *d)
{
    unsigned int f =
        x86_feature_descs[dice_roll(d, X86_NR_FEATURES)].value;
    x86_featureset fs;

    x86_policy_to_featureset(p, fs);
    if ( off_only || x86_feature_test(fs, f) )
        x86_feature_clear(fs, f);
    else
        x86_feature_set(fs, f);
    x86_featureset_close(fs);
    x86_featureset_to_policy(fs, p);
}

static void change_leaves(struct cpu_policy *p, struct dice *d)
{
    p->leaf[X86_SLOT_0].a = dice_roll(d, 0x10);
    if ( !dice_roll(d, 3) )
        p->leaf[X86_SLOT_7].a = dice_roll(d, 4);
    if ( dice_roll(d, 2) )
        p->leaf[X86_SLOT_80000000].a = 0x80000000U + dice_roll(d, 0x24);
    if ( !x86_leaf_in_range(p, 0xd) )
        toggle_feature(p, true, d);
    x86_policy_trim(p);
}

/* What no rule of the architecture binds to the hardware. */
static void change_field(struct cpu_policy *p, struct dice *d)
{
    static const uint16_t free_slots[] = {
        X86_SLOT_2, X86_SLOT_4, X86_SLOT_4 + 1, X86_SLOT_4 + 2,
        X86_SLOT_9, X86_SLOT_80000002, X86_SLOT_80000003, X86_SLOT_80000004,
        X86_SLOT_80000005, X86_SLOT_80000006, X86_SLOT_80000019,
        X86_SLOT_8000001A,
    };
    uint32_t *r1 = &p->leaf[X86_SLOT_1].a;

    switch ( dice_roll(d, 6) )
    {
    case 0:                     /* family, model, stepping */
        *r1 ^= (1u << dice_roll(d, 28)) & 0x0fff0fff;
        break;
    case 1:                     /* brand id, CLFLUSH, logical processors */
        p->leaf[X86_SLOT_1].b ^= 1u << dice_roll(d, 24);
        break;
    case 2:                     /* widths of addresses */
        p->leaf[X86_SLOT_80000008].a =
            (p->leaf[X86_SLOT_80000008].a & ~0xffu) | (30 + dice_roll(d, 30));
        break;
    case 3:                     /* counts of threads */
        p->leaf[X86_SLOT_80000008].c ^= 1u << dice_roll(d, 18);
        break;
    default:
        p->word[free_slots[dice_roll(d, sizeof(free_slots) /
                                        sizeof(free_slots[0]))] * 4 +
                dice_roll(d, 4)] ^= 1u << dice_roll(d, 32);
        break;
    }
}

static void change_topology(struct cpu_policy *p, struct dice *d)
{
    const struct x86_topology topo = {
        X86_APIC_IDS_BY_LEVEL, 1 + dice_roll(d, 4), 1 + dice_roll(d, 12), 1,
        1, 1,
    };

    if ( x86_topology_apply(&topo, p) )
        return;                 /* cannot happen with these; no harm */

    if ( dice_roll(d, 2) )
        memset(&p->leaf[X86_SLOT_B], 0,
               X86_NR_SUBLEAVES_B * sizeof(p->leaf[0]));
    if ( dice_roll(d, 2) )
    {
        memset(&p->leaf[X86_SLOT_8000001D], 0,
               X86_NR_SUBLEAVES_8000001D * sizeof(p->leaf[0]));
        memset(&p->leaf[X86_SLOT_8000001E], 0, sizeof(p->leaf[0]));
    }
}

static void mix(struct cpu_policy *p, const struct cpu_policy *other,
                struct dice *d)
{
    for ( unsigned int n = 1 + dice_roll(d, 12); n; n-- )
    {
        unsigned int word = pick_word(d);

        p->word[word] = other->word[word];
    }
}

static void noise(struct cpu_policy *p, struct dice *d)
{
    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        if ( word_in_xen_abi(i) )
            p->word[i] = dice_roll(d, 3) ? 0 : roll32(d) & roll32(d);
    p->leaf[X86_SLOT_0].a &= 0xf;
}

void policy_mutate(struct cpu_policy *p, enum mutation how,
                   const struct cpu_policy *limit,
                   const struct cpu_policy *other, struct dice *d)
{
    unsigned int n = how == MUTATE_BIT || how == MUTATE_FEATURE
        ? 1 : 1 + dice_roll(d, how == MUTATE_FEATURES ? 40 : 5);

    for ( ; n; n-- )
        switch ( how )
        {
        case MUTATE_BIT: case MUTATE_BITS:
            flip_bit(p, d);
            break;
        case MUTATE_FEATURE: case MUTATE_FEATURES:
            toggle_feature(p, how == MUTATE_FEATURES, d);
            break;
        case MUTATE_LEAVES:
            change_leaves(p, d);
            break;
        case MUTATE_FIELDS:
            change_field(p, d);
            break;
        case MUTATE_TOPOLOGY:
            change_topology(p, d);
            break;
        case MUTATE_WORDS:
            p->word[pick_word(d)] = roll32(d);
            break;
        case MUTATE_MIX:
            mix(p, other, d);
            break;
        default:
            noise(p, d);
            break;
        }

    x86_policy_recalc_vendor(p);

    /* What follows from features and leaves is rebuilt, mostly. */
    if ( (how == MUTATE_FEATURE || how == MUTATE_FEATURES ||
          how == MUTATE_LEAVES || how == MUTATE_FIELDS) && dice_roll(d, 8) )
    {
        x86_policy_follow(p, limit, false);
        x86_policy_trim(p);
    }
}
