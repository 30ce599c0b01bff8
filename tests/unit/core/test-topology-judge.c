/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is wrong with a topology, by name; and what is not. */
#include <check.h>
#include <errno.h>

#include "topology-findings.h"

Suite *suite_topology_judge(void);

#define NR(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

/* ---- what is acceptable ----------------------------------------------- */

/* Hosts' legacy leaves, as guests see them where nothing else is told. */
static const struct legacy_row {
    const char *name;
    enum base base;
    struct word words[10];
} legacy[] = {
    { "nothing, Intel", INTEL, { { 0 } } },
    { "nothing, AMD", AMD, { { 0 } } },
    { "nothing, AMD with TOPOEXT", AMD_TOPOEXT, { { 0 } } },
    { "nothing, Zhaoxin", ZHAOXIN, { { 0 } } },
    /* Every max policy has HTT and CMP_LEGACY, whatever its host has. */
    { "HTT alone", INTEL, { { 1, NONE, 'd', HTT } } },
    { "HTT and CMP_LEGACY alone", AMD,
      { { 1, NONE, 'd', HTT }, { 0x80000001, NONE, 'c', CMP_LEGACY } } },
    { "lppp without HTT", INTEL, { { 1, NONE, 'b', 16 << 16 } } },
    { "leaf 0xb in range and empty", INTEL, { { 0, NONE, 'a', 0x24 } } },
    { "leaf 0xb that echoes its number", INTEL,
      { { 0, NONE, 'a', 0x24 }, { 0xb, 1, 'c', 1 }, { 0x1f, 5, 'c', 5 } } },
    { "Xeon E5345", INTEL,
      { { 1, NONE, 'b', 4 << 16 }, { 1, NONE, 'd', HTT },
        { 4, 0, 'a', 0xc000121 }, { 4, 1, 'a', 0xc000122 },
        { 4, 2, 'a', 0xc004143 }, { 4, 3, 'a', 0 } } },
    { "Knights Corner: fewer ids than CPUs", INTEL,
      { { 1, NONE, 'b', 0xf0 << 16 }, { 1, NONE, 'd', HTT },
        { 4, 0, 'a', 0xf400c122 }, { 4, 1, 'a', 0xf400cd21 },
        { 4, 2, 'a', 0xf400cd41 }, { 4, 3, 'a', 0 } } },
    { "Skylake server", INTEL,
      { { 1, NONE, 'b', 0x40 << 16 }, { 1, NONE, 'd', HTT },
        { 4, 0, 'a', 0x7c004121 }, { 4, 1, 'a', 0x7c004122 },
        { 4, 2, 'a', 0x7c004143 }, { 4, 3, 'a', 0x7c0fc163 } } },
    /* libxenguest doubles lppp and cores, and clears sharing. */
    { "Skylake server, doubled", INTEL,
      { { 1, NONE, 'b', 0x80 << 16 }, { 1, NONE, 'd', HTT },
        { 4, 0, 'a', 0xfc000121 }, { 4, 1, 'a', 0xfc000122 },
        { 4, 2, 'a', 0xfc000143 }, { 4, 3, 'a', 0xfc000163 } } },
    { "ZX-D", ZHAOXIN,
      { { 1, NONE, 'b', 8 << 16 }, { 1, NONE, 'd', HTT },
        { 4, 0, 'a', 0x1c000121 }, { 4, 1, 'a', 0x1c000122 },
        { 4, 2, 'a', 0x1c00c143 }, { 4, 3, 'a', 0 } } },
    { "Opteron 2218", AMD,
      { { 1, NONE, 'b', 2 << 16 }, { 1, NONE, 'd', HTT },
        { 0x80000001, NONE, 'c', CMP_LEGACY },
        { 0x80000008, NONE, 'c', 1 } } },
    { "EPYC 7451", AMD,
      { { 1, NONE, 'b', 0x30 << 16 }, { 1, NONE, 'd', HTT },
        { 0x80000001, NONE, 'c', CMP_LEGACY },
        { 0x80000008, NONE, 'c', 0x602f } } },
    { "EPYC 7451, doubled, without CMP_LEGACY", AMD,
      { { 1, NONE, 'b', 0x60 << 16 }, { 1, NONE, 'd', HTT },
        { 0x80000008, NONE, 'c', 0x705f } } },
    /* nc is doubled, a size of 7 is not. */
    { "EPYC 7642, doubled", AMD,
      { { 1, NONE, 'b', 0xc0 << 16 }, { 1, NONE, 'd', HTT },
        { 0x80000008, NONE, 'c', 0x70bf } } },
};

