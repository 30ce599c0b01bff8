/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Runs all suites of suites.h, or those named as arguments.  Every case runs
 * in a process of its own (Check's default; CK_FORK=no is for debuggers).
 * What could not run for want of data is counted apart, as skipped.  Exit
 * status: 0 all that ran passed, 1 not all, 2 no such suite.
 */
#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vectors.h"

#define SUITE(name) Suite *suite_##name(void);
#include "suites.h"
#undef SUITE

static const struct {
    const char *name;
    Suite *(*make)(void);
} suites[] = {
#define SUITE(name) { #name, suite_##name },
#include "suites.h"
#undef SUITE
};

#define NR_SUITES (sizeof(suites) / sizeof(suites[0]))

static bool is_suite(const char *name)
{
    for ( size_t i = 0; i < NR_SUITES; i++ )
        if ( !strcmp(name, suites[i].name) )
            return true;

    return false;
}

static bool wanted(const char *name, int argc, char **argv)
{
    for ( int i = 1; i < argc; i++ )
        if ( !strcmp(name, argv[i]) )
            return true;

    return argc == 1;
}

static int list_suites(void)
{
    for ( size_t i = 0; i < NR_SUITES; i++ )
        puts(suites[i].name);

    return 0;
}

int main(int argc, char **argv)
{
    SRunner *runner;
    int nr_failed, nr_run;

    if ( argc == 2 && !strcmp(argv[1], "--list") )
        return list_suites();

    for ( int i = 1; i < argc; i++ )
        if ( !is_suite(argv[i]) )
        {
            fprintf(stderr, "unit: no suite '%s'; see --list\n", argv[i]);
            return 2;
        }

    /* A time-out is for tests that hang, not for machines that are slow. */
    setenv("CK_DEFAULT_TIMEOUT", "300", 0);

    runner = srunner_create(NULL);
    for ( size_t i = 0; i < NR_SUITES; i++ )
        if ( wanted(suites[i].name, argc, argv) )
            srunner_add_suite(runner, suites[i].make());

    srunner_run_all(runner, CK_ENV);
    nr_failed = srunner_ntests_failed(runner);
    nr_run = srunner_ntests_run(runner);
    srunner_free(runner);
    vectors_report(stdout);

    /* Nothing run is nothing proved. */
    return nr_failed || !nr_run ? 1 : 0;
}
