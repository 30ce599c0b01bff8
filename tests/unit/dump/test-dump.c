/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dumps: builders, look-ups, finding the format, loading, errors. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dump-text.h"

Suite *suite_dump(void);

#define NR(rows) (sizeof(rows) / sizeof(rows[0]))

START_TEST(error_set_message_too_long_ends_in_dots)
{
    char text[1000];
    cpupolicy_error err = { .column = 7 };

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    ck_assert_int_eq(cpupolicy_error_set(&err, EINVAL, 3, "%s", text),
                     -EINVAL);
    ck_assert_int_eq(err.code, EINVAL);
    ck_assert_uint_eq(err.line, 3);
    ck_assert_uint_eq(err.column, 0);
    ck_assert_uint_eq(strlen(err.message), sizeof(err.message) - 1);
    ck_assert_str_eq(err.message + sizeof(err.message) - 5, "x...");
}
END_TEST

START_TEST(error_set_message_that_just_fits_is_whole)
{
    char text[sizeof(((cpupolicy_error *)NULL)->message)];
    cpupolicy_error err;

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    cpupolicy_error_set(&err, EINVAL, 0, "%s", text);
    ck_assert_str_eq(err.message, text);
}
END_TEST

START_TEST(error_set_null_returns_code)
{
    ck_assert_int_eq(cpupolicy_error_set(NULL, ERANGE, 3, "x"), -ERANGE);
}
END_TEST

START_TEST(builders_beyond_bound_e2big)
{
    struct dump_leaf leaf = { .leaf = 1 };
    struct dump_msr msr = { .index = 1 };
    struct dump_section s = { .nr_cpus = 0 };
    struct dump d = { .nr_sections = 0 };
    struct dump_cpu c = { .nr_leaves = 0 };
    cpupolicy_error err = { .code = 0 };
    char name[32];

    for ( unsigned int i = 0; i < DUMP_MAX_ROWS; i++ )
        ck_assert_int_eq(dump_add_leaf(&c, &leaf, &err), 0);
    ck_assert_int_eq(dump_add_leaf(&c, &leaf, &err), -E2BIG);
    ck_assert_str_eq(err.message, "more than 4096 CPUID rows for one CPU");
    ck_assert_uint_eq(c.nr_leaves, DUMP_MAX_ROWS);

    for ( unsigned int i = 0; i < DUMP_MAX_MSRS; i++ )
        ck_assert_int_eq(dump_add_msr(&c, &msr, &err), 0);
    ck_assert_int_eq(dump_add_msr(&c, &msr, &err), -E2BIG);

    for ( unsigned int i = 0; i < DUMP_MAX_CPUS; i++ )
        ck_assert_ptr_nonnull(dump_add_cpu(&s, i, &err));
    ck_assert_ptr_null(dump_add_cpu(&s, 0, &err));
    ck_assert_int_eq(err.code, E2BIG);

    for ( unsigned int i = 0; i < DUMP_MAX_SECTIONS; i++ )
    {
        snprintf(name, sizeof(name), "p%u", i);
        ck_assert_ptr_nonnull(dump_add_section(&d, name, &err));
    }
    err.code = 0;
    ck_assert_ptr_null(dump_add_section(&d, "more", &err));
    ck_assert_int_eq(err.code, E2BIG);

    for ( unsigned int i = 0; i < DUMP_MAX_NOTES; i++ )
        ck_assert_int_eq(dump_add_note(&d, &err, "note %u", i), 0);
    ck_assert_int_eq(dump_add_note(&d, &err, "more"), -E2BIG);
    ck_assert_str_eq(d.notes[63], "note 63");

    free(c.leaves);
    free(c.msrs);
    free(s.cpus);
    dump_dispose(&d);
}
END_TEST

START_TEST(add_section_name_long_or_taken_einval)
{
    struct dump d = { .nr_sections = 0 };
    cpupolicy_error err = { .code = 0 };

    ck_assert_ptr_nonnull(
        dump_add_section(&d, "1234567890123456789012345678901", &err));
    ck_assert_ptr_null(
        dump_add_section(&d, "12345678901234567890123456789012", &err));
    ck_assert_int_eq(err.code, EINVAL);

    ck_assert_ptr_nonnull(dump_add_section(&d, "", &err));
    err.code = 0;
    ck_assert_ptr_null(dump_add_section(&d, "", &err));
    ck_assert_int_eq(err.code, EINVAL);
    ck_assert_uint_eq(d.nr_sections, 2);
    ck_assert_ptr_eq(dump_find_section(&d, ""), &d.sections[1]);
    ck_assert_ptr_null(dump_find_section(&d, "raw"));
    dump_dispose(&d);
}
END_TEST

START_TEST(add_note_too_long_e2big)
{
    struct dump d = { .nr_notes = 0 };
    char text[600];

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    ck_assert_int_eq(dump_add_note(&d, NULL, "%s", text), -E2BIG);
    ck_assert_uint_eq(d.nr_notes, 0);
    dump_dispose(&d);
}
END_TEST

