/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest configured in KVM, up to where it would start to run. */
#include <cpuid.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "normalise.h"
#include "source/kvm-private.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* asm/prctl.h has these from Linux 5.17 on. */
#define XCOMP_GET_SUPPORTED     0x1021
#define XCOMP_REQ_GUEST_PERM    0x1025
#define XFEATURE_AMX_TILE_DATA  18

/* Three pages below the firmware, where nothing else can be (Intel hosts). */
#define TSS_ADDRESS 0xfffbd000UL

/* KVM_CAP_USER_MEMORY and its like are older than what is built against. */
static const uint32_t needed_capabilities[] = {
    KVM_CAP_IRQCHIP, KVM_CAP_IOEVENTFD, KVM_CAP_IRQFD, KVM_CAP_USER_MEMORY,
    KVM_CAP_SET_TSS_ADDR, KVM_CAP_PIT2, KVM_CAP_PIT_STATE2,
    KVM_CAP_ADJUST_CLOCK, KVM_CAP_DEBUGREGS, KVM_CAP_MP_STATE,
    KVM_CAP_VCPU_EVENTS, KVM_CAP_XCRS, KVM_CAP_XSAVE, KVM_CAP_EXT_CPUID,
};

/*
 * What a vCPU that starts in 64-bit mode, without firmware, is given.  They
 * come after a template's and win.
 */
static const struct guest_msr boot_msrs[] = {
    { 0x174, 0 },               /* SYSENTER_CS */
    { 0x175, 0 },               /* SYSENTER_ESP */
    { 0x176, 0 },               /* SYSENTER_EIP */
    { 0xc0000081, 0 },          /* STAR */
    { 0xc0000083, 0 },          /* CSTAR */
    { 0xc0000102, 0 },          /* KERNEL_GS_BASE */
    { 0xc0000084, 0 },          /* SYSCALL_MASK */
    { 0xc0000082, 0 },          /* LSTAR */
    { 0x10, 0 },                /* TSC */
    { 0x1a0, 1 },               /* MISC_ENABLE: fast strings */
    { 0x2ff, 0x806 },           /* MTRRdefType: on, write-back */
};

struct vm {
    struct kvm_host *host;
    int fd;
    int *vcpus;
    unsigned int nr_vcpus;
};

static void vm_destroy(struct vm *vm)
{
    for ( unsigned int i = 0; i < vm->nr_vcpus; i++ )
        close(vm->vcpus[i]);
    free(vm->vcpus);
    if ( vm->fd >= 0 )
        close(vm->fd);
}

static bool asked_for(const struct cpu_template *t, uint32_t capability,
                      bool remove)
{
    for ( size_t i = 0; t && i < t->nr_capabilities; i++ )
        if ( t->capabilities[i].number == capability &&
             t->capabilities[i].remove == remove )
            return true;

    return false;
}

static int check_capability(int fd, uint32_t capability, cpupolicy_error *err)
{
    int rc = kvm_ioctl(fd, KVM_CHECK_EXTENSION, "KVM_CHECK_EXTENSION",
                       (void *)(uintptr_t)capability, err);

    if ( rc )
        return rc < 0 ? rc : 0;

    return cpupolicy_error_set(err, EOPNOTSUPP, 0,
                               "Missing KVM capabilities: %#x", capability);
}

/* A template can drop capabilities from the list, and add others. */
static int check_capabilities(struct kvm_host *h, const struct cpu_template *t,
                              cpupolicy_error *err)
{
    int rc = 0;

    for ( size_t i = 0; !rc && i < ARRAY_SIZE(needed_capabilities); i++ )
        if ( !asked_for(t, needed_capabilities[i], true) )
            rc = check_capability(h->fd, needed_capabilities[i], err);

    for ( size_t i = 0; !rc && t && i < t->nr_capabilities; i++ )
        if ( !t->capabilities[i].remove &&
             !asked_for(t, t->capabilities[i].number, true) )
            rc = check_capability(h->fd, t->capabilities[i].number, err);

    return rc;
}

/*
 * AMX data is in KVM's CPUID only if the process may use it.  Kernels that
 * do not know the question have no AMX to offer.
 */
