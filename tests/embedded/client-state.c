/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One program after another, with CPUPOLICY_EMBEDDED_STATE. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"

/* Run in a process that has not seen the hypervisor yet. */
static int in_process(int (*fn)(const void *arg), const void *arg)
{
    int status;
    pid_t pid = fork();

    ck_assert_int_ge(pid, 0);
    if ( !pid )
    {
        xch = xc_interface_open(NULL, NULL, 0);
        _exit(xch ? fn(arg) : 99);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);

    return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

static int do_create(const void *arg)
{
    uint32_t domid = 0;

    (void)arg;

    return create(0, &domid) ? 97 : (int)domid;
}

static int do_clear_cx16(const void *arg)
{
    struct rows r;
    struct place where;

    get_domain(*(const uint32_t *)arg, &r);
    row(&r, 1, NOWHERE)->c &= ~(1u << 13);

    return -set(*(const uint32_t *)arg, &r, &where);
}

static int do_has_cx16(const void *arg)
{
    struct rows r;

    get_domain(*(const uint32_t *)arg, &r);

    return !!(row(&r, 1, NOWHERE)->c & (1u << 13));
}

static int do_unpause(const void *arg)
{
    return xc_domain_unpause(xch, *(const uint32_t *)arg) ? errno : 0;
}

static char state_file[] = "/tmp/xen-embedded.XXXXXX";

static void make_state(void)
{
    int fd = mkstemp(state_file);

    ck_assert_int_ge(fd, 0);
    close(fd);
    setenv("CPUPOLICY_EMBEDDED_STATE", state_file, 1);
}

static void remove_state(void)
{
    unlink(state_file);
}

START_TEST(state_file_carries_domains_between_programs)
{
    uint32_t first, second;

    make_state();
    first = in_process(do_create, NULL);
    second = in_process(do_create, NULL);
    ck_assert_uint_eq(first, 1);
    ck_assert_uint_eq(second, 2);
    ck_assert_int_eq(in_process(do_clear_cx16, &first), 0);
    ck_assert_int_eq(in_process(do_has_cx16, &first), 0);
    ck_assert_int_eq(in_process(do_has_cx16, &second), 1);
    ck_assert_int_eq(in_process(do_unpause, &first), 0);
    ck_assert_int_eq(in_process(do_clear_cx16, &first), EEXIST);
    ck_assert_int_eq(in_process(do_clear_cx16, &second), 0);
    remove_state();
}
END_TEST

START_TEST(state_file_damaged_is_an_error)
{
    uint32_t domid;
    FILE *f;

    make_state();
    domid = in_process(do_create, NULL);
    f = fopen(state_file, "r+");
    ck_assert(f && !fseek(f, 30, SEEK_SET));
    ck_assert_int_eq(fputc(0xff, f), 0xff);
    ck_assert_int_eq(fclose(f), 0);
    ck_assert_int_eq(in_process(do_unpause, &domid), EIO);
    ck_assert_int_eq(truncate(state_file, 5), 0);
    ck_assert_int_eq(in_process(do_unpause, &domid), EIO);
    remove_state();
}
END_TEST

TCase *client_state(void)
{
    TCase *tc = tcase_create("state");

    tcase_add_test(tc, state_file_carries_domains_between_programs);
    tcase_add_test(tc, state_file_damaged_is_an_error);

    return tc;
}
