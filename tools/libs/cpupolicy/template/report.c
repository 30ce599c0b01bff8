/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Findings as JSON. */
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "names.h"
#include "report.h"

/* Consumes `value`; a failure is remembered in *ok. */
static void put(struct json_object *o, const char *key,
                struct json_object *value, bool *ok)
{
    if ( *ok && value && !json_object_object_add(o, key, value) )
        return;

    json_object_put(value);
    *ok = false;
}

static void append(struct json_object *list, struct json_object *value,
                   bool *ok)
{
    if ( *ok && value && !json_object_array_add(list, value) )
        return;

    json_object_put(value);
    *ok = false;
}

static struct json_object *finish(struct json_object *o, bool ok)
{
    if ( ok )
        return o;

    json_object_put(o);

    return NULL;
}

static struct json_object *hex(uint64_t value)
{
    char text[24];

    snprintf(text, sizeof(text), "0x%"PRIx64, value);

    return json_object_new_string(text);
}

struct json_object *report_key(const struct adjust_key *key)
{
    struct json_object *o = json_object_new_object();
    bool ok = o != NULL;

    switch ( key->kind )
    {
    case ADJUST_CPUID:
        put(o, "leaf", hex(key->id >> 32), &ok);
        put(o, "subleaf", hex(key->id & UINT32_MAX), &ok);
        put(o, "flags", json_object_new_int64(key->flags), &ok);
        put(o, "register",
            json_object_new_string(adjust_reg_names[key->reg & 3]), &ok);
        break;
    case ADJUST_MSR:
        put(o, "msr", hex(key->id), &ok);
        break;
    default:
        put(o, "id", hex(key->id), &ok);
        break;
    }

    return finish(o, ok);
}

struct fields {
    struct json_object *list;
    const uint64_t *wanted, *found;     /* NULL: names only */
    bool ok;
};

static void add_field(void *ctx, const cpupolicy_field *field)
{
    uint64_t mask = ~0ULL >> (63 - (field->hi - field->lo));
    struct fields *f = ctx;
    struct json_object *o = json_object_new_object();
    bool ok = o != NULL;
    char bits[16];

    snprintf(bits, sizeof(bits), field->hi == field->lo ? "%u" : "%u:%u",
             field->hi, field->lo);
    put(o, "name", json_object_new_string(field->name), &ok);
    put(o, "bits", json_object_new_string(bits), &ok);
    if ( f->wanted )
    {
        put(o, "template", hex((f->wanted[0] >> field->lo) & mask), &ok);
        put(o, "configuration", hex((f->found[0] >> field->lo) & mask), &ok);
    }

    append(f->list, finish(o, ok), &f->ok);
}

static struct json_object *fields_of(const struct adjust_key *key,
                                     uint32_t vendor, uint64_t mask,
                                     const uint64_t *wanted,
                                     const uint64_t *found)
{
    struct fields f = { json_object_new_array(), wanted, found, true };

    if ( f.list )
        template_key_fields(key, vendor, mask, add_field, &f);

    return finish(f.list, f.ok);
}

static struct json_object *binary(const uint64_t value[2],
                                  unsigned int nr_bits)
{
    char text[2 + ADJUST_BITS_TEXT] = "0b";

    adjust_bits_format_value(value, nr_bits, text + 2);

    return json_object_new_string(text);
}

struct json_object *report_mismatch(const struct verify_mismatch *m,
                                    uint32_t vendor)
{
    unsigned int nr_bits = adjust_key_bits(&m->key);
    struct json_object *o = report_key(&m->key);
    bool ok = o != NULL;

    if ( m->missing )
    {
        put(o, "missing", json_object_new_boolean(true), &ok);
        return finish(o, ok);
    }

    put(o, "template", binary(m->wanted, nr_bits), &ok);
    put(o, "configuration", binary(m->found, nr_bits), &ok);
    put(o, "fields", fields_of(&m->key, vendor, m->wanted[0] ^ m->found[0],
                               m->wanted, m->found), &ok);

    return finish(o, ok);
}

struct json_object *report_verify(const struct verify_report *report,
                                  uint32_t vendor)
{
    struct json_object *list = json_object_new_array();
    bool ok = list != NULL;

    for ( size_t i = 0; i < report->nr_mismatches; i++ )
        append(list, report_mismatch(&report->mismatches[i], vendor), &ok);

    return finish(list, ok);
}

/* NULL in JSON is NULL in json-c: not to be taken for out of memory. */
static void put_bits(struct json_object *o, const char *key,
                     const struct adjustment *e, bool *ok)
{
    char text[ADJUST_BITS_TEXT];

    if ( e )
    {
        adjust_bits_format(&e->bits, adjust_key_bits(&e->key), text);
        put(o, key, json_object_new_string(text), ok);
    }
    else if ( *ok )
        *ok = !json_object_object_add(o, key, NULL);
}

/* One of the two can be NULL. */
static struct json_object *difference(const struct adjustment *prev,
                                      const struct adjustment *curr,
                                      uint32_t vendor)
{
    const struct adjust_key *key = prev ? &prev->key : &curr->key;
    struct json_object *o = report_key(key);
    bool ok = o != NULL;

    put_bits(o, "prev", prev, &ok);
    put_bits(o, "curr", curr, &ok);
    if ( prev && curr )
        put(o, "fields",
            fields_of(key, vendor,
                      (prev->bits.value[0] ^ curr->bits.value[0]) |
                      (prev->bits.filter[0] ^ curr->bits.filter[0]),
                      NULL, NULL), &ok);

    return finish(o, ok);
}

static struct json_object *differences(const struct adjustments *prev,
                                       const struct adjustments *curr,
                                       uint32_t vendor)
{
    struct json_object *list = json_object_new_array();
    bool ok = list != NULL;

    for ( size_t i = 0, j = 0; i < prev->nr_entries || j < curr->nr_entries; )
    {
        const struct adjustment *a = &prev->entries[i];
        const struct adjustment *b = &curr->entries[j];
        int order = i == prev->nr_entries ? 1 :
                    j == curr->nr_entries ? -1 :
                    adjust_key_compare(&a->key, &b->key);

        if ( order || !adjust_bits_equal(&a->bits, &b->bits) )
            append(list, difference(order <= 0 ? a : NULL,
                                    order >= 0 ? b : NULL, vendor), &ok);
        i += order <= 0;
        j += order >= 0;
    }

    return finish(list, ok);
}

struct json_object *report_difference(const struct cpu_template *prev,
                                      const struct cpu_template *curr)
{
    struct adjustments a = { 0 }, b = { 0 };
    struct json_object *o = NULL;

    if ( !template_to_adjustments(prev, &a, NULL) &&
         !template_to_adjustments(curr, &b, NULL) )
        o = differences(&a, &b, template_vendor(curr));

    adjustments_dispose(&a);
    adjustments_dispose(&b);

    return o;
}
