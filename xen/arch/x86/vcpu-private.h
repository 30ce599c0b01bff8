/* SPDX-License-Identifier: LGPL-2.1-or-later */
#ifndef ARCH_VCPU_PRIVATE_H
#define ARCH_VCPU_PRIVATE_H

#include <arch/vcpu.h>

/* A leaf in 0x4000xxxx; *out is zero when called. */
void x86_vcpu_hypervisor_leaf(const struct cpu_policy *p,
                              const struct x86_vcpu *v, uint32_t leaf,
                              uint32_t subleaf, struct x86_regs *out);

#endif /* ARCH_VCPU_PRIVATE_H */
