/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What depends on what: the generated closure against one computed here from
 * the direct rows, and both against the lists that Xen publishes.
 */
#include <check.h>
#include <string.h>

#include <xen/lib/x86/cpu-policy.h>

#include "quick.h"
#include "random.h"

Suite *suite_dependencies(void);

#define NR_VALUES (X86_NR_FEATURE_WORDS * 32)
#define FAR 0xff

/* Shortest distances over direct dependencies; FAR: not a dependent. */
static uint8_t distances[NR_VALUES][NR_VALUES];

static void measure(void)
{
    memset(distances, FAR, sizeof(distances));
    for ( unsigned int i = 0; i < X86_NR_DIRECT_DEPS; i++ )
        distances[x86_direct_deps[i].prerequisite]
                 [x86_direct_deps[i].dependent] = 1;

    for ( unsigned int k = 0; k < NR_VALUES; k++ )
        for ( unsigned int i = 0; i < NR_VALUES; i++ )
            for ( unsigned int j = 0;
                  distances[i][k] != FAR && j < NR_VALUES; j++ )
                if ( distances[k][j] != FAR &&
                     distances[i][k] + distances[k][j] < distances[i][j] )
                    distances[i][j] = distances[i][k] + distances[k][j];
}

static bool is_dependent(unsigned int f, unsigned int on)
{
    return distances[on][f] != FAR;
}

static bool deep_has(unsigned int f, unsigned int on)
{
    const uint32_t *deps = x86_deep_deps_lookup(on);

    return deps && x86_feature_test(deps, f);
}

START_TEST(deep_deps_are_the_closure_of_the_direct_ones)
{
    for ( unsigned int on = 0; on < NR_VALUES; on++ )
    {
        unsigned int nr = 0;

        for ( unsigned int f = 0; f < NR_VALUES; f++ )
        {
            nr += is_dependent(f, on);
            quick_assert_msg(is_dependent(f, on) == deep_has(f, on),
                             "%u on %u", f, on);
        }
        quick_assert_msg(!nr == !x86_deep_deps_lookup(on), "%u", on);
        quick_assert_msg(!nr == !x86_feature_test(x86_features_deep, on), "%u",
                         on);
        quick_assert_msg(!is_dependent(on, on), "%u needs itself", on);
    }
    ck_assert_ptr_null(x86_deep_deps_lookup(NR_VALUES));
    ck_assert_ptr_null(x86_deep_deps_lookup(UINT32_MAX));
}
END_TEST

START_TEST(deep_deps_are_ascending)
{
    for ( unsigned int i = 1; i < X86_NR_DEEP_DEPS; i++ )
        ck_assert_uint_lt(x86_deep_deps[i - 1].feature,
                          x86_deep_deps[i].feature);
}
END_TEST

START_TEST(direct_deps_name_known_features_with_a_reason)
{
    const struct x86_direct_dep *d = &x86_direct_deps[_i];

    quick_assert_msg(x86_feature_find(d->prerequisite) &&
                     x86_feature_find(d->dependent), "%u -> %u",
                     d->prerequisite, d->dependent);
    quick_assert_msg(d->reason && strlen(d->reason) > 8, "%u -> %u: '%s'",
                     d->prerequisite, d->dependent, d->reason);
}
END_TEST

