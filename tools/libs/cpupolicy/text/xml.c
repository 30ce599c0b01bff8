/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* XML elements, hardened. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/loaded.h"
#include "text.h"
#include "xml.h"

#define FUNCTIONS(X) \
    X(xmlFreeTextReader) X(xmlGetLineNo) X(xmlReaderForMemory) \
    X(xmlTextReaderConstLocalName) X(xmlTextReaderConstValue) \
    X(xmlTextReaderCurrentNode) X(xmlTextReaderDepth) \
    X(xmlTextReaderIsEmptyElement) X(xmlTextReaderMoveToElement) \
    X(xmlTextReaderMoveToNextAttribute) X(xmlTextReaderNodeType) \
    X(xmlTextReaderRead) X(xmlTextReaderSetStructuredErrorHandler)

LOADED_LIBRARY(lib, SONAME_xml2, "reading XML", FUNCTIONS);

bool xml_probe_root(const struct dump_input *in, const char *name)
{
    const char *at = in->bytes, *end = in->bytes + in->nr_bytes;
    size_t len = strlen(name);

    /* Past the declaration, comments, and what else comes before the root. */
    while ( (at = memchr(at, '<', (size_t)(end - at))) && ++at < end )
    {
        if ( *at == '!' || *at == '?' )
            continue;
        return (size_t)(end - at) > len && !memcmp(at, name, len) &&
               strchr(" \t\r\n/>", at[len]);
    }

    return false;
}

/* The first error is the one that says what is wrong. */
static void on_error(void *data, xmlErrorPtr e)
{
    struct xml *x = data;
    const char *message = e->message ? e->message : "?";
    struct text_quote q;
    size_t len;

    if ( x->failed || e->level < XML_ERR_ERROR )
        return;

    x->failed = true;
    if ( e->code == XML_ERR_NO_MEMORY )
    {
        cpupolicy_error_set(x->err, ENOMEM, 0, "out of memory");
        return;
    }
    if ( e->code == XML_ERR_DOCUMENT_END )
        message = "the document ends too early, or more follows it";
    len = strcspn(message, "\r\n");
    q = text_quote(message, len);
    cpupolicy_error_set(x->err, EINVAL, e->line > 0 ? (uint32_t)e->line : 0,
                        "not XML: %s", q.text);
    if ( e->line > 0 && e->int2 > 0 )
        x->err->column = (uint32_t)e->int2;
}

/*
 * libxml2 compares each attribute of an element with all before it, and does
 * so before it hands out the element: a few megabytes of attributes would
 * keep it busy for hours.  Each has a '=', and none a '<'.
 */
static int check_attributes(const struct dump_input *in, cpupolicy_error *err)
{
    uint32_t line = 1, nr = 0;

    for ( size_t i = 0; i < in->nr_bytes; i++ )
    {
        char c = in->bytes[i];

        line += c == '\n';
        nr = c == '<' ? 0 : nr + (c == '=');
        if ( nr > XML_MAX_ATTRIBUTES )
            return cpupolicy_error_set(err, E2BIG, line,
                                       "more than %u attributes",
                                       XML_MAX_ATTRIBUTES);
    }

    return 0;
}

int xml_open(struct xml *x, const struct dump_input *in, cpupolicy_error *err)
{
    int rc = check_attributes(in, err);

    if ( !rc )
        rc = loaded_get(&lib_library, err);
    if ( rc )
        return rc;

    *x = (struct xml){ .err = err };
    x->reader = lib.xmlReaderForMemory(in->bytes, (int)in->nr_bytes, NULL,
                                       NULL, XML_PARSE_NONET |
                                       XML_PARSE_BIG_LINES |
                                       XML_PARSE_NOCDATA);
    if ( !x->reader )
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");
    lib.xmlTextReaderSetStructuredErrorHandler(x->reader, on_error, x);

    return 0;
}

void xml_close(struct xml *x)
{
    lib.xmlFreeTextReader(x->reader);
    x->reader = NULL;
}

int xml_fail(struct xml *x, int code, const char *fmt, ...)
{
    char reason[sizeof(x->err->message)];
    va_list args;

    va_start(args, fmt);
    vsnprintf(reason, sizeof(reason), fmt, args);
    va_end(args);

    return cpupolicy_error_set(x->err, code, x->line, "%s", reason);
}

