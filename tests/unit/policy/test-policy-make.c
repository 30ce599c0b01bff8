/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Policies made in memory: from rows, from another, from text, by feature. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "alloc-fail.h"
#include "cli-run.h"
#include "machine.h"
#include "source/source.h"
#include "vectors.h"

Suite *suite_policy_make(void);

static cpupolicy_source *src;
static cpupolicy_error err;
static const cpupolicy *hvm;

static void setup(void)
{
    static const struct machine ice_lake = {
        .maker = INTEL, .signature = 0x806f8,
        .with = "xsave avx avx2 avx512f avx512bw aesni vmx erms vaes",
    };

    cli_enter();
    cli_write_machine("cpu", &ice_lake);
    ck_assert_int_eq(cpupolicy_source_open(&src, "cpu", NULL, &err), 0);
    hvm = cpupolicy_source_policy(src, CPUPOLICY_HVM_DEFAULT);
}

static void teardown(void)
{
    cpupolicy_source_free(src);
    cli_leave();
}

/* ---- rows ----------------------------------------------------------------- */

START_TEST(new_of_a_policy_s_rows_is_that_policy)
{
    for ( int w = 0; w < CPUPOLICY_NR; w++ )
    {
        const cpupolicy *p = cpupolicy_source_policy(src, w);
        cpupolicy_leaf leaves[X86_NR_SLOTS];
        cpupolicy_msr msrs[X86_NR_MSR_SLOTS];
        size_t nr = X86_NR_SLOTS, nr_msrs = X86_NR_MSR_SLOTS;
        cpupolicy *again;

        ck_assert_int_eq(cpupolicy_leaves(p, leaves, &nr), 0);
        ck_assert_int_eq(cpupolicy_msrs(p, msrs, &nr_msrs), 0);
        ck_assert_msg(!cpupolicy_new(&again, leaves, nr, msrs, nr_msrs, &err),
                      "%s: %s", cpupolicy_which_name(w), err.message);
        ck_assert_msg(!memcmp(&again->policy, &p->policy, sizeof(p->policy)),
                      "%s: another", cpupolicy_which_name(w));
        cpupolicy_free(again);
    }
}
END_TEST

START_TEST(new_of_nothing_is_all_zeros)
{
    cpupolicy *p;

    ck_assert_int_eq(cpupolicy_new(&p, NULL, 0, NULL, 0, &err), 0);
    for ( size_t f = 0; f < cpupolicy_nr_features(); f++ )
        ck_assert(!cpupolicy_has(p, f));
    ck_assert_str_eq(cpupolicy_vendor(p), "Unknown");
    cpupolicy_free(p);
}
END_TEST

#define NO CPUPOLICY_NO_SUBLEAF
static const struct rows_row {
    const char *name;
    cpupolicy_leaf leaves[2];
    size_t nr_leaves;
    cpupolicy_msr msrs[2];
    size_t nr_msrs;
    const char *message;        /* NULL: all right */
} rows[] = {
    { "a plain leaf as subleaf 0", { { 1, 0, 1, 0, 0, 0 } }, 1, { { 0 } }, 0,
      NULL },
    { "subleaf 0 as none", { { 7, NO, 1, 0, 0, 0 } }, 1, { { 0 } }, 0,
      NULL },
    { "no such leaf", { { 1, NO, 1, 0, 0, 0 }, { 0x30, 0, 1, 0, 0, 0 } }, 2,
      { { 0 } }, 0, "leaf 0x30 subleaf 0x0: a policy has no such leaf" },
    { "no such leaf, zero", { { 0x30, NO, 0, 0, 0, 0 } }, 1, { { 0 } }, 0,
      "leaf 0x30: a policy has no such leaf" },
    { "no such subleaf", { { 7, 9, 1, 0, 0, 0 } }, 1, { { 0 } }, 0,
      "leaf 0x7 subleaf 0x9: a policy has no such leaf" },
    { "a leaf twice", { { 1, NO, 1, 0, 0, 0 }, { 1, 0, 1, 0, 0, 0 } }, 2,
      { { 0 } }, 0, "leaf 0x1 subleaf 0x0: stated twice" },
    { "an MSR", { { 0 } }, 0, { { 0x10a, 1 } }, 1, NULL },
    { "no such MSR", { { 0 } }, 0, { { 0x10a, 1 }, { 0x10, 0 } }, 2,
      "MSR 0x10: a policy has no such MSR" },
    { "an MSR twice", { { 0 } }, 0, { { 0x10a, 1 }, { 0x10a, 1 } }, 2,
      "MSR 0x10a: stated twice" },
    { "too wide an MSR", { { 0 } }, 0, { { 0xce, 1ULL << 40 } }, 1,
      "MSR 0xce: a policy holds fewer bits of it" },
};

