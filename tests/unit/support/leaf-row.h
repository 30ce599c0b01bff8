/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A row of a guest's CPUID table, shortly: LEAF(7, 0, 1, eax, ebx, ...). */
#ifndef TEST_LEAF_ROW_H
#define TEST_LEAF_ROW_H

#include "dump/dump.h"

#define LEAF(leaf_, subleaf_, flags_, ...)                                 \
    { .leaf = leaf_, .subleaf = subleaf_, .flags = flags_,                  \
      .reg = { __VA_ARGS__ } }

#endif /* TEST_LEAF_ROW_H */
