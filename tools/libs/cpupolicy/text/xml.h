/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * XML elements one after the other, by libxml2's reader: nothing is fetched,
 * a document type (and so any entity of its own) is refused, and elements
 * nest at most XML_MAX_DEPTH deep and have at most XML_MAX_ATTRIBUTES.  Every
 * failing call fills the error.
 */
#ifndef CPUPOLICY_XML_H
#define CPUPOLICY_XML_H

#include <stdbool.h>
#include <stdint.h>

#include <libxml/xmlreader.h>

#include "base/error-set.h"
#include "base/input.h"

#define XML_MAX_DEPTH 8
#define XML_MAX_ATTRIBUTES 1024U

enum xml_event {
    XML_END,                    /* of the file */
    XML_OPEN,
    XML_CLOSE,                  /* of an element that is not empty */
    XML_TEXT,                   /* not blank; in `text` */
};

struct xml {
    xmlTextReaderPtr reader;
    cpupolicy_error *err;
    bool failed;                /* the reader has reported an error */
    const char *name;           /* of the element that opens or closes */
    const char *text;
    bool is_empty;              /* <x/>: no XML_CLOSE follows */
    int depth;                  /* of the element: 0 for the root */
    uint32_t line;
};

struct xml_attribute {
    const char *name;
    bool is_number;             /* in hex, with or without 0x */
    bool has_0x;                /* with 0x only */
    bool optional;
    bool found;
    uint64_t value;
    char text[16];              /* of one that is no number, cut */
};

int xml_open(struct xml *x, const struct dump_input *in, cpupolicy_error *err);
void xml_close(struct xml *x);

/* The name of the document's first element is `name`. For probes. */
bool xml_probe_root(const struct dump_input *in, const char *name);

/* An enum xml_event, or -errno. */
int xml_next(struct xml *x);
int xml_fail(struct xml *x, int code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The attributes of the element that has opened; others are an error. */
int xml_attributes(struct xml *x, struct xml_attribute *a, size_t nr);

#endif /* CPUPOLICY_XML_H */
