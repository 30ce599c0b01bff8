/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What guests can be offered at all: fields by kind, features by attribute. */

#include <string.h>

#include "../rule.h"

static void clear_kind(struct x86_derive *d, enum x86_kind kind)
{
    enum x86_layout layout = x86_vendor_layout(d->p->vendor);
    const uint32_t *words = x86_kind_words[layout][kind];
    const uint64_t *msrs = x86_kind_msrs[layout][kind];

    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        d->p->word[i] &= ~words[i];
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        d->p->msr[i] &= ~msrs[i];
}

static void clear_hidden(struct x86_derive *d)
{
    clear_kind(d, X86_KIND_HIDDEN);
}

static void clear_reserved(struct x86_derive *d)
{
    clear_kind(d, X86_KIND_RESERVED);
}

static void clear_topology_leaves(struct x86_derive *d)
{
    static const uint32_t leaves[] = {
        0xb, 0x1f, 0x8000001eU, 0x80000026U,
    };
    const uint32_t *sharing =
        x86_kind_words[x86_vendor_layout(d->p->vendor)][X86_KIND_TOPOLOGY];

    for ( unsigned int i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++ )
    {
        const struct x86_leaf_desc *l = x86_leaf_find(leaves[i]);
        unsigned int nr = l->nr_subleaves ? l->nr_subleaves : 1;

        memset(&d->p->leaf[l->first_slot], 0, nr * sizeof(d->p->leaf[0]));
    }

    /* The caches themselves stay, for a topology that brings the leaf. */
    for ( unsigned int i = X86_SLOT_8000001D * 4;
          i < (X86_SLOT_8000001D + X86_NR_SUBLEAVES_8000001D) * 4; i++ )
        d->p->word[i] &= ~sharing[i];
}

static void leaves_to_capacity(struct x86_derive *d)
{
    d->p->leaf[X86_SLOT_0].a = X86_MAX_BASIC_LEAF;
    d->p->leaf[X86_SLOT_7].a = X86_NR_SUBLEAVES_7 - 1;
    d->p->leaf[X86_SLOT_80000000].a = X86_MAX_EXT_LEAF;
}

static void and_mask(struct x86_derive *d, const x86_featureset mask)
{
    x86_featureset fs;

    uint32_t copies = d->p->leaf[X86_SLOT_80000001].d & X86_COMMON_1D;

    x86_policy_to_featureset(d->p, fs);
    for ( unsigned int i = 0; i < X86_NR_FEATURE_WORDS; i++ )
        fs[i] &= mask[i];
    x86_featureset_to_policy(fs, d->p);

    /* AMD's copies of leaf 1 are no features; guest-derived rebuilds them. */
    d->p->leaf[X86_SLOT_80000001].d |= copies;
}

static void mask_pv_max(struct x86_derive *d)
{
    and_mask(d, x86_features_pv_max);
}

static void mask_pv_def(struct x86_derive *d)
{
    and_mask(d, x86_features_pv_def);
}

static void mask_hvm_max(struct x86_derive *d)
{
    and_mask(d, x86_features_hvm_hap_max);
}

static void mask_shadow_max(struct x86_derive *d)
{
    and_mask(d, x86_features_hvm_shadow_max);
}

static void mask_hvm_def(struct x86_derive *d)
{
    and_mask(d, x86_features_hvm_hap_def);
}

static bool no_hap(struct x86_view *d)
{
    return !fact(d, hap);
}

/*
 * "f=guest": give back f, and what depends on it, as far as host max has it
 * and nothing else on the command line took it.
 */
static bool guest_may(struct x86_view *d)
{
    uint32_t any = 0;

    for ( unsigned int i = 0; i < X86_NR_FEATURE_WORDS; i++ )
        any |= asked(d)->guest[i];

    return any;
}

static void give_back(struct x86_derive *d)
{
    const struct x86_cpuid_option *opt = d->in->opt;
    x86_featureset base, back, fs;

    x86_policy_to_featureset(&d->all->policy[X86_POLICY_HOST_MAX], base);
    memcpy(back, opt->guest, sizeof(back));
    for ( unsigned int i = 0; i < X86_NR_DEEP_DEPS; i++ )
        if ( x86_feature_test(opt->guest, x86_deep_deps[i].feature) )
            for ( unsigned int w = 0; w < X86_NR_FEATURE_WORDS; w++ )
                back[w] |= x86_deep_deps[i].dependents[w];

    for ( unsigned int w = 0; w < X86_NR_FEATURE_WORDS; w++ )
        base[w] &= ~opt->out[w] &
            ~(x86_features_experimental[w] & ~opt->in[w] & ~opt->guest[w]);
    x86_featureset_close(base);

    x86_policy_to_featureset(d->p, fs);
    for ( unsigned int w = 0; w < X86_NR_FEATURE_WORDS; w++ )
        fs[w] |= base[w] & back[w];
    x86_featureset_to_policy(fs, d->p);
}

const struct x86_rule x86_guest_offer_rules[] = {
    {
        .id = "cmdline-guest-may", .stages = ST_MAX, .when = guest_may,
        .apply = give_back,
        .reason = "cpuid= on the command line keeps it for guests",
    },
    {
        .id = "guest-hidden", .stages = ST_MAX, .apply = clear_hidden,
        .reason = "describes the host, and is never shown to guests",
        .reference = "cpuid-fields.h and msr-fields.h, kind HIDDEN",
    },
    {
        .id = "guest-reserved", .stages = ST_MAX, .apply = clear_reserved,
        .reason = "reserved on this vendor's CPUs",
    },
    {
        .id = "guest-topology", .stages = ST_MAX,
        .apply = clear_topology_leaves,
        .reason = "a domain's topology is the toolstack's choice, not the "
                  "host's",
    },
    {
        .id = "guest-max-leaves", .stages = ST_MAX,
        .apply = leaves_to_capacity,
        .reason = "a guest that comes from elsewhere may have more leaves",
    },
    {
        .id = "pv-max-mask", .stages = ST(PV_MAX), .apply = mask_pv_max,
        .reason = "not offered to PV guests",
        .reference = "cpufeatureset.h, attributes A and a",
    },
    {
        .id = "hvm-max-mask", .stages = ST(HVM_MAX), .apply = mask_hvm_max,
        .reason = "not offered to HVM guests",
        .reference = "cpufeatureset.h, attributes A S H and a s h",
    },
    {
        .id = "hvm-shadow-mask", .stages = ST(HVM_MAX), .when = no_hap,
        .apply = mask_shadow_max,
        .reason = "needs hardware assisted paging, which this host lacks",
        .reference = "cpufeatureset.h, attributes H and h",
    },
    {
        .id = "pv-default-mask", .stages = ST(PV_DEFAULT),
        .apply = mask_pv_def,
        .reason = "PV guests get it only when asked for",
        .reference = "cpufeatureset.h, attribute A",
    },
    {
        .id = "hvm-default-mask", .stages = ST(HVM_DEFAULT),
        .apply = mask_hvm_def,
        .reason = "HVM guests get it only when asked for",
        .reference = "cpufeatureset.h, attributes A S H",
    },
    { .id = NULL },
};
