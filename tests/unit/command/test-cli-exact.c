/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What commands print, to the letter: the expectation is typed from the
 * registers below and the manuals, not taken from the program.
 */
#include <check.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli-run.h"

Suite *suite_cli_exact(void);

/*
 * An AMD CPU of family 0xf + 0xa, model 0x21; 59 features.  APM vol 3,
 * appendix E: family = base + extended, model = extended:base.
 */
static const char zen3[] =
    "CPU 0:\n"
    "   0x00000000 0x00: eax=0x0000000d ebx=0x68747541 ecx=0x444d4163 "
    "edx=0x69746e65\n"
    "   0x00000001 0x00: eax=0x00a20f10 ebx=0x00100800 ecx=0x16f82203 "
    "edx=0x178bfbff\n"
    "   0x00000007 0x00: eax=0x00000000 ebx=0x219c91a9 ecx=0x00000000 "
    "edx=0x00000000\n"
    "   0x0000000d 0x00: eax=0x00000007 ebx=0x00000340 ecx=0x00000340 "
    "edx=0x00000000\n"
    "   0x0000000d 0x02: eax=0x00000100 ebx=0x00000240 ecx=0x00000000 "
    "edx=0x00000000\n"
    "   0x80000000 0x00: eax=0x80000008 ebx=0x68747541 ecx=0x444d4163 "
    "edx=0x69746e65\n"
    "   0x80000001 0x00: eax=0x00a20f10 ebx=0x20000000 ecx=0x00000121 "
    "edx=0x2e500800\n"
    "   0x80000008 0x00: eax=0x00003030 ebx=0x00001000 ecx=0x00000000 "
    "edx=0x00000000\n";

/* SDM vol 2A: of family 6 the extended model counts, the family does not. */
static const char skylake[] =
    "CPU 0:\n"
    "   0x00000000 0x00: eax=0x00000001 ebx=0x756e6547 ecx=0x6c65746e "
    "edx=0x49656e69\n"
    "   0x00000001 0x00: eax=0x00050657 ebx=0x00000800 ecx=0x00002001 "
    "edx=0x078bfbff\n"
    "   0x80000000 0x00: eax=0x80000001 ebx=0x00000000 ecx=0x00000000 "
    "edx=0x00000000\n"
    "   0x80000001 0x00: eax=0x00000000 ebx=0x00000000 ecx=0x00000001 "
    "edx=0x20100800\n";

/* Of Firecracker's form; what is asked for differs in model and two bits. */
static const char template[] =
    "{\"cpuid_modifiers\":[{\"leaf\":\"0x1\",\"subleaf\":\"0x0\",\"flags\":0,"
    "\"modifiers\":[{\"register\":\"eax\","
    "\"bitmap\":\"0bxxxxxxxxxxxxxxxxxxxxxxxx0101xxxx\"},"
    "{\"register\":\"ecx\","
    "\"bitmap\":\"0bxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx00\"}]}],"
    "\"msr_modifiers\":[{\"addr\":\"0x10a\",\"bitmap\":\"0bxxxx1\"}]}\n";

static void setup(void)
{
    cli_enter();
    cli_write("zen3", zen3, strlen(zen3));
    cli_write("skylake", skylake, strlen(skylake));
    cli_write("t.json", template, strlen(template));
    cli_write("g.cfg", "type='hvm'\n", 11);
}

/* ---- text ------------------------------------------------------------- */

