/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * `xl-cpupolicy show` against Todd Allen's `cpuid -f` on the same file: time
 * from start to end, and the most memory that was resident.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "format/formats.h"
#include "source/source.h"

#define NR_RUNS 41
#define MAX_RESIDENT_MB 20

/* A dump in the format that cpuid(1) reads. */
static void write_cpuid_r(const struct dump *d, const char *path)
{
    FILE *out = fopen(path, "w");

    if ( !out || !d->nr_sections )
        bench_fail("cannot write %s", path);

    for ( size_t i = 0; i < d->sections[0].nr_cpus; i++ )
    {
        const struct dump_cpu *cpu = &d->sections[0].cpus[i];

        fprintf(out, "CPU %zu:\n", i);
        for ( size_t j = 0; j < cpu->nr_leaves; j++ )
        {
            const struct dump_leaf *l = &cpu->leaves[j];

            fprintf(out, "   0x%08" PRIx32 " 0x%02" PRIx32 ": eax=0x%08"
                    PRIx32 " ebx=0x%08" PRIx32 " ecx=0x%08" PRIx32
                    " edx=0x%08" PRIx32 "\n", l->leaf,
                    l->subleaf == DUMP_NO_SUBLEAF ? 0 : l->subleaf,
                    l->reg[0], l->reg[1], l->reg[2], l->reg[3]);
        }
    }
    if ( fclose(out) )
        bench_fail("cannot write %s", path);
}

struct run {
    double ms;
    long resident_kb;
};

static struct run run(const char *const args[])
{
    double start = bench_now();
    struct rusage usage;
    struct run r;
    int status;
    pid_t pid = fork();

    if ( pid < 0 )
        bench_fail("cannot fork");
    if ( !pid )
    {
        int null = open("/dev/null", O_WRONLY);

        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        execvp(args[0], (char *const *)args);
        _exit(127);
    }
    if ( wait4(pid, &status, 0, &usage) != pid || status )
        bench_fail("%s: exit status %d", args[0], WEXITSTATUS(status));

    r.ms = (bench_now() - start) / 1e6;
    r.resident_kb = usage.ru_maxrss;

    return r;
}

static void compare(const char *name, const char *path)
{
    const char *program = getenv("XL_CPUPOLICY");
    const char *const ours[] = {
        program ? program : "build/xl-cpupolicy", "show", "--from", path,
        NULL,
    };
    const char *const peer[] = { "cpuid", "-f", path, NULL };
    double a[NR_RUNS], b[NR_RUNS], resident = 0;
    char line[64];

    run(ours);
    run(peer);
    for ( unsigned int i = 0; i < NR_RUNS; i++ )
    {
        struct run r = run(ours);

        a[i] = r.ms;
        b[i] = run(peer).ms;
        if ( r.resident_kb / 1024.0 > resident )
            resident = r.resident_kb / 1024.0;
    }
    snprintf(line, sizeof(line), "show, %s", name);
    bench_line(line, "ms", bench_median(a, NR_RUNS),
               bench_median(b, NR_RUNS), 1);
    snprintf(line, sizeof(line), "show, %s, resident", name);
    bench_limit(line, "MB", resident, MAX_RESIDENT_MB);
}

/* Small, usual and large; those that are not there are not compared. */
static const struct {
    const char *name, *file;
} dumps[] = {
    { "4 CPUs", "InstLatx64/GenuineIntel/"
                "GenuineIntel00B06E0_AlderLakeN_02_CPUID.txt" },
    { "32 CPUs", "InstLatx64/AuthenticAMD/"
                 "AuthenticAMD0A10F81_K19_StormPeak_02_CPUID.txt" },
    { "72 CPUs", "InstLatx64/GenuineIntel/"
                 "GenuineIntel00606A6_ICX_CPUID3.txt" },
    { "384 CPUs", "hwloc/AMD-19h-Zen4-2xEpyc-9654.tar.bz2" },
};

void bench_show(void)
{
    const char *root = getenv("CPUPOLICY_TEST_DATA");
    char path[] = "/tmp/bench-XXXXXX", from[512];
    struct dump d = { 0 };
    int fd = mkstemp(path);

    if ( fd < 0 )
        bench_fail("no temporary file");
    close(fd);

    if ( native_dump(&d, NULL) )
        bench_fail("this machine's CPUs");
    write_cpuid_r(&d, path);
    dump_dispose(&d);
    compare("this machine", path);

    for ( unsigned int i = 0; i < sizeof(dumps) / sizeof(dumps[0]); i++ )
    {
        snprintf(from, sizeof(from), "%s/dumps/%s",
                 root ? root : "../shared/data", dumps[i].file);
        if ( dump_load(from, &d, NULL) )
            continue;
        write_cpuid_r(&d, path);
        dump_dispose(&d);
        compare(dumps[i].name, path);
    }
    unlink(path);
}
