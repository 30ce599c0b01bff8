/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the audit runs over: a mask per register of what is always zero, and
 * lists of what has to be the limit's and of numbers up to the limit's.
 */
#include "model.h"

/* Bits that no policy of a guest has. */
static uint32_t zero_mask(const struct model *m, unsigned int cell,
                          enum layout layout)
{
    return cell_of_kind(m, cell, layout, KIND_RESERVED) |
           cell_of_kind(m, cell, layout, KIND_HIDDEN) |
           cell_of_kind(m, cell, layout, KIND_DYNAMIC);
}

static void emit_zero_words(const struct model *m, FILE *out)
{
    fprintf(out, "\nconst uint32_t x86_zero_words"
            "[X86_NR_LAYOUTS][X86_NR_WORDS] = {\n");
    for ( unsigned int layout = 0; layout < NR_LAYOUTS; layout++ )
    {
        fprintf(out, "    {");
        for ( unsigned int cell = 0; cell < m->nr_slots * 4; cell++ )
            fprintf(out, "%s0x%08x,", cell % 6 ? " " : "\n      ",
                    zero_mask(m, cell, layout));
        fprintf(out, "\n    },\n");
    }
    fprintf(out, "};\n\nconst uint64_t x86_zero_msrs"
            "[X86_NR_LAYOUTS][X86_NR_MSR_SLOTS] = {\n");
    for ( unsigned int layout = 0; layout < NR_LAYOUTS; layout++ )
    {
        fprintf(out, "    {");
        for ( unsigned int i = 0; i < m->nr_msrs; i++ )
            fprintf(out, "%s0x%08x%08xull,", i % 3 ? " " : "\n      ",
                    zero_mask(m, msr_cell(m, i) + 1, layout),
                    zero_mask(m, msr_cell(m, i), layout));
        fprintf(out, "\n    },\n");
    }
    fprintf(out, "};\n");
}

static uint64_t equal_mask(const struct model *m, bool is_msr,
                           unsigned int index, enum layout layout)
{
    unsigned int cell = is_msr ? msr_cell(m, index) : index;
    uint64_t mask = cell_of_kind(m, cell, layout, KIND_EQUAL);

    if ( is_msr )
        mask |= (uint64_t)cell_of_kind(m, cell + 1, layout, KIND_EQUAL)
                << 32;

    return mask;
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

void emit_audit_counts(const struct model *m, FILE *out)
{
    fprintf(out, "#define X86_NR_EQUAL_MASKS %u\n"
            "#define X86_NR_LIMIT_FIELDS %u\n",
            equal_rows(m, NULL), limit_rows(m, NULL));
}

void emit_audit_tables(const struct model *m, FILE *out)
{
    emit_zero_words(m, out);

    fprintf(out, "\nconst struct x86_equal_mask "
            "x86_equal_masks[X86_NR_EQUAL_MASKS] = {\n");
    equal_rows(m, out);
    fprintf(out, "};\n\nconst struct x86_limit_field "
            "x86_limit_fields[X86_NR_LIMIT_FIELDS] = {\n");
    limit_rows(m, out);
    fprintf(out, "};\n");
}
