/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One rule of the derivation at a time: what it changes on a machine made for
 * it, and that it leaves another machine alone (rows-*.c).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"
#include "source/source.h"

Suite *suite_rules(void);

/* What one rule did to one policy, over all its steps. */
struct effect {
    const struct rule_row *row;
    struct cpu_policy before, after;
};

/* The first value before, the last one after. */
static void join(uint64_t *before, uint64_t *after,
                 const struct x86_change *c)
{
    uint64_t changed = c->before ^ c->after;
    uint64_t fresh = changed & ~(*before ^ *after);

    *before = (*before & ~fresh) | (c->before & fresh);
    *after = (*after & ~changed) | (c->after & changed);
}

static void note(void *ctx, const struct x86_change *c)
{
    struct effect *e = ctx;
    uint64_t before, after;

    if ( c->policy != e->row->policy ||
         strcmp(x86_rule_id(c->rule), e->row->rule) )
        return;

    if ( c->is_msr )
    {
        join(&e->before.msr[c->index], &e->after.msr[c->index], c);
        return;
    }

    before = e->before.word[c->index];
    after = e->after.word[c->index];
    join(&before, &after, c);
    e->before.word[c->index] = before;
    e->after.word[c->index] = after;
}

static void put(char *out, size_t size, const char *fmt, const char *text)
{
    size_t len = strlen(out);

    snprintf(out + len, size - len, "%s", len ? " " : "");
    len = strlen(out);
    snprintf(out + len, size - len, fmt, text);
}

static void put_features(struct effect *e, char *out, size_t size)
{
    x86_featureset zero = { 0 };

    for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
    {
        const struct x86_feature_desc *d = &x86_feature_descs[i];
        bool before = x86_policy_has(&e->before, d->value);
        bool after = x86_policy_has(&e->after, d->value);

        if ( before != after )
            put(out, size, after ? "+%s" : "-%s", d->name);
    }

    /* What is left is no feature. */
    for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
        x86_feature_set(zero, x86_feature_descs[i].value);
    for ( unsigned int w = 0; w < X86_NR_FEATURE_WORDS; w++ )
    {
        x86_featureset a, b;

        x86_policy_to_featureset(&e->before, a);
        x86_policy_to_featureset(&e->after, b);
        a[w] &= ~zero[w];
        b[w] &= ~zero[w];
        x86_featureset_to_policy(a, &e->before);
        x86_featureset_to_policy(b, &e->after);
    }
}

static void put_fields(const struct effect *e, char *out, size_t size)
{
    char text[40];

    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
    {
        const struct x86_slot_desc *s = &x86_slot_descs[i / 4];

        if ( e->before.word[i] == e->after.word[i] )
            continue;
        if ( s->subleaf == NONE )
            snprintf(text, sizeof(text), "~%#x:%c", s->leaf, "abcd"[i % 4]);
        else
            snprintf(text, sizeof(text), "~%#x.%u:%c", s->leaf, s->subleaf,
                     "abcd"[i % 4]);
        put(out, size, "%s", text);
    }

    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        if ( e->before.msr[i] != e->after.msr[i] )
        {
            snprintf(text, sizeof(text), "~msr:%#x", x86_msr_descs[i].index);
            put(out, size, "%s", text);
        }
}

/* Of a row, another policy, or the same registers of another maker. */
static void derive_as(const struct rule_row *row, enum maker maker,
                      struct effect *e)
{
    const struct x86_trace trace = { note, e };
    struct x86_policies *all = malloc(sizeof(*all));
    struct cpu_policy cpus[2];
    struct x86_cpuid_option opt = { { 0 }, { 0 }, { 0 } };
    struct x86_platform plat;
    struct x86_derive_input in = {
        .cpus = cpus, .plat = &plat, .opt = &opt, .trace = &trace,
    };

    struct rule_row other = *row;

    ck_assert_ptr_nonnull(all);
    other.machine.maker = maker;
    *e = (struct effect){ .row = row };
    in.nr_cpus = machine_cpus(cpus, &other, &trace);
    x86_platform_guess(&plat, &cpus[0], NULL);
    if ( row->facts )
        ck_assert_msg(!platform_parse(&plat, row->facts, NULL), "%s: %s",
                      row->name, row->facts);
    if ( row->option )
        ck_assert_msg(!x86_cpuid_option_parse(&opt, row->option,
                                              strlen(row->option), NULL),
                      "%s: %s", row->name, row->option);
    x86_derive(all, &in);
    free(all);
}

#define MAX_CHANGE 2048