START_TEST(find_leaf_range_and_plain_matched)
{
    static const struct dump_leaf rows[] = {
        { .leaf = 1, .subleaf = DUMP_NO_SUBLEAF },
        { .leaf = 2, .subleaf = 0 },
        { .leaf = 4, .subleaf = 0 },
        { .leaf = 4, .subleaf = 3, .last_subleaf = 0xffffffff },
        { .leaf = 7, .subleaf = 1, .last_subleaf = 2 },
    };
    struct dump_cpu c = { .nr_leaves = 0 };

    for ( unsigned int i = 0; i < NR(rows); i++ )
        ck_assert_int_eq(dump_add_leaf(&c, &rows[i], NULL), 0);

    ck_assert_ptr_eq(dump_find_leaf(&c, 1, DUMP_NO_SUBLEAF), &c.leaves[0]);
    ck_assert_ptr_null(dump_find_leaf(&c, 1, 0));
    ck_assert_ptr_eq(dump_find_plain_leaf(&c, 1), &c.leaves[0]);
    ck_assert_ptr_null(dump_find_leaf(&c, 2, DUMP_NO_SUBLEAF));
    ck_assert_ptr_eq(dump_find_plain_leaf(&c, 2), &c.leaves[1]);
    ck_assert_ptr_null(dump_find_plain_leaf(&c, 3));
    ck_assert_ptr_null(dump_find_leaf(&c, 4, 1));
    ck_assert_ptr_eq(dump_find_leaf(&c, 4, 3), &c.leaves[3]);
    ck_assert_ptr_eq(dump_find_leaf(&c, 4, 0xfffffffe), &c.leaves[3]);
    ck_assert_ptr_null(dump_find_leaf(&c, 4, DUMP_NO_SUBLEAF));
    ck_assert_ptr_eq(dump_find_leaf(&c, 7, 2), &c.leaves[4]);
    ck_assert_ptr_null(dump_find_leaf(&c, 7, 3));
    ck_assert_ptr_null(dump_find_leaf(&c, 7, 0));
    free(c.leaves);
}
END_TEST

START_TEST(find_msr_exact_matched)
{
    static const struct dump_msr rows[] = { { .index = 0xce },
                                            { .index = 0x10a } };
    struct dump_cpu c = { .nr_msrs = 0 };

    for ( unsigned int i = 0; i < NR(rows); i++ )
        ck_assert_int_eq(dump_add_msr(&c, &rows[i], NULL), 0);
    ck_assert_ptr_eq(dump_find_msr(&c, 0x10a), &c.msrs[1]);
    ck_assert_ptr_null(dump_find_msr(&c, 0x10b));
    free(c.msrs);
}
END_TEST

START_TEST(dispose_null_and_empty_no_harm)
{
    struct dump d = { .format = NULL };

    dump_dispose(NULL);
    dump_dispose(&d);
    dump_dispose(&d);
}
END_TEST

/* What no format takes, and where it says so. */
static const struct {
    const char *name, *bytes;
    size_t nr;
    unsigned int line, column;
    const char *message;
} unknown[] = {
    { "empty", "", 0, 0, 0, "empty input" },
    { "byte order mark only", "\xef\xbb\xbf", 3, 0, 0, "empty input" },
    { "text", "hello\n", 6, 0, 0, "not any of xl-cpupolicy's own JSON" },
    { "JSON of others", "{\"return\":{}}", 13, 0, 0, "unknown format" },
    { "XML of others", "<cpu/>", 6, 0, 0, "hwloc cpuid text" },
    { "binary", "BZh9\n1\0", 7, 2, 2, "binary data: a zero byte: not any" },
    { "comma-separated", "0x10,0x5\n0xc1,0x0\n", 18, 0, 0, "unknown" },
};

START_TEST(dump_parse_unknown_bytes_enoent)
{
    struct dump_input in = { unknown[_i].bytes, unknown[_i].nr };
    struct dump d, untouched;
    cpupolicy_error err;
    int rc;

    memset(&d, 0xaa, sizeof(d));
    untouched = d;
    rc = dump_parse(&in, &d, &err);
    ck_assert_msg(rc == -ENOENT && err.code == ENOENT, "%s: rc %d",
                  unknown[_i].name, rc);
    ck_assert_msg(strstr(err.message, unknown[_i].message), "%s: %s",
                  unknown[_i].name, err.message);
    ck_assert_msg(err.line == unknown[_i].line &&
                  err.column == unknown[_i].column, "%s: %u:%u",
                  unknown[_i].name, err.line, err.column);
    ck_assert(!memcmp(&d, &untouched, sizeof(d)));
    ck_assert_int_eq(dump_parse(&in, &d, NULL), -ENOENT);
}
END_TEST

