/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Features by value and by name, near names, and their place in a policy. */
#include <check.h>
#include <string.h>

#include "quick.h"
#include "random.h"
#include "words.h"

Suite *suite_features(void);

START_TEST(feature_find_of_every_value_finds_what_the_table_has)
{
    unsigned int next = 0;

    /* One word more than there are, and then the ends of the number range. */
    for ( unsigned int f = 0; f < (X86_NR_FEATURE_WORDS + 1) * 32; f++ )
    {
        const struct x86_feature_desc *d = x86_feature_find(f);

        if ( next < X86_NR_FEATURES && x86_feature_descs[next].value == f )
            quick_assert_msg(d == &x86_feature_descs[next++], "feature %u", f);
        else
            quick_assert_msg(!d, "feature %u is %s", f, d ? d->name : "");
    }
    ck_assert_uint_eq(next, X86_NR_FEATURES);
    ck_assert_ptr_null(x86_feature_find(0x10000));
    ck_assert_ptr_null(x86_feature_find(UINT32_MAX));
}
END_TEST

START_TEST(feature_lookup_of_every_name_finds_it)
{
    for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
    {
        const struct x86_feature_desc *d = &x86_feature_descs[i];
        char text[64];
        size_t len = strlen(d->name);

        /* What follows the counted name is not looked at. */
        ck_assert_uint_lt(len, sizeof(text) - 3);
        memcpy(text, d->name, len);
        strcpy(text + len, "=1");
        quick_assert_msg(x86_feature_lookup(text, len) == d, "%s", d->name);
        quick_assert_msg(!x86_feature_lookup(text, len + 1), "%s=", d->name);
        quick_assert_msg(x86_feature_lookup(text, len - 1) != d, "%s less one",
                         d->name);
    }
}
END_TEST

START_TEST(feature_names_are_sorted_and_spelt_for_the_command_line)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

    for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
    {
        const char *name = x86_feature_descs[x86_feature_by_name[i]].name;

        quick_assert_msg(strspn(name, allowed) == strlen(name) && *name, "%s",
                         name);
        if ( i )
            ck_assert_str_lt(
                x86_feature_descs[x86_feature_by_name[i - 1]].name, name);
    }
}
END_TEST

static const char *const no_names[] = {
    "", "no-such", "AVX", "avx512_f", "avx512f ", " avx512f", "avx512ff",
    "avx512", "no-avx", "zzzz", "-", "=", ",", "\xff", "0",
};

START_TEST(feature_lookup_of_another_word_finds_nothing)
{
    const char *name = no_names[_i];

    quick_assert_msg(!x86_feature_lookup(name, strlen(name)), "'%s'", name);
}
END_TEST

START_TEST(feature_lookup_of_a_name_with_a_zero_byte_finds_nothing)
{
    ck_assert_ptr_null(x86_feature_lookup("avx\0", 4));
    ck_assert_ptr_null(x86_feature_lookup("avx\0" "2", 5));
    ck_assert_ptr_null(x86_feature_lookup("\0", 1));
}
END_TEST

static const struct near_row {
    const char *typed, *first;  /* NULL: nothing is near */
} nears[] = {
    { "avx521f", "avx512f" },   /* two swapped */
    { "avx512-f", "avx512f" },
    { "sse41", "sse4-1" },
    { "rdrnd", "rdrand" },
    { "aesnii", "aesni" },
    { "XSAVE", NULL },          /* case is not guessed */
    { "xsav", "xsave" },
    { "fpuu", "fpu" },
    { "pclmul", "pclmulqdq" },
    { "qqqqqqqq", NULL },
    { "", NULL },
    { "a-name-of-forty-characters-is-no-feature", NULL },
};

#define NR_NEARS (sizeof(nears) / sizeof(nears[0]))

START_TEST(feature_nearest_of_table_puts_the_nearest_first)
{
    const struct x86_feature_desc *out[4] = { NULL };
    const struct near_row *row = &nears[_i];
    unsigned int nr =
        x86_feature_nearest(row->typed, strlen(row->typed), out, 4);

    ck_assert_uint_le(nr, 4);
    if ( row->first )
        quick_assert_msg(nr && !strcmp(out[0]->name, row->first),
                         "'%s': %u, %s", row->typed, nr,
                         nr ? out[0]->name : "none");
    else
        quick_assert_msg(!nr, "'%s': %s", row->typed, nr ? out[0]->name : "");
}
END_TEST