/* Xen's flattened lists of August 2026. */
static const struct xen_row {
    const char *on, *dependents;
} xen_rows[] = {
    { "fpu", "mmx mmxext 3dnowext 3dnow rstr-fp-err-ptrs" },
    { "pse", "pse36" },
    { "tsc", "tsc-deadline rdtscp tsc-adjust itsc" },
    { "pae", "cx16 pcid nx page1gb lm lahf-lm smap pku no-lmsl amx-bf16 "
             "amx-tile amx-int8 cmpccxadd lkgs amx-fp16 movrs amx-complex" },
    { "apic", "x2apic tsc-deadline extapic" },
    { "clflush", "clzero" },
    { "mmx", "mmxext 3dnowext 3dnow" },
    { "fxsr", "sse sse2 sse3 pclmulqdq ssse3 cx16 pcid sse4-1 sse4-2 aesni "
              "ffxsr page1gb lm lahf-lm sse4a misalignsse sha pku gfni vaes "
              "vpclmulqdq no-lmsl amx-bf16 amx-tile amx-int8 cmpccxadd lkgs "
              "amx-fp16 movrs amx-complex" },
    { "sse", "sse2 sse3 pclmulqdq ssse3 cx16 pcid sse4-1 sse4-2 aesni "
             "page1gb lm lahf-lm sse4a misalignsse sha pku gfni vaes "
             "vpclmulqdq no-lmsl amx-bf16 amx-tile amx-int8 cmpccxadd lkgs "
             "amx-fp16 movrs amx-complex" },
    { "sse2", "sse3 pclmulqdq ssse3 cx16 pcid sse4-1 sse4-2 aesni page1gb "
              "lm lahf-lm sse4a sha pku gfni vaes vpclmulqdq no-lmsl "
              "amx-bf16 amx-tile amx-int8 cmpccxadd lkgs amx-fp16 movrs "
              "amx-complex" },
    { "sse3", "ssse3 sse4-1 sse4-2 sse4a" },
    { "pclmulqdq", "vpclmulqdq" },
    { "ssse3", "sse4-1 sse4-2" },
    { "sse4-1", "sse4-2" },
    { "aesni", "vaes" },
    { "xsave", "fma avx f16c xop lwp fma4 xsaveopt xsavec xgetbv1 xsaves "
               "avx2 mpx avx512f avx512dq avx512-ifma avx512pf avx512er "
               "avx512cd avx512bw avx512vl avx512-vbmi pku avx512-vbmi2 vaes "
               "vpclmulqdq avx512-vnni avx512-bitalg avx512-vpopcntdq "
               "avx512-4vnniw avx512-4fmaps avx512-vp2intersect amx-bf16 "
               "avx512-fp16 amx-tile amx-int8 sha512 sm3 sm4 avx-vnni "
               "avx512-bf16 amx-fp16 avx-ifma avx512-bmm avx-vnni-int8 "
               "avx-ne-convert amx-complex avx-vnni-int16" },
    { "avx", "fma f16c xop fma4 avx2 avx512f avx512dq avx512-ifma avx512pf "
             "avx512er avx512cd avx512bw avx512vl avx512-vbmi avx512-vbmi2 "
             "vaes vpclmulqdq avx512-vnni avx512-bitalg avx512-vpopcntdq "
             "avx512-4vnniw avx512-4fmaps avx512-vp2intersect avx512-fp16 "
             "sha512 sm3 sm4 avx-vnni avx512-bf16 avx-ifma avx512-bmm "
             "avx-vnni-int8 avx-ne-convert avx-vnni-int16" },
    { "nx", "smap" },
    { "lm", "cx16 pcid page1gb lahf-lm pku no-lmsl amx-bf16 amx-tile "
            "amx-int8 cmpccxadd lkgs amx-fp16 movrs amx-complex" },
    { "3dnow", "3dnowext" },
    { "avx2", "avx512f avx512dq avx512-ifma avx512pf avx512er avx512cd "
              "avx512bw avx512vl avx512-vbmi avx512-vbmi2 vaes vpclmulqdq "
              "avx512-vnni avx512-bitalg avx512-vpopcntdq avx512-4vnniw "
              "avx512-4fmaps avx512-vp2intersect avx512-fp16 sha512 sm4 "
              "avx-vnni avx512-bf16 avx-ifma avx512-bmm avx-vnni-int8 "
              "avx-vnni-int16" },
    { "rtm", "tsxldtrk" },
    { "avx512f", "avx512dq avx512-ifma avx512pf avx512er avx512cd avx512bw "
                 "avx512vl avx512-vbmi avx512-vbmi2 avx512-vnni "
                 "avx512-bitalg avx512-vpopcntdq avx512-4vnniw avx512-4fmaps "
                 "avx512-vp2intersect avx512-fp16 avx512-bf16 avx512-bmm" },
    { "avx512bw", "avx512-vbmi avx512-vbmi2 avx512-bitalg avx512-fp16 "
                  "avx512-bf16 avx512-bmm" },
    { "ibpb", "ibpb-ret sbpb ibpb-brtype" },
    { "ibrs", "amd-stibp ibrs-always stibp-always ibrs-fast ibrs-same-mode "
              "amd-ssbd psfd auto-ibrs epsf" },
    { "amd-stibp", "stibp-always" },
    { "psfd", "epsf" },
    { "amx-tile", "amx-bf16 amx-int8 amx-fp16 amx-complex" },
    { "ibrsb", "stibp ssbd intel-psfd ipred-ctrl rrsba-ctrl bhi-ctrl eibrs "
               "rrsba" },
    { "eibrs", "rrsba" },
};

