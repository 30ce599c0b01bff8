/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CPUID as a vCPU sees it. */

#include <arch/vcpu.h>
#include <xen/lib/x86/topology-vcpu.h>

#define CR4_PAE        (1u << 5)
#define CR4_OSXSAVE    (1u << 18)
#define CR4_PKE        (1u << 22)
#define APIC_BASE_EN   (1u << 11)

/* A feature's bit in its register. */
#define BIT(feature) (1u << (X86_FEATURE_##feature % 32))

/* Xen handles counters up to this version of leaf 0xa. */
#define PMU_VERSION_MASK 0xffu
#define PMU_VERSION_MAX  3u

#define HV_BLOCK_MASK  0xffff0000u
#define HV_INDEX_MASK  0xffu
#define HV_LIMIT_MIN   2u
#define HV_LIMIT_MAX   5u

/* The leaf's descriptor if the policy has the leaf, else NULL. */
static inline const struct x86_leaf_desc *
visible_leaf(const struct cpu_policy *p, uint32_t leaf)
{
    return x86_leaf_in_range(p, leaf) ? x86_leaf_find(leaf) : NULL;
}

/* ---- the save area ---------------------------------------------------- */

static inline void xstate_view(const struct cpu_policy *p,
                               const struct x86_vcpu *v, uint32_t subleaf,
                               struct x86_regs *out)
{
    const struct x86_regs *l = &p->leaf[X86_SLOT_D];
    uint32_t da1 = l[1].a;

    if ( !(p->leaf[X86_SLOT_1].c & BIT(XSAVE)) )
        return;

    /* All that there is: the policy has the size already. */
    if ( subleaf == 0 && v->xcr0 == (l->a | ((uint64_t)l->d << 32)) )
        out->b = l->c;
    else if ( subleaf == 0 )
        out->b = x86_xstate_size(p, v->xcr0);
    else if ( subleaf == 1 && (da1 & BIT(XSAVES)) )
        out->b = x86_xstate_compacted_size(p, v->xcr0 | v->xss);
    else if ( subleaf == 1 && (da1 & BIT(XSAVEC)) )
        out->b = x86_xstate_compacted_size(p, v->xcr0);
}

/* ---- features that follow live state ---------------------------------- */

/* Bits of 1.edx, and of AMD's copy of it in 0x80000001.edx. */
static inline void common_1d_view(const struct x86_vcpu *v, uint32_t *edx)
{
    if ( !v->hvm )
        return;

    if ( !(v->apic_base & APIC_BASE_EN) )
        *edx &= ~BIT(APIC);

    /* Shadow page tables of two levels have no room for the bits above 32. */
    if ( !v->hap && !(v->cr4 & CR4_PAE) )
        *edx &= ~BIT(PSE36);
}

/* What Xen lets the hardware domain's kernel know, and always has. */
static inline void leak_view(const struct x86_vcpu *v, struct x86_regs *out)
{
    const struct x86_regs *host = &v->host->leaf[X86_SLOT_1];

    out->d |= host->d & BIT(MTRR);
    out->c |= host->c & BIT(EIST);
    if ( !v->emulated )
        out->c |= host->c & BIT(MONITOR);
}

static inline bool leaks(const struct x86_vcpu *v)
{
    return v->hardware_domain && !v->hvm && v->kernel && v->host;
}

static inline void leaf1_view(const struct cpu_policy *p,
                              const struct x86_vcpu *v, struct x86_regs *out)
{
    /*
     * A PV kernel that asks with the prefix wants to know whether it may use
     * XSAVE at all, before it could have set its own CR4: old ABI.
     */
    uint64_t cr4 = !v->hvm && v->emulated && v->kernel ? v->xen_cr4 : v->cr4;

    out->b &= ~X86_APIC_ID_MASK;
    if ( v->hvm )
        out->b |= (uint32_t)v->ids.apic_id << 24;

    if ( (cr4 & CR4_OSXSAVE) && (out->c & BIT(XSAVE)) )
        out->c |= BIT(OSXSAVE);

    if ( v->debug_store && v->host && p->vendor == X86_VENDOR_INTEL )
    {
        const struct x86_regs *host = &v->host->leaf[X86_SLOT_1];

        out->d |= BIT(DS);
        out->c |= host->c & (BIT(DTES64) | BIT(DSCPL));
    }

    if ( leaks(v) )
        leak_view(v, out);

    common_1d_view(v, &out->d);
}

static inline void ext1_view(const struct cpu_policy *p,
                             const struct x86_vcpu *v, struct x86_regs *out)
{
    /* Intel's CPUs hide SYSCALL from code outside of 64-bit mode. */
    if ( p->vendor == X86_VENDOR_INTEL && v->hvm && !v->long_mode )
        out->d &= ~BIT(SYSCALL);

    /* The copy says of MTRR what leaf 1 does. */
    if ( leaks(v) && x86_has_amd_leaves(p) )
        out->d |= v->host->leaf[X86_SLOT_1].d & BIT(MTRR);

    common_1d_view(v, &out->d);
}