START_TEST(topology_judge_of_legacy_leaves_accepts)
{
    const struct legacy_row *row = &legacy[_i];
    struct cpu_policy p = base_policy(row->base);
    struct findings f;

    policy_set_words(&p, row->words);
    f = judge(&p);
    ck_assert_msg(!f.nr, "%s: %s", row->name, first_rule(&f));
}
END_TEST

/* Hardware whose leaves have another form than what is applied. */
static const struct hardware_row {
    const char *name;
    enum base base;
    struct word words[24];
} hardware[] = {
    { "Denverton: a spare thread bit, caches of one thread", INTEL,
      { { 0, NONE, 'a', 0xb },
        { 1, NONE, 'b', 0x20 << 16 }, { 1, NONE, 'd', HTT },
        { 4, 0, 'a', 0x3c000121 }, { 4, 1, 'a', 0x3c000122 },
        { 4, 2, 'a', 0x3c00c143 }, { 4, 3, 'a', 0 },
        { 0xb, 0, 'a', 1 }, { 0xb, 0, 'b', 1 }, { 0xb, 0, 'c', 0x100 },
        { 0xb, 1, 'a', 5 }, { 0xb, 1, 'b', 16 }, { 0xb, 1, 'c', 0x201 } } },
    { "Knights Landing: a spare core bit, tiles not told", INTEL,
      { { 0, NONE, 'a', 0xd },
        { 1, NONE, 'b', 0xff << 16 }, { 1, NONE, 'd', HTT },
        { 4, 0, 'a', 0xfc00c121 }, { 4, 1, 'a', 0xfc00c122 },
        { 4, 2, 'a', 0xfc01c143 }, { 4, 3, 'a', 0 },
        { 0xb, 0, 'a', 2 }, { 0xb, 0, 'b', 4 }, { 0xb, 0, 'c', 0x100 },
        { 0xb, 1, 'a', 9 }, { 0xb, 1, 'b', 256 },
        { 0xb, 1, 'c', 0x201 } } },
    { "Cascade Lake AP: leaf 0xb and leaf 4 end at the die", INTEL,
      { { 0, NONE, 'a', 0x1f },
        { 1, NONE, 'b', 0x80 << 16 }, { 1, NONE, 'd', HTT },
        { 4, 0, 'a', 0x7c004121 }, { 4, 1, 'a', 0x7c004122 },
        { 4, 2, 'a', 0x7c004143 }, { 4, 3, 'a', 0x7c0fc163 },
        { 0xb, 0, 'a', 1 }, { 0xb, 0, 'b', 2 }, { 0xb, 0, 'c', 0x100 },
        { 0xb, 1, 'a', 6 }, { 0xb, 1, 'b', 48 }, { 0xb, 1, 'c', 0x201 },
        { 0x1f, 0, 'a', 1 }, { 0x1f, 0, 'b', 2 }, { 0x1f, 0, 'c', 0x100 },
        { 0x1f, 1, 'a', 6 }, { 0x1f, 1, 'b', 48 }, { 0x1f, 1, 'c', 0x201 },
        { 0x1f, 2, 'a', 7 }, { 0x1f, 2, 'b', 96 },
        { 0x1f, 2, 'c', 0x502 } } },
    { "Arrow Lake: leaf 0xb ends at the package", INTEL,
      { { 0, NONE, 'a', 0x1f },
        { 1, NONE, 'b', 0x80 << 16 }, { 1, NONE, 'd', HTT },
        { 4, 0, 'a', 0xfc004121 }, { 4, 1, 'a', 0xfc004122 },
        { 4, 2, 'a', 0xfc01c143 }, { 4, 3, 'a', 0xfc0fc163 },
        { 0xb, 0, 'a', 1 }, { 0xb, 0, 'b', 2 }, { 0xb, 0, 'c', 0x100 },
        { 0xb, 1, 'a', 7 }, { 0xb, 1, 'b', 14 }, { 0xb, 1, 'c', 0x201 },
        { 0x1f, 0, 'a', 1 }, { 0x1f, 0, 'b', 2 }, { 0x1f, 0, 'c', 0x100 },
        { 0x1f, 1, 'a', 3 }, { 0x1f, 1, 'b', 2 }, { 0x1f, 1, 'c', 0x201 },
        { 0x1f, 2, 'a', 7 }, { 0x1f, 2, 'b', 14 },
        { 0x1f, 2, 'c', 0x302 } } },
    { "EPYC 9654: leaf 0xb counts threads", AMD_TOPOEXT,
      { { 0, NONE, 'a', 0x10 }, { 0x80000000, NONE, 'a', 0x80000028 },
        { 1, NONE, 'b', 0xc0 << 16 }, { 1, NONE, 'd', HTT },
        { 0xb, 0, 'a', 1 }, { 0xb, 0, 'b', 2 }, { 0xb, 0, 'c', 0x100 },
        { 0xb, 1, 'a', 8 }, { 0xb, 1, 'b', 0xc0 }, { 0xb, 1, 'c', 0x201 },
        { 0x80000001, NONE, 'c', 1u << 22 | CMP_LEGACY },
        { 0x80000008, NONE, 'c', 0x80bf },
        { 0x8000001d, 0, 'a', 0x4121 }, { 0x8000001d, 1, 'a', 0x4122 },
        { 0x8000001d, 2, 'a', 0x4143 }, { 0x8000001d, 3, 'a', 0x3c163 },
        { 0x8000001e, NONE, 'b', 0x100 } } },
};

