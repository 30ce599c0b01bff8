/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests read from files: what is in them is judged, all of it. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli-run.h"
#include "cpupolicy.h"
#include "machine.h"

Suite *suite_request(void);

#define NR(rows) (sizeof(rows) / sizeof(rows[0]))
#define POLICY(text) "{\"policies\":{\"r\":{" text "}}}"
#define ROW(leaf, a, b, c, d) \
    "{\"leaf\":\"" leaf "\",\"eax\":\"" a "\",\"ebx\":\"" b "\"," \
    "\"ecx\":\"" c "\",\"edx\":\"" d "\"}"
#define MSR(index, value) \
    POLICY("\"cpuid\":[],\"msrs\":[{\"index\":\"" index "\"," \
           "\"value\":\"" value "\"}]")

static cpupolicy_source *host;

static void setup(void)
{
    cpupolicy_error err;

    cli_enter();
    cli_write_machine("cpu", &(struct machine){
        .maker = INTEL, .signature = 0x806f8, .with = "xsave avx avx2" });
    ck_assert_msg(!cpupolicy_source_open(&host, "cpu", NULL, &err), "%s",
                  err.message);
}

static void teardown(void)
{
    cpupolicy_source_free(host);
    cli_leave();
}

/* ---- rows that a policy has no place for ------------------------------- */

struct wrong {
    bool is_msr;
    uint32_t leaf;              /* or the MSR */
    unsigned int reg;
    uint64_t mask, asked, limit;
    const char *rule;
};

static const struct {
    const char *name, *request;
    struct wrong wrong[5];      /* up to one without rule */
} rows[] = {
    { "leaf unknown, every register",
      POLICY("\"cpuid\":[" ROW("0x30", "0x1", "0x2", "0x4", "0x8") "]"),
      { { false, 0x30, 0, 1, 1, 0, "unknown-leaf" },
        { false, 0x30, 1, 2, 2, 0, "unknown-leaf" },
        { false, 0x30, 2, 4, 4, 0, "unknown-leaf" },
        { false, 0x30, 3, 8, 8, 0, "unknown-leaf" } } },
    { "leaf unknown, two registers",
      POLICY("\"cpuid\":[" ROW("0x30", "0x0", "0x3", "0x0", "0x1") "]"),
      { { false, 0x30, 1, 3, 3, 0, "unknown-leaf" },
        { false, 0x30, 3, 1, 1, 0, "unknown-leaf" } } },
    { "MSR unknown", MSR("0x10b", "0x5"),
      { { true, 0x10b, 0, 5, 5, 0, "unknown-msr" } } },
    { "MSR too wide by one bit", MSR("0xce", "0x180000000"),
      { { true, 0xce, 0, 0x100000000, 0x180000000, 0x80000000,
          "msr-too-wide" } } },
    { "MSR too wide, and wrong in the rest", MSR("0xce", "0x1c0000000"),
      { { true, 0xce, 0, 0x40000000, 0xc0000000, 0x80000000, "hidden" },
        { true, 0xce, 0, 0x100000000, 0x1c0000000, 0xc0000000,
          "msr-too-wide" } } },
};

static cpupolicy_request *load(const char *name, const char *text)
{
    cpupolicy_request *r;
    cpupolicy_error err;

    cli_write("request", text, strlen(text));
    ck_assert_msg(!cpupolicy_request_load(
                      &r, "request", NULL,
                      cpupolicy_source_policy(host, CPUPOLICY_HVM_DEFAULT),
                      &err), "%s: %s", name, err.message);

    return r;
}

