/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hypercalls about the machine, its domains and its hypervisor. */
#include "hypercall-memory.h"

Suite *suite_hypercall_host(void);

#define VERSION XEN_CTL_SYSCTL_VERSION_4_17
#define FILL 0x5a

static void fill_buffers(void)
{
    memset(&t.memory[AT_LEAVES], FILL, MEMORY_SIZE - AT_LEAVES);
}

/* Nothing at all was written from `offset` on. */
static void check_filled(size_t offset)
{
    while ( offset < MEMORY_SIZE && t.memory[offset] == FILL )
        offset++;
    ck_assert_msg(offset == MEMORY_SIZE, "byte %#zx was written", offset);
}

/* ---- around them ------------------------------------------------------ */

START_TEST(get_cpu_levelling_caps_in_the_versions_of_xen)
{
    struct xen_ctl_sysctl op = {
        .cmd = XEN_CTL_SYSCTL_GET_CPU_LEVELLING_CAPS,
        .interface_version = VERSION, .u.levelling_caps.caps = 99,
    };

    ck_assert_int_eq(sysctl_call(&op), 0);
    ck_assert_uint_eq(op.u.levelling_caps.caps, XEN_CTL_LEVELCAP_FAULTING);
    t.host.platform.cpuid_faulting = false;
    ck_assert_int_eq(sysctl_call(&op), 0);
    ck_assert_uint_eq(op.u.levelling_caps.caps, 0);
    op.interface_version = XEN_CTL_SYSCTL_VERSION;
    ck_assert_int_eq(sysctl_call(&op), 0);
    op.interface_version = XEN_CTL_SYSCTL_VERSION_FULL;
    ck_assert_int_eq(sysctl_call(&op), -ENOSYS);
}
END_TEST

static const struct {
    const char *name;
    bool hvm, hap, vpmu, no_pv, no_hvm;
    uint32_t capabilities;
} capabilities[] = {
    { "all", true, true, true, false, false, 0x39b },
    { "no VMX or SVM", false, true, true, false, false, 0x392 },
    { "no HAP", true, false, true, false, false, 0x393 },
    { "no vPMU", true, true, false, false, false, 0x31b },
    { "built without PV", true, true, true, true, false, 0x399 },
    { "built without HVM", true, true, true, false, true, 0x392 },
};

START_TEST(physinfo_tells_the_machine)
{
    struct xen_ctl_sysctl op = {
        .cmd = XEN_CTL_SYSCTL_PHYSINFO, .interface_version = VERSION,
    };
    x86_featureset fs;

    t.host.platform.hvm = capabilities[_i].hvm;
    t.host.platform.hap = capabilities[_i].hap;
    t.host.platform.vpmu = capabilities[_i].vpmu;
    t.hv.no_pv = capabilities[_i].no_pv;
    t.hv.no_hvm = capabilities[_i].no_hvm;
    ck_assert_int_eq(sysctl_call(&op), 0);
    ck_assert_msg(op.u.physinfo.capabilities == capabilities[_i].capabilities,
                  "%s: %#x", capabilities[_i].name,
                  op.u.physinfo.capabilities);
    ck_assert_uint_eq(op.u.physinfo.nr_cpus, 8);
    ck_assert_uint_eq(op.u.physinfo.max_cpu_id, 7);
    ck_assert_uint_eq(op.u.physinfo.nr_nodes, 1);
    ck_assert_uint_eq(op.u.physinfo.cpu_khz, 2600000);
    ck_assert_uint_eq(op.u.physinfo.total_pages, 1000);
    ck_assert_uint_eq(op.u.physinfo.max_mfn, 999);
    x86_policy_to_featureset(
        &t.host.policies.policy[X86_POLICY_HOST_DEFAULT], fs);
    ck_assert_mem_eq(op.u.physinfo.hw_cap, fs, 32);
}
END_TEST