static const struct text_row {
    const char *arguments;
    int status;
    const char *out, *err;      /* all of it */
} texts[] = {
    { "show raw --from zen3 --notes none", 0,
      "zen3: 1 CPU, AMD family 0x19 model 0x21 stepping 0\n"
      "  raw            59 features, leaves to 0xd and 0x80000008\n"
      "  unknown, for it is not in this dump\n"
      "    0x5 0x6 0xb:0 0xb:1 0xd:1 0x80000002 0x80000003 0x80000004 "
      "0x80000005\n"
      "    0x80000006 0x80000007\n"
      "\n"
      "raw has\n"
      "  fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat "
      "pse36\n"
      "  clflush mmx fxsr sse sse2 htt sse3 pclmulqdq ssse3 cx16 sse4-1 "
      "sse4-2 x2apic\n"
      "  movbe popcnt aesni xsave avx syscall nx mmxext ffxsr page1gb rdtscp "
      "lm\n"
      "  lahf-lm abm 3dnowprefetch fsgsbase bmi1 avx2 smep bmi2 pqm pqe "
      "rdseed adx\n"
      "  smap clflushopt clwb sha ibpb\n"
      "\n"
      "raw\n"
      "    the bit follows the live state of one vCPU (CR4, XCR0, APIC id), "
      "and is not a property of the CPU [raw-dynamic]\n"
      "      0xd:size_xcr0\n", "" },
    { "show raw --from skylake --notes none", 0,
      "skylake: 1 CPU, Intel family 0x6 model 0x55 stepping 7\n"
      "  raw            28 features, leaves to 0x1 and 0x80000001\n"
      "\n"
      "raw has\n"
      "  fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat "
      "pse36\n"
      "  clflush mmx fxsr sse sse2 sse3 cx16 syscall nx lm lahf-lm\n"
      "\n"
      "raw\n"
      "    the same\n", "" },
    { "show raw -o leaves --from skylake --notes none", 0,
      "  00000000:ffffffff -> 00000001:756e6547:6c65746e:49656e69\n"
      "  00000001:ffffffff -> 00050657:00000800:00002001:078bfbff\n"
      "  80000000:ffffffff -> 80000001:00000000:00000000:00000000\n"
      "  80000001:ffffffff -> 00000000:00000000:00000001:20100800\n"
      "  000000ce -> 0000000000000000\n"
      "  0000010a -> 0000000000000000\n", "" },
    { "show raw -o features --from skylake --notes none", 0,
      "fpu\nvme\nde\npse\ntsc\nmsr\npae\nmce\ncx8\napic\nsep\nmtrr\npge\n"
      "mca\ncmov\npat\npse36\nclflush\nmmx\nfxsr\nsse\nsse2\nsse3\ncx16\n"
      "syscall\nnx\nlm\nlahf-lm\n", "" },
    { "domain list --state t.json --from zen3", 3, "",
      "xl-cpupolicy: t.json:1:2: unknown field `cpuid_modifiers`, expected "
      "one of `format`, `version`, `domains`\n" },
    { "explain smep --policy host-default --from zen3 --notes none "
      "--cmdline cpuid=no-smep", 0,
      "smep: No kernel execution of user pages\n"
      "  word 5 bit 7, attributes 'S'\n"
      "  raw           yes  what the hardware says\n"
      "  host-max      yes  as raw\n"
      "  host-default  no   cpuid= on the command line opts out "
      "[cmdline-out]\n", "" },
    { "explain smep --policy raw --from zen3 --notes none", 0,
      "smep: No kernel execution of user pages\n"
      "  word 5 bit 7, attributes 'S'\n"
      "  raw           yes  what the hardware says\n", "" },
    { "diff host-max host-default --from zen3 --notes none "
      "--cmdline cpuid=no-smep", 1,
      "- smep                     0x7.0 ebx          host-default: cpuid= on "
      "the command line opts out (smep) [cmdline-out]\n", "" },
    { "diff raw raw --from zen3 --notes none", 0, "", "" },
    { "template verify -t t.json --from zen3 --policy raw", 1,
      "",
      "xl-cpupolicy: t.json: Value for leaf=0x1, subleaf=0x0, flags=0b0, "
      "register=eax mismatched.\n"
      "* CPU template     : 0b00000000000000000000000001010000\n"
      "* CPU configuration: 0b00000000000000000000000000010000\n"
      "* Diff             :                            ^      \n"
      "* Names            : model(7:4)\n"
      "xl-cpupolicy: t.json: Value for leaf=0x1, subleaf=0x0, flags=0b0, "
      "register=ecx mismatched.\n"
      "* CPU template     : 0b00000000000000000000000000000000\n"
      "* CPU configuration: 0b00000000000000000000000000000011\n"
      "* Diff             :                                 ^^\n"
      "* Names            : sse3, pclmulqdq\n"
      "xl-cpupolicy: t.json: index=0x10a not found in CPU "
      "configuration.\n" },
};

