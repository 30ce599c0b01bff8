/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Templates that make guests of several hosts alike. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "generate-private.h"

void generate_result_dispose(struct generate_result *r)
{
    template_dispose(&r->template);
    free(r->findings);
    memset(r, 0, sizeof(*r));
}

static void fill_policy(struct levelling *l, struct cpu_policy *p)
{
    memset(p, 0, sizeof(*p));

    for ( size_t i = 0; i < l->maps[0].nr_entries; i++ )
    {
        const struct adjustment *e = &l->maps[0].entries[i];
        uint32_t *word = level_policy_word(p, &e->key);
        int slot = e->key.kind == ADJUST_MSR
                   ? x86_msr_slot_find(e->key.id) : -1;

        if ( word )
            *word = e->bits.value[0];
        if ( slot >= 0 )
            p->msr[slot] = e->bits.value[0];
    }

    x86_policy_recalc_vendor(p);
}

/*
 * Kernels disagree on the flags of some leaves; the register is the same.
 * The flags of the first host come back at the end.
 */
static void forget_flags(struct adjustments *map)
{
    for ( size_t i = 0; i < map->nr_entries; i++ )
        map->entries[i].key.flags = 0;
}

static void recall_flags(const struct cpu_template *first,
                         struct cpu_template *t)
{
    for ( size_t i = 0; i < t->nr_leaves; i++ )
        for ( size_t j = 0; j < first->nr_leaves; j++ )
            if ( first->leaves[j].leaf == t->leaves[i].leaf &&
                 first->leaves[j].subleaf == t->leaves[i].subleaf )
                t->leaves[i].flags = first->leaves[j].flags;
}

static int compare_keys(const void *a, const void *b)
{
    return adjust_key_compare(a, b);
}

static int collect_keys(struct levelling *l)
{
    size_t nr = 0, nr_unique = 0;

    for ( size_t i = 0; i < l->nr_hosts; i++ )
        nr += l->maps[i].nr_entries;

    l->keys = calloc(nr ?: 1, sizeof(*l->keys));
    if ( !l->keys )
        return cpupolicy_error_set(l->err, ENOMEM, 0, "out of memory");

    nr = 0;
    for ( size_t i = 0; i < l->nr_hosts; i++ )
        for ( size_t j = 0; j < l->maps[i].nr_entries; j++ )
            l->keys[nr++] = l->maps[i].entries[j].key;

    qsort(l->keys, nr, sizeof(*l->keys), compare_keys);
    for ( size_t i = 0; i < nr; i++ )
        if ( !i || adjust_key_compare(&l->keys[i], &l->keys[i - 1]) )
            l->keys[nr_unique++] = l->keys[i];

    l->nr_keys = nr_unique;

    return 0;
}

static int check_host(const struct cpu_template *host, uint32_t vendor,
                      cpupolicy_error *err)
{
    uint32_t own = template_vendor(host);

    if ( host->arch != TEMPLATE_X86_64 )
        return cpupolicy_error_set(err, EINVAL, 0,
                                   "not the dump of an x86_64 guest");

    if ( own == X86_VENDOR_UNKNOWN )
        return cpupolicy_error_set(err, EINVAL, 0,
            "CPUID leaf 0 names no vendor: a whole dump is wanted");

    if ( own != vendor )
        return cpupolicy_error_set(err, EINVAL, 0,
            "%s, and the first one is %s: no template helps that",
            x86_vendor_name(own), x86_vendor_name(vendor));

    return 0;
}

static int check_hosts(const struct cpu_template *hosts, size_t nr,
                       size_t *failed, cpupolicy_error *err)
{
    int rc;

    *failed = 0;
    if ( nr < 2 || nr > GENERATE_MAX_HOSTS )
        return cpupolicy_error_set(err, EINVAL, 0,
                                   "%zu dumps: it takes 2 to %u", nr,
                                   GENERATE_MAX_HOSTS);

    for ( ; *failed < nr; ++*failed )
    {
        rc = check_host(&hosts[*failed], template_vendor(&hosts[0]), err);
        if ( rc )
            return rc;
    }

    return 0;
}

static int level(struct levelling *l, const struct cpu_template *hosts)
{
    int rc = 0;

    for ( size_t i = 0; !rc && i < l->nr_hosts; i++ )
    {
        rc = template_to_adjustments(&hosts[i], &l->maps[i], l->err);
        if ( !rc )
            forget_flags(&l->maps[i]);
    }

    if ( rc )
        return rc;

    fill_policy(l, &l->before);
    l->vendor = l->before.vendor;

    return collect_keys(l) ?: level_force(l) ?:
           template_from_adjustments(&l->forced, TEMPLATE_X86_64,
                                     &l->result->template, l->err) ?:
           level_check(l);
}

int template_generate(const struct cpu_template *hosts, size_t nr_hosts,
                      struct generate_result *out, size_t *failed_host,
                      cpupolicy_error *err)
{
    struct generate_result result = { .nr_findings = 0 };
    struct levelling *l;
    size_t ignored;
    int rc = check_hosts(hosts, nr_hosts, failed_host ?: &ignored, err);

    if ( rc )
        return rc;

    /* Two policies: more than a stack should hold. */
    l = calloc(1, sizeof(*l));
    if ( l )
        l->maps = calloc(nr_hosts, sizeof(*l->maps));
    if ( !l || !l->maps )
    {
        free(l);
        return cpupolicy_error_set(err, ENOMEM, 0, "out of memory");
    }

    l->nr_hosts = nr_hosts;
    l->result = &result;
    l->err = err;
    rc = level(l, hosts);

    for ( size_t i = 0; i < nr_hosts; i++ )
        adjustments_dispose(&l->maps[i]);
    adjustments_dispose(&l->forced);
    free(l->maps);
    free(l->keys);
    free(l);

    if ( rc )
    {
        generate_result_dispose(&result);
        return rc;
    }

    recall_flags(&hosts[0], &result.template);
    *out = result;

    return 0;
}
