/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From the rows of a dump to policies: what the file does not state. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "cli-run.h"
#include "cpupolicy.h"
#include "source/source.h"

Suite *suite_source_dump(void);

#define NR(rows) (sizeof(rows) / sizeof(rows[0]))

#define CPU(n, leaf_7_edx) \
    "------[ CPUID Registers / Logical CPU #" n " ]------\n\n" \
    "CPUID 00000000: 00000007-756E6547-6C65746E-49656E69\n" \
    "CPUID 00000001: 000606A6-00000800-00000000-178BFBFF\n" \
    "CPUID 00000007: 00000000-00000000-00000000-" leaf_7_edx " [SL 00]\n" \
    "CPUID 80000000: 80000001-00000000-00000000-00000000\n" \
    "CPUID 80000001: 00000000-00000000-00000001-2C100800\n\n"
#define HAS "20000000"          /* ARCH_CAPS */
#define LACKS "00000000"
#define MSR(n, value) \
    "------[ MSR Registers / Logical CPU #" n " ]------\n\n" \
    "MSR 0000010A: " value "\n\n"

#define VMX_CPU \
    "------[ CPUID Registers / Logical CPU #0 ]------\n\n" \
    "CPUID 00000000: 00000001-756E6547-6C65746E-49656E69\n" \
    "CPUID 00000001: 000606A6-00000800-00000020-178BFBFF\n\n"

static const struct msr_row {
    const char *name, *text;
    uint64_t raw;               /* MSR 0x10a */
    uint64_t lost;              /* of it, because of another CPU */
    const char *note;           /* part of one, or NULL: no word of MSRs */
} msrs[] = {
    { "stated for the first CPU", CPU("0", HAS) CPU("1", HAS)
      MSR("0", "0000-0000-0000-002B"), 0x2b, 0,
      "taken there as on the CPU that they are stated for: 1 (0x10a)" },
    { "stated for the second CPU", CPU("0", HAS) CPU("1", HAS)
      MSR("1", "0000-0000-0000-002B"), 0x2b, 0,
      "taken there as on the CPU that they are stated for: 1 (0x10a)" },
    { "stated for two of three", CPU("0", HAS) CPU("1", HAS) CPU("2", HAS)
      MSR("0", "0000-0000-0000-002B") MSR("1", "0000-0000-0000-0023"),
      0x2b, 8, "taken there as on the CPU that they are stated for: 1" },
    { "stated alike", CPU("0", HAS) CPU("1", HAS)
      MSR("0", "0000-0000-0000-002B") MSR("1", "0000-0000-0000-002B"),
      0x2b, 0, NULL },
    { "stated and differing", CPU("0", HAS) CPU("1", HAS)
      MSR("0", "0000-0000-0000-002B") MSR("1", "0000-0000-0000-0023"),
      0x2b, 8, "CPU 1 differs from the boot CPU in MSR 0x10a" },
    { "there on one, a fault on the other", CPU("0", HAS) CPU("1", HAS)
      MSR("0", "0000-0000-0000-002B") MSR("1", "< FAILED >"),
      0x2b, 0x2b, "CPU 1 differs from the boot CPU in MSR 0x10a" },
    { "stated nowhere", CPU("0", HAS) CPU("1", HAS), 0, 0,
      "that the CPU has and that are not stated: 1 (0x10a)" },
    { "a fault everywhere", CPU("0", HAS) MSR("0", "< FAILED >"), 0, 0,
      "that the CPU has and that are not stated: 1 (0x10a)" },
    { "VMX, and no MSR of it", VMX_CPU, 0, 0,
      "that are not stated: 11 (0x480 0x481 0x482 0x483 0x484 "
      "0x485 0x486 0x487 0x488 0x489 0x48a)" },
    { "VMX, and an MSR that says of others", VMX_CPU
      "------[ MSR Registers / Logical CPU #0 ]------\n\n"
      "MSR 00000482: FFF9-FFFE-0401-E172\n", 0, 0,
      "that are not stated: 11 (0x480 0x481 0x483 0x484 0x485 "
      "0x486 0x487 0x488 0x489 0x48a 0x48b)" },
    { "stated nowhere, and not there", CPU("0", LACKS) CPU("1", LACKS), 0, 0,
      NULL },
};

