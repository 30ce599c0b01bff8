/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The value of cpuid= and dom0-cpuid=: every feature in every form, what is
 * refused and where, and what a list says that mentions a feature twice.
 */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arch/cpuid-option.h>

#include "quick.h"
#include "random.h"

Suite *suite_cpuid_option(void);

#define MAX_BAD 8

struct record {
    struct x86_option_error bad[MAX_BAD];
    unsigned int nr;
};

static void record_bad(void *ctx, const struct x86_option_error *e)
{
    struct record *r = ctx;

    if ( r->nr < MAX_BAD )
        r->bad[r->nr] = *e;
    r->nr++;
}

/* Parse a copy of exactly that size, so that reading on is seen. */
static int parse(struct x86_cpuid_option *opt, const char *value, size_t len,
                 struct record *r)
{
    struct x86_option_sink sink = { record_bad, r };
    char *copy = malloc(len ? len : 1);
    int rc;

    quick_assert_msg(copy, "no memory");
    memcpy(copy, value, len);
    if ( r )
        r->nr = 0;
    rc = x86_cpuid_option_parse(opt, copy, len, r ? &sink : NULL);
    free(copy);

    return rc;
}

enum set { IN, OUT, GUEST };

static void expect_only(const char *what, const struct x86_cpuid_option *opt,
                        unsigned int feature, enum set set)
{
    struct x86_cpuid_option expect = { { 0 }, { 0 }, { 0 } };

    x86_feature_set(set == IN ? expect.in : set == OUT ? expect.out
                                                       : expect.guest,
                    feature);
    quick_assert_msg(!memcmp(opt, &expect, sizeof(expect)), "%s: other sets",
                     what);
}

static const struct {
    const char *format;
    enum set set;
} forms[] = {
    { "%s", IN },           { "%s=1", IN },       { "%s=on", IN },
    { "%s=yes", IN },       { "%s=true", IN },    { "%s=enable", IN },
    { "no-%s", OUT },       { "%s=0", OUT },      { "%s=off", OUT },
    { "%s=no", OUT },       { "%s=false", OUT },  { "%s=disable", OUT },
    { "%s=guest", GUEST },
};

#define NR_FORMS (sizeof(forms) / sizeof(forms[0]))

/* NO_LMSL and NO_FPU_SEL are no exceptions: the name is taken whole first. */
START_TEST(parse_of_every_feature_in_every_form_sets_it_alone)
{
    for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
        for ( unsigned int j = 0; j < NR_FORMS; j++ )
        {
            struct x86_cpuid_option opt = { { 0 }, { 0 }, { 0 } };
            struct record r;
            char text[80];
            int len = snprintf(text, sizeof(text), forms[j].format,
                               x86_feature_descs[i].name);

            quick_assert_msg(!parse(&opt, text, len, &r) && !r.nr,
                             "%s: refused", text);
            expect_only(text, &opt, x86_feature_descs[i].value,
                        forms[j].set);
        }
}
END_TEST

START_TEST(no_feature_is_named_like_another_ones_denial)
{
    for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
    {
        char text[80];
        int len = snprintf(text, sizeof(text), "no-%s",
                           x86_feature_descs[i].name);

        quick_assert_msg(!x86_feature_lookup(text, len), "%s", text);
    }
}
END_TEST

static const struct {
    const char *text;
    unsigned int feature;
    enum set set;
} polarity[] = {
    { "no-lmsl", X86_FEATURE_NO_LMSL, IN },
    { "no-no-lmsl", X86_FEATURE_NO_LMSL, OUT },
    { "no-lmsl=0", X86_FEATURE_NO_LMSL, OUT },
    { "no-lmsl=1", X86_FEATURE_NO_LMSL, IN },
    { "no-lmsl=guest", X86_FEATURE_NO_LMSL, GUEST },
    { "no-fpu-sel", X86_FEATURE_NO_FPU_SEL, IN },
    { "no-no-fpu-sel", X86_FEATURE_NO_FPU_SEL, OUT },
    { "no-fpu", X86_FEATURE_FPU, OUT },
    /* The last mention wins, whatever came before. */
    { "avx,no-avx", X86_FEATURE_AVX, OUT },
    { "no-avx,avx", X86_FEATURE_AVX, IN },
    { "avx=guest,avx=0", X86_FEATURE_AVX, OUT },
    { "avx=0,avx=guest", X86_FEATURE_AVX, GUEST },
    { "avx,avx=0,avx=guest,avx=on", X86_FEATURE_AVX, IN },
    { "no-lmsl,no-no-lmsl", X86_FEATURE_NO_LMSL, OUT },
};

