/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The engine of the derivation: stages in order, rules in order, trace. */

#include <string.h>

#include "view-private.h"

const char *const x86_policy_names[X86_NR_POLICIES] = {
    [X86_POLICY_RAW]          = "raw",
    [X86_POLICY_HOST_MAX]     = "host-max",
    [X86_POLICY_HOST_DEFAULT] = "host-default",
    [X86_POLICY_PV_MAX]       = "pv-max",
    [X86_POLICY_PV_DEFAULT]   = "pv-default",
    [X86_POLICY_HVM_MAX]      = "hvm-max",
    [X86_POLICY_HVM_DEFAULT]  = "hvm-default",
};

static const uint8_t parents[X86_NR_POLICIES] = {
    [X86_POLICY_RAW]          = X86_POLICY_RAW,
    [X86_POLICY_HOST_MAX]     = X86_POLICY_RAW,
    [X86_POLICY_HOST_DEFAULT] = X86_POLICY_HOST_MAX,
    [X86_POLICY_PV_MAX]       = X86_POLICY_HOST_DEFAULT,
    [X86_POLICY_PV_DEFAULT]   = X86_POLICY_PV_MAX,
    [X86_POLICY_HVM_MAX]      = X86_POLICY_HOST_DEFAULT,
    [X86_POLICY_HVM_DEFAULT]  = X86_POLICY_HVM_MAX,
};

enum x86_policy_index x86_policy_parent(enum x86_policy_index which)
{
    return parents[which];
}

const char *x86_rule_id(const struct x86_rule *r)
{
    return r->id;
}

const char *x86_rule_reason(const struct x86_rule *r)
{
    return r->reason;
}

const char *x86_rule_reference(const struct x86_rule *r)
{
    return r->reference;
}

/* A rule knows its stages, so that every stage can go through all tables. */
static const struct x86_rule *const tables[] = {
    x86_raw_rules,
    x86_host_known_rules, x86_host_intel_rules, x86_host_amd_rules,
    x86_host_rules,
    x86_guest_offer_rules, x86_guest_max_rules, x86_guest_rules,
};
#define NR_TABLES (sizeof(tables) / sizeof(tables[0]))

const struct x86_rule *x86_rule_at(unsigned int i)
{
    for ( unsigned int t = 0; t < NR_TABLES; t++ )
        for ( const struct x86_rule *r = tables[t]; r->id; r++ )
            if ( !i-- )
                return r;

    return NULL;
}

static void report(struct x86_derive *d, bool is_msr, unsigned int index,
                   uint64_t before, uint64_t after, uint16_t aux)
{
    const struct x86_change c = {
        .policy = d->which, .is_msr = is_msr, .index = index, .aux = aux,
        .before = before, .after = after, .rule = d->rule,
        .unknown = d->unknown,
    };

    d->trace->change(d->trace->ctx, &c);
}

/* What may be said of a CPU that is not known: to say so does no harm. */
void x86_keep_warnings(x86_featureset fs, const x86_featureset from)
{
    static const uint16_t warnings[] = { F(RSBA), F(RRSBA) };

    for ( unsigned int i = 0; i < sizeof(warnings) / sizeof(warnings[0]); i++ )
        if ( x86_feature_test(from, warnings[i]) )
            x86_feature_set(fs, warnings[i]);
}

/*
 * Of what a rule did that may apply or not: features that are gone stay
 * away, and warnings stay; what it granted or raised is taken back.
 */
static void keep_safe(struct cpu_policy *p, const struct cpu_policy *old)
{
    enum x86_layout layout = x86_vendor_layout(p->vendor);
    x86_featureset was, now, kept;

    x86_policy_to_featureset(old, was);
    x86_policy_to_featureset(p, now);
    for ( unsigned int w = 0; w < X86_NR_FEATURE_WORDS; w++ )
        kept[w] = was[w] & now[w];
    x86_keep_warnings(kept, now);

    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        p->word[i] = old->word[i] &
            (p->word[i] | ~x86_kind_words[layout][X86_KIND_FEATURE][i]);
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        p->msr[i] = old->msr[i] &
            (p->msr[i] | ~x86_kind_msrs[layout][X86_KIND_FEATURE][i]);
    x86_featureset_to_policy(kept, p);
}

/*
 * Whatever a rule did is found by comparison, so that no rule can change a
 * bit without being named for it.
 */
void x86_derive_step(struct x86_derive *d, uint16_t aux)
{
    struct cpu_policy *p = d->p, *old = d->shadow;

    if ( d->unknown )
        keep_safe(p, old);
    if ( !d->trace || !memcmp(old, p, sizeof(*p)) )
        return;

    for ( unsigned int slot = 0; slot < X86_NR_SLOTS; slot++ )
    {
        /* Most leaves stay as they are. */
        if ( !memcmp(&old->leaf[slot], &p->leaf[slot], sizeof(p->leaf[0])) )
            continue;

        for ( unsigned int i = slot * 4; i < slot * 4 + 4; i++ )
            if ( old->word[i] != p->word[i] )
                report(d, false, i, old->word[i], p->word[i], aux);
    }

    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        if ( old->msr[i] != p->msr[i] )
            report(d, true, i, old->msr[i], p->msr[i], aux);

    *old = *p;
}

