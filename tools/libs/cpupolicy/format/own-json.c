/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * This project's own JSON, one section per policy:
 *
 *   {"source": "...", "policies": {"host-max": {
 *      "vendor": "...", "features": ["..."],
 *      "cpuid": [{"leaf": "0x7", "subleaf": "0x0", "eax": "0x2", ...}],
 *      "msrs": [{"index": "0x10a", "value": "0x0"}]}},
 *    "cpus": [{"vendor": ...}], "notes": ["..."]}
 *
 * "policies" has the boot CPU's raw policy, "cpus" one of each further kind of
 * CPU, where there are any.
 * Vendor and features repeat what the leaves say, for readers.  They can be
 * left out; what does not agree with the leaves is refused.
 */
#include <errno.h>
#include <string.h>

#include "formats.h"
#include "json.h"
#include "text/text.h"

#define MAX_NOTES 32U           /* leaves room for our own */

#define KEYS(list) list, sizeof(list) / sizeof(list[0])

static const char *const registers[] = { "eax", "ebx", "ecx", "edx" };

static int parse_leaf(struct json_file *f, struct json_object *object,
                      struct dump_cpu *c)
{
    static const char *const keys[] = { "leaf", "subleaf", "eax", "ebx",
                                        "ecx", "edx" };
    struct dump_leaf row = { .subleaf = DUMP_NO_SUBLEAF };
    int rc = json_known_keys(f, object, KEYS(keys));

    if ( !rc )
        rc = json_hex32(f, object, "leaf", &row.leaf);
    if ( !rc && json_object_object_get_ex(object, "subleaf", NULL) )
        rc = json_hex32(f, object, "subleaf", &row.subleaf);
    for ( unsigned i = 0; i < 4 && !rc; i++ )
        rc = json_hex32(f, object, registers[i], &row.reg[i]);
    if ( rc )
        return rc;
    row.line = json_line(f, object);

    return dump_add_leaf(c, &row, f->err);
}

static int parse_msr(struct json_file *f, struct json_object *object,
                     struct dump_cpu *c)
{
    static const char *const keys[] = { "index", "value" };
    struct dump_msr row = { .failed = false };
    int rc = json_known_keys(f, object, KEYS(keys));

    if ( !rc )
        rc = json_hex32(f, object, "index", &row.index);
    if ( !rc )
        rc = json_hex64(f, object, "value", &row.value);
    if ( rc )
        return rc;
    row.line = json_line(f, object);

    return dump_add_msr(c, &row, f->err);
}

static int parse_rows(struct json_file *f, struct json_object *array,
                      const char *what, struct dump_cpu *c,
                      int (*parse_row)(struct json_file *,
                                       struct json_object *,
                                       struct dump_cpu *))
{
    size_t nr = array ? json_object_array_length(array) : 0;
    int rc = 0;

    for ( size_t i = 0; i < nr && !rc; i++ )
    {
        struct json_object *row = json_object_array_get_idx(array, i);

        rc = json_expect(f, row, array, json_type_object, what);
        if ( !rc )
            rc = parse_row(f, row, c);
    }

    return rc;
}

/* What stands beside the rows, to be held against them once all are read. */
static int parse_claim(struct json_file *f, struct json_object *node,
                       struct dump_claim *out)
{
    out->text = strdup(json_object_get_string(node));
    if ( !out->text )
        return json_fail(f, NULL, ENOMEM, "out of memory");
    json_place(f, node, &out->line, &out->column);

    return 0;
}

static int parse_features(struct json_file *f, struct json_object *array,
                          struct dump_cpu *c)
{
    size_t nr = json_object_array_length(array);
    int rc = json_strings(f, array, "a feature");

    c->lists_features = true;
    json_place(f, array, &c->list.line, &c->list.column);
    for ( size_t i = 0; i < nr && !rc; i++ )
    {
        struct dump_claim claim;

        rc = parse_claim(f, json_object_array_get_idx(array, i), &claim);
        if ( !rc )
            rc = dump_add_feature(c, &claim, f->err);
    }

    return rc;
}

static int parse_policy(struct json_file *f, struct json_object *policy,
                        struct dump_cpu *c)
{
    static const char *const keys[] = { "vendor", "features", "cpuid",
                                        "msrs" };
    struct json_object *vendor, *features, *cpuid, *msrs;
    int rc = json_known_keys(f, policy, KEYS(keys));

    if ( !rc )
        rc = json_member(f, policy, "vendor", json_type_string, true, &vendor);
    if ( !rc )
        rc = json_member(f, policy, "features", json_type_array, true,
                         &features);
    if ( !rc && vendor )
        rc = parse_claim(f, vendor, &c->vendor);
    if ( !rc && features )
        rc = parse_features(f, features, c);
    if ( !rc )
        rc = json_member(f, policy, "cpuid", json_type_array, false, &cpuid);
    if ( !rc )
        rc = json_member(f, policy, "msrs", json_type_array, true, &msrs);
    if ( !rc )
        rc = parse_rows(f, cpuid, "an entry of cpuid", c, parse_leaf);
    if ( !rc )
        rc = parse_rows(f, msrs, "an entry of msrs", c, parse_msr);

