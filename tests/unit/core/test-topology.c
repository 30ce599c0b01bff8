/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Topologies: bounds, APIC ids, and every leaf that tells of them. */
#include <check.h>
#include <errno.h>

#include <xen/lib/x86/topology-vcpu.h>

#include "topology-base.h"

Suite *suite_topology(void);

/* ---- bounds ----------------------------------------------------------- */

static const struct check_row {
    const char *name;
    struct x86_topology topo;
    int rc;
} checks[] = {
    { "one of each", TOPO(1, 1, 1, 1, 1), 0 },
    { "no threads", TOPO(0, 1, 1, 1, 1), -EINVAL },
    { "no cores", TOPO(1, 0, 1, 1, 1), -EINVAL },
    { "no modules", TOPO(1, 1, 0, 1, 1), -EINVAL },
    { "no dies", TOPO(1, 1, 1, 0, 1), -EINVAL },
    { "no packages", TOPO(1, 1, 1, 1, 0), -EINVAL },
    { "nothing", TOPO(0, 0, 0, 0, 0), -EINVAL },
    { "most threads", TOPO(65535, 1, 1, 1, 1), 0 },
    { "one thread more", TOPO(65536, 1, 1, 1, 1), -EINVAL },
    { "most dies", TOPO(1, 1, 1, 65535, 1), 0 },
    { "one die more", TOPO(1, 1, 1, 65536, 1), -EINVAL },
    { "product at the bound", TOPO(3, 5, 17, 257, 1), 0 },
    { "product past the bound", TOPO(2, 128, 16, 16, 1), -EINVAL },
    { "product that wraps to 0", TOPO(65536, 65536, 1, 1, 1), -EINVAL },
    { "product that wraps to 1", TOPO(0xffffffff, 0xffffffff, 1, 1, 1),
      -EINVAL },
    { "ids below the broadcast", TOPO(1, 1, 1, 1, 0xffffffff), 0 },
    { "uneven ids below it", TOPO(3, 1, 1, 1, 0x40000000), 0 },
    { "even ids below it", TOPO(2, 1, 1, 1, 0x7fffffff), 0 },
    { "the broadcast as an id", TOPO(2, 1, 1, 1, 0x80000000), -EOVERFLOW },
    { "ids past 32 bits", TOPO(3, 1, 1, 1, 0x40000001), -EOVERFLOW },
    { "packages of many ids", TOPO(3, 5, 17, 257, 0x100000), -EOVERFLOW },
};

START_TEST(topology_check_of_bounds_as_documented)
{
    const struct check_row *row = &checks[_i];
    struct cpu_policy p = base_policy(INTEL), before = p;
    struct x86_topology_map map, untouched;
    int rc = x86_topology_check(&row->topo);

    ck_assert_msg(rc == row->rc, "%s: rc %d", row->name, rc);

    memset(&map, 0xaa, sizeof(map));
    untouched = map;
    rc = x86_topology_map(&row->topo, &map);
    ck_assert_msg(rc == row->rc, "%s: map: rc %d", row->name, rc);
    ck_assert_msg(!rc || !memcmp(&map, &untouched, sizeof(map)),
                  "%s: map touched", row->name);

    rc = x86_topology_apply(&row->topo, &p);
    ck_assert_msg(rc == row->rc, "%s: apply: rc %d", row->name, rc);
    ck_assert_msg(!rc == !!memcmp(&p, &before, sizeof(p)),
                  "%s: policy touched, or not", row->name);
}
END_TEST

/* ---- APIC ids --------------------------------------------------------- */

/* Threads, cores; the unmerged series of 2024 states these. */
static const struct id_row {
    uint32_t vcpu, threads, cores, id;
} vector_ids[] = {
    { 3, 3, 8, 4 },
    { 6, 3, 8, 8 },
    { 24, 3, 8, 32 },
    { 35, 3, 8, (35 % 3) | ((35 / 3 % 8) << 2) | ((35 / 24) << 5) },
    { 96, 7, 3, (96 % 7) | ((96 / 7 % 3) << 3) | ((96 / 21) << 5) },
};