/* Edit distance by the book: what the library must agree with. */
static unsigned int distance(const char *a, const char *b)
{
    unsigned int d[65][65];
    size_t la = strlen(a), lb = strlen(b);

    for ( size_t i = 0; i <= la; i++ )
        for ( size_t j = 0; j <= lb; j++ )
        {
            unsigned int best;

            if ( !i || !j )
            {
                d[i][j] = i + j;
                continue;
            }
            best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            if ( d[i - 1][j] + 1 < best )
                best = d[i - 1][j] + 1;
            if ( d[i][j - 1] + 1 < best )
                best = d[i][j - 1] + 1;
            d[i][j] = best;
        }

    return d[la][lb];
}

/* Of words one or two edits away from every name. */
START_TEST(feature_nearest_agrees_with_the_edit_distance)
{
    struct random r = random_start();

    for ( unsigned int n = 0; n < 3000; n++ )
    {
        const struct x86_feature_desc *out[X86_NR_FEATURES];
        unsigned int nr, nr_expect = 0, last = 0, limit;
        char word[64];
        size_t len;

        strcpy(word, x86_feature_descs[random_below(
                         &r, X86_NR_FEATURES)].name);
        len = strlen(word);
        for ( unsigned int edits = 1 + n % 2; edits; edits-- )
            word[random_below(&r, len)] = "abcx019-"[random_below(&r, 8)];
        limit = len / 3 + 1;

        nr = x86_feature_nearest(word, len, out, X86_NR_FEATURES);
        for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
        {
            unsigned int d = distance(word, x86_feature_descs[i].name);

            nr_expect += d && d <= limit;
        }
        quick_assert_msg(nr == nr_expect, "'%s': %u, not %u, seed %#lx", word,
                         nr, nr_expect, (unsigned long)r.seed);
        for ( unsigned int i = 0; i < nr; i++ )
        {
            unsigned int d = distance(word, out[i]->name);

            quick_assert_msg(d >= last && d <= limit, "'%s': %s after %u",
                             word, out[i]->name, last);
            last = d;
        }
    }
}
END_TEST

START_TEST(feature_nearest_keeps_within_the_room)
{
    const struct x86_feature_desc *out[3] = { NULL };

    ck_assert_uint_eq(x86_feature_nearest("avx513f", 7, out, 0), 0);
    ck_assert_ptr_null(out[0]);
    ck_assert_uint_eq(x86_feature_nearest("avx513f", 7, out, 1), 1);
    ck_assert_ptr_null(out[1]);
}
END_TEST

/* Where the words come from (facts of the public ABI, not of our table). */
static const struct word_row {
    const char *abbrev;
    uint32_t leaf, subleaf;
    char reg;
} word_rows[X86_NR_FEATURE_WORDS] = {
    { "1d", 0x1, NONE, 'd' },          { "1c", 0x1, NONE, 'c' },
    { "e1d", 0x80000001, NONE, 'd' },  { "e1c", 0x80000001, NONE, 'c' },
    { "Da1", 0xd, 1, 'a' },            { "7b0", 0x7, 0, 'b' },
    { "7c0", 0x7, 0, 'c' },            { "e7d", 0x80000007, NONE, 'd' },
    { "e8b", 0x80000008, NONE, 'b' },  { "7d0", 0x7, 0, 'd' },
    { "7a1", 0x7, 1, 'a' },            { "e21a", 0x80000021, NONE, 'a' },
    { "7b1", 0x7, 1, 'b' },            { "7d2", 0x7, 2, 'd' },
    { "7c1", 0x7, 1, 'c' },            { "7d1", 0x7, 1, 'd' },
    { "m10Al", 0x10a, NONE, 0 },       { "m10Ah", 0x10a, NONE, 0 },
    { "e21c", 0x80000021, NONE, 'c' },
};