START_TEST(parse_of_names_in_no_and_of_repetitions_decides)
{
    struct x86_cpuid_option opt = { { 0 }, { 0 }, { 0 } };

    ck_assert_int_eq(parse(&opt, polarity[_i].text, strlen(polarity[_i].text),
                           NULL), 0);
    expect_only(polarity[_i].text, &opt, polarity[_i].feature,
                polarity[_i].set);
}
END_TEST

START_TEST(parse_twice_accumulates)
{
    struct x86_cpuid_option opt = { { 0 }, { 0 }, { 0 } };

    ck_assert_int_eq(parse(&opt, "avx,no-sse2", 11, NULL), 0);
    ck_assert_int_eq(parse(&opt, "no-avx,smep=guest", 17, NULL), 0);
    ck_assert(x86_feature_test(opt.out, X86_FEATURE_AVX));
    ck_assert(!x86_feature_test(opt.in, X86_FEATURE_AVX));
    ck_assert(x86_feature_test(opt.out, X86_FEATURE_SSE2));
    ck_assert(x86_feature_test(opt.guest, X86_FEATURE_SMEP));
}
END_TEST

#define EMPTY X86_OPTION_EMPTY
#define UNKNOWN X86_OPTION_UNKNOWN
#define VALUE X86_OPTION_BAD_VALUE
#define TWICE X86_OPTION_NO_AND_VALUE

static const struct bad_row {
    const char *text;
    size_t text_len;            /* 0: strlen(text) */
    unsigned int nr;
    struct x86_option_error bad[3];
} bad_rows[] = {
    { "", 0, 1, { { EMPTY, 0, 0, 0, 0 } } },
    { ",", 0, 2, { { EMPTY, 0, 0, 0, 0 }, { EMPTY, 1, 0, 1, 0 } } },
    { "avx,", 0, 1, { { EMPTY, 4, 0, 4, 0 } } },
    { ",avx", 0, 1, { { EMPTY, 0, 0, 0, 0 } } },
    { "avx,,sse2", 0, 1, { { EMPTY, 4, 0, 4, 0 } } },
    { "qwerty", 0, 1, { { UNKNOWN, 0, 6, 0, 6 } } },
    { "avx,qwerty,sse2", 0, 1, { { UNKNOWN, 4, 6, 4, 6 } } },
    { "no-qwerty", 0, 1, { { UNKNOWN, 0, 9, 3, 6 } } },
    { "no-no-avx", 0, 1, { { UNKNOWN, 0, 9, 3, 6 } } },
    { "no-", 0, 1, { { UNKNOWN, 0, 3, 0, 3 } } },
    { "no", 0, 1, { { UNKNOWN, 0, 2, 0, 2 } } },
    { "=", 0, 1, { { UNKNOWN, 0, 1, 0, 0 } } },
    { "=1", 0, 1, { { UNKNOWN, 0, 2, 0, 0 } } },
    { "AVX", 0, 1, { { UNKNOWN, 0, 3, 0, 3 } } },
    { "avx512_f", 0, 1, { { UNKNOWN, 0, 8, 0, 8 } } },
    { " avx", 0, 1, { { UNKNOWN, 0, 4, 0, 4 } } },
    { "avx ", 0, 1, { { UNKNOWN, 0, 4, 0, 4 } } },
    { "avx:1", 0, 1, { { UNKNOWN, 0, 5, 0, 5 } } },
    { "avx;sse2", 0, 1, { { UNKNOWN, 0, 8, 0, 8 } } },
    { "-avx", 0, 1, { { UNKNOWN, 0, 4, 0, 4 } } },
    { "avx=", 0, 1, { { VALUE, 0, 4, 0, 3 } } },
    { "avx=2", 0, 1, { { VALUE, 0, 5, 0, 3 } } },
    { "avx=ON", 0, 1, { { VALUE, 0, 6, 0, 3 } } },
    { "avx=on ", 0, 1, { { VALUE, 0, 7, 0, 3 } } },
    { "avx==1", 0, 1, { { VALUE, 0, 6, 0, 3 } } },
    { "avx=1=1", 0, 1, { { VALUE, 0, 7, 0, 3 } } },
    { "avx=guests", 0, 1, { { VALUE, 0, 10, 0, 3 } } },
    { "avx=gues", 0, 1, { { VALUE, 0, 8, 0, 3 } } },
    { "avx=x", 0, 1, { { VALUE, 0, 5, 0, 3 } } },
    { "no-avx=1", 0, 1, { { TWICE, 0, 8, 3, 3 } } },
    { "no-avx=0", 0, 1, { { TWICE, 0, 8, 3, 3 } } },
    { "no-avx=", 0, 1, { { TWICE, 0, 7, 3, 3 } } },
    { "no-avx=guest", 0, 1, { { TWICE, 0, 12, 3, 3 } } },
    { "no-no-lmsl=1", 0, 1, { { TWICE, 0, 12, 3, 7 } } },
    { "avx\0", 4, 1, { { UNKNOWN, 0, 4, 0, 4 } } },
    { "a,avx=3,no-avx=1", 0, 3,
      { { UNKNOWN, 0, 1, 0, 1 }, { VALUE, 2, 5, 2, 3 },
        { TWICE, 8, 8, 11, 3 } } },
};

