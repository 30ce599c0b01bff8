/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of things, finding things by name, and saying what is wrong. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

const char *const kind_names[NR_KINDS] = {
    [KIND_RESERVED] = "RESERVED", [KIND_FEATURE] = "FEATURE",
    [KIND_LIMIT] = "LIMIT", [KIND_EQUAL] = "EQUAL",
    [KIND_CHOICE] = "CHOICE", [KIND_TOPOLOGY] = "TOPOLOGY",
    [KIND_DERIVED] = "DERIVED", [KIND_DYNAMIC] = "DYNAMIC",
    [KIND_HIDDEN] = "HIDDEN", [KIND_OWN] = "OWN",
};

const char *const stop_names[NR_STOPS] = {
    [STOP_PLAIN] = "PLAIN", [STOP_TYPE_A] = "TYPE_A",
    [STOP_TYPE_C] = "TYPE_C", [STOP_MAX_A] = "MAX_A",
    [STOP_XSTATE] = "XSTATE", [STOP_BITMAP_A] = "BITMAP_A",
    [STOP_ALL] = "ALL",
};

const char *const reg_names[4] = { "eax", "ebx", "ecx", "edx" };
const char layout_letters[NR_LAYOUTS + 1] = "IAC";
const char attribute_chars[] = "!ASHash|e";

int index_of(const char *const names[], unsigned int nr, const char *name)
{
    for ( unsigned int i = 0; i < nr; i++ )
        if ( !strcmp(names[i], name) )
            return i;

    return -1;
}

struct feature *feature_find(struct model *m, const char *name)
{
    for ( unsigned int i = 0; i < m->nr_features; i++ )
        if ( !strcmp(m->features[i].claim.name, name) )
            return &m->features[i];

    return NULL;
}

struct leaf *leaf_find(struct model *m, uint32_t leaf)
{
    for ( unsigned int i = 0; i < m->nr_leaves; i++ )
        if ( m->leaves[i].leaf == leaf )
            return &m->leaves[i];

    return NULL;
}

struct msr *msr_find(struct model *m, uint32_t index)
{
    for ( unsigned int i = 0; i < m->nr_msrs; i++ )
        if ( m->msrs[i].index == index )
            return &m->msrs[i];

    return NULL;
}

const struct leaf *leaf_of_slot(const struct model *m, unsigned int slot)
{
    const struct leaf *l = m->leaves;

    while ( l + 1 < m->leaves + m->nr_leaves && l[1].first_slot <= slot )
        l++;

    return l;
}

const char *describe_cell(const struct model *m, unsigned int cell,
                          char *buf, size_t size)
{
    const char *reg = reg_names[cell % 4];
    const struct leaf *l;

    if ( cell >= m->nr_slots * 4 )
    {
        snprintf(buf, size, "MSR 0x%x",
                 m->msrs[(cell - m->nr_slots * 4) / 2].index);
        return buf;
    }

    l = leaf_of_slot(m, cell / 4);
    if ( l->nr_subleaves )
        snprintf(buf, size, "leaf 0x%x subleaf %u %s", l->leaf,
                 cell / 4 - l->first_slot, reg);
    else
        snprintf(buf, size, "leaf 0x%x %s", l->leaf, reg);

    return buf;
}

const char *describe_bits(uint64_t mask, char *buf, size_t size)
{
    size_t used = 0;

    buf[0] = '\0';
    for ( int hi = 63; hi >= 0 && used < size; hi-- )
    {
        int lo = hi;

        if ( !((mask >> hi) & 1) )
            continue;
        while ( lo > 0 && ((mask >> (lo - 1)) & 1) )
            lo--;

        used += snprintf(buf + used, size - used, "%s%d",
                         used ? ", " : "", hi);
        if ( lo != hi && used < size )
            used += snprintf(buf + used, size - used, ":%d", lo);
        hi = lo;
    }

    return buf;
}

void complain(struct model *m, const struct place *at, const char *fmt, ...)
{
    va_list args;

    m->nr_errors++;
    if ( m->nr_errors > MAX_ERRORS )
        return;

    fprintf(stderr, "%s:%u: ", at->path, at->line);
    va_start(args, fmt);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fputc('\n', stderr);

    if ( m->nr_errors == MAX_ERRORS )
        fprintf(stderr, "(further errors are counted only)\n");
}

void *checked_calloc(size_t nr, size_t size)
{
    /* One more, since calloc(0) may return NULL. */
    void *memory = calloc(nr + 1, size);

    if ( !memory )
    {
        fputs("gen-cpu-policy: out of memory\n", stderr);
        exit(2);
    }

    return memory;
}
