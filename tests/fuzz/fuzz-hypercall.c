/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Hypercalls of a hostile toolstack, which changes its memory while it is
 * being read.  The input is a list of calls; what they write stays, so that
 * what one reads another can set.
 *
 * After every call:
 *  - the answer is one of those that the ABI has;
 *  - every domain's policy is acceptable for its kind;
 *  - a call that failed has changed no policy (a destroyed domain apart);
 *  - the host's policies are as they were.
 *
 * With libFuzzer:  clang -fsanitize=fuzzer,address,undefined ...
 * Without, to run files through it again:  cc -DFUZZ_REPLAY ...
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arch/hypercall.h>
#include <public/domctl.h>
#include <public/sysctl.h>
#include <public/version.h>

#include "domain-host.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t nr);

#define check(cond) do {                                            \
    if ( !(cond) )                                                  \
    {                                                               \
        fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #cond);  \
        abort();                                                    \
    }                                                               \
} while ( 0 )

#define NR_DOMAINS  4
#define MAX_CALLS   32
#define MEMORY_SIZE 0x4000      /* addresses count modulo this */
#define AT_OP       0x3f00

static struct domain_host host, host_copy;
static struct x86_domain domains[NR_DOMAINS];
static struct x86_domain_store store;
static struct x86_hypervisor hv;
static uint8_t memory[MEMORY_SIZE];
static uint32_t mischief;       /* where memory changes next */
static bool hostile;

/* ---- the caller's memory ---------------------------------------------- */

/* The upper half of addresses is not there. */
static int copy_from(void *ctx, void *to, uint64_t from, size_t size)
{
    uint8_t *out = to;

    (void)ctx;
    if ( from >> 63 )
        return -EFAULT;
    check(size <= MEMORY_SIZE);
    for ( size_t i = 0; i < size; i++ )
        out[i] = memory[(from + i) % MEMORY_SIZE];

    /* What has been read is different the next time. */
    mischief = mischief * 1103515245 + 12345;
    if ( hostile )
        memory[(from + mischief % (size ? size : 1)) % MEMORY_SIZE] ^=
            mischief >> 24;

    return 0;
}

static int copy_to(void *ctx, uint64_t to, const void *from, size_t size)
{
    const uint8_t *in = from;

    (void)ctx;
    if ( to >> 63 )
        return -EFAULT;
    check(size <= MEMORY_SIZE);
    for ( size_t i = 0; i < size; i++ )
        memory[(to + i) % MEMORY_SIZE] = in[i];

    return 0;
}

/* ---- what has to hold ------------------------------------------------- */

static const struct cpu_policy *max_of(const struct x86_domain_kind *kind)
{
    return &host.policies.policy[kind->hvm ? X86_POLICY_HVM_MAX
                                           : X86_POLICY_PV_MAX];
}

static void check_domains(void)
{
    static struct x86_audit audit;
    struct x86_domain_info info;
    struct cpu_policy p, limit;
    unsigned int nr = 0;

    for ( uint32_t id = 0; !x86_domain_next(&store, id, &info);
          id = info.id + 1 )
    {
        const struct x86_domain_kind *kind = &info.config.kind;

        check(nr++ < NR_DOMAINS);
        check(info.nr_pauses <= X86_DOMAIN_MAX_PAUSES);
        check(info.finished || info.nr_pauses);
        check(!x86_domain_get(&store, info.id, &p));
        x86_domain_limit(&limit, max_of(kind), kind);
        check(!x86_policy_audit(&audit, &p, &limit, kind, NULL));
    }
}

static bool known_answer(int64_t rc)
{
    static const int errors[] = {
        EPERM, ESRCH, E2BIG, ENOMEM, EACCES, EFAULT, EEXIST, EINVAL, ERANGE,
        ENOSYS, EOVERFLOW, EUSERS, EOPNOTSUPP, ENOBUFS,
    };

    for ( size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++ )
        if ( rc == -errors[i] )
            return true;

    return rc == 0 || rc == (4 << 16 | 17) || rc == 4096;
}