START_TEST(topology_ids_of_vector_match)
{
    const struct id_row *row = &vector_ids[_i];
    struct x86_topology topo = TOPO(row->threads, row->cores, 1, 1, 1);
    struct x86_topology_map map;
    struct x86_topology_ids ids;

    ck_assert_int_eq(x86_topology_map(&topo, &map), 0);
    ck_assert_int_eq(x86_topology_ids(&map, row->vcpu, &ids), 0);
    ck_assert_msg(ids.x2apic_id == row->id, "%u; %u; %u: id %u", row->vcpu,
                  row->threads, row->cores, ids.x2apic_id);
}
END_TEST

/* As hardware has them: two EPYC 9654, two EPYC 7601 (nodes are dies). */
static const struct machine_row {
    const char *name;
    struct x86_topology topo;
    uint32_t vcpu, x2apic_id;
    uint8_t apic_id, core_id, node_id;
} machines[] = {
    { "9654, first", TOPO(2, 8, 1, 12, 2), 0, 0, 0, 0, 0 },
    { "9654, thread 1", TOPO(2, 8, 1, 12, 2), 1, 1, 1, 0, 0 },
    { "9654, die 8, core 1", TOPO(2, 8, 1, 12, 2), 130, 0x82, 0x82, 0x41, 0 },
    { "9654, socket 1, core 4", TOPO(2, 8, 1, 12, 2), 200, 0x108, 8, 4, 1 },
    { "9654, last", TOPO(2, 8, 1, 12, 2), 383, 0x1bf, 0xbf, 0x5f, 1 },
    { "7601, die 2, core 1", TOPO(2, 4, 2, 4, 2), 34, 0x22, 0x22, 0x11, 2 },
    { "7601, socket 1, die 1", TOPO(2, 4, 2, 4, 2), 80, 0x50, 0x50, 8, 5 },
};

START_TEST(topology_ids_of_machine_match_hardware)
{
    const struct machine_row *row = &machines[_i];
    struct x86_topology_map map;
    struct x86_topology_ids ids;

    ck_assert_int_eq(x86_topology_map(&row->topo, &map), 0);
    ck_assert_int_eq(x86_topology_ids(&map, row->vcpu, &ids), 0);
    ck_assert_msg(ids.x2apic_id == row->x2apic_id, "%s: x2APIC id %#x",
                  row->name, ids.x2apic_id);
    ck_assert_msg(ids.apic_id == row->apic_id, "%s: id %#x", row->name,
                  ids.apic_id);
    ck_assert_msg(ids.core_id == row->core_id, "%s: core id %#x", row->name,
                  ids.core_id);
    ck_assert_msg(ids.node_id == row->node_id, "%s: node id %u", row->name,
                  ids.node_id);
}
END_TEST

static uint32_t all_threads(const struct x86_topology *t)
{
    return t->threads_per_core * t->cores_per_module * t->modules_per_die *
           t->dies_per_package * t->packages;
}

static uint32_t bits(uint32_t id, unsigned int lo, unsigned int hi)
{
    return (id & ((1ull << hi) - 1)) >> lo;
}

/* Unit numbers, taken out of the id by shifting as guests do. */
static bool places_ok(const struct x86_topology_map *m,
                      const struct x86_topology_ids *n, uint32_t vcpu)
{
    uint32_t id = n->x2apic_id;

    return n->apic_id == (id & 0xff) &&
        bits(id, 0, m->shift.core) == n->thread &&
        bits(id, m->shift.core, m->shift.module) == n->core &&
        bits(id, m->shift.module, m->shift.die) == n->module &&
        bits(id, m->shift.die, m->shift.package) == n->die &&
        bits(id, m->shift.package, 32) == n->package &&
        (((n->package * m->count.dies_per_package + n->die) *
          m->count.modules_per_die + n->module) *
         m->count.cores_per_module + n->core) *
        m->count.threads_per_core + n->thread == vcpu;
}

