/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The public walk over all registers of a policy, and their fields. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "cpupolicy.h"
#include "quick.h"

Suite *suite_registers(void);

static const char *const hosts[] = { "intel.json", "amd.json" };

static cpupolicy_source *open_host(const char *name)
{
    const char *tests = getenv("CPUPOLICY_TESTS");
    cpupolicy_source *src;
    cpupolicy_error err;
    char path[512];

    snprintf(path, sizeof(path), "%s/data/hosts/%s", tests ? tests : "tests",
             name);
    ck_assert_msg(!cpupolicy_source_open(&src, path, NULL, &err), "%s",
                  err.message);

    return src;
}

/* Leaves in order of leaf, subleaf (none counts as the first), register. */
static uint64_t order(const cpupolicy_change *c)
{
    return c->is_msr ? 1ULL << 63 | c->msr
                     : (uint64_t)c->leaf << 24 |
                       (c->subleaf + 1 ? c->subleaf : 0) << 2 | c->reg;
}

START_TEST(register_at_goes_up_and_ends)
{
    cpupolicy_change c, last, untouched;
    size_t nr;

    ck_assert(cpupolicy_register_at(0, &last));
    ck_assert(!last.is_msr && !last.leaf && !last.reg);
    for ( nr = 1; cpupolicy_register_at(nr, &c); nr++ )
    {
        quick_assert_msg(order(&c) > order(&last), "%zu: 0x%x", nr, c.leaf);
        last = c;
    }
    ck_assert_uint_gt(nr, 4 * cpupolicy_max_leaves());
    ck_assert(last.is_msr);
    untouched = c;
    ck_assert(!cpupolicy_register_at(SIZE_MAX, &c));
    ck_assert_mem_eq(&c, &untouched, sizeof(c));
}
END_TEST

static void cover(void *ctx, const cpupolicy_field *f)
{
    uint64_t *left = ctx, bits = (~0ULL >> (63 - f->hi)) & (~0ULL << f->lo);

    quick_assert_msg(*left & bits, "%s, bits %u to %u: twice", f->name,
                     f->hi, f->lo);
    *left &= ~bits;
}

/* Every bit of every register is some field's, if only a reserved one's. */
START_TEST(fields_of_each_register_cover_its_bits)
{
    cpupolicy_source *src = open_host(hosts[_i]);
    const cpupolicy *raw = cpupolicy_source_policy(src, CPUPOLICY_RAW);
    cpupolicy_change c;

    for ( size_t i = 0; cpupolicy_register_at(i, &c); i++ )
    {
        uint64_t mask = c.is_msr ? ~0ULL : UINT32_MAX, left = mask;

        cpupolicy_fields(raw, &c, mask, cover, &left);
        quick_assert_msg(!left, "register %zu: bits 0x%llx of none", i,
                         (unsigned long long)left);
    }
    cpupolicy_source_free(src);
}
END_TEST

Suite *suite_registers(void)
{
    Suite *s = suite_create("registers");
    TCase *tc = tcase_create("walk");

    tcase_add_test(tc, register_at_goes_up_and_ends);
    tcase_add_loop_test(tc, fields_of_each_register_cover_its_bits, 0,
                        sizeof(hosts) / sizeof(hosts[0]));
    suite_add_tcase(s, tc);

    return s;
}
