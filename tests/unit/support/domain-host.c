/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "domain-host.h"
#include "vmx-controls.h"

static void make_leaf_0(struct cpu_policy *p, bool amd)
{
    uint32_t id[3];

    memcpy(id, amd ? "AuthenticAMD" : "GenuineIntel", sizeof(id));
    p->leaf[X86_SLOT_0] = (struct x86_regs){ 0x20, id[0], id[2], id[1] };
    p->leaf[X86_SLOT_1].a = amd ? 0x00a10f11 : 0x000806f8;
    p->leaf[X86_SLOT_1].b = 0x00100800;
    p->leaf[X86_SLOT_7].a = 2;
    p->leaf[X86_SLOT_80000000].a = amd ? 0x80000021 : 0x80000008;
    p->leaf[X86_SLOT_80000008].a = 48 << 8 | 46;
    if ( !amd )
        p->leaf[X86_SLOT_2].a = 1;
}

static void make_features(struct cpu_policy *p, bool amd)
{
    /* Of which nobody has both, and what would hide others. */
    static const uint16_t not_intel[] = {
        X86_FEATURE_SVM, X86_FEATURE_IBRS, X86_FEATURE_TOPOEXT,
        X86_FEATURE_RTM_ALWAYS_ABORT, X86_FEATURE_TSX_FORCE_ABORT,
    };
    static const uint16_t not_amd[] = {
        X86_FEATURE_VMX, X86_FEATURE_ARCH_CAPS, X86_FEATURE_IBRSB,
        X86_FEATURE_RTM_ALWAYS_ABORT, X86_FEATURE_TSX_FORCE_ABORT,
    };
    const uint16_t *not = amd ? not_amd : not_intel;
    x86_featureset fs;

    for ( unsigned int i = 0; i < X86_NR_FEATURE_WORDS; i++ )
        fs[i] = x86_features_known[i];
    for ( unsigned int i = 0; i < 5; i++ )
        x86_feature_clear(fs, not[i]);
    x86_featureset_close(fs);
    x86_featureset_to_policy(fs, p);
    if ( amd )
        p->leaf[X86_SLOT_80000001].d |= p->leaf[X86_SLOT_1].d & X86_COMMON_1D;
}

/* Two caches of level 1, and one of level 2. */
static void make_caches(struct cpu_policy *p)
{
    static const uint32_t type_level[] = { 0x121, 0x122, 0x143 };

    for ( unsigned int i = 0; i < 3; i++ )
        p->leaf[X86_SLOT_4 + i] = (struct x86_regs){
            type_level[i], 0x01c0003f, 0x3f, 0,
        };
}

/* Components of 64 bytes, one after another, the last but one larger. */
static void make_save_area(struct cpu_policy *p)
{
    for ( unsigned int i = 2; i < X86_NR_SUBLEAVES_D; i++ )
        p->leaf[X86_SLOT_D + i] = (struct x86_regs){
            i == 18 ? 8192 : 64, 576 + 64 * i, i >= 17 ? 6 : 2, 0,
        };
    x86_policy_recalc_xstate(p, p);
}

/* Whatever the tables say can be in a guest's VMX MSRs. */
static void make_vmx(struct cpu_policy *p)
{
    for ( unsigned int i = X86_MSR_SLOT_480; i <= X86_MSR_SLOT_493; i++ )
        p->msr[i] = x86_kind_msrs[X86_LAYOUT_INTEL][X86_KIND_FEATURE][i] |
            (x86_kind_msrs[X86_LAYOUT_INTEL][X86_KIND_EQUAL][i] &
             0x00ff00ff00ff00ffULL);
    p->msr[X86_MSR_SLOT_480] |= 1ULL << 55;
    vmx_controls_settle(p);
}

void domain_host_make(struct domain_host *h, uint32_t vendor)
{
    bool amd = vendor == X86_VENDOR_AMD;
    struct cpu_policy raw;
    struct x86_derive_input in = {
        .cpus = &raw, .nr_cpus = 1, .plat = &h->platform,
    };

    memset(&raw, 0, sizeof(raw));
    make_leaf_0(&raw, amd);
    make_features(&raw, amd);
    make_save_area(&raw);
    raw.msr[X86_MSR_SLOT_CE] = 1u << 31;
    if ( !amd )
    {
        make_caches(&raw);
        make_vmx(&raw);
    }
    x86_raw_clean(&raw, NULL);

    memset(&h->platform, 0, sizeof(h->platform));
    for ( unsigned int i = 0; i < x86_nr_platform_facts; i++ )
        *(bool *)((char *)&h->platform + x86_platform_facts[i].offset) = true;
    x86_derive(&h->policies, &in);
}
