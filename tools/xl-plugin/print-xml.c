/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Policies as XML. */

#include "common.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <libxml/xmlwriter.h>

#include "base/loaded.h"

#define FUNCTIONS(X) \
    X(xmlBufferContent) X(xmlBufferCreate) X(xmlBufferFree) \
    X(xmlFreeTextWriter) X(xmlNewTextWriterMemory) \
    X(xmlTextWriterEndDocument) X(xmlTextWriterEndElement) \
    X(xmlTextWriterSetIndent) X(xmlTextWriterSetIndentString) \
    X(xmlTextWriterStartElement) X(xmlTextWriterWriteAttribute) \
    X(xmlTextWriterWriteFormatAttribute)

LOADED_LIBRARY(lib, SONAME_xml2, "writing XML", FUNCTIONS);

static void xml_hex(xmlTextWriterPtr w, const char *name, int digits,
                    uint32_t value)
{
    lib.xmlTextWriterWriteFormatAttribute(w, BAD_CAST name, "0x%0*" PRIx32,
                                      digits, value);
}

/* libvirt's <cpudata>, as virsh cpu tests and virt-host-validate read it. */
static int xml_policy(xmlTextWriterPtr w, const cpupolicy *p)
{
    size_t nr_leaves, nr_msrs;
    cpupolicy_leaf *leaves = policy_leaves(p, &nr_leaves);
    cpupolicy_msr *msrs = policy_msrs(p, &nr_msrs);
    bool ok = leaves && msrs;

    lib.xmlTextWriterStartElement(w, BAD_CAST "cpudata");
    lib.xmlTextWriterWriteAttribute(w, BAD_CAST "arch", BAD_CAST "x86");
    for ( size_t i = 0; ok && i < nr_leaves; i++ )
    {
        const cpupolicy_leaf *l = &leaves[i];

        lib.xmlTextWriterStartElement(w, BAD_CAST "cpuid");
        xml_hex(w, "eax_in", 8, l->leaf);
        xml_hex(w, "ecx_in", 2,
                l->subleaf == CPUPOLICY_NO_SUBLEAF ? 0 : l->subleaf);
        xml_hex(w, "eax", 8, l->eax);
        xml_hex(w, "ebx", 8, l->ebx);
        xml_hex(w, "ecx", 8, l->ecx);
        xml_hex(w, "edx", 8, l->edx);
        lib.xmlTextWriterEndElement(w);
    }
    for ( size_t i = 0; ok && i < nr_msrs; i++ )
    {
        lib.xmlTextWriterStartElement(w, BAD_CAST "msr");
        xml_hex(w, "index", 0, msrs[i].index);
        xml_hex(w, "edx", 8, msrs[i].value >> 32);
        xml_hex(w, "eax", 8, msrs[i].value);
        lib.xmlTextWriterEndElement(w);
    }
    lib.xmlTextWriterEndElement(w);

    free(leaves);
    free(msrs);

    return ok ? EXIT_YES : EXIT_NO_ANSWER;
}

static void write_policies(xmlTextWriterPtr w, const struct view *v, int nr,
                           int *status)
{
    lib.xmlTextWriterSetIndent(w, 1);
    lib.xmlTextWriterSetIndentString(w, BAD_CAST "  ");
    if ( nr > 1 )
        lib.xmlTextWriterStartElement(w, BAD_CAST "policies");

    for ( int i = 0; *status == EXIT_YES && i < nr; i++ )
    {
        if ( nr > 1 )
        {
            lib.xmlTextWriterStartElement(w, BAD_CAST "policy");
            lib.xmlTextWriterWriteAttribute(w, BAD_CAST "name",
                                            BAD_CAST v[i].name);
        }
        *status = xml_policy(w, v[i].policy);
        if ( nr > 1 )
            lib.xmlTextWriterEndElement(w);
    }
    lib.xmlTextWriterEndDocument(w);
}

int print_xml(const cpupolicy_source *src, const struct view *v, int nr)
{
    cpupolicy_error err;
    xmlBufferPtr buffer;
    xmlTextWriterPtr w;
    int status = EXIT_YES;

    (void)src;
    if ( loaded_get(&lib_library, &err) )
        return command_failed(NULL, &err);

    buffer = lib.xmlBufferCreate();
    w = buffer ? lib.xmlNewTextWriterMemory(buffer, 0) : NULL;
    if ( w )
    {
        write_policies(w, v, nr, &status);
        lib.xmlFreeTextWriter(w);
        if ( status == EXIT_YES )
            fputs((const char *)lib.xmlBufferContent(buffer), stdout);
    }
    else
        status = EXIT_NO_ANSWER;
    if ( buffer )
        lib.xmlBufferFree(buffer);

    return status;
}