START_TEST(topology_judge_of_hardware_accepts)
{
    const struct hardware_row *row = &hardware[_i];
    struct cpu_policy p = base_policy(row->base);
    struct findings f;

    policy_set_words(&p, row->words);
    f = judge(&p);
    ck_assert_msg(!f.nr, "%s: %s", row->name, first_rule(&f));
}
END_TEST

START_TEST(topology_judge_of_applied_accepts)
{
    struct random r = random_start();

    for ( unsigned int i = 0; i < 20000; i++ )
    {
        struct x86_topology topo = random_topology(&r, i % 3 ? 600 : 65535);
        struct cpu_policy p = base_policy(i % NR_BASES);
        struct findings f;

        if ( x86_topology_apply(&topo, &p) )
            ck_abort_msg("seed %#lx, topology %u", r.seed, i);
        f = judge(&p);
        if ( f.nr )
            ck_abort_msg("seed %#lx, topology %u, %s: %s", r.seed, i,
                         base_names[i % NR_BASES], first_rule(&f));
    }
}
END_TEST

/* ---- one field off ---------------------------------------------------- */

static const struct x86_topology
    plain = TOPO(2, 4, 1, 1, 1), deep = TOPO(2, 4, 2, 2, 1),
    gaps = TOPO(3, 5, 1, 1, 1);

