/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Access to KVM: the device, and what it offers to guests. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "kvm-private.h"

int kvm_ioctl(int fd, unsigned long request, const char *name, void *arg,
              cpupolicy_error *err)
{
    int rc;

    do {
        rc = ioctl(fd, request, arg);
    } while ( rc < 0 && errno == EINTR );

    if ( rc < 0 )
    {
        int code = errno;

        return cpupolicy_error_set(err, code, 0, "%s: %s", name,
                                   strerror(code));
    }

    return rc;
}

static int open_error(int code, cpupolicy_error *err)
{
    switch ( code )
    {
    case EACCES:
    case EPERM:
        return cpupolicy_error_set(err, EACCES, 0,
            "/dev/kvm: no permission to open it for reading and writing "
            "(it belongs to the group kvm on most systems)");
    case ENOENT:
        return cpupolicy_error_set(err, ENODEV, 0,
            "/dev/kvm does not exist: the CPU has no virtualisation "
            "extensions, firmware has disabled them, or the module kvm_intel "
            "or kvm_amd is not loaded");
    case ENODEV:
    case ENXIO:
        return cpupolicy_error_set(err, ENODEV, 0,
            "/dev/kvm exists, but no KVM answers: is the module kvm_intel or "
            "kvm_amd loaded?");
    default:
        return cpupolicy_error_set(err, code, 0, "/dev/kvm: %s",
                                   strerror(code));
    }
}

int kvm_host_open(struct kvm_host **out, cpupolicy_error *err)
{
    int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC), version;
    struct kvm_host *h;

    if ( fd < 0 )
        return open_error(errno, err);

    version = kvm_ioctl(fd, KVM_GET_API_VERSION, "KVM_GET_API_VERSION", NULL,
                        err);
    if ( version >= 0 && version != KVM_API_VERSION )
        version = cpupolicy_error_set(err, EPROTO, 0,
            "/dev/kvm speaks version %d of the interface, not %d", version,
            KVM_API_VERSION);

    h = version < 0 ? NULL : malloc(sizeof(*h));
    if ( !h )
    {
        close(fd);
        return version < 0 ? version
            : cpupolicy_error_set(err, ENOMEM, 0, "out of memory");
    }

    *h = (struct kvm_host){ .fd = fd, .version = version };
    *out = h;

    return 0;
}

void kvm_host_close(struct kvm_host *h)
{
    if ( !h )
        return;

    close(h->fd);
    free(h);
}

void kvm_host_version(const struct kvm_host *h, char *text, size_t max)
{
    snprintf(text, max, "KVM API %d", h->version);
}

int kvm_get_cpuid(int fd, unsigned long request, const char *name,
                  struct kvm_cpuid2 **out, cpupolicy_error *err)
{
    struct kvm_cpuid2 *cpuid;
    int rc;

    cpuid = calloc(1, sizeof(*cpuid) +
                      KVM_CPUID_ROOM * sizeof(cpuid->entries[0]));
    if ( !cpuid )
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");

    cpuid->nent = KVM_CPUID_ROOM;
    rc = kvm_ioctl(fd, request, name, cpuid, err);
    if ( rc < 0 )
    {
        free(cpuid);
        return rc;
    }

    if ( cpuid->nent > KVM_CPUID_ROOM )
        cpuid->nent = KVM_CPUID_ROOM;
    *out = cpuid;

    return 0;
}

int kvm_get_msr_list(int fd, unsigned long request, const char *name,
                     struct kvm_msr_list **out, cpupolicy_error *err)
{
    struct kvm_msr_list head = { .nmsrs = 0 }, *list;
    cpupolicy_error refused;
    int rc = kvm_ioctl(fd, request, name, &head, &refused);

    /* Too small for the list: that is how its size is asked for. */
    if ( rc < 0 && rc != -E2BIG )
        return cpupolicy_error_set(err, -rc, 0, "%s", refused.message);

    if ( head.nmsrs > KVM_MSRS_ROOM )
        return cpupolicy_error_set(err, E2BIG, 0, "%s: %u MSRs", name,
                                   head.nmsrs);

