/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Test results as lines; the form is described in job.sh. */
#include "lab.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned int nr_cases, nr_failed;

/* Each line goes out whole: a program killed later keeps what it had. */
static void print_line(const char *head, const char *fmt, va_list args)
{
    printf("%s", head);
    vprintf(fmt, args);
    printf("\n");
    fflush(stdout);
}

bool lab_case(bool ok, const char *name, const char *reason, ...)
{
    va_list args;

    nr_cases++;
    if ( ok )
    {
        printf("ok %s\n", name);
        fflush(stdout);
        return true;
    }
    nr_failed++;
    printf("not ok %s # ", name);
    va_start(args, reason);
    print_line("", reason, args);
    va_end(args);
    return false;
}

void lab_remark(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    print_line("# ", fmt, args);
    va_end(args);
}

void lab_count(const char *what, unsigned long nr)
{
    lab_remark("count %s %lu", what, nr);
}

void lab_give_up(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    print_line("# gave up: ", fmt, args);
    va_end(args);
    exit(3);
}

int lab_finish(unsigned int nr_planned)
{
    printf("plan %u\n", nr_planned);
    fflush(stdout);
    return nr_failed || nr_cases != nr_planned ? 1 : 0;
}
