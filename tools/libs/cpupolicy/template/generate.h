/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A template that makes guests of several hosts alike: what the hosts' dumps
 * differ in, forced to what all of them can offer.
 */
#ifndef CPUPOLICY_GENERATE_H
#define CPUPOLICY_GENERATE_H

#include "adjust/adjust.h"
#include "names.h"

/* The most hosts at once. */
#define GENERATE_MAX_HOSTS 1024U

enum generate_verdict {
    GENERATE_FORCED,        /* the template makes it equal */
    /* What still differs, though the template is applied: */
    GENERATE_HIDDEN,        /* beyond highest leaves, or of absent features */
    GENERATE_OWN,           /* normalisation, topology or the vCPU decides */
    GENERATE_UNKNOWN,       /* an MSR that the tables do not know */
    GENERATE_CONFLICT,      /* a guest would see it, and no template helps */
};

struct generate_finding {
    struct adjust_key key;
    uint8_t hi, lo;
    enum generate_verdict verdict;
    const char *name;       /* lives as long as the library */
    const char *kind;
    uint64_t value;         /* GENERATE_FORCED: of the field */
    bool missing;           /* some hosts do not have the register at all */
};

struct generate_result {
    struct cpu_template template;
    struct generate_finding *findings;  /* by register; forced ones first */
    size_t nr_findings, max_findings;
    size_t nr_conflicts;
};

/*
 * Level guests' configurations (dumps; templates with open bits count as 0
 * there).  By kind of field: features are offered if all hosts have them, or,
 * if marked so in the tables, if one has; limits become the smallest; choices
 * are those of the first host; what follows from other fields is computed
 * anew.  The template names only what every host has, and is then applied to
 * each dump: what differs after that is a finding, too.
 *
 * -EINVAL: fewer than two, not x86_64, no vendor, or different ones;
 * -ENOMEM.  `failed_host` (may be NULL) gets the index of the offender.
 */
int template_generate(const struct cpu_template *hosts, size_t nr_hosts,
                      struct generate_result *out, size_t *failed_host,
                      cpupolicy_error *err);

void generate_result_dispose(struct generate_result *r);

/*
 * Bits of a register that normalisation sets, whatever a template says, for
 * guests on that vendor's hosts.
 */
uint32_t normalised_bits(uint32_t vendor, uint32_t leaf, uint32_t subleaf,
                         unsigned int reg);

#endif /* CPUPOLICY_GENERATE_H */
