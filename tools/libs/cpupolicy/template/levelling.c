/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the steps of generating a template share. */
#include <errno.h>

#include "base/array.h"
#include "generate-private.h"

#define MAX_FINDINGS 65536U

int level_add_finding(struct levelling *l, const struct adjust_key *key,
                      const cpupolicy_field *field,
                      enum generate_verdict verdict, uint64_t value,
                      bool missing)
{
    struct generate_result *r = l->result;
    void *room = r->findings;
    int rc = array_room(&room, r->nr_findings, &r->max_findings,
                        sizeof(*r->findings), MAX_FINDINGS);

    r->findings = room;
    if ( rc )
        return cpupolicy_error_set(l->err, -rc, 0, rc == -E2BIG
                                   ? "too many differences"
                                   : "out of memory");

    r->findings[r->nr_findings++] = (struct generate_finding){
        .key = *key, .hi = field->hi, .lo = field->lo, .verdict = verdict,
        .name = field->name, .kind = field->kind, .value = value,
        .missing = missing,
    };
    r->nr_conflicts += verdict == GENERATE_CONFLICT;

    return 0;
}

bool level_value(const struct levelling *l, size_t host,
                 const struct adjust_key *key, uint64_t *value)
{
    const struct adjustment *e = adjustments_find(&l->maps[host], key);

    *value = e ? e->bits.value[0] : 0;

    return e;
}

uint64_t level_difference(const struct levelling *l,
                          const struct adjust_key *key, bool *missing)
{
    uint64_t first, value, diff = 0;

    *missing = !level_value(l, 0, key, &first);
    for ( size_t i = 1; i < l->nr_hosts; i++ )
    {
        *missing |= !level_value(l, i, key, &value);
        diff |= value ^ first;
    }

    return diff;
}

uint32_t *level_policy_word(struct cpu_policy *p,
                            const struct adjust_key *key)
{
    uint32_t leaf = key->id >> 32, subleaf = key->id;
    const struct x86_leaf_desc *desc = x86_leaf_find(leaf);
    int slot;

    if ( key->kind != ADJUST_CPUID || !desc )
        return NULL;

    slot = x86_slot_find(leaf, desc->nr_subleaves || subleaf
                               ? subleaf : X86_NO_SUBLEAF);

    return slot < 0 ? NULL : &p->word[slot * 4 + key->reg];
}
