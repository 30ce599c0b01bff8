/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Own JSON read into rows, against json-c's parsing of the text alone. */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "format/formats.h"

#define MAX_BYTES (1U << 20)

static char *text;
static size_t nr_bytes;

static void read_rows(void)
{
    const struct dump_input in = { text, nr_bytes };
    cpupolicy_error err;
    struct dump d;

    if ( dump_parse_as(&format_own_json, &in, &d, &err) )
        bench_fail("%u:%u: %s", err.line, err.column, err.message);
    dump_dispose(&d);
}

static void parse_alone(void)
{
    struct json_tokener *tok = json_tokener_new();
    struct json_object *o = json_tokener_parse_ex(tok, text, nr_bytes);

    if ( !o )
        bench_fail("json-c cannot read it");
    json_object_put(o);
    json_tokener_free(tok);
}

/* A policy as the command prints it. */
static void make_text(void)
{
    const char *program = getenv("XL_CPUPOLICY");
    char command[512];
    size_t got;
    FILE *f;

    snprintf(command, sizeof(command), "%s show raw --from "
             "tests/data/hosts/intel.json -o json",
             program ? program : "build/xl-cpupolicy");
    f = popen(command, "r");
    text = malloc(MAX_BYTES);
    if ( !f || !text )
        bench_fail("cannot run %s", command);
    while ( (got = fread(text + nr_bytes, 1, MAX_BYTES - nr_bytes, f)) )
        nr_bytes += got;
    if ( pclose(f) || nr_bytes < 10000 || nr_bytes == MAX_BYTES )
        bench_fail("%s: %zu bytes", command, nr_bytes);
}

void bench_json(void)
{
    make_text();
    bench_compare(&(struct bench_row){
        "own JSON read, json-c parses", "ns", read_rows, parse_alone, 20,
        .bound = 0.6,
    });
    free(text);
}