static void change_of(const struct rule_row *row, enum maker maker,
                      char text[MAX_CHANGE])
{
    struct effect e;

    *text = '\0';
    derive_as(row, maker, &e);
    put_features(&e, text, MAX_CHANGE);
    put_fields(&e, text, MAX_CHANGE);
}

static void check_row(const struct rule_row *row)
{
    char text[MAX_CHANGE];

    change_of(row, row->machine.maker, text);
    ck_assert_msg(!strcmp(text, row->change), "%s, %s: '%s', not '%s'",
                  row->rule, row->name, text, row->change);
}

START_TEST(rule_of_host_row_changes_what_it_says)
{
    check_row(&host_rows[_i]);
}
END_TEST

START_TEST(rule_of_guest_row_changes_what_it_says)
{
    check_row(&guest_rows[_i]);
}
END_TEST

/* ---- the other type of guest, the other vendor ------------------------- */

static enum x86_policy_index twin_policy(enum x86_policy_index policy)
{
    switch ( policy )
    {
    case X86_POLICY_PV_MAX:      return X86_POLICY_HVM_MAX;
    case X86_POLICY_HVM_MAX:     return X86_POLICY_PV_MAX;
    case X86_POLICY_PV_DEFAULT:  return X86_POLICY_HVM_DEFAULT;
    case X86_POLICY_HVM_DEFAULT: return X86_POLICY_PV_DEFAULT;
    default: ck_abort_msg("policy %u", policy);
    }
}

/* Their names say for whom they are; VMX is for HVM guests. */
static bool is_for_one_type(const char *rule)
{
    return !strncmp(rule, "pv-", 3) || !strncmp(rule, "hvm-", 4) ||
           !strncmp(rule, "vmx-", 4);
}

/*
 * What a rule does for one type of guest it does for the other, but where its
 * name says for whom it is, or the row says what is different.
 */
START_TEST(rule_of_guest_row_does_the_same_for_the_other_type)
{
    struct rule_row twin = guest_rows[_i];
    const char *want = twin.twin ? twin.twin : twin.change;
    char text[MAX_CHANGE];

    /* A row of the type that such a rule is not for may have any twin. */
    if ( is_for_one_type(twin.rule) )
        want = *twin.change ? "" : NULL;
    twin.policy = twin_policy(twin.policy);
    change_of(&twin, twin.machine.maker, text);
    ck_assert_msg(!want || !strcmp(text, want), "%s, %s, for the other type: "
                  "'%s', not '%s'", twin.rule, twin.name, text, want ?: "");
}
END_TEST

static bool acts_elsewhere(const struct rule_row *row)
{
    char text[MAX_CHANGE];

    change_of(row, row->machine.maker == INTEL ? AMD : INTEL, text);

    return *text;
}

static void note_elsewhere(const struct rule_row *rows, unsigned int nr,
                           const char *rule, unsigned int *acting)
{
    for ( unsigned int i = 0; i < nr; i++ )
        if ( !strcmp(rows[i].rule, rule) && *rows[i].change )
            *acting += acts_elsewhere(&rows[i]);
}

/*
 * Rules that know no vendor: they act on the same registers of any.  All
 * others are of a manual or an advisory of one vendor.
 */
static const char *const any_vendor[] = {
    "cmdline-guest", "cmdline-guest-may", "cmdline-out",
    "default-host-leaves", "default-last-leaf", "default-mirrors-host",
    "dependency", "guest-amd-stibp", "guest-cmdline-out", "guest-derived",
    "guest-fpu-behaviour", "guest-hidden", "guest-hypervisor", "guest-ibpb",
    "guest-max-leaves", "guest-phys-bits", "guest-stibp", "guest-topology", "guest-xstate",
    "host-clzero-line-size", "host-cpuid-faulting", "host-every-cpu",
    "host-experimental", "host-known", "host-leaf-capacity", "host-no-hvm",
    "host-no-rdt-leaf", "host-no-vpmu", "host-no-xstate-leaf", "host-xstate",
    "hvm-cpuid-faulting", "hvm-default-mask", "hvm-emulated-apic",
    "hvm-max-mask", "hvm-no-lmsl", "hvm-pks-needs-vmx", "hvm-shadow-mask",
    "hvm-vmcb-clean", "max-erms", "max-topology-flags", "no-spec-ctrl",
    "pv-default-mask", "pv-max-mask", "pv-x2apic", "raw-arch-caps",
    "raw-dynamic", "raw-hypervisor-leaves", "raw-out-of-range",
    "raw-platform-info",
};

