/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Dumps and command lines that are truncated, oversized, contradictory or
 * garbage: status 3 or 2, a place and a reason, nothing on stdout.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli-run.h"
#include "machine.h"
#include "quick.h"
#include "random.h"
#include "vectors.h"

Suite *suite_cli_hostile(void);

#define LEAF(text) "   " text " eax=0x0000000d ebx=0x756e6547 " \
                   "ecx=0x6c65746e edx=0x49656e69\n"
#define CPU "CPU 0:\n" LEAF("0x00000000 0x00:")

/* A row of JSON, and a file of rows; the second one is in line 3. */
#define ROW(leaf, a, b, c, d) "{\"leaf\":\"" leaf "\",\"eax\":\"" a \
    "\",\"ebx\":\"" b "\",\"ecx\":\"" c "\",\"edx\":\"" d "\"}"
#define SUBROW(leaf, subleaf, a, b, c, d) \
    "{\"subleaf\":\"" subleaf "\",\"leaf\":\"" leaf "\",\"eax\":\"" a \
    "\",\"ebx\":\"" b "\",\"ecx\":\"" c "\",\"edx\":\"" d "\"}"
#define JSON(...) "{\"policies\":{\"raw\":{\"cpuid\":[\n" __VA_ARGS__ "]}}}"
#define AMD_ROW(max) ROW("0x0", max, "0x68747541", "0x444d4163", "0x69746e65")
#define INTEL_ROW(max) \
    ROW("0x0", max, "0x756e6547", "0x6c65746e", "0x49656e69")

