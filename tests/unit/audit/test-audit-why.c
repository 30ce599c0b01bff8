/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Why the limit lacks what a refused request asks for. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "cli-run.h"
#include "cpupolicy.h"
#include "machine.h"
#include "source/source.h"

Suite *suite_audit_why(void);

static cpupolicy_source *src;
static cpupolicy_error err;

static void setup(void)
{
    static const struct machine ice_lake = {
        .maker = INTEL, .signature = 0x806f8,
        .with = "xsave avx avx2 f16c aesni vmx erms pcid itsc",
    };

    cli_enter();
    cli_write_machine("cpu", &ice_lake);
}

static void teardown(void)
{
    cli_leave();
}

/* What the default lacks is added; `why` is what a person would say. */
static const struct why_row {
    const char *name, *cmdline, *ask;
    cpupolicy_domain_kind kind;
    const char *violation, *why;
    const char *rule, *cause;   /* of the derivation, and its feature */
} rows[] = {
    { "CPU", NULL, "gfni", { .hvm = true }, "gfni",
      "the CPU does not have it", NULL, NULL },
    { "boot option", "cpuid=no-f16c", "f16c", { .hvm = true }, "f16c",
      "cpuid= on the command line opts out", "cmdline-out", NULL },
    { "what depends on it", "cpuid=no-avx", "avx2", { .hvm = true }, "avx2",
      "a feature that it needs is missing", "dependency", "avx" },
    { "nesting", NULL, "vmx", { .hvm = true }, "vmx",
      "no domain without nested virtualisation has it", NULL, NULL },
    { "shadow", NULL, "pcid", { .hvm = true, .shadow = true }, "pcid",
      "no domain with shadow paging has it", NULL, NULL },
    { "32 bits", NULL, "lm", { .pv32 = true }, "lm",
      "no 32-bit PV domain has it", NULL, NULL },
};

static void open_with(const char *cmdline)
{
    const cpupolicy_options options = { .cmdline = cmdline,
                                        .platform = "hvm=yes,hap=yes" };

    ck_assert_msg(!cpupolicy_source_open(&src, "cpu", &options, &err), "%s",
                  err.message);
}

/* Turn a bit on or off, and leave the rest as it is. */
static void edit(cpupolicy *p, const char *feature, bool on)
{
    int f = cpupolicy_feature_find(feature);
    x86_featureset fs;

    ck_assert_int_ge(f, 0);
    x86_policy_to_featureset(&p->policy, fs);
    if ( on )
        x86_feature_set(fs, x86_feature_descs[f].value);
    else
        x86_feature_clear(fs, x86_feature_descs[f].value);
    x86_featureset_to_policy(fs, &p->policy);
}

static cpupolicy *request_with(const char *feature, bool hvm)
{
    const cpupolicy *base = cpupolicy_source_policy(
        src, hvm ? CPUPOLICY_HVM_DEFAULT : CPUPOLICY_PV_DEFAULT);
    cpupolicy *p;

    ck_assert_int_eq(cpupolicy_copy(&p, base, &err), 0);
    edit(p, feature, true);

    return p;
}

static const cpupolicy_violation *find(const cpupolicy_violation *list,
                                       size_t nr, const char *name)
{
    for ( size_t i = 0; i < nr; i++ )
        if ( !strcmp(list[i].name, name) )
            return &list[i];

    return NULL;
}