/* Ascending, hence each but once.  Asserting costs more than computing. */
START_TEST(topology_ids_of_random_topology_unique)
{
    struct random r = random_start();

    for ( unsigned int i = 0; i < 300; i++ )
    {
        struct x86_topology t = random_topology(&r, i < 20 ? 65535 : 1024);
        uint32_t total = all_threads(&t), vcpu, last = 0;
        struct x86_topology_map map;
        struct x86_topology_ids ids;

        ck_assert_int_eq(x86_topology_map(&t, &map), 0);
        for ( vcpu = 0; vcpu < total; vcpu++ )
        {
            if ( x86_topology_ids(&map, vcpu, &ids) ||
                 (vcpu && ids.x2apic_id <= last) ||
                 !places_ok(&map, &ids, vcpu) )
                break;
            last = ids.x2apic_id;
        }
        ck_assert_msg(vcpu == total, "seed %#lx, topology %u: vCPU %u",
                      r.seed, i, vcpu);
        ck_assert_msg(last == x86_topology_max_id(&map),
                      "seed %#lx, topology %u: last %#x", r.seed, i, last);
    }
}
END_TEST

START_TEST(topology_ids_out_of_bits_rejected)
{
    struct x86_topology topo = TOPO(2, 1, 1, 1, 1);
    struct x86_topology_ids ids, untouched;
    struct x86_topology_map map;

    ck_assert_int_eq(x86_topology_map(&topo, &map), 0);
    ck_assert_int_eq(x86_topology_ids(&map, 0xfffffffe, &ids), 0);
    ck_assert_uint_eq(ids.x2apic_id, 0xfffffffe);

    memset(&ids, 0xaa, sizeof(ids));
    untouched = ids;
    ck_assert_int_eq(x86_topology_ids(&map, 0xffffffff, &ids), -ERANGE);
    ck_assert(!memcmp(&ids, &untouched, sizeof(ids)));

    topo.threads_per_core = 3;
    ck_assert_int_eq(x86_topology_map(&topo, &map), 0);
    ck_assert_int_eq(x86_topology_ids(&map, 0xc0000000, &ids), -ERANGE);
    ck_assert(!memcmp(&ids, &untouched, sizeof(ids)));
}
END_TEST

START_TEST(topology_ids_without_levels_are_twice_the_number)
{
    struct cpu_policy p = base_policy(INTEL);
    struct x86_topology_map map;
    struct x86_topology_ids ids;

    ck_assert_int_eq(x86_topology_read(&p, &map), 0);
    ck_assert_int_eq(map.source, X86_TOPOLOGY_LEGACY);

    ck_assert_int_eq(x86_topology_ids(&map, 0, &ids), 0);
    ck_assert_uint_eq(ids.x2apic_id, 0);
    ck_assert_int_eq(x86_topology_ids(&map, 130, &ids), 0);
    ck_assert_uint_eq(ids.x2apic_id, 260);
    ck_assert_uint_eq(ids.apic_id, 4);
    ck_assert_int_eq(x86_topology_ids(&map, 0x7ffffffe, &ids), 0);
    ck_assert_uint_eq(ids.x2apic_id, 0xfffffffc);
    ck_assert_int_eq(x86_topology_ids(&map, 0x7fffffff, &ids), -ERANGE);
}
END_TEST

/* ---- the IO-APIC ------------------------------------------------------ */

