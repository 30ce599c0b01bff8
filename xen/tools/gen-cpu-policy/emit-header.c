/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* cpu-policy-gen.h: counts, slot numbers, masks of fields. */
#include <ctype.h>
#include <string.h>

#include "model.h"

static unsigned int count_fields(const struct field *fields, unsigned int nr)
{
    unsigned int count = 0;

    for ( unsigned int i = 0; i < nr; i++ )
        count += fields[i].claim.kind != KIND_RESERVED;

    return count;
}

static unsigned int count_deep(const struct model *m)
{
    unsigned int count = 0;

    for ( unsigned int i = 0; i < m->nr_features; i++ )
        count += feature_is_deep(m, &m->features[i]);

    return count;
}

static void emit_counts(const struct model *m, FILE *out)
{
    const struct { const char *name; unsigned int value; } counts[] = {
        { "FEATURE_WORDS", m->nr_words },
        { "SLOTS", m->nr_slots },
        { "LEAF_DESCS", m->nr_leaves },
        { "MSR_SLOTS", m->nr_msrs },
        { "MSR_ENABLES", m->nr_enables },
        { "DEEP_DEPS", count_deep(m) },
        { "DIRECT_DEPS", m->nr_deps },
        { "FEATURES", m->nr_features },
        { "FIELDS", count_fields(m->fields, m->nr_fields) },
        { "MSR_FIELDS", count_fields(m->msr_fields, m->nr_msr_fields) },
        { "GATE_MASKS", m->nr_gates },
    };

    for ( unsigned int i = 0; i < ARRAY_SIZE(counts); i++ )
        fprintf(out, "#define X86_NR_%s %u\n", counts[i].name,
                counts[i].value);
    emit_audit_counts(m, out);
}

static void put_upper(const char *name, FILE *out)
{
    for ( ; *name; name++ )
        fputc(toupper((unsigned char)*name), out);
}

/* Layouts may share a field: one row each, one mask. */
static bool is_repeated(const struct model *m, const struct field *f)
{
    for ( const struct field *g = m->fields; g < f; g++ )
        if ( g->key == f->key && g->sub_lo == f->sub_lo &&
             g->reg == f->reg && g->mask == f->mask &&
             g->claim.kind != KIND_RESERVED &&
             !strcmp(g->claim.name, f->claim.name) )
            return true;

    return false;
}

static void emit_cpuid_masks(const struct model *m, FILE *out)
{
    for ( const struct field *f = m->fields; f < m->fields + m->nr_fields;
          f++ )
    {
        if ( f->claim.kind == KIND_RESERVED || is_repeated(m, f) )
            continue;

        fprintf(out, "#define X86_%X_", f->key);
        if ( f->sub_lo && f->sub_lo == f->sub_hi )
            fprintf(out, "%u_", f->sub_lo);
        fprintf(out, "E%cX_", "ABCD"[f->reg]);
        put_upper(f->claim.name, out);
        fprintf(out, " 0x%08xu\n", (unsigned int)f->mask);
    }
}

static void emit_msr_masks(const struct model *m, FILE *out)
{
    for ( const struct field *f = m->msr_fields;
          f < m->msr_fields + m->nr_msr_fields; f++ )
    {
        if ( f->claim.kind == KIND_RESERVED )
            continue;

        fprintf(out, "#define X86_MSR_%X_", f->key);
        put_upper(f->claim.name, out);
        fprintf(out, " 0x%llxULL\n", (unsigned long long)f->mask);
    }
}

void emit_header(const struct model *m, FILE *out)
{
    emit_banner(m, out);
    fprintf(out, "#ifndef CPU_POLICY_GEN_H\n#define CPU_POLICY_GEN_H\n\n");
    emit_counts(m, out);

    fprintf(out, "\n/* Bits of CPUID 1.edx that AMD repeats in "
            "0x80000001.edx. */\n#define X86_COMMON_1D 0x%08xu\n",
            common_1d(m));

    fprintf(out, "\n/* The first slot of each leaf; how many subleaves "
            "have one. */\n");
    for ( const struct leaf *l = m->leaves; l < m->leaves + m->nr_leaves;
          l++ )
    {
        fprintf(out, "#define X86_SLOT_%X %u\n", l->leaf, l->first_slot);
        if ( l->nr_subleaves )
            fprintf(out, "#define X86_NR_SUBLEAVES_%X %u\n", l->leaf,
                    l->nr_subleaves);
    }

    fprintf(out, "\n");
    for ( unsigned int i = 0; i < m->nr_msrs; i++ )
        fprintf(out, "#define X86_MSR_SLOT_%X %u\n", m->msrs[i].index, i);

    fprintf(out, "\n/* Fields of a leaf's or one subleaf's register, and of "
            "an MSR. */\n");
    emit_cpuid_masks(m, out);
    fprintf(out, "\n");
    emit_msr_masks(m, out);

    fprintf(out, "\n#endif /* CPU_POLICY_GEN_H */\n");
}
