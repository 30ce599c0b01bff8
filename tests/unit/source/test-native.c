/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading the machine at hand, on a kernel made up for the test: which CPUs
 * there are, and which of their MSRs can be read.
 */
#include <check.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli-run.h"
#include "source/source.h"

Suite *suite_native(void);

int __real_sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set);
int __real_sched_setaffinity(pid_t pid, size_t size, const cpu_set_t *set);
int __wrap_sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set);
int __wrap_sched_setaffinity(pid_t pid, size_t size, const cpu_set_t *set);

static struct {
    bool on;
    size_t nr_bits;             /* a kernel built for so many CPUs */
    unsigned int cpus[4], nr_cpus;
    unsigned int barred;        /* cannot be run on; 0: none */
    int code;                   /* getaffinity fails with this */
    /* What was asked for last. */
    unsigned int nr_set, first_set;
} kernel;

int __wrap_sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set)
{
    if ( !kernel.on )
        return __real_sched_getaffinity(pid, size, set);
    if ( kernel.code || size * 8 < kernel.nr_bits )
    {
        errno = kernel.code ? kernel.code : EINVAL;
        return -1;
    }

    CPU_ZERO_S(size, set);
    for ( unsigned int i = 0; i < kernel.nr_cpus; i++ )
        CPU_SET_S(kernel.cpus[i], size, set);

    return 0;
}

int __wrap_sched_setaffinity(pid_t pid, size_t size, const cpu_set_t *set)
{
    if ( !kernel.on )
        return __real_sched_setaffinity(pid, size, set);
    if ( kernel.barred && CPU_COUNT_S(size, set) == 1 &&
         CPU_ISSET_S(kernel.barred, size, set) )
    {
        errno = EINVAL;
        return -1;
    }

    kernel.nr_set = CPU_COUNT_S(size, set);
    kernel.first_set = 0;
    while ( !CPU_ISSET_S(kernel.first_set, size, set) )
        kernel.first_set++;

    return 0;
}

/* Fixture: CPUs 0 and 1500 of a kernel built for 2048, no MSRs. */
static void setup(void)
{
    cli_enter();
    memset(&kernel, 0, sizeof(kernel));
    kernel.nr_bits = 2048;
    kernel.cpus[0] = 0;
    kernel.cpus[1] = 1500;
    kernel.nr_cpus = 2;
    kernel.on = true;
}

static void teardown(void)
{
    kernel.on = false;
    cli_leave();
}

static int read_it(struct dump *d, cpupolicy_error *err)
{
    memset(d, 0, sizeof(*d));

    return native_dump_from(".", d, err);
}

static void read_well(struct dump *d)
{
    cpupolicy_error err;

    ck_assert_msg(!read_it(d, &err), "%s", err.message);
}

static const char *find_note(const struct dump *d, const char *part)
{
    for ( size_t i = 0; i < d->nr_notes; i++ )
        if ( strstr(d->notes[i], part) )
            return d->notes[i];

    return NULL;
}

/* Bytes of 0x01 as far as any MSR's index goes, and no fault in them. */
static void make_msrs(unsigned int cpu)
{
    char name[32], bytes[0x1000];
    FILE *f;

    snprintf(name, sizeof(name), "%u", cpu);
    ck_assert_int_eq(mkdir(name, 0700), 0);
    strcat(name, "/msr");
    memset(bytes, 1, sizeof(bytes));
    f = fopen(name, "w");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(bytes, sizeof(bytes), 1, f), 1);
    ck_assert_int_eq(fclose(f), 0);
}

START_TEST(native_dump_cpus_above_1024_are_read)
{
    struct dump d;

    read_well(&d);
    ck_assert_uint_eq(d.sections[0].nr_cpus, 2);
    ck_assert_uint_eq(d.sections[0].cpus[0].id, 0);
    ck_assert_uint_eq(d.sections[0].cpus[1].id, 1500);
    ck_assert_ptr_nonnull(dump_find_plain_leaf(&d.sections[0].cpus[1], 0));
    ck_assert_msg(kernel.nr_set == 2 && kernel.first_set == 0,
                  "left on %u CPUs, the first %u", kernel.nr_set,
                  kernel.first_set);
    dump_dispose(&d);
}
END_TEST

