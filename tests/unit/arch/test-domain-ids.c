/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The APIC ids of a domain: from its policy, for its vCPUs and IO-APIC. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "domain-store.h"

Suite *suite_domain_ids(void);

#define NR(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))
#define ID 1

static void create(bool hvm, uint32_t nr_vcpus)
{
    const struct x86_domain_config config = {
        .kind = { .hvm = hvm, .hap = hvm }, .max_vcpus = nr_vcpus,
    };

    ck_assert_int_eq(x86_domain_create(&store, ID, &config, NULL), ID);
}

/* The policy that the domain has, as a whole request. */
static int set(const struct cpu_policy *p)
{
    static struct xen_cpu_policy_leaf leaves[X86_NR_SLOTS];
    static struct xen_cpu_policy_msr msrs[X86_NR_MSR_SLOTS];
    struct x86_policy_request req = {
        .abi = &x86_abi_full, .leaves = leaves, .msrs = msrs,
        .nr_leaves = X86_NR_SLOTS, .nr_msrs = X86_NR_MSR_SLOTS,
    };

    ck_assert_int_eq(x86_policy_to_leaves(p, req.abi, leaves,
                                          &req.nr_leaves), 0);
    ck_assert_int_eq(x86_policy_to_msrs(p, req.abi, msrs, &req.nr_msrs), 0);

    return x86_domain_set(&store, ID, &req, &scratch);
}

static struct cpu_policy with_topology(uint32_t threads, uint32_t cores,
                                       bool x2apic)
{
    const struct x86_topology t = {
        .threads_per_core = threads, .cores_per_module = cores,
        .modules_per_die = 1, .dies_per_package = 1, .packages = 1,
    };
    struct cpu_policy p;

    ck_assert_int_eq(x86_domain_get(&store, ID, &p), 0);
    if ( threads || cores )
        ck_assert_int_eq(x86_topology_apply(&t, &p), 0);
    if ( !x2apic )
        p.leaf[X86_SLOT_1].c &= ~(1u << (X86_FEATURE_X2APIC % 32));

    return p;
}

static struct x86_domain_info info(void)
{
    struct x86_domain_info out;

    ck_assert_int_eq(x86_domain_info(&store, ID, &out), 0);

    return out;
}

static int ids_of(uint32_t vcpu, struct x86_topology_ids *ids)
{
    const struct x86_domain_config config = info().config;
    struct cpu_policy p;

    ck_assert_int_eq(x86_domain_get(&store, ID, &p), 0);

    return x86_domain_ids(&p, &config, vcpu, ids);
}

static uint32_t id_of(uint32_t vcpu)
{
    struct x86_topology_ids ids;

    ck_assert_int_eq(ids_of(vcpu, &ids), 0);

    return ids.x2apic_id;
}

static int ioapic(void)
{
    const struct x86_domain_config config = info().config;
    struct cpu_policy p;
    uint8_t id;
    int rc;

    ck_assert_int_eq(x86_domain_get(&store, ID, &p), 0);
    rc = x86_domain_ioapic_id(&p, &config, &id);

    return rc ? rc : id;
}

START_TEST(vcpu_ids_follow_the_topology_of_the_policy)
{
    struct cpu_policy p;

    make_store(_i ? X86_VENDOR_AMD : X86_VENDOR_INTEL);
    create(true, 12);

    /* A policy without levels, as Xen's are: twice the number. */
    ck_assert_uint_eq(id_of(0), 0);
    ck_assert_uint_eq(id_of(11), 22);
    ck_assert_int_eq(ioapic(), 1);

    /* Two packages of two cores of three threads: ids of 1 + 2 bits. */
    p = with_topology(3, 2, true);
    ck_assert_int_eq(set(&p), 0);
    ck_assert_uint_eq(id_of(2), 2);
    ck_assert_uint_eq(id_of(3), 4);
    ck_assert_uint_eq(id_of(6), 8);
    ck_assert_uint_eq(id_of(11), 14);
    ck_assert_int_eq(ioapic(), 15);
}
END_TEST

