/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All files of tests/data/dumps are read as the file beside them says.
 *
 * Dumps of real CPUs, which are not part of this tree: all files below
 * dumps/ of the test data must parse, or be refused as expected, and have
 * as many CPUs, leaves and MSRs as dumps/manifest.csv says.
 */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dump-text.h"
#include "vectors.h"

Suite *suite_dump_corpus(void);

#define NR(rows) (sizeof(rows) / sizeof(rows[0]))

/* By the first pattern that fits a path below dumps/. */
static const struct {
    const char *pattern;
    const char *format;         /* NULL: refused, with code and message */
    int code;
    const char *message;
} expected[] = {
    { "InstLatx64/*.txt", "instlatx64", 0, NULL },
    { "libcpuid/*.test", "libcpuid", 0, NULL },
    { "rjcp-cpuid/*.xml", "rjcp-cpuid", 0, NULL },
    { "cloud-hypervisor/*.json", "cloud-hypervisor", 0, NULL },
    { "firecracker/aarch64*/*.json", NULL, EINVAL, "an aarch64 CPU" },
    { "firecracker/*.json", "firecracker", 0, NULL },
    /* What libvirt and QEMU make of the CPU: no registers in there. */
    { "libvirt/*-host.xml", NULL, ENOENT, "unknown format" },
    { "libvirt/*-guest.xml", NULL, ENOENT, "unknown format" },
    { "libvirt/*-json.xml", NULL, ENOENT, "unknown format" },
    { "libvirt/cputestdata/x86_64-cpuid-*.xml", "libvirt", 0, NULL },
    { "libvirt/*", NULL, ENOENT, "unknown format" },
    /* Archives of a file per CPU, and expected topologies. */
    { "hwloc/*.tar.bz2", "hwloc", 0, NULL },
    { "hwloc/*", NULL, ENOENT, "unknown format" },
    /* Licences, and the manifest. */
    { "firecracker/*", NULL, ENOENT, "unknown format" },
    { "manifest.csv", NULL, ENOENT, "unknown format" },
};

static char root[512];
static size_t nr_parsed, nr_refused;

static size_t find_expected(const char *below)
{
    size_t i;

    for ( i = 0; i < NR(expected); i++ )
        if ( !fnmatch(expected[i].pattern, below, 0) )
            break;

    return i;
}

static int check_file(const char *path, const struct stat *st, int type,
                      struct FTW *ftw)
{
    const char *below = path + strlen(root) + 1;
    cpupolicy_error err = { .code = 0 };
    struct dump d;
    size_t i;
    int rc;

    (void)st;
    (void)ftw;
    if ( type != FTW_F )
        return 0;

    i = find_expected(below);
    ck_assert_msg(i < NR(expected), "%s: what is it?", below);
    rc = dump_load(path, &d, &err);

    if ( expected[i].format )
    {
        ck_assert_msg(!rc, "%s:%u:%u: %s", below, err.line, err.column,
                      err.message);
        ck_assert_msg(!strcmp(d.format, expected[i].format),
                      "%s: read as %s", below, d.format);
        dump_dispose(&d);
        nr_parsed++;
        return 0;
    }
    ck_assert_msg(rc == -expected[i].code, "%s: rc %d (%s)", below, rc,
                  rc ? err.message : d.format);
    ck_assert_msg(strstr(err.message, expected[i].message), "%s: %s", below,
                  err.message);
    nr_refused++;

    return 0;
}

START_TEST(dump_load_every_file_of_the_corpus_as_expected)
{
    ck_assert(vectors_path("dumps", root, sizeof(root)));
    ck_assert_int_eq(nftw(root, check_file, 16, FTW_PHYS), 0);
    printf("dump corpus: %zu files parsed, %zu refused as they should be\n",
           nr_parsed, nr_refused);
    fflush(stdout);
    ck_assert_uint_ge(nr_parsed, 1);
}
END_TEST

/* Split a line of the manifest in place; a field may be quoted. */
static size_t split_csv(char *line, char **fields, size_t max)
{
    size_t nr = 0;

    line[strcspn(line, "\r\n")] = '\0';
    while ( line && nr < max )
    {
        char *end;

        if ( *line == '"' )
        {
            fields[nr++] = ++line;
            end = strchr(line, '"');
            ck_assert_ptr_nonnull(end);
            *end++ = '\0';
            line = *end ? end + 1 : NULL;
            continue;
        }
        fields[nr++] = line;
        end = strchr(line, ',');
        if ( end )
            *end++ = '\0';
        line = end;
    }

    return nr;
}

