/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domains of the core in this process, and the file that keeps them. */
#ifndef CPUPOLICY_DOMAINS_H
#define CPUPOLICY_DOMAINS_H

#include <arch/domain.h>

#include "private.h"

#define MAX_DOMAINS 256

struct domain_keeper {
    struct x86_policies policies;
    struct x86_domain_store store;
    char *path;                 /* NULL: kept in memory only */
    int fd;                     /* of the lock beside it; -1: none */
    struct x86_domain domains[MAX_DOMAINS];
};

/* The keeper of this source, made if there is none yet; NULL: no memory. */
struct domain_keeper *source_keeper(cpupolicy_source *src);
void keeper_free(struct domain_keeper *k);

/* The whole policy as a request of our own ABI. */
int keeper_set(struct domain_keeper *k, uint32_t id,
               const struct cpu_policy *p);

/* Write all domains to k->path, if there is one. */
int keeper_save(struct domain_keeper *k, cpupolicy_error *err);

/* Fill the keeper from the file's text; -EINVAL with a reason. */
int keeper_load(struct domain_keeper *k, const char *text, size_t len,
                cpupolicy_error *err);

#endif /* CPUPOLICY_DOMAINS_H */
