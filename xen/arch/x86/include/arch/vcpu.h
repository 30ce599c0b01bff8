/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a vCPU reads: its domain's policy, and the few bits that follow the
 * vCPU's live state instead (docs: facts of Xen's guest_cpuid()).
 *
 * Nothing here can fail for a policy that the audit has accepted, and nothing
 * is allocated, locked or remembered.
 */
#ifndef ARCH_VCPU_H
#define ARCH_VCPU_H

#include <xen/lib/x86/cpu-policy.h>
#include <xen/lib/x86/topology.h>

/* What CPUID answers for a leaf above the highest one. */
enum x86_cpuid_beyond {
    /* Zeros, whoever the vendor is: as AMD's CPUs, and as Xen. */
    X86_BEYOND_ZEROS,
    /*
     * As the vendor's CPUs: zeros on AMD and Hygon; the highest basic leaf
     * on others (SDM vol 2, CPUID: "data for the highest basic information
     * leaf is returned").
     */
    X86_BEYOND_VENDOR,
};

/*
 * The hypervisor's own leaves, which a policy only limits.  `index` counts
 * from the first leaf of the block; *out is zero when called.
 */
struct x86_hypervisor_leaves {
    uint32_t version;           /* Xen's: major << 16 | minor */
    /* Xen's leaves from index 2 on; NULL: zeros. */
    void (*xen)(void *ctx, uint32_t index, uint32_t subleaf,
                struct x86_regs *out);
    /*
     * Viridian's, from index 0 on, or NULL.  If there are any then they come
     * first, and Xen's move to 0x40000100.
     */
    void (*viridian)(void *ctx, uint32_t index, uint32_t subleaf,
                     struct x86_regs *out);
    void *ctx;
};

/* Zero-initialise, set what applies. */
struct x86_vcpu {
    bool hvm;                   /* HVM or PVH; else PV */
    bool hap;                   /* HVM: not shadow paging */
    bool long_mode;             /* EFER.LMA and a 64-bit code segment */
    bool kernel;                /* CPL 0, or a PV kernel */
    /*
     * PV: this CPUID came with Xen's emulation prefix, which is the way of
     * kernels that know Xen; else it was a plain one that faulted.
     */
    bool emulated;
    bool hardware_domain;       /* PV: may know more of the host */
    bool debug_store;           /* its vPMU has one */
    bool cpuid_faulting;        /* MISC_FEATURES_ENABLES bit 0 */
    enum x86_cpuid_beyond beyond;
    uint64_t cr4, xcr0, xss;
    uint64_t apic_base;         /* HVM: the MSR */
    uint64_t xen_cr4;           /* PV: the hypervisor's own, for `emulated` */
    struct x86_topology_ids ids;    /* x86_domain_vcpu_init() */
    /* Host default policy, for hardware_domain and debug_store; or NULL. */
    const struct cpu_policy *host;
    /* NULL: no hypervisor leaves, all zeros. */
    const struct x86_hypervisor_leaves *leaves;
};

/*
 * Whether CPUID faults instead of answering: user code may be made to
 * (SDM vol 2, CPUID; APM vol 2, HWCR.CpuidUserDis).
 */
static inline bool x86_vcpu_cpuid_faults(const struct x86_vcpu *v)
{
    return v->cpuid_faulting && !v->kernel;
}

/* The four registers after CPUID with these eax and ecx. */
void x86_vcpu_cpuid(const struct cpu_policy *p, const struct x86_vcpu *v,
                    uint32_t leaf, uint32_t subleaf, struct x86_regs *out);

/* Sizes of the save area for these components, in bytes. */
uint32_t x86_xstate_size(const struct cpu_policy *p, uint64_t components);
uint32_t x86_xstate_compacted_size(const struct cpu_policy *p,
                                   uint64_t components);

enum x86_msr_answer {
    X86_MSR_VALUE,              /* *value is what the vCPU reads */
    X86_MSR_FAULT,              /* #GP: it does not exist for this guest */
    X86_MSR_OWN,                /* exists; the value is the vCPU's, not here */
    X86_MSR_OTHER,              /* no feature MSR: not ours to answer */
};

/*
 * RDMSR of a feature MSR, of one whose existence follows from a feature, or
 * of the x2APIC id (0x802).
 * *value is untouched unless the answer is X86_MSR_VALUE.
 */
enum x86_msr_answer x86_vcpu_rdmsr(const struct cpu_policy *p,
                                   const struct x86_vcpu *v, uint32_t index,
                                   uint64_t *value);

#endif /* ARCH_VCPU_H */
