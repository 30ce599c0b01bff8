/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All CPUs that laws are checked on: the machines of the rules' rows, the
 * dumps in tests/data, this machine, and the dumps of the test data folder
 * where that is there.
 */
#ifndef TEST_CORPUS_H
#define TEST_CORPUS_H

#include <arch/derive.h>

struct corpus_entry {
    char *name;                 /* of the file, the row, or "native" */
    struct cpu_policy *cpus;    /* cleaned */
    unsigned int nr_cpus;
    struct x86_platform plat;
    struct x86_unknown unknown; /* what they do not state */
    struct x86_policies *base;  /* derived without options */
};

extern const struct corpus_entry *corpus;
extern unsigned int nr_corpus;

/* Unchecked fixture: load once, in the process that forks the cases. */
void corpus_load(void);
void corpus_free(void);

/* Derive an entry; `opt` and `trace` may be NULL. */
void corpus_derive(const struct corpus_entry *e, struct x86_policies *out,
                   const struct x86_cpuid_option *opt,
                   const struct x86_trace *trace);

#endif /* TEST_CORPUS_H */
