/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "domain-store.h"

struct domain_host host;
struct x86_domain_store store;
struct x86_domain domains[NR_DOMAINS];
struct x86_domain_scratch scratch;

void make_store(uint32_t vendor)
{
    domain_host_make(&host, vendor);
    memset(domains, 0, sizeof(domains));
    x86_domain_store_init(&store, domains, NR_DOMAINS, &host.policies);
}

void make_intel(void)
{
    make_store(X86_VENDOR_INTEL);
}
