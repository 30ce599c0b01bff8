/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the hypercalls share: copies in and out of the caller's memory. */
#ifndef ARCH_HYPERCALL_PRIVATE_H
#define ARCH_HYPERCALL_PRIVATE_H

#include <arch/hypercall.h>
#include <public/domctl.h>
#include <public/sysctl.h>

static inline int copy_in(const struct x86_caller *c, void *to,
                          uint64_t from, size_t size)
{
    return size ? c->copy_from(c->ctx, to, from, size) : 0;
}

static inline int copy_out(const struct x86_caller *c, uint64_t to,
                           const void *from, size_t size)
{
    return size ? c->copy_to(c->ctx, to, from, size) : 0;
}

/*
 * Begin a control call: copy its structure in, and find the ABI that its
 * version asks for; `now` is the version of Xen today.  -EFAULT; -EACCES:
 * another version; -EPERM: not the caller's to ask.
 */
int hypercall_begin(const struct x86_caller *c, uint64_t addr, void *op,
                    size_t size, uint32_t now, const struct x86_abi **abi)
    __must_check;

/* Where a policy goes to, or a request comes from, and how much it is. */
struct policy_buffers {
    uint32_t nr_leaves, nr_msrs;
    uint64_t leaves, msrs;
};

/*
 * Give the caller a policy.  Counts become what was written, or the largest
 * number where the handle is null.  -ENOBUFS: either does not fit, nothing
 * was written, counts are untouched; -EFAULT.
 */
int hypercall_put_policy(const struct x86_caller *c,
                         const struct cpu_policy *p,
                         const struct x86_abi *abi, struct policy_buffers *b)
    __must_check;

/*
 * A request as it is when it is copied, into the caller's scratch.  -E2BIG: more entries
 * than the ABI has; -EFAULT.
 */
int hypercall_get_request(const struct x86_caller *c,
                          const struct x86_abi *abi,
                          const struct policy_buffers *b,
                          struct x86_policy_request *out) __must_check;

/* What sysctl and domctl tell of a domain. */
void hypercall_domain_info(const struct x86_domain_info *d,
                           struct xen_ctl_domain_info *out);

/* A domain control call: who, what, and the version that was asked for. */
struct domctl_call {
    const struct x86_hypervisor *h;
    const struct x86_caller *caller;
    const struct x86_abi *abi;
    struct xen_ctl_domctl op;
    uint64_t addr;
};

static inline int domctl_copy_back(const struct domctl_call *c)
{
    return copy_out(c->caller, c->addr, &c->op, sizeof(c->op));
}

int hypercall_audit(struct domctl_call *c) __must_check;

#endif /* ARCH_HYPERCALL_PRIVATE_H */
