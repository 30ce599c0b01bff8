/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* System control of policies and featuresets: each answer, each error. */
#include "hypercall-memory.h"

Suite *suite_hypercall_sysctl(void);

#define VERSION XEN_CTL_SYSCTL_VERSION_4_17
#define FILL 0x5a

static const struct version_row {
    uint32_t version;
    const struct x86_abi *abi;
} versions[] = {
    { XEN_CTL_SYSCTL_VERSION_4_17, &x86_abi_xen },
    { XEN_CTL_SYSCTL_VERSION, &x86_abi_xen },
    { XEN_CTL_SYSCTL_VERSION_FULL, &x86_abi_full },
};
#define NR_VERSIONS (sizeof(versions) / sizeof(versions[0]))

static const struct index_row {
    const char *name;
    uint32_t index;
    enum x86_policy_index policy;
} policies[] = {
    { "raw", 0, X86_POLICY_RAW },
    { "host", 1, X86_POLICY_HOST_DEFAULT },
    { "PV max", 2, X86_POLICY_PV_MAX },
    { "HVM max", 3, X86_POLICY_HVM_MAX },
    { "PV default", 4, X86_POLICY_PV_DEFAULT },
    { "HVM default", 5, X86_POLICY_HVM_DEFAULT },
    { "host max", XEN_CTL_POLICY_HOST_MAX, X86_POLICY_HOST_MAX },
}, featuresets[] = {
    { "raw", 0, X86_POLICY_RAW },
    { "host", 1, X86_POLICY_HOST_DEFAULT },
    { "PV", 2, X86_POLICY_PV_DEFAULT },
    { "HVM", 3, X86_POLICY_HVM_DEFAULT },
    { "PV max", 4, X86_POLICY_PV_MAX },
    { "HVM max", 5, X86_POLICY_HVM_MAX },
};
#define NR_POLICIES    (sizeof(policies) / sizeof(policies[0]))
#define NR_FEATURESETS (sizeof(featuresets) / sizeof(featuresets[0]))

static struct xen_ctl_sysctl policy_op(uint32_t index)
{
    return (struct xen_ctl_sysctl){
        .cmd = XEN_CTL_SYSCTL_GET_CPU_POLICY, .interface_version = VERSION,
        .u.policy = {
            .index = index, .nr_leaves = X86_NR_SLOTS,
            .nr_msrs = X86_NR_MSR_SLOTS, .leaves = ADDR(AT_LEAVES),
            .msrs = ADDR(AT_MSRS),
        },
    };
}

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

/* ---- any command ------------------------------------------------------ */

static const struct {
    const char *name;
    int rc;
    uint32_t cmd, version;
    bool unprivileged;
} heads[] = {
    { "version 0", -EACCES, 3, 0, false },
    { "4.16's", -EACCES, 3, 0x14, false },
    { "one too new", -EACCES, 3, 0x17, false },
    { "domctl's full version is also sysctl's", 0, 3, 0x43500001, false },
    { "unknown command", -ENOSYS, 4, VERSION, false },
    { "no command", -ENOSYS, 0, VERSION, false },
    { "not privileged", -EPERM, 3, VERSION, true },
    { "version before privilege", -EACCES, 3, 0, true },
    { "privilege before command", -EPERM, 4, VERSION, true },
    { "all right", 0, 3, VERSION, false },
};
#define NR_HEADS (sizeof(heads) / sizeof(heads[0]))

START_TEST(sysctl_head_is_checked)
{
    struct xen_ctl_sysctl op = {
        .cmd = heads[_i].cmd, .interface_version = heads[_i].version,
    }, was = op;
    int rc;

    t.caller.privileged = !heads[_i].unprivileged;
    rc = sysctl_call(&op);
    ck_assert_msg(rc == heads[_i].rc, "%s: %d", heads[_i].name, rc);
    if ( rc )
        ck_assert_msg(!memcmp(&op, &was, sizeof(op)), "%s: written",
                      heads[_i].name);
}
END_TEST

START_TEST(sysctl_structure_with_a_bad_byte_efault)
{
    struct xen_ctl_sysctl op = {
        .cmd = XEN_CTL_SYSCTL_PHYSINFO, .interface_version = VERSION,
    };

    for ( t.hole = AT_OP; t.hole < AT_OP + sizeof(op); t.hole++ )
    {
        int rc = sysctl_call(&op);

        ck_assert_msg(rc == -EFAULT, "byte %zu: %d", t.hole, rc);
    }
    ck_assert_int_eq(sysctl_call(&op), 0);
    ck_assert_int_eq(x86_hypercall_sysctl(&t.hv, &t.caller, 0), -EFAULT);
    ck_assert_int_eq(x86_hypercall_sysctl(&t.hv, &t.caller, ~0ULL), -EFAULT);
}
END_TEST

