/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Policies of domains through hypercalls: get and set. */
#include "hypercall-memory.h"

Suite *suite_hypercall_set(void);

#define FILL 0x5a

static const struct version_row {
    const char *name;
    uint32_t version;
    const struct x86_abi *abi;
} versions[] = {
    { "4.17", XEN_CTL_DOMCTL_VERSION_4_17, &x86_abi_xen },
    { "today", XEN_CTL_DOMCTL_VERSION, &x86_abi_xen },
    { "whole", XEN_CTL_DOMCTL_VERSION_FULL, &x86_abi_full },
};
#define NR_VERSIONS 3
#define FULL (&versions[2])

static struct xen_ctl_domctl policy_op(uint32_t cmd,
                                       const struct version_row *v,
                                       uint32_t nr_leaves, uint32_t nr_msrs)
{
    return (struct xen_ctl_domctl){
        .cmd = cmd, .interface_version = v->version, .domain = ID,
        .u.policy = {
            .nr_leaves = nr_leaves, .nr_msrs = nr_msrs,
            .leaves = ADDR(AT_LEAVES), .msrs = ADDR(AT_MSRS),
            .err_leaf = 0x11, .err_subleaf = 0x22, .err_msr = 0x33,
        },
    };
}

static struct xen_ctl_domctl get_op(const struct version_row *v)
{
    return policy_op(XEN_CTL_DOMCTL_GET_CPU_POLICY, v, X86_NR_SLOTS,
                     X86_NR_MSR_SLOTS);
}

static struct xen_ctl_domctl set_op(const struct version_row *v,
                                    uint32_t nr_leaves, uint32_t nr_msrs)
{
    return policy_op(XEN_CTL_DOMCTL_SET_CPU_POLICY, v, nr_leaves, nr_msrs);
}

static bool error_is(const struct xen_ctl_domctl *op, uint32_t leaf,
                     uint32_t subleaf, uint32_t msr)
{
    return op->u.policy.err_leaf == leaf &&
           op->u.policy.err_subleaf == subleaf && op->u.policy.err_msr == msr;
}

/* ---- get -------------------------------------------------------------- */

START_TEST(get_is_the_policy_in_the_versions_leaves)
{
    static struct xen_cpu_policy_leaf leaves[X86_NR_SLOTS];
    uint32_t nr = X86_NR_SLOTS;
    struct cpu_policy p = hvm_policy();
    struct xen_ctl_domctl op = get_op(&versions[_i]);

    ck_assert_int_eq(x86_policy_to_leaves(&p, versions[_i].abi, leaves, &nr),
                     0);
    ck_assert_int_eq(domctl_call(&op), 0);
    check_read_once();
    ck_assert_uint_eq(op.u.policy.nr_leaves, nr);
    ck_assert_uint_eq(op.u.policy.nr_msrs, versions[_i].abi->max_msrs);
    ck_assert_mem_eq(LEAVES, leaves, nr * sizeof(leaves[0]));
    ck_assert(error_is(&op, 0x11, 0x22, 0x33));

    op = get_op(&versions[_i]);
    op.u.policy.leaves = op.u.policy.msrs = 0;
    ck_assert_int_eq(domctl_call(&op), 0);
    ck_assert_uint_eq(op.u.policy.nr_leaves, versions[_i].abi->max_leaves);
    ck_assert_uint_eq(op.u.policy.nr_msrs, versions[_i].abi->max_msrs);
}
END_TEST

START_TEST(get_with_too_little_room_enobufs_and_untouched)
{
    struct xen_ctl_domctl op = get_op(&versions[_i]), was;
    uint32_t nr_leaves, nr_msrs;

    ck_assert_int_eq(domctl_call(&op), 0);
    nr_leaves = op.u.policy.nr_leaves;
    nr_msrs = op.u.policy.nr_msrs;
    memset(&t.memory[AT_LEAVES], FILL, MEMORY_SIZE - AT_LEAVES);
    for ( uint32_t i = 0; i < nr_leaves + nr_msrs; i++ )
    {
        op = get_op(&versions[_i]);
        if ( i < nr_leaves )
            op.u.policy.nr_leaves = i;
        else
            op.u.policy.nr_msrs = i - nr_leaves;
        was = op;
        ck_assert_int_eq(domctl_call(&op), -ENOBUFS);
        ck_assert_mem_eq(&op, &was, sizeof(op));
        ck_assert_uint_eq(t.memory[AT_LEAVES], FILL);
        ck_assert_uint_eq(t.memory[AT_MSRS], FILL);
    }
}
END_TEST

