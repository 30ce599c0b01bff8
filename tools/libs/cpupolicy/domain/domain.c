/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domains: of the core in this process, or of a running Xen. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "domains.h"

static int say(cpupolicy_error *err, int rc, uint32_t id)
{
    const char *why = rc == -ESRCH ? "no such domain"
        : rc == -EEXIST ? "its construction is finished"
        : rc == -EBUSY ? "its vCPUs are there, and would get other APIC ids"
        : rc == -ERANGE ? "it has more vCPUs than there are APIC ids without "
                          "x2apic"
        : rc == -ENOMEM ? "out of memory" : "not possible";

    return rc ? cpupolicy_error_set(err, -rc, 0, "domain %u: %s", id, why)
              : 0;
}

static int domain_check(const cpupolicy_domain *domain, cpupolicy_error *err)
{
    int rc = kind_check(&domain->kind, err);

    if ( rc )
        return rc;
    if ( !domain->nr_vcpus || domain->nr_vcpus > X86_DOMAIN_MAX_VCPUS )
        return cpupolicy_error_set(err, EINVAL, 0, "a domain has 1 to %u "
                                   "vCPUs", X86_DOMAIN_MAX_VCPUS);
    if ( domain->id >= X86_DOMID_FIRST_RESERVED )
        return cpupolicy_error_set(err, ERANGE, 0, "a domain's number is at "
                                   "most %u", X86_DOMID_FIRST_RESERVED - 1);

    return 0;
}

static int not_on_xen(cpupolicy_error *err, const char *who)
{
    return cpupolicy_error_set(err, EOPNOTSUPP, 0, "on a running Xen, that "
                               "is for a toolstack to do (%s)", who);
}

/* May this source's domains be changed, and by whom, if not by us? */
static int may_change(const cpupolicy_source *src, const char *who,
                      cpupolicy_error *err)
{
    if ( src->xen && who )
        return not_on_xen(err, who);

    return src->keeper && src->keeper->read_only
        ? cpupolicy_error_set(err, EROFS, 0, "%.200s was opened for looking "
                              "only", src->keeper->path) : 0;
}

static void from_core(const struct x86_domain_info *info,
                      cpupolicy_domain *out)
{
    const struct x86_domain_kind *k = &info->config.kind;

    *out = (cpupolicy_domain){
        .id = info->id, .nr_vcpus = info->config.max_vcpus,
        .finished = info->finished,
        .kind = {
            .hvm = k->hvm, .pv32 = k->pv32, .shadow = k->hvm && !k->hap,
            .nested = k->nested, .vpmu = k->vpmu,
            .max_phys_bits = k->max_phys_bits,
        },
    };
}

static int xen_next(cpupolicy_source *src, uint32_t first,
                    cpupolicy_domain *out, cpupolicy_error *err)
{
    struct xen_domain_info info;
    bool fixed = false;
    size_t nr = 0;
    int rc = xen_domain_list(src->xen, first, &info, 1, &nr, err);

    if ( rc )
        return rc;
    if ( !nr )
        return say(err, -ESRCH, first);

    /* dom0's own policy was fixed at boot; it cannot be asked. */
    if ( xen_domain_policy_is_fixed(src->xen, info.domid, &fixed, NULL) )
        fixed = true;
    *out = (cpupolicy_domain){
        .id = info.domid, .nr_vcpus = info.nr_vcpus, .finished = fixed,
        .kind = {
            .hvm = info.type != XEN_DOMAIN_PV,
            .shadow = info.type != XEN_DOMAIN_PV && !info.hap,
        },
    };

    return 0;
}

int cpupolicy_domain_next(cpupolicy_source *src, uint32_t first,
                          cpupolicy_domain *out, cpupolicy_error *err)
{
    struct x86_domain_info info;
    struct domain_keeper *k;
    int rc;

    if ( src->xen )
        return xen_next(src, first, out, err);

    k = source_keeper(src);
    rc = k ? x86_domain_next(&k->store, first, &info) : -ENOMEM;
    if ( !rc )
        from_core(&info, out);

    return say(err, rc, first);
}

