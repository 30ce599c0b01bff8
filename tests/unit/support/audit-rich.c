/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdlib.h>
#include <string.h>

#include <xen/lib/x86/topology.h>

#include "audit-rich.h"
#include "vmx-controls.h"

const struct x86_domain_kind audit_rich_kind = {
    .hvm = true, .hap = true, .nested = true, .vpmu = true,
};

const uint32_t audit_vendors[X86_NR_LAYOUTS] = {
    [X86_LAYOUT_INTEL] = X86_VENDOR_INTEL,
    [X86_LAYOUT_AMD] = X86_VENDOR_AMD,
    [X86_LAYOUT_CENTAUR] = X86_VENDOR_CENTAUR,
};

/* Signatures: Sapphire Rapids, Genoa, CHA. */
static const struct {
    char id[13];
    uint32_t signature;
} identity[X86_NR_LAYOUTS] = {
    { "GenuineIntel", 0x000806f8 },
    { "AuthenticAMD", 0x00a10f11 },
    { "CentaurHauls", 0x000006f2 },
};

/* What the AND of all kinds leaves open: a value per place, never zero. */
static uint64_t filler(unsigned int place)
{
    return 0x9e3779b97f4a7c15ULL * (place + 1) | 0x0101010101010101ULL;
}

static void fill_kinds(struct cpu_policy *p, enum x86_layout layout)
{
    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        p->word[i] = x86_kind_words[layout][X86_KIND_FEATURE][i] |
            x86_kind_words[layout][X86_KIND_OWN][i] |
            (x86_kind_words[layout][X86_KIND_EQUAL][i] & filler(i));
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        p->msr[i] = x86_kind_msrs[layout][X86_KIND_FEATURE][i] |
            (x86_kind_msrs[layout][X86_KIND_EQUAL][i] & filler(~i));
}

/* Numbers of kind LIMIT: the middle of what the field can hold. */
static void fill_limits(struct cpu_policy *p, enum x86_layout layout)
{
    for ( unsigned int i = 0; i < X86_NR_LIMIT_FIELDS; i++ )
    {
        const struct x86_limit_field *f = &x86_limit_fields[i];
        unsigned int lo = __builtin_ctzll(f->mask);
        uint64_t middle = 1ULL << ((lo + 63 - __builtin_clzll(f->mask)) / 2);

        if ( !((f->layouts >> layout) & 1) )
            continue;
        if ( f->is_msr )
            p->msr[f->index] |= middle;
        else
            p->word[f->index] |= middle;
    }

    p->leaf[X86_SLOT_0].a = X86_MAX_BASIC_LEAF;
    p->leaf[X86_SLOT_7].a = X86_NR_SUBLEAVES_7 - 1;
    p->leaf[X86_SLOT_80000000].a = X86_MAX_EXT_LEAF;
    p->leaf[X86_SLOT_80000008].a = 46;
    if ( layout != X86_LAYOUT_INTEL )
        return;
    p->leaf[X86_SLOT_1D].a = X86_NR_SUBLEAVES_1D - 1;
    p->leaf[X86_SLOT_1E].a = X86_NR_SUBLEAVES_1E - 1;
    p->leaf[X86_SLOT_24].a = X86_NR_SUBLEAVES_24 - 1;
}

/* Two caches of level 1, one each of 2 and 3. */
static void fill_caches(struct x86_regs *l, uint32_t d)
{
    static const uint32_t type_level[] = { 0x121, 0x122, 0x143, 0x163 };

    for ( unsigned int i = 0; i < 4; i++ )
        l[i] = (struct x86_regs){ type_level[i], 0x01c0003f, 0x3f, d };
}

/* Where components of the save area lie: 64 bytes each, one after another. */
static void fill_xstate(struct cpu_policy *p)
{
    static struct cpu_policy hw;

    for ( unsigned int i = 2; i < X86_NR_SUBLEAVES_D; i++ )
        hw.leaf[X86_SLOT_D + i] = (struct x86_regs){
            64 * (i & 3) + 64, 576 + 256 * i, 6, 0,
        };
    x86_policy_recalc_xstate(p, &hw);
}

static void fill_leaf_1(struct cpu_policy *p, enum x86_layout layout)
{
    struct x86_regs *l0 = &p->leaf[X86_SLOT_0], *l1 = &p->leaf[X86_SLOT_1];

    memcpy(&l0->b, identity[layout].id, 4);
    memcpy(&l0->d, identity[layout].id + 4, 4);
    memcpy(&l0->c, identity[layout].id + 8, 4);
    x86_policy_recalc_vendor(p);
    l1->a = identity[layout].signature;
    l1->b = 8 << 8;
}

void audit_rich_limit(struct cpu_policy *p, uint32_t vendor)
{
    static const struct x86_topology cores = {
        X86_APIC_IDS_BY_LEVEL, 2, 8, 1, 1, 1,
    };
    enum x86_layout layout = x86_vendor_layout(vendor);
    x86_featureset fs;

    memset(p, 0, sizeof(*p));
    fill_kinds(p, layout);
    fill_limits(p, layout);
    fill_leaf_1(p, layout);
    if ( layout == X86_LAYOUT_AMD )
        fill_caches(&p->leaf[X86_SLOT_8000001D], 2);
    else
        fill_caches(&p->leaf[X86_SLOT_4], 4);

    /* Everything is there, so that nothing falls to a dependency. */
    x86_policy_to_featureset(p, fs);
    x86_featureset_close(fs);
    x86_featureset_to_policy(fs, p);

    fill_xstate(p);
    vmx_controls_settle(p);
    x86_policy_recalc_derived(p);
    if ( x86_topology_apply(&cores, p) )
        abort();
    x86_policy_recalc_derived(p);
}