START_TEST(new_names_the_row_that_has_no_place)
{
    const struct rows_row *row = &rows[_i];
    cpupolicy *p = NULL;
    int rc = cpupolicy_new(&p, row->leaves, row->nr_leaves, row->msrs,
                           row->nr_msrs, &err);

    ck_assert_msg(rc == (row->message ? -EINVAL : 0), "%s: %d", row->name,
                  rc);
    ck_assert_msg(!row->message || (!p && err.code == EINVAL &&
                                    strstr(err.message, row->message)),
                  "%s: '%s'", row->name, err.message);
    cpupolicy_free(p);
}
END_TEST

/* Leaf 0x30 is in no table. */
static const char odd[] =
    "{\"policies\":{\"hvm-default\":{\"vendor\":\"Intel\",\"cpuid\":["
    "{\"leaf\":\"0x30\",\"subleaf\":\"0x0\",\"eax\":\"0x1\","
    "\"ebx\":\"0x0\",\"ecx\":\"0x0\",\"edx\":\"0x0\"}],\"msrs\":[]}}}";

/* ---- copies ---------------------------------------------------------------- */

START_TEST(copy_is_equal_and_stands_alone)
{
    cpupolicy *p;

    ck_assert_int_eq(cpupolicy_copy(&p, hvm, &err), 0);
    ck_assert_int_eq(memcmp(&p->policy, &hvm->policy, sizeof(p->policy)), 0);
    ck_assert_int_eq(cpupolicy_feature_set(
                         p, cpupolicy_feature_find("aesni"), false, &err), 0);
    ck_assert(cpupolicy_has(hvm, cpupolicy_feature_find("aesni")));
    cpupolicy_free(p);
}
END_TEST

START_TEST(copy_of_a_request_with_odd_rows_is_refused)
{
    cpupolicy_request *r;
    cpupolicy *p = NULL;

    cli_write("odd", odd, sizeof(odd) - 1);
    ck_assert_msg(!cpupolicy_request_load(&r, "odd", NULL, hvm, &err), "%s",
                  err.message);
    ck_assert_int_eq(cpupolicy_copy(&p, cpupolicy_request_policy(r), &err),
                     -EINVAL);
    ck_assert_ptr_null(p);
    cpupolicy_request_free(r);
}
END_TEST

/* ---- features -------------------------------------------------------------- */

static int set(cpupolicy *p, const char *name, bool on)
{
    int f = cpupolicy_feature_find(name);

    ck_assert_msg(f >= 0, "no feature %s", name);

    return cpupolicy_feature_set(p, f, on, &err);
}

static bool has(const cpupolicy *p, const char *name)
{
    return cpupolicy_has(p, cpupolicy_feature_find(name));
}

START_TEST(feature_off_takes_what_depends_on_it_and_nothing_else)
{
    cpupolicy *p;

    ck_assert_int_eq(cpupolicy_copy(&p, hvm, &err), 0);
    for ( size_t f = 0; f < cpupolicy_nr_features(); f++ )
    {
        p->policy = hvm->policy;
        ck_assert_int_eq(cpupolicy_feature_set(p, f, false, &err), 0);
        for ( size_t g = 0; g < cpupolicy_nr_features(); g++ )
        {
            size_t chain[X86_MAX_CHAIN];
            bool goes = f == g || cpupolicy_dependency_chain(
                f, g, chain, X86_MAX_CHAIN);

            ck_assert_msg(cpupolicy_has(p, g) ==
                          (cpupolicy_has(hvm, g) && !goes), "%s without %s",
                          cpupolicy_feature_name(g),
                          cpupolicy_feature_name(f));
        }
    }
    cpupolicy_free(p);
}
END_TEST