static const struct dump_row {
    const char *name, *content;
    size_t size;                /* 0: strlen(content) */
    const char *says;           /* after "xl-cpupolicy: dump:" */
} dumps[] = {
    { "nothing", "", 0, " empty input" },
    { "a sentence", "This is no dump.\n", 0, " unknown format" },
    { "zero bytes", "\0\0\0\0\0\0\0\0", 8, "1:1: " },
    { "a zero byte in the second line", "CPU 0:\n\0", 8, "2:1: " },
    { "an ELF header", "\x7f" "ELF\x02\x01\x01\0\0\0", 10, "1:8: " },
    { "bytes above ASCII", "\xff\xfe\xfd\xfc\n", 0, " unknown format" },
    { "no leaf at all", "CPU 0:\n", 0, "" },
    { "no leaf 0", "CPU 0:\n" LEAF("0x00000001 0x00:"), 0,
      " CPU 0 has no leaf 0" },
    { "cut in a value", CPU "   0x00000001 0x00: eax=0x0006", 0, "3:" },
    { "cut in a leaf", CPU "   0x0000", 0, "3:" },
    { "a value too wide", CPU "   0x00000001 0x00: eax=0x123456789 "
      "ebx=0x00000000 ecx=0x00000000 edx=0x00000000\n", 0, "3:" },
    { "no hexadecimal", CPU "   0x00000001 0x00: eax=0x0000000g "
      "ebx=0x00000000 ecx=0x00000000 edx=0x00000000\n", 0, "3:" },
    { "the same leaf twice, differing", CPU
      "   0x00000001 0x00: eax=0x000606a6 ebx=0x00000000 ecx=0x00000000 "
      "edx=0x00000000\n"
      "   0x00000001 0x00: eax=0x000606a7 ebx=0x00000000 ecx=0x00000000 "
      "edx=0x00000000\n", 0, "4:" },
    { "the same CPU twice", CPU CPU, 0, " CPU 0 occurs twice" },
    { "JSON, cut", "{\"source\": \"x\", \"policies\": {\"raw\": {", 0, "1:" },
    { "JSON, another value", "[1, 2, 3]", 0, "" },
    { "JSON, no policies", "{\"source\": \"x\", \"policies\": {}}", 0, "" },
    { "JSON, a number too big", "{\"source\":\"x\",\"policies\":{\"raw\":"
      "{\"vendor\":\"Intel\",\"features\":[],\"cpuid\":[{\"leaf\":\"0x0\","
      "\"eax\":\"0x100000000\",\"ebx\":\"0x0\",\"ecx\":\"0x0\","
      "\"edx\":\"0x0\"}],\"msrs\":[]}}}", 0, "1:" },
    { "XML, cut", "<cpudata arch='x86'>\n  <cpuid eax_in='0x", 0, "2:" },
    { "XML, another arch", "<cpudata arch='ppc64'>\n</cpudata>\n", 0, "1:" },
    { "XML, entities", "<!DOCTYPE x [<!ENTITY a \"&b;&b;\"><!ENTITY b "
      "\"&a;&a;\">]>\n<cpudata arch='x86'>&a;</cpudata>", 0, "" },
    { "content beyond the highest leaf", JSON(AMD_ROW("0x1") ",\n"
      SUBROW("0x7", "0x0", "0x0", "0xffffffff", "0x0", "0x0")), 0,
      "3: leaf 0x7 subleaf 0x0 ebx has content, and 0x1 is the highest" },
    { "content in an unknown leaf beyond the highest", JSON(AMD_ROW("0x1")
      ",\n" ROW("0x7000", "0x0", "0x0", "0x0", "0x1")), 0,
      "3: leaf 0x7000 edx has content, and 0x1 is the highest" },
    { "content beyond the highest extended leaf", JSON(AMD_ROW("0xd") ",\n"
      ROW("0x80000001", "0x1", "0x0", "0x0", "0x0") ",\n"
      ROW("0x80000000", "0x80000000", "0x0", "0x0", "0x0")), 0,
      "3: leaf 0x80000001 eax has content, and 0x80000000 is the highest" },
    { "content without extended leaves", JSON(INTEL_ROW("0xd") ",\n"
      ROW("0x80000001", "0x0", "0x0", "0x1", "0x0")), 0,
      "3: leaf 0x80000001 ecx has content, and there is no highest" },
    { "content beyond the highest subleaf", JSON(AMD_ROW("0xd") ",\n"
      SUBROW("0x7", "0x1", "0x10", "0x0", "0x0", "0x0")), 0,
      "3: leaf 0x7 subleaf 0x1 eax has content after the last subleaf" },
    { "content after the last cache", JSON(INTEL_ROW("0xd") ",\n"
      SUBROW("0x4", "0x1", "0x121", "0x1c0003f", "0x3f", "0x0")), 0,
      "3: leaf 0x4 subleaf 0x1 eax has content after the last subleaf" },
    { "subleaf of a leaf without, alone", JSON(AMD_ROW("0xd") ",\n"
      SUBROW("0x1", "0x5", "0x1", "0x2", "0x3", "0x4")), 0,
      "3: leaf 0x1 has no subleaves, and subleaf 0x5 of it stands alone" },
    { "subleaf of a leaf without, differing", JSON(AMD_ROW("0xd") ",\n"
      SUBROW("0x1", "0x5", "0x1", "0x2", "0x3", "0x4") ",\n"
      ROW("0x1", "0x1", "0x2", "0x3", "0x5")), 0,
      "3: leaf 0x1 has no subleaves, and subleaf 0x5 of it is another" },
    { "another vendor in the extended leaves", JSON(AMD_ROW("0xd") ",\n"
      ROW("0x80000000", "0x80000008", "0x1", "0x2", "0x3")), 0,
      "3: leaf 0x80000000 does not repeat the vendor" },
    { "Intel's name in AMD's extended leaves", JSON(AMD_ROW("0xd") ",\n"
      ROW("0x80000000", "0x80000008", "0x756e6547", "0x6c65746e",
          "0x49656e69")), 0, "3: leaf 0x80000000 does not repeat the vendor" },
    { "garbage for a vendor",
      JSON(ROW("0x0", "0xd", "0x1", "0x2", "0x3")), 0,
      "2: CPU 0's vendor is no text" },
    { "a vendor of zeros", JSON(ROW("0x0", "0xd", "0x0", "0x0", "0x0")), 0,
      "2: CPU 0's vendor is no text" },
    { "garbage for a vendor, hardware",
      "CPU 0:\n   0x00000000 0x00: eax=0x0000000d ebx=0x756e6547 "
      "ecx=0x6c65746e edx=0x80656e69\n", 0, "2: CPU 0's vendor is no text" },
    { "two vendors", CPU "CPU 1:\n   0x00000000 0x00: eax=0x0000000d "
      "ebx=0x68747541 ecx=0x444d4163 edx=0x69746e65\n", 0,
      "4: CPU 1 is of vendor 'AuthenticAMD', and CPU 0 of 'GenuineIntel'" },
    { "no leaf 0 on the second CPU", CPU "CPU 1:\n" LEAF("0x00000001 0x00:"),
      0, " CPU 1 has no leaf 0" },
};

#define NR_DUMPS (sizeof(dumps) / sizeof(dumps[0]))

