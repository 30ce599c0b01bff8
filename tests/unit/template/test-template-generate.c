/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One template for several hosts. */
#include <check.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xen/lib/x86/cpu-policy.h>

#include "guest/normalise.h"
#include "template-host.h"
#include "template/generate.h"

Suite *suite_template_generate(void);

/* Generate from two hosts, which are disposed of. */
static struct generate_result generate(struct host *a, struct host *b)
{
    struct cpu_template t[2];
    struct generate_result r;
    cpupolicy_error err = { 0 };

    ck_assert_int_eq(template_from_guest(&a->g, false, &t[0], NULL), 0);
    ck_assert_int_eq(template_from_guest(&b->g, false, &t[1], NULL), 0);
    ck_assert_msg(!template_generate(t, 2, &r, NULL, &err), "%s",
                  err.message);
    template_dispose(&t[0]);
    template_dispose(&t[1]);
    dump_dispose_cpu(&a->g);
    dump_dispose_cpu(&b->g);

    return r;
}

/*
 * One register of the second host is changed (or its leaf dropped, value
 * DROP); what is found then.  `forced`: the template's bits of it, "" if none.
 */
#define DROP 0xdeadbeef
#define FORCED "forced "
static const struct {
    const char *name;
    uint32_t leaf, subleaf;
    unsigned int reg;
    uint32_t value;
    const char *found;
} rows[] = {
    { "nothing", 0, 0, A, 0xd, "" },
    { "feature", 7, 0, B, 0x00000100, FORCED "avx2=0" },
    { "feature, the other way", 7, 0, B, 0x00080120, FORCED "adx=0" },
    { "limit", 0x80000008, 0, A, 0x302a, FORCED "maxphysaddr=2a" },
    { "limit, the other way", 0x80000008, 0, A, 0x3034,
      FORCED "maxphysaddr=2e" },
    { "highest leaf", 0, 0, A, 0x16, FORCED "max_basic_leaf=d" },
    { "choice", 1, 0, A, 0x50654, FORCED "stepping=7" },
    { "cache", 4, 0, B, 0x02c0003f, FORCED "ways=7" },
    { "reserved bit", 7, 0, C, 1U << 15, FORCED "reserved=0" },
    { "hypervisor's feature", 0x40000001, 0, A, 0x1b,
      FORCED "kvm_features=0, " FORCED "kvm_features=0" },
    { "normalised bit", 1, 0, C, 0x1c008201, "own pdcm" },
    { "live bit", 1, 0, C, 0x14000201, "own osxsave" },
    { "shared cache", 4, 0, A, 0x4121, "own threads_sharing" },
    { "brand", 0x80000003, 0, C, 9, "own brand_6" },
    { "leaf beyond the highest", 0x14, 0, B, 1, "hidden cr3_filter" },
    { "leaf within the highest", 0xc, 0, B, 1, "conflict reserved" },
    { "unknown leaf", 0x8000ffff, 0, A, 1, "hidden unknown" },
    { "unknown leaf in reach", 0x40000010, 0, A, 1, "conflict unknown" },
    { "subleaf beyond the highest", 7, 1, A, DROP, "hidden avx-vnni" },
    { "whole leaf 7", 7, 0, B, DROP, "conflict avx2" },
};

static void describe(const struct generate_result *r, char *text, size_t max)
{
    static const char *const names[] = {
        [GENERATE_FORCED] = "forced", [GENERATE_HIDDEN] = "hidden",
        [GENERATE_OWN] = "own", [GENERATE_UNKNOWN] = "unknown",
        [GENERATE_CONFLICT] = "conflict",
    };
    size_t nr = 0;

    *text = '\0';
    for ( size_t i = 0; i < r->nr_findings; i++ )
    {
        const struct generate_finding *f = &r->findings[i];

        nr += snprintf(text + nr, max - nr, "%s%s %s", i ? ", " : "",
                       names[f->verdict], f->name);
        if ( f->verdict == GENERATE_FORCED )
            nr += snprintf(text + nr, max - nr, "=%lx", f->value);
        ck_assert_uint_lt(nr, max);
    }
}

