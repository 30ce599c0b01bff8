/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Normalisation on AMD hosts. */
#include <errno.h>
#include <string.h>

#include "normalise-private.h"

#define KVM_FLAG_SIGNIFICANT_INDEX 1U

/* CPUs have four or five caches; the bound is against a host that lies. */
#define MAX_CACHES 64

static int check_host(const struct normalise_vcpu *cpu, cpupolicy_error *err)
{
    static const char amd[] = "AuthenticAMD";
    uint32_t host[4];

    cpu->host(cpu->ctx, 0, 0, host);
    if ( memcmp(&host[X86_REG_B], amd, 4) ||
         memcmp(&host[X86_REG_D], amd + 4, 4) ||
         memcmp(&host[X86_REG_C], amd + 8, 4) )
        return cpupolicy_error_set(err, EINVAL, 0,
            "the guest's CPUID vendor is AMD, the host's is not");

    return 0;
}

/* KVM hides the topology leaves, the guest gets the host's as a base. */
static int insert_topology(struct dump_cpu *g,
                           const struct normalise_vcpu *cpu,
                           cpupolicy_error *err)
{
    struct dump_leaf row = { .leaf = 0x8000001e };
    int rc;

    cpu->host(cpu->ctx, row.leaf, 0, row.reg);
    rc = dump_put_leaf(g, &row, err);

    row.leaf = 0x8000001d;
    row.flags = KVM_FLAG_SIGNIFICANT_INDEX;
    for ( ; !rc && row.subleaf < MAX_CACHES; row.subleaf++ )
    {
        cpu->host(cpu->ctx, row.leaf, row.subleaf, row.reg);
        if ( !(row.reg[X86_REG_A] & 0xf) )      /* no more caches */
            break;
        rc = dump_put_leaf(g, &row, err);
    }

    return rc;
}

static void fix_topology(struct dump_cpu *g,
                         const struct normalise_vcpu *cpu)
{
    struct dump_leaf *l;

    for ( uint32_t i = 0; (l = dump_leaf_at(g, 0x8000001d, i)); i++ )
        normalise_cache_sharing(l, cpu);

    l = dump_leaf_at(g, 0x8000001e, 0);
    l->reg[X86_REG_A] = cpu->index;
    normalise_bits(&l->reg[X86_REG_B], 7, 0,
                   cpu->index >> cpu->thread_bits);
    normalise_bits(&l->reg[X86_REG_B], 15, 8, (1U << cpu->thread_bits) - 1);
    normalise_bits(&l->reg[X86_REG_C], 10, 8, 0);   /* one node */
    normalise_bits(&l->reg[X86_REG_C], 7, 0, 0);
}

int normalise_amd(struct dump_cpu *g, const struct normalise_vcpu *cpu,
                  cpupolicy_error *err)
{
    static const struct normalise_fixed fixed[] = {
        /* ARCH_CAPABILITIES: KVM emulates it, AMD CPUs have no such MSR. */
        { 7, 0, X86_REG_D, 1U << 29, 0 },
        /* Topology extensions: leaves 0x8000001d and 0x8000001e. */
        { 0x80000001, 0, X86_REG_C, 1U << 22, 1U << 22 },
        /* APIC ids are 7 bits wide. */
        { 0x80000008, 0, X86_REG_C, 0xfU << 12, 7U << 12 },
    };
    static const char brand[48] = "AMD EPYC";
    struct dump_leaf *l = NULL;
    int rc = check_host(cpu, err) ?: insert_topology(g, cpu, err) ?:
             normalise_fix(g, fixed, ARRAY_SIZE(fixed), err) ?:
             normalise_need(g, 0x80000008, 0, &l, err);

    if ( rc )
        return rc;

    normalise_bits(&l->reg[X86_REG_C], 7, 0, cpu->count - 1);
    fix_topology(g, cpu);

    return normalise_brand(g, brand, err);
}
