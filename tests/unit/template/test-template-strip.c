/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stripping templates of what they have in common. */
#include <check.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adjust/adjust.h"
#include "template/strip.h"
#include "vectors.h"

Suite *suite_template_strip(void);

#define MAX_FILES 3

static const struct strip_options as_original = { false, false };

static struct cpu_template parse(const char *text)
{
    struct cpu_template t = { 0 };
    cpupolicy_error err = { 0 };

    ck_assert_msg(!template_parse(text, strlen(text), TEMPLATE_ANY, &t, &err),
                  "%s: %s", text, err.message);

    return t;
}

/*
 * One MSR in each of three files, told by its bitmap; "-" where the file has
 * none.  Files without the MSR are not empty: MSR 0x99 is in all of them, and
 * always stripped.
 */
static const struct {
    const char *name, *in[MAX_FILES], *out[MAX_FILES];
} msr_rows[] = {
    { "same in all", { "11111111", "11111111", "11111111" },
      { "-", "-", "-" } },
    { "missing in the second", { "11111111", "-", "11111111" },
      { "11111111", "-", "11111111" } },
    { "missing in the first", { "-", "11111111", "-" },
      { "-", "11111111", "-" } },
    { "missing in the first, same in the others",
      { "-", "11111111", "11111111" }, { "-", "11111111", "11111111" } },
    { "all bits differ", { "11111111", "00001111", "11110000" },
      { "11111111", "00001111", "11110000" } },
    { "some bits differ", { "11111111", "11110000", "11001100" },
      { "xx111111", "xx110000", "xx001100" } },
    { "open bits count as 0", { "11111111", "11xx00xx", "1010xxxx" },
      { "x1111111", "x1xx00xx", "x010xxxx" } },
    { "open against 0", { "0", "x", "0" }, { "-", "-", "-" } },
    { "open against 1", { "1", "x", "1" }, { "1", "x", "1" } },
};

static struct cpu_template one_msr(const char *bitmap)
{
    char text[256];

    if ( *bitmap == '-' )
        snprintf(text, sizeof(text), "{\"msr_modifiers\":["
                 "{\"addr\":\"0x99\",\"bitmap\":\"1\"}]}");
    else
        snprintf(text, sizeof(text), "{\"msr_modifiers\":["
                 "{\"addr\":\"0x1\",\"bitmap\":\"%s\"},"
                 "{\"addr\":\"0x99\",\"bitmap\":\"1\"}]}", bitmap);

    return parse(text);
}

START_TEST(template_strip_msr_row_as_specified)
{
    __typeof__(&msr_rows[0]) row = &msr_rows[_i];
    struct cpu_template in[MAX_FILES], out[MAX_FILES] = { { 0 } };
    cpupolicy_error err = { 0 };

    for ( unsigned int i = 0; i < MAX_FILES; i++ )
        in[i] = one_msr(row->in[i]);

    ck_assert_int_eq(template_strip(in, MAX_FILES, &as_original, out, &err),
                     0);

    for ( unsigned int i = 0; i < MAX_FILES; i++ )
    {
        char text[ADJUST_BITS_TEXT] = "-";
        unsigned int nr = strlen(row->out[i]);

        ck_assert_uint_le(out[i].nr_msrs, 1);
        if ( out[i].nr_msrs )
        {
            ck_assert_uint_eq(out[i].msrs[0].index, 1);
            adjust_bits_format(&out[i].msrs[0].bits, 64, text);
            ck_assert_uint_eq(strspn(text + 2, "x"),
                              64 - nr + strspn(row->out[i], "x"));
        }
        ck_assert_msg(!strcmp(text + strlen(text) - nr, row->out[i]) &&
                      (*text == '-') == (*row->out[i] == '-'),
                      "%s: file %u: %s", row->name, i, text);
        template_dispose(&in[i]);
        template_dispose(&out[i]);
    }
}
END_TEST

#define LEAF(leaf, sub, flags, mods)                                       \
    "{\"leaf\":\"" leaf "\",\"subleaf\":\"" sub "\",\"flags\":" flags       \
    ",\"modifiers\":[" mods "]}"
#define MOD(reg, bits) "{\"register\":\"" reg "\",\"bitmap\":\"" bits "\"}"
#define CPUID(list) "{\"cpuid_modifiers\":[" list "]}"

