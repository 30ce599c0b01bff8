/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * In dom0 of a real Xen, with two CPUs: two toolstacks at once, a domain
 * started and a domain destroyed while its policy is being set.  The second
 * toolstack is a process with a handle of its own.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "domain.h"
#include "lab.h"
#include "source/xen.h"

#define NO_SUBLEAF XEN_CPU_POLICY_NO_SUBLEAF
#define NR_SETS      3000
/* Races until so many were really met, which takes luck on a busy machine. */
#define NR_WANTED    30
#define MAX_DOMAINS  1000

/*
 * Two requests that touch the same three leaves: the brand string, which Xen
 * takes as it is.  A mixture of both would show.
 */
static const struct xen_rows requests[2] = {
    { .nr_leaves = 3, .leaves = {
        { 0x80000002, NO_SUBLEAF, 0x41414141, 1, 1, 1 },
        { 0x80000003, NO_SUBLEAF, 0x41414141, 2, 2, 2 },
        { 0x80000004, NO_SUBLEAF, 0x41414141, 3, 3, 3 } } },
    { .nr_leaves = 3, .leaves = {
        { 0x80000002, NO_SUBLEAF, 0x42424242, 4, 4, 4 },
        { 0x80000003, NO_SUBLEAF, 0x42424242, 5, 5, 5 },
        { 0x80000004, NO_SUBLEAF, 0x42424242, 6, 6, 6 } } },
};

static struct test_toolstack *toolstack;
static struct xen_host *host;

static struct xen_host *open_host(void)
{
    struct xen_host *h;
    cpupolicy_error err;

    if ( xen_host_open(&h, &err) )
        lab_give_up("%s", err.message);
    return h;
}

/* What one read of a policy showed. */
enum { REQUEST_0, REQUEST_1, ORIGINAL, MIXTURE, GONE, FAILED };

static bool has_request(const struct xen_rows *rows, unsigned int which)
{
    uint32_t i, nr_found = 0;

    for ( i = 0; i < rows->nr_leaves; i++ )
        if ( rows->leaves[i].leaf - 0x80000002 < 3 &&
             !memcmp(&rows->leaves[i],
                     &requests[which].leaves[rows->leaves[i].leaf -
                                             0x80000002],
                     sizeof(rows->leaves[i])) )
            nr_found++;
    return nr_found == 3;
}

static int look(struct xen_host *h, uint32_t domid,
                const struct xen_rows *original)
{
    static struct xen_rows now;
    int rc = xen_domain_policy_get(h, domid, &now, NULL);

    if ( rc )
        return rc == -ESRCH ? GONE : FAILED;
    if ( has_request(&now, 0) )
        return REQUEST_0;
    if ( has_request(&now, 1) )
        return REQUEST_1;
    return original && !memcmp(original, &now, sizeof(now)) ? ORIGINAL
                                                            : MIXTURE;
}

/*
 * Run `body` as a second toolstack, from the moment that it is connected: a
 * race is on when this returns.  Its exit status is what body() returns.
 */
static pid_t start(int (*body)(struct xen_host *, uint32_t), uint32_t domid)
{
    int ready[2];
    struct xen_host *h;
    pid_t child;
    char byte = 0;

    if ( pipe(ready) || (child = fork()) < 0 )
        lab_give_up("no second process");
    if ( !child )
    {
        h = open_host();
        if ( write(ready[1], &byte, 1) != 1 )
            _exit(99);
        _exit(body(h, domid));
    }
    close(ready[1]);
    if ( read(ready[0], &byte, 1) != 1 )
        lab_give_up("the second toolstack did not start");
    close(ready[0]);
    return child;
}

static int outcome(pid_t child)
{
    int status = -1;

    if ( child < 0 || waitpid(child, &status, 0) != child ||
         !WIFEXITED(status) )
        return 99;
    return WEXITSTATUS(status);
}

/* A second toolstack that came when all was over: no race, no failure. */
#define TOO_LATE 50

/* What a number of races came to. */
struct tally {
    unsigned int nr_races, nr_bad, nr_met;
    int last_bad;
};

static void count(struct tally *t, int mine, int theirs)
{
    t->nr_races++;
    t->nr_met += !mine && !theirs;
    if ( !mine && (!theirs || theirs == TOO_LATE) )
        return;
    t->nr_bad++;
    t->last_bad = mine ? mine : theirs;
}

static bool more_races(const struct tally *t)
{
    return !t->nr_bad && t->nr_met < NR_WANTED && t->nr_races < MAX_DOMAINS;
}

static void tally_case(const struct tally *t, const char *name,
                       const char *codes)
{
    lab_case(!t->nr_bad && t->nr_met >= NR_WANTED, name,
             "%u of %u races met, outcome %d (%s)", t->nr_met, t->nr_races,
             t->last_bad, codes);
    lab_remark("%s: %u of %u races met", name, t->nr_met, t->nr_races);
}

static uint32_t new_domain(void)
{
    uint32_t domid;
    int rc = test_domain_create(toolstack, TEST_DOMAIN_PV, &domid);

    if ( rc )
        lab_give_up("creating a domain: %d", rc);
    return domid;
}

/* ---- two that set --------------------------------------------------- */