START_TEST(cli_text_is_exactly_as_typed)
{
    const struct text_row *row = &texts[_i];
    struct cli_result r = cli_run(row->arguments);

    ck_assert_msg(r.status == row->status, "%s: %d, %s", row->arguments,
                  r.status, r.err);
    ck_assert_msg(!strcmp(r.out, row->out), "%s: '%s', not '%s'",
                  row->arguments, r.out, row->out);
    ck_assert_msg(!strcmp(r.err, row->err), "%s: '%s', not '%s'",
                  row->arguments, r.err, row->err);
    cli_dispose(&r);
}
END_TEST

/* libvirt's rows: eight digits each, the leaf's own first. */
START_TEST(cli_show_xml_row_is_exactly_as_typed)
{
    static const struct cli_row rows[] = {
        { "show raw -o xml --from skylake --notes none", 0,
          "<cpudata arch=\"x86\">\n"
          "  <cpuid eax_in=\"0x00000000\" ecx_in=\"0x00\" "
          "eax=\"0x00000001\" ebx=\"0x756e6547\" ecx=\"0x6c65746e\" "
          "edx=\"0x49656e69\"/>\n"
          "  <cpuid eax_in=\"0x00000001\" ecx_in=\"0x00\" "
          "eax=\"0x00050657\" ebx=\"0x00000800\" ecx=\"0x00002001\" "
          "edx=\"0x078bfbff\"/>\n", NULL },
    };

    cli_check(&rows[0]);
}
END_TEST

/* What is added and what goes, in the text of a whole policy. */
START_TEST(cli_show_signs_tell_what_goes_and_what_comes)
{
    static const struct cli_row rows[] = {
        { "show host-default --from zen3 --notes none --cmdline "
          "cpuid=no-smep", 0, "\nhost-default, from host-max\n"
          "    cpuid= on the command line opts out (smep) [cmdline-out]\n"
          "      -smep\n", NULL },
        { "show host-max --from zen3 --notes none", 0,
          "[host-lfence-dispatch]\n      +lfence-dispatch\n", NULL },
        { "show hvm-max --from zen3 --notes none", 0,
          "[guest-hypervisor]\n      +hypervisor\n", NULL },
    };

    cli_check(&rows[_i]);
}
END_TEST

/* ---- JSON ------------------------------------------------------------- */

static const struct json_row {
    const char *arguments;
    int status;
    const char *out;
} jsons[] = {
    { "diff host-max host-default --from zen3 --notes none -o json "
      "--cmdline cpuid=no-smep", 1,
      "{\"source\":\"zen3\",\"from\":\"host-max\",\"to\":\"host-default\","
      "\"differences\":[{\"leaf\":\"0x7\",\"subleaf\":\"0x0\","
      "\"register\":\"ebx\",\"bits\":\"7\",\"name\":\"smep\","
      "\"kind\":\"feature\",\"before\":\"0x1\",\"after\":\"0x0\","
      "\"policy\":\"host-default\",\"rule\":\"cmdline-out\","
      "\"reason\":\"cpuid= on the command line opts out\","
      "\"because\":\"smep\"}]}" },
    { "diff raw raw --from zen3 --notes none -o json", 0,
      "{\"source\":\"zen3\",\"from\":\"raw\",\"to\":\"raw\","
      "\"differences\":[]}" },
    { "template verify -t t.json --from zen3 --policy raw -o json", 1,
      "{\"template\":\"t.json\",\"from\":\"zen3\",\"matches\":false,"
      "\"mismatches\":["
      "{\"leaf\":\"0x1\",\"subleaf\":\"0x0\",\"flags\":0,"
      "\"register\":\"eax\","
      "\"template\":\"0b00000000000000000000000001010000\","
      "\"configuration\":\"0b00000000000000000000000000010000\","
      "\"fields\":[{\"name\":\"model\",\"bits\":\"7:4\","
      "\"template\":\"0x5\",\"configuration\":\"0x1\"}]},"
      "{\"leaf\":\"0x1\",\"subleaf\":\"0x0\",\"flags\":0,"
      "\"register\":\"ecx\","
      "\"template\":\"0b00000000000000000000000000000000\","
      "\"configuration\":\"0b00000000000000000000000000000011\","
      "\"fields\":[{\"name\":\"sse3\",\"bits\":\"0\","
      "\"template\":\"0x0\",\"configuration\":\"0x1\"},"
      "{\"name\":\"pclmulqdq\",\"bits\":\"1\","
      "\"template\":\"0x0\",\"configuration\":\"0x1\"}]},"
      "{\"msr\":\"0x10a\",\"missing\":true}]}" },
    { "explain smep --policy host-default --from zen3 -o json --cmdline "
      "cpuid=no-smep", 0,
      "{\"smep\":{\"policies\":{\"raw\":{\"present\":true},"
      "\"host-max\":{\"present\":true},"
      "\"host-default\":{\"present\":false,"
      "\"change\":{\"rule\":\"cmdline-out\","
      "\"reason\":\"cpuid= on the command line opts out\"}}}}}" },
};