START_TEST(vcpu_init_gives_what_the_vcpu_reads)
{
    const struct x86_vcpu untouched = { .cr4 = 0x5a };
    struct x86_vcpu v = untouched;
    struct x86_domain *d;
    struct cpu_policy p;
    struct x86_regs r;
    uint64_t value = 0;

    make_store(X86_VENDOR_AMD);
    create(true, 8);
    p = with_topology(2, 4, true);
    ck_assert_int_eq(set(&p), 0);
    ck_assert_int_eq(x86_domain_unpause(&store, ID), 0);
    ck_assert_int_eq(x86_domain_hold(&store, ID, &d), 0);

    ck_assert_int_eq(x86_domain_vcpu_init(d, 8, &v), -ERANGE);
    ck_assert(!memcmp(&v, &untouched, sizeof(v)));

    ck_assert_int_eq(x86_domain_vcpu_init(d, 5, &v), 0);
    ck_assert(v.hvm && v.hap && !v.cr4);
    x86_vcpu_cpuid(&d->policy, &v, 1, 0, &r);
    ck_assert_uint_eq(r.b >> 24, 5);
    x86_vcpu_cpuid(&d->policy, &v, 0xb, 1, &r);
    ck_assert_uint_eq(r.d, 5);
    ck_assert_uint_eq(r.b, 8);              /* threads, not cores */
    x86_vcpu_cpuid(&d->policy, &v, 0x8000001e, 0, &r);
    ck_assert_uint_eq(r.a, 5);
    ck_assert_uint_eq(r.b, 0x102);          /* core 2, of two threads */

    /* SDM vol 3, x2APIC: the MSR is there in that mode only. */
    v.apic_base = 0xfee00800;
    ck_assert_int_eq(x86_vcpu_rdmsr(&d->policy, &v, 0x802, &value),
                     X86_MSR_FAULT);
    v.apic_base = 0xfee00c00;
    ck_assert_int_eq(x86_vcpu_rdmsr(&d->policy, &v, 0x802, &value),
                     X86_MSR_VALUE);
    ck_assert_uint_eq(value, 5);
    p = d->policy;
    p.leaf[X86_SLOT_1].c &= ~(1u << (X86_FEATURE_X2APIC % 32));
    ck_assert_int_eq(x86_vcpu_rdmsr(&p, &v, 0x802, &value), X86_MSR_FAULT);
    v.hvm = false;
    ck_assert_int_eq(x86_vcpu_rdmsr(&d->policy, &v, 0x802, &value),
                     X86_MSR_FAULT);
    x86_domain_release(d);
}
END_TEST

/* Without levels, too: each vCPU is another core for leaf 0x8000001e. */
START_TEST(core_id_follows_the_vcpu_without_levels)
{
    const struct x86_topology_map map = {
        .count = { X86_APIC_IDS_DOUBLED, 1, 4, 1, 1, 1 },
        .shift = { 0, 3, 3, 3 }, .nodes_per_package = 1,
        .source = X86_TOPOLOGY_LEGACY,
    };
    struct x86_topology_ids ids;

    for ( uint32_t v = 0; v < 4; v++ )
    {
        ck_assert_int_eq(x86_topology_ids(&map, v, &ids), 0);
        ck_assert_uint_eq(ids.core_id, 2 * v);
        ck_assert_uint_eq(ids.package, 0);
    }
    ck_assert_int_eq(x86_topology_ids(&map, 4, &ids), 0);
    ck_assert_uint_eq(ids.core_id, 0);
    ck_assert_uint_eq(ids.package, 1);
}
END_TEST

START_TEST(pv_guest_reads_no_id_in_leaf_1)
{
    struct x86_topology_ids ids;

    make_store(X86_VENDOR_INTEL);
    create(false, 4);
    ck_assert_int_eq(ids_of(3, &ids), 0);
    ck_assert_uint_eq(ids.apic_id, 0);
    ck_assert_uint_eq(ids.x2apic_id, 6);
    ck_assert_int_eq(ioapic(), -ENOENT);
}
END_TEST

START_TEST(ids_of_no_vcpu_erange)
{
    struct x86_topology_ids ids = { .core_id = 0x5a }, was = ids;

    make_store(X86_VENDOR_INTEL);
    create(true, 4);
    ck_assert_int_eq(ids_of(4, &ids), -ERANGE);
    ck_assert(!memcmp(&ids, &was, sizeof(ids)));
}
END_TEST

