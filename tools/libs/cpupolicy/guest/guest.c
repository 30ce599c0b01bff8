/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest's CPU configuration. */
#include <errno.h>
#include <string.h>

#include <xen/lib/x86/cpu-policy.h>

#include "guest.h"

#define KVM_FLAG_SIGNIFICANT_INDEX 1U

void guest_vendor(const struct dump_cpu *g, char vendor[13])
{
    const struct dump_leaf *l = dump_leaf_at(g, 0, 0);

    memset(vendor, 0, 13);
    if ( !l )
        return;

    memcpy(vendor, &l->reg[X86_REG_B], 4);
    memcpy(vendor + 4, &l->reg[X86_REG_D], 4);
    memcpy(vendor + 8, &l->reg[X86_REG_C], 4);
}

static int put_dump_leaf(struct dump_cpu *g, const struct dump_leaf *l,
                         cpupolicy_error *err)
{
    const struct x86_leaf_desc *desc = x86_leaf_find(l->leaf);
    struct dump_leaf row = {
        .leaf = l->leaf,
        .subleaf = l->subleaf == DUMP_NO_SUBLEAF ? 0 : l->subleaf,
        .flags = (desc && desc->nr_subleaves) ||
                 (!desc && l->subleaf != DUMP_NO_SUBLEAF && l->subleaf)
                 ? KVM_FLAG_SIGNIFICANT_INDEX : 0,
    };

    memcpy(row.reg, l->reg, sizeof(row.reg));

    return dump_put_leaf(g, &row, err);
}

int guest_from_dump(const struct dump_cpu *cpu, struct dump_cpu *out,
                    cpupolicy_error *err)
{
    struct dump_cpu new = { 0 };
    int rc = 0;

    for ( size_t i = 0; !rc && i < cpu->nr_leaves; i++ )
        rc = put_dump_leaf(&new, &cpu->leaves[i], err);

    for ( size_t i = 0; !rc && i < cpu->nr_msrs; i++ )
    {
        const struct dump_msr row = {
            .index = cpu->msrs[i].index, .value = cpu->msrs[i].value,
        };

        if ( !cpu->msrs[i].failed )
            rc = dump_put_msr(&new, &row, err);
    }

    if ( rc )
        dump_dispose_cpu(&new);
    else
        *out = new;

    return rc;
}