/* The policies, by place: what a failed call must leave as it is. */
static bool policies_changed(const struct x86_domain *was)
{
    for ( unsigned int i = 0; i < NR_DOMAINS; i++ )
        if ( domains[i].state == was[i].state && was[i].state &&
             memcmp(&domains[i].policy, &was[i].policy,
                    sizeof(was[i].policy)) )
            return true;

    return false;
}

/* ---- calls ------------------------------------------------------------ */

static uint64_t sysctl_op(const uint8_t control[4])
{
    static const uint32_t versions[] = { 0x15, 0x16, 0x43500001, 0x17 };
    static const uint32_t cmds[] = { 3, 6, 25, 26, 29, 29, 29, 4 };
    struct xen_ctl_sysctl *op = (void *)&memory[AT_OP];

    op->cmd = cmds[control[1] % 8];
    op->interface_version = versions[control[2] % 4];
    if ( op->cmd == XEN_CTL_SYSCTL_GET_CPU_POLICY && (control[3] & 1) )
    {
        op->u.policy.index %= 8;
        op->u.policy.reserved = 0;
    }

    return XEN_CTL_HYPERCALL_SYSCTL;
}

/*
 * A request that is the domain's own policy with a few bytes changed: bytes
 * of the payload say which and how.  By chance alone hardly any request would
 * get as far as the audit.
 */
static void nearly_the_policy(struct xen_ctl_domctl *op, unsigned int nr)
{
    static struct xen_cpu_policy_leaf leaves[X86_NR_SLOTS];
    static struct xen_cpu_policy_msr msrs[X86_NR_MSR_SLOTS];
    const struct x86_abi *abi = op->interface_version == 0x43500001
                                ? &x86_abi_full : &x86_abi_xen;
    uint32_t nr_leaves = X86_NR_SLOTS, nr_msrs = X86_NR_MSR_SLOTS;
    const uint8_t *change = (uint8_t *)&op->u + 40;
    struct cpu_policy p;

    if ( x86_domain_get(&store, op->domain, &p) )
        return;
    check(!x86_policy_to_leaves(&p, abi, leaves, &nr_leaves));
    check(!x86_policy_to_msrs(&p, abi, msrs, &nr_msrs));
    memcpy(memory, leaves, nr_leaves * sizeof(leaves[0]));
    memcpy(memory + 0x2000, msrs, nr_msrs * sizeof(msrs[0]));

    for ( ; nr--; change += 3 )
        memory[(change[0] | change[1] << 8) % 0x2200] ^= change[2];

    op->u.policy.nr_leaves = nr_leaves;
    op->u.policy.nr_msrs = nr_msrs;
    op->u.policy.leaves = MEMORY_SIZE;
    op->u.policy.msrs = MEMORY_SIZE + 0x2000;
}

static uint64_t domctl_op(const uint8_t control[4])
{
    static const uint32_t versions[] = { 0x15, 0x18, 0x43500001, 0x17 };
    static const uint32_t cmds[] = {
        1, 2, 3, 4, 5, 15, 35, 36, 82, 82, 83, 83, 83, 83, 0x43500001, 7,
    };
    struct xen_ctl_domctl *op = (void *)&memory[AT_OP];

    op->cmd = cmds[control[1] % 16];
    op->interface_version = versions[control[2] % 4];
    op->domain = control[3] % 8;
    if ( op->cmd == XEN_CTL_DOMCTL_CREATE_DOMAIN )
        op->u.create_domain.flags &= 0x1ff;
    /* Small counts are where the interesting answers are. */
    if ( (op->cmd == XEN_CTL_DOMCTL_SET_CPU_POLICY ||
          op->cmd == XEN_CTL_DOMCTL_AUDIT_CPU_POLICY) && (control[3] & 0x80) )
    {
        op->u.policy.nr_leaves %= 64;
        op->u.policy.nr_msrs %= 4;
    }
    if ( (op->cmd == XEN_CTL_DOMCTL_SET_CPU_POLICY ||
          op->cmd == XEN_CTL_DOMCTL_AUDIT_CPU_POLICY) && (control[3] & 0x40) )
        nearly_the_policy(op, (control[2] >> 2) % 16);
    if ( op->cmd == XEN_CTL_DOMCTL_AUDIT_CPU_POLICY && (control[3] & 0x20) )
        op->u.audit.reserved = op->u.audit.pad = 0;

    return XEN_CTL_HYPERCALL_DOMCTL;
}

