/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The APIC ids that a domain's vCPUs get: of the core, or of a running Xen. */

#include <errno.h>

#include "domains.h"
#include "source/xen-release.h"

/* A running Xen's numbering depends on nothing but the type and the number. */
static int xen_ids(const struct xen_release *r, const cpupolicy_domain *d,
                   uint32_t vcpu, struct x86_topology_ids *out)
{
    const struct x86_topology one = {
        .numbering = d->kind.hvm ? r->hvm.numbering : r->pv.numbering,
        .threads_per_core = 1, .cores_per_module = 1, .modules_per_die = 1,
        .dies_per_package = 1, .packages = 1,
    };
    struct x86_topology_map map;

    return vcpu >= d->nr_vcpus || x86_topology_map(&one, &map)
        ? -ERANGE : x86_topology_ids(&map, vcpu, out);
}

static struct x86_domain_config config_of(const cpupolicy_domain *d)
{
    return (struct x86_domain_config){
        .kind = core_kind(&d->kind), .max_vcpus = d->nr_vcpus,
    };
}

int cpupolicy_apic_id(const cpupolicy_source *src, const cpupolicy_domain *d,
                      const cpupolicy *p, uint32_t vcpu, uint32_t *out,
                      cpupolicy_error *err)
{
    const struct x86_domain_config c = config_of(d);
    struct x86_topology_ids ids;
    int rc;

    if ( !d->kind.hvm )
        return cpupolicy_error_set(err, ENOENT, 0, "PV guests are told no "
                                   "APIC ids");

    rc = src->release ? xen_ids(src->release, d, vcpu, &ids)
                      : x86_domain_ids(&p->policy, &c, vcpu, &ids);
    if ( rc )
        return cpupolicy_error_set(err, -rc, 0, "there is no vCPU %u", vcpu);
    *out = ids.x2apic_id;

    return 0;
}

int cpupolicy_ioapic_id(const cpupolicy_source *src,
                        const cpupolicy_domain *d, const cpupolicy *p,
                        uint32_t *out, cpupolicy_error *err)
{
    const struct x86_domain_config c = config_of(d);
    uint8_t id;

    if ( src->release )
        return cpupolicy_error_set(err, ENOENT, 0, "a running Xen does not "
                                   "tell");
    if ( x86_domain_ioapic_id(&p->policy, &c, &id) )
        return cpupolicy_error_set(err, ENOENT, 0, "PV guests have no "
                                   "IO-APIC");
    *out = id;

    return 0;
}
