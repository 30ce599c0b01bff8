/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A million mutations set on domains by hypercall, on hosts of all kinds:
 * what is accepted is got back bit for bit and is what vCPUs read; what is
 * refused changes nothing, and the audit says why.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arch/hypercall.h>
#include <arch/vcpu.h>
#include <public/domctl.h>

#include "policy-random.h"
#include "quick.h"

Suite *suite_domain_property(void);

#define NR_MUTATIONS random_share(1000000u)
#define NR_PER_DOMAIN 16u

static struct x86_domain domains[1];
static struct x86_domain_store store;
static struct x86_policies policies;

/* ---- the caller ------------------------------------------------------- */

static int copy_from(void *ctx, void *to, uint64_t from, size_t size)
{
    (void)ctx;
    memcpy(to, (const void *)(uintptr_t)from, size);

    return 0;
}

static int copy_to(void *ctx, uint64_t to, const void *from, size_t size)
{
    (void)ctx;
    memcpy((void *)(uintptr_t)to, from, size);

    return 0;
}

static int domctl(uint32_t cmd, uint32_t id, struct xen_ctl_domctl *op)
{
    static const struct x86_platform platform = {
        .hvm = true, .hap = true, .vpmu = true,
    };
    static const struct x86_hypervisor hv = {
        .store = &store, .platform = &platform,
    };
    static struct x86_hypercall_scratch scratch;
    static const struct x86_caller caller = {
        .copy_from = copy_from, .copy_to = copy_to, .privileged = true,
        .scratch = &scratch,
    };

    op->cmd = cmd;
    op->interface_version = XEN_CTL_DOMCTL_VERSION_FULL;
    op->domain = id;

    return x86_hypercall_domctl(&hv, &caller, (uintptr_t)op);
}

/* A policy as it travels. */
struct list {
    struct xen_cpu_policy_leaf leaves[X86_NR_SLOTS];
    struct xen_cpu_policy_msr msrs[X86_NR_MSR_SLOTS];
    uint32_t nr_leaves, nr_msrs;
};

/*
 * All of a policy; or, as a toolstack sends that changes what it has got, what
 * differs from `was`.
 */
static void list_policy(const struct cpu_policy *p,
                        const struct cpu_policy *was, struct list *out)
{
    out->nr_leaves = out->nr_msrs = 0;
    for ( unsigned int i = 0; i < X86_NR_SLOTS; i++ )
    {
        const struct x86_regs *l = &p->leaf[i];

        if ( !was || memcmp(l, &was->leaf[i], sizeof(*l)) )
            out->leaves[out->nr_leaves++] = (struct xen_cpu_policy_leaf){
                x86_slot_descs[i].leaf, x86_slot_descs[i].subleaf,
                l->a, l->b, l->c, l->d,
            };
    }
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        if ( !was || p->msr[i] != was->msr[i] )
            out->msrs[out->nr_msrs++] = (struct xen_cpu_policy_msr){
                x86_msr_descs[i].index, 0, p->msr[i],
            };
}

static void get(uint32_t id, struct cpu_policy *out)
{
    struct list l;
    struct xen_ctl_domctl op = { .u.policy = {
        X86_NR_SLOTS, X86_NR_MSR_SLOTS, (uintptr_t)l.leaves,
        (uintptr_t)l.msrs, 0, 0, 0,
    } };

    memset(out, 0, sizeof(*out));
    if ( domctl(XEN_CTL_DOMCTL_GET_CPU_POLICY, id, &op) ||
         x86_policy_from_leaves(out, &x86_abi_full, l.leaves,
                                op.u.policy.nr_leaves, NULL) ||
         x86_policy_from_msrs(out, &x86_abi_full, l.msrs,
                              op.u.policy.nr_msrs, NULL) )
        ck_abort_msg("a domain whose policy cannot be got");
}

static int set(uint32_t id, const struct list *l)
{
    struct xen_ctl_domctl op = { .u.policy = {
        l->nr_leaves, l->nr_msrs, (uintptr_t)l->leaves, (uintptr_t)l->msrs,
        0, 0, 0,
    } };

    return domctl(XEN_CTL_DOMCTL_SET_CPU_POLICY, id, &op);
}

