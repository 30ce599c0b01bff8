/* SPDX-License-Identifier: MIT */
/*
 * The part of Xen's domain control hypercall that building a domain and its
 * CPU policy takes.  Layouts and numbers are those of Xen's public/domctl.h;
 * names are not, so that both headers can be used together.
 */
#ifndef PUBLIC_DOMCTL_H
#define PUBLIC_DOMCTL_H

#include <stdint.h>

#include "arch-x86/cpu-policy.h"

/* Hypercall number. */
#define XEN_CTL_HYPERCALL_DOMCTL 36

/*
 * As for sysctl.h: the oldest that is answered, the newest, and policies
 * whole.  4.17 has 0x15, 4.18 0x16, 4.19 to 4.21 0x17, 4.22 0x18.
 */
#define XEN_CTL_DOMCTL_VERSION_4_17 0x15U
#define XEN_CTL_DOMCTL_VERSION_4_22 0x18U
#define XEN_CTL_DOMCTL_VERSION      XEN_CTL_DOMCTL_VERSION_4_22
#define XEN_CTL_DOMCTL_VERSION_FULL 0x43500001U

/* `cmd` */
#define XEN_CTL_DOMCTL_CREATE_DOMAIN     1
#define XEN_CTL_DOMCTL_DESTROY_DOMAIN    2
#define XEN_CTL_DOMCTL_PAUSE_DOMAIN      3
#define XEN_CTL_DOMCTL_UNPAUSE_DOMAIN    4
#define XEN_CTL_DOMCTL_GET_DOMAIN_INFO   5
#define XEN_CTL_DOMCTL_MAX_VCPUS         15
#define XEN_CTL_DOMCTL_SET_ADDRESS_SIZE  35
#define XEN_CTL_DOMCTL_GET_ADDRESS_SIZE  36
#define XEN_CTL_DOMCTL_GET_CPU_POLICY    82
#define XEN_CTL_DOMCTL_SET_CPU_POLICY    83
/* Not one of Xen's: struct xen_ctl_policy_audit. */
#define XEN_CTL_DOMCTL_AUDIT_CPU_POLICY  0x43500001U

/*
 * `domain` of a creation that leaves the choice to the hypervisor, in all
 * versions; until 4.21, 0 does too.
 */
#define XEN_CTL_DOMID_ANY 0x7ff5U

/*
 * More members follow in Xen's.  What comes after max_maptrack_frames differs
 * between versions: see xen_ctl_create_word().
 */
struct xen_ctl_create_domain {
    uint32_t ssidref;
    uint8_t handle[16];
    uint32_t flags;             /* XEN_CTL_CREATE_* */
    uint32_t iommu_opts;
    uint32_t max_vcpus;
    uint32_t max_event_channel_port;
    int32_t max_grant_frames;
    int32_t max_maptrack_frames;
    uint32_t tail[6];
};

/* Members of the tail, in the order in which they stand there. */
enum xen_ctl_create_member {
    XEN_CTL_CREATE_GRANT_OPTS,      /* highest version of grant tables */
    XEN_CTL_CREATE_ALTP2M,          /* 4.21: 16 bits of it, and a count */
    XEN_CTL_CREATE_VMTRACE_SIZE,
    XEN_CTL_CREATE_CPUPOOL_ID,
    XEN_CTL_CREATE_EMULATION_FLAGS, /* XEN_CTL_EMULATE_* */
    XEN_CTL_CREATE_MISC_FLAGS,
};

/* Which members an interface version has: a bit each. */
static inline unsigned int xen_ctl_create_members(uint32_t version)
{
    return 1U << XEN_CTL_CREATE_EMULATION_FLAGS |
        (version >= 0x13 ? 1U << XEN_CTL_CREATE_VMTRACE_SIZE |
                           1U << XEN_CTL_CREATE_MISC_FLAGS : 0) |
        (version >= 0x14 ? 1U << XEN_CTL_CREATE_GRANT_OPTS : 0) |
        (version >= 0x15 ? 1U << XEN_CTL_CREATE_CPUPOOL_ID : 0) |
        (version >= 0x17 ? 1U << XEN_CTL_CREATE_ALTP2M : 0);
}

/* The place of a member in the tail, or -1: this version has none. */
static inline int xen_ctl_create_word(uint32_t version,
                                      enum xen_ctl_create_member member)
{
    unsigned int members = xen_ctl_create_members(version);
    int word = 0;

    if ( !(members & (1U << member)) )
        return -1;
    for ( unsigned int i = 0; i < (unsigned int)member; i++ )
        word += (members >> i) & 1;

    return word;
}

