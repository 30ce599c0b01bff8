/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The leaves that no CPU has: the hypervisor's own. */

#include "vcpu-private.h"

#define HV_INDEX_MASK  0xffu
#define HV_LIMIT_MIN   2u
#define HV_LIMIT_MAX   5u

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

void x86_vcpu_hypervisor_leaf(const struct cpu_policy *p,
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
