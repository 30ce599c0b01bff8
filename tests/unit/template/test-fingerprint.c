/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fingerprints from and to JSON, of this host, and compared. */
#include <check.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "template/fingerprint.h"
#include "vectors.h"

Suite *suite_fingerprint(void);

#define STRINGS(k, m)                                                      \
    "{\"firecracker_version\":\"1.0\",\"kernel_version\":\"" k "\","         \
    "\"microcode_version\":\"" m "\",\"bios_version\":\"b\","                \
    "\"bios_revision\":\"r\",\"guest_cpu_config\":"
#define GUEST(caps, msrs)                                                  \
    "{\"kvm_capabilities\":[" caps "],\"msr_modifiers\":[" msrs "]}"
#define PRINT(guest) STRINGS("k", "m") guest "}"
#define MSR(addr, bits) "{\"addr\":\"" addr "\",\"bitmap\":\"" bits "\"}"

static struct fingerprint parse(const char *text)
{
    struct fingerprint f = { .strings = { NULL } };
    cpupolicy_error err = { 0 };

    ck_assert_msg(!fingerprint_parse(text, strlen(text), &f, &err), "%s: %s",
                  text, err.message);

    return f;
}

START_TEST(fingerprint_parse_written_exactly)
{
    struct fingerprint f = parse(
        "{\"guest_cpu_config\":{},\"note\":1,\"bios_revision\":\"\","
        "\"bios_version\":\"\\u00e9/\\\"\",\"microcode_version\":\"0x1\","
        "\"kernel_version\":\"6.1\",\"firecracker_version\":\"1.0\"}");
    struct json_object *o = fingerprint_to_json(&f);

    ck_assert_str_eq(template_json_text(o),
        "{\n  \"firecracker_version\": \"1.0\",\n"
        "  \"kernel_version\": \"6.1\",\n"
        "  \"microcode_version\": \"0x1\",\n"
        "  \"bios_version\": \"\303\251/\\\"\",\n"
        "  \"bios_revision\": \"\",\n"
        "  \"guest_cpu_config\": {\n    \"kvm_capabilities\": [],\n"
        "    \"cpuid_modifiers\": [],\n    \"msr_modifiers\": []\n  }\n}");
    json_object_put(o);
    fingerprint_dispose(&f);
}
END_TEST

static const struct {
    const char *name, *text, *message;
} bad_rows[] = {
    { "empty", "{}", "missing field `firecracker_version`" },
    { "no guest", STRINGS("k", "m") "{}", "EOF while parsing an object" },
    { "no guest at all", "{\"firecracker_version\":\"1\","
      "\"kernel_version\":\"k\",\"microcode_version\":\"m\","
      "\"bios_version\":\"b\",\"bios_revision\":\"r\"}",
      "missing field `guest_cpu_config`" },
    { "guest twice", STRINGS("k", "m") "{},\"guest_cpu_config\":{}}",
      "duplicate field `guest_cpu_config`" },
    { "string twice", STRINGS("k", "m") "{},\"kernel_version\":\"\"}",
      "duplicate field `kernel_version`" },
    { "bad guest", STRINGS("k", "m") "{\"x\":1}}", "unknown field `x`" },
    { "number for a string", "{\"kernel_version\":6}",
      "invalid type: integer `6`, expected a string" },
};

START_TEST(fingerprint_parse_bad_text_rejected)
{
    cpupolicy_error err = { 0 };
    struct fingerprint f;

    ck_assert_msg(fingerprint_parse(bad_rows[_i].text,
                                    strlen(bad_rows[_i].text), &f, &err)
                  == -EINVAL, "%s", bad_rows[_i].name);
    ck_assert_msg(strstr(err.message, bad_rows[_i].message) && err.line == 1,
                  "%s: %s", bad_rows[_i].name, err.message);
}
END_TEST

static const enum fingerprint_field all_fields[] = {
    FINGERPRINT_VMM, FINGERPRINT_KERNEL, FINGERPRINT_MICROCODE,
    FINGERPRINT_BIOS_VERSION, FINGERPRINT_BIOS_REVISION, FINGERPRINT_GUEST,
};

