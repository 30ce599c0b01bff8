/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A store of domains on a host that has everything, of the running test. */
#ifndef TEST_DOMAIN_STORE_H
#define TEST_DOMAIN_STORE_H

#include <arch/domain.h>

#include "domain-host.h"

#define NR_DOMAINS 5

extern struct domain_host host;
extern struct x86_domain_store store;
extern struct x86_domain domains[NR_DOMAINS];
extern struct x86_domain_scratch scratch;

/* Anew and empty. */
void make_store(uint32_t vendor);

/* Fixture. */
void make_intel(void);

#endif /* TEST_DOMAIN_STORE_H */
