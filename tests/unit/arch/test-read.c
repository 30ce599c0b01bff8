/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading a CPU through a CPUID function: what is asked, within which
 * limits; and what differs between two CPUs of one host.
 */
#include <check.h>
#include <string.h>

#include "machine.h"
#include "quick.h"
#include "random.h"

Suite *suite_read(void);

/* A CPU that answers from a policy, and counts what it is asked. */
struct fake {
    struct cpu_policy p;
    unsigned int nr_asked;
    bool seen[X86_NR_SLOTS];
};

static void fake_cpuid(void *ctx, uint32_t leaf, uint32_t subleaf,
                       struct x86_regs *out)
{
    struct fake *f = ctx;
    const struct x86_leaf_desc *d = x86_leaf_find(leaf);

    f->nr_asked++;
    memset(out, 0, sizeof(*out));
    if ( !d || !x86_leaf_in_range(&f->p, leaf) )
        return;
    if ( d->stop == X86_STOP_PLAIN )
        subleaf = 0;
    else if ( subleaf >= d->nr_subleaves )
        return;
    f->seen[d->first_slot + subleaf] = true;
    *out = f->p.leaf[d->first_slot + subleaf];
}

static const struct machine machines[] = {
    { .maker = INTEL, .signature = 0x606a6,
      .with = "xsave avx avx2 avx512f pku" },
    { .maker = INTEL, .signature = 0x806f8, .max_basic = 0x24,
      .max_ext = 0x80000008, .with = "xsave avx amx-tile" },
    { .maker = AMD, .signature = 0xa00f11, .with = "xsave avx svm" },
    { .maker = AMD, .signature = 0xb40f40, .max_ext = 0x80000026 },
    { .maker = HYGON, .signature = 0x900f22 },
    { .maker = CENTAUR, .signature = 0x307b1,
      .words = { { 0xc0000000, NONE, 'a', 0xc0000001 },
                 { 0xc0000001, NONE, 'd', 0x3fcc } } },
    { .maker = SHANGHAI, .signature = 0x307b1,
      .words = { { 0xc0000000, NONE, 'a', 0xc0000004 },
                 { 0xc0000001, NONE, 'd', 0x3fcc } } },
    { .maker = INTEL, .signature = 0x606a6,
      .words = { { 4, 0, 'a', 0x121 }, { 4, 1, 'a', 0x122 },
                 { 4, 2, 'a', 0x143 } } },
    { .maker = INTEL, .signature = 0x606a6,
      .words = { { 0xb, 0, 'c', 0x100 }, { 0xb, 1, 'c', 0x201 } } },
};

#define NR_MACHINES (sizeof(machines) / sizeof(machines[0]))

START_TEST(read_of_machine_gives_its_registers)
{
    struct fake f = { .nr_asked = 0 };
    struct cpu_policy p, expect;

    machine_make(&f.p, &machines[_i]);
    memset(f.p.msr, 0, sizeof(f.p.msr));
    x86_policy_trim(&f.p);
    expect = f.p;
    memset(&p, 0xc2, sizeof(p));
    x86_policy_read(&p, fake_cpuid, &f);
    x86_policy_trim(&p);
    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        ck_assert_msg(p.word[i] == expect.word[i],
                      "machine %d, leaf %#x.%#x, register %u", _i,
                      x86_slot_descs[i / 4].leaf,
                      x86_slot_descs[i / 4].subleaf, i % 4);
    ck_assert_mem_eq(&p, &expect, sizeof(p));
}
END_TEST

/* Centaur's leaves are asked for on its CPUs only. */
START_TEST(read_of_other_vendors_does_not_ask_for_centaurs_leaves)
{
    struct fake f = { .nr_asked = 0 };
    struct cpu_policy p;

    machine_make(&f.p, &machines[0]);
    f.p.leaf[X86_SLOT_C0000000].a = 0xc0000001;
    x86_policy_read(&p, fake_cpuid, &f);
    ck_assert(!f.seen[X86_SLOT_C0000000]);
    ck_assert_uint_eq(p.leaf[X86_SLOT_C0000000].a, 0);
}
END_TEST

