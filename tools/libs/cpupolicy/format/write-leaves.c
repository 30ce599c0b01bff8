/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What xen-cpuid prints with -p. */
#include <inttypes.h>

#include "write.h"

/*
 * Xen's interface knows no subleaves above 0x80000000, and prints the first
 * of 0x8000001d and 0x80000020 as a leaf without.
 */
static uint32_t xen_subleaf(const struct dump_leaf *l)
{
    return (l->leaf == 0x8000001dU || l->leaf == 0x80000020U) && !l->subleaf
        ? DUMP_NO_SUBLEAF : l->subleaf;
}

/* xen-cpuid prints the two MSRs that Xen knows even where they are 0. */
static bool in_xen_abi(uint32_t msr)
{
    return msr == 0xce || msr == 0x10a;
}

static void write_cpu(FILE *f, const struct dump_cpu *cpu,
                      const char *heading)
{
    if ( heading )
        fprintf(f, "%s policy: %zu leaves, %zu MSRs\n CPUID:\n"
                "  leaf     subleaf  -> eax      ebx      ecx      edx     \n",
                heading, cpu->nr_leaves, cpu->nr_msrs);
    for ( size_t i = 0; i < cpu->nr_leaves; i++ )
    {
        const struct dump_leaf *l = &cpu->leaves[i];

        if ( l->reg[0] | l->reg[1] | l->reg[2] | l->reg[3] )
            fprintf(f, "  %08" PRIx32 ":%08" PRIx32 " -> %08" PRIx32
                    ":%08" PRIx32 ":%08" PRIx32 ":%08" PRIx32 "\n", l->leaf,
                    xen_subleaf(l), l->reg[0], l->reg[1], l->reg[2],
                    l->reg[3]);
    }

    if ( heading )
        fprintf(f, " MSRs:\n  index    -> value           \n");
    for ( size_t i = 0; i < cpu->nr_msrs; i++ )
    {
        const struct dump_msr *m = &cpu->msrs[i];

        if ( !m->failed && (m->value || in_xen_abi(m->index)) )
            fprintf(f, "  %08" PRIx32 " -> %016" PRIx64 "\n", m->index,
                    m->value);
    }
}

void write_leaves(FILE *f, const struct dump_named *list, size_t nr)
{
    for ( size_t i = 0; i < nr; i++ )
        write_cpu(f, list[i].cpu, nr > 1 ? list[i].name : NULL);
}
