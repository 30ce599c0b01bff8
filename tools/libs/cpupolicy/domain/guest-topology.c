/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See guest-topology.h. */

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arch/domain.h>

#include "guest-topology.h"
#include "source/xen-release.h"

#define MAX_COUNT 65535

/* ---- cpu_topology ------------------------------------------------------ */

static int wrong(cpupolicy_error *err, const char *why)
{
    return cpupolicy_error_set(err, EINVAL, 0, "cpu_topology: %s", why);
}

static int parse(const char *text, struct x86_topology *t,
                 cpupolicy_error *err)
{
    const struct {
        const char *name;
        uint32_t *count;
    } levels[] = {
        { "threads", &t->threads_per_core },
        { "cores", &t->cores_per_module },
        { "modules", &t->modules_per_die },
        { "dies", &t->dies_per_package },
        { "sockets", &t->packages },
    };
    unsigned int named = 0;

    for ( ;; text++ )
    {
        size_t len = strcspn(text, "=,"), i = 0;
        unsigned long v;
        char *end;

        while ( i < 5 && (strlen(levels[i].name) != len ||
                          memcmp(levels[i].name, text, len)) )
            i++;
        if ( i == 5 || text[len] != '=' ||
             !isdigit((unsigned char)text[len + 1]) )
            break;
        v = strtoul(text + len + 1, &end, 10);
        if ( *end && *end != ',' )
            break;
        if ( v > MAX_COUNT )
            return cpupolicy_error_set(err, EINVAL, 0, "cpu_topology: %s: at "
                                       "most %d", levels[i].name, MAX_COUNT);
        if ( named & (1u << i) )
            return cpupolicy_error_set(err, EINVAL, 0, "cpu_topology: names "
                                       "%s twice", levels[i].name);
        named |= 1u << i;
        *levels[i].count = v;
        if ( !*end )
            return 0;
        text = end;
    }

    return wrong(err, "must be threads=,cores=,modules=,dies=,sockets= with "
                 "counts, each of them optional");
}

/* Every vCPU has a place; a place may be left without one. */
static int check_room(const struct x86_topology *t, uint32_t nr_vcpus,
                      cpupolicy_error *err)
{
    const uint32_t counts[] = {
        t->threads_per_core, t->cores_per_module, t->modules_per_die,
        t->dies_per_package, t->packages,
    };
    uint64_t room = 1;

    /* No overflow: it ends at X86_DOMAIN_MAX_VCPUS, or one count beyond. */
    for ( unsigned int i = 0; i < 5 && room < nr_vcpus; i++ )
        room *= counts[i];

    return room >= nr_vcpus ? 0
        : cpupolicy_error_set(err, EINVAL, 0, "cpu_topology: has room for %u "
                              "vCPUs, not for %u", (unsigned int)room,
                              nr_vcpus);
}

/* ---- into a policy ----------------------------------------------------- */

static bool is_hvm(const struct guest_topology *t)
{
    return t->config->domain.kind.hvm;
}

static const struct xen_guest_ids *ids_of(const struct guest_topology *t)
{
    const struct xen_release *r = t->src->release;

    return !r ? NULL : is_hvm(t) ? &r->hvm : &r->pv;
}

/* Caches come with TOPOEXT, which a topology may need, and are shared by it. */
static int apply(const struct guest_topology *t,
                 const struct cpu_policy *limit, struct cpu_policy *p)
{
    int rc = x86_topology_apply(&t->topo, p);

    if ( rc )
        return rc;
    x86_policy_follow(p, limit, t->config->domain.kind.vpmu);

    return x86_topology_apply(&t->topo, p);
}

/*
 * Without a word on topology: one socket of single-threaded cores, which is
 * what the vCPUs of most guests are.  Leaf 4 has 6 bits for the ids of cores,
 * and where software reads nothing else, more vCPUs than they can tell apart
 * are in several sockets.
 */
#define LEAF_4_CORES 64u

static int apply_default(struct guest_topology *t,
                         const struct cpu_policy *limit,
                         struct cpu_policy *p)
{
    uint32_t nr = t->config->domain.nr_vcpus;
    struct cpu_policy before = *p;
    int rc;

    t->topo.cores_per_module = nr;
    rc = apply(t, limit, p);
    if ( nr <= LEAF_4_CORES || rc ||
         x86_topology_shown(&t->topo, p, nr) == X86_TOPOLOGY_SHOWN )
        return rc;

