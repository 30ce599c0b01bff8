/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parts of the probe guest share; no libc. */
#ifndef PROBE_H
#define PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define __XEN_INTERFACE_VERSION__ 0x00040e00
#include <xen/xen.h>
#include <xen/event_channel.h>
#include <xen/sched.h>

/* start.S */
extern char hypercall_page[], fault_entry[];

static inline long hypercall(unsigned int nr, unsigned long a, unsigned long b,
                      unsigned long c)
{
    unsigned long rc;
    void *entry = hypercall_page + nr * 32;

    asm volatile ( "call *%[entry]"
                   : "=a" (rc), "+D" (a), "+S" (b), "+d" (c)
                   : [entry] "r" (entry)
                   : "rcx", "r8", "r9", "r10", "r11", "memory" );
    return rc;
}

/* Says why on the console, and ends the domain. */
void give_up(const char *why) __attribute__((noreturn));

/* What a fault of the general kind does, as PV has it. */
struct trap_info fault_trap(void);

/* vcpus.c: start one at ap_main() and wait until it rests, for good. */
void vcpu_run(uint32_t vcpu, bool is_pv);
void vcpu_rest(void) __attribute__((noreturn));

#endif /* PROBE_H */
