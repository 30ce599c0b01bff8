/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ends of what the library's calls take: one too many, one too few. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error-set.h"
#include "cli-run.h"
#include "cpupolicy.h"
#include "machine.h"
#include "policy/policy.h"

Suite *suite_api_edges(void);

static size_t feature(const char *name)
{
    int f = cpupolicy_feature_find(name);

    ck_assert_msg(f >= 0, "no %s", name);

    return f;
}

START_TEST(dependency_chain_of_no_feature_is_none)
{
    size_t chain[X86_MAX_CHAIN], nr = cpupolicy_nr_features();
    size_t fpu = feature("fpu");

    ck_assert_uint_eq(cpupolicy_dependency_chain(nr, fpu, chain, 9), 0);
    ck_assert_uint_eq(cpupolicy_dependency_chain(fpu, nr, chain, 9), 0);
    ck_assert_uint_eq(cpupolicy_dependency_chain(SIZE_MAX, SIZE_MAX, chain,
                                                 9), 0);
}
END_TEST

/* avx, avx2, avx512f: SDM vol 1, 15.2 and 14.7 (detection). */
START_TEST(dependency_chain_without_room_is_none)
{
    size_t chain[3] = { 99, 99, 99 };
    size_t from = feature("avx"), to = feature("avx512f");

    ck_assert_uint_eq(cpupolicy_dependency_chain(from, to, chain, 2), 0);
    ck_assert_uint_eq(chain[0], 99);
    ck_assert_uint_eq(cpupolicy_dependency_chain(from, to, chain, 3), 3);
    ck_assert_uint_eq(chain[0], from);
    ck_assert_uint_eq(chain[1], feature("avx2"));
    ck_assert_uint_eq(chain[2], to);
}
END_TEST

START_TEST(platform_facts_end_where_they_end)
{
    const char *meaning = NULL;
    size_t i = 0;

    while ( cpupolicy_platform_fact(i, &meaning) )
    {
        ck_assert_msg(meaning && *meaning, "%zu", i);
        ck_assert_uint_lt(++i, 100);
    }
    ck_assert_uint_gt(i, 5);
    ck_assert_ptr_null(cpupolicy_platform_fact(i + 1, NULL));
    ck_assert_ptr_null(cpupolicy_platform_fact(SIZE_MAX, NULL));
}
END_TEST

/* Two machines of one file: the second kind is the other one. */
START_TEST(source_kind_tells_each_kind_of_cpu_once)
{
    static const struct machine m = {
        .maker = INTEL, .signature = 0x606a6, .with = "xsave avx avx2",
    };
    cpupolicy_source *src;
    cpupolicy_error err = { 0 };
    cpupolicy *first, *second, *third = NULL;

    cli_enter();
    cli_write_machine("one", &m);
    ck_assert_int_eq(system("(cat one; sed 's/CPU #0/CPU #1/' one; "
                            "sed -e 's/CPU #0/CPU #2/' -e '/^CPUID 00000007/"
                            "s/: \\(........\\)-......../: \\1-00000000/' "
                            "one) > two"), 0);
    ck_assert_msg(!cpupolicy_source_open(&src, "two", NULL, &err), "%s",
                  err.message);
    ck_assert_uint_eq(cpupolicy_source_nr_cpus(src), 3);
    ck_assert_int_eq(cpupolicy_source_kind(src, 0, &first, &err), 0);
    ck_assert_int_eq(cpupolicy_source_kind(src, 1, &second, &err), 0);
    ck_assert_int_eq(cpupolicy_source_kind(src, 2, &third, &err), -ENOENT);
    ck_assert_ptr_null(third);
    ck_assert(cpupolicy_has(first, feature("avx2")));
    ck_assert(!cpupolicy_has(second, feature("avx2")));
    cpupolicy_free(first);
    cpupolicy_free(second);
    cpupolicy_source_free(src);
    cli_leave();
}
END_TEST

/* As much as fits, and then dots: a message is never cut in silence. */
static const struct message_row {
    size_t len;
    bool is_cut;
} messages[] = {
    { 0, false }, { 1, false },
    { sizeof(((cpupolicy_error *)0)->message) - 1, false },
    { sizeof(((cpupolicy_error *)0)->message), true },
    { sizeof(((cpupolicy_error *)0)->message) + 7, true },
};

START_TEST(error_message_too_long_ends_in_dots)
{
    const struct message_row *row = &messages[_i];
    static char text[2048];
    cpupolicy_error err;
    size_t max = sizeof(err.message);

    memset(text, 'x', row->len);
    memset(&err, 0x5a, sizeof(err));
    ck_assert_int_eq(cpupolicy_error_set(&err, EINVAL, 3, "%s", text),
                     -EINVAL);
    ck_assert_int_eq(err.code, EINVAL);
    ck_assert_uint_eq(err.line, 3);
    ck_assert_uint_eq(err.column, 0);
    ck_assert_uint_eq(strlen(err.message), row->is_cut ? max - 1 : row->len);
    if ( row->is_cut )
        ck_assert_str_eq(err.message + max - 4, "...");
    else
        ck_assert_str_eq(err.message, text);
    ck_assert_int_eq(cpupolicy_error_set(NULL, ENOENT, 0, "x"), -ENOENT);
}
END_TEST

Suite *suite_api_edges(void)
{
    Suite *s = suite_create("api-edges");
    TCase *t = tcase_create("ends");

    tcase_add_test(t, dependency_chain_of_no_feature_is_none);
    tcase_add_test(t, dependency_chain_without_room_is_none);
    tcase_add_test(t, platform_facts_end_where_they_end);
    tcase_add_test(t, source_kind_tells_each_kind_of_cpu_once);
    tcase_add_loop_test(t, error_message_too_long_ends_in_dots, 0,
                        sizeof(messages) / sizeof(messages[0]));
    suite_add_tcase(s, t);

    return s;
}