static cpupolicy_source *open_text(const char *name, const char *text)
{
    cpupolicy_source *src;
    cpupolicy_error err;

    cli_write("dump", text, strlen(text));
    ck_assert_msg(!cpupolicy_source_open(&src, "dump", NULL, &err), "%s: %s",
                  name, err.message);

    return src;
}

static uint64_t lost_to_other_cpus(const cpupolicy_source *src)
{
    uint64_t lost = 0;
    size_t nr;
    const cpupolicy_change *c = cpupolicy_source_changes(src, &nr);

    for ( size_t i = 0; i < nr; i++ )
        if ( c[i].is_msr && c[i].msr == 0x10a &&
             !strcmp(c[i].rule, "host-every-cpu") )
            lost |= c[i].before & ~c[i].after;

    return lost;
}

static bool has_note(const cpupolicy_source *src, const char *part)
{
    const char *note;

    for ( size_t i = 0; (note = cpupolicy_source_note(src, i)); i++ )
        if ( strstr(note, part) )
            return true;

    return false;
}

START_TEST(source_open_msr_that_not_every_cpu_states)
{
    const struct msr_row *row = &msrs[_i];
    cpupolicy_source *src = open_text(row->name, row->text);
    const struct cpu_policy *raw = &src->policies[CPUPOLICY_RAW].policy;

    ck_assert_msg(raw->msr[X86_MSR_SLOT_10A] == row->raw, "%s: raw %#llx",
                  row->name,
                  (unsigned long long)raw->msr[X86_MSR_SLOT_10A]);
    ck_assert_msg(lost_to_other_cpus(src) == row->lost, "%s: lost %#llx",
                  row->name, (unsigned long long)lost_to_other_cpus(src));
    ck_assert_msg(has_note(src, row->note ? row->note : "MSR") == !!row->note,
                  "%s: the note", row->name);
    cpupolicy_source_free(src);
}
END_TEST

/* Unknown does not come back as zero, nor a hybrid machine as its boot CPU. */
START_TEST(show_json_fed_back_gives_the_same_policies)
{
    struct cli_result a, b, json;

    cli_write("dump", msrs[_i].text, strlen(msrs[_i].text));
    json = cli_run("show -o json --from dump");
    ck_assert_msg(!json.status, "%s: %s", msrs[_i].name, json.err);
    cli_write("json", json.out, json.nr_out);
    a = cli_run("show -o leaves --from dump");
    b = cli_run("show -o leaves --from json");
    ck_assert_msg(!a.status && !b.status, "%s: %s%s", msrs[_i].name, a.err,
                  b.err);
    ck_assert_msg(a.nr_out && !strcmp(a.out, b.out), "%s: differs",
                  msrs[_i].name);
    cli_dispose(&json);
    cli_dispose(&a);
    cli_dispose(&b);
}
END_TEST

/* ---- what real machines' dumps have ------------------------------------ */

#define R(leaf, subleaf, a, b, c, d) \
    "   0x" leaf " 0x" subleaf ": eax=0x" a " ebx=0x" b " ecx=0x" c \
    " edx=0x" d "\n"
#define INTEL(max) "CPU 0:\n" \
    R("00000000", "00", max, "756e6547", "6c65746e", "49656e69") \
    R("00000001", "00", "000606a6", "00000800", "00000000", "178bfbff")

