/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest's configuration: rows, templates onto it, and it as a template. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "guest/guest.h"
#include "template/template.h"

Suite *suite_template_guest(void);

#define CPUID(leaf, flags, mods)                                           \
    "{\"leaf\":\"" leaf "\",\"subleaf\":\"0x0\",\"flags\":" flags           \
    ",\"modifiers\":[" mods "]}"
#define MOD(reg, bits) "{\"register\":\"" reg "\",\"bitmap\":\"" bits "\"}"
#define MSR(addr, bits) "{\"addr\":\"" addr "\",\"bitmap\":\"" bits "\"}"

static struct cpu_template parse(const char *text)
{
    struct cpu_template t = { 0 };
    cpupolicy_error err = { 0 };

    ck_assert_msg(!template_parse(text, strlen(text), TEMPLATE_X86_64, &t,
                                  &err), "%s: %s", text, err.message);

    return t;
}

static void put(struct dump_cpu *g, uint32_t leaf, uint32_t subleaf,
                uint32_t value)
{
    struct dump_leaf row = {
        .leaf = leaf, .subleaf = subleaf, .reg = { value },
    };

    ck_assert_int_eq(dump_put_leaf(g, &row, NULL), 0);
}

START_TEST(guest_put_leaf_any_order_sorted)
{
    /* A permutation of 0 .. 40, and every third one again. */
    struct dump_cpu g = { 0 };

    for ( uint32_t i = 0; i < 41; i++ )
        put(&g, i * 7 % 41 / 4, i * 7 % 41 % 4, i);
    for ( uint32_t i = 0; i < 41; i += 3 )
        put(&g, i / 4, i % 4, 1000 + i);

    ck_assert_uint_eq(g.nr_leaves, 41);
    for ( uint32_t i = 0; i < 41; i++ )
    {
        ck_assert_uint_eq(g.leaves[i].leaf * 4 + g.leaves[i].subleaf, i);
        ck_assert_ptr_eq(dump_leaf_at(&g, i / 4, i % 4), &g.leaves[i]);
        ck_assert((g.leaves[i].reg[0] >= 1000) == (i % 3 == 0));
    }
    ck_assert_ptr_null(dump_leaf_at(&g, 3, 4));
    ck_assert_ptr_null(dump_leaf_at(&g, 0x80000000, 0));
    dump_dispose_cpu(&g);
}
END_TEST

START_TEST(guest_put_leaf_too_many_e2big)
{
    struct dump_cpu g = { 0 };
    struct dump_leaf row = { .leaf = DUMP_MAX_ROWS };

    for ( uint32_t i = 0; i < DUMP_MAX_ROWS; i++ )
        put(&g, i, 0, 0);

    ck_assert_int_eq(dump_put_leaf(&g, &row, NULL), -E2BIG);
    ck_assert_uint_eq(g.nr_leaves, DUMP_MAX_ROWS);
    row.leaf = 0;
    ck_assert_int_eq(dump_put_leaf(&g, &row, NULL), 0);
    dump_dispose_cpu(&g);
}
END_TEST

START_TEST(guest_put_msr_any_order_sorted)
{
    struct dump_cpu g = { 0 };

    for ( uint32_t i = 0; i < 40; i++ )
    {
        struct dump_msr row = { .index = i * 11 % 40 / 2, .value = i };

        ck_assert_int_eq(dump_put_msr(&g, &row, NULL), 0);
    }

    ck_assert_uint_eq(g.nr_msrs, 20);
    for ( uint32_t i = 0; i < 20; i++ )
        ck_assert_ptr_eq(dump_msr_at(&g, i), &g.msrs[i]);
    ck_assert_ptr_null(dump_msr_at(&g, 20));
    dump_dispose_cpu(&g);
}
END_TEST

START_TEST(guest_apply_leaves_registers_and_flags_changed)
{
    struct dump_cpu g = { 0 };
    struct cpu_template t = parse(
        "{\"cpuid_modifiers\":["
        CPUID("0x3", "2", MOD("eax", "0b0101") "," MOD("ebx", "0b0100") ","
                          MOD("ecx", "0b111") "," MOD("edx", "0b001")) ","
        CPUID("0x4", "1", "") ","
        CPUID("0x3", "3", MOD("eax", "0bxx1x") "," MOD("ebx", "0b0xxx"))
        "]}");
    static const uint32_t want[4] = { 0xfffffff7, 0xf4, 7, 0xfff9 };

    put(&g, 3, 0, 0xfffffff0);
    put(&g, 4, 0, 0x1234);
    g.leaves[0].reg[1] = 0xff;
    g.leaves[0].reg[3] = 0xffff;

    ck_assert_int_eq(template_apply_leaves(&g, &t, "KVM", NULL), 0);
    ck_assert_mem_eq(g.leaves[0].reg, want, sizeof(want));
    ck_assert_uint_eq(g.leaves[0].flags, 3);
    ck_assert_uint_eq(g.leaves[1].reg[0], 0x1234);
    ck_assert_uint_eq(g.leaves[1].flags, 1);

    template_dispose(&t);
    dump_dispose_cpu(&g);
}
END_TEST

