/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * explain and diff: whatever a policy consists of can be asked about, by the
 * names and numbers that other commands print, and each bit has its cause.
 */
#include <check.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "cli-run.h"
#include "machine.h"

Suite *suite_cli_explain(void);

#define STATE " --state state --from cpu --notes none"

/* A guest without avx2, of two threads per core. */
static void setup(void)
{
    static const char config[] = "type='hvm'\nvcpus=4\ncpuid='host,avx2=0'\n"
                                 "cpu_topology='threads=2,cores=2'\n";
    struct machine m = {
        .maker = INTEL, .signature = 0x806f8, .with = "xsave avx avx2 "
        "avx512f avx512bw aesni vaes smep erms arch-caps rdcl-no",
    };
    struct cli_result r;

    cli_enter();
    cli_write_machine("cpu", &m);
    cli_write("hvm.cfg", config, strlen(config));
    r = cli_run("domain create hvm.cfg" STATE);
    ck_assert_msg(!r.status, "%s", r.err);
    cli_dispose(&r);
}

static const struct cli_row rows[] = {
    /* Features in any case; the exact name comes first. */
    { "explain AVX512F --from cpu", 0, "avx512f: ", NULL },
    { "explain No-LMSL --from cpu", 0, "no-lmsl: ", NULL },
    { "explain AVX513F --from cpu", 2, NULL, "near: avx512f" },
    { "explain AVX fpu --from cpu", 0, "fpu: ", NULL },

    /* Fields by name: each register that has one of that name. */
    { "explain max_subleaf --from cpu", 0, "0x7:0.eax[31:0]", NULL },
    { "explain MAX_SUBLEAF --from cpu", 0, "0x7:0.eax[31:0]", NULL },
    { "explain lppp --from cpu", 0, "0x1.ebx[23:16] lppp (topology)", NULL },
    { "explain xcr0_zmm_hi256 --from cpu", 0, "0xd:0.eax[6]", NULL },

    /* Leaves, their registers, MSRs. */
    { "explain 0x7 --from cpu", 0, "\n0x7:0.edx\n", NULL },
    { "explain 7 --from cpu", 0, "0x7:0.ebx\n", NULL },
    { "explain 7:0 --from cpu", 0, "0x7:0.ecx\n", NULL },
    { "explain 7:0.ebx --from cpu", 0, "0x7:0.ebx\n", NULL },
    { "explain 7:0.ebx --from cpu --cmdline cpuid=no-avx2", 0,
      "      -avx2: cpuid= on the command line", NULL },
    { "explain 0x80000001.edx --from cpu", 0, "0x80000001.edx\n", NULL },
    { "explain 1.EDX --from cpu", 0, "0x1.edx\n", NULL },
    { "explain 0x10a --from cpu", 0, "msr:0x10a\n", NULL },
    { "explain msr:0x10a --from cpu", 0, "msr:0x10a\n", NULL },
    { "explain MSR:0x10a fpu --from cpu", 0, "fpu: ", NULL },

    /* Bits, which are the field of that place if there is one. */
    { "explain '0x7:0.eax[31:0]' --from cpu", 0,
      "0x7:0.eax[31:0] max_subleaf (", NULL },
    { "explain '7:0.EBX[5]' --from cpu", 0, "avx2: ", NULL },
    { "explain '0x1.ebx[23:16]' --from cpu", 0, "ebx[23:16] lppp", NULL },
    { "explain '1.ebx[0x17:0x10]' --from cpu", 0, "ebx[23:16] lppp", NULL },
    { "explain '1.eax[11:9]' --from cpu", 0, "0x1.eax[11:9]\n", NULL },
    { "explain '1.eax[11:9]' --from cpu -o json", 0, "\"bits\": \"11:9\"",
      NULL },
    { "explain 'msr:0x10a[0]' --from cpu", 0, "rdcl-no: ", NULL },
    { "explain 'msr:0x10a[63:62]' --from cpu", 0, "msr:0x10a[63:62]\n",
      NULL },
    { "explain '1.eax[32]' --from cpu", 2, NULL, "'1.eax[32]'" },
    { "explain '1.eax[3:4]' --from cpu", 2, NULL, "'1.eax[3:4]'" },
    { "explain '1.eax[3' --from cpu", 2, NULL, "'1.eax[3'" },
    { "explain '1.eax[3]x' --from cpu", 2, NULL, "'1.eax[3]x'" },
    { "explain '1.eax[]' --from cpu", 2, NULL, "'1.eax[]'" },
    { "explain '1[3]' --from cpu", 2, NULL, "'1[3]'" },
    { "explain 'msr:0x10a[64]' --from cpu", 2, NULL, "'msr:0x10a[64]'" },

    /* What there is none of is named, all of it. */
    { "explain avx521f fpu smepp --from cpu", 2, NULL, "'smepp'; near: smep" },
    { "explain avx521f fpu smepp --from cpu", 2, NULL,
      "'avx521f'; near: avx512f" },
    { "explain max_sublea --from cpu", 2, NULL, "near: max_subleaf" },
    { "explain MAX_SUBLAEF --from cpu", 2, NULL, "near: max_subleaf" },
    { "explain reserve --from cpu", 2, NULL, "field 'reserve'\n" },
    { "explain reserved --from cpu", 2, NULL, "'reserved'" },
    { "explain 0x12345 --from cpu", 2, NULL, "no leaf or MSR '0x12345'" },
    { "explain 7:99 --from cpu", 2, NULL, "no leaf or MSR '7:99'" },
    { "explain 7:0.efx --from cpu", 2, NULL, "'7:0.efx'" },
    { "explain 7:0.ebx.eax --from cpu", 2, NULL, "'7:0.ebx.eax'" },
    { "explain msr:0x7 --from cpu", 2, NULL, "no leaf or MSR 'msr:0x7'" },
    { "explain msr: --from cpu", 2, NULL, "'msr:'" },
    { "explain 0x --from cpu", 2, NULL, "'0x'" },
    { "explain -1 --from cpu", 2, NULL, "-1" },
    { "explain 0x100000007 --from cpu", 2, NULL, "'0x100000007'" },
    { "explain '' --from cpu", 2, NULL, "''" },

    /* One policy and those it comes from; domains are some, too. */
    { "explain avx2 --from cpu --policy pv-max", 0, "pv-max ", NULL },
    { "explain avx2 --from cpu --policy hvm", 2, NULL, "no policy 'hvm'" },
    { "explain avx2 --policy dom:1" STATE, 0,
      "dom:1         no   left out by the toolstack [request]", NULL },
    { "explain avx512f --policy dom:1" STATE, 0, "avx2 -> avx512f", NULL },
    { "explain avx512f --policy dom:1" STATE, 0,
      "avx2: left out by the toolstack [request] in dom:1", NULL },
    { "explain fpu --policy dom:1" STATE, 0,
      "dom:1         yes  as hvm-default", NULL },
    { "explain lppp --policy dom:1" STATE, 0,
      "made from the domain's topology [topology]", NULL },
    { "explain 7:0.ebx --policy dom:1" STATE, 0, "-avx512f", NULL },
    { "explain avx2 --policy dom:7" STATE, 3, NULL, "no such domain" },

    /* diff: the same causes. */
    { "diff dom:1 hvm-default" STATE, 1,
      "dom:1: left out by the toolstack [request]", NULL },
    { "diff hvm-default dom:1" STATE, 1,
      "dom:1: needs a feature that the domain does not have (avx2) "
      "[dependency]", NULL },
    { "diff dom:1 hvm-default" STATE, 1, "[topology]", NULL },
    { "diff raw dom:1" STATE, 1, "host-max: ", NULL },
    { "diff dom:1 dom:1" STATE, 0, NULL, NULL },
    { "diff dom:1 pv-default" STATE, 1, "dom:1: ", NULL },
};

