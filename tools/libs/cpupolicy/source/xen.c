/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A running Xen: connecting to it, and what it says about the host. */
#include "xen-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The rows go through hypercalls as they are. */
_Static_assert(sizeof(struct xen_cpu_policy_leaf) == sizeof(xen_cpuid_leaf_t),
               "a leaf is Xen's");
_Static_assert(sizeof(struct xen_cpu_policy_msr) == sizeof(xen_msr_entry_t),
               "an MSR is Xen's");
_Static_assert(offsetof(struct xen_cpu_policy_msr, value) ==
               offsetof(xen_msr_entry_t, val), "an MSR is Xen's");
_Static_assert((int)XEN_HOST_POLICY_HVM_DEFAULT ==
               XEN_SYSCTL_cpu_policy_hvm_default, "the indices are Xen's");

struct xen_functions xen_lib;
LOADED_TABLE(xen_lib, SONAME_xenctrl, "talking to Xen", XEN_FUNCTIONS);

static const char dev_privcmd[] = "/dev/xen/privcmd";
static const char proc_privcmd[] = "/proc/xen/privcmd";

/* libxenctrl hands these to whoever logs; errno says enough for us. */
static void swallow_message(xentoollog_logger *logger, xentoollog_level level,
                            int errnoval, const char *context,
                            const char *format, va_list args)
{
    (void)logger, (void)level, (void)errnoval;
    (void)context, (void)format, (void)args;
}

static void swallow_progress(xentoollog_logger *logger, const char *context,
                             const char *doing_what, int percent,
                             unsigned long done, unsigned long total)
{
    (void)logger, (void)context, (void)doing_what;
    (void)percent, (void)done, (void)total;
}

static void keep_logger(xentoollog_logger *logger)
{
    (void)logger;
}

int xen_call_failed(cpupolicy_error *err, const char *what)
{
    int code = errno ? errno : EIO;

    return cpupolicy_error_set(err, code, 0, "%s: %s", what, strerror(code));
}

/* As the process is now, not as who started it (access() is about that). */
static bool may(const char *path, int mode)
{
    return !faccessat(AT_FDCWD, path, mode, AT_EACCESS);
}

/* /sys says which hypervisor the kernel found, privcmd or not. */
static bool kernel_sees_xen(void)
{
    char type[8] = "";
    FILE *f = fopen("/sys/hypervisor/type", "re");
    bool is_xen;

    if ( !f )
        return false;
    is_xen = fgets(type, sizeof(type), f) && !strncmp(type, "xen", 3);
    fclose(f);
    return is_xen;
}

/*
 * Why xc_interface_open() failed: it tries both paths, so that its errno may
 * be about the one that does not matter.
 */
static int open_failed(int code, cpupolicy_error *err)
{
    const char *path = may(dev_privcmd, F_OK) ? dev_privcmd : proc_privcmd;

    if ( may(path, F_OK) && !may(path, R_OK | W_OK) )
        return cpupolicy_error_set(err, EACCES, 0,
                                   "no permission for %s: talking to Xen "
                                   "takes root", path);
    if ( may(path, F_OK) )
        return cpupolicy_error_set(err, code, 0, "cannot open %s: %s", path,
                                   strerror(code));
    if ( kernel_sees_xen() )
        return cpupolicy_error_set(err, ENODEV, 0,
                                   "Xen is running, but there is neither %s "
                                   "nor %s: the driver xen-privcmd is not "
                                   "loaded", dev_privcmd, proc_privcmd);
    return cpupolicy_error_set(err, ENODEV, 0,
                               "no Xen is running here (there is neither %s "
                               "nor %s)", dev_privcmd, proc_privcmd);
}

/* "4.17.7"; "unknown" if even that cannot be asked. */
static void read_version(xc_interface *xch, uint32_t *major, uint32_t *minor,
                         char *out, size_t nr_out)
{
    int version = xen_lib.xc_version(xch, XENVER_version, NULL);
    xen_extraversion_t extra = "";

    *major = *minor = 0;
    if ( version < 0 )
    {
        snprintf(out, nr_out, "of unknown version");
        return;
    }
    if ( xen_lib.xc_version(xch, XENVER_extraversion, extra) )
        extra[0] = '\0';
    *major = (uint32_t)version >> 16;
    *minor = (uint32_t)version & 0xffff;
    snprintf(out, nr_out, "%u.%u%.*s", *major, *minor, (int)sizeof(extra),
             extra);
}

