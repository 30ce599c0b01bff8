/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The suites that judge the tables' rows alone: soon built, soon run. */
#include <check.h>

Suite *suite_attributes(void);
Suite *suite_dependency_rows(void);
Suite *suite_kinds(void);

int main(void)
{
    SRunner *runner = srunner_create(suite_attributes());
    int failed;

    srunner_add_suite(runner, suite_dependency_rows());
    srunner_add_suite(runner, suite_kinds());
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);

    return failed ? 1 : 0;
}