START_TEST(request_audit_row_without_place_reports_all_that_is_wrong)
{
    const cpupolicy_domain_kind kind = { .hvm = true };
    cpupolicy_request *r = load(rows[_i].name, rows[_i].request);
    cpupolicy_violation *list = NULL;
    size_t nr = 0, i;

    ck_assert_int_eq(cpupolicy_request_audit(host, r, &kind, &list, &nr),
                     -EINVAL);
    for ( i = 0; rows[_i].wrong[i].rule; i++ )
    {
        const struct wrong *w = &rows[_i].wrong[i];
        const cpupolicy_violation *v = &list[i];

        ck_assert_msg(i < nr, "%s: %zu violations", rows[_i].name, nr);
        ck_assert_msg(!strcmp(v->rule, w->rule) && v->is_msr == w->is_msr &&
                      (v->is_msr ? v->msr : v->leaf) == w->leaf &&
                      v->reg == w->reg && v->mask == w->mask &&
                      v->asked == w->asked && v->limit == w->limit,
                      "%s, %zu: %s, bits %#llx of %#llx, limit %#llx",
                      rows[_i].name, i, v->rule,
                      (unsigned long long)v->mask,
                      (unsigned long long)v->asked,
                      (unsigned long long)v->limit);
    }
    ck_assert_msg(i == nr, "%s: %zu violations", rows[_i].name, nr);
    free(list);
    cpupolicy_request_free(r);
}
END_TEST

START_TEST(request_load_part_of_another_vendor_is_refused)
{
    static const char text[] = POLICY("\n\"vendor\":\"AMD\",\"cpuid\":[]");
    cpupolicy_request *r;
    cpupolicy_error err;

    cpupolicy_request_free(load("the base's vendor", POLICY(
        "\"vendor\":\"Intel\",\"cpuid\":[]")));
    cli_write("request", text, strlen(text));
    ck_assert_int_eq(cpupolicy_request_load(
                         &r, "request", NULL,
                         cpupolicy_source_policy(host, CPUPOLICY_HVM_DEFAULT),
                         &err), -EINVAL);
    ck_assert_str_eq(err.message, "the vendor 'AMD', and the policy "
                     "underneath says Intel");
    ck_assert_uint_eq(err.line, 2);
    ck_assert_uint_eq(err.column, 10);
}
END_TEST

/* ---- files of several CPUs --------------------------------------------- */

/* The leaf changed on CPU 1, if any; `says` NULL: the request is good. */
static const struct {
    const char *name;
    uint32_t leaf, subleaf;
    unsigned int reg;
    uint32_t flip;
    const char *says;
} second[] = {
    { "alike", 0, 0, 0, 0, NULL },
    { "the APIC id", 1, NONE, 1, 1u << 24, NULL },
    { "a feature", 7, 0, 1, 1u << 5,
      "CPU 1 differs from CPU 0 in leaf 0x7 subleaf 0x0 ebx" },
    { "a feature nobody has", 7, 0, 2, 1u << 30,
      "CPU 1 differs from CPU 0 in leaf 0x7 subleaf 0x0 ecx" },
    { "logical processors, beside the APIC id", 1, NONE, 1, 1u << 16,
      "CPU 1 differs from CPU 0 in leaf 0x1 ebx" },
    { "the vendor", 0, NONE, 3, 1,
      "CPU 1 differs from CPU 0 in leaf 0x0 edx" },
};

static void write_cpus(unsigned int row)
{
    const cpupolicy *p = cpupolicy_source_policy(host,
                                                 CPUPOLICY_HVM_DEFAULT);
    size_t nr = cpupolicy_max_leaves();
    cpupolicy_leaf *leaves = calloc(nr, sizeof(*leaves));
    FILE *f = fopen("request", "w");

    ck_assert(leaves && f);
    ck_assert_int_eq(cpupolicy_leaves(p, leaves, &nr), 0);
    for ( unsigned int cpu = 0; cpu < 2; cpu++ )
    {
        fprintf(f, "CPU %u:\n", cpu);
        for ( size_t i = 0; i < nr; i++ )
        {
            const cpupolicy_leaf *l = &leaves[i];
            uint32_t reg[4] = { l->eax, l->ebx, l->ecx, l->edx };

            if ( (l->leaf & 0x40000000) != 0 )
                continue;
            if ( cpu && l->leaf == second[row].leaf &&
                 l->subleaf == second[row].subleaf )
                reg[second[row].reg] ^= second[row].flip;
            fprintf(f, "   0x%08x 0x%02x: eax=0x%08x ebx=0x%08x ecx=0x%08x "
                    "edx=0x%08x\n", l->leaf,
                    l->subleaf == CPUPOLICY_NO_SUBLEAF ? 0 : l->subleaf,
                    reg[0], reg[1], reg[2], reg[3]);
        }
    }
    ck_assert_int_eq(fclose(f), 0);
    free(leaves);
}

