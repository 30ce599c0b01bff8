/* SPDX-License-Identifier: MIT */
/*
 * The part of Xen's system control hypercall that is about CPU policies, and
 * what clients ask around it.  Layouts and numbers are those of Xen's
 * public/sysctl.h; names are not, so that both headers can be used together.
 *
 * Buffers are given by address ("handle").  All structures are the same for
 * 32-bit callers.
 */
#ifndef PUBLIC_SYSCTL_H
#define PUBLIC_SYSCTL_H

#include <stdint.h>

#include "arch-x86/cpu-policy.h"
#include "domctl.h"

/* Hypercall number. */
#define XEN_CTL_HYPERCALL_SYSCTL 35

/*
 * `interface_version`: that of Xen 4.17 to 4.20, and of 4.21 and 4.22.  With
 * either, a policy has the leaves and MSRs that Xen's ABI knows.
 */
#define XEN_CTL_SYSCTL_VERSION_4_17 0x15U
#define XEN_CTL_SYSCTL_VERSION      0x16U

/*
 * Not one of Xen's.  Layouts are those of Xen today, but policies travel
 * whole: all leaves and MSRs of cpuid-fields.h and msr-fields.h.
 */
#define XEN_CTL_SYSCTL_VERSION_FULL 0x43500001U

/* `cmd` */
#define XEN_CTL_SYSCTL_PHYSINFO              3
#define XEN_CTL_SYSCTL_GET_DOMAIN_INFO_LIST  6
#define XEN_CTL_SYSCTL_GET_CPU_LEVELLING_CAPS 25    /* until 4.21 */
#define XEN_CTL_SYSCTL_GET_CPU_FEATURESET    26
#define XEN_CTL_SYSCTL_GET_CPU_POLICY        29

/* The machine. */
struct xen_ctl_physinfo {
    uint32_t threads_per_core, cores_per_socket;
    uint32_t nr_cpus, max_cpu_id;
    uint32_t nr_nodes, max_node_id;
    uint32_t cpu_khz;
    uint32_t capabilities;      /* XEN_CTL_PHYSCAP_* */
    uint32_t arch_capabilities;
    uint32_t pad;
    uint64_t total_pages, free_pages, scrub_pages, outstanding_pages;
    uint64_t max_mfn;
    uint32_t hw_cap[8];         /* the host's first featureset words */
};

#define XEN_CTL_PHYSCAP_HVM       (1U << 0)
#define XEN_CTL_PHYSCAP_PV        (1U << 1)
#define XEN_CTL_PHYSCAP_HAP       (1U << 3)
#define XEN_CTL_PHYSCAP_SHADOW    (1U << 4)
#define XEN_CTL_PHYSCAP_VPMU      (1U << 7)
#define XEN_CTL_PHYSCAP_GNTTAB_V1 (1U << 8)
#define XEN_CTL_PHYSCAP_GNTTAB_V2 (1U << 9)

/*
 * Domains in order of id.
 * IN: the id to begin with, and room in `buffer`; OUT: how many there were.
 */
struct xen_ctl_domain_info_list {
    uint16_t first_domain;
    uint16_t pad0;
    uint32_t max_domains;
    uint64_t buffer;            /* struct xen_ctl_domain_info [] */
    uint32_t nr_domains;
    uint32_t pad1;
};

/* OUT: how CPUID can be controlled for PV guests. */
struct xen_ctl_cpu_levelling_caps {
    uint32_t caps;
};

#define XEN_CTL_LEVELCAP_FAULTING (1U << 0)

/*
 * A featureset.  Mind that the indices have another order than those of
 * policies, and that "pv" and "hvm" are the default policies.
 *
 * A null handle asks for the number of words.  With less room than that,
 * what fits is written and the call fails with ENOBUFS.
 */
struct xen_ctl_cpu_featureset {
    uint32_t index;
    uint32_t nr_words;          /* IN: room; OUT: written, or number */
    uint64_t words;             /* uint32_t [] */
};

#define XEN_CTL_FEATURESET_RAW     0
#define XEN_CTL_FEATURESET_HOST    1
#define XEN_CTL_FEATURESET_PV      2
#define XEN_CTL_FEATURESET_HVM     3
#define XEN_CTL_FEATURESET_PV_MAX  4
#define XEN_CTL_FEATURESET_HVM_MAX 5

/*
 * A policy.  A null handle asks for the largest number of its entries.  With
 * less room than the policy needs nothing is written, and the call fails
 * with ENOBUFS.  EOPNOTSUPP: built without that type of guest.
 */
struct xen_ctl_cpu_policy {
    uint32_t index;
    uint32_t nr_leaves, nr_msrs;    /* IN: room; OUT: written, or number */
    uint32_t reserved;              /* must be zero */
    uint64_t leaves;                /* struct xen_cpu_policy_leaf [] */
    uint64_t msrs;                  /* struct xen_cpu_policy_msr [] */
};

#define XEN_CTL_POLICY_RAW         0
#define XEN_CTL_POLICY_HOST        1    /* what the hypervisor uses */
#define XEN_CTL_POLICY_PV_MAX      2
#define XEN_CTL_POLICY_HVM_MAX     3
#define XEN_CTL_POLICY_PV_DEFAULT  4
#define XEN_CTL_POLICY_HVM_DEFAULT 5
/*
 * Not one of Xen's, and well away from those it may add: what the hypervisor
 * could use, experimental features included.
 */
#define XEN_CTL_POLICY_HOST_MAX    0x100

struct xen_ctl_sysctl {
    uint32_t cmd;
    uint32_t interface_version;
    union {
        struct xen_ctl_physinfo physinfo;
        struct xen_ctl_domain_info_list domain_info_list;
        struct xen_ctl_cpu_levelling_caps levelling_caps;
        struct xen_ctl_cpu_featureset featureset;
        struct xen_ctl_cpu_policy policy;
        uint8_t pad[128];
    } u;
};

#endif /* PUBLIC_SYSCTL_H */
