/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The audit of requests, with names. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <xen/lib/x86/topology.h>

#include "base/array.h"
#include "request.h"
#include "xen-rules.h"

#define MAX_VIOLATIONS 65536

void violations_add(struct violations *v, const cpupolicy_violation *one)
{
    void *list = v->list;

    if ( array_room(&list, v->nr, &v->max, sizeof(*one), MAX_VIOLATIONS) )
    {
        v->no_memory = true;
        return;
    }

    v->list = list;
    v->list[v->nr++] = *one;
}

static const char *name_of(enum x86_layout layout,
                           const struct x86_violation *v)
{
    const struct x86_feature_desc *f =
        v->feature == X86_NO_AUX ? NULL : x86_feature_find(v->feature);
    const struct x86_field_desc *field;

    if ( f )
        return f->name;

    field = x86_field_find(layout, v->is_msr, v->index,
                           __builtin_ctzll(v->mask));

    return field ? field->name : "reserved";
}

static void on_violation(void *ctx, const struct x86_violation *v)
{
    struct violations *all = ctx;
    cpupolicy_violation one = {
        .rule = v->rule, .is_msr = v->is_msr, .mask = v->mask,
        .asked = v->asked, .limit = v->limit,
        .name = name_of(all->layout, v),
        .needs = v->needs == X86_NO_AUX ? -1 : feature_index(v->needs),
    };

    one.text = x86_audit_rule_text(v->rule, &one.remedy);
    if ( !one.text )
        one.text = x86_topology_rule_text(v->rule, &one.remedy);
    if ( !one.text )
        one.text = xen_rule_text(v->rule, &one.remedy);
    if ( v->is_msr )
        one.msr = x86_msr_descs[v->index].index;
    else
    {
        one.leaf = x86_slot_descs[v->index / 4].leaf;
        one.subleaf = x86_slot_descs[v->index / 4].subleaf;
        one.reg = v->index % 4;
    }
    violations_add(all, &one);
}

static int compare(const void *a, const void *b)
{
    const cpupolicy_violation *x = a, *y = b;

    if ( x->is_msr != y->is_msr )
        return x->is_msr ? 1 : -1;
    if ( x->is_msr && x->msr != y->msr )
        return x->msr < y->msr ? -1 : 1;
    if ( x->leaf != y->leaf )
        return x->leaf < y->leaf ? -1 : 1;
    if ( x->subleaf != y->subleaf )
        return x->subleaf < y->subleaf ? -1 : 1;
    if ( x->reg != y->reg )
        return x->reg < y->reg ? -1 : 1;

    return x->mask < y->mask ? -1 : x->mask > y->mask;
}

static int finish(struct violations *v, cpupolicy_violation **list,
                  size_t *nr)
{
    if ( v->no_memory )
    {
        free(v->list);
        return -ENOMEM;
    }

    if ( v->nr )
        qsort(v->list, v->nr, sizeof(*v->list), compare);
    *list = v->list;
    *nr = v->nr;

    return v->nr ? -EINVAL : 0;
}

static void audit(const cpupolicy_source *src, const cpupolicy *request,
                  const cpupolicy_domain_kind *kind, struct violations *v)
{
    const struct x86_audit_sink sink = { on_violation, v };
    const struct x86_domain_kind k = core_kind(kind);
    const struct violations *refused = request->refused;
    struct cpu_policy limit;
    struct x86_audit room;
    int rc;

    for ( size_t i = 0; refused && i < refused->nr; i++ )
        violations_add(v, &refused->list[i]);

    source_limit(src, kind, &limit);
    v->layout = x86_vendor_layout(limit.vendor);
    rc = x86_policy_audit(&room, &request->policy, &limit, &k, &sink);
    if ( !rc && src->xen && !src->what_if )
        rc = xen_rules_audit(&request->policy, &limit, &sink);

    for ( size_t i = 0; i < v->nr; i++ )
        violation_explain(src, kind, &limit, &v->list[i]);

    /* A no without a reason would be our bug; never pass it off as a yes. */
    if ( rc && !v->nr && !v->no_memory )
        v->no_memory = true;
}

int cpupolicy_audit(const cpupolicy_source *src, const cpupolicy *request,
                    const cpupolicy_domain_kind *kind,
                    cpupolicy_violation **list, size_t *nr)
{
    struct violations v = { 0 };

    if ( kind_check(kind, NULL) )
    {
        *list = NULL;
        *nr = 0;
        return -EINVAL;
    }

    audit(src, request, kind, &v);

    return finish(&v, list, nr);
}

int cpupolicy_request_audit(const cpupolicy_source *src,
                            const cpupolicy_request *r,
                            const cpupolicy_domain_kind *kind,
                            cpupolicy_violation **list, size_t *nr)
{
    return cpupolicy_audit(src, &r->policy, kind, list, nr);
}

size_t cpupolicy_audit_own(const cpupolicy_source *src,
                           const cpupolicy *request, int *features,
                           size_t max)
{
    const struct cpu_policy *host =
        &src->policies[X86_POLICY_HOST_DEFAULT].policy;
    size_t nr = 0;

    for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
    {
        unsigned int f = x86_feature_descs[i].value;

        if ( x86_feature_descs[i].kind != X86_KIND_OWN ||
             x86_policy_has(&request->policy, f) == x86_policy_has(host, f) )
            continue;
        if ( nr < max )
            features[nr] = i;
        nr++;
    }

    return nr;
}

static void add_difference(struct violations *v, bool is_msr,
                           unsigned int index, uint64_t asked, uint64_t got)
{
    const struct x86_violation one = {
        .rule = "changed", .is_msr = is_msr, .index = index,
        .feature = X86_NO_AUX, .needs = X86_NO_AUX,
        .mask = asked ^ got, .asked = asked, .limit = got,
    };

    if ( asked == got )
        return;

    on_violation(v, &one);
    if ( v->nr )
        v->list[v->nr - 1].text = "the hypervisor made something else of it";
}

void policy_difference(const struct cpu_policy *asked,
                       const struct cpu_policy *got,
                       cpupolicy_violation **list, size_t *nr)
{
    struct violations v = { .layout = x86_vendor_layout(asked->vendor) };

    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        add_difference(&v, false, i, asked->word[i], got->word[i]);
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        add_difference(&v, true, i, asked->msr[i], got->msr[i]);
    if ( finish(&v, list, nr) == -ENOMEM )
    {
        *list = NULL;
        *nr = 0;
    }
}
