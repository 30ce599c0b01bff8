/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A guest's CPU configuration out of a file. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ask-private.h"
#include "base/file.h"
#include "fingerprint.h"
#include "format/formats.h"
#include "guest/guest.h"
#include "policy/policy.h"

/* A template's values, open bits as 0; of entries named twice, the last. */
static int from_template(const struct cpu_template *t, struct dump_cpu *g,
                         cpupolicy_error *err)
{
    int rc = 0;

    for ( size_t i = 0; !rc && i < t->nr_leaves; i++ )
    {
        const struct template_leaf *l = &t->leaves[i];
        const struct dump_leaf *old = dump_leaf_at(g, l->leaf,
                                                   l->subleaf);
        struct dump_leaf row = old ? *old : (struct dump_leaf){
            .leaf = l->leaf, .subleaf = l->subleaf,
        };

        row.flags = l->flags;
        for ( size_t j = 0; j < l->nr_modifiers; j++ )
            row.reg[l->modifiers[j].reg] = adjust_bits_apply(
                &l->modifiers[j].bits, row.reg[l->modifiers[j].reg]);
        rc = dump_put_leaf(g, &row, err);
    }

    for ( size_t i = 0; !rc && i < t->nr_msrs; i++ )
    {
        const struct dump_msr row = {
            .index = t->msrs[i].index, .value = t->msrs[i].bits.value[0],
        };

        rc = dump_put_msr(g, &row, err);
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

static int from_dump(const char *text, size_t nr, struct dump_cpu *g,
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

int ask_file(const struct guest_question *q, struct file_answer *out,
             cpupolicy_error *err)
{
    struct cpu_template t = { 0 };
    char *text;
    size_t nr;
    int rc = file_load(q->from, DUMP_MAX_BYTES, &text, &nr, err);

    if ( rc )
        return rc;

    if ( parse_firecracker(text, nr, &t) )
        rc = from_dump(text, nr, &out->rows, err);
    else if ( !q->template || t.arch == TEMPLATE_AARCH64 )
    {
        out->is_template = true;
        out->template = t;
    }
    else
    {
        rc = from_template(&t, &out->rows, err);
        if ( rc )
            dump_dispose_cpu(&out->rows);
        template_dispose(&t);
    }
    free(text);

    return rc;
}