#define NR_XEN_ROWS (sizeof(xen_rows) / sizeof(xen_rows[0]))

static unsigned int feature(const char *name, size_t len)
{
    const struct x86_feature_desc *d = x86_feature_lookup(name, len);

    quick_assert_msg(d, "no feature '%.*s'", (int)len, name);

    return d->value;
}

START_TEST(deep_deps_contain_what_xen_publishes)
{
    const struct xen_row *row = &xen_rows[_i];
    unsigned int on = feature(row->on, strlen(row->on));

    for ( const char *s = row->dependents; *s; )
    {
        size_t len = strcspn(s, " ");

        quick_assert_msg(deep_has(feature(s, len), on), "%s: %.*s", row->on,
                         (int)len, s);
        s += len + (s[len] == ' ');
    }
}
END_TEST

START_TEST(deep_deps_of_arch_caps_are_the_bits_of_its_msr)
{
    for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
    {
        const struct x86_feature_desc *d = &x86_feature_descs[i];
        unsigned int word = d->value / 32;

        quick_assert_msg(deep_has(d->value, X86_FEATURE_ARCH_CAPS) ==
                         (word == 16 || word == 17), "%s", d->name);
    }
}
END_TEST

static bool is_closed(const x86_featureset fs)
{
    for ( unsigned int i = 0; i < X86_NR_DIRECT_DEPS; i++ )
        if ( x86_feature_test(fs, x86_direct_deps[i].dependent) &&
             !x86_feature_test(fs, x86_direct_deps[i].prerequisite) )
            return false;

    return true;
}

static void random_set(struct random *r, x86_featureset fs)
{
    /* Dense, sparse and in between: closures differ most on dense ones. */
    unsigned int ands = random_below(r, 3), ors = random_below(r, 6);

    for ( unsigned int w = 0; w < X86_NR_FEATURE_WORDS; w++ )
    {
        fs[w] = random_32(r);
        for ( unsigned int i = 0; i < ands; i++ )
            fs[w] &= random_32(r);
        for ( unsigned int i = 0; i < ors; i++ )
            fs[w] |= random_32(r);
    }
}

/* Remove what misses a direct prerequisite, until nothing does. */
static void slow_close(x86_featureset fs)
{
    while ( !is_closed(fs) )
        for ( unsigned int i = 0; i < X86_NR_DIRECT_DEPS; i++ )
            if ( !x86_feature_test(fs, x86_direct_deps[i].prerequisite) )
                x86_feature_clear(fs, x86_direct_deps[i].dependent);
}

static void slow_add(x86_featureset fs)
{
    while ( !is_closed(fs) )
        for ( unsigned int i = 0; i < X86_NR_DIRECT_DEPS; i++ )
            if ( x86_feature_test(fs, x86_direct_deps[i].dependent) )
                x86_feature_set(fs, x86_direct_deps[i].prerequisite);
}

