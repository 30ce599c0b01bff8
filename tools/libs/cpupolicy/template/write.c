/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Templates to JSON, byte for byte as the original writes them. */
#include <inttypes.h>
#include <json-c/json.h>
#include <json-c/printbuf.h>
#include <stdio.h>

#include "template.h"

#define CONST_KEY \
    (JSON_C_OBJECT_ADD_KEY_IS_NEW | JSON_C_OBJECT_ADD_CONSTANT_KEY)

/* json-c breaks the line inside an empty array; the original does not. */
static int print_empty_array(struct json_object *o, struct printbuf *pb,
                             int level, int flags)
{
    (void)o;
    (void)level;
    (void)flags;

    return printbuf_memappend(pb, "[]", 2);
}

/*
 * Put `value` into `to` under `key`.  Consumes `value` in any case; false on
 * a NULL one, which is how out of memory shows.
 */
static bool put(struct json_object *to, const char *key,
                struct json_object *value)
{
    if ( to && value &&
         !json_object_object_add_ex(to, key, value, CONST_KEY) )
        return true;

    json_object_put(value);

    return false;
}

/* The same for an array. */
static bool append(struct json_object *to, struct json_object *value)
{
    if ( to && value && !json_object_array_add(to, value) )
        return true;

    json_object_put(value);

    return false;
}

/* Free what could not be completed. */
static struct json_object *finish(struct json_object *o, bool ok)
{
    if ( ok )
        return o;

    json_object_put(o);

    return NULL;
}

static struct json_object *hex(uint64_t value)
{
    char text[19];

    snprintf(text, sizeof(text), "0x%"PRIx64, value);

    return json_object_new_string(text);
}

static struct json_object *bitmap(const struct adjust_bits *b,
                                  unsigned int nr_bits)
{
    char text[ADJUST_BITS_TEXT];

    adjust_bits_format(b, nr_bits, text);

    return json_object_new_string(text);
}

static struct json_object *capability(const struct cpu_template *t, size_t i)
{
    char text[12];

    snprintf(text, sizeof(text), "%s%"PRIu32,
             t->capabilities[i].remove ? "!" : "", t->capabilities[i].number);

    return json_object_new_string(text);
}

static struct json_object *modifier(const struct template_modifier *m)
{
    struct json_object *o = json_object_new_object();
    const char *name = adjust_reg_names[m->reg];

    return finish(o, put(o, "register", json_object_new_string(name)) &&
                     put(o, "bitmap", bitmap(&m->bits, 32)));
}

static struct json_object *new_array(size_t nr)
{
    struct json_object *o = json_object_new_array_ext(nr ? nr : 1);

    if ( o && !nr )
        json_object_set_serializer(o, print_empty_array, NULL, NULL);

    return o;
}

static struct json_object *leaf(const struct cpu_template *t, size_t nr)
{
    const struct template_leaf *l = &t->leaves[nr];
    struct json_object *o = json_object_new_object();
    struct json_object *modifiers = new_array(l->nr_modifiers);
    bool ok = put(o, "leaf", hex(l->leaf)) &&
              put(o, "subleaf", hex(l->subleaf)) &&
              put(o, "flags", json_object_new_int64(l->flags));

    for ( size_t i = 0; ok && i < l->nr_modifiers; i++ )
        ok = append(modifiers, modifier(&l->modifiers[i]));

    /* In this order: put() has to consume the array even after a failure. */
    return finish(o, put(o, "modifiers", modifiers) && ok);
}

static struct json_object *addressed(uint64_t addr,
                                     const struct adjust_bits *bits,
                                     unsigned int nr_bits)
{
    struct json_object *o = json_object_new_object();

    return finish(o, put(o, "addr", hex(addr)) &&
                     put(o, "bitmap", bitmap(bits, nr_bits)));
}

static struct json_object *msr(const struct cpu_template *t, size_t i)
{
    return addressed(t->msrs[i].index, &t->msrs[i].bits, 64);
}

static struct json_object *reg(const struct cpu_template *t, size_t i)
{
    return addressed(t->regs[i].id, &t->regs[i].bits, 128);
}

static struct json_object *feature(const struct cpu_template *t, size_t i)
{
    const struct template_feature *f = &t->features[i];
    struct json_object *o = json_object_new_object();

    return finish(o, put(o, "index", json_object_new_int64(f->index)) &&
                     put(o, "bitmap", bitmap(&f->bits, 32)));
}

static struct json_object *
list(const struct cpu_template *t, size_t nr,
     struct json_object *(*element)(const struct cpu_template *t, size_t i))
{
    struct json_object *o = new_array(nr);
    bool ok = o != NULL;

    for ( size_t i = 0; ok && i < nr; i++ )
        ok = append(o, element(t, i));

    return finish(o, ok);
}

struct json_object *template_to_json(const struct cpu_template *t)
{
    struct json_object *o = json_object_new_object();
    bool ok = put(o, "kvm_capabilities",
                  list(t, t->nr_capabilities, capability));

    if ( t->arch == TEMPLATE_AARCH64 )
        ok = ok && put(o, "vcpu_features", list(t, t->nr_features, feature))
                && put(o, "reg_modifiers", list(t, t->nr_regs, reg));
    else
        ok = ok && put(o, "cpuid_modifiers", list(t, t->nr_leaves, leaf))
                && put(o, "msr_modifiers", list(t, t->nr_msrs, msr));

    return finish(o, ok);
}

const char *template_json_text(struct json_object *o)
{
    return json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY |
                                             JSON_C_TO_STRING_SPACED |
                                             JSON_C_TO_STRING_NOSLASHESCAPE);
}