static void one_call(const uint8_t control[4])
{
    static struct x86_domain was[NR_DOMAINS];
    static struct x86_hypercall_scratch scratch;
    const struct x86_caller caller = {
        .copy_from = copy_from, .copy_to = copy_to, .scratch = &scratch,
        .privileged = control[0] & 0x7c,    /* nearly always */
    };
    uint64_t args[5] = { AT_OP }, nr;
    int64_t rc;

    hostile = control[0] & 0x80;
    switch ( control[0] & 3 )
    {
    case 0:
        nr = sysctl_op(control);
        break;
    case 1:
        nr = XEN_CTL_HYPERCALL_VERSION;
        args[0] = control[1] % 12;
        args[1] = control[2] * 0x11;
        break;
    default:
        nr = domctl_op(control);
    }

    memcpy(was, domains, sizeof(was));
    rc = x86_hypercall(&hv, &caller, nr, args);
    check(known_answer(rc));
    check(!rc || !policies_changed(was));
    check_domains();
}

static void start(void)
{
    const struct x86_domain_config dom0 = { .max_vcpus = 1 };
    const struct x86_domain_config guest = {
        .kind = { .hvm = true, .hap = true }, .max_vcpus = 1,
    };
    const struct x86_dom0_options options = { 0 };

    memset(domains, 0, sizeof(domains));
    memset(memory, 0, sizeof(memory));
    mischief = 1;
    x86_domain_store_init(&store, domains, NR_DOMAINS, &host.policies);
    hv = (struct x86_hypervisor){
        .store = &store, .platform = &host.platform,
        .machine = { .nr_cpus = 1 }, .build = { .major = 4, .minor = 17 },
    };
    check(x86_domain_create(&store, 0, &dom0, &options) == 0);
    check(x86_domain_unpause(&store, 0) == 0);
    check(x86_domain_create(&store, 1, &guest, NULL) == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t nr)
{
    /* Each call: four bytes that choose it, then its structure's union. */
    const size_t payload = sizeof(((struct xen_ctl_domctl *)0)->u);

    if ( !host.policies.policy[X86_POLICY_RAW].vendor )
    {
        domain_host_make(&host, X86_VENDOR_INTEL);
        host_copy = host;
    }

    start();
    for ( unsigned int i = 0; i < MAX_CALLS && nr >= 4; i++ )
    {
        const uint8_t *control = bytes;
        size_t have = nr - 4 < payload ? nr - 4 : payload;

        /* Domain control's union begins further on; it is all the same. */
        memcpy(&memory[AT_OP + 8], bytes + 4, have);
        memcpy(&memory[AT_OP + 16], bytes + 4, have);
        bytes += 4 + have;
        nr -= 4 + have;
        one_call(control);
    }
    check(!memcmp(&host, &host_copy, sizeof(host)));

    return 0;
}

#ifdef FUZZ_REPLAY
int main(int argc, char **argv)
{
    static uint8_t input[1 << 20];

    for ( int i = 1; i < argc; i++ )
    {
        FILE *f = fopen(argv[i], "rb");
        size_t n;

        if ( !f )
        {
            perror(argv[i]);
            return 1;
        }
        n = fread(input, 1, sizeof(input), f);
        fclose(f);
        LLVMFuzzerTestOneInput(input, n);
    }

    return 0;
}
#endif
