/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libvirt's raw CPU data, as its test data and cpu-data.py hold it: one CPU.
 *
 *   <cpudata arch='x86'>
 *     <cpuid eax_in='0x7' ecx_in='0x0' eax='0x0' ebx='0x1' ecx='...' .../>
 *     <msr index='0x10a' edx='0x0' eax='0x6b'/>
 *   </cpudata>
 */
#include <errno.h>
#include <string.h>

#include "formats.h"
#include "text/xml.h"
#include "write.h"

#define HEX(attr) { .name = attr, .is_number = true, .has_0x = true }
#define NR(list)  (sizeof(list) / sizeof(list[0]))

static int parse_root(struct xml *x)
{
    struct xml_attribute a[] = { { .name = "arch" } };
    int rc;

    if ( x->depth || strcmp(x->name, "cpudata") )
        return xml_fail(x, EINVAL, "the root is not <cpudata>");

    rc = xml_attributes(x, a, NR(a));
    if ( rc )
        return rc;
    if ( strcmp(a[0].text, "x86") && strcmp(a[0].text, "x86_64") &&
         strcmp(a[0].text, "i686") )
        return xml_fail(x, EINVAL, "the file does not describe an x86 CPU");

    return 0;
}

static int parse_cpuid(struct xml *x, struct dump_cpu *c)
{
    struct xml_attribute a[] = {
        HEX("eax"), HEX("ebx"), HEX("ecx"), HEX("edx"), HEX("eax_in"),
        { .name = "ecx_in", .is_number = true, .has_0x = true,
          .optional = true },
    };
    struct dump_leaf row = { .subleaf = DUMP_NO_SUBLEAF, .line = x->line };
    int rc = xml_attributes(x, a, NR(a));

    if ( rc )
        return rc;
    for ( unsigned i = 0; i < 4; i++ )
        row.reg[i] = (uint32_t)a[i].value;
    row.leaf = (uint32_t)a[4].value;
    if ( a[5].found )
        row.subleaf = (uint32_t)a[5].value;

    return dump_add_leaf(c, &row, x->err);
}

static int parse_msr(struct xml *x, struct dump_cpu *c)
{
    struct xml_attribute a[] = { HEX("index"), HEX("edx"), HEX("eax") };
    struct dump_msr row = { .line = x->line };
    int rc = xml_attributes(x, a, NR(a));

    if ( rc )
        return rc;
    row.index = (uint32_t)a[0].value;
    row.value = a[1].value << 32 | a[2].value;

    return dump_add_msr(c, &row, x->err);
}

static int parse_event(struct xml *x, int event, struct dump_cpu *c)
{
    if ( event == XML_TEXT )
        return xml_fail(x, EINVAL, "text between the elements");
    if ( event == XML_CLOSE )
        return 0;
    if ( x->depth == 0 )
        return parse_root(x);
    if ( x->depth == 1 && !strcmp(x->name, "cpuid") )
        return parse_cpuid(x, c);
    if ( x->depth == 1 && !strcmp(x->name, "msr") )
        return parse_msr(x, c);

    return xml_fail(x, EINVAL, "an element other than <cpuid> and <msr>");
}

static int parse(const struct dump_input *in, struct dump *out,
                 cpupolicy_error *err)
{
    struct dump_section *s;
    struct dump_cpu *c;
    struct xml x;
    int rc = dump_start(out, &s, &c, err), event;

    if ( !rc )
        rc = xml_open(&x, in, err);
    if ( rc )
        return rc;

    do
    {
        event = xml_next(&x);
        if ( event < 0 )
            rc = event;
        else if ( event != XML_END )
            rc = parse_event(&x, event, c);
    } while ( !rc && event != XML_END );
    xml_close(&x);

    return rc;
}

static bool probe(const struct dump_input *in)
{
    return xml_probe_root(in, "cpudata");
}

const struct dump_format format_libvirt = {
    .name = "libvirt",
    .title = "libvirt <cpudata> XML",
    .records_hardware = true,
    .probe = probe,
    .parse = parse,
    .write = write_libvirt,
    .loses = "which leaves have no subleaves",
};