static void random_cpuid(void *ctx, uint32_t leaf, uint32_t subleaf,
                         struct x86_regs *out)
{
    struct random *r = ctx;

    (void)leaf;
    (void)subleaf;
    *out = (struct x86_regs){ random_register(r), random_register(r),
                              random_register(r), random_register(r) };
}

START_TEST(read_of_a_cpu_that_lies_ends_within_the_policy)
{
    struct random r = random_start();

    for ( unsigned int n = 0; n < 5000; n++ )
    {
        struct {
            struct cpu_policy p;
            uint64_t guard;
        } s = { .guard = 0xc2c2c2c2c2c2c2c2ULL };

        x86_policy_read(&s.p, random_cpuid, &r);
        quick_assert_msg(s.guard == 0xc2c2c2c2c2c2c2c2ULL, "read %u", n);
    }
}
END_TEST

struct seen {
    unsigned int nr;
    struct x86_cpu_difference last;
};

static void on_difference(void *ctx, const struct x86_cpu_difference *d)
{
    struct seen *s = ctx;

    s->nr++;
    s->last = *d;
}

static const struct {
    const char *name;
    struct word word;           /* of the other CPU */
    uint32_t mask;              /* expected; 0: no difference that matters */
} differences[] = {
    { "a feature", { 7, 0, 'b', 1u << 5 }, 1u << 5 },
    { "a reserved bit", { 7, 1, 'c', 1u << 31 }, 0 },
    { "APIC id", { 1, NONE, 'b', 0x05000800 }, 0 },
    { "the highest leaf", { 0, NONE, 'a', 7 }, 0xa },
    { "a thermal bit, which no guest sees", { 6, NONE, 'a', 1 }, 0 },
};

START_TEST(cpu_differences_of_table_are_told)
{
    const struct word *w = &differences[_i].word;
    struct cpu_policy boot, other;
    struct seen s = { 0 };

    machine_make(&boot, &(struct machine){ .maker = INTEL,
                                           .signature = 0x606a6 });
    other = boot;
    x86_cpu_differences(&boot, &other, 3, on_difference, &s);
    ck_assert_uint_eq(s.nr, 0);

    *policy_word(&other, w->leaf, w->subleaf, w->reg) = w->value;
    x86_cpu_differences(&boot, &other, 3, on_difference, &s);
    ck_assert_msg(s.nr == !!differences[_i].mask, "%s: %u told",
                  differences[_i].name, s.nr);
    if ( !s.nr )
        return;
    ck_assert_msg(s.last.mask == differences[_i].mask, "%s: %#lx",
                  differences[_i].name, (unsigned long)s.last.mask);
    ck_assert_uint_eq(s.last.cpu, 3);
    ck_assert(!s.last.is_msr);
    ck_assert_uint_eq(s.last.other, w->value);
}
END_TEST

START_TEST(cpu_differences_of_an_msr_are_told)
{
    struct cpu_policy boot, other;
    struct seen s = { 0 };

    machine_make(&boot, &(struct machine){ .maker = INTEL,
                                           .signature = 0x606a6 });
    other = boot;
    *policy_msr(&other, 0x10a) = 1;
    x86_cpu_differences(&boot, &other, 1, on_difference, &s);
    ck_assert_uint_eq(s.nr, 1);
    ck_assert(s.last.is_msr);
    ck_assert_uint_eq(x86_msr_descs[s.last.index].index, 0x10a);
    ck_assert_uint_eq(s.last.mask, 1);
}
END_TEST

Suite *suite_read(void)
{
    Suite *s = suite_create("read");
    TCase *tc = tcase_create("CPUID");

    tcase_add_loop_test(tc, read_of_machine_gives_its_registers, 0,
                        NR_MACHINES);
    tcase_add_test(tc,
                   read_of_other_vendors_does_not_ask_for_centaurs_leaves);
    tcase_add_test(tc, read_of_a_cpu_that_lies_ends_within_the_policy);
    tcase_add_loop_test(tc, cpu_differences_of_table_are_told, 0,
                        sizeof(differences) / sizeof(differences[0]));
    tcase_add_test(tc, cpu_differences_of_an_msr_are_told);
    suite_add_tcase(s, tc);

    return s;
}