/* Made and, with a policy, given it; on the disk; or there is none. */
static int make(cpupolicy_source *src, const cpupolicy_domain *domain,
                const struct cpu_policy *policy, uint32_t *id,
                cpupolicy_error *err)
{
    const struct x86_domain_config config = {
        .kind = core_kind(&domain->kind), .max_vcpus = domain->nr_vcpus,
    };
    struct domain_keeper *k = source_keeper(src);
    int made = k ? x86_domain_create(&k->store, domain->id ? domain->id
                                                           : X86_DOMID_ANY,
                                     &config, NULL) : -ENOMEM, rc = 0;

    if ( made == -ENOSPC )
        return cpupolicy_error_set(err, ENOSPC, 0, "there are %u domains, "
                                   "which is the most",
                                   CPUPOLICY_MAX_DOMAINS);
    if ( made == -EEXIST )
        return cpupolicy_error_set(err, EEXIST, 0, "domain %u exists",
                                   domain->id);
    if ( made < 0 )
        return say(err, made, domain->id);

    if ( policy )
        rc = say(err, keeper_set(k, made, policy), made);
    if ( !rc )
        rc = keeper_save(k, NULL, err);
    if ( !rc )
        *id = made;
    else if ( x86_domain_destroy(&k->store, made) )
        abort();                /* nobody else knows of it */

    return rc;
}

int cpupolicy_domain_create(cpupolicy_source *src,
                            const cpupolicy_domain *domain, uint32_t *id,
                            cpupolicy_error *err)
{
    int rc = may_change(src, "xl create", err);

    if ( !rc )
        rc = domain_check(domain, err);

    return rc ? rc : make(src, domain, NULL, id, err);
}

int cpupolicy_domain_build(cpupolicy_source *src,
                           const cpupolicy_domain *domain,
                           const cpupolicy *policy, uint32_t *id,
                           cpupolicy_violation **list, size_t *nr,
                           cpupolicy_error *err)
{
    int rc = may_change(src, "xl create", err);

    if ( !rc )
        rc = domain_check(domain, err);
    if ( rc )
        return rc;

    rc = cpupolicy_audit(src, policy, &domain->kind, list, nr);
    if ( rc )
        return cpupolicy_error_set(err, -rc, 0, rc == -ENOMEM
                                   ? "out of memory"
                                   : "the audit rejects the policy");

    return make(src, domain, &policy->policy, id, err);
}

static int get_policy(cpupolicy_source *src, uint32_t id,
                      struct cpu_policy *p, cpupolicy_error *err)
{
    struct domain_keeper *k;
    struct xen_rows *rows;
    int rc;

    if ( !src->xen )
    {
        k = source_keeper(src);
        return say(err, k ? x86_domain_get(&k->store, id, p) : -ENOMEM, id);
    }

    rows = malloc(sizeof(*rows));
    rc = rows ? xen_domain_policy_get(src->xen, id, rows, err)
              : say(err, -ENOMEM, id);
    if ( !rc )
        rc = policy_from_rows(p, rows, err);
    free(rows);

    return rc;
}

int cpupolicy_domain_get(cpupolicy_source *src, uint32_t id, cpupolicy **out,
                         cpupolicy_error *err)
{
    cpupolicy *p = calloc(1, sizeof(*p));
    int rc = p ? get_policy(src, id, &p->policy, err) : say(err, -ENOMEM, id);

    if ( rc )
        free(p);
    else
        *out = p;

    return rc;
}

static int set_policy(cpupolicy_source *src, uint32_t id,
                      const struct cpu_policy *p, cpupolicy_error *err)
{
    struct xen_rows *rows;
    int rc;

    if ( !src->xen )
        return say(err, keeper_set(source_keeper(src), id, p), id);

    rows = malloc(sizeof(*rows));
    if ( !rows )
        return say(err, -ENOMEM, id);
    policy_to_rows(p, rows);
    rc = xen_domain_policy_set(src->xen, id, rows, NULL, err);
    free(rows);

    return rc;
}

