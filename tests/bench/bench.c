/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Side by side in one run: the core against libxenguest and memcpy(), the
 * command against cpuid(1).  Exit status 0 if every ratio is within its
 * bound, 1 if not, 3 if a peer is missing.
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

#define NR_ROUNDS 101

static double measure(void (*fn)(void), const struct bench_row *row,
                      double per)
{
    double start = bench_now();

    for ( unsigned int i = 0; i < row->nr_calls; i++ )
        fn();

    return (bench_now() - start) / row->nr_calls / (per ? per : 1);
}

void bench_compare(const struct bench_row *row)
{
    double ours[NR_ROUNDS], theirs[NR_ROUNDS];

    /* The first round warms up. */
    for ( unsigned int i = 0; i < NR_ROUNDS + 1; i++ )
    {
        unsigned int at = i ? i - 1 : 0;

        ours[at] = measure(row->ours, row, row->ours_per);
        theirs[at] = measure(row->theirs, row, row->theirs_per);
    }
    bench_line(row->name, row->unit, bench_median(ours, NR_ROUNDS),
               bench_median(theirs, NR_ROUNDS), row->bound);
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
    bench_vcpu();
    bench_audit();
    bench_json();
    bench_show();
    if ( nr_missed )
        printf("%u missed\n", nr_missed);

    return nr_missed ? 1 : 0;
}
