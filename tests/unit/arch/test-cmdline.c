/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The whole command line: which words are ours, what is told of the others,
 * and that positions count from the start of the text.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arch/cmdline.h>

#include "random.h"

Suite *suite_cmdline(void);

/* What the sink heard, as text: "B cpuid 3+6 f0; O 10+5; ". */
struct heard {
    char text[512];
    size_t len;
};

static void hear_bad(void *ctx, const char *option,
                     const struct x86_option_error *e)
{
    struct heard *h = ctx;

    if ( h->len < sizeof(h->text) )
        h->len += snprintf(h->text + h->len, sizeof(h->text) - h->len,
                           "bad %s %zu+%zu %d; ", option, e->offset, e->len,
                           e->fault);
}

static void hear_other(void *ctx, size_t offset, size_t len)
{
    struct heard *h = ctx;

    if ( h->len < sizeof(h->text) )
        h->len += snprintf(h->text + h->len, sizeof(h->text) - h->len,
                           "other %zu+%zu; ", offset, len);
}

static int parse(struct x86_cmdline *c, const char *text, size_t len,
                 struct heard *h)
{
    const struct x86_cmdline_sink sink = { hear_bad, hear_other, h };
    char *copy = malloc(len ? len : 1);
    int rc;

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, text, len);
    *h = (struct heard){ "", 0 };
    rc = x86_cmdline_parse(c, copy, len, &sink);
    free(copy);

    return rc;
}

/* Faults: 0 empty, 1 unknown, 2 bad value, 3 no- and value, 4 option denied. */
static const struct row {
    const char *text;
    const char *heard;          /* -EINVAL if any of it is bad */
    const char *in, *out, *guest, *dom0_in, *dom0_out;
} rows[] = {
    { "", "", "", "", "", "", "" },
    { "   \t\r\n ", "", "", "", "", "", "" },
    { "cpuid=avx", "", "avx", "", "", "", "" },
    { "  cpuid=no-avx  ", "", "", "avx", "", "", "" },
    { "cpuid=avx=0", "", "", "avx", "", "", "" },
    { "cpuid=avx,no-sse2,smep=guest", "", "avx", "sse2", "smep", "", "" },
    { "cpuid=avx cpuid=no-sse2", "", "avx", "sse2", "", "", "" },
    { "cpuid=avx cpuid=no-avx", "", "", "avx", "", "", "" },
    { "cpuid=no-avx\tcpuid=avx\n", "", "avx", "", "", "", "" },
    { "dom0-cpuid=avx,no-sse2", "", "", "", "", "avx", "sse2" },
    { "cpuid=no-avx dom0-cpuid=avx", "", "", "avx", "", "avx", "" },
    { "cpuid=no-lmsl cpuid=no-no-fpu-sel", "", "no-lmsl", "no-fpu-sel", "",
      "", "" },
    { "console=vga cpuid=avx dom0_mem=4G", "other 0+11; other 22+11; ",
      "avx", "", "", "", "" },
    { "xcpuid=avx cpuidx=avx cpuid-=avx", "other 0+10; other 11+10; "
      "other 22+10; ", "", "", "", "", "" },
    { "CPUID=avx", "other 0+9; ", "", "", "", "", "" },
    { "--", "other 0+2; ", "", "", "", "", "" },
    { "=", "other 0+1; ", "", "", "", "", "" },
    { "=avx", "other 0+4; ", "", "", "", "", "" },
    { "cpuid", "bad cpuid 0+5 0; ", "", "", "", "", "" },
    { " cpuid=", "bad cpuid 7+0 0; ", "", "", "", "", "" },
    { "dom0-cpuid", "bad dom0-cpuid 0+10 0; ", "", "", "", "", "" },
    { "dom0-cpuid=", "bad dom0-cpuid 11+0 0; ", "", "", "", "", "" },
    { "no-cpuid", "bad cpuid 0+8 4; ", "", "", "", "", "" },
    { "no-cpuid=avx", "bad cpuid 0+12 4; ", "", "", "", "", "" },
    { "no-dom0-cpuid=avx", "bad dom0-cpuid 0+17 4; ", "", "", "", "", "" },
    { "x cpuid=avx,qwerty y", "other 0+1; bad cpuid 12+6 1; other 19+1; ",
      "avx", "", "", "", "" },
    { "cpuid=avx=3 dom0-cpuid=no-avx=1,sse2",
      "bad cpuid 6+5 2; bad dom0-cpuid 23+8 3; ", "", "", "", "sse2", "" },
    { "cpuid=avx ,sse2", "other 10+5; ", "avx", "", "", "", "" },
    { "cpuid=\"avx\"", "bad cpuid 6+5 1; ", "", "", "", "", "" },
    { "cpuid==avx", "bad cpuid 6+4 1; ", "", "", "", "", "" },
};