    list = calloc(1, sizeof(*list) + head.nmsrs * sizeof(list->indices[0]));
    if ( !list )
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");

    list->nmsrs = head.nmsrs;
    rc = kvm_ioctl(fd, request, name, list, err);
    if ( rc < 0 )
    {
        free(list);
        return rc;
    }

    if ( list->nmsrs > head.nmsrs )
        list->nmsrs = head.nmsrs;
    *out = list;

    return 0;
}

int kvm_get_msrs(int fd, const uint32_t *indices, uint32_t nr,
                 uint64_t *values, uint32_t *nr_read, cpupolicy_error *err)
{
    struct kvm_msrs *msrs;
    int rc;

    msrs = calloc(1, sizeof(*msrs) +
                     KVM_MSRS_AT_ONCE * sizeof(msrs->entries[0]));
    if ( !msrs )
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");

    msrs->nmsrs = nr;
    for ( uint32_t i = 0; i < nr; i++ )
        msrs->entries[i].index = indices[i];

    rc = kvm_ioctl(fd, KVM_GET_MSRS, "KVM_GET_MSRS", msrs, err);
    for ( int i = 0; i < rc; i++ )
        values[i] = msrs->entries[i].data;
    if ( rc >= 0 )
        *nr_read = rc;

    free(msrs);

    return rc < 0 ? rc : 0;
}

static int add_leaves(struct kvm_host *h, struct dump_cpu *cpu,
                      cpupolicy_error *err)
{
    struct kvm_cpuid2 *cpuid;
    int rc = kvm_get_cpuid(h->fd, KVM_GET_SUPPORTED_CPUID,
                           "KVM_GET_SUPPORTED_CPUID", &cpuid, err);

    if ( rc )
        return rc;

    for ( uint32_t i = 0; !rc && i < cpuid->nent; i++ )
    {
        const struct kvm_cpuid_entry2 *e = &cpuid->entries[i];
        const struct dump_leaf row = {
            .leaf = e->function,
            .subleaf = e->flags & KVM_CPUID_FLAG_SIGNIFCANT_INDEX
                       ? e->index : DUMP_NO_SUBLEAF,
            .reg = { e->eax, e->ebx, e->ecx, e->edx },
        };

        rc = dump_add_leaf(cpu, &row, err);
    }

    free(cpuid);

    return rc;
}

/* One at a time: the first that fails would hide the others. */
static int add_msrs(struct kvm_host *h, struct dump_cpu *cpu,
                    cpupolicy_error *err)
{
    struct kvm_msr_list *list;
    int rc = kvm_get_msr_list(h->fd, KVM_GET_MSR_FEATURE_INDEX_LIST,
                              "KVM_GET_MSR_FEATURE_INDEX_LIST", &list, err);

    if ( rc )
        return rc;

    for ( uint32_t i = 0; !rc && i < list->nmsrs; i++ )
    {
        struct dump_msr row = { .index = list->indices[i] };
        uint32_t nr_read = 0;

        row.failed = kvm_get_msrs(h->fd, &row.index, 1, &row.value, &nr_read,
                                  NULL) || !nr_read;
        rc = dump_add_msr(cpu, &row, err);
    }

    free(list);

    return rc;
}

int kvm_host_supported(struct kvm_host *h, struct dump *out,
                       cpupolicy_error *err)
{
    /* What KVM does not list reads as zero. */
    struct dump new = {
        .format = "kvm", .records_hardware = true, .omits_zero_leaves = true,
    };
    struct dump_section *section = dump_add_section(&new, "", err);
    struct dump_cpu *cpu = section ? dump_add_cpu(section, 0, err) : NULL;
    int rc = cpu ? 0 : -ENOMEM;

    if ( !rc )
        rc = add_leaves(h, cpu, err);
    if ( !rc )
        rc = add_msrs(h, cpu, err);

    if ( rc )
        dump_dispose(&new);
    else
        *out = new;

    return rc;
}
