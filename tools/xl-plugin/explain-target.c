/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From what was typed to bits of registers. */

#include "explain.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct bits {
    uint32_t hi, lo;
};

struct search {
    struct targets *found;
    const char *name;           /* of a field */
    int feature;                /* index, or -1: no feature */
    const struct bits *bits;    /* what is just these, or NULL */
    cpupolicy_change where;     /* the register at hand */
};

uint64_t target_mask(const struct target *t)
{
    return (~0ULL >> (63 - t->hi)) & (~0ULL << t->lo);
}

/* "0x7:0.ebx", as it can be typed. */
static void label_register(char *out, size_t size, const cpupolicy_change *w)
{
    char subleaf[16] = "";

    if ( w->is_msr )
    {
        snprintf(out, size, "msr:0x%x", w->msr);
        return;
    }

    if ( w->subleaf != CPUPOLICY_NO_SUBLEAF )
        snprintf(subleaf, sizeof(subleaf), ":%u", w->subleaf);
    snprintf(out, size, "0x%x%s.%s", w->leaf, subleaf, reg_names[w->reg]);
}

static struct target *add(struct targets *t, const cpupolicy_change *where)
{
    struct target *list = t->list;

    if ( t->nr == t->max )
    {
        list = realloc(list, (t->max + 16) * sizeof(*list));
        if ( !list )
        {
            t->no_memory = true;
            return NULL;
        }
        t->list = list;
        t->max += 16;
    }

    list += t->nr++;
    *list = (struct target){
        .feature = -1, .where = *where, .hi = where->is_msr ? 63 : 31,
    };
    label_register(list->label, sizeof(list->label), where);

    return list;
}

static void label_bits(struct target *t)
{
    size_t len = strlen(t->label);

    if ( t->hi == t->lo )
        snprintf(t->label + len, sizeof(t->label) - len, "[%u]", t->lo);
    else
        snprintf(t->label + len, sizeof(t->label) - len, "[%u:%u]", t->hi,
                 t->lo);
}

static bool is_meant(const struct search *s, const cpupolicy_field *f)
{
    if ( !s->bits && s->feature >= 0 )
        return f->feature == s->feature;

    /* Bits that belong to nothing have no name to be asked by. */
    if ( f->feature < 0 && !strcmp(f->kind, "reserved") )
        return false;

    return s->bits ? f->hi == s->bits->hi && f->lo == s->bits->lo
                   : f->feature < 0 && !strcasecmp(f->name, s->name);
}

static void on_field(void *ctx, const cpupolicy_field *f)
{
    struct search *s = ctx;
    struct target *t;

    if ( !is_meant(s, f) )
        return;

    t = add(s->found, &s->where);
    if ( !t )
        return;
    t->name = f->name;
    t->kind = f->kind;
    t->feature = f->feature;
    t->hi = f->hi;
    t->lo = f->lo;
    if ( f->feature >= 0 )
        snprintf(t->label, sizeof(t->label), "%s", f->name);
    else
        label_bits(t);
}

static void search_fields(struct search *s, const cpupolicy *p)
{
    for ( size_t i = 0; cpupolicy_register_at(i, &s->where); i++ )
        cpupolicy_fields(p, &s->where, s->where.is_msr ? ~0ULL : UINT32_MAX,
                         on_field, s);
}

bool target_of_feature(const cpupolicy *p, size_t feature,
                       struct target *out)
{
    struct targets found = { .list = NULL };
    struct search s = { .found = &found, .feature = feature };

    search_fields(&s, p);
    if ( found.nr )
        *out = found.list[0];
    free(found.list);

    return found.nr;
}

/* Decimal, or hexadecimal after 0x; nothing that overflows. */
static bool take_number(const char **s, uint32_t *out)
{
    bool hex = (*s)[0] == '0' && ((*s)[1] | 0x20) == 'x';
    const char *digits = *s + (hex ? 2 : 0);
    size_t len = strspn(digits, hex ? "0123456789abcdefABCDEF"
                                    : "0123456789");

    if ( !len || len > 10 || strtoull(digits, NULL, hex ? 16 : 10) >
                             UINT32_MAX )
        return false;
    *out = strtoull(digits, NULL, hex ? 16 : 10);
    *s = digits + len;

    return true;
}

