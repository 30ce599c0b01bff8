/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Normalisation of a guest's CPUID table. */
#include <check.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/normalise.h"
#include "leaf-row.h"
#include "vectors.h"

Suite *suite_template_normalise(void);

enum { A, B, C, D };

#define INTEL 0x16, 0x756e6547, 0x6c65746e, 0x49656e69
#define AMD   0x10, 0x68747541, 0x444d4163, 0x69746e65

/* A host in a few rows; anything else reads as zero. */
struct host {
    struct dump_leaf rows[16];
};

static void read_host(void *ctx, uint32_t leaf, uint32_t subleaf,
                      uint32_t regs[4])
{
    const struct host *h = ctx;

    memset(regs, 0, 16);
    for ( unsigned int i = 0; i < 16; i++ )
        if ( h->rows[i].leaf == leaf && h->rows[i].subleaf == subleaf &&
             (h->rows[i].reg[A] | h->rows[i].reg[B] | h->rows[i].reg[D]) )
            memcpy(regs, h->rows[i].reg, 16);
}

static struct host intel_host = { {
    LEAF(0, 0, 0, INTEL),
    LEAF(0x80000005, 0, 0, 1, 2, 3, 4),
    LEAF(0x80000006, 0, 0, 5, 6, 7, ~0U),
} };

static struct host amd_host = { {
    LEAF(0, 0, 0, AMD),
    LEAF(0x80000005, 0, 0, 1, 2, 3, 4),
    LEAF(0x80000006, 0, 0, 5, 6, 7, ~0U),
    LEAF(0x8000001d, 0, 0, 0x121, 0x3f, 0x3f, 9),
    LEAF(0x8000001d, 1, 0, 0x3ffc143, 1, 1, 1),
    LEAF(0x8000001d, 2, 0, 0x163, 2, 2, 2),
    LEAF(0x8000001d, 3, 0, 0, 3, 3, 3),
    LEAF(0x8000001e, 0, 0, 77, 0xffff0000, 0xffffffff, 7),
} };

static const struct dump_leaf intel_guest[] = {
    LEAF(0, 0, 0, 0x7, 1, 2, 3),          /* vendor: see below */
    LEAF(1, 0, 0, 0x50657, ~0U, 1U << 15, 0),
    LEAF(4, 0, 1, 0xfc000121, 1, 1, 1),
    LEAF(4, 1, 1, 0x3ffc143, 1, 1, 1),
    LEAF(4, 2, 1, 0x163, 1, 1, 1),
    LEAF(4, 3, 1, 0xfc000081, 1, 1, 1),   /* no level that is known */
    LEAF(4, 4, 1, 0, 0, 0, 0),
    LEAF(4, 5, 1, 0x163, 1, 1, 1),        /* behind the end */
    LEAF(6, 0, 0, 0xff, 0, 0xff, 0),
    LEAF(7, 0, 1, 0, 0, ~0U, 5),
    LEAF(0xa, 0, 0, 1, 2, 3, 4),
    LEAF(0xb, 0, 0, 9, 9, 9, 9),
    LEAF(0xb, 2, 0, 9, 9, 9, 9),
    LEAF(0x1f, 0, 0, 8, 8, 8, 8),
    LEAF(0x80000002, 0, 0, 1, 1, 1, 1),
    LEAF(0x80000003, 0, 0, 1, 1, 1, 1),
    LEAF(0x80000004, 0, 0, 1, 1, 1, 1),
    LEAF(0x80000005, 0, 0, 0),
    LEAF(0x80000006, 0, 0, 0),
};

static const struct dump_leaf amd_guest[] = {
    LEAF(0, 0, 0, 0x7, 1, 2, 3),
    LEAF(1, 0, 0, 0xa00f11, 0, 0, 1U << 28),
    LEAF(7, 0, 1, 0, 0, 0, ~0U),
    LEAF(0x80000001, 0, 0, 0),
    LEAF(0x80000002, 0, 0, 1, 1, 1, 1),
    LEAF(0x80000003, 0, 0, 1, 1, 1, 1),
    LEAF(0x80000004, 0, 0, 1, 1, 1, 1),
    LEAF(0x80000005, 0, 0, 0),
    LEAF(0x80000006, 0, 0, 0),
    LEAF(0x80000008, 0, 0, 0, 0, 0xffffffff, 0),
    LEAF(0x8000001d, 5, 1, 0x163, 0, 0, 0),
};