static const struct room_row {
    const char *name;
    uint32_t nr_vcpus, threads, cores;      /* 0, 0: no levels */
    bool x2apic;
    int rc;
} rooms[] = {
    { "255 ids of 8 bits", 255, 1, 255, false, 0 },
    { "the broadcast is none", 256, 1, 256, false, -ERANGE },
    { "gaps up to 254", 192, 3, 64, false, 0 },
    { "gaps beyond", 193, 3, 65, false, -ERANGE },
    { "twice 127", 128, 0, 0, false, 0 },
    { "twice 128", 129, 0, 0, false, -ERANGE },
    { "with x2APIC", 256, 1, 256, true, 0 },
    { "twice 8191", 8192, 0, 0, true, 0 },
};

/* At the set, if there is one; at the latest when the vCPUs come. */
START_TEST(more_vcpus_than_ids_erange)
{
    const struct room_row *row = &rooms[_i];
    struct cpu_policy p, was;
    int rc;

    make_store(X86_VENDOR_INTEL);
    create(true, row->nr_vcpus);
    ck_assert_int_eq(x86_domain_get(&store, ID, &was), 0);
    p = with_topology(row->threads, row->cores, row->x2apic);
    rc = set(&p);
    ck_assert_msg(rc == row->rc, "%s: %d", row->name, rc);
    if ( rc )
    {
        ck_assert_int_eq(x86_domain_get(&store, ID, &p), 0);
        ck_assert_msg(!memcmp(&p, &was, sizeof(p)), "%s: set", row->name);
    }
    ck_assert_int_eq(x86_domain_ids_fit(&p, row->nr_vcpus), 0);
    ck_assert_int_eq(x86_domain_add_vcpus(&store, ID, row->nr_vcpus), 0);
    ck_assert_int_eq(x86_domain_unpause(&store, ID), 0);
}
END_TEST

/* A default that nobody has set may have too few as well. */
START_TEST(vcpus_without_ids_are_not_allocated_nor_run)
{
    make_store(X86_VENDOR_INTEL);
    host.policies.policy[X86_POLICY_HVM_DEFAULT].leaf[X86_SLOT_1].c &=
        ~(1u << (X86_FEATURE_X2APIC % 32));
    create(true, 200);
    ck_assert_int_eq(x86_domain_add_vcpus(&store, ID, 200), -ERANGE);
    ck_assert_int_eq(x86_domain_unpause(&store, ID), -ERANGE);
    ck_assert(!info().finished && !info().nr_vcpus &&
              info().nr_pauses == 1);
}
END_TEST

START_TEST(set_with_vcpus_keeps_their_ids_ebusy)
{
    struct cpu_policy p, was;

    make_store(X86_VENDOR_INTEL);
    create(true, 4);
    p = with_topology(1, 4, true);
    ck_assert_int_eq(set(&p), 0);
    ck_assert_int_eq(x86_domain_add_vcpus(&store, ID, 4), 0);

    was = p;
    p = with_topology(2, 2, true);
    ck_assert_int_eq(set(&p), -EBUSY);
    ck_assert_int_eq(x86_domain_get(&store, ID, &p), 0);
    ck_assert(!memcmp(&p, &was, sizeof(p)));

    /* Anything else can be set as before. */
    p.leaf[X86_SLOT_1].c &= ~(1u << (X86_FEATURE_SSE3 % 32));
    x86_policy_repair(&p, &domains[ID % NR_DOMAINS].limit,
                      &domains[ID % NR_DOMAINS].info.config.kind);
    ck_assert_int_eq(set(&p), 0);
}
END_TEST

Suite *suite_domain_ids(void)
{
    Suite *s = suite_create("domain_ids");
    TCase *t = tcase_create("ids");

    tcase_add_loop_test(t, vcpu_ids_follow_the_topology_of_the_policy, 0, 2);
    tcase_add_test(t, vcpu_init_gives_what_the_vcpu_reads);
    tcase_add_test(t, core_id_follows_the_vcpu_without_levels);
    tcase_add_test(t, pv_guest_reads_no_id_in_leaf_1);
    tcase_add_test(t, ids_of_no_vcpu_erange);
    suite_add_tcase(s, t);

    t = tcase_create("room");
    tcase_add_loop_test(t, more_vcpus_than_ids_erange, 0, NR(rooms));
    tcase_add_test(t, vcpus_without_ids_are_not_allocated_nor_run);
    tcase_add_test(t, set_with_vcpus_keeps_their_ids_ebusy);
    suite_add_tcase(s, t);

    return s;
}
