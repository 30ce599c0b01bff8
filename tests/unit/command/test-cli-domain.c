/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * xl-cpupolicy domain, as a sequence of commands on one state file.  The same
 * on a running Xen: tests/xen/guest.job.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "cli-run.h"
#include "machine.h"

Suite *suite_cli_domain(void);

static const struct machine host = {
    .maker = INTEL, .signature = 0x806f8,
    .with = "xsave avx avx2 avx512f smep erms",
};

static void write_text(const char *name, const char *text)
{
    cli_write(name, text, strlen(text));
}

/* Domain 1, of HVM's default. */
static void setup(void)
{
    struct cli_result r;

    cli_enter();
    cli_write_machine("cpu", &host);
    write_text("default", "type = \"pvh\"\n");
    write_text("no-avx", "type = \"pvh\"\ncpuid = \"host,avx=0\"\n");
    write_text("max", "type = \"pvh\"\ncpu_policy = \"max\"\n");
    write_text("most", "type = \"pvh\"\ncpu_policy = \"most\"\n");
    write_text("threads", "type = \"pvh\"\nvcpus = 4\n"
               "cpu_topology = \"threads=2,cores=2\"\n");
    write_text("vmx", "type = \"pvh\"\ncpuid = \"host,vmx=1\"\n");
    write_text("no-string", "type = \"pv\"\nname = = 3\n");
    write_text("pv", "type = \"pv\"\n");
    r = cli_run("domain create default --from cpu --state s");
    ck_assert_msg(!r.status && !strcmp(r.out, "1\n"), "%s%s", r.out, r.err);
    cli_dispose(&r);
}

static struct cli_result run(const char *arguments)
{
    char line[256];

    snprintf(line, sizeof(line), "domain %s --from cpu --state s", arguments);

    return cli_run(line);
}

/* What the domain has now; the caller disposes of it. */
static struct cli_result get(const char *form)
{
    char line[64];
    struct cli_result r;

    snprintf(line, sizeof(line), "get 1 -o %s", form);
    r = run(line);
    ck_assert_msg(!r.status && r.nr_out, "%s", r.err);

    return r;
}

static const struct row {
    const char *config;
    int status;
    const char *gone, *there;   /* features, of an accepted one */
    const char *says;           /* of a refused one */
} rows[] = {
    { "default", 0, "vmx", "avx512f", NULL },
    { "no-avx", 0, "avx2", "erms", NULL },
    { "max", 0, "vmx", "avx512f", NULL },
    { "threads", 0, "vmx", "htt", NULL },
    { "vmx", 1, NULL, NULL, "vmx" },
    { "most", 3, NULL, NULL, "cpu_policy" },
    { "pv", 3, NULL, NULL, "domain 1 is hvm" },
    { "none", 3, NULL, NULL, "none" },
};

#define NR_ROWS (sizeof(rows) / sizeof(rows[0]))

/* One name a line. */
static bool has(const char *features, const char *name)
{
    for ( const char *s = features; (s = strstr(s, name)); s++ )
        if ( (s == features || s[-1] == '\n') && s[strlen(name)] == '\n' )
            return true;

    return false;
}

/*
 * A dry run prints what the set then makes, in every form, and changes
 * nothing; a refused set changes nothing either.
 */
START_TEST(dry_run_of_table_foretells_the_set)
{
    static const char *const forms[] = {
        "leaves", "json", "featureset", "features",
    };
    const struct row *row = &rows[_i];
    struct cli_result before = get("leaves"), dry, set, after;
    char line[128];

    for ( unsigned int i = 0; i < 4; i++ )
    {
        snprintf(line, sizeof(line), "set 1 %s --xl-cfg --dry-run -o %s",
                 row->config, forms[i]);
        dry = run(line);
        ck_assert_msg(dry.status == row->status, "%s: %d\n%s", line,
                      dry.status, dry.err);
        after = get("leaves");
        ck_assert_str_eq(before.out, after.out);
        cli_dispose(&after);

        snprintf(line, sizeof(line), "set 1 %s --xl-cfg", row->config);
        set = run(line);
        ck_assert_int_eq(set.status, row->status);
        after = get(forms[i]);
        if ( !row->status )
            ck_assert_str_eq(dry.out, after.out);
        else
            ck_assert_msg(strstr(set.out, row->says) ||
                          strstr(set.err, row->says), "%s%s", set.out,
                          set.err);
        if ( !row->status && i == 3 )
            ck_assert(!has(after.out, row->gone) &&
                      has(after.out, row->there));
        cli_dispose(&dry);
        cli_dispose(&set);
        cli_dispose(&after);

        /* Back to what it was: a set of the default is one, too. */
        set = run("set 1 default --xl-cfg");
        ck_assert_int_eq(set.status, 0);
        cli_dispose(&set);
    }
    cli_dispose(&before);
}
END_TEST