START_TEST(domain_info_list_is_cut_to_the_room)
{
    const struct x86_domain_config hvm = {
        .kind = { .hvm = true, .hap = true }, .max_vcpus = 2,
        .emulation_flags = 1, .handle = { 7 },
    };
    const struct xen_ctl_domain_info *list =
        (void *)&t.memory[AT_LIST];

    ck_assert_int_eq(x86_domain_create(&t.store, 5, &hvm, NULL), 5);
    for ( uint32_t room = 0; room < 4; room++ )
    {
        uint32_t want = room < 2 ? room : 2;
        struct xen_ctl_sysctl op = {
            .cmd = XEN_CTL_SYSCTL_GET_DOMAIN_INFO_LIST,
            .interface_version = VERSION,
            .u.domain_info_list = {
                .max_domains = room, .buffer = ADDR(AT_LIST),
            },
        };

        fill_buffers();
        ck_assert_int_eq(sysctl_call(&op), 0);
        ck_assert_uint_eq(op.u.domain_info_list.nr_domains, want);
        check_filled(AT_LIST + want * sizeof(*list));
    }
    ck_assert_uint_eq(list[0].domain, 0);
    ck_assert_uint_eq(list[0].flags, XEN_CTL_INFO_RUNNING);
    ck_assert_uint_eq(list[1].domain, 5);
    ck_assert_uint_eq(list[1].flags, XEN_CTL_INFO_HVM | XEN_CTL_INFO_HAP |
                                     XEN_CTL_INFO_PAUSED);
    ck_assert_uint_eq(list[1].max_vcpu_id, XEN_CTL_INFO_NO_VCPU);
    ck_assert_uint_eq(list[1].emulation_flags, 1);
    ck_assert_uint_eq(list[1].handle[0], 7);
}
END_TEST

START_TEST(domain_info_list_from_an_id_on_and_into_a_bad_byte)
{
    struct xen_ctl_sysctl op = {
        .cmd = XEN_CTL_SYSCTL_GET_DOMAIN_INFO_LIST,
        .interface_version = VERSION,
        .u.domain_info_list = {
            .first_domain = 1, .max_domains = 9, .buffer = ADDR(AT_LIST),
        },
    };

    ck_assert_int_eq(sysctl_call(&op), 0);
    ck_assert_uint_eq(op.u.domain_info_list.nr_domains, 0);
    op.u.domain_info_list.first_domain = 0;
    for ( t.hole = AT_LIST;
          t.hole < AT_LIST + sizeof(struct xen_ctl_domain_info); t.hole++ )
        ck_assert_int_eq(sysctl_call(&op), -EFAULT);
    ck_assert_int_eq(sysctl_call(&op), 0);
    ck_assert_uint_eq(op.u.domain_info_list.nr_domains, 1);
}
END_TEST

/* ---- version ---------------------------------------------------------- */

static const struct {
    const char *name;
    uint64_t cmd;
    int64_t rc;
    size_t size;
    const char *begins;
} version_rows[] = {
    { "number", 0, 4 << 16 | 17, 0, NULL },
    { "extra", 1, 0, 16, ".9-test" },
    { "compile info", 2, 0, 144, "cc" },
    { "capabilities", 3, 0, 1024, "xen-3.0-x86_64 " },
    { "changeset", 4, 0, 64, "none" },
    { "platform", 5, 0, 8, "" },
    { "features", 6, 0, 8, "" },
    { "page size", 7, 4096, 0, NULL },
    { "handle", 8, 0, 16, "" },
    { "command line", 9, 0, 1024, "cpuid=no-avx2" },
    { "build id", 10, -ENOSYS, 0, NULL },
    { "none", 1ULL << 32, -ENOSYS, 0, NULL },
};

