/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What x86_topology_judge() finds, for tests to look at. */
#ifndef TEST_TOPOLOGY_FINDINGS_H
#define TEST_TOPOLOGY_FINDINGS_H

#include <check.h>
#include <errno.h>

#include "topology-base.h"

#define MAX_FINDINGS 64

struct findings {
    struct x86_violation v[MAX_FINDINGS];
    unsigned int nr;
};

static inline void note(void *ctx, const struct x86_violation *v)
{
    struct findings *f = ctx;

    if ( f->nr < MAX_FINDINGS )
        f->v[f->nr] = *v;
    f->nr++;
}

/* All findings; with and without a sink the answer is the same. */
static inline struct findings judge(const struct cpu_policy *p)
{
    struct findings f = { .nr = 0 };
    const struct x86_audit_sink sink = { note, &f };
    int rc = x86_topology_judge(p, &sink);

    if ( rc != (f.nr ? -EINVAL : 0) || rc != x86_topology_judge(p, NULL) )
        ck_abort_msg("rc %d, %u findings", rc, f.nr);

    return f;
}

static inline const char *first_rule(const struct findings *f)
{
    return f->nr ? f->v[0].rule : "none";
}

static inline void repair(struct cpu_policy *p, const struct findings *f)
{
    for ( unsigned int i = 0; i < f->nr; i++ )
    {
        uint32_t *reg = &p->word[f->v[i].index];

        *reg = (*reg & ~f->v[i].mask) | (f->v[i].limit & f->v[i].mask);
    }
}

#endif /* TEST_TOPOLOGY_FINDINGS_H */
