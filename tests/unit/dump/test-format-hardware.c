/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Subleaves told by the order of lines, and rows beyond a CPU's maximum. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dump-text.h"
#include "format/formats.h"

Suite *suite_format_hardware(void);

#define NR(rows) (sizeof(rows) / sizeof(rows[0]))

/* Rows "leaf eax ebx ecx edx" as a file without subleaf tags has them. */
#define HEAD "# mask e[abcd]x => e[abcd]x\n"

/* "leaf.subleaf" of every row that is left, ! if inferred. */
static void list_rows(const struct dump *d, char *out, size_t size)
{
    const struct dump_cpu *c = &d->sections[0].cpus[0];
    size_t len = 0;

    *out = '\0';
    for ( size_t i = 0; i < c->nr_leaves && len < size; i++ )
    {
        const struct dump_leaf *l = &c->leaves[i];

        len += (size_t)snprintf(out + len, size - len, "%s%x", i ? " " : "",
                                l->leaf);
        if ( l->subleaf != DUMP_NO_SUBLEAF && len < size )
            len += (size_t)snprintf(out + len, size - len, ".%x%s",
                                    l->subleaf,
                                    l->inferred_subleaf ? "!" : "");
    }
}

static const struct {
    const char *name;
    const char *rows;           /* hwloc's form */
    const char *left;
} cases[] = {
    { "plain leaves need no subleaf",
      "1 0 0 0 0 => 2 0 0 0\n1 1 0 0 0 => 5 0 0 0\n1 2 0 0 0 => 5 0 0 0\n",
      "0 1 2" },
    { "a single row is subleaf 0",
      "1 0 0 0 0 => 7 0 0 0\n1 7 0 0 0 => 0 1 0 0\n", "0 7.0!" },
    { "order of lines",
      "1 0 0 0 0 => 7 0 0 0\n1 4 0 0 0 => 1 0 0 0\n1 4 0 0 0 => 2 0 0 0\n"
      "1 4 0 0 0 => 3 0 0 0\n", "0 4.0! 4.1! 4.2!" },
    { "tags among the order",
      "1 0 0 0 0 => b 0 0 0\n1 b 0 0 0 => 1 0 0 0\n5 b 0 3 0 => 2 0 0 0\n"
      "1 b 0 0 0 => 3 0 0 0\n", "0 b.0! b.3 b.4!" },
    { "a tag makes any leaf one with subleaves",
      "1 0 0 0 0 => 7 0 0 0\n1 6 0 0 0 => 1 0 0 0\n5 6 0 1 0 => 2 0 0 0\n",
      "0 6.0! 6.1" },
    { "0xd with subleaf 1",
      "1 0 0 0 0 => d 0 0 0\n1 d 0 0 0 => 7 340 340 0\n"
      "1 d 0 0 0 => 1 0 0 0\n1 d 0 0 0 => 100 240 0 0\n",
      "0 d.0! d.1! d.2!" },
    { "0xd without subleaf 1",
      "1 0 0 0 0 => d 0 0 0\n1 d 0 0 0 => 7 340 340 0\n"
      "1 d 0 0 0 => 100 240 0 0\n", "0 d.0! d.2!" },
    { "0xd with holes",
      "1 0 0 0 0 => d 0 0 0\n1 d 0 0 0 => 2e7 0 0 0\n1 d 0 0 0 => f 0 900 0\n"
      "1 d 0 0 0 => 100 240 0 0\n1 d 0 0 0 => 40 440 0 0\n"
      "1 d 0 0 0 => 200 480 0 0\n1 d 0 0 0 => 400 680 0 0\n"
      "1 d 0 0 0 => 80 0 1 0\n1 d 0 0 0 => 8 a80 0 0\n"
      "1 d 0 0 0 => 10 0 1 0\n",
      "0 d.0! d.1! d.2! d.5! d.6! d.7! d.8! d.9! d.b!" },
    { "0xd with zero subleaves written",
      "1 0 0 0 0 => d 0 0 0\n1 d 0 0 0 => 7 0 0 0\n1 d 0 0 0 => 0 0 0 0\n"
      "1 d 0 0 0 => 100 240 0 0\n1 d 0 0 0 => 0 0 0 0\n",
      "0 d.0! d.1! d.2! d.3!" },
    { "0xd with more rows than components",
      "1 0 0 0 0 => d 0 0 0\n1 d 0 0 0 => 3 0 0 0\n1 d 0 0 0 => 1 0 0 0\n"
      "1 d 0 0 0 => 5 6 0 0\n1 d 0 0 0 => 5 7 0 0\n",
      "0 d.0! d.1! d.2! d.3!" },

    { "basic leaf beyond", "1 0 0 0 0 => 1 0 0 0\n1 1 0 0 0 => 0 0 0 0\n"
      "1 2 0 0 0 => 0 0 0 0\n", "0 1" },
    { "differing rows beyond", "1 0 0 0 0 => 1 0 0 0\n1 2 0 0 0 => 0 0 0 0\n"
      "1 2 0 0 0 => 0 0 0 1\n", "0" },
    { "no leaf 0: nothing is beyond", "1 7 0 0 0 => 0 0 0 0\n", "7.0!" },
    { "extended leaf beyond",
      "1 0 0 0 0 => 0 0 0 0\n1 80000000 0 0 0 => 80000001 0 0 0\n"
      "1 80000001 0 0 0 => 0 0 0 0\n1 80000002 0 0 0 => 0 0 0 0\n"
      "1 8fffffff 0 0 0 => 0 0 0 0\n", "0 80000000 80000001" },
    { "extended range all zeros: none",
      "1 0 0 0 0 => 0 0 0 0\n1 80000000 0 0 0 => 0 0 0 0\n"
      "1 80000001 0 0 0 => 0 0 0 0\n", "0 80000000" },
    { "extended range echoing a basic leaf: none",
      "1 0 0 0 0 => 0 0 0 0\n1 80000000 0 0 0 => 0 1 2 3\n"
      "1 80000001 0 0 0 => 0 1 2 3\n", "0" },
    { "Centaur's range there",
      "1 0 0 0 0 => 0 0 0 0\n1 c0000000 0 0 0 => c0000002 0 0 0\n"
      "1 c0000001 0 0 0 => 0 0 0 0\n1 c0000003 0 0 0 => 0 0 0 0\n",
      "0 c0000000 c0000001" },
    { "Centaur's range zeros", "1 0 0 0 0 => 0 0 0 0\n"
      "1 c0000000 0 0 0 => 0 0 0 0\n", "0" },
    { "Xeon Phi's range there", "1 0 0 0 0 => 0 0 0 0\n"
      "1 20000000 0 0 0 => 20000001 0 0 0\n1 20000001 0 0 0 => 0 0 0 0\n",
      "0 20000000 20000001" },
    { "Transmeta's range there, beyond the extended maximum",
      "1 0 0 0 0 => 0 0 0 0\n1 80000000 0 0 0 => 80000000 0 0 0\n"
      "1 80860000 0 0 0 => 80860001 0 0 0\n1 80860001 0 0 0 => 0 0 0 0\n",
      "0 80000000 80860000 80860001" },
    { "Transmeta's range not there",
      "1 0 0 0 0 => 0 0 0 0\n1 80000000 0 0 0 => 80000000 0 0 0\n"
      "1 80860000 0 0 0 => 0 0 0 0\n", "0 80000000" },
    { "hypervisor leaves kept", "1 0 0 0 0 => 0 0 0 0\n"
      "1 40000000 0 0 0 => 40000000 0 0 0\n1 40000003 0 0 0 => 0 0 0 0\n"
      "1 40000100 0 0 0 => 40000101 0 0 0\n",
      "0 40000000 40000003 40000100" },
    { "maximum that is no leaf", "1 0 0 0 0 => 20000000 0 0 0\n"
      "1 5 0 0 0 => 0 0 0 0\n", "0 5" },
    { "subleaves of a leaf beyond", "1 0 0 0 0 => 4 0 0 0\n"
      "5 4 0 0 0 => 1 0 0 0\n5 7 0 0 0 => 0 0 0 0\n5 7 0 1 0 => 0 0 0 0\n",
      "0 4.0" },
};