static int permit_amx(cpupolicy_error *err)
{
    uint64_t supported = 0;

    if ( syscall(SYS_arch_prctl, XCOMP_GET_SUPPORTED, &supported) )
    {
        if ( errno == EINVAL )
            return 0;
    }
    else if ( !(supported & (1ULL << XFEATURE_AMX_TILE_DATA)) ||
              !syscall(SYS_arch_prctl, XCOMP_REQ_GUEST_PERM,
                       XFEATURE_AMX_TILE_DATA) || errno == EINVAL )
        return 0;

    return cpupolicy_error_set(err, errno, 0,
                               "permission to give AMX to guests: %s",
                               strerror(errno));
}

static int add_vcpu(struct vm *vm, cpupolicy_error *err)
{
    int rc = kvm_ioctl(vm->fd, KVM_CREATE_VCPU, "KVM_CREATE_VCPU",
                       (void *)(uintptr_t)vm->nr_vcpus, err);

    if ( rc < 0 )
        return rc;

    vm->vcpus[vm->nr_vcpus++] = rc;

    return 0;
}

/* The interrupt controllers exist: whether they do shows in CPUID. */
static int vm_create(struct kvm_host *h, unsigned int nr_vcpus,
                     struct vm *vm, cpupolicy_error *err)
{
    struct kvm_pit_config pit = { .flags = KVM_PIT_SPEAKER_DUMMY };
    int rc;

    *vm = (struct vm){ .host = h, .vcpus = calloc(nr_vcpus, sizeof(int)) };
    vm->fd = rc = vm->vcpus
        ? kvm_ioctl(h->fd, KVM_CREATE_VM, "KVM_CREATE_VM", NULL, err)
        : cpupolicy_error_set(err, ENOMEM, 0, "out of memory");

    if ( rc >= 0 )
        rc = kvm_ioctl(vm->fd, KVM_SET_TSS_ADDR, "KVM_SET_TSS_ADDR",
                       (void *)TSS_ADDRESS, err);
    if ( rc >= 0 )
        rc = kvm_ioctl(vm->fd, KVM_CREATE_IRQCHIP, "KVM_CREATE_IRQCHIP",
                       NULL, err);
    if ( rc >= 0 )
        rc = kvm_ioctl(vm->fd, KVM_CREATE_PIT2, "KVM_CREATE_PIT2", &pit, err);

    for ( unsigned int i = 0; rc >= 0 && i < nr_vcpus; i++ )
        rc = add_vcpu(vm, err);

    if ( rc < 0 )
        vm_destroy(vm);

    return rc < 0 ? rc : 0;
}

/* Some kernels pad their answers with empty entries. */
static int config_from_cpuid(const struct kvm_cpuid2 *cpuid,
                             struct guest_config *g, cpupolicy_error *err)
{
    int rc = 0;

    for ( uint32_t i = 0; !rc && i < cpuid->nent; i++ )
    {
        const struct kvm_cpuid_entry2 *e = &cpuid->entries[i];
        const struct guest_leaf row = {
            e->function, e->index, e->flags,
            { e->eax, e->ebx, e->ecx, e->edx },
        };

        if ( row.leaf || row.subleaf || row.flags || row.reg[0] )
            rc = guest_put_leaf(g, &row, err);
    }

    return rc;
}

static int read_cpuid(int fd, unsigned long request, const char *name,
                      struct guest_config *g, cpupolicy_error *err)
{
    struct kvm_cpuid2 *cpuid;
    int rc = kvm_get_cpuid(fd, request, name, &cpuid, err);

    if ( rc )
        return rc;

    rc = config_from_cpuid(cpuid, g, err);
    free(cpuid);

    return rc;
}

static int set_cpuid(int vcpu, const struct guest_config *g,
                     cpupolicy_error *err)
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
        const struct guest_leaf *l = &g->leaves[i];

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

static int configure_cpuid(struct vm *vm, const struct kvm_guest_request *r,
                           cpupolicy_error *err)
{
    struct guest_config base = { 0 };
    int rc = read_cpuid(vm->host->fd, KVM_GET_SUPPORTED_CPUID,
                        "KVM_GET_SUPPORTED_CPUID", &base, err);

    if ( !rc && r->template )
        rc = guest_apply_leaves(&base, r->template, "KVM", err);

    for ( unsigned int i = 0; !rc && i < vm->nr_vcpus; i++ )
    {
        const struct normalise_vcpu cpu = {
            .index = i, .count = vm->nr_vcpus,
            .thread_bits = r->smt && vm->nr_vcpus > 1,
            .host = normalise_native,
        };
        struct guest_config g = { 0 };

        rc = guest_copy(&base, &g, err) ?: guest_normalise(&g, &cpu, err) ?:
             set_cpuid(vm->vcpus[i], &g, err);
        guest_dispose(&g);
    }

    guest_dispose(&base);

    return rc;
}

