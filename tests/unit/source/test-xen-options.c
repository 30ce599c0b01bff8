/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A running Xen's command line in terms of the core's options. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "cpupolicy.h"
#include "source/xen-options.h"

Suite *suite_xen_options(void);

/* "cpuid=", this and "no-avx2" are the 127 bytes that Xen keeps. */
#define MANY_NX   "no-nx,no-nx,no-nx,no-nx,no-nx,no-nx,no-nx,no-nx,no-nx,"\
                  "no-nx,no-nx,no-nx,no-nx,no-nx,no-nx,no-nx,no-nx,no-nx,"\
                  "no-nx,"
#define ONE_NX   " cpuid=no-nx"
#define SIX_NX  ONE_NX ONE_NX ONE_NX ONE_NX ONE_NX ONE_NX

static const struct row {
    const char *name, *xen, *cmdline, *platform;
} rows[] = {
    { "nothing", "", "", "" },
    { "other options", "console=com1 dom0_mem=384M,max:384M ", "", "" },
    { "a list", "cpuid=no-avx,no-sse3", " cpuid=no-avx cpuid=no-sse3", "" },
    { "bad elements are skipped", "cpuid=no-avx2,nonsense,,no-bmi2=1,no-adx",
      " cpuid=no-avx2 cpuid=no-adx", "" },
    { "Xen turns nothing on", "cpuid=no-avx2 cpuid=avx2,adx=yes",
      " cpuid=no-avx2", "" },
    { "off by value", "cpuid=avx=0,adx=disable",
      " cpuid=avx=0 cpuid=adx=disable", "" },
    { "but RDRAND", "cpuid=rdrand", " cpuid=rdrand", "" },
    { "guest is a word of ours", "cpuid=avx=guest", "", "" },
    { "dom0's list works both ways", "dom0-cpuid=itsc,no-avx",
      " dom0-cpuid=itsc dom0-cpuid=no-avx", "" },
    { "cut at 127 bytes", "cpuid=" MANY_NX "no-avx2,no-adx",
      SIX_NX SIX_NX SIX_NX ONE_NX " cpuid=no-avx2", "" },
    { "options that take features", "xsave=0 smep=off no-smap",
      " cpuid=no-xsave cpuid=no-smep cpuid=no-smap", "" },
    { "smep for guests only", "smep=hvm xsave=1", "", "" },
    { "TSX off", "tsx=0", "", "tsx=no" },
    { "SPEC_CTRL not for guests", "spec-ctrl=msr-sc=no,ibrs=0", "",
      "spec-ctrl-pv=no,spec-ctrl-hvm=no" },
    { "no mitigations", "spec-ctrl=no tsx=0", "",
      "gds-mit=no,virt-spec-ctrl=no,spec-ctrl-pv=no,spec-ctrl-hvm=no,"
      "tsx=no" },
};

START_TEST(translate_command_line_gives_our_options)
{
    const struct row *r = &rows[_i];
    char *cmdline, *platform;

    ck_assert_msg(!xen_options_translate(r->xen, &cmdline, &platform),
                  "%s", r->name);
    ck_assert_msg(!cpupolicy_cmdline_check(cmdline, NULL, NULL, NULL),
                  "%s: '%s' is not understood", r->name, cmdline);
    ck_assert_msg(!cpupolicy_platform_check(platform, NULL),
                  "%s: '%s' is not understood", r->name, platform);
    ck_assert_msg(!strcmp(cmdline, r->cmdline), "%s: '%s', not '%s'",
                  r->name, cmdline, r->cmdline);
    ck_assert_msg(!strcmp(platform, r->platform), "%s: '%s', not '%s'",
                  r->name, platform, r->platform);
    free(cmdline);
    free(platform);
}
END_TEST

Suite *suite_xen_options(void)
{
    Suite *s = suite_create("xen-options");
    TCase *tc = tcase_create("rows");

    tcase_add_loop_test(tc, translate_command_line_gives_our_options, 0,
                        sizeof(rows) / sizeof(rows[0]));
    suite_add_tcase(s, tc);

    return s;
}