static const struct {
    const char *name, *in[2], *out[2];
} pair_rows[] = {
    { "sorted, joined, last one counts",
      { CPUID(LEAF("0x80000001", "0x0", "0", MOD("edx", "1"))
              "," LEAF("0x7", "0x1", "1", MOD("ecx", "1"))
              "," LEAF("0x7", "0x0", "1", MOD("ecx", "1") "," MOD("eax", "1"))
              "," LEAF("0x7", "0x0", "1", MOD("eax", "0") "," MOD("ebx", "1"))
             ), "{}" },
      { CPUID(LEAF("0x7", "0x0", "1", MOD("eax", "0") "," MOD("ebx", "1")
                   "," MOD("ecx", "1"))
              "," LEAF("0x7", "0x1", "1", MOD("ecx", "1"))
              "," LEAF("0x80000001", "0x0", "0", MOD("edx", "1"))), "{}" } },
    { "flags belong to the name",
      { CPUID(LEAF("0x1", "0x0", "0", MOD("eax", "1"))),
        CPUID(LEAF("0x1", "0x0", "1", MOD("eax", "1"))) },
      { CPUID(LEAF("0x1", "0x0", "0", MOD("eax", "1"))),
        CPUID(LEAF("0x1", "0x0", "1", MOD("eax", "1"))) } },
    { "both flags in one file, in their order",
      { CPUID(LEAF("0x1", "0x0", "1", MOD("eax", "1"))
              "," LEAF("0x1", "0x0", "0", MOD("eax", "1"))), "{}" },
      { CPUID(LEAF("0x1", "0x0", "0", MOD("eax", "1"))
              "," LEAF("0x1", "0x0", "1", MOD("eax", "1"))), "{}" } },
    { "entries without modifiers vanish",
      { CPUID(LEAF("0x1", "0x0", "0", "")), "{}" }, { "{}", "{}" } },
    { "one of two registers",
      { CPUID(LEAF("0x1", "0x0", "0", MOD("eax", "1") "," MOD("ebx", "01"))),
        CPUID(LEAF("0x1", "0x0", "0", MOD("eax", "1") "," MOD("ebx", "11")))
      },
      { CPUID(LEAF("0x1", "0x0", "0", MOD("ebx", "0x"))),
        CPUID(LEAF("0x1", "0x0", "0", MOD("ebx", "1x"))) } },
    { "capabilities dropped",
      { "{\"kvm_capabilities\":[\"1\"]}", "{\"kvm_capabilities\":[\"!2\"]}" },
      { "{}", "{}" } },
    { "aarch64 beside an empty file",
      { "{\"reg_modifiers\":[{\"addr\":\"0x1\",\"bitmap\":\"1\"}]}", "{}" },
      { "{\"reg_modifiers\":[{\"addr\":\"0x1\",\"bitmap\":\"1\"}]}",
        "{\"reg_modifiers\":[]}" } },
    { "aarch64 features dropped",
      { "{\"vcpu_features\":[{\"index\":0,\"bitmap\":\"1\"}]}", "{}" },
      { "{\"vcpu_features\":[]}", "{\"vcpu_features\":[]}" } },
};

START_TEST(template_strip_pair_as_specified)
{
    __typeof__(&pair_rows[0]) row = &pair_rows[_i];
    struct cpu_template in[2], out[2] = { { 0 } };
    cpupolicy_error err = { 0 };

    for ( unsigned int i = 0; i < 2; i++ )
        in[i] = parse(row->in[i]);

    ck_assert_int_eq(template_strip(in, 2, &as_original, out, &err), 0);

    for ( unsigned int i = 0; i < 2; i++ )
    {
        struct cpu_template want = parse(row->out[i]);
        struct json_object *got = template_to_json(&out[i]);

        ck_assert_msg(template_equal(&want, &out[i]) &&
                      (!want.arch || want.arch == out[i].arch),
                      "%s: file %u: %s", row->name, i,
                      template_json_text(got));
        json_object_put(got);
        template_dispose(&want);
        template_dispose(&in[i]);
        template_dispose(&out[i]);
    }
}
END_TEST