static void check_refused(const char *name, const char *says)
{
    struct cli_result r = cli_run("show --from dump");
    static const char start[] = "xl-cpupolicy: dump:";

    ck_assert_msg(r.status == 3, "%s: status %d\n%s%s", name, r.status,
                  r.out, r.err);
    ck_assert_msg(!r.nr_out, "%s: printed\n%s", name, r.out);
    ck_assert_msg(!strncmp(r.err, start, strlen(start)) &&
                  !strncmp(r.err + strlen(start), says, strlen(says)),
                  "%s: said %s", name, r.err);
    /* One line, of a length to be read. */
    ck_assert_msg(r.nr_err < 800 && r.err[r.nr_err - 1] == '\n' &&
                  strchr(r.err, '\n') == r.err + r.nr_err - 1,
                  "%s: said\n%s", name, r.err);
    cli_dispose(&r);
}

START_TEST(dump_of_table_is_refused_with_place_and_reason)
{
    const struct dump_row *row = &dumps[_i];

    cli_write("dump", row->content,
              row->size ? row->size : strlen(row->content));
    check_refused(row->name, row->says);
}
END_TEST

/* Too much of one thing: the text is `head`, then `unit` `nr` times. */
static const struct {
    const char *name, *head, *unit;
    unsigned int nr;
    const char *says;
} oversized[] = {
    { "CPUs", "", "CPU %u:\n" LEAF("0x00000000 0x00:"), 9000, "" },
    { "leaves of a CPU", CPU, "   0x%08x 0x00: eax=0x00000001 ebx=0x00000000 "
      "ecx=0x00000000 edx=0x00000000\n", 5000, "" },
    { "nested arrays", "", "[%.0u", 200000, "" },
    { "nested objects", "{\"policies\":", "{\"a%u\":", 100000, "" },
    { "nested elements", "<cpudata arch='x86'>", "<a%u>", 100000, "" },
};

START_TEST(dump_with_too_much_of_something_is_refused)
{
    FILE *f = fopen("dump", "w");

    ck_assert_ptr_nonnull(f);
    fputs(oversized[_i].head, f);
    for ( unsigned int i = 0; i < oversized[_i].nr; i++ )
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        fprintf(f, oversized[_i].unit, i + 0x100);
#pragma GCC diagnostic pop
    ck_assert_int_eq(fclose(f), 0);
    check_refused(oversized[_i].name, oversized[_i].says);
}
END_TEST

START_TEST(dump_of_more_than_64_mb_is_refused)
{
    cli_write("dump", CPU, strlen(CPU));
    ck_assert_int_eq(truncate("dump", (64 << 20) + 1), 0);
    check_refused("64 MB and a byte", " more than");
}
END_TEST

START_TEST(dump_of_a_single_endless_line_is_refused)
{
    enum { SIZE = 8 << 20 };
    char *line = malloc(SIZE);

    ck_assert_ptr_nonnull(line);
    memset(line, 'x', SIZE);
    memcpy(line, CPU, strlen(CPU));
    cli_write("dump", line, SIZE);
    free(line);
    check_refused("one line", "3:");
}
END_TEST

/* Good files, cut anywhere or with bytes replaced: an answer or a reason. */
static const char *const good[] = {
    "cpuid-r.txt", "instlatx64-modern.txt", "own.json", "libvirt.xml",
    "xen-cpuid.txt", "rjcp.xml", "hwloc.txt", "libcpuid-arrays.txt",
    "firecracker-fingerprint.json", "cloud-hypervisor-cpuid.json",
};

#define NR_GOOD (sizeof(good) / sizeof(good[0]))

static char *good_text[NR_GOOD];
static size_t good_size[NR_GOOD];

static void read_good(void)
{
    const char *tests = getenv("CPUPOLICY_TESTS");
    char path[512];

    for ( size_t i = 0; i < NR_GOOD; i++ )
    {
        snprintf(path, sizeof(path), "%s/data/dumps/%s",
                 tests ? tests : "tests", good[i]);
        good_text[i] = vectors_read(path, &good_size[i]);
    }
}

static void setup(void)
{
    read_good();
    cli_enter();
    cli_write_machine("cpu", &(struct machine){
        .maker = INTEL, .signature = 0x806f8, .with = "xsave avx" });
}

START_TEST(dump_that_was_good_gets_an_answer_or_a_reason)
{
    struct random r = random_start();

    r.state += _i;
    for ( unsigned int n = 0; n < 12; n++ )
    {
        size_t size = good_size[_i];
        char *copy = malloc(size);
        struct cli_result out;

        ck_assert_ptr_nonnull(copy);
        memcpy(copy, good_text[_i], size);
        if ( n & 1 )
            size = random_below(&r, size);
        else
            for ( unsigned int k = random_below(&r, 8) + 1; k; k-- )
                copy[random_below(&r, size)] = random_32(&r);

        cli_write("dump", copy, size);
        free(copy);
        out = cli_run("show --from dump");
        quick_assert_msg(out.status == 0 ||
                         (out.status == 3 && !out.nr_out && out.nr_err),
                         "%s, change %u, seed %#lx: status %d, said %s",
                         good[_i], n, (unsigned long)r.seed, out.status,
                         out.err);
        cli_dispose(&out);
    }
}
END_TEST

