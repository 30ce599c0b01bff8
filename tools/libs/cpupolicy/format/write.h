/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The writers of formats, one file each. */
#ifndef CPUPOLICY_FORMAT_WRITE_H
#define CPUPOLICY_FORMAT_WRITE_H

#include <stdio.h>

#include "formats.h"

/* write-leaves.c: the text of xen-cpuid -p. */
void write_leaves(FILE *f, const struct dump_named *list, size_t nr);

/* write-libvirt.c: <cpudata>, as virsh and libvirt's tests read it. */
void write_libvirt(FILE *f, const struct dump_named *list, size_t nr);

#endif /* CPUPOLICY_FORMAT_WRITE_H */
