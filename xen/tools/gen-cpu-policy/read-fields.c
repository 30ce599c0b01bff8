/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows of cpuid-fields.h and msr-fields.h. */
#include <string.h>

#include "read.h"

static const char *const reg_letters[] = { "a", "b", "c", "d" };

static bool arg_vendors(struct model *m, const struct row *row,
                        unsigned int i, unsigned int *layouts)
{
    const char *text = row->args[i].text;

    *layouts = 0;
    for ( const char *c = text; *c; c++ )
    {
        const char *known = strchr(layout_letters, *c);
        unsigned int bit;

        if ( !known )
        {
            complain(m, &row->at, "unknown vendor letter '%c'", *c);
            return false;
        }

        bit = 1u << (known - layout_letters);
        if ( *layouts & bit )
        {
            complain(m, &row->at, "vendor letter '%c' twice", *c);
            return false;
        }
        *layouts |= bit;
    }

    if ( !*layouts )
        complain(m, &row->at, "%s: no vendor", row->macro);

    return *layouts;
}

/* The kind, vendors and gate of a field, which stand in this order. */
static bool read_rules(struct model *m, const struct row *row,
                       unsigned int first, struct field *f)
{
    unsigned int kind;

    if ( !arg_choice(m, row, first, kind_names, NR_KINDS, "kind", &kind) ||
         !arg_vendors(m, row, first + 1, &f->claim.layouts) )
        return false;

    if ( kind == KIND_RESERVED )
    {
        complain(m, &row->at, "%s: reserved bits have rows of their own",
                 f->claim.name);
        return false;
    }

    f->claim.kind = kind;
    f->gate_name = row->args[first + 2].text;
    f->description = row->args[first + 3].text;

    return true;
}

static bool read_bits(struct model *m, const struct row *row,
                      unsigned int first, unsigned int max, struct field *f)
{
    if ( !arg_decimal(m, row, first, max, &f->hi) ||
         !arg_decimal(m, row, first + 1, max, &f->lo) )
        return false;

    if ( f->hi < f->lo )
    {
        complain(m, &row->at, "bits %u:%u are reversed", f->hi, f->lo);
        return false;
    }
    f->mask = (~0ull >> (63 - f->hi)) & (~0ull << f->lo);

    return true;
}

/* Leaf, subleaves and register, with which fields and reserved rows begin. */
static bool read_register(struct model *m, const struct row *row,
                          struct field *f)
{
    uint64_t leaf;

    if ( !arg_hex(m, row, 0, UINT32_MAX, &leaf) ||
         !arg_decimal(m, row, 1, MAX_SUBLEAVES - 1, &f->sub_lo) ||
         !arg_decimal(m, row, 2, MAX_SUBLEAVES - 1, &f->sub_hi) ||
         !arg_choice(m, row, 3, reg_letters, 4, "register", &f->reg) )
        return false;

    if ( f->sub_hi < f->sub_lo )
    {
        complain(m, &row->at, "subleaves %u..%u are reversed", f->sub_lo,
                 f->sub_hi);
        return false;
    }
    f->key = leaf;

    return true;
}

static void add_leaf(struct model *m, const struct row *row)
{
    struct leaf *l = &m->leaves[m->nr_leaves];
    uint64_t number;
    unsigned int stop;

    if ( m->nr_leaves == MAX_LEAVES )
    {
        complain(m, &row->at, "more than %u leaves", MAX_LEAVES);
        return;
    }

    *l = (struct leaf){ .at = row->at, .title = row->args[3].text };
    if ( !arg_hex(m, row, 0, UINT32_MAX, &number) ||
         !arg_decimal(m, row, 1, MAX_SUBLEAVES, &l->nr_subleaves) ||
         !arg_choice(m, row, 2, stop_names, NR_STOPS, "stop", &stop) )
        return;

    if ( (stop == STOP_PLAIN) != !l->nr_subleaves )
    {
        complain(m, &row->at, "leaf 0x%x: stop %s does not go with %u "
                 "subleaves", (uint32_t)number, stop_names[stop],
                 l->nr_subleaves);
        return;
    }

    l->leaf = number;
    l->stop = stop;
    m->nr_leaves++;
}

static void add_field(struct model *m, const struct row *row)
{
    struct field *f = &m->fields[m->nr_fields];

    *f = (struct field){ .claim = { row->at, "field", "", 0, 0 } };
    if ( read_register(m, row, f) && read_bits(m, row, 4, 31, f) &&
         arg_name(m, row, 6, true, &f->claim.name) &&
         read_rules(m, row, 7, f) )
        m->nr_fields++;
}