/* What the reader stands on; -EAGAIN for what is of no interest. */
static int event(struct xml *x)
{
    long line = lib.xmlGetLineNo(lib.xmlTextReaderCurrentNode(x->reader));

    x->line = line > 0 ? (uint32_t)line : 0;
    x->depth = lib.xmlTextReaderDepth(x->reader);
    x->name = (const char *)lib.xmlTextReaderConstLocalName(x->reader);
    if ( x->depth > XML_MAX_DEPTH )
        return xml_fail(x, E2BIG, "elements nest more than %d deep",
                        XML_MAX_DEPTH);

    switch ( lib.xmlTextReaderNodeType(x->reader) )
    {
    case XML_READER_TYPE_ELEMENT:
        x->is_empty = lib.xmlTextReaderIsEmptyElement(x->reader) == 1;
        return XML_OPEN;

    case XML_READER_TYPE_END_ELEMENT:
        return XML_CLOSE;

    case XML_READER_TYPE_TEXT:
    case XML_READER_TYPE_CDATA:
        x->text = (const char *)lib.xmlTextReaderConstValue(x->reader);
        if ( !x->text )
            return xml_fail(x, ENOMEM, "out of memory");
        return XML_TEXT;

    case XML_READER_TYPE_DOCUMENT_TYPE:
    case XML_READER_TYPE_ENTITY_REFERENCE:
        return xml_fail(x, EINVAL,
                        "document types and entities are not accepted");

    default:
        return -EAGAIN;
    }
}

int xml_next(struct xml *x)
{
    int rc;

    do
    {
        int got = lib.xmlTextReaderRead(x->reader);

        if ( x->failed )
            return -x->err->code;
        if ( got < 0 )
            return xml_fail(x, EINVAL, "not XML");
        if ( !got )
            return XML_END;
        rc = event(x);
    } while ( rc == -EAGAIN );

    return rc;
}

static int parse_number(struct xml *x, struct xml_attribute *a,
                        const char *value)
{
    struct text_quote q = text_quote(value, strlen(value));
    const char *digits = value;

    if ( !strncmp(digits, "0x", 2) )
        digits += 2;
    else if ( a->has_0x )
        return xml_fail(x, EINVAL, "%s='%s' does not start with 0x", a->name,
                        q.text);

    if ( number_parse(digits, strlen(digits), 16, UINT32_MAX, &a->value) !=
         NUMBER_OK )
        return xml_fail(x, EINVAL, "%s='%s' is not a 32-bit hex number",
                        a->name, q.text);

    return 0;
}

static int take_attribute(struct xml *x, struct xml_attribute *a, size_t nr)
{
    const char *name =
        (const char *)lib.xmlTextReaderConstLocalName(x->reader);
    const char *value = (const char *)lib.xmlTextReaderConstValue(x->reader);
    struct text_quote q;

    if ( !name || !value )
        return xml_fail(x, ENOMEM, "out of memory");

    for ( size_t i = 0; i < nr; i++ )
    {
        if ( strcmp(name, a[i].name) )
            continue;
        a[i].found = true;
        snprintf(a[i].text, sizeof(a[i].text), "%s", value);

        return a[i].is_number ? parse_number(x, &a[i], value) : 0;
    }

    q = text_quote(name, strlen(name));

    return xml_fail(x, EINVAL, "the attribute '%s' is not known here", q.text);
}

int xml_attributes(struct xml *x, struct xml_attribute *a, size_t nr)
{
    int got, rc;

    while ( (got = lib.xmlTextReaderMoveToNextAttribute(x->reader)) == 1 )
    {
        rc = take_attribute(x, a, nr);
        if ( rc )
            return rc;
    }
    if ( got < 0 || lib.xmlTextReaderMoveToElement(x->reader) < 0 )
        return xml_fail(x, EINVAL, "the attributes cannot be read");

    for ( size_t i = 0; i < nr; i++ )
        if ( !a[i].found && !a[i].optional )
            return xml_fail(x, EINVAL, "the attribute '%s' is missing",
                            a[i].name);

    return 0;
}
