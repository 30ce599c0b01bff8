/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One template for several hosts makes them alike: hosts made by hand, and
 * those whose fingerprints the original's tests have, where they are.
 */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xen/lib/x86/cpu-policy.h>

#include "template-host.h"
#include "template/fingerprint.h"
#include "template/generate.h"
#include "vectors.h"

Suite *suite_template_hosts(void);

#define MAX_HOSTS 16

/* Apply a template to a dump. */
static struct cpu_template with_template(const struct cpu_template *host,
                                         const struct cpu_template *t)
{
    struct adjustments map = { 0 }, forced = { 0 };
    struct cpu_template out;

    ck_assert_int_eq(template_to_adjustments(host, &map, NULL), 0);
    ck_assert_int_eq(template_to_adjustments(t, &forced, NULL), 0);
    for ( size_t i = 0; i < map.nr_entries; i++ )
    {
        struct adjust_key key = map.entries[i].key;
        uint64_t *value = &map.entries[i].bits.value[0];

        /* By number: kernels disagree on flags. */
        for ( size_t j = 0; j < forced.nr_entries; j++ )
        {
            struct adjustment *f = &forced.entries[j];

            key.flags = f->key.flags;
            if ( !adjust_key_compare(&key, &f->key) )
                *value = adjust_bits_apply(&f->bits, *value);
        }
    }
    ck_assert_int_eq(template_from_adjustments(&map, TEMPLATE_X86_64, &out,
                                               NULL), 0);
    adjustments_dispose(&map);
    adjustments_dispose(&forced);

    return out;
}

/* The hosts are disposed of. */
static void check_made_alike(struct cpu_template *hosts, size_t nr)
{
    struct cpu_template after[MAX_HOSTS];
    struct generate_result r, again;
    cpupolicy_error err = { 0 };

    ck_assert_msg(!template_generate(hosts, nr, &r, NULL, &err), "%s",
                  err.message);
    ck_assert_uint_eq(r.nr_conflicts, 0);
    ck_assert_uint_gt(r.template.nr_leaves + r.template.nr_msrs, 0);

    /* Levelled hosts need no further levelling. */
    for ( size_t i = 0; i < nr; i++ )
        after[i] = with_template(&hosts[i], &r.template);
    ck_assert_int_eq(template_generate(after, nr, &again, NULL, &err), 0);
    for ( size_t i = 0; i < again.nr_findings; i++ )
        ck_assert_msg(again.findings[i].verdict != GENERATE_FORCED &&
                      again.findings[i].verdict != GENERATE_CONFLICT, "%s",
                      again.findings[i].name);
    ck_assert_uint_eq(again.template.nr_leaves, 0);
    ck_assert_uint_eq(again.template.nr_msrs, 0);

    /* No host is offered a feature that it has not, but those that warn. */
    for ( size_t i = 0; i < r.nr_findings; i++ )
        if ( r.findings[i].verdict == GENERATE_FORCED &&
             !strcmp(r.findings[i].kind, "feature") )
            ck_assert_msg(!r.findings[i].value ||
                          r.findings[i].key.kind == ADJUST_MSR,
                          "%s", r.findings[i].name);

    for ( size_t i = 0; i < nr; i++ )
    {
        template_dispose(&hosts[i]);
        template_dispose(&after[i]);
    }
    generate_result_dispose(&r);
    generate_result_dispose(&again);
}

/* ---- by hand ----------------------------------------------------------- */

/* What sets the second and the third host apart from the first. */
static const struct row {
    const char *name;
    struct {
        uint32_t leaf, subleaf;
        unsigned int reg;
        uint32_t value;
    } second[2], third[2];
    uint32_t caps;              /* of the third one's MSR 0x10a */
} rows[] = {
    { "features", { { 7, 0, B, 0x100 }, { 1, 0, C, 0x1c000200 } },
      { { 7, 0, B, 0x20 }, { 0x80000001, 0, C, 0x21 } }, 0x4d },
    { "features in common nowhere", { { 7, 0, B, 0x100 } },
      { { 7, 0, B, 0x20 } }, 0 },
    { "capabilities", { { 7, 0, D, 0x20000000 } }, { { 7, 0, D, 0x20000000 } },
      0x48 | 1U << 17 },
    { "a feature and what depends on it",
      { { 1, 0, C, 0x00000201 }, { 0xd, 1, A, 0 } },
      { { 0xd, 1, A, 3 } }, 0x4d },
};

