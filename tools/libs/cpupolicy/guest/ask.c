/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asking for a guest's CPU configuration. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask-private.h"
#include "cpupolicy.h"
#include "source/kvm.h"
#include "source/xen.h"

#define KVM_FLAG_SIGNIFICANT_INDEX 1U

static int ask_kvm(const struct guest_question *q, struct guest_config *out,
                   cpupolicy_error *err)
{
    const struct kvm_guest_request request = {
        q->template, q->nr_vcpus, q->smt,
    };
    struct kvm_host *h;
    int rc = kvm_host_open(&h, err);

    if ( rc )
        return rc;

    rc = kvm_guest_config(h, &request, out, err);
    kvm_host_close(h);

    return rc;
}

static int put_leaf(struct guest_config *g, uint32_t leaf, uint32_t subleaf,
                    const uint32_t reg[4], cpupolicy_error *err)
{
    struct guest_leaf row = { .leaf = leaf };

    memcpy(row.reg, reg, sizeof(row.reg));
    if ( subleaf != CPUPOLICY_NO_SUBLEAF )
    {
        row.subleaf = subleaf;
        row.flags = KVM_FLAG_SIGNIFICANT_INDEX;
    }

    return guest_put_leaf(g, &row, err);
}

static int from_rows(const struct xen_rows *rows, struct guest_config *g,
                     cpupolicy_error *err)
{
    int rc = 0;

    for ( uint32_t i = 0; !rc && i < rows->nr_leaves; i++ )
    {
        const struct xen_cpu_policy_leaf *l = &rows->leaves[i];
        const uint32_t reg[4] = { l->a, l->b, l->c, l->d };

        rc = put_leaf(g, l->leaf, l->subleaf, reg, err);
    }

    for ( uint32_t i = 0; !rc && i < rows->nr_msrs; i++ )
    {
        const struct guest_msr row = {
            rows->msrs[i].index, rows->msrs[i].value,
        };

        rc = guest_put_msr(g, &row, err);
    }

    return rc;
}

static int ask_domain(const struct guest_question *q, struct guest_config *out,
                      cpupolicy_error *err)
{
    const char *number = q->subject + strlen("dom:");
    char *end;
    unsigned long domid = strtoul(number, &end, 10);
    struct xen_rows *rows;
    struct xen_host *h;
    int rc;

    if ( *number < '0' || *number > '9' || *end || domid > 0x7fef )
        return cpupolicy_error_set(err, EINVAL, 0,
                                   "'%s' is no domain's number", number);

    rc = xen_host_open(&h, err);
    if ( rc )
        return rc;

    rows = malloc(sizeof(*rows));
    rc = rows ? xen_domain_policy_get(h, domid, rows, err)
              : cpupolicy_error_set(err, ENOMEM, 0, "out of memory");
    xen_host_close(h);
    if ( !rc )
        rc = from_rows(rows, out, err);
    free(rows);

    return rc;
}

static int from_policy(const cpupolicy *p, struct guest_config *g,
                       cpupolicy_error *err)
{
    size_t nr_leaves = cpupolicy_max_leaves(), nr_msrs = cpupolicy_max_msrs();
    cpupolicy_leaf *leaves = calloc(nr_leaves, sizeof(*leaves));
    cpupolicy_msr *msrs = calloc(nr_msrs, sizeof(*msrs));
    int rc;

    rc = !leaves || !msrs
        ? cpupolicy_error_set(err, ENOMEM, 0, "out of memory")
        : cpupolicy_leaves(p, leaves, &nr_leaves) ?:
          cpupolicy_msrs(p, msrs, &nr_msrs);

    for ( size_t i = 0; !rc && i < nr_leaves; i++ )
    {
        const uint32_t reg[4] = {
            leaves[i].eax, leaves[i].ebx, leaves[i].ecx, leaves[i].edx,
        };

        rc = put_leaf(g, leaves[i].leaf, leaves[i].subleaf, reg, err);
    }

    for ( size_t i = 0; !rc && i < nr_msrs; i++ )
    {
        const struct guest_msr row = { msrs[i].index, msrs[i].value };

        rc = guest_put_msr(g, &row, err);
    }

    free(leaves);
    free(msrs);

    return rc;
}

