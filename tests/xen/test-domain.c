/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * In dom0 of a real Xen: reading and setting the policies of domains that are
 * made for it, one kind after the other, through our access layer.
 *
 * usage: test-domain KIND...      (pv, hvm: what this machine can run)
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain.h"
#include "lab.h"
#include "source/xen.h"

#define NO_SUBLEAF XEN_CPU_POLICY_NO_SUBLEAF
#define NO_ERROR   0xffffffffU

static struct test_toolstack *toolstack;
static struct xen_host *host;

/* Requests that Xen refuses, each with the place it names. */
static const struct {
    const char *name;
    int code;
    struct xen_set_error where;
    uint32_t nr_leaves, nr_msrs;
    struct xen_cpu_policy_leaf leaf;
    struct xen_cpu_policy_msr msr;
} refused[] = {
    { "max-leaf-too-big", -EINVAL, { 0, NO_SUBLEAF, NO_ERROR }, 1, 0,
      { 0, NO_SUBLEAF, 0x50, 0, 0, 0 }, { 0, 0, 0 } },
    { "max-subleaf-of-7-too-big", -EINVAL, { 7, 0, NO_ERROR }, 1, 0,
      { 7, 0, 9, 0, 0, 0 }, { 0, 0, 0 } },
    { "max-extended-leaf-too-big", -EINVAL,
      { 0x80000000, NO_SUBLEAF, NO_ERROR }, 1, 0,
      { 0x80000000, NO_SUBLEAF, 0x80000099, 0, 0, 0 }, { 0, 0, 0 } },
    { "platform-info-beyond-max", -EINVAL,
      { NO_ERROR, NO_ERROR, 0xce }, 0, 1,
      { 0, 0, 0, 0, 0, 0 }, { 0xce, 0, 1 } },
    { "leaf-unknown", -ERANGE, { 0x3f, NO_SUBLEAF, NO_ERROR }, 1, 0,
      { 0x3f, NO_SUBLEAF, 1, 1, 1, 1 }, { 0, 0, 0 } },
    { "subleaf-where-none-is", -ERANGE, { 1, 0, NO_ERROR }, 1, 0,
      { 1, 0, 0, 0, 0, 0 }, { 0, 0, 0 } },
    { "subleaf-of-4-beyond-storage", -ERANGE, { 4, 6, NO_ERROR }, 1, 0,
      { 4, 6, 0, 0, 0, 0 }, { 0, 0, 0 } },
    { "msr-unknown", -ERANGE, { NO_ERROR, NO_ERROR, 0x123 }, 0, 1,
      { 0, 0, 0, 0, 0, 0 }, { 0x123, 0, 0 } },
    { "msr-flags", -EINVAL, { NO_ERROR, NO_ERROR, 0x10a }, 0, 1,
      { 0, 0, 0, 0, 0, 0 }, { 0x10a, 1, 0 } },
    { "msr-wider-than-storage", -EOVERFLOW, { NO_ERROR, NO_ERROR, 0xce }, 0, 1,
      { 0, 0, 0, 0, 0, 0 }, { 0xce, 0, 1ULL << 32 } },
    { "too-many-rows", -E2BIG, { 0x99, 0x99, 0x99 }, 121, 0,
      { 0, NO_SUBLEAF, 0, 0, 0, 0 }, { 0, 0, 0 } },
};
#define NR_REFUSED (sizeof(refused) / sizeof(refused[0]))

static const char *kind_name;