START_TEST(template_strip_options_keep_what_original_drops)
{
    static const struct strip_options all = { true, true };
    struct cpu_template in[2] = {
        parse("{\"kvm_capabilities\":[\"1\",\"1\"],\"msr_modifiers\":"
              "[{\"addr\":\"0x1\",\"bitmap\":\"x1\"}]}"),
        parse("{\"kvm_capabilities\":[\"!2\"],\"msr_modifiers\":"
              "[{\"addr\":\"0x1\",\"bitmap\":\"01\"}]}"),
    }, out[2] = { { 0 } };
    struct adjust_bits want = { { 2, 0 }, { 0, 0 } };

    ck_assert_int_eq(template_strip(in, 2, &all, out, NULL), 0);
    ck_assert_uint_eq(out[0].nr_capabilities, 2);
    ck_assert_uint_eq(out[1].nr_capabilities, 1);
    ck_assert(out[1].capabilities[0].remove);
    ck_assert_uint_eq(out[0].nr_msrs, 1);
    ck_assert_uint_eq(out[0].msrs[0].bits.filter[0], 0);
    ck_assert_uint_eq(out[1].nr_msrs, 1);
    ck_assert(adjust_bits_equal(&out[1].msrs[0].bits, &want));

    for ( unsigned int i = 0; i < 2; i++ )
    {
        template_dispose(&in[i]);
        template_dispose(&out[i]);
    }
}
END_TEST

START_TEST(template_strip_single_file_einval)
{
    struct cpu_template in = parse("{}"), out = { 0 };
    cpupolicy_error err;

    ck_assert_int_eq(template_strip(&in, 1, &as_original, &out, &err),
                     -EINVAL);
    ck_assert_int_eq(template_strip(&in, 0, &as_original, &out, &err),
                     -EINVAL);
    ck_assert_str_eq(err.message,
                     "The number of inputs should be two or more.");
}
END_TEST

START_TEST(template_strip_mixed_architectures_einval)
{
    struct cpu_template in[2] = {
        parse("{\"msr_modifiers\":[]}"), parse("{\"reg_modifiers\":[]}"),
    }, out[2] = { { 0 } };
    cpupolicy_error err;

    ck_assert_int_eq(template_strip(in, 2, &as_original, out, &err),
                     -EINVAL);
    ck_assert_ptr_nonnull(strstr(err.message, "aarch64"));
}
END_TEST

START_TEST(template_strip_twice_same_as_once)
{
    struct cpu_template in[2] = {
        parse("{\"msr_modifiers\":[{\"addr\":\"0x1\",\"bitmap\":\"1011\"},"
              "{\"addr\":\"0x2\",\"bitmap\":\"1\"}]}"),
        parse("{\"msr_modifiers\":[{\"addr\":\"0x1\",\"bitmap\":\"1x01\"},"
              "{\"addr\":\"0x3\",\"bitmap\":\"1\"}]}"),
    }, once[2] = { { 0 } }, twice[2] = { { 0 } };

    ck_assert_int_eq(template_strip(in, 2, &as_original, once, NULL), 0);
    ck_assert_int_eq(template_strip(once, 2, &as_original, twice, NULL), 0);
    for ( unsigned int i = 0; i < 2; i++ )
    {
        ck_assert(template_equal(&once[i], &twice[i]));
        template_dispose(&in[i]);
        template_dispose(&once[i]);
        template_dispose(&twice[i]);
    }
}
END_TEST

#define MAX_RECORDED 8

/* Strip the JSON values of `inputs`; out[] is the caller's to dispose. */
static unsigned int strip_values(const char *name, struct json_object *inputs,
                                 enum template_arch arch,
                                 struct cpu_template *out)
{
    unsigned int nr = json_object_array_length(inputs);
    struct cpu_template in[MAX_RECORDED];
    cpupolicy_error err = { 0 };

    ck_assert_uint_le(nr, MAX_RECORDED);
    for ( unsigned int i = 0; i < nr; i++ )
    {
        const char *text = json_object_to_json_string(
            json_object_array_get_idx(inputs, i));

        ck_assert_msg(!template_parse(text, strlen(text), arch, &in[i],
                                      &err), "%s: %s", name, err.message);
    }

    ck_assert_msg(!template_strip(in, nr, &as_original, out, &err), "%s: %s",
                  name, err.message);
    for ( unsigned int i = 0; i < nr; i++ )
        template_dispose(&in[i]);

    return nr;
}