START_TEST(get_into_a_bad_byte_efault)
{
    struct xen_ctl_domctl op = get_op(&versions[_i]), was;
    uint32_t size;

    ck_assert_int_eq(domctl_call(&op), 0);
    size = op.u.policy.nr_leaves * 24;
    for ( uint32_t i = 0; i < size + op.u.policy.nr_msrs * 16; i++ )
    {
        was = get_op(&versions[_i]);
        t.hole = i < size ? AT_LEAVES + i : AT_MSRS + i - size;
        ck_assert_int_eq(domctl_call(&was), -EFAULT);
    }
}
END_TEST

START_TEST(get_of_ones_own_and_of_started_domains_works)
{
    struct xen_ctl_domctl op = get_op(FULL);

    op.domain = 0;
    ck_assert_int_eq(domctl_call(&op), 0);
    ck_assert_int_eq(x86_domain_unpause(&t.store, ID), 0);
    op = get_op(FULL);
    ck_assert_int_eq(domctl_call(&op), 0);
}
END_TEST

/* ---- set -------------------------------------------------------------- */

START_TEST(set_of_what_get_returned_changes_nothing)
{
    struct cpu_policy was = hvm_policy();
    struct xen_ctl_domctl op = get_op(&versions[_i]), before;

    ck_assert_int_eq(domctl_call(&op), 0);
    op = set_op(&versions[_i], op.u.policy.nr_leaves, op.u.policy.nr_msrs);
    before = op;
    ck_assert_int_eq(domctl_call(&op), 0);
    check_read_once();
    ck_assert(hvm_policy_is(&was));
    /* Nothing is written back where nothing went wrong. */
    ck_assert_mem_eq(&op, &before, sizeof(op));
}
END_TEST

START_TEST(set_takes_either_list_alone_or_none)
{
    struct cpu_policy want = hvm_policy();
    struct xen_ctl_domctl op;

    want.leaf[X86_SLOT_80000002].b ^= 0x20;
    put_leaf(0, &want, X86_SLOT_80000002);
    op = set_op(&versions[_i], 1, 0);
    op.u.policy.msrs = ~0ULL;               /* not looked at */
    ck_assert_int_eq(domctl_call(&op), 0);
    ck_assert(hvm_policy_is(&want));

    want.msr[X86_MSR_SLOT_CE] = 0;
    MSRS[0] = (struct xen_cpu_policy_msr){ 0xce, 0, 0 };
    op = set_op(&versions[_i], 0, 1);
    op.u.policy.leaves = 0;
    ck_assert_int_eq(domctl_call(&op), 0);
    ck_assert(hvm_policy_is(&want));

    op = set_op(&versions[_i], 0, 0);
    op.u.policy.leaves = op.u.policy.msrs = 0;
    ck_assert_int_eq(domctl_call(&op), 0);
    ck_assert(hvm_policy_is(&want));
}
END_TEST

START_TEST(set_of_too_many_e2big_and_nothing_read)
{
    const struct x86_abi *abi = versions[_i].abi;
    const struct {
        uint32_t leaves, msrs;
    } counts[] = {
        { abi->max_leaves + 1, 0 }, { 0, abi->max_msrs + 1 },
        { ~0u, 0 }, { 0, ~0u }, { ~0u, ~0u },
        /* Whose sizes wrap round in 32 bits. */
        { 0x0aaaaaab, 0 }, { 0, 0x10000001 },
    };

    for ( unsigned int i = 0; i < sizeof(counts) / sizeof(counts[0]); i++ )
    {
        struct xen_ctl_domctl op =
            set_op(&versions[_i], counts[i].leaves, counts[i].msrs);

        ck_assert_int_eq(domctl_call(&op), -E2BIG);
        ck_assert(error_is(&op, ~0u, ~0u, ~0u));
        ck_assert_uint_eq(t.reads[AT_LEAVES], 0);
        ck_assert_uint_eq(t.reads[AT_MSRS], 0);
    }
}
END_TEST

