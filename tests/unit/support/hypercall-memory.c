/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "hypercall-memory.h"

struct test_hypercall t;

/* How many of `size` bytes can be copied, as a CPU would get on. */
static size_t reachable(uint64_t addr, size_t size)
{
    uint64_t offset = addr - MEMORY_BASE;

    if ( addr < MEMORY_BASE || offset >= MEMORY_SIZE )
        return 0;
    if ( size > MEMORY_SIZE - offset )
        size = MEMORY_SIZE - offset;
    if ( t.hole >= offset && t.hole < offset + size )
        size = t.hole - offset;

    return size;
}

static int copy_from(void *ctx, void *to, uint64_t from, size_t size)
{
    size_t n = reachable(from, size);

    ck_assert_ptr_eq(ctx, &t);
    if ( n )
    {
        memcpy(to, &t.memory[from - MEMORY_BASE], n);
        for ( size_t i = 0; i < n; i++ )
            t.reads[from - MEMORY_BASE + i]++;
    }

    return n == size ? 0 : -EFAULT;
}

static int copy_to(void *ctx, uint64_t to, const void *from, size_t size)
{
    size_t n = reachable(to, size);

    ck_assert_ptr_eq(ctx, &t);
    if ( n )
        memcpy(&t.memory[to - MEMORY_BASE], from, n);

    return n == size ? 0 : -EFAULT;
}

static void setup(uint32_t vendor)
{
    const struct x86_domain_config dom0 = { .max_vcpus = 1 };
    const struct x86_dom0_options options = { 0 };

    memset(&t, 0, sizeof(t));
    t.hole = NO_HOLE;
    domain_host_make(&t.host, vendor);
    x86_domain_store_init(&t.store, t.domains, 4, &t.host.policies);
    ck_assert_int_eq(x86_domain_create(&t.store, 0, &dom0, &options), 0);
    ck_assert_int_eq(x86_domain_add_vcpus(&t.store, 0, 1), 0);
    ck_assert_int_eq(x86_domain_unpause(&t.store, 0), 0);
    t.hv = (struct x86_hypervisor){
        .store = &t.store, .platform = &t.host.platform,
        .machine = { .nr_cpus = 8, .threads_per_core = 2,
                     .cores_per_socket = 4, .cpu_khz = 2600000,
                     .total_pages = 1000, .free_pages = 10 },
        .build = { .major = 4, .minor = 17, .extra = ".9-test",
                   .compiler = "cc", .date = "today", .changeset = "none",
                   .command_line = "cpuid=no-avx2" },
    };
    t.caller = (struct x86_caller){
        .copy_from = copy_from, .copy_to = copy_to, .ctx = &t,
        .privileged = true, .scratch = &t.scratch,
    };
}

void hypercall_setup_intel(void)
{
    setup(X86_VENDOR_INTEL);
}

void hypercall_setup_amd(void)
{
    setup(X86_VENDOR_AMD);
}

int sysctl_call(struct xen_ctl_sysctl *op)
{
    int rc;

    memcpy(&t.memory[AT_OP], op, sizeof(*op));
    memset(t.reads, 0, sizeof(t.reads));
    rc = x86_hypercall_sysctl(&t.hv, &t.caller, ADDR(AT_OP));
    memcpy(op, &t.memory[AT_OP], sizeof(*op));

    return rc;
}

int domctl_call(struct xen_ctl_domctl *op)
{
    int rc;

    memcpy(&t.memory[AT_OP], op, sizeof(*op));
    memset(t.reads, 0, sizeof(t.reads));
    rc = x86_hypercall_domctl(&t.hv, &t.caller, ADDR(AT_OP));
    memcpy(op, &t.memory[AT_OP], sizeof(*op));

    return rc;
}

void check_read_once(void)
{
    size_t i = 0;

    while ( i < MEMORY_SIZE && t.reads[i] <= 1 )
        i++;
    ck_assert_msg(i == MEMORY_SIZE, "byte %#zx was read %u times", i,
                  i < MEMORY_SIZE ? t.reads[i] : 0);
}

void hypercall_setup_hvm(void)
{
    const struct x86_domain_config config = {
        .kind = { .hvm = true, .hap = true }, .max_vcpus = 1,
    };

    hypercall_setup_intel();
    ck_assert_int_eq(x86_domain_create(&t.store, ID, &config, NULL), ID);
}

struct cpu_policy hvm_policy(void)
{
    struct cpu_policy p;

    ck_assert_int_eq(x86_domain_get(&t.store, ID, &p), 0);

    return p;
}

bool hvm_policy_is(const struct cpu_policy *was)
{
    struct cpu_policy p = hvm_policy();

    return !memcmp(&p, was, sizeof(p));
}

void put_leaf(unsigned int n, const struct cpu_policy *p,
                     unsigned int slot)
{
    LEAVES[n] = (struct xen_cpu_policy_leaf){
        x86_slot_descs[slot].leaf, x86_slot_descs[slot].subleaf,
        p->leaf[slot].a, p->leaf[slot].b, p->leaf[slot].c, p->leaf[slot].d,
    };
}
