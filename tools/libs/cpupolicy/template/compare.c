/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What differs between two fingerprints. */
#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "template/strip.h"
#include "fingerprint.h"

/* The part of a list that remains without common beginning and end. */
struct middle {
    size_t start, end_a, end_b;
};

/* Are entry i of the one list and entry j of the other the same? */
typedef bool entry_equal(const struct cpu_template *a, size_t i,
                         const struct cpu_template *b, size_t j);

static struct middle find_middle(const struct cpu_template *a, size_t nr_a,
                                 const struct cpu_template *b, size_t nr_b,
                                 entry_equal *equal)
{
    struct middle m = { 0, nr_a, nr_b };

    while ( m.start < nr_a && m.start < nr_b &&
            equal(a, m.start, b, m.start) )
        m.start++;

    while ( m.end_a > m.start && m.end_b > m.start &&
            equal(a, m.end_a - 1, b, m.end_b - 1) )
    {
        m.end_a--;
        m.end_b--;
    }

    return m;
}

/* A view of one entry as a template of its own, to compare with. */
static bool leaf_equal(const struct cpu_template *a, size_t i,
                       const struct cpu_template *b, size_t j)
{
    struct cpu_template x = { .leaves = &a->leaves[i], .nr_leaves = 1 };
    struct cpu_template y = { .leaves = &b->leaves[j], .nr_leaves = 1 };

    return template_equal(&x, &y);
}

static bool msr_equal(const struct cpu_template *a, size_t i,
                      const struct cpu_template *b, size_t j)
{
    struct cpu_template x = { .msrs = &a->msrs[i], .nr_msrs = 1 };
    struct cpu_template y = { .msrs = &b->msrs[j], .nr_msrs = 1 };

    return template_equal(&x, &y);
}

static bool reg_equal(const struct cpu_template *a, size_t i,
                      const struct cpu_template *b, size_t j)
{
    struct cpu_template x = { .regs = &a->regs[i], .nr_regs = 1 };
    struct cpu_template y = { .regs = &b->regs[j], .nr_regs = 1 };

    return template_equal(&x, &y);
}

/* Null pointers, which empty lists are, may not even be added 0 to. */
#define VIEW(list, m)                                                      \
do {                                                                       \
    x->list = x->list ? x->list + (m).start : NULL;                        \
    y->list = y->list ? y->list + (m).start : NULL;                        \
    x->nr_##list = (m).end_a - (m).start;                                  \
    y->nr_##list = (m).end_b - (m).start;                                  \
} while ( 0 )

/*
 * Two templates that say the same in another order: views of the stretches
 * in which their lists differ.  The views own nothing.
 */
static void reordered(const struct cpu_template *a,
                      const struct cpu_template *b, struct cpu_template *x,
                      struct cpu_template *y)
{
    struct middle l = find_middle(a, a->nr_leaves, b, b->nr_leaves,
                                  leaf_equal);
    struct middle m = find_middle(a, a->nr_msrs, b, b->nr_msrs, msr_equal);
    struct middle r = find_middle(a, a->nr_regs, b, b->nr_regs, reg_equal);

    *x = *a;
    *y = *b;
    x->nr_capabilities = y->nr_capabilities = 0;
    x->nr_features = y->nr_features = 0;
    VIEW(leaves, l);
    VIEW(msrs, m);
    VIEW(regs, r);
}

static int put(struct json_object *o, const char *key,
               struct json_object *value)
{
    if ( value && !json_object_object_add(o, key, value) )
        return 0;

    json_object_put(value);

    return -ENOMEM;
}

/* Append {"name", "prev", "curr"}; consumes both values. */
static int add_difference(struct json_object *list, const char *name,
                          struct json_object *prev, struct json_object *curr)
{
    struct json_object *o = json_object_new_object();
    int rc = put(o, "name", json_object_new_string(name));

    rc = put(o, "prev", prev) ?: rc;
    rc = put(o, "curr", curr) ?: rc;
    if ( !rc && json_object_array_add(list, o) )
        rc = -ENOMEM;
    if ( rc )
        json_object_put(o);

    return rc;
}

/*
 * The pair in which the difference shows: stripped as the original does it;
 * if that leaves nothing, with capabilities and open bits counted; if that
 * leaves nothing either, what stands at different places.
 */
static int show_guests(const struct cpu_template in[2], bool as_original,
                       struct json_object *list, cpupolicy_error *err)
{
    struct strip_options options = { false, false };
    struct cpu_template out[2] = { { 0 }, { 0 } }, view[2];
    int rc = template_strip(in, 2, &options, out, err);

    if ( !rc && !as_original && template_equal(&out[0], &out[1]) )
    {
        template_dispose(&out[0]);
        template_dispose(&out[1]);
        options = (struct strip_options){ true, true };
        rc = template_strip(in, 2, &options, out, err);
    }

    if ( rc )
        return rc;

    memcpy(view, out, sizeof(view));
    if ( !as_original && template_equal(&out[0], &out[1]) )
        reordered(&in[0], &in[1], &view[0], &view[1]);

    rc = add_difference(list, fingerprint_field_names[FINGERPRINT_GUEST],
                        template_to_json(&view[0]),
                        template_to_json(&view[1]));
    if ( rc )
        cpupolicy_error_set(err, -rc, 0, "out of memory");

    template_dispose(&out[0]);
    template_dispose(&out[1]);

    return rc;
}

static int compare_field(const struct fingerprint *prev,
                         const struct fingerprint *curr,
                         enum fingerprint_field field, bool as_original,
                         struct json_object *list, cpupolicy_error *err)
{
    struct cpu_template guests[2];
    int rc;

    if ( field == FINGERPRINT_GUEST )
    {
        if ( template_equal(&prev->guest, &curr->guest) )
            return 0;
        guests[0] = prev->guest;
        guests[1] = curr->guest;
        return show_guests(guests, as_original, list, err);
    }

    if ( !strcmp(prev->strings[field], curr->strings[field]) )
        return 0;

    rc = add_difference(list, fingerprint_field_names[field],
                        json_object_new_string(prev->strings[field]),
                        json_object_new_string(curr->strings[field]));

    return rc ? cpupolicy_error_set(err, -rc, 0, "out of memory") : 0;
}

int fingerprint_compare(const struct fingerprint *prev,
                        const struct fingerprint *curr,
                        const struct compare_options *options,
                        struct json_object **out, cpupolicy_error *err)
{
    struct json_object *list = json_object_new_array();
    int rc = list ? 0 : cpupolicy_error_set(err, ENOMEM, 0, "out of memory");

    for ( size_t i = 0; !rc && i < options->nr_fields; i++ )
        rc = compare_field(prev, curr, options->fields[i],
                           options->as_original, list, err);

    if ( rc )
        json_object_put(list);
    else
        *out = list;

    return rc;
}
