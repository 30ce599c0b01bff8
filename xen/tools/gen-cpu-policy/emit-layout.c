/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cpu-policy-gen.c: leaves, MSRs, fields, and the masks of their kinds. */
#include "model.h"

static const char *const layout_names[NR_LAYOUTS] = {
    [LAYOUT_INTEL] = "INTEL", [LAYOUT_AMD] = "AMD",
    [LAYOUT_CENTAUR] = "CENTAUR",
};

static void emit_leaves(const struct model *m, FILE *out)
{
    fprintf(out, "\nconst struct x86_leaf_desc "
            "x86_leaf_descs[X86_NR_LEAF_DESCS] = {\n");
    for ( const struct leaf *l = m->leaves; l < m->leaves + m->nr_leaves;
          l++ )
    {
        fprintf(out, "    { 0x%08x, %u, %u, X86_STOP_%s,\n      ", l->leaf,
                l->first_slot, l->nr_subleaves, stop_names[l->stop]);
        emit_string(l->title, out);
        fprintf(out, " },\n");
    }

    fprintf(out, "};\n\nconst struct x86_slot_desc "
            "x86_slot_descs[X86_NR_SLOTS] = {\n");
    for ( const struct leaf *l = m->leaves; l < m->leaves + m->nr_leaves;
          l++ )
    {
        if ( !l->nr_subleaves )
            fprintf(out, "    { 0x%08x, 0xffffffff },\n", l->leaf);
        for ( unsigned int i = 0; i < l->nr_subleaves; i++ )
            fprintf(out, "    { 0x%08x, %u },\n", l->leaf, i);
    }
    fprintf(out, "};\n");
}

static void emit_msrs(const struct model *m, FILE *out)
{
    fprintf(out, "\nconst struct x86_msr_desc "
            "x86_msr_descs[X86_NR_MSR_SLOTS] = {\n");
    for ( const struct msr *msr = m->msrs; msr < m->msrs + m->nr_msrs; msr++ )
    {
        fprintf(out, "    { 0x%08x, 0x%llxull, 0x%x, %u, %u, ", msr->index,
                ~0ull >> (64 - msr->bits), msr->layouts, msr->first_enable,
                msr->nr_enables);
        emit_gate(m, msr->gate, out);
        fprintf(out, ", ");
        emit_string(msr->name, out);
        fprintf(out, ",\n      ");
        emit_string(msr->title, out);
        fprintf(out, " },\n");
    }

    fprintf(out, "};\n\nconst struct x86_msr_enable "
            "x86_msr_enables[X86_NR_MSR_ENABLES] = {\n");
    for ( unsigned int i = 0; i < m->nr_enables; i++ )
        fprintf(out, "    { %u, %u }, /* 0x%x */\n",
                m->enables[i].control_slot, m->enables[i].bit,
                m->enables[i].key);
    fprintf(out, "};\n");
}

void emit_gate(const struct model *m, unsigned int gate, FILE *out)
{
    if ( gate == GATE_NONE )
        fprintf(out, "X86_GATE_NONE");
    else if ( gate == GATE_VPMU )
        fprintf(out, "X86_GATE_VPMU");
    else
        fprintf(out, "X86_FEATURE_%s", m->by_value[gate]->claim.name);
}

static void emit_fields(const struct model *m, const struct field *fields,
                        unsigned int nr, FILE *out)
{
    for ( const struct field *f = fields; f < fields + nr; f++ )
    {
        if ( f->claim.kind == KIND_RESERVED )
            continue;

        fprintf(out, "    { %u, %u, %u, %u, %u, X86_KIND_%s, 0x%x, ",
                f->first_slot, f->nr_slots, f->reg, f->lo, f->hi,
                kind_names[f->claim.kind], f->claim.layouts);
        emit_gate(m, f->gate, out);
        fprintf(out, ",\n      ");
        emit_string(f->claim.name, out);
        fprintf(out, ", ");
        emit_string(f->description, out);
        fprintf(out, " },\n");
    }
    fprintf(out, "};\n");
}

/* One mask array; zeros, which are most of it, are left to C. */
static void emit_kind_words(const struct model *m, enum layout layout,
                            enum kind kind, FILE *out)
{
    unsigned int written = 0;

    fprintf(out, "    [X86_LAYOUT_%s][X86_KIND_%s] = {",
            layout_names[layout], kind_names[kind]);
    for ( unsigned int cell = 0; cell < m->nr_slots * 4; cell++ )
    {
        uint32_t mask = cell_of_kind(m, cell, layout, kind);

        if ( mask )
            fprintf(out, "%s[%u] = 0x%08x,", written++ % 4 ? " " : "\n    ",
                    cell, mask);
    }
    fprintf(out, "\n    },\n");
}

static void emit_kind_msrs(const struct model *m, enum layout layout,
                           enum kind kind, FILE *out)
{
    unsigned int written = 0;

    fprintf(out, "    [X86_LAYOUT_%s][X86_KIND_%s] = {",
            layout_names[layout], kind_names[kind]);
    for ( unsigned int i = 0; i < m->nr_msrs; i++ )
    {
        unsigned int cell = msr_cell(m, i);
        uint64_t mask = cell_of_kind(m, cell, layout, kind) |
            (uint64_t)cell_of_kind(m, cell + 1, layout, kind) << 32;

        if ( mask )
            fprintf(out, "%s[%u] = 0x%016llxull,",
                    written++ % 2 ? " " : "\n    ", i,
                    (unsigned long long)mask);
    }
    fprintf(out, "\n    },\n");
}

static void emit_kinds(const struct model *m, FILE *out)
{
    unsigned int nr = NR_LAYOUTS * NR_KINDS;

    fprintf(out, "\nconst uint32_t x86_kind_words"
            "[X86_NR_LAYOUTS][X86_NR_KINDS][X86_NR_WORDS] = {\n");
    for ( unsigned int i = 0; i < nr; i++ )
        emit_kind_words(m, i / NR_KINDS, i % NR_KINDS, out);

    fprintf(out, "};\n\nconst uint64_t x86_kind_msrs"
            "[X86_NR_LAYOUTS][X86_NR_KINDS][X86_NR_MSR_SLOTS] = {\n");
    for ( unsigned int i = 0; i < nr; i++ )
        emit_kind_msrs(m, i / NR_KINDS, i % NR_KINDS, out);
    fprintf(out, "};\n");
}

static void emit_gate_masks(const struct model *m, FILE *out)
{
    fprintf(out, "\nconst struct x86_gate_mask "
            "x86_gate_masks[X86_NR_GATE_MASKS] = {\n");
    for ( unsigned int i = 0; i < m->nr_gates; i++ )
    {
        const struct gate_mask *g = &m->gates[i];

        fprintf(out, "    { ");
        emit_gate(m, g->gate, out);
        fprintf(out, ", %u, 0x%x, %s, 0x%llxull },\n", g->word,
                g->layouts, g->is_msr ? "true" : "false",
                (unsigned long long)g->mask);
    }
    fprintf(out, "};\n");
}

void emit_layout_tables(const struct model *m, FILE *out)
{
    emit_leaves(m, out);
    emit_msrs(m, out);

    fprintf(out, "\nconst struct x86_field_desc "
            "x86_fields[X86_NR_FIELDS] = {\n");
    emit_fields(m, m->fields, m->nr_fields, out);
    fprintf(out, "\nconst struct x86_field_desc "
            "x86_msr_fields[X86_NR_MSR_FIELDS] = {\n");
    emit_fields(m, m->msr_fields, m->nr_msr_fields, out);

    emit_kinds(m, out);
    emit_gate_masks(m, out);
}