START_TEST(rule_acts_for_another_vendor_only_if_it_knows_none)
{
    const struct x86_rule *r;

    for ( unsigned int i = 0; (r = x86_rule_at(i)); i++ )
    {
        const char *id = x86_rule_id(r);
        unsigned int acting = 0;
        bool any = false;

        for ( size_t j = 0; j < sizeof(any_vendor) / sizeof(*any_vendor);
              j++ )
            any |= !strcmp(id, any_vendor[j]);
        note_elsewhere(host_rows, nr_host_rows, id, &acting);
        note_elsewhere(guest_rows, nr_guest_rows, id, &acting);
        ck_assert_msg(!acting == !any, "%s: %u of its rows act for another "
                      "vendor", id, acting);
    }
}
END_TEST

/* Rules that never change a bit, and why they are there. */
static const struct {
    const char *rule, *why;
} never_act[] = {
    { "host-rsb-unsafe", "remembers for default-rsba, which has rows" },
    { "guest-xsave-leaf", "a net: such a host has no XSAVE either" },
    { "guest-out-of-range", "a net, should a rule before it forget" },
};

static bool can_act(const char *rule)
{
    for ( size_t i = 0; i < sizeof(never_act) / sizeof(never_act[0]); i++ )
        if ( !strcmp(rule, never_act[i].rule) )
            return false;

    return true;
}

static void count(const struct rule_row *rows, unsigned int nr,
                  const char *rule, unsigned int *acting,
                  unsigned int *idle)
{
    for ( unsigned int i = 0; i < nr; i++ )
        if ( !strcmp(rows[i].rule, rule) )
            *(*rows[i].change ? acting : idle) += 1;
}

START_TEST(every_rule_has_a_row_where_it_acts_and_one_where_not)
{
    const struct x86_rule *r;

    for ( unsigned int i = 0; (r = x86_rule_at(i)); i++ )
    {
        unsigned int acting = 0, idle = 0;

        count(host_rows, nr_host_rows, x86_rule_id(r), &acting, &idle);
        count(guest_rows, nr_guest_rows, x86_rule_id(r), &acting, &idle);
        ck_assert_msg(!acting == !can_act(x86_rule_id(r)) && idle,
                      "%s: %u rows where it acts, %u where not",
                      x86_rule_id(r), acting, idle);
    }
}
END_TEST

static bool is_rule(const char *id)
{
    const struct x86_rule *r;

    for ( unsigned int i = 0; (r = x86_rule_at(i)); i++ )
        if ( !strcmp(id, x86_rule_id(r)) )
            return true;

    return false;
}

START_TEST(every_row_names_a_rule)
{
    for ( unsigned int i = 0; i < nr_host_rows; i++ )
        ck_assert_msg(is_rule(host_rows[i].rule), "%s", host_rows[i].rule);
    for ( unsigned int i = 0; i < nr_guest_rows; i++ )
        ck_assert_msg(is_rule(guest_rows[i].rule), "%s", guest_rows[i].rule);
}
END_TEST

START_TEST(every_rule_has_an_id_of_its_own_and_a_reason)
{
    const struct x86_rule *r, *other;

    for ( unsigned int i = 0; (r = x86_rule_at(i)); i++ )
    {
        ck_assert_msg(x86_rule_reason(r) && *x86_rule_reason(r), "%s",
                      x86_rule_id(r));
        for ( unsigned int j = 0; j < i && (other = x86_rule_at(j)); j++ )
            ck_assert_str_ne(x86_rule_id(r), x86_rule_id(other));
    }
    ck_assert_ptr_null(x86_rule_at(UINT32_MAX));
}
END_TEST

Suite *suite_rules(void)
{
    Suite *s = suite_create("rules");
    TCase *tc = tcase_create("rows");

    tcase_add_loop_test(tc, rule_of_host_row_changes_what_it_says, 0,
                        nr_host_rows);
    tcase_add_loop_test(tc, rule_of_guest_row_changes_what_it_says, 0,
                        nr_guest_rows);
    tcase_add_loop_test(tc,
                        rule_of_guest_row_does_the_same_for_the_other_type,
                        0, nr_guest_rows);
    suite_add_tcase(s, tc);

    tc = tcase_create("tables");
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, rule_acts_for_another_vendor_only_if_it_knows_none);
    tcase_add_test(tc,
                   every_rule_has_a_row_where_it_acts_and_one_where_not);
    tcase_add_test(tc, every_row_names_a_rule);
    tcase_add_test(tc, every_rule_has_an_id_of_its_own_and_a_reason);
    suite_add_tcase(s, tc);

    return s;
}
