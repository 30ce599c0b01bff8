/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a policy, and from what Xen says of one, to rows. */
#include "policy.h"

int dump_cpu_from_abi(const struct xen_cpu_policy_leaf *leaves,
                      size_t nr_leaves, const struct xen_cpu_policy_msr *msrs,
                      size_t nr_msrs, struct dump_cpu *out,
                      cpupolicy_error *err)
{
    int rc = 0;

    for ( size_t i = 0; !rc && i < nr_leaves; i++ )
        rc = dump_add_leaf(out, &(struct dump_leaf){
            .leaf = leaves[i].leaf, .subleaf = leaves[i].subleaf,
            .reg = { leaves[i].a, leaves[i].b, leaves[i].c, leaves[i].d },
        }, err);

    for ( size_t i = 0; !rc && i < nr_msrs; i++ )
        rc = dump_add_msr(out, &(struct dump_msr){
            .index = msrs[i].index, .value = msrs[i].value,
        }, err);

    return rc;
}

int policy_to_dump_cpu(const struct cpu_policy *p, struct dump_cpu *out,
                       cpupolicy_error *err)
{
    struct xen_cpu_policy_leaf leaves[X86_NR_SLOTS];
    struct xen_cpu_policy_msr msrs[X86_NR_MSR_SLOTS];
    uint32_t nr = X86_NR_SLOTS;
    int rc = x86_policy_to_leaves(p, &x86_abi_full, leaves, &nr);

    if ( rc )
        return cpupolicy_error_set(err, -rc, 0, "a policy of too many leaves");

    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        msrs[i] = (struct xen_cpu_policy_msr){
            x86_msr_descs[i].index, 0, p->msr[i],
        };

    return dump_cpu_from_abi(leaves, nr, msrs, X86_NR_MSR_SLOTS, out, err);
}
