/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <check.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vectors.h"

const char *vectors_root(void)
{
    return getenv("CPUPOLICY_TEST_DATA") ?: "../shared/data";
}

bool vectors_there(void)
{
    return !access(vectors_root(), R_OK | X_OK);
}

#define MAX_SKIPPED 64

static const char *skipped[MAX_SKIPPED];
static unsigned int nr_skipped, nr_cases;

void vectors_skip(const char *test, unsigned int nr)
{
    if ( nr_skipped < MAX_SKIPPED )
        skipped[nr_skipped++] = test;
    nr_cases += nr;
}

void vectors_report(FILE *out)
{
    if ( !nr_cases )
        return;

    fprintf(out, "%u skipped: there is no %s to read\n", nr_cases,
            vectors_root());
    for ( unsigned int i = 0; i < nr_skipped; i++ )
        fprintf(out, "  %s\n", skipped[i]);
}

bool vectors_path(const char *name, char *path, size_t max)
{
    if ( !vectors_there() )
        return false;

    ck_assert_int_lt(snprintf(path, max, "%s/%s", vectors_root(), name), max);

    return true;
}

/* Samples of ours, of formats that do not hold a CPU as a machine has it. */
static const char *const not_cpus[] = {
    "cloud-hypervisor-cpuid.json", "cloud-hypervisor-msr.json",
    "cloud-hypervisor-old.json", "firecracker-template.json",
    "libvirt-enabled.xml", "own.json",
};

/* The path is a row's second field, quoted where it has a comma. */
static bool is_in_manifest(const char *below)
{
    static char *manifest;
    char path[1024], field[1024];
    size_t nr;

    if ( !manifest && vectors_path("dumps/manifest.csv", path, sizeof(path)) )
        manifest = vectors_read(path, &nr);
    ck_assert_int_lt(snprintf(field, sizeof(field),
                              strchr(below, ',') ? ",\"%s\"," : ",%s,",
                              below), sizeof(field));

    return manifest && strstr(manifest, field);
}

bool vectors_is_cpu(const char *path)
{
    const char *name = strrchr(path, '/');
    size_t len = strlen(vectors_root());

    if ( !strncmp(path, vectors_root(), len) &&
         !strncmp(path + len, "/dumps/", 7) )
        return is_in_manifest(path + len + 7);

    name = name ? name + 1 : path;
    for ( size_t i = 0; i < sizeof(not_cpus) / sizeof(not_cpus[0]); i++ )
        if ( !strcmp(name, not_cpus[i]) )
            return false;

    return true;
}

char *vectors_read(const char *path, size_t *nr)
{
    FILE *f = fopen(path, "rb");
    char *text;
    long size;

    ck_assert_msg(f, "cannot open %s", path);
    ck_assert_int_eq(fseek(f, 0, SEEK_END), 0);
    size = ftell(f);
    ck_assert_int_ge(size, 0);
    rewind(f);

    text = malloc(size + 1);
    ck_assert_ptr_nonnull(text);
    ck_assert_uint_eq(fread(text, 1, size, f), size);
    text[size] = '\0';
    *nr = size;
    fclose(f);

    return text;
}

struct json_object *vectors_load(const char *name)
{
    struct json_object *o;
    char path[1024], below[512];

    snprintf(below, sizeof(below), "vectors/%s", name);
    if ( !vectors_path(below, path, sizeof(path)) )
        return NULL;

    o = json_object_from_file(path);
    ck_assert_msg(o, "%s: %s", path, json_util_get_last_err());
    /* No cases are no proof. */
    ck_assert_msg(json_object_is_type(o, json_type_array)
                  ? json_object_array_length(o)
                  : (size_t)json_object_object_length(o), "%s: is empty",
                  path);

    return o;
}
