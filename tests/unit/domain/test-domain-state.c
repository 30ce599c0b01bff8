/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The file that keeps domains between programs: written whole, or not. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <json-c/json.h>

#include "alloc-fail.h"
#include "cli-run.h"
#include "cpupolicy.h"
#include "machine.h"

Suite *suite_domain_state(void);

static const struct machine ice_lake = {
    .maker = INTEL, .signature = 0x806f8,
    .with = "xsave avx avx2 avx512f aesni vmx erms",
};

static void setup(void)
{
    static const char config[] =
        "type = 'hvm'\nvcpus = 4\ncpuid = 'host,aesni=0'\n";

    cli_enter();
    cli_write_machine("cpu", &ice_lake);
    cli_write("hvm.cfg", config, sizeof(config) - 1);
}

/* Run, and expect a status; both outputs are printed if it is another. */
static void expect(int status, const char *arguments)
{
    struct cli_result r = cli_run(arguments);

    ck_assert_msg(r.status == status, "%s: status %d\n%s%s", arguments,
                  r.status, r.out, r.err);
    cli_dispose(&r);
}

/* As on a disk that is full from this size on. */
static void limit_files(rlim_t bytes)
{
    const struct rlimit limit = { bytes, RLIM_INFINITY };

    ck_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* ---- a disk that is full ---------------------------------------------- */

static const struct full_row {
    const char *arguments;
} on_full_disk[] = {
    { "domain create hvm.cfg --from cpu --state st" },
    { "domain set 1 policy.json --from cpu --state st" },
    { "domain unpause 1 --from cpu --state st" },
    { "domain destroy 2 --from cpu --state st" },
};

START_TEST(change_on_full_disk_fails_and_changes_nothing)
{
    const char *arguments = on_full_disk[_i].arguments;
    struct cli_result r, before, after;

    expect(0, "domain create hvm.cfg --from cpu --state st");
    expect(0, "domain create hvm.cfg --from cpu --state st");
    expect(0, "domain get 1 --from cpu --state st -o json > policy.json");
    before = cli_run("domain list --from cpu --state st");
    limit_files(512);
    r = cli_run(arguments);
    limit_files(RLIM_INFINITY);

    ck_assert_msg(r.status == 3, "%s: status %d\n%s", arguments, r.status,
                  r.out);
    ck_assert_msg(!*r.out && strstr(r.err, "cannot write"), "%s: '%s' '%s'",
                  arguments, r.out, r.err);
    ck_assert_msg(access("st.new", F_OK), "%s: st.new is left", arguments);
    after = cli_run("domain list --from cpu --state st");
    ck_assert_str_eq(before.out, after.out);
    cli_dispose(&r);
    cli_dispose(&before);
    cli_dispose(&after);
}
END_TEST

/* ---- one change, one file --------------------------------------------- */

/*
 * How often a file of that name came to be, as a watch on "." tells.  (Moves
 * away are watched too: the kernel merges events that follow their like.)
 */
static unsigned int arrivals(int watch, const char *name)
{
    char events[4096]
        __attribute__((aligned(__alignof__(struct inotify_event))));
    ssize_t nr = read(watch, events, sizeof(events));
    unsigned int count = 0;

    for ( ssize_t at = 0; at < nr; )
    {
        const struct inotify_event *e = (void *)(events + at);

        count += (e->mask & IN_MOVED_TO) && !strcmp(e->name, name);
        at += sizeof(*e) + e->len;
    }

    return count;
}

/*
 * Whoever is killed between two writes of the file leaves what the first one
 * wrote: a domain with its type's default instead of what it was to have.
 */
START_TEST(create_writes_the_file_once)
{
    int watch = inotify_init1(IN_NONBLOCK);

    ck_assert_int_ge(watch, 0);
    ck_assert_int_ge(inotify_add_watch(watch, ".", IN_MOVE), 0);
    expect(0, "domain create hvm.cfg --from cpu --state st");
    ck_assert_uint_eq(arrivals(watch, "st"), 1);
    close(watch);
}
END_TEST

START_TEST(create_gives_the_policy_of_the_config)
{
    struct cli_result r;

    expect(0, "domain create hvm.cfg --from cpu --state st");
    r = cli_run("domain get 1 --from cpu --state st -o features");
    ck_assert_msg(strstr(r.out, "avx512f") && !strstr(r.out, "aesni"),
                  "%s%s", r.out, r.err);
    cli_dispose(&r);
}
END_TEST

/* ---- no file ----------------------------------------------------------- */

/* Domains that are gone when the command ends are no use to anybody. */
static const char *const without_state[] = {
    "domain list --from cpu", "domain get 1 --from cpu",
    "domain create hvm.cfg --from cpu", "domain set 1 cpu --from cpu",
    "domain unpause 1 --from native", "domain destroy 1 --from cpu",
};

START_TEST(domain_without_state_is_a_usage_error)
{
    struct cli_result r = cli_run(without_state[_i]);

    ck_assert_msg(r.status == 2 && !*r.out &&
                  strstr(r.err, "needs --state FILE"), "%s: %d '%s' '%s'",
                  without_state[_i], r.status, r.out, r.err);
    cli_dispose(&r);
}
END_TEST

/* ---- several programs -------------------------------------------------- */

/* Somebody else holds the lock, for as long as this process lives. */
static void lock(const char *name)
{
    int fd = open(name, O_RDWR | O_CREAT, 0666);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(flock(fd, LOCK_EX), 0);
}

static const struct locked_row {
    const char *arguments;
    int status;
} while_locked[] = {
    { "domain create hvm.cfg --from cpu --state st", 3 },
    { "domain unpause 1 --from cpu --state st", 3 },
    { "domain list --from cpu --state st", 0 },
    { "domain get 1 --from cpu --state st", 0 },
    { "show dom:1 --from cpu --state st", 0 },
    { "diff dom:1 dom:1 --from cpu --state st", 0 },
    { "domain set 1 hvm.cfg --xl-cfg --dry-run --from cpu --state st", 0 },
};

START_TEST(locked_state_can_be_read_but_not_changed)
{
    const struct locked_row *row = &while_locked[_i];
    struct cli_result r;

    expect(0, "domain create hvm.cfg --from cpu --state st");
    lock("st.lock");
    r = cli_run(row->arguments);
    ck_assert_msg(r.status == row->status, "%s: status %d\n%s",
                  row->arguments, r.status, r.err);
    ck_assert_msg(!row->status || strstr(r.err, "another program"), "%s: '%s'",
                  row->arguments, r.err);
    cli_dispose(&r);
}
END_TEST

/* Commands that run at once take their turns. */
START_TEST(creates_at_once_make_a_domain_each)
{
    static const char create[] = "domain create hvm.cfg --from cpu --state st";
    struct cli_result r;
    unsigned int lines = 0;
    pid_t children[8];

    for ( unsigned int i = 0; i < 8; i++ )
        if ( !(children[i] = fork()) )
        {
            /* Each in files of its own: cli_run() has but one pair. */
            char folder[16];

            snprintf(folder, sizeof(folder), "run-%u", i);
            if ( mkdir(folder, 0777) || chdir(folder) )
                _exit(99);
            r = cli_run("domain create ../hvm.cfg --from ../cpu "
                        "--state ../st");
            _exit(r.status);
        }
    for ( unsigned int i = 0; i < 8; i++ )
    {
        int status;

        ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
        ck_assert_msg(status == 0, "the %uth of 8 ended with %#x", i, status);
    }
    expect(0, create);
    r = cli_run("domain list --from cpu --state st");
    for ( const char *c = r.out; *c; c++ )
        lines += *c == '\n';
    ck_assert_uint_eq(lines, 9);
    cli_dispose(&r);
}
END_TEST

/* Reading leaves nothing behind, and needs no right to write. */
START_TEST(reading_creates_no_file)
{
    expect(0, "domain list --from cpu --state none");
    expect(3, "domain get 1 --from cpu --state none");
    expect(3, "show dom:1 --from cpu --state none");
    ck_assert(access("none", F_OK) && access("none.lock", F_OK));

    expect(0, "domain create hvm.cfg --from cpu --state st");
    ck_assert_int_eq(unlink("st.lock"), 0);
    expect(0, "domain list --from cpu --state st");
    ck_assert(access("st.lock", F_OK));
}
END_TEST

START_TEST(state_opened_for_reading_refuses_changes)
{
    const cpupolicy_domain domain = { .nr_vcpus = 1 };
    cpupolicy_violation *list = NULL;
    cpupolicy_error err = { 0 };
    cpupolicy_source *src;
    cpupolicy *p;
    uint32_t id = 77;
    size_t nr = 0;

    expect(0, "domain create hvm.cfg --from cpu --state st");
    ck_assert_int_eq(cpupolicy_source_open(&src, "cpu", NULL, &err), 0);
    ck_assert_int_eq(cpupolicy_source_look(src, "st", &err), 0);
    ck_assert_int_eq(cpupolicy_source_look(src, "st", &err), -EBUSY);
    ck_assert_int_eq(cpupolicy_source_keep(src, "st", &err), -EBUSY);
    ck_assert_int_eq(cpupolicy_domain_get(src, 1, &p, &err), 0);
    ck_assert_int_eq(cpupolicy_domain_create(src, &domain, &id, &err),
                     -EROFS);
    ck_assert_int_eq(cpupolicy_domain_build(src, &domain, p, &id, &list, &nr,
                                            &err), -EROFS);
    ck_assert_int_eq(cpupolicy_domain_set(src, 1, p, &list, &nr, &err),
                     -EROFS);
    ck_assert_int_eq(cpupolicy_domain_finish(src, 1, &err), -EROFS);
    ck_assert_int_eq(cpupolicy_domain_destroy(src, 1, &err), -EROFS);
    ck_assert(id == 77 && !list && !nr && err.code == EROFS);
    cpupolicy_free(p);
    cpupolicy_source_free(src);
}
END_TEST

/* Whatever was asked for, it is not done another way. */
static const char *const set_only[] = {
    "domain create hvm.cfg --dry-run --from cpu --state st",
    "domain destroy 1 --dry-run --from cpu --state st",
    "domain unpause 1 --xl-cfg --from cpu --state st",
};

START_TEST(options_of_set_are_refused_elsewhere)
{
    struct cli_result r = cli_run(set_only[_i]);

    ck_assert_msg(r.status == 2 && strstr(r.err, "for set") && !*r.out,
                  "%s: %d '%s' '%s'", set_only[_i], r.status, r.out, r.err);
    cli_dispose(&r);
}
END_TEST

START_TEST(dry_run_on_finished_domain_is_refused_as_the_set_is)
{
    expect(0, "domain create hvm.cfg --from cpu --state st");
    expect(0, "domain unpause 1 --from cpu --state st");
    expect(1, "domain set 1 hvm.cfg --xl-cfg --from cpu --state st");
    expect(1, "domain set 1 hvm.cfg --xl-cfg --dry-run --from cpu "
           "--state st");
}
END_TEST

/* ---- what stands in the file ------------------------------------------- */

static struct json_object *read_state(const char *name)
{
    struct json_object *o = json_object_from_file(name);

    ck_assert_msg(o, "%s: no JSON", name);

    return o;
}

static struct json_object *first_domain(struct json_object *o)
{
    return json_object_array_get_idx(json_object_object_get(o, "domains"), 0);
}

/* Named by index, the rows of MSRs may become more. */
START_TEST(state_has_a_version_and_msrs_by_index)
{
    struct json_object *o, *msrs;

    expect(0, "domain create hvm.cfg --from cpu --state st");
    o = read_state("st");
    ck_assert_int_eq(json_object_get_int(
                         json_object_object_get(o, "version")), 1);
    msrs = json_object_object_get(first_domain(o), "msrs");
    ck_assert(json_object_is_type(msrs, json_type_object));
    ck_assert_uint_gt(json_object_object_length(msrs), 0);
    json_object_object_foreach(msrs, key, value)
        ck_assert_msg(!strncmp(key, "0x", 2) &&
                      !strncmp(json_object_get_string(value), "0x", 2),
                      "%s", key);
    json_object_put(o);
}
END_TEST

static const struct edit_row {
    const char *sed;            /* what is done to the file */
    const char *message;        /* NULL: it is read as before */
} edits[] = {
    { "s/ *//", NULL },
    { "s/\"version\": 1/\"version\": 2/", "version" },
    { "s/\"version\": 1,//", "version" },
    { "s/xl-cpupolicy domains/something else/", "no JSON of that form" },
    { "s/\"msrs\": {/&\"0x12345\": \"0x1\",/", "MSR" },
    { "s/\"msrs\": {/&\"x\": \"0x1\",/", "MSR" },
    { "s/^\\( *\"0x[0-9a-f]*\": \\)\"0x[0-9a-f]*\"/\\11/", "msrs: " },
    { "s/\"cpuid\": {/&\"0x12345.0x0\": [\"0x1\",\"0x0\",\"0x0\",\"0x0\"],/",
      "leaf" },
    { "s/\"cpuid\": {/&\"0x16.0xffffffff\": [\"0x1\"],/", "leaf" },
    { "s/\"vcpus\": 4/\"vcpus\": 99999/", "vcpus" },
    { "s/\"hvm\": true/\"hvm\": \"yes\"/", "hvm" },
    { "s/\"max_phys_bits\": 0/\"max_phys_bits\": 3/", "cannot be made" },
    { "s/\"id\": 1/\"id\": 0/", "id" },
    { "s/\"nested\": false/\"nested\": false, \"id\": 99999/",
      "st:12:24: domains: duplicate field `id`" },
    { "s/\"nested\": false/\"nested\": false, \"pvh\": true/",
      "st:12:24: domains: unknown field `pvh`" },
    { "s/\"nested\": false/\"nested\": false, \"vpmu\\\\u0000\": true/",
      "st:12:24: domains: unknown field `vpmu\\u0000`" },
    { "s/\"version\": 1/\"version\": 1, \"v\": 2/", "unknown field `v`" },
    { "s/\"msrs\": {/&\"0x10a\": \"0x0\",\"0x10a\": \"0x0\",/",
      "the key '0x10a' is there twice" },
};

START_TEST(state_that_was_edited_is_read_or_refused_with_a_reason)
{
    const struct edit_row *row = &edits[_i];
    struct cli_result r;
    char command[256];

    expect(0, "domain create hvm.cfg --from cpu --state st");
    snprintf(command, sizeof(command), "cp st st.old && sed -i '%s' st",
             row->sed);
    ck_assert_int_eq(system(command), 0);
    ck_assert_msg(!row->message || system("cmp -s st st.old"),
                  "%s: edits nothing", row->sed);
    r = cli_run("domain list --from cpu --state st");
    ck_assert_msg(r.status == (row->message ? 3 : 0), "%s: %d %s", row->sed,
                  r.status, r.err);
    ck_assert_msg(!row->message || strstr(r.err, row->message), "%s: '%s'",
                  row->sed, r.err);
    cli_dispose(&r);
}
END_TEST

/* A file of another host is refused, not cut down to what is allowed. */
START_TEST(state_of_another_source_is_refused)
{
    static const struct machine lesser = {
        .maker = INTEL, .signature = 0x806f8, .with = "xsave avx aesni",
    };
    struct cli_result r;

    cli_write_machine("lesser", &lesser);
    expect(0, "domain create hvm.cfg --from cpu --state st");
    r = cli_run("domain list --from lesser --state st");
    ck_assert_msg(r.status == 3 && strstr(r.err, "another source"),
                  "%d %s", r.status, r.err);
    cli_dispose(&r);
}
END_TEST

/* Whichever allocation fails: no domain here, none there, or both. */
START_TEST(create_out_of_memory_leaves_the_file_alone)
{
    const cpupolicy_domain domain = { .kind.hvm = true, .nr_vcpus = 1 };
    cpupolicy_error err;
    bool failed = true;

    for ( long n = 0; failed; n++ )
    {
        cpupolicy_source *src;
        cpupolicy_domain d;
        uint32_t id = 77;
        int rc;

        unlink("st");
        ck_assert_int_eq(cpupolicy_source_open(&src, "cpu", NULL, &err), 0);
        alloc_fail_after(n);
        rc = cpupolicy_source_keep(src, "st", &err);
        if ( !rc )
            rc = cpupolicy_domain_create(src, &domain, &id, &err);
        failed = alloc_fail_stop();
        ck_assert_msg(rc == (failed ? -ENOMEM : 0), "%ld: %d", n, rc);
        ck_assert_msg(!rc == (id != 77) && !rc == !access("st", F_OK) &&
                      !rc == !cpupolicy_domain_next(src, 0, &d, &err),
                      "%ld: half", n);
        cpupolicy_source_free(src);
    }
}
END_TEST

Suite *suite_domain_state(void)
{
    Suite *s = suite_create("domain_state");
    TCase *t = tcase_create("files");

    tcase_add_checked_fixture(t, setup, cli_leave);
    tcase_add_loop_test(t, change_on_full_disk_fails_and_changes_nothing, 0,
                        sizeof(on_full_disk) / sizeof(on_full_disk[0]));
    tcase_add_test(t, create_writes_the_file_once);
    tcase_add_test(t, create_gives_the_policy_of_the_config);
    tcase_add_loop_test(t, domain_without_state_is_a_usage_error, 0,
                        sizeof(without_state) / sizeof(without_state[0]));
    tcase_add_loop_test(t, locked_state_can_be_read_but_not_changed, 0,
                        sizeof(while_locked) / sizeof(while_locked[0]));
    tcase_add_loop_test(t, options_of_set_are_refused_elsewhere, 0,
                        sizeof(set_only) / sizeof(set_only[0]));
    tcase_add_test(t, dry_run_on_finished_domain_is_refused_as_the_set_is);
    tcase_add_test(t, creates_at_once_make_a_domain_each);
    tcase_add_test(t, reading_creates_no_file);
    tcase_add_test(t, state_opened_for_reading_refuses_changes);
    tcase_add_test(t, state_has_a_version_and_msrs_by_index);
    tcase_add_loop_test(t,
                        state_that_was_edited_is_read_or_refused_with_a_reason,
                        0, sizeof(edits) / sizeof(edits[0]));
    tcase_add_test(t, state_of_another_source_is_refused);
    tcase_add_test(t, create_out_of_memory_leaves_the_file_alone);
    suite_add_tcase(s, t);

    return s;
}