START_TEST(close_of_random_sets_is_the_greatest_closed_subset)
{
    struct random r = random_start();

    for ( unsigned int n = 0; n < 20000; n++ )
    {
        x86_featureset fs, expect, again;

        random_set(&r, fs);
        memcpy(expect, fs, sizeof(fs));
        slow_close(expect);
        x86_featureset_close(fs);
        quick_assert_msg(!memcmp(fs, expect, sizeof(fs)), "set %u, seed %#lx",
                         n, (unsigned long)r.seed);
        memcpy(again, fs, sizeof(fs));
        x86_featureset_close(again);
        x86_featureset_add_prerequisites(again);
        quick_assert_msg(!memcmp(fs, again, sizeof(fs)),
                         "set %u, seed %#lx: a closed set changes", n,
                         (unsigned long)r.seed);
    }
}
END_TEST

START_TEST(add_prerequisites_of_random_sets_is_the_least_closed_superset)
{
    struct random r = random_start();

    for ( unsigned int n = 0; n < 20000; n++ )
    {
        x86_featureset fs, expect;

        random_set(&r, fs);
        memcpy(expect, fs, sizeof(fs));
        slow_add(expect);
        x86_featureset_add_prerequisites(fs);
        quick_assert_msg(!memcmp(fs, expect, sizeof(fs)), "set %u, seed %#lx",
                         n, (unsigned long)r.seed);
    }
}
END_TEST

START_TEST(dependency_chain_of_every_pair_is_a_shortest_one)
{
    for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
        for ( unsigned int j = 0; j < X86_NR_FEATURES; j++ )
        {
            unsigned int from = x86_feature_descs[i].value;
            unsigned int to = x86_feature_descs[j].value;
            uint16_t path[X86_MAX_CHAIN];
            unsigned int nr = x86_dependency_chain(from, to, path);
            unsigned int expect = from == to ? 1
                : is_dependent(to, from) ? distances[from][to] + 1u : 0;

            quick_assert_msg(nr == expect, "%u to %u: %u", from, to, nr);
            if ( !nr )
                continue;
            ck_assert_uint_eq(path[0], from);
            ck_assert_uint_eq(path[nr - 1], to);
            for ( unsigned int k = 1; k < nr; k++ )
                quick_assert_msg(distances[path[k - 1]][path[k]] == 1,
                                 "%u to %u: step %u", from, to, k);
        }
}
END_TEST

START_TEST(dependency_chain_of_avx_to_avx512f_goes_over_avx2)
{
    uint16_t path[X86_MAX_CHAIN];

    ck_assert_uint_eq(x86_dependency_chain(X86_FEATURE_AVX,
                                           X86_FEATURE_AVX512F, path), 3);
    ck_assert_uint_eq(path[1], X86_FEATURE_AVX2);
}
END_TEST

Suite *suite_dependencies(void)
{
    Suite *s = suite_create("dependencies");
    TCase *tc = tcase_create("tables");

    tcase_add_checked_fixture(tc, measure, NULL);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, deep_deps_are_the_closure_of_the_direct_ones);
    tcase_add_test(tc, deep_deps_are_ascending);
    tcase_add_loop_test(tc, direct_deps_name_known_features_with_a_reason, 0,
                        X86_NR_DIRECT_DEPS);
    tcase_add_loop_test(tc, deep_deps_contain_what_xen_publishes, 0,
                        NR_XEN_ROWS);
    tcase_add_test(tc, deep_deps_of_arch_caps_are_the_bits_of_its_msr);
    tcase_add_test(tc, close_of_random_sets_is_the_greatest_closed_subset);
    tcase_add_test(
        tc, add_prerequisites_of_random_sets_is_the_least_closed_superset);
    tcase_add_test(tc, dependency_chain_of_every_pair_is_a_shortest_one);
    tcase_add_test(tc, dependency_chain_of_avx_to_avx512f_goes_over_avx2);
    suite_add_tcase(s, tc);

    return s;
}
