/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What formats write is what they read: nothing is lost but what their rows
 * of the table say; and what a format may say of its inputs.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dump-text.h"
#include "leaf-row.h"

Suite *suite_format_write(void);

static const struct dump_leaf leaves[] = {
    LEAF(0, DUMP_NO_SUBLEAF, 0, 0xd, 0x756e6547, 0x6c65746e, 0x49656e69),
    LEAF(1, DUMP_NO_SUBLEAF, 0, 0x50657, 0x00010800, 0x1c000201, 0x178bfbff),
    LEAF(2, DUMP_NO_SUBLEAF, 0, 0),
    LEAF(7, 0, 0, 1, 0xffffffff, 0, 0x20000000),
    LEAF(7, 1, 0, 0x10, 0, 0, 0),
    LEAF(0x80000000, DUMP_NO_SUBLEAF, 0, 0x8000001d),
    LEAF(0x8000001d, 0, 0, 0x121, 0x3f, 0x3f, 9),
};

static const struct dump_msr msrs[] = {
    { .index = 0xce, .value = 1ULL << 31 },
    { .index = 0x10a, .value = 0xffffffff00000001 },
    { .index = 0x10b, .failed = true },
};

#define NR(a) (sizeof(a) / sizeof((a)[0]))

static struct dump_cpu machine(void)
{
    struct dump_cpu cpu = { .id = 0 };

    for ( size_t i = 0; i < NR(leaves); i++ )
        ck_assert_int_eq(dump_put_leaf(&cpu, &leaves[i], NULL), 0);
    for ( size_t i = 0; i < NR(msrs); i++ )
        ck_assert_int_eq(dump_put_msr(&cpu, &msrs[i], NULL), 0);

    return cpu;
}

static char *written(const struct dump_format *format,
                     const struct dump_named *list, size_t nr)
{
    char *text;
    size_t len;
    FILE *f = open_memstream(&text, &len);

    ck_assert_ptr_nonnull(f);
    format->write(f, list, nr);
    ck_assert_int_eq(fclose(f), 0);

    return text;
}

/* Whichever formats write, as the table has them. */
static size_t writers(const struct dump_format *out[])
{
    size_t nr = 0;

    for ( size_t i = 0; i < nr_dump_formats; i++ )
        if ( dump_formats[i]->write )
            out[nr++] = dump_formats[i];

    return nr;
}

START_TEST(write_then_parse_gives_the_rows)
{
    const struct dump_format *all[16];
    size_t nr = writers(all);
    struct dump_cpu cpu = machine();
    const struct dump_named named = { "raw", &cpu };

    ck_assert_uint_ge(nr, 2);
    for ( size_t i = 0; i < nr; i++ )
    {
        char *text = written(all[i], &named, 1);
        struct dump_input in = { text, strlen(text) };
        const struct dump_cpu *got;
        cpupolicy_error err;
        struct dump d;

        /* The content tells which format it is. */
        ck_assert_msg(!dump_parse(&in, &d, &err), "%s: %s", all[i]->name,
                      err.message);
        ck_assert_str_eq(d.format, all[i]->name);
        got = &d.sections[0].cpus[0];
        for ( size_t j = 0; j < NR(leaves); j++ )
        {
            const struct dump_leaf *want = &leaves[j], *l;
            bool plain = want->subleaf == DUMP_NO_SUBLEAF || !want->subleaf;

            l = plain ? dump_find_plain_leaf(got, want->leaf)
                      : dump_find_leaf(got, want->leaf, want->subleaf);
            if ( !l && !(want->reg[0] | want->reg[1]) )
                continue;       /* zero rows are not printed */
            ck_assert_msg(l && !memcmp(l->reg, want->reg, 16),
                          "%s: leaf 0x%x", all[i]->name, want->leaf);
        }
        for ( size_t j = 0; j < NR(msrs); j++ )
        {
            const struct dump_msr *m = dump_find_msr(got, msrs[j].index);

            ck_assert_msg(!m == msrs[j].failed, "%s: MSR 0x%x", all[i]->name,
                          msrs[j].index);
            ck_assert(!m || m->value == msrs[j].value);
        }
        dump_dispose(&d);
        free(text);
    }
    dump_dispose_cpu(&cpu);
}
END_TEST

