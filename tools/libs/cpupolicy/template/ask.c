/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asking for a guest's CPU configuration. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask-private.h"
#include "guest/guest.h"
#include "policy/policy.h"
#include "source/kvm.h"
#include "source/sources.h"
#include "source/xen.h"

/* Rows of a policy, which are then gone, as a guest's. */
static int from_rows(struct dump_cpu *rows, int rc, struct dump_cpu *out,
                     cpupolicy_error *err)
{
    rc = rc ?: guest_from_dump(rows, out, err);
    dump_dispose_cpu(rows);

    return rc;
}

static int ask_domain(const struct guest_question *q, struct dump_cpu *out,
                      cpupolicy_error *err)
{
    const char *number = q->subject + strlen("dom:");
    char *end;
    unsigned long domid = strtoul(number, &end, 10);
    struct dump_cpu cpu = { 0 };
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
        rc = dump_cpu_from_abi(rows->leaves, rows->nr_leaves, rows->msrs,
                               rows->nr_msrs, &cpu, err);
    free(rows);

    return from_rows(&cpu, rc, out, err);
}

/* A policy by name, from anything that policies can be derived from. */
static int ask_policy(const struct guest_question *q, struct dump_cpu *out,
                      cpupolicy_error *err)
{
    const char *name = q->subject ?: "hvm-default";
    int which = cpupolicy_which_find(name), rc;
    struct dump_cpu cpu = { 0 };
    const cpupolicy *p;
    cpupolicy_source *src;

    if ( which < 0 )
        return cpupolicy_error_set(err, EINVAL, 0,
                                   "no policy is called '%s'", name);

    rc = cpupolicy_source_open(&src, q->from, NULL, err);
    if ( rc )
        return rc;

    p = cpupolicy_source_policy(src, which);
    rc = p ? from_rows(&cpu, policy_to_dump_cpu(&p->policy, &cpu, err), out,
                       err)
           : cpupolicy_error_set(err, EINVAL, 0, "%s has no policy '%s'",
                                 cpupolicy_source_name(src), name);
    cpupolicy_source_free(src);

    return rc;
}

/* Write the question's template, if there is one, over an answer. */
static int apply(const struct guest_question *q, const char *owner,
                 struct dump_cpu *g, cpupolicy_error *err)
{
    if ( !q->template )
        return 0;

    return template_apply_leaves(g, q->template, owner, err) ?:
           template_apply_msrs(g, q->template, owner, err);
}

static int to_template(const struct dump_cpu *g, struct cpu_template *out,
                       cpupolicy_error *err)
{
    char vendor[13];

    guest_vendor(g, vendor);

    return template_from_guest(g, !strcmp(vendor, "AuthenticAMD"), out, err);
}

/* Of a file a template is the answer as it stands, if none is asked for. */
static int answer_of_file(const struct guest_question *q,
                          struct cpu_template *out, cpupolicy_error *err)
{
    struct file_answer a = { .is_template = false };
    int rc = ask_file(q, &a, err);

    if ( rc )
        return rc;

    if ( a.is_template )
    {
        *out = a.template;
        return 0;
    }

    rc = apply(q, "the file", &a.rows, err) ?: to_template(&a.rows, out, err);
    dump_dispose_cpu(&a.rows);

    return rc;
}

static int ask_live(const struct guest_question *q, bool kvm,
                    struct dump_cpu *g, cpupolicy_error *err)
{
    if ( q->subject && !strncmp(q->subject, "dom:", 4) )
        return !(source_kind_find(q->from)->can & SOURCE_KEEPS_DOMAINS)
            ? cpupolicy_error_set(err, EINVAL, 0, "only Xen has domains")
            : ask_domain(q, g, err);

    if ( kvm && q->subject )
        return cpupolicy_error_set(err, EINVAL, 0,
                                   "KVM has no policy '%s' to ask for",
                                   q->subject);

    return kvm ? ask_kvm(q, g, err) : ask_policy(q, g, err);
}

int guest_ask(const struct guest_question *q, struct cpu_template *out,
              cpupolicy_error *err)
{
    unsigned int can = source_kind_find(q->from)->can;
    bool kvm = can & SOURCE_CONFIGURES, live = can & SOURCE_LIVE;
    struct dump_cpu g = { 0 };
    int rc;

    if ( q->template && q->template->arch == TEMPLATE_AARCH64 && live )
        return cpupolicy_error_set(err, EINVAL, 0,
                                   "the template is for aarch64");

    if ( !live && !q->subject )
        return answer_of_file(q, out, err);

    rc = ask_live(q, kvm, &g, err);
    if ( !rc && !kvm )
        rc = apply(q, q->from, &g, err);
    if ( !rc )
        rc = to_template(&g, out, err);
    dump_dispose_cpu(&g);

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