static void check(bool ok, const char *what, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
static void check(bool ok, const char *what, const char *fmt, ...)
{
    char name[80], reason[600];
    va_list args;

    snprintf(name, sizeof(name), "%s-%s", kind_name, what);
    va_start(args, fmt);
    vsnprintf(reason, sizeof(reason), fmt, args);
    va_end(args);
    lab_case(ok, name, "%s", reason);
}

static bool policy_is(uint32_t domid, const struct xen_rows *expected)
{
    static struct xen_rows now;

    return !xen_domain_policy_get(host, domid, &now, NULL) &&
           !memcmp(&now, expected, sizeof(now));
}

#define NR_INFO_CASES 2
static void check_info(uint32_t domid, enum test_domain_kind kind)
{
    struct xen_domain_info info = { 0 };
    int rc = xen_domain_info_get(host, domid, &info, NULL);
    bool hvm = kind != TEST_DOMAIN_PV;

    check(!rc && info.domid == domid && info.state == XEN_DOMAIN_PAUSED &&
          !info.has_run && !info.nr_vcpus &&
          info.type == (hvm ? XEN_DOMAIN_PVH : XEN_DOMAIN_PV) &&
          info.hap == (kind == TEST_DOMAIN_HVM), "info",
          "rc %d type %d hap %d state %d", rc, info.type, info.hap,
          info.state);
    rc = test_domain_add_vcpu(toolstack, domid);
    if ( !rc )
        rc = xen_domain_info_get(host, domid, &info, NULL);
    check(!rc && info.nr_vcpus == 1, "info-vcpus", "rc %d, %u vCPUs", rc,
          info.nr_vcpus);
}

#define NR_LIST_CASES 1
static void check_list(uint32_t domid)
{
    struct xen_domain_info all[XEN_DOMAIN_LIST_MAX], one;
    size_t nr = 0, nr_one = 0, nr_beyond = 9;
    int rc = xen_domain_list(host, 0, all, XEN_DOMAIN_LIST_MAX, &nr, NULL);

    if ( !rc )
        rc = xen_domain_list(host, 1, &one, 1, &nr_one, NULL);
    if ( !rc )
        rc = xen_domain_list(host, domid + 1, all + 2, 1, &nr_beyond, NULL);
    check(!rc && nr == 2 && all[0].domid == 0 && all[1].domid == domid &&
          all[0].has_run && all[0].state == XEN_DOMAIN_RUNNING &&
          nr_one == 1 && one.domid == domid && nr_beyond == 0, "list",
          "rc %d, %zu domains, %zu from 1, %zu beyond", rc, nr, nr_one,
          nr_beyond);
}

#define NR_SET_CASES 4
static void check_set(uint32_t domid, const struct xen_rows *was)
{
    static const struct xen_rows nothing;
    static struct xen_rows changed;
    int rc = xen_domain_policy_set(host, domid, was, NULL, NULL);

    check(!rc && policy_is(domid, was), "set-same", "rc %d", rc);
    rc = xen_domain_policy_set(host, domid, &nothing, NULL, NULL);
    check(!rc && policy_is(domid, was), "set-nothing", "rc %d", rc);

    /* Clearing the brand string is nothing that Xen would mind or edit. */
    changed = nothing;
    changed.nr_leaves = 1;
    changed.leaves[0] = (struct xen_cpu_policy_leaf){
        0x80000003, NO_SUBLEAF, 0x11111111, 0x22222222, 0x33333333, 0
    };
    rc = xen_domain_policy_set(host, domid, &changed, NULL, NULL);
    check(!rc && !policy_is(domid, was), "set-one-leaf", "rc %d", rc);
    rc = xen_domain_policy_set(host, domid, was, NULL, NULL);
    check(!rc && policy_is(domid, was), "set-back", "rc %d", rc);
}

static void check_refused(uint32_t domid, const struct xen_rows *was,
                          unsigned int row)
{
    static struct xen_rows request;
    struct xen_set_error where = { 0x99, 0x99, 0x99 };
    cpupolicy_error err = { 0 };
    int rc;

    memset(&request, 0, sizeof(request));
    request.nr_leaves = refused[row].nr_leaves;
    request.nr_msrs = refused[row].nr_msrs;
    request.leaves[0] = refused[row].leaf;
    request.msrs[0] = refused[row].msr;
    rc = xen_domain_policy_set(host, domid, &request, &where, &err);
    check(rc == refused[row].code && err.code == -rc && err.message[0] &&
          !memcmp(&where, &refused[row].where, sizeof(where)) &&
          policy_is(domid, was), refused[row].name,
          "rc %d at leaf %#x subleaf %#x MSR %#x: %s", rc, where.leaf,
          where.subleaf, where.msr, err.message);
}

#define NR_STARTED_CASES 5
static void check_started(uint32_t domid, const struct xen_rows *was)
{
    struct xen_domain_info info = { 0 };
    bool before = true, after = false, paused = false;
    int rc = xen_domain_policy_is_fixed(host, domid, &before, NULL);

    check(!rc && !before && policy_is(domid, was), "not-fixed-at-first",
          "rc %d fixed %d", rc, before);
    rc = test_domain_unpause(toolstack, domid);
    check(!rc, "unpause", "rc %d", rc);
    rc = xen_domain_policy_set(host, domid, was, NULL, NULL);
    check(rc == -EEXIST && policy_is(domid, was), "set-when-started", "rc %d",
          rc);
    rc = xen_domain_policy_is_fixed(host, domid, &after, NULL);
    if ( !rc )
        rc = xen_domain_info_get(host, domid, &info, NULL);
    check(!rc && after && info.state == XEN_DOMAIN_RUNNING && info.has_run,
          "fixed-when-started", "rc %d fixed %d state %d", rc, after,
          info.state);
    rc = test_domain_pause(toolstack, domid);
    if ( !rc )
        rc = xen_domain_policy_is_fixed(host, domid, &paused, NULL);
    check(!rc && paused && policy_is(domid, was), "fixed-when-paused-again",
          "rc %d fixed %d", rc, paused);
}

/* Every call about a domain that does not exist; `out` must stay. */
static bool all_say_no_domain(uint32_t domid)
{
    static struct xen_rows rows, kept;
    struct xen_domain_info info;
    cpupolicy_error err[4] = { 0 };
    bool fixed = true;
    unsigned int i;

    memset(&rows, 0x5a, sizeof(rows));
    kept = rows;
    if ( xen_domain_policy_get(host, domid, &rows, &err[0]) != -ESRCH ||
         memcmp(&rows, &kept, sizeof(rows)) ||
         xen_domain_info_get(host, domid, &info, &err[1]) != -ESRCH ||
         xen_domain_policy_is_fixed(host, domid, &fixed, &err[2]) != -ESRCH )
        return false;
    memset(&rows, 0, sizeof(rows));
    if ( xen_domain_policy_set(host, domid, &rows, NULL, &err[3]) != -ESRCH )
        return false;
    for ( i = 0; i < 4; i++ )
        if ( !strstr(err[i].message, "there is no domain") )
            return false;
    return fixed;
}

#define NR_DESTROYED_CASES 1
#define NR_CASES_PER_KIND (1 + NR_INFO_CASES + NR_LIST_CASES + NR_SET_CASES + \
                           NR_REFUSED + NR_STARTED_CASES + NR_DESTROYED_CASES)

