/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every allocation of the template code fails once. */
#include <check.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "template/strip.h"
#include "template/verify.h"
#include "alloc-fail.h"
#include "guest/guest.h"
#include "guest/normalise.h"
#include "template/fingerprint.h"
#include "template/generate.h"
#include "template/static.h"
#include "template/vm-config.h"

Suite *suite_template_nomem(void);

#define GUEST(eax)                                                         \
    "{\"kvm_capabilities\":[\"1\"],\"cpuid_modifiers\":["                    \
    "{\"leaf\":\"0x0\",\"subleaf\":\"0x0\",\"flags\":0,\"modifiers\":["      \
    "{\"register\":\"eax\",\"bitmap\":\"1\"},"                              \
    "{\"register\":\"ebx\",\"bitmap\":\"1110101011011100110010101000111\"}," \
    "{\"register\":\"ecx\",\"bitmap\":\"1101100011001010111010001101110\"}," \
    "{\"register\":\"edx\",\"bitmap\":\"1001001011001010110111001101001\"}]}," \
    "{\"leaf\":\"0x1\",\"subleaf\":\"0x0\",\"flags\":0,\"modifiers\":["      \
    "{\"register\":\"eax\",\"bitmap\":\"" eax "\"}]}],"                      \
    "\"msr_modifiers\":[{\"addr\":\"0x10a\",\"bitmap\":\"1\"}]}"

static struct cpu_template parsed[2];
static struct dump_cpu config;

static void make(void)
{
    static const char *const texts[2] = { GUEST("1"), GUEST("0") };
    struct dump_leaf row = { .leaf = 1 };

    for ( unsigned int i = 0; i < 2; i++ )
        ck_assert_int_eq(template_parse(texts[i], strlen(texts[i]),
                                        TEMPLATE_ANY, &parsed[i], NULL), 0);
    ck_assert_int_eq(dump_put_leaf(&config, &row, NULL), 0);
}

static void drop(void)
{
    template_dispose(&parsed[0]);
    template_dispose(&parsed[1]);
    dump_dispose_cpu(&config);
}

static int do_parse(cpupolicy_error *err)
{
    struct cpu_template t;
    int rc = template_parse(GUEST("1"), strlen(GUEST("1")), TEMPLATE_ANY, &t,
                            err);

    if ( !rc )
        template_dispose(&t);

    return rc;
}

static int do_fingerprint(cpupolicy_error *err)
{
    static const char text[] =
        "{\"firecracker_version\":\"1\",\"kernel_version\":\"\\u0041\","
        "\"microcode_version\":\"1\",\"bios_version\":\"1\","
        "\"bios_revision\":\"1\",\"guest_cpu_config\":" GUEST("1") "}";
    struct fingerprint f;
    int rc = fingerprint_parse(text, strlen(text), &f, err);

    if ( !rc )
        fingerprint_dispose(&f);

    return rc;
}

static int do_vm_config(cpupolicy_error *err)
{
    static const char text[] =
        "{\"boot-source\":{\"kernel_image_path\":\"k\"},\"drives\":[],"
        "\"cpu-config\":" GUEST("1") "}";
    struct vm_config c;
    int rc = vm_config_parse(text, strlen(text), &c, err);

    if ( !rc )
        vm_config_dispose(&c);

    return rc;
}

static int do_static(cpupolicy_error *err)
{
    struct cpu_template t;
    int rc = template_static_get("T2S", &t, err);

    if ( !rc )
        template_dispose(&t);

    return rc;
}

static int do_strip(cpupolicy_error *err)
{
    static const struct strip_options options = { true, false };
    struct cpu_template out[2] = { { 0 } };
    int rc = template_strip(parsed, 2, &options, out, err);

    /* Check's own assertions allocate. */
    if ( rc && (out[0].leaves || out[1].leaves) )
        return -EINVAL;
    template_dispose(&out[0]);
    template_dispose(&out[1]);

    return rc;
}

static int do_verify(cpupolicy_error *err)
{
    struct verify_report report;
    int rc = template_verify(&parsed[0], &parsed[1], &report, err);

    if ( !rc )
        verify_report_dispose(&report);

    return rc;
}

static int do_compare(cpupolicy_error *err)
{
    static const enum fingerprint_field fields[] = { FINGERPRINT_GUEST };
    const struct compare_options options = { fields, 1, false };
    const struct fingerprint a = { .guest = parsed[0] };
    const struct fingerprint b = { .guest = parsed[1] };
    struct json_object *list = NULL;
    int rc = fingerprint_compare(&a, &b, &options, &list, err);

    if ( rc && list )
        return -EINVAL;
    json_object_put(list);

    return rc;
}

static int do_to_template(cpupolicy_error *err)
{
    struct cpu_template t;
    int rc = template_from_guest(&config, false, &t, err);

    if ( !rc )
        template_dispose(&t);

    return rc;
}

static int do_copy(cpupolicy_error *err)
{
    struct dump_cpu g;
    int rc = dump_copy_cpu(&config, &g, err);

    if ( !rc )
        dump_dispose_cpu(&g);

    return rc;
}

static int do_generate(cpupolicy_error *err)
{
    struct generate_result r;
    int rc = template_generate(parsed, 2, &r, NULL, err);

    if ( !rc )
        generate_result_dispose(&r);

    return rc;
}

static const struct {
    const char *name;
    int (*run)(cpupolicy_error *err);
} rows[] = {
    { "parse", do_parse }, { "fingerprint", do_fingerprint },
    { "configuration", do_vm_config }, { "built-in", do_static },
    { "strip", do_strip }, { "verify", do_verify },
    { "compare", do_compare }, { "to template", do_to_template },
    { "copy", do_copy }, { "generate", do_generate },
};

START_TEST(each_allocation_failing_enomem)
{
    long n;

    for ( n = 0; n < 1000; n++ )
    {
        cpupolicy_error err = { .code = 0 };
        bool failed;
        int rc;

        alloc_fail_after(n);
        rc = rows[_i].run(&err);
        failed = alloc_fail_stop();
        if ( !failed )
        {
            ck_assert_msg(!rc, "%s: %s", rows[_i].name, err.message);
            break;
        }
        ck_assert_msg(rc == -ENOMEM && err.code == ENOMEM,
                      "%s: allocation %ld: rc %d, code %d (%s)",
                      rows[_i].name, n, rc, err.code, err.message);
    }
    ck_assert_msg(n && n < 1000, "%s: %ld allocations", rows[_i].name, n);
}
END_TEST

Suite *suite_template_nomem(void)
{
    Suite *s = suite_create("template-nomem");
    TCase *t = tcase_create("nomem");

    tcase_add_checked_fixture(t, make, drop);
    tcase_add_loop_test(t, each_allocation_failing_enomem, 0,
                        sizeof(rows) / sizeof(rows[0]));
    suite_add_tcase(s, t);

    return s;
}
