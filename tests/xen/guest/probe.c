/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A guest that does nothing but say what it sees: for each line of its
 * ramdisk it executes CPUID or RDMSR, and prints the answer on Xen's console.
 *
 *   in                     out
 *   n VCPUS                n VCPUS: all that follows, on each of so many
 *                          vCPUs, each of which begins with v NUMBER
 *   c LEAF SUBLEAF         c LEAF SUBLEAF EAX EBX ECX EDX
 *   e LEAF SUBLEAF         e ...: CPUID with Xen's forced-emulation prefix
 *   m INDEX                m INDEX VALUE, or m INDEX fault
 *   x INDEX                x ...: the same in x2APIC mode, if there is one
 *   a OFFSET               a OFFSET VALUE: a register of the local APIC
 *
 * One vCPU runs at a time: it is started, answers, and rests for good.  All
 * numbers are 8 hex digits, MSR values 16.  The first line is `begin pv`
 * or `begin pvh`, the last one `end N` with the number of answers, or `bad`
 * with a reason; each starts with `@`, so that nothing else that is printed
 * is taken for one.
 *
 * A whole kernel would say the same a hundred times slower.
 */
#include "probe.h"

#include <xen/arch-x86/hvm/start_info.h>
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/io/console.h>

/* start.S */
extern uint64_t idt[];
int rdmsr_safe(uint32_t index, uint64_t *value);

/* called from there */
void pv_main(const struct start_info *info);
void pvh_main(const struct hvm_start_info *info);
void ap_main(void);
void unexpected_fault(void);

static struct xencons_interface *console;
static evtchn_port_t console_port;
static bool is_pv;
static uint32_t nr_answers;

static void __attribute__((noreturn)) stop(unsigned int reason)
{
    struct sched_shutdown how = { .reason = reason };

    for ( ; ; )
        hypercall(__HYPERVISOR_sched_op, SCHEDOP_shutdown,
                  (unsigned long)&how, 0);
}

/* ---- the console ring ----------------------------------------------- */

static void notify_console(void)
{
    struct evtchn_send send = { .port = console_port };

    hypercall(__HYPERVISOR_event_channel_op, EVTCHNOP_send,
              (unsigned long)&send, 0);
}

static void put(char c)
{
    volatile XENCONS_RING_IDX *cons = &console->out_cons;
    XENCONS_RING_IDX prod = console->out_prod;

    /* A full ring: the other end must run before there is room. */
    while ( prod - *cons >= sizeof(console->out) )
    {
        notify_console();
        hypercall(__HYPERVISOR_sched_op, SCHEDOP_yield, 0, 0);
    }
    console->out[MASK_XENCONS_IDX(prod, console->out)] = c;
    asm volatile ( "" ::: "memory" );
    console->out_prod = prod + 1;
    if ( c == '\n' )
        notify_console();
}

static void put_text(const char *s)
{
    while ( *s )
        put(*s++);
}

static void put_hex(uint64_t value, unsigned int nr_digits)
{
    while ( nr_digits-- )
        put("0123456789abcdef"[(value >> (nr_digits * 4)) & 0xf]);
}

/* Nothing is lost when the domain goes: wait until all has been taken. */
static void drain_console(void)
{
    volatile XENCONS_RING_IDX *cons = &console->out_cons;

    while ( *cons != console->out_prod )
    {
        notify_console();
        hypercall(__HYPERVISOR_sched_op, SCHEDOP_yield, 0, 0);
    }
}

void give_up(const char *why)
{
    if ( console )
    {
        put_text("@bad ");
        put_text(why);
        put('\n');
        drain_console();
    }
    stop(SHUTDOWN_crash);
}

void unexpected_fault(void)
{
    give_up("unexpected fault");
}

/* ---- the questions -------------------------------------------------- */

/* The ramdisk, as it is being read. */
struct text {
    const char *at, *end;
};

static bool take_char(struct text *t, char *c)
{
    if ( t->at == t->end )
        return false;
    *c = *t->at++;
    return true;
}

