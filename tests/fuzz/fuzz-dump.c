/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All dump parsers on any bytes.  With $FUZZ_FORMAT set, only the format of
 * that name, which its probe would keep most inputs from.
 *
 * With libFuzzer:  clang -fsanitize=fuzzer,address,undefined ...
 * Without, to run files through it again:  cc -DFUZZ_REPLAY ...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/formats.h"
#include "policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t nr);

#define check(cond) do {                                            \
    if ( !(cond) )                                                  \
    {                                                               \
        fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #cond);  \
        abort();                                                    \
    }                                                               \
} while ( 0 )

/* The promises that dump_parse() makes of what it gives out. */
static void check_cpu(const struct dump_cpu *c)
{
    check(c->nr_leaves <= DUMP_MAX_ROWS && c->nr_msrs <= DUMP_MAX_MSRS);

    for ( size_t i = 1; i < c->nr_leaves; i++ )
    {
        const struct dump_leaf *a = &c->leaves[i - 1], *b = &c->leaves[i];

        check(a->leaf < b->leaf ||
              (a->leaf == b->leaf && a->subleaf < b->subleaf &&
               a->last_subleaf < b->subleaf));
    }
    for ( size_t i = 1; i < c->nr_msrs; i++ )
        check(c->msrs[i - 1].index < c->msrs[i].index);
    for ( size_t i = 0; i < c->nr_leaves; i++ )
        for ( unsigned int r = 0; r < 4; r++ )
            check(!(c->leaves[i].reg[r] & c->leaves[i].open[r]));
}

static void check_dump(const struct dump *d)
{
    check(d->format && d->nr_sections);

    for ( size_t i = 0; i < d->nr_sections; i++ )
    {
        const struct dump_section *s = &d->sections[i];

        check(memchr(s->name, '\0', sizeof(s->name)) && s->nr_cpus);
        for ( size_t j = 0; j < s->nr_cpus; j++ )
            check_cpu(&s->cpus[j]);
    }
    for ( size_t i = 0; i < d->nr_notes; i++ )
        check(d->notes[i]);
}

static void check_error(int rc, const cpupolicy_error *err)
{
    check(rc < 0 && err->code == -rc);
    check(memchr(err->message, '\0', sizeof(err->message)) && *err->message);
    /* It will be printed. */
    for ( const char *p = err->message; *p; p++ )
        check(*p >= ' ' && *p <= '~');
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t nr)
{
    static const char *only;
    static bool looked;
    struct dump_input in = { (const char *)bytes, nr };
    struct dump d;

    if ( !looked )
    {
        only = getenv("FUZZ_FORMAT");
        looked = true;
    }

    for ( size_t i = 0; i <= nr_dump_formats; i++ )
    {
        cpupolicy_error err;
        bool chosen = i < nr_dump_formats;
        int rc;

        if ( only && (!chosen || strcmp(only, dump_formats[i]->name)) )
            continue;
        rc = chosen ? dump_parse_as(dump_formats[i], &in, &d, &err)
                    : dump_parse(&in, &d, &err);
        if ( rc )
        {
            check_error(rc, &err);
            continue;
        }
        check_dump(&d);
        rc = dump_check_claims(&d, &err);
        if ( rc )
            check_error(rc, &err);
        dump_dispose(&d);
    }

    return 0;
}

#ifdef FUZZ_REPLAY
int main(int argc, char **argv)
{
    for ( int i = 1; i < argc; i++ )
    {
        FILE *f = fopen(argv[i], "rb");
        uint8_t *bytes = malloc(DUMP_MAX_BYTES);
        size_t nr, max = DUMP_MAX_BYTES;

        if ( !f || !bytes )
        {
            perror(argv[i]);
            return 1;
        }
        nr = fread(bytes, 1, max, f);
        fclose(f);
        LLVMFuzzerTestOneInput(bytes, nr);
        free(bytes);
    }
    printf("%d files\n", argc - 1);

    return 0;
}
#endif
