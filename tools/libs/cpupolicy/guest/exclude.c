/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * MSRs that a dump leaves out.  The ranges are those of the original's code;
 * the list in its documentation differs and does not count.  Where Xen or
 * another source offers one of them, it is left out all the same, so that
 * dumps of different sources can be compared.
 */
#include <stddef.h>

#include "guest.h"

enum host { ANY_HOST, AMD_HOST };

static const struct {
    uint32_t first, last;
    enum host host;
    const char *reason;
} excluded[] = {
    { 0x10, 0x10, ANY_HOST, "the time stamp counter runs" },
    { 0xc1, 0xc8, ANY_HOST, "performance counters; vCPUs have no PMU" },
    /*
     * KVM reports whether the host's microcode and firmware need the guest's
     * help.  On AMD it invents the register: not a property of the CPU.
     */
    { 0x10a, 0x10a, AMD_HOST, "emulated, no such register on AMD" },
    { 0x17a, 0x17a, ANY_HOST, "machine check status, changes by itself" },
    { 0x17b, 0x17b, ANY_HOST, "machine check control, absent on many hosts" },
    { 0x186, 0x18d, ANY_HOST, "performance event selectors" },
    { 0x309, 0x30c, ANY_HOST, "fixed-function performance counters" },
    { 0x345, 0x345, ANY_HOST, "performance capabilities" },
    { 0x38d, 0x390, ANY_HOST, "global performance control" },
    { 0x3f1, 0x3f2, ANY_HOST, "precise event sampling" },
    { 0x480, 0x491, ANY_HOST, "VMX capabilities; guests have no VMX" },
    { 0x4d0, 0x4d0, ANY_HOST, "extended machine check control" },
    { 0x600, 0x600, ANY_HOST, "debug store area" },
    { 0x6e0, 0x6e0, ANY_HOST, "TSC deadline: set while the guest runs" },
    { 0x40000000, 0x40000003, ANY_HOST, "Hyper-V" },
    { 0x40000010, 0x40000010, ANY_HOST, "Hyper-V" },
    { 0x40000020, 0x40000023, ANY_HOST, "Hyper-V" },
    { 0x40000073, 0x40000073, ANY_HOST, "Hyper-V" },
    { 0x40000080, 0x40000080, ANY_HOST, "Hyper-V" },
    { 0x400000b0, 0x400000b0, ANY_HOST, "Hyper-V" },
    { 0x400000f1, 0x400000f5, ANY_HOST, "Hyper-V" },
    { 0x400000ff, 0x400000ff, ANY_HOST, "Hyper-V" },
    { 0x40000100, 0x40000105, ANY_HOST, "Hyper-V" },
    { 0x40000106, 0x40000108, ANY_HOST, "Hyper-V" },
    { 0x40000118, 0x40000118, ANY_HOST, "Hyper-V" },
    { 0xc0010000, 0xc0010003, ANY_HOST, "AMD performance event selectors" },
    { 0xc0010004, 0xc0010007, ANY_HOST, "AMD performance counters" },
    { 0xc0010200, 0xc001020b, ANY_HOST, "AMD extended performance counters" },
};

bool guest_msr_is_dumped(uint32_t index, bool host_is_amd)
{
    for ( size_t i = 0; i < sizeof(excluded) / sizeof(excluded[0]); i++ )
        if ( index >= excluded[i].first && index <= excluded[i].last &&
             (excluded[i].host == ANY_HOST || host_is_amd) )
            return false;

    return true;
}