static void apply_features(struct x86_derive *d, const struct x86_rule *r)
{
    x86_featureset fs;

    if ( !r->nr_set && !r->nr_clear )
        return;

    x86_policy_to_featureset(d->p, fs);
    for ( unsigned int i = 0; i < r->nr_set; i++ )
        x86_feature_set(fs, r->set[i]);
    for ( unsigned int i = 0; i < r->nr_clear; i++ )
        x86_feature_clear(fs, r->clear[i]);
    x86_featureset_to_policy(fs, d->p);
}

static void apply_rule(struct x86_derive *d, const struct x86_rule *r)
{
    uint64_t not_vulnerable = d->not_vulnerable;

    /* Without a trace nobody has kept it up to date. */
    if ( d->unknown )
        *d->shadow = *d->p;

    d->rule = r;
    apply_features(d, r);
    if ( r->apply )
        r->apply(d);
    x86_derive_step(d, X86_NO_AUX);

    if ( d->unknown )
        d->not_vulnerable = not_vulnerable;
    d->unknown = X86_INPUT_NONE;
}

static void apply_table(struct x86_derive *d, const struct x86_rule *rules)
{
    for ( const struct x86_rule *r = rules; r->id; r++ )
    {
        struct x86_view view = { .d = d };

        if ( !(r->stages & (1u << d->which)) ||
             (r->vendors && !(r->vendors & d->p->vendor)) ||
             (r->when && !r->when(&view) && !view.unknown) )
            continue;

        d->unknown = view.unknown;
        apply_rule(d, r);
    }
}

/* All rows that belong to the stage. */
static void apply_rules(struct x86_derive *d)
{
    for ( unsigned int t = 0; t < NR_TABLES; t++ )
        apply_table(d, tables[t]);
}

void x86_rule_drop(struct x86_derive *d, const x86_featureset drop)
{
    for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
    {
        unsigned int f = x86_feature_descs[i].value;

        if ( x86_feature_test(drop, f) && x86_policy_has(d->p, f) )
        {
            policy_set(d->p, f, false);
            x86_derive_step(d, f);
        }
    }
}

void x86_rule_opt_out(struct x86_derive *d)
{
    x86_rule_drop(d, option(d)->out);
}

void x86_rule_close(struct x86_derive *d)
{
    x86_featureset fs;

    if ( !d->trace )
    {
        x86_policy_to_featureset(d->p, fs);
        x86_featureset_close(fs);
        x86_featureset_to_policy(fs, d->p);
        return;
    }

    /* The same, one missing prerequisite at a time, so that it is named. */
    for ( unsigned int i = 0; i < X86_NR_DEEP_DEPS; i++ )
    {
        const struct x86_deep_dep *dep = &x86_deep_deps[i];

        if ( x86_policy_has(d->p, dep->feature) )
            continue;

        x86_policy_to_featureset(d->p, fs);
        for ( unsigned int w = 0; w < X86_NR_FEATURE_WORDS; w++ )
            fs[w] &= ~dep->dependents[w];
        x86_featureset_to_policy(fs, d->p);
        x86_derive_step(d, dep->feature);
    }
}

void x86_rule_xstate(struct x86_derive *d)
{
    x86_policy_recalc_xstate(d->p, &d->all->policy[X86_POLICY_RAW]);
}

void x86_rule_trim(struct x86_derive *d)
{
    x86_policy_trim(d->p);
}

void x86_raw_clean(struct cpu_policy *p, const struct x86_trace *trace)
{
    struct cpu_policy shadow = *p;
    struct x86_derive d = {
        .which = X86_POLICY_RAW, .p = p, .shadow = &shadow, .trace = trace,
    };

    x86_policy_recalc_vendor(p);
    shadow.vendor = p->vendor;
    apply_rules(&d);
}

static void derive_stage(struct x86_derive *d, enum x86_policy_index which)
{
    struct cpu_policy *all = d->all->policy;

    all[which] = all[x86_policy_parent(which)];
    *d->shadow = all[which];
    d->which = which;
    d->p = &all[which];

    apply_rules(d);
}

void x86_derive(struct x86_policies *out, const struct x86_derive_input *in)
{
    struct cpu_policy shadow;
    struct x86_derive d = {
        .all = out, .in = in, .shadow = &shadow, .trace = in->trace,
    };

    out->policy[X86_POLICY_RAW] = in->cpus[0];

    /* Parents come before their children in the enumeration. */
    for ( unsigned int i = X86_POLICY_HOST_MAX; i < X86_NR_POLICIES; i++ )
        derive_stage(&d, i);
}