    return rc;
}

/* raw, host-max ..., dom:7: it will stand in messages and as an argument. */
static bool is_name(const char *name)
{
    size_t len = strlen(name);

    return len && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_.:") ==
                  len;
}

static int parse_policies(struct json_file *f,
                          struct json_object *policies, struct dump *out)
{
    int rc = 0;

    json_object_object_foreach(policies, name, policy)
    {
        struct text_quote q = text_quote(name, strlen(name));
        struct dump_section *s;
        struct dump_cpu *c;

        rc = json_expect(f, policy, policies, json_type_object, "a policy");
        if ( rc )
            return rc;
        if ( !is_name(name) || strlen(name) >= sizeof(s->name) )
            return json_fail(f, policy, EINVAL,
                             "'%s' is not the name of a policy", q.text);

        s = dump_add_section(out, name, f->err);
        c = s ? dump_add_cpu(s, 0, f->err) : NULL;
        if ( !c )
            return -f->err->code;
        rc = parse_policy(f, policy, c);
        if ( rc )
            return rc;
    }

    if ( !out->nr_sections )
        rc = json_fail(f, policies, EINVAL, "there are no policies");

    return rc;
}

/* They follow the boot CPU, in the section "raw". */
static int parse_cpus(struct json_file *f, struct dump *out)
{
    struct dump_section *raw = NULL;
    struct json_object *cpus;
    size_t nr;
    int rc = json_member(f, f->root, "cpus", json_type_array, true, &cpus);

    if ( rc || !cpus )
        return rc;

    for ( size_t i = 0; i < out->nr_sections; i++ )
        if ( !strcmp(out->sections[i].name, "raw") )
            raw = &out->sections[i];
    if ( !raw )
        return json_fail(f, cpus, EINVAL, "further CPUs need a policy 'raw'");

    nr = json_object_array_length(cpus);
    for ( size_t i = 0; i < nr && !rc; i++ )
    {
        struct json_object *policy = json_object_array_get_idx(cpus, i);
        struct dump_cpu *c;

        rc = json_expect(f, policy, cpus, json_type_object, "a policy");
        if ( rc )
            return rc;
        c = dump_add_cpu(raw, i + 1, f->err);
        rc = c ? parse_policy(f, policy, c) : -f->err->code;
    }

    return rc;
}

/* What the program that wrote the file had to say of its source. */
static int parse_notes(struct json_file *f, struct dump *out)
{
    struct json_object *notes;
    size_t nr;
    int rc = json_member(f, f->root, "notes", json_type_array, true, &notes);

    if ( !rc && notes )
        rc = json_strings(f, notes, "a note");
    if ( rc || !notes )
        return rc;

    nr = json_object_array_length(notes);
    for ( size_t i = 0; i < nr && i < MAX_NOTES && !rc; i++ )
    {
        struct json_object *note = json_object_array_get_idx(notes, i);
        char text[256];

        text_clean(text, sizeof(text), json_object_get_string(note),
                   (size_t)json_object_get_string_len(note));
        rc = dump_add_note(out, f->err, "noted in the file: %s", text);
    }
    if ( !rc && nr > MAX_NOTES )
        rc = dump_add_note(out, f->err, "%zu more notes are in the file",
                           nr - MAX_NOTES);

    return rc;
}

static int parse(const struct dump_input *in, struct dump *out,
                 cpupolicy_error *err)
{
    static const char *const keys[] = { "source", "policies", "cpus",
                                        "apic_ids", "ioapic_id", "notes" };
    struct json_object *source, *policies;
    struct json_file f;
    int rc = json_file_parse(&f, in, err);

    if ( rc )
        return rc;

    /* A policy is whole: what is not in it is zero. */
    out->omits_zero_leaves = true;

    rc = json_known_keys(&f, f.root, KEYS(keys));
    if ( !rc )
        rc = json_member(&f, f.root, "source", json_type_string, true,
                         &source);
    if ( !rc )
        rc = json_member(&f, f.root, "policies", json_type_object, false,
                         &policies);
    if ( !rc )
        rc = parse_policies(&f, policies, out);
    if ( !rc )
        rc = parse_cpus(&f, out);
    if ( !rc )
        rc = parse_notes(&f, out);
    json_file_dispose(&f);

    return rc;
}

static bool probe(const struct dump_input *in)
{
    return json_probe(in, "policies");
}

const struct dump_format format_own_json = {
    .name = "json",
    .title = "xl-cpupolicy's own JSON",
    .probe = probe,
    .parse = parse,
};
