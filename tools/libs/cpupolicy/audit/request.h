/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside of libcpupolicy: requests, and what is found wrong with them. */
#ifndef CPUPOLICY_REQUEST_H
#define CPUPOLICY_REQUEST_H

#include <xen/lib/x86/audit.h>

#include "source/source.h"

struct violations {
    cpupolicy_violation *list;
    size_t nr, max;
    bool no_memory;
    enum x86_layout layout;
};

struct cpupolicy_request {
    struct cpupolicy policy;
    struct violations refused;  /* rows without a place in a policy */
};

/* Append; remembers failure to do so. */
void violations_add(struct violations *v, const cpupolicy_violation *one);

/* Fill in why the limit of this kind of domain lacks it (why.c). */
void violation_explain(const cpupolicy_source *src,
                       const cpupolicy_domain_kind *kind,
                       const struct cpu_policy *limit,
                       cpupolicy_violation *v);

/* Can there be such a domain?  -EINVAL says why not. */
int kind_check(const cpupolicy_domain_kind *kind, cpupolicy_error *err);

struct x86_domain_kind core_kind(const cpupolicy_domain_kind *kind);

/* What a domain of this kind may have at most. */
void source_limit(const cpupolicy_source *src,
                  const cpupolicy_domain_kind *kind, struct cpu_policy *out);

/* Where two policies differ, as violations of rule "changed". */
void policy_difference(const struct cpu_policy *asked,
                       const struct cpu_policy *got,
                       cpupolicy_violation **list, size_t *nr);

#endif /* CPUPOLICY_REQUEST_H */
