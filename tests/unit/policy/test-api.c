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
        .maker = INTEL, .signature = 0x806f8,
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

/* ---- domains that do not exist ------------------------------------------ */

static const struct impossible_row {
    const char *name;
    cpupolicy_domain domain;
    const char *message;
} impossible[] = {
    { "no vCPU", { .nr_vcpus = 0 }, "1 to 8192 vCPUs" },
    { "8193 vCPUs", { .nr_vcpus = 8193 }, "1 to 8192 vCPUs" },
    { "2^32 - 1 vCPUs", { .nr_vcpus = 0xffffffff }, "1 to 8192 vCPUs" },
    { "31 bits", { .nr_vcpus = 1, .kind = { .max_phys_bits = 31 } },
      "physical addresses of 32 to 57 bits" },
    { "58 bits", { .nr_vcpus = 1, .kind = { .max_phys_bits = 58 } },
      "physical addresses of 32 to 57 bits" },
    { "256 + 36 bits", { .nr_vcpus = 1, .kind = { .max_phys_bits = 292 } },
      "physical addresses of 32 to 57 bits" },
    { "PV with shadow paging", { .nr_vcpus = 1, .kind = { .shadow = true } },
      "shadow paging is for HVM" },
    { "PV with nesting", { .nr_vcpus = 1, .kind = { .nested = true } },
      "nested virtualisation is for HVM" },
    { "32-bit PV and HVM", { .nr_vcpus = 1,
                             .kind = { .hvm = true, .pv32 = true } },
      "either PV or HVM" },
    { "a reserved id", { .nr_vcpus = 1, .id = 0x7ff0 }, "at most 32751" },
};

START_TEST(create_impossible_domain_is_refused)
{
    const struct impossible_row *row = &impossible[_i];
    uint32_t id = 77;
    int rc;

    ck_assert_int_eq(cpupolicy_source_keep(src, "st", &err), 0);
    rc = cpupolicy_domain_create(src, &row->domain, &id, &err);
    ck_assert_msg(rc == (row->domain.id ? -ERANGE : -EINVAL) && id == 77,
                  "%s: %d, id %u", row->name, rc, id);
    ck_assert_msg(err.code == -rc && strstr(err.message, row->message),
                  "%s: '%s'", row->name, err.message);
}
END_TEST

static const cpupolicy_domain extreme[] = {
    { .nr_vcpus = 8192 },
    { .nr_vcpus = 1, .kind = { .hvm = true, .max_phys_bits = 57 } },
    { .nr_vcpus = 1, .kind = { .hvm = true, .max_phys_bits = 32 } },
    { .nr_vcpus = 1, .id = 0x7fef },
};

/* Whatever can be made can be read back from the file. */
START_TEST(create_extreme_domain_is_kept)
{
    cpupolicy_violation *list = NULL;
    cpupolicy_domain again;
    cpupolicy *p;
    size_t nr = 0;
    uint32_t id;

    ck_assert_int_eq(cpupolicy_source_keep(src, "st", &err), 0);
    ck_assert_msg(!cpupolicy_domain_create(src, &extreme[_i], &id, &err),
                  "%s", err.message);
    cpupolicy_source_free(src);
    ck_assert_int_eq(cpupolicy_source_open(&src, "cpu", NULL, &err), 0);
    ck_assert_msg(!cpupolicy_source_keep(src, "st", &err), "%d: %s", _i,
                  err.message);
    ck_assert_int_eq(cpupolicy_domain_next(src, 0, &again, &err), 0);
    ck_assert_uint_eq(again.id, id);
    ck_assert_uint_eq(again.nr_vcpus, extreme[_i].nr_vcpus);
    ck_assert_uint_eq(again.kind.max_phys_bits,
                      extreme[_i].kind.max_phys_bits);
    ck_assert_int_eq(cpupolicy_domain_get(src, id, &p, &err), 0);
    ck_assert_msg(!cpupolicy_audit(src, p, &again.kind, &list, &nr),
                  "%d: %s", _i, nr ? list->rule : "");
    cpupolicy_free(p);
}
END_TEST

START_TEST(create_one_more_than_there_is_room_for_says_so)
{
    const cpupolicy_domain domain = { .nr_vcpus = 1 };
    uint32_t id = 77;

    for ( unsigned int i = 0; i < CPUPOLICY_MAX_DOMAINS; i++ )
        create(i & 1);
    ck_assert_int_eq(cpupolicy_domain_create(src, &domain, &id, &err),
                     -ENOSPC);
    ck_assert_uint_eq(id, 77);
    ck_assert_str_eq(err.message, "there are 256 domains, which is the most");
}
END_TEST

/* ---- out of range -------------------------------------------------------- */

START_TEST(policy_out_of_range_is_no_policy)
{
    const cpupolicy *p = NULL;

    ck_assert_int_eq(cpupolicy_system_get(src, (cpupolicy_which)99, &p,
                                          &err), -EINVAL);
    ck_assert(!p && err.code == EINVAL);
    ck_assert_int_eq(cpupolicy_system_get(src, CPUPOLICY_NR, &p, &err),
                     -EINVAL);
    ck_assert_int_eq(cpupolicy_which_parent((cpupolicy_which)99),
                     CPUPOLICY_NR);
    ck_assert_int_eq(cpupolicy_which_parent(CPUPOLICY_NR), CPUPOLICY_NR);
    ck_assert_int_eq(cpupolicy_which_parent(CPUPOLICY_HVM_MAX),
                     CPUPOLICY_HOST_DEFAULT);
    ck_assert_ptr_null(cpupolicy_which_name(CPUPOLICY_NR));
}
END_TEST

START_TEST(audit_for_impossible_kind_is_an_error_without_violations)
{
    const cpupolicy_domain_kind *kind = &impossible[_i].domain.kind;
    cpupolicy_violation *list = (void *)&err;
    size_t nr = 9;
    int rc = cpupolicy_audit(src, system_policy(CPUPOLICY_HVM_DEFAULT), kind,
                             &list, &nr);

    ck_assert_msg(rc == -EINVAL && !nr && !list, "%s: %d, %zu violations",
                  impossible[_i].name, rc, nr);
}
END_TEST

Suite *suite_api(void)
{
    Suite *s = suite_create("api");
    TCase *t = tcase_create("calls");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, set_of_request_with_odd_row_is_refused_as_its_audit_is);
    tcase_add_loop_test(t, create_impossible_domain_is_refused, 0,
                        sizeof(impossible) / sizeof(impossible[0]));
    tcase_add_loop_test(t, create_extreme_domain_is_kept, 0,
                        sizeof(extreme) / sizeof(extreme[0]));
    tcase_add_test(t, create_one_more_than_there_is_room_for_says_so);
    tcase_add_test(t, policy_out_of_range_is_no_policy);
    /* Rows 3 to 8 are about the kind. */
    tcase_add_loop_test(t, audit_for_impossible_kind_is_an_error_without_violations,
                        3, 9);
    suite_add_tcase(s, t);

    return s;
}
