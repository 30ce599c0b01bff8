/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From a topology to the leaves of a policy. */
#include <check.h>
#include <errno.h>
#include <stdio.h>

#include "topology-base.h"

Suite *suite_topology_leaves(void);

#define NR(rows) ((int)(sizeof(rows) / sizeof((rows)[0])))

/*
 * ---- the vectors of Xen's unmerged series of 2024 ----------------------
 *
 * In two things hardware is the judge instead.  The series counts cores in
 * AMD's second level; CPUs count threads there, as Intel's do.  And it clears
 * TOPOEXT, without which nobody looks at threads.
 */

struct level {
    uint32_t count, level, type, shift;
};

static const struct vector_row {
    enum base base;
    uint32_t threads, cores;
    struct level sub[2];
} vectors[] = {
    { AMD, 3, 1, { { 3, 0, 1, 2 }, { 3, 1, 2, 2 } } },
    { AMD, 1, 3, { { 1, 0, 1, 0 }, { 3, 1, 2, 2 } } },
    { AMD, 7, 5, { { 7, 0, 1, 3 }, { 35, 1, 2, 6 } } },
    { AMD, 2, 128, { { 2, 0, 1, 1 }, { 256, 1, 2, 8 } } },
    { INTEL, 3, 1, { { 3, 0, 1, 2 }, { 3, 1, 2, 2 } } },
    { INTEL, 1, 3, { { 1, 0, 1, 0 }, { 3, 1, 2, 2 } } },
    { INTEL, 7, 5, { { 7, 0, 1, 3 }, { 35, 1, 2, 6 } } },
    { INTEL, 2, 128, { { 2, 0, 1, 1 }, { 256, 1, 2, 8 } } },
};

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* The series' other effects. */
static void check_legacy_fields(const struct cpu_policy *p,
                                const struct vector_row *row,
                                const char *name)
{
    uint32_t total = row->threads * row->cores;
    uint32_t cache = p->leaf[X86_SLOT_4].a;
    uint32_t sizes = p->leaf[X86_SLOT_80000008].c;

    ck_assert_uint_ge(p->leaf[X86_SLOT_0].a, 0xb);
    ck_assert(x86_policy_has(p, X86_FEATURE_HTT));
    ck_assert_msg(((p->leaf[X86_SLOT_1].b >> 16) & 0xff) ==
                  least(255, total), "%s: lppp", name);

    if ( row->base == INTEL )
    {
        ck_assert_msg(cache >> 26 == least(63, row->cores - 1),
                      "%s: cores per package", name);
        ck_assert_msg(((cache >> 14) & 0xfff) == row->threads - 1,
                      "%s: threads of a cache", name);
        return;
    }

    ck_assert(x86_policy_has(p, X86_FEATURE_CMP_LEGACY));
    ck_assert(x86_policy_has(p, X86_FEATURE_TOPOEXT) ==
              (row->threads > 1));
    ck_assert_msg((sizes & 0xff) == least(255, total - 1), "%s: nc", name);
    ck_assert_msg(((sizes >> 12) & 0xf) == least(8, row->sub[1].shift),
                  "%s: id size", name);
}

START_TEST(topology_apply_of_vector_matches)
{
    const struct vector_row *row = &vectors[_i];
    struct x86_topology topo = TOPO(row->threads, row->cores, 1, 1, 1);
    struct cpu_policy p = base_policy(row->base);
    char name[64];

    snprintf(name, sizeof(name), "%s %u,%u", base_names[row->base],
             row->threads, row->cores);
    ck_assert_int_eq(x86_topology_apply(&topo, &p), 0);

    for ( unsigned int i = 0; i < 2; i++ )
    {
        const struct x86_regs *l = &p.leaf[X86_SLOT_B + i];
        const struct level *want = &row->sub[i];

        ck_assert_msg(l->a == want->shift, "%s: %u: shift %u", name, i, l->a);
        ck_assert_msg(l->b == want->count, "%s: %u: count %u", name, i, l->b);
        ck_assert_msg(l->c == (want->type << 8 | want->level),
                      "%s: %u: level %#x", name, i, l->c);
        ck_assert_msg(!l->d, "%s: %u: id %#x", name, i, l->d);
    }
    check_legacy_fields(&p, row, name);
}
END_TEST