/* ---- policies --------------------------------------------------------- */

START_TEST(get_cpu_policy_is_the_policy_in_the_versions_leaves)
{
    static struct xen_cpu_policy_leaf leaves[X86_NR_SLOTS];
    static struct xen_cpu_policy_msr msrs[X86_NR_MSR_SLOTS];
    const struct index_row *row = &policies[_i];

    for ( unsigned int v = 0; v < NR_VERSIONS; v++ )
    {
        const struct cpu_policy *p = &t.host.policies.policy[row->policy];
        struct xen_ctl_sysctl op = policy_op(row->index);
        uint32_t nr_leaves = X86_NR_SLOTS, nr_msrs = X86_NR_MSR_SLOTS;

        ck_assert_int_eq(x86_policy_to_leaves(p, versions[v].abi, leaves,
                                              &nr_leaves), 0);
        ck_assert_int_eq(x86_policy_to_msrs(p, versions[v].abi, msrs,
                                            &nr_msrs), 0);
        op.interface_version = versions[v].version;
        fill_buffers();
        ck_assert_int_eq(sysctl_call(&op), 0);
        check_read_once();
        ck_assert_msg(op.u.policy.nr_leaves == nr_leaves &&
                      op.u.policy.nr_msrs == nr_msrs, "%s: %u and %u",
                      row->name, op.u.policy.nr_leaves, op.u.policy.nr_msrs);
        ck_assert_mem_eq(LEAVES, leaves, nr_leaves * sizeof(leaves[0]));
        ck_assert_mem_eq(MSRS, msrs, nr_msrs * sizeof(msrs[0]));
        ck_assert_uint_eq(t.memory[AT_LEAVES + nr_leaves * 24], FILL);
        check_filled(AT_MSRS + nr_msrs * 16);
    }
}
END_TEST

START_TEST(get_cpu_policy_with_null_handles_tells_the_sizes)
{
    const struct x86_abi *abi = versions[_i].abi;
    struct xen_ctl_sysctl op = policy_op(0);

    op.interface_version = versions[_i].version;
    op.u.policy.leaves = op.u.policy.msrs = 0;
    op.u.policy.nr_leaves = op.u.policy.nr_msrs = 7;
    ck_assert_int_eq(sysctl_call(&op), 0);
    ck_assert_uint_eq(op.u.policy.nr_leaves, abi->max_leaves);
    ck_assert_uint_eq(op.u.policy.nr_msrs, abi->max_msrs);
    if ( abi == &x86_abi_xen )
    {
        ck_assert_uint_eq(op.u.policy.nr_leaves, 120);
        ck_assert_uint_eq(op.u.policy.nr_msrs, 2);
    }

    /* One of them only. */
    op = policy_op(0);
    op.interface_version = versions[_i].version;
    op.u.policy.leaves = 0;
    op.u.policy.nr_leaves = 0;
    ck_assert_int_eq(sysctl_call(&op), 0);
    ck_assert_uint_eq(op.u.policy.nr_leaves, abi->max_leaves);
    ck_assert_uint_eq(MSRS[0].index, abi->all_msrs ? 0x8b : 0xce);
}
END_TEST

START_TEST(get_cpu_policy_with_too_little_room_enobufs_and_untouched)
{
    struct xen_ctl_sysctl op = policy_op(3), was;
    uint32_t nr_leaves, nr_msrs;

    ck_assert_int_eq(sysctl_call(&op), 0);
    nr_leaves = op.u.policy.nr_leaves;
    nr_msrs = op.u.policy.nr_msrs;

    fill_buffers();
    for ( uint32_t i = 0; i < nr_leaves + nr_msrs; i++ )
    {
        bool leaves = i < nr_leaves;

        op = policy_op(3);
        op.u.policy.nr_leaves = leaves ? i : nr_leaves;
        op.u.policy.nr_msrs = leaves ? nr_msrs : i - nr_leaves;
        was = op;
        ck_assert_int_eq(sysctl_call(&op), -ENOBUFS);
        ck_assert_mem_eq(&op, &was, sizeof(op));
        check_filled(AT_LEAVES);
    }
    op.u.policy.nr_msrs = nr_msrs;
    ck_assert_int_eq(sysctl_call(&op), 0);
}
END_TEST

