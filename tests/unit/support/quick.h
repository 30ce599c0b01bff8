/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ck_assert_msg() for loops: Check's own writes a mark to a file on every
 * call, which takes most of the time of a million of them.
 */
#ifndef TEST_QUICK_H
#define TEST_QUICK_H

#include <check.h>

#define quick_assert_msg(condition, ...) \
    do { \
        if ( !(condition) ) \
            ck_abort_msg(__VA_ARGS__); \
    } while ( 0 )

#endif /* TEST_QUICK_H */
