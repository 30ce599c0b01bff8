/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A raw policy in our own JSON, as its documentation has it, derives to the
 * same policies as the registers it was made of.
 */
#include <check.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "corpus.h"
#include "source/source.h"
#include "quick.h"

Suite *suite_derive_json(void);

static struct json_object *hex(uint64_t value)
{
    char text[24];

    snprintf(text, sizeof(text), "0x%llx", (unsigned long long)value);

    return json_object_new_string(text);
}

static struct json_object *leaves_of(const struct cpu_policy *p)
{
    struct json_object *list = json_object_new_array();
    struct xen_cpu_policy_leaf leaves[X86_NR_SLOTS];
    uint32_t nr = X86_NR_SLOTS;

    quick_assert_msg(!x86_policy_to_leaves(p, &x86_abi_full, leaves, &nr),
                     "no room");
    for ( uint32_t i = 0; i < nr; i++ )
    {
        struct json_object *l = json_object_new_object();

        json_object_object_add(l, "leaf", hex(leaves[i].leaf));
        if ( leaves[i].subleaf != X86_NO_SUBLEAF )
            json_object_object_add(l, "subleaf", hex(leaves[i].subleaf));
        json_object_object_add(l, "eax", hex(leaves[i].a));
        json_object_object_add(l, "ebx", hex(leaves[i].b));
        json_object_object_add(l, "ecx", hex(leaves[i].c));
        json_object_object_add(l, "edx", hex(leaves[i].d));
        json_object_array_add(list, l);
    }

    return list;
}

static struct json_object *msrs_of(const struct cpu_policy *p)
{
    struct json_object *list = json_object_new_array();

    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
    {
        struct json_object *m = json_object_new_object();

        json_object_object_add(m, "index", hex(x86_msr_descs[i].index));
        json_object_object_add(m, "value", hex(p->msr[i]));
        json_object_array_add(list, m);
    }

    return list;
}

static struct json_object *features_of_policy(const struct cpu_policy *p)
{
    struct json_object *list = json_object_new_array();

    for ( unsigned int i = 0; i < X86_NR_FEATURES; i++ )
        if ( x86_policy_has(p, x86_feature_descs[i].value) )
            json_object_array_add(list, json_object_new_string(
                                      x86_feature_descs[i].name));

    return list;
}

/* All rows are there; some of them count for nothing. */
static struct json_object *unknown_of(const struct x86_unknown *u)
{
    struct json_object *list = json_object_new_array();
    x86_input i = X86_INPUT_NONE;

    while ( (i = x86_unknown_next(u, i)) )
    {
        struct json_object *o = json_object_new_object();
        unsigned int slot = x86_input_slot(i);

        if ( x86_input_is_msr(i) )
            json_object_object_add(o, "msr", hex(x86_msr_descs[slot].index));
        else
        {
            json_object_object_add(o, "leaf", hex(x86_slot_descs[slot].leaf));
            if ( x86_slot_descs[slot].subleaf != X86_NO_SUBLEAF )
                json_object_object_add(o, "subleaf", hex(
                                           x86_slot_descs[slot].subleaf));
        }
        json_object_array_add(list, o);
    }

    return list;
}

static void write_json(const char *path, const struct cpu_policy *p,
                       const struct x86_unknown *u)
{
    struct json_object *o = json_object_new_object();
    struct json_object *policies = json_object_new_object();
    struct json_object *raw = json_object_new_object();

    json_object_object_add(raw, "vendor", json_object_new_string(
                               x86_vendor_name(p->vendor)));
    json_object_object_add(raw, "features", features_of_policy(p));
    json_object_object_add(raw, "cpuid", leaves_of(p));
    json_object_object_add(raw, "msrs", msrs_of(p));
    json_object_object_add(policies, "raw", raw);
    json_object_object_add(o, "source", json_object_new_string("a test"));
    json_object_object_add(o, "unknown", unknown_of(u));
    json_object_object_add(o, "policies", policies);
    quick_assert_msg(!json_object_to_file_ext(path, o, 0), "%s", path);
    json_object_put(o);
}

START_TEST(policies_from_json_of_raw_are_the_same)
{
    struct x86_policies *expect = malloc(sizeof(*expect));
    char path[] = "/tmp/test-derive-json-XXXXXX";
    int fd = mkstemp(path);

    ck_assert(expect && fd >= 0);
    for ( unsigned int i = 0; i < nr_corpus; i++ )
    {
        /* One CPU, and what its registers alone tell of the platform. */
        struct corpus_entry one = corpus[i];
        cpupolicy_source *src;
        cpupolicy_error err;
        int rc;

        one.nr_cpus = 1;
        x86_platform_guess(&one.plat, &one.cpus[0], &one.unknown);
        corpus_derive(&one, expect, NULL, NULL);
        write_json(path, &one.cpus[0], &one.unknown);
        rc = cpupolicy_source_open(&src, path, NULL, &err);
        quick_assert_msg(!rc, "%s: %s", one.name, rc ? err.message : "");
        quick_assert_msg(!memcmp(&src->unknown, &one.unknown,
                                 sizeof(one.unknown)), "%s: unknown",
                         one.name);
        for ( unsigned int p = 0; p < X86_NR_POLICIES; p++ )
            quick_assert_msg(!memcmp(&src->policies[p].policy,
                                     &expect->policy[p],
                                     sizeof(expect->policy[p])), "%s: %s",
                             one.name, x86_policy_names[p]);
        cpupolicy_source_free(src);
    }
    close(fd);
    unlink(path);
    free(expect);
}
END_TEST

Suite *suite_derive_json(void)
{
    Suite *s = suite_create("derive-json");
    TCase *tc = tcase_create("laws");

    tcase_add_unchecked_fixture(tc, corpus_load, corpus_free);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, policies_from_json_of_raw_are_the_same);
    suite_add_tcase(s, tc);

    return s;
}