START_TEST(template_generate_difference_judged_by_kind)
{
    struct host a = host_make(), b = host_make();
    struct generate_result r;
    const char *found = rows[_i].found;
    size_t nr = strlen(found);
    char text[4096];

    if ( rows[_i].value == DROP )
        host_drop(&b, rows[_i].leaf, rows[_i].subleaf);
    else
        host_set(&b, rows[_i].leaf, rows[_i].subleaf, rows[_i].reg,
            rows[_i].value);

    r = generate(&a, &b);
    describe(&r, text, sizeof(text));
    if ( nr > 3 && !strcmp(found + nr - 3, "...") )
        text[nr - 3] = '\0', nr -= 3;
    ck_assert_msg(!strncmp(text, found, nr) &&
                  (strlen(text) == nr || rows[_i].leaf == 7),
                  "%s: %s", rows[_i].name, text);
    ck_assert_msg(!r.nr_conflicts == !strstr(text, "conflict"), "%s",
                  rows[_i].name);
    generate_result_dispose(&r);
}
END_TEST

/* The smaller xstate area follows from the components that are left. */
START_TEST(template_generate_derived_recomputed)
{
    struct host a = host_make(), b = host_make();
    struct generate_result r;
    char text[4096];

    host_set(&a, 1, 0, C, 0x1c000201);
    host_set(&b, 1, 0, C, 0x0c000201);       /* no AVX */
    host_set(&b, 0xd, 0, A, 3);
    host_set(&b, 0xd, 0, C, 0x240);
    host_drop(&b, 0xd, 2);
    r = generate(&a, &b);
    describe(&r, text, sizeof(text));
    ck_assert_msg(strstr(text, "forced avx=0"), "%s", text);
    ck_assert_msg(strstr(text, "forced xcr0_avx=0"), "%s", text);
    ck_assert_msg(strstr(text, "forced size_max=240"), "%s", text);
    ck_assert_msg(strstr(text, "hidden size"), "%s", text);
    ck_assert_uint_eq(r.nr_conflicts, 0);
    generate_result_dispose(&r);
}
END_TEST

/* FB_CLEAR: a guest that can move has to do what any of the hosts needs. */
START_TEST(template_generate_accumulated_feature_or)
{
    struct host a = host_make(), b = host_make();
    struct generate_result r;
    char text[4096];

    /* RDCL_NO is gone, FB_CLEAR has come; RSBA is on the first only. */
    dump_msr_at(&b.g, 0x10a)->value = 0x48 | 1U << 17;
    r = generate(&a, &b);
    describe(&r, text, sizeof(text));
    ck_assert_str_eq(text, "forced rdcl-no=0, forced rsba=1, "
                     "forced fb-clear=1");
    generate_result_dispose(&r);
}
END_TEST

START_TEST(template_generate_unknown_msr_left_alone)
{
    struct host a = host_make(), b = host_make();
    struct dump_msr row = { .index = 0x140, .value = 1 };
    struct generate_result r;
    char text[4096];

    dump_put_msr(&b.g, &row, NULL);
    r = generate(&a, &b);
    describe(&r, text, sizeof(text));
    ck_assert_str_eq(text, "unknown unknown");
    ck_assert(r.findings[0].missing);
    ck_assert_uint_eq(r.template.nr_msrs, 0);
    generate_result_dispose(&r);
}
END_TEST

START_TEST(template_generate_flags_of_first_host)
{
    struct host a = host_make(), b = host_make();
    struct generate_result r;

    dump_leaf_at(&b.g, 7, 0)->flags = 0;
    host_set(&b, 7, 0, B, 0x100);
    r = generate(&a, &b);
    ck_assert_uint_eq(r.template.nr_leaves, 1);
    ck_assert_uint_eq(r.template.leaves[0].flags, 1);
    generate_result_dispose(&r);
}
END_TEST

START_TEST(template_generate_bad_hosts_einval)
{
    struct host a = host_make(), b = host_make();
    struct cpu_template t[2];
    struct generate_result r;
    cpupolicy_error err;
    size_t failed = 99;

    host_set(&b, 0, 0, B, 0x68747541);
    host_set(&b, 0, 0, C, 0x444d4163);
    host_set(&b, 0, 0, D, 0x69746e65);
    ck_assert_int_eq(template_from_guest(&a.g, false, &t[0], NULL), 0);
    ck_assert_int_eq(template_from_guest(&b.g, false, &t[1], NULL), 0);

    ck_assert_int_eq(template_generate(t, 2, &r, &failed, &err), -EINVAL);
    ck_assert_uint_eq(failed, 1);
    ck_assert_ptr_nonnull(strstr(err.message, "AMD"));
    ck_assert_int_eq(template_generate(t, 1, &r, &failed, &err), -EINVAL);

    template_dispose(&t[1]);
    t[1].arch = TEMPLATE_AARCH64;
    ck_assert_int_eq(template_generate(t, 2, &r, &failed, &err), -EINVAL);
    t[1].arch = TEMPLATE_X86_64;
    ck_assert_int_eq(template_generate(t, 2, &r, &failed, &err), -EINVAL);
    ck_assert_ptr_nonnull(strstr(err.message, "no vendor"));

    template_dispose(&t[0]);
    dump_dispose_cpu(&a.g);
    dump_dispose_cpu(&b.g);
}
END_TEST

