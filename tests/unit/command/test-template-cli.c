/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The template and fingerprint commands as scripts see them: exit status,
 * output, files.  $XL_CPUPOLICY is the program.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vectors.h"

Suite *suite_template_cli(void);

static char program[1024], folder[] = "/tmp/test-template-cli.XXXXXX";

static void enter_folder(void)
{
    const char *name = getenv("XL_CPUPOLICY") ?: "build/xl-cpupolicy";

    ck_assert_msg(realpath(name, program), "%s is not there", name);
    strcpy(folder, "/tmp/test-template-cli.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
}

static void leave_folder(void)
{
    char command[64];

    snprintf(command, sizeof(command), "rm -rf %s", folder);
    ck_assert_int_eq(chdir("/"), 0);
    ck_assert_int_eq(system(command), 0);
}

static void write_file(const char *name, const char *text)
{
    FILE *f = fopen(name, "w");

    ck_assert_msg(f, "%s", name);
    fputs(text, f);
    ck_assert_int_eq(fclose(f), 0);
}

struct result {
    int status;
    char *out, *err;
};

static struct result run(const char *arguments)
{
    char command[4096];
    struct result r;
    size_t nr;
    int rc;

    snprintf(command, sizeof(command), "%s %s > .out 2> .err", program,
             arguments);
    rc = system(command);
    ck_assert_msg(WIFEXITED(rc), "%s: crashed", arguments);
    r.status = WEXITSTATUS(rc);
    r.out = vectors_read(".out", &nr);
    r.err = vectors_read(".err", &nr);

    return r;
}

static void done(struct result *r)
{
    free(r->out);
    free(r->err);
}

#define MSR(addr, bits) "{\"addr\":\"" addr "\",\"bitmap\":\"" bits "\"}"
#define MSRS(list) "{\"msr_modifiers\":[" list "]}"
#define FINGERPRINT(kernel, guest)                                         \
    "{\"firecracker_version\":\"1\",\"kernel_version\":\"" kernel "\","       \
    "\"microcode_version\":\"0x1\",\"bios_version\":\"1\","                   \
    "\"bios_revision\":\"1\",\"guest_cpu_config\":" guest "}"

#define LEAF(leaf, flags, mods)                                            \
    "{\"leaf\":\"" leaf "\",\"subleaf\":\"0x0\",\"flags\":" flags            \
    ",\"modifiers\":[" mods "]}"
#define MOD(reg, bits) "{\"register\":\"" reg "\",\"bitmap\":\"" bits "\"}"
#define HOST(more)                                                         \
    "{\"cpuid_modifiers\":[" LEAF("0x0", "0", MOD("eax", "1101") ","        \
    MOD("ebx", "1110101011011100110010101000111") ","                      \
    MOD("ecx", "1101100011001010111010001101110") ","                      \
    MOD("edx", "1001001011001010110111001101001")) "," more "]}"

static void write_files(void)
{
    write_file("host1.json", HOST(LEAF("0x7", "1", MOD("ebx", "100000"))));
    write_file("host2.json", HOST(LEAF("0x7", "1", MOD("ebx", "0"))));
    write_file("host3.json", HOST(LEAF("0x7", "1", MOD("ebx", "100000")) ","
                                  LEAF("0xc", "0", MOD("eax", "1"))));
    write_file("a.json", MSRS(MSR("0x1", "1011") "," MSR("0x2", "1")));
    write_file("b.json", MSRS(MSR("0x1", "1111") "," MSR("0x2", "1")));
    write_file("bad.json", "{\n \"msr_modifiers\": [1]\n}");
    write_file("arm.json", "{\"reg_modifiers\":[]}");
    write_file("latin1.json", "{\"\351\":1}");
    write_file("f1.json", FINGERPRINT("k1", MSRS(MSR("0x1", "1"))));
    write_file("f2.json", FINGERPRINT("k2", MSRS(MSR("0x1", "1"))));
    write_file("f3.json", FINGERPRINT("k1", MSRS(MSR("0x1", "0"))));
    write_file("config.json",
               "{\"boot-source\":{\"kernel_image_path\":\"nowhere\"},"
               "\"drives\":[]}");
    write_file("template.json",
               "{\"cpuid_modifiers\":[{\"leaf\":\"0x7\",\"subleaf\":\"0x0\","
               "\"flags\":1,\"modifiers\":[{\"register\":\"ebx\","
               "\"bitmap\":\"1xxxxxxxxxxxxxxxx\"}]}]}");
    write_file("guest.json",
               "{\"cpuid_modifiers\":[{\"leaf\":\"0x7\",\"subleaf\":\"0x0\","
               "\"flags\":1,\"modifiers\":[{\"register\":\"ebx\","
               "\"bitmap\":\"00000000000000000000000000100000\"}]}]}");
}

/* Parts of what is printed; NULL: nothing is. */
static const struct {
    const char *name, *arguments;
    int status;
    const char *out, *err;
} rows[] = {
    /* help */
    { "no command", "template", 2, NULL, "Usage: xl-cpupolicy template" },
    { "group help", "template --help", 0, "  verify ", NULL },
    { "group -h", "fingerprint -h", 0, "  compare ", NULL },
    { "help", "template help", 0, "  strip ", NULL },
    { "help of one", "template help strip", 0, "-p, --paths PATH...", NULL },
    { "help of none", "template help bogus", 2, NULL,
      "unrecognized subcommand 'bogus'" },
    { "command help", "template dump --help", 0, "--output PATH", NULL },
    { "command -h", "fingerprint compare -h", 0, "--prev PATH", NULL },
    { "unknown command", "template bogus", 2, NULL,
      "unrecognized subcommand 'bogus'" },

    /* grammar */
    { "unknown option", "template dump --bogus", 2, NULL,
      "unexpected argument '--bogus' found" },
    { "unknown letter", "template strip -x", 2, NULL,
      "unexpected argument '-x' found" },
    { "abbreviation", "template strip --path a.json b.json", 2, NULL,
      "unexpected argument '--path' found" },
    { "abbreviated help", "template strip --hel", 2, NULL,
      "unexpected argument '--hel' found" },
    { "argument", "template verify a.json", 2, NULL,
      "unexpected argument 'a.json' found" },
    { "argument behind --", "template verify -- a.json", 2, NULL,
      "unexpected argument 'a.json' found" },
    { "no value", "template dump -o", 2, NULL, "a value is required" },
    { "no value, long", "template dump --output", 2, NULL,
      "a value is required" },
    { "option as value", "template dump -o -c", 2, NULL,
      "a value is required for '--output <PATH>'" },
    { "empty value", "template dump -o ''", 2, NULL, "a value is required" },
    { "twice", "template dump -o a -o b", 2, NULL,
      "the argument '--output <PATH>' cannot be used multiple times" },
    { "twice, both forms", "fingerprint compare -p a --prev=b -c c", 2, NULL,
      "'--prev <PATH>' cannot be used multiple times" },
    { "one path", "template strip -p a.json", 2, NULL,
      "2 values required by '--paths <PATH> <PATH>...'; only 1 was provided" },
    { "one path, twice", "template strip -p a.json -p b.json", 2, NULL,
      "only 1 was provided" },
    { "required", "fingerprint compare -p f1.json", 2, NULL,
      "not provided: --curr <PATH>" },
    { "unknown filter", "fingerprint compare -p f1.json -c f2.json -f bogus",
      2, NULL, "invalid value 'bogus' for '--filters <FIELD>'" },
    { "filters with a comma", "fingerprint compare -p f1.json -c f2.json -f "
      "kernel_version,bios_version", 2, NULL, "invalid value" },
    { "unknown report", "template verify -o xml", 2, NULL, "invalid value" },
    { "two guests", "template dump --domain 1 --type hvm", 2, NULL,
      "exclude each other" },
    { "no domain", "template dump --domain x", 2, NULL,
      "'x' is no domain's number" },
    { "no policy", "template dump --policy hvm", 2, NULL, "'hvm' is no policy"
    },

    /* strip */
    { "strip nothing", "template strip", 1, NULL,
      "The number of inputs should be two or more." },
    { "strip a missing file", "template strip -p a.json nope.json", 1, NULL,
      "nope.json: No such file or directory" },
    { "strip a bad file", "template strip -p a.json bad.json", 1, NULL,
      "bad.json:2:20: invalid type: integer `1`" },
    { "strip no UTF-8", "template strip -p a.json latin1.json", 1, NULL,
      "latin1.json:1:3: stream did not contain valid UTF-8" },
    { "strip", "template strip -p a.json b.json", 0, NULL, NULL },
    { "strip with report", "template strip -p a.json b.json -o json", 0,
      "\"output\": \"b_stripped.json\"", NULL },
    { "strip both architectures", "template strip -p a.json arm.json", 1,
      NULL, "arm.json: templates of x86_64 and of aarch64 together" },
    { "strip to nowhere", "template strip -p a.json b.json -s /x", 1, NULL,
      "a/x.json: No such file or directory" },

    /* verify */
    { "verify equal", "template verify -t a.json --from a.json", 0, NULL,
      NULL },
    { "verify different", "template verify --template=a.json --from b.json",
      1, NULL, "a.json: Value for index=0x1 mismatched.\n"
      "* CPU template     : 0b" },
    { "verify by name", "template verify -t template.json --from guest.json",
      1, NULL, "* Names            : avx512f\n" },
    { "verify report", "template verify -ttemplate.json --from guest.json "
      "-o json", 1, "\"name\": \"avx512f\"", NULL },
    { "verify a built-in one", "template verify -t T2 --from guest.json", 1,
      NULL, "T2: leaf=0x1, subleaf=0x0, flags=0b0, register=eax not found" },
    { "verify equal, report", "template verify -t=a.json --from=a.json -ojson",
      0, "\"matches\": true", NULL },
    { "verify nothing", "template verify --from a.json", 0, NULL, NULL },
    { "verify a missing template", "template verify -t nope.json --from "
      "a.json", 1, NULL, "nope.json: No such file" },
    { "verify against a missing file", "template verify -t a.json --from "
      "nope.json", 1, NULL, "nope.json: No such file" },
    { "verify other architecture", "template verify -t V1N1 --from a.json", 1,
      NULL, "different architectures" },
    { "configuration's kernel is not there", "template verify --from kvm -c "
      "config.json", 1, NULL, "nowhere: No such file" },
    { "configuration missing", "template dump -c nope.json", 1, NULL,
      "nope.json: No such file" },
    { "no configuration", "template dump -c a.json", 1, NULL,
      "a.json:1:" },

    /* dump */
    { "dump of a file", "template dump --from guest.json -o /dev/stdout", 0,
      "0b00000000000000000000000000100000", NULL },
    { "dump with a template", "template dump --from guest.json -t "
      "template.json -o -", 0, "0b00000000000000010000000000100000", NULL },
    { "dump of a missing leaf", "template dump --from guest.json -t T2", 1,
      NULL, "T2: Template changes a CPUID entry not supported by the file: "
      "Leaf: 1, Subleaf: 0" },
    { "dump to nowhere", "template dump --from guest.json -o x/y", 1, NULL,
      "x/y: No such file" },
    { "dump of no domain", "template dump --from native --domain 1", 1, NULL,
      "only Xen has domains" },
    { "dump of a policy of KVM", "template dump --from kvm --type pv", 1,
      NULL, "KVM has no policy" },
    { "fingerprint of a file", "fingerprint dump --from guest.json", 1, NULL,
      "guest.json: a file is no hypervisor" },

    /* generate */
    { "generate of one", "template generate host1.json", 1, NULL,
      "it takes 2 to" },
    { "generate of no dumps", "template generate a.json b.json", 1, NULL,
      "a.json: CPUID leaf 0 names no vendor" },
    { "generate", "template generate host1.json host2.json", 0,
      "0x7.0 ebx[5] avx2 = 0x0 (feature)", NULL },
    { "generate to stdout", "template generate host1.json host2.json -o -", 0,
      "\"leaf\": \"0x7\"", "avx2 = 0x0" },
    { "generate with report", "template generate -o x.json --report json "
      "host1.json host2.json", 0, "\"verdict\": \"forced\"", NULL },
    { "generate with a conflict", "template generate host1.json host3.json",
      1, "0xc.0 eax[0] reserved (reserved, some hosts lack the register)",
      NULL },
    { "generate in part", "template generate --partial -o /dev/stdout "
      "host1.json host3.json --report text", 1, "\"msr_modifiers\": []",
      "Guests still differ, and would see it" },

    /* compare */
    { "compare equal", "fingerprint compare -p f1.json -c f1.json", 0, NULL,
      NULL },
    { "compare strings", "fingerprint compare -p f1.json -c f2.json", 1, NULL,
      "Difference detected between source and target: \n{\n"
      "  \"name\": \"kernel_version\",\n  \"prev\": \"k1\",\n"
      "  \"curr\": \"k2\"\n}\n" },
    { "compare filtered", "fingerprint compare -p f1.json -c f2.json "
      "-f guest_cpu_config bios_version", 0, NULL, NULL },
    { "compare guests", "fingerprint compare -p f1.json -c f3.json "
      "-f guest_cpu_config", 1, NULL, "\"addr\": \"0x1\"" },
    { "compare report", "fingerprint compare -p f1.json -c f3.json -o json",
      1, "\"equal\": false", NULL },
    { "compare a template", "fingerprint compare -p f1.json -c a.json", 1,
      NULL, "a.json:1:" },
};

START_TEST(command_row_as_specified)
{
    __typeof__(&rows[0]) row = &rows[_i];
    struct result r;

    write_files();
    r = run(row->arguments);
    ck_assert_msg(r.status == row->status, "%s: status %d: %s%s", row->name,
                  r.status, r.out, r.err);
    ck_assert_msg(row->out ? !!strstr(r.out, row->out) : !*r.out,
                  "%s: prints %s", row->name, r.out);
    ck_assert_msg(row->err ? !!strstr(r.err, row->err) : !*r.err,
                  "%s: says %s", row->name, r.err);
    done(&r);
}
END_TEST

static const struct {
    const char *input, *suffix, *output;
} name_rows[] = {
    { "file.ext", "_S", "file_S.ext" },
    { "noext", "_S", "noext_S" },
    { "a.b.json", "_S", "a.b_S.json" },
    { ".hid", "_S", ".hid_S" },
    { ".hid.x", "_S", ".hid_S.x" },
    { "tr.", "_S", "tr_S." },
    { "d.x/f", "_S", "d.x/f_S" },
    { "d.x/f.json", NULL, "d.x/f_stripped.json" },
    { "file.ext", "", "file.ext" },
    { "./file.ext", "-", "./file-.ext" },
};

START_TEST(strip_output_named_after_input)
{
    char arguments[256], option[32] = "";
    struct result r;
    char *text;
    size_t nr;

    mkdir("d.x", 0700);
    write_files();
    write_file(name_rows[_i].input, MSRS(MSR("0x1", "1") "," MSR("0x2", "1")));
    if ( name_rows[_i].suffix )
        snprintf(option, sizeof(option), "--suffix='%s'",
                 name_rows[_i].suffix);
    snprintf(arguments, sizeof(arguments), "template strip -p a.json '%s' %s",
             name_rows[_i].input, option);
    r = run(arguments);
    ck_assert_msg(r.status == 0, "%s", r.err);

    text = vectors_read(name_rows[_i].output, &nr);
    ck_assert_msg(strstr(text, "\"0x1\"") && !strstr(text, "\"0x2\""), "%s",
                  text);
    ck_assert_int_ne(text[nr - 1], '\n');
    free(text);
    done(&r);
}
END_TEST

/* One of the inputs is bad: none of the others is overwritten. */
START_TEST(strip_failure_nothing_written)
{
    struct result r;
    char *text;
    size_t nr;

    write_files();
    r = run("template strip -p a.json b.json bad.json --suffix ''");
    ck_assert_int_eq(r.status, 1);
    text = vectors_read("a.json", &nr);
    ck_assert_ptr_nonnull(strstr(text, "\"0x2\""));
    free(text);
    done(&r);
}
END_TEST

START_TEST(dump_failure_output_untouched)
{
    struct result r;
    char *text;
    size_t nr;

    write_files();
    write_file("cpu_config.json", "old");
    r = run("template dump --from guest.json -t T2");
    ck_assert_int_eq(r.status, 1);
    text = vectors_read("cpu_config.json", &nr);
    ck_assert_str_eq(text, "old");
    free(text);
    done(&r);

    r = run("template dump --from guest.json");
    ck_assert_int_eq(r.status, 0);
    text = vectors_read("cpu_config.json", &nr);
    ck_assert_ptr_nonnull(strstr(text, "cpuid_modifiers"));
    free(text);
    done(&r);
}
END_TEST

START_TEST(compare_empty_difference_only_as_original)
{
    struct result r;

    write_file("f1.json", FINGERPRINT("k", MSRS(MSR("0x1", "1"))));
    write_file("f2.json", FINGERPRINT("k", "{\"kvm_capabilities\":[\"9\"],"
                                      "\"msr_modifiers\":["
                                      MSR("0x1", "1") "]}"));
    r = run("fingerprint compare -p f1.json -c f2.json");
    ck_assert_int_eq(r.status, 1);
    ck_assert_msg(strstr(r.err, "\"9\""), "%s", r.err);
    done(&r);

    r = run("fingerprint compare -p f1.json -c f2.json --as-original");
    ck_assert_int_eq(r.status, 1);
    ck_assert_msg(!strstr(r.err, "\"9\""), "%s", r.err);
    done(&r);
}
END_TEST

#define NR(r) (sizeof(r) / sizeof((r)[0]))

Suite *suite_template_cli(void)
{
    Suite *s = suite_create("template-cli");
    TCase *t = tcase_create("cli");

    tcase_set_timeout(t, 30);
    tcase_add_checked_fixture(t, enter_folder, leave_folder);
    tcase_add_loop_test(t, command_row_as_specified, 0, NR(rows));
    tcase_add_loop_test(t, strip_output_named_after_input, 0, NR(name_rows));
    tcase_add_test(t, strip_failure_nothing_written);
    tcase_add_test(t, dump_failure_output_untouched);
    tcase_add_test(t, compare_empty_difference_only_as_original);
    suite_add_tcase(s, t);

    return s;
}
