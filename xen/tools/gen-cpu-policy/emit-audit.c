/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the audit's fast path runs over: one subset mask per register, and
 * short lists of the registers and fields that want more than a mask.
 */
#include "model.h"

/* Kinds whose bits may never be set where the limit has them clear. */
static bool is_subset_kind(const struct model *m, unsigned int cell,
                           enum kind kind)
{
    const struct leaf *l;

    switch ( kind )
    {
    case KIND_FEATURE:
    case KIND_EQUAL:
    case KIND_RESERVED:
    case KIND_HIDDEN:
    case KIND_DYNAMIC:
        return true;

    case KIND_DERIVED:
        /* Components of the save area: the limit's, or absent. */
        if ( cell >= m->nr_slots * 4 )
            return false;
        l = leaf_of_slot(m, cell / 4);
        return l->stop == STOP_XSTATE && cell / 4 >= l->first_slot + 2;

    default:
        return false;
    }
}

static uint32_t subset_mask(const struct model *m, unsigned int cell,
                            enum layout layout)
{
    uint32_t mask = 0;

    for ( unsigned int k = 0; k < NR_KINDS; k++ )
        if ( is_subset_kind(m, cell, k) )
            mask |= cell_of_kind(m, cell, layout, k);

    return mask;
}

static void emit_subset_words(const struct model *m, FILE *out)
{
    fprintf(out, "\nconst uint32_t x86_subset_words"
            "[X86_NR_LAYOUTS][X86_NR_WORDS] = {\n");
    for ( unsigned int layout = 0; layout < NR_LAYOUTS; layout++ )
    {
        fprintf(out, "    {");
        for ( unsigned int cell = 0; cell < m->nr_slots * 4; cell++ )
            fprintf(out, "%s0x%08x,", cell % 6 ? " " : "\n      ",
                    subset_mask(m, cell, layout));
        fprintf(out, "\n    },\n");
    }
    fprintf(out, "};\n\nconst uint64_t x86_subset_msrs"
            "[X86_NR_LAYOUTS][X86_NR_MSR_SLOTS] = {\n");
    for ( unsigned int layout = 0; layout < NR_LAYOUTS; layout++ )
    {
        fprintf(out, "    {");
        for ( unsigned int i = 0; i < m->nr_msrs; i++ )
            fprintf(out, "%s0x%08x%08xull,", i % 3 ? " " : "\n      ",
                    subset_mask(m, msr_cell(m, i) + 1, layout),
                    subset_mask(m, msr_cell(m, i), layout));
        fprintf(out, "\n    },\n");
    }
    fprintf(out, "};\n");
}

static uint64_t gated_bits(const struct model *m, bool is_msr,
                           unsigned int index, enum layout layout)
{
    uint64_t mask = 0;

    for ( unsigned int i = 0; i < m->nr_gates; i++ )
    {
        const struct gate_mask *g = &m->gates[i];

        if ( g->is_msr == is_msr && g->word == index &&
             ((g->layouts >> layout) & 1) )
            mask |= g->mask;
    }

    return mask;
}

static uint64_t equal_mask(const struct model *m, bool is_msr,
                           unsigned int index, enum layout layout)
{
    unsigned int cell = is_msr ? msr_cell(m, index) : index;
    uint64_t mask = cell_of_kind(m, cell, layout, KIND_EQUAL);

    if ( is_msr )
        mask |= (uint64_t)cell_of_kind(m, cell + 1, layout, KIND_EQUAL)
                << 32;

    return mask & ~gated_bits(m, is_msr, index, layout);
}

/* Walks all registers; prints rows if `out`, returns how many there are. */
static unsigned int equal_rows(const struct model *m, FILE *out)
{
    unsigned int words = m->nr_slots * 4, nr = 0;

    for ( unsigned int layout = 0; layout < NR_LAYOUTS; layout++ )
        for ( unsigned int i = 0; i < words + m->nr_msrs; i++ )
        {
            bool is_msr = i >= words;
            unsigned int index = is_msr ? i - words : i;
            uint64_t mask = equal_mask(m, is_msr, index, layout);

            if ( !mask )
                continue;
            nr++;
            if ( out )
                fprintf(out, "    { 0x%x, %s, %u, 0x%llxull },\n",
                        1u << layout, is_msr ? "true" : "false", index,
                        (unsigned long long)mask);
        }

    return nr;
}

static unsigned int limit_rows_of(const struct field *fields,
                                  unsigned int nr_fields, FILE *out)
{
    unsigned int nr = 0;

    for ( const struct field *f = fields; f < fields + nr_fields; f++ )
    {
        if ( f->claim.kind != KIND_LIMIT )
            continue;

        for ( unsigned int i = 0; i < f->nr_slots; i++, nr++ )
            if ( out )
                fprintf(out, "    { 0x%x, %s, %u, 0x%llxull },\n",
                        f->claim.layouts, f->is_msr ? "true" : "false",
                        f->is_msr ? f->first_slot
                                  : (f->first_slot + i) * 4 + f->reg,
                        (unsigned long long)f->mask);
    }

    return nr;
}

