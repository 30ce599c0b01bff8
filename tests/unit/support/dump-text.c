/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <check.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dump-text.h"
#include "policy/policy.h"

static void print_leaf(FILE *f, const struct dump_leaf *l)
{
    const uint32_t *o = l->open;

    fprintf(f, "  %08x ", l->leaf);
    if ( l->subleaf == DUMP_NO_SUBLEAF )
        fprintf(f, "-");
    else
        fprintf(f, "%x", l->subleaf);
    if ( l->last_subleaf )
        fprintf(f, "..%x", l->last_subleaf);
    fprintf(f, " = %08x %08x %08x %08x", l->reg[0], l->reg[1], l->reg[2],
            l->reg[3]);
    if ( o[0] | o[1] | o[2] | o[3] )
        fprintf(f, " open %08x %08x %08x %08x", o[0], o[1], o[2], o[3]);
    fprintf(f, "%s line %u\n", l->inferred_subleaf ? " inferred" : "",
            l->line);
}

static void print_msr(FILE *f, const struct dump_msr *m)
{
    fprintf(f, "  msr %x = ", m->index);
    if ( m->failed )
        fprintf(f, "failed");
    else
        fprintf(f, "%016" PRIx64, m->value);
    if ( m->open )
        fprintf(f, " open %016" PRIx64, m->open);
    fprintf(f, " line %u\n", m->line);
}

char *dump_text(const struct dump *d)
{
    char *text = NULL;
    size_t len;
    FILE *f = open_memstream(&text, &len);

    ck_assert_ptr_nonnull(f);
    fprintf(f, "%s%s%s%s\n", d->format,
            d->omits_zero_leaves ? " omits-zeros" : "",
            d->is_guest_view ? " guest-view" : "",
            d->is_partial ? " partial" : "");
    for ( size_t i = 0; i < d->nr_notes; i++ )
        fprintf(f, "note: %s\n", d->notes[i]);

    for ( size_t i = 0; i < d->nr_sections; i++ )
        for ( size_t j = 0; j < d->sections[i].nr_cpus; j++ )
        {
            const struct dump_cpu *c = &d->sections[i].cpus[j];

            fprintf(f, "'%s' cpu %u\n", d->sections[i].name, c->id);
            for ( size_t k = 0; k < c->nr_leaves; k++ )
                print_leaf(f, &c->leaves[k]);
            for ( size_t k = 0; k < c->nr_msrs; k++ )
                print_msr(f, &c->msrs[k]);
        }
    ck_assert_int_eq(fclose(f), 0);

    return text;
}

static char *read_text(const char *path)
{
    FILE *in = fopen(path, "rb");
    char *text = calloc(1, 64U << 10);
    size_t nr;

    ck_assert_msg(in && text, "cannot read %s", path);
    nr = fread(text, 1, (64U << 10) - 1, in);
    ck_assert_msg(nr > 0, "%s is empty", path);
    fclose(in);

    return text;
}

void assert_dump_file(const char *file)
{
    const char *tests = getenv("CPUPOLICY_TESTS") ?: "tests";
    char path[1024], *expected, *got;
    cpupolicy_error err = { .code = 0 };
    struct dump d = { .format = NULL };
    int rc;

    snprintf(path, sizeof(path), "%s/data/dumps/%s", tests, file);
    rc = dump_load(path, &d, &err);
    ck_assert_msg(!rc, "%s:%u:%u: %s", file, err.line, err.column,
                  err.message);
    got = dump_text(&d);

    snprintf(path, sizeof(path), "%s/data/dumps/%s.expect", tests, file);
    expected = read_text(path);
    ck_assert_msg(!strcmp(got, expected), "%s: expected\n%sgot\n%s", file,
                  expected, got);

    free(got);
    free(expected);
    dump_dispose(&d);
    dump_dispose(&d);           /* twice does no harm */
    ck_assert_ptr_null(d.sections);
}

/* What is wrong with what a file says of its rows is said by another room. */
static int parse_as(const struct dump_format *format,
                    const struct dump_input *in, struct dump *out,
                    cpupolicy_error *err)
{
    struct dump d;
    int rc = dump_parse_as(format, in, &d, err);

    if ( rc )
        return rc;

    rc = dump_check_claims(&d, err);
    if ( rc )
        dump_dispose(&d);
    else
        *out = d;

    return rc;
}

void assert_refused(const struct dump_format *format,
                    const struct refusal *row)
{
    struct dump_input in = { row->text, strlen(row->text) };
    struct dump d, untouched;
    cpupolicy_error err;
    int code = row->code ? row->code : EINVAL, rc;

    memset(&d, 0xaa, sizeof(d));
    memset(&err, 0xaa, sizeof(err));
    untouched = d;

    rc = parse_as(format, &in, &d, &err);
    ck_assert_msg(rc == -code, "%s: rc %d, expected %d (%s)", row->name, rc,
                  -code, rc ? err.message : "accepted");
    ck_assert_msg(err.code == code, "%s: code %d", row->name, err.code);
    ck_assert_msg(strstr(err.message, row->message),
                  "%s: message '%s' without '%s'", row->name, err.message,
                  row->message);
    ck_assert_msg(err.line == row->line && err.column == row->column,
                  "%s: at %u:%u, expected %u:%u (%s)", row->name, err.line,
                  err.column, row->line, row->column, err.message);
    ck_assert_msg(!memcmp(&d, &untouched, sizeof(d)), "%s: output touched",
                  row->name);

    /* Who does not want the error gets the same answer. */
    ck_assert_msg(parse_as(format, &in, &d, NULL) == -code,
                  "%s: another answer without error object", row->name);
}

void parse_good(const struct dump_format *format, const char *name,
                const char *text, struct dump *d)
{
    struct dump_input in = { text, strlen(text) };
    cpupolicy_error err = { .code = 0 };
    int rc = parse_as(format, &in, d, &err);

    ck_assert_msg(!rc, "%s: %u:%u: %s", name, err.line, err.column,
                  err.message);
}

/* ---- cases ------------------------------------------------------------- */

/* Of all suites, one after another, since a case knows its number only. */
#define MAX_ROWS 1024

static const char *files[MAX_ROWS];
static struct {
    const struct dump_format *format;
    const struct refusal *row;
} refusals[MAX_ROWS];
static unsigned int nr_files, nr_refusals;

START_TEST(parse_file_of_each_kind_gives_all_rows)
{
    assert_dump_file(files[_i]);
}
END_TEST

START_TEST(parse_row_that_is_bad_refused_with_place)
{
    assert_refused(refusals[_i].format, refusals[_i].row);
}
END_TEST

void format_add_tests(TCase *tc, const struct format_rows *rows)
{
    if ( nr_files + rows->nr_files > MAX_ROWS ||
         nr_refusals + rows->nr_refusals > MAX_ROWS )
        abort();

    tcase_add_loop_test(tc, parse_file_of_each_kind_gives_all_rows, nr_files,
                        nr_files + rows->nr_files);
    tcase_add_loop_test(tc, parse_row_that_is_bad_refused_with_place,
                        nr_refusals, nr_refusals + rows->nr_refusals);
    for ( unsigned int i = 0; i < rows->nr_files; i++ )
        files[nr_files++] = rows->files[i];
    for ( unsigned int i = 0; i < rows->nr_refusals; i++ )
    {
        refusals[nr_refusals].format = rows->format;
        refusals[nr_refusals++].row = &rows->refusals[i];
    }
}
