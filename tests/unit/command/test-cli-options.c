/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options given again, and what is said of what is wrong with them. */
#include <check.h>
#include <string.h>

#include "cli-run.h"
#include "machine.h"

Suite *suite_cli_options(void);

static void setup(void)
{
    struct machine m = {
        .maker = INTEL, .signature = 0x806f8,
        .with = "xsave avx avx2 aesni vaes",
    };

    cli_enter();
    cli_write_machine("cpu", &m);
}

/* Boot options accumulate, as they do on a command line; others cannot. */
static const struct cli_row repeated[] = {
    { "diff host-max host-default --from cpu --cmdline cpuid=no-avx2 "
      "--cmdline cpuid=no-aesni", 1, "avx2", NULL },
    { "diff host-max host-default --from cpu --cmdline cpuid=no-avx2 "
      "--cmdline cpuid=no-aesni", 1, "aesni", NULL },
    { "diff host-max host-default --from cpu --cmdline cpuid=no-avx2 "
      "--cmdline cpuid=avx2", 0, NULL, NULL },
    { "show --from cpu --cmdline cpuid=no-avx2 --cmdline cpuid=qqq", 2, NULL,
      "position 7: unknown feature 'qqq'" },
    { "show --from cpu --cmdline cpuid=qqq --cmdline cpuid=no-avx2", 2, NULL,
      "position 7: unknown feature 'qqq'" },
    { "cmdline cpuid=no-aesni --cmdline cpuid=no-avx2 --from cpu", 0,
      "host-default\n    -aesni\n  pv-max", NULL },
    { "cmdline cpuid=no-avx2 --cmdline cpuid=no-avx2 --from cpu", 0,
      "host-default: no change", NULL },
    { "show --from cpu --from other", 2, NULL, "'--from' is given twice" },
    { "show --from=cpu --from=cpu", 2, NULL, "'--from' is given twice" },
    { "show --from cpu --platform hap=no --platform smt=no", 2, NULL,
      "'--platform' is given twice" },
    { "show --from cpu -o json --output text", 2, NULL,
      "'--output' is given twice" },
    { "audit cpu --from cpu --type hvm --type pv", 2, NULL,
      "'--type' is given twice" },
    { "audit cpu --from cpu --type hvm --phys-bits 40 --phys-bits 46", 2,
      NULL, "'--phys-bits' is given twice" },
    { "domain list --from cpu --state a --state b", 2, NULL,
      "'--state' is given twice" },
};

START_TEST(option_given_again_accumulates_or_is_refused)
{
    cli_check(&repeated[_i]);
}
END_TEST

/* What is wrong is named as it was typed, with what was meant beside it. */
static const struct cli_row messages[] = {
    { "cmdline no-cpuid", 2, NULL, "position 1: 'no-cpuid': the option "
      "itself has no negative; cpuid=no-FEATURE takes a feature away" },
    { "cmdline no-cpuid=avx", 2, NULL, "'no-cpuid=avx': the option itself "
      "has no negative" },
    { "cmdline no-dom0-cpuid", 2, NULL, "dom0-cpuid=no-FEATURE takes" },
    { "cmdline cpuid=AVX", 2, NULL,
      "unknown feature 'AVX'; did you mean avx" },
    { "cmdline cpuid=no-Avx512F", 2, NULL,
      "unknown feature 'Avx512F'; did you mean avx512f" },
    { "cmdline cpuid=NO-AVX", 2, NULL, "did you mean no-avx?" },
    { "cmdline cpuid=AVX5I2F", 2, NULL, "did you mean avx512f" },
    { "cmdline 'cpuid=no-avx dom0_cpuid=no-sse3' --from cpu", 0, "valid",
      "note: position 14: 'dom0_cpuid=no-sse3' is no option of CPU policies, "
      "ignored; did you mean dom0-cpuid=?" },
    { "cmdline 'cpuid=no-avx console=com1' --from cpu", 0, "valid",
      "'console=com1' is no option of CPU policies, ignored\n" },
    { "cmdline 'console=com1\tcpuid=no-avx ' --from cpu", 0, "valid",
      "'console=com1' is no option" },
    { "cmdline ''", 1, NULL, "no option of CPU policies, which are" },
    { "cmdline ' '", 1, NULL, "no option of CPU policies, which are" },
    { "cmdline avx", 1, NULL, "did you mean cpuid=avx?" },
    { "cmdline no-avx", 1, NULL, "did you mean cpuid=no-avx?" },
    { "cmdline no-lmsl", 1, NULL, "did you mean cpuid=no-lmsl?" },
    { "cmdline 'CPUID=no-avx'", 1, NULL, "did you mean cpuid=?" },
    { "cmdline 'dom0_cpuid=no-avx'", 1, NULL, "did you mean dom0-cpuid=?" },
    { "cmdline 'console=com1 smt=off'", 1, NULL, "which are cpuid=LIST" },
    { "cmdline avx -o json", 1, "\"valid\": false", "cpuid=avx" },
    { "show --from cpu --cmdline dom0_cpuid=no-avx", 0, "hvm-max",
      "note: --cmdline, position 1: 'dom0_cpuid=no-avx' is no option of CPU "
      "policies, ignored; did you mean dom0-cpuid=?" },
    { "show --from cpu --cmdline CPUID=no-avx", 0, "hvm-max",
      "did you mean cpuid=?" },
    { "show --from cpu --cmdline 'quiet cpuid=no-avx'", 0, "hvm-max",
      "position 1: 'quiet' is no option of CPU policies, ignored\n" },
    { "show --from cpu --cmdline loglvl=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
      "aaaaaaaaaaaaaaaa", 0, "hvm-max", "aaa...' is no option" },
    { "audit - --type hvm --from - < cpu", 2, NULL,
      "standard input cannot be both the source and the request" },
    { "domain set 2 - --state state --from - < cpu", 2, NULL,
      "standard input cannot be both the source and the request" },
    /* A part of an option's name is none: it may be part of another's. */
    { "show --fr cpu", 2, NULL, "no option '--fr'" },
    { "show --fro=cpu", 2, NULL, "no option '--fro=cpu'" },
    { "audit cpu --typ hvm --from cpu", 2, NULL, "no option '--typ'" },
    { "show --hel", 2, NULL, "no option '--hel'" },
    { "domain list --stat state --from cpu", 2, NULL, "no option '--stat'" },
    { "show --help=yes", 2, NULL, "option '--help' takes no value" },
    { "show --type hvm", 2, NULL, "has no option '--type'" },
    { "show --from template", 3, NULL, "template: is a CPU template" },
};

START_TEST(message_of_table_names_what_is_wrong)
{
    static const char template[] = "{\"cpuid_modifiers\":[{\"leaf\":\"0x7\","
        "\"subleaf\":\"0x0\",\"flags\":1,\"modifiers\":[{\"register\":"
        "\"ebx\",\"bitmap\":\"0b1xxxxxxxxxxxxxxxx\"}]}]}";

    cli_write("template", template, strlen(template));
    cli_check(&messages[_i]);
}
END_TEST

Suite *suite_cli_options(void)
{
    Suite *s = suite_create("cli-options");
    TCase *tc = tcase_create("options");

    tcase_add_checked_fixture(tc, setup, cli_leave);
    tcase_add_loop_test(tc, option_given_again_accumulates_or_is_refused, 0,
                        sizeof(repeated) / sizeof(repeated[0]));
    tcase_add_loop_test(tc, message_of_table_names_what_is_wrong, 0,
                        sizeof(messages) / sizeof(messages[0]));
    suite_add_tcase(s, tc);

    return s;
}
