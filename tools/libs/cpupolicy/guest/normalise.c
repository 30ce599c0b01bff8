/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The part of normalisation that does not depend on the vendor. */
#include <cpuid.h>
#include <errno.h>
#include <string.h>

#include "normalise-private.h"

#define KVM_FLAG_SIGNIFICANT_INDEX 1U

/* The most vCPUs that a guest can have: what APIC ids are shifted by. */
#define LOG2_MAX_VCPUS 5

#define LEVEL_SMT  1U
#define LEVEL_CORE 2U

void normalise_native(void *ctx, uint32_t leaf, uint32_t subleaf,
                      uint32_t regs[4])
{
    (void)ctx;
    __cpuid_count(leaf, subleaf, regs[0], regs[1], regs[2], regs[3]);
}

/* A guest reads the host's vendor, whatever a template says. */
static int fix_vendor(struct dump_cpu *g,
                      const struct normalise_vcpu *cpu, cpupolicy_error *err)
{
    struct dump_leaf *l = NULL;
    uint32_t host[4];
    int rc = normalise_need(g, 0, 0, &l, err);

    if ( rc )
        return rc;

    cpu->host(cpu->ctx, 0, 0, host);
    memcpy(&l->reg[X86_REG_B], &host[X86_REG_B], 3 * sizeof(host[0]));

    return 0;
}

/* The field is eight bits wide and holds a power of two. */
static int package_size(unsigned int count, unsigned int *out,
                        cpupolicy_error *err)
{
    unsigned int size = 1;

    if ( !count || count > 128 )
        return cpupolicy_error_set(err, EINVAL, 0,
            "%u vCPUs do not fit CPUID leaf 0x1's count of logical "
            "processors (1 to 128)", count);

    while ( size < count )
        size *= 2;

    *out = size;

    return 0;
}

static int fix_features(struct dump_cpu *g,
                        const struct normalise_vcpu *cpu,
                        cpupolicy_error *err)
{
    static const struct normalise_fixed fixed[] = {
        { 1, 0, X86_REG_B, 0xff00, 8 << 8 },        /* CLFLUSH: 64 bytes */
        { 1, 0, X86_REG_C, 1U << 15, 0 },           /* PDCM: no PMU */
        { 1, 0, X86_REG_C, 1U << 24, 1U << 24 },    /* TSC deadline */
        { 1, 0, X86_REG_C, 1U << 31, 1U << 31 },    /* a hypervisor */
    };
    struct dump_leaf *l = NULL;
    unsigned int size = 0;
    int rc = normalise_fix(g, fixed, ARRAY_SIZE(fixed), err) ?:
             package_size(cpu->count, &size, err) ?:
             normalise_need(g, 1, 0, &l, err);

    if ( rc )
        return rc;

    normalise_bits(&l->reg[X86_REG_B], 23, 16, size);
    normalise_bits(&l->reg[X86_REG_B], 31, 24, cpu->index);
    normalise_bits(&l->reg[X86_REG_D], 28, 28, cpu->count > 1);

    return 0;
}

static void set_topology(struct dump_leaf *l,
                         const struct normalise_vcpu *cpu)
{
    l->flags = KVM_FLAG_SIGNIFICANT_INDEX;
    memset(l->reg, 0, sizeof(l->reg));
    l->reg[X86_REG_D] = cpu->index;

    switch ( l->subleaf )
    {
    case 0:
        l->reg[X86_REG_A] = cpu->thread_bits & 0x1f;
        l->reg[X86_REG_B] = (1U << cpu->thread_bits) & 0xffff;
        l->reg[X86_REG_C] = LEVEL_SMT << 8;
        break;
    case 1:
        l->reg[X86_REG_A] = LOG2_MAX_VCPUS;
        l->reg[X86_REG_B] = cpu->count;
        l->reg[X86_REG_C] = LEVEL_CORE << 8 | 1;
        break;
    default:
        l->reg[X86_REG_C] = l->subleaf & 0xff;
        break;
    }
}

/* KVM offers subleaf 0 alone; a guest needs the core level as well. */
static int fix_topology(struct dump_cpu *g,
                        const struct normalise_vcpu *cpu,
                        cpupolicy_error *err)
{
    const struct dump_leaf core = {
        .leaf = 0xb, .subleaf = 1, .flags = KVM_FLAG_SIGNIFICANT_INDEX,
    };
    struct dump_leaf *l;
    int rc = 0;

    if ( !dump_leaf_at(g, 0xb, 1) )
        rc = dump_put_leaf(g, &core, err);

    for ( uint32_t i = 0; !rc && (l = dump_leaf_at(g, 0xb, i)); i++ )
        set_topology(l, cpu);

    return rc;
}

/* The real caches, but for a bit pair that AMD hosts report as something. */
static int fix_caches(struct dump_cpu *g,
                      const struct normalise_vcpu *cpu, cpupolicy_error *err)
{
    static const struct normalise_fixed fixed[] = {
        { 0x80000006, 0, X86_REG_D, 3U << 16, 0 },
    };

    return normalise_from_host(g, cpu, 0x80000005, err) ?:
           normalise_from_host(g, cpu, 0x80000006, err) ?:
           normalise_fix(g, fixed, ARRAY_SIZE(fixed), err);
}

static int normalise(struct dump_cpu *g, const struct normalise_vcpu *cpu,
                     cpupolicy_error *err)
{
    char vendor[13];
    bool intel, amd;

    guest_vendor(g, vendor);
    intel = !strcmp(vendor, "GenuineIntel");
    amd = !strcmp(vendor, "AuthenticAMD");
    if ( !intel && !amd )
        return cpupolicy_error_set(err, EINVAL, 0,
            "CPUID vendor \"%s\": guests can be normalised for GenuineIntel "
            "and AuthenticAMD only", vendor);

    return fix_vendor(g, cpu, err) ?: fix_features(g, cpu, err) ?:
           fix_topology(g, cpu, err) ?: fix_caches(g, cpu, err) ?:
           (intel ? normalise_intel(g, cpu, err)
                  : normalise_amd(g, cpu, err));
}

int guest_normalise(struct dump_cpu *g, const struct normalise_vcpu *cpu,
                    cpupolicy_error *err)
{
    struct dump_cpu new = { 0 };
    int rc;

    if ( cpu->thread_bits >= 8 || cpu->index > 255 || cpu->count > 255 )
        return cpupolicy_error_set(err, EINVAL, 0,
            "vCPU %u of %u with 2^%u threads per core: out of range",
            cpu->index, cpu->count, cpu->thread_bits);

    rc = dump_copy_cpu(g, &new, err) ?: normalise(&new, cpu, err);
    if ( rc )
    {
        dump_dispose_cpu(&new);
        return rc;
    }

    dump_dispose_cpu(g);
    *g = new;

    return 0;
}