/* `shown`: what prev and curr of the guests hold of their lists, plainly. */
static const struct {
    const char *name, *prev, *curr;
    const char *shown, *original;
} guest_rows[] = {
    { "same", PRINT(GUEST("", MSR("0x1", "1"))),
      PRINT(GUEST("", MSR("0x01", "0b1"))), "[]", "[]" },
    { "a bit", PRINT(GUEST("", MSR("0x1", "1011"))),
      PRINT(GUEST("", MSR("0x1", "1111"))), "[1:4/0 | 1:4/4]",
      "[1:4/0 | 1:4/4]" },
    { "capabilities", PRINT(GUEST("", MSR("0x1", "1"))),
      PRINT(GUEST("\"7\"", MSR("0x1", "1"))), "[ | +7]", "[ | ]" },
    { "order of capabilities", PRINT(GUEST("\"7\",\"!8\"", "")),
      PRINT(GUEST("\"!8\",\"7\"", "")), "[+7-8 | -8+7]", "[ | ]" },
    { "capabilities and a bit", PRINT(GUEST("\"7\"", MSR("0x1", "1"))),
      PRINT(GUEST("", MSR("0x1", "0"))), "[1:1/1 | 1:1/0]",
      "[1:1/1 | 1:1/0]" },
    { "open against 0", PRINT(GUEST("", MSR("0x1", "x1"))),
      PRINT(GUEST("", MSR("0x1", "01"))), "[1:0/0 | 1:2/0]", "[ | ]" },
    { "order", PRINT(GUEST("", MSR("0x1", "1") "," MSR("0x2", "1")
                               "," MSR("0x3", "1"))),
      PRINT(GUEST("", MSR("0x1", "1") "," MSR("0x3", "1")
                      "," MSR("0x2", "1"))),
      "[2:1/1 3:1/1 | 3:1/1 2:1/1]", "[ | ]" },
    { "the middle one", PRINT(GUEST("", MSR("0x1", "1") "," MSR("0x2", "1")
                                        "," MSR("0x3", "1"))),
      PRINT(GUEST("", MSR("0x1", "1") "," MSR("0x2", "0")
                      "," MSR("0x3", "1"))), "[2:1/1 | 2:1/0]",
      "[2:1/1 | 2:1/0]" },
    { "two at the end", PRINT(GUEST("", MSR("0x1", "1") "," MSR("0x2", "1")
                                        "," MSR("0x3", "1"))),
      PRINT(GUEST("", MSR("0x1", "0") "," MSR("0x2", "1")
                      "," MSR("0x3", "1"))), "[1:1/1 | 1:1/0]",
      "[1:1/1 | 1:1/0]" },
    { "an entry twice", PRINT(GUEST("", MSR("0x1", "1") "," MSR("0x1", "1"))),
      PRINT(GUEST("", MSR("0x1", "1"))), "[1:1/1 | ]", "[ | ]" },
};

static void show(struct json_object *o, char *text, size_t max)
{
    const char *json = json_object_to_json_string(o);
    struct cpu_template t;

    ck_assert_int_eq(template_parse(json, strlen(json), TEMPLATE_ANY, &t,
                                    NULL), 0);
    for ( size_t i = 0; i < t.nr_capabilities; i++ )
        snprintf(text + strlen(text), max - strlen(text), "%c%u",
                 t.capabilities[i].remove ? '-' : '+',
                 t.capabilities[i].number);
    for ( size_t i = 0; i < t.nr_msrs; i++ )
        snprintf(text + strlen(text), max - strlen(text), "%s%x:%lx/%lx",
                 i ? " " : "", t.msrs[i].index, t.msrs[i].bits.filter[0],
                 t.msrs[i].bits.value[0]);
    template_dispose(&t);
}

START_TEST(fingerprint_compare_guests_differences_shown)
{
    __typeof__(&guest_rows[0]) row = &guest_rows[_i / 2];
    struct compare_options options = { all_fields, 6, _i & 1 };
    const char *want = _i & 1 ? row->original : row->shown;
    struct fingerprint prev = parse(row->prev), curr = parse(row->curr);
    struct json_object *list = NULL, *one;
    char text[256] = "[";

    ck_assert_int_eq(fingerprint_compare(&prev, &curr, &options, &list,
                                         NULL), 0);
    ck_assert_uint_le(json_object_array_length(list), 1);
    one = json_object_array_get_idx(list, 0);
    if ( one )
    {
        show(json_object_object_get(one, "prev"), text, sizeof(text));
        strcat(text, " | ");
        show(json_object_object_get(one, "curr"), text, sizeof(text));
    }
    strcat(text, "]");
    ck_assert_msg(!strcmp(text, want), "%s: %s", row->name, text);

    json_object_put(list);
    fingerprint_dispose(&prev);
    fingerprint_dispose(&curr);
}
END_TEST