START_TEST(explain_of_table_answers)
{
    cli_check(&rows[_i]);
}
END_TEST

/* What -o json has for keys can be asked about, and is the same again. */
START_TEST(explain_of_a_key_answers_with_that_key)
{
    struct cli_result all = cli_run("explain fpu max_subleaf lppp 1.edx "
                                    "1.eax[11:9] msr:0x10a msr:0x10a[63:62] "
                                    "--from cpu -o json");
    struct json_object *o = json_tokener_parse(all.out);

    ck_assert_int_eq(all.status, 0);
    ck_assert_int_ge(json_object_object_length(o), 7);
    json_object_object_foreach(o, key, value)
    {
        const char *const arguments[] = {
            "explain", key, "--from", "cpu", "-o", "json", NULL,
        };
        struct cli_result one = cli_run_args(arguments);
        struct json_object *again = json_tokener_parse(one.out);

        ck_assert_msg(!one.status && json_object_equal(
                          json_object_object_get(again, key), value), "%s",
                      key);
        json_object_put(again);
        cli_dispose(&one);
    }
    json_object_put(o);
    cli_dispose(&all);
}
END_TEST

/* --policy leaves out what is not on the way. */
START_TEST(explain_of_one_policy_keeps_to_its_way)
{
    struct cli_result r = cli_run("explain avx2 --policy dom:1" STATE);

    ck_assert_msg(strstr(r.out, "hvm-default") && strstr(r.out, "raw") &&
                  strstr(r.out, "hvm-max"), "%s", r.out);
    ck_assert_msg(!strstr(r.out, "\n  pv-"), "%s", r.out);
    cli_dispose(&r);
}
END_TEST

