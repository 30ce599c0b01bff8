/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domains of the core in this process, and the file that keeps them. */
#ifndef CPUPOLICY_DOMAINS_H
#define CPUPOLICY_DOMAINS_H

#include <arch/domain.h>

#include "audit/request.h"

#define KEEPER_MAX_FILE (16U << 20)

struct domain_keeper {
    struct x86_policies policies;
    struct x86_domain_store store;
    char *path;                 /* NULL: kept in memory only */
    int fd;                     /* of the lock beside it; -1: none */
    bool read_only;             /* opened by cpupolicy_source_look() */
    struct x86_domain domains[CPUPOLICY_MAX_DOMAINS];
};

/* The keeper of this source, made if there is none yet; NULL: no memory. */
struct domain_keeper *source_keeper(cpupolicy_source *src);

/* The whole policy as a request of our own ABI. */
int keeper_set(struct domain_keeper *k, uint32_t id,
               const struct cpu_policy *p);

/*
 * What is to happen to a domain as soon as it is on the disk: ids, or
 * X86_DOMID_ANY for none.  What can be undone is done first instead.
 */
struct keeper_change {
    uint32_t finished, gone;
};

/*
 * The file's text, which the caller frees.  -ENOMEM; errors of
 * x86_domain_get(): what cannot be read is not written as something else.
 */
int keeper_text(struct domain_keeper *k, const struct keeper_change *next,
                char **out);

/*
 * Write all domains to k->path, if there is one; `next` may be NULL.  On
 * failure the file is as it was.
 */
int keeper_save(struct domain_keeper *k, const struct keeper_change *next,
                cpupolicy_error *err);

/* Fill the keeper from the file's text; -EINVAL with a reason. */
int keeper_load(struct domain_keeper *k, const char *text, size_t len,
                cpupolicy_error *err);

#endif /* CPUPOLICY_DOMAINS_H */
