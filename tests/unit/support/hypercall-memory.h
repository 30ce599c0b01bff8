/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A hypervisor with a host, and a caller with a memory: what the tests of
 * hypercalls start from.  The memory can have one bad byte, and remembers how
 * often each byte was read.
 */
#ifndef TEST_HYPERCALL_MEMORY_H
#define TEST_HYPERCALL_MEMORY_H

#include <check.h>
#include <errno.h>
#include <string.h>

#include <arch/hypercall.h>
#include <public/domctl.h>
#include <public/sysctl.h>
#include <public/version.h>

#include "domain-host.h"

#define MEMORY_SIZE 0x10000
#define MEMORY_BASE 0x7f0000000000ULL

/* Where things lie, as offsets: nothing overlaps at its largest. */
#define AT_OP     0x0000
#define AT_LEAVES 0x1000
#define AT_MSRS   0x4000
#define AT_LIST   0x5000
#define ADDR(offset) (MEMORY_BASE + (offset))

#define NO_HOLE (~(size_t)0)

struct test_hypercall {
    struct domain_host host;
    struct x86_domain domains[4];
    struct x86_domain_store store;
    struct x86_hypervisor hv;
    struct x86_caller caller;
    struct x86_hypercall_scratch scratch;
    uint8_t memory[MEMORY_SIZE];
    uint8_t reads[MEMORY_SIZE];
    size_t hole;                /* offset of the bad byte, or NO_HOLE */
};

/* The one of the running test. */
extern struct test_hypercall t;

/* Fixtures: a store with a running PV dom0, which calls. */
void hypercall_setup_intel(void);
void hypercall_setup_amd(void);

/* The same with an HVM domain that is being built. */
#define ID 1
void hypercall_setup_hvm(void);

struct cpu_policy hvm_policy(void);
bool hvm_policy_is(const struct cpu_policy *was);

/* Put op into memory, call, take what it has become. */
int sysctl_call(struct xen_ctl_sysctl *op);
int domctl_call(struct xen_ctl_domctl *op);

/* No byte was read twice in the last call: nothing can change in between. */
void check_read_once(void);

/* One leaf of a policy into the n-th place of a request. */
void put_leaf(unsigned int n, const struct cpu_policy *p, unsigned int slot);

#define LEAVES ((struct xen_cpu_policy_leaf *)&t.memory[AT_LEAVES])
#define MSRS   ((struct xen_cpu_policy_msr *)&t.memory[AT_MSRS])

#endif /* TEST_HYPERCALL_MEMORY_H */