/* ---- every leaf -------------------------------------------------------- */

#define WORDS 34

/* All words that follow; what is not named keeps the base policy's value. */
static const struct apply_row {
    const char *name;
    enum base base;
    struct x86_topology topo;
    struct word words[WORDS];
} applied[] = {
    { "Intel, one thread", INTEL, TOPO(1, 1, 1, 1, 4),
      { { 0, NONE, 'a', 0xb },
        { 1, NONE, 'b', 0x00010000 }, { 1, NONE, 'd', 0 },
        { 4, 0, 'a', 0x121 }, { 4, 1, 'a', 0x122 }, { 4, 2, 'a', 0x143 },
        { 4, 3, 'a', 0x163 },
        { 0xb, 0, 'b', 1 }, { 0xb, 0, 'c', 0x100 },
        { 0xb, 1, 'b', 1 }, { 0xb, 1, 'c', 0x201 } } },
    /* 15 threads would fit in 4 bits, but their ids need 5. */
    { "Intel, ids with gaps", INTEL, TOPO(3, 5, 1, 1, 1),
      { { 0, NONE, 'a', 0xb },
        { 1, NONE, 'b', 32 << 16 }, { 1, NONE, 'd', HTT },
        { 4, 0, 'a', 0x121 | 2 << 14 | 7 << 26 },
        { 4, 1, 'a', 0x122 | 2 << 14 | 7 << 26 },
        { 4, 2, 'a', 0x143 | 2 << 14 | 7 << 26 },
        { 4, 3, 'a', 0x163 | 31 << 14 | 7 << 26 },
        { 0xb, 0, 'a', 2 }, { 0xb, 0, 'b', 3 }, { 0xb, 0, 'c', 0x100 },
        { 0xb, 1, 'a', 5 }, { 0xb, 1, 'b', 15 },
        { 0xb, 1, 'c', 0x201 } } },
    { "Intel, modules", INTEL, TOPO(1, 4, 3, 1, 1),
      { { 0, NONE, 'a', 0x1f },
        { 1, NONE, 'b', 12 << 16 }, { 1, NONE, 'd', HTT },
        { 4, 0, 'a', 0x121 | 11u << 26 }, { 4, 1, 'a', 0x122 | 11u << 26 },
        { 4, 2, 'a', 0x143 | 3 << 14 | 11u << 26 },
        { 4, 3, 'a', 0x163 | 11 << 14 | 11u << 26 },
        { 0xb, 0, 'b', 1 }, { 0xb, 0, 'c', 0x100 },
        { 0xb, 1, 'a', 4 }, { 0xb, 1, 'b', 12 }, { 0xb, 1, 'c', 0x201 },
        { 0x1f, 0, 'b', 1 }, { 0x1f, 0, 'c', 0x100 },
        { 0x1f, 1, 'a', 2 }, { 0x1f, 1, 'b', 4 }, { 0x1f, 1, 'c', 0x201 },
        { 0x1f, 2, 'a', 4 }, { 0x1f, 2, 'b', 12 },
        { 0x1f, 2, 'c', 0x302 } } },
    /* A level that does not exist is not listed: dies follow cores. */
    { "Intel, dies", INTEL, TOPO(2, 24, 1, 2, 2),
      { { 0, NONE, 'a', 0x1f },
        { 1, NONE, 'b', 96 << 16 }, { 1, NONE, 'd', HTT },
        { 4, 0, 'a', 0x121 | 1 << 14 | 47u << 26 },
        { 4, 1, 'a', 0x122 | 1 << 14 | 47u << 26 },
        { 4, 2, 'a', 0x143 | 1 << 14 | 47u << 26 },
        { 4, 3, 'a', 0x163 | 47 << 14 | 47u << 26 },
        { 0xb, 0, 'a', 1 }, { 0xb, 0, 'b', 2 }, { 0xb, 0, 'c', 0x100 },
        { 0xb, 1, 'a', 7 }, { 0xb, 1, 'b', 96 }, { 0xb, 1, 'c', 0x201 },
        { 0x1f, 0, 'a', 1 }, { 0x1f, 0, 'b', 2 }, { 0x1f, 0, 'c', 0x100 },
        { 0x1f, 1, 'a', 6 }, { 0x1f, 1, 'b', 48 }, { 0x1f, 1, 'c', 0x201 },
        { 0x1f, 2, 'a', 7 }, { 0x1f, 2, 'b', 96 },
        { 0x1f, 2, 'c', 0x502 } } },
    { "Intel, all levels, saturated", INTEL, TOPO(4, 16, 16, 16, 1),
      { { 0, NONE, 'a', 0x1f },
        { 1, NONE, 'b', 255 << 16 }, { 1, NONE, 'd', HTT },
        { 4, 0, 'a', 0x121 | 3 << 14 | 63u << 26 },
        { 4, 1, 'a', 0x122 | 3 << 14 | 63u << 26 },
        { 4, 2, 'a', 0x143 | 63 << 14 | 63u << 26 },
        { 4, 3, 'a', 0x163 | 1023 << 14 | 63u << 26 },
        { 0xb, 0, 'a', 2 }, { 0xb, 0, 'b', 4 }, { 0xb, 0, 'c', 0x100 },
        { 0xb, 1, 'a', 14 }, { 0xb, 1, 'b', 16384 },
        { 0xb, 1, 'c', 0x201 },
        { 0x1f, 0, 'a', 2 }, { 0x1f, 0, 'b', 4 }, { 0x1f, 0, 'c', 0x100 },
        { 0x1f, 1, 'a', 6 }, { 0x1f, 1, 'b', 64 }, { 0x1f, 1, 'c', 0x201 },
        { 0x1f, 2, 'a', 10 }, { 0x1f, 2, 'b', 1024 },
        { 0x1f, 2, 'c', 0x302 },
        { 0x1f, 3, 'a', 14 }, { 0x1f, 3, 'b', 16384 },
        { 0x1f, 3, 'c', 0x503 } } },
    { "AMD, one thread", AMD, TOPO(1, 1, 1, 1, 4),
      { { 0, NONE, 'a', 0xb },
        { 1, NONE, 'b', 0x00010000 }, { 1, NONE, 'd', 0 },
        { 0xb, 0, 'b', 1 }, { 0xb, 0, 'c', 0x100 },
        { 0xb, 1, 'b', 1 }, { 0xb, 1, 'c', 0x201 },
        { 0x80000001, NONE, 'c', 0 }, { 0x80000008, NONE, 'c', 0 } } },
    { "AMD, ids with gaps", AMD_TOPOEXT, TOPO(3, 5, 1, 1, 1),
      { { 0, NONE, 'a', 0xb },
        { 1, NONE, 'b', 15 << 16 }, { 1, NONE, 'd', HTT },
        { 0xb, 0, 'a', 2 }, { 0xb, 0, 'b', 3 }, { 0xb, 0, 'c', 0x100 },
        { 0xb, 1, 'a', 5 }, { 0xb, 1, 'b', 15 }, { 0xb, 1, 'c', 0x201 },
        { 0x80000001, NONE, 'c', TOPOEXT | CMP_LEGACY },
        { 0x80000008, NONE, 'c', 0x500e },
        { 0x8000001d, 0, 'a', 0x121 | 2 << 14 },
        { 0x8000001d, 1, 'a', 0x122 | 2 << 14 },
        { 0x8000001d, 2, 'a', 0x143 | 2 << 14 },
        { 0x8000001d, 3, 'a', 0x163 | 31 << 14 },
        { 0x8000001e, NONE, 'b', 0x200 } } },
    /* Two EPYC 9654, 0x80000026 as they have it. */
    { "AMD, dies of one complex", AMD_TOPOEXT, TOPO(2, 8, 1, 12, 2),
      { { 0, NONE, 'a', 0xb }, { 0x80000000, NONE, 'a', 0x80000026 },
        { 1, NONE, 'b', 0xc0 << 16 }, { 1, NONE, 'd', HTT },
        { 0xb, 0, 'a', 1 }, { 0xb, 0, 'b', 2 }, { 0xb, 0, 'c', 0x100 },
        { 0xb, 1, 'a', 8 }, { 0xb, 1, 'b', 192 }, { 0xb, 1, 'c', 0x201 },
        { 0x80000001, NONE, 'c', TOPOEXT | CMP_LEGACY },
        { 0x80000008, NONE, 'c', 0x80bf },
        { 0x8000001d, 0, 'a', 0x4121 }, { 0x8000001d, 1, 'a', 0x4122 },
        { 0x8000001d, 2, 'a', 0x4143 }, { 0x8000001d, 3, 'a', 0x3c163 },
        { 0x8000001e, NONE, 'b', 0x100 },
        { 0x80000026, 0, 'a', 1 }, { 0x80000026, 0, 'b', 2 },
        { 0x80000026, 0, 'c', 0x100 },
        { 0x80000026, 1, 'a', 4 }, { 0x80000026, 1, 'b', 0x10 },
        { 0x80000026, 1, 'c', 0x201 },
        { 0x80000026, 2, 'a', 4 }, { 0x80000026, 2, 'b', 0x10 },
        { 0x80000026, 2, 'c', 0x302 },
        { 0x80000026, 3, 'a', 8 }, { 0x80000026, 3, 'b', 0xc0 },
        { 0x80000026, 3, 'c', 0x403 } } },
    /* Two EPYC 7601: four nodes in each. */
    { "AMD, nodes", AMD_TOPOEXT, TOPO(2, 4, 2, 4, 2),
      { { 0, NONE, 'a', 0xb }, { 0x80000000, NONE, 'a', 0x80000026 },
        { 1, NONE, 'b', 0x40 << 16 }, { 1, NONE, 'd', HTT },
        { 0xb, 0, 'a', 1 }, { 0xb, 0, 'b', 2 }, { 0xb, 0, 'c', 0x100 },
        { 0xb, 1, 'a', 6 }, { 0xb, 1, 'b', 64 }, { 0xb, 1, 'c', 0x201 },
        { 0x80000001, NONE, 'c', TOPOEXT | CMP_LEGACY },
        { 0x80000008, NONE, 'c', 0x603f },
        { 0x8000001d, 0, 'a', 0x4121 }, { 0x8000001d, 1, 'a', 0x4122 },
        { 0x8000001d, 2, 'a', 0x4143 }, { 0x8000001d, 3, 'a', 0x1c163 },
        { 0x8000001e, NONE, 'b', 0x100 }, { 0x8000001e, NONE, 'c', 0x300 },
        { 0x80000026, 0, 'a', 1 }, { 0x80000026, 0, 'b', 2 },
        { 0x80000026, 0, 'c', 0x100 },
        { 0x80000026, 1, 'a', 3 }, { 0x80000026, 1, 'b', 8 },
        { 0x80000026, 1, 'c', 0x201 },
        { 0x80000026, 2, 'a', 4 }, { 0x80000026, 2, 'b', 0x10 },
        { 0x80000026, 2, 'c', 0x302 },
        { 0x80000026, 3, 'a', 6 }, { 0x80000026, 3, 'b', 0x40 },
        { 0x80000026, 3, 'c', 0x403 } } },
    { "AMD, saturated", AMD, TOPO(2, 200, 1, 1, 1),
      { { 0, NONE, 'a', 0xb }, { 0x80000000, NONE, 'a', 0x8000001e },
        { 1, NONE, 'b', 255 << 16 }, { 1, NONE, 'd', HTT },
        { 0xb, 0, 'a', 1 }, { 0xb, 0, 'b', 2 }, { 0xb, 0, 'c', 0x100 },
        { 0xb, 1, 'a', 9 }, { 0xb, 1, 'b', 400 }, { 0xb, 1, 'c', 0x201 },
        { 0x80000001, NONE, 'c', TOPOEXT | CMP_LEGACY },
        { 0x80000008, NONE, 'c', 0x90ff },
        { 0x8000001e, NONE, 'b', 0x100 } } },
    /* Single threads that 8 bits of id suffice for need no TOPOEXT. */
    { "AMD, two packages", AMD, TOPO(1, 24, 1, 1, 2),
      { { 0, NONE, 'a', 0xb },
        { 1, NONE, 'b', 24 << 16 }, { 1, NONE, 'd', HTT },
        { 0xb, 0, 'b', 1 }, { 0xb, 0, 'c', 0x100 },
        { 0xb, 1, 'a', 5 }, { 0xb, 1, 'b', 24 }, { 0xb, 1, 'c', 0x201 },
        { 0x80000001, NONE, 'c', CMP_LEGACY },
        { 0x80000008, NONE, 'c', 0x5017 } } },
    /* Ids that are doubled: as Xen's guests have it, and no levels. */
    { "AMD, doubled", AMD, DOUBLED(1, 3, 1),
      { { 1, NONE, 'b', 6 << 16 }, { 1, NONE, 'd', HTT },
        { 0x80000001, NONE, 'c', CMP_LEGACY },
        { 0x80000008, NONE, 'c', 0x3005 } } },
    { "AMD, the most that is doubled", AMD, DOUBLED(1, 128, 1),
      { { 1, NONE, 'b', 255 << 16 }, { 1, NONE, 'd', HTT },
        { 0x80000001, NONE, 'c', CMP_LEGACY },
        { 0x80000008, NONE, 'c', 0x80ff } } },
    { "AMD, one is not doubled", AMD, DOUBLED(1, 1, 4),
      { { 1, NONE, 'b', 1 << 16 } } },
    { "Intel, doubled", INTEL, DOUBLED(1, 3, 1),
      { { 1, NONE, 'b', 6 << 16 }, { 1, NONE, 'd', HTT },
        { 4, 0, 'a', 0x121 | 5 << 26 }, { 4, 1, 'a', 0x122 | 5 << 26 },
        { 4, 2, 'a', 0x143 | 5 << 26 },
        { 4, 3, 'a', 0x163 | 5 << 14 | 5 << 26 } } },
    { "Intel, the most in one package", INTEL, DOUBLED(1, 64, 2),
      { { 1, NONE, 'b', 128 << 16 }, { 1, NONE, 'd', HTT },
        { 4, 0, 'a', 0x121 | 63u << 26 }, { 4, 1, 'a', 0x122 | 63u << 26 },
        { 4, 2, 'a', 0x143 | 63u << 26 },
        { 4, 3, 'a', 0x163 | 127 << 14 | 63u << 26 } } },
    { "Intel, doubled threads", INTEL, DOUBLED(2, 3, 1),
      { { 1, NONE, 'b', 12 << 16 }, { 1, NONE, 'd', HTT },
        { 4, 0, 'a', 0x121 | 3 << 14 | 2 << 26 },
        { 4, 1, 'a', 0x122 | 3 << 14 | 2 << 26 },
        { 4, 2, 'a', 0x143 | 3 << 14 | 2 << 26 },
        { 4, 3, 'a', 0x163 | 11 << 14 | 2 << 26 } } },
    { "Intel, one is not doubled", INTEL, DOUBLED(1, 1, 1),
      { { 1, NONE, 'b', 1 << 16 }, { 4, 0, 'a', 0x121 },
        { 4, 1, 'a', 0x122 }, { 4, 2, 'a', 0x143 }, { 4, 3, 'a', 0x163 } } },
    { "Zhaoxin has Intel's leaves", ZHAOXIN, TOPO(1, 4, 1, 2, 1),
      { { 0, NONE, 'a', 0x1f },
        { 1, NONE, 'b', 8 << 16 }, { 1, NONE, 'd', HTT },
        { 4, 0, 'a', 0x121 | 7 << 26 }, { 4, 1, 'a', 0x122 | 7 << 26 },
        { 4, 2, 'a', 0x143 | 7 << 26 },
        { 4, 3, 'a', 0x163 | 3 << 14 | 7 << 26 },
        { 0xb, 0, 'b', 1 }, { 0xb, 0, 'c', 0x100 },
        { 0xb, 1, 'a', 3 }, { 0xb, 1, 'b', 8 }, { 0xb, 1, 'c', 0x201 },
        { 0x1f, 0, 'b', 1 }, { 0x1f, 0, 'c', 0x100 },
        { 0x1f, 1, 'a', 2 }, { 0x1f, 1, 'b', 4 }, { 0x1f, 1, 'c', 0x201 },
        { 0x1f, 2, 'a', 3 }, { 0x1f, 2, 'b', 8 },
        { 0x1f, 2, 'c', 0x502 } } },
};