#define XEN_CTL_CREATE_HVM    (1U << 0)
#define XEN_CTL_CREATE_HAP    (1U << 1)
#define XEN_CTL_CREATE_NESTED (1U << 6)
#define XEN_CTL_CREATE_VPMU   (1U << 7)
#define XEN_CTL_CREATE_ALL    0xffU     /* whatever has a meaning on x86 */

#define XEN_CTL_EMULATE_LAPIC (1U << 0) /* the only one of a PVH guest */
#define XEN_CTL_EMULATE_PIT   (1U << 8) /* of HVM guests, never of PVH */

struct xen_ctl_domain_info {
    uint16_t domain;
    uint16_t pad0;
    uint32_t flags;             /* XEN_CTL_INFO_* */
    uint64_t tot_pages, max_pages, outstanding_pages, shr_pages, paged_pages;
    uint64_t shared_info_frame;
    uint64_t cpu_time;
    uint32_t nr_online_vcpus;
    uint32_t max_vcpu_id;       /* all ones: it has none yet */
    uint32_t ssidref;
    uint8_t handle[16];
    uint32_t cpupool;
    uint8_t gpaddr_bits;
    uint8_t pad1[7];
    uint32_t emulation_flags;
    uint32_t misc_flags;
};

#define XEN_CTL_INFO_DYING     (1U << 0)
#define XEN_CTL_INFO_HVM       (1U << 1)
#define XEN_CTL_INFO_SHUT_DOWN (1U << 2)
#define XEN_CTL_INFO_PAUSED    (1U << 3)
#define XEN_CTL_INFO_RUNNING   (1U << 5)
#define XEN_CTL_INFO_HAP       (1U << 8)
#define XEN_CTL_INFO_NO_VCPU 0xffffffffU

struct xen_ctl_max_vcpus {
    uint32_t max;
};

struct xen_ctl_address_size {
    uint32_t size;              /* bits: 32 or 64 */
};

/*
 * Get: as in sysctl.h.  Set: entries that are not mentioned stay as they
 * are; all or nothing.  OUT when a set fails: where, all ones where that is
 * nowhere in particular.
 */
struct xen_ctl_domain_policy {
    uint32_t nr_leaves, nr_msrs;
    uint64_t leaves;            /* struct xen_cpu_policy_leaf [] */
    uint64_t msrs;              /* struct xen_cpu_policy_msr [] */
    uint32_t err_leaf, err_subleaf, err_msr;
};

/*
 * Everything that would make a set of these leaves and MSRs fail.  Nothing
 * is set, so that it may be asked of a running domain too.
 *
 * A null `violations` asks for their number.  With less room than that, what
 * fits is written, and the call fails with ENOBUFS; `nr_violations` is the
 * number of all, in either case.  Zero of them: a set would succeed.
 *
 * Fails as a set does for what is not a matter of judgement (E2BIG, ERANGE,
 * EOVERFLOW, EFAULT, and EINVAL for flags of an MSR).
 */
struct xen_ctl_policy_audit {
    uint32_t nr_leaves, nr_msrs;
    uint64_t leaves;
    uint64_t msrs;
    uint32_t nr_violations;     /* IN: room; OUT: number */
    uint32_t reserved;          /* must be zero */
    uint64_t violations;        /* struct xen_ctl_policy_violation [] */
    uint32_t err_leaf, err_subleaf, err_msr;
    uint32_t pad;
};

#define XEN_CTL_NO_FEATURE 0xffffU

struct xen_ctl_policy_violation {
    uint32_t leaf, subleaf;     /* all ones: it is about an MSR */
    uint32_t msr;               /* all ones: it is about a leaf */
    uint32_t reg;               /* 0 eax, 1 ebx, 2 ecx, 3 edx */
    uint64_t mask;              /* the bits that are wrong */
    uint64_t asked, limit;      /* the whole register; and one that would do */
    uint16_t feature;           /* value of cpufeatureset.h, or NO_FEATURE */
    uint16_t needs;             /* missing prerequisite, or NO_FEATURE */
    uint32_t pad;
    char rule[24];              /* id, padded with zeros */
};

struct xen_ctl_domctl {
    uint32_t cmd;
    uint32_t interface_version;
    uint16_t domain;
    uint16_t pad[3];
    union {
        struct xen_ctl_create_domain create_domain;
        struct xen_ctl_domain_info domain_info;
        struct xen_ctl_max_vcpus max_vcpus;
        struct xen_ctl_address_size address_size;
        struct xen_ctl_domain_policy policy;
        struct xen_ctl_policy_audit audit;
        uint8_t pad[128];
    } u;
};

#endif /* PUBLIC_DOMCTL_H */