START_TEST(feature_on_needs_its_prerequisites)
{
    cpupolicy *p, before;

    ck_assert_int_eq(cpupolicy_copy(&p, hvm, &err), 0);
    ck_assert_int_eq(set(p, "avx", false), 0);
    ck_assert(!has(p, "avx2") && !has(p, "avx512f") && has(p, "xsave"));

    before = *p;
    ck_assert_int_eq(set(p, "avx512f", true), -EINVAL);
    ck_assert_str_eq(err.message,
                     "avx512f needs avx2, which the policy lacks");
    ck_assert_int_eq(memcmp(p, &before, sizeof(before)), 0);

    ck_assert_int_eq(set(p, "avx", true), 0);
    ck_assert(has(p, "avx") && !has(p, "avx2"));
    ck_assert_int_eq(set(p, "avx2", true), 0);
    ck_assert_int_eq(set(p, "avx512f", true), 0);
    ck_assert_int_eq(set(p, "avx512f", true), 0);
    ck_assert_int_eq(cpupolicy_feature_set(p, cpupolicy_nr_features(), true,
                                           &err), -ENOENT);
    cpupolicy_free(p);
}
END_TEST

START_TEST(policy_without_a_feature_is_acceptable_once_the_rest_follows)
{
    const cpupolicy_domain_kind kind = { .hvm = true }, none = {
        .hvm = true, .pv32 = true,
    };
    cpupolicy_violation *list;
    cpupolicy *p;
    size_t nr;

    ck_assert_int_eq(cpupolicy_copy(&p, hvm, &err), 0);
    ck_assert_int_eq(set(p, "avx", false), 0);
    /* Leaf 0xd still says how large AVX's state is. */
    ck_assert_int_eq(cpupolicy_audit(src, p, &kind, &list, &nr), -EINVAL);
    ck_assert_uint_gt(nr, 0);
    cpupolicy_violations_free(list);

    ck_assert_int_eq(cpupolicy_follow(src, &none, p, &err), -EINVAL);
    ck_assert_int_eq(cpupolicy_follow(src, &kind, p, &err), 0);
    ck_assert_int_eq(cpupolicy_audit(src, p, &kind, &list, &nr), 0);
    cpupolicy_violations_free(list);
    cpupolicy_free(p);
}
END_TEST

/* ---- text in memory -------------------------------------------------------- */

static char *slurp(const char *name, size_t *size)
{
    struct cli_result r = cli_run(name);
    char *text = r.out;

    *size = r.nr_out;
    ck_assert_int_eq(r.status, 0);
    free(r.err);

    return text;
}

START_TEST(parse_of_shown_policy_is_that_policy)
{
    static const char *const forms[] = {
        "show hvm-default --from cpu -o json",
        "show hvm-default --from cpu -o leaves",
    };

    for ( unsigned int i = 0; i < 2; i++ )
    {
        size_t size;
        char *text = slurp(forms[i], &size);
        cpupolicy *p;

        ck_assert_msg(!cpupolicy_parse(&p, text, size, NULL, &err), "%s: %s",
                      forms[i], err.message);
        ck_assert_msg(!memcmp(&p->policy, &hvm->policy, sizeof(p->policy)),
                      "%s: another", forms[i]);
        cpupolicy_free(p);
        free(text);
    }
}
END_TEST

static const struct text_row {
    const char *text, *section;
    int rc;
    const char *message;
} texts[] = {
    { "", NULL, -ENOENT, "" },
    { "nonsense\n", NULL, -ENOENT, "" },
    { odd, NULL, -EINVAL, "leaf 0x30" },
    { odd, "hvm-max", -ENOENT, "hvm-max" },
    { "CPU 0:\n   0x00000000 0x00: eax=0x00000000 ebx=0x00000000 "
      "ecx=0x00000000 edx=0x00000000\n", "pv-max", -ENOENT, "pv-max" },
    { "CPU 0:\n   0x00000000 0x00: eax=0x00000001 ebx=0x00000000 "
      "ecx=0x00000000 edx=0x00000000\nCPU 1:\n   0x00000000 0x00: "
      "eax=0x00000001 ebx=0x00000000 ecx=0x00000000 edx=0x00000000\n", NULL,
      -EINVAL, "2 CPUs" },
    { "{\"cpuid_modifiers\":[],\"msr_modifiers\":[{\"addr\":\"0x10a\","
      "\"bitmap\":\"0bx1\"}]}", NULL, -EINVAL, "leaves bits open" },
};

