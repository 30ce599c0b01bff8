/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is wrong with a request: the whole list through a hypercall. */
#include "hypercall-memory.h"

Suite *suite_hypercall_audit(void);

#define FILL 0x5a

static struct xen_ctl_domctl audit_op(uint32_t nr_leaves, uint32_t room)
{
    return (struct xen_ctl_domctl){
        .cmd = XEN_CTL_DOMCTL_AUDIT_CPU_POLICY,
        .interface_version = XEN_CTL_DOMCTL_VERSION_FULL, .domain = ID,
        .u.audit = {
            .nr_leaves = nr_leaves, .leaves = ADDR(AT_LEAVES),
            .nr_violations = room, .violations = ADDR(AT_LIST),
        },
    };
}

#define LIST ((struct xen_ctl_policy_violation *)&t.memory[AT_LIST])

/* No AVX where there is everything that needs it, and one bit of an MSR. */
static void put_violations(void)
{
    struct cpu_policy p = hvm_policy();

    p.leaf[X86_SLOT_1].c &= ~(1u << (X86_FEATURE_AVX % 32));
    put_leaf(0, &p, X86_SLOT_1);
    MSRS[0] = (struct xen_cpu_policy_msr){ 0xce, 0, 0x80000001 };
}

START_TEST(audit_of_an_acceptable_request_finds_none)
{
    struct cpu_policy p = hvm_policy();
    struct xen_ctl_domctl op = audit_op(1, 9);

    put_leaf(0, &p, X86_SLOT_1);
    memset(&t.memory[AT_LIST], FILL, sizeof(*LIST));
    ck_assert_int_eq(domctl_call(&op), 0);
    ck_assert_uint_eq(op.u.audit.nr_violations, 0);
    ck_assert_uint_eq(t.memory[AT_LIST], FILL);
    ck_assert_uint_eq(op.u.audit.err_leaf, ~0u);
}
END_TEST

START_TEST(audit_lists_every_violation_by_name)
{
    struct xen_ctl_domctl op = audit_op(1, 200);
    bool fma = false, msr = false;
    struct cpu_policy was = hvm_policy();

    put_violations();
    op.u.audit.nr_msrs = 1;
    op.u.audit.msrs = ADDR(AT_MSRS);
    ck_assert_int_eq(domctl_call(&op), 0);
    check_read_once();
    ck_assert_uint_gt(op.u.audit.nr_violations, 10);
    ck_assert_uint_le(op.u.audit.nr_violations, 200);
    ck_assert_uint_eq(op.u.audit.err_leaf, 1);
    for ( uint32_t i = 0; i < op.u.audit.nr_violations; i++ )
    {
        const struct xen_ctl_policy_violation *v = &LIST[i];

        ck_assert_ptr_nonnull(x86_audit_rule_text(v->rule, NULL));
        ck_assert_uint_ne(v->mask, 0);
        fma |= v->feature == X86_FEATURE_FMA && v->leaf == 1 &&
               v->reg == 2 && v->needs == X86_FEATURE_AVX &&
               !strcmp(v->rule, "dependency") && v->msr == ~0u &&
               v->mask == 1u << (X86_FEATURE_FMA % 32);
        msr |= v->msr == 0xce && v->leaf == ~0u && v->mask == 1 &&
               v->asked == 0x80000001 && v->limit == 0x80000000 &&
               v->feature == XEN_CTL_NO_FEATURE;
    }
    ck_assert_msg(fma, "FMA without AVX is missing");
    ck_assert_msg(msr, "bit 0 of MSR 0xce is missing");
    ck_assert(hvm_policy_is(&was));
}
END_TEST

