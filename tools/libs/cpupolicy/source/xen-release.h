/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What releases of Xen differ in, as far as policies are concerned: one row
 * each.  A Xen is known by what its version hypercall says.
 */
#ifndef CPUPOLICY_SOURCE_XEN_RELEASE_H
#define CPUPOLICY_SOURCE_XEN_RELEASE_H

#include <stdbool.h>
#include <stdint.h>

#include <xen/lib/x86/topology.h>

/* vCPUs of a type of guest: PVH counts as HVM. */
struct xen_guest_ids {
    enum x86_apic_numbering numbering;
    uint32_t max_vcpus;         /* of a domain */
};

struct xen_release {
    uint16_t major, minor;
    uint32_t sysctl, domctl;    /* interface versions */
    /* The highest extended leaf of a policy on AMD; Intel's is 0x80000008. */
    uint32_t max_ext_amd;
    uint32_t max_feat_subleaf;  /* of leaf 7 */
    struct xen_guest_ids hvm, pv;
};

/* The row of a release, or NULL: none of those that are known. */
const struct xen_release *xen_release_find(uint16_t major, uint16_t minor);

/* By index, oldest first; NULL past the end. */
const struct xen_release *xen_release_at(unsigned int index);

#endif /* CPUPOLICY_SOURCE_XEN_RELEASE_H */
