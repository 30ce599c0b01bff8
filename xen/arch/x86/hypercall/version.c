/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dispatch by number, and the version hypercall. */

#include <string.h>

#include <public/version.h>

#include "private.h"

#define PAGE_SIZE 4096

#define CAPABILITIES_PV  "xen-3.0-x86_64 xen-3.0-x86_32p "
#define CAPABILITIES_HVM "hvm-3.0-x86_32 hvm-3.0-x86_32p hvm-3.0-x86_64 "

/*
 * A string into a buffer of fixed size, ended and filled with zeros.  What
 * does not fit is cut: that is this ABI's way, whose buffers cannot grow.
 */
static void fill(char *out, size_t size, const char *text)
{
    size_t i = 0;

    memset(out, 0, size);
    while ( text && text[i] && i < size - 1 )
    {
        out[i] = text[i];
        i++;
    }
}

static int put_text(const struct x86_caller *c, uint64_t addr, size_t size,
                    const char *text)
{
    char buffer[1024];

    fill(buffer, size, text);

    return copy_out(c, addr, buffer, size);
}

static int put_compile_info(const struct x86_hypervisor *h,
                            const struct x86_caller *c, uint64_t addr)
{
    struct xen_ctl_compile_info info = { 0 };

    fill(info.compiler, sizeof(info.compiler), h->build.compiler);
    fill(info.date, sizeof(info.date), h->build.date);

    return copy_out(c, addr, &info, sizeof(info));
}

static int put_capabilities(const struct x86_hypervisor *h,
                            const struct x86_caller *c, uint64_t addr)
{
    bool hvm = h->platform->hvm && !h->no_hvm;

    if ( h->no_pv )
        return put_text(c, addr, 1024, hvm ? CAPABILITIES_HVM : "");

    return put_text(c, addr, 1024, hvm ? CAPABILITIES_PV CAPABILITIES_HVM
                                       : CAPABILITIES_PV);
}

/* None of the features of guests' memory management is emulated here. */
static int put_features(const struct x86_caller *c, uint64_t addr)
{
    struct xen_ctl_feature_info info;
    int rc = copy_in(c, &info, addr, sizeof(info));

    if ( rc )
        return rc;
    if ( info.index )
        return -EINVAL;
    info.features = 0;

    return copy_out(c, addr, &info, sizeof(info));
}

static int put_handle(const struct x86_hypervisor *h,
                      const struct x86_caller *c, uint64_t addr)
{
    struct x86_domain_info info;
    int rc = x86_domain_info(h->store, c->domid, &info);

    if ( rc )
        return rc;

    return copy_out(c, addr, info.config.handle, sizeof(info.config.handle));
}

int64_t x86_hypercall_version(const struct x86_hypervisor *h,
                              const struct x86_caller *caller, uint64_t cmd,
                              uint64_t addr)
{
    const uint64_t no_address = 0;

    switch ( cmd )
    {
    case XEN_CTL_VERSION_NUMBER:
        return (uint32_t)h->build.major << 16 | h->build.minor;

    case XEN_CTL_VERSION_EXTRA:
        return put_text(caller, addr, 16, h->build.extra);

    case XEN_CTL_VERSION_COMPILE_INFO:
        return put_compile_info(h, caller, addr);

    case XEN_CTL_VERSION_CAPABILITIES:
        return put_capabilities(h, caller, addr);

    case XEN_CTL_VERSION_CHANGESET:
        return put_text(caller, addr, 64, h->build.changeset);

    case XEN_CTL_VERSION_PLATFORM:
        return copy_out(caller, addr, &no_address, sizeof(no_address));

    case XEN_CTL_VERSION_FEATURES:
        return put_features(caller, addr);

    case XEN_CTL_VERSION_PAGE_SIZE:
        return PAGE_SIZE;

    case XEN_CTL_VERSION_GUEST_HANDLE:
        return put_handle(h, caller, addr);

    case XEN_CTL_VERSION_COMMAND_LINE:
        /* How the host is set up is not every guest's business. */
        if ( !caller->privileged )
            return -EPERM;
        return put_text(caller, addr, 1024, h->build.command_line);

    default:
        return -ENOSYS;
    }
}

int64_t x86_hypercall(const struct x86_hypervisor *h,
                      const struct x86_caller *caller, uint64_t nr,
                      const uint64_t args[5])
{
    switch ( nr )
    {
    case XEN_CTL_HYPERCALL_VERSION:
        return x86_hypercall_version(h, caller, args[0], args[1]);

    case XEN_CTL_HYPERCALL_SYSCTL:
        return x86_hypercall_sysctl(h, caller, args[0]);

    case XEN_CTL_HYPERCALL_DOMCTL:
        return x86_hypercall_domctl(h, caller, args[0]);

    default:
        return -ENOSYS;
    }
}
