/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Adjustments, sorted. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adjust.h"

const char adjust_reg_names[4][4] = { "eax", "ebx", "ecx", "edx" };

static int order(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

int adjust_key_compare(const struct adjust_key *a,
                       const struct adjust_key *b)
{
    return order(a->kind, b->kind) ?: order(a->id, b->id) ?:
           order(a->flags, b->flags) ?: order(a->reg, b->reg);
}

unsigned int adjust_key_bits(const struct adjust_key *key)
{
    static const unsigned int nr_bits[] = {
        [ADJUST_CPUID] = 32,
        [ADJUST_MSR] = 64,
        [ADJUST_REG] = 128,
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

void adjust_key_format(const struct adjust_key *key,
                       char text[ADJUST_KEY_TEXT])
{
    char flags[33];

    switch ( key->kind )
    {
    case ADJUST_CPUID:
        format_binary(key->flags, flags);
        snprintf(text, ADJUST_KEY_TEXT,
                 "leaf=0x%"PRIx64", subleaf=0x%"PRIx64", flags=0b%s, "
                 "register=%s", key->id >> 32, key->id & UINT32_MAX, flags,
                 adjust_reg_names[key->reg & 3]);
        break;
    case ADJUST_MSR:
        snprintf(text, ADJUST_KEY_TEXT, "index=0x%"PRIx64, key->id);
        break;
    default:
        snprintf(text, ADJUST_KEY_TEXT, "ID=0x%"PRIx64, key->id);
        break;
    }
}

/* While sorting, the place in the file decides among equal keys. */
struct numbered {
    struct adjustment entry;
    size_t nr;
};

static int compare_numbered(const void *a, const void *b)
{
    const struct numbered *x = a, *y = b;

    return adjust_key_compare(&x->entry.key, &y->entry.key) ?:
           order(x->nr, y->nr);
}

int adjustments_sort(struct adjustments *all, cpupolicy_error *err)
{
    struct numbered *rows = calloc(all->nr_entries ?: 1, sizeof(*rows));
    size_t nr = 0;

    if ( !rows )
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");

    for ( size_t i = 0; i < all->nr_entries; i++ )
        rows[i] = (struct numbered){ all->entries[i], i };

    qsort(rows, all->nr_entries, sizeof(*rows), compare_numbered);

    for ( size_t i = 0; i < all->nr_entries; i++ )
        if ( i + 1 == all->nr_entries ||
             adjust_key_compare(&rows[i].entry.key, &rows[i + 1].entry.key) )
            all->entries[nr++] = rows[i].entry;

    all->nr_entries = nr;
    free(rows);

    return 0;
}

static int compare_entry(const void *key, const void *entry)
{
    const struct adjustment *e = entry;

    return adjust_key_compare(key, &e->key);
}

const struct adjustment *adjustments_find(const struct adjustments *map,
                                          const struct adjust_key *key)
{
    if ( !map->nr_entries )
        return NULL;

    return bsearch(key, map->entries, map->nr_entries, sizeof(*map->entries),
                   compare_entry);
}

void adjustments_dispose(struct adjustments *map)
{
    free(map->entries);
    memset(map, 0, sizeof(*map));
}
