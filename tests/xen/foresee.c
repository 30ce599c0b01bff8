/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* See foresee.h. */
#include <string.h>

#include "foresee.h"
#include "lab.h"
#include "source/source.h"
#include "source/xen-release.h"

#define CR4_PAE     (1u << 5)
#define CR4_OSXSAVE (1u << 18)

/* Of the local APIC: on; and this is the first processor. */
#define APIC_BASE_AT_START 0xfee00800u
#define APIC_BASE_FIRST    0x100u

static bool is_pv, unforeseen;

static void xen_leaf(void *ctx, uint32_t index, uint32_t subleaf,
                     struct x86_regs *out)
{
    (void)ctx;
    (void)subleaf;
    /* One hypercall page, its MSR, and what PV page tables can do. */
    if ( index == 2 )
        *out = (struct x86_regs){ 1, X86_HV_LEAF, is_pv, 0 };
    else
        unforeseen = true;
}

static struct x86_hypervisor_leaves xen_leaves = { .xen = xen_leaf };

void foresee_read(const char *path, const char *title,
                  struct cpu_policy *out)
{
    static struct xen_rows rows;

    if ( !rows_read(path, title, &rows) || policy_from_rows(out, &rows, NULL) )
        lab_give_up("%s: cannot read the policy", path);
}

/* A kernel that has set no more than it needs for 64-bit mode. */
void foresee(struct foresight *f, const char *kind, const char *system,
             const char *policy)
{
    static struct xen_rows host;
    struct xen_host_info info;
    struct xen_host *xen;
    cpupolicy_error err;

    memset(f, 0, sizeof(*f));
    if ( !rows_read(system, "Raw", &f->raw) ||
         !rows_read(system, "Host", &host) )
        lab_give_up("cannot read the system's policies");
    if ( xen_host_open(&xen, &err) || xen_host_info_get(xen, &info, &err) )
        lab_give_up("%s", err.message);
    f->release = xen_host_release(xen);
    if ( !f->release )
        lab_give_up("an unknown Xen: how does it number APIC ids?");
    xen_host_close(xen);

    f->is_pv = is_pv = !strcmp(kind, "pv");
    f->version = xen_leaves.version = info.major << 16 | info.minor;
    f->vcpu = (struct x86_vcpu){
        .hvm = !is_pv, .hap = !is_pv, .emulated = is_pv, .long_mode = true,
        .kernel = true, .xcr0 = 1, .cr4 = is_pv ? 0 : CR4_PAE,
        .leaves = &xen_leaves,
    };
    /* Xen runs with CR4.OSXSAVE where it uses XSAVE. */
    if ( rows_find(&host, 1, XEN_CPU_POLICY_NO_SUBLEAF)->c &
         (1u << (X86_FEATURE_XSAVE % 32)) )
        f->vcpu.xen_cr4 = CR4_OSXSAVE;
    foresee_read(policy, NULL, &f->policy);
    foresee_vcpu(f, 0);
}

void foresee_vcpu(struct foresight *f, uint32_t nr)
{
    const struct xen_release *r = f->release;
    const struct x86_topology one = {
        .numbering = f->is_pv ? r->pv.numbering : r->hvm.numbering,
        .threads_per_core = 1, .cores_per_module = 1, .modules_per_die = 1,
        .dies_per_package = 1, .packages = 1,
    };
    struct x86_topology_map map;

    if ( x86_topology_map(&one, &map) ||
         x86_topology_ids(&map, nr, &f->vcpu.ids) )
        lab_give_up("vCPU %u has no id", nr);
    f->vcpu.apic_base = APIC_BASE_AT_START | (nr ? 0 : APIC_BASE_FIRST);
}

/* ---- intended differences ---------------------------------------------- */

/* What our vCPUs answer otherwise than this Xen, and why. */
static const struct {
    uint32_t since;             /* Xen, as in foresight; 0: all */
    uint32_t leaf, first, last; /* subleaves */
    uint32_t mask[4];           /* by register */
    const char *why;
} intended[] = {
    { 0, 0xb, 2, ~0u, { 0, 0, 0xff, ~0u }, "hardware returns the subleaf asked "
      "for and the id, however high (SDM vol 2, CPUID leaf 0xb); this Xen has "
      "two" },
    { 4 << 16 | 20, 0xd, 0, 0, { 0, ~0u, 0, 0 }, "hardware resets XCR0 to 1 "
      "(SDM vol 3, state components); this Xen has 0 before the first "
      "XSETBV, and a save area of no size" },
};
#define NR_INTENDED (sizeof(intended) / sizeof(intended[0]))

static unsigned int nr_intended[NR_INTENDED];

/* As this Xen has it where the difference is meant: its zeros. */
static void intend(const struct foresight *f,
                   const struct xen_cpu_policy_leaf *l, struct x86_regs *r)
{
    for ( unsigned int i = 0; i < NR_INTENDED; i++ )
    {
        const uint32_t *mask = intended[i].mask;

        if ( f->version < intended[i].since || l->leaf != intended[i].leaf ||
             l->subleaf < intended[i].first || l->subleaf > intended[i].last )
            continue;
        nr_intended[i] += !!((r->a & mask[0]) | (r->b & mask[1]) |
                             (r->c & mask[2]) | (r->d & mask[3]));
        r->a &= ~mask[0], r->b &= ~mask[1];
        r->c &= ~mask[2], r->d &= ~mask[3];
    }
}

bool foresee_cpuid(const struct foresight *f,
                   const struct xen_cpu_policy_leaf *l, struct x86_regs *out)
{
    unforeseen = false;
    x86_vcpu_cpuid(&f->policy, &f->vcpu, l->leaf, l->subleaf, out);
    if ( !unforeseen )
        intend(f, l, out);

    return !unforeseen;
}

void foresee_remark(void)
{
    for ( unsigned int i = 0; i < NR_INTENDED; i++ )
        if ( nr_intended[i] )
            lab_remark("intended, %u answers: %s", nr_intended[i],
                       intended[i].why);
}
