/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * From the rows as a file lists them to the form that users of dumps may
 * rely on: sorted, each row once, subleaves told apart, and without answers
 * to questions that the CPU says it does not know.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "canonical.h"

struct pass {
    bool records_hardware, omits_zeros;
    struct tally cut, content, reread, inferred;
    bool lacks_leaf_0;
};

static int tally_note(const struct tally *t, struct dump *d, const char *text,
                      cpupolicy_error *err)
{
    char list[TALLY_TEXT];

    return t->nr ? dump_add_note(d, err, "%s: %s", text, tally_text(t, list))
                 : 0;
}

static int compare(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* Rows sort by pointer last: among equals, the order of the file. */
static int by_leaf(const void *a, const void *b)
{
    const struct dump_leaf *l = *(struct dump_leaf *const *)a;
    const struct dump_leaf *r = *(struct dump_leaf *const *)b;
    int c = compare(l->leaf, r->leaf);

    return c ? c : compare((uintptr_t)l, (uintptr_t)r);
}

static int by_subleaf(const void *a, const void *b)
{
    const struct dump_leaf *l = *(struct dump_leaf *const *)a;
    const struct dump_leaf *r = *(struct dump_leaf *const *)b;
    int c = compare(l->leaf, r->leaf);

    if ( !c )
        c = compare(l->subleaf, r->subleaf);

    return c ? c : compare((uintptr_t)l, (uintptr_t)r);
}

static int by_index(const void *a, const void *b)
{
    const struct dump_msr *l = *(struct dump_msr *const *)a;
    const struct dump_msr *r = *(struct dump_msr *const *)b;
    int c = compare(l->index, r->index);

    return c ? c : compare((uintptr_t)l, (uintptr_t)r);
}

static int contradiction(const char *what, uint32_t line, uint32_t other,
                         cpupolicy_error *err)
{
    if ( !other || other == line )
        return cpupolicy_error_set(err, EINVAL, line,
                                   "two different values for %s", what);
    return cpupolicy_error_set(err, EINVAL, line,
                               "two different values for %s: also in line %u",
                               what, other);
}

static bool same_leaf(const struct dump_leaf *a, const struct dump_leaf *b)
{
    return !memcmp(a->reg, b->reg, sizeof(a->reg)) &&
           !memcmp(a->open, b->open, sizeof(a->open)) &&
           a->last_subleaf == b->last_subleaf;
}

/* Both rows are of one leaf and subleaf, `b` the later one. */
static int merge_leaf(struct dump_leaf *a, const struct dump_leaf *b,
                      struct pass *p, cpupolicy_error *err)
{
    char what[64];

    if ( same_leaf(a, b) )
        return 0;
    if ( b->repeats )
    {
        tally_add(&p->reread, b->leaf, 0);
        *a = *b;
        return 0;
    }

    if ( a->subleaf == DUMP_NO_SUBLEAF )
        snprintf(what, sizeof(what), "leaf 0x%x", a->leaf);
    else
        snprintf(what, sizeof(what), "leaf 0x%x subleaf 0x%x", a->leaf,
                 a->subleaf);

    return contradiction(what, b->line, a->line, err);
}

/* Copy rows that are sorted, each leaf and subleaf once. */
static int merge_leaves(struct dump_leaf *const *row, size_t nr,
                        struct dump_leaf *out, size_t *nr_out, struct pass *p,
                        cpupolicy_error *err)
{
    size_t kept = 0;
    int rc = 0;

    for ( size_t i = 0; i < nr && !rc; i++ )
    {
        struct dump_leaf *last = kept ? &out[kept - 1] : NULL;

        if ( last && last->leaf == row[i]->leaf &&
             last->subleaf == row[i]->subleaf )
            rc = merge_leaf(last, row[i], p, err);
        else
            out[kept++] = *row[i];
    }
    *nr_out = kept;

    return rc;
}

/* What programs write is mostly in order already. */
static void sort_rows(void *rows, size_t nr, size_t size,
                      int (*order)(const void *, const void *))
{
    const char *row = rows;

    for ( size_t i = 1; i < nr; i++ )
        if ( order(row + (i - 1) * size, row + i * size) > 0 )
        {
            qsort(rows, nr, size, order);
            return;
        }
}

static void infer_subleaves(struct dump_leaf **row, size_t nr, struct pass *p)
{
    sort_rows(row, nr, sizeof(*row), by_leaf);

    for ( size_t i = 0, end; i < nr; i = end )
    {
        for ( end = i + 1; end < nr; end++ )
            if ( row[end]->leaf != row[i]->leaf )
                break;
        hardware_infer_subleaves(row + i, end - i, &p->inferred);
    }
}

static int sort_leaves(struct dump_cpu *c, struct pass *p,
                       cpupolicy_error *err)
{
    size_t nr = c->nr_leaves, kept = 0;
    struct dump_leaf **row = calloc(nr, sizeof(*row));
    struct dump_leaf *sorted = calloc(nr, sizeof(*sorted));
    int rc = 0;

    if ( !row || !sorted )
    {
        rc = cpupolicy_error_set(err, ENOMEM, 0, "out of memory");
        goto out;
    }

    for ( size_t i = 0; i < nr; i++ )
        row[i] = &c->leaves[i];

    if ( p->records_hardware )
        infer_subleaves(row, nr, p);

    sort_rows(row, nr, sizeof(*row), by_subleaf);
    rc = merge_leaves(row, nr, sorted, &kept, p, err);
    if ( !rc )
    {
        free(c->leaves);
        c->leaves = sorted;
        c->nr_leaves = kept;
        c->max_leaves = nr;
        sorted = NULL;
    }

 out:
    free(row);
    free(sorted);

    return rc;
}

static int merge_msr(struct dump_msr *a, const struct dump_msr *b,
                     struct pass *p, cpupolicy_error *err)
{
    char what[32];

    if ( a->value == b->value && a->open == b->open &&
         a->failed == b->failed )
        return 0;
    if ( b->repeats )
    {
        tally_add(&p->reread, b->index, 0);
        *a = *b;
        return 0;
    }

    snprintf(what, sizeof(what), "MSR 0x%x", a->index);

    return contradiction(what, b->line, a->line, err);
}

static int sort_msrs(struct dump_cpu *c, struct pass *p, cpupolicy_error *err)
{
    size_t nr = c->nr_msrs, kept = 0;
    struct dump_msr **row = calloc(nr, sizeof(*row));
    struct dump_msr *sorted = calloc(nr, sizeof(*sorted));
    int rc = 0;

    if ( !row || !sorted )
    {
        rc = cpupolicy_error_set(err, ENOMEM, 0, "out of memory");
        goto out;
    }

    for ( size_t i = 0; i < nr; i++ )
        row[i] = &c->msrs[i];
    sort_rows(row, nr, sizeof(*row), by_index);

    for ( size_t i = 0; i < nr && !rc; i++ )
    {
        struct dump_msr *last = kept ? &sorted[kept - 1] : NULL;

        if ( last && last->index == row[i]->index )
            rc = merge_msr(last, row[i], p, err);
        else
            sorted[kept++] = *row[i];
    }

    if ( !rc )
    {
        free(c->msrs);
        c->msrs = sorted;
        c->nr_msrs = kept;
        c->max_msrs = nr;
        sorted = NULL;
    }

 out:
    free(row);
    free(sorted);

    return rc;
}

static int canonicalise_cpu(struct dump_cpu *c, struct pass *p,
                            cpupolicy_error *err)
{
    int rc = 0;

    if ( p->records_hardware )
    {
        if ( !dump_find_plain_leaf(c, 0) )
            p->lacks_leaf_0 = true;
        hardware_cut_out_of_range(c, &p->cut, &p->content);
    }

    /* Profiles have files of MSRs alone, and a policy may be all zeros. */
    if ( !c->nr_leaves &&
         (p->records_hardware || (!c->nr_msrs && !p->omits_zeros)) )
        return cpupolicy_error_set(err, EINVAL, 0,
                                   "CPU %u has no CPUID rows", c->id);

    if ( c->nr_leaves )
        rc = sort_leaves(c, p, err);
    if ( !rc && c->nr_msrs )
        rc = sort_msrs(c, p, err);

    return rc;
}

static int check_ids(const struct dump_section *s, cpupolicy_error *err)
{
    for ( size_t i = 1; i < s->nr_cpus; i++ )
        for ( size_t j = 0; j < i; j++ )
            if ( s->cpus[j].id == s->cpus[i].id )
                return cpupolicy_error_set(err, EINVAL, 0,
                                           "CPU %u occurs twice",
                                           s->cpus[i].id);

    return 0;
}

static int write_notes(struct dump *d, const struct pass *p,
                       cpupolicy_error *err)
{
    int rc = tally_note(&p->content, d, "content beyond the CPU's maximum "
                        "leaf, dropped", err);

    if ( !rc )
        rc = tally_note(&p->cut, d, "rows beyond the CPU's maximum leaf, "
                        "dropped", err);
    if ( !rc )
        rc = tally_note(&p->inferred, d, "subleaves that only the order of "
                        "lines tells", err);
    if ( !rc )
        rc = tally_note(&p->reread, d, "values that were read again and "
                        "differ, of which the last one counts", err);
    if ( !rc && p->lacks_leaf_0 )
        rc = dump_add_note(d, err, "there is no leaf 0: not a whole CPU");

    return rc;
}

int dump_canonicalise(struct dump *d, cpupolicy_error *err)
{
    struct pass p = { .records_hardware = d->records_hardware,
                      .omits_zeros = d->omits_zero_leaves };
    int rc = 0;

    for ( size_t i = 0; i < d->nr_sections && !rc; i++ )
    {
        struct dump_section *s = &d->sections[i];

        if ( !s->nr_cpus )
            rc = cpupolicy_error_set(err, EINVAL, 0, "there are no rows");
        if ( !rc )
            rc = check_ids(s, err);
        for ( size_t j = 0; j < s->nr_cpus && !rc; j++ )
            rc = canonicalise_cpu(&s->cpus[j], &p, err);
    }
    if ( rc )
        return rc;

    if ( p.lacks_leaf_0 )
        d->is_partial = true;

    return write_notes(d, &p, err);
}
