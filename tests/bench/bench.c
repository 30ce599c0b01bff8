/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Side by side in one run: the core against libxenguest, the command against
 * cpuid(1).  Exit status 0 if every ratio is within its bound, 1 if not, 3 if
 * a peer is missing.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"

static unsigned int nr_missed;

double bench_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);

    return t.tv_sec * 1e9 + t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

double bench_median(double *samples, size_t nr)
{
    qsort(samples, nr, sizeof(*samples), compare);

    return samples[nr / 2];
}

static void verdict(double value, double bound)
{
    bool missed = value > bound;

    nr_missed += missed;
    printf(" %8.2f %7.2f %s\n", value, bound, missed ? "MISSED" : "ok");
    fflush(stdout);
}

void bench_line(const char *name, const char *unit, double ours, double peer,
                double bound)
{
    printf("%-44s %-8s %10.2f %10.2f", name, unit, ours, peer);
    verdict(ours / peer, bound);
}

void bench_limit(const char *name, const char *unit, double ours,
                 double bound)
{
    printf("%-44s %-8s %10.2f %10s", name, unit, ours, "-");
    verdict(ours, bound);
}

void bench_fail(const char *fmt, ...)
{
    va_list args;

    fprintf(stderr, "bench: ");
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fputc('\n', stderr);
    exit(3);
}

int main(void)
{
    printf("%-44s %-8s %10s %10s %8s %7s\n", "what", "unit", "ours", "peer",
           "ratio", "bound");
    bench_core();
    bench_show();
    printf("\n%-44s %9s %9s %7s %7s\n", "audit", "ours, ns",
           "memcpy", "ratio", "bound");
    bench_audit();
    if ( nr_missed )
        printf("%u missed\n", nr_missed);

    return nr_missed ? 1 : 0;
}