/* Each is found once, where it is, with the right value as the remedy. */
static const struct corrupt_row {
    const char *name, *rule;
    enum base base;
    const struct x86_topology *topo;
    struct word word;           /* what the register becomes */
} corrupted[] = {
    { "no HTT", "topology-htt", INTEL, &plain, { 1, NONE, 'd', 0 } },
    { "no HTT, AMD", "topology-htt", AMD, &plain, { 1, NONE, 'd', 0 } },
    { "lppp of fewer ids", "topology-lppp", INTEL, &plain,
      { 1, NONE, 'b', 4 << 16 } },
    { "lppp of more ids", "topology-lppp", INTEL, &plain,
      { 1, NONE, 'b', 9 << 16 } },
    { "no lppp", "topology-lppp", INTEL, &plain, { 1, NONE, 'b', 0 } },
    { "lppp of threads, not ids", "topology-lppp", INTEL, &gaps,
      { 1, NONE, 'b', 15 << 16 } },
    { "lppp off by one, AMD", "topology-lppp", AMD, &plain,
      { 1, NONE, 'b', 7 << 16 } },
    { "cache shared by one thread", "topology-cache", INTEL, &plain,
      { 4, 0, 'a', 0x121 | 3 << 26 } },
    { "cache shared beyond the package", "topology-cache", INTEL, &plain,
      { 4, 3, 'a', 0x163 | 15 << 14 | 3 << 26 } },
    { "narrow cache above a wide one", "topology-cache", INTEL, &deep,
      { 4, 3, 'a', 0x163 | 3 << 14 | 15 << 26 } },
    { "cores differ between caches", "topology-cores", INTEL, &plain,
      { 4, 2, 'a', 0x143 | 1 << 14 | 7 << 26 } },
    { "level type, first", "topology-type", INTEL, &plain,
      { 0xb, 0, 'c', 0x200 } },
    { "level type, second", "topology-type", INTEL, &plain,
      { 0xb, 1, 'c', 0x301 } },
    { "level type gone", "topology-type", INTEL, &plain,
      { 0xb, 1, 'c', 0x001 } },
    { "level number", "topology-level", INTEL, &plain,
      { 0xb, 1, 'c', 0x202 } },
    { "shift too small for the count", "topology-shift", INTEL, &plain,
      { 0xb, 1, 'a', 2 } },
    { "shift below the last", "topology-shift", INTEL, &plain,
      { 0xb, 1, 'a', 0 } },
    { "thread shift too small", "topology-shift", AMD, &plain,
      { 0xb, 0, 'a', 0 } },
    { "count not of whole cores", "topology-count", INTEL, &plain,
      { 0xb, 1, 'b', 9 } },
    { "leaf 0xb, shift", "topology-leaf-b", INTEL, &deep,
      { 0xb, 1, 'a', 6 } },
    { "leaf 0xb, count", "topology-leaf-b", INTEL, &deep,
      { 0xb, 1, 'b', 24 } },
    { "leaf 0xb, count of a die", "topology-leaf-b", INTEL, &deep,
      { 0xb, 1, 'b', 16 } },
    { "leaf 0xb, threads", "topology-leaf-b", INTEL, &deep,
      { 0xb, 0, 'b', 1 } },
    { "leaf 0xb, type", "topology-leaf-b", INTEL, &deep,
      { 0xb, 1, 'c', 0x501 } },
    { "leaf 0xb, count, AMD", "topology-leaf-b", AMD, &deep,
      { 0xb, 1, 'b', 24 } },
    { "0x1f, type gone", "topology-type", INTEL, &deep,
      { 0x1f, 2, 'c', 0x002 } },
    { "0x1f, no core level", "topology-type", INTEL, &deep,
      { 0x1f, 1, 'c', 0x301 } },
    { "0x1f, level number", "topology-level", INTEL, &deep,
      { 0x1f, 2, 'c', 0x303 } },
    { "0x1f, shift", "topology-shift", INTEL, &deep, { 0x1f, 2, 'a', 3 } },
    { "0x1f, count after the end", "topology-end", INTEL, &deep,
      { 0x1f, 4, 'b', 64 } },
    { "0x1f, type after the end", "topology-end", INTEL, &deep,
      { 0x1f, 4, 'c', 0x600 } },
    { "0x1f, shift after the end", "topology-end", INTEL, &deep,
      { 0x1f, 5, 'a', 9 } },
    { "0x1f, number after the end", "topology-end", INTEL, &deep,
      { 0x1f, 4, 'c', 3 } },
    { "stray 0x1f", "topology-end", INTEL, &deep,
      { 0x1f, 5, 'b', 1 } },
    { "no CMP_LEGACY", "topology-cmp-legacy", AMD, &plain,
      { 0x80000001, NONE, 'c', TOPOEXT } },
    { "nc", "topology-nc", AMD, &plain, { 0x80000008, NONE, 'c', 0x3003 } },
    { "id size too small", "topology-id-size", AMD, &plain,
      { 0x80000008, NONE, 'c', 0x2007 } },
    { "id size too large", "topology-id-size", AMD, &plain,
      { 0x80000008, NONE, 'c', 0x4007 } },
    { "id size to be rounded, with gaps", "topology-id-size", AMD, &gaps,
      { 0x80000008, NONE, 'c', 0x000e } },
    { "cache shared by one thread, AMD", "topology-cache", AMD_TOPOEXT,
      &plain, { 0x8000001d, 1, 'a', 0x122 } },
    { "threads per core", "topology-threads", AMD_TOPOEXT, &plain,
      { 0x8000001e, NONE, 'b', 0 } },
    { "three nodes", "topology-nodes", AMD_TOPOEXT, &deep,
      { 0x8000001e, NONE, 'c', 2 << 8 } },
    { "cores left over from nodes", "topology-nodes", AMD_TOPOEXT, &gaps,
      { 0x8000001e, NONE, 'c', 1 << 8 } },
    { "0x80000026, type", "topology-type", AMD, &deep,
      { 0x80000026, 3, 'c', 0x503 } },
    { "0x80000026, type twice", "topology-type", AMD, &deep,
      { 0x80000026, 3, 'c', 0x303 } },
    { "0x80000026, level number", "topology-level", AMD, &deep,
      { 0x80000026, 0, 'c', 0x101 } },
    { "0x80000026, shift", "topology-shift", AMD, &deep,
      { 0x80000026, 3, 'a', 4 } },
    { "0x80000026, after the end", "topology-end", AMD, &deep,
      { 0x80000026, 4, 'b', 2 } },
};