/* Which release had these interface versions, for the message below. */
static const char *built_for(void)
{
    static const struct {
        uint32_t sysctl, domctl;
        const char *release;
    } releases[] = {
        { 0x14, 0x14, "4.15 or 4.16" },
        { 0x15, 0x15, "4.17" },
        { 0x15, 0x16, "4.18" },
        { 0x15, 0x17, "4.19 or 4.20" },
        { 0x16, 0x17, "4.21" },
    };
    size_t i;

    for ( i = 0; i < sizeof(releases) / sizeof(releases[0]); i++ )
        if ( releases[i].sysctl == XEN_SYSCTL_INTERFACE_VERSION &&
             releases[i].domctl == XEN_DOMCTL_INTERFACE_VERSION )
            return releases[i].release;
    return "another release";
}

/*
 * Xen answers EACCES to a control hypercall of any interface version but its
 * own, before it looks at anything else.
 */
static int control_failed(xc_interface *xch, cpupolicy_error *err)
{
    uint32_t major, minor;
    char version[32];

    if ( errno == EPERM )
        return cpupolicy_error_set(err, EPERM, 0,
                                   "Xen does not let this domain control "
                                   "others: it is not a dom0");
    if ( errno != EACCES )
        return xen_call_failed(err, "asking Xen about itself");
    read_version(xch, &major, &minor, version, sizeof(version));
    return cpupolicy_error_set(err, EPROTO, 0,
                               "this was built for Xen %s (interface versions "
                               "sysctl %#x, domctl %#x), the Xen that runs is "
                               "%s and has others", built_for(),
                               XEN_SYSCTL_INTERFACE_VERSION,
                               XEN_DOMCTL_INTERFACE_VERSION, version);
}

/* Both kinds of control hypercall have their own interface version. */
static int check_interface(xc_interface *xch, cpupolicy_error *err)
{
    xc_physinfo_t phys = { 0 };
    xc_dominfo_t dom = { 0 };

    if ( xen_lib.xc_physinfo(xch, &phys) ||
         xen_lib.xc_domain_getinfo(xch, 0, 1, &dom) < 0 )
        return control_failed(xch, err);
    return 0;
}

static int read_sizes(struct xen_host *h, cpupolicy_error *err)
{
    struct xen_sysctl op = { .cmd = XEN_SYSCTL_get_cpu_policy };
    const struct xen_sysctl_cpu_policy *p = &op.u.cpu_policy;

    if ( xen_lib.xc_sysctl(h->xch, &op) )
        return xen_call_failed(err, "asking Xen for the size of a CPU policy");
    if ( p->nr_leaves > XEN_HOST_MAX_LEAVES || p->nr_msrs > XEN_HOST_MAX_MSRS )
        return cpupolicy_error_set(err, E2BIG, 0,
                                   "this Xen's CPU policies have up to %u "
                                   "leaves and %u MSRs, more than the %u and "
                                   "%u that are supported", p->nr_leaves,
                                   p->nr_msrs, XEN_HOST_MAX_LEAVES,
                                   XEN_HOST_MAX_MSRS);
    h->max_leaves = p->nr_leaves;
    h->max_msrs = p->nr_msrs;
    return 0;
}

static int alloc_buffers(struct xen_host *h, cpupolicy_error *err)
{
    if ( xen_lib.xc__hypercall_buffer_alloc(h->xch, &h->leaf_memory,
                                            XEN_HOST_MAX_LEAVES *
                                            sizeof(xen_cpuid_leaf_t)) &&
         xen_lib.xc__hypercall_buffer_alloc(h->xch, &h->msr_memory,
                                            XEN_HOST_MAX_MSRS *
                                            sizeof(xen_msr_entry_t)) )
        return 0;
    return cpupolicy_error_set(err, ENOMEM, 0,
                               "no memory for hypercall buffers");
}

int xen_host_open(struct xen_host **out, cpupolicy_error *err)
{
    int rc = loaded_get(&xen_lib_library, err);
    struct xen_host *h = rc ? NULL : calloc(1, sizeof(*h));

    if ( rc )
        return rc;
    if ( !h )
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");
    h->logger = (xentoollog_logger){
        swallow_message, swallow_progress, keep_logger
    };
    errno = 0;
    h->xch = xen_lib.xc_interface_open(&h->logger, &h->logger, 0);
    rc = h->xch ? check_interface(h->xch, err)
                : open_failed(errno ? errno : EIO, err);
    if ( !rc )
        rc = read_sizes(h, err);
    if ( !rc )
        rc = alloc_buffers(h, err);
    if ( rc )
    {
        xen_host_close(h);
        return rc;
    }
    *out = h;
    return 0;
}

