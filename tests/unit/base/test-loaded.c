/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Libraries that are loaded when needed, and hosts that lack them. */
#include <check.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/loaded.h"
#include "cli-run.h"

Suite *suite_loaded(void);

#define REAL(X) X(floor) X(ceil)
LOADED_LIBRARY(real, "libm.so.6", "rounding", REAL);
LOADED_LIBRARY(absent, "libabsent.so.9", "rounding", REAL);

static int no_such_function(void)
{
    return 0;
}

#define LACKING(X) X(floor) X(no_such_function)
LOADED_LIBRARY(lacking, "libm.so.6", "rounding", LACKING);

START_TEST(get_present_library_gives_its_functions)
{
    ck_assert_int_eq(loaded_get(&real_library, NULL), 0);
    ck_assert_int_eq(loaded_get(&real_library, NULL), 0);
    ck_assert(real.floor(1.5) == 1 && real.ceil(1.5) == 2);
}
END_TEST

START_TEST(get_absent_library_names_it)
{
    cpupolicy_error err;

    ck_assert_int_eq(loaded_get(&absent_library, &err), -ELIBACC);
    ck_assert_int_eq(err.code, ELIBACC);
    ck_assert_msg(strstr(err.message, "rounding takes libabsent.so.9: ") ==
                  err.message, "'%s'", err.message);
    ck_assert(!absent_library.ready && !absent.floor && !absent.ceil);
}
END_TEST

START_TEST(get_lacking_library_names_the_function)
{
    cpupolicy_error err;

    ck_assert_int_eq(loaded_get(&lacking_library, &err), -ELIBACC);
    ck_assert_msg(strstr(err.message, "no_such_function"), "'%s'",
                  err.message);
    ck_assert(!lacking_library.ready && !lacking.no_such_function);
    ck_assert_int_eq(no_such_function(), 0);
}
END_TEST

/* What takes which library; a file of that name in its place is no library. */
static const struct host_row {
    const char *name, *soname, *arguments;
    int status;
} hosts[] = {
    { "nothing is loaded to show a dump", NULL, "show --from dump", 0 },
    { "XML is read", SONAME_xml2, "show --from cpu.xml", 3 },
    { "nothing is loaded to write XML", NULL, "show --from dump -o xml", 0 },
    { "a file is unpacked", SONAME_archive, "show --from dump.gz", 3 },
    { "Xen is asked", SONAME_xencall, "show --from xen", 3 },
    { "an xl.cfg is read", "libxlutil.so.4.",
      "domain create guest.cfg --from dump --state s", 3 },
};

/* In the place of a library; of a series, in that of each of its members. */
static void write_instead(const char *soname)
{
    char name[64];

    if ( soname[strlen(soname) - 1] != '.' )
    {
        cli_write(soname, "none", 4);
        return;
    }
    for ( int minor = 0; minor < 100; minor++ )
    {
        snprintf(name, sizeof(name), "%s%d", soname, minor);
        cli_write(name, "none", 4);
    }
}

static void write_inputs(void)
{
    static const char dump[] =
        "CPU 0:\n   0x00000000 0x00: eax=0x00000001 ebx=0x756e6547 "
        "ecx=0x6c65746e edx=0x49656e69\n   0x00000001 0x00: eax=0x00000000 "
        "ebx=0x00000000 ecx=0x00000000 edx=0x00000000\n";

    cli_write("dump", dump, sizeof(dump) - 1);
    cli_write("cpu.xml", "<cpudata arch='x86'/>\n", 22);
    cli_write("dump.gz", "\x1f\x8b\x08\0", 4);
    cli_write("guest.cfg", "type = 'pv'\n", 12);
}

START_TEST(command_without_library_says_which)
{
    const struct host_row *row = &hosts[_i];
    struct cli_result r;

    cli_enter();
    write_inputs();
    for ( size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++ )
        if ( hosts[i].soname &&
             (!row->soname || hosts[i].soname == row->soname) )
            write_instead(hosts[i].soname);
    setenv("LD_LIBRARY_PATH", ".", 1);
    r = cli_run(row->arguments);
    unsetenv("LD_LIBRARY_PATH");

    ck_assert_msg(r.status == row->status, "%s: status %d, '%s'", row->name,
                  r.status, r.err);
    ck_assert_msg(!row->soname ||
                  (!r.nr_out && strstr(r.err, row->soname)),
                  "%s: '%s'", row->name, r.err);
    cli_dispose(&r);
    cli_leave();
}
END_TEST

Suite *suite_loaded(void)
{
    Suite *s = suite_create("loaded");
    TCase *t = tcase_create("get");

    tcase_add_test(t, get_present_library_gives_its_functions);
    tcase_add_test(t, get_absent_library_names_it);
    tcase_add_test(t, get_lacking_library_names_the_function);
    suite_add_tcase(s, t);

    t = tcase_create("command");
    tcase_add_loop_test(t, command_without_library_says_which, 0,
                        sizeof(hosts) / sizeof(hosts[0]));
    suite_add_tcase(s, t);

    return s;
}