START_TEST(native_dump_cpu_that_cannot_be_visited_is_noted)
{
    struct dump d;

    kernel.barred = 1500;
    read_well(&d);
    ck_assert_uint_eq(d.sections[0].nr_cpus, 1);
    ck_assert_ptr_nonnull(find_note(&d, "1 CPUs could not be visited"));
    dump_dispose(&d);
}
END_TEST

START_TEST(native_dump_kernel_without_an_answer_is_an_error)
{
    static const int codes[] = { EPERM, EINVAL };
    cpupolicy_error err;
    struct dump d;

    kernel.code = codes[_i];
    ck_assert_int_eq(read_it(&d, &err), -codes[_i]);
    ck_assert_ptr_nonnull(strstr(err.message, "cannot ask for CPUs"));
    kernel.on = false;
}
END_TEST

/* ---- MSRs -------------------------------------------------------------- */

static const struct {
    const char *name;
    bool on_0, on_1500;
    const char *note;           /* NULL: none of MSRs */
} msrs[] = {
    { "readable", true, true, NULL },
    { "not on the second", true, false,
      "MSRs of 1 of 2 CPUs cannot be read (./1500/msr: No such file" },
    { "not on the first", false, true,
      "MSRs of 1 of 2 CPUs cannot be read (./0/msr: No such file" },
    { "nowhere", false, false,
      "MSRs of 2 of 2 CPUs cannot be read (./0/msr: No such file" },
};

START_TEST(native_dump_msrs_are_read_or_noted)
{
    struct dump d;

    if ( msrs[_i].on_0 )
        make_msrs(0);
    if ( msrs[_i].on_1500 )
        make_msrs(1500);
    read_well(&d);

    for ( unsigned int i = 0; i < 2; i++ )
    {
        const struct dump_msr *m = dump_find_msr(&d.sections[0].cpus[i],
                                                 0x10a);

        ck_assert_msg(!!m == (i ? msrs[_i].on_1500 : msrs[_i].on_0),
                      "%s: MSR of CPU %u", msrs[_i].name, i);
        ck_assert_msg(!m || m->value == 0x0101010101010101,
                      "%s: value of CPU %u", msrs[_i].name, i);
    }
    ck_assert_msg(!!find_note(&d, msrs[_i].note ? msrs[_i].note : "MSRs") ==
                  !!msrs[_i].note, "%s: %s", msrs[_i].name,
                  d.nr_notes ? d.notes[0] : "no note");
    dump_dispose(&d);
}
END_TEST

/* A file in whose place a folder stands can be opened, and not read. */
START_TEST(native_dump_msrs_that_open_and_cannot_be_read_are_noted)
{
    struct dump d;

    make_msrs(0);
    ck_assert_int_eq(mkdir("1500", 0700), 0);
    ck_assert_int_eq(mkdir("1500/msr", 0700), 0);
    read_well(&d);
    ck_assert_uint_eq(d.sections[0].cpus[1].nr_msrs, 0);
    ck_assert_ptr_nonnull(find_note(&d, "MSRs of 1 of 2 CPUs cannot be read "
                                    "(./1500/msr: Is a directory"));
    dump_dispose(&d);
}
END_TEST

Suite *suite_native(void)
{
    Suite *s = suite_create("native");
    TCase *tc = tcase_create("CPUs");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, native_dump_cpus_above_1024_are_read);
    tcase_add_test(tc, native_dump_cpu_that_cannot_be_visited_is_noted);
    tcase_add_loop_test(tc, native_dump_kernel_without_an_answer_is_an_error,
                        0, 2);
    suite_add_tcase(s, tc);

    tc = tcase_create("MSRs");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, native_dump_msrs_are_read_or_noted, 0,
                        sizeof(msrs) / sizeof(msrs[0]));
    tcase_add_test(tc,
                   native_dump_msrs_that_open_and_cannot_be_read_are_noted);
    suite_add_tcase(s, tc);

    return s;
}
