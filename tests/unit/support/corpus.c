/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "corpus.h"
#include "format/formats.h"
#include "machine.h"
#include "source/source.h"
#include "vectors.h"

#define MAX_ENTRIES 1024

static struct corpus_entry entries[MAX_ENTRIES];
const struct corpus_entry *corpus = entries;
unsigned int nr_corpus;

static unsigned int nr_no_cpu;  /* files without a whole CPU in them */

void corpus_derive(const struct corpus_entry *e, struct x86_policies *out,
                   const struct x86_cpuid_option *opt,
                   const struct x86_trace *trace)
{
    const struct x86_derive_input in = {
        .cpus = e->cpus, .nr_cpus = e->nr_cpus, .plat = &e->plat,
        .opt = opt, .trace = trace, .unknown = &e->unknown,
    };

    x86_derive(out, &in);
}

static struct corpus_entry *add(const char *name, unsigned int nr_cpus)
{
    struct corpus_entry *e = &entries[nr_corpus++];

    ck_assert_uint_le(nr_corpus, MAX_ENTRIES);
    e->name = strdup(name);
    e->cpus = calloc(nr_cpus, sizeof(*e->cpus));
    e->base = calloc(1, sizeof(*e->base));
    ck_assert(e->name && e->cpus && e->base);

    return e;
}

/* CPUs alike their neighbour add nothing, and machines have hundreds. */
static void take(struct corpus_entry *e, const struct cpu_policy *cpu)
{
    if ( e->nr_cpus && !memcmp(&e->cpus[e->nr_cpus - 1], cpu, sizeof(*cpu)) )
        return;

    e->cpus[e->nr_cpus++] = *cpu;
}

static void add_source(const char *name, const char *spec)
{
    cpupolicy_source *src;
    cpupolicy_error err;
    struct corpus_entry *e;

    ck_assert_msg(!cpupolicy_source_open(&src, spec, NULL, &err), "%s: %s",
                  spec, err.message);
    e = add(name, src->nr_cpus);
    for ( size_t i = 0; i < src->nr_cpus; i++ )
        take(e, &src->cpus[i]);
    e->plat = src->platform;
    e->unknown = src->unknown;
    cpupolicy_source_free(src);
    corpus_derive(e, e->base, NULL, NULL);
}

/* Templates, profiles and levelled sets leave most of a CPU open. */
static bool has_a_cpu(const struct dump *d)
{
    const struct dump_section *s = dump_find_section(d, "raw");

    s = s ? s : dump_find_section(d, "");

    return s && s->nr_cpus && !d->is_partial &&
           dump_find_plain_leaf(&s->cpus[0], 0);
}

static int add_file(const char *path, const struct stat *st, int type,
                    struct FTW *ftw)
{
    const char *dot = strrchr(path, '.');
    cpupolicy_error err;
    struct dump d;
    int rc;

    (void)st;
    if ( type != FTW_F || (dot && !strcmp(dot, ".expect")) )
        return 0;

    rc = dump_load(path, &d, &err);
    ck_assert_msg(!rc || !vectors_is_cpu(path), "%s: %s", path, err.message);
    if ( rc )
        return 0;
    if ( has_a_cpu(&d) )
        add_source(path + ftw->base, path);
    else
        nr_no_cpu++;
    ck_assert_msg(has_a_cpu(&d) == vectors_is_cpu(path), "%s: %s", path,
                  has_a_cpu(&d) ? "a CPU that nobody announced" : "no CPU");
    dump_dispose(&d);

    return 0;
}

static void add_machines(const struct rule_row *rows, unsigned int nr_rows)
{
    for ( unsigned int i = 0; i < nr_rows; i++ )
    {
        struct corpus_entry *e = add(rows[i].name, 2);
        struct cpu_policy cpus[2];
        unsigned int nr = machine_cpus(cpus, &rows[i], NULL);

        for ( unsigned int j = 0; j < nr; j++ )
            take(e, &cpus[j]);
        x86_platform_guess(&e->plat, &e->cpus[0], NULL);
        if ( rows[i].facts )
            ck_assert_int_eq(platform_parse(&e->plat, rows[i].facts, NULL),
                             0);
        corpus_derive(e, e->base, NULL, NULL);
    }
}

void corpus_load(void)
{
    const char *tests = getenv("CPUPOLICY_TESTS");
    char path[512];
    unsigned int nr_own;

    add_machines(host_rows, nr_host_rows);
    add_machines(guest_rows, nr_guest_rows);
    add_source("native", "native");
    snprintf(path, sizeof(path), "%s/data/dumps", tests ? tests : "tests");
    ck_assert_int_eq(nftw(path, add_file, 16, FTW_PHYS), 0);
    nr_own = nr_corpus;
    ck_assert_uint_ge(nr_own, nr_host_rows + nr_guest_rows + 10);

    if ( vectors_path("dumps", path, sizeof(path)) )
    {
        ck_assert_int_eq(nftw(path, add_file, 16, FTW_PHYS), 0);
        ck_assert_uint_gt(nr_corpus, nr_own);
    }

    printf("corpus: %u CPUs of our own, %u real ones%s; %u files hold none\n",
           nr_own, nr_corpus - nr_own,
           nr_corpus == nr_own ? " (the data folder is not there)" : "",
           nr_no_cpu);
    fflush(stdout);
}

void corpus_free(void)
{
    for ( unsigned int i = 0; i < nr_corpus; i++ )
    {
        free(entries[i].name);
        free(entries[i].cpus);
        free(entries[i].base);
    }
    memset(entries, 0, sizeof(entries));
    nr_corpus = nr_no_cpu = 0;
}
