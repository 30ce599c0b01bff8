/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cloud Hypervisor's adjustments of CPUID, between their file and rows. */
#ifndef CPUPOLICY_CLOUD_HYPERVISOR_H
#define CPUPOLICY_CLOUD_HYPERVISOR_H

#include "dump/dump.h"

#define MAX_ADJUSTMENTS (4 * DUMP_MAX_ROWS)

struct ch_adjustment {
    uint32_t leaf, start, end;  /* subleaves, inclusive */
    uint32_t replacements, mask;
    uint32_t line;
    uint8_t reg;                /* 0 eax ... 3 edx */
    size_t order;               /* in the file: the first one counts */
};

/* Sorts them.  -E2BIG, -ENOMEM. */
int ch_adjustments_to_rows(struct ch_adjustment *all, size_t nr, struct dump_cpu *c,
                        cpupolicy_error *err);

#endif /* CPUPOLICY_CLOUD_HYPERVISOR_H */
