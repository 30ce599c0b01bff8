/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the bits of a template are called. */
#include <stdio.h>
#include <string.h>

#include "names.h"
#include "policy/policy.h"

/* Without flags in the key: a plain leaf has subleaf 0 in a template. */
static uint32_t policy_subleaf(uint32_t leaf, uint32_t subleaf)
{
    const struct x86_leaf_desc *desc = x86_leaf_find(leaf);

    return desc && !desc->nr_subleaves && !subleaf ? X86_NO_SUBLEAF : subleaf;
}

void template_key_fields(const struct adjust_key *key, uint32_t vendor,
                         uint64_t mask,
                         void (*fn)(void *ctx, const cpupolicy_field *field),
                         void *ctx)
{
    const struct cpupolicy p = { .policy = { .vendor = vendor } };
    cpupolicy_change where = { 0 };

    switch ( key->kind )
    {
    case ADJUST_CPUID:
        where.leaf = key->id >> 32;
        where.subleaf = policy_subleaf(where.leaf, key->id);
        where.reg = key->reg;
        break;
    case ADJUST_MSR:
        where.is_msr = true;
        where.msr = key->id;
        break;
    default:
        return;
    }

    cpupolicy_fields(&p, &where, mask, fn, ctx);
}

struct text {
    char *s;
    size_t nr, max;
};

static void append(void *ctx, const cpupolicy_field *field)
{
    struct text *t = ctx;
    char bits[16] = "";
    int len;

    if ( field->hi != field->lo )
        snprintf(bits, sizeof(bits), "(%u:%u)", field->hi, field->lo);
    else if ( !strcmp(field->kind, "reserved") )
        snprintf(bits, sizeof(bits), "(%u)", field->lo);

    if ( t->nr >= t->max )
        return;

    len = snprintf(t->s + t->nr, t->max - t->nr, "%s%s%s", t->nr ? ", " : "",
                   field->name, bits);
    t->nr += len;
    if ( t->nr >= t->max && t->max > 3 )
        strcpy(t->s + t->max - 4, "...");
}

void template_key_names(const struct adjust_key *key, uint32_t vendor,
                        uint64_t mask, char *text, size_t max)
{
    struct text t = { text, 0, max };

    *text = '\0';
    template_key_fields(key, vendor, mask, append, &t);
}

uint32_t template_vendor(const struct cpu_template *t)
{
    uint32_t regs[4] = { 0 };

    for ( size_t i = 0; i < t->nr_leaves; i++ )
        if ( !t->leaves[i].leaf && !t->leaves[i].subleaf )
            for ( size_t j = 0; j < t->leaves[i].nr_modifiers; j++ )
                regs[t->leaves[i].modifiers[j].reg & 3] =
                    t->leaves[i].modifiers[j].bits.value[0];

    return x86_vendor_lookup(regs[X86_REG_B], regs[X86_REG_C],
                             regs[X86_REG_D]);
}