START_TEST(template_strip_recorded_cases_as_original)
{
    struct json_object *rows = vectors_load("firecracker/strip_cases.json");
    size_t nr_rows;

    ck_assert_ptr_nonnull(rows);
    nr_rows = json_object_array_length(rows);
    ck_assert_uint_ge(nr_rows, 30);
    for ( size_t i = 0; i < nr_rows; i++ )
    {
        struct json_object *row = json_object_array_get_idx(rows, i);
        struct json_object *outputs = json_object_object_get(row, "outputs");
        const char *name = json_object_get_string(
            json_object_object_get(row, "name"));
        const char *arch = json_object_get_string(
            json_object_object_get(row, "arch"));
        struct cpu_template out[MAX_RECORDED] = { { 0 } };
        unsigned int nr;

        ck_assert_int_eq(json_object_get_int(
            json_object_object_get(row, "rc")), 0);
        nr = strip_values(name, json_object_object_get(row, "inputs"),
                          strcmp(arch, "aarch64") ? TEMPLATE_X86_64
                                                  : TEMPLATE_AARCH64, out);
        for ( unsigned int j = 0; j < nr; j++ )
        {
            struct json_object *got = template_to_json(&out[j]);

            ck_assert_msg(json_object_equal(
                got, json_object_array_get_idx(outputs, j)),
                "%s: file %u: %s", name, j, template_json_text(got));
            json_object_put(got);
            template_dispose(&out[j]);
        }
    }
    json_object_put(rows);
}
END_TEST

/* Digest of a template's exact bytes, by coreutils. */
static void sha256(const struct cpu_template *t, char digest[65])
{
    char path[] = "/tmp/test-template-strip.XXXXXX", command[128];
    struct json_object *o = template_to_json(t);
    FILE *f = fdopen(mkstemp(path), "w");

    ck_assert_ptr_nonnull(f);
    fputs(template_json_text(o), f);
    ck_assert_int_eq(fclose(f), 0);
    json_object_put(o);

    snprintf(command, sizeof(command), "sha256sum %s", path);
    f = popen(command, "r");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fread(digest, 1, 64, f), 64);
    digest[64] = '\0';
    pclose(f);
    unlink(path);
}

static struct json_object *guest_of(const char *file)
{
    static const char *const dirs[] = { "fingerprints", "aarch64-not-x86" };
    struct json_object *o = NULL;
    char name[512], path[1024];

    for ( unsigned int i = 0; !o && i < 2; i++ )
    {
        snprintf(name, sizeof(name), "dumps/firecracker/%s/%s", dirs[i],
                 file);
        if ( vectors_path(name, path, sizeof(path)) && !access(path, R_OK) )
            o = json_object_from_file(path);
    }
    ck_assert_msg(o, "%s", file);

    return o;
}

START_TEST(template_strip_recorded_fingerprints_bytes_as_original)
{
    struct json_object *rows =
        vectors_load("firecracker/strip_fingerprints_sha256.json");
    size_t nr_rows;

    ck_assert_ptr_nonnull(rows);
    nr_rows = json_object_array_length(rows);
    ck_assert_uint_gt(nr_rows, 0);
    for ( size_t i = 0; i < nr_rows; i++ )
    {
        struct json_object *row = json_object_array_get_idx(rows, i);
        struct json_object *names = json_object_object_get(row, "inputs");
        struct json_object *sums = json_object_object_get(row, "sha256");
        struct json_object *inputs = json_object_new_array();
        struct cpu_template out[MAX_RECORDED] = { { 0 } };
        unsigned int nr;

        for ( size_t j = 0; j < json_object_array_length(names); j++ )
        {
            struct json_object *o = guest_of(json_object_get_string(
                json_object_array_get_idx(names, j)));

            json_object_array_add(inputs, json_object_get(
                json_object_object_get(o, "guest_cpu_config")));
            json_object_put(o);
        }

        nr = strip_values("fingerprints", inputs, TEMPLATE_ANY, out);
        for ( unsigned int j = 0; j < nr; j++ )
        {
            char digest[65];

            sha256(&out[j], digest);
            ck_assert_msg(!strcmp(digest, json_object_get_string(
                json_object_array_get_idx(sums, j))), "row %zu, file %u", i,
                j);
            template_dispose(&out[j]);
        }
        json_object_put(inputs);
    }
    json_object_put(rows);
}
END_TEST

#define NR(rows) (sizeof(rows) / sizeof((rows)[0]))

Suite *suite_template_strip(void)
{
    Suite *s = suite_create("template-strip");
    TCase *t = tcase_create("strip");

    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, template_strip_msr_row_as_specified, 0,
                        NR(msr_rows));
    tcase_add_loop_test(t, template_strip_pair_as_specified, 0,
                        NR(pair_rows));
    tcase_add_test(t, template_strip_options_keep_what_original_drops);
    tcase_add_test(t, template_strip_single_file_einval);
    tcase_add_test(t, template_strip_mixed_architectures_einval);
    tcase_add_test(t, template_strip_twice_same_as_once);
    vectors_add_test(t, template_strip_recorded_cases_as_original);
    vectors_add_test(t,
                     template_strip_recorded_fingerprints_bytes_as_original);
    suite_add_tcase(s, t);

    return s;
}
