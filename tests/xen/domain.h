/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bare domains for tests in dom0: no memory, no devices, no toolstack. */
#ifndef TESTS_XEN_DOMAIN_H
#define TESTS_XEN_DOMAIN_H

#include <stdbool.h>
#include <stdint.h>

struct test_toolstack;

/* NULL if there is no Xen. */
struct test_toolstack *test_toolstack_open(void);
void test_toolstack_close(struct test_toolstack *t);

enum test_domain_kind {
    TEST_DOMAIN_PV, TEST_DOMAIN_HVM, TEST_DOMAIN_HVM_SHADOW
};

/* "pv", "hvm", "hvm-shadow". */
extern const char *const test_domain_kinds[];
#define TEST_NR_DOMAIN_KINDS 3

/* All return 0 or -errno. */
int test_domain_create(struct test_toolstack *t, enum test_domain_kind kind,
                       uint32_t *domid);
int test_domain_unpause(struct test_toolstack *t, uint32_t domid);
int test_domain_pause(struct test_toolstack *t, uint32_t domid);
int test_domain_destroy(struct test_toolstack *t, uint32_t domid);

/* The vCPU that an unpause wants to find, without memory to run in. */
int test_domain_add_vcpu(struct test_toolstack *t, uint32_t domid);

#endif /* TESTS_XEN_DOMAIN_H */