#define NR_ROWS (sizeof(rows) / sizeof(rows[0]))

static void check_set(const char *text, const char *what,
                      const x86_featureset fs, const char *names)
{
    x86_featureset expect = { 0 };
    const struct x86_feature_desc *d = x86_feature_lookup(names,
                                                          strlen(names));

    ck_assert_msg(d || !*names, "no feature %s", names);
    if ( d )
        x86_feature_set(expect, d->value);
    ck_assert_msg(!memcmp(fs, expect, sizeof(expect)),
                  "'%s': '%s' is not what %s has", text, names, what);
}

START_TEST(parse_of_table_splits_applies_and_tells)
{
    const struct row *row = &rows[_i];
    struct x86_cmdline c = { 0 };
    struct heard h;
    int rc = parse(&c, row->text, strlen(row->text), &h);
    bool is_bad = strstr(row->heard, "bad");

    ck_assert_msg(rc == (is_bad ? -EINVAL : 0), "'%s': %d", row->text, rc);
    ck_assert_msg(!strcmp(h.text, row->heard), "'%s': heard '%s'", row->text,
                  h.text);
    check_set(row->text, "in", c.cpuid.in, row->in);
    check_set(row->text, "out", c.cpuid.out, row->out);
    check_set(row->text, "guest", c.cpuid.guest, row->guest);
    check_set(row->text, "dom0 in", c.dom0_cpuid.in, row->dom0_in);
    check_set(row->text, "dom0 out", c.dom0_cpuid.out, row->dom0_out);
    check_set(row->text, "dom0 guest", c.dom0_cpuid.guest, "");
}
END_TEST

/* Nobody need listen. */
START_TEST(parse_without_sink_gives_the_same_answer)
{
    static const struct x86_cmdline_sink deaf;
    const char *text = rows[_i].text;
    struct x86_cmdline a = { 0 }, b = { 0 }, c = { 0 };
    struct heard h;
    int rc = parse(&a, text, strlen(text), &h);

    ck_assert_int_eq(x86_cmdline_parse(&b, text, strlen(text), NULL), rc);
    ck_assert_int_eq(x86_cmdline_parse(&c, text, strlen(text), &deaf), rc);
    ck_assert_mem_eq(&a, &b, sizeof(a));
    ck_assert_mem_eq(&a, &c, sizeof(a));
}
END_TEST

START_TEST(parse_of_100_kb_reads_to_the_end)
{
    enum { SIZE = 100 << 10 };
    struct x86_cmdline c = { 0 };
    char *text = malloc(SIZE + 80);
    struct heard h;
    size_t len;

    ck_assert_ptr_nonnull(text);
    len = sprintf(text, "cpuid=avx");
    while ( len < SIZE )
        len += sprintf(text + len, ",sse2");
    len += sprintf(text + len, ",no-avx cpuid=smep");
    ck_assert_int_eq(parse(&c, text, len, &h), 0);
    ck_assert_uint_eq(h.len, 0);
    check_set("long", "out", c.cpuid.out, "avx");
    ck_assert(x86_feature_test(c.cpuid.in, X86_FEATURE_SMEP));
    free(text);
}
END_TEST

START_TEST(parse_of_garbage_keeps_its_places)
{
    static const char *const pieces[] = {
        "cpuid=", "dom0-cpuid=", "no-", " ", ",", "avx", "sse2=guest", "\t",
    };
    struct random r = random_start();

    for ( unsigned int n = 0; n < 20000; n++ )
    {
        struct x86_cmdline c = { 0 };
        struct heard h;
        char text[160];
        size_t len = 0;

        while ( len < 120 && random_below(&r, 16) )
            if ( random_below(&r, 6) )
                len += sprintf(text + len, "%s",
                               pieces[random_below(&r, 8)]);
            else
                text[len++] = random_32(&r);

        ck_assert_int_eq(parse(&c, text, len, &h),
                         strstr(h.text, "bad") ? -EINVAL : 0);
        for ( const char *s = h.text; (s = strchr(s, '+')); s++ )
        {
            const char *start = s;
            size_t offset;

            while ( start[-1] >= '0' && start[-1] <= '9' )
                start--;
            offset = strtoul(start, NULL, 10);
            ck_assert_uint_le(offset + strtoul(s + 1, NULL, 10), len);
        }
    }
}
END_TEST

Suite *suite_cmdline(void)
{
    Suite *s = suite_create("cmdline");
    TCase *tc = tcase_create("words");

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, parse_of_table_splits_applies_and_tells, 0,
                        NR_ROWS);
    tcase_add_loop_test(tc, parse_without_sink_gives_the_same_answer, 0,
                        NR_ROWS);
    tcase_add_test(tc, parse_of_100_kb_reads_to_the_end);
    tcase_add_test(tc, parse_of_garbage_keeps_its_places);
    suite_add_tcase(s, tc);

    return s;
}
