/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <check.h>
#include <string.h>

#include "leaf-row.h"
#include "template-host.h"

/* A small Intel host; tests change a copy. */
static const struct dump_leaf base[] = {
    LEAF(0, 0, 0, 0xd, INTEL_B, INTEL_C, INTEL_D),
    LEAF(1, 0, 0, 0x50657, 0x00010800, 0x1c000201, 0x178bfbff),
    LEAF(4, 0, 1, 0x121, 0x01c0003f, 0x3f, 0),
    LEAF(4, 1, 1, 0, 0, 0, 0),
    LEAF(7, 0, 1, 0, 0x00000120, 0, 0x20000000),
    LEAF(7, 1, 1, 0x10, 0, 0, 0),
    LEAF(0xd, 0, 1, 7, 0x240, 0x340, 0),
    LEAF(0xd, 1, 1, 1, 0x240, 0, 0),
    LEAF(0xd, 2, 1, 0x100, 0x240, 0, 0),
    LEAF(0x40000001, 0, 0, 0x0f, 0, 0, 0),
    LEAF(0x80000000, 0, 0, 0x80000008, 0, 0, 0),
    LEAF(0x80000001, 0, 0, 0, 0, 1, 0x20100800),
    LEAF(0x80000003, 0, 0, 1, 2, 3, 4),
    LEAF(0x80000008, 0, 0, 0x302e, 0, 0, 0),
};

struct host host_make(void)
{
    struct host h = { { 0 } };
    struct dump_msr caps = { .index = 0x10a, .value = 0x4d };

    for ( size_t i = 0; i < sizeof(base) / sizeof(base[0]); i++ )
        ck_assert_int_eq(dump_put_leaf(&h.g, &base[i], NULL), 0);
    ck_assert_int_eq(dump_put_msr(&h.g, &caps, NULL), 0);

    return h;
}

void host_set(struct host *h, uint32_t leaf, uint32_t subleaf,
              unsigned int reg, uint32_t value)
{
    struct dump_leaf *l = dump_leaf_at(&h->g, leaf, subleaf);
    struct dump_leaf row = l ? *l : (struct dump_leaf)LEAF(leaf, subleaf, 0);

    row.reg[reg] = value;
    ck_assert_int_eq(dump_put_leaf(&h->g, &row, NULL), 0);
}

void host_drop(struct host *h, uint32_t leaf, uint32_t subleaf)
{
    struct dump_leaf *l = dump_leaf_at(&h->g, leaf, subleaf);

    ck_assert_ptr_nonnull(l);
    memmove(l, l + 1, (h->g.leaves + --h->g.nr_leaves - l) * sizeof(*l));
}
