/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Is it enough?  The template onto every host's dump, and what differs then.
 * Nothing here knows how the template was made.
 */
#include <errno.h>
#include <string.h>

#include "generate-private.h"

static void apply_to_host(struct levelling *l, struct adjustments *map)
{
    for ( size_t i = 0; i < map->nr_entries; i++ )
    {
        struct adjustment *e = &map->entries[i];
        const struct adjustment *f = adjustments_find(&l->forced,
                                                      &e->key);

        if ( f )
            e->bits.value[0] = adjust_bits_apply(&f->bits,
                                                 e->bits.value[0]);
    }
}

/* Does a guest look at this leaf, given what the leaves around it say? */
static bool is_in_reach(struct levelling *l, const struct adjust_key *key)
{
    uint32_t leaf = key->id >> 32, subleaf = key->id;
    struct cpu_policy p = l->after;
    uint32_t *word = level_policy_word(&p, key);

    if ( !x86_leaf_in_range(&p, leaf) )
        return false;

    if ( !word )
        return true;

    if ( leaf == 0xd && subleaf >= 2 )
        return x86_xstate_stated(&p) & (1ULL << subleaf);

    *word = ~0U;
    x86_policy_trim(&p);

    return *word;
}

/* Fields that mean nothing without a feature that is off by now. */
static uint64_t gated_off(struct levelling *l, const struct adjust_key *key)
{
    bool is_msr = key->kind == ADJUST_MSR;
    uint32_t *word = level_policy_word(&l->after, key);
    int nr = is_msr ? x86_msr_slot_find(key->id)
                    : word ? word - l->after.word : -1;
    unsigned int layout = 1U << x86_vendor_layout(l->vendor);
    uint64_t mask = 0;

    for ( unsigned int i = 0; nr >= 0 && i < X86_NR_GATE_MASKS; i++ )
    {
        const struct x86_gate_mask *g = &x86_gate_masks[i];
        bool open = g->gate < X86_GATE_VPMU &&
                    x86_policy_has(&l->after, g->gate);

        if ( g->is_msr == is_msr && g->word == nr && (g->layouts & layout) &&
             !open )
            mask |= g->mask;
    }

    return mask;
}

static enum generate_verdict judge(struct levelling *l,
                                   const struct adjust_key *key,
                                   const cpupolicy_field *field)
{
    uint64_t mask = level_field_mask(field);

    if ( key->kind == ADJUST_CPUID &&
         !(mask & ~normalised_bits(l->vendor, key->id >> 32, key->id,
                                   key->reg)) )
        return GENERATE_OWN;

    if ( !strcmp(field->kind, "topology") || !strcmp(field->kind, "dynamic") )
        return GENERATE_OWN;

    if ( !(mask & ~gated_off(l, key)) )
        return GENERATE_HIDDEN;

    if ( key->kind == ADJUST_CPUID && !is_in_reach(l, key) )
        return GENERATE_HIDDEN;

    /* Without the feature bit, nobody reads the MSR. */
    if ( key->kind == ADJUST_MSR && key->id == 0x10a &&
         !x86_policy_has(&l->after, X86_FEATURE_ARCH_CAPS) )
        return GENERATE_HIDDEN;

    return GENERATE_CONFLICT;
}

struct walk {
    struct levelling *l;
    const struct adjust_key *key;
    bool missing;
};

static void judge_field(void *ctx, const cpupolicy_field *field)
{
    struct walk *w = ctx;

    if ( !w->l->rc )
        w->l->rc = level_add_finding(w->l, w->key, field,
                                     judge(w->l, w->key, field), 0,
                                     w->missing);
}

static bool is_known(struct levelling *l, const struct adjust_key *key)
{
    return key->kind == ADJUST_MSR
        ? x86_msr_slot_find(key->id) >= 0
        : level_policy_word(&l->after, key) != NULL;
}

static void check_register(struct levelling *l, const struct adjust_key *key)
{
    struct walk w = { l, key, false };
    uint64_t diff = level_difference(l, key, &w.missing);
    cpupolicy_field whole = {
        "unknown", "unknown", adjust_key_bits(key) - 1, 0, -1,
    };

    if ( !diff )
        return;

    if ( is_known(l, key) )
        template_key_fields(key, l->vendor, diff, judge_field, &w);
    else if ( key->kind == ADJUST_MSR )
        l->rc = level_add_finding(l, key, &whole, GENERATE_UNKNOWN, 0,
                                  w.missing);
    else
        judge_field(&w, &whole);
}

int level_check(struct levelling *l)
{
    for ( size_t i = 0; i < l->nr_hosts; i++ )
        apply_to_host(l, &l->maps[i]);

    for ( size_t i = 0; !l->rc && i < l->nr_keys; i++ )
        check_register(l, &l->keys[i]);

    return l->rc;
}
