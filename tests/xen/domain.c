/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domains made by libxenctrl directly, with as little as Xen accepts. */
#include "domain.h"

#include <errno.h>
#include <stdlib.h>

#include <xenctrl.h>

struct test_toolstack {
    xc_interface *xch;
};

const char *const test_domain_kinds[] = { "pv", "hvm", "hvm-shadow" };

static int failed(int rc)
{
    return rc < 0 ? -errno : 0;
}

struct test_toolstack *test_toolstack_open(void)
{
    struct test_toolstack *t = malloc(sizeof(*t));

    if ( t && (t->xch = xc_interface_open(NULL, NULL, 0)) )
        return t;
    free(t);
    return NULL;
}

void test_toolstack_close(struct test_toolstack *t)
{
    xc_interface_close(t->xch);
    free(t);
}

int test_domain_create(struct test_toolstack *t, enum test_domain_kind kind,
                       uint32_t *domid)
{
    struct xen_domctl_createdomain config = {
        .max_vcpus = 1,
        .max_evtchn_port = -1,
        .max_grant_frames = -1,     /* the default */
        .max_maptrack_frames = -1,
        .grant_opts = XEN_DOMCTL_GRANT_version(1),
    };

    if ( kind != TEST_DOMAIN_PV )
    {
        config.flags = XEN_DOMCTL_CDF_hvm;
        config.arch.emulation_flags = XEN_X86_EMU_LAPIC;
    }
    if ( kind == TEST_DOMAIN_HVM )
        config.flags |= XEN_DOMCTL_CDF_hap;
    *domid = 0;                 /* 0: Xen chooses */
    return failed(xc_domain_create(t->xch, domid, &config));
}

int test_domain_unpause(struct test_toolstack *t, uint32_t domid)
{
    return failed(xc_domain_unpause(t->xch, domid));
}

int test_domain_pause(struct test_toolstack *t, uint32_t domid)
{
    return failed(xc_domain_pause(t->xch, domid));
}

int test_domain_destroy(struct test_toolstack *t, uint32_t domid)
{
    return failed(xc_domain_destroy(t->xch, domid));
}

int test_domain_add_vcpu(struct test_toolstack *t, uint32_t domid)
{
    return failed(xc_domain_max_vcpus(t->xch, domid, 1));
}
