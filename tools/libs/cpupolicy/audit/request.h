/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside of libcpupolicy: requests, and what is found wrong with them. */
#ifndef CPUPOLICY_REQUEST_H
#define CPUPOLICY_REQUEST_H

#include "private.h"

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

#endif /* CPUPOLICY_REQUEST_H */
