/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A host for tests of domains, hypercalls and vCPUs: one that has whatever
 * its vendor can have, so that every kind of domain can be built on it.
 * Needs no test framework.
 */
#ifndef TEST_DOMAIN_HOST_H
#define TEST_DOMAIN_HOST_H

#include <arch/derive.h>

struct domain_host {
    struct x86_policies policies;
    struct x86_platform platform;
};

/* X86_VENDOR_INTEL or X86_VENDOR_AMD. */
void domain_host_make(struct domain_host *h, uint32_t vendor);

#endif /* TEST_DOMAIN_HOST_H */