/* A domain whose policy can still be set. */
static int find_unfinished(cpupolicy_source *src, uint32_t id,
                           cpupolicy_domain *out, cpupolicy_error *err)
{
    int rc = cpupolicy_domain_next(src, id, out, err);

    if ( !rc && out->id != id )
        rc = say(err, -ESRCH, id);
    if ( !rc && out->finished )
        rc = say(err, -EEXIST, id);

    return rc ? rc : may_change(src, NULL, err);
}

/*
 * Set, read back, compare; put the old one back if it differs.  What the CPU
 * keeps for itself was not promised: whatever is read back is right.
 */
static int set_verified(cpupolicy_source *src, uint32_t id,
                        const struct cpu_policy *policy,
                        cpupolicy_violation **list, size_t *nr,
                        cpupolicy_error *err)
{
    struct cpu_policy before, after, expected = *policy;
    int rc = get_policy(src, id, &before, err);

    if ( !rc )
        rc = set_policy(src, id, policy, err);
    if ( !rc )
        rc = get_policy(src, id, &after, err);
    if ( rc )
        return rc;

    x86_policy_take_own(&expected, &after);
    if ( memcmp(&after, &expected, sizeof(after)) )
    {
        rc = set_policy(src, id, &before, err);
        if ( rc )
            return rc;
        policy_difference(&expected, &after, list, nr);
        return cpupolicy_error_set(err, EIO, 0, "domain %u: the hypervisor "
                                   "changed the policy that it was given; "
                                   "the former one is restored", id);
    }

    if ( src->xen )
        return 0;

    rc = keeper_save(source_keeper(src), NULL, err);
    if ( rc )
        set_policy(src, id, &before, NULL);

    return rc;
}

int cpupolicy_domain_set(cpupolicy_source *src, uint32_t id,
                         const cpupolicy *policy, cpupolicy_violation **list,
                         size_t *nr, cpupolicy_error *err)
{
    cpupolicy_domain domain;
    int rc = find_unfinished(src, id, &domain, err);

    if ( rc )
        return rc;

    rc = cpupolicy_audit(src, policy, &domain.kind, list, nr);
    if ( rc == -ENOMEM )
        return say(err, rc, id);
    if ( rc )
        return cpupolicy_error_set(err, -rc, 0, "domain %u: the audit rejects "
                                   "the policy", id);

    return set_verified(src, id, &policy->policy, list, nr, err);
}

int cpupolicy_domain_finish(cpupolicy_source *src, uint32_t id,
                            cpupolicy_error *err)
{
    struct x86_domain_info info;
    struct domain_keeper *k;
    int rc = may_change(src, "xl unpause", err);

    if ( rc )
        return rc;

    k = source_keeper(src);
    rc = k ? x86_domain_info(&k->store, id, &info) : -ENOMEM;
    if ( !rc && info.finished )
        rc = -EEXIST;
    if ( rc )
        return say(err, rc, id);

    /* There is no way back from this one. */
    rc = keeper_save(k, &(struct keeper_change){ id, X86_DOMID_ANY }, err);

    return rc ? rc : say(err, x86_domain_unpause(&k->store, id), id);
}

int cpupolicy_domain_destroy(cpupolicy_source *src, uint32_t id,
                             cpupolicy_error *err)
{
    struct x86_domain_info info;
    struct domain_keeper *k;
    int rc = may_change(src, "xl destroy", err);

    if ( rc )
        return rc;

    k = source_keeper(src);
    rc = k ? x86_domain_info(&k->store, id, &info) : -ENOMEM;
    if ( rc )
        return say(err, rc, id);

    rc = keeper_save(k, &(struct keeper_change){ X86_DOMID_ANY, id }, err);

    return rc ? rc : say(err, x86_domain_destroy(&k->store, id), id);
}
