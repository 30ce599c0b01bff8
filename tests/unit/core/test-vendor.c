/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who made the CPU, which layout of leaves that means, which model it is. */
#include <check.h>
#include <string.h>

#include <xen/lib/x86/cpu-policy.h>

Suite *suite_vendor(void);

static const struct vendor_row {
    char id[13];                /* as a person reads it */
    uint32_t vendor;
    enum x86_layout layout;
    const char *name;
} vendors[] = {
    { "", X86_VENDOR_UNKNOWN, X86_LAYOUT_CENTAUR, "Unknown" },
    { "            ", X86_VENDOR_UNKNOWN, X86_LAYOUT_CENTAUR, "Unknown" },
    { "xxxxxxxxxxxx", X86_VENDOR_UNKNOWN, X86_LAYOUT_CENTAUR, "Unknown" },
    { "GenuineIntel", X86_VENDOR_INTEL, X86_LAYOUT_INTEL, "Intel" },
    { "AuthenticAMD", X86_VENDOR_AMD, X86_LAYOUT_AMD, "AMD" },
    { "CentaurHauls", X86_VENDOR_CENTAUR, X86_LAYOUT_CENTAUR, "Centaur" },
    { "  Shanghai  ", X86_VENDOR_SHANGHAI, X86_LAYOUT_CENTAUR, "Shanghai" },
    { "HygonGenuine", X86_VENDOR_HYGON, X86_LAYOUT_AMD, "Hygon" },
    /* One character off, in each of the three registers. */
    { "genuineIntel", X86_VENDOR_UNKNOWN, X86_LAYOUT_CENTAUR, "Unknown" },
    { "GenuImeIntel", X86_VENDOR_UNKNOWN, X86_LAYOUT_CENTAUR, "Unknown" },
    { "GenuineInteL", X86_VENDOR_UNKNOWN, X86_LAYOUT_CENTAUR, "Unknown" },
    /* Right words in the order in which the registers are numbered. */
    { "GenuntelineI", X86_VENDOR_UNKNOWN, X86_LAYOUT_CENTAUR, "Unknown" },
};

#define NR_VENDORS (sizeof(vendors) / sizeof(vendors[0]))

START_TEST(vendor_lookup_of_id_string_matches)
{
    const struct vendor_row *row = &vendors[_i];
    uint32_t regs[3], vendor;
    struct cpu_policy p = { 0 };

    memcpy(regs, row->id, sizeof(regs));
    vendor = x86_vendor_lookup(regs[0], regs[2], regs[1]);
    ck_assert_msg(vendor == row->vendor, "'%s': vendor %#x", row->id, vendor);
    ck_assert_msg(x86_vendor_layout(vendor) == row->layout, "'%s': layout %d",
                  row->id, x86_vendor_layout(vendor));
    ck_assert_msg(!strcmp(x86_vendor_name(vendor), row->name),
                  "'%s': named %s", row->id, x86_vendor_name(vendor));

    p.leaf[X86_SLOT_0] = (struct x86_regs){ 0, regs[0], regs[2], regs[1] };
    p.vendor = ~row->vendor;
    x86_policy_recalc_vendor(&p);
    ck_assert_msg(p.vendor == row->vendor, "'%s': recalculated to %#x",
                  row->id, p.vendor);
}
END_TEST

START_TEST(vendor_name_of_a_set_of_vendors_is_unknown)
{
    ck_assert_str_eq(x86_vendor_name(X86_VENDOR_INTEL | X86_VENDOR_AMD),
                     "Unknown");
}
END_TEST

static const struct {
    const char *name;
    uint32_t signature, family, model;
} signatures[] = {
    { "zero",               0x00000000, 0x0,  0x0 },
    { "486 DX4",            0x00000480, 0x4,  0x8 },
    { "K6-III+",            0x000005d4, 0x5,  0xd },
    { "extended model is not read in family 5", 0x000f05d4, 0x5, 0xd },
    { "Pentium Pro",        0x00000611, 0x6,  0x1 },
    { "extended family is not read in family 6", 0x0ff00611, 0x6, 0x1 },
    { "Ice Lake server",    0x000606a6, 0x6,  0x6a },
    { "Arrow Lake",         0x000c0662, 0x6,  0xc6 },
    { "Pentium 4",          0x00000f12, 0xf,  0x1 },
    { "K8 Santa Rosa",      0x00040f12, 0xf,  0x41 },
    { "Vishera",            0x00600f20, 0x15, 0x2 },
    { "Zen",                0x00800f82, 0x17, 0x8 },
    { "Milan",              0x00a00f11, 0x19, 0x1 },
    { "Dhyana",             0x00900f22, 0x18, 0x2 },
    { "highest family",     0x0fff0fff, 0x10e, 0xff },
};

#define NR_SIGNATURES (sizeof(signatures) / sizeof(signatures[0]))

START_TEST(family_and_model_of_signature_match)
{
    uint32_t signature = signatures[_i].signature;

    ck_assert_msg(x86_family(signature) == signatures[_i].family,
                  "%s: family %#x", signatures[_i].name,
                  x86_family(signature));
    ck_assert_msg(x86_model(signature) == signatures[_i].model,
                  "%s: model %#x", signatures[_i].name, x86_model(signature));
}
END_TEST

Suite *suite_vendor(void)
{
    Suite *s = suite_create("vendor");
    TCase *tc = tcase_create("identification");

    tcase_add_loop_test(tc, vendor_lookup_of_id_string_matches, 0,
                        NR_VENDORS);
    tcase_add_test(tc, vendor_name_of_a_set_of_vendors_is_unknown);
    tcase_add_loop_test(tc, family_and_model_of_signature_match, 0,
                        NR_SIGNATURES);
    suite_add_tcase(s, tc);

    return s;
}
