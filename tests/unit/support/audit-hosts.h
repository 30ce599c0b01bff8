/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hosts to audit on: this machine, tests/data, and the dumps of real CPUs
 * where they are, each with every kind of domain that it can have.
 */
#ifndef TEST_AUDIT_HOSTS_H
#define TEST_AUDIT_HOSTS_H

#include <stddef.h>

#include <xen/lib/x86/audit.h>

/* A kind of domain on some host. */
struct audit_host {
    char name[128];             /* "native", or the file's path */
    struct x86_domain_kind kind;
    struct cpu_policy max;      /* of the type */
    struct cpu_policy limit;    /* of the domain */
    struct cpu_policy def;      /* the type's default, within the limit */
};

/*
 * Calls back for every kind of domain of every host.  `h` is borrowed.
 * Returns how many hosts there were.  Fails the running test if a file of
 * hardware cannot be derived from.
 */
size_t audit_hosts_each(void (*each)(void *ctx, const struct audit_host *h),
                        void *ctx);

/* Cut a default down to a narrower domain as a toolstack would. */
void audit_intersect(struct cpu_policy *p, const struct cpu_policy *limit,
                     const struct x86_domain_kind *kind);

/* "hvm shadow nested", in a static buffer. */
const char *audit_kind_name(const struct x86_domain_kind *kind);

#endif /* TEST_AUDIT_HOSTS_H */
