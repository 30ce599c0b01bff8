/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The topology that a guest's configuration asks for, on a source whose
 * hypervisor numbers APIC ids in its own way.
 */
#ifndef CPUPOLICY_GUEST_TOPOLOGY_H
#define CPUPOLICY_GUEST_TOPOLOGY_H

#include <xen/lib/x86/topology.h>

#include "source/source.h"

struct guest_topology {
    const cpupolicy_source *src;
    cpupolicy_config *config;   /* its type and vCPUs; `note` is written */
    const char *text;           /* cpu_topology, or NULL: the default */
    struct x86_topology topo;   /* what came of it */
};

/*
 * Write it into a policy, with caches out of the limit where it brings the
 * leaves that describe them.  -EINVAL with a message: it is no topology, or
 * has no room for the vCPUs.
 */
int guest_topology_apply(struct guest_topology *t,
                         const struct cpu_policy *limit,
                         struct cpu_policy *p, cpupolicy_error *err);

/*
 * The policy is complete: will guests count what was asked for?  -EINVAL with
 * the reason; where nobody asked, a note at most.
 */
int guest_topology_check(struct guest_topology *t, const struct cpu_policy *p,
                         cpupolicy_error *err);

#endif /* CPUPOLICY_GUEST_TOPOLOGY_H */