static const struct {
    const char *name, *text;
    const char *note;           /* NULL: none at all */
} oddities[] = {
    { "none", INTEL("00000002")
      R("00000002", "00", "00000001", "00000000", "00000000", "00000000"),
      NULL },
    { "content beyond the highest leaf", INTEL("00000001")
      R("00000007", "00", "00000000", "00000020", "00000000", "00000000"),
      "content beyond the CPU's maximum leaf, dropped: 1 (0x7), first in "
      "line 4" },
    { "content beyond the highest extended leaf", INTEL("00000001")
      R("80000000", "00", "80000000", "00000000", "00000000", "00000000")
      R("80000001", "00", "00000000", "00000000", "00000001", "00000000"),
      "content beyond the CPU's maximum leaf, dropped: 1 (0x80000001), first "
      "in line 5" },
    { "zeros beyond the highest leaf", INTEL("00000001")
      R("00000007", "00", "00000000", "00000000", "00000000", "00000000"),
      "rows beyond the CPU's maximum leaf, dropped: 1 (0x7)" },
    { "the highest leaf beyond itself", INTEL("00000001")
      R("00000007", "00", "000606a6", "00000800", "00000000", "178bfbff"),
      "rows beyond the CPU's maximum leaf, dropped: 1 (0x7)" },
    { "a probe of a range of others", INTEL("00000001")
      R("80860000", "00", "00000001", "00000002", "00000003", "00000004"),
      "rows beyond the CPU's maximum leaf, dropped: 1 (0x80860000)" },
    { "a leaf without subleaves, repeated", INTEL("00000001")
      R("00000001", "01", "000606a6", "00000800", "00000000", "178bfbff"),
      "subleaves of leaves without, which repeat the leaf, dropped: 1 (0x1)"
    },
    { "a guest of mixed vendors", INTEL("00000001")
      R("80000000", "00", "80000000", "68747541", "444d4163", "69746e65"),
      "line 4: leaf 0x80000000 does not repeat the vendor" },
    { "content after the last subleaf", INTEL("00000007")
      R("00000007", "00", "00000000", "00000020", "00000000", "00000000")
      R("00000007", "01", "00000010", "00000000", "00000000", "00000000"),
      "content after the last subleaf, dropped: 1 (0x7), first in line 5" },
#define LEVELS INTEL("0000000b") \
    R("0000000b", "00", "00000000", "00000001", "00000100", "00000007") \
    R("0000000b", "01", "00000003", "00000008", "00000201", "00000007")
    { "the end of the levels, where a policy has no subleaf", LEVELS
      R("0000000b", "02", "00000000", "00000000", "00000002", "00000007"),
      NULL },
    { "a level where a policy has no subleaf", LEVELS
      R("0000000b", "02", "00000004", "00000010", "00000302", "00000007"),
      "subleaf 2 of leaf 0xb is beyond the 2 that a policy holds" },
};

START_TEST(source_open_real_oddity_is_a_note_with_its_place)
{
    cpupolicy_source *src = open_text(oddities[_i].name, oddities[_i].text);
    const char *note = cpupolicy_source_note(src, 0);

    /* Such short dumps leave a lot out. */
    for ( size_t i = 1; note && !strncmp(note, "unknown: ", 9); i++ )
        note = cpupolicy_source_note(src, i);
    if ( oddities[_i].note )
        ck_assert_msg(has_note(src, oddities[_i].note), "%s: %s",
                      oddities[_i].name, note ? note : "no note");
    else
        ck_assert_msg(!note, "%s: %s", oddities[_i].name, note);
    cpupolicy_source_free(src);
}
END_TEST

Suite *suite_source_dump(void)
{
    Suite *s = suite_create("source-dump");
    TCase *tc = tcase_create("unstated");

    tcase_add_checked_fixture(tc, cli_enter, cli_leave);
    tcase_add_loop_test(tc, source_open_msr_that_not_every_cpu_states, 0,
                        NR(msrs));
    tcase_add_loop_test(tc, show_json_fed_back_gives_the_same_policies, 0,
                        NR(msrs));
    suite_add_tcase(s, tc);

    tc = tcase_create("oddities");
    tcase_add_checked_fixture(tc, cli_enter, cli_leave);
    tcase_add_loop_test(tc, source_open_real_oddity_is_a_note_with_its_place,
                        0, NR(oddities));
    suite_add_tcase(s, tc);

    return s;
}
