/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opening the access layer where it must be refused: without Xen, without
 * permission, on a Xen with another interface.  The last is real: this
 * program's ioctl() stands before libc's and changes the interface version in
 * the hypercall, and the real Xen says no.
 *
 * usage: test-interface no-xen | no-driver | no-permission | other-version
 */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <linux/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <xen/xen.h>
#include <xen/sys/privcmd.h>

#include <public/domctl.h>
#include <public/sysctl.h>

#include "lab.h"
#include "source/xen.h"

static unsigned long spoiled_hypercall;

int ioctl(int fd, unsigned long request, ...);
int ioctl(int fd, unsigned long request, ...)
{
    va_list args;
    void *arg;
    privcmd_hypercall_t *call;

    va_start(args, request);
    arg = va_arg(args, void *);
    va_end(args);
    call = arg;
    /* The version is the second word of both structures. */
    if ( request == IOCTL_PRIVCMD_HYPERCALL && spoiled_hypercall &&
         call->op == spoiled_hypercall )
        ((uint32_t *)(uintptr_t)call->arg[0])[1]++;
    return syscall(SYS_ioctl, fd, request, arg);
}

/* Refused with this code and words, with nothing handed out. */
static void check_refused(const char *name, int code, const char *words)
{
    static struct xen_host *const untouched = (struct xen_host *)&untouched;
    struct xen_host *h = untouched;
    cpupolicy_error err = { 0 };
    int rc = xen_host_open(&h, &err);

    lab_case(rc == code && err.code == -code && strstr(err.message, words) &&
             h == untouched, name, "rc %d: %s", rc, err.message);
    lab_remark("%s: %s", name, err.message);
    if ( !rc )
        xen_host_close(h);
}

static unsigned int check_versions(void)
{
    static const struct {
        const char *name;
        unsigned long hypercall;
    } rows[] = {
        { "other-sysctl-version", XEN_CTL_HYPERCALL_SYSCTL },
        { "other-domctl-version", XEN_CTL_HYPERCALL_DOMCTL },
    };
    struct xen_host *h;
    unsigned int i;

    for ( i = 0; i < 2; i++ )
    {
        spoiled_hypercall = rows[i].hypercall;
        check_refused(rows[i].name, -EPROTO,
                      "the Xen that runs is 4.");
    }
    spoiled_hypercall = 0;
    lab_case(!xen_host_open(&h, NULL), "same-version", "refused");
    xen_host_close(h);
    return 3;
}

int main(int argc, char **argv)
{
    const char *mode = argc == 2 ? argv[1] : "";
    unsigned int nr = 1;

    xen_host_close(NULL);
    if ( !strcmp(mode, "other-version") )
        nr = check_versions();
    else if ( !strcmp(mode, "no-xen") )
        check_refused("no-xen", -ENODEV, "no Xen is running here");
    else if ( !strcmp(mode, "no-driver") )
        check_refused("no-driver", -ENODEV, "xen-privcmd is not loaded");
    else if ( !strcmp(mode, "no-permission") && !setuid(65534) )
        check_refused("no-permission", -EACCES, "no permission for /dev/xen");
    else
        lab_give_up("usage, or no root to give up");
    return lab_finish(nr);
}
