/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every allocation of the parsers fails once. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc-fail.h"
#include "dump-text.h"

Suite *suite_dump_nomem(void);

static const char *const files[] = {
    "cloud-hypervisor-cpuid.json", "cloud-hypervisor-msr.json",
    "cpuid-r.txt", "firecracker-fingerprint.json",
    "firecracker-template.json", "hwloc.txt", "instlatx64-modern.txt",
    "instlatx64-untagged.txt", "libcpuid-aida.test", "libcpuid-arrays.txt",
    "libvirt-enabled.xml", "libvirt.xml", "own.json", "rjcp.xml",
    "xen-cpuid.txt",
};

START_TEST(dump_load_each_allocation_failing_enomem)
{
    const char *tests = getenv("CPUPOLICY_TESTS") ?: "tests";
    struct dump d, untouched;
    char path[1024];
    long n;

    snprintf(path, sizeof(path), "%s/data/dumps/%s", tests, files[_i]);
    memset(&d, 0xaa, sizeof(d));
    untouched = d;

    for ( n = 0; n < 1000; n++ )
    {
        cpupolicy_error err = { .code = 0 };
        bool failed;
        int rc;

        alloc_fail_after(n);
        rc = dump_load(path, &d, &err);
        failed = alloc_fail_stop();
        if ( !failed )
        {
            ck_assert_msg(!rc, "%s: %s", files[_i], err.message);
            break;
        }
        ck_assert_msg(rc == -ENOMEM && err.code == ENOMEM,
                      "%s: allocation %ld: rc %d, code %d (%s)", files[_i], n,
                      rc, err.code, err.message);
        ck_assert_msg(!memcmp(&d, &untouched, sizeof(d)),
                      "%s: allocation %ld: output touched", files[_i], n);
    }
    ck_assert_msg(n > 2 && n < 1000, "%s: %ld allocations", files[_i], n);
    dump_dispose(&d);
}
END_TEST

/* A list that cannot grow keeps what it has. */
START_TEST(dump_add_leaf_out_of_memory_keeps_rows)
{
    struct dump_leaf row = { .leaf = 1 };
    struct dump_cpu c = { .nr_leaves = 0 };
    cpupolicy_error err;

    while ( !c.nr_leaves || c.nr_leaves < c.max_leaves )
        ck_assert_int_eq(dump_add_leaf(&c, &row, NULL), 0);

    alloc_fail_after(0);
    ck_assert_int_eq(dump_add_leaf(&c, &row, &err), -ENOMEM);
    ck_assert(alloc_fail_stop());
    ck_assert_uint_eq(c.nr_leaves, c.max_leaves);
    ck_assert_uint_eq(c.leaves[c.nr_leaves - 1].leaf, 1);
    ck_assert_int_eq(dump_add_leaf(&c, &row, &err), 0);
    free(c.leaves);
}
END_TEST

Suite *suite_dump_nomem(void)
{
    Suite *s = suite_create("dump-nomem");
    TCase *tc = tcase_create("nomem");

    tcase_add_loop_test(tc, dump_load_each_allocation_failing_enomem, 0,
                        sizeof(files) / sizeof(files[0]));
    tcase_add_test(tc, dump_add_leaf_out_of_memory_keeps_rows);
    suite_add_tcase(s, tc);

    return s;
}