START_TEST(audit_request_of_two_cpus_looks_at_both)
{
    struct cli_result r;

    write_cpus(_i);
    r = cli_run("audit request --type hvm --from cpu");
    ck_assert_msg(r.status == (second[_i].says ? 3 : 0),
                  "%s: status %d\n%s%s", second[_i].name, r.status, r.out,
                  r.err);
    if ( second[_i].says )
    {
        static const char place[] = "xl-cpupolicy: request:";

        ck_assert_msg(!strncmp(r.err, place, strlen(place)) &&
                      r.err[strlen(place)] != ' ', "%s: no line in %s",
                      second[_i].name, r.err);
        ck_assert_msg(strstr(r.err, second[_i].says), "%s: said %s",
                      second[_i].name, r.err);
    }
    cli_dispose(&r);
}
END_TEST

#define AIDA_LEAF0 "CPUID 00000000: 0000000D-756E6547-6C65746E-49656E69\n"
#define AIDA(cpu) \
    "------[ CPUID Registers / Logical CPU #" cpu " ]------\n\n" AIDA_LEAF0
#define AIDA_MSR(cpu, value) \
    "------[ MSR Registers / Logical CPU #" cpu " ]------\n\n" \
    "MSR 0000010A: " value "\n"

static const struct {
    const char *name, *text, *says;
} second_msrs[] = {
    { "unstated", AIDA("0") AIDA("1")
      AIDA_MSR("0", "0000-0000-0000-0001"), NULL },
    { "alike", AIDA("0") AIDA("1") AIDA_MSR("0", "0000-0000-0000-0001")
      AIDA_MSR("1", "0000-0000-0000-0001"), NULL },
    { "another value", AIDA("0") AIDA("1")
      AIDA_MSR("0", "0000-0000-0000-0001")
      AIDA_MSR("1", "0000-0000-0000-0003"),
      "CPU 1 differs from CPU 0 in MSR 0x10a" },
    { "stated there alone", AIDA("0") AIDA("1")
      AIDA_MSR("1", "0000-0000-0000-0003"),
      "CPU 1 differs from CPU 0 in MSR 0x10a" },
};

START_TEST(request_load_msrs_of_two_cpus_must_agree)
{
    cpupolicy_request *r = NULL;
    cpupolicy_error err = { .code = 0 };
    int rc;

    cli_write("request", second_msrs[_i].text, strlen(second_msrs[_i].text));
    rc = cpupolicy_request_load(&r, "request", NULL, NULL, &err);
    ck_assert_msg(rc == (second_msrs[_i].says ? -EINVAL : 0), "%s: %d, %s",
                  second_msrs[_i].name, rc, rc ? err.message : "");
    if ( rc )
        ck_assert_msg(strstr(err.message, second_msrs[_i].says) && err.line,
                      "%s: %u: %s", second_msrs[_i].name, err.line,
                      err.message);
    cpupolicy_request_free(r);
}
END_TEST

Suite *suite_request(void)
{
    Suite *s = suite_create("request");
    TCase *tc = tcase_create("rows without a place");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(
        tc, request_audit_row_without_place_reports_all_that_is_wrong, 0,
        NR(rows));
    tcase_add_test(tc, request_load_part_of_another_vendor_is_refused);
    suite_add_tcase(s, tc);

    tc = tcase_create("several CPUs");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, audit_request_of_two_cpus_looks_at_both, 0,
                        NR(second));
    tcase_add_loop_test(tc, request_load_msrs_of_two_cpus_must_agree, 0,
                        NR(second_msrs));
    suite_add_tcase(s, tc);

    return s;
}
