/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a template has to force, field by field, by the field's kind. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "generate-private.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

enum { EAX, EBX, ECX, EDX };
#define INTEL X86_VENDOR_INTEL
#define AMD   X86_VENDOR_AMD
#define ANY   ~0U
#define TO_END UINT32_MAX

/* What normalise*.c set; a test holds the two together. */
static const struct {
    uint32_t vendors;
    uint32_t leaf, first, last;     /* subleaves */
    uint32_t mask[4];
} normalised[] = {
    { ANY, 0, 0, 0, { 0, ~0U, ~0U, ~0U } },
    { ANY, 1, 0, 0, { 0, 0xffffff00, 1U << 15 | 1U << 24 | 1U << 31,
                      1U << 28 } },
    { ANY, 0xb, 0, TO_END, { ~0U, ~0U, ~0U, ~0U } },
    { ANY, 0x80000002, 0, 0, { ~0U, ~0U, ~0U, ~0U } },
    { ANY, 0x80000003, 0, 0, { ~0U, ~0U, ~0U, ~0U } },
    { ANY, 0x80000004, 0, 0, { ~0U, ~0U, ~0U, ~0U } },
    { ANY, 0x80000005, 0, 0, { ~0U, ~0U, ~0U, ~0U } },
    { ANY, 0x80000006, 0, 0, { ~0U, ~0U, ~0U, ~0U } },
    { INTEL, 4, 0, TO_END, { 0xffffc000, 0, 0, 0 } },
    { INTEL, 6, 0, 0, { 1U << 1, 0, 1U << 3, 0 } },
    { INTEL, 7, 0, 0, { 0, 1U << 6 | 1U << 13, 1U << 5, 0 } },
    { INTEL, 0xa, 0, 0, { ~0U, ~0U, ~0U, ~0U } },
    { INTEL, 0x1f, 0, TO_END, { ~0U, ~0U, ~0U, ~0U } },
    { AMD, 7, 0, 0, { 0, 0, 0, 1U << 29 } },
    { AMD, 0x80000001, 0, 0, { 0, 0, 1U << 22, 0 } },
    { AMD, 0x80000008, 0, 0, { 0, 0, 0xf0ff, 0 } },
    { AMD, 0x8000001d, 0, TO_END, { ~0U, ~0U, ~0U, ~0U } },
    { AMD, 0x8000001e, 0, 0, { ~0U, ~0U, ~0U, ~0U } },
};

uint32_t normalised_bits(uint32_t vendor, uint32_t leaf, uint32_t subleaf,
                         unsigned int reg)
{
    uint32_t mask = 0;

    for ( size_t i = 0; i < ARRAY_SIZE(normalised); i++ )
        if ( (normalised[i].vendors & vendor) &&
             normalised[i].leaf == leaf && normalised[i].first <= subleaf &&
             normalised[i].last >= subleaf )
            mask |= normalised[i].mask[reg];

    return mask;
}

/* ---- values by kind -------------------------------------------------- */

typedef uint64_t combine(uint64_t a, uint64_t b);

static uint64_t both(uint64_t a, uint64_t b)
{
    return a & b;
}