static const struct ioapic_row {
    const char *name;
    struct x86_topology topo;
    uint8_t id;
} ioapics[] = {
    { "above four CPUs", TOPO(1, 4, 1, 1, 1), 4 },
    { "above fourteen ids", TOPO(2, 7, 1, 1, 1), 14 },
    { "last 4-bit id", TOPO(1, 15, 1, 1, 1), 15 },
    { "4 bits used up", TOPO(1, 16, 1, 1, 1), 16 },
    { "between uneven cores", TOPO(3, 5, 1, 1, 1), 3 },
    { "between uneven packages", TOPO(1, 5, 1, 1, 4), 5 },
    { "above 128 CPUs", TOPO(2, 64, 1, 1, 1), 128 },
    { "last 8-bit id", TOPO(2, 127, 1, 1, 1), 254 },
    { "254 is taken, 4 bits are full", TOPO(1, 255, 1, 1, 1), 0xf0 },
    { "8 bits used up", TOPO(2, 128, 1, 1, 1), 0xf0 },
    { "8-bit id between packages", TOPO(2, 20, 1, 1, 8), 40 },
    { "uneven and many", TOPO(3, 100, 1, 1, 1), 3 },
};

START_TEST(topology_ioapic_id_of_row_as_documented)
{
    const struct ioapic_row *row = &ioapics[_i];
    struct x86_topology_map map;
    uint8_t id;

    ck_assert_int_eq(x86_topology_map(&row->topo, &map), 0);
    id = x86_topology_ioapic_id(&map);
    ck_assert_msg(id == row->id, "%s: %u", row->name, id);
}
END_TEST

/* Nobody else's, unless there is no id below 255 that is nobody's. */
START_TEST(topology_ioapic_id_of_random_topology_free)
{
    struct random r = random_start();

    for ( unsigned int i = 0; i < 1000; i++ )
    {
        struct x86_topology t = random_topology(&r, 300);
        uint32_t total = all_threads(&t), below = 0;
        struct x86_topology_map map;
        struct x86_topology_ids ids;
        bool taken = false;
        uint8_t id;

        ck_assert_int_eq(x86_topology_map(&t, &map), 0);
        id = x86_topology_ioapic_id(&map);
        for ( uint32_t vcpu = 0; vcpu < total; vcpu++ )
        {
            if ( x86_topology_ids(&map, vcpu, &ids) )
                ck_abort_msg("topology %u: vCPU %u", i, vcpu);
            taken |= ids.x2apic_id == id;
            below += ids.x2apic_id < 255;
        }
        ck_assert_msg(!taken || below == 255,
                      "seed %#lx, topology %u: id %u", r.seed, i, id);
    }
}
END_TEST

/* ---- what one vCPU reads ---------------------------------------------- */

static const struct view_row {
    const char *name;
    enum base base;
    uint32_t leaf, subleaf;
    bool levels;                /* the policy has topology leaves */
    struct x86_regs have, want;
} views[] = {
    { "initial id", INTEL, 1, 0, true,
      { 1, 0x55123456, 3, 4 }, { 1, 0x0b123456, 3, 4 } },
    { "initial id, no levels", AMD, 1, 0, false,
      { 1, 0x55123456, 3, 4 }, { 1, 0x0b123456, 3, 4 } },
    { "0xb", INTEL, 0xb, 1, true,
      { 1, 2, 0x201, 0 }, { 1, 2, 0x201, 0x10b } },
    { "0xb past the last", INTEL, 0xb, 0x102, true,
      { 0 }, { 0, 0, 2, 0x10b } },
    { "0xb without levels", INTEL, 0xb, 1, false, { 0 }, { 0 } },
    { "0x1f", INTEL, 0x1f, 2, true,
      { 1, 2, 0x302, 0 }, { 1, 2, 0x302, 0x10b } },
    { "0x1f past the last", INTEL, 0x1f, 7, true,
      { 0 }, { 0, 0, 7, 0x10b } },
    { "0x1f without levels", INTEL, 0x1f, 1, false, { 0 }, { 0 } },
    { "0x1f on AMD", AMD, 0x1f, 1, true, { 0 }, { 0 } },
    { "0x80000026", AMD, 0x80000026, 3, true,
      { 1, 2, 0x403, 0 }, { 1, 2, 0x403, 0x10b } },
    { "0x80000026 past the last", AMD, 0x80000026, 4, true,
      { 0 }, { 0, 0, 4, 0x10b } },
    { "0x80000026 on Intel", INTEL, 0x80000026, 0, true, { 0 }, { 0 } },
    { "0x8000001e", AMD_TOPOEXT, 0x8000001e, 0, true,
      { 0, 0x100, 0x300, 0 }, { 0x10b, 0x15c, 0x307, 0 } },
    { "0x8000001e without TOPOEXT", AMD, 0x8000001e, 0, false, { 0 }, { 0 } },
    { "other leaf", INTEL, 4, 1, true, { 1, 2, 3, 4 }, { 1, 2, 3, 4 } },
};

