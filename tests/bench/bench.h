/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One line of the comparison per call: ours, a peer's, and the bound. */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>

/* What is measured: functions that are called `nr_calls` times in a round. */
struct bench_row {
    const char *name, *unit;
    void (*ours)(void), (*theirs)(void);
    unsigned int nr_calls;
    double ours_per, theirs_per;    /* units of work in a call; 0: 1 */
    double bound;
};

/*
 * Rounds that alternate between the two, so that whatever else the machine
 * does hits both; medians.
 */
void bench_compare(const struct bench_row *row);

/* Print a line; remembers whether ours / peer is above the bound. */
void bench_line(const char *name, const char *unit, double ours, double peer,
                double bound);

/* The same for a number without a peer. */
void bench_limit(const char *name, const char *unit, double ours,
                 double bound);

double bench_median(double *samples, size_t nr);

/* Nanoseconds on the monotonic clock. */
double bench_now(void);

/* Print a message that starts with a cause and exit with status 3. */
void bench_fail(const char *fmt, ...)
    __attribute__((format(printf, 1, 2), noreturn));

/* In-process comparisons with libxenguest (bench-core.c). */
void bench_core(void);

/* What vCPUs read, against libxenguest's lookup (bench-vcpu.c). */
void bench_vcpu(void);

/* The command against cpuid(1) on the same dump (bench-show.c). */
void bench_show(void);

/* The audit against a copy of the policy (bench-audit.c). */
void bench_audit(void);

/* Reading own JSON, against json-c (bench-json.c). */
void bench_json(void);

#endif /* BENCH_H */