/* Exactly 8 hex digits and one character behind them. */
static uint32_t take_number(struct text *t)
{
    uint32_t value = 0;
    unsigned int i;
    char c;

    for ( i = 0; i < 8; i++ )
    {
        if ( !take_char(t, &c) )
            give_up("the list ends within a number");
        if ( c >= '0' && c <= '9' )
            value = value << 4 | (c - '0');
        else if ( c >= 'a' && c <= 'f' )
            value = value << 4 | (c - 'a' + 10);
        else
            give_up("a number is not 8 hex digits");
    }
    if ( !take_char(t, &c) || (c != ' ' && c != '\n') )
        give_up("no blank or line end after a number");
    return value;
}

static void answer_cpuid(struct text *t, bool emulated)
{
    uint32_t leaf = take_number(t), subleaf = take_number(t);
    uint32_t a = leaf, b, c = subleaf, d;

    if ( emulated && !is_pv )
        give_up("forced emulation is for PV");
    if ( emulated )
        asm volatile ( "ud2a; .ascii \"xen\"; cpuid"
                       : "+a" (a), "=b" (b), "+c" (c), "=d" (d) );
    else
        asm volatile ( "cpuid" : "+a" (a), "=b" (b), "+c" (c), "=d" (d) );
    put_text(emulated ? "@e " : "@c ");
    put_hex(leaf, 8), put(' '), put_hex(subleaf, 8), put(' ');
    put_hex(a, 8), put(' '), put_hex(b, 8), put(' ');
    put_hex(c, 8), put(' '), put_hex(d, 8), put('\n');
}

#define MSR_APIC_BASE 0x1b
#define APIC_BASE_EXTENDED 0x400
#define CPUID_X2APIC (1u << 21)

/* For good: there is no way back but a reset. */
static void enter_x2apic_mode(void)
{
    uint32_t a = 1, b, c = 0, d;
    uint64_t base = 0;

    asm volatile ( "cpuid" : "+a" (a), "=b" (b), "+c" (c), "=d" (d) );
    if ( is_pv || !(c & CPUID_X2APIC) || rdmsr_safe(MSR_APIC_BASE, &base) )
        return;
    base |= APIC_BASE_EXTENDED;
    asm volatile ( "wrmsr" :: "c" (MSR_APIC_BASE), "a" ((uint32_t)base),
                              "d" ((uint32_t)(base >> 32)) : "memory" );
}

static void answer_msr(struct text *t, bool x2apic_mode)
{
    uint32_t index = take_number(t);
    uint64_t value = 0;
    int faulted;

    if ( x2apic_mode )
        enter_x2apic_mode();
    faulted = rdmsr_safe(index, &value);
    put_text(x2apic_mode ? "@x " : "@m ");
    put_hex(index, 8), put(' ');
    if ( faulted )
        put_text("fault");
    else
        put_hex(value, 16);
    put('\n');
}

/* Its registers are where they are on hardware. */
static void answer_apic(struct text *t)
{
    uint32_t offset = take_number(t);

    if ( is_pv )
        give_up("a PV guest has no local APIC");
    put_text("@a ");
    put_hex(offset, 8), put(' ');
    put_hex(*(volatile uint32_t *)(0xfee00000ul + offset), 8), put('\n');
}

static void answer_list(struct text t)
{
    char kind, blank;

    for ( ; take_char(&t, &kind); nr_answers++ )
    {
        if ( !take_char(&t, &blank) || blank != ' ' )
            give_up("no blank after the kind of a question");
        if ( kind == 'c' || kind == 'e' )
            answer_cpuid(&t, kind == 'e');
        else if ( kind == 'm' || kind == 'x' )
            answer_msr(&t, kind == 'x');
        else if ( kind == 'a' )
            answer_apic(&t);
        else
            give_up("a question is of no known kind");
    }
}

/* ---- several vCPUs --------------------------------------------------- */

static struct text questions;

void ap_main(void)
{
    answer_list(questions);
    vcpu_rest();
}

