/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A running Xen as a source: its own policies, and for each of their bits a
 * cause.  The causes come from deriving the same policies from Xen's raw one
 * with Xen's command line; where the running Xen decided otherwise, that is
 * recorded as a change of its own.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sources.h"
#include "xen-options.h"
#include "xen-release.h"

/* Which of ours each of Xen's is; host max has no counterpart in Xen. */
static const uint8_t counterparts[XEN_NR_HOST_POLICIES] = {
    [XEN_HOST_POLICY_RAW] = X86_POLICY_RAW,
    [XEN_HOST_POLICY_HOST] = X86_POLICY_HOST_DEFAULT,
    [XEN_HOST_POLICY_PV_MAX] = X86_POLICY_PV_MAX,
    [XEN_HOST_POLICY_HVM_MAX] = X86_POLICY_HVM_MAX,
    [XEN_HOST_POLICY_PV_DEFAULT] = X86_POLICY_PV_DEFAULT,
    [XEN_HOST_POLICY_HVM_DEFAULT] = X86_POLICY_HVM_DEFAULT,
};

int policy_from_rows(struct cpu_policy *p, const struct xen_rows *rows,
                     cpupolicy_error *err)
{
    struct x86_policy_error where = X86_POLICY_ERROR_INIT;
    int rc;

    memset(p, 0, sizeof(*p));
    rc = x86_policy_from_leaves(p, &x86_abi_full, rows->leaves,
                                rows->nr_leaves, &where);
    if ( !rc )
        rc = x86_policy_from_msrs(p, &x86_abi_full, rows->msrs,
                                  rows->nr_msrs, &where);
    if ( rc )
        return cpupolicy_error_set(err, -rc, 0, "Xen speaks of leaf 0x%x "
                                   "subleaf 0x%x, MSR 0x%x, which the tables "
                                   "do not know", where.leaf, where.subleaf,
                                   where.msr);

    return 0;
}

void policy_to_rows(const struct cpu_policy *p, struct xen_rows *rows)
{
    rows->nr_leaves = x86_abi_xen.max_leaves;
    rows->nr_msrs = x86_abi_xen.max_msrs;
    if ( x86_policy_to_leaves(p, &x86_abi_xen, rows->leaves,
                              &rows->nr_leaves) ||
         x86_policy_to_msrs(p, &x86_abi_xen, rows->msrs, &rows->nr_msrs) )
        abort();                /* the buffers hold what the ABI allows */
}

static int read_policy(struct xen_host *h, unsigned int which,
                       struct cpu_policy *p, cpupolicy_error *err)
{
    struct xen_rows *rows = malloc(sizeof(*rows));
    int rc = rows ? xen_host_policy_get(h, which, rows, err)
                  : cpupolicy_error_set(err, ENOMEM, 0, "out of memory");

    if ( !rc )
        rc = policy_from_rows(p, rows, err);
    free(rows);

    return rc;
}

/* Xen's answer replaces ours; each bit that differs is recorded. */
static int take_policy(cpupolicy_source *src, unsigned int which,
                       cpupolicy_error *err)
{
    unsigned int ours = counterparts[which];
    struct cpu_policy *mine = &src->policies[ours].policy, real;
    int rc = read_policy(src->xen, which, &real, err);

    if ( rc == -EOPNOTSUPP )
    {
        src->present[ours] = false;
        return 0;
    }
    if ( rc )
        return rc;

    source_record_difference(src, ours, mine, &real);
    *mine = real;

    return 0;
}

static void platform_from_xen(struct x86_platform *plat,
                              const struct xen_host_info *info)
{
    plat->hvm = info->hvm;
    plat->hap = info->hap;
    plat->vpmu = info->vpmu;
    plat->smt = info->threads_per_core > 1;
}

/* As Xen was booted, and on top of it what the caller wants otherwise. */
static int derive_as_booted(cpupolicy_source *src,
                            const struct xen_host_info *info,
                            const cpupolicy_options *options,
                            cpupolicy_error *err)
{
    cpupolicy_options own = { 0 };
    char *cmdline, *platform;
    int rc = xen_options_translate(info->command_line, &cmdline, &platform);

    if ( rc )
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");

    rc = platform_parse(&src->platform, platform, err);
    if ( options )
        own = *options;
    if ( own.cmdline )
        src->what_if = true;
    else
        own.cmdline = cmdline;
    if ( !rc )
        rc = source_derive(src, &own, err);
    free(cmdline);
    free(platform);

    return rc;
}

/* A newer one than all that are known goes on as they did, one hopes. */
static void find_release(cpupolicy_source *src)
{
    const struct xen_release *r = xen_host_release(src->xen);

    for ( unsigned int i = 0; !r && xen_release_at(i); i++ )
        src->release = xen_release_at(i);
    if ( r )
        src->release = r;
    else
        source_note(src, "this Xen is newer than all that are known: its "
                    "APIC ids are taken to be numbered as in %u.%u",
                    src->release->major, src->release->minor);
}

int xen_open(cpupolicy_source *src, const char *spec,
             const cpupolicy_options *options, cpupolicy_error *err)
{
    struct xen_host_info info;
    int rc = xen_host_open(&src->xen, err);

    (void)spec;
    if ( !rc )
        rc = xen_host_info_get(src->xen, &info, err);
    if ( rc )
        return rc;

    find_release(src);
    src->cpus = calloc(1, sizeof(*src->cpus));
    if ( !src->cpus )
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");
    src->nr_cpus = 1;

    rc = read_policy(src->xen, XEN_HOST_POLICY_RAW, &src->cpus[0], err);
    if ( rc )
        return rc;

    x86_platform_guess(&src->platform, &src->cpus[0], NULL);
    platform_from_xen(&src->platform, &info);
    if ( info.command_line_full )
        source_note(src, "Xen's command line may be longer than the %zu "
                    "bytes that it reports", sizeof(info.command_line) - 1);

    rc = derive_as_booted(src, &info, options, err);
    src->nr_cpus = info.nr_cpus;

    /* A what-if has no counterpart in the running Xen. */
    for ( unsigned int i = 0;
          !rc && !src->what_if && i < XEN_NR_HOST_POLICIES; i++ )
        rc = take_policy(src, i, err);

    return rc;
}

bool cpupolicy_xen_present(void)
{
    /* privcmd's node is there wherever Linux runs on Xen as dom0. */
    return !access("/proc/xen/privcmd", F_OK) ||
           !access("/dev/xen/privcmd", F_OK);
}