START_TEST(version_fills_its_buffer_and_no_more)
{
    const uint64_t args[5] = { version_rows[_i].cmd, ADDR(AT_LIST) };
    size_t size = version_rows[_i].size;
    int64_t rc;

    fill_buffers();
    memset(&t.memory[AT_LIST], 0, 4);       /* `index` of features */
    rc = x86_hypercall(&t.hv, &t.caller, 17, args);
    ck_assert_msg(rc == version_rows[_i].rc, "%s: %lld",
                  version_rows[_i].name, (long long)rc);
    if ( !version_rows[_i].begins )
        return;
    check_filled(AT_LIST + size);
    ck_assert_msg(!strncmp((char *)&t.memory[AT_LIST],
                           version_rows[_i].begins,
                           strlen(version_rows[_i].begins)), "%s",
                  version_rows[_i].name);
    ck_assert_uint_eq(t.memory[AT_LIST + size - 1], 0);
    for ( t.hole = AT_LIST; t.hole < AT_LIST + size; t.hole++ )
        ck_assert_msg(x86_hypercall(&t.hv, &t.caller, 17, args) == -EFAULT,
                      "%s: byte %zu", version_rows[_i].name,
                      t.hole - AT_LIST);
}
END_TEST

START_TEST(version_cuts_what_is_too_long)
{
    const uint64_t args[5] = { XEN_CTL_VERSION_EXTRA, ADDR(AT_LIST) };

    fill_buffers();
    t.hv.build.extra = "0123456789abcdefghi";
    ck_assert_int_eq(x86_hypercall(&t.hv, &t.caller, 17, args), 0);
    ck_assert_str_eq((char *)&t.memory[AT_LIST], "0123456789abcde");
    check_filled(AT_LIST + 16);
    t.hv.build.extra = NULL;
    ck_assert_int_eq(x86_hypercall(&t.hv, &t.caller, 17, args), 0);
    ck_assert_str_eq((char *)&t.memory[AT_LIST], "");
}
END_TEST

START_TEST(version_of_the_unprivileged_has_no_command_line)
{
    const uint64_t args[5] = { XEN_CTL_VERSION_COMMAND_LINE, ADDR(AT_LIST) };
    const uint64_t number[5] = { XEN_CTL_VERSION_NUMBER };

    t.caller.privileged = false;
    ck_assert_int_eq(x86_hypercall(&t.hv, &t.caller, 17, args), -EPERM);
    ck_assert_int_eq(x86_hypercall(&t.hv, &t.caller, 17, number),
                     4 << 16 | 17);
}
END_TEST

START_TEST(hypercall_of_another_number_enosys)
{
    static const uint64_t others[] = { 0, 12, 34, 37, 55, 1ULL << 32 | 35 };
    const uint64_t args[5] = { ADDR(AT_OP) };

    for ( unsigned int i = 0; i < sizeof(others) / sizeof(others[0]); i++ )
        ck_assert_int_eq(x86_hypercall(&t.hv, &t.caller, others[i], args),
                         -ENOSYS);
}
END_TEST

#define ROWS(table) (sizeof(table) / sizeof(table[0]))

Suite *suite_hypercall_host(void)
{
    Suite *s = suite_create("hypercall_host");
    TCase *tc = tcase_create("host");

    tcase_add_checked_fixture(tc, hypercall_setup_intel, NULL);
    tcase_add_test(tc, get_cpu_levelling_caps_in_the_versions_of_xen);
    tcase_add_loop_test(tc, physinfo_tells_the_machine, 0,
                        ROWS(capabilities));
    tcase_add_test(tc, domain_info_list_is_cut_to_the_room);
    tcase_add_test(tc,
                   domain_info_list_from_an_id_on_and_into_a_bad_byte);
    tcase_add_loop_test(tc, version_fills_its_buffer_and_no_more, 0,
                        ROWS(version_rows));
    tcase_add_test(tc, version_cuts_what_is_too_long);
    tcase_add_test(tc, version_of_the_unprivileged_has_no_command_line);
    tcase_add_test(tc, hypercall_of_another_number_enosys);
    suite_add_tcase(s, tc);

    return s;
}