START_TEST(fingerprint_compare_strings_in_order_of_filters)
{
    static const enum fingerprint_field fields[] = {
        FINGERPRINT_MICROCODE, FINGERPRINT_KERNEL, FINGERPRINT_MICROCODE,
        FINGERPRINT_BIOS_VERSION,
    };
    struct compare_options options = { fields, 4, false };
    struct fingerprint prev = parse(STRINGS("k1", "m1") "{}}");
    struct fingerprint curr = parse(STRINGS("k2", "m2") "{}}");
    struct json_object *list = NULL;

    ck_assert_int_eq(fingerprint_compare(&prev, &curr, &options, &list,
                                         NULL), 0);
    ck_assert_str_eq(json_object_to_json_string_ext(list, 0),
        "[{\"name\":\"microcode_version\",\"prev\":\"m1\",\"curr\":\"m2\"},"
        "{\"name\":\"kernel_version\",\"prev\":\"k1\",\"curr\":\"k2\"},"
        "{\"name\":\"microcode_version\",\"prev\":\"m1\",\"curr\":\"m2\"}]");

    json_object_put(list);
    fingerprint_dispose(&prev);
    fingerprint_dispose(&curr);
}
END_TEST

START_TEST(fingerprint_compare_architectures_differ_einval)
{
    struct compare_options options = { all_fields, 6, false };
    struct fingerprint prev = parse(PRINT("{\"msr_modifiers\":["
                                          MSR("0x1", "1") "]}"));
    struct fingerprint curr = parse(PRINT("{\"reg_modifiers\":["
                                          MSR("0x1", "1") "]}"));
    struct json_object *list = NULL;
    cpupolicy_error err;

    ck_assert_int_eq(fingerprint_compare(&prev, &curr, &options, &list, &err),
                     -EINVAL);
    ck_assert_ptr_null(list);
    fingerprint_dispose(&prev);
    fingerprint_dispose(&curr);
}
END_TEST

static void write_below(const char *root, const char *name, const char *text)
{
    char path[512];
    FILE *f;

    snprintf(path, sizeof(path), "%s%s", root, name);
    for ( char *p = path + strlen(root) + 1; (p = strchr(p, '/')); p++ )
    {
        *p = '\0';
        mkdir(path, 0700);
        *p = '/';
    }
    f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    fclose(f);
}

static char root[] = "/tmp/test-fingerprint.XXXXXX";

