/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Built-in templates, and Firecracker's configuration files. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adjust/adjust.h"
#include "template/static.h"
#include "template/vm-config.h"
#include "vectors.h"

Suite *suite_template_config(void);

START_TEST(template_static_get_unknown_name_enoent)
{
    struct cpu_template t;
    cpupolicy_error err;

    ck_assert_int_eq(template_static_get("T3", &t, &err), -ENOENT);
    ck_assert_ptr_nonnull(strstr(err.message, "T2CL"));
    ck_assert_int_eq(template_static_get("t2", &t, &err), -ENOENT);
    ck_assert_int_eq(template_static_get("", &t, &err), -ENOENT);
}
END_TEST

/* A bit of each: which ones a template fixes, and to what. */
static const struct {
    const char *template;
    struct adjust_key key;
    uint64_t filter, value;
} bit_rows[] = {
    { "T2", { ADJUST_CPUID, 0, 0, 0x100000000 }, 0x0fff3fff, 0x306f2 },
    { "C3", { ADJUST_CPUID, 0, 0, 0x100000000 }, 0x0fff3fff, 0x306e4 },
    { "T2A", { ADJUST_CPUID, 1, 0, 0x8000000800000000 }, 0x1c0205,
      0x1c0004 },
    { "T2CL", { ADJUST_CPUID, 0, 1, 0xd00000001 }, 0xe, 0 },
    { "T2S", { ADJUST_MSR, 0, 0, 0x10a }, ~0ULL, 0x0c0a0c4c },
    { "T2CL", { ADJUST_MSR, 0, 0, 0x10a }, 0xffffffffe2f51e00, 0 },
    { "V1N1", { ADJUST_REG, 0, 0, 0x603000000013c031 },
      0x00fff00000fff00f, 0x100001 },
};

START_TEST(template_static_get_row_as_specified)
{
    struct adjustments map = { 0 };
    const struct adjustment *e;
    struct cpu_template t;

    ck_assert_int_eq(template_static_get(bit_rows[_i].template, &t, NULL), 0);
    ck_assert_int_eq(template_to_adjustments(&t, &map, NULL), 0);
    e = adjustments_find(&map, &bit_rows[_i].key);
    ck_assert_msg(e, "%s: row %d absent", bit_rows[_i].template, _i);
    ck_assert_msg(e->bits.filter[0] == bit_rows[_i].filter &&
                  e->bits.value[0] == bit_rows[_i].value,
                  "%s: filter %#lx value %#lx", bit_rows[_i].template,
                  e->bits.filter[0], e->bits.value[0]);
    adjustments_dispose(&map);
    template_dispose(&t);
}
END_TEST

START_TEST(template_static_get_all_sizes_right)
{
    static const struct {
        size_t nr_leaves, nr_msrs, nr_regs;
    } sizes[] = {
        { 5, 0, 0 }, { 6, 0, 0 }, { 6, 1, 0 }, { 6, 1, 0 }, { 6, 0, 0 },
        { 0, 0, 4 },
    };
    const char *name;
    size_t i;

    for ( i = 0; (name = template_static_name(i)); i++ )
    {
        struct cpu_template t;

        ck_assert_int_eq(template_static_get(name, &t, NULL), 0);
        ck_assert_msg(t.nr_leaves == sizes[i].nr_leaves &&
                      t.nr_msrs == sizes[i].nr_msrs &&
                      t.nr_regs == sizes[i].nr_regs, "%s", name);
        template_dispose(&t);
    }
    ck_assert_uint_eq(i, 6);
}
END_TEST

static const struct {
    const char *template, *vendor;
    uint32_t signature;
    const char *message;        /* NULL: permitted */
} check_rows[] = {
    { "T2", "GenuineIntel", 0x50654, NULL },
    { "T2", "GenuineIntel", 0x50657, NULL },
    { "T2", "GenuineIntel", 0x606a6, NULL },
    { "T2", "GenuineIntel", 0x50657 | 0x3000, NULL },   /* type ignored */
    { "T2", "GenuineIntel", 0x50656, "not permitted" },
    { "T2", "GenuineIntel", 0x806f8, "not permitted" },
    { "T2", "AuthenticAMD", 0xa00f11, "vendor mismatched" },
    { "T2S", "GenuineIntel", 0x606a6, "not permitted" },
    { "T2S", "GenuineIntel", 0x50654, NULL },
    { "T2CL", "GenuineIntel", 0x50654, "not permitted" },
    { "T2CL", "GenuineIntel", 0x606a6, NULL },
    { "T2A", "AuthenticAMD", 0xa00f11, NULL },
    { "T2A", "AuthenticAMD", 0xa00f12, "not permitted" },
    { "T2A", "GenuineIntel", 0xa00f11, "vendor mismatched" },
    { "C3", "GenuineIntel", 0x606a6, NULL },
    { "V1N1", "GenuineIntel", 0x606a6, NULL },
};