/* A policy by name, from anything that policies can be derived from. */
static int ask_policy(const struct guest_question *q, struct guest_config *out,
                      cpupolicy_error *err)
{
    const char *name = q->subject ?: "hvm-default";
    int which = cpupolicy_which_find(name), rc;
    const cpupolicy *p;
    cpupolicy_source *src;

    if ( which < 0 )
        return cpupolicy_error_set(err, EINVAL, 0,
                                   "no policy is called '%s'", name);

    rc = cpupolicy_source_open(&src, q->from, NULL, err);
    if ( rc )
        return rc;

    p = cpupolicy_source_policy(src, which);
    rc = p ? from_policy(p, out, err)
           : cpupolicy_error_set(err, EINVAL, 0, "%s has no policy '%s'",
                                 cpupolicy_source_name(src), name);
    cpupolicy_source_free(src);

    return rc;
}

int ask_apply(const struct guest_question *q, const char *owner,
              struct guest_config *g, cpupolicy_error *err)
{
    if ( !q->template )
        return 0;

    return guest_apply_leaves(g, q->template, owner, err) ?:
           guest_apply_msrs(g, q->template, owner, err);
}

int ask_to_template(const struct guest_config *g, struct cpu_template *out,
                    cpupolicy_error *err)
{
    char vendor[13];

    guest_vendor(g, vendor);

    return guest_to_template(g, !strcmp(vendor, "AuthenticAMD"), out, err);
}

int guest_ask(const struct guest_question *q, struct cpu_template *out,
              cpupolicy_error *err)
{
    bool kvm = !strcmp(q->from, "kvm");
    bool live = !strcmp(q->from, "xen") || !strcmp(q->from, "native");
    struct guest_config g = { 0 };
    int rc;

    if ( q->template && q->template->arch == TEMPLATE_AARCH64 &&
         (kvm || live) )
        return cpupolicy_error_set(err, EINVAL, 0,
                                   "the template is for aarch64");

    if ( !kvm && !live && !q->subject )
        return ask_file(q, out, err);

    if ( q->subject && !strncmp(q->subject, "dom:", 4) )
        rc = strcmp(q->from, "xen")
            ? cpupolicy_error_set(err, EINVAL, 0, "only Xen has domains")
            : ask_domain(q, &g, err);
    else if ( kvm && q->subject )
        rc = cpupolicy_error_set(err, EINVAL, 0,
                                 "KVM has no policy '%s' to ask for",
                                 q->subject);
    else
        rc = kvm ? ask_kvm(q, &g, err) : ask_policy(q, &g, err);

    if ( !rc && !kvm )
        rc = ask_apply(q, q->from, &g, err);
    if ( !rc )
        rc = ask_to_template(&g, out, err);
    guest_dispose(&g);

    return rc;
}

static int xen_version(char *text, size_t max, cpupolicy_error *err)
{
    struct xen_host_info info;
    struct xen_host *h;
    int rc = xen_host_open(&h, err);

    if ( rc )
        return rc;

    rc = xen_host_info_get(h, &info, err);
    xen_host_close(h);
    if ( !rc )
        snprintf(text, max, "Xen %s", info.version);

    return rc;
}

int guest_ask_version(const char *from, char *text, size_t max,
                      cpupolicy_error *err)
{
    struct kvm_host *h;
    int rc;

    if ( !strcmp(from, "xen") )
        return xen_version(text, max, err);

    if ( !strcmp(from, "native") )
    {
        snprintf(text, max, "embedded core");
        return 0;
    }

    if ( strcmp(from, "kvm") )
        return cpupolicy_error_set(err, EINVAL, 0,
                                   "a file is no hypervisor, and says nothing "
                                   "of this host");

    rc = kvm_host_open(&h, err);
    if ( !rc )
    {
        kvm_host_version(h, text, max);
        kvm_host_close(h);
    }

    return rc;
}

const char *guest_ask_default(void)
{
    return cpupolicy_xen_present() ? "xen" : "kvm";
}
