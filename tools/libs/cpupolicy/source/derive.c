/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Deriving all policies of a source, and the record of it. */

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "source.h"

#define MAX_CHANGES (1U << 20)

void source_add_change(cpupolicy_source *src, bool is_msr,
                       unsigned int index, const cpupolicy_change *c)
{
    void *changes = src->changes;
    cpupolicy_change *out;

    if ( array_room(&changes, src->nr_changes, &src->max_changes,
                    sizeof(*out), MAX_CHANGES) )
    {
        src->no_memory = true;
        return;
    }
    src->changes = changes;
    out = &src->changes[src->nr_changes++];

    *out = *c;
    out->is_msr = is_msr;
    if ( is_msr )
        out->msr = x86_msr_descs[index].index;
    else
    {
        out->leaf = x86_slot_descs[index / 4].leaf;
        out->subleaf = x86_slot_descs[index / 4].subleaf;
        out->reg = index % 4;
    }
}

/* A rule's reason, and what it had to do without. */
static const char *reason_of(cpupolicy_source *src, const struct x86_change *c)
{
    const cpupolicy_unknown u = input_unknown(c->unknown);
    const char *reason = x86_rule_reason(c->rule);
    size_t nr = src->reasons.nr;

    if ( !c->unknown )
        return reason;

    notes_add(&src->reasons,
              "%s, or may be so: unknown: %s%s is not in this dump", reason,
              u.is_msr ? "MSR " : "leaf ", input_name(c->unknown).text);

    return src->reasons.nr > nr ? src->reasons.list[nr] : reason;
}

static void record(void *ctx, const struct x86_change *c)
{
    cpupolicy_source *src = ctx;
    /* The rule that merges CPUs says which CPU, not which feature. */
    bool is_cpu = !strcmp(x86_rule_id(c->rule), "host-every-cpu");
    const cpupolicy_change change = {
        .policy = (cpupolicy_which)c->policy,
        .before = c->before, .after = c->after,
        .rule = x86_rule_id(c->rule), .reason = reason_of(src, c),
        .reference = x86_rule_reference(c->rule),
        .uncertain = c->unknown, .unknown = input_unknown(c->unknown),
        .feature = c->aux == X86_NO_AUX || is_cpu ? -1
                                                  : feature_index(c->aux),
    };

    source_add_change(src, c->is_msr, c->index, &change);
}

void source_record_difference(cpupolicy_source *src, unsigned int which,
                              const struct cpu_policy *derived,
                              const struct cpu_policy *real)
{
    cpupolicy_change c = {
        .policy = (cpupolicy_which)which, .rule = "running-xen",
        .reason = "the running Xen decides it so", .feature = -1,
    };

    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
    {
        c.before = derived->word[i];
        c.after = real->word[i];
        if ( c.before != c.after )
            source_add_change(src, false, i, &c);
    }
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
    {
        c.before = derived->msr[i];
        c.after = real->msr[i];
        if ( c.before != c.after )
            source_add_change(src, true, i, &c);
    }
}

static void note_difference(void *ctx, const struct x86_cpu_difference *d)
{
    cpupolicy_source *src = ctx;
    const struct x86_slot_desc *s;

    if ( d->is_msr )
    {
        source_note(src, "CPU %u differs from the boot CPU in MSR 0x%x: "
                    "0x%llx, 0x%llx", d->cpu,
                    x86_msr_descs[d->index].index,
                    (unsigned long long)d->other,
                    (unsigned long long)d->boot);
        return;
    }

    s = &x86_slot_descs[d->index / 4];
    source_note(src, "CPU %u differs from the boot CPU in leaf 0x%x%s e%cx: "
                "0x%llx, 0x%llx", d->cpu, s->leaf,
                s->subleaf && s->subleaf != X86_NO_SUBLEAF ? " (subleaf)"
                                                           : "",
                "abcd"[d->index % 4], (unsigned long long)d->other,
                (unsigned long long)d->boot);
}