START_TEST(topology_judge_of_one_wrong_field_names_it)
{
    const struct corrupt_row *row = &corrupted[_i];
    struct cpu_policy good = base_policy(row->base), p;
    uint32_t *reg;
    struct findings f;

    ck_assert_int_eq(x86_topology_apply(row->topo, &good), 0);
    p = good;
    reg = policy_word(&p, row->word.leaf, row->word.subleaf, row->word.reg);
    *reg = row->word.value;

    f = judge(&p);
    ck_assert_msg(f.nr == 1, "%s: %u findings, %s", row->name, f.nr,
                  first_rule(&f));
    ck_assert_msg(!strcmp(f.v[0].rule, row->rule), "%s: %s", row->name,
                  f.v[0].rule);
    ck_assert_msg(&p.word[f.v[0].index] == reg && !f.v[0].is_msr,
                  "%s: at word %u", row->name, f.v[0].index);
    ck_assert_msg(f.v[0].asked == *reg, "%s: asked", row->name);
    ck_assert_msg(f.v[0].limit == good.word[f.v[0].index],
                  "%s: %#lx would do", row->name, f.v[0].limit);
    ck_assert_msg(((f.v[0].asked ^ f.v[0].limit) & ~f.v[0].mask) == 0,
                  "%s: mask %#lx", row->name, f.v[0].mask);
    ck_assert_msg(f.v[0].needs == X86_NO_AUX, "%s: needs", row->name);
}
END_TEST

