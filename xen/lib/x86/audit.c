/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The audit.  The rules are steps that turn a policy into the nearest
 * acceptable one (audit-steps.c); acceptable is what no step changes.  Of
 * what is not, the same steps are taken once more, and each bit that a step
 * changes is a violation of that step's rule.  Since the outcome is known by
 * then, a bit is reported once, with the value that it must have in the end.
 */

#include <string.h>

#include "audit-private.h"

void x86_policy_repair(struct cpu_policy *p, const struct cpu_policy *limit,
                       const struct x86_domain_kind *kind)
{
    struct repair r = {
        .p = p, .limit = limit, .kind = kind,
        .layout = x86_vendor_layout(limit->vendor),
    };

    x86_audit_steps(&r);
}

/* ---- reporting -------------------------------------------------------- */

struct report {
    struct repair r;
    struct x86_audit *audit;
    const struct cpu_policy *request;
    const struct x86_audit_sink *sink;
};

/* Bits mean something each on their own, or only together as a number. */
static bool is_number(const struct x86_field_desc *f)
{
    return f->kind == X86_KIND_LIMIT || f->kind == X86_KIND_EQUAL ||
           f->kind == X86_KIND_CHOICE || f->kind == X86_KIND_TOPOLOGY ||
           f->kind == X86_KIND_DERIVED;
}

/*
 * What is reported as one with this bit: a feature, a number, the changed
 * bits of another field, or all changed bits that are reserved.
 */
static uint64_t unit_at(const struct report *e, const struct x86_violation *v,
                        unsigned int bit, uint64_t changed)
{
    const struct x86_field_desc *f;
    uint64_t mask;

    if ( v->feature != X86_NO_AUX )
        return 1ULL << bit;

    f = x86_field_find(e->r.layout, v->is_msr, v->index, bit);
    if ( !f )
        return changed & kind_mask(e->r.layout, X86_KIND_RESERVED, v->is_msr,
                                   v->index);

    mask = field_mask(f->lo, f->hi);

    return is_number(f) ? mask : mask & changed;
}

/* The lowest leaf goes into the ABI's fields; an MSR if there is no leaf. */
static void note_first(struct x86_policy_error *first,
                       const struct x86_violation *v)
{
    const struct x86_slot_desc *s = &x86_slot_descs[v->index / 4];

    if ( v->is_msr )
    {
        uint32_t index = x86_msr_descs[v->index].index;

        if ( first->leaf == ~0u && index < first->msr )
            first->msr = index;
    }
    /* All ones where there is none yet. */
    else if ( s->leaf < first->leaf ||
              (s->leaf == first->leaf && s->subleaf < first->subleaf) )
        *first = (struct x86_policy_error){ s->leaf, s->subleaf, ~0u };
}

/* A register that a step has changed: what was not reported before. */
static void report_register(struct report *e, bool is_msr, uint16_t index,
                            const struct x86_audit_step *step)
{
    uint64_t before = value_at(&e->audit->before, is_msr, index);
    uint64_t asked = value_at(e->request, is_msr, index);
    uint64_t fixed = value_at(&e->audit->fixed, is_msr, index);
    uint64_t changed = before ^ value_at(e->r.p, is_msr, index);

    while ( changed )
    {
        unsigned int bit = __builtin_ctzll(changed);
        struct x86_violation v = {
            .rule = step->rule, .is_msr = is_msr, .index = index,
            .feature = x86_feature_at(is_msr, index, bit),
            .needs = X86_NO_AUX, .asked = asked, .limit = fixed,
        };

        v.mask = unit_at(e, &v, bit, changed);
        changed &= ~(v.mask | (1ULL << bit));
        if ( (v.mask & (asked ^ before)) || !(v.mask & (asked ^ fixed)) )
            continue;
        if ( step->cause )
            step->cause(&e->r, &e->audit->before, &v);
        note_first(&e->audit->first, &v);
        if ( e->sink )
            e->sink->violation(e->sink->ctx, &v);
    }
}

static void report_step(struct repair *r, const struct x86_audit_step *step)
{
    struct report *e = (struct report *)r;      /* its first member */
    struct cpu_policy *was = &e->audit->before;

    /* Two registers at a time, since most are as they were. */
    for ( unsigned int i = 0; i < X86_NR_WORDS; i += 2 )
        if ( load64(&was->word[i]) != load64(&r->p->word[i]) )
        {
            report_register(e, false, i, step);
            report_register(e, false, i + 1, step);
        }
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        report_register(e, true, i, step);

    *was = *r->p;
}

/* ---- the answer ------------------------------------------------------- */

int x86_policy_audit(struct x86_audit *audit,
                     const struct cpu_policy *request,
                     const struct cpu_policy *limit,
                     const struct x86_domain_kind *kind,
                     const struct x86_audit_sink *sink)
{
    struct report e = {
        .r = {
            .p = &audit->trial, .limit = limit, .kind = kind,
            .layout = x86_vendor_layout(limit->vendor),
            .changed = report_step,
        },
        .audit = audit, .request = request, .sink = sink,
    };

    audit->first = (struct x86_policy_error)X86_POLICY_ERROR_INIT;
    audit->fixed = *request;
    x86_policy_repair(&audit->fixed, limit, kind);
    if ( !memcmp(&audit->fixed, request, sizeof(*request)) )
        return 0;

    audit->trial = audit->before = *request;
    x86_audit_steps(&e.r);

    return -EINVAL;
}

void x86_domain_limit(struct cpu_policy *out, const struct cpu_policy *max,
                      const struct x86_domain_kind *kind)
{
    struct x86_regs *addr = &out->leaf[X86_SLOT_80000008];
    x86_featureset fs;

    *out = *max;
    x86_policy_to_featureset(out, fs);
    if ( kind->hvm && !kind->hap )
        for ( unsigned int i = 0; i < X86_NR_FEATURE_WORDS; i++ )
            fs[i] &= ~(x86_features_hvm_hap_max[i] &
                       ~x86_features_hvm_shadow_max[i]);
    if ( !kind->hvm || !kind->nested )
    {
        x86_feature_clear(fs, X86_FEATURE_VMX);
        x86_feature_clear(fs, X86_FEATURE_SVM);
    }
    if ( kind->pv32 )
    {
        x86_feature_clear(fs, X86_FEATURE_LM);
        /* Only AMD has SYSCALL in 32-bit mode. */
        if ( x86_vendor_layout(max->vendor) != X86_LAYOUT_AMD )
            x86_feature_clear(fs, X86_FEATURE_SYSCALL);
    }
    x86_featureset_to_policy(fs, out);
    x86_policy_repair(out, max, kind);

    /* As narrow as it is told to be: no paging mode widens it again. */
    if ( kind->max_phys_bits && (addr->a & 0xff) > kind->max_phys_bits )
        addr->a = (addr->a & ~0xffu) | kind->max_phys_bits;
}

static const struct {
    const char *rule, *text, *remedy;
} rules[] = {
#define AUDIT_RULE(rule, text, remedy) { rule, text, remedy },
#include "audit-rules.h"
#undef AUDIT_RULE
};

static bool same_string(const char *a, const char *b)
{
    while ( *a && *a == *b )
        a++, b++;

    return *a == *b;
}

const char *x86_audit_rule_text(const char *rule, const char **remedy)
{
    for ( unsigned int i = 0; i < sizeof(rules) / sizeof(rules[0]); i++ )
        if ( same_string(rules[i].rule, rule) )
        {
            if ( remedy )
                *remedy = rules[i].remedy;
            return rules[i].text;
        }

    return x86_topology_rule_text(rule, remedy);
}
