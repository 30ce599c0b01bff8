/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Random requests to a domain: what is accepted is what the domain has and
 * what its vCPUs read; what is refused changes nothing, and the reason can be
 * had.
 */
#include <check.h>
#include <errno.h>
#include <string.h>

#include <arch/domain.h>
#include <arch/vcpu.h>

#include "domain-host.h"
#include "random.h"

Suite *suite_domain_property(void);

#define NR_ROUNDS 8000
#define ID 1

static struct domain_host host;
static struct x86_domain domains[1];
static struct x86_domain_store store;

static const struct kind_row {
    const char *name;
    uint32_t vendor;
    struct x86_domain_kind kind;
} kinds[] = {
    { "Intel PV", X86_VENDOR_INTEL, { 0 } },
    { "Intel 32-bit PV", X86_VENDOR_INTEL, { .pv32 = true } },
    { "Intel nested", X86_VENDOR_INTEL,
      { .hvm = true, .hap = true, .nested = true, .vpmu = true } },
    { "AMD PV", X86_VENDOR_AMD, { 0 } },
    { "AMD nested", X86_VENDOR_AMD,
      { .hvm = true, .hap = true, .nested = true, .vpmu = true } },
    { "AMD shadow", X86_VENDOR_AMD, { .hvm = true } },
};
#define NR_KINDS (sizeof(kinds) / sizeof(kinds[0]))

static void make_domain(const struct kind_row *row)
{
    const struct x86_domain_config config = {
        .kind = row->kind, .max_vcpus = 1,
    };

    domain_host_make(&host, row->vendor);
    memset(domains, 0, sizeof(domains));
    x86_domain_store_init(&store, domains, 1, &host.policies);
    ck_assert_int_eq(x86_domain_create(&store, ID, &config, NULL), ID);
}

static struct cpu_policy get(void)
{
    struct cpu_policy p;

    ck_assert_int_eq(x86_domain_get(&store, ID, &p), 0);

    return p;
}

/* Some bits of some rows other than they are, more often one than many. */
struct change {
    struct xen_cpu_policy_leaf leaves[4];
    struct xen_cpu_policy_msr msrs[2];
    struct x86_policy_request req;
};

static void change_leaf(struct random *r, struct cpu_policy *want,
                        struct xen_cpu_policy_leaf *out)
{
    unsigned int slot = random_below(r, X86_NR_SLOTS);
    uint32_t *word = &want->word[slot * 4 + random_below(r, 4)];

    if ( random_below(r, 8) )
        *word ^= 1u << random_below(r, 32);
    else
        *word = random_register(r);
    *out = (struct xen_cpu_policy_leaf){
        x86_slot_descs[slot].leaf, x86_slot_descs[slot].subleaf,
        want->leaf[slot].a, want->leaf[slot].b, want->leaf[slot].c,
        want->leaf[slot].d,
    };
}

static void make_change(struct random *r, struct cpu_policy *want,
                        struct change *c)
{
    c->req = (struct x86_policy_request){
        .abi = &x86_abi_full, .leaves = c->leaves, .msrs = c->msrs,
        .nr_leaves = random_below(r, 4) ? 1 : random_below(r, 5),
        .nr_msrs = random_below(r, 4) ? 0 : random_below(r, 3),
    };
    for ( uint32_t i = 0; i < c->req.nr_leaves; i++ )
        change_leaf(r, want, &c->leaves[i]);
    for ( uint32_t i = 0; i < c->req.nr_msrs; i++ )
    {
        unsigned int slot = random_below(r, X86_NR_MSR_SLOTS);

        want->msr[slot] ^= (1ULL << random_below(r, 64)) &
                           x86_msr_descs[slot].storage;
        c->msrs[i] = (struct xen_cpu_policy_msr){
            x86_msr_descs[slot].index, 0, want->msr[slot],
        };
    }
    x86_policy_recalc_vendor(want);
}

/* Every register, but bits that follow the vCPU or its place. */
static bool vcpu_reads(const struct cpu_policy *p, bool hvm)
{
    const struct x86_vcpu v = {
        .hvm = hvm, .hap = true, .long_mode = true, .kernel = true,
        .apic_base = 1u << 11,
    };
    enum x86_layout layout = x86_vendor_layout(p->vendor);

    for ( unsigned int slot = 0; slot < X86_NR_SLOTS; slot++ )
    {
        const struct x86_slot_desc *s = &x86_slot_descs[slot];
        uint32_t live[4], bad = 0;
        struct x86_regs r;

        if ( (s->leaf & 0xffff0000) == X86_HV_LEAF )
            continue;
        for ( unsigned int i = 0; i < 4; i++ )
            live[i] =
                x86_kind_words[layout][X86_KIND_DYNAMIC][slot * 4 + i] |
                x86_kind_words[layout][X86_KIND_TOPOLOGY][slot * 4 + i];
        x86_vcpu_cpuid(p, &v, s->leaf, s->subleaf, &r);
        bad |= (r.a ^ p->leaf[slot].a) & ~live[0];
        bad |= (r.b ^ p->leaf[slot].b) & ~live[1];
        bad |= (r.c ^ p->leaf[slot].c) & ~live[2];
        bad |= (r.d ^ p->leaf[slot].d) & ~live[3];
        /* Version 3 is the highest that is handled, wherever it is. */
        if ( bad && s->leaf != 0xa )
            return false;
    }

    return true;
}

static void count(void *ctx, const struct x86_violation *v)
{
    (void)v;
    ++*(unsigned int *)ctx;
}

START_TEST(set_at_random_is_all_or_nothing)
{
    const struct kind_row *row = &kinds[_i];
    struct random r = random_start();
    unsigned long nr_accepted = 0;

    make_domain(row);
    for ( unsigned int round = 0; round < NR_ROUNDS; round++ )
    {
        struct cpu_policy was = get(), want = was, now;
        unsigned int nr = 0;
        const struct x86_audit_sink sink = { count, &nr };
        struct x86_policy_error err;
        struct change c;
        int audit, rc;

        make_change(&r, &want, &c);
        audit = x86_domain_audit(&store, ID, &c.req, &sink, &err);
        rc = x86_domain_set(&store, ID, &c.req, &err);
        now = get();
        ck_assert_msg(rc == audit, "%s, seed %#lx, round %u: %d, audit %d",
                      row->name, r.seed, round, rc, audit);
        ck_assert_msg(!memcmp(&now, rc ? &was : &want, sizeof(now)),
                      "%s, seed %#lx, round %u: %d", row->name, r.seed,
                      round, rc);
        if ( rc )
        {
            ck_assert_int_eq(rc, -EINVAL);
            ck_assert_uint_gt(nr, 0);
            continue;
        }
        ck_assert_uint_eq(nr, 0);
        nr_accepted++;
        ck_assert_msg(vcpu_reads(&now, row->kind.hvm),
                      "%s, seed %#lx, round %u: vCPUs read another",
                      row->name, r.seed, round);
        /* Begin again before little is left to take away. */
        if ( nr_accepted % 200 == 0 )
            make_domain(row);
    }
    ck_assert_msg(nr_accepted > NR_ROUNDS / 1000, "%s: only %lu accepted",
                  row->name, nr_accepted);
}
END_TEST

Suite *suite_domain_property(void)
{
    Suite *s = suite_create("domain_property");
    TCase *tc = tcase_create("random");

    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, set_at_random_is_all_or_nothing, 0, NR_KINDS);
    suite_add_tcase(s, tc);

    return s;
}