struct place {
    bool is_msr;                /* written with "msr:" */
    bool has_subleaf, has_reg, has_bits;
    uint32_t number, subleaf;
    unsigned int reg;
    struct bits bits;
};

static bool take_reg(const char **s, struct place *p)
{
    size_t len = strcspn(*s, "[");

    while ( p->reg < 4 && (strlen(reg_names[p->reg]) != len ||
                           strncasecmp(*s, reg_names[p->reg], len)) )
        p->reg++;
    p->has_reg = true;
    *s += len;

    return p->reg < 4;
}

/* "[31:0]", "[5]": as labels have them. */
static bool take_bits(const char **s, struct place *p)
{
    ++*s;
    if ( !take_number(s, &p->bits.hi) )
        return false;
    p->bits.lo = p->bits.hi;
    if ( **s == ':' )
    {
        ++*s;
        if ( !take_number(s, &p->bits.lo) )
            return false;
    }
    p->has_bits = true;

    return *(*s)++ == ']' && p->bits.lo <= p->bits.hi &&
           p->bits.hi < (p->is_msr ? 64 : 32);
}

static bool parse_place(const char *s, struct place *p)
{
    *p = (struct place){ .is_msr = !strncasecmp(s, "msr:", 4) };
    s += p->is_msr ? 4 : 0;
    if ( !take_number(&s, &p->number) )
        return false;

    if ( !p->is_msr && *s == ':' )
    {
        s++;
        p->has_subleaf = take_number(&s, &p->subleaf);
        if ( !p->has_subleaf )
            return false;
    }

    if ( !p->is_msr && *s == '.' )
    {
        s++;
        if ( !take_reg(&s, p) )
            return false;
    }

    /* Of a leaf's four registers it would be no saying which is meant. */
    if ( (p->is_msr || p->has_reg) && *s == '[' && !take_bits(&s, p) )
        return false;

    return !*s;
}

static bool is_at(const cpupolicy_change *where, const struct place *p,
                  bool is_msr)
{
    if ( is_msr )
        return where->is_msr && where->msr == p->number;

    return !where->is_msr && where->leaf == p->number &&
           (!p->has_subleaf || where->subleaf == p->subleaf) &&
           (!p->has_reg || where->reg == p->reg);
}

/* The field that is these bits, or else the bits for themselves. */
static void add_bits(struct targets *t, const cpupolicy *p,
                     const cpupolicy_change *where, const struct bits *bits)
{
    struct search s = { .found = t, .bits = bits, .where = *where };
    struct target all = { .hi = bits->hi, .lo = bits->lo }, *one;
    size_t before = t->nr;

    cpupolicy_fields(p, where, target_mask(&all), on_field, &s);
    if ( t->nr > before )
        return;

    one = add(t, where);
    if ( !one )
        return;
    one->hi = bits->hi;
    one->lo = bits->lo;
    label_bits(one);
}

static void add_place(struct targets *t, const cpupolicy *p,
                      const struct place *place, bool is_msr)
{
    cpupolicy_change where;

    for ( size_t i = 0; cpupolicy_register_at(i, &where); i++ )
        if ( !is_at(&where, place, is_msr) )
            continue;
        else if ( place->has_bits )
            add_bits(t, p, &where, &place->bits);
        else
        {
            struct target *one = add(t, &where);

            if ( one )
                one->if_any = !is_msr && !place->has_reg;
        }
}

static int find_feature(const char *name)
{
    int f = cpupolicy_feature_find(name);

    for ( size_t i = 0; f < 0 && i < cpupolicy_nr_features(); i++ )
        if ( !strcasecmp(cpupolicy_feature_name(i), name) )
            f = i;

    return f;
}

size_t targets_add(struct targets *t, const cpupolicy *p, const char *name)
{
    struct search s = {
        .found = t, .name = name, .feature = find_feature(name),
    };
    size_t before = t->nr;
    struct place place;

    if ( !parse_place(name, &place) )
        search_fields(&s, p);
    else
    {
        /* A number alone is a leaf, if there is one. */
        if ( !place.is_msr )
            add_place(t, p, &place, false);
        if ( t->nr == before && !place.has_subleaf && !place.has_reg )
            add_place(t, p, &place, true);
    }

    return t->nr - before;
}