/* As the topology numbers them; of four ids, the fifth is free. */
START_TEST(get_of_several_vcpus_tells_their_ids)
{
    struct cli_result r;

    write_text("three", "type = \"pvh\"\nvcpus = 4\n"
               "cpu_topology = \"threads=3,cores=2\"\n");
    r = run("create three");
    ck_assert_str_eq(r.out, "2\n");
    cli_dispose(&r);
    r = run("get 2 -o json");
    ck_assert(strstr(r.out, "\"apic_ids\": [\n    \"0x0\",\n    \"0x1\",\n"
                            "    \"0x2\",\n    \"0x4\"\n  ]"));
    ck_assert(strstr(r.out, "\"ioapic_id\": \"0x7\""));
    cli_dispose(&r);

    /* The configuration must have a place for each. */
    r = run("set 2 default --xl-cfg");
    ck_assert_int_eq(r.status, 3);
    ck_assert_msg(strstr(r.err, "vcpus: domain 2 has 4"), "%s", r.err);
    cli_dispose(&r);
}
END_TEST

START_TEST(max_has_more_than_default)
{
    struct cli_result before = get("featureset"), r, after;

    r = run("set 1 max --xl-cfg");
    ck_assert_int_eq(r.status, 0);
    after = get("featureset");
    ck_assert_str_ne(before.out, after.out);
    cli_dispose(&before);
    cli_dispose(&r);
    cli_dispose(&after);
}
END_TEST

START_TEST(finished_domain_refuses_dry_run_and_set)
{
    static const char *const lines[] = {
        "set 1 no-avx --xl-cfg --dry-run", "set 1 no-avx --xl-cfg",
    };
    struct cli_result r = run("unpause 1");

    ck_assert_int_eq(r.status, 0);
    cli_dispose(&r);
    for ( unsigned int i = 0; i < 2; i++ )
    {
        r = run(lines[i]);
        ck_assert_int_eq(r.status, 1);
        ck_assert_str_eq(r.out, "");
        ck_assert(strstr(r.err, "finished"));
        cli_dispose(&r);
    }
}
END_TEST

START_TEST(set_of_no_domain_has_no_answer)
{
    struct cli_result r = run("set 2 no-avx --xl-cfg");

    ck_assert_int_eq(r.status, 3);
    ck_assert(strstr(r.err, "no such domain"));
    cli_dispose(&r);
}
END_TEST

/* A request below an existing domain's number is not the next one's. */
START_TEST(set_below_the_first_domain_is_not_the_first_domains)
{
    struct cli_result r = run("set 0 no-avx --xl-cfg");

    ck_assert_int_eq(r.status, 3);
    ck_assert(strstr(r.err, "domain 0: no such domain"));
    cli_dispose(&r);
}
END_TEST

/* What a verb has no use for, and what it cannot read. */
static const struct {
    const char *line;
    int status;
    const char *says;
} ignored[] = {
    { "get 1 --policy raw", 2, "--policy is for set, not for get" },
    { "list --policy raw", 2, "--policy is for set, not for list" },
    { "create default --policy raw", 2, "not for create" },
    { "set 1 default --xl-cfg --policy raw", 2, "an xl.cfg is none" },
    { "unpause 1 -o json", 2, "unpause has no output form 'json'" },
    { "destroy 1 -o json", 2, "destroy has no output form 'json'" },
    { "set 1 default --xl-cfg -o leaves", 2, "with --dry-run only" },
    { "create default -o leaves", 2, "create has no output form 'leaves'" },
    { "create nowhere", 3,
      "xl-cpupolicy: nowhere: No such file or directory\n" },
    { "create .", 3, "xl-cpupolicy: .: Is a directory\n" },
    { "create no-string", 3, "xl-cpupolicy: no-string:2: config parsing" },
    { "get 0", 3, "show dom0" },
    { "set 0 default --xl-cfg", 3, "show dom0" },
};

START_TEST(verb_of_table_refuses_and_changes_nothing)
{
    struct cli_result before = get("leaves"), after;
    struct cli_result r = run(ignored[_i].line);

    ck_assert_int_eq(r.status, ignored[_i].status);
    ck_assert_str_eq(r.out, "");
    ck_assert_msg(strstr(r.err, ignored[_i].says), "%s", r.err);
    after = get("leaves");
    ck_assert_str_eq(before.out, after.out);
    cli_dispose(&before);
    cli_dispose(&r);
    cli_dispose(&after);
}
END_TEST

Suite *suite_cli_domain(void)
{
    Suite *s = suite_create("cli-domain");
    TCase *tc = tcase_create("set");

    tcase_add_checked_fixture(tc, setup, cli_leave);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, dry_run_of_table_foretells_the_set, 0, NR_ROWS);
    tcase_add_test(tc, get_of_several_vcpus_tells_their_ids);
    tcase_add_test(tc, max_has_more_than_default);
    tcase_add_test(tc, finished_domain_refuses_dry_run_and_set);
    tcase_add_test(tc, set_of_no_domain_has_no_answer);
    tcase_add_test(tc, set_below_the_first_domain_is_not_the_first_domains);
    tcase_add_loop_test(tc, verb_of_table_refuses_and_changes_nothing, 0,
                        sizeof(ignored) / sizeof(ignored[0]));
    suite_add_tcase(s, tc);

    return s;
}