static uint64_t either(uint64_t a, uint64_t b)
{
    return a | b;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t first(uint64_t a, uint64_t b)
{
    (void)b;

    return a;
}

static uint64_t combine_field(const struct levelling *l,
                              const struct adjust_key *key, uint64_t mask,
                              combine *fn)
{
    uint64_t result, value;

    level_value(l, 0, key, &result);
    result &= mask;
    for ( size_t i = 1; i < l->nr_hosts; i++ )
    {
        level_value(l, i, key, &value);
        result = fn(result, value & mask);
    }

    return result;
}

/*
 * Bits that warn: a guest that can move has to know of the worst host.  RSBA
 * and RRSBA warn as well (return predictors that fall back on other
 * structures), but the hypervisor works them out for itself, and so the
 * tables do not mark them.
 */
static bool accumulates(const cpupolicy_field *field)
{
    cpupolicy_feature f;

    if ( !strcmp(field->name, "rsba") || !strcmp(field->name, "rrsba") )
        return true;

    return field->feature >= 0 && cpupolicy_feature_at(field->feature, &f) &&
           strchr(f.attributes, '|');
}

/*
 * How values of different hosts become one; NULL: not at all.  Bits that no
 * manual defines are taken for features, which absent does not harm.
 */
static combine *rule_of(const cpupolicy_field *field)
{
    static const struct {
        const char *kind;
        combine *fn;
    } rules[] = {
        { "feature", both }, { "reserved", both }, { "limit", smaller },
        { "choice", first }, { "derived", first }, { "hidden", both },
    };

    if ( accumulates(field) )
        return either;

    for ( size_t i = 0; i < ARRAY_SIZE(rules); i++ )
        if ( !strcmp(rules[i].kind, field->kind) )
            return rules[i].fn;

    /* Equal: cannot be changed.  Topology, dynamic: not a template's. */
    return NULL;
}

/* ---- forcing --------------------------------------------------------- */

struct walk {
    struct levelling *l;
    const struct adjust_key *key;
    struct adjustment *entry;       /* grows */
};

static void force_field(void *ctx, const cpupolicy_field *field)
{
    struct walk *w = ctx;
    uint64_t mask = level_field_mask(field);
    combine *rule = rule_of(field);

    if ( !rule )
        return;

    w->entry->bits.filter[0] |= mask;
    w->entry->bits.value[0] |= combine_field(w->l, w->key, mask, rule);
}

/* KVM's own features, which the tables of CPUs do not have. */
static bool is_kvm_features(const struct adjust_key *key)
{
    return key->kind == ADJUST_CPUID && key->reg == EAX &&
           key->id == (uint64_t)0x40000001 << 32;
}

static void force_register(struct levelling *l, const struct adjust_key *key)
{
    struct adjustment *entry = &l->forced.entries[l->forced.nr_entries];
    struct walk w = { l, key, entry };
    bool missing;
    uint64_t diff = level_difference(l, key, &missing);

    /* A register that one host lacks would make the template fail there. */
    if ( missing )
        return;

    if ( key->kind == ADJUST_CPUID )
        diff &= ~normalised_bits(l->vendor, key->id >> 32, key->id, key->reg);

    if ( !diff )
        return;

    *entry = (struct adjustment){ .key = *key };
    if ( is_kvm_features(key) )
        entry->bits = (struct adjust_bits){
            { diff, 0 }, { combine_field(l, key, diff, both), 0 },
        };
    else
        template_key_fields(key, l->vendor, diff, force_field, &w);

    if ( entry->bits.filter[0] )
        l->forced.nr_entries++;
}

/* The first host's policy with the template on top. */
static void apply_forced(struct levelling *l)
{
    l->after = l->before;

    for ( size_t i = 0; i < l->forced.nr_entries; i++ )
    {
        const struct adjustment *e = &l->forced.entries[i];
        uint32_t *word = level_policy_word(&l->after, &e->key);
        int slot = e->key.kind == ADJUST_MSR
                   ? x86_msr_slot_find(e->key.id) : -1;

        if ( word )
            *word = adjust_bits_apply(&e->bits, *word);
        if ( slot >= 0 )
            l->after.msr[slot] = adjust_bits_apply(&e->bits,
                                                   l->after.msr[slot]);
    }

    x86_policy_recalc_vendor(&l->after);
}

struct derived {
    struct levelling *l;
    struct adjustment *entry;
    uint32_t word;                      /* of the recomputed policy */
};

/*
 * What follows from other fields follows from the levelled ones.  A single
 * bit still has to be there on all hosts.
 */
static void force_derived(void *ctx, const cpupolicy_field *field)
{
    struct derived *d = ctx;
    uint64_t mask = level_field_mask(field), value = d->word & mask;

    if ( strcmp(field->kind, "derived") )
        return;

    if ( field->hi == field->lo )
        value &= combine_field(d->l, &d->entry->key, mask, both);

    d->entry->bits.value[0] = (d->entry->bits.value[0] & ~mask) | value;
}

static void force_derived_fields(struct levelling *l)
{
    x86_policy_recalc_xstate(&l->after, &l->before);
    x86_policy_recalc_derived(&l->after);

    for ( size_t i = 0; i < l->forced.nr_entries; i++ )
    {
        struct adjustment *e = &l->forced.entries[i];
        uint32_t *word = level_policy_word(&l->after, &e->key);
        struct derived d = { l, e, word ? *word : 0 };

        if ( word )
            template_key_fields(&e->key, l->vendor, e->bits.filter[0],
                                force_derived, &d);
    }

    apply_forced(l);
}

struct report {
    struct levelling *l;
    const struct adjustment *entry;
};

static void report_field(void *ctx, const cpupolicy_field *field)
{
    struct report *r = ctx;
    uint64_t mask = level_field_mask(field);

    if ( !r->l->rc )
        r->l->rc = level_add_finding(
            r->l, &r->entry->key, field, GENERATE_FORCED,
            (r->entry->bits.value[0] & mask) >> field->lo, false);
}

static int report_forced(struct levelling *l)
{
    for ( size_t i = 0; !l->rc && i < l->forced.nr_entries; i++ )
    {
        struct report r = { l, &l->forced.entries[i] };
        uint64_t bits = r.entry->bits.filter[0];

        if ( !is_kvm_features(&r.entry->key) )
        {
            template_key_fields(&r.entry->key, l->vendor, bits, report_field,
                                &r);
            continue;
        }

        for ( unsigned int bit = 0; bit < 32; bit++ )
            if ( bits & (1U << bit) )
                report_field(&r, &(cpupolicy_field){
                    "kvm_features", "feature", bit, bit, -1 });
    }

    return l->rc;
}

int level_force(struct levelling *l)
{
    l->forced.entries = calloc(l->nr_keys ?: 1, sizeof(*l->forced.entries));
    if ( !l->forced.entries )
        return cpupolicy_error_set(l->err, ENOMEM, 0, "out of memory");

    for ( size_t i = 0; i < l->nr_keys; i++ )
        force_register(l, &l->keys[i]);

    apply_forced(l);
    force_derived_fields(l);

    return report_forced(l);
}
