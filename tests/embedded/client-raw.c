/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What takes a hypercall of one's own: libxenctrl does not know it. */
#include <check.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include <xencall.h>

#include <public/domctl.h>

#include "client.h"

static int domctl(xencall_handle *xcall, struct xen_ctl_domctl *op)
{
    struct xen_ctl_domctl *buffer = xencall_alloc_buffer(xcall, sizeof(*op));
    int rc;

    memcpy(buffer, op, sizeof(*op));
    rc = xencall1(xcall, XEN_CTL_HYPERCALL_DOMCTL, (uintptr_t)buffer);
    memcpy(op, buffer, sizeof(*op));
    xencall_free_buffer(xcall, buffer);

    return rc ? -errno : 0;
}

START_TEST(audit_lists_all_violations_by_name)
{
    const struct xen_cpu_policy_leaf leaf = {
        1, NOWHERE, 0, 0, 1u << 13 /* CX16 */, 0,
    };
    static struct xen_ctl_policy_violation list[1024];
    xencall_handle *xcall = xencall_open(NULL, 0);
    uint32_t domid = domain(&kinds[KIND_HVM]);
    struct xen_ctl_domctl op = {
        .cmd = XEN_CTL_DOMCTL_AUDIT_CPU_POLICY,
        .interface_version = XEN_CTL_DOMCTL_VERSION_FULL, .domain = domid,
        .u.audit = {
            .nr_leaves = 1, .leaves = (uintptr_t)&leaf,
            .nr_violations = 1024, .violations = (uintptr_t)list,
        },
    };
    bool named = false;

    ck_assert(xcall);
    ck_assert_int_eq(domctl(xcall, &op), 0);
    ck_assert_uint_gt(op.u.audit.nr_violations, 2);
    for ( uint32_t i = 0; i < op.u.audit.nr_violations; i++ )
        named |= !strcmp(list[i].rule, "dependency") && list[i].leaf == 1 &&
                 list[i].feature == 1 * 32 + 13 && list[i].needs != 0xffff;
    ck_assert_msg(named, "CX16 without PAE is not in the list of %u",
                  op.u.audit.nr_violations);
    xencall_close(xcall);
}
END_TEST

static const uint32_t foreign_versions[] = { 0, 0x14, 0x19, ~0u };
#define NR_FOREIGN (sizeof(foreign_versions) / sizeof(foreign_versions[0]))

START_TEST(domctl_of_other_versions_eacces)
{
    xencall_handle *xcall = xencall_open(NULL, 0);
    struct xen_ctl_domctl op = {
        .cmd = XEN_CTL_DOMCTL_GET_DOMAIN_INFO,
        .interface_version = foreign_versions[_i],
    };

    ck_assert(xcall);
    ck_assert_int_eq(domctl(xcall, &op), -EACCES);
    op.interface_version = XEN_CTL_DOMCTL_VERSION;
    ck_assert_int_eq(domctl(xcall, &op), 0);
    xencall_close(xcall);
}
END_TEST

START_TEST(domctl_at_a_bad_address_efault)
{
    xencall_handle *xcall = xencall_open(NULL, 0);
    char *end = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    ck_assert(xcall && end != MAP_FAILED);
    ck_assert_int_eq(munmap(end + 4096, 4096), 0);
    ck_assert_int_eq(xencall1(xcall, XEN_CTL_HYPERCALL_DOMCTL, 0), -1);
    ck_assert_int_eq(errno, EFAULT);
    ck_assert_int_eq(xencall1(xcall, XEN_CTL_HYPERCALL_DOMCTL,
                              (uintptr_t)end + 4096 - 8), -1);
    ck_assert_int_eq(errno, EFAULT);
    ck_assert_int_eq(xencall1(xcall, 55, 0), -1);
    ck_assert_int_eq(errno, ENOSYS);
    xencall_close(xcall);
}
END_TEST

TCase *client_raw(void)
{
    TCase *tc = tcase_create("raw");

    tcase_add_test(tc, audit_lists_all_violations_by_name);
    tcase_add_loop_test(tc, domctl_of_other_versions_eacces, 0, NR_FOREIGN);
    tcase_add_test(tc, domctl_at_a_bad_address_efault);

    return tc;
}
