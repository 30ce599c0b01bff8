/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Requests as toolstacks make them, on hosts of all kinds, and what careless
 * or hostile ones make of them: for properties that hold of any input.
 */
#ifndef TEST_POLICY_RANDOM_H
#define TEST_POLICY_RANDOM_H

#include "audit-hosts.h"
#include "random.h"

/*
 * Finds the hosts: those of audit-hosts.h, and some that have everything.
 * Numbers come from `r`, which is borrowed.  Returns how many there are.
 */
unsigned int policy_random_start(struct random *r);
void policy_random_end(void);

const struct audit_host *policy_random_host(void);

/* A request that is acceptable on the host: levelled, with a topology, ... */
void policy_random_request(const struct audit_host *h,
                           struct cpu_policy *out);

/*
 * One mutation: mostly of a bit or a field, at times of everything.  Whether
 * the policy stays acceptable for `limit` is left to chance.
 */
void policy_random_mutate(struct cpu_policy *p, const struct cpu_policy *limit);

#endif /* TEST_POLICY_RANDOM_H */