START_TEST(audit_of_what_the_limit_lacks_says_why)
{
    const struct why_row *row = &rows[_i];
    const cpupolicy_violation *v;
    cpupolicy_violation *list;
    cpupolicy *p;
    size_t nr;

    open_with(row->cmdline);
    p = request_with(row->ask, row->kind.hvm);
    ck_assert_int_eq(cpupolicy_audit(src, p, &row->kind, &list, &nr),
                     -EINVAL);
    v = find(list, nr, row->violation);
    ck_assert_msg(v, "%s: not refused", row->name);
    ck_assert_msg(v->why && !strcmp(v->why, row->why), "%s: %s", row->name,
                  v->why);
    ck_assert_msg(!v->cause == !row->rule, "%s: cause", row->name);
    if ( row->rule )
    {
        ck_assert_str_eq(v->cause->rule, row->rule);
        /* It took this very bit. */
        ck_assert_uint_eq(v->cause->before & v->mask, v->mask);
        ck_assert_uint_eq(v->cause->after & v->mask, 0);
    }
    if ( row->cause )
        ck_assert_int_eq(v->cause->feature,
                         cpupolicy_feature_find(row->cause));

    cpupolicy_violations_free(list);
    cpupolicy_free(p);
    cpupolicy_source_free(src);
}
END_TEST

/* What the request itself left out is nobody else's doing. */
START_TEST(audit_of_what_the_limit_has_says_no_why)
{
    const cpupolicy_domain_kind hvm = { .hvm = true };
    const cpupolicy_violation *v;
    cpupolicy_violation *list;
    cpupolicy *p;
    size_t nr;

    open_with(NULL);
    p = request_with("avx2", true);
    edit(p, "avx", false);
    ck_assert_int_eq(cpupolicy_audit(src, p, &hvm, &list, &nr), -EINVAL);
    v = find(list, nr, "avx2");
    ck_assert_ptr_nonnull(v);
    ck_assert_int_eq(v->needs, cpupolicy_feature_find("avx"));
    ck_assert_ptr_null(v->why);
    ck_assert_ptr_null(v->cause);

    cpupolicy_violations_free(list);
    cpupolicy_free(p);
    cpupolicy_source_free(src);
}
END_TEST

/* Everything at once: nothing that is not offered is left without a word. */
START_TEST(audit_of_everything_says_why_of_each_feature)
{
    const cpupolicy_domain_kind hvm = { .hvm = true };
    size_t nr, nr_features = 0;
    cpupolicy_violation *list;
    cpupolicy *p;

    open_with("cpuid=no-f16c,no-avx2");
    p = request_with("gfni", true);
    for ( size_t f = 0; f < cpupolicy_nr_features(); f++ )
        edit(p, cpupolicy_feature_name(f), true);

    ck_assert_int_eq(cpupolicy_audit(src, p, &hvm, &list, &nr), -EINVAL);
    for ( size_t i = 0; i < nr; i++ )
        if ( !strcmp(list[i].rule, "feature") )
        {
            ck_assert_msg(list[i].why, "%s", list[i].name);
            nr_features++;
        }
    ck_assert_uint_ge(nr_features, 100);

    cpupolicy_violations_free(list);
    cpupolicy_free(p);
    cpupolicy_source_free(src);
}
END_TEST

static const struct cli_row printed[] = {
    { "show host-max --from cpu -o json > asked 2> /dev/null", 0, NULL, NULL },
    { "audit asked --from cpu --type hvm --cmdline cpuid=no-avx "
      "2> /dev/null", 1,
      "why: cpuid= on the command line opts out", NULL },
    { "audit asked --from cpu --type hvm --cmdline cpuid=no-avx -o json "
      "2> /dev/null", 1,
      "\"why\": \"a feature that it needs is missing (avx)\"", NULL },
};

START_TEST(audit_prints_why)
{
    for ( size_t i = 0; i < sizeof(printed) / sizeof(printed[0]); i++ )
        cli_check(&printed[i]);
}
END_TEST

Suite *suite_audit_why(void)
{
    Suite *s = suite_create("audit_why");
    TCase *tc = tcase_create("why");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, audit_of_what_the_limit_lacks_says_why, 0,
                        sizeof(rows) / sizeof(rows[0]));
    tcase_add_test(tc, audit_of_what_the_limit_has_says_no_why);
    tcase_add_test(tc, audit_of_everything_says_why_of_each_feature);
    tcase_add_test(tc, audit_prints_why);
    suite_add_tcase(s, tc);

    return s;
}
