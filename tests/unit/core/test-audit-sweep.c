/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every single bit of every leaf and MSR, one at a time: flipped in a policy
 * that has everything, it is refused or accepted as its kind says.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "audit-check.h"
#include "audit-rich.h"

Suite *suite_audit_sweep(void);

static struct audit_case rich;          /* limit and request of this layout */
static struct audit_case now;
static struct audit_report report;
static enum x86_layout layout;

/* The bit in question. */
static struct {
    bool is_msr;
    uint16_t index;
    unsigned int bit;
    const struct x86_field_desc *field; /* NULL: a feature, or reserved */
    uint16_t feature;                   /* or X86_NO_AUX */
} at;

static uint64_t *reg_of(struct cpu_policy *p, uint64_t *word)
{
    if ( at.is_msr )
        return &p->msr[at.index];
    *word = p->word[at.index];

    return word;
}

static void flip(struct cpu_policy *p)
{
    if ( at.is_msr )
        p->msr[at.index] ^= 1ULL << at.bit;
    else
        p->word[at.index] ^= 1u << at.bit;
    x86_policy_recalc_vendor(p);
}

static enum x86_kind kind_of_bit(void)
{
    for ( unsigned int k = 0; k < X86_NR_KINDS; k++ )
        if ( ((at.is_msr ? x86_kind_msrs[layout][k][at.index]
                         : x86_kind_words[layout][k][at.index]) >> at.bit)
             & 1 )
            return k;

    ck_abort_msg("%s bit %u has no kind", audit_place(at.is_msr, at.index),
                 at.bit);
}

static uint64_t field_bits(void)
{
    return at.field ? (~0ULL >> (63 - at.field->hi)) & (~0ULL << at.field->lo)
                    : 1ULL << at.bit;
}

/* ---- expectations ----------------------------------------------------- */

#define FAIL_UNLESS(cond, fmt, ...) \
    ck_assert_msg(cond, "layout %d, %s bit %u (%s): " fmt, layout, \
                  audit_place(at.is_msr, at.index), at.bit, \
                  at.field ? at.field->name : "", ##__VA_ARGS__)

static void expect_accepted(void)
{
    FAIL_UNLESS(!report.rc, "%s: %u violations", report.list[0].rule,
                report.nr);
}

/* Exactly one violation, of this bit's register, with this rule and mask. */
static void expect_one(const char *rule, uint64_t mask)
{
    const struct x86_violation *v = &report.list[0];

    FAIL_UNLESS(report.rc, "accepted, not refused by %s", rule);
    FAIL_UNLESS(report.nr == 1, "%u violations, the second: %s of %s",
                report.nr, v[1].rule, audit_place(v[1].is_msr, v[1].index));
    FAIL_UNLESS(!strcmp(v->rule, rule), "%s, not %s", v->rule, rule);
    FAIL_UNLESS(v->is_msr == at.is_msr && v->index == at.index,
                "reported of %s", audit_place(v->is_msr, v->index));
    FAIL_UNLESS(v->mask == mask, "mask %#lx, not %#lx", v->mask, mask);
    FAIL_UNLESS(v->feature == at.feature, "feature %#x", v->feature);
    FAIL_UNLESS(v->needs == X86_NO_AUX, "needs %#x", v->needs);
}

/*
 * A place in this file that says by which rules a bit may be refused.  Over
 * the sweep each of them has to refuse something, or the row is idle, and a
 * bit that all should refuse could go unnoticed.
 */
#define MAX_PLACES 16
#define MAX_RULES 10

static struct place {
    unsigned int line;
    const char *rules[MAX_RULES];
    unsigned int nr[MAX_RULES];
} places[MAX_PLACES];

static struct place *place_find(unsigned int line)
{
    struct place *p = places;

    while ( p->line && p->line != line )
        ck_assert(++p < places + MAX_PLACES);
    p->line = line;

    return p;
}

/* Refused or not, but by nothing else than these. */
static void expect_rules(unsigned int line, const char *const *rules)
{
    struct place *p = place_find(line);

    for ( unsigned int j = 0; rules[j]; j++ )
    {
        ck_assert_uint_lt(j, MAX_RULES);
        p->rules[j] = rules[j];
    }

    for ( unsigned int i = 0; i < report.nr; i++ )
    {
        unsigned int j = 0;

        while ( rules[j] && strncmp(report.list[i].rule, rules[j],
                                    strlen(rules[j])) )
            j++;
        FAIL_UNLESS(rules[j], "refused by %s", report.list[i].rule);
        p->nr[j]++;
    }
}

#define EXPECT_RULES(...) \
    expect_rules(__LINE__, (const char *const []){ __VA_ARGS__, NULL })

/* The same of a bit that cannot pass. */
#define EXPECT_REFUSED(...) do { \
        FAIL_UNLESS(report.rc && report.nr, "accepted"); \
        EXPECT_RULES(__VA_ARGS__); \
    } while ( 0 )

