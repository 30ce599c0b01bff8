/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a file says of its rows, held against them. */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "format/formats.h"
#include "policy.h"
#include "text/text.h"

static int fail(const struct dump_claim *claim, cpupolicy_error *err)
{
    if ( !err )
        return -EINVAL;

    err->line = claim->line;
    err->column = claim->column;

    return -EINVAL;
}

int dump_check_vendor(const struct dump_cpu *cpu, const struct cpu_policy *p,
                      cpupolicy_error *err)
{
    const char *says = cpu->vendor.text;
    bool is_whole = dump_find_plain_leaf(cpu, 0);

    if ( !says || !strcmp(says, x86_vendor_name(p->vendor)) )
        return 0;

    cpupolicy_error_set(err, EINVAL, 0, "the vendor '%s', and %s says %s",
                        text_quote(says, strlen(says)).text,
                        is_whole ? "leaf 0x0" : "the policy underneath",
                        x86_vendor_name(p->vendor));

    return fail(&cpu->vendor, err);
}

/* "leaf 0x7 ebx", "leaf 0x7 subleaf 0x1 eax", "MSR 0x10a" */
static void place_of(unsigned int feature, char *out, size_t size)
{
    const struct x86_word_desc *w = &x86_word_descs[feature / 32];
    const struct x86_slot_desc *s;

    if ( w->slot == X86_WORD_IN_MSR )
    {
        snprintf(out, size, "MSR 0x%x", x86_msr_descs[w->msr_slot].index);
        return;
    }

    s = &x86_slot_descs[w->slot];
    if ( s->subleaf == X86_NO_SUBLEAF )
        snprintf(out, size, "leaf 0x%x e%cx", s->leaf, "abcd"[w->reg]);
    else
        snprintf(out, size, "leaf 0x%x subleaf 0x%x e%cx", s->leaf,
                 s->subleaf, "abcd"[w->reg]);
}

static int unknown_feature(const struct dump_claim *claim,
                           cpupolicy_error *err)
{
    struct text_quote q = text_quote(claim->text, strlen(claim->text));
    const char *near;

    if ( cpupolicy_feature_nearest(claim->text, &near, 1) )
        cpupolicy_error_set(err, EINVAL, 0, "unknown feature '%s'; did you "
                            "mean %s", q.text, near);
    else
        cpupolicy_error_set(err, EINVAL, 0, "unknown feature '%s'", q.text);

    return fail(claim, err);
}

/* Each one named is there; `named` collects them. */
static int check_named(const struct dump_cpu *cpu, const uint32_t *have,
                       uint32_t *named, cpupolicy_error *err)
{
    char place[64];

    for ( size_t i = 0; i < cpu->nr_features; i++ )
    {
        const struct dump_claim *claim = &cpu->features[i];
        const struct x86_feature_desc *f =
            x86_feature_lookup(claim->text, strlen(claim->text));

        if ( !f )
            return unknown_feature(claim, err);
        x86_feature_set(named, f->value);
        if ( x86_feature_test(have, f->value) )
            continue;

        place_of(f->value, place, sizeof(place));
        cpupolicy_error_set(err, EINVAL, 0, "the feature '%s', and %s does "
                            "not have it", f->name, place);
        return fail(claim, err);
    }

    return 0;
}

static int check_features(const struct dump_cpu *cpu,
                          const struct cpu_policy *p, cpupolicy_error *err)
{
    x86_featureset have, named = { 0 };
    char place[64];
    int rc;

    x86_policy_to_featureset(p, have);
    rc = check_named(cpu, have, named, err);
    if ( rc )
        return rc;

    /* A list that leaves out what is there is as wrong. */
    for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
    {
        const struct x86_feature_desc *f = &x86_feature_descs[i];

        if ( !x86_feature_test(have, f->value) ||
             x86_feature_test(named, f->value) )
            continue;
        place_of(f->value, place, sizeof(place));
        cpupolicy_error_set(err, EINVAL, 0, "%s has the feature '%s', which "
                            "is not named", place, f->name);
        return fail(&cpu->list, err);
    }

    return 0;
}

int dump_check_claims(const struct dump *d, cpupolicy_error *err)
{
    struct cpu_policy p;
    int rc = 0;

    for ( size_t i = 0; i < d->nr_sections; i++ )
        for ( size_t j = 0; j < d->sections[i].nr_cpus && !rc; j++ )
        {
            const struct dump_cpu *cpu = &d->sections[i].cpus[j];

            if ( !cpu->vendor.text && !cpu->lists_features )
                continue;
            policy_from_dump_cpu(&p, cpu, NULL);
            if ( dump_find_plain_leaf(cpu, 0) )
                rc = dump_check_vendor(cpu, &p, err);
            if ( !rc && cpu->lists_features )
                rc = check_features(cpu, &p, err);
        }

    return rc;
}

/* Hand over what was read, unless it contradicts itself. */
static int take(struct dump *d, struct dump *out, cpupolicy_error *err)
{
    int rc = dump_check_claims(d, err);

    if ( rc )
        dump_dispose(d);
    else
        *out = *d;

    return rc;
}

int policy_dump_parse(const struct dump_input *in, struct dump *out,
                      cpupolicy_error *err)
{
    struct dump d;
    int rc = dump_parse(in, &d, err);

    return rc ? rc : take(&d, out, err);
}

int policy_dump_load(const char *path, struct dump *out, cpupolicy_error *err)
{
    struct dump d;
    int rc = dump_load(path, &d, err);

    return rc ? rc : take(&d, out, err);
}