/* Add MSRs of the vCPU to `g`; all of them can be read, or it is an error. */
static int read_msrs(int vcpu, const uint32_t *indices, size_t nr,
                     struct guest_config *g, cpupolicy_error *err)
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
            const struct guest_msr row = { indices[done + i], values[i] };

            rc = guest_put_msr(g, &row, err);
        }
    }

    return rc;
}

static int set_msrs(int vcpu, const struct guest_config *g,
                    cpupolicy_error *err)
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

static int template_msrs(int vcpu, const struct cpu_template *t,
                         struct guest_config *g, cpupolicy_error *err)
{
    uint32_t *indices = calloc(t->nr_msrs ?: 1, sizeof(*indices));
    int rc;

    if ( !indices )
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");

    for ( size_t i = 0; i < t->nr_msrs; i++ )
        indices[i] = t->msrs[i].index;

    rc = read_msrs(vcpu, indices, t->nr_msrs, g, err);
    free(indices);

    return rc ?: guest_apply_msrs(g, t, "KVM", err);
}

static int configure_msrs(struct vm *vm, const struct cpu_template *t,
                          cpupolicy_error *err)
{
    struct guest_config g = { 0 };
    int rc = t ? template_msrs(vm->vcpus[0], t, &g, err) : 0;

    for ( size_t i = 0; !rc && i < ARRAY_SIZE(boot_msrs); i++ )
        rc = guest_put_msr(&g, &boot_msrs[i], err);

    for ( unsigned int i = 0; !rc && i < vm->nr_vcpus; i++ )
        rc = set_msrs(vm->vcpus[i], &g, err);

    guest_dispose(&g);

    return rc;
}

static bool host_is_amd(void)
{
    uint32_t regs[4];

    normalise_native(NULL, 0, 0, regs);

    return regs[1] == signature_AMD_ebx && regs[2] == signature_AMD_ecx &&
           regs[3] == signature_AMD_edx;
}

/* Only what a dump would have: reading some of the others can fail. */
static int read_saved_msrs(struct vm *vm, struct guest_config *g,
                           cpupolicy_error *err)
{
    struct kvm_msr_list *list;
    uint32_t nr = 0;
    bool amd = host_is_amd();
    int rc = kvm_get_msr_list(vm->host->fd, KVM_GET_MSR_INDEX_LIST,
                              "KVM_GET_MSR_INDEX_LIST", &list, err);

    if ( rc )
        return rc;

    for ( uint32_t i = 0; i < list->nmsrs; i++ )
        if ( guest_msr_is_dumped(list->indices[i], amd) )
            list->indices[nr++] = list->indices[i];

    rc = read_msrs(vm->vcpus[0], list->indices, nr, g, err);
    free(list);

    return rc;
}

int kvm_guest_config(struct kvm_host *h,
                     const struct kvm_guest_request *request,
                     struct guest_config *out, cpupolicy_error *err)
{
    const struct cpu_template *t = request->template;
    struct guest_config g = { 0 };
    struct vm vm;
    int rc;

    if ( t && t->arch == TEMPLATE_AARCH64 )
        return cpupolicy_error_set(err, EINVAL, 0,
                                   "the template is for aarch64");

    if ( !request->nr_vcpus || request->nr_vcpus > 32 )
        return cpupolicy_error_set(err, EINVAL, 0,
                                   "%u vCPUs: a guest has 1 to 32",
                                   request->nr_vcpus);

    rc = check_capabilities(h, t, err) ?: permit_amx(err) ?:
         vm_create(h, request->nr_vcpus, &vm, err);
    if ( rc )
        return rc;

    rc = configure_cpuid(&vm, request, err) ?: configure_msrs(&vm, t, err) ?:
         read_cpuid(vm.vcpus[0], KVM_GET_CPUID2, "KVM_GET_CPUID2", &g, err) ?:
         read_saved_msrs(&vm, &g, err);
    vm_destroy(&vm);

    if ( rc )
        guest_dispose(&g);
    else
        *out = g;

    return rc;
}