/* ---- one kind each ---------------------------------------------------- */

/* Whether a feature cannot be without the one in question. */
static bool depends(uint16_t feature)
{
    const uint32_t *all = x86_deep_deps_lookup(at.feature);

    return all && x86_feature_test(all, feature);
}

/* Whether something of the request cannot be without it. */
static bool is_needed(void)
{
    for ( unsigned int i = 0; i < X86_NR_DIRECT_DEPS; i++ )
        if ( x86_direct_deps[i].prerequisite == at.feature &&
             x86_policy_has(&rich.request, x86_direct_deps[i].dependent) )
            return true;

    return false;
}

/* Whether another bit says that this one must be one. */
static bool is_needed_control(void)
{
    const uint64_t *m;
    uint32_t msr;

    if ( !at.is_msr )
        return false;

    msr = x86_msr_descs[at.index].index;
    m = &rich.request.msr[at.index];

    return msr >= 0x481 && msr <= 0x484 && at.bit >= 32 &&
           ((*m >> (at.bit - 32)) & 1);
}

/* Every feature is there, so that this one has just gone. */
static void check_feature(void)
{
    if ( is_needed_control() )
        return expect_one("vmx-control", 1ULL << at.bit);

    if ( is_needed() )
        EXPECT_REFUSED("dependency", "gate", "xstate", "derived", "vmx-");
    else
        EXPECT_RULES("gate", "xstate", "derived", "topology-", "vmx-");
    for ( unsigned int i = 0; i < report.nr; i++ )
    {
        const struct x86_violation *v = &report.list[i];

        FAIL_UNLESS(v->needs == X86_NO_AUX || v->needs == at.feature ||
                    depends(v->needs), "%s needs %#x", v->rule, v->needs);
        FAIL_UNLESS(strcmp(v->rule, "dependency") || v->needs == at.feature,
                    "dependency on nothing");
    }

    /* A limit without the bit refuses it, and says nothing else. */
    now.limit = now.request;
    if ( report.rc )
        return;
    now.request = rich.request;
    ck_assert_ptr_null(audit_check(&now, &report));
    expect_one("feature", 1ULL << at.bit);
}

static void check_limit(void)
{
    uint64_t w1, w2;
    uint64_t asked = *reg_of(&now.request, &w1) & field_bits();
    uint64_t limit = *reg_of(&now.limit, &w2) & field_bits();

    if ( !at.is_msr && at.index == X86_WORD(80000000, A) && at.bit >= 16 )
        expect_one("max-leaf-prefix", ~0u);
    else if ( asked > limit )
        expect_one("limit", field_bits());
    else
        EXPECT_RULES("out-of-range", "feature-leaf", "dependency", "gate",
                     "phys-bits", "xstate", "pmu", "vmx-");
}

static bool is_word(unsigned int slot, unsigned int nr, unsigned int reg)
{
    return !at.is_msr && at.index / 4u >= slot && at.index / 4u < slot + nr &&
           at.index % 4u == reg;
}

static void check_choice(void)
{
    bool is_type = at.bit < 5 &&
        (is_word(X86_SLOT_4, X86_NR_SUBLEAVES_4, X86_REG_A) ||
         is_word(X86_SLOT_8000001D, X86_NR_SUBLEAVES_8000001D, X86_REG_A));
    bool in_list = !at.is_msr &&
        (rich.limit.leaf[at.index / 4].a & 0x1f) != 0;
    bool is_cache = !strncmp(at.field->name, "cache_", 6) ||
        !strcmp(at.field->name, "ways");

    /* Events that are missing here, and flags beyond the valid ones. */
    if ( is_word(X86_SLOT_A, 1, X86_REG_B) )
        EXPECT_RULES("pmu");
    else if ( is_type && !in_list )
        EXPECT_RULES("cache-type", "out-of-range", "topology-");
    else if ( is_type && (report.rc || at.bit > 1) )
        expect_one("cache-type", 0x1f);
    else if ( is_word(X86_SLOT_1, 1, X86_REG_A) )
        /* AMD: the copy in leaf 0x80000001 is no longer one. */
        EXPECT_RULES("signature", "family", "derived");
    else if ( is_cache )
        EXPECT_RULES("out-of-range", "topology-");
    else if ( report.rc )
        EXPECT_RULES("out-of-range");
    else
        expect_accepted();
}

/*
 * A cache that fewer or more threads share than there are, and counts that a
 * layout has room for: other machines of the same shape look like that.
 */
static void check_topology(void)
{
    static const char *const open[] = {
        "threads_sharing", "apic_id_size", "nodes",
    };
    bool may_pass = false;

    for ( unsigned int i = 0; i < sizeof(open) / sizeof(open[0]); i++ )
        may_pass |= !strcmp(at.field->name, open[i]);

    if ( may_pass )
        EXPECT_RULES("topology-", "out-of-range");
    else
        EXPECT_REFUSED("topology-", "out-of-range");
}