static inline void pmu_view(const struct cpu_policy *p, struct x86_regs *out)
{
    if ( p->vendor != X86_VENDOR_INTEL )
        *out = (struct x86_regs){ 0 };
    else if ( (out->a & PMU_VERSION_MASK) > PMU_VERSION_MAX )
        out->a = (out->a & ~PMU_VERSION_MASK) | PMU_VERSION_MAX;
}

/* ---- the hypervisor's leaves ------------------------------------------ */

/* "XenVMMXenVMM", in ebx, ecx, edx. */
static const struct x86_regs signature = {
    0, 0x566e6558, 0x65584d4d, 0x4d4d566e,
};

static void xen_leaf(const struct cpu_policy *p, const struct x86_vcpu *v,
                     uint32_t base, uint32_t index, struct x86_regs *out,
                     uint32_t subleaf)
{
    uint32_t limit = p->leaf[base == X86_HV_LEAF ? X86_SLOT_40000000
                                                 : X86_SLOT_40000100].a & 0xff;

    if ( !limit || limit > HV_LIMIT_MAX )
        limit = HV_LIMIT_MAX;
    else if ( limit < HV_LIMIT_MIN )
        limit = HV_LIMIT_MIN;

    if ( index > limit )
        return;

    if ( index == 0 )
    {
        *out = signature;
        out->a = base + limit;
    }
    else if ( index == 1 )
        out->a = v->leaves->version;
    else if ( v->leaves->xen )
        v->leaves->xen(v->leaves->ctx, index, subleaf, out);
}

static void hypervisor_leaf(const struct cpu_policy *p,
                            const struct x86_vcpu *v, uint32_t leaf,
                            uint32_t subleaf, struct x86_regs *out)
{
    const struct x86_hypervisor_leaves *l = v->leaves;
    uint32_t index = leaf & HV_INDEX_MASK, base = leaf & ~HV_INDEX_MASK;
    uint32_t limit = p->leaf[X86_SLOT_40000000].a & 0xff;

    if ( !l )
        return;

    if ( base == (l->viridian ? X86_HV2_LEAF : X86_HV_LEAF) )
        xen_leaf(p, v, base, index, out, subleaf);
    else if ( l->viridian && base == X86_HV_LEAF &&
              (!limit || index <= limit) )
        l->viridian(l->ctx, index, subleaf, out);
}

/* ---- lookup ----------------------------------------------------------- */

static inline void stored(const struct cpu_policy *p,
                          const struct x86_leaf_desc *d, uint32_t subleaf,
                          struct x86_regs *out)
{
    /*
     * No need to ask which subleaves are valid: an accepted policy has
     * nothing behind the last one.
     */
    if ( d->stop == X86_STOP_PLAIN )
        *out = p->leaf[d->first_slot];
    else if ( subleaf < d->nr_subleaves )
        *out = p->leaf[d->first_slot +
                       x86_index_nospec(subleaf, d->nr_subleaves)];
}

static inline void live(const struct cpu_policy *p, const struct x86_vcpu *v,
                        uint32_t leaf, uint32_t subleaf, struct x86_regs *out)
{
    switch ( leaf )
    {
    case 1:
        leaf1_view(p, v, out);
        break;

    case 5:
        if ( leaks(v) && !v->emulated &&
             (v->host->leaf[X86_SLOT_1].c & BIT(MONITOR)) )
            *out = v->host->leaf[X86_SLOT_5];
        break;

    case 7:
        if ( subleaf == 0 && (v->cr4 & CR4_PKE) && (out->c & BIT(PKU)) )
            out->c |= BIT(OSPKE);
        break;

    case 0xa:
        pmu_view(p, out);
        break;

    case 0xd:
        xstate_view(p, v, subleaf, out);
        break;

    case 0x80000001U:
        ext1_view(p, v, out);
        break;

    /* One case each: inline, with the leaf known. */
    case 0xb:
        x86_topology_vcpu_leaf(p, &v->ids, 0xb, subleaf, out);
        break;

    case 0x1f:
        x86_topology_vcpu_leaf(p, &v->ids, 0x1f, subleaf, out);
        break;

    case 0x8000001eU:
        x86_topology_vcpu_leaf(p, &v->ids, 0x8000001eU, subleaf, out);
        break;

    case 0x80000026U:
        x86_topology_vcpu_leaf(p, &v->ids, 0x80000026U, subleaf, out);
        break;
    }
}

void x86_vcpu_cpuid(const struct cpu_policy *p, const struct x86_vcpu *v,
                    uint32_t leaf, uint32_t subleaf, struct x86_regs *out)
{
    const struct x86_leaf_desc *d;
    struct x86_regs r = { 0 };

    if ( (leaf & HV_BLOCK_MASK) == X86_HV_LEAF )
    {
        *out = r;
        hypervisor_leaf(p, v, leaf, subleaf, out);
        return;
    }

    d = visible_leaf(p, leaf);
    if ( !d && v->beyond == X86_BEYOND_VENDOR &&
         x86_vendor_layout(p->vendor) != X86_LAYOUT_AMD )
    {
        leaf = p->leaf[X86_SLOT_0].a;
        d = visible_leaf(p, leaf);
    }
    if ( d )
    {
        stored(p, d, subleaf, &r);
        live(p, v, leaf, subleaf, &r);
    }
    *out = r;
}
