/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The table of sources, and what is opened by a name. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "guest/kvm-guest.h"
#include "source/sources.h"

Suite *suite_sources(void);

/* What the manual says of each name. */
static const struct {
    const char *spec, *name;
    bool live, keeps_domains, configures;
} names[] = {
    { "xen", "xen", true, true, false },
    { "native", "native", true, false, false },
    { "kvm", "kvm", true, false, true },
    { "./native", NULL, false, false, false },
    { "Xen", NULL, false, false, false },
    { "kvm.txt", NULL, false, false, false },
    { "-", NULL, false, false, false },
    { "", NULL, false, false, false },
};

START_TEST(source_kind_find_name_has_its_row)
{
    const struct source_kind *k = source_kind_find(names[_i].spec);

    if ( names[_i].name )
        ck_assert_str_eq(k->name, names[_i].name);
    else
        ck_assert_ptr_null(k->name);
    ck_assert_int_eq(!!(k->can & SOURCE_LIVE), names[_i].live);
    ck_assert_int_eq(!!(k->can & SOURCE_KEEPS_DOMAINS),
                     names[_i].keeps_domains);
    ck_assert_int_eq(!!(k->can & SOURCE_CONFIGURES), names[_i].configures);
}
END_TEST

START_TEST(source_open_file_that_is_not_there_enoent)
{
    cpupolicy_source *src = (void *)1;
    cpupolicy_error err;

    ck_assert_int_eq(cpupolicy_source_open(&src, "./native", NULL, &err),
                     -ENOENT);
    ck_assert_str_eq(err.message, "No such file or directory");
    ck_assert_ptr_eq(src, (void *)1);
}
END_TEST

/* Before KVM is asked for anything. */
START_TEST(kvm_guest_open_number_of_vcpus_einval)
{
    struct kvm_guest *g = (void *)1;
    cpupolicy_error err;

    ck_assert_int_eq(kvm_guest_open(NULL, 0, &g, &err), -EINVAL);
    ck_assert_int_eq(kvm_guest_open(NULL, 33, &g, &err), -EINVAL);
    ck_assert_str_eq(err.message, "33 vCPUs: a guest has 1 to 32");
    ck_assert_ptr_eq(g, (void *)1);
    kvm_guest_close(NULL);
}
END_TEST

Suite *suite_sources(void)
{
    Suite *s = suite_create("sources");
    TCase *t = tcase_create("table");

    tcase_add_loop_test(t, source_kind_find_name_has_its_row, 0,
                        sizeof(names) / sizeof(names[0]));
    tcase_add_test(t, source_open_file_that_is_not_there_enoent);
    tcase_add_test(t, kvm_guest_open_number_of_vcpus_einval);
    suite_add_tcase(s, t);

    return s;
}