/* Also where there is nothing to change in it: KVM would not know the leaf. */
START_TEST(guest_apply_leaves_missing_entry_enoent_untouched)
{
    struct dump_cpu g = { 0 };
    struct cpu_template t = parse(
        "{\"cpuid_modifiers\":[" CPUID("0x3", "2", MOD("eax", "1")) ","
        CPUID("0x1f00", "0", "") "]}");
    cpupolicy_error err;

    put(&g, 3, 0, 0);
    ck_assert_int_eq(template_apply_leaves(&g, &t, "KVM", &err), -ENOENT);
    ck_assert_str_eq(err.message, "Template changes a CPUID entry not "
                     "supported by KVM: Leaf: 1f00, Subleaf: 0");
    ck_assert_uint_eq(g.leaves[0].reg[0], 0);
    ck_assert_uint_eq(g.leaves[0].flags, 0);

    template_dispose(&t);
    dump_dispose_cpu(&g);
}
END_TEST

START_TEST(guest_apply_msrs_values_changed)
{
    struct dump_cpu g = { 0 };
    struct dump_msr a = { .index = 0x8000, .value = 8 };
    struct dump_msr b = { .index = 0x9999, .value = 10 };
    struct cpu_template t = parse(
        "{\"msr_modifiers\":[" MSR("0x8000", "0b101") ","
        MSR("0x9999", "0bx") "]}");

    dump_put_msr(&g, &a, NULL);
    dump_put_msr(&g, &b, NULL);
    ck_assert_int_eq(template_apply_msrs(&g, &t, "KVM", NULL), 0);
    ck_assert_uint_eq(dump_msr_at(&g, 0x8000)->value, 0xd);
    ck_assert_uint_eq(dump_msr_at(&g, 0x9999)->value, 10);

    template_dispose(&t);
    dump_dispose_cpu(&g);
}
END_TEST

START_TEST(guest_apply_msrs_missing_enoent_untouched)
{
    struct dump_cpu g = { 0 };
    struct dump_msr a = { .index = 0x8000, .value = 8 };
    struct cpu_template t = parse(
        "{\"msr_modifiers\":[" MSR("0x8000", "0b101") ","
        MSR("0x9999", "0bx") "]}");
    cpupolicy_error err;

    dump_put_msr(&g, &a, NULL);
    ck_assert_int_eq(template_apply_msrs(&g, &t, "KVM", &err), -ENOENT);
    ck_assert_ptr_nonnull(strstr(err.message, "0x9999"));
    ck_assert_uint_eq(dump_msr_at(&g, 0x8000)->value, 8);

    template_dispose(&t);
    dump_dispose_cpu(&g);
}
END_TEST

/* First and last of each range, and their neighbours. */
static const struct {
    uint32_t index;
    bool dumped, dumped_amd;
} msr_rows[] = {
    { 0x10, false, false }, { 0x11, true, true },
    { 0xc0, true, true }, { 0xc1, false, false }, { 0xc8, false, false },
    { 0xc9, true, true },
    { 0x10a, true, false }, { 0x10b, true, true },
    { 0x179, true, true }, { 0x17a, false, false }, { 0x17b, false, false },
    { 0x17c, true, true },
    { 0x185, true, true }, { 0x186, false, false }, { 0x18d, false, false },
    { 0x18e, true, true },
    { 0x308, true, true }, { 0x309, false, false }, { 0x30c, false, false },
    { 0x30d, true, true }, { 0x345, false, false }, { 0x346, true, true },
    { 0x38c, true, true }, { 0x38d, false, false }, { 0x390, false, false },
    { 0x391, true, true },
    { 0x3f0, true, true }, { 0x3f1, false, false }, { 0x3f2, false, false },
    { 0x3f3, true, true },
    { 0x47f, true, true }, { 0x480, false, false }, { 0x491, false, false },
    { 0x492, true, true }, { 0x4d0, false, false }, { 0x600, false, false },
    { 0x6e0, false, false }, { 0x1a0, true, true },
    { 0x40000000, false, false }, { 0x40000003, false, false },
    { 0x40000004, true, true }, { 0x40000010, false, false },
    { 0x4000001f, true, true }, { 0x40000020, false, false },
    { 0x40000023, false, false }, { 0x40000024, true, true },
    { 0x40000073, false, false }, { 0x40000080, false, false },
    { 0x400000b0, false, false }, { 0x400000f0, true, true },
    { 0x400000f1, false, false }, { 0x400000f5, false, false },
    { 0x400000f6, true, true }, { 0x400000ff, false, false },
    { 0x40000108, false, false }, { 0x40000109, true, true },
    { 0x40000118, false, false }, { 0x40000119, true, true },
    { 0x4b564d00, true, true },
    { 0xc000ffff, true, true }, { 0xc0010000, false, false },
    { 0xc0010007, false, false }, { 0xc0010008, true, true },
    { 0xc00101ff, true, true }, { 0xc0010200, false, false },
    { 0xc001020b, false, false }, { 0xc001020c, true, true },
};

