/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The client's main program, and what its cases share. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "client.h"

xc_interface *xch;

static void open_xen(void)
{
    xch = xc_interface_open(NULL, NULL, 0);
    ck_assert_msg(xch, "xc_interface_open: %s (is the library preloaded?)",
                  strerror(errno));
}

static void close_xen(void)
{
    xc_interface_close(xch);
}

const struct kind kinds[NR_KINDS] = {
    [KIND_PV] = {
        "pv", 0, XEN_SYSCTL_cpu_policy_pv_default, true,
    },
    [KIND_HVM] = {
        "hvm", XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap,
        XEN_SYSCTL_cpu_policy_hvm_default, true,
    },
    [KIND_NESTED] = {
        "hvm-nested", XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_hap |
        XEN_DOMCTL_CDF_nested_virt, XEN_SYSCTL_cpu_policy_hvm_default, true,
    },
    /* The host's default is for those with HAP. */
    [KIND_SHADOW] = {
        "hvm-shadow", XEN_DOMCTL_CDF_hvm,
        XEN_SYSCTL_cpu_policy_hvm_default, false,
    },
};

int create(uint32_t flags, uint32_t *domid)
{
    struct xen_domctl_createdomain config = {
        .flags = flags, .max_vcpus = 2, .max_evtchn_port = 1023,
        .max_grant_frames = -1, .max_maptrack_frames = -1, .grant_opts = 1,
        .arch.emulation_flags = flags & XEN_DOMCTL_CDF_hvm
                                ? XEN_X86_EMU_LAPIC : 0,
    };

    return xc_domain_create(xch, domid, &config);
}

uint32_t domain(const struct kind *k)
{
    uint32_t domid = 0;

    ck_assert_msg(!create(k->flags, &domid), "%s: create: %s", k->name,
                  strerror(errno));

    return domid;
}

static void rows_of(xc_cpu_policy_t *p, struct rows *out)
{
    memset(out, 0, sizeof(*out));
    out->nr_leaves = MAX_LEAVES;
    out->nr_msrs = MAX_MSRS;
    ck_assert_int_eq(xc_cpu_policy_serialise(xch, p, out->leaves,
                                             &out->nr_leaves, out->msrs,
                                             &out->nr_msrs), 0);
}

void get_domain(uint32_t domid, struct rows *out)
{
    xc_cpu_policy_t *p = xc_cpu_policy_init();

    ck_assert_msg(!xc_cpu_policy_get_domain(xch, domid, p), "get: %s",
                  strerror(errno));
    rows_of(p, out);
    xc_cpu_policy_destroy(p);
}

void get_system(unsigned int which, struct rows *out)
{
    xc_cpu_policy_t *p = xc_cpu_policy_init();

    ck_assert_msg(!xc_cpu_policy_get_system(xch, which, p), "get: %s",
                  strerror(errno));
    rows_of(p, out);
    xc_cpu_policy_destroy(p);
}

xen_cpuid_leaf_t *row(struct rows *r, uint32_t leaf, uint32_t subleaf)
{
    for ( uint32_t i = 0; i < r->nr_leaves; i++ )
        if ( r->leaves[i].leaf == leaf && r->leaves[i].subleaf == subleaf )
            return &r->leaves[i];
    ck_abort_msg("no leaf %#x subleaf %#x", leaf, subleaf);
}

bool same(const struct rows *a, const struct rows *b)
{
    return !memcmp(a, b, sizeof(*a));
}

int set(uint32_t domid, struct rows *r, struct place *where)
{
    *where = (struct place){ 1, 1, 1 };

    return xc_set_domain_cpu_policy(xch, domid, r->nr_leaves, r->leaves,
                                    r->nr_msrs, r->msrs, &where->leaf,
                                    &where->subleaf, &where->msr)
           ? -errno : 0;
}

static Suite *suite(void)
{
    TCase *(*const live[])(void) = { client_host, client_set, client_raw };
    Suite *s = suite_create("embedded");

    for ( size_t i = 0; i < sizeof(live) / sizeof(live[0]); i++ )
    {
        TCase *tc = live[i]();

        tcase_add_checked_fixture(tc, open_xen, close_xen);
        suite_add_tcase(s, tc);
    }
    /* These open a handle in processes of their own. */
    suite_add_tcase(s, client_state());

    return s;
}

int main(void)
{
    SRunner *runner = srunner_create(suite());
    int nr_failed, nr_run;

    srunner_run_all(runner, CK_ENV);
    nr_failed = srunner_ntests_failed(runner);
    nr_run = srunner_ntests_run(runner);
    srunner_free(runner);

    return nr_failed || !nr_run ? 1 : 0;
}
