/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Bytes of command lines, options and file names: a terminal is not told to
 * do anything by them, and JSON stays UTF-8.
 */
#include <check.h>
#include <json-c/json.h>
#include <string.h>

#include "cli-run.h"
#include "machine.h"
#include "quick.h"
#include "random.h"
#include "text/utf8.h"

Suite *suite_cli_bytes(void);

#define RED "\x1b[31m"

static void setup(void)
{
    static const char template[] = "{\"msr_modifiers\":[{\"addr\":\"0x1\","
                                   "\"bitmap\":\"1\"}]}";
    struct machine m = {
        .maker = INTEL, .signature = 0x806f8, .with = "xsave avx avx2",
    };

    cli_enter();
    cli_write_machine("cpu", &m);
    cli_write_machine("cpu" RED, &m);
    cli_write("a" RED ".json", template, strlen(template));
    cli_write("b\xff.json", template, strlen(template));
}

/* Nothing but text and ends of lines. */
static void check_text(const char *name, const char *text, size_t nr)
{
    size_t bad = 0;

    quick_assert_msg(utf8_is_valid(text, nr, &bad), "%s: byte %zu of\n%s",
                     name, bad, text);
    for ( size_t i = 0; i < nr; i++ )
    {
        unsigned char c = text[i], next = text[i + 1];

        quick_assert_msg((c >= ' ' && c != 0x7f) || c == '\n',
                         "%s: byte 0x%02x in\n%s", name, c, text);
        quick_assert_msg(c != 0xc2 || next >= 0xa0, "%s: C1 0x%02x in\n%s",
                         name, next, text);
    }
}

static const struct row {
    const char *args[8];
    int status;
    const char *out, *err;      /* parts of what is printed, or NULL */
} rows[] = {
    { { "cmdline", "cpuid=" RED }, 2, NULL, "'\\x1b[31m'" },
    { { "cmdline", "cpuid=\xff" }, 2, NULL, "'\\xff'" },
    { { "cmdline", "cpuid=\xc2\x9b" "1m" }, 2, NULL, "'\\xc2\\x9b1m'" },
    { { "cmdline", "cpuid=\x7f" }, 2, NULL, "'\\x7f'" },
    { { "cmdline", "cpuid=\xc3\xa9" }, 2, NULL, "'\xc3\xa9'" },
    { { "cmdline", "cpuid=no-avx", "--from", "cpu" RED }, 0,
      "valid; on cpu\\x1b[31m:", NULL },
    { { "cmdline", "cpuid=" RED, "-o", "json" }, 2, "\\u001b[31m", NULL },
    { { "cmdline", "cpuid=\xff", "-o", "json" }, 2, "'\\ufffd'", NULL },
    { { "cmdline", "cpuid=\xc2\x9b", "-o", "json" }, 2, "'\\u009b'", NULL },
    { { "show", "--from", RED }, 3, NULL, "\\x1b[31m: No such file" },
    { { "show", "--from", "a\nb" }, 3, NULL, "a\\x0ab: No such file" },
    { { "show", "--from", "cpu" RED }, 0, "cpu\\x1b[31m: 1 CPU", NULL },
    { { "show", "--from", "cpu" RED, "-o", "json" }, 0, "cpu\\u001b[31m",
      NULL },
    { { "show", RED, "--from", "cpu" }, 2, NULL, "'\\x1b[31m'" },
    { { "show", "--from", "cpu", "--cmdline", "cpuid=" RED }, 2, NULL,
      "'\\x1b[31m'" },
    { { "show", "--from", "cpu", "--platform", RED }, 2, NULL,
      "'\\x1b[31m'" },
    { { "show", "--" RED }, 2, NULL, "--\\x1b[31m" },
    { { "explain", RED, "--from", "cpu" }, 2, NULL, "'\\x1b[31m'" },
    { { "audit", "cpu" RED, "--type", "hvm", "--from", "cpu" }, 0,
      "cpu\\x1b[31m: accepted", NULL },
    { { "audit", "cpu", "--type", RED, "--from", "cpu" }, 2, NULL,
      "'\\x1b[31m'" },
    { { RED }, 2, NULL, "no command '\\x1b[31m'" },
    { { "template", RED }, 2, NULL, "'\\x1b[31m'" },
    { { "template", "dump", RED }, 2, NULL, "'\\x1b[31m'" },
    { { "template", "verify", "-t", RED }, 1, NULL, "\\x1b[31m: No such" },
    { { "template", "verify", "-t", "T2", "--from", "a" RED ".json" }, 1,
      NULL, "T2: leaf=0x1" },
    { { "template", "verify", "-t", "a" RED ".json", "--from",
        "a" RED ".json", "-o", "json" }, 0, "a\\u001b[31m.json", NULL },
    { { "template", "strip", "-p", "a" RED ".json", "b\xff.json", "-o",
        "json" }, 0, "b\\ufffd.json", NULL },
};

START_TEST(bytes_of_table_are_shown_not_sent)
{
    const struct row *row = &rows[_i];
    struct cli_result r = cli_run_args(row->args);
    const char *name = row->args[1] ? row->args[1] : row->args[0];

    ck_assert_msg(r.status == row->status, "%s: status %d\n%s%s", name,
                  r.status, r.out, r.err);
    check_text(name, r.out, r.nr_out);
    check_text(name, r.err, r.nr_err);
    ck_assert_msg(!row->out || strstr(r.out, row->out), "%s: printed\n%s",
                  name, r.out);
    ck_assert_msg(!row->err || strstr(r.err, row->err), "%s: said\n%s", name,
                  r.err);
    cli_dispose(&r);
}
END_TEST

START_TEST(bytes_at_random_are_shown_not_sent)
{
    struct random rnd = random_start();

    for ( unsigned int n = 0; n < 150; n++ )
    {
        char text[48] = "cpuid=";
        const char *const args[] = {
            "cmdline", text, "-o", n & 1 ? "json" : "text", NULL,
        };
        struct cli_result r;
        struct json_object *o;

        for ( unsigned int i = 6 + random_below(&rnd, 40); i > 6; i-- )
            text[i] = random_below(&rnd, 255) + 1;
        text[6] = '?';
        r = cli_run_args(args);
        quick_assert_msg(r.status == 2, "seed %#lx: status %d",
                         (unsigned long)rnd.seed, r.status);
        check_text("out", r.out, r.nr_out);
        check_text("err", r.err, r.nr_err);
        o = n & 1 ? json_tokener_parse(r.out) : NULL;
        quick_assert_msg(!(n & 1) || o, "seed %#lx: %s",
                         (unsigned long)rnd.seed, r.out);
        json_object_put(o);
        cli_dispose(&r);
    }
}
END_TEST

Suite *suite_cli_bytes(void)
{
    Suite *s = suite_create("cli-bytes");
    TCase *tc = tcase_create("bytes");

    tcase_add_checked_fixture(tc, setup, cli_leave);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, bytes_of_table_are_shown_not_sent, 0,
                        sizeof(rows) / sizeof(rows[0]));
    tcase_add_test(tc, bytes_at_random_are_shown_not_sent);
    suite_add_tcase(s, tc);

    return s;
}
