/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libvirt's XML of raw CPU data; several in an element of our own. */
#include <inttypes.h>

#include "write.h"

/* Names come from files too. */
static void write_escaped(FILE *f, const char *text)
{
    for ( ; *text; text++ )
    {
        if ( *text == '<' )
            fputs("&lt;", f);
        else if ( *text == '&' )
            fputs("&amp;", f);
        else if ( *text == '"' )
            fputs("&quot;", f);
        else
            fputc(*text, f);
    }
}

static void write_cpu(FILE *f, const struct dump_cpu *cpu, int indent)
{
    fprintf(f, "%*s<cpudata arch=\"x86\">\n", indent, "");
    for ( size_t i = 0; i < cpu->nr_leaves; i++ )
    {
        const struct dump_leaf *l = &cpu->leaves[i];
        uint32_t subleaf = l->subleaf == DUMP_NO_SUBLEAF ? 0 : l->subleaf;

        fprintf(f, "%*s<cpuid eax_in=\"0x%08" PRIx32 "\" ecx_in=\"0x%02"
                PRIx32 "\" eax=\"0x%08" PRIx32 "\" ebx=\"0x%08" PRIx32
                "\" ecx=\"0x%08" PRIx32 "\" edx=\"0x%08" PRIx32 "\"/>\n",
                indent + 2, "", l->leaf, subleaf, l->reg[0], l->reg[1],
                l->reg[2], l->reg[3]);
    }
    for ( size_t i = 0; i < cpu->nr_msrs; i++ )
        if ( !cpu->msrs[i].failed )
            fprintf(f, "%*s<msr index=\"0x%" PRIx32 "\" edx=\"0x%08" PRIx32
                    "\" eax=\"0x%08" PRIx32 "\"/>\n", indent + 2, "",
                    cpu->msrs[i].index, (uint32_t)(cpu->msrs[i].value >> 32),
                    (uint32_t)cpu->msrs[i].value);
    fprintf(f, "%*s</cpudata>\n", indent, "");
}

void write_libvirt(FILE *f, const struct dump_named *list, size_t nr)
{
    if ( nr == 1 )
    {
        write_cpu(f, list[0].cpu, 0);
        return;
    }

    fputs("<policies>\n", f);
    for ( size_t i = 0; i < nr; i++ )
    {
        fputs("  <policy name=\"", f);
        write_escaped(f, list[i].name);
        fputs("\">\n", f);
        write_cpu(f, list[i].cpu, 4);
        fputs("  </policy>\n", f);
    }
    fputs("</policies>\n", f);
}
