/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From the leaves of a policy to a topology. */
#include <check.h>
#include <errno.h>

#include "topology-base.h"

Suite *suite_topology_read(void);

#define NR(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

START_TEST(topology_read_of_applied_gives_it_back)
{
    struct random r = random_start();

    for ( unsigned int i = 0; i < 20000; i++ )
    {
        struct x86_topology topo = random_topology(&r, i % 3 ? 600 : 65535);
        struct cpu_policy p = base_policy(i % NR_BASES);
        struct x86_topology_map map, want;
        struct x86_topology_shifts s;

        if ( x86_topology_apply(&topo, &p) ||
             x86_topology_map(&topo, &want) || x86_topology_read(&p, &map) )
            ck_abort_msg("seed %#lx, topology %u: rejected", r.seed, i);

        topo.packages = 1;
        if ( memcmp(&map.count, &topo, sizeof(topo)) ||
             memcmp(&map.shift, &want.shift, sizeof(map.shift)) ||
             map.nodes_per_package != want.nodes_per_package )
            ck_abort_msg("seed %#lx, topology %u, %s: %u %u %u %u", r.seed,
                         i, base_names[i % NR_BASES],
                         map.count.threads_per_core,
                         map.count.cores_per_module,
                         map.count.modules_per_die,
                         map.count.dies_per_package);

        if ( x86_topology_read_shifts(&p, &s) != map.source ||
             memcmp(&s, &map.shift, sizeof(s)) )
            ck_abort_msg("seed %#lx, topology %u: shifts", r.seed, i);
    }
}
END_TEST

