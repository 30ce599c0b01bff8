/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The library's calls: what each promises, and each error that it tells. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli-run.h"
#include "cpupolicy.h"
#include "machine.h"

Suite *suite_api(void);

static cpupolicy_source *src;
static cpupolicy_error err;

static void setup(void)
{
    static const struct machine ice_lake = {
        .maker = INTEL, .signature = 0x606a6,
        .with = "xsave avx avx2 avx512f aesni vmx erms",
    };

    cli_enter();
    cli_write_machine("cpu", &ice_lake);
    ck_assert_int_eq(cpupolicy_source_open(&src, "cpu", NULL, &err), 0);
}

static void teardown(void)
{
    cpupolicy_source_free(src);
    cli_leave();
}

static const cpupolicy *system_policy(cpupolicy_which which)
{
    const cpupolicy *p;

    ck_assert_int_eq(cpupolicy_system_get(src, which, &p, &err), 0);

    return p;
}

static uint32_t create(bool hvm)
{
    const cpupolicy_domain domain = { .kind.hvm = hvm, .nr_vcpus = 1 };
    uint32_t id;

    ck_assert_int_eq(cpupolicy_domain_create(src, &domain, &id, &err), 0);

    return id;
}

/* ---- rows that a policy has no place for -------------------------------- */

/* Leaf 0x30 is in no table; leaf 7 without ERMS is all right. */
static void load_odd_request(cpupolicy_request **r)
{
    static const char odd[] =
        "{\"policies\":{\"hvm-default\":{\"vendor\":\"Intel\",\"cpuid\":["
        "{\"leaf\":\"0x30\",\"subleaf\":\"0x0\",\"eax\":\"0x1\","
        "\"ebx\":\"0x0\",\"ecx\":\"0x0\",\"edx\":\"0x0\"}],\"msrs\":[]}}}";

    cli_write("odd", odd, sizeof(odd) - 1);
    ck_assert_msg(!cpupolicy_request_load(
                      r, "odd", NULL, system_policy(CPUPOLICY_HVM_DEFAULT),
                      &err), "%s", err.message);
}

START_TEST(set_of_request_with_odd_row_is_refused_as_its_audit_is)
{
    const cpupolicy_domain_kind kind = { .hvm = true };
    const cpupolicy_domain domain = { .kind = kind, .nr_vcpus = 1 };
    cpupolicy_violation *list = NULL;
    cpupolicy_request *r;
    uint32_t id = create(true), other = 0;
    size_t nr = 0;

    load_odd_request(&r);
    ck_assert_int_eq(cpupolicy_request_audit(src, r, &kind, &list, &nr),
                     -EINVAL);
    ck_assert_uint_eq(nr, 1);
    free(list);

    ck_assert_int_eq(cpupolicy_domain_set(src, id, cpupolicy_request_policy(r),
                                          &list, &nr, &err), -EINVAL);
    ck_assert_uint_eq(nr, 1);
    ck_assert_str_eq(list->rule, "unknown-leaf");
    ck_assert_uint_eq(list->leaf, 0x30);
    free(list);

    ck_assert_int_eq(cpupolicy_domain_build(
                         src, &domain, cpupolicy_request_policy(r), &other,
                         &list, &nr, &err), -EINVAL);
    ck_assert_uint_eq(nr, 1);
    ck_assert_uint_eq(other, 0);
    free(list);

    ck_assert_int_eq(cpupolicy_audit(src, cpupolicy_request_policy(r), &kind,
                                     &list, &nr), -EINVAL);
    ck_assert_uint_eq(nr, 1);
    free(list);
    cpupolicy_request_free(r);
}
END_TEST

Suite *suite_api(void)
{
    Suite *s = suite_create("api");
    TCase *t = tcase_create("calls");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, set_of_request_with_odd_row_is_refused_as_its_audit_is);
    suite_add_tcase(s, t);

    return s;
}