void xen_host_close(struct xen_host *h)
{
    if ( !h )
        return;
    if ( h->xch )
    {
        xen_lib.xc__hypercall_buffer_free(h->xch, &h->leaf_memory);
        xen_lib.xc__hypercall_buffer_free(h->xch, &h->msr_memory);
        xen_lib.xc_interface_close(h->xch);
    }
    free(h);
}

int xen_host_info_get(struct xen_host *h, struct xen_host_info *out,
                      cpupolicy_error *err)
{
    struct xen_host_info info = { 0 };
    xc_physinfo_t phys = { 0 };
    xen_commandline_t line = "";

    if ( xen_lib.xc_physinfo(h->xch, &phys) )
        return xen_call_failed(err, "asking Xen about the machine");
    if ( xen_lib.xc_version(h->xch, XENVER_commandline, line) < 0 )
        return xen_call_failed(err, "asking Xen for its command line");
    read_version(h->xch, &info.major, &info.minor, info.version,
                 sizeof(info.version));
    memcpy(info.command_line, line, sizeof(line));
    info.command_line[sizeof(line) - 1] = '\0';
    info.command_line_full = strlen(info.command_line) == sizeof(line) - 1;
    info.pv = phys.capabilities & XEN_SYSCTL_PHYSCAP_pv;
    info.hvm = phys.capabilities & XEN_SYSCTL_PHYSCAP_hvm;
    info.hap = phys.capabilities & XEN_SYSCTL_PHYSCAP_hap;
    info.shadow = phys.capabilities & XEN_SYSCTL_PHYSCAP_shadow;
    info.vpmu = phys.capabilities & XEN_SYSCTL_PHYSCAP_vpmu;
    info.nr_cpus = phys.nr_cpus;
    info.threads_per_core = phys.threads_per_core;
    info.cores_per_socket = phys.cores_per_socket;
    info.cpu_khz = phys.cpu_khz;
    info.total_kib = phys.total_pages * (XC_PAGE_SIZE / 1024);
    info.free_kib = phys.free_pages * (XC_PAGE_SIZE / 1024);
    *out = info;
    return 0;
}

int xen_rows_from_buffers(struct xen_host *h, uint32_t nr_leaves,
                          uint32_t nr_msrs, struct xen_rows *out,
                          cpupolicy_error *err)
{
    /* Xen wrote the counts: trust them as little as any other input. */
    if ( nr_leaves > XEN_HOST_MAX_LEAVES || nr_msrs > XEN_HOST_MAX_MSRS )
        return cpupolicy_error_set(err, EPROTO, 0,
                                   "Xen returned %u leaves and %u MSRs, more "
                                   "than there was room for", nr_leaves,
                                   nr_msrs);
    memset(out, 0, sizeof(*out));
    out->nr_leaves = nr_leaves;
    out->nr_msrs = nr_msrs;
    memcpy(out->leaves, h->leaf_memory.hbuf,
           nr_leaves * sizeof(out->leaves[0]));
    memcpy(out->msrs, h->msr_memory.hbuf, nr_msrs * sizeof(out->msrs[0]));
    return 0;
}

int xen_host_policy_get(struct xen_host *h, enum xen_host_policy which,
                        struct xen_rows *out, cpupolicy_error *err)
{
    DECLARE_HYPERCALL_BUFFER_SHADOW(xen_cpuid_leaf_t, leaves, &h->leaf_memory);
    DECLARE_HYPERCALL_BUFFER_SHADOW(xen_msr_entry_t, msrs, &h->msr_memory);
    struct xen_sysctl op = {
        .cmd = XEN_SYSCTL_get_cpu_policy,
        .u.cpu_policy = {
            .index = which,
            .nr_leaves = h->max_leaves,
            .nr_msrs = h->max_msrs,
        },
    };

    (void)leaves, (void)msrs;
    set_xen_guest_handle(op.u.cpu_policy.leaves, leaves);
    set_xen_guest_handle(op.u.cpu_policy.msrs, msrs);
    if ( !xen_lib.xc_sysctl(h->xch, &op) )
        return xen_rows_from_buffers(h, op.u.cpu_policy.nr_leaves,
                                     op.u.cpu_policy.nr_msrs, out, err);
    if ( errno == EOPNOTSUPP )
        return cpupolicy_error_set(err, EOPNOTSUPP, 0,
                                   "this Xen is built without that type of "
                                   "guest");
    return xen_call_failed(err, "asking Xen for a system policy");
}
