/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domains made by hypercalls directly, with as little as Xen accepts. */
#include "domain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <xencall.h>

#include <public/domctl.h>
#include <public/version.h>

#include "source/xen-release.h"

struct test_toolstack {
    xencall_handle *call;
    struct xen_ctl_domctl *op;
    const struct xen_release *release;
};

const char *const test_domain_kinds[] = { "pv", "hvm", "hvm-shadow" };

struct test_toolstack *test_toolstack_open(void)
{
    struct test_toolstack *t = calloc(1, sizeof(*t));
    int version = -1;

    if ( t && (t->call = xencall_open(NULL, 0)) &&
         (t->op = xencall_alloc_buffer(t->call, sizeof(*t->op))) )
        version = xencall2(t->call, XEN_CTL_HYPERCALL_VERSION,
                           XEN_CTL_VERSION_NUMBER, 0);
    if ( version >= 0 )
        t->release = xen_release_find(version >> 16, version & 0xffff);
    if ( t && t->release )
        return t;
    if ( t )
        test_toolstack_close(t);

    return NULL;
}

void test_toolstack_close(struct test_toolstack *t)
{
    if ( t->op )
        xencall_free_buffer(t->call, t->op);
    if ( t->call )
        xencall_close(t->call);
    free(t);
}

static int control(struct test_toolstack *t, struct xen_ctl_domctl *op)
{
    int rc;

    op->interface_version = t->release->domctl;
    *t->op = *op;
    rc = xencall1(t->call, XEN_CTL_HYPERCALL_DOMCTL, (uintptr_t)t->op);
    *op = *t->op;

    return rc < 0 ? -errno : 0;
}

static int simple(struct test_toolstack *t, uint32_t domid, uint32_t cmd)
{
    struct xen_ctl_domctl op = { .cmd = cmd, .domain = domid };

    return control(t, &op);
}

static void tail_set(struct test_toolstack *t, struct xen_ctl_domctl *op,
                     enum xen_ctl_create_member member, uint32_t value)
{
    int word = xen_ctl_create_word(t->release->domctl, member);

    if ( word >= 0 )
        op->u.create_domain.tail[word] = value;
}

int test_domain_create(struct test_toolstack *t, enum test_domain_kind kind,
                       uint32_t *domid)
{
    struct xen_ctl_domctl op = {
        .cmd = XEN_CTL_DOMCTL_CREATE_DOMAIN, .domain = XEN_CTL_DOMID_ANY,
        .u.create_domain = {
            .max_vcpus = 1,
            .max_event_channel_port = -1,
            .max_grant_frames = -1,     /* the default */
            .max_maptrack_frames = -1,
        },
    };
    int rc;

    tail_set(t, &op, XEN_CTL_CREATE_GRANT_OPTS, 1);
    if ( kind != TEST_DOMAIN_PV )
    {
        op.u.create_domain.flags = XEN_CTL_CREATE_HVM;
        tail_set(t, &op, XEN_CTL_CREATE_EMULATION_FLAGS,
                 XEN_CTL_EMULATE_LAPIC);
    }
    if ( kind == TEST_DOMAIN_HVM )
        op.u.create_domain.flags |= XEN_CTL_CREATE_HAP;
    rc = control(t, &op);
    if ( !rc )
        *domid = op.domain;

    return rc;
}

int test_domain_unpause(struct test_toolstack *t, uint32_t domid)
{
    return simple(t, domid, XEN_CTL_DOMCTL_UNPAUSE_DOMAIN);
}

int test_domain_pause(struct test_toolstack *t, uint32_t domid)
{
    return simple(t, domid, XEN_CTL_DOMCTL_PAUSE_DOMAIN);
}

/* Xen does it bit by bit, and asks to be called again. */
int test_domain_destroy(struct test_toolstack *t, uint32_t domid)
{
    int rc;

    do
        rc = simple(t, domid, XEN_CTL_DOMCTL_DESTROY_DOMAIN);
    while ( rc == -EAGAIN );

    return rc;
}

int test_domain_add_vcpu(struct test_toolstack *t, uint32_t domid)
{
    struct xen_ctl_domctl op = {
        .cmd = XEN_CTL_DOMCTL_MAX_VCPUS, .domain = domid,
        .u.max_vcpus.max = 1,
    };

    return control(t, &op);
}
