/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* xl.cfg: what is read of it, and what is refused instead of ignored. */
#include <check.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli-run.h"
#include "cpupolicy.h"
#include "machine.h"
#include "policy/policy.h"

Suite *suite_config(void);

static cpupolicy_source *src;
static char hosts[PATH_MAX];            /* tests/data/hosts */

static void setup(void)
{
    static const struct machine ice_lake = {
        .maker = INTEL, .signature = 0x806f8,
        .with = "xsave avx avx2 avx512f aesni vmx erms",
    };

    const char *tests = getenv("CPUPOLICY_TESTS") ?: "tests";
    char below[PATH_MAX];

    snprintf(below, sizeof(below), "%s/data/hosts", tests);
    ck_assert_msg(realpath(below, hosts), "no %s", below);
    cli_enter();
    cli_write_machine("cpu", &ice_lake);
    ck_assert_int_eq(cpupolicy_source_open(&src, "cpu", NULL, NULL), 0);
}

static void teardown(void)
{
    cpupolicy_source_free(src);
    cli_leave();
}

static int load(const char *text, cpupolicy_config *config, cpupolicy **p,
                cpupolicy_error *err)
{
    cli_write("x.cfg", text, strlen(text));

    return cpupolicy_config_load(src, "x.cfg", config, p, err);
}

static const struct refused_row {
    const char *text, *message;
} refused[] = {
    { "type = ['hvm']\n", "type: must be a string" },
    { "builder = ['hvm']\n", "builder: must be a string" },
    { "type = 'hv'\n", "type: must be pv, pvh or hvm" },
    { "name = ['a', 'b']\n", "name: must be a string" },
    { "vcpus = ['2']\n", "vcpus: must be a number" },
    { "vcpus = 'two'\n", "vcpus: must be a number" },
    { "vcpus = 0\n", "vcpus: must be a number" },
    { "maxvcpus = 99999\n", "maxvcpus: must be a number" },
    { "vcpus = 4\nmaxvcpus = 2\n", "maxvcpus: is less than vcpus" },
    { "type = 'hvm'\nhap = 2\n", "hap: must be 0 or 1" },
    { "type = 'hvm'\nnestedhvm = ['1']\n", "nestedhvm: must be 0 or 1" },
    { "nestedhvm = 1\n", "nestedhvm: is for HVM and PVH guests" },
    { "type = 'hvm'\ncpu_topology = ['threads=2']\n",
      "cpu_topology: must be a string" },
    { "type = 'hvm'\nvcpus = 4\ncpu_topology = 'threads=2,threads=4'\n",
      "cpu_topology: names threads twice" },
    { "type = 'hvm'\nvcpus = 4\ncpu_topology = 'cores=2'\n",
      "cpu_topology: has room for 2 vCPUs, not for 4" },
    { "type = 'hvm'\nmaxvcpus = 9\ncpu_topology = 'cores=4,sockets=2'\n",
      "cpu_topology: has room for 8 vCPUs, not for 9" },
    { "type = 'hvm'\ncpu_topology = 'threads=4294967295'\n",
      "cpu_topology: threads: at most 65535" },
    { "type = 'hvm'\ncpu_topology = 'threads=0'\n", "cpu_topology: a count" },
    { "type = 'hvm'\ncpu_topology = 'thread=1'\n",
      "cpu_topology: must be threads=" },
    { "type = 'hvm'\ncpu_topology = 'cores=1,'\n",
      "cpu_topology: must be threads=" },
    { "type = 'hvm'\ncpuid = 'host,no-such=0'\n", "no-such" },
    { "type = 'hvm'\ncpuid = 'host,family='\n", "family" },
    { "type = 'hvm'\ncpuid = 'host,family=six'\n", "family" },
    { "type = 'hvm'\ncpuid = 'host,family=0x0000000000000006'\n",
      "family" },
    { "type = 'hvm'\ncpuid = [['0x1:eax=x']]\n",
      "cpuid: an entry is no string" },
};

START_TEST(config_with_wrong_value_is_refused_by_name)
{
    const struct refused_row *row = &refused[_i];
    cpupolicy_config config = { .name = "untouched" };
    cpupolicy *p = NULL;
    cpupolicy_error err = { 0 };

    ck_assert_msg(load(row->text, &config, &p, &err) == -EINVAL,
                  "%s: accepted", row->text);
    ck_assert_msg(strstr(err.message, row->message), "%s: '%s'", row->text,
                  err.message);
    ck_assert(!p && !strcmp(config.name, "untouched"));
}
END_TEST