static void change(struct host *h, const struct row *row, bool third)
{
    for ( unsigned int i = 0; i < 2; i++ )
    {
        uint32_t leaf = third ? row->third[i].leaf : row->second[i].leaf;

        if ( leaf && third )
            host_set(h, leaf, row->third[i].subleaf, row->third[i].reg,
                     row->third[i].value);
        else if ( leaf )
            host_set(h, leaf, row->second[i].subleaf, row->second[i].reg,
                     row->second[i].value);
    }
}

START_TEST(template_generate_hosts_by_hand_made_alike)
{
    struct cpu_template t[3];

    for ( unsigned int i = 0; i < 3; i++ )
    {
        struct host h = host_make();

        if ( i )
            change(&h, &rows[_i], i == 2);
        if ( i == 2 )
            dump_msr_at(&h.g, 0x10a)->value = rows[_i].caps;
        ck_assert_int_eq(template_from_guest(&h.g, false, &t[i], NULL), 0);
        dump_dispose_cpu(&h.g);
    }
    check_made_alike(t, 3);
}
END_TEST

/* ---- recorded ---------------------------------------------------------- */

static size_t load_hosts(const char *prefix, struct cpu_template *hosts)
{
    char dir[1024], path[2048];
    struct dirent *e;
    size_t nr = 0;
    DIR *d;

    ck_assert(vectors_path("dumps/firecracker/fingerprints", dir,
                           sizeof(dir)));
    d = opendir(dir);
    ck_assert_ptr_nonnull(d);
    while ( (e = readdir(d)) )
    {
        struct fingerprint f;
        size_t nr_text;
        char *text;

        if ( !strstr(e->d_name, prefix) )
            continue;
        snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
        text = vectors_read(path, &nr_text);
        ck_assert_int_eq(fingerprint_parse(text, nr_text, &f, NULL), 0);
        free(text);
        ck_assert_uint_lt(nr, MAX_HOSTS);
        hosts[nr++] = f.guest;
        memset(&f.guest, 0, sizeof(f.guest));
        fingerprint_dispose(&f);
    }
    closedir(d);
    ck_assert_uint_ge(nr, 3);

    return nr;
}

START_TEST(template_generate_recorded_hosts_made_alike)
{
    static const char *const prefixes[] = {
        "INTEL", "AMD_MILAN", "SAPPHIRE",
    };
    struct cpu_template hosts[MAX_HOSTS];

    check_made_alike(hosts, load_hosts(prefixes[_i], hosts));
}
END_TEST

START_TEST(template_generate_recorded_hosts_of_both_vendors_einval)
{
    struct cpu_template hosts[MAX_HOSTS];
    size_t nr = load_hosts("6.1host", hosts);
    struct generate_result r;
    cpupolicy_error err;

    ck_assert_int_eq(template_generate(hosts, nr, &r, NULL, &err), -EINVAL);
    for ( size_t i = 0; i < nr; i++ )
        template_dispose(&hosts[i]);
}
END_TEST

Suite *suite_template_hosts(void)
{
    Suite *s = suite_create("template-hosts");
    TCase *t = tcase_create("made alike");

    tcase_add_loop_test(t, template_generate_hosts_by_hand_made_alike, 0,
                        sizeof(rows) / sizeof(rows[0]));
    vectors_add_loop_test(t, template_generate_recorded_hosts_made_alike, 0,
                          3);
    vectors_add_test(t,
                     template_generate_recorded_hosts_of_both_vendors_einval);
    suite_add_tcase(s, t);

    return s;
}