static const struct {
    const char *name;
    int rc;
    uint32_t nr_leaves, nr_msrs;
    struct xen_cpu_policy_leaf leaf;
    struct xen_cpu_policy_msr msr;
    uint32_t err_leaf, err_subleaf, err_msr;
} refused[] = {
    { "leaf of no range", -ERANGE, 1, 0, { 0x3f, ~0u, 0, 0, 0, 0 },
      { 0, 0, 0 }, 0x3f, ~0u, ~0u },
    { "subleaf of a plain leaf", -ERANGE, 1, 0, { 0, 0, 0, 0, 0, 0 },
      { 0, 0, 0 }, 0, 0, ~0u },
    { "subleaf that there is no room for", -ERANGE, 1, 0,
      { 0xd, 63, 0, 0, 0, 0 }, { 0, 0, 0 }, 0xd, 63, ~0u },
    { "subleaf left out", -ERANGE, 1, 0, { 4, ~0u, 0, 0, 0, 0 },
      { 0, 0, 0 }, 4, ~0u, ~0u },
    { "unknown MSR", -ERANGE, 0, 1, { 0, 0, 0, 0, 0, 0 },
      { 0xdeadc0de, 0, 0 }, ~0u, ~0u, 0xdeadc0de },
    { "flags", -EINVAL, 0, 1, { 0, 0, 0, 0, 0, 0 }, { 0xce, 1, 0 }, ~0u, ~0u,
      0xce },
    { "wide", -EOVERFLOW, 0, 1, { 0, 0, 0, 0, 0, 0 }, { 0xce, 0, ~0ULL },
      ~0u, ~0u, 0xce },
    { "leaf first, MSR second", -ERANGE, 1, 1, { 0x3f, ~0u, 0, 0, 0, 0 },
      { 0xce, 1, 0 }, 0x3f, ~0u, ~0u },
    { "max leaf that wraps", -EINVAL, 1, 0, { 0, ~0u, ~0u, 0, 0, 0 },
      { 0, 0, 0 }, 0, ~0u, ~0u },
    { "max subleaf that wraps", -EINVAL, 1, 0, { 7, 0, ~0u, 0, 0, 0 },
      { 0, 0, 0 }, 7, 0, ~0u },
    { "not the vendor", -EINVAL, 1, 0, { 0, ~0u, 1, 1, 1, 1 }, { 0, 0, 0 },
      0, ~0u, ~0u },
    { "beyond max", -EINVAL, 0, 1, { 0, 0, 0, 0, 0, 0 },
      { 0xce, 0, 0xc0000000 }, ~0u, ~0u, 0xce },
};

START_TEST(set_refused_says_where_and_changes_nothing)
{
    struct cpu_policy was = hvm_policy();

    for ( unsigned int v = 0; v < NR_VERSIONS; v++ )
    {
        struct xen_ctl_domctl op = set_op(&versions[v], refused[_i].nr_leaves,
                                          refused[_i].nr_msrs);
        int rc;

        LEAVES[0] = refused[_i].leaf;
        MSRS[0] = refused[_i].msr;
        rc = domctl_call(&op);
        ck_assert_msg(rc == refused[_i].rc, "%s, %s: %d", refused[_i].name,
                      versions[v].name, rc);
        ck_assert_msg(error_is(&op, refused[_i].err_leaf,
                               refused[_i].err_subleaf, refused[_i].err_msr),
                      "%s, %s: at %#x %#x %#x", refused[_i].name,
                      versions[v].name, op.u.policy.err_leaf,
                      op.u.policy.err_subleaf, op.u.policy.err_msr);
        ck_assert_msg(hvm_policy_is(&was), "%s", refused[_i].name);
        check_read_once();
    }
}
END_TEST

/* Leaves that the full ABI has, and Xen's does not. */
START_TEST(set_of_leaves_that_4_17_does_not_know_erange)
{
    static const struct xen_cpu_policy_leaf leaves[] = {
        { 0xe, ~0u, 0, 0, 0, 0 }, { 0x14, 0, 0, 0, 0, 0 },
        { 0x24, 0, 0, 0, 0, 0 }, { 0x80000022, ~0u, 0, 0, 0, 0 },
        { 0x80000026, 0, 0, 0, 0, 0 }, { 0x8000001d, 1, 0, 0, 0, 0 },
    };
    struct cpu_policy was = hvm_policy();

    for ( unsigned int v = 0; v < NR_VERSIONS; v++ )
    {
        struct xen_ctl_domctl op = set_op(&versions[v], 1, 0);

        LEAVES[0] = leaves[_i];
        ck_assert_int_eq(domctl_call(&op), &versions[v] == FULL ? 0
                                                                : -ERANGE);
        ck_assert(hvm_policy_is(&was));
    }
}
END_TEST

