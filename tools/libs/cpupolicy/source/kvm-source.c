/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* KVM as a source: what it can offer is the hardware of its guests. */
#include "kvm.h"
#include "sources.h"

static int kvm_dump(struct dump *out, cpupolicy_error *err)
{
    struct kvm_host *h;
    int rc = kvm_host_open(&h, err);

    if ( rc )
        return rc;
    rc = kvm_host_supported(h, out, err);
    kvm_host_close(h);

    return rc;
}

int kvm_open(cpupolicy_source *src, const char *spec,
             const cpupolicy_options *options, cpupolicy_error *err)
{
    struct dump d = { 0 };
    int rc = kvm_dump(&d, err);

    (void)spec;

    return rc ? rc : source_from_dump(src, &d, options, err);
}
