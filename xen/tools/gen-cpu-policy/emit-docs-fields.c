/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The reference in Markdown: leaves, MSRs and fields. */
#include "docs.h"

static const char *const stop_texts[NR_STOPS] = {
    [STOP_PLAIN] = "",
    [STOP_TYPE_A] = "until one whose eax[4:0] is 0",
    [STOP_TYPE_C] = "until one whose ecx[15:8] is 0",
    [STOP_MAX_A] = "up to the number in eax of the first",
    [STOP_XSTATE] = "0, 1, and each state component",
    [STOP_BITMAP_A] = "those with a bit in eax of the first",
    [STOP_ALL] = "all",
};

static const char *const kind_texts[NR_KINDS] = {
    [KIND_FEATURE] = "bits that a guest may have if its limit has them",
    [KIND_LIMIT] = "numbers that may not exceed the limit's",
    [KIND_EQUAL] = "copies of the host's value",
    [KIND_CHOICE] = "the toolstack's to choose",
    [KIND_TOPOLOGY] = "made from the topology of the domain",
    [KIND_DERIVED] = "computed from other fields",
    [KIND_DYNAMIC] = "following the live state of a vCPU; zero in a policy",
    [KIND_HIDDEN] = "never shown to guests",
    [KIND_OWN] = "the CPU's own: what a guest reads follows its host",
};

static void emit_leaves(const struct model *m, FILE *out)
{
    fprintf(out, "\n## Leaves\n\n| leaf | subleaves | valid ones | title "
            "|\n|---|---|---|---|\n");
    for ( const struct leaf *l = m->leaves; l < m->leaves + m->nr_leaves;
          l++ )
    {
        fprintf(out, "| 0x%x | ", l->leaf);
        if ( l->nr_subleaves )
            fprintf(out, "%u", l->nr_subleaves);
        fprintf(out, " | %s | ", stop_texts[l->stop]);
        doc_text(l->title, out);
        fprintf(out, " |\n");
    }
}

static void emit_vendors(unsigned int layouts, FILE *out)
{
    static const char *const vendors[NR_LAYOUTS] = {
        [LAYOUT_INTEL] = "Intel", [LAYOUT_AMD] = "AMD",
        [LAYOUT_CENTAUR] = "Centaur",
    };
    const char *separator = "";

    if ( layouts == ALL_LAYOUTS )
    {
        fprintf(out, "all");
        return;
    }

    for ( unsigned int i = 0; i < NR_LAYOUTS; i++ )
        if ( (layouts >> i) & 1 )
        {
            fprintf(out, "%s%s", separator, vendors[i]);
            separator = ", ";
        }
}

/* For whom an MSR exists, as three cells. */
static void emit_existence(const struct model *m, const struct msr *msr,
                           FILE *out)
{
    emit_vendors(msr->layouts, out);
    fprintf(out, " | ");
    if ( msr->gate != GATE_NONE )
        fprintf(out, "`%s`", m->by_value[msr->gate]->cli);
    fprintf(out, " | ");
    for ( unsigned int i = 0; i < msr->nr_enables; i++ )
    {
        const struct enable *e = &m->enables[msr->first_enable + i];

        fprintf(out, "%s0x%x bit %u: ", i ? "; or " : "", e->control,
                e->bit);
        doc_text(e->reason, out);
    }
    fprintf(out, " | ");
}

static void emit_msrs(const struct model *m, FILE *out)
{
    fprintf(out, "\n## MSRs\n\nAn MSR exists for guests on these vendors, "
            "with this feature, and if one of these bits is set.\n\n"
            "| index | name | bits | vendors | feature | enabled by | title "
            "|\n|---|---|---|---|---|---|---|\n");
    for ( const struct msr *msr = m->msrs; msr < m->msrs + m->nr_msrs; msr++ )
    {
        fprintf(out, "| 0x%x | `%s` | %u | ", msr->index, msr->name,
                msr->bits);
        emit_existence(m, msr, out);
        doc_text(msr->title, out);
        fprintf(out, " |\n");
    }
}

static void emit_field(const struct model *m, const struct field *f,
                       FILE *out)
{
    char bits[32];

    if ( f->is_msr )
        fprintf(out, "| MSR 0x%x |  |  | ", f->key);
    else
    {
        fprintf(out, "| 0x%x | ", f->key);
        if ( f->sub_hi > f->sub_lo )
            fprintf(out, "%u–%u", f->sub_lo, f->sub_hi);
        else if ( leaf_of_slot(m, f->first_slot)->nr_subleaves )
            fprintf(out, "%u", f->sub_lo);
        fprintf(out, " | %s | ", reg_names[f->reg]);
    }

    fprintf(out, "%s | `%s` | ", describe_bits(f->mask, bits, sizeof(bits)),
            f->claim.name);
    emit_vendors(f->claim.layouts, out);
    fprintf(out, " | ");
    if ( f->gate == GATE_VPMU )
        fprintf(out, "vPMU");
    else if ( f->gate != GATE_NONE )
        fprintf(out, "`%s`", m->by_value[f->gate]->cli);
    fprintf(out, " | ");
    doc_text(f->description, out);
    fprintf(out, " |\n");
}

static unsigned int emit_fields(const struct model *m,
                                const struct field *fields, unsigned int nr,
                                enum kind kind, FILE *out)
{
    unsigned int count = 0;

    for ( unsigned int i = 0; i < nr; i++ )
        if ( fields[i].claim.kind == kind )
        {
            if ( out )
                emit_field(m, &fields[i], out);
            count++;
        }

    return count;
}

static void emit_kind(const struct model *m, enum kind kind, FILE *out)
{
    if ( !emit_fields(m, m->fields, m->nr_fields, kind, NULL) &&
         !emit_fields(m, m->msr_fields, m->nr_msr_fields, kind, NULL) )
        return;

    fprintf(out, "\n### %s: %s\n\n"
            "| leaf | subleaf | register | bits | name | vendors | only with "
            "| what it is |\n|---|---|---|---|---|---|---|---|\n",
            kind_names[kind], kind_texts[kind]);
    emit_fields(m, m->fields, m->nr_fields, kind, out);
    emit_fields(m, m->msr_fields, m->nr_msr_fields, kind, out);
}

void doc_fields(const struct model *m, FILE *out)
{
    emit_leaves(m, out);
    emit_msrs(m, out);

    fprintf(out, "\n## Fields\n\nEverything that is not a feature above, by "
            "kind. Where a vendor is not named the bits are\nreserved. "
            "*Only with* names the feature without which the field is "
            "zero.\n");
    for ( unsigned int kind = KIND_FEATURE; kind < NR_KINDS; kind++ )
        emit_kind(m, kind, out);
}
