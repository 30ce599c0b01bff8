/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a guest of KVM reads under a template. */
#include <errno.h>
#include <stdlib.h>

#include "ask-private.h"
#include "guest/kvm-guest.h"

static bool asked_for(const struct cpu_template *t, uint32_t capability,
                      bool remove)
{
    for ( size_t i = 0; t && i < t->nr_capabilities; i++ )
        if ( t->capabilities[i].number == capability &&
             t->capabilities[i].remove == remove )
            return true;

    return false;
}

/* A template can drop capabilities from the list, and add others. */
static int check_capabilities(struct kvm_host *h, const struct cpu_template *t,
                              cpupolicy_error *err)
{
    int rc = 0;

    for ( size_t i = 0; !rc && i < kvm_guest_nr_needs; i++ )
        if ( !asked_for(t, kvm_guest_needs[i], true) )
            rc = kvm_host_has(h, kvm_guest_needs[i], err);

    for ( size_t i = 0; !rc && t && i < t->nr_capabilities; i++ )
        if ( !t->capabilities[i].remove &&
             !asked_for(t, t->capabilities[i].number, true) )
            rc = kvm_host_has(h, t->capabilities[i].number, err);

    return rc;
}

static int configure_cpuid(struct kvm_guest *g, const struct guest_question *q,
                           cpupolicy_error *err)
{
    struct dump_cpu rows = { 0 };
    int rc = kvm_guest_supported(g, &rows, err);

    if ( !rc && q->template )
        rc = template_apply_leaves(&rows, q->template, "KVM", err);
    if ( !rc )
        rc = kvm_guest_set_cpuid(g, &rows, q->smt, err);
    dump_dispose_cpu(&rows);

    return rc;
}

/* A template's MSRs, over what the vCPU has of them. */
static int template_msrs(struct kvm_guest *g, const struct cpu_template *t,
                         struct dump_cpu *rows, cpupolicy_error *err)
{
    uint32_t *indices = calloc(t->nr_msrs ?: 1, sizeof(*indices));
    int rc;

    if ( !indices )
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");

    for ( size_t i = 0; i < t->nr_msrs; i++ )
        indices[i] = t->msrs[i].index;

    rc = kvm_guest_get_msrs(g, indices, t->nr_msrs, rows, err);
    free(indices);

    return rc ?: template_apply_msrs(rows, t, "KVM", err);
}

static int configure_msrs(struct kvm_guest *g, const struct cpu_template *t,
                          cpupolicy_error *err)
{
    struct dump_cpu rows = { 0 };
    int rc = t ? template_msrs(g, t, &rows, err) : 0;

    rc = rc ?: kvm_guest_boot_msrs(&rows, err) ?:
         kvm_guest_set_msrs(g, &rows, err);
    dump_dispose_cpu(&rows);

    return rc;
}

int ask_kvm_guest(struct kvm_host *h, const struct guest_question *q,
                  struct dump_cpu *out, cpupolicy_error *err)
{
    const struct cpu_template *t = q->template;
    struct kvm_guest *g;
    int rc;

    if ( t && t->arch == TEMPLATE_AARCH64 )
        return cpupolicy_error_set(err, EINVAL, 0,
                                   "the template is for aarch64");

    rc = check_capabilities(h, t, err) ?:
         kvm_guest_open(h, q->nr_vcpus, &g, err);
    if ( rc )
        return rc;

    rc = configure_cpuid(g, q, err) ?: configure_msrs(g, t, err) ?:
         kvm_guest_get(g, out, err);
    kvm_guest_close(g);

    return rc;
}

int ask_kvm(const struct guest_question *q, struct dump_cpu *out,
            cpupolicy_error *err)
{
    struct kvm_host *h;
    int rc = kvm_host_open(&h, err);

    if ( rc )
        return rc;

    rc = ask_kvm_guest(h, q, out, err);
    kvm_host_close(h);

    return rc;
}
