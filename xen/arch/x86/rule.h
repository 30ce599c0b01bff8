/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside of the derivation: rule rows and the state they work on. */
#ifndef ARCH_X86_RULE_H
#define ARCH_X86_RULE_H

#include "view.h"

struct x86_derive {
    struct x86_policies *all;
    const struct x86_derive_input *in;
    const struct x86_rule *rule;        /* the one being applied */
    enum x86_policy_index which;        /* the stage */
    struct cpu_policy *p;               /* all->policy[which] */
    struct cpu_policy *shadow;          /* p before the step; trace only */
    const struct x86_trace *trace;
    x86_input unknown;                  /* what `rule` had to do without */
    bool rsb_unsafe;                    /* RSBA or RRSBA, ARCH_CAPS or not */
    uint64_t not_vulnerable;            /* of ARCH_CAPS, present or not */
};

/* Stages of a rule, a bit per policy. */
#define ST(which) (1u << X86_POLICY_##which)
#define ST_MAX  (ST(PV_MAX) | ST(HVM_MAX))
#define ST_DEF  (ST(PV_DEFAULT) | ST(HVM_DEFAULT))
#define ST_GUEST (ST_MAX | ST_DEF)
#define ST_HOST (ST(HOST_MAX) | ST(HOST_DEFAULT))

/*
 * A rule applies in its stages, to its vendors (0: all), when `when` says so
 * (NULL: always).  It sets, clears, then calls `apply`.
 *
 * If what `when` asked for is unknown (view.h), the rule may apply or not.
 * Then of what it would do only what is safe for a guest happens, whatever
 * the answer is: features go, and warnings come, but nothing is claimed.
 */
struct x86_rule {
    const char *id;
    const char *reason;
    const char *reference;
    uint32_t stages, vendors;
    bool (*when)(struct x86_view *d);
    const uint16_t *set, *clear;
    uint8_t nr_set, nr_clear;
    void (*apply)(struct x86_derive *d);
};

#define FEATURES(...) ((const uint16_t[]){ __VA_ARGS__ })
#define NR_FEATURES(...) (sizeof(FEATURES(__VA_ARGS__)) / sizeof(uint16_t))
#define SET(...) \
    .set = FEATURES(__VA_ARGS__), .nr_set = NR_FEATURES(__VA_ARGS__)
#define CLEAR(...) \
    .clear = FEATURES(__VA_ARGS__), .nr_clear = NR_FEATURES(__VA_ARGS__)
#define F(name) X86_FEATURE_##name

#define VENDOR_AMD_HYGON (X86_VENDOR_AMD | X86_VENDOR_HYGON)

/* The tables, in the order of application, each ended by a row without id. */
extern const struct x86_rule x86_raw_rules[],
    x86_host_known_rules[], x86_host_intel_rules[], x86_host_amd_rules[],
    x86_host_rules[],
    x86_guest_offer_rules[], x86_guest_max_rules[], x86_guest_rules[];

/* Report what has changed since the last step, as done because of `aux`. */
void x86_derive_step(struct x86_derive *d, uint16_t aux);

/* For `apply` only: conditions ask a view. */
static inline void policy_set(struct cpu_policy *p, unsigned int f, bool on)
{
    x86_featureset fs;

    x86_policy_to_featureset(p, fs);
    if ( on )
        x86_feature_set(fs, f);
    else
        x86_feature_clear(fs, f);
    x86_featureset_to_policy(fs, p);
}

/* The command line's list; nothing in it if there was none. */
static inline const struct x86_cpuid_option *option(const struct x86_derive *d)
{
    static const struct x86_cpuid_option none;

    return d->in->opt ? d->in->opt : &none;
}

/* ---- conditions of more than one table --------------------------------- */

static inline bool host_has_rtm(struct x86_view *d)
{
    return host_has(d, F(RTM));
}

static inline bool clwb_hidden(struct x86_view *d)
{
    return raw_has(d, F(CLWB)) && !host_has(d, F(CLWB));
}

static inline bool no_xstate_leaf(struct x86_view *d)
{
    return !in_range(d, 0xd);
}

/* ---- rules of more than one table -------------------------------------- */

/* Clear features one at a time, so that each change names the one. */
void x86_rule_drop(struct x86_derive *d, const x86_featureset drop);

/* What cpuid= says no to; once more after rules that may have set it. */
void x86_rule_opt_out(struct x86_derive *d);

/* The hardware does not leak what GDS is about. */
void x86_rule_gds_no(struct x86_derive *d);

/*
 * Take over what warns of a CPU (its return stack is unsafe) and needs no
 * other CPU to have it.
 */
void x86_keep_warnings(x86_featureset fs, const x86_featureset from);

void x86_rule_close(struct x86_derive *d);
void x86_rule_xstate(struct x86_derive *d);
void x86_rule_trim(struct x86_derive *d);

/*
 * Model knowledge (models.c); all take leaf 1's signature.  The microcode is
 * the first revision that mends the model; 0: there is nothing to mend.
 */
bool x86_intel_clwb_is_slow(uint32_t signature);
bool x86_intel_rsb_unsafe(uint32_t signature);
uint32_t x86_intel_rsb_microcode(uint32_t signature);
bool x86_intel_rfds_affected(uint32_t signature, bool hybrid);
bool x86_intel_gds_affected(uint32_t signature);
bool x86_intel_gds_doubtful(uint32_t signature);
bool x86_intel_its_affected(uint32_t signature);
uint32_t x86_intel_tsc_deadline_microcode(uint32_t signature);
bool x86_intel_srbds_unfixable(uint32_t signature);
uint32_t x86_amd_tsa_microcode(uint32_t signature);

#endif /* ARCH_X86_RULE_H */
