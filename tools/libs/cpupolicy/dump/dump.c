/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Dumps: building them, finding rows, reading files of any known format. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/unpack.h"
#include "dump.h"
#include "format/formats.h"

/* The first growth of a list; enough for the MSRs of most dumps. */
#define FIRST_ROWS 64U

/*
 * Make room for one more element. `limit` bounds the list, and is told as
 * such: a dump is never cut short.
 */
static int grow(void **list, size_t nr, size_t *max, size_t size, size_t limit,
                const char *what, cpupolicy_error *err)
{
    size_t want = *max ? *max * 2 : FIRST_ROWS;
    void *p;

    if ( nr >= limit )
        return cpupolicy_error_set(err, E2BIG, 0, "more than %zu %s", limit,
                                   what);
    if ( nr < *max )
        return 0;

    if ( want > limit )
        want = limit;
    p = realloc(*list, want * size);
    if ( !p )
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");

    *list = p;
    *max = want;

    return 0;
}

struct dump_section *dump_add_section(struct dump *d, const char *name,
                                      cpupolicy_error *err)
{
    struct dump_section *s;
    size_t len = strlen(name);

    if ( len >= sizeof(s->name) )
    {
        cpupolicy_error_set(err, EINVAL, 0, "a name of %zu characters", len);
        return NULL;
    }
    if ( dump_find_section(d, name) )
    {
        cpupolicy_error_set(err, EINVAL, 0, "the policy '%s' occurs twice",
                            name);
        return NULL;
    }
    if ( grow((void **)&d->sections, d->nr_sections, &d->max_sections,
              sizeof(*s), DUMP_MAX_SECTIONS, "policies", err) )
        return NULL;

    s = &d->sections[d->nr_sections++];
    memset(s, 0, sizeof(*s));
    memcpy(s->name, name, len + 1);

    return s;
}

struct dump_cpu *dump_add_cpu(struct dump_section *s, uint32_t id,
                              cpupolicy_error *err)
{
    struct dump_cpu *c;

    if ( grow((void **)&s->cpus, s->nr_cpus, &s->max_cpus, sizeof(*c),
              DUMP_MAX_CPUS, "CPUs", err) )
        return NULL;

    c = &s->cpus[s->nr_cpus++];
    memset(c, 0, sizeof(*c));
    c->id = id;

    return c;
}

int dump_add_leaf(struct dump_cpu *c, const struct dump_leaf *row,
                  cpupolicy_error *err)
{
    int rc = grow((void **)&c->leaves, c->nr_leaves, &c->max_leaves,
                  sizeof(*row), DUMP_MAX_ROWS, "CPUID rows for one CPU", err);

    if ( rc )
        return rc;
    c->leaves[c->nr_leaves++] = *row;

    return 0;
}

int dump_add_msr(struct dump_cpu *c, const struct dump_msr *row,
                 cpupolicy_error *err)
{
    int rc = grow((void **)&c->msrs, c->nr_msrs, &c->max_msrs, sizeof(*row),
                  DUMP_MAX_MSRS, "MSR rows for one CPU", err);

    if ( rc )
        return rc;
    c->msrs[c->nr_msrs++] = *row;

    return 0;
}

int dump_add_feature(struct dump_cpu *c, const struct dump_claim *claim,
                     cpupolicy_error *err)
{
    int rc = grow((void **)&c->features, c->nr_features, &c->max_features,
                  sizeof(*claim), DUMP_MAX_CLAIMS, "features for one CPU",
                  err);

    if ( rc )
        free(claim->text);
    else
        c->features[c->nr_features++] = *claim;

    return rc;
}

int dump_add_note(struct dump *d, cpupolicy_error *err, const char *fmt, ...)
{
    char text[512], *copy;
    va_list args;
    int len, rc;

    va_start(args, fmt);
    len = vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    if ( len < 0 || (size_t)len >= sizeof(text) )
        return cpupolicy_error_set(err, E2BIG, 0, "a note is too long");

    rc = grow((void **)&d->notes, d->nr_notes, &d->max_notes, sizeof(copy),
              DUMP_MAX_NOTES, "notes", err);
    if ( rc )
        return rc;

    copy = strdup(text);
    if ( !copy )
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");
    d->notes[d->nr_notes++] = copy;

    return 0;
}

