/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The XML of RJCP's CpuId library, all CPUs of a machine or one.
 *
 *   <cpuid type="x86">
 *     <processor>
 *       <register eax="00000000" ecx="00000000">D,756E6547,...,...</register>
 */
#include <errno.h>
#include <string.h>

#include "formats.h"
#include "text/text.h"
#include "text/xml.h"

#define NR(list) (sizeof(list) / sizeof(list[0]))

struct parser {
    struct dump_section *cpus;
    struct dump_leaf row;       /* of the <register> that is open */
    bool in_register, has_text;
};

static int check_type(struct xml *x, const struct xml_attribute *type)
{
    if ( type->found && strcmp(type->text, "x86") )
        return xml_fail(x, EINVAL, "the file does not describe an x86 CPU");

    return 0;
}

/* What the elements are: <cpuid>, <processor>, <register>, by depth. */
static int parse_container(struct xml *x, struct parser *p)
{
    static const char *const names[] = { "cpuid", "processor" };
    struct xml_attribute a[] = {
        { .name = "type", .optional = true },
        { .name = "id", .optional = true },
    };
    int rc;

    if ( strcmp(x->name, names[x->depth]) )
        return xml_fail(x, EINVAL, "an element other than <%s>",
                        names[x->depth]);

    rc = xml_attributes(x, a, NR(a));
    if ( !rc )
        rc = check_type(x, &a[0]);
    /* The id is the system's, and absent in most: count instead. */
    if ( !rc && x->depth == 1 &&
         !dump_add_cpu(p->cpus, (uint32_t)p->cpus->nr_cpus, x->err) )
        rc = -x->err->code;

    return rc;
}

static int parse_register(struct xml *x, struct parser *p)
{
    struct xml_attribute a[] = {
        { .name = "eax", .is_number = true },
        { .name = "ecx", .is_number = true, .optional = true },
    };
    int rc;

    if ( x->depth != 2 || strcmp(x->name, "register") || x->is_empty )
        return xml_fail(x, EINVAL, "not a <register> with values");
    rc = xml_attributes(x, a, NR(a));
    if ( rc )
        return rc;

    p->row = (struct dump_leaf){
        .leaf = (uint32_t)a[0].value,
        .subleaf = a[1].found ? (uint32_t)a[1].value : DUMP_NO_SUBLEAF,
        .line = x->line,
    };
    p->in_register = true;
    p->has_text = false;

    return 0;
}

/* "EAX,EBX,ECX,EDX" */
static int parse_values(struct xml *x, struct parser *p)
{
    struct text_line l = {
        .start = x->text, .at = x->text, .end = x->text + strlen(x->text),
        .number = x->line,
    };
    int rc = 0;

    if ( !p->in_register || p->has_text )
        return xml_fail(x, EINVAL, "text outside of a <register>");

    text_skip_blanks(&l);
    for ( unsigned i = 0; i < 4 && !rc; i++ )
    {
        uint64_t v = 0;

        if ( i )
            rc = text_expect(&l, ",", x->err);
        if ( !rc )
            rc = text_hex(&l, 1, 8, "a register", &v, x->err);
        p->row.reg[i] = (uint32_t)v;
    }
    if ( !rc )
        rc = text_expect_end(&l, x->err);
    x->err->column = 0;         /* counts from the element's text, not line */
    p->has_text = true;

    return rc;
}

static int parse_event(struct xml *x, int event, struct parser *p)
{
    struct dump_section *s = p->cpus;

    switch ( event )
    {
    case XML_OPEN:
        return x->depth < 2 ? parse_container(x, p) : parse_register(x, p);

    case XML_TEXT:
        return parse_values(x, p);

    case XML_CLOSE:
        if ( x->depth != 2 )
            return 0;
        p->in_register = false;
        if ( !p->has_text )
            return xml_fail(x, EINVAL, "a <register> without values");
        return dump_add_leaf(&s->cpus[s->nr_cpus - 1], &p->row, x->err);

    default:
        return 0;
    }
}

static int parse(const struct dump_input *in, struct dump *out,
                 cpupolicy_error *err)
{
    struct parser p = { .in_register = false };
    struct xml x;
    int rc = dump_start(out, &p.cpus, NULL, err), event;

    if ( !rc )
        rc = xml_open(&x, in, err);
    if ( rc )
        return rc;

    do
    {
        event = xml_next(&x);
        rc = event < 0 ? event : parse_event(&x, event, &p);
    } while ( !rc && event != XML_END );
    xml_close(&x);

    return rc;
}

static bool probe(const struct dump_input *in)
{
    return xml_probe_root(in, "cpuid");
}

const struct dump_format format_rjcp = {
    .name = "rjcp-cpuid",
    .title = "RJCP cpuid XML",
    .records_hardware = true,
    .probe = probe,
    .parse = parse,
};