static const struct good_row {
    const char *text;
    bool hvm, shadow, nested;
    uint32_t nr_vcpus;
} good[] = {
    { "", false, false, false, 1 },
    { "type = 'pv'\nvcpus = 3\n", false, false, false, 3 },
    { "type = \"pvh\"\nvcpus = 2\nmaxvcpus = 2\n", true, false, false, 2 },
    { "builder = 'hvm'\nvcpus = 2\nmaxvcpus = 8\n", true, false, false, 8 },
    { "builder = 'generic'\n", false, false, false, 1 },
    { "type = 'pv'\nbuilder = 'hvm'\n", false, false, false, 1 },
    { "type = 'hvm'\nhap = 0\n", true, true, false, 1 },
    { "type = 'hvm'\nnestedhvm = 1\n", true, false, true, 1 },
    { "type = 'hvm'\nvcpus = 8\ncpu_topology = 'threads=2,cores=2,"
      "sockets=2'\n", true, false, false, 8 },
    { "type = 'hvm'\nvcpus = 3\ncpu_topology = 'threads=2,cores=2'\n", true,
      false, false, 3 },
    { "type = 'hvm'\ncpuid = 'host,aesni=0'\n", true, false, false, 1 },
    { "type = 'hvm'\ncpuid = ['7,0:ebx=xxxxxxxxxxxxxxxxxxxxxx0xxxxxxxxx']\n",
      true, false, false, 1 },
};

START_TEST(config_is_read_as_it_stands)
{
    const struct good_row *row = &good[_i];
    cpupolicy_config config;
    cpupolicy_error err = { 0 };
    cpupolicy_violation *list = NULL;
    cpupolicy *p;
    size_t nr = 0;

    ck_assert_msg(!load(row->text, &config, &p, &err), "%s: %s", row->text,
                  err.message);
    ck_assert_msg(config.domain.kind.hvm == row->hvm &&
                  config.domain.kind.shadow == row->shadow &&
                  config.domain.kind.nested == row->nested &&
                  config.domain.nr_vcpus == row->nr_vcpus, "%s: %d %d %d %u",
                  row->text, config.domain.kind.hvm,
                  config.domain.kind.shadow, config.domain.kind.nested,
                  config.domain.nr_vcpus);
    ck_assert_msg(!cpupolicy_audit(src, p, &config.domain.kind, &list, &nr),
                  "%s: not acceptable: %s", row->text, nr ? list->rule : "");
    cpupolicy_free(p);
}
END_TEST

/*
 * nestedhvm: the vendor's virtualisation, and the MSRs or the leaf that
 * describe it; without it neither.
 */
static const struct nested_row {
    const char *host, *text;
    const char *feature, *other;
    bool there;
} nested[] = {
    { "intel", "type = 'hvm'\nnestedhvm = 1\n", "vmx", "svm", true },
    { "intel", "type = 'pvh'\nnestedhvm = 1\n", "vmx", "svm", true },
    { "intel", "type = 'hvm'\n", "vmx", "svm", false },
    { "amd", "type = 'hvm'\nnestedhvm = 1\n", "svm", "vmx", true },
    { "amd", "type = 'hvm'\nnestedhvm = 0\n", "svm", "vmx", false },
};

static bool has(const cpupolicy *p, const char *name)
{
    int f = cpupolicy_feature_find(name);

    ck_assert_int_ge(f, 0);

    return cpupolicy_has(p, f);
}

/* VMX_BASIC, or SVM's ASIDs. */
static unsigned long long describes(const cpupolicy *p, const char *host)
{
    return !strcmp(host, "intel") ? p->policy.msr[X86_MSR_SLOT_480]
                                : p->policy.leaf[X86_SLOT_8000000A].b;
}

START_TEST(config_nestedhvm_gives_virtualisation_and_what_describes_it)
{
    const struct nested_row *row = &nested[_i];
    cpupolicy_source *was = src;
    cpupolicy_config config;
    cpupolicy_error err = { 0 };
    char path[PATH_MAX + 16];
    cpupolicy *p;

    snprintf(path, sizeof(path), "%s/%s.json", hosts, row->host);
    ck_assert_int_eq(cpupolicy_source_open(&src, path, NULL, NULL), 0);
    ck_assert_msg(!load(row->text, &config, &p, &err), "%s: %s", row->text,
                  err.message);
    ck_assert_msg(has(p, row->feature) == row->there, "%s: %s", row->text,
                  row->feature);
    ck_assert_msg(!has(p, row->other), "%s: %s", row->text, row->other);
    ck_assert_msg(!!describes(p, row->host) == row->there, "%s: %#llx",
                  row->text, describes(p, row->host));
    cpupolicy_free(p);
    cpupolicy_source_free(src);
    src = was;
}
END_TEST

Suite *suite_config(void)
{
    Suite *s = suite_create("config");
    TCase *t = tcase_create("rows");

    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_loop_test(t, config_with_wrong_value_is_refused_by_name, 0,
                        sizeof(refused) / sizeof(refused[0]));
    tcase_add_loop_test(t, config_is_read_as_it_stands, 0,
                        sizeof(good) / sizeof(good[0]));
    tcase_add_loop_test(
        t, config_nestedhvm_gives_virtualisation_and_what_describes_it, 0,
        sizeof(nested) / sizeof(nested[0]));
    suite_add_tcase(s, t);

    return s;
}
