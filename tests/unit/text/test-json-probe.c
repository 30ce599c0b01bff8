/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What might be JSON with a certain key. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "text/json-probe.h"

Suite *suite_json_probe(void);

#define NR(rows) (sizeof(rows) / sizeof(rows[0]))

static const struct {
    const char *name, *text;
    bool found;
} probes[] = {
    { "key", "{\"key\":1}", true },
    { "blanks", " \n\t{ \"key\" :1}", true },
    { "key further down", "{\"a\":{\"key\" :1}}", false },
    { "in an array further down", "{\"a\":[{\"key\":1}]}", false },
    { "behind what is further down", "{\"a\":[{\"b\":1}],\"key\":1}", true },
    { "a value", "{\"a\":\"key\"}", false },
    { "a value, and a colon in it", "{\"a\":\"\\\"key\\\":\"}", false },
    { "with an escape", "{\"\\u006bey\":1}", true },
    { "with a NUL behind it", "{\"key\\u0000\":1}", false },
    { "behind the object", "{} {\"key\":1}", false },
    { "after a longer one", "{\"keys\":1,\"akey\":2,\"key\":3}", true },
    { "longer keys", "{\"keys\":1,\"akey\":2}", false },
    { "array", "[{\"key\":1}]", false },
    { "text", "\"key\"", false },
    { "empty", "", false },
    { "cut", "{\"key", false },
};

START_TEST(json_probe_row_as_expected)
{
    static const char *const keys[] = { "key" };
    struct dump_input in = { probes[_i].text, strlen(probes[_i].text) };

    ck_assert_msg(json_probe(&in, keys, 1) == probes[_i].found, "%s",
                  probes[_i].name);
}
END_TEST

Suite *suite_json_probe(void)
{
    Suite *s = suite_create("json-probe");
    TCase *tc = tcase_create("probe");

    tcase_add_loop_test(tc, json_probe_row_as_expected, 0, NR(probes));
    suite_add_tcase(s, tc);

    return s;
}
