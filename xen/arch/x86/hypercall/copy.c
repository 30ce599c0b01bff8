/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Policies and requests across the border between caller and hypervisor. */

#include "private.h"

_Static_assert(sizeof(struct xen_cpu_policy_leaf) == 24, "Xen's ABI");
_Static_assert(sizeof(struct xen_cpu_policy_msr) == 16, "Xen's ABI");

/* How the structures of both control calls begin, in all versions. */
struct ctl_head {
    uint32_t cmd, interface_version;
};
_Static_assert(__builtin_offsetof(struct xen_ctl_sysctl, interface_version) ==
               __builtin_offsetof(struct ctl_head, interface_version) &&
               __builtin_offsetof(struct xen_ctl_domctl, interface_version) ==
               __builtin_offsetof(struct ctl_head, interface_version),
               "Xen's ABI");
_Static_assert(XEN_CTL_SYSCTL_VERSION_4_17 == XEN_CTL_DOMCTL_VERSION_4_17 &&
               XEN_CTL_SYSCTL_VERSION_FULL == XEN_CTL_DOMCTL_VERSION_FULL,
               "one number for both");

int hypercall_begin(const struct x86_caller *c, uint64_t addr, void *op,
                    size_t size, uint32_t now, const struct x86_abi **abi)
{
    const struct ctl_head *head = op;
    int rc = copy_in(c, op, addr, size);

    if ( rc )
        return rc;

    if ( head->interface_version == XEN_CTL_SYSCTL_VERSION_FULL )
        *abi = &x86_abi_full;
    else if ( head->interface_version >= XEN_CTL_SYSCTL_VERSION_4_17 &&
              head->interface_version <= now )
        *abi = &x86_abi_xen;
    else
        return -EACCES;

    return c->privileged ? 0 : -EPERM;
}

int hypercall_put_policy(const struct x86_caller *c,
                         const struct cpu_policy *p,
                         const struct x86_abi *abi, struct policy_buffers *b)
{
    struct xen_cpu_policy_leaf *leaves = c->scratch->leaves;
    struct xen_cpu_policy_msr *msrs = c->scratch->msrs;
    uint32_t nr_leaves = X86_NR_SLOTS, nr_msrs = X86_NR_MSR_SLOTS;
    int rc = 0;

    /* The core's own arrays are as large as any policy, so neither fails. */
    if ( b->leaves )
        rc = x86_policy_to_leaves(p, abi, leaves, &nr_leaves);
    if ( !rc && b->msrs )
        rc = x86_policy_to_msrs(p, abi, msrs, &nr_msrs);
    if ( rc )
        return rc;

    if ( (b->leaves && nr_leaves > b->nr_leaves) ||
         (b->msrs && nr_msrs > b->nr_msrs) )
        return -ENOBUFS;

    if ( b->leaves )
        rc = copy_out(c, b->leaves, leaves, nr_leaves * sizeof(leaves[0]));
    if ( !rc && b->msrs )
        rc = copy_out(c, b->msrs, msrs, nr_msrs * sizeof(msrs[0]));
    if ( rc )
        return rc;

    b->nr_leaves = b->leaves ? nr_leaves : abi->max_leaves;
    b->nr_msrs = b->msrs ? nr_msrs : abi->max_msrs;

    return 0;
}

int hypercall_get_request(const struct x86_caller *c,
                          const struct x86_abi *abi,
                          const struct policy_buffers *b,
                          struct x86_policy_request *out)
{
    struct xen_cpu_policy_leaf *leaves = c->scratch->leaves;
    struct xen_cpu_policy_msr *msrs = c->scratch->msrs;
    int rc;

    if ( b->nr_leaves > abi->max_leaves || b->nr_msrs > abi->max_msrs )
        return -E2BIG;

    rc = copy_in(c, leaves, b->leaves, b->nr_leaves * sizeof(leaves[0]));
    if ( !rc )
        rc = copy_in(c, msrs, b->msrs, b->nr_msrs * sizeof(msrs[0]));
    if ( rc )
        return rc;

    *out = (struct x86_policy_request){
        .abi = abi, .leaves = leaves, .msrs = msrs,
        .nr_leaves = b->nr_leaves, .nr_msrs = b->nr_msrs,
    };

    return 0;
}

void hypercall_domain_info(const struct x86_domain_info *d,
                           struct xen_ctl_domain_info *out)
{
    const struct x86_domain_config *config = &d->config;

    *out = (struct xen_ctl_domain_info){
        .domain = d->id,
        .flags = (config->kind.hvm ? XEN_CTL_INFO_HVM : 0) |
                 (config->kind.hap ? XEN_CTL_INFO_HAP : 0) |
                 (d->nr_pauses ? XEN_CTL_INFO_PAUSED
                  : d->nr_vcpus ? XEN_CTL_INFO_RUNNING : 0),
        .shared_info_frame = ~0ULL,
        .nr_online_vcpus = d->nr_vcpus,
        .max_vcpu_id = d->nr_vcpus ? d->nr_vcpus - 1 : XEN_CTL_INFO_NO_VCPU,
        .gpaddr_bits = config->kind.max_phys_bits,
        .emulation_flags = config->emulation_flags,
        .misc_flags = config->misc_flags,
    };
    for ( unsigned int i = 0; i < sizeof(out->handle); i++ )
        out->handle[i] = config->handle[i];
}