/* ---- what normalisation sets ----------------------------------------- */

static void fake_host(void *ctx, uint32_t leaf, uint32_t subleaf,
                      uint32_t regs[4])
{
    const bool amd = *(const bool *)ctx;

    regs[A] = leaf ^ 0x5a5a5a5a ^ subleaf;
    regs[B] = regs[C] = regs[D] = regs[A];
    if ( !leaf )
    {
        regs[B] = amd ? 0x68747541 : INTEL_B;
        regs[C] = amd ? 0x444d4163 : INTEL_C;
        regs[D] = amd ? 0x69746e65 : INTEL_D;
    }
    if ( leaf == 0x8000001d && subleaf > 2 )
        regs[A] &= ~0xfU;
}

static const uint32_t normal_leaves[] = {
    0, 1, 2, 4, 6, 7, 0xa, 0xb, 0xd, 0x1f, 0x80000000, 0x80000001,
    0x80000002, 0x80000003, 0x80000004, 0x80000005, 0x80000006, 0x80000007,
    0x80000008, 0x8000001d, 0x8000001e,
};

#define NR_NORMAL (sizeof(normal_leaves) / sizeof(normal_leaves[0]))

/* The normalised register, `flip` having been flipped before. */
static uint32_t normalised_value(bool amd, uint32_t leaf, unsigned int reg,
                                 uint32_t flip)
{
    struct normalise_vcpu cpu = { 1, 4, 1, fake_host, &amd };
    struct dump_cpu g = { 0 };
    uint32_t value;

    for ( size_t i = 0; i < NR_NORMAL; i++ )
    {
        struct dump_leaf row = {
            .leaf = normal_leaves[i], .flags = 1,
            .reg = { 0x121, 0x121, 0x121, 0x121 },
        };

        if ( !row.leaf )
            fake_host(&amd, 0, 0, row.reg);
        if ( row.leaf == leaf )
            row.reg[reg] ^= flip;
        ck_assert_int_eq(dump_put_leaf(&g, &row, NULL), 0);
    }

    ck_assert_int_eq(guest_normalise(&g, &cpu, NULL), 0);
    value = dump_leaf_at(&g, leaf, 0)->reg[reg];
    dump_dispose_cpu(&g);

    return value;
}

/* Bits that are said to be normalised do not matter; all others do. */
START_TEST(normalised_bits_as_normalisation_does)
{
    bool amd = _i & 1;
    uint32_t leaf = normal_leaves[_i / 2];
    uint32_t vendor = amd ? X86_VENDOR_AMD : X86_VENDOR_INTEL;

    for ( unsigned int reg = 0; reg < 4; reg++ )
    {
        uint32_t own = normalised_bits(vendor, leaf, 0, reg), before, after;

        /* Another vendor could not be normalised at all. */
        if ( !leaf && reg != A )
            continue;

        before = normalised_value(amd, leaf, reg, 0);
        after = normalised_value(amd, leaf, reg, own);
        ck_assert_msg(before == after, "%#x reg %u: own bits %#x count",
                      leaf, reg, before ^ after);

        /* Of leaf 4, not the level: sharing depends on it. */
        if ( leaf == 4 && reg == A )
            own |= 0xe0;
        after = normalised_value(amd, leaf, reg, ~own);
        ck_assert_msg((before ^ after) == ~own,
                      "%#x reg %u: bits %#x do not count", leaf, reg,
                      ~own & ~(before ^ after));
    }
}
END_TEST

Suite *suite_template_generate(void)
{
    Suite *s = suite_create("template-generate");
    TCase *t = tcase_create("generate");

    tcase_add_loop_test(t, template_generate_difference_judged_by_kind, 0,
                        sizeof(rows) / sizeof(rows[0]));
    tcase_add_test(t, template_generate_derived_recomputed);
    tcase_add_test(t, template_generate_accumulated_feature_or);
    tcase_add_test(t, template_generate_unknown_msr_left_alone);
    tcase_add_test(t, template_generate_flags_of_first_host);
    tcase_add_test(t, template_generate_bad_hosts_einval);
    tcase_add_loop_test(t, normalised_bits_as_normalisation_does, 0,
                        2 * NR_NORMAL);
    suite_add_tcase(s, t);

    return s;
}