START_TEST(audit_with_less_room_is_partial_and_enobufs)
{
    static struct xen_ctl_policy_violation all[200];
    struct xen_ctl_domctl op = audit_op(1, 200);
    uint32_t nr;

    put_violations();
    ck_assert_int_eq(domctl_call(&op), 0);
    nr = op.u.audit.nr_violations;
    memcpy(all, LIST, sizeof(all));

    for ( uint32_t room = 0; room <= nr; room++ )
    {
        op = audit_op(1, room);
        memset(LIST, FILL, sizeof(all));
        ck_assert_int_eq(domctl_call(&op), room < nr ? -ENOBUFS : 0);
        ck_assert_uint_eq(op.u.audit.nr_violations, nr);
        ck_assert_mem_eq(LIST, all, room * sizeof(all[0]));
        ck_assert_uint_eq(t.memory[AT_LIST + room * sizeof(all[0])], FILL);
    }

    op = audit_op(1, 0);
    op.u.audit.violations = 0;
    ck_assert_int_eq(domctl_call(&op), 0);
    ck_assert_uint_eq(op.u.audit.nr_violations, nr);
}
END_TEST

START_TEST(audit_errors_are_those_of_a_set)
{
    struct xen_ctl_domctl op = audit_op(X86_NR_SLOTS + 1, 9);

    ck_assert_int_eq(domctl_call(&op), -E2BIG);
    op = audit_op(1, 9);
    op.u.audit.reserved = 1;
    ck_assert_int_eq(domctl_call(&op), -EINVAL);
    op = audit_op(1, 9);
    op.u.audit.pad = 1;
    ck_assert_int_eq(domctl_call(&op), -EINVAL);
    op = audit_op(1, 9);
    LEAVES[0] = (struct xen_cpu_policy_leaf){ 0x3f, ~0u, 0, 0, 0, 0 };
    ck_assert_int_eq(domctl_call(&op), -ERANGE);
    ck_assert_uint_eq(op.u.audit.err_leaf, 0x3f);
    ck_assert_uint_eq(op.u.audit.nr_violations, 0);
    op = audit_op(0, 9);
    op.u.audit.nr_msrs = 1;
    op.u.audit.msrs = ADDR(AT_MSRS);
    MSRS[0] = (struct xen_cpu_policy_msr){ 0xce, 1, 0 };
    ck_assert_int_eq(domctl_call(&op), -EINVAL);
    ck_assert_uint_eq(op.u.audit.err_msr, 0xce);
    ck_assert_uint_eq(op.u.audit.nr_violations, 0);

    put_violations();
    for ( t.hole = AT_LIST; t.hole < AT_LIST + 3 * sizeof(*LIST); t.hole++ )
    {
        op = audit_op(1, 200);
        ck_assert_int_eq(domctl_call(&op), -EFAULT);
    }
    for ( t.hole = AT_LEAVES; t.hole < AT_LEAVES + 24; t.hole++ )
    {
        op = audit_op(1, 200);
        ck_assert_int_eq(domctl_call(&op), -EFAULT);
    }
}
END_TEST

START_TEST(audit_of_started_and_own_domains_works)
{
    struct xen_ctl_domctl op = audit_op(1, 200);

    put_violations();
    ck_assert_int_eq(x86_domain_unpause(&t.store, ID), 0);
    ck_assert_int_eq(domctl_call(&op), 0);
    ck_assert_uint_gt(op.u.audit.nr_violations, 0);
    op = audit_op(0, 200);
    op.domain = 0;
    ck_assert_int_eq(domctl_call(&op), 0);
    ck_assert_uint_eq(op.u.audit.nr_violations, 0);
}
END_TEST

Suite *suite_hypercall_audit(void)
{
    Suite *s = suite_create("hypercall_audit");
    TCase *tc = tcase_create("audit");

    tcase_add_checked_fixture(tc, hypercall_setup_hvm, NULL);
    tcase_add_test(tc, audit_of_an_acceptable_request_finds_none);
    tcase_add_test(tc, audit_lists_every_violation_by_name);
    tcase_add_test(tc, audit_with_less_room_is_partial_and_enobufs);
    tcase_add_test(tc, audit_errors_are_those_of_a_set);
    tcase_add_test(tc, audit_of_started_and_own_domains_works);
    suite_add_tcase(s, tc);

    return s;
}