    *p = before;
    t->topo.cores_per_module = LEAF_4_CORES;
    t->topo.packages = (nr + LEAF_4_CORES - 1) / LEAF_4_CORES;
    snprintf(t->config->note, sizeof(t->config->note), "the guest will count "
             "%u sockets: leaf 4 cannot tell more than %u cores of one",
             t->topo.packages, LEAF_4_CORES);

    return apply(t, limit, p);
}

int guest_topology_apply(struct guest_topology *t,
                         const struct cpu_policy *limit,
                         struct cpu_policy *p, cpupolicy_error *err)
{
    const struct xen_guest_ids *ids = ids_of(t);
    uint32_t nr = t->config->domain.nr_vcpus;
    int rc = 0;

    t->topo = (struct x86_topology){
        .numbering = ids ? ids->numbering : X86_APIC_IDS_BY_LEVEL,
        .threads_per_core = 1, .cores_per_module = 1, .modules_per_die = 1,
        .dies_per_package = 1, .packages = 1,
    };
    if ( ids && nr > ids->max_vcpus )
        return cpupolicy_error_set(err, EINVAL, 0, "vcpus: guests of this "
                                   "type have at most %u on this Xen",
                                   ids->max_vcpus);
    /*
     * PV guests see no topology: their CPUID is not always trapped, and they
     * are not told APIC ids.
     */
    if ( !is_hvm(t) )
        return t->text ? wrong(err, "a PV guest is told no APIC ids, and so "
                               "no topology") : 0;

    if ( !t->text )
        rc = apply_default(t, limit, p);
    else if ( (rc = parse(t->text, &t->topo, err)) )
        return rc;
    else
        rc = apply(t, limit, p);
    if ( rc )
        return wrong(err, rc == -EOVERFLOW ? "APIC ids do not fit"
                                           : "a count is 0 or too large");

    return t->text ? check_room(&t->topo, nr, err) : 0;
}

/* ---- what guests will count -------------------------------------------- */

static const char *const units[] = {
    [X86_TOPOLOGY_BAD_PACKAGE] = "sockets", [X86_TOPOLOGY_BAD_DIE] = "dies",
    [X86_TOPOLOGY_BAD_MODULE] = "modules", [X86_TOPOLOGY_BAD_CORE] = "cores",
};

/* Why these units would be counted otherwise. */
static const char *reason(const struct guest_topology *t,
                          const struct cpu_policy *p,
                          enum x86_topology_fault fault)
{
    bool amd = x86_vendor_layout(p->vendor) == X86_LAYOUT_AMD;

    if ( !t->src->release )
        return "what the guest's CPUID leaves can tell is less, or cpuid= "
               "changed it";
    if ( fault == X86_TOPOLOGY_BAD_DIE || fault == X86_TOPOLOGY_BAD_MODULE )
        return "this Xen cannot show them: it has no leaf 0x1f or 0x80000026";
    if ( amd && t->topo.threads_per_core > 1 )
        return "this Xen cannot show threads to guests of this vendor: it "
               "clears leaves 0xb and 0x8000001e";

    return "this Xen numbers APIC ids 2 * vCPU, so that units begin at powers "
           "of two only, and leaf 4 cannot tell more than 64 cores";
}

/* What larger units there are hides what is wrong first: name that. */
static enum x86_topology_fault unshowable(const struct guest_topology *t)
{
    if ( !t->src->release )
        return X86_TOPOLOGY_SHOWN;

    return t->topo.dies_per_package > 1 ? X86_TOPOLOGY_BAD_DIE
         : t->topo.modules_per_die > 1 ? X86_TOPOLOGY_BAD_MODULE
         : X86_TOPOLOGY_SHOWN;
}

int guest_topology_check(struct guest_topology *t, const struct cpu_policy *p,
                         cpupolicy_error *err)
{
    uint32_t nr = t->config->domain.nr_vcpus;
    enum x86_topology_fault fault;

    if ( !is_hvm(t) )
        return 0;
    if ( !t->src->release && x86_domain_ids_fit(p, nr) )
        return cpupolicy_error_set(err, EINVAL, 0, "vcpus: without x2apic "
                                   "there are APIC ids for fewer than %u",
                                   nr);
    if ( !t->text )
        return 0;

    fault = unshowable(t);
    if ( fault == X86_TOPOLOGY_SHOWN )
        fault = x86_topology_shown(&t->topo, p, nr);
    if ( fault == X86_TOPOLOGY_SHOWN )
        return 0;
    if ( fault == X86_TOPOLOGY_NO_ID )
        return wrong(err, "APIC ids do not fit");

    return cpupolicy_error_set(err, EINVAL, 0, "cpu_topology: the guest would "
                               "count other %s: %s", units[fault],
                               reason(t, p, fault));
}