START_TEST(guest_msr_is_dumped_ranges_exact)
{
    for ( size_t i = 0; i < sizeof(msr_rows) / sizeof(msr_rows[0]); i++ )
    {
        uint32_t index = msr_rows[i].index;

        ck_assert_msg(guest_msr_is_dumped(index, false) ==
                      msr_rows[i].dumped, "%#x", index);
        ck_assert_msg(guest_msr_is_dumped(index, true) ==
                      msr_rows[i].dumped_amd, "%#x on AMD", index);
    }
}
END_TEST

START_TEST(guest_to_template_all_bits_fixed_in_order)
{
    struct dump_cpu g = { 0 };
    struct dump_msr msrs[] = {
        { .index = 0x5, .value = ~0ULL << 32 }, { .index = 0x10, .value = 1 },
        { .index = 0x10a, .value = 7 }, { .index = 0x1, .value = ~0ULL },
    };
    struct cpu_template t;

    put(&g, 0x80000001, 0, 5);
    put(&g, 0x40000000, 0, 0);
    put(&g, 1, 1, 0xaaaaaaaa);
    g.leaves[0].flags = 1;
    for ( unsigned int i = 0; i < 4; i++ )
        dump_put_msr(&g, &msrs[i], NULL);

    ck_assert_int_eq(template_from_guest(&g, false, &t, NULL), 0);
    ck_assert_uint_eq(t.nr_leaves, 3);
    ck_assert_uint_eq(t.leaves[0].leaf, 1);
    ck_assert_uint_eq(t.leaves[0].subleaf, 1);
    ck_assert_uint_eq(t.leaves[0].flags, 1);
    ck_assert_uint_eq(t.leaves[0].nr_modifiers, 4);
    ck_assert_uint_eq(t.leaves[0].modifiers[0].bits.filter[0], 0xffffffff);
    ck_assert_uint_eq(t.leaves[0].modifiers[0].bits.value[0], 0xaaaaaaaa);
    ck_assert_uint_eq(t.leaves[0].modifiers[3].reg, 3);
    ck_assert_uint_eq(t.leaves[1].leaf, 0x40000000);
    ck_assert_uint_eq(t.leaves[2].leaf, 0x80000001);
    ck_assert_uint_eq(t.nr_msrs, 3);
    ck_assert_uint_eq(t.msrs[0].index, 1);
    ck_assert_uint_eq(t.msrs[1].index, 5);
    ck_assert_uint_eq(t.msrs[1].bits.value[0], ~0ULL << 32);
    ck_assert_uint_eq(t.msrs[2].index, 0x10a);
    template_dispose(&t);

    ck_assert_int_eq(template_from_guest(&g, true, &t, NULL), 0);
    ck_assert_uint_eq(t.nr_msrs, 2);
    template_dispose(&t);
    dump_dispose_cpu(&g);
}
END_TEST

START_TEST(guest_from_dump_flags_derived)
{
    struct dump_leaf leaves[] = {
        { .leaf = 7, .subleaf = 0, .reg = { 2 } },
        { .leaf = 1, .subleaf = DUMP_NO_SUBLEAF, .reg = { 1 } },
        { .leaf = 0x80000001, .subleaf = 0, .reg = { 3 } },
    };
    struct dump_msr msrs[] = {
        { .index = 0x10a, .value = 5 },
        { .index = 0x3a, .failed = true },
    };
    struct dump_cpu cpu = {
        .leaves = leaves, .nr_leaves = 3, .msrs = msrs, .nr_msrs = 2,
    };
    struct dump_cpu g;

    ck_assert_int_eq(guest_from_dump(&cpu, &g, NULL), 0);
    ck_assert_uint_eq(g.nr_leaves, 3);
    ck_assert_uint_eq(g.nr_msrs, 1);
    ck_assert_uint_eq(dump_leaf_at(&g, 1, 0)->flags, 0);
    ck_assert_uint_eq(dump_leaf_at(&g, 7, 0)->flags, 1);
    ck_assert_uint_eq(dump_leaf_at(&g, 0x80000001, 0)->flags, 0);
    ck_assert_uint_eq(dump_msr_at(&g, 0x10a)->value, 5);
    dump_dispose_cpu(&g);
}
END_TEST

Suite *suite_template_guest(void)
{
    Suite *s = suite_create("template-guest");
    TCase *t = tcase_create("guest");

    tcase_add_test(t, guest_put_leaf_any_order_sorted);
    tcase_add_test(t, guest_put_leaf_too_many_e2big);
    tcase_add_test(t, guest_put_msr_any_order_sorted);
    tcase_add_test(t, guest_apply_leaves_registers_and_flags_changed);
    tcase_add_test(t, guest_apply_leaves_missing_entry_enoent_untouched);
    tcase_add_test(t, guest_apply_msrs_values_changed);
    tcase_add_test(t, guest_apply_msrs_missing_enoent_untouched);
    tcase_add_test(t, guest_msr_is_dumped_ranges_exact);
    tcase_add_test(t, guest_to_template_all_bits_fixed_in_order);
    tcase_add_test(t, guest_from_dump_flags_derived);
    suite_add_tcase(s, t);

    return s;
}