static void make_root(void)
{
    strcpy(root, "/tmp/test-fingerprint.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(root));
}

static void remove_root(void)
{
    char command[64];

    snprintf(command, sizeof(command), "rm -rf %s", root);
    ck_assert_int_eq(system(command), 0);
}

START_TEST(fingerprint_read_host_files_read)
{
    struct fingerprint f = { .strings = { NULL } };
    struct utsname name;
    unsigned int unknown = ~0U;

    write_below(root, "/proc/cpuinfo",
                "processor\t: 0\nmicrocode_other\t: 7\n"
                "microcode\t:  0x5003901 \nmicrocode\t: 0x2\n");
    write_below(root, "/sys/devices/virtual/dmi/id/bios_version", "1.0 b\n");
    write_below(root, "/sys/devices/virtual/dmi/id/bios_release", "4.2\n");

    ck_assert_int_eq(fingerprint_read_host(root, "vmm", &f, &unknown, NULL),
                     0);
    uname(&name);
    ck_assert_uint_eq(unknown, 0);
    ck_assert_str_eq(f.strings[FINGERPRINT_VMM], "vmm");
    ck_assert_str_eq(f.strings[FINGERPRINT_KERNEL], name.release);
    ck_assert_str_eq(f.strings[FINGERPRINT_MICROCODE], "0x5003901");
    ck_assert_str_eq(f.strings[FINGERPRINT_BIOS_VERSION], "1.0 b");
    ck_assert_str_eq(f.strings[FINGERPRINT_BIOS_REVISION], "4.2");
    fingerprint_dispose(&f);
}
END_TEST

START_TEST(fingerprint_read_host_absent_files_unknown)
{
    struct fingerprint f = { .strings = { NULL } };
    unsigned int unknown = 0;

    write_below(root, "/proc/cpuinfo", "processor\t: 0\n");
    ck_assert_int_eq(fingerprint_read_host(root, "vmm", &f, &unknown, NULL),
                     0);
    ck_assert_uint_eq(unknown, 1U << FINGERPRINT_MICROCODE |
                               1U << FINGERPRINT_BIOS_VERSION |
                               1U << FINGERPRINT_BIOS_REVISION);
    ck_assert_str_eq(f.strings[FINGERPRINT_MICROCODE], "unknown");
    ck_assert_str_eq(f.strings[FINGERPRINT_BIOS_REVISION], "unknown");
    fingerprint_dispose(&f);
}
END_TEST

static size_t fields_of(struct json_object *filters,
                        enum fingerprint_field *fields)
{
    size_t nr = filters ? json_object_array_length(filters) : 6;

    if ( !filters )
        memcpy(fields, all_fields, sizeof(all_fields));

    for ( size_t i = 0; filters && i < nr; i++ )
        for ( unsigned int j = 0; j < FINGERPRINT_NR_FIELDS; j++ )
            if ( !strcmp(fingerprint_field_names[j], json_object_get_string(
                             json_object_array_get_idx(filters, i))) )
                fields[i] = j;

    return nr;
}

/* The whole text that the original printed, from its header on. */
static void check_recorded(struct json_object *c)
{
    struct fingerprint prev = parse(json_object_to_json_string(
        json_object_object_get(c, "prev")));
    struct fingerprint curr = parse(json_object_to_json_string(
        json_object_object_get(c, "curr")));
    enum fingerprint_field fields[16];
    size_t nr = fields_of(json_object_object_get(c, "filters"), fields);
    struct compare_options options = { fields, nr, true };
    struct json_object *list = NULL;
    char *text = NULL;
    size_t nr_text;
    FILE *f = open_memstream(&text, &nr_text);

    ck_assert_int_eq(fingerprint_compare(&prev, &curr, &options, &list,
                                         NULL), 0);
    if ( json_object_array_length(list) )
        fputs("Difference detected between source and target: \n", f);
    for ( size_t i = 0; i < json_object_array_length(list); i++ )
        fprintf(f, "%s\n",
                template_json_text(json_object_array_get_idx(list, i)));
    fclose(f);
    ck_assert_msg(!strcmp(text, json_object_get_string(
        json_object_object_get(c, "stderr"))), "%s: %s",
        json_object_get_string(json_object_object_get(c, "name")), text);

    free(text);
    json_object_put(list);
    fingerprint_dispose(&prev);
    fingerprint_dispose(&curr);
}

START_TEST(fingerprint_compare_recorded_cases_as_original)
{
    struct json_object *cases = vectors_load("firecracker/compare_cases.json");
    size_t nr;

    ck_assert_ptr_nonnull(cases);
    nr = json_object_array_length(cases);
    ck_assert_uint_ge(nr, 19);
    for ( size_t i = 0; i < nr; i++ )
        check_recorded(json_object_array_get_idx(cases, i));
    json_object_put(cases);
}
END_TEST

#define NR(rows) (sizeof(rows) / sizeof((rows)[0]))

Suite *suite_fingerprint(void)
{
    Suite *s = suite_create("fingerprint");
    TCase *t = tcase_create("fingerprint"), *host = tcase_create("host");

    tcase_add_test(t, fingerprint_parse_written_exactly);
    tcase_add_loop_test(t, fingerprint_parse_bad_text_rejected, 0,
                        NR(bad_rows));
    tcase_add_loop_test(t, fingerprint_compare_guests_differences_shown, 0,
                        2 * NR(guest_rows));
    tcase_add_test(t, fingerprint_compare_strings_in_order_of_filters);
    tcase_add_test(t, fingerprint_compare_architectures_differ_einval);
    vectors_add_test(t, fingerprint_compare_recorded_cases_as_original);
    suite_add_tcase(s, t);

    tcase_add_checked_fixture(host, make_root, remove_root);
    tcase_add_test(host, fingerprint_read_host_files_read);
    tcase_add_test(host, fingerprint_read_host_absent_files_unknown);
    suite_add_tcase(s, host);

    return s;
}
