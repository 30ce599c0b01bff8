/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dumps: building them, and finding rows. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "dump.h"

/* Room for one more; what there is too much of is told by name. */
static int grow(void **list, size_t nr, size_t *max, size_t size, size_t limit,
                const char *what, cpupolicy_error *err)
{
    int rc = array_room(list, nr, max, size, limit);

    if ( rc == -E2BIG )
        return cpupolicy_error_set(err, E2BIG, 0, "more than %zu %s", limit,
                                   what);

    return rc ? cpupolicy_error_set(err, ENOMEM, 0, "out of memory") : 0;
}

struct dump_section *dump_add_section(struct dump *d, const char *name,
                                      cpupolicy_error *err)
{
    struct dump_section *s;
    size_t len = strlen(name);

    if ( len >= sizeof(s->name) )
    {
        cpupolicy_error_set(err, EINVAL, 0, "a name of %zu characters", len);
        return NULL;
    }
    if ( dump_find_section(d, name) )
    {
        cpupolicy_error_set(err, EINVAL, 0, "the policy '%s' occurs twice",
                            name);
        return NULL;
    }
    if ( grow((void **)&d->sections, d->nr_sections, &d->max_sections,
              sizeof(*s), DUMP_MAX_SECTIONS, "policies", err) )
        return NULL;

    s = &d->sections[d->nr_sections++];
    memset(s, 0, sizeof(*s));
    memcpy(s->name, name, len + 1);

    return s;
}

struct dump_cpu *dump_add_cpu(struct dump_section *s, uint32_t id,
                              cpupolicy_error *err)
{
    struct dump_cpu *c;

    if ( grow((void **)&s->cpus, s->nr_cpus, &s->max_cpus, sizeof(*c),
              DUMP_MAX_CPUS, "CPUs", err) )
        return NULL;

    c = &s->cpus[s->nr_cpus++];
    memset(c, 0, sizeof(*c));
    c->id = id;

    return c;
}

int dump_add_leaf(struct dump_cpu *c, const struct dump_leaf *row,
                  cpupolicy_error *err)
{
    int rc = grow((void **)&c->leaves, c->nr_leaves, &c->max_leaves,
                  sizeof(*row), DUMP_MAX_ROWS, "CPUID rows for one CPU", err);

    if ( rc )
        return rc;
    c->leaves[c->nr_leaves++] = *row;

    return 0;
}

int dump_add_msr(struct dump_cpu *c, const struct dump_msr *row,
                 cpupolicy_error *err)
{
    int rc = grow((void **)&c->msrs, c->nr_msrs, &c->max_msrs, sizeof(*row),
                  DUMP_MAX_MSRS, "MSR rows for one CPU", err);

    if ( rc )
        return rc;
    c->msrs[c->nr_msrs++] = *row;

    return 0;
}

int dump_add_feature(struct dump_cpu *c, const struct dump_claim *claim,
                     cpupolicy_error *err)
{
    int rc = grow((void **)&c->features, c->nr_features, &c->max_features,
                  sizeof(*claim), DUMP_MAX_CLAIMS, "features for one CPU",
                  err);

    if ( rc )
        free(claim->text);
    else
        c->features[c->nr_features++] = *claim;

    return rc;
}

int dump_add_unknown(struct dump *d, const struct dump_unknown *u,
                     cpupolicy_error *err)
{
    int rc = grow((void **)&d->unknown, d->nr_unknown, &d->max_unknown,
                  sizeof(*u), DUMP_MAX_UNKNOWN, "unknown inputs", err);

    if ( !rc )
        d->unknown[d->nr_unknown++] = *u;

    return rc;
}

int dump_add_note(struct dump *d, cpupolicy_error *err, const char *fmt, ...)
{
    char text[512], *copy;
    va_list args;
    int len, rc;

    va_start(args, fmt);
    len = vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    if ( len < 0 || (size_t)len >= sizeof(text) )
        return cpupolicy_error_set(err, E2BIG, 0, "a note is too long");

    rc = grow((void **)&d->notes, d->nr_notes, &d->max_notes, sizeof(copy),
              DUMP_MAX_NOTES, "notes", err);
    if ( rc )
        return rc;

    copy = strdup(text);
    if ( !copy )
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");
    d->notes[d->nr_notes++] = copy;

    return 0;
}

int dump_start(struct dump *d, struct dump_section **section,
               struct dump_cpu **first, cpupolicy_error *err)
{
    struct dump_section *s = dump_add_section(d, "", err);

    if ( !s )
        return -err->code;
    if ( first )
    {
        *first = dump_add_cpu(s, 0, err);
        if ( !*first )
            return -err->code;
    }
    *section = s;

    return 0;
}

int dump_add_row(struct dump_section *s, const struct dump_leaf *row,
                 cpupolicy_error *err)
{
    if ( !s->nr_cpus && !dump_add_cpu(s, 0, err) )
        return -err->code;

    return dump_add_leaf(&s->cpus[s->nr_cpus - 1], row, err);
}

const struct dump_leaf *dump_find_leaf(const struct dump_cpu *c, uint32_t leaf,
                                       uint32_t subleaf)
{
    for ( size_t i = 0; i < c->nr_leaves; i++ )
    {
        const struct dump_leaf *l = &c->leaves[i];

        if ( l->leaf != leaf )
            continue;
        if ( l->subleaf == subleaf )
            return l;
        if ( subleaf != DUMP_NO_SUBLEAF && l->subleaf < subleaf &&
             subleaf <= l->last_subleaf )
            return l;
    }

    return NULL;
}

const struct dump_leaf *dump_find_plain_leaf(const struct dump_cpu *c,
                                             uint32_t leaf)
{
    const struct dump_leaf *l = dump_find_leaf(c, leaf, DUMP_NO_SUBLEAF);

    return l ? l : dump_find_leaf(c, leaf, 0);
}

const struct dump_msr *dump_find_msr(const struct dump_cpu *c, uint32_t index)
{
    for ( size_t i = 0; i < c->nr_msrs; i++ )
        if ( c->msrs[i].index == index )
            return &c->msrs[i];

    return NULL;
}

const struct dump_section *dump_find_section(const struct dump *d,
                                             const char *name)
{
    for ( size_t i = 0; i < d->nr_sections; i++ )
        if ( !strcmp(d->sections[i].name, name) )
            return &d->sections[i];

    return NULL;
}

void dump_dispose_cpu(struct dump_cpu *c)
{
    for ( size_t i = 0; i < c->nr_features; i++ )
        free(c->features[i].text);
    free(c->features);
    free(c->vendor.text);
    free(c->leaves);
    free(c->msrs);
    memset(c, 0, sizeof(*c));
}

void dump_dispose(struct dump *d)
{
    if ( !d )
        return;

    for ( size_t i = 0; i < d->nr_sections; i++ )
    {
        struct dump_section *s = &d->sections[i];

        for ( size_t j = 0; j < s->nr_cpus; j++ )
            dump_dispose_cpu(&s->cpus[j]);
        free(s->cpus);
    }
    free(d->sections);

    for ( size_t i = 0; i < d->nr_notes; i++ )
        free(d->notes[i]);
    free(d->notes);
    free(d->unknown);

    memset(d, 0, sizeof(*d));
}
