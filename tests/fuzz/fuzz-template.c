/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Everything that reads Firecracker's files, on any bytes, and then what is
 * done with what was read.  A NUL divides an input into two files.
 *
 * With libFuzzer:  clang -fsanitize=fuzzer,address,undefined ...
 * Without, to run files through it again:  cc -DFUZZ_REPLAY ...
 */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "template/strip.h"
#include "template/verify.h"
#include "guest/normalise.h"
#include "template/fingerprint.h"
#include "template/generate.h"
#include "template/vm-config.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t nr);

#define check(cond) do {                                            \
    if ( !(cond) )                                                  \
    {                                                               \
        fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #cond);  \
        abort();                                                    \
    }                                                               \
} while ( 0 )

/* An error has a message, and a place within the text. */
static void check_error(const cpupolicy_error *err, int rc, size_t nr)
{
    check(err->code == -rc && *err->message);
    check(memchr(err->message, '\0', sizeof(err->message)));
    check(err->line <= nr + 1 && err->column <= nr);
    /* It will be printed. */
    for ( const char *p = err->message; *p; p++ )
        check((unsigned char)*p >= ' ' && *p != 127);
}

/* What was read is written, read again, and the same. */
static void check_round_trip(const struct cpu_template *t)
{
    struct json_object *o = template_to_json(t);
    const char *text = template_json_text(o);
    enum template_arch arch = t->arch ?: TEMPLATE_X86_64;
    struct cpu_template again;

    check(!template_parse(text, strlen(text), arch, &again, NULL));
    check(template_equal(t, &again));
    json_object_put(o);
    template_dispose(&again);
}

static bool parse(const char *text, size_t nr, struct cpu_template *out)
{
    cpupolicy_error err = { 0 };
    int rc = template_parse(text, nr, TEMPLATE_ANY, out, &err);

    if ( rc )
        check_error(&err, rc, nr);
    else
        check_round_trip(out);

    return !rc;
}

static void check_verify(const struct cpu_template *t)
{
    struct verify_report report;

    check(!template_verify(t, t, &report, NULL));
    check(!report.nr_mismatches);
    verify_report_dispose(&report);
}

/* Stripping once is enough, and what is left differs or stands alone. */
static void check_strip(const struct cpu_template in[2])
{
    static const struct strip_options options = { false, false };
    struct cpu_template once[2] = { { 0 } }, twice[2] = { { 0 } };

    if ( template_strip(in, 2, &options, once, NULL) )
        return;

    check(!template_strip(once, 2, &options, twice, NULL));
    for ( unsigned int i = 0; i < 2; i++ )
    {
        check(template_equal(&once[i], &twice[i]));
        check_round_trip(&once[i]);
        template_dispose(&once[i]);
        template_dispose(&twice[i]);
    }
}

static void check_mismatches(const struct cpu_template in[2])
{
    struct verify_report report;
    char text[VERIFY_TEXT];

    if ( template_verify(&in[0], &in[1], &report, NULL) )
        return;

    for ( size_t i = 0; i < report.nr_mismatches; i++ )
        verify_mismatch_format(&report.mismatches[i], text);
    verify_report_dispose(&report);
}

static void check_compare(const struct cpu_template in[2])
{
    static const enum fingerprint_field guest[] = { FINGERPRINT_GUEST };
    const struct fingerprint a = { .guest = in[0] }, b = { .guest = in[1] };
    struct compare_options options = { guest, 1, false };
    struct json_object *list = NULL;

    if ( fingerprint_compare(&a, &b, &options, &list, NULL) )
        return;

    /* Something is shown if and only if something differs. */
    check(!json_object_array_length(list) == template_equal(&in[0], &in[1]));
    for ( size_t i = 0; i < json_object_array_length(list); i++ )
    {
        struct json_object *one = json_object_array_get_idx(list, i);

        check(!json_object_equal(json_object_object_get(one, "prev"),
                                 json_object_object_get(one, "curr")));
    }
    json_object_put(list);
}

static void check_generate(const struct cpu_template in[2])
{
    struct generate_result r;

    if ( template_generate(in, 2, &r, NULL, NULL) )
        return;

    check_round_trip(&r.template);
    generate_result_dispose(&r);
}

static void fake_host(void *ctx, uint32_t leaf, uint32_t subleaf,
                      uint32_t regs[4])
{
    (void)ctx;
    (void)leaf;
    memset(regs, 0, 16);
    regs[0] = subleaf < 5;
    if ( !leaf )
        memcpy(&regs[1], "AuthcAMDenti", 12);
}

static void check_normalise(const struct cpu_template *t)
{
    struct normalise_vcpu cpu = { 1, 2, 1, fake_host, NULL };
    struct dump_cpu g = { 0 };

    for ( size_t i = 0; i < t->nr_leaves && i < DUMP_MAX_ROWS; i++ )
    {
        struct dump_leaf row = {
            .leaf = t->leaves[i].leaf, .subleaf = t->leaves[i].subleaf,
            .flags = t->leaves[i].flags,
        };

        check(!dump_put_leaf(&g, &row, NULL));
    }
    check(!template_apply_leaves(&g, t, "nobody", NULL));
    guest_normalise(&g, &cpu, NULL);
    dump_dispose_cpu(&g);
}

static void fuzz_others(const char *text, size_t nr)
{
    struct fingerprint f;
    struct vm_config c;
    cpupolicy_error err = { 0 };
    int rc = fingerprint_parse(text, nr, &f, &err);

    if ( rc )
        check_error(&err, rc, nr);
    else
    {
        json_object_put(fingerprint_to_json(&f));
        fingerprint_dispose(&f);
    }

    rc = vm_config_parse(text, nr, &c, &err);
    if ( rc )
        check_error(&err, rc, nr);
    else
        vm_config_dispose(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t nr)
{
    const uint8_t *nul = nr ? memchr(bytes, 0, nr) : NULL;
    size_t nr_first = nul ? (size_t)(nul - bytes) : nr;
    struct cpu_template in[2] = { { 0 } };
    /* Copies of the very size: reading past an end is noticed. */
    char *first = malloc(nr_first ?: 1);
    size_t nr_second = nul ? nr - nr_first - 1 : 0;
    char *second = malloc(nr_second ?: 1);
    bool both;

    check(first && second);
    if ( nr )
        memcpy(first, bytes, nr_first);
    if ( nul )
        memcpy(second, nul + 1, nr_second);

    fuzz_others(first, nr_first);
    both = parse(first, nr_first, &in[0]);
    if ( both )
    {
        check_verify(&in[0]);
        check_normalise(&in[0]);
        both = parse(second, nr_second, &in[1]);
    }
    if ( both )
    {
        check_strip(in);
        check_mismatches(in);
        check_compare(in);
        check_generate(in);
    }

    template_dispose(&in[0]);
    template_dispose(&in[1]);
    free(first);
    free(second);

    return 0;
}

#ifdef FUZZ_REPLAY
int main(int argc, char **argv)
{
    static uint8_t bytes[1U << 20];

    for ( int i = 1; i < argc; i++ )
    {
        FILE *f = fopen(argv[i], "rb");

        check(f);
        LLVMFuzzerTestOneInput(bytes, fread(bytes, 1, sizeof(bytes), f));
        fclose(f);
    }

    return 0;
}
#endif