START_TEST(set_from_a_bad_byte_efault_and_changes_nothing)
{
    struct cpu_policy was = hvm_policy(), p = was;
    struct xen_ctl_domctl op;
    unsigned int v = _i;

    p.leaf[X86_SLOT_80000002].b ^= 0x20;
    put_leaf(0, &p, X86_SLOT_1);
    put_leaf(1, &p, X86_SLOT_80000002);
    MSRS[0] = (struct xen_cpu_policy_msr){ 0xce, 0, 0 };
    for ( uint32_t i = 0; i < 2 * 24 + 16; i++ )
    {
        op = set_op(&versions[v], 2, 1);
        t.hole = i < 48 ? AT_LEAVES + i : AT_MSRS + i - 48;
        ck_assert_int_eq(domctl_call(&op), -EFAULT);
        ck_assert(error_is(&op, ~0u, ~0u, ~0u));
        ck_assert(hvm_policy_is(&was));
    }
    t.hole = NO_HOLE;
    op = set_op(&versions[v], 2, 1);
    ck_assert_int_eq(domctl_call(&op), 0);
    ck_assert(!hvm_policy_is(&was));
}
END_TEST

START_TEST(set_of_own_or_started_domains_is_refused_unread)
{
    struct xen_ctl_domctl op = set_op(FULL, 1, 1), was = op;

    t.hole = AT_LEAVES;                     /* must not even be tried */
    was.domain = op.domain = 0;
    ck_assert_int_eq(domctl_call(&op), -EINVAL);
    ck_assert_mem_eq(&op, &was, sizeof(op));

    ck_assert_int_eq(x86_domain_unpause(&t.store, ID), 0);
    was.domain = op.domain = ID;
    ck_assert_int_eq(domctl_call(&op), -EEXIST);
    ck_assert_mem_eq(&op, &was, sizeof(op));

    /* What is somebody else's own may be set. */
    t.caller.domid = 5;
    op.domain = 0;
    ck_assert_int_eq(domctl_call(&op), -EEXIST);
}
END_TEST

#define ROWS(table) (sizeof(table) / sizeof(table[0]))

static TCase *get_and_set_cases(void)
{
    TCase *tc = tcase_create("get and set");

    tcase_add_checked_fixture(tc, hypercall_setup_hvm, NULL);
    tcase_add_loop_test(tc, get_is_the_policy_in_the_versions_leaves, 0,
                        NR_VERSIONS);
    tcase_add_loop_test(tc, get_with_too_little_room_enobufs_and_untouched,
                        0, NR_VERSIONS);
    tcase_add_loop_test(tc, get_into_a_bad_byte_efault, 0, NR_VERSIONS);
    tcase_add_test(tc, get_of_ones_own_and_of_started_domains_works);
    tcase_add_loop_test(tc, set_of_what_get_returned_changes_nothing, 0,
                        NR_VERSIONS);
    tcase_add_loop_test(tc, set_takes_either_list_alone_or_none, 0,
                        NR_VERSIONS);
    tcase_add_loop_test(tc, set_of_too_many_e2big_and_nothing_read, 0,
                        NR_VERSIONS);
    tcase_add_loop_test(tc, set_refused_says_where_and_changes_nothing, 0,
                        ROWS(refused));
    tcase_add_loop_test(tc, set_of_leaves_that_4_17_does_not_know_erange, 0,
                        6);
    tcase_add_loop_test(tc, set_from_a_bad_byte_efault_and_changes_nothing,
                        0, NR_VERSIONS);
    tcase_add_test(tc, set_of_own_or_started_domains_is_refused_unread);

    return tc;
}

Suite *suite_hypercall_set(void)
{
    Suite *s = suite_create("hypercall_set");

    suite_add_tcase(s, get_and_set_cases());

    return s;
}