/* Negative, or how many violations there are. */
static int audit(uint32_t id, const struct list *l)
{
    struct xen_ctl_domctl op = { .u.audit = {
        .nr_leaves = l->nr_leaves, .nr_msrs = l->nr_msrs,
        .leaves = (uintptr_t)l->leaves, .msrs = (uintptr_t)l->msrs,
    } };
    int rc = domctl(XEN_CTL_DOMCTL_AUDIT_CPU_POLICY, id, &op);

    return rc ?: (int)op.u.audit.nr_violations;
}

/* ---- what vCPUs read -------------------------------------------------- */

/*
 * What a leaf reads as, where a vCPU's state does not come into it.  There is
 * one rule: PMUs are Intel's, and handled up to version 3.
 */
static struct x86_regs expected(const struct cpu_policy *p, unsigned int slot)
{
    struct x86_regs r = p->leaf[slot];

    if ( slot != X86_SLOT_A )
        return r;
    if ( p->vendor != X86_VENDOR_INTEL )
        return (struct x86_regs){ 0 };
    if ( (r.a & 0xff) > 3 )
        r.a = (r.a & ~0xffu) | 3;

    return r;
}

static const char *bad_leaf(const struct cpu_policy *p,
                            const struct x86_vcpu *v, unsigned int slot)
{
    static char place[64];
    const struct x86_slot_desc *s = &x86_slot_descs[slot];
    const struct x86_regs want = expected(p, slot);
    enum x86_layout layout = x86_vendor_layout(p->vendor);
    const uint32_t *dynamic =
        &x86_kind_words[layout][X86_KIND_DYNAMIC][slot * 4];
    const uint32_t *topology =
        &x86_kind_words[layout][X86_KIND_TOPOLOGY][slot * 4];
    struct x86_regs r;

    x86_vcpu_cpuid(p, v, s->leaf, s->subleaf, &r);
    if ( !(((r.a ^ want.a) & ~(dynamic[0] | topology[0])) |
           ((r.b ^ want.b) & ~(dynamic[1] | topology[1])) |
           ((r.c ^ want.c) & ~(dynamic[2] | topology[2])) |
           ((r.d ^ want.d) & ~(dynamic[3] | topology[3]))) )
        return NULL;

    snprintf(place, sizeof(place), "leaf %#x subleaf %#x", s->leaf,
             s->subleaf);

    return place;
}

/* A feature MSR that is not there reads as nothing; else as in the policy. */
static const char *bad_msr(const struct cpu_policy *p,
                           const struct x86_vcpu *v, unsigned int slot)
{
    static char place[64];
    uint64_t value = ~p->msr[slot];
    enum x86_msr_answer answer =
        x86_vcpu_rdmsr(p, v, x86_msr_descs[slot].index, &value);

    if ( answer == X86_MSR_FAULT ||
         (answer == X86_MSR_VALUE && value == p->msr[slot]) )
        return NULL;

    snprintf(place, sizeof(place), "MSR %#x", x86_msr_descs[slot].index);

    return place;
}

/* NULL: vCPUs read the policy; else the first place where they do not. */
static const char *misread(const struct cpu_policy *p, bool hvm)
{
    const struct x86_vcpu v = {
        .hvm = hvm, .hap = true, .long_mode = true, .kernel = true,
        .apic_base = 1u << 11,
    };
    const char *bad = NULL;

    for ( unsigned int i = 0; i < X86_NR_SLOTS && !bad; i++ )
        if ( (x86_slot_descs[i].leaf & 0xffff0000) != X86_HV_LEAF )
            bad = bad_leaf(p, &v, i);
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS && !bad; i++ )
        bad = bad_msr(p, &v, i);

    return bad;
}

/* What a domain has after this request: the host's, where it is the CPU's. */
static struct cpu_policy as_set(const struct cpu_policy *want,
                                const struct audit_host *h)
{
    struct cpu_policy p = *want;

    x86_policy_take_own(&p, &h->limit);

    return p;
}

/* ---- the property ----------------------------------------------------- */

static struct state {
    struct random rnd;
    const struct audit_host *host;
    unsigned int round, accepted, refused;
    uint32_t id;
    struct cpu_policy has;      /* the domain, by what was got */
} now;

