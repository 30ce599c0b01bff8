/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Rows into a vCPU of KVM, and out of it. */
#include <errno.h>
#include <stdlib.h>

#include "kvm-rows.h"
#include "source/kvm-private.h"

/* Some kernels pad their answers with empty entries. */
static int rows_from_cpuid(const struct kvm_cpuid2 *cpuid,
                           struct dump_cpu *g, cpupolicy_error *err)
{
    int rc = 0;

    for ( uint32_t i = 0; !rc && i < cpuid->nent; i++ )
    {
        const struct kvm_cpuid_entry2 *e = &cpuid->entries[i];
        const struct dump_leaf row = {
            .leaf = e->function, .subleaf = e->index, .flags = e->flags,
            .reg = { e->eax, e->ebx, e->ecx, e->edx },
        };

        if ( row.leaf || row.subleaf || row.flags || row.reg[0] )
            rc = dump_put_leaf(g, &row, err);
    }

    return rc;
}

int kvm_read_cpuid(int fd, unsigned long request, const char *name,
                   struct dump_cpu *g, cpupolicy_error *err)
{
    struct kvm_cpuid2 *cpuid;
    int rc = kvm_get_cpuid(fd, request, name, &cpuid, err);

    if ( rc )
        return rc;

    rc = rows_from_cpuid(cpuid, g, err);
    free(cpuid);

    return rc;
}

int kvm_set_cpuid(int vcpu, const struct dump_cpu *g, cpupolicy_error *err)
{
    struct kvm_cpuid2 *cpuid;
    int rc;

    cpuid = calloc(1, sizeof(*cpuid) +
                      g->nr_leaves * sizeof(cpuid->entries[0]));
    if ( !cpuid )
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");

    cpuid->nent = g->nr_leaves;
    for ( size_t i = 0; i < g->nr_leaves; i++ )
    {
        const struct dump_leaf *l = &g->leaves[i];

        cpuid->entries[i] = (struct kvm_cpuid_entry2){
            .function = l->leaf, .index = l->subleaf, .flags = l->flags,
            .eax = l->reg[0], .ebx = l->reg[1], .ecx = l->reg[2],
            .edx = l->reg[3],
        };
    }

    rc = kvm_ioctl(vcpu, KVM_SET_CPUID2, "KVM_SET_CPUID2", cpuid, err);
    free(cpuid);

    return rc < 0 ? rc : 0;
}

int kvm_read_msrs(int vcpu, const uint32_t *indices, size_t nr,
                  struct dump_cpu *g, cpupolicy_error *err)
{
    uint64_t values[KVM_MSRS_AT_ONCE];
    int rc = 0;

    for ( size_t done = 0; !rc && done < nr; done += KVM_MSRS_AT_ONCE )
    {
        uint32_t count = nr - done < KVM_MSRS_AT_ONCE ? nr - done
                                                      : KVM_MSRS_AT_ONCE;
        uint32_t nr_read = 0;

        rc = kvm_get_msrs(vcpu, indices + done, count, values, &nr_read, err);
        if ( !rc && nr_read < count )
            rc = cpupolicy_error_set(err, EIO, 0,
                                     "Failed to get KVM vcpu msr: %#x",
                                     indices[done + nr_read]);

        for ( uint32_t i = 0; !rc && i < count; i++ )
        {
            const struct dump_msr row = {
                .index = indices[done + i], .value = values[i],
            };

            rc = dump_put_msr(g, &row, err);
        }
    }

    return rc;
}

int kvm_set_msrs(int vcpu, const struct dump_cpu *g, cpupolicy_error *err)
{
    struct kvm_msrs *msrs;
    int rc = 0;

    msrs = calloc(1, sizeof(*msrs) +
                     KVM_MSRS_AT_ONCE * sizeof(msrs->entries[0]));
    if ( !msrs )
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");

    for ( size_t done = 0; rc >= 0 && done < g->nr_msrs;
          done += KVM_MSRS_AT_ONCE )
    {
        size_t left = g->nr_msrs - done;

        msrs->nmsrs = left < KVM_MSRS_AT_ONCE ? left : KVM_MSRS_AT_ONCE;
        for ( uint32_t i = 0; i < msrs->nmsrs; i++ )
            msrs->entries[i] = (struct kvm_msr_entry){
                .index = g->msrs[done + i].index,
                .data = g->msrs[done + i].value,
            };

        rc = kvm_ioctl(vcpu, KVM_SET_MSRS, "KVM_SET_MSRS", msrs, err);
        if ( rc >= 0 && (uint32_t)rc < msrs->nmsrs )
            rc = cpupolicy_error_set(err, EINVAL, 0,
                "KVM_SET_MSRS: KVM refuses the value 0x%llx for MSR 0x%x",
                (unsigned long long)msrs->entries[rc].data,
                msrs->entries[rc].index);
    }

    free(msrs);

    return rc < 0 ? rc : 0;
}