START_TEST(parse_of_no_policy_says_why)
{
    const struct text_row *row = &texts[_i];
    cpupolicy *p = NULL;
    int rc = cpupolicy_parse(&p, row->text, strlen(row->text), row->section,
                             &err);

    ck_assert_msg(rc == row->rc && !p && strstr(err.message, row->message),
                  "%s: %d '%s'", row->text, rc, err.message);
}
END_TEST

START_TEST(source_of_bytes_is_that_of_the_file)
{
    const cpupolicy_options o = { .cmdline = "cpuid=no-avx" };
    cpupolicy_source *a, *b;
    size_t size;
    char *text = vectors_read("cpu", &size);

    ck_assert_int_eq(cpupolicy_source_open(&a, "cpu", &o, &err), 0);
    ck_assert_int_eq(cpupolicy_source_parse(&b, "made up", text, size, &o,
                                            &err), 0);
    ck_assert_str_eq(cpupolicy_source_name(b), "made up");
    for ( int w = 0; w < CPUPOLICY_NR; w++ )
        ck_assert_int_eq(memcmp(cpupolicy_source_policy(a, w),
                                cpupolicy_source_policy(b, w),
                                sizeof(cpupolicy)), 0);
    cpupolicy_source_free(a);
    cpupolicy_source_free(b);

    b = NULL;
    ck_assert_int_eq(cpupolicy_source_parse(&b, "x", "", 0, NULL, &err),
                     -ENOENT);
    ck_assert_ptr_null(b);
    free(text);
}
END_TEST

START_TEST(out_of_memory_is_told_and_nothing_made)
{
    cpupolicy *p = NULL;

    alloc_fail_after(0);
    ck_assert_int_eq(cpupolicy_new(&p, NULL, 0, NULL, 0, &err), -ENOMEM);
    alloc_fail_after(0);
    ck_assert_int_eq(cpupolicy_copy(&p, hvm, &err), -ENOMEM);
    alloc_fail_stop();
    ck_assert_ptr_null(p);

    for ( long n = 0; !p; n++ )
    {
        static const char text[] = "CPU 0:\n   0x00000000 0x00: "
            "eax=0x00000000 ebx=0x00000000 ecx=0x00000000 edx=0x00000000\n";
        int rc;

        alloc_fail_after(n);
        rc = cpupolicy_parse(&p, text, sizeof(text) - 1, NULL, &err);
        ck_assert_int_eq(rc, alloc_fail_stop() ? -ENOMEM : 0);
        ck_assert(!rc == !!p);
    }
    cpupolicy_free(p);
}
END_TEST

Suite *suite_policy_make(void)
{
    Suite *s = suite_create("policy_make");
    TCase *t = tcase_create("memory");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, new_of_a_policy_s_rows_is_that_policy);
    tcase_add_test(t, new_of_nothing_is_all_zeros);
    tcase_add_loop_test(t, new_names_the_row_that_has_no_place, 0,
                        sizeof(rows) / sizeof(rows[0]));
    tcase_add_test(t, copy_is_equal_and_stands_alone);
    tcase_add_test(t, copy_of_a_request_with_odd_rows_is_refused);
    tcase_add_test(t, feature_off_takes_what_depends_on_it_and_nothing_else);
    tcase_add_test(t, feature_on_needs_its_prerequisites);
    tcase_add_test(t,
        policy_without_a_feature_is_acceptable_once_the_rest_follows);
    tcase_add_test(t, parse_of_shown_policy_is_that_policy);
    tcase_add_loop_test(t, parse_of_no_policy_says_why, 0,
                        sizeof(texts) / sizeof(texts[0]));
    tcase_add_test(t, source_of_bytes_is_that_of_the_file);
    tcase_add_test(t, out_of_memory_is_told_and_nothing_made);
    suite_add_tcase(s, t);

    return s;
}
