/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Formats of which each line stands for itself. */
#include "formats.h"
#include "text/text.h"

int dump_parse_lines(const struct dump_input *in, struct dump *out,
                     int (*parse_line)(struct dump_section *s,
                                       struct text_line *l,
                                       cpupolicy_error *err),
                     cpupolicy_error *err)
{
    struct dump_section *s;
    struct text t;
    struct text_line l;
    int rc = dump_start(out, &s, NULL, err);

    text_init(&t, in);
    while ( !rc && (rc = text_next(&t, &l, err)) > 0 )
        rc = parse_line(s, &l, err);

    return rc;
}
