/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * How much stack a hypercall really takes: it runs on one that is filled with
 * a pattern, and what was overwritten is counted.  Xen's has 8 KB for all
 * that is above and below; `make check-core` adds up what this can only try.
 */
#include <check.h>
#include <ucontext.h>

#include "hypercall-memory.h"

Suite *suite_hypercall_stack(void);

#define BOUND 3072

/* A sanitizer's frames are no hypervisor's. */
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && \
    !defined(SANITIZED)
#define MEASURED 1
#endif

static uint64_t stack[32768 / 8];
#define NR_STACK (sizeof(stack) / sizeof(stack[0]))
#define PATTERN 0x5afe5afe5afe5afeULL

static ucontext_t outside, inside;
static void (*entry)(void);
static int64_t result;

static void run_entry(void)
{
    entry();
}

static size_t painted(void (*fn)(void))
{
    size_t i = 0;

    for ( size_t j = 0; j < NR_STACK; j++ )
        stack[j] = PATTERN;
    entry = fn;
    ck_assert_int_eq(getcontext(&inside), 0);
    inside.uc_stack.ss_sp = stack;
    inside.uc_stack.ss_size = sizeof(stack);
    inside.uc_link = &outside;
    makecontext(&inside, run_entry, 0);
    ck_assert_int_eq(swapcontext(&outside, &inside), 0);
    while ( i < NR_STACK && stack[i] == PATTERN )
        i++;

    return (NR_STACK - i) * 8;
}

static void nothing(void)
{
}

/* ---- entries ---------------------------------------------------------- */

static struct xen_ctl_domctl domctl;
static struct xen_ctl_sysctl sysctl;
static uint64_t version_cmd;

static void do_domctl(void)
{
    memcpy(&t.memory[AT_OP], &domctl, sizeof(domctl));
    result = x86_hypercall_domctl(&t.hv, &t.caller, ADDR(AT_OP));
}

static void do_sysctl(void)
{
    memcpy(&t.memory[AT_OP], &sysctl, sizeof(sysctl));
    result = x86_hypercall_sysctl(&t.hv, &t.caller, ADDR(AT_OP));
}

static void do_version(void)
{
    result = x86_hypercall_version(&t.hv, &t.caller, version_cmd,
                                   ADDR(AT_LIST));
}

/* What is asked for, in leaves of the request's ABI. */
static void ask(uint32_t cmd, uint32_t interface, unsigned int wrong_bit)
{
    struct cpu_policy p = hvm_policy();
    uint32_t nr_leaves = X86_NR_SLOTS;
    const struct x86_abi *abi =
        interface == XEN_CTL_DOMCTL_VERSION_FULL ? &x86_abi_full
                                                 : &x86_abi_xen;

    p.leaf[X86_SLOT_1].c &= ~wrong_bit;
    ck_assert_int_eq(x86_policy_to_leaves(&p, abi, LEAVES, &nr_leaves), 0);
    domctl = (struct xen_ctl_domctl){
        .cmd = cmd, .interface_version = interface, .domain = ID,
    };
    if ( cmd == XEN_CTL_DOMCTL_AUDIT_CPU_POLICY )
    {
        domctl.u.audit.nr_leaves = nr_leaves;
        domctl.u.audit.leaves = ADDR(AT_LEAVES);
        domctl.u.audit.violations = ADDR(AT_LIST);
        domctl.u.audit.nr_violations = 100;
        return;
    }
    domctl.u.policy.nr_leaves = nr_leaves;
    domctl.u.policy.leaves = ADDR(AT_LEAVES);
}

#define AVX (1u << (X86_FEATURE_AVX % 32))
#define FULL XEN_CTL_DOMCTL_VERSION_FULL
#define XEN XEN_CTL_DOMCTL_VERSION