#define holds(condition, what, ...) \
    quick_assert_msg(condition, "%s, %s, seed %#lx, round %u: " what, \
                     now.host->name, audit_kind_name(&now.host->kind), \
                     now.rnd.seed, now.round, ## __VA_ARGS__)

/* A domain of the host's kind, with a request that is acceptable there. */
static void start_domain(void)
{
    const struct audit_host *h = now.host = policy_random_host();
    struct x86_domain_config config = { .kind = h->kind, .max_vcpus = 1 };
    struct cpu_policy want;
    struct list l;
    int rc;

    policies.policy[X86_POLICY_PV_MAX] = h->max;
    policies.policy[X86_POLICY_HVM_MAX] = h->max;
    policies.policy[X86_POLICY_PV_DEFAULT] = h->def;
    policies.policy[X86_POLICY_HVM_DEFAULT] = h->def;
    rc = x86_domain_create(&store, X86_DOMID_ANY, &config, NULL);
    holds(rc > 0, "create: %d", rc);
    now.id = rc;
    get(now.id, &now.has);
    holds(!memcmp(&now.has, &h->def, sizeof(h->def)), "not the default");

    policy_random_request(h, &want);
    list_policy(&want, NULL, &l);
    rc = set(now.id, &l);
    get(now.id, &now.has);
    want = as_set(&want, h);
    holds(!rc && !memcmp(&now.has, &want, sizeof(want)),
          "unmutated: %d, or another", rc);
}

/* A domain that runs is as it was built, and so are its vCPUs. */
static void end_domain(void)
{
    struct xen_ctl_domctl op = { 0 };
    struct x86_domain *d;
    struct cpu_policy is;
    struct list l;
    const char *bad;

    holds(!domctl(XEN_CTL_DOMCTL_UNPAUSE_DOMAIN, now.id, &op), "unpause");
    list_policy(&now.host->def, NULL, &l);
    holds(set(now.id, &l) == -EEXIST, "set while running");
    get(now.id, &is);
    holds(!memcmp(&is, &now.has, sizeof(is)), "changed by running");

    holds(!x86_domain_hold(&store, now.id, &d), "hold");
    bad = memcmp(&d->policy, &is, sizeof(is))
          ? "policy" : misread(&d->policy, now.host->kind.hvm);
    holds(!bad, "vCPUs have another %s", bad);
    x86_domain_release(d);
    holds(!domctl(XEN_CTL_DOMCTL_DESTROY_DOMAIN, now.id, &op), "destroy");
}

static void mutate_domain(void)
{
    struct cpu_policy want = now.has, is;
    const char *bad;
    struct list l;
    int nr, rc;

    for ( unsigned int n = random_below(&now.rnd, 4) ? 1 : 2; n; n-- )
        policy_random_mutate(&want, &now.host->limit);
    list_policy(&want, random_below(&now.rnd, 2) ? &now.has : NULL, &l);
    nr = audit(now.id, &l);
    rc = set(now.id, &l);
    get(now.id, &is);

    /* Too wide for an MSR is a mistake of another kind than a violation. */
    holds(rc ? nr && (rc == -EINVAL || rc == nr) : !nr,
          "set %d, audit %d", rc, nr);
    want = as_set(&want, now.host);
    holds(!memcmp(&is, rc ? &now.has : &want, sizeof(is)),
          "set %d, got another", rc);
    if ( rc )
    {
        now.refused++;
        return;
    }
    now.accepted++;
    now.has = is;
    bad = misread(&is, now.host->kind.hvm);
    holds(!bad, "vCPUs have another %s", bad);
}

START_TEST(set_of_mutations_is_all_or_nothing)
{
    unsigned int nr_hosts;

    now = (struct state){ .rnd = random_start() };
    nr_hosts = policy_random_start(&now.rnd);
    x86_domain_store_init(&store, domains, 1, &policies);

    for ( ; now.round < NR_MUTATIONS; now.round++ )
    {
        if ( now.round % NR_PER_DOMAIN == 0 )
            start_domain();
        mutate_domain();
        if ( now.round % NR_PER_DOMAIN == NR_PER_DOMAIN - 1 )
            end_domain();
    }
    policy_random_end();

    printf("domains: seed %#lx, %u kinds of domains, %u mutations accepted, "
           "%u refused\n", now.rnd.seed, nr_hosts, now.accepted,
           now.refused);
    fflush(stdout);

    /* Of both enough that neither is left to chance. */
    ck_assert_uint_ge(now.accepted, NR_MUTATIONS / 10);
    ck_assert_uint_ge(now.refused, NR_MUTATIONS / 2);
}
END_TEST

Suite *suite_domain_property(void)
{
    Suite *s = suite_create("domain_property");
    TCase *tc = tcase_create("random");

    tcase_set_timeout(tc, 600);
    tcase_add_test(tc, set_of_mutations_is_all_or_nothing);
    suite_add_tcase(s, tc);

    return s;
}