/* What real CPUs say, and what is to be made of it. */
static const struct read_row {
    const char *name;
    enum base base;
    struct word words[16];
    enum x86_topology_source source;
    struct x86_topology count;
    struct x86_topology_shifts shift;
} reads[] = {
    { "nothing at all", INTEL, { { 0 } },
      X86_TOPOLOGY_LEGACY, TOPO(1, 1, 1, 1, 1), { 0, 0, 0, 0 } },
    { "lppp without HTT", INTEL, { { 1, NONE, 'b', 4 << 16 } },
      X86_TOPOLOGY_LEGACY, TOPO(1, 1, 1, 1, 1), { 0, 0, 0, 0 } },
    { "HTT without lppp", INTEL, { { 1, NONE, 'd', HTT } },
      X86_TOPOLOGY_LEGACY, TOPO(1, 1, 1, 1, 1), { 0, 0, 0, 0 } },
    { "Pentium 4 HT, no leaf 4", INTEL,
      { { 0, NONE, 'a', 2 }, { 1, NONE, 'b', 2 << 16 },
        { 1, NONE, 'd', HTT } },
      X86_TOPOLOGY_LEGACY, TOPO(2, 1, 1, 1, 1), { 1, 1, 1, 1 } },
    { "Xeon E5345", INTEL,
      { { 1, NONE, 'b', 4 << 16 }, { 1, NONE, 'd', HTT },
        { 4, 0, 'a', 0xc000121 } },
      X86_TOPOLOGY_LEGACY, TOPO(1, 4, 1, 1, 1), { 0, 2, 2, 2 } },
    { "Knights Corner", INTEL,
      { { 1, NONE, 'b', 0xf0 << 16 }, { 1, NONE, 'd', HTT },
        { 4, 0, 'a', 0xf400c122 } },
      X86_TOPOLOGY_LEGACY, TOPO(4, 60, 1, 1, 1), { 2, 8, 8, 8 } },
    { "more cores than processors", INTEL,
      { { 1, NONE, 'b', 2 << 16 }, { 1, NONE, 'd', HTT },
        { 4, 0, 'a', 0xfc000121 } },
      X86_TOPOLOGY_LEGACY, TOPO(1, 2, 1, 1, 1), { 0, 1, 1, 1 } },
    { "Knights Landing: spare bits", INTEL,
      { { 0, NONE, 'a', 0xd },
        { 0xb, 0, 'a', 2 }, { 0xb, 0, 'b', 4 }, { 0xb, 0, 'c', 0x100 },
        { 0xb, 1, 'a', 9 }, { 0xb, 1, 'b', 256 }, { 0xb, 1, 'c', 0x201 } },
      X86_TOPOLOGY_LEAF_B, TOPO(4, 64, 1, 1, 1), { 2, 9, 9, 9 } },
    { "Arrow Lake: modules", INTEL,
      { { 0, NONE, 'a', 0x23 },
        { 0x1f, 0, 'a', 1 }, { 0x1f, 0, 'b', 2 }, { 0x1f, 0, 'c', 0x100 },
        { 0x1f, 1, 'a', 3 }, { 0x1f, 1, 'b', 2 }, { 0x1f, 1, 'c', 0x201 },
        { 0x1f, 2, 'a', 7 }, { 0x1f, 2, 'b', 14 },
        { 0x1f, 2, 'c', 0x302 } },
      X86_TOPOLOGY_LEAF_1F, TOPO(2, 1, 7, 1, 1), { 1, 3, 7, 7 } },
    { "tiles and die groups", INTEL,
      { { 0, NONE, 'a', 0x23 },
        { 0x1f, 0, 'a', 1 }, { 0x1f, 0, 'b', 2 }, { 0x1f, 0, 'c', 0x100 },
        { 0x1f, 1, 'a', 3 }, { 0x1f, 1, 'b', 6 }, { 0x1f, 1, 'c', 0x201 },
        { 0x1f, 2, 'a', 5 }, { 0x1f, 2, 'b', 18 }, { 0x1f, 2, 'c', 0x402 },
        { 0x1f, 3, 'a', 6 }, { 0x1f, 3, 'b', 36 },
        { 0x1f, 3, 'c', 0x603 } },
      X86_TOPOLOGY_LEAF_1F, TOPO(2, 3, 3, 2, 1), { 1, 3, 5, 6 } },
    { "0x1f out of range", INTEL,
      { { 0, NONE, 'a', 0x1e },
        { 0x1f, 0, 'a', 1 }, { 0x1f, 0, 'b', 2 }, { 0x1f, 0, 'c', 0x100 },
        { 0x1f, 1, 'a', 3 }, { 0x1f, 1, 'b', 8 },
        { 0x1f, 1, 'c', 0x201 } },
      X86_TOPOLOGY_LEGACY, TOPO(1, 1, 1, 1, 1), { 0, 0, 0, 0 } },
    { "K7", AMD,
      { { 0x80000000, NONE, 'a', 0x80000006 } },
      X86_TOPOLOGY_LEGACY, TOPO(1, 1, 1, 1, 1), { 0, 0, 0, 0 } },
    { "Opteron 2218: bits from the count", AMD,
      { { 0x80000008, NONE, 'c', 0x0001 } },
      X86_TOPOLOGY_LEGACY, TOPO(1, 2, 1, 1, 1), { 0, 1, 1, 1 } },
    { "Opteron 6164 HE", AMD,
      { { 0x80000008, NONE, 'c', 0x400b } },
      X86_TOPOLOGY_LEGACY, TOPO(1, 12, 1, 1, 1), { 0, 4, 4, 4 } },
    { "Opteron 6348: two cores of a unit are no threads", AMD_TOPOEXT,
      { { 1, NONE, 'a', 0x600f20 }, { 0x80000008, NONE, 'c', 0x500b },
        { 0x8000001e, NONE, 'b', 0x100 } },
      X86_TOPOLOGY_LEGACY, TOPO(1, 12, 1, 1, 1), { 0, 5, 5, 5 } },
    { "EPYC 7451", AMD_TOPOEXT,
      { { 1, NONE, 'a', 0x800f12 }, { 0x80000008, NONE, 'c', 0x602f },
        { 0x8000001e, NONE, 'b', 0x100 } },
      X86_TOPOLOGY_LEGACY, TOPO(2, 24, 1, 1, 1), { 1, 6, 6, 6 } },
    { "EPYC 9654's leaf 0xb: threads are counted", AMD,
      { { 0, NONE, 'a', 0x10 }, { 0x80000008, NONE, 'c', 0x80bf },
        { 0xb, 0, 'a', 1 }, { 0xb, 0, 'b', 2 }, { 0xb, 0, 'c', 0x100 },
        { 0xb, 1, 'a', 8 }, { 0xb, 1, 'b', 192 }, { 0xb, 1, 'c', 0x201 } },
      X86_TOPOLOGY_LEAF_B, TOPO(2, 96, 1, 1, 1), { 1, 8, 8, 8 } },
    { "EPYC 9965's leaf 0xb: so are more than 256", AMD,
      { { 0, NONE, 'a', 0x10 }, { 0x80000008, NONE, 'c', 0x90ff },
        { 0xb, 0, 'a', 1 }, { 0xb, 0, 'b', 2 }, { 0xb, 0, 'c', 0x100 },
        { 0xb, 1, 'a', 9 }, { 0xb, 1, 'b', 384 }, { 0xb, 1, 'c', 0x201 } },
      X86_TOPOLOGY_LEAF_B, TOPO(2, 192, 1, 1, 1), { 1, 9, 9, 9 } },
    { "complexes, no dies", AMD,
      { { 0x80000000, NONE, 'a', 0x80000026 },
        { 0x80000026, 0, 'a', 1 }, { 0x80000026, 0, 'b', 2 },
        { 0x80000026, 0, 'c', 0x100 },
        { 0x80000026, 1, 'a', 4 }, { 0x80000026, 1, 'b', 16 },
        { 0x80000026, 1, 'c', 0x201 },
        { 0x80000026, 2, 'a', 6 }, { 0x80000026, 2, 'b', 48 },
        { 0x80000026, 2, 'c', 0x402 } },
      X86_TOPOLOGY_LEAF_80000026, TOPO(2, 8, 3, 1, 1), { 1, 4, 6, 6 } },
    { "dies, no complexes", AMD,
      { { 0x80000000, NONE, 'a', 0x80000026 },
        { 0x80000026, 0, 'a', 1 }, { 0x80000026, 0, 'b', 2 },
        { 0x80000026, 0, 'c', 0x100 },
        { 0x80000026, 1, 'a', 4 }, { 0x80000026, 1, 'b', 16 },
        { 0x80000026, 1, 'c', 0x301 },
        { 0x80000026, 2, 'a', 6 }, { 0x80000026, 2, 'b', 48 },
        { 0x80000026, 2, 'c', 0x402 } },
      X86_TOPOLOGY_LEAF_80000026, TOPO(2, 8, 1, 3, 1), { 1, 4, 4, 6 } },
};