const struct dump_leaf *dump_find_leaf(const struct dump_cpu *c, uint32_t leaf,
                                       uint32_t subleaf)
{
    for ( size_t i = 0; i < c->nr_leaves; i++ )
    {
        const struct dump_leaf *l = &c->leaves[i];

        if ( l->leaf != leaf )
            continue;
        if ( l->subleaf == subleaf )
            return l;
        if ( subleaf != DUMP_NO_SUBLEAF && l->subleaf < subleaf &&
             subleaf <= l->last_subleaf )
            return l;
    }

    return NULL;
}

const struct dump_leaf *dump_find_plain_leaf(const struct dump_cpu *c,
                                             uint32_t leaf)
{
    const struct dump_leaf *l = dump_find_leaf(c, leaf, DUMP_NO_SUBLEAF);

    return l ? l : dump_find_leaf(c, leaf, 0);
}

const struct dump_msr *dump_find_msr(const struct dump_cpu *c, uint32_t index)
{
    for ( size_t i = 0; i < c->nr_msrs; i++ )
        if ( c->msrs[i].index == index )
            return &c->msrs[i];

    return NULL;
}

const struct dump_section *dump_find_section(const struct dump *d,
                                             const char *name)
{
    for ( size_t i = 0; i < d->nr_sections; i++ )
        if ( !strcmp(d->sections[i].name, name) )
            return &d->sections[i];

    return NULL;
}

static void dispose_cpu(struct dump_cpu *c)
{
    for ( size_t i = 0; i < c->nr_features; i++ )
        free(c->features[i].text);
    free(c->features);
    free(c->vendor.text);
    free(c->leaves);
    free(c->msrs);
}

void dump_dispose(struct dump *d)
{
    if ( !d )
        return;

    for ( size_t i = 0; i < d->nr_sections; i++ )
    {
        struct dump_section *s = &d->sections[i];

        for ( size_t j = 0; j < s->nr_cpus; j++ )
            dispose_cpu(&s->cpus[j]);
        free(s->cpus);
    }
    free(d->sections);

    for ( size_t i = 0; i < d->nr_notes; i++ )
        free(d->notes[i]);
    free(d->notes);

    memset(d, 0, sizeof(*d));
}

/* Point at the first NUL, which no text has: the file is something else. */
static int refuse_binary(const struct dump_input *in, cpupolicy_error *err)
{
    const char *nul = memchr(in->bytes, 0, in->nr_bytes);
    const char *line = in->bytes, *eol;
    uint32_t number = 1;

    if ( !nul )
        return 0;

    while ( (eol = memchr(line, '\n', (size_t)(nul - line))) )
    {
        line = eol + 1;
        number++;
    }
    cpupolicy_error_set(err, EINVAL, number, "binary data: a zero byte");
    err->column = (uint32_t)(nul - line) + 1;

    return -EINVAL;
}

int dump_parse_as(const struct dump_format *format,
                  const struct dump_input *in, struct dump *out,
                  cpupolicy_error *err)
{
    struct dump d = {
        .format = format->name, .records_hardware = format->records_hardware,
    };
    cpupolicy_error spare;
    int rc;

    /* Parsers and builders hand errors on through it. */
    if ( !err )
        err = &spare;

    if ( in->nr_bytes > DUMP_MAX_BYTES )
        return cpupolicy_error_set(err, E2BIG, 0, "more than %u bytes",
                                   DUMP_MAX_BYTES);
    if ( !in->nr_bytes )
        return cpupolicy_error_set(err, EINVAL, 0, "empty input");

    rc = refuse_binary(in, err);
    if ( !rc )
        rc = format->parse(in, &d, err);
    if ( !rc )
        rc = dump_normalise(&d, format, err);
    if ( !rc )
        rc = dump_check_claims(&d, err);
    if ( rc )
    {
        dump_dispose(&d);
        return rc;
    }

    *out = d;

    return 0;
}

