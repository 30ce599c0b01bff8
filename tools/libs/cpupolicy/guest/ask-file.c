/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest's CPU configuration out of a file. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ask-private.h"
#include "base/file.h"
#include "format/formats.h"
#include "policy/policy.h"
#include "template/fingerprint.h"

/* A template's values, open bits as 0; of entries named twice, the last. */
static int from_template(const struct cpu_template *t, struct guest_config *g,
                         cpupolicy_error *err)
{
    int rc = 0;

    for ( size_t i = 0; !rc && i < t->nr_leaves; i++ )
    {
        const struct template_leaf *l = &t->leaves[i];
        const struct guest_leaf *old = guest_find_leaf(g, l->leaf,
                                                       l->subleaf);
        struct guest_leaf row = old ? *old : (struct guest_leaf){
            .leaf = l->leaf, .subleaf = l->subleaf,
        };

        row.flags = l->flags;
        for ( size_t j = 0; j < l->nr_modifiers; j++ )
            row.reg[l->modifiers[j].reg] = template_bits_apply(
                &l->modifiers[j].bits, row.reg[l->modifiers[j].reg]);
        rc = guest_put_leaf(g, &row, err);
    }

    for ( size_t i = 0; !rc && i < t->nr_msrs; i++ )
    {
        const struct guest_msr row = {
            t->msrs[i].index, t->msrs[i].bits.value[0],
        };

        rc = guest_put_msr(g, &row, err);
    }

    return rc;
}

/*
 * Firecracker's own files keep their flags, which other dumps do not have;
 * of a fingerprint, the guest counts.  -EINVAL: neither.
 */
static int parse_firecracker(const char *text, size_t nr,
                             struct cpu_template *out)
{
    struct fingerprint f;
    int rc = fingerprint_parse(text, nr, &f, NULL);

    if ( rc )
        return template_parse(text, nr, TEMPLATE_ANY, out, NULL);

    *out = f.guest;
    memset(&f.guest, 0, sizeof(f.guest));
    fingerprint_dispose(&f);

    return 0;
}

static int from_dump(const char *text, size_t nr, struct guest_config *g,
                     cpupolicy_error *err)
{
    const struct dump_input in = { text, nr };
    struct dump d = { 0 };
    int rc = policy_dump_parse(&in, &d, err);

    if ( rc )
        return rc;

    rc = d.nr_sections && d.sections[0].nr_cpus
        ? guest_from_dump(&d.sections[0].cpus[0], g, err)
        : cpupolicy_error_set(err, EINVAL, 0, "no CPU in this file");
    dump_dispose(&d);

    return rc;
}

int ask_file(const struct guest_question *q, struct cpu_template *out,
             cpupolicy_error *err)
{
    struct cpu_template t = { 0 };
    struct guest_config g = { 0 };
    char *text;
    size_t nr;
    int rc = file_load(q->from, DUMP_MAX_BYTES, &text, &nr, err);

    if ( rc )
        return rc;

    if ( !parse_firecracker(text, nr, &t) )
    {
        if ( !q->template || t.arch == TEMPLATE_AARCH64 )
        {
            *out = t;
            free(text);
            return 0;
        }
        rc = from_template(&t, &g, err);
        template_dispose(&t);
    }
    else
        rc = from_dump(text, nr, &g, err);
    free(text);

    rc = rc ?: ask_apply(q, "the file", &g, err) ?:
         ask_to_template(&g, out, err);
    guest_dispose(&g);

    return rc;
}