START_TEST(get_cpu_policy_into_a_bad_byte_efault)
{
    struct xen_ctl_sysctl op = policy_op(3);
    uint32_t nr_leaves, nr_msrs;

    ck_assert_int_eq(sysctl_call(&op), 0);
    nr_leaves = op.u.policy.nr_leaves;
    nr_msrs = op.u.policy.nr_msrs;
    for ( uint32_t i = 0; i < nr_leaves * 24 + nr_msrs * 16; i++ )
    {
        struct xen_ctl_sysctl was;

        op = was = policy_op(3);
        t.hole = i < nr_leaves * 24 ? AT_LEAVES + i
                                    : AT_MSRS + i - nr_leaves * 24;
        ck_assert_int_eq(sysctl_call(&op), -EFAULT);
        ck_assert_mem_eq(&op, &was, sizeof(op));
    }
    t.hole = AT_LEAVES + nr_leaves * 24;
    ck_assert_int_eq(sysctl_call(&op), 0);
    t.hole = AT_MSRS + nr_msrs * 16;
    op = policy_op(3);
    ck_assert_int_eq(sysctl_call(&op), 0);
}
END_TEST

static const struct {
    const char *name;
    uint32_t index, reserved;
    bool no_pv, no_hvm;
    int rc;
} bad_policies[] = {
    { "index 6", 6, 0, false, false, -EINVAL },
    { "index before host max", XEN_CTL_POLICY_HOST_MAX - 1, 0, false, false,
      -EINVAL },
    { "index after host max", XEN_CTL_POLICY_HOST_MAX + 1, 0, false, false,
      -EINVAL },
    { "index of all ones", ~0u, 0, false, false, -EINVAL },
    { "reserved", 0, 1, false, false, -EINVAL },
    { "reserved, high bit", 0, 1u << 31, false, false, -EINVAL },
    { "PV max without PV", 2, 0, true, false, -EOPNOTSUPP },
    { "PV default without PV", 4, 0, true, false, -EOPNOTSUPP },
    { "HVM max without HVM", 3, 0, false, true, -EOPNOTSUPP },
    { "HVM default without HVM", 5, 0, false, true, -EOPNOTSUPP },
    { "HVM max without PV", 3, 0, true, false, 0 },
    { "PV max without HVM", 2, 0, false, true, 0 },
    { "host without either", 1, 0, true, true, 0 },
};

START_TEST(get_cpu_policy_of_none_fails_and_is_untouched)
{
    struct xen_ctl_sysctl op = policy_op(bad_policies[_i].index), was;
    int rc;

    op.u.policy.reserved = bad_policies[_i].reserved;
    t.hv.no_pv = bad_policies[_i].no_pv;
    t.hv.no_hvm = bad_policies[_i].no_hvm;
    was = op;
    fill_buffers();
    rc = sysctl_call(&op);
    ck_assert_msg(rc == bad_policies[_i].rc, "%s: %d", bad_policies[_i].name,
                  rc);
    if ( !rc )
        return;
    ck_assert_mem_eq(&op, &was, sizeof(op));
    check_filled(AT_LEAVES);
}
END_TEST

/* ---- featuresets ------------------------------------------------------ */

static struct xen_ctl_sysctl featureset_op(uint32_t index, uint32_t nr)
{
    return (struct xen_ctl_sysctl){
        .cmd = XEN_CTL_SYSCTL_GET_CPU_FEATURESET,
        .interface_version = VERSION,
        .u.featureset = {
            .index = index, .nr_words = nr, .words = ADDR(AT_LIST),
        },
    };
}

START_TEST(get_cpu_featureset_has_an_order_of_its_own)
{
    const struct index_row *row = &featuresets[_i];
    struct xen_ctl_sysctl op = featureset_op(row->index, 99);
    x86_featureset fs;

    x86_policy_to_featureset(&t.host.policies.policy[row->policy], fs);
    fill_buffers();
    ck_assert_msg(!sysctl_call(&op), "%s", row->name);
    check_read_once();
    ck_assert_uint_eq(op.u.featureset.nr_words, 19);
    ck_assert_msg(!memcmp(&t.memory[AT_LIST], fs, sizeof(fs)), "%s",
                  row->name);
    check_filled(AT_LIST + sizeof(fs));
}
END_TEST

/* Else the order would not show. */
START_TEST(featuresets_differ)
{
    for ( unsigned int i = 0; i < NR_FEATURESETS; i++ )
        for ( unsigned int j = 0; j < i; j++ )
        {
            x86_featureset a, b;

            x86_policy_to_featureset(
                &t.host.policies.policy[featuresets[i].policy], a);
            x86_policy_to_featureset(
                &t.host.policies.policy[featuresets[j].policy], b);
            ck_assert_msg(memcmp(a, b, sizeof(a)), "%s and %s",
                          featuresets[i].name, featuresets[j].name);
        }
}
END_TEST

