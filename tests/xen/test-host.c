/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * In dom0 of a real Xen: what our access layer reads of the host is what
 * the processor, libxenguest and the unmodified xen-cpuid say.
 *
 * usage: test-host XEN-CPUID-TEXT WORDS-OF-THE-COMMAND-LINE
 * The text is the output of `xen-cpuid -p` on this boot.
 */
#include <cpuid.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xenctrl.h>
#include <xenguest.h>

#include "lab.h"
#include "base/loaded.h"
#include "rows.h"
#include "source/xen-release.h"
#include "source/xen.h"

#define NO_SUBLEAF XEN_CPU_POLICY_NO_SUBLEAF

/* Names as in case names, titles as xen-cpuid -p prints them. */
static const struct {
    const char *name, *title;
} policies[XEN_NR_HOST_POLICIES] = {
    [XEN_HOST_POLICY_RAW] = { "raw", "Raw policy" },
    [XEN_HOST_POLICY_HOST] = { "host", "Host policy" },
    [XEN_HOST_POLICY_PV_MAX] = { "pv-max", "PV Max policy" },
    [XEN_HOST_POLICY_HVM_MAX] = { "hvm-max", "HVM Max policy" },
    [XEN_HOST_POLICY_PV_DEFAULT] = { "pv-default", "PV Default policy" },
    [XEN_HOST_POLICY_HVM_DEFAULT] = { "hvm-default", "HVM Default policy" },
};


static struct xen_rows rows, other;

static bool is_zero(const struct xen_cpu_policy_leaf *l)
{
    return !(l->a | l->b | l->c | l->d);
}

static bool ascends(const struct xen_rows *r)
{
    const struct xen_cpu_policy_leaf *l = r->leaves;
    uint32_t i;

    for ( i = 1; i < r->nr_leaves; i++ )
        if ( l[i - 1].leaf > l[i].leaf ||
             (l[i - 1].leaf == l[i].leaf && l[i - 1].subleaf >= l[i].subleaf) )
            return false;
    return r->nr_leaves > 0;
}

/* ---- against libxenguest -------------------------------------------- */

/*
 * The library of this Xen, whichever it is; what it needs of libxenctrl comes
 * with it.  4.14 and 4.15 have no such calls.
 */
#define FUNCTIONS(X) \
    X(xc_cpu_policy_destroy) X(xc_cpu_policy_get_system) \
    X(xc_cpu_policy_init) X(xc_cpu_policy_serialise) \
    X(xc_interface_close) X(xc_interface_open)

LOADED_LIBRARY(lib, "libxenguest.so.4.", "the comparison", FUNCTIONS);

static xc_interface *xch;

static bool has_libxenguest(struct xen_host *h)
{
    const struct xen_release *r = xen_host_release(h);

    return !r || r->minor >= 16;
}

/* Debian's own path: another library, its own buffers, its own structures. */
static bool read_by_libxenguest(unsigned int which)
{
    xc_cpu_policy_t *policy = lib.xc_cpu_policy_init();
    bool ok;

    memset(&other, 0, sizeof(other));
    other.nr_leaves = XEN_HOST_MAX_LEAVES;
    other.nr_msrs = XEN_HOST_MAX_MSRS;
    ok = policy && !lib.xc_cpu_policy_get_system(xch, which, policy) &&
         !lib.xc_cpu_policy_serialise(xch, policy, (void *)other.leaves,
                                      &other.nr_leaves, (void *)other.msrs,
                                      &other.nr_msrs);
    lib.xc_cpu_policy_destroy(policy);
    return ok;
}

/* ---- against xen-cpuid ---------------------------------------------- */

/* xen-cpuid leaves out leaves that are all zero, and nothing else. */
static bool matches_xen_cpuid(void)
{
    uint32_t i, nr_leaves = 0;

    for ( i = 0; i < rows.nr_leaves; i++ )
    {
        const struct xen_cpu_policy_leaf *l = &rows.leaves[i];
        const struct xen_cpu_policy_leaf *o = rows_find(&other, l->leaf,
                                                        l->subleaf);

        if ( is_zero(l) )
            continue;
        if ( !o || memcmp(o, l, sizeof(*l)) )
            return false;
        nr_leaves++;
    }
    return nr_leaves == other.nr_leaves && rows.nr_msrs == other.nr_msrs &&
           !memcmp(rows.msrs, other.msrs, sizeof(rows.msrs));
}

/* ---- against the processor ------------------------------------------ */

/*
 * Bits that belong to the executing CPU's live state.  A PV dom0's CPUID is
 * not trapped on machines without CPUID faulting (TCG has none), so that all
 * others are the hardware's.
 */
static const struct xen_cpu_policy_leaf live[] = {
    { 0x1, NO_SUBLEAF, 0, 0xff000000, 1u << 27, 0 },    /* APIC id, OSXSAVE */
    { 0x7, 0, 0, 0, 1u << 4, 0 },                       /* OSPKE */
    { 0xb, 0, 0, 0, 0, 0xffffffff },                    /* x2APIC id */
    { 0xb, 1, 0, 0, 0, 0xffffffff },
    { 0xd, 0, 0, 0xffffffff, 0, 0 },                    /* size for XCR0 */
    { 0xd, 1, 0, 0xffffffff, 0, 0 },                    /* ... with XSS */
};

static struct xen_cpu_policy_leaf live_bits(uint32_t leaf, uint32_t subleaf)
{
    size_t i;

    for ( i = 0; i < sizeof(live) / sizeof(live[0]); i++ )
        if ( live[i].leaf == leaf && live[i].subleaf == subleaf )
            return live[i];
    return (struct xen_cpu_policy_leaf){ leaf, subleaf, 0, 0, 0, 0 };
}

