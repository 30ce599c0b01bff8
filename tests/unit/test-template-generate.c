/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One template for several hosts. */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xen/lib/x86/cpu-policy.h>

#include "template/fingerprint.h"
#include "template/generate.h"
#include "template/normalise.h"
#include "vectors.h"

Suite *suite_template_generate(void);

enum { A, B, C, D };

#define INTEL_B 0x756e6547
#define INTEL_C 0x6c65746e
#define INTEL_D 0x49656e69

/* A small Intel host; tests change a copy. */
static const struct guest_leaf base[] = {
    { 0, 0, 0, { 0xd, INTEL_B, INTEL_C, INTEL_D } },
    { 1, 0, 0, { 0x50657, 0x00010800, 0x1c000201, 0x178bfbff } },
    { 4, 0, 1, { 0x121, 0x01c0003f, 0x3f, 0 } },
    { 4, 1, 1, { 0, 0, 0, 0 } },
    { 7, 0, 1, { 0, 0x00000120, 0, 0x20000000 } },
    { 7, 1, 1, { 0x10, 0, 0, 0 } },
    { 0xd, 0, 1, { 7, 0x240, 0x340, 0 } },
    { 0xd, 1, 1, { 1, 0x240, 0, 0 } },
    { 0xd, 2, 1, { 0x100, 0x240, 0, 0 } },
    { 0x40000001, 0, 0, { 0x0f, 0, 0, 0 } },
    { 0x80000000, 0, 0, { 0x80000008, 0, 0, 0 } },
    { 0x80000001, 0, 0, { 0, 0, 1, 0x20100800 } },
    { 0x80000003, 0, 0, { 1, 2, 3, 4 } },
    { 0x80000008, 0, 0, { 0x302e, 0, 0, 0 } },
};

struct host {
    struct guest_config g;
};

static struct host make_host(void)
{
    struct host h = { { 0 } };
    struct guest_msr caps = { 0x10a, 0x4d };

    for ( size_t i = 0; i < sizeof(base) / sizeof(base[0]); i++ )
        ck_assert_int_eq(guest_put_leaf(&h.g, &base[i], NULL), 0);
    ck_assert_int_eq(guest_put_msr(&h.g, &caps, NULL), 0);

    return h;
}

static void set(struct host *h, uint32_t leaf, uint32_t subleaf,
                unsigned int reg, uint32_t value)
{
    struct guest_leaf *l = guest_find_leaf(&h->g, leaf, subleaf);
    struct guest_leaf row = l ? *l : (struct guest_leaf){ leaf, subleaf, 0,
                                                          { 0 } };

    row.reg[reg] = value;
    ck_assert_int_eq(guest_put_leaf(&h->g, &row, NULL), 0);
}

static void drop(struct host *h, uint32_t leaf, uint32_t subleaf)
{
    struct guest_leaf *l = guest_find_leaf(&h->g, leaf, subleaf);

    ck_assert_ptr_nonnull(l);
    memmove(l, l + 1, (h->g.leaves + --h->g.nr_leaves - l) * sizeof(*l));
}

/* Generate from two hosts, which are disposed of. */
static struct generate_result generate(struct host *a, struct host *b)
{
    struct cpu_template t[2];
    struct generate_result r;
    cpupolicy_error err = { 0 };

    ck_assert_int_eq(guest_to_template(&a->g, false, &t[0], NULL), 0);
    ck_assert_int_eq(guest_to_template(&b->g, false, &t[1], NULL), 0);
    ck_assert_msg(!template_generate(t, 2, &r, NULL, &err), "%s",
                  err.message);
    template_dispose(&t[0]);
    template_dispose(&t[1]);
    guest_dispose(&a->g);
    guest_dispose(&b->g);

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
    struct host a = make_host(), b = make_host();
    struct generate_result r;
    const char *found = rows[_i].found;
    size_t nr = strlen(found);
    char text[4096];

