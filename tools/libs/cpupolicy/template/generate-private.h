/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside of generating templates. */
#ifndef CPUPOLICY_GENERATE_PRIVATE_H
#define CPUPOLICY_GENERATE_PRIVATE_H

#include <xen/lib/x86/cpu-policy.h>

#include "generate.h"

struct levelling {
    struct adjustments *maps;          /* one per host, flags left out */
    size_t nr_hosts;
    struct adjust_key *keys;          /* all registers of all hosts */
    size_t nr_keys;
    uint32_t vendor;
    struct adjustments forced;         /* what the template will say */
    struct cpu_policy before;           /* the first host */
    struct cpu_policy after;            /* the same with the template */
    struct generate_result *result;
    cpupolicy_error *err;
    int rc;                             /* of what happened in callbacks */
};

/* The register's value at a host; false: the host does not have it. */
bool level_value(const struct levelling *l, size_t host,
                 const struct adjust_key *key, uint64_t *value);

/* Bits that differ between hosts; *missing: some do not have the register. */
uint64_t level_difference(const struct levelling *l,
                          const struct adjust_key *key, bool *missing);

int level_add_finding(struct levelling *l, const struct adjust_key *key,
                      const cpupolicy_field *field,
                      enum generate_verdict verdict, uint64_t value,
                      bool missing);

/* Fill l->forced and l->after. */
int level_force(struct levelling *l);

/* Apply l->forced to every host, and judge what still differs. */
int level_check(struct levelling *l);

/* A register in a policy, or NULL if the tables do not know it. */
uint32_t *level_policy_word(struct cpu_policy *p,
                            const struct adjust_key *key);

static inline uint64_t level_field_mask(const cpupolicy_field *field)
{
    return (~0ULL >> (63 - field->hi)) & (~0ULL << field->lo);
}

#endif /* CPUPOLICY_GENERATE_PRIVATE_H */