/* The table without the leaf `without` (~0U: all of it). */
static struct dump_cpu guest(bool amd, uint32_t without)
{
    const struct dump_leaf *rows = amd ? amd_guest : intel_guest;
    size_t nr = amd ? sizeof(amd_guest) / sizeof(*amd_guest)
                    : sizeof(intel_guest) / sizeof(*intel_guest);
    const struct host *h = amd ? &amd_host : &intel_host;
    struct dump_cpu g = { 0 };
    struct dump_leaf *l;

    for ( size_t i = 0; i < nr; i++ )
        if ( rows[i].leaf != without )
            ck_assert_int_eq(dump_put_leaf(&g, &rows[i], NULL), 0);

    l = dump_leaf_at(&g, 0, 0);
    if ( l )
        memcpy(&l->reg[B], &h->rows[0].reg[B], 12);

    return g;
}

static int normalise(struct dump_cpu *g, bool amd, unsigned int index,
                     unsigned int count, unsigned int bits,
                     cpupolicy_error *err)
{
    struct normalise_vcpu cpu = {
        index, count, bits, read_host, amd ? &amd_host : &intel_host,
    };

    return guest_normalise(g, &cpu, err);
}

/* Guests of 6 vCPUs, two to a core; what vCPU 5 reads. */
static const struct {
    const char *name;
    bool amd;
    struct dump_leaf want;
} rows[] = {
    { "vendor from the host", false, LEAF(0, 0, 0, INTEL) },
    { "leaf 1", false,
      LEAF(1, 0, 0, 0x50657, 0x050808ff, 0x81000000, 1U << 28) },
    { "L1 is a core's", false, LEAF(4, 0, 1, 0x08004121, 1, 1, 1) },
    { "L2 is a core's", false, LEAF(4, 1, 1, 0x08004143, 1, 1, 1) },
    { "L3 is everybody's", false, LEAF(4, 2, 1, 0x08014163, 1, 1, 1) },
    { "other levels: cores only", false,
      LEAF(4, 3, 1, 0x08000081, 1, 1, 1) },
    { "behind the last cache", false, LEAF(4, 5, 1, 0x163, 1, 1, 1) },
    { "no turbo, no bias", false, LEAF(6, 0, 0, 0xfd, 0, 0xf7, 0) },
    { "leaf 7", false, LEAF(7, 0, 1, 0, 0x2040, 0xffffffdf, 5) },
    { "no PMU", false, LEAF(0xa, 0, 0, 0) },
    { "threads", false, LEAF(0xb, 0, 1, 1, 2, 0x100, 5) },
    { "cores", false, LEAF(0xb, 1, 1, 5, 6, 0x201, 5) },
    { "further level", false, LEAF(0xb, 2, 1, 0, 0, 2, 5) },
    { "leaf 0x1f as 0xb", false, LEAF(0x1f, 0, 1, 1, 2, 0x100, 5) },
    { "leaf 0x1f grown", false, LEAF(0x1f, 2, 1, 0, 0, 2, 5) },
    { "L1 from the host", false, LEAF(0x80000005, 0, 0, 1, 2, 3, 4) },
    { "L2 from the host", false,
      LEAF(0x80000006, 0, 0, 5, 6, 7, 0xfffcffff) },
    { "AMD: vendor from the host", true, LEAF(0, 0, 0, AMD) },
    { "AMD: leaf 1", true,
      LEAF(1, 0, 0, 0xa00f11, 0x05080800, 0x81000000, 1U << 28) },
    { "AMD: leaf 7", true, LEAF(7, 0, 1, 0, 0, 0, 0xdfffffff) },
    { "AMD: leaf 0xb absent: core level stays zero", true,
      LEAF(0xb, 1, 1, 0) },
    { "AMD: topology extensions", true,
      LEAF(0x80000001, 0, 0, 0, 0, 1U << 22, 0) },
    { "AMD: APIC id size, count", true,
      LEAF(0x80000008, 0, 0, 0, 0, 0xffff7f05, 0) },
    { "AMD: L1 is a core's", true,
      LEAF(0x8000001d, 0, 1, 0x4121, 0x3f, 0x3f, 9) },
    { "AMD: L2 is a core's", true, LEAF(0x8000001d, 1, 1, 0x4143, 1, 1, 1) },
    { "AMD: L3 is everybody's", true,
      LEAF(0x8000001d, 2, 1, 0x14163, 2, 2, 2) },
    { "AMD: behind the last cache", true,
      LEAF(0x8000001d, 5, 1, 0x163, 0, 0, 0) },
    { "AMD: core and node", true,
      LEAF(0x8000001e, 0, 0, 5, 0xffff0102, 0xfffff800, 7) },
};

