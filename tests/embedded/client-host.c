/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a client learns of the host, and how domains come and go. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "client.h"

START_TEST(version_is_what_the_libraries_were_built_for)
{
    xen_extraversion_t extra;
    xen_capabilities_info_t caps;
    xen_commandline_t line;

    ck_assert_int_eq(xc_version(xch, XENVER_version, NULL), 4 << 16 | 17);
    ck_assert_int_eq(xc_version(xch, XENVER_extraversion, extra), 0);
    ck_assert_str_eq(extra, ".0-embedded");
    ck_assert_int_eq(xc_version(xch, XENVER_capabilities, caps), 0);
    ck_assert_msg(strstr(caps, "hvm-3.0-x86_64"), "%s", caps);
    ck_assert_int_eq(xc_version(xch, XENVER_commandline, line), 0);
    ck_assert_int_eq(xc_version(xch, XENVER_pagesize, NULL), 4096);
}
END_TEST

START_TEST(physinfo_has_the_hosts_features)
{
    uint32_t fs[32] = { 0 }, nr = 32, caps = ~0u;
    xc_physinfo_t phys = { 0 };

    ck_assert_int_eq(xc_physinfo(xch, &phys), 0);
    ck_assert_uint_eq(phys.capabilities,
                      XEN_SYSCTL_PHYSCAP_hvm | XEN_SYSCTL_PHYSCAP_pv |
                      XEN_SYSCTL_PHYSCAP_hap | XEN_SYSCTL_PHYSCAP_shadow |
                      XEN_SYSCTL_PHYSCAP_gnttab_v1 |
                      XEN_SYSCTL_PHYSCAP_gnttab_v2);
    ck_assert_int_eq(xc_get_cpu_featureset(
                         xch, XEN_SYSCTL_cpu_featureset_host, &nr, fs), 0);
    ck_assert_uint_eq(nr, xc_get_cpu_featureset_size());
    ck_assert_mem_eq(phys.hw_cap, fs, sizeof(phys.hw_cap));
    ck_assert_int_eq(xc_get_cpu_levelling_caps(xch, &caps), 0);
    ck_assert_uint_eq(caps & ~XEN_SYSCTL_CPU_LEVELCAP_faulting, 0);
}
END_TEST

START_TEST(featureset_with_less_room_is_partial_and_enobufs)
{
    uint32_t all[32] = { 0 }, some[32], nr = 32;

    ck_assert_int_eq(xc_get_cpu_featureset(
                         xch, XEN_SYSCTL_cpu_featureset_hvm_max, &nr, all),
                     0);
    for ( uint32_t room = 0; room < nr; room++ )
    {
        uint32_t n = room;

        memset(some, 0x5a, sizeof(some));
        ck_assert_int_eq(xc_get_cpu_featureset(
                             xch, XEN_SYSCTL_cpu_featureset_hvm_max, &n,
                             some), -1);
        ck_assert_msg(errno == ENOBUFS && n == room, "room %u: errno %d %u",
                      room, errno, n);
        ck_assert_mem_eq(some, all, room * 4);
        ck_assert_uint_eq(some[room], 0x5a5a5a5a);
    }
}
END_TEST

START_TEST(policies_of_the_host_are_compatible_with_themselves)
{
    xc_cpu_policy_t *max = xc_cpu_policy_init();
    xc_cpu_policy_t *def = xc_cpu_policy_init();

    ck_assert_int_eq(xc_cpu_policy_get_system(
                         xch, XEN_SYSCTL_cpu_policy_hvm_max, max), 0);
    ck_assert_int_eq(xc_cpu_policy_get_system(
                         xch, XEN_SYSCTL_cpu_policy_hvm_default, def), 0);
    ck_assert(xc_cpu_policy_is_compatible(xch, max, def));
    xc_cpu_policy_destroy(max);
    xc_cpu_policy_destroy(def);
}
END_TEST

START_TEST(sizes_are_those_of_the_abi)
{
    uint32_t nr_leaves = 0, nr_msrs = 0;

    ck_assert_int_eq(xc_cpu_policy_get_size(xch, &nr_leaves, &nr_msrs), 0);
    ck_assert_uint_eq(nr_leaves, MAX_LEAVES);
    ck_assert_uint_eq(nr_msrs, MAX_MSRS);
}
END_TEST

START_TEST(domain_of_each_kind_starts_with_the_default)
{
    const struct kind *k = &kinds[_i];
    struct rows have, want;
    uint32_t domid = domain(k);
    xc_dominfo_t info;

    get_domain(domid, &have);
    get_system(k->def, &want);
    if ( k->starts_with_it )
        ck_assert_msg(same(&have, &want), "%s", k->name);
    ck_assert_int_eq(xc_domain_getinfo(xch, domid, 1, &info), 1);
    ck_assert_uint_eq(info.domid, domid);
    ck_assert_uint_eq(info.paused, 1);
    ck_assert_uint_eq(info.hvm, !!k->flags);
    ck_assert_uint_eq(info.hap, !!(k->flags & XEN_DOMCTL_CDF_hap));
    ck_assert_int_eq(xc_domain_destroy(xch, domid), 0);
    ck_assert_int_eq(xc_domain_destroy(xch, domid), -1);
    ck_assert_int_eq(errno, ESRCH);
}
END_TEST

static const struct {
    const char *name;
    uint32_t flags;
} impossible[] = {
    { "HAP without HVM", XEN_DOMCTL_CDF_hap },
    { "nested virtualisation without HVM", XEN_DOMCTL_CDF_nested_virt },
    { "vPMU on a host without", XEN_DOMCTL_CDF_hvm | XEN_DOMCTL_CDF_vpmu },
    { "unknown flag", 1u << 30 },
};

START_TEST(create_impossible_kind_einval)
{
    uint32_t domid = 0;

    ck_assert_msg(create(impossible[_i].flags, &domid) == -1 &&
                  errno == EINVAL, "%s: errno %d", impossible[_i].name,
                  errno);
}
END_TEST

START_TEST(create_id_in_use_eexist)
{
    uint32_t domid = 7;

    ck_assert_int_eq(create(0, &domid), 0);
    ck_assert_uint_eq(domid, 7);
    ck_assert_int_eq(create(0, &domid), -1);
    ck_assert_int_eq(errno, EEXIST);
}
END_TEST

TCase *client_host(void)
{
    TCase *tc = tcase_create("host");

    tcase_add_test(tc, version_is_what_the_libraries_were_built_for);
    tcase_add_test(tc, physinfo_has_the_hosts_features);
    tcase_add_test(tc, featureset_with_less_room_is_partial_and_enobufs);
    tcase_add_test(tc, policies_of_the_host_are_compatible_with_themselves);
    tcase_add_test(tc, sizes_are_those_of_the_abi);
    tcase_add_loop_test(tc, domain_of_each_kind_starts_with_the_default, 0,
                        NR_KINDS);
    tcase_add_loop_test(tc, create_impossible_kind_einval, 0,
                        sizeof(impossible) / sizeof(impossible[0]));
    tcase_add_test(tc, create_id_in_use_eexist);

    return tc;
}