#define NR_BAD_ROWS (sizeof(bad_rows) / sizeof(bad_rows[0]))

START_TEST(parse_of_bad_elements_tells_each_with_its_place)
{
    const struct bad_row *row = &bad_rows[_i];
    size_t len = row->text_len ? row->text_len : strlen(row->text);
    struct x86_cpuid_option opt = { { 0 }, { 0 }, { 0 } };
    struct record r;
    int rc = parse(&opt, row->text, len, &r);

    quick_assert_msg(rc == -EINVAL, "'%s': %d", row->text, rc);
    quick_assert_msg(r.nr == row->nr, "'%s': %u bad", row->text, r.nr);
    for ( unsigned int i = 0; i < r.nr; i++ )
    {
        const struct x86_option_error *e = &r.bad[i], *x = &row->bad[i];

        quick_assert_msg(e->fault == x->fault, "'%s', bad %u: fault %d",
                         row->text, i, e->fault);
        quick_assert_msg(e->offset == x->offset && e->len == x->len,
                         "'%s', bad %u: %zu+%zu", row->text, i, e->offset,
                         e->len);
        quick_assert_msg(e->name_offset == x->name_offset &&
                         e->name_len == x->name_len, "'%s', bad %u: name "
                         "%zu+%zu", row->text, i, e->name_offset, e->name_len);
    }
    ck_assert_int_eq(parse(&opt, row->text, len, NULL), -EINVAL);
}
END_TEST

START_TEST(parse_of_a_list_with_bad_elements_applies_the_good_ones)
{
    static const char list[] = "avx,nonsense,no-sse2=1,smep=guest,,no-mmx";
    struct x86_cpuid_option opt = { { 0 }, { 0 }, { 0 } };
    struct x86_cpuid_option expect = { { 0 }, { 0 }, { 0 } };
    struct record r;

    x86_feature_set(expect.in, X86_FEATURE_AVX);
    x86_feature_set(expect.guest, X86_FEATURE_SMEP);
    x86_feature_set(expect.out, X86_FEATURE_MMX);
    ck_assert_int_eq(parse(&opt, list, strlen(list), &r), -EINVAL);
    ck_assert_uint_eq(r.nr, 3);
    ck_assert_mem_eq(&opt, &expect, sizeof(opt));
}
END_TEST

/* Nothing is cut off: the last element of 100 kB counts like the first. */
START_TEST(parse_of_a_very_long_list_applies_its_end)
{
    enum { SIZE = 100 << 10 };
    struct x86_cpuid_option opt = { { 0 }, { 0 }, { 0 } };
    char *list = malloc(SIZE + 80);
    size_t len = 0;

    ck_assert_ptr_nonnull(list);
    for ( unsigned int i = 0; len < SIZE; i++ )
        len += sprintf(list + len, "no-%s,",
                       x86_feature_descs[i % X86_NR_FEATURES].name);
    len += sprintf(list + len, "avx512f=guest");
    ck_assert_int_eq(parse(&opt, list, len, NULL), 0);
    ck_assert(x86_feature_test(opt.guest, X86_FEATURE_AVX512F));
    for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
    {
        unsigned int f = x86_feature_descs[i].value;

        ck_assert_int_eq(x86_feature_test(opt.out, f),
                         f != X86_FEATURE_AVX512F);
    }
    free(list);
}
END_TEST