START_TEST(guest_normalise_row_as_specified)
{
    const struct dump_leaf *want = &rows[_i].want, *got;
    struct dump_cpu g = guest(rows[_i].amd, ~0U);
    cpupolicy_error err = { 0 };

    ck_assert_msg(!normalise(&g, rows[_i].amd, 5, 6, 1, &err), "%s: %s",
                  rows[_i].name, err.message);
    got = dump_leaf_at(&g, want->leaf, want->subleaf);
    ck_assert_msg(got, "%s: absent", rows[_i].name);
    ck_assert_msg((want->leaf == 0 || got->reg[A] == want->reg[A]) &&
                  got->reg[B] == want->reg[B] &&
                  got->reg[C] == want->reg[C] &&
                  got->reg[D] == want->reg[D] && got->flags == want->flags,
                  "%s: flags %u, %#x %#x %#x %#x", rows[_i].name, got->flags,
                  got->reg[A], got->reg[B], got->reg[C], got->reg[D]);
    dump_dispose_cpu(&g);
}
END_TEST

START_TEST(guest_normalise_single_vcpu_no_htt)
{
    struct dump_cpu g = guest(true, ~0U);

    ck_assert_int_eq(normalise(&g, true, 0, 1, 0, NULL), 0);
    ck_assert_uint_eq(dump_leaf_at(&g, 1, 0)->reg[D], 0);
    ck_assert_uint_eq(dump_leaf_at(&g, 1, 0)->reg[B], 0x00010800);
    dump_dispose_cpu(&g);
}
END_TEST

static const struct {
    unsigned int count, size;   /* size 0: no guest of that many */
} size_rows[] = {
    { 0, 0 }, { 1, 1 }, { 2, 2 }, { 3, 4 }, { 4, 4 }, { 5, 8 }, { 8, 8 },
    { 9, 16 }, { 16, 16 }, { 17, 32 }, { 32, 32 }, { 33, 64 }, { 64, 64 },
    { 65, 128 }, { 128, 128 }, { 129, 0 }, { 255, 0 },
};

START_TEST(guest_normalise_package_size_power_of_two)
{
    unsigned int count = size_rows[_i].count;
    struct dump_cpu g = guest(true, ~0U);
    int rc = normalise(&g, true, 0, count, 0, NULL);

    ck_assert_msg(rc == (size_rows[_i].size ? 0 : -EINVAL), "%u: %d", count,
                  rc);
    if ( !rc )
        ck_assert_msg(((dump_leaf_at(&g, 1, 0)->reg[B] >> 16) & 0xff) ==
                      size_rows[_i].size, "%u", count);
    dump_dispose_cpu(&g);
}
END_TEST

/* Does a guest without that leaf get by? */
static const struct {
    bool amd;
    uint32_t leaf;
    int rc;
} missing_rows[] = {
    { false, 0, -EINVAL }, { false, 1, -ENOENT }, { false, 4, 0 },
    { false, 6, -ENOENT }, { false, 7, -ENOENT }, { false, 0xa, -ENOENT },
    { false, 0xb, 0 }, { false, 0x1f, 0 }, { false, 0x80000002, -ENOENT },
    { false, 0x80000003, -ENOENT }, { false, 0x80000004, -ENOENT },
    { false, 0x80000005, -ENOENT }, { false, 0x80000006, -ENOENT },
    { true, 7, -ENOENT }, { true, 0x80000001, -ENOENT },
    { true, 0x80000004, -ENOENT }, { true, 0x80000008, -ENOENT },
    { true, 0x8000001d, 0 },
};

START_TEST(guest_normalise_missing_leaf_row_as_specified)
{
    __typeof__(&missing_rows[0]) row = &missing_rows[_i];
    struct dump_cpu g = guest(row->amd, row->leaf);
    struct dump_cpu before = { 0 };
    cpupolicy_error err = { 0 };
    char number[16];
    int rc;

    dump_copy_cpu(&g, &before, NULL);
    rc = normalise(&g, row->amd, 0, 1, 0, &err);
    ck_assert_msg(rc == row->rc, "%#x: %d", row->leaf, rc);

    if ( rc )
    {
        ck_assert_msg(g.nr_leaves == before.nr_leaves &&
                      !memcmp(g.leaves, before.leaves,
                              g.nr_leaves * sizeof(*g.leaves)),
                      "%#x: touched", row->leaf);
    }
    if ( rc == -ENOENT )
    {
        snprintf(number, sizeof(number), "leaf 0x%x,", row->leaf);
        ck_assert_msg(strstr(err.message, number), "%s", err.message);
    }
    dump_dispose_cpu(&before);
    dump_dispose_cpu(&g);
}
END_TEST

