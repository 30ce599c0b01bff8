/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * CPUs made up for a test: what every 64-bit CPU has, and what the test is
 * about.
 */
#ifndef TEST_MACHINE_H
#define TEST_MACHINE_H

#include <arch/derive.h>

#include "words.h"

enum maker { INTEL, AMD, HYGON, CENTAUR, SHANGHAI };

struct machine {
    enum maker maker;
    uint32_t signature;         /* leaf 1's eax */
    const char *with, *without; /* feature names, on top of the common ones */
    uint32_t max_basic;         /* 0: 0xd */
    uint32_t max_ext;           /* 0: the maker's usual one */
    struct word words[5];       /* after everything else, as they are */
    uint32_t msr;               /* 0: none beside the features' */
    uint64_t msr_value;
};

/* The features of a list of names; fails the test on an unknown one. */
void features_of(x86_featureset fs, const char *names);

/*
 * The CPUs of a row, cleaned: one, or two if it has a second.  `trace` hears
 * of the first.
 */
struct rule_row;
unsigned int machine_cpus(struct cpu_policy cpus[2],
                          const struct rule_row *row,
                          const struct x86_trace *trace);

/* As a CPU's registers are read: not cleaned. */
void machine_make(struct cpu_policy *p, const struct machine *m);

/* The rows of a rule's table: what it does to one machine. */
struct rule_row {
    const char *name;           /* what the row shows */
    const char *rule;
    enum x86_policy_index policy;
    /*
     * What the rule changes there: "+feature -feature ~leaf[.subleaf]:reg
     * ~msr:index", features first; "" if it has nothing to do.
     */
    const char *change;
    struct machine machine;
    const char *second_without; /* a second CPU lacks these; NULL: none */
    struct word second_word;    /* and has this */
    uint64_t second_msr_value;  /* of machine.msr */
    const char *facts;          /* platform, on top of the guess */
    const char *option;         /* value of cpuid= */
    /* What it does for the other type of guest; NULL: the same. */
    const char *twin;
};

extern const struct rule_row host_rows[], guest_rows[];
extern const unsigned int nr_host_rows, nr_guest_rows;

#endif /* TEST_MACHINE_H */
