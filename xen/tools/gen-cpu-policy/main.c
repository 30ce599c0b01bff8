/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gen-cpu-policy: from the tables of include/public/arch-x86/ to what
 * xen/lib/x86 is compiled with.  Manual: docs/design/generator.md.
 */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

enum { EXIT_OK, EXIT_REFUSED, EXIT_USAGE };

static const char usage[] =
    "usage: gen-cpu-policy [TABLES] [OUTPUTS]\n"
    "tables, none without those before it; the last two go together:\n"
    "  --features FILE     cpufeatureset.h\n"
    "  --deps FILE         cpufeature-deps.h\n"
    "  --fields FILE       cpuid-fields.h\n"
    "  --msrs FILE         msr-fields.h\n"
    "outputs; all but --masks need all tables:\n"
    "  --header FILE       write cpu-policy-gen.h\n"
    "  --source FILE       write cpu-policy-gen.c\n"
    "  --feature-doc FILE  write the list of features and fields\n"
    "  --cmdline-doc FILE  write the reference of boot options\n"
    "  --masks             print the masks over the featureset\n"
    "  --coverage CSV      compare with the list of x86-cpuid-db\n"
    "exit status: 0 done, 1 tables refused or fields not covered,\n"
    "2 wrong usage, or a file that cannot be read or written\n";

struct options {
    const char *tables[4];      /* by enum table */
    const char *header, *source, *doc, *cmdline_doc, *coverage;
    bool masks;
};

static const struct option long_options[] = {
    { "features", required_argument, NULL, 'f' },
    { "deps", required_argument, NULL, 'd' },
    { "fields", required_argument, NULL, 'c' },
    { "msrs", required_argument, NULL, 'm' },
    { "header", required_argument, NULL, 'H' },
    { "source", required_argument, NULL, 'S' },
    { "feature-doc", required_argument, NULL, 'D' },
    { "cmdline-doc", required_argument, NULL, 'L' },
    { "coverage", required_argument, NULL, 'C' },
    { "masks", no_argument, NULL, 'M' },
    { "help", no_argument, NULL, 'h' },
    { 0 }
};

static _Noreturn void fail_usage(const char *why)
{
    if ( why )
        fprintf(stderr, "gen-cpu-policy: %s\n", why);
    fputs(usage, stderr);
    exit(EXIT_USAGE);
}

static void parse_options(int argc, char **argv, struct options *o)
{
    int c;

    while ( (c = getopt_long(argc, argv, "", long_options, NULL)) != -1 )
        switch ( c )
        {
        case 'f': o->tables[TABLE_FEATURES] = optarg; break;
        case 'd': o->tables[TABLE_DEPS] = optarg; break;
        case 'c': o->tables[TABLE_FIELDS] = optarg; break;
        case 'm': o->tables[TABLE_MSRS] = optarg; break;
        case 'H': o->header = optarg; break;
        case 'S': o->source = optarg; break;
        case 'D': o->doc = optarg; break;
        case 'L': o->cmdline_doc = optarg; break;
        case 'C': o->coverage = optarg; break;
        case 'M': o->masks = true; break;
        case 'h':
            fputs(usage, stdout);
            exit(EXIT_OK);
        default:
            fail_usage(NULL);
        }

    if ( optind != argc )
        fail_usage("unexpected argument");
    if ( !o->tables[TABLE_FEATURES] )
        fail_usage("--features is needed");
    if ( !o->tables[TABLE_FIELDS] != !o->tables[TABLE_MSRS] ||
         (o->tables[TABLE_FIELDS] && !o->tables[TABLE_DEPS]) )
        fail_usage("--deps, --fields and --msrs are needed together");
    if ( !o->tables[TABLE_FIELDS] &&
         (o->header || o->source || o->doc || o->cmdline_doc ||
          o->coverage) )
        fail_usage("this output needs all tables");
}

static void read_or_fail(struct model *m, const struct options *o,
                         enum table table)
{
    int rc;

    if ( !o->tables[table] )
        return;

    rc = read_table(m, table, o->tables[table]);
    if ( !rc )
        return;

    fprintf(stderr, "gen-cpu-policy: %s: %s\n", o->tables[table],
            strerror(-rc));
    exit(EXIT_USAGE);
}

/* Each step builds on a model without errors. */
static bool load(struct model *m, const struct options *o)
{
    read_or_fail(m, o, TABLE_FEATURES);
    if ( !m->nr_errors )
        check_features(m);
    if ( m->nr_errors )
        return false;

    read_or_fail(m, o, TABLE_DEPS);
    check_deps(m);
    read_or_fail(m, o, TABLE_FIELDS);
    read_or_fail(m, o, TABLE_MSRS);
    if ( m->nr_errors || !o->tables[TABLE_FIELDS] )
        return !m->nr_errors;

    check_layout(m);
    if ( !m->nr_errors )
        collect_gates(m);

    return !m->nr_errors;
}

static void write_or_fail(const struct model *m, const char *path,
                          void (*emit)(const struct model *m, FILE *out))
{
    int rc = path ? output_write(m, path, emit) : 0;

    if ( !rc )
        return;

    fprintf(stderr, "gen-cpu-policy: %s: %s\n", path, strerror(-rc));
    exit(EXIT_USAGE);
}

static int write_outputs(struct model *m, const struct options *o)
{
    int unknown;

    write_or_fail(m, o->header, emit_header);
    write_or_fail(m, o->source, emit_source);
    write_or_fail(m, o->doc, emit_feature_doc);
    write_or_fail(m, o->cmdline_doc, emit_cmdline_doc);

    if ( o->masks )
        masks_print(m, o->tables[TABLE_DEPS], stdout);
    if ( o->tables[TABLE_FIELDS] )
        summary_print(m, stdout);
    if ( !o->coverage )
        return EXIT_OK;

    unknown = coverage_report(m, o->coverage, stdout);
    if ( unknown < 0 )
    {
        fprintf(stderr, "gen-cpu-policy: %s: %s\n", o->coverage,
                strerror(-unknown));
        return EXIT_USAGE;
    }

    return unknown ? EXIT_REFUSED : EXIT_OK;
}

int main(int argc, char **argv)
{
    /* Large, and needed until the end: the system frees it. */
    static struct model model;
    struct options options = { 0 };
    int rc;

    parse_options(argc, argv, &options);
    if ( !load(&model, &options) )
    {
        fprintf(stderr, "gen-cpu-policy: %u error%s\n", model.nr_errors,
                model.nr_errors == 1 ? "" : "s");
        return EXIT_REFUSED;
    }

    rc = write_outputs(&model, &options);
    if ( fflush(stdout) || ferror(stdout) )
        return EXIT_USAGE;

    return rc;
}
