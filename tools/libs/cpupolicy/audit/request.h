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

#endif /* CPUPOLICY_REQUEST_H */
