/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * This machine: the CPUID instruction on every CPU that this process may run
 * on, and the feature MSRs where the msr driver lets us read them.
 */

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "private.h"

static int add_policy(struct dump_cpu *cpu, const struct cpu_policy *p,
                      cpupolicy_error *err)
{
    struct xen_cpu_policy_leaf leaves[X86_NR_SLOTS];
    uint32_t nr = X86_NR_SLOTS;
    int rc = x86_policy_to_leaves(p, &x86_abi_full, leaves, &nr);

    for ( uint32_t i = 0; !rc && i < nr; i++ )
    {
        const struct dump_leaf row = {
            .leaf = leaves[i].leaf, .subleaf = leaves[i].subleaf,
            .reg = { leaves[i].a, leaves[i].b, leaves[i].c, leaves[i].d },
        };

        if ( row.leaf >= X86_HV_LEAF && row.leaf < 0x80000000U )
            continue;
        rc = dump_add_leaf(cpu, &row, err);
    }

    return rc;
}

/* Leaves that the CPU has and the tables do not, so that they are named. */
static int add_unknown(struct dump_cpu *cpu, uint32_t first, uint32_t last,
                       cpupolicy_error *err)
{
    struct x86_regs max;
    int rc = 0;

    x86_cpuid_native(NULL, first, 0, &max);
    if ( (max.a ^ first) & 0xffff0000U )
        return 0;

    for ( uint32_t leaf = last + 1;
          !rc && leaf <= max.a && leaf < last + 256; leaf++ )
    {
        struct dump_leaf row = { .leaf = leaf, .subleaf = 0 };
        struct x86_regs r;

        x86_cpuid_native(NULL, leaf, 0, &r);
        row.reg[0] = r.a;
        row.reg[1] = r.b;
        row.reg[2] = r.c;
        row.reg[3] = r.d;
        rc = dump_add_leaf(cpu, &row, err);
    }

    return rc;
}

/* -errno if the driver is not there; an MSR that faults is not an error. */
static int add_msrs(struct dump_cpu *cpu, cpupolicy_error *err)
{
    static const uint32_t platform[] = { 0x1a0 };
    char path[64];
    int fd, rc = 0;

    snprintf(path, sizeof(path), "/dev/cpu/%u/msr", cpu->id);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if ( fd < 0 )
        return -errno;

    for ( unsigned int i = 0; !rc && i <= X86_NR_MSR_SLOTS; i++ )
    {
        struct dump_msr m = {
            .index = i < X86_NR_MSR_SLOTS ? x86_msr_descs[i].index
                                          : platform[0],
        };

        if ( pread(fd, &m.value, sizeof(m.value), m.index) ==
             sizeof(m.value) )
            rc = dump_add_msr(cpu, &m, err);
    }
    close(fd);

    return rc;
}

static int add_cpu(struct dump *out, struct dump_section *s, unsigned int id,
                   cpupolicy_error *err)
{
    struct dump_cpu *cpu = dump_add_cpu(s, id, err);
    struct cpu_policy p;
    int rc;

    if ( !cpu )
        return -ENOMEM;

    x86_policy_read(&p, x86_cpuid_native, NULL);
    rc = add_policy(cpu, &p, err);
    if ( !rc )
        rc = add_unknown(cpu, 0, X86_MAX_BASIC_LEAF, err);
    if ( !rc )
        rc = add_unknown(cpu, 0x80000000U, X86_MAX_EXT_LEAF, err);
    if ( rc )
        return rc;

    rc = add_msrs(cpu, err);
    if ( rc == -ENOMEM || rc == -E2BIG )
        return rc;
    if ( rc && s->nr_cpus == 1 )
        return dump_add_note(out, err, "MSRs cannot be read (/dev/cpu/%u/msr:"
                             " %s): feature MSRs are taken as 0", id,
                             strerror(-rc));

    return 0;
}

/* Visit every CPU of `set`; the caller restores the affinity. */
static int each_cpu(struct dump *out, struct dump_section *s,
                    const cpu_set_t *set, cpupolicy_error *err)
{
    unsigned int nr_skipped = 0;

    for ( unsigned int id = 0; id < CPU_SETSIZE; id++ )
    {
        cpu_set_t one;
        int rc;

        if ( !CPU_ISSET(id, set) )
            continue;

        CPU_ZERO(&one);
        CPU_SET(id, &one);
        if ( sched_setaffinity(0, sizeof(one), &one) )
        {
            nr_skipped++;
            continue;
        }

        rc = add_cpu(out, s, id, err);
        if ( rc )
            return rc;
    }

    if ( nr_skipped )
        return dump_add_note(out, err, "%u CPUs could not be visited",
                             nr_skipped);

    return 0;
}

int native_dump(struct dump *out, cpupolicy_error *err)
{
    struct dump d = { .format = "native", .records_hardware = true };
    struct dump_section *s = dump_add_section(&d, "", err);
    cpu_set_t set;
    long nr_online = sysconf(_SC_NPROCESSORS_ONLN);
    int rc = s ? 0 : -ENOMEM;

    if ( !rc && sched_getaffinity(0, sizeof(set), &set) )
        rc = cpupolicy_error_set(err, errno, 0, "cannot ask for CPUs: %s",
                                 strerror(errno));
    if ( !rc )
    {
        rc = each_cpu(&d, s, &set, err);
        sched_setaffinity(0, sizeof(set), &set);
    }
    if ( !rc && nr_online > CPU_COUNT(&set) )
        rc = dump_add_note(&d, err, "%ld of %ld online CPUs are not open to "
                           "this process", nr_online - CPU_COUNT(&set),
                           nr_online);
    if ( rc )
        dump_dispose(&d);
    else
        *out = d;

    return rc;
}