static bool processor_says(const struct xen_cpu_policy_leaf *l)
{
    struct xen_cpu_policy_leaf hw, skip = live_bits(l->leaf, l->subleaf);

    __cpuid_count(l->leaf, l->subleaf == NO_SUBLEAF ? 0 : l->subleaf,
                  hw.a, hw.b, hw.c, hw.d);
    if ( !(((hw.a ^ l->a) & ~skip.a) | ((hw.b ^ l->b) & ~skip.b) |
           ((hw.c ^ l->c) & ~skip.c) | ((hw.d ^ l->d) & ~skip.d)) )
        return true;
    lab_remark("%08x:%08x raw %08x:%08x:%08x:%08x native %08x:%08x:%08x:%08x",
               l->leaf, l->subleaf, l->a, l->b, l->c, l->d, hw.a, hw.b, hw.c,
               hw.d);
    return false;
}

/* Xen's two rows without a leaf of the hardware behind them. */
static bool is_hypervisor_leaf(uint32_t leaf)
{
    return leaf >> 16 == 0x4000;
}

static void check_raw_against_processor(struct xen_host *h)
{
    unsigned int i, nr_compared = 0, nr_differ = 0;

    if ( xen_host_policy_get(h, XEN_HOST_POLICY_RAW, &rows, NULL) )
    {
        lab_case(false, "raw-is-processor", "no raw policy");
        return;
    }
    for ( i = 0; i < rows.nr_leaves; i++ )
    {
        if ( is_hypervisor_leaf(rows.leaves[i].leaf) )
            continue;
        nr_compared++;
        nr_differ += !processor_says(&rows.leaves[i]);
    }
    lab_case(nr_compared >= 10 && !nr_differ, "raw-is-processor",
             "%u of %u leaves differ", nr_differ, nr_compared);
}

/* ---- the cases ------------------------------------------------------ */

/* Each case name is the policy's and what it was compared with. */
static void policy_case(bool ok, unsigned int which, const char *what)
{
    char name[64];

    snprintf(name, sizeof(name), "%s-%s", policies[which].name, what);
    lab_case(ok, name, "%u leaves and %u MSRs against %u and %u",
             rows.nr_leaves, rows.nr_msrs, other.nr_leaves, other.nr_msrs);
}

static void check_policy(struct xen_host *h, const char *text,
                         unsigned int which)
{
    cpupolicy_error err = { 0 };
    int rc;

    memset(&rows, 0, sizeof(rows));
    rc = xen_host_policy_get(h, which, &rows, &err);
    if ( rc )
        lab_remark("%s: %d %s", policies[which].name, rc, err.message);
    policy_case(!rc && ascends(&rows), which, "ascends");
    if ( xch )
        policy_case(!rc && read_by_libxenguest(which) &&
                    !memcmp(&rows, &other, sizeof(rows)), which,
                    "is-libxenguests");
    policy_case(!rc && rows_read(text, policies[which].title, &other) &&
                matches_xen_cpuid(), which, "is-xen-cpuids");
}

static void check_info(struct xen_host *h, const char *words)
{
    struct xen_host_info info;
    bool ok = !xen_host_info_get(h, &info, NULL);

    lab_case(ok && info.major == 4 && !strncmp(info.version, "4.", 2),
             "version", "version is '%s'", ok ? info.version : "?");
    lab_case(ok && strstr(info.command_line, words) && !info.command_line_full,
             "command-line", "'%s' not in '%s'", words,
             ok ? info.command_line : "?");
    lab_case(ok && info.pv && info.nr_cpus >= 1 && info.cpu_khz > 1000 &&
             info.total_kib > 65536 && info.free_kib < info.total_kib,
             "machine", "capabilities are wrong");
    lab_remark("Xen %s, hvm %d hap %d shadow %d vpmu %d, %u CPUs, %u kHz",
               info.version, info.hvm, info.hap, info.shadow, info.vpmu,
               info.nr_cpus, info.cpu_khz);
}

static void check_bad_index(struct xen_host *h)
{
    cpupolicy_error err = { 0 };
    int rc;

    memset(&rows, 0x5a, sizeof(rows));
    memcpy(&other, &rows, sizeof(rows));
    rc = xen_host_policy_get(h, XEN_NR_HOST_POLICIES, &rows, &err);
    lab_case(rc == -EINVAL && err.code == EINVAL && err.message[0] &&
             !memcmp(&rows, &other, sizeof(rows)), "no-such-policy",
             "returned %d", rc);
}

int main(int argc, char **argv)
{
    struct xen_host *h;
    cpupolicy_error err;
    unsigned int i, nr_per_policy;

    if ( argc != 3 )
        lab_give_up("usage");
    if ( xen_host_open(&h, &err) )
        lab_give_up("%s", err.message);
    nr_per_policy = has_libxenguest(h) ? 3 : 2;
    if ( has_libxenguest(h) )
    {
        if ( loaded_get(&lib_library, &err) )
            lab_give_up("%s", err.message);
        xch = lib.xc_interface_open(NULL, NULL, 0);
        if ( !xch )
            lab_give_up("libxenctrl finds no Xen");
    }
    check_info(h, argv[2]);
    for ( i = 0; i < XEN_NR_HOST_POLICIES; i++ )
        check_policy(h, argv[1], i);
    check_bad_index(h);
    check_raw_against_processor(h);
    xen_host_close(h);
    if ( xch )
        lib.xc_interface_close(xch);
    return lab_finish(3 + XEN_NR_HOST_POLICIES * nr_per_policy + 2);
}