/* A failed MSR is no zero. */
START_TEST(write_leaves_out_msrs_that_failed)
{
    const struct dump_format *all[16];
    size_t nr = writers(all);
    struct dump_cpu cpu = machine();
    const struct dump_named named = { "raw", &cpu };

    for ( size_t i = 0; i < nr; i++ )
    {
        char *text = written(all[i], &named, 1);

        ck_assert_msg(!strstr(text, "10b"), "%s: %s", all[i]->name, text);
        free(text);
    }
    dump_dispose_cpu(&cpu);
}
END_TEST

START_TEST(write_of_several_has_their_names)
{
    struct dump_cpu cpu = machine();
    const struct dump_named two[] = { { "a<b", &cpu }, { "\"&\"", &cpu } };
    char *text = written(&format_libvirt, two, 2);

    ck_assert_ptr_nonnull(strstr(text, "<policy name=\"a&lt;b\">"));
    ck_assert_ptr_nonnull(strstr(text,
                                 "<policy name=\"&quot;&amp;&quot;\">"));
    free(text);

    text = written(&format_xen_cpuid, two, 2);
    ck_assert_ptr_nonnull(strstr(text, "a<b policy: 7 leaves, 3 MSRs\n"));
    free(text);
    dump_dispose_cpu(&cpu);
}
END_TEST

/* ---- what the table may say of inputs ---------------------------------- */

static int parse_one_leaf(const struct dump_input *in, struct dump *out,
                          cpupolicy_error *err)
{
    struct dump_section *s;
    struct dump_cpu *cpu;
    struct dump_leaf row = { .leaf = 1, .reg = { in->nr_bytes } };

    return dump_start(out, &s, &cpu, err) ?: dump_add_leaf(cpu, &row, err);
}

START_TEST(parse_as_binary_format_takes_zero_bytes)
{
    const struct dump_format text = { .name = "t", .parse = parse_one_leaf };
    const struct dump_format binary = {
        .name = "b", .parse = parse_one_leaf, .is_binary = true,
    };
    const struct dump_input in = { "a\0b", 3 };
    cpupolicy_error err;
    struct dump d;

    ck_assert_int_eq(dump_parse_as(&text, &in, &d, &err), -EINVAL);
    ck_assert_ptr_nonnull(strstr(err.message, "zero byte"));
    ck_assert_int_eq(dump_parse_as(&binary, &in, &d, &err), 0);
    ck_assert_uint_eq(d.sections[0].cpus[0].leaves[0].reg[0], 3);
    dump_dispose(&d);
}
END_TEST

/* More than other formats take, or less: the format says so. */
START_TEST(parse_as_more_than_the_format_takes_e2big)
{
    const struct dump_format small = {
        .name = "s", .parse = parse_one_leaf, .max_bytes = 2,
    };
    const struct dump_format large = {
        .name = "l", .parse = parse_one_leaf, .is_binary = true,
        .max_bytes = DUMP_MAX_BYTES + 1,
    };
    struct dump_input in = { "abc", 3 };
    cpupolicy_error err;
    struct dump d;
    char *bytes;

    ck_assert_int_eq(dump_parse_as(&small, &in, &d, &err), -E2BIG);
    ck_assert_str_eq(err.message, "more than 2 bytes");

    bytes = calloc(1, DUMP_MAX_BYTES + 2);
    ck_assert_ptr_nonnull(bytes);
    in = (struct dump_input){ bytes, DUMP_MAX_BYTES + 1 };
    ck_assert_int_eq(dump_parse_as(&large, &in, &d, &err), 0);
    dump_dispose(&d);
    in.nr_bytes++;
    ck_assert_int_eq(dump_parse_as(&large, &in, &d, &err), -E2BIG);
    free(bytes);
}
END_TEST

Suite *suite_format_write(void)
{
    Suite *s = suite_create("format_write");
    TCase *t = tcase_create("write");

    tcase_add_test(t, write_then_parse_gives_the_rows);
    tcase_add_test(t, write_leaves_out_msrs_that_failed);
    tcase_add_test(t, write_of_several_has_their_names);
    suite_add_tcase(s, t);

    t = tcase_create("inputs");
    tcase_add_test(t, parse_as_binary_format_takes_zero_bytes);
    tcase_add_test(t, parse_as_more_than_the_format_takes_e2big);
    suite_add_tcase(s, t);

    return s;
}
