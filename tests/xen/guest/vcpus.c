/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Further vCPUs of the probe guest, started by hypercalls, PV and PVH. */
#include "probe.h"

#include <xen/hvm/hvm_vcpu.h>
#include <xen/vcpu.h>

/* start.S */
extern char ap_stack_top[], pv_ap_start[], pvh_ap_start[];

/* Both run with what the first one runs with. */
static uint64_t read_cr3(void)
{
    uint64_t cr3;

    asm volatile ( "mov %%cr3, %0" : "=r" (cr3) );
    return cr3;
}

struct trap_info fault_trap(void)
{
    return (struct trap_info){
        13, 0, FLAT_KERNEL_CS, (unsigned long)fault_entry,
    };
}

static long init_pv(uint32_t vcpu)
{
    static struct vcpu_guest_context context;

    /* Not VGCF_online: it would count as up, and VCPUOP_up wake nobody. */
    context.flags = VGCF_in_kernel;
    context.user_regs.rip = (unsigned long)pv_ap_start;
    context.user_regs.rsp = (unsigned long)ap_stack_top;
    context.user_regs.cs = FLAT_KERNEL_CS;
    context.user_regs.ss = FLAT_KERNEL_SS;
    context.kernel_ss = FLAT_KERNEL_SS;
    context.kernel_sp = (unsigned long)ap_stack_top;
    context.trap_ctxt[13] = fault_trap();
    context.ctrlreg[3] = read_cr3();

    return hypercall(__HYPERVISOR_vcpu_op, VCPUOP_initialise, vcpu,
                     (unsigned long)&context);
}

static long init_pvh(uint32_t vcpu)
{
    static struct vcpu_hvm_context context = { .mode = VCPU_HVM_MODE_64B };
    struct vcpu_hvm_x86_64 *r = &context.cpu_regs.x86_64;

    r->rip = (unsigned long)pvh_ap_start;
    r->rsp = (unsigned long)ap_stack_top;
    r->rflags = 2;
    r->cr0 = 0x80000001;                /* PG, PE */
    r->cr3 = read_cr3();
    r->cr4 = 0x20;                      /* PAE */
    r->efer = 0x500;                    /* LMA, LME */

    return hypercall(__HYPERVISOR_vcpu_op, VCPUOP_initialise, vcpu,
                     (unsigned long)&context);
}

static volatile bool rests;
static uint32_t running;

void vcpu_run(uint32_t vcpu, bool is_pv)
{
    rests = false;
    running = vcpu;
    if ( is_pv ? init_pv(vcpu) : init_pvh(vcpu) )
        give_up("a vCPU cannot be initialised");
    if ( hypercall(__HYPERVISOR_vcpu_op, VCPUOP_up, vcpu, 0) )
        give_up("a vCPU does not start");
    while ( !rests )
        hypercall(__HYPERVISOR_sched_op, SCHEDOP_yield, 0, 0);
}

void vcpu_rest(void)
{
    uint32_t vcpu = running;

    rests = true;
    for ( ; ; )
        hypercall(__HYPERVISOR_vcpu_op, VCPUOP_down, vcpu, 0);
}