/* More than one way to put it right, or contradictions of legacy leaves. */
static const struct contradiction_row {
    const char *name, *rule;
    enum base base;
    const struct x86_topology *topo;    /* NULL: none applied */
    struct word words[8];
} contradictions[] = {
    { "lppp of 0, Intel", "topology-lppp", INTEL, NULL,
      { { 1, NONE, 'd', HTT }, { 4, 0, 'a', 0xc000121 },
        { 4, 1, 'a', 0xc000122 }, { 4, 2, 'a', 0xc004143 },
        { 4, 3, 'a', 0 } } },
    { "lppp of 0, AMD", "topology-lppp", AMD, NULL,
      { { 1, NONE, 'd', HTT }, { 0x80000008, NONE, 'c', 0x3007 } } },
    { "cores differ", "topology-cores", INTEL, NULL,
      { { 4, 0, 'a', 0xc000121 } } },
    { "more threads than ids", "topology-id-size", AMD, NULL,
      { { 0x80000008, NONE, 'c', 0x3008 } } },
    { "one level", "topology-end", INTEL, NULL,
      { { 0, NONE, 'a', 0xb }, { 0xb, 1, 'b', 1 } } },
    { "core count for twice as many", "topology-cores", INTEL, &plain,
      { { 4, 0, 'a', 0x121 | 1 << 14 | 7 << 26 },
        { 4, 1, 'a', 0x122 | 1 << 14 | 7 << 26 },
        { 4, 2, 'a', 0x143 | 1 << 14 | 7 << 26 },
        { 4, 3, 'a', 0x163 | 7 << 14 | 7 << 26 } } },
    { "more cores than bits", "topology-shift", INTEL, &plain,
      { { 0xb, 1, 'b', 24 } } },
    { "shift that leaves no bits above", "topology-shift", INTEL, &plain,
      { { 0xb, 0, 'a', 31 } } },
    { "no count", "topology-count", INTEL, &deep, { { 0x1f, 0, 'b', 0 } } },
    { "0x1f without 0xb", "topology-leaf-b", INTEL, &deep,
      { { 0xb, 0, 'a', 0 }, { 0xb, 0, 'b', 0 }, { 0xb, 0, 'c', 0 },
        { 0xb, 1, 'a', 0 }, { 0xb, 1, 'b', 0 }, { 0xb, 1, 'c', 0 } } },
};

START_TEST(topology_judge_of_contradiction_names_it)
{
    const struct contradiction_row *row = &contradictions[_i];
    struct cpu_policy p = base_policy(row->base);
    struct findings f;
    bool found = false;

    if ( row->topo )
        ck_assert_int_eq(x86_topology_apply(row->topo, &p), 0);
    policy_set_words(&p, row->words);

    f = judge(&p);
    ck_assert_msg(f.nr, "%s: accepted", row->name);
    for ( unsigned int i = 0; i < f.nr; i++ )
        found |= !strcmp(f.v[i].rule, row->rule);
    ck_assert_msg(found, "%s: %s", row->name, first_rule(&f));

    repair(&p, &f);
    f = judge(&p);
    ck_assert_msg(!f.nr, "%s: repaired: %s", row->name, first_rule(&f));
}
END_TEST