START_TEST(parse_of_a_very_long_element_tells_all_of_it)
{
    enum { SIZE = 100 << 10 };
    struct x86_cpuid_option opt = { { 0 }, { 0 }, { 0 } };
    char *list = malloc(SIZE);
    struct record r;

    ck_assert_ptr_nonnull(list);
    memset(list, 'a', SIZE);
    memcpy(list, "avx,", 4);
    ck_assert_int_eq(parse(&opt, list, SIZE, &r), -EINVAL);
    ck_assert_uint_eq(r.nr, 1);
    ck_assert_uint_eq(r.bad[0].offset, 4);
    ck_assert_uint_eq(r.bad[0].len, SIZE - 4);
    expect_only("a long name", &opt, X86_FEATURE_AVX, IN);
    free(list);
}
END_TEST

struct order {
    size_t len, next;
    unsigned int nr;
};

static void in_order(void *ctx, const struct x86_option_error *e)
{
    struct order *o = ctx;

    quick_assert_msg(e->offset >= o->next && e->offset + e->len <= o->len,
                     "%zu+%zu", e->offset, e->len);
    quick_assert_msg(e->name_offset >= e->offset &&
                     e->name_offset + e->name_len <= e->offset + e->len,
                     "%zu+%zu in %zu+%zu", e->name_offset, e->name_len,
                     e->offset, e->len);
    o->next = e->offset + e->len + 1;
    o->nr++;
}

/* Any bytes: places stay inside, and no feature gets into two sets. */
START_TEST(parse_of_garbage_keeps_its_places_and_sets_apart)
{
    static const char *const pieces[] = {
        "avx", "no-", "=", ",", "guest", "1", "sse4-1", "lmsl", "\0", "\xff",
    };
    struct random r = random_start();

    for ( unsigned int n = 0; n < 20000; n++ )
    {
        struct x86_cpuid_option opt = { { 0 }, { 0 }, { 0 } };
        struct order o = { 0, 0, 0 };
        struct x86_option_sink sink = { in_order, &o };
        char text[96], *copy;
        int rc;

        while ( o.len < 64 && random_below(&r, 12) )
        {
            const char *piece = pieces[random_below(&r, 10)];

            if ( random_below(&r, 4) )
                o.len += sprintf(text + o.len, "%s", piece);
            else
                text[o.len++] = random_32(&r);
        }
        copy = malloc(o.len ? o.len : 1);
        quick_assert_msg(copy, "no memory");
        memcpy(copy, text, o.len);
        rc = x86_cpuid_option_parse(&opt, copy, o.len, &sink);
        free(copy);
        quick_assert_msg(rc == (o.nr ? -EINVAL : 0), "text %u, seed %#lx", n,
                         (unsigned long)r.seed);
        for ( unsigned int w = 0; w < X86_NR_FEATURE_WORDS; w++ )
            quick_assert_msg(!((opt.in[w] & opt.out[w]) |
                               (opt.in[w] & opt.guest[w]) |
                               (opt.out[w] & opt.guest[w])),
                             "text %u, seed %#lx: two sets", n,
                             (unsigned long)r.seed);
    }
}
END_TEST

Suite *suite_cpuid_option(void)
{
    Suite *s = suite_create("cpuid-option");
    TCase *tc = tcase_create("list");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, parse_of_every_feature_in_every_form_sets_it_alone);
    tcase_add_test(tc, no_feature_is_named_like_another_ones_denial);
    tcase_add_loop_test(tc, parse_of_names_in_no_and_of_repetitions_decides,
                        0, sizeof(polarity) / sizeof(polarity[0]));
    tcase_add_test(tc, parse_twice_accumulates);
    tcase_add_loop_test(tc, parse_of_bad_elements_tells_each_with_its_place,
                        0, NR_BAD_ROWS);
    tcase_add_test(tc,
                   parse_of_a_list_with_bad_elements_applies_the_good_ones);
    tcase_add_test(tc, parse_of_a_very_long_list_applies_its_end);
    tcase_add_test(tc, parse_of_a_very_long_element_tells_all_of_it);
    tcase_add_test(tc, parse_of_garbage_keeps_its_places_and_sets_apart);
    suite_add_tcase(s, tc);

    return s;
}