START_TEST(dump_parse_unknown_message_is_whole)
{
    struct dump_input in = { "x\0", 2 };
    struct dump d;
    cpupolicy_error err;

    ck_assert_int_eq(dump_parse(&in, &d, &err), -ENOENT);
    for ( size_t i = 0; i < nr_dump_formats; i++ )
        ck_assert_msg(strstr(err.message, dump_formats[i]->title), "%s",
                      dump_formats[i]->name);
}
END_TEST

START_TEST(dump_parse_zero_byte_refused_with_place)
{
    static const char text[] =
        "CPU 0:\n   0x00000000 0x00: eax=0x0000\0000001\n";
    struct dump_input in = { text, sizeof(text) - 1 };
    struct dump d;
    cpupolicy_error err;

    ck_assert_int_eq(dump_parse(&in, &d, &err), -EINVAL);
    ck_assert_uint_eq(err.line, 2);
    ck_assert_uint_eq(err.column, 31);
    ck_assert_str_eq(err.message, "binary data: a zero byte");
}
END_TEST

START_TEST(dump_parse_too_many_bytes_e2big)
{
    struct dump_input in = { "x", (size_t)DUMP_MAX_BYTES + 1 };
    struct dump d;

    /* Told by the number alone: there are no such bytes to read. */
    ck_assert_int_eq(dump_parse(&in, &d, NULL), -E2BIG);
    ck_assert_int_eq(dump_parse_as(dump_formats[0], &in, &d, NULL), -E2BIG);
}
END_TEST

START_TEST(dump_parse_as_empty_input_einval)
{
    struct dump_input in = { "", 0 };
    struct dump d;

    for ( size_t i = 0; i < nr_dump_formats; i++ )
        ck_assert_int_eq(dump_parse_as(dump_formats[i], &in, &d, NULL),
                         -EINVAL);
}
END_TEST

START_TEST(dump_formats_names_and_titles_unique)
{
    for ( size_t i = 0; i < nr_dump_formats; i++ )
        for ( size_t j = 0; j < i; j++ )
        {
            ck_assert_str_ne(dump_formats[i]->name, dump_formats[j]->name);
            ck_assert_str_ne(dump_formats[i]->title, dump_formats[j]->title);
        }
}
END_TEST

START_TEST(dump_load_unreadable_paths_errno)
{
    struct dump d;
    cpupolicy_error err;

    ck_assert_int_eq(dump_load("/nonexistent/dump", &d, &err), -ENOENT);
    ck_assert_str_eq(err.message, "No such file or directory");
    ck_assert_int_eq(dump_load("/", &d, &err), -EISDIR);
    ck_assert_str_eq(err.message, "Is a directory");
    ck_assert_int_eq(dump_load("/", &d, NULL), -EISDIR);
    ck_assert_int_eq(dump_load("/dev/zero", &d, &err), -E2BIG);
}
END_TEST

START_TEST(dump_load_dash_reads_stdin)
{
    static const char text[] = "1 0 0 0 0 => 1 2 3 4\n";
    struct dump d;
    cpupolicy_error err = { .code = 0 };
    int fds[2];

    ck_assert_int_eq(pipe(fds), 0);
    ck_assert_int_eq(write(fds[1], text, sizeof(text) - 1),
                     (int)sizeof(text) - 1);
    close(fds[1]);
    ck_assert_int_eq(dup2(fds[0], STDIN_FILENO), STDIN_FILENO);
    close(fds[0]);

    ck_assert_msg(!dump_load("-", &d, &err), "%s", err.message);
    ck_assert_str_eq(d.format, "hwloc");
    ck_assert_uint_eq(d.sections[0].cpus[0].leaves[0].reg[3], 4);
    dump_dispose(&d);
}
END_TEST

Suite *suite_dump(void)
{
    Suite *s = suite_create("dump");
    TCase *tc = tcase_create("dump");

    tcase_add_test(tc, error_set_message_too_long_ends_in_dots);
    tcase_add_test(tc, error_set_message_that_just_fits_is_whole);
    tcase_add_test(tc, error_set_null_returns_code);
    tcase_add_test(tc, builders_beyond_bound_e2big);
    tcase_add_test(tc, add_section_name_long_or_taken_einval);
    tcase_add_test(tc, add_note_too_long_e2big);
    tcase_add_test(tc, find_leaf_range_and_plain_matched);
    tcase_add_test(tc, find_msr_exact_matched);
    tcase_add_test(tc, dispose_null_and_empty_no_harm);
    tcase_add_loop_test(tc, dump_parse_unknown_bytes_enoent, 0, NR(unknown));
    tcase_add_test(tc, dump_parse_unknown_message_is_whole);
    tcase_add_test(tc, dump_parse_zero_byte_refused_with_place);
    tcase_add_test(tc, dump_parse_too_many_bytes_e2big);
    tcase_add_test(tc, dump_parse_as_empty_input_einval);
    tcase_add_test(tc, dump_formats_names_and_titles_unique);
    tcase_add_test(tc, dump_load_unreadable_paths_errno);
    tcase_add_test(tc, dump_load_dash_reads_stdin);
    suite_add_tcase(s, tc);

    return s;
}