START_TEST(topology_vcpu_leaf_of_row_filled_in)
{
    static const struct x86_topology topo = TOPO(2, 3, 2, 2, 9);
    static const struct x86_topology_ids ids = {
        .x2apic_id = 0x10b, .apic_id = 0x0b, .core_id = 0x5c, .node_id = 7,
    };
    const struct view_row *row = &views[_i];
    struct cpu_policy p = base_policy(row->base);
    struct x86_regs r = row->have;

    if ( row->levels )
        ck_assert_int_eq(x86_topology_apply(&topo, &p), 0);
    x86_topology_vcpu_leaf(&p, &ids, row->leaf, row->subleaf, &r);
    ck_assert_msg(!memcmp(&r, &row->want, sizeof(r)),
                  "%s: %#x %#x %#x %#x", row->name, r.a, r.b, r.c, r.d);
}
END_TEST

/* As Xen does it: the x2APIC id can be read where topology cannot. */
START_TEST(topology_vcpu_leaf_with_x2apic_tells_id_without_levels)
{
    static const struct x86_topology_ids ids = { .x2apic_id = 0x106 };
    struct cpu_policy p = base_policy(AMD);
    struct x86_regs r = { 0 };

    p.leaf[X86_SLOT_1].c |= 1u << (X86_FEATURE_X2APIC % 32);
    x86_topology_vcpu_leaf(&p, &ids, 0xb, 5, &r);
    ck_assert_uint_eq(r.d, 0);  /* out of range */

    p.leaf[X86_SLOT_0].a = 0xb;
    x86_topology_vcpu_leaf(&p, &ids, 0xb, 5, &r);
    ck_assert_uint_eq(r.a | r.b, 0);
    ck_assert_uint_eq(r.c, 5);
    ck_assert_uint_eq(r.d, 0x106);
}
END_TEST

#define NR(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

Suite *suite_topology(void)
{
    Suite *s = suite_create("topology");
    TCase *t = tcase_create("bounds");

    tcase_add_loop_test(t, topology_check_of_bounds_as_documented, 0,
                        NR(checks));
    suite_add_tcase(s, t);

    t = tcase_create("ids");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, topology_ids_of_vector_match, 0, NR(vector_ids));
    tcase_add_loop_test(t, topology_ids_of_machine_match_hardware, 0,
                        NR(machines));
    tcase_add_test(t, topology_ids_of_random_topology_unique);
    tcase_add_test(t, topology_ids_out_of_bits_rejected);
    tcase_add_test(t, topology_ids_without_levels_are_twice_the_number);
    suite_add_tcase(s, t);

    t = tcase_create("ioapic");
    tcase_add_loop_test(t, topology_ioapic_id_of_row_as_documented, 0,
                        NR(ioapics));
    tcase_add_test(t, topology_ioapic_id_of_random_topology_free);
    suite_add_tcase(s, t);

    t = tcase_create("vcpu");
    tcase_add_loop_test(t, topology_vcpu_leaf_of_row_filled_in, 0, NR(views));
    tcase_add_test(t,
                   topology_vcpu_leaf_with_x2apic_tells_id_without_levels);
    suite_add_tcase(s, t);

    return s;
}
