/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Kinds of domains, and what each may have at most. */
#include <errno.h>

#include <arch/domain.h>

#include "request.h"
#include "xen-rules.h"

int kind_check(const cpupolicy_domain_kind *kind, cpupolicy_error *err)
{
    const struct x86_domain_kind core = core_kind(kind);
    const char *why = NULL;

    if ( kind->hvm && kind->pv32 )
        why = "a domain is either PV or HVM";
    else if ( !kind->hvm && kind->shadow )
        why = "shadow paging is for HVM";
    else if ( !kind->hvm && kind->nested )
        why = "nested virtualisation is for HVM";
    /* The core's field is narrower. */
    else if ( kind->max_phys_bits > X86_MAX_PHYS_BITS ||
              !x86_domain_kind_exists(&core) )
        why = "domains have physical addresses of 32 to 57 bits";

    return why ? cpupolicy_error_set(err, EINVAL, 0, "%s", why) : 0;
}

struct x86_domain_kind core_kind(const cpupolicy_domain_kind *kind)
{
    return (struct x86_domain_kind){
        .hvm = kind->hvm, .pv32 = kind->pv32,
        .hap = kind->hvm && !kind->shadow,
        .nested = kind->nested, .vpmu = kind->vpmu,
        .max_phys_bits = kind->max_phys_bits,
    };
}

void source_limit(const cpupolicy_source *src,
                  const cpupolicy_domain_kind *kind, struct cpu_policy *out)
{
    const struct x86_domain_kind k = core_kind(kind);

    x86_domain_limit(out, &src->policies[
        kind->hvm ? X86_POLICY_HVM_MAX : X86_POLICY_PV_MAX].policy, &k);
    if ( src->xen && !src->what_if )
        xen_rules_limit(out);
}

int cpupolicy_follow(const cpupolicy_source *src,
                     const cpupolicy_domain_kind *kind, cpupolicy *p,
                     cpupolicy_error *err)
{
    struct cpu_policy limit;
    int rc = kind_check(kind, err);

    if ( rc )
        return rc;

    source_limit(src, kind, &limit);
    x86_policy_follow(&p->policy, &limit, kind->vpmu);

    return 0;
}