START_TEST(topology_read_of_row_as_expected)
{
    const struct read_row *row = &reads[_i];
    struct cpu_policy p = base_policy(row->base);
    struct x86_topology_map map;
    struct x86_topology_shifts s;

    policy_set_words(&p, row->words);
    ck_assert_msg(!x86_topology_read(&p, &map), "%s: rejected", row->name);
    ck_assert_msg(map.source == row->source, "%s: source %d", row->name,
                  map.source);
    ck_assert_msg(map.count.numbering ==
                  (row->source == X86_TOPOLOGY_LEGACY
                   ? X86_APIC_IDS_DOUBLED : X86_APIC_IDS_BY_LEVEL),
                  "%s: numbering %d", row->name, map.count.numbering);
    map.count.numbering = row->count.numbering;
    ck_assert_msg(!memcmp(&map.count, &row->count, sizeof(map.count)),
                  "%s: %u %u %u %u", row->name, map.count.threads_per_core,
                  map.count.cores_per_module, map.count.modules_per_die,
                  map.count.dies_per_package);
    ck_assert_msg(!memcmp(&map.shift, &row->shift, sizeof(map.shift)),
                  "%s: shifts %u %u %u %u", row->name, map.shift.core,
                  map.shift.module, map.shift.die, map.shift.package);

    ck_assert_msg(x86_topology_read_shifts(&p, &s) == row->source &&
                  !memcmp(&s, &map.shift, sizeof(s)),
                  "%s: shifts alone", row->name);
}
END_TEST

/* Arrow Lake: modules of one core and of four, as one of the four sees it. */
START_TEST(topology_read_of_uneven_cores_rejected)
{
    static const struct word words[] = {
        { 0, NONE, 'a', 0x23 },
        { 0x1f, 0, 'a', 1 }, { 0x1f, 0, 'b', 1 }, { 0x1f, 0, 'c', 0x100 },
        { 0x1f, 1, 'a', 3 }, { 0x1f, 1, 'b', 4 }, { 0x1f, 1, 'c', 0x201 },
        { 0x1f, 2, 'a', 7 }, { 0x1f, 2, 'b', 14 }, { 0x1f, 2, 'c', 0x302 },
        { 0 },
    };
    struct cpu_policy p = base_policy(INTEL);
    struct x86_topology_map map, untouched;
    struct x86_topology_shifts s;

    policy_set_words(&p, words);
    memset(&map, 0xaa, sizeof(map));
    untouched = map;
    ck_assert_int_eq(x86_topology_read(&p, &map), -EINVAL);
    ck_assert(!memcmp(&map, &untouched, sizeof(map)));

    ck_assert_int_eq(x86_topology_read_shifts(&p, &s), X86_TOPOLOGY_LEAF_1F);
    ck_assert_uint_eq(s.core, 1);
    ck_assert_uint_eq(s.module, 3);
    ck_assert_uint_eq(s.die, 7);
    ck_assert_uint_eq(s.package, 7);
}
END_TEST

Suite *suite_topology_read(void)
{
    Suite *s = suite_create("topology_read");
    TCase *t = tcase_create("read");

    tcase_add_test(t, topology_read_of_applied_gives_it_back);
    tcase_add_loop_test(t, topology_read_of_row_as_expected, 0, NR(reads));
    tcase_add_test(t, topology_read_of_uneven_cores_rejected);
    suite_add_tcase(s, t);

    return s;
}