static void check_kind(enum test_domain_kind kind)
{
    static struct xen_rows was;
    uint32_t domid;
    unsigned int row;
    int rc = test_domain_create(toolstack, kind, &domid);

    if ( rc )
        lab_give_up("creating a %s domain: %d", kind_name, rc);
    rc = xen_domain_policy_get(host, domid, &was, NULL);
    check(!rc && was.nr_leaves > 4 && was.nr_msrs == 2 &&
          policy_is(domid, &was), "get", "rc %d, %u leaves %u MSRs", rc,
          was.nr_leaves, was.nr_msrs);
    check_info(domid, kind);
    check_list(domid);
    check_set(domid, &was);
    for ( row = 0; row < NR_REFUSED; row++ )
        check_refused(domid, &was, row);
    check_started(domid, &was);
    rc = test_domain_destroy(toolstack, domid);
    check(!rc && all_say_no_domain(domid), "destroyed", "rc %d", rc);
}

static const struct {
    const char *name;
    uint32_t domid;
} no_domains[] = {
    { "never-created", 12345 },
    { "self", 0x7ff0 },
    { "idle", 0x7fff },
    { "wider-than-a-domid", 0x10000 },  /* its low half is dom0 */
    { "all-ones", 0xffffffff },
};
#define NR_NO_DOMAINS (sizeof(no_domains) / sizeof(no_domains[0]))

#define NR_COMMON_CASES (NR_NO_DOMAINS + 1)
static void check_common(void)
{
    cpupolicy_error err = { 0 };
    bool fixed = false;
    unsigned int i;
    int rc;

    kind_name = "no-domain";
    for ( i = 0; i < NR_NO_DOMAINS; i++ )
        check(all_say_no_domain(no_domains[i].domid), no_domains[i].name,
              "%u", no_domains[i].domid);
    rc = xen_domain_policy_is_fixed(host, 0, &fixed, &err);
    kind_name = "own-domain";
    check(rc == -EINVAL && !fixed && strstr(err.message, "own"), "set",
          "rc %d: %s", rc, err.message);
}

static enum test_domain_kind kind_of(const char *name)
{
    unsigned int i;

    for ( i = 0; i < TEST_NR_DOMAIN_KINDS; i++ )
        if ( !strcmp(name, test_domain_kinds[i]) )
            return i;
    lab_give_up("no kind of domain: %s", name);
}

int main(int argc, char **argv)
{
    cpupolicy_error err;
    int i;

    toolstack = test_toolstack_open();
    if ( argc < 2 || !toolstack )
        lab_give_up("usage, or no Xen");
    if ( xen_host_open(&host, &err) )
        lab_give_up("%s", err.message);
    for ( i = 1; i < argc; i++ )
    {
        kind_name = argv[i];
        check_kind(kind_of(argv[i]));
    }
    check_common();
    xen_host_close(host);
    test_toolstack_close(toolstack);
    return lab_finish((argc - 1) * NR_CASES_PER_KIND + NR_COMMON_CASES);
}