/* Exit codes of set_many(). */
enum { MET, REFUSED, SAW_MIXTURE, NEVER_MET };

static int set_many(struct xen_host *h, uint32_t domid, unsigned int which)
{
    unsigned int i, seen, nr_met = 0;

    for ( i = 0; i < NR_SETS; i++ )
    {
        if ( xen_domain_policy_set(h, domid, &requests[which], NULL, NULL) )
            return REFUSED;
        seen = look(h, domid, NULL);
        if ( seen != REQUEST_0 && seen != REQUEST_1 )
            return SAW_MIXTURE;
        nr_met += seen != which;
    }
    return nr_met ? MET : NEVER_MET;
}

static int set_second(struct xen_host *h, uint32_t domid)
{
    return set_many(h, domid, 1);
}

static void check_two_setters(void)
{
    uint32_t domid = new_domain();
    pid_t child = start(set_second, domid);
    int mine = set_many(host, domid, 0), theirs = outcome(child);
    int last = look(host, domid, NULL);

    lab_case((mine == MET || theirs == MET) && mine != REFUSED &&
             theirs != REFUSED && mine != SAW_MIXTURE &&
             theirs != SAW_MIXTURE && (last == REQUEST_0 || last == REQUEST_1),
             "two-setters", "first %d, second %d (1: refused, 2: mixture, 3: "
             "never saw the other's), last %d", mine, theirs, last);
    test_domain_destroy(toolstack, domid);
}

/* ---- one that sets, one that starts --------------------------------- */

/*
 * Set in turn until Xen says that the domain has been started; then what is
 * there must be the last accepted request, now and after more tries.
 */
static int set_until_started(struct xen_host *h, uint32_t domid)
{
    static struct xen_rows original;
    unsigned int i, accepted = ORIGINAL;
    int rc = xen_domain_policy_get(h, domid, &original, NULL);

    for ( i = 0; !rc && i < 1000000; i++ )
    {
        rc = xen_domain_policy_set(h, domid, &requests[i % 2], NULL, NULL);
        if ( !rc )
            accepted = i % 2;
    }
    if ( rc != -EEXIST )
        return 1;
    if ( look(h, domid, &original) != (int)accepted )
        return 2;
    if ( xen_domain_policy_set(h, domid, &requests[!accepted], NULL, NULL) !=
         -EEXIST )
        return 3;
    if ( look(h, domid, &original) != (int)accepted )
        return 4;
    return i > 1 ? 0 : TOO_LATE;
}

/* A different delay each time, so that all windows are met. */
static void wait_a_little(unsigned int turn)
{
    usleep(turn * 137 % 5000);
}

static void check_start(void)
{
    struct tally t = { 0 };

    while ( more_races(&t) )
    {
        uint32_t domid = new_domain();
        pid_t child = start(set_until_started, domid);
        int rc, theirs;

        wait_a_little(t.nr_races);
        rc = test_domain_unpause(toolstack, domid);
        theirs = outcome(child);
        count(&t, rc, theirs);
        test_domain_destroy(toolstack, domid);
    }
    tally_case(&t, "started-while-setting", "1: not EEXIST, 2: not what was "
               "accepted, 3, 4: changed afterwards");
}

/* ---- one that uses, one that destroys ------------------------------- */

/* Everything works or says that there is no such domain, and stays so. */
static int use_until_gone(struct xen_host *h, uint32_t domid)
{
    struct xen_domain_info info;
    unsigned int i, seen;
    bool fixed;
    int rc = 0;

    for ( i = 0; !rc && i < 1000000; i++ )
    {
        rc = xen_domain_policy_set(h, domid, &requests[i % 2], NULL, NULL);
        seen = look(h, domid, NULL);
        if ( !rc && seen > REQUEST_1 )
            rc = seen == GONE ? -ESRCH : -EIO;
        if ( !rc )
            rc = xen_domain_info_get(h, domid, &info, NULL);
        if ( !rc )
            rc = xen_domain_policy_is_fixed(h, domid, &fixed, NULL);
    }
    if ( rc != -ESRCH )
        return 1;
    if ( look(h, domid, NULL) != GONE )
        return 2;
    if ( xen_domain_policy_set(h, domid, &requests[0], NULL, NULL) != -ESRCH )
        return 3;
    if ( xen_domain_info_get(h, domid, &info, NULL) != -ESRCH )
        return 4;
    return i > 1 ? 0 : TOO_LATE;
}

static void check_destroy(void)
{
    struct tally t = { 0 };

    while ( more_races(&t) )
    {
        uint32_t domid = new_domain();
        pid_t child = start(use_until_gone, domid);
        int rc, theirs;

        wait_a_little(t.nr_races);
        rc = test_domain_destroy(toolstack, domid);
        theirs = outcome(child);
        count(&t, rc, theirs);
    }
    tally_case(&t, "destroyed-while-used", "1: not ESRCH, 2, 3, 4: there "
               "again");
}

int main(void)
{
    toolstack = test_toolstack_open();
    if ( !toolstack )
        lab_give_up("no Xen");
    host = open_host();
    check_two_setters();
    check_start();
    check_destroy();
    xen_host_close(host);
    test_toolstack_close(toolstack);
    return lab_finish(3);
}