/* Alike CPUs need to be compared once. */
static void note_differences(cpupolicy_source *src)
{
    for ( size_t i = 1; i < src->nr_cpus; i++ )
        if ( memcmp(&src->cpus[i], &src->cpus[i - 1], sizeof(*src->cpus)) )
            x86_cpu_differences(&src->cpus[0], &src->cpus[i], i,
                                note_difference, src);
}

static void found_difference(void *ctx, const struct x86_cpu_difference *d)
{
    (void)d;
    *(bool *)ctx = true;
}

static bool is_new_kind(const cpupolicy_source *src, const size_t *first,
                        size_t nr, size_t cpu)
{
    for ( size_t i = 0; i < nr; i++ )
    {
        bool differs = false;

        x86_cpu_differences(&src->cpus[first[i]], &src->cpus[cpu], cpu,
                            found_difference, &differs);
        if ( !differs )
            return false;
    }

    return true;
}

int cpupolicy_source_kind(const cpupolicy_source *src, size_t kind,
                          cpupolicy **out, cpupolicy_error *err)
{
    size_t nr = 0, *first = calloc(src->nr_cpus + 1, sizeof(*first));
    cpupolicy *p = calloc(1, sizeof(*p));
    int rc = first && p ? 0 : cpupolicy_error_set(err, ENOMEM, 0,
                                                  "out of memory");

    for ( size_t i = 0; !rc && i < src->nr_cpus && nr <= kind; i++ )
        if ( is_new_kind(src, first, nr, i) )
            first[nr++] = i;
    if ( !rc && nr <= kind )
        rc = cpupolicy_error_set(err, ENOENT, 0, "no such kind of CPU");
    if ( !rc )
    {
        p->policy = src->cpus[first[kind]];
        if ( src->cpu_unknown )
            p->unknown = src->cpu_unknown[first[kind]];
        *out = p;
    }
    else
        free(p);
    free(first);

    return rc;
}

/* Drop CPUs that add nothing, so that big machines derive as fast. */
static size_t distinct_cpus(const cpupolicy_source *src,
                            struct cpu_policy *out)
{
    size_t nr = 0;

    for ( size_t i = 0; i < src->nr_cpus; i++ )
        if ( !nr || memcmp(&src->cpus[i], &out[nr - 1], sizeof(*out)) )
            out[nr++] = src->cpus[i];

    return nr;
}

int source_derive(cpupolicy_source *src, const cpupolicy_options *options,
                  cpupolicy_error *err)
{
    const struct x86_trace trace = { record, src };
    struct x86_policies *all;
    struct cpu_policy *cpus;
    struct x86_derive_input in = {
        .plat = &src->platform, .opt = &src->cmdline.cpuid, .trace = &trace,
        .unknown = &src->unknown,
    };
    int rc;

    rc = cmdline_parse(&src->cmdline,
                       options && options->cmdline ? options->cmdline : "",
                       err);
    if ( rc )
        return rc;

    for ( size_t i = 0; i < src->nr_cpus; i++ )
        x86_raw_clean(&src->cpus[i], i ? NULL : &trace);
    note_differences(src);

    rc = platform_parse(&src->platform,
                        options && options->platform ? options->platform : "",
                        err);
    if ( rc )
        return rc;

    all = malloc(sizeof(*all));
    cpus = malloc(src->nr_cpus * sizeof(*cpus));
    if ( all && cpus )
    {
        in.nr_cpus = distinct_cpus(src, cpus);
        in.cpus = cpus;
        x86_derive(all, &in);
        for ( unsigned int i = 0; i < X86_NR_POLICIES; i++ )
        {
            src->policies[i].policy = all->policy[i];
            src->policies[i].unknown = src->unknown;
            src->present[i] = true;
        }
    }
    else
        src->no_memory = true;
    free(all);
    free(cpus);

    return src->no_memory || src->notes.no_memory || src->reasons.no_memory
        ? cpupolicy_error_set(err, ENOMEM, 0, "out of memory") : 0;
}

const cpupolicy_change *cpupolicy_source_changes(const cpupolicy_source *src,
                                                 size_t *nr)
{
    *nr = src->nr_changes;

    return src->changes;
}
