/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The table of formats.  A new one is a file in this folder and a row here,
 * before any row whose probe would take its files too.
 */
#include "formats.h"

const struct dump_format *const dump_formats[] = {
    &format_own_json,
    &format_firecracker,
    &format_cloud_hypervisor,
    &format_libvirt,
    &format_rjcp,
    &format_xen_cpuid,
    &format_cpuid_r,
    &format_libcpuid,           /* may hold AIDA64's text: look first */
    &format_instlatx64,
    &format_hwloc,
};

const size_t nr_dump_formats = sizeof(dump_formats) / sizeof(dump_formats[0]);