static void check_derived(void)
{
    bool xstate = is_word(X86_SLOT_D, X86_NR_SUBLEAVES_D, at.index % 4u);

    if ( at.is_msr )
        return expect_one("vmx-derived", field_bits());

    expect_one(xstate ? "xstate" : at.index / 4u == X86_SLOT_A ? "pmu"
               : "derived", field_bits());
}

static void check_bit(enum x86_kind kind)
{
    uint64_t bit = 1ULL << at.bit;
    const char *bad;

    now = rich;
    flip(&now.request);
    bad = audit_check(&now, &report);
    FAIL_UNLESS(!bad, "%s", bad);

    switch ( kind )
    {
    case X86_KIND_RESERVED: return expect_one("reserved", bit);
    case X86_KIND_HIDDEN:   return expect_one("hidden", bit);
    case X86_KIND_DYNAMIC:  return expect_one("dynamic", bit);
    case X86_KIND_OWN:      return expect_accepted();
    case X86_KIND_FEATURE:  return check_feature();
    case X86_KIND_LIMIT:    return check_limit();
    case X86_KIND_CHOICE:   return check_choice();
    case X86_KIND_DERIVED:  return check_derived();
    case X86_KIND_TOPOLOGY: return check_topology();
    default:
        return expect_one(at.field && at.field->gate != X86_GATE_NONE
                          ? "gate" : "equal", field_bits());
    }
}

static uint16_t feature_of_bit(void)
{
    for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
    {
        unsigned int value = x86_feature_descs[i].value;
        const struct x86_word_desc *d = &x86_word_descs[value / 32];

        if ( d->slot == X86_WORD_IN_MSR
             ? at.is_msr && d->msr_slot == at.index &&
               d->reg * 32 + value % 32 == at.bit
             : !at.is_msr && d->slot * 4 + d->reg == at.index &&
               value % 32 == at.bit )
            return value;
    }

    return X86_NO_AUX;
}

static unsigned int sweep(bool is_msr, uint16_t index,
                          unsigned int seen[X86_NR_KINDS])
{
    unsigned int bits = is_msr ? 64 : 32;

    for ( unsigned int bit = 0; bit < bits; bit++ )
    {
        enum x86_kind kind;

        at.is_msr = is_msr;
        at.index = index;
        at.bit = bit;
        at.feature = feature_of_bit();
        at.field = at.feature == X86_NO_AUX
            ? x86_field_find(layout, is_msr, index, bit) : NULL;
        kind = kind_of_bit();
        FAIL_UNLESS(!at.field == (at.feature != X86_NO_AUX ||
                                  kind == X86_KIND_RESERVED),
                    "kind %d does not fit its rows", kind);
        seen[kind]++;
        check_bit(kind);
    }

    return bits;
}

static void sweep_layout(void)
{
    unsigned int seen[X86_NR_KINDS] = { 0 }, nr = 0;
    const char *bad;

    audit_rich_limit(&rich.limit, audit_vendors[layout]);
    rich.request = rich.limit;
    rich.kind = audit_rich_kind;
    bad = audit_check(&rich, &report);
    ck_assert_msg(!bad, "%s", bad);
    ck_assert_msg(!report.rc, "layout %d: the limit itself: %s, %s", layout,
                  report.list[0].rule, audit_place(report.list[0].is_msr,
                                                   report.list[0].index));

    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        nr += sweep(false, i, seen);
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        nr += sweep(true, i, seen);

    for ( unsigned int k = 0; k < X86_NR_KINDS; k++ )
        ck_assert_msg(seen[k], "layout %d: no bit of kind %u", layout, k);
    ck_assert_uint_eq(nr, X86_NR_WORDS * 32 + X86_NR_MSR_SLOTS * 64);
}

/* One case, so that what refuses on one layout only is counted as well. */
START_TEST(policy_audit_one_bit_off_is_judged_by_its_kind)
{
    for ( unsigned int l = 0; l < X86_NR_LAYOUTS; l++ )
    {
        layout = l;
        sweep_layout();
    }

    ck_assert_uint_gt(places[0].line, 0);
    for ( const struct place *p = places; p->line; p++ )
        for ( unsigned int j = 0; j < MAX_RULES && p->rules[j]; j++ )
            ck_assert_msg(p->nr[j], "line %u: %s never refuses", p->line,
                          p->rules[j]);
}
END_TEST

Suite *suite_audit_sweep(void)
{
    Suite *s = suite_create("audit_sweep");
    TCase *tc = tcase_create("bits");

    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, policy_audit_one_bit_off_is_judged_by_its_kind);
    suite_add_tcase(s, tc);

    return s;
}