START_TEST(featureset_word_stands_in_its_register)
{
    const struct word_row *row = &word_rows[_i];
    x86_featureset fs = { 0 };
    struct cpu_policy p = { 0 };

    ck_assert_str_eq(x86_word_descs[_i].abbrev, row->abbrev);
    fs[_i] = 0xc2a5c3e1;
    x86_featureset_to_policy(fs, &p);
    if ( row->reg )
        ck_assert_uint_eq(*policy_word(&p, row->leaf, row->subleaf, row->reg),
                          0xc2a5c3e1);
    else
        ck_assert_uint_eq(*policy_msr(&p, row->leaf),
                          0xc2a5c3e1ULL << (row->abbrev[4] == 'h' ? 32 : 0));
    memset(fs, 0, sizeof(fs));
    x86_policy_to_featureset(&p, fs);
    for ( int i = 0; i < X86_NR_FEATURE_WORDS; i++ )
        ck_assert_uint_eq(fs[i], i == _i ? 0xc2a5c3e1 : 0);
}
END_TEST

START_TEST(featureset_to_policy_replaces_its_words_and_nothing_else)
{
    struct random r = random_start();

    for ( unsigned int n = 0; n < 2000; n++ )
    {
        x86_featureset fs, zero = { 0 }, back;
        struct cpu_policy p = { 0 }, others, q;

        for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
            p.word[i] = random_32(&r);
        for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
            p.msr[i] = random_64(&r);
        for ( unsigned int i = 0; i < X86_NR_FEATURE_WORDS; i++ )
            fs[i] = random_32(&r);

        others = q = p;
        x86_featureset_to_policy(zero, &others);
        x86_featureset_to_policy(fs, &q);
        x86_policy_to_featureset(&q, back);
        ck_assert_mem_eq(fs, back, sizeof(fs));
        for ( unsigned int f = 0; f < X86_NR_FEATURE_WORDS * 32; f++ )
            quick_assert_msg(x86_policy_has(&q, f) == x86_feature_test(fs, f),
                             "feature %u", f);

        x86_featureset_to_policy(zero, &q);
        ck_assert_mem_eq(&q, &others, sizeof(q));
    }
}
END_TEST

START_TEST(masks_nest_and_stay_within_the_known_features)
{
    for ( unsigned int w = 0; w < X86_NR_FEATURE_WORDS; w++ )
    {
        uint32_t known = x86_features_known[w];

        ck_assert_uint_eq(x86_features_pv_def[w] & ~x86_features_pv_max[w],
                          0);
        ck_assert_uint_eq(x86_features_hvm_hap_def[w] &
                          ~x86_features_hvm_hap_max[w], 0);
        ck_assert_uint_eq(x86_features_pv_def[w] &
                          ~x86_features_hvm_hap_def[w], 0);
        ck_assert_uint_eq(x86_features_pv_max[w] &
                          ~x86_features_hvm_shadow_max[w], 0);
        ck_assert_uint_eq(x86_features_hvm_shadow_max[w] &
                          ~x86_features_hvm_hap_max[w], 0);
        ck_assert_uint_eq((x86_features_hvm_hap_max[w] |
                           x86_features_experimental[w] |
                           x86_features_deep[w]) & ~known, 0);
    }
}
END_TEST

Suite *suite_features(void)
{
    Suite *s = suite_create("features");
    TCase *tc = tcase_create("names");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc,
                   feature_find_of_every_value_finds_what_the_table_has);
    tcase_add_test(tc, feature_lookup_of_every_name_finds_it);
    tcase_add_test(tc,
                   feature_names_are_sorted_and_spelt_for_the_command_line);
    tcase_add_loop_test(tc, feature_lookup_of_another_word_finds_nothing, 0,
                        sizeof(no_names) / sizeof(no_names[0]));
    tcase_add_test(tc,
                   feature_lookup_of_a_name_with_a_zero_byte_finds_nothing);
    tcase_add_loop_test(tc, feature_nearest_of_table_puts_the_nearest_first,
                        0, NR_NEARS);
    tcase_add_test(tc, feature_nearest_agrees_with_the_edit_distance);
    tcase_add_test(tc, feature_nearest_keeps_within_the_room);
    suite_add_tcase(s, tc);

    tc = tcase_create("featuresets");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, featureset_word_stands_in_its_register, 0,
                        X86_NR_FEATURE_WORDS);
    tcase_add_test(
        tc, featureset_to_policy_replaces_its_words_and_nothing_else);
    tcase_add_test(tc, masks_nest_and_stay_within_the_known_features);
    suite_add_tcase(s, tc);

    return s;
}
