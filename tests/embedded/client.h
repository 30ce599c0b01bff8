/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A client of Debian's libxenctrl and libxenguest, which knows nothing of the
 * embedded core: run with libxen-embedded.so preloaded, it builds domains.
 *
 * Every case is a process of its own, and so finds a hypervisor of its own
 * with nothing but dom0 in it; those about CPUPOLICY_EMBEDDED_STATE share
 * domains through a file.
 */
#ifndef TESTS_EMBEDDED_CLIENT_H
#define TESTS_EMBEDDED_CLIENT_H

#include <check.h>
#include <stdbool.h>

#include <xenctrl.h>
#include <xenguest.h>

#define NOWHERE 0xffffffffU
#define MAX_LEAVES 120
#define MAX_MSRS   2

/* Of the running case. */
extern xc_interface *xch;

struct kind {
    const char *name;
    uint32_t flags;
    unsigned int def;           /* the system's default for the type ... */
    bool starts_with_it;        /* ... is the default for this kind */
};
enum { KIND_PV, KIND_HVM, KIND_NESTED, KIND_SHADOW, NR_KINDS };
extern const struct kind kinds[NR_KINDS];

/* xc_domain_create() of a domain with two vCPUs. */
int create(uint32_t flags, uint32_t *domid);

/* The same, which has to succeed. */
uint32_t domain(const struct kind *k);

/* A policy as it goes through hypercalls. */
struct rows {
    xen_cpuid_leaf_t leaves[MAX_LEAVES];
    xen_msr_entry_t msrs[MAX_MSRS];
    uint32_t nr_leaves, nr_msrs;
};

void get_domain(uint32_t domid, struct rows *out);
void get_system(unsigned int which, struct rows *out);

/* The row of a leaf, which has to be there. */
xen_cpuid_leaf_t *row(struct rows *r, uint32_t leaf, uint32_t subleaf);

bool same(const struct rows *a, const struct rows *b);

struct place {
    uint32_t leaf, subleaf, msr;
};

/* 0 or -errno. */
int set(uint32_t domid, struct rows *r, struct place *where);

TCase *client_host(void);
TCase *client_set(void);
TCase *client_raw(void);
TCase *client_state(void);

#endif /* TESTS_EMBEDDED_CLIENT_H */