static unsigned int limit_rows(const struct model *m, FILE *out)
{
    return limit_rows_of(m->fields, m->nr_fields, out) +
           limit_rows_of(m->msr_fields, m->nr_msr_fields, out);
}

/* Whether a guest can be shown anything of a register in this layout. */
static bool is_shown(const struct model *m, unsigned int cell,
                     enum layout layout)
{
    return ~(cell_of_kind(m, cell, layout, KIND_RESERVED) |
             cell_of_kind(m, cell, layout, KIND_HIDDEN) |
             cell_of_kind(m, cell, layout, KIND_DYNAMIC));
}

/* In which layouts trimming can find something after a list's end. */
static unsigned int list_layouts(const struct model *m, const struct leaf *l)
{
    unsigned int layouts = 0;

    /* Components of the save area are judged as a whole. */
    if ( l->stop == STOP_PLAIN || l->stop == STOP_ALL ||
         l->stop == STOP_XSTATE )
        return 0;

    for ( unsigned int cell = l->first_slot * 4;
          cell < (l->first_slot + l->nr_subleaves) * 4; cell++ )
        for ( unsigned int layout = 0; layout < NR_LAYOUTS; layout++ )
            layouts |= (unsigned int)is_shown(m, cell, layout) << layout;

    return layouts;
}

/* Prints rows of lists if `out`, returns how many there are. */
static unsigned int list_rows(const struct model *m, FILE *out)
{
    unsigned int nr = 0;

    for ( unsigned int i = 0; i < m->nr_leaves; i++ )
    {
        unsigned int layouts = list_layouts(m, &m->leaves[i]);

        if ( !layouts )
            continue;
        nr++;
        if ( out )
            fprintf(out, "    { 0x%x, %u }, /* 0x%x */\n", layouts, i,
                    m->leaves[i].leaf);
    }

    return nr;
}

/*
 * Direct dependents, a row per prerequisite and word; dependencies are
 * sorted by prerequisite, then dependent.  Prints rows if `out`.
 */
static unsigned int need_rows(const struct model *m, FILE *out)
{
    unsigned int nr = 0;

    for ( unsigned int i = 0; i < m->nr_deps; nr++ )
    {
        const struct dep *first = &m->deps[i];
        unsigned int word = first->dependent / 32;
        uint32_t mask = 0;

        for ( ; i < m->nr_deps &&
              m->deps[i].prerequisite == first->prerequisite &&
              m->deps[i].dependent / 32 == word; i++ )
            mask |= 1u << (m->deps[i].dependent % 32);
        if ( out )
            fprintf(out, "    { X86_FEATURE_%s, %u, 0x%08x },\n",
                    first->prerequisite_name, word, mask);
    }

    return nr;
}

/* One row per gate: which of the gate masks are its own.  As list_rows(). */
static unsigned int gate_rows(const struct model *m, FILE *out)
{
    unsigned int nr = 0;

    for ( unsigned int first = 0, i = 0; i < m->nr_gates; first = i, nr++ )
    {
        unsigned int layouts = 0, equal_layouts = 0;

        for ( ; i < m->nr_gates && m->gates[i].gate == m->gates[first].gate;
              i++ )
        {
            layouts |= m->gates[i].layouts;
            equal_layouts |= m->gates[i].equal ? m->gates[i].layouts : 0;
        }
        if ( !out )
            continue;

        fprintf(out, "    { ");
        emit_gate(m, m->gates[first].gate, out);
        fprintf(out, ", 0x%x, 0x%x, %u, %u },\n", layouts, equal_layouts,
                first, i - first);
    }

    return nr;
}

void emit_audit_counts(const struct model *m, FILE *out)
{
    fprintf(out, "#define X86_NR_EQUAL_MASKS %u\n"
            "#define X86_NR_LIMIT_FIELDS %u\n"
            "#define X86_NR_LISTS %u\n"
            "#define X86_NR_NEEDS %u\n"
            "#define X86_NR_GATES %u\n",
            equal_rows(m, NULL), limit_rows(m, NULL), list_rows(m, NULL),
            need_rows(m, NULL), gate_rows(m, NULL));
}

void emit_audit_tables(const struct model *m, FILE *out)
{
    emit_subset_words(m, out);

    fprintf(out, "\nconst struct x86_equal_mask "
            "x86_equal_masks[X86_NR_EQUAL_MASKS] = {\n");
    equal_rows(m, out);
    fprintf(out, "};\n\nconst struct x86_limit_field "
            "x86_limit_fields[X86_NR_LIMIT_FIELDS] = {\n");
    limit_rows(m, out);
    fprintf(out, "};\n\nconst struct x86_list x86_lists[X86_NR_LISTS] = {\n");
    list_rows(m, out);
    fprintf(out, "};\n\nconst struct x86_need x86_needs[X86_NR_NEEDS] = {\n");
    need_rows(m, out);
    fprintf(out, "};\n\nconst struct x86_gate x86_gates[X86_NR_GATES] = {\n");
    gate_rows(m, out);
    fprintf(out, "};\n");
}
