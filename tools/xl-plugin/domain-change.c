/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Why a domain has not what its type's default policy has.  Nobody recorded
 * what the toolstack did, but the kind of a field says who decides it: these
 * are the audit's rules by which the domain's value is right.
 */

#include "common.h"

#include <string.h>

#define ASKED   "asked for by the toolstack"
#define LEFT    "left out by the toolstack"

static const struct {
    const char *kind, *rule, *reason;
} causes[] = {
    { "feature", "request", ASKED },
    { "limit", "limit", "the toolstack's own number, within the limit" },
    { "equal", "gate", "describes a feature, and is 0 without it" },
    { "choice", "choice", "the toolstack's to choose" },
    { "topology", "topology", "made from the domain's topology" },
    { "derived", "derived", "follows from other fields of the policy" },
    { "dynamic", "dynamic", "follows a vCPU's live state" },
    { "hidden", "hidden", "never shown to guests" },
    { "own", "own", "the CPU's own: what is true where the domain runs" },
    { "reserved", "reserved", "reserved on this vendor's CPUs" },
};

/* A feature that this one needs, and that the domain does not have. */
static int missing(const cpupolicy *p, size_t feature)
{
    for ( size_t f = 0; f < cpupolicy_nr_features(); f++ )
        if ( !cpupolicy_has(p, f) &&
             cpupolicy_dependency_reason(f, feature) )
            return f;

    return -1;
}

bool domain_change(const struct view *v, const cpupolicy_change *where,
                   const cpupolicy_field *field, cpupolicy_change *out)
{
    uint64_t mask = (~0ULL >> (63 - field->hi)) & (~0ULL << field->lo);
    size_t i = 0;

    if ( v->which >= 0 || v->base < 0 )
        return false;

    *out = *where;
    out->before = register_value(&v->was, where) & mask;
    out->after = register_value(&v->now, where) & mask;
    out->feature = -1;
    out->reference = NULL;
    if ( out->before == out->after )
        return false;

    while ( strcmp(causes[i].kind, field->kind) )
        i++;
    out->rule = causes[i].rule;
    out->reason = causes[i].reason;
    if ( field->feature < 0 || out->after )
        return true;

    out->feature = missing(v->policy, field->feature);
    if ( out->feature >= 0 )
    {
        out->rule = "dependency";
        out->reason = "needs a feature that the domain does not have";
    }
    else if ( out->reason == causes[0].reason )
        out->reason = LEFT;

    return true;
}