static const struct claim reserved_claim = {
    .what = "reserved", .name = "row", .kind = KIND_RESERVED,
    .layouts = ALL_LAYOUTS,
};

static bool read_mask(struct model *m, const struct row *row,
                      unsigned int i, uint64_t max, struct field *f)
{
    f->claim = reserved_claim;
    f->claim.at = row->at;
    f->gate_name = "NONE";
    f->description = "";
    if ( !arg_hex(m, row, i, max, &f->mask) )
        return false;

    if ( !f->mask )
        complain(m, &row->at, "%s: the mask has no bits", row->macro);

    return f->mask;
}

static void add_reserved(struct model *m, const struct row *row)
{
    struct field *f = &m->fields[m->nr_fields];

    *f = (struct field){ 0 };
    if ( read_register(m, row, f) && read_mask(m, row, 4, UINT32_MAX, f) )
        m->nr_fields++;
}

static void add_msr(struct model *m, const struct row *row)
{
    struct msr *msr = &m->msrs[m->nr_msrs];
    uint64_t index;

    if ( m->nr_msrs == MAX_MSRS )
    {
        complain(m, &row->at, "more than %u MSRs", MAX_MSRS);
        return;
    }

    *msr = (struct msr){ .at = row->at, .gate_name = row->args[4].text,
                         .title = row->args[5].text };
    if ( !arg_hex(m, row, 0, UINT32_MAX, &index) ||
         !arg_name(m, row, 1, true, &msr->name) ||
         !arg_decimal(m, row, 2, 64, &msr->bits) ||
         !arg_vendors(m, row, 3, &msr->layouts) )
        return;

    if ( !msr->bits )
    {
        complain(m, &row->at, "MSR 0x%x has no bits", (uint32_t)index);
        return;
    }

    msr->index = index;
    m->nr_msrs++;
}

static void add_msr_enable(struct model *m, const struct row *row)
{
    struct enable *e = &m->enables[m->nr_enables];
    uint64_t index, control;

    if ( m->nr_enables == MAX_ENABLES )
    {
        complain(m, &row->at, "more than %u rows of what enables an MSR",
                 MAX_ENABLES);
        return;
    }

    *e = (struct enable){ .at = row->at, .reason = row->args[3].text };
    if ( !arg_hex(m, row, 0, UINT32_MAX, &index) ||
         !arg_hex(m, row, 1, UINT32_MAX, &control) ||
         !arg_decimal(m, row, 2, 63, &e->bit) )
        return;

    e->key = index;
    e->control = control;
    m->nr_enables++;
}

static void add_msr_field(struct model *m, const struct row *row)
{
    struct field *f = &m->msr_fields[m->nr_msr_fields];
    uint64_t index;

    *f = (struct field){ .claim = { row->at, "field", "", 0, 0 },
                         .is_msr = true };
    if ( !arg_hex(m, row, 0, UINT32_MAX, &index) ||
         !read_bits(m, row, 1, 63, f) ||
         !arg_name(m, row, 3, true, &f->claim.name) ||
         !read_rules(m, row, 4, f) )
        return;

    f->key = index;
    m->nr_msr_fields++;
}

static void add_msr_reserved(struct model *m, const struct row *row)
{
    struct field *f = &m->msr_fields[m->nr_msr_fields];
    uint64_t index;

    *f = (struct field){ .is_msr = true };
    if ( !arg_hex(m, row, 0, UINT32_MAX, &index) ||
         !read_mask(m, row, 1, UINT64_MAX, f) )
        return;

    f->key = index;
    m->nr_msr_fields++;
}

const struct row_type field_rows[] = {
    { "XEN_CPUID_LEAF", 4, "---s", add_leaf },
    { "XEN_CPUID_FIELD", 11, "----------s", add_field },
    { "XEN_CPUID_RESERVED", 5, "-----", add_reserved },
    { 0 }
};

const struct row_type msr_rows[] = {
    { "XEN_CPU_MSR", 6, "-----s", add_msr },
    { "XEN_MSR_ENABLE", 4, "---s", add_msr_enable },
    { "XEN_MSR_FIELD", 8, "-------s", add_msr_field },
    { "XEN_MSR_RESERVED", 2, "--", add_msr_reserved },
    { 0 }
};
