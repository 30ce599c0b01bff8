/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See xen-release.h. */
#include <stddef.h>

#include "xen-release.h"

/*
 * XEN_*_INTERFACE_VERSION of public/{sysctl,domctl}.h and CPUID_GUEST_NR_*
 * of xen/lib/x86/{cpuid,cpu-policy}.h in each release's branch.  IDS:
 * vlapic_init() and guest_cpuid() have vcpu_id * 2, as guests of 4.14, 4.17
 * and 4.20 were seen to; HVM_MAX_VCPUS of public/hvm/hvm_info_table.h.
 */
#define IDS { X86_APIC_IDS_DOUBLED, 128 }, { X86_APIC_IDS_UNTOLD, 8192 }

static const struct xen_release releases[] = {
    { 4, 14, 0x13, 0x12, 0x8000001cU, 1, IDS },
    { 4, 15, 0x13, 0x13, 0x8000001cU, 1, IDS },
    { 4, 16, 0x14, 0x14, 0x80000021U, 1, IDS },
    { 4, 17, 0x15, 0x15, 0x80000021U, 2, IDS },
    { 4, 18, 0x15, 0x16, 0x80000021U, 2, IDS },
    { 4, 19, 0x15, 0x17, 0x80000021U, 2, IDS },
    { 4, 20, 0x15, 0x17, 0x80000021U, 2, IDS },
    { 4, 21, 0x16, 0x17, 0x80000021U, 2, IDS },
    { 4, 22, 0x16, 0x18, 0x80000021U, 2, IDS },
};

#define NR_RELEASES (sizeof(releases) / sizeof(releases[0]))

const struct xen_release *xen_release_find(uint16_t major, uint16_t minor)
{
    for ( size_t i = 0; i < NR_RELEASES; i++ )
        if ( releases[i].major == major && releases[i].minor == minor )
            return &releases[i];

    return NULL;
}

const struct xen_release *xen_release_at(unsigned int index)
{
    return index < NR_RELEASES ? &releases[index] : NULL;
}