static const struct {
    const char *name;
    unsigned int index, count, bits;
} range_rows[] = {
    { "more threads than bits", 0, 1, 8 },
    { "index", 256, 1, 0 },
    { "count", 0, 256, 0 },
    { "65 cores", 0, 65, 0 },
    { "less than a core", 0, 1, 1 },
};

START_TEST(guest_normalise_out_of_range_einval)
{
    struct dump_cpu g = guest(false, ~0U);

    ck_assert_msg(normalise(&g, false, range_rows[_i].index,
                            range_rows[_i].count, range_rows[_i].bits, NULL)
                  == -EINVAL, "%s", range_rows[_i].name);
    dump_dispose_cpu(&g);
}
END_TEST

START_TEST(guest_normalise_foreign_vendor_einval)
{
    struct dump_cpu g = guest(false, ~0U);
    cpupolicy_error err;

    dump_leaf_at(&g, 0, 0)->reg[B] = 0x41414141;
    ck_assert_int_eq(normalise(&g, false, 0, 1, 0, &err), -EINVAL);
    ck_assert_ptr_nonnull(strstr(err.message, "\"AAAAineIntel\""));
    dump_dispose_cpu(&g);

    /* An AMD guest wants an AMD host. */
    g = guest(true, ~0U);
    ck_assert_int_eq(normalise(&g, false, 0, 1, 0, &err), -EINVAL);
    dump_dispose_cpu(&g);
}
END_TEST

#define XEON "Intel(R) Xeon(R) Processor"

static const struct {
    const char *host, *guest;
} brand_rows[] = {
    { "Intel(R) Xeon(R) Platinum 8275CL CPU @ 3.00GHz", XEON " @ 3.00GHz" },
    { "Intel(R) Xeon(R) Platinum 8275CL CPU @ 300MHz", XEON " @ 300MHz" },
    { "Intel(R) Xeon(R) Platinum 8275CL CPU @3.00GHz", XEON },
    { "Intel(R) Xeon(R) Platinum 8275CL CPU @ ", XEON },
    { "DO-Premium-Intel", XEON },
    { "Foo 2.5MHz bar", XEON },
    { "a string of exactly 48 bytes, ending so, at 9.9T", XEON },
    { "a string of exactly 48 bytes, ending so,  9.9THz", XEON " @ 9.9THz" },
    { "GHz", XEON },
    { "", XEON },
};

START_TEST(guest_normalise_brand_frequency_kept)
{
    struct host host = intel_host;
    struct normalise_vcpu cpu = { 0, 1, 0, read_host, &host };
    struct dump_cpu g = guest(false, ~0U);
    char brand[49] = "";

    ck_assert_uint_le(strlen(brand_rows[_i].host), 48);
    strncpy(brand, brand_rows[_i].host, 48);
    for ( unsigned int i = 0; i < 3; i++ )
    {
        struct dump_leaf *row = &host.rows[8 + i];

        row->leaf = 0x80000002 + i;
        memcpy(row->reg, brand + 16 * i, 16);
    }

    ck_assert_int_eq(guest_normalise(&g, &cpu, NULL), 0);
    for ( unsigned int i = 0; i < 3; i++ )
        memcpy(brand + 16 * i, dump_leaf_at(&g, 0x80000002 + i, 0)->reg,
               16);
    ck_assert_msg(!strcmp(brand, brand_rows[_i].guest), "%s: %s",
                  brand_rows[_i].host, brand);
    dump_dispose_cpu(&g);
}
END_TEST

START_TEST(guest_normalise_twice_same_as_once)
{
    for ( int amd = 0; amd < 2; amd++ )
    {
        struct dump_cpu g = guest(amd, ~0U), once = { 0 };

        ck_assert_int_eq(normalise(&g, amd, 3, 4, 1, NULL), 0);
        dump_copy_cpu(&g, &once, NULL);
        ck_assert_int_eq(normalise(&g, amd, 3, 4, 1, NULL), 0);
        ck_assert_uint_eq(g.nr_leaves, once.nr_leaves);
        ck_assert_mem_eq(g.leaves, once.leaves,
                         g.nr_leaves * sizeof(*g.leaves));
        dump_dispose_cpu(&g);
        dump_dispose_cpu(&once);
    }
}
END_TEST