START_TEST(get_cpu_featureset_with_a_null_handle_tells_the_size)
{
    struct xen_ctl_sysctl op = featureset_op(_i, 3);

    op.u.featureset.words = 0;
    ck_assert_int_eq(sysctl_call(&op), 0);
    ck_assert_uint_eq(op.u.featureset.nr_words, X86_NR_FEATURE_WORDS);
}
END_TEST

START_TEST(get_cpu_featureset_with_less_room_is_partial_and_enobufs)
{
    x86_featureset fs;

    x86_policy_to_featureset(&t.host.policies.policy[X86_POLICY_HVM_MAX], fs);
    for ( uint32_t room = 0; room <= X86_NR_FEATURE_WORDS; room++ )
    {
        struct xen_ctl_sysctl op = featureset_op(5, room);
        int rc;

        fill_buffers();
        rc = sysctl_call(&op);
        ck_assert_msg(rc == (room < X86_NR_FEATURE_WORDS ? -ENOBUFS : 0),
                      "room %u: %d", room, rc);
        ck_assert_uint_eq(op.u.featureset.nr_words, room);
        ck_assert_mem_eq(&t.memory[AT_LIST], fs, room * 4);
        check_filled(AT_LIST + room * 4);
    }
}
END_TEST

START_TEST(get_cpu_featureset_errors)
{
    struct xen_ctl_sysctl op = featureset_op(6, 19), was = op;

    ck_assert_int_eq(sysctl_call(&op), -EINVAL);
    ck_assert_mem_eq(&op, &was, sizeof(op));
    /* The index that policies have one more of. */
    op = featureset_op(XEN_CTL_POLICY_HOST_MAX, 19);
    ck_assert_int_eq(sysctl_call(&op), -EINVAL);
    for ( t.hole = AT_LIST; t.hole < AT_LIST + 19 * 4; t.hole++ )
    {
        op = was = featureset_op(3, 19);
        ck_assert_int_eq(sysctl_call(&op), -EFAULT);
        ck_assert_mem_eq(&op, &was, sizeof(op));
    }
    t.hole = NO_HOLE;
    t.hv.no_pv = true;
    op = featureset_op(XEN_CTL_FEATURESET_PV, 19);
    ck_assert_int_eq(sysctl_call(&op), -EOPNOTSUPP);
}
END_TEST

#define ROWS(table) (sizeof(table) / sizeof(table[0]))

static void add_policy_cases(TCase *tc)
{
    tcase_add_loop_test(tc,
                        get_cpu_policy_is_the_policy_in_the_versions_leaves,
                        0, NR_POLICIES);
    tcase_add_loop_test(tc, get_cpu_policy_with_null_handles_tells_the_sizes,
                        0, NR_VERSIONS);
    tcase_add_test(tc,
                   get_cpu_policy_with_too_little_room_enobufs_and_untouched);
    tcase_add_test(tc, get_cpu_policy_into_a_bad_byte_efault);
    tcase_add_loop_test(tc, get_cpu_policy_of_none_fails_and_is_untouched, 0,
                        ROWS(bad_policies));
    tcase_add_loop_test(tc, get_cpu_featureset_has_an_order_of_its_own, 0,
                        NR_FEATURESETS);
    tcase_add_test(tc, featuresets_differ);
    tcase_add_loop_test(tc,
                        get_cpu_featureset_with_a_null_handle_tells_the_size,
                        0, 8);
    tcase_add_test(tc,
                   get_cpu_featureset_with_less_room_is_partial_and_enobufs);
    tcase_add_test(tc, get_cpu_featureset_errors);
}

Suite *suite_hypercall_sysctl(void)
{
    static void (*const setups[])(void) = {
        hypercall_setup_intel, hypercall_setup_amd,
    };
    Suite *s = suite_create("hypercall_sysctl");

    for ( unsigned int i = 0; i < ROWS(setups); i++ )
    {
        TCase *tc = tcase_create(i ? "AMD" : "Intel");

        tcase_add_checked_fixture(tc, setups[i], NULL);
        tcase_add_loop_test(tc, sysctl_head_is_checked, 0, NR_HEADS);
        tcase_add_test(tc, sysctl_structure_with_a_bad_byte_efault);
        add_policy_cases(tc);
        suite_add_tcase(s, tc);
    }

    return s;
}