static void check_same(const char *name, const struct cpu_policy *p,
                       const struct cpu_policy *want)
{
    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        ck_assert_msg(p->word[i] == want->word[i],
                      "%s: leaf %#x.%#x e%cx: %#x, not %#x", name,
                      x86_slot_descs[i / 4].leaf,
                      x86_slot_descs[i / 4].subleaf, "abcd"[i % 4],
                      p->word[i], want->word[i]);
    ck_assert_msg(!memcmp(p, want, sizeof(*p)), "%s: not the same", name);
}

START_TEST(topology_apply_of_row_writes_every_leaf)
{
    const struct apply_row *row = &applied[_i];
    struct cpu_policy p = base_policy(row->base), want = p;

    ck_assert(!row->words[WORDS - 1].reg);
    policy_set_words(&want, row->words);

    ck_assert_int_eq(x86_topology_apply(&row->topo, &p), 0);
    check_same(row->name, &p, &want);

    /* Whatever topology there was before leaves no trace. */
    static const struct x86_topology others[] = {
        TOPO(7, 3, 5, 2, 1), TOPO(1, 1, 1, 1, 1), TOPO(2, 4, 1, 1, 1),
    };
    for ( int i = 0; i < NR(others); i++ )
    {
        p = want;
        ck_assert_int_eq(x86_topology_apply(&others[i], &p), 0);
        ck_assert_int_eq(x86_topology_apply(&row->topo, &p), 0);
        p.leaf[X86_SLOT_0].a = want.leaf[X86_SLOT_0].a;
        p.leaf[X86_SLOT_80000000].a = want.leaf[X86_SLOT_80000000].a;
        /* Once there, TOPOEXT is a feature like others: not taken away. */
        if ( !x86_policy_has(&want, X86_FEATURE_TOPOEXT) )
        {
            p.leaf[X86_SLOT_80000001].c &= ~TOPOEXT;
            p.leaf[X86_SLOT_8000001E] = want.leaf[X86_SLOT_8000001E];
        }
        check_same(row->name, &p, &want);
    }
}
END_TEST