/* Recorded hosts: {"0xLEAF.SUB": [eax, ebx, ecx, edx]}, absent is zero. */
static void read_recorded(void *ctx, uint32_t leaf, uint32_t subleaf,
                          uint32_t regs[4])
{
    struct json_object *row;
    char key[32];

    snprintf(key, sizeof(key), "0x%x.%u", leaf, subleaf);
    row = json_object_object_get(ctx, key);
    for ( unsigned int i = 0; i < 4; i++ )
        regs[i] = row ? json_object_get_int64(
            json_object_array_get_idx(row, i)) : 0;
}

static void put_recorded(struct dump_cpu *g, struct json_object *rows_)
{
    json_object_object_foreach(rows_, key, value)
    {
        struct dump_leaf row = { .leaf = 0 };

        ck_assert_int_eq(sscanf(key, "%x.%x", &row.leaf, &row.subleaf), 2);
        row.flags = json_object_get_int64(json_object_array_get_idx(value,
                                                                    0));
        for ( unsigned int i = 0; i < 4; i++ )
            row.reg[i] = json_object_get_int64(
                json_object_array_get_idx(value, i + 1));
        ck_assert_int_eq(dump_put_leaf(g, &row, NULL), 0);
    }
}

static unsigned int number(struct json_object *c, const char *key)
{
    return json_object_get_int(json_object_object_get(c, key));
}

static void check_recorded(struct json_object *c)
{
    const char *name = json_object_get_string(
        json_object_object_get(c, "name"));
    struct json_object *changed = json_object_object_get(c, "changed");
    struct normalise_vcpu cpu = {
        number(c, "cpu_index"), number(c, "cpu_count"),
        number(c, "cpu_bits"), read_recorded,
        json_object_object_get(c, "host"),
    };
    struct dump_cpu g = { 0 }, want = { 0 };
    cpupolicy_error err = { 0 };
    int rc;

    put_recorded(&g, json_object_object_get(c, "input"));
    rc = guest_normalise(&g, &cpu, &err);

    if ( !changed )
    {
        ck_assert_msg(rc, "%s: accepted", name);
        dump_dispose_cpu(&g);
        return;
    }

    ck_assert_msg(!rc, "%s: %s", name, err.message);
    put_recorded(&want, json_object_object_get(c, "input"));
    put_recorded(&want, changed);
    ck_assert_msg(g.nr_leaves == want.nr_leaves, "%s: %zu leaves", name,
                  g.nr_leaves);
    for ( size_t i = 0; i < g.nr_leaves; i++ )
        ck_assert_msg(!memcmp(&g.leaves[i], &want.leaves[i],
                              sizeof(g.leaves[i])), "%s: leaf %#x.%u", name,
                      want.leaves[i].leaf, want.leaves[i].subleaf);
    dump_dispose_cpu(&g);
    dump_dispose_cpu(&want);
}

START_TEST(guest_normalise_recorded_cases_as_original)
{
    struct json_object *cases =
        vectors_load("firecracker/normalize_cases.json");
    size_t nr;

    ck_assert_ptr_nonnull(cases);
    nr = json_object_array_length(cases);
    ck_assert_uint_ge(nr, 42);
    for ( size_t i = 0; i < nr; i++ )
        check_recorded(json_object_array_get_idx(cases, i));
    json_object_put(cases);
}
END_TEST

#define NR(r) (sizeof(r) / sizeof((r)[0]))

Suite *suite_template_normalise(void)
{
    Suite *s = suite_create("template-normalise");
    TCase *t = tcase_create("normalise");

    tcase_add_loop_test(t, guest_normalise_row_as_specified, 0, NR(rows));
    tcase_add_test(t, guest_normalise_single_vcpu_no_htt);
    tcase_add_loop_test(t, guest_normalise_package_size_power_of_two, 0,
                        NR(size_rows));
    tcase_add_loop_test(t, guest_normalise_missing_leaf_row_as_specified, 0,
                        NR(missing_rows));
    tcase_add_loop_test(t, guest_normalise_out_of_range_einval, 0,
                        NR(range_rows));
    tcase_add_test(t, guest_normalise_foreign_vendor_einval);
    tcase_add_loop_test(t, guest_normalise_brand_frequency_kept, 0,
                        NR(brand_rows));
    tcase_add_test(t, guest_normalise_twice_same_as_once);
    vectors_add_test(t, guest_normalise_recorded_cases_as_original);
    suite_add_tcase(s, t);

    return s;
}
