/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading a file of any known format. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/unpack.h"
#include "formats.h"

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

static size_t max_bytes(const struct dump_format *format)
{
    return format->max_bytes ? format->max_bytes : DUMP_MAX_BYTES;
}

size_t dump_max_bytes(void)
{
    size_t max = 0;

    for ( size_t i = 0; i < nr_dump_formats; i++ )
        if ( max_bytes(dump_formats[i]) > max )
            max = max_bytes(dump_formats[i]);

    return max;
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

    if ( in->nr_bytes > max_bytes(format) )
        return cpupolicy_error_set(err, E2BIG, 0, "more than %zu bytes",
                                   max_bytes(format));
    if ( !in->nr_bytes )
        return cpupolicy_error_set(err, EINVAL, 0, "empty input");

    rc = format->is_binary ? 0 : refuse_binary(in, err);
    if ( !rc )
        rc = format->parse(in, &d, err);
    if ( !rc )
        rc = dump_canonicalise(&d, err);
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

    if ( text.nr_bytes > dump_max_bytes() )
        return cpupolicy_error_set(err, E2BIG, 0, "more than %zu bytes",
                                   dump_max_bytes());

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

/* Parse what was read, unpacked first if it is packed. */
static int parse_packed(const struct dump_input *in, struct dump *out,
                        cpupolicy_error *err)
{
    struct dump_input inner;
    char *bytes;
    int rc;

    if ( !unpack_probe(in) )
        return dump_parse(in, out, err);

    rc = unpack(in, dump_max_bytes(), &bytes, &inner.nr_bytes, err);
    if ( rc )
        return rc;
    inner.bytes = bytes;
    rc = dump_parse(&inner, out, err);
    free(bytes);

    return rc;
}

int dump_load(const char *path, struct dump *out, cpupolicy_error *err)
{
    struct dump_input in;
    char *bytes;
    int rc = file_load(path, dump_max_bytes(), &bytes, &in.nr_bytes, err);

    if ( rc )
        return rc;

    in.bytes = bytes;
    rc = parse_packed(&in, out, err);
    free(bytes);

    return rc;
}