/* Only topology: fields of that kind, highest leaves, three features. */
START_TEST(topology_apply_touches_nothing_else)
{
    struct random r = random_start();

    for ( unsigned int i = 0; i < 2000; i++ )
    {
        struct x86_topology topo = random_topology(&r, 65535);
        enum base base = i % NR_BASES;
        struct cpu_policy p = base_policy(base), before;
        enum x86_layout layout = x86_vendor_layout(p.vendor);
        const uint32_t *mine = x86_kind_words[layout][X86_KIND_TOPOLOGY];

        /* Topology of an earlier time in half of them. */
        for ( unsigned int w = 4; i % 2 && w < X86_NR_WORDS; w++ )
            p.word[w] |= random_register(&r) & mine[w];
        before = p;
        ck_assert_int_eq(x86_topology_apply(&topo, &p), 0);

        p.leaf[X86_SLOT_0].a = before.leaf[X86_SLOT_0].a;
        p.leaf[X86_SLOT_80000000].a = before.leaf[X86_SLOT_80000000].a;
        p.leaf[X86_SLOT_1].d &= ~HTT;
        p.leaf[X86_SLOT_80000001].c &= ~CMP_LEGACY;
        if ( layout == X86_LAYOUT_AMD )
            p.leaf[X86_SLOT_80000001].c =
                (p.leaf[X86_SLOT_80000001].c & ~TOPOEXT) |
                (before.leaf[X86_SLOT_80000001].c & TOPOEXT);
        for ( unsigned int w = 0; w < X86_NR_WORDS; w++ )
            if ( (p.word[w] ^ before.word[w]) & ~mine[w] )
                ck_abort_msg("seed %#lx, %u: leaf %#x.%#x e%cx", r.seed, i,
                             x86_slot_descs[w / 4].leaf,
                             x86_slot_descs[w / 4].subleaf, "abcd"[w % 4]);
        ck_assert(!memcmp(p.msr, before.msr, sizeof(p.msr)));
    }
}
END_TEST

