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

#include "sources.h"

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

/* A machine being read. */
struct machine {
    const char *msrs;           /* where the msr driver's files are */
    struct dump *out;
    struct dump_section *section;
    unsigned int nr_skipped;    /* CPUs that could not be run on */
    unsigned int nr_no_msrs;    /* CPUs whose MSRs cannot be read */
    unsigned int no_msrs;       /* the first of them, and why */
    int why;
};

/*
 * A fault (EIO) says that the CPU has no such MSR; any other failure says
 * nothing of the CPU.
 */
static int add_msr(struct dump_cpu *cpu, int fd, uint32_t index,
                   cpupolicy_error *err)
{
    struct dump_msr m = { .index = index };
    ssize_t got = pread(fd, &m.value, sizeof(m.value), index);

    if ( got < 0 && errno != EIO )
        return errno;
    if ( got != sizeof(m.value) )
    {
        m.value = 0;
        m.failed = true;
    }

    return dump_add_msr(cpu, &m, err);
}

/* 0, -errno, or the positive errno of why they cannot be read. */
static int add_msrs(const struct machine *m, struct dump_cpu *cpu,
                    cpupolicy_error *err)
{
    static const uint32_t platform[] = { 0x1a0 };
    char path[64];
    int fd, rc = 0;

    snprintf(path, sizeof(path), "%s/%u/msr", m->msrs, cpu->id);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if ( fd < 0 )
        return errno;

    for ( unsigned int i = 0; !rc && i <= X86_NR_MSR_SLOTS; i++ )
        rc = add_msr(cpu, fd, i < X86_NR_MSR_SLOTS ? x86_msr_descs[i].index
                                                   : platform[0], err);
    close(fd);

    return rc;
}

static int add_cpu(struct machine *m, unsigned int id, cpupolicy_error *err)
{
    struct dump_cpu *cpu = dump_add_cpu(m->section, id, err);
    struct cpu_policy p;
    int rc;

    if ( !cpu )
        return -err->code;

    x86_policy_read(&p, x86_cpuid_native, NULL);
    rc = add_policy(cpu, &p, err);
    if ( !rc )
        rc = add_unknown(cpu, 0, X86_MAX_BASIC_LEAF, err);
    if ( !rc )
        rc = add_unknown(cpu, 0x80000000U, X86_MAX_EXT_LEAF, err);
    if ( !rc )
        rc = add_msrs(m, cpu, err);
    if ( rc <= 0 )
        return rc;

    if ( !m->nr_no_msrs++ )
    {
        m->no_msrs = id;
        m->why = rc;
    }

    return 0;
}

static int write_notes(struct machine *m, cpupolicy_error *err)
{
    size_t nr_cpus = m->section->nr_cpus;
    int rc = 0;

    if ( m->nr_skipped )
        rc = dump_add_note(m->out, err, "%u CPUs could not be visited",
                           m->nr_skipped);
    if ( !rc && m->nr_no_msrs )
        rc = dump_add_note(m->out, err, "MSRs of %u of %zu CPUs cannot be "
                           "read (%s/%u/msr: %s): feature MSRs are taken as "
                           "%s", m->nr_no_msrs, nr_cpus, m->msrs, m->no_msrs,
                           strerror(m->why),
                           m->nr_no_msrs < nr_cpus ? "on the others" : "0");

    return rc;
}

/* Visit every CPU of `set`; the caller restores the affinity. */
static int each_cpu(struct machine *m, const cpu_set_t *set, size_t size,
                    cpupolicy_error *err)
{
    cpu_set_t *one = malloc(size);
    int rc = one ? 0 : cpupolicy_error_set(err, ENOMEM, 0, "out of memory");

    for ( unsigned int id = 0; id < size * 8 && !rc; id++ )
    {
        if ( !CPU_ISSET_S(id, size, set) )
            continue;

        CPU_ZERO_S(size, one);
        CPU_SET_S(id, size, one);
        if ( sched_setaffinity(0, size, one) )
            m->nr_skipped++;
        else
            rc = add_cpu(m, id, err);
    }
    free(one);

    return rc ? rc : write_notes(m, err);
}

/*
 * The CPUs that this process may run on, the caller's to free.  The kernel
 * refuses a set that is smaller than its own, without saying how large that
 * is; cpu_set_t is one of 1024 CPUs.
 */
static int ask_affinity(cpu_set_t **set, size_t *size, cpupolicy_error *err)
{
    int code = EINVAL;

    for ( size_t nr = CPU_SETSIZE; code == EINVAL && nr <= 1U << 20; nr *= 2 )
    {
        *size = CPU_ALLOC_SIZE(nr);
        *set = malloc(*size);
        if ( !*set )
            return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");
        if ( !sched_getaffinity(0, *size, *set) )
            return 0;
        code = errno;
        free(*set);
    }

    return cpupolicy_error_set(err, code, 0, "cannot ask for CPUs: %s",
                               strerror(code));
}

static int read_cpus(struct machine *m, cpupolicy_error *err)
{
    long nr_online = sysconf(_SC_NPROCESSORS_ONLN);
    cpu_set_t *set;
    size_t size;
    int rc = ask_affinity(&set, &size, err), nr;

    if ( rc )
        return rc;

    nr = CPU_COUNT_S(size, set);
    rc = each_cpu(m, set, size, err);
    sched_setaffinity(0, size, set);
    free(set);
    if ( !rc && nr_online > nr )
        rc = dump_add_note(m->out, err, "%ld of %ld online CPUs are not open "
                           "to this process", nr_online - nr, nr_online);

    return rc;
}

int native_dump_from(const char *msrs, struct dump *out, cpupolicy_error *err)
{
    struct dump d = { .format = "native", .records_hardware = true };
    struct machine m = { .msrs = msrs, .out = &d };
    cpupolicy_error spare;
    int rc;

    /* Builders hand errors on through it. */
    if ( !err )
        err = &spare;

    m.section = dump_add_section(&d, "", err);
    rc = m.section ? read_cpus(&m, err) : -err->code;
    if ( rc )
        dump_dispose(&d);
    else
        *out = d;

    return rc;
}

int native_dump(struct dump *out, cpupolicy_error *err)
{
    return native_dump_from("/dev/cpu", out, err);
}

int native_open(cpupolicy_source *src, const char *spec,
                const cpupolicy_options *options, cpupolicy_error *err)
{
    struct dump d = { 0 };
    int rc = native_dump(&d, err);

    (void)spec;

    return rc ? rc : source_from_dump(src, &d, options, err);
}