    if ( rows[_i].value == DROP )
        drop(&b, rows[_i].leaf, rows[_i].subleaf);
    else
        set(&b, rows[_i].leaf, rows[_i].subleaf, rows[_i].reg,
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
    struct host a = make_host(), b = make_host();
    struct generate_result r;
    char text[4096];

    set(&a, 1, 0, C, 0x1c000201);
    set(&b, 1, 0, C, 0x0c000201);       /* no AVX */
    set(&b, 0xd, 0, A, 3);
    set(&b, 0xd, 0, C, 0x240);
    drop(&b, 0xd, 2);
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
    struct host a = make_host(), b = make_host();
    struct generate_result r;
    char text[4096];

    /* RDCL_NO is gone, FB_CLEAR has come; RSBA is on the first only. */
    guest_find_msr(&b.g, 0x10a)->value = 0x48 | 1U << 17;
    r = generate(&a, &b);
    describe(&r, text, sizeof(text));
    ck_assert_str_eq(text, "forced rdcl-no=0, forced rsba=1, "
                     "forced fb-clear=1");
    generate_result_dispose(&r);
}
END_TEST

START_TEST(template_generate_unknown_msr_left_alone)
{
    struct host a = make_host(), b = make_host();
    struct guest_msr row = { 0x140, 1 };
    struct generate_result r;
    char text[4096];

    guest_put_msr(&b.g, &row, NULL);
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
    struct host a = make_host(), b = make_host();
    struct generate_result r;

    guest_find_leaf(&b.g, 7, 0)->flags = 0;
    set(&b, 7, 0, B, 0x100);
    r = generate(&a, &b);
    ck_assert_uint_eq(r.template.nr_leaves, 1);
    ck_assert_uint_eq(r.template.leaves[0].flags, 1);
    generate_result_dispose(&r);
}
END_TEST

START_TEST(template_generate_bad_hosts_einval)
{
    struct host a = make_host(), b = make_host();
    struct cpu_template t[2];
    struct generate_result r;
    cpupolicy_error err;
    size_t failed = 99;

    set(&b, 0, 0, B, 0x68747541);
    set(&b, 0, 0, C, 0x444d4163);
    set(&b, 0, 0, D, 0x69746e65);
    ck_assert_int_eq(guest_to_template(&a.g, false, &t[0], NULL), 0);
    ck_assert_int_eq(guest_to_template(&b.g, false, &t[1], NULL), 0);

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
    guest_dispose(&a.g);
    guest_dispose(&b.g);
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
    struct guest_config g = { 0 };
    uint32_t value;

    for ( size_t i = 0; i < NR_NORMAL; i++ )
    {
        struct guest_leaf row = {
            normal_leaves[i], 0, 1, { 0x121, 0x121, 0x121, 0x121 },
        };

        if ( !row.leaf )
            fake_host(&amd, 0, 0, row.reg);
        if ( row.leaf == leaf )
            row.reg[reg] ^= flip;
        ck_assert_int_eq(guest_put_leaf(&g, &row, NULL), 0);
    }

    ck_assert_int_eq(guest_normalise(&g, &cpu, NULL), 0);
    value = guest_find_leaf(&g, leaf, 0)->reg[reg];
    guest_dispose(&g);

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

/* ---- real hosts ------------------------------------------------------ */

#define MAX_HOSTS 16

static size_t load_hosts(const char *prefix, struct cpu_template *hosts)
{
    char dir[1024], path[2048];
    struct dirent *e;
    size_t nr = 0;
    DIR *d;

    if ( !vectors_path("dumps/firecracker/fingerprints", dir, sizeof(dir)) )
        return 0;

    d = opendir(dir);
    ck_assert_ptr_nonnull(d);
    while ( (e = readdir(d)) )
    {
        struct fingerprint f;
        size_t nr_text;
        char *text;

        if ( !strstr(e->d_name, prefix) )
            continue;
        snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
        text = vectors_read(path, &nr_text);
        ck_assert_int_eq(fingerprint_parse(text, nr_text, &f, NULL), 0);
        free(text);
        ck_assert_uint_lt(nr, MAX_HOSTS);
        hosts[nr++] = f.guest;
        memset(&f.guest, 0, sizeof(f.guest));
        fingerprint_dispose(&f);
    }
    closedir(d);
    ck_assert_uint_ge(nr, 3);

    return nr;
}

/* Apply a template to a dump. */
static struct cpu_template with_template(const struct cpu_template *host,
                                         const struct cpu_template *t)
{
    struct template_map map = { 0 }, forced = { 0 };
    struct cpu_template out;

    ck_assert_int_eq(template_map_build(host, &map, NULL), 0);
    ck_assert_int_eq(template_map_build(t, &forced, NULL), 0);
    for ( size_t i = 0; i < map.nr_entries; i++ )
    {
        struct template_key key = map.entries[i].key;
        uint64_t *value = &map.entries[i].bits.value[0];

        /* By number: kernels disagree on flags. */
        for ( size_t j = 0; j < forced.nr_entries; j++ )
        {
            struct template_entry *f = &forced.entries[j];

            key.flags = f->key.flags;
            if ( !template_key_compare(&key, &f->key) )
                *value = template_bits_apply(&f->bits, *value);
        }
    }
    ck_assert_int_eq(template_map_unfold(&map, TEMPLATE_X86_64, &out, NULL),
                     0);
    template_map_dispose(&map);
    template_map_dispose(&forced);

    return out;
}

START_TEST(template_generate_recorded_hosts_made_alike)
{
    static const char *const prefixes[] = {
        "INTEL", "AMD_MILAN", "SAPPHIRE", "6.1host",
    };
    struct cpu_template hosts[MAX_HOSTS], after[MAX_HOSTS];
    size_t nr = load_hosts(prefixes[_i], hosts);
    struct generate_result r, again;
    cpupolicy_error err = { 0 };

    if ( !nr )
        return;

    if ( _i == 3 )
    {
        /* Both vendors. */
        ck_assert_int_eq(template_generate(hosts, nr, &r, NULL, &err),
                         -EINVAL);
        for ( size_t i = 0; i < nr; i++ )
            template_dispose(&hosts[i]);
        return;
    }

    ck_assert_msg(!template_generate(hosts, nr, &r, NULL, &err), "%s",
                  err.message);
    ck_assert_uint_eq(r.nr_conflicts, 0);
    ck_assert_uint_gt(r.template.nr_leaves, 0);

    /* Levelled hosts need no further levelling. */
    for ( size_t i = 0; i < nr; i++ )
        after[i] = with_template(&hosts[i], &r.template);
    ck_assert_int_eq(template_generate(after, nr, &again, NULL, &err), 0);
    for ( size_t i = 0; i < again.nr_findings; i++ )
        ck_assert_msg(again.findings[i].verdict != GENERATE_FORCED &&
                      again.findings[i].verdict != GENERATE_CONFLICT, "%s",
                      again.findings[i].name);
    ck_assert_uint_eq(again.template.nr_leaves, 0);
    ck_assert_uint_eq(again.template.nr_msrs, 0);

    /* No host is offered a feature that it has not, but those that warn. */
    for ( size_t i = 0; i < r.nr_findings; i++ )
        if ( r.findings[i].verdict == GENERATE_FORCED &&
             !strcmp(r.findings[i].kind, "feature") )
            ck_assert_msg(!r.findings[i].value ||
                          r.findings[i].key.kind == TEMPLATE_KEY_MSR,
                          "%s", r.findings[i].name);

    for ( size_t i = 0; i < nr; i++ )
    {
        template_dispose(&hosts[i]);
        template_dispose(&after[i]);
    }
    generate_result_dispose(&r);
    generate_result_dispose(&again);
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
    tcase_add_loop_test(t, template_generate_recorded_hosts_made_alike, 0, 4);
    suite_add_tcase(s, t);

    return s;
}