static const struct {
    const char *name, *text;
    size_t nr_times;            /* of the text, after "cpuid=" */
    const char *says;
} cmdlines[] = {
    { "100 kB of good elements and a comma", "avx,", 25000,
      "position 100007: cpuid has an empty element" },
    { "100 kB without a comma", "avx", 34000, "position 7: unknown" },
    { "commas", ",", 20, "position 27: cpuid has an empty element" },
    { "equal signs", "=", 2000, "position 7: unknown" },
    { "bytes above ASCII", "\xff\xfe", 100, "position 7: unknown" },
    { "format directives", "%s%n%x", 100, "position 7: unknown" },
    { "blanks between", "avx, ", 3, "position 11: cpuid has an empty" },
    { "a name that exists, denied twice", "no-no-avx", 1,
      "position 7: unknown feature 'no-avx'; did you mean avx" },
};

#define NR_CMDLINES (sizeof(cmdlines) / sizeof(cmdlines[0]))

START_TEST(command_line_of_table_is_refused_with_a_position)
{
    size_t len = strlen(cmdlines[_i].text), nr = cmdlines[_i].nr_times;
    char *text = malloc(len * nr + 16), *at;
    const char *const check[] = { "cmdline", text, "--from", "cpu", NULL };
    const char *const show[] = {
        "show", "--cmdline", text, "--from", "cpu", NULL,
    };
    const char *const *both[] = { check, show };

    ck_assert_ptr_nonnull(text);
    at = stpcpy(text, "cpuid=");
    while ( nr-- )
        at = stpcpy(at, cmdlines[_i].text);

    for ( unsigned int i = 0; i < 2; i++ )
    {
        struct cli_result r = cli_run_args(both[i]);

        ck_assert_msg(r.status == 2 && !r.nr_out, "%s, %s: status %d\n%s",
                      cmdlines[_i].name, both[i][0], r.status, r.out);
        ck_assert_msg(strstr(r.err, cmdlines[_i].says), "%s, %s: said %s",
                      cmdlines[_i].name, both[i][0], r.err);
        cli_dispose(&r);
    }
    free(text);
}
END_TEST

START_TEST(command_line_of_100_kb_of_good_elements_is_applied_to_the_end)
{
    enum { NR = 25000 };
    char *text = malloc(NR * 4 + 64), *at;
    const char *const args[] = {
        "show", "host-default", "-o", "features", "--cmdline", text,
        "--from", "cpu", NULL,
    };
    struct cli_result r;

    ck_assert_ptr_nonnull(text);
    at = stpcpy(text, "cpuid=");
    for ( unsigned int i = 0; i < NR; i++ )
        at = stpcpy(at, "avx,");
    stpcpy(at, "no-avx");
    r = cli_run_args(args);
    ck_assert_msg(!r.status, "%s", r.err);
    ck_assert(strstr(r.out, "xsave") && !strstr(r.out, "avx"));
    cli_dispose(&r);
    free(text);
}
END_TEST

Suite *suite_cli_hostile(void)
{
    Suite *s = suite_create("cli-hostile");
    TCase *tc = tcase_create("dumps");

    tcase_add_checked_fixture(tc, setup, cli_leave);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, dump_of_table_is_refused_with_place_and_reason, 0,
                        NR_DUMPS);
    tcase_add_loop_test(tc, dump_with_too_much_of_something_is_refused, 0,
                        sizeof(oversized) / sizeof(oversized[0]));
    tcase_add_test(tc, dump_of_more_than_64_mb_is_refused);
    tcase_add_test(tc, dump_of_a_single_endless_line_is_refused);
    tcase_add_loop_test(tc, dump_that_was_good_gets_an_answer_or_a_reason, 0,
                        NR_GOOD);
    suite_add_tcase(s, tc);

    tc = tcase_create("command lines");
    tcase_add_checked_fixture(tc, setup, cli_leave);
    tcase_add_loop_test(tc, command_line_of_table_is_refused_with_a_position,
                        0, NR_CMDLINES);
    tcase_add_test(
        tc, command_line_of_100_kb_of_good_elements_is_applied_to_the_end);
    suite_add_tcase(s, tc);

    return s;
}
