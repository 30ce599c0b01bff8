/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * For test programs that run in a lab machine: named cases on stdout (the
 * results channel, see job.sh), remarks on stderr (the console log).
 */
#ifndef LAB_H
#define LAB_H

#include <stdbool.h>

/**
 * Report one case.  `name` is unique in the program, without blanks.  The
 * reason is only used when the case failed.  Returns `ok`.
 */
bool lab_case(bool ok, const char *name, const char *reason, ...)
    __attribute__((format(printf, 3, 4)));

/** A remark in the record, for whoever reads it: no verdict hangs on it. */
void lab_remark(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * How many there were of something: a remark `count WHAT NR`, which
 * tests/xen/check adds up over all machines.
 */
void lab_count(const char *what, unsigned long nr);

/**
 * The program cannot go on (no hypervisor, out of memory): say why and exit
 * with status 3, without a plan, which the harness counts as a failure.
 */
void lab_give_up(const char *fmt, ...)
    __attribute__((format(printf, 1, 2), noreturn));

/**
 * Print the plan and return main()'s exit status.
 *
 * @param nr_planned how many cases there should have been, from the tables
 *        the cases came from and not from counting them.
 */
int lab_finish(unsigned int nr_planned);

#endif /* LAB_H */
