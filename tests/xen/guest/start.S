/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Entry points of the probe guest.  One image serves as a PV and as a PVH
 * kernel: it is linked at the physical address where PVH loads it, PV maps
 * physical address N at virtual address N (VIRT_BASE 0), and PVH does the
 * same with page tables of its own.
 */
#define __ASSEMBLY__
#include <xen/elfnote.h>

.macro NOTE type, value:vararg
    .pushsection .note.Xen, "a", @note
    .balign 4
    .long 4, 2f - 1f, \type
    .asciz "Xen"
1:  \value
2:  .balign 4
    .popsection
.endm

    NOTE XEN_ELFNOTE_GUEST_OS .asciz "cpuid-probe"
    NOTE XEN_ELFNOTE_XEN_VERSION .asciz "xen-3.0"
    NOTE XEN_ELFNOTE_LOADER .asciz "generic"
    NOTE XEN_ELFNOTE_PAE_MODE .asciz "yes"
    NOTE XEN_ELFNOTE_VIRT_BASE .quad 0
    NOTE XEN_ELFNOTE_PADDR_OFFSET .quad 0
    NOTE XEN_ELFNOTE_ENTRY .quad pv_start
    NOTE XEN_ELFNOTE_HYPERCALL_PAGE .quad hypercall_page
    NOTE XEN_ELFNOTE_PHYS32_ENTRY .quad pvh_start

    .section .text.start, "ax"

/* PV: 64-bit, paging on, %rsi is the virtual address of struct start_info. */
    .code64
    .globl pv_start
pv_start:
    cld
    lea stack_top(%rip), %rsp
    xor %ebp, %ebp
    mov %rsi, %rdi
    call pv_main
    ud2

/*
 * PVH: 32-bit, paging off, %ebx is the physical address of struct
 * hvm_start_info.  Long mode first, since that is where kernels execute
 * CPUID and where a few of its bits depend on it.
 */
    .code32
    .globl pvh_start
pvh_start:
    cld
    lgdt gdt_pointer
    mov $l4_table, %eax
    mov %eax, %cr3
    mov %cr4, %eax
    or $0x20, %eax                  /* PAE */
    mov %eax, %cr4
    mov $0xc0000080, %ecx           /* EFER */
    rdmsr
    or $0x100, %eax                 /* LME */
    wrmsr
    mov %cr0, %eax
    or $0x80000001, %eax            /* PG, PE */
    mov %eax, %cr0
    ljmp $8, $1f

    .code64
1:  mov $16, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    lea stack_top(%rip), %rsp
    xor %ebp, %ebp
    lidt idt_pointer(%rip)
    mov %ebx, %edi
    call pvh_main
    ud2

/* Further vCPUs: in 64-bit mode from their first instruction. */
    .globl pv_ap_start
pv_ap_start:
    cld
    xor %ebp, %ebp
    call ap_main
    ud2

    .globl pvh_ap_start
pvh_ap_start:
    cld
    lgdt gdt_pointer(%rip)
    lea 1f(%rip), %rax
    push $8
    push %rax
    lretq
1:  mov $16, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    lidt idt_pointer(%rip)
    xor %ebp, %ebp
    call ap_main
    ud2

/*
 * int rdmsr_safe(uint32_t index, uint64_t *value): 0, or 1 if it faulted.
 * The fault does not return to the instruction: PV and PVH have different
 * exception frames, and none of it is needed.
 */
    .text
    .globl rdmsr_safe
rdmsr_safe:
    mov %rsp, fault_rsp(%rip)
    lea 1f(%rip), %rax
    mov %rax, fault_rip(%rip)
    mov %edi, %ecx
    rdmsr
    shl $32, %rdx
    or %rdx, %rax
    mov %rax, (%rsi)
    movq $0, fault_rip(%rip)
    xor %eax, %eax
    ret
1:  movq $0, fault_rip(%rip)
    mov $1, %eax
    ret

/* #GP, from the IDT or through PV's trap table. */
    .globl fault_entry
fault_entry:
    cmpq $0, fault_rip(%rip)
    je 1f
    mov fault_rsp(%rip), %rsp
    jmp *fault_rip(%rip)
1:  call unexpected_fault
    ud2

    .data
    .balign 8
fault_rsp:  .quad 0
fault_rip:  .quad 0

gdt:
    .quad 0
    .quad 0x00af9a000000ffff        /* code, 64-bit */
    .quad 0x00cf92000000ffff        /* data */
gdt_pointer:
    .word . - gdt - 1
    .long gdt
    .long 0
    .globl idt
    .balign 16
idt: .fill 32 * 16, 1, 0
idt_pointer:
    .word . - idt - 1
    .quad idt

/* The first 4 GiB, in 2 MiB pages: RAM and Xen's special pages. */
    .balign 4096
l4_table:
    .quad l3_table + 7
    .fill 511, 8, 0
l3_table:
    .quad l2_tables + 7, l2_tables + 0x1007
    .quad l2_tables + 0x2007, l2_tables + 0x3007
    .fill 508, 8, 0
l2_tables:
    .set page, 0
    .rept 2048
    .quad (page << 21) + 0x87
    .set page, page + 1
    .endr

    .section .text.hypercall, "ax"
    .balign 4096
    .globl hypercall_page
hypercall_page:
    .fill 4096, 1, 0xcc

    .bss
    .balign 4096
    .fill 8192, 1, 0
stack_top:
/* One at a time, which does not come back from its rest. */
    .globl ap_stack_top
    .fill 8192, 1, 0
ap_stack_top:
    .section .note.GNU-stack, "", @progbits