/* Bits of a word whose every change contradicts something else. */
static uint32_t determined(const struct cpu_policy *p, unsigned int word)
{
    const struct x86_slot_desc *s = &x86_slot_descs[word / 4];
    bool amd = x86_vendor_layout(p->vendor) == X86_LAYOUT_AMD;
    unsigned int reg = word % 4;
    uint32_t mask;

    if ( !x86_leaf_in_range(p, s->leaf) )
        return 0;

    switch ( s->leaf )
    {
    case 1:
        return reg == X86_REG_D ? HTT
             : reg == X86_REG_B && amd ? 0x00ff0000 : 0;

    case 4:
        return reg == X86_REG_A && p->word[word] ? 0xfc000000 : 0;

    case 0xb:
    case 0x1f:
    case 0x80000026U:
        mask = x86_kind_words[x86_vendor_layout(p->vendor)]
                             [X86_KIND_TOPOLOGY][word];
        /* An end may echo its number; a die may as well be a tile. */
        if ( reg == X86_REG_C && !p->word[word] )
            mask &= ~s->subleaf;
        if ( reg == X86_REG_C && s->leaf == 0x1f &&
             p->word[word] >> 8 == 5 )
            mask &= ~0x100u;
        return mask;

    case 0x80000001U:
        return amd && reg == X86_REG_C ? CMP_LEGACY : 0;

    case 0x80000008U:
        return amd && reg == X86_REG_C ? 0xff : 0;

    case 0x8000001eU:
        return reg == X86_REG_B && x86_policy_has(p, X86_FEATURE_TOPOEXT)
               ? 0xff00 : 0;
    }

    return 0;
}

START_TEST(topology_judge_of_every_flipped_bit_refuses)
{
    static const struct x86_topology topos[] = {
        TOPO(2, 4, 1, 1, 1), TOPO(3, 5, 1, 1, 1), TOPO(1, 4, 3, 1, 1),
        TOPO(2, 4, 2, 2, 1), TOPO(2, 8, 1, 12, 2), TOPO(2, 24, 1, 2, 1),
        TOPO(1, 2, 1, 1, 1), TOPO(4, 1, 7, 3, 1),
    };
    struct cpu_policy p = base_policy(_i % NR_BASES);
    unsigned int nr = 0;

    ck_assert_int_eq(x86_topology_apply(&topos[_i / NR_BASES], &p), 0);
    for ( unsigned int w = 0; w < X86_NR_WORDS; w++ )
        for ( uint32_t left = determined(&p, w); left; left &= left - 1 )
        {
            struct cpu_policy q = p;
            struct findings f;

            q.word[w] ^= left & -left;
            f = judge(&q);
            if ( !f.nr )
                ck_abort_msg("%s, topology %d: leaf %#x.%#x e%cx bit %#x",
                             base_names[_i % NR_BASES], _i / NR_BASES,
                             x86_slot_descs[w / 4].leaf,
                             x86_slot_descs[w / 4].subleaf, "abcd"[w % 4],
                             left & -left);
            nr++;
        }
    ck_assert_uint_ge(nr, 60);
}
END_TEST

/* What lies beyond the highest leaf is another rule's business. */
START_TEST(topology_judge_of_leaf_out_of_range_ignores_it)
{
    struct cpu_policy p = base_policy(INTEL);

    ck_assert_int_eq(x86_topology_apply(&deep, &p), 0);
    p.leaf[X86_SLOT_1F].b = 7;
    ck_assert_uint_ne(judge(&p).nr, 0);
    p.leaf[X86_SLOT_0].a = 0x1e;
    ck_assert_uint_eq(judge(&p).nr, 0);
}
END_TEST

Suite *suite_topology_judge(void)
{
    Suite *s = suite_create("topology_judge");
    TCase *t = tcase_create("accepted");

    tcase_add_loop_test(t, topology_judge_of_legacy_leaves_accepts, 0,
                        NR(legacy));
    tcase_add_loop_test(t, topology_judge_of_hardware_accepts, 0,
                        NR(hardware));
    tcase_add_test(t, topology_judge_of_applied_accepts);
    tcase_add_test(t, topology_judge_of_leaf_out_of_range_ignores_it);
    suite_add_tcase(s, t);

    t = tcase_create("refused");
    tcase_add_loop_test(t, topology_judge_of_one_wrong_field_names_it, 0,
                        NR(corrupted));
    tcase_add_loop_test(t, topology_judge_of_contradiction_names_it, 0,
                        NR(contradictions));
    tcase_add_loop_test(t, topology_judge_of_every_flipped_bit_refuses, 0,
                        8 * NR_BASES);
    suite_add_tcase(s, t);

    return s;
}