static int refuse_unknown(const struct dump_input *in, cpupolicy_error *err)
{
    cpupolicy_error where = { .code = 0 };
    char list[400] = "";
    size_t len = 0;

    if ( !in->nr_bytes )
        return cpupolicy_error_set(err, ENOENT, 0, "empty input");

    for ( size_t i = 0; i < nr_dump_formats && len < sizeof(list); i++ )
        len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%s",
                                i ? ", " : "", dump_formats[i]->title);

    refuse_binary(in, &where);
    cpupolicy_error_set(err, ENOENT, where.line,
                        "%s: not any of %s",
                        where.line ? where.message : "unknown format", list);
    if ( err )
        err->column = where.column;

    return -ENOENT;
}

int dump_parse(const struct dump_input *in, struct dump *out,
               cpupolicy_error *err)
{
    static const char bom[] = { '\xef', '\xbb', '\xbf' };
    struct dump_input text = *in;

    if ( text.nr_bytes > DUMP_MAX_BYTES )
        return cpupolicy_error_set(err, E2BIG, 0, "more than %u bytes",
                                   DUMP_MAX_BYTES);

    /* Windows tools mark UTF-8 so; it belongs to no format. */
    if ( text.nr_bytes >= sizeof(bom) &&
         !memcmp(text.bytes, bom, sizeof(bom)) )
    {
        text.bytes += sizeof(bom);
        text.nr_bytes -= sizeof(bom);
    }

    for ( size_t i = 0; i < nr_dump_formats && text.nr_bytes; i++ )
        if ( dump_formats[i]->probe(&text) )
            return dump_parse_as(dump_formats[i], &text, out, err);

    return refuse_unknown(&text, err);
}

/* Read once more into a buffer that has room. More than 0: go on. */
static int read_some(int fd, char *buf, size_t *nr, size_t max,
                     cpupolicy_error *err)
{
    ssize_t got = read(fd, buf + *nr, max - *nr);
    int code = errno;

    if ( got < 0 )
        return code == EINTR ? 1 : cpupolicy_error_set(
            err, code, 0, "cannot read: %s", strerror(code));

    *nr += (size_t)got;
    if ( *nr > DUMP_MAX_BYTES )
        return cpupolicy_error_set(err, E2BIG, 0, "more than %u bytes",
                                   DUMP_MAX_BYTES);

    return got > 0;
}

/* Everything that `fd` has, the caller's to free even on failure. */
static int read_all(int fd, char **bytes, size_t *nr_bytes,
                    cpupolicy_error *err)
{
    size_t max = 0;
    int rc;

    *bytes = NULL;
    *nr_bytes = 0;

    do
    {
        if ( *nr_bytes == max )
        {
            char *p;

            max = max ? max * 2 : 64U << 10;
            p = realloc(*bytes, max);
            if ( !p )
                return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");
            *bytes = p;
        }
        rc = read_some(fd, *bytes, nr_bytes, max, err);
    } while ( rc > 0 );

    return rc;
}

/* Parse what was read, unpacked first if it is packed. */
static int parse_packed(const struct dump_input *in, struct dump *out,
                        cpupolicy_error *err)
{
    struct dump_input inner;
    char *bytes;
    int rc;

    if ( !unpack_probe(in) )
        return dump_parse(in, out, err);

    rc = unpack(in, &bytes, &inner.nr_bytes, err);
    if ( rc )
        return rc;
    inner.bytes = bytes;
    rc = dump_parse(&inner, out, err);
    free(bytes);

    return rc;
}

int dump_load(const char *path, struct dump *out, cpupolicy_error *err)
{
    bool is_stdin = !strcmp(path, "-");
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    size_t nr_bytes;
    char *bytes;
    int rc;

    if ( fd < 0 )
    {
        rc = errno;
        return cpupolicy_error_set(err, rc, 0, "cannot open: %s",
                                   strerror(rc));
    }

    rc = read_all(fd, &bytes, &nr_bytes, err);
    if ( !is_stdin )
        close(fd);
    if ( !rc )
    {
        struct dump_input in = { .bytes = bytes, .nr_bytes = nr_bytes };

        rc = parse_packed(&in, out, err);
    }
    free(bytes);

    return rc;
}