/* Every difference has a cause, with the options that make some. */
static const char *const pairs[] = {
    "diff dom:1 hvm-default", "diff hvm-default dom:1", "diff raw dom:1",
    "diff dom:1 hvm-max", "diff host-default dom:1", "diff dom:1 pv-max",
    "diff raw hvm-default",
};

START_TEST(diff_of_pair_has_a_cause_for_each_bit)
{
    struct json_object *o, *list, *one;
    struct cli_result r;
    char arguments[128];

    snprintf(arguments, sizeof(arguments), "%s -o json" STATE, pairs[_i]);
    r = cli_run(arguments);
    ck_assert_int_eq(r.status, 1);
    o = json_tokener_parse(r.out);
    list = json_object_object_get(o, "differences");
    ck_assert_uint_gt(json_object_array_length(list), 5);
    for ( size_t i = 0; i < json_object_array_length(list); i++ )
    {
        one = json_object_array_get_idx(list, i);
        ck_assert_msg(json_object_object_get(one, "reason"), "%s: %s",
                      pairs[_i], json_object_to_json_string(one));
        ck_assert_msg(json_object_object_get(one, "policy"), "%s: %s",
                      pairs[_i], json_object_to_json_string(one));
    }
    json_object_put(o);
    cli_dispose(&r);
}
END_TEST

static struct json_object *at(struct json_object *o, const char *key)
{
    struct json_object *value = json_object_object_get(o, key);

    ck_assert_msg(value, "no %s in %s", key, json_object_to_json_string(o));

    return value;
}

START_TEST(explain_as_json_is_as_documented)
{
    struct cli_result r = cli_run("explain AVX2 7:0.ebx msr:0x10a lppp "
                                  "--policy dom:1 -o json" STATE);
    struct json_object *o = json_tokener_parse(r.out), *reg, *dom, *change;

    ck_assert_msg(o, "%s%s", r.out, r.err);
    dom = at(at(at(o, "avx2"), "policies"), "dom:1");
    ck_assert(!json_object_get_boolean(at(dom, "present")));
    ck_assert_str_eq(json_object_get_string(at(at(dom, "change"), "rule")),
                     "request");

    reg = at(o, "0x7:0.ebx");
    ck_assert_str_eq(json_object_get_string(at(reg, "leaf")), "0x7");
    ck_assert_str_eq(json_object_get_string(at(reg, "subleaf")), "0x0");
    ck_assert_str_eq(json_object_get_string(at(reg, "register")), "ebx");
    dom = at(at(reg, "policies"), "dom:1");
    ck_assert_ptr_nonnull(at(dom, "value"));
    change = json_object_array_get_idx(at(dom, "changes"), 0);
    ck_assert_ptr_nonnull(change);
    ck_assert_uint_ge(json_object_array_length(at(change, "names")), 1);
    ck_assert_ptr_nonnull(at(change, "reason"));

    ck_assert_str_eq(json_object_get_string(at(at(o, "msr:0x10a"), "msr")),
                     "0x10a");
    reg = at(o, "0x1.ebx[23:16]");
    ck_assert_str_eq(json_object_get_string(at(reg, "name")), "lppp");
    ck_assert_str_eq(json_object_get_string(at(reg, "kind")), "topology");
    ck_assert_str_eq(json_object_get_string(at(reg, "bits")), "23:16");
    json_object_put(o);
    cli_dispose(&r);
}
END_TEST

Suite *suite_cli_explain(void)
{
    Suite *s = suite_create("cli-explain");
    TCase *tc = tcase_create("explain");

    tcase_add_checked_fixture(tc, setup, cli_leave);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, explain_of_table_answers, 0,
                        sizeof(rows) / sizeof(rows[0]));
    tcase_add_test(tc, explain_of_a_key_answers_with_that_key);
    tcase_add_test(tc, explain_of_one_policy_keeps_to_its_way);
    tcase_add_loop_test(tc, diff_of_pair_has_a_cause_for_each_bit, 0,
                        sizeof(pairs) / sizeof(pairs[0]));
    tcase_add_test(tc, explain_as_json_is_as_documented);
    suite_add_tcase(s, tc);

    return s;
}