static const struct {
    const char *name;
    uint32_t cmd, interface, wrong;
    int rc;
} requests[] = {
    { "set", XEN_CTL_DOMCTL_SET_CPU_POLICY, FULL, 0, 0 },
    { "set, Xen's ABI", XEN_CTL_DOMCTL_SET_CPU_POLICY, XEN, 0, 0 },
    { "set, refused", XEN_CTL_DOMCTL_SET_CPU_POLICY, FULL, AVX, -EINVAL },
    { "set, Xen's ABI, refused", XEN_CTL_DOMCTL_SET_CPU_POLICY, XEN, AVX,
      -EINVAL },
    { "get", XEN_CTL_DOMCTL_GET_CPU_POLICY, FULL, 0, 0 },
    { "audit", XEN_CTL_DOMCTL_AUDIT_CPU_POLICY, FULL, 0, 0 },
    { "audit, refused", XEN_CTL_DOMCTL_AUDIT_CPU_POLICY, FULL, AVX, 0 },
};

static void check_painted(const char *name, void (*fn)(void), int rc)
{
#ifdef MEASURED
    size_t base = painted(nothing), all = painted(fn);

    ck_assert_msg(result == rc, "%s: %d", name, (int)result);
    ck_assert_msg(all > base, "%s: nothing was painted", name);
    ck_assert_msg(all - base <= BOUND, "%s: %zu bytes of stack", name,
                  all - base);
#else
    (void)painted;
    (void)nothing;
    fn();
    ck_assert_msg(result == rc, "%s: %d", name, (int)result);
#endif
}

START_TEST(domctl_of_a_policy_fits_on_the_stack)
{
    ask(requests[_i].cmd, requests[_i].interface, requests[_i].wrong);
    check_painted(requests[_i].name, do_domctl, requests[_i].rc);
}
END_TEST

START_TEST(domctl_of_a_life_fits_on_the_stack)
{
    domctl = (struct xen_ctl_domctl){
        .cmd = XEN_CTL_DOMCTL_CREATE_DOMAIN, .interface_version = FULL,
        .u.create_domain = { .flags = _i ? XEN_CTL_CREATE_HVM : 0,
                             .max_vcpus = 1 },
    };
    check_painted("create", do_domctl, 0);

    domctl = (struct xen_ctl_domctl){
        .cmd = XEN_CTL_DOMCTL_SET_ADDRESS_SIZE, .interface_version = FULL,
        .domain = ID + 1, .u.address_size.size = 32,
    };
    check_painted("address size", do_domctl, _i ? -EINVAL : 0);
}
END_TEST

START_TEST(sysctl_and_version_fit_on_the_stack)
{
    sysctl = (struct xen_ctl_sysctl){
        .cmd = XEN_CTL_SYSCTL_GET_CPU_POLICY,
        .interface_version = XEN_CTL_SYSCTL_VERSION_FULL,
        .u.policy = {
            .index = XEN_CTL_POLICY_HVM_MAX, .nr_leaves = X86_NR_SLOTS,
            .nr_msrs = X86_NR_MSR_SLOTS, .leaves = ADDR(AT_LEAVES),
            .msrs = ADDR(AT_MSRS),
        },
    };
    check_painted("sysctl", do_sysctl, 0);
    for ( version_cmd = 0; version_cmd < 12; version_cmd++ )
    {
        do_version();
        check_painted("version", do_version, result);
    }
}
END_TEST

Suite *suite_hypercall_stack(void)
{
    Suite *s = suite_create("hypercall_stack");
    TCase *tc = tcase_create("painted");

    tcase_add_checked_fixture(tc, hypercall_setup_hvm, NULL);
    tcase_add_loop_test(tc, domctl_of_a_policy_fits_on_the_stack, 0,
                        sizeof(requests) / sizeof(requests[0]));
    tcase_add_loop_test(tc, domctl_of_a_life_fits_on_the_stack, 0, 2);
    tcase_add_test(tc, sysctl_and_version_fit_on_the_stack);
    suite_add_tcase(s, tc);

    return s;
}