static void answer_vcpus(struct text t)
{
    uint32_t nr = take_number(&t);

    put_text("@n ");
    put_hex(nr, 8), put('\n');
    nr_answers++;
    questions = t;
    for ( uint32_t vcpu = 0; vcpu < nr; vcpu++ )
    {
        put_text("@v ");
        put_hex(vcpu, 8), put('\n');
        nr_answers++;
        if ( vcpu )
            vcpu_run(vcpu, is_pv);
        else
            answer_list(t);
    }
}

static void answer_all(const char *list, size_t nr_bytes)
{
    struct text t = { list, list + nr_bytes };

    put_text(is_pv ? "@begin pv\n" : "@begin pvh\n");
    if ( nr_bytes > 2 && list[0] == 'n' )
        answer_vcpus((struct text){ list + 2, t.end });
    else
        answer_list(t);
    put_text("@end ");
    put_hex(nr_answers, 8);
    put('\n');
    drain_console();
    stop(SHUTDOWN_poweroff);
}

/* ---- as PV ---------------------------------------------------------- */

static void *pv_mfn_to_virt(unsigned long mfn)
{
    const unsigned long *m2p = (void *)MACH2PHYS_VIRT_START;

    return (void *)(m2p[mfn] << 12);
}

void pv_main(const struct start_info *info)
{
    static struct trap_info traps[2];   /* ends with zeros */

    is_pv = true;
    console = pv_mfn_to_virt(info->console.domU.mfn);
    console_port = info->console.domU.evtchn;
    traps[0] = fault_trap();
    if ( hypercall(__HYPERVISOR_set_trap_table, (unsigned long)traps, 0, 0) )
        give_up("no trap table");
    answer_all((const char *)info->mod_start, info->mod_len);
}

/* ---- as PVH --------------------------------------------------------- */

static void pvh_set_fault_handler(void)
{
    uint64_t entry = (uint64_t)fault_entry;

    /* A present 64-bit interrupt gate into code segment 8. */
    idt[26] = (entry & 0xffff) | 0x8e0000080000ULL | (entry >> 16 << 48);
    idt[27] = entry >> 32;
}

/* Xen's leaves may lie higher, if it shows another hypervisor's first. */
static void pvh_set_hypercall_page(void)
{
    uint32_t base, a, b, c, d;
    uint64_t page = (uint64_t)hypercall_page;

    for ( base = 0x40000000; base < 0x40010000; base += 0x100 )
    {
        asm volatile ( "cpuid" : "=a" (a), "=b" (b), "=c" (c), "=d" (d)
                               : "a" (base), "c" (0) );
        if ( b == 0x566e6558 && c == 0x65584d4d && d == 0x4d4d566e )
            break;
    }
    asm volatile ( "cpuid" : "=a" (a), "=b" (b), "=c" (c), "=d" (d)
                           : "a" (base + 2), "c" (0) );
    asm volatile ( "wrmsr" :: "c" (b), "a" ((uint32_t)page),
                              "d" ((uint32_t)(page >> 32)) : "memory" );
}

static uint64_t hvm_param(uint32_t index)
{
    struct xen_hvm_param param = { .domid = DOMID_SELF, .index = index };

    if ( hypercall(__HYPERVISOR_hvm_op, HVMOP_get_param,
                   (unsigned long)&param, 0) )
        give_up("no HVM parameter");
    return param.value;
}

void pvh_main(const struct hvm_start_info *info)
{
    const struct hvm_modlist_entry *list =
        (const void *)(unsigned long)info->modlist_paddr;

    pvh_set_fault_handler();
    pvh_set_hypercall_page();
    console_port = hvm_param(HVM_PARAM_CONSOLE_EVTCHN);
    console = (void *)(hvm_param(HVM_PARAM_CONSOLE_PFN) << 12);
    if ( info->nr_modules != 1 )
        give_up("no list of questions");
    answer_all((const char *)(unsigned long)list->paddr, list->size);
}
