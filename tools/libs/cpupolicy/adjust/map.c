/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Templates as sorted maps. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "map.h"

static int order(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

int template_key_compare(const struct template_key *a,
                         const struct template_key *b)
{
    return order(a->kind, b->kind) ?: order(a->id, b->id) ?:
           order(a->flags, b->flags) ?: order(a->reg, b->reg);
}

unsigned int template_key_bits(const struct template_key *key)
{
    static const unsigned int nr_bits[] = {
        [TEMPLATE_KEY_CPUID] = 32,
        [TEMPLATE_KEY_MSR] = 64,
        [TEMPLATE_KEY_REG] = 128,
    };

    return nr_bits[key->kind];
}

static void format_binary(uint32_t value, char text[33])
{
    unsigned int bit = value ? 31 - __builtin_clz(value) : 0;
    char *p = text;

    for ( bit++; bit-- > 0; )
        *p++ = (value >> bit) & 1 ? '1' : '0';

    *p = '\0';
}

void template_key_format(const struct template_key *key,
                         char text[TEMPLATE_KEY_TEXT])
{
    char flags[33];

    switch ( key->kind )
    {
    case TEMPLATE_KEY_CPUID:
        format_binary(key->flags, flags);
        snprintf(text, TEMPLATE_KEY_TEXT,
                 "leaf=0x%"PRIx64", subleaf=0x%"PRIx64", flags=0b%s, "
                 "register=%s", key->id >> 32, key->id & UINT32_MAX, flags,
                 template_reg_names[key->reg & 3]);
        break;
    case TEMPLATE_KEY_MSR:
        snprintf(text, TEMPLATE_KEY_TEXT, "index=0x%"PRIx64, key->id);
        break;
    default:
        snprintf(text, TEMPLATE_KEY_TEXT, "ID=0x%"PRIx64, key->id);
        break;
    }
}

static void add_leaf(struct template_map *map, const struct template_leaf *l)
{
    for ( size_t i = 0; i < l->nr_modifiers; i++ )
        map->entries[map->nr_entries++] = (struct template_entry){
            .key = {
                .kind = TEMPLATE_KEY_CPUID,
                .reg = l->modifiers[i].reg,
                .flags = l->flags,
                .id = (uint64_t)l->leaf << 32 | l->subleaf,
            },
            .bits = l->modifiers[i].bits,
        };
}

static size_t count_entries(const struct cpu_template *t)
{
    size_t nr = t->nr_msrs + t->nr_regs;

    for ( size_t i = 0; i < t->nr_leaves; i++ )
        nr += t->leaves[i].nr_modifiers;

    return nr;
}

static void add_entries(struct template_map *map, const struct cpu_template *t)
{
    for ( size_t i = 0; i < t->nr_leaves; i++ )
        add_leaf(map, &t->leaves[i]);

    for ( size_t i = 0; i < t->nr_msrs; i++ )
        map->entries[map->nr_entries++] = (struct template_entry){
            .key = { .kind = TEMPLATE_KEY_MSR, .id = t->msrs[i].index },
            .bits = t->msrs[i].bits,
        };

    for ( size_t i = 0; i < t->nr_regs; i++ )
        map->entries[map->nr_entries++] = (struct template_entry){
            .key = { .kind = TEMPLATE_KEY_REG, .id = t->regs[i].id },
            .bits = t->regs[i].bits,
        };
}

/* While sorting, the place in the file decides among equal keys. */
struct numbered {
    struct template_entry entry;
    size_t nr;
};

static int compare_numbered(const void *a, const void *b)
{
    const struct numbered *x = a, *y = b;

    return template_key_compare(&x->entry.key, &y->entry.key) ?:
           order(x->nr, y->nr);
}

/* Sort, and keep the last of each key. */
static int sort_entries(struct template_map *map)
{
    struct numbered *all = calloc(map->nr_entries ?: 1, sizeof(*all));
    size_t nr = 0;

    if ( !all )
        return -ENOMEM;

    for ( size_t i = 0; i < map->nr_entries; i++ )
        all[i] = (struct numbered){ map->entries[i], i };

    qsort(all, map->nr_entries, sizeof(*all), compare_numbered);

    for ( size_t i = 0; i < map->nr_entries; i++ )
        if ( i + 1 == map->nr_entries ||
             template_key_compare(&all[i].entry.key, &all[i + 1].entry.key) )
            map->entries[nr++] = all[i].entry;

    map->nr_entries = nr;
    free(all);

    return 0;
}

int template_map_build(const struct cpu_template *t, struct template_map *out,
                       cpupolicy_error *err)
{
    struct template_map map = { .max_entries = count_entries(t) };

    map.entries = calloc(map.max_entries ?: 1, sizeof(*map.entries));
    if ( !map.entries )
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");

    add_entries(&map, t);
    if ( sort_entries(&map) )
    {
        template_map_dispose(&map);
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");
    }

    *out = map;

    return 0;
}

static int put_cpuid(struct cpu_template *t, const struct template_entry *e,
                     cpupolicy_error *err)
{
    const struct template_leaf *last = t->leaves ?
        &t->leaves[t->nr_leaves - 1] : NULL;
    struct template_modifier m = { .reg = e->key.reg, .bits = e->bits };
    uint32_t leaf = e->key.id >> 32, subleaf = e->key.id;
    int rc = 0;

    if ( !last || last->leaf != leaf || last->subleaf != subleaf ||
         last->flags != e->key.flags )
        rc = template_add_leaf(t, leaf, subleaf, e->key.flags, err);

    return rc ?: template_add_modifier(t, &m, err);
}

static int put_entry(struct cpu_template *t, const struct template_entry *e,
                     cpupolicy_error *err)
{
    struct template_msr msr = { .index = e->key.id, .bits = e->bits };
    struct template_reg reg = { .id = e->key.id, .bits = e->bits };

    switch ( e->key.kind )
    {
    case TEMPLATE_KEY_CPUID:
        return put_cpuid(t, e, err);
    case TEMPLATE_KEY_MSR:
        return template_add_msr(t, &msr, err);
    default:
        return template_add_reg(t, &reg, err);
    }
}

int template_map_unfold(const struct template_map *map,
                        enum template_arch arch, struct cpu_template *out,
                        cpupolicy_error *err)
{
    struct cpu_template new = { .arch = arch };
    int rc = 0;

    for ( size_t i = 0; !rc && i < map->nr_entries; i++ )
        rc = put_entry(&new, &map->entries[i], err);

    if ( rc )
        template_dispose(&new);
    else
        *out = new;

    return rc;
}

static int compare_entry(const void *key, const void *entry)
{
    const struct template_entry *e = entry;

    return template_key_compare(key, &e->key);
}

const struct template_entry *template_map_find(const struct template_map *map,
                                               const struct template_key *key)
{
    if ( !map->nr_entries )
        return NULL;

    return bsearch(key, map->entries, map->nr_entries, sizeof(*map->entries),
                   compare_entry);
}

void template_map_dispose(struct template_map *map)
{
    free(map->entries);
    memset(map, 0, sizeof(*map));
}