START_TEST(normalise_rows_of_hardware_as_expected)
{
    char text[2048], left[256];
    struct dump d;

    snprintf(text, sizeof(text), HEAD "%s", cases[_i].rows);
    parse_good(&format_hwloc, cases[_i].name, text, &d);
    list_rows(&d, left, sizeof(left));
    ck_assert_msg(!strcmp(left, cases[_i].left), "%s: '%s', expected '%s'",
                  cases[_i].name, left, cases[_i].left);
    dump_dispose(&d);
}
END_TEST

/* The values go with the subleaf, not only the numbers. */
START_TEST(normalise_inferred_subleaf_keeps_its_values)
{
    struct dump d;
    const struct dump_leaf *l;

    parse_good(&format_hwloc, "values", HEAD "1 0 0 0 0 => 4 0 0 0\n"
               "1 4 0 0 0 => 9 0 0 0\n1 4 0 0 0 => 8 1 2 3\n", &d);
    l = dump_find_leaf(&d.sections[0].cpus[0], 4, 1);
    ck_assert_ptr_nonnull(l);
    ck_assert_uint_eq(l->reg[0], 8);
    ck_assert_uint_eq(l->reg[3], 3);
    ck_assert_uint_eq(l->line, 4);
    dump_dispose(&d);
}
END_TEST

Suite *suite_format_hardware(void)
{
    Suite *s = suite_create("format-hardware");
    TCase *tc = tcase_create("normalise");

    tcase_add_loop_test(tc, normalise_rows_of_hardware_as_expected, 0,
                        NR(cases));
    tcase_add_test(tc, normalise_inferred_subleaf_keeps_its_values);
    suite_add_tcase(s, tc);

    return s;
}