START_TEST(template_static_check_row_as_specified)
{
    __typeof__(&check_rows[0]) row = &check_rows[_i];
    cpupolicy_error err = { 0 };
    int rc = template_static_check(row->template, row->vendor,
                                   row->signature, &err);

    ck_assert_msg(rc == (row->message ? -EPERM : 0), "%s on %#x: %d",
                  row->template, row->signature, rc);
    ck_assert_msg(!row->message || strstr(err.message, row->message),
                  "%s on %#x: %s", row->template, row->signature,
                  err.message);
}
END_TEST

/* The files that the original ships say the same. */
START_TEST(template_static_get_recorded_files_equal)
{
    const char *name;

    for ( size_t i = 0; (name = template_static_name(i)); i++ )
    {
        struct cpu_template t, file;
        char path[1024], below[256], *text;
        size_t nr;

        snprintf(below, sizeof(below), "dumps/firecracker/%s/%s.json",
                 strcmp(name, "V1N1") ? "custom_cpu_templates"
                                      : "aarch64-not-x86", name);
        ck_assert(vectors_path(below, path, sizeof(path)));
        text = vectors_read(path, &nr);
        ck_assert_int_eq(template_parse(text, nr, TEMPLATE_ANY, &file, NULL),
                         0);
        ck_assert_int_eq(template_static_get(name, &t, NULL), 0);
        ck_assert_msg(template_equal(&t, &file), "%s", name);
        template_dispose(&t);
        template_dispose(&file);
        free(text);
    }
}
END_TEST

#define BOOT "\"boot-source\":{\"kernel_image_path\":\"k\"},\"drives\":[]"
#define MACHINE(m) "{" BOOT ",\"machine-config\":{\"mem_size_mib\":1," m "}}"

static const struct {
    const char *name, *text;
    unsigned int nr_vcpus;
    bool smt;
    const char *static_template, *template_path;
    bool has_template;
    const char *files;          /* with blanks between */
} config_rows[] = {
    { "least", "{" BOOT "}", 1, false, NULL, NULL, false, "k" },
    { "nulls", "{" BOOT ",\"machine-config\":null,\"cpu-config\":null}", 1,
      false, NULL, NULL, false, "k" },
    { "other keys", "{" BOOT ",\"vsock\":{\"a\":[]},\"vsock\":1}", 1, false,
      NULL, NULL, false, "k" },
    { "files", "{\"boot-source\":{\"boot_args\":\"x\",\"initrd_path\":\"i\","
      "\"kernel_image_path\":\"k\"},\"drives\":[{\"drive_id\":\"a\","
      "\"path_on_host\":\"d\",\"is_root_device\":true},{\"drive_id\":\"b\","
      "\"path_on_host\":null}]}", 1, false, NULL, NULL, false, "i k d" },
    { "machine", MACHINE("\"vcpu_count\":6,\"smt\":true,"
                         "\"cpu_template\":\"T2CL\","
                         "\"huge_pages\":\"2M\",\"track_dirty_pages\":true"),
      6, true, "T2CL", NULL, false, "k" },
    { "template None", MACHINE("\"vcpu_count\":1,\"smt\":true,"
                               "\"cpu_template\":\"None\""), 1, true, NULL,
      NULL, false, "k" },
    { "template file", "{" BOOT ",\"cpu-config\":\"t.json\"}", 1, false, NULL,
      "t.json", false, "k" },
    { "template inside", "{" BOOT ",\"cpu-config\":{\"msr_modifiers\":[]}}",
      1, false, NULL, NULL, true, "k" },
};

START_TEST(vm_config_parse_row_as_specified)
{
    __typeof__(&config_rows[0]) row = &config_rows[_i];
    struct vm_config c;
    cpupolicy_error err = { 0 };
    char files[64] = "";

    ck_assert_msg(!vm_config_parse(row->text, strlen(row->text), &c, &err),
                  "%s: %s", row->name, err.message);
    for ( unsigned int i = 0; i < c.nr_files; i++ )
    {
        strcat(files, i ? " " : "");
        strcat(files, c.files[i]);
    }

    ck_assert_msg(c.nr_vcpus == row->nr_vcpus && c.smt == row->smt &&
                  c.has_template == row->has_template &&
                  !strcmp(files, row->files) &&
                  !strcmp(c.static_template ?: "-",
                          row->static_template ?: "-") &&
                  !strcmp(c.template_path ?: "-", row->template_path ?: "-"),
                  "%s: %u vCPUs, files %s", row->name, c.nr_vcpus, files);
    vm_config_dispose(&c);
}
END_TEST

