/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From the rows of a dump to raw policies. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"

/* Templates and profiles leave bits open, which no CPU does. */
static void note_open(const struct dump_cpu *cpu, cpupolicy_source *src)
{
    char list[512];
    size_t len = 0, nr = 0;
    uint32_t last = ~0u;

    for ( size_t i = 0; i < cpu->nr_leaves; i++ )
    {
        const struct dump_leaf *row = &cpu->leaves[i];
        unsigned int open = 0;

        for ( unsigned int r = 0; r < 4; r++ )
            open += __builtin_popcount(row->open[r]);
        nr += open;
        if ( open && row->leaf != last && len + 16 < sizeof(list) )
            len += snprintf(list + len, sizeof(list) - len, " 0x%x",
                            row->leaf);
        if ( open )
            last = row->leaf;
    }

    if ( nr )
        source_note(src, "the file leaves %zu bits open, taken as 0, in "
                    "leaves%s%s", nr, list,
                    len + 16 < sizeof(list) ? "" : " ...");
}

static void note_reserved(const struct cpu_policy *p, cpupolicy_source *src)
{
    enum x86_layout layout = x86_vendor_layout(p->vendor);
    const uint32_t *words = x86_kind_words[layout][X86_KIND_RESERVED];
    const uint64_t *msrs = x86_kind_msrs[layout][X86_KIND_RESERVED];

    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
    {
        const struct x86_slot_desc *s = &x86_slot_descs[i / 4];

        if ( p->word[i] & words[i] )
            source_note(src, "leaf 0x%x subleaf %u e%cx: bits 0x%x are not "
                        "in the tables", s->leaf,
                        s->subleaf == X86_NO_SUBLEAF ? 0 : s->subleaf,
                        "abcd"[i % 4], p->word[i] & words[i]);
    }

    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        if ( p->msr[i] & msrs[i] )
            source_note(src, "MSR 0x%x: bits 0x%llx are not in the tables",
                        x86_msr_descs[i].index,
                        (unsigned long long)(p->msr[i] & msrs[i]));
}

/* MSRs of a dump that are no feature MSRs: state, counters, thermal ... */
static void note_msrs(const struct dump_cpu *cpu, cpupolicy_source *src)
{
    char list[2048];
    size_t len = 0, nr = 0;

    for ( size_t i = 0; i < cpu->nr_msrs; i++ )
    {
        if ( x86_msr_slot_find(cpu->msrs[i].index) >= 0 )
            continue;
        nr++;
        if ( len + 16 < sizeof(list) )
            len += snprintf(list + len, sizeof(list) - len, " 0x%x",
                            cpu->msrs[i].index);
    }

    if ( nr )
        source_note(src, "%zu MSRs are not feature MSRs of the tables:%s%s",
                    nr, list, len + 16 < sizeof(list) ? "" : " ...");
}

/* A dump may tell what the derivation otherwise has to guess. */
static void platform_from_msrs(struct x86_platform *plat, uint32_t vendor,
                               const struct dump_cpu *cpu)
{
    const struct dump_msr *misc = dump_find_msr(cpu, 0x1a0);

    if ( vendor == X86_VENDOR_INTEL && misc && !misc->failed )
        plat->fast_strings = misc->value & 1;
}

int source_read_dump(cpupolicy_source *src, const struct dump *d,
                     const struct dump_section *section,
                     cpupolicy_error *err)
{
    int rc;

    if ( !section->nr_cpus )
        return cpupolicy_error_set(err, EINVAL, 0, "no CPU in it");

    src->cpus = calloc(section->nr_cpus, sizeof(*src->cpus));
    if ( !src->cpus )
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");
    src->nr_cpus = section->nr_cpus;

    for ( size_t i = 0; i < d->nr_notes; i++ )
        source_note(src, "%s", d->notes[i]);

    for ( size_t i = 0; i < section->nr_cpus; i++ )
        policy_from_dump_cpu(&src->cpus[i], &section->cpus[i],
                             i ? NULL : &src->notes);
    rc = source_check_dump(src, d, section, err);
    if ( rc )
        return rc;

    rc = source_find_unknown(src, d, section, err);
    if ( rc )
        return rc;
    note_open(&section->cpus[0], src);
    note_reserved(&src->cpus[0], src);
    note_msrs(&section->cpus[0], src);
    x86_platform_guess(&src->platform, &src->cpus[0], &src->unknown);
    platform_from_msrs(&src->platform, src->cpus[0].vendor,
                       &section->cpus[0]);

    return 0;
}