static bool has_note(const struct dump *d, const char *part)
{
    for ( size_t i = 0; i < d->nr_notes; i++ )
        if ( strstr(d->notes[i], part) )
            return true;

    return false;
}

/* Source, path ..., and then, from 0: CPUs 8, leaves 14, MSRs 15. */
static void check_counts(char **fields)
{
    size_t nr_cpus = strtoul(fields[8], NULL, 10);
    size_t nr_leaves = strtoul(fields[14], NULL, 10);
    size_t nr_msrs = strtoul(fields[15], NULL, 10), readable = 0;
    cpupolicy_error err = { .code = 0 };
    const struct dump_cpu *c;
    char path[1024];
    struct dump d;

    snprintf(path, sizeof(path), "%s/%s", root, fields[1]);
    ck_assert_msg(!dump_load(path, &d, &err), "%s: %s", fields[1],
                  err.message);
    c = &d.sections[0].cpus[0];
    for ( size_t i = 0; i < c->nr_msrs; i++ )
        readable += !c->msrs[i].failed;

    ck_assert_msg(d.sections[0].nr_cpus == nr_cpus, "%s: %zu CPUs, not %zu",
                  fields[1], d.sections[0].nr_cpus, nr_cpus);
    ck_assert_msg(readable == nr_msrs, "%s: %zu MSRs, not %zu", fields[1],
                  readable, nr_msrs);
    /* The manifest counts rows beyond the CPU's maximum leaf, too. */
    ck_assert_msg(c->nr_leaves == nr_leaves ||
                  (c->nr_leaves < nr_leaves &&
                   has_note(&d, "beyond the CPU's maximum leaf")),
                  "%s: %zu leaves, not %zu", fields[1], c->nr_leaves,
                  nr_leaves);
    dump_dispose(&d);
}

START_TEST(dump_load_corpus_has_the_counts_of_its_manifest)
{
    char path[1024], line[4096], *fields[20];
    size_t nr = 0;
    FILE *f;

    ck_assert(vectors_path("dumps", root, sizeof(root)));
    snprintf(path, sizeof(path), "%s/manifest.csv", root);
    f = fopen(path, "r");
    ck_assert_msg(f, "cannot open %s", path);
    ck_assert_ptr_nonnull(fgets(line, sizeof(line), f));
    while ( fgets(line, sizeof(line), f) )
    {
        ck_assert_uint_ge(split_csv(line, fields, NR(fields)), 16);
        if ( !strcmp(fields[0], "hwloc") )
            continue;           /* archives */
        check_counts(fields);
        nr++;
    }
    fclose(f);
    printf("dump corpus: counts of %zu dumps agree\n", nr);
    fflush(stdout);
    ck_assert_uint_ge(nr, 1);
}
END_TEST

/* ---- our own ---------------------------------------------------------- */

/* No file that nobody reads, and none without what is expected of it. */
START_TEST(dump_load_every_file_of_our_own_as_expected)
{
    const char *tests = getenv("CPUPOLICY_TESTS") ?: "tests";
    struct dirent *e;
    char path[512];
    size_t nr = 0;
    DIR *d;

    snprintf(path, sizeof(path), "%s/data/dumps", tests);
    d = opendir(path);
    ck_assert_msg(d, "cannot open %s", path);
    while ( (e = readdir(d)) )
    {
        const char *dot = strrchr(e->d_name, '.');

        if ( e->d_name[0] == '.' || (dot && !strcmp(dot, ".expect")) )
            continue;
        assert_dump_file(e->d_name);
        nr++;
    }
    closedir(d);
    ck_assert_uint_ge(nr, 10);
}
END_TEST

Suite *suite_dump_corpus(void)
{
    Suite *s = suite_create("dump-corpus");
    TCase *tc = tcase_create("corpus");

    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, dump_load_every_file_of_our_own_as_expected);
    vectors_add_test(tc, dump_load_every_file_of_the_corpus_as_expected);
    vectors_add_test(tc, dump_load_corpus_has_the_counts_of_its_manifest);
    suite_add_tcase(s, tc);

    return s;
}