static const struct {
    const char *name, *text, *message;
} bad_rows[] = {
    { "empty", "{}", "missing field `boot-source`" },
    { "no drives", "{\"boot-source\":{\"kernel_image_path\":\"k\"}}",
      "missing field `drives`" },
    { "no kernel", "{\"boot-source\":{},\"drives\":[]}",
      "missing field `kernel_image_path`" },
    { "unknown boot key", "{\"boot-source\":{\"kernel\":\"k\"}}",
      "unknown field `kernel`" },
    { "drive without id", "{\"drives\":[{}]}", "missing field `drive_id`" },
    { "array", "[]", "invalid type: sequence" },
    { "no count", MACHINE("\"smt\":false"), "missing field `vcpu_count`" },
    { "count 0", MACHINE("\"vcpu_count\":0"), "has to be 1 to 32" },
    { "count 33", MACHINE("\"vcpu_count\":33"), "has to be 1 to 32" },
    { "count 256", MACHINE("\"vcpu_count\":256"), "expected u8" },
    { "odd with smt", MACHINE("\"vcpu_count\":3,\"smt\":true"),
      "1 or even" },
    { "unknown machine key", MACHINE("\"vcpu_count\":1,\"cores\":1"),
      "unknown field `cores`" },
    { "unknown template", MACHINE("\"vcpu_count\":1,\"cpu_template\":\"T3\""),
      "'T3'" },
    { "no memory", "{" BOOT ",\"machine-config\":{\"vcpu_count\":1,"
      "\"mem_size_mib\":0}}", "mem_size_mib" },
    { "bad template inside", "{" BOOT ",\"cpu-config\":{\"x\":1}}",
      "unknown field `x`" },
    { "key twice", "{" BOOT ",\"drives\":[]}", "duplicate field `drives`" },
};

START_TEST(vm_config_parse_bad_text_rejected)
{
    struct vm_config c;
    cpupolicy_error err = { 0 };

    ck_assert_msg(vm_config_parse(bad_rows[_i].text,
                                  strlen(bad_rows[_i].text), &c, &err)
                  == -EINVAL, "%s", bad_rows[_i].name);
    ck_assert_msg(strstr(err.message, bad_rows[_i].message) && err.line == 1,
                  "%s: %s", bad_rows[_i].name, err.message);
}
END_TEST

START_TEST(vm_config_parse_too_many_drives_rejected)
{
    char *text = malloc(65536), *p = text;
    struct vm_config c;
    cpupolicy_error err = { 0 };

    p += sprintf(p, "{\"drives\":[");
    for ( unsigned int i = 0; i <= VM_CONFIG_MAX_FILES; i++ )
        p += sprintf(p, "%s{\"drive_id\":\"\",\"path_on_host\":\"x\"}",
                     i ? "," : "");
    sprintf(p, "]}");

    ck_assert_int_eq(vm_config_parse(text, strlen(text), &c, &err), -EINVAL);
    ck_assert_ptr_nonnull(strstr(err.message, "more than 64 files"));
    free(text);
}
END_TEST

#define NR(rows) (sizeof(rows) / sizeof((rows)[0]))

Suite *suite_template_config(void)
{
    Suite *s = suite_create("template-config");
    TCase *t = tcase_create("config");

    tcase_add_test(t, template_static_get_unknown_name_enoent);
    tcase_add_loop_test(t, template_static_get_row_as_specified, 0,
                        NR(bit_rows));
    tcase_add_test(t, template_static_get_all_sizes_right);
    tcase_add_loop_test(t, template_static_check_row_as_specified, 0,
                        NR(check_rows));
    vectors_add_test(t, template_static_get_recorded_files_equal);
    tcase_add_loop_test(t, vm_config_parse_row_as_specified, 0,
                        NR(config_rows));
    tcase_add_loop_test(t, vm_config_parse_bad_text_rejected, 0,
                        NR(bad_rows));
    tcase_add_test(t, vm_config_parse_too_many_drives_rejected);
    suite_add_tcase(s, t);

    return s;
}
