/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A small host as Firecracker's guests see it, for tests to change. */
#ifndef TEST_TEMPLATE_HOST_H
#define TEST_TEMPLATE_HOST_H

#include "guest/guest.h"

enum { A, B, C, D };

#define INTEL_B 0x756e6547
#define INTEL_C 0x6c65746e
#define INTEL_D 0x49656e69

struct host {
    struct dump_cpu g;
};

struct host host_make(void);

/* A register; the leaf is added if it is not there. */
void host_set(struct host *h, uint32_t leaf, uint32_t subleaf,
              unsigned int reg, uint32_t value);

void host_drop(struct host *h, uint32_t leaf, uint32_t subleaf);

#endif /* TEST_TEMPLATE_HOST_H */
