/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hypercalls of the running Xen, by libxencall.  That library's ABI is the
 * same in all releases, while libxenctrl's changes with each; what it would
 * do for us is to fill in the interface version, which is a column of
 * xen-release.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/loaded.h"
#include "xen-private.h"

#define FUNCTIONS(X) \
    X(xencall1) X(xencall2) X(xencall_alloc_buffer) X(xencall_close) \
    X(xencall_free_buffer) X(xencall_open)

LOADED_LIBRARY(lib, SONAME_xencall, "talking to Xen", FUNCTIONS);

/* Interface versions to try on a Xen newer than the newest that is known. */
#define NEWEST_TRIED 0x20U

static const char dev_privcmd[] = "/dev/xen/privcmd";
static const char proc_privcmd[] = "/proc/xen/privcmd";

/* ---- the library's messages -------------------------------------------- */

/* errno says enough for us. */
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

/* ---- hypercalls -------------------------------------------------------- */

int xen_call_failed(cpupolicy_error *err, const char *what)
{
    int code = errno ? errno : EIO;

    return cpupolicy_error_set(err, code, 0, "%s: %s", what, strerror(code));
}

static int control(struct xen_host *h, unsigned int nr, void *op, size_t size)
{
    int rc;

    memcpy(h->op, op, size);
    rc = lib.xencall1(h->call, nr, (uintptr_t)h->op);
    memcpy(op, h->op, size);

    return rc < 0 ? -1 : 0;
}

int xen_call_sysctl(struct xen_host *h, struct xen_ctl_sysctl *op)
{
    op->interface_version = h->sysctl;

    return control(h, XEN_CTL_HYPERCALL_SYSCTL, op, sizeof(*op));
}

int xen_call_domctl(struct xen_host *h, struct xen_ctl_domctl *op)
{
    op->interface_version = h->domctl;

    return control(h, XEN_CTL_HYPERCALL_DOMCTL, op, sizeof(*op));
}

int xen_call_version(struct xen_host *h, unsigned int command, void *out,
                     size_t size)
{
    int rc;

    memset(h->op, 0, XEN_VERSION_MAX);
    rc = lib.xencall2(h->call, XEN_CTL_HYPERCALL_VERSION, command,
                      size ? (uintptr_t)h->op : 0);
    if ( rc >= 0 && size )
        memcpy(out, h->op, size);

    return rc;
}

void xen_version_text(struct xen_host *h, char *out, size_t size)
{
    char extra[16] = "";

    if ( xen_call_version(h, XEN_CTL_VERSION_EXTRA, extra,
                          sizeof(extra)) < 0 )
        extra[0] = '\0';
    snprintf(out, size, "%u.%u%.*s", h->major, h->minor, (int)sizeof(extra),
             extra);
}

/* ---- which interface --------------------------------------------------- */

static int control_failed(struct xen_host *h, cpupolicy_error *err)
{
    const struct xen_release *oldest = xen_release_at(0), *newest = oldest;
    char version[32];

    if ( errno == EPERM )
        return cpupolicy_error_set(err, EPERM, 0,
                                   "Xen does not let this domain control "
                                   "others: it is not a dom0");
    if ( errno != EACCES )
        return xen_call_failed(err, "asking Xen about itself");

    for ( unsigned int i = 0; xen_release_at(i); i++ )
        newest = xen_release_at(i);
    xen_version_text(h, version, sizeof(version));

    return cpupolicy_error_set(err, EPROTO, 0,
                               "the Xen that runs is %s, and answers to none "
                               "of the interface versions of Xen %u.%u to "
                               "%u.%u", version, oldest->major, oldest->minor,
                               newest->major, newest->minor);
}

/*
 * Xen answers EACCES to a control hypercall of any interface version but its
 * own, before it looks at anything else.
 */
static int ask_sysctl(struct xen_host *h)
{
    struct xen_ctl_sysctl op = { .cmd = XEN_CTL_SYSCTL_PHYSINFO };

    return xen_call_sysctl(h, &op);
}

static int ask_domctl(struct xen_host *h)
{
    struct xen_ctl_domctl op = { .cmd = XEN_CTL_DOMCTL_GET_DOMAIN_INFO };

    return xen_call_domctl(h, &op);
}

/* A Xen newer than all that are known: which versions does it answer to? */
static int probe(struct xen_host *h, uint32_t *version,
                 int (*ask)(struct xen_host *h))
{
    int rc = ask(h);

    while ( rc && errno == EACCES && *version < NEWEST_TRIED )
    {
        ++*version;
        rc = ask(h);
    }

    return rc;
}

static bool is_newer(const struct xen_host *h, const struct xen_release *r)
{
    return h->major > r->major ||
           (h->major == r->major && h->minor > r->minor);
}

static int find_interface(struct xen_host *h, cpupolicy_error *err)
{
    int version = xen_call_version(h, XEN_CTL_VERSION_NUMBER, NULL, 0);
    const struct xen_release *newest = NULL;

    if ( version < 0 )
        return xen_call_failed(err, "asking Xen for its version");
    h->major = (uint32_t)version >> 16;
    h->minor = version & 0xffff;
    h->release = xen_release_find(h->major, h->minor);

    for ( unsigned int i = 0; xen_release_at(i); i++ )
        newest = xen_release_at(i);
    h->sysctl = (h->release ? h->release : newest)->sysctl;
    h->domctl = (h->release ? h->release : newest)->domctl;

    if ( !h->release && is_newer(h, newest)
         ? probe(h, &h->sysctl, ask_sysctl) ||
           probe(h, &h->domctl, ask_domctl)
         : ask_sysctl(h) || ask_domctl(h) )
        return control_failed(h, err);

    return 0;
}

/* ---- opening ----------------------------------------------------------- */

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
 * Why xencall_open() failed: it tries both paths, so that its errno may be
 * about the one that does not matter.
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

static void *buffer(struct xen_host *h, size_t size)
{
    return lib.xencall_alloc_buffer(h->call, size);
}

static int alloc_buffers(struct xen_host *h, cpupolicy_error *err)
{
    if ( (h->op = buffer(h, XEN_VERSION_MAX)) &&
         (h->leaves = buffer(h, XEN_HOST_MAX_LEAVES *
                                sizeof(h->leaves[0]))) &&
         (h->msrs = buffer(h, XEN_HOST_MAX_MSRS * sizeof(h->msrs[0]))) &&
         (h->list = buffer(h, XEN_DOMAIN_LIST_MAX * XEN_MAX_DOMAIN_INFO)) )
        return 0;

    return cpupolicy_error_set(err, ENOMEM, 0,
                               "no memory for hypercall buffers");
}

int xen_call_open(struct xen_host *h, cpupolicy_error *err)
{
    int rc = loaded_get(&lib_library, err);

    if ( rc )
        return rc;

    h->logger = (xentoollog_logger){
        swallow_message, swallow_progress, keep_logger
    };
    errno = 0;
    h->call = lib.xencall_open(&h->logger, 0);
    if ( !h->call )
        return open_failed(errno ? errno : EIO, err);

    rc = alloc_buffers(h, err);

    return rc ? rc : find_interface(h, err);
}

void xen_call_close(struct xen_host *h)
{
    if ( !h->call )
        return;
    lib.xencall_free_buffer(h->call, h->op);
    lib.xencall_free_buffer(h->call, h->leaves);
    lib.xencall_free_buffer(h->call, h->msrs);
    lib.xencall_free_buffer(h->call, h->list);
    lib.xencall_close(h->call);
}