START_TEST(topology_apply_keeps_higher_leaves)
{
    static const struct x86_topology topo = TOPO(2, 4, 2, 2, 1);
    struct cpu_policy p = base_policy(INTEL);

    p.leaf[X86_SLOT_0].a = 0x24;
    ck_assert_int_eq(x86_topology_apply(&topo, &p), 0);
    ck_assert_uint_eq(p.leaf[X86_SLOT_0].a, 0x24);
    ck_assert_uint_eq(p.leaf[X86_SLOT_80000000].a, 0x80000008);

    p = base_policy(AMD);
    p.leaf[X86_SLOT_0].a = 0x10;
    p.leaf[X86_SLOT_80000000].a = 0x80000028;
    ck_assert_int_eq(x86_topology_apply(&topo, &p), 0);
    ck_assert_uint_eq(p.leaf[X86_SLOT_0].a, 0x10);
    ck_assert_uint_eq(p.leaf[X86_SLOT_80000000].a, 0x80000028);
}
END_TEST

/* Raising it would show address sizes of zero. */
START_TEST(topology_apply_does_not_raise_over_address_sizes)
{
    static const struct x86_topology topo = TOPO(2, 4, 2, 2, 1);
    struct cpu_policy p = base_policy(AMD);
    struct x86_topology_map map;

    p.leaf[X86_SLOT_80000000].a = 0x80000007;
    ck_assert_int_eq(x86_topology_apply(&topo, &p), 0);
    ck_assert_uint_eq(p.leaf[X86_SLOT_80000000].a, 0x80000007);
    ck_assert_uint_eq(p.leaf[X86_SLOT_80000008].c, 0);
    ck_assert_uint_eq(p.leaf[X86_SLOT_80000026].b, 0);

    ck_assert_int_eq(x86_topology_judge(&p, NULL), 0);
    ck_assert_int_eq(x86_topology_read(&p, &map), 0);
    ck_assert_uint_eq(map.count.threads_per_core, 2);
    ck_assert_uint_eq(map.count.cores_per_module, 16);
}
END_TEST

Suite *suite_topology_leaves(void)
{
    Suite *s = suite_create("topology_leaves");
    TCase *t = tcase_create("apply");

    tcase_add_loop_test(t, topology_apply_of_vector_matches, 0, NR(vectors));
    tcase_add_loop_test(t, topology_apply_of_row_writes_every_leaf, 0,
                        NR(applied));
    tcase_add_test(t, topology_apply_touches_nothing_else);
    tcase_add_test(t, topology_apply_keeps_higher_leaves);
    tcase_add_test(t, topology_apply_does_not_raise_over_address_sizes);
    suite_add_tcase(s, t);

    return s;
}
