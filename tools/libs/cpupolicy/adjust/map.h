/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Templates as sorted maps: what they say of each register, in the order of
 * the numbers, whatever the order in the file was.  Of entries that name the
 * same register the last one in the file counts, as in the original.
 */
#ifndef CPUPOLICY_MAP_H
#define CPUPOLICY_MAP_H

#include "template/template.h"

enum template_kind { TEMPLATE_KEY_CPUID, TEMPLATE_KEY_MSR, TEMPLATE_KEY_REG };

/*
 * `flags` belong to the name: the original takes two CPUID entries that
 * differ in them for different ones.
 */
struct template_key {
    uint8_t kind;               /* enum template_kind */
    uint8_t reg;                /* CPUID: 0 to 3 */
    uint32_t flags;             /* CPUID */
    uint64_t id;                /* leaf << 32 | subleaf, MSR, register id */
};

struct template_entry {
    struct template_key key;
    struct template_bits bits;
};

struct template_map {
    struct template_entry *entries;  /* ascending by kind, id, flags, reg */
    size_t nr_entries, max_entries;
};

int template_key_compare(const struct template_key *a,
                         const struct template_key *b);

/* 32, 64 or 128: what a bitmap of that kind is wide. */
unsigned int template_key_bits(const struct template_key *key);

/* "leaf=0x7, subleaf=0x0, flags=0b1, register=ebx", "index=0x1", "ID=0x1" */
#define TEMPLATE_KEY_TEXT 96
void template_key_format(const struct template_key *key,
                         char text[TEMPLATE_KEY_TEXT]);

/* 0 or -ENOMEM. */
int template_map_build(const struct cpu_template *t, struct template_map *out,
                       cpupolicy_error *err);

/*
 * The entries as a template, CPUID entries with the same (leaf, subleaf,
 * flags) joined.  Capabilities and vCPU features are not part of a map.
 */
int template_map_unfold(const struct template_map *map,
                        enum template_arch arch, struct cpu_template *out,
                        cpupolicy_error *err);

/* NULL if absent. */
const struct template_entry *template_map_find(const struct template_map *map,
                                               const struct template_key *key);

void template_map_dispose(struct template_map *map); /* safe when zeroed */

#endif /* CPUPOLICY_MAP_H */
