/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See kvm-guest.h. */
#include <cpuid.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kvm-guest.h"
#include "kvm-rows.h"
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
const uint32_t kvm_guest_needs[] = {
    KVM_CAP_IRQCHIP, KVM_CAP_IOEVENTFD, KVM_CAP_IRQFD, KVM_CAP_USER_MEMORY,
    KVM_CAP_SET_TSS_ADDR, KVM_CAP_PIT2, KVM_CAP_PIT_STATE2,
    KVM_CAP_ADJUST_CLOCK, KVM_CAP_DEBUGREGS, KVM_CAP_MP_STATE,
    KVM_CAP_VCPU_EVENTS, KVM_CAP_XCRS, KVM_CAP_XSAVE, KVM_CAP_EXT_CPUID,
};
const size_t kvm_guest_nr_needs = ARRAY_SIZE(kvm_guest_needs);

/*
 * What a vCPU that starts in 64-bit mode, without firmware, is given.  They
 * come after a template's and win.
 */
static const struct {
    uint32_t index;
    uint64_t value;
} boot_msrs[] = {
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

struct kvm_guest {
    struct kvm_host *host;
    int fd;
    int *vcpus;
    unsigned int nr_vcpus;
};

void kvm_guest_close(struct kvm_guest *g)
{
    if ( !g )
        return;

    for ( unsigned int i = 0; i < g->nr_vcpus; i++ )
        close(g->vcpus[i]);
    if ( g->fd >= 0 )
        close(g->fd);
    free(g->vcpus);
    free(g);
}

int kvm_host_has(struct kvm_host *h, uint32_t capability, cpupolicy_error *err)
{
    int rc = kvm_ioctl(h->fd, KVM_CHECK_EXTENSION, "KVM_CHECK_EXTENSION",
                       (void *)(uintptr_t)capability, err);

    if ( rc )
        return rc < 0 ? rc : 0;

    return cpupolicy_error_set(err, EOPNOTSUPP, 0,
                               "Missing KVM capabilities: %#x", capability);
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

static int add_vcpu(struct kvm_guest *g, cpupolicy_error *err)
{
    int rc = kvm_ioctl(g->fd, KVM_CREATE_VCPU, "KVM_CREATE_VCPU",
                       (void *)(uintptr_t)g->nr_vcpus, err);

    if ( rc < 0 )
        return rc;

    g->vcpus[g->nr_vcpus++] = rc;

    return 0;
}

/* The interrupt controllers exist: whether they do shows in CPUID. */
static int create(struct kvm_guest *g, unsigned int nr_vcpus,
                  cpupolicy_error *err)
{
    struct kvm_pit_config pit = { .flags = KVM_PIT_SPEAKER_DUMMY };
    int rc = kvm_ioctl(g->host->fd, KVM_CREATE_VM, "KVM_CREATE_VM", NULL,
                       err);

    g->fd = rc;
    if ( rc >= 0 )
        rc = kvm_ioctl(g->fd, KVM_SET_TSS_ADDR, "KVM_SET_TSS_ADDR",
                       (void *)TSS_ADDRESS, err);
    if ( rc >= 0 )
        rc = kvm_ioctl(g->fd, KVM_CREATE_IRQCHIP, "KVM_CREATE_IRQCHIP",
                       NULL, err);
    if ( rc >= 0 )
        rc = kvm_ioctl(g->fd, KVM_CREATE_PIT2, "KVM_CREATE_PIT2", &pit, err);

    for ( unsigned int i = 0; rc >= 0 && i < nr_vcpus; i++ )
        rc = add_vcpu(g, err);

    return rc < 0 ? rc : 0;
}

int kvm_guest_open(struct kvm_host *h, unsigned int nr_vcpus,
                   struct kvm_guest **out, cpupolicy_error *err)
{
    struct kvm_guest *g;
    int rc;

    if ( !nr_vcpus || nr_vcpus > 32 )
        return cpupolicy_error_set(err, EINVAL, 0,
                                   "%u vCPUs: a guest has 1 to 32", nr_vcpus);

    rc = permit_amx(err);
    if ( rc )
        return rc;

    g = calloc(1, sizeof(*g));
    if ( g )
        g->vcpus = calloc(nr_vcpus, sizeof(*g->vcpus));
    if ( !g || !g->vcpus )
    {
        free(g);
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");
    }

    g->host = h;
    rc = create(g, nr_vcpus, err);
    if ( rc )
        kvm_guest_close(g);
    else
        *out = g;

    return rc;
}

int kvm_guest_supported(struct kvm_guest *g, struct dump_cpu *out,
                        cpupolicy_error *err)
{
    return kvm_read_cpuid(g->host->fd, KVM_GET_SUPPORTED_CPUID,
                          "KVM_GET_SUPPORTED_CPUID", out, err);
}

int kvm_guest_set_cpuid(struct kvm_guest *g, const struct dump_cpu *rows,
                        bool smt, cpupolicy_error *err)
{
    int rc = 0;

    for ( unsigned int i = 0; !rc && i < g->nr_vcpus; i++ )
    {
        const struct normalise_vcpu cpu = {
            .index = i, .count = g->nr_vcpus,
            .thread_bits = smt && g->nr_vcpus > 1,
            .host = normalise_native,
        };
        struct dump_cpu own = { 0 };

        rc = dump_copy_cpu(rows, &own, err) ?:
             guest_normalise(&own, &cpu, err) ?:
             kvm_set_cpuid(g->vcpus[i], &own, err);
        dump_dispose_cpu(&own);
    }

    return rc;
}

int kvm_guest_set_msrs(struct kvm_guest *g, const struct dump_cpu *rows,
                       cpupolicy_error *err)
{
    int rc = 0;

    for ( unsigned int i = 0; !rc && i < g->nr_vcpus; i++ )
        rc = kvm_set_msrs(g->vcpus[i], rows, err);

    return rc;
}

int kvm_guest_get_msrs(struct kvm_guest *g, const uint32_t *indices,
                       size_t nr, struct dump_cpu *out, cpupolicy_error *err)
{
    return kvm_read_msrs(g->vcpus[0], indices, nr, out, err);
}

int kvm_guest_boot_msrs(struct dump_cpu *rows, cpupolicy_error *err)
{
    int rc = 0;

    for ( size_t i = 0; !rc && i < ARRAY_SIZE(boot_msrs); i++ )
        rc = dump_put_msr(rows, &(struct dump_msr){
            .index = boot_msrs[i].index, .value = boot_msrs[i].value }, err);

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
static int read_saved_msrs(struct kvm_guest *g, struct dump_cpu *out,
                           cpupolicy_error *err)
{
    struct kvm_msr_list *list;
    uint32_t nr = 0;
    bool amd = host_is_amd();
    int rc = kvm_get_msr_list(g->host->fd, KVM_GET_MSR_INDEX_LIST,
                              "KVM_GET_MSR_INDEX_LIST", &list, err);

    if ( rc )
        return rc;

    for ( uint32_t i = 0; i < list->nmsrs; i++ )
        if ( guest_msr_is_dumped(list->indices[i], amd) )
            list->indices[nr++] = list->indices[i];

    rc = kvm_read_msrs(g->vcpus[0], list->indices, nr, out, err);
    free(list);

    return rc;
}

int kvm_guest_get(struct kvm_guest *g, struct dump_cpu *out,
                  cpupolicy_error *err)
{
    struct dump_cpu new = { 0 };
    int rc = kvm_read_cpuid(g->vcpus[0], KVM_GET_CPUID2, "KVM_GET_CPUID2",
                            &new, err) ?: read_saved_msrs(g, &new, err);

    if ( rc )
        dump_dispose_cpu(&new);
    else
        *out = new;

    return rc;
}