START_TEST(cli_json_is_exactly_as_typed)
{
    const struct json_row *row = &jsons[_i];
    struct cli_result r = cli_run(row->arguments);
    struct json_object *is, *want = json_tokener_parse(row->out);

    ck_assert_msg(want, "%s: what is wanted is no JSON", row->arguments);
    ck_assert_msg(r.status == row->status, "%s: %d, %s", row->arguments,
                  r.status, r.err);
    is = json_tokener_parse(r.out);
    ck_assert_msg(json_object_equal(is, want), "%s: %s", row->arguments,
                  r.out);
    json_object_put(is);
    json_object_put(want);
    cli_dispose(&r);
}
END_TEST

/* ---- status, and what is left ----------------------------------------- */

static char *domain_now(void)
{
    struct cli_result r = cli_run("domain get 1 -o leaves --state s "
                                  "--from zen3 --notes none");
    char *text = strdup(r.out);

    ck_assert_msg(!r.status && text && *text, "%s", r.err);
    cli_dispose(&r);

    return text;
}

/* Hardware is not what a guest can have: rejected, and nothing changes. */
START_TEST(cli_rejected_set_is_status_1_and_leaves_the_domain)
{
    struct cli_result r = cli_run("domain create g.cfg --state s "
                                  "--from zen3 --notes none");
    char *before, *after;

    ck_assert_msg(!r.status, "%s", r.err);
    cli_dispose(&r);
    before = domain_now();
    r = cli_run("show raw -o leaves --from zen3 --notes none > raw.txt");
    ck_assert_int_eq(r.status, 0);
    cli_dispose(&r);

    r = cli_run("domain set 1 raw.txt --state s --from zen3 --notes none "
                "-o json");
    ck_assert_msg(r.status == 1, "%d: %s%s", r.status, r.out, r.err);
    ck_assert_msg(strstr(r.out, "\"accepted\": false") &&
                  strstr(r.out, "\"pqm\""), "%s", r.out);
    cli_dispose(&r);
    after = domain_now();
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
}
END_TEST

/* Names that no table has room for are unknown, not a crash. */
static const unsigned int lengths[] = { 1, 30, 63, 64, 65, 300, 4000, 100000 };

START_TEST(cli_explain_of_long_name_is_refused)
{
    unsigned int nr = lengths[_i];
    char *name = malloc(nr + 1);
    const char *const arguments[] = {
        "explain", name, "--from", "zen3", "--notes", "none", NULL
    };
    struct cli_result r;

    ck_assert_ptr_nonnull(name);
    memset(name, 'q', nr);
    name[nr] = '\0';
    r = cli_run_args(arguments);
    ck_assert_msg(r.status == 2 && !*r.out && strchr(r.err, 'q'),
                  "%u: %d, %.200s", nr, r.status, r.err);
    cli_dispose(&r);
    free(name);
}
END_TEST

Suite *suite_cli_exact(void)
{
    Suite *s = suite_create("cli-exact");
    TCase *t = tcase_create("output");

    tcase_add_checked_fixture(t, setup, cli_leave);
    tcase_add_loop_test(t, cli_text_is_exactly_as_typed, 0,
                        sizeof(texts) / sizeof(texts[0]));
    tcase_add_test(t, cli_show_xml_row_is_exactly_as_typed);
    tcase_add_loop_test(t, cli_show_signs_tell_what_goes_and_what_comes, 0,
                        3);
    tcase_add_loop_test(t, cli_json_is_exactly_as_typed, 0,
                        sizeof(jsons) / sizeof(jsons[0]));
    tcase_add_test(t, cli_rejected_set_is_status_1_and_leaves_the_domain);
    tcase_add_loop_test(t, cli_explain_of_long_name_is_refused, 0,
                        sizeof(lengths) / sizeof(lengths[0]));
    suite_add_tcase(s, t);

    return s;
}
