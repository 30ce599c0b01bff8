/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Of which kind every bit is that is no feature, on which vendors, and behind
 * which feature: a mask per leaf, register and kind, typed from the manuals
 * and from what Xen does to the field (recalculate_cpuid_policy() and
 * guest_cpuid() of August 2026, c447b73).  What is in no mask is reserved.
 * Which bits there are is that of x86-cpuid-db, and of the manuals where they
 * are newer.
 */
#include <check.h>
#include <string.h>

#include <xen/lib/x86/cpu-policy.h>

Suite *suite_kinds(void);

#define NR(a) (sizeof(a) / sizeof((a)[0]))

/* Short names for the tables below. */
#define LIMIT X86_KIND_LIMIT
#define EQUAL X86_KIND_EQUAL
#define CHOICE X86_KIND_CHOICE
#define HIDDEN X86_KIND_HIDDEN
#define TOPOLOGY X86_KIND_TOPOLOGY
#define DYNAMIC X86_KIND_DYNAMIC
#define DERIVED X86_KIND_DERIVED
#define FEATURE X86_KIND_FEATURE
#define NONE X86_GATE_NONE
#define VPMU X86_GATE_VPMU
#define AMX_TILE X86_FEATURE_AMX_TILE
#define AVX10 X86_FEATURE_AVX10
#define SVM X86_FEATURE_SVM
#define VMX X86_FEATURE_VMX
#define PAGE1GB X86_FEATURE_PAGE1GB
#define TOPOEXT X86_FEATURE_TOPOEXT

static const struct cpuid_row {
    uint32_t leaf, first, last;     /* subleaves, 0 of a leaf without */
    const char *vendors;            /* Intel, AMD and Hygon, Centaur */
    enum x86_kind kind;
    uint16_t gate;
    uint32_t mask[4];
} cpuid_rows[] = {
    /*
     * SDM vol 2A, CPUID leaf 0.  A policy has as many leaves as its limit at
     * most, and the limit's vendor (x86_cpu_policies_are_compatible()).
     */
    { 0x0, 0, 0, "IAC", LIMIT, NONE, { 0xffffffff, 0, 0, 0 } },
    { 0x0, 0, 0, "IAC", EQUAL, NONE,
      { 0, 0xffffffff, 0xffffffff, 0xffffffff } },

    /*
     * Signature and brand index are the toolstack's; the unit of CLFLUSH is
     * the host's, whatever is asked for (recalculate_cpuid_policy()).
     */
    { 0x1, 0, 0, "IAC", CHOICE, NONE, { 0xfff0fff, 0xff, 0, 0 } },
    { 0x1, 0, 0, "IAC", HIDDEN, NONE, { 0x3000, 0, 0, 0 } },
    { 0x1, 0, 0, "IAC", EQUAL, NONE, { 0, 0xff00, 0, 0 } },
    { 0x1, 0, 0, "IAC", TOPOLOGY, NONE, { 0, 0xff0000, 0, 0 } },
    { 0x1, 0, 0, "IAC", DYNAMIC, NONE, { 0, 0xff000000, 0, 0 } },

    /* SDM vol 2A, table of descriptors; reserved on AMD. */
    { 0x2, 0, 0, "IC", DERIVED, NONE, { 0xff, 0, 0, 0 } },
    { 0x2, 0, 0, "IC", CHOICE, NONE,
      { 0xffffff00, 0xffffffff, 0xffffffff, 0xffffffff } },

    /* Serial number: Xen zeroes leaf 3. */
    { 0x3, 0, 0, "IC", HIDDEN, NONE, { 0, 0, 0xffffffff, 0xffffffff } },

    /* Caches; reserved on AMD, which has 0x8000001d. */
    { 0x4, 0, 5, "IC", CHOICE, NONE, { 0x3ff, 0xffffffff, 0x7fffffff, 0x7 } },
    { 0x4, 0, 5, "IC", TOPOLOGY, NONE, { 0xffffc000, 0, 0, 0 } },

    /* MONITOR: Xen zeroes leaf 5.  Intel, AMD and Centaur alike. */
    { 0x5, 0, 0, "IAC", HIDDEN, NONE, { 0xffff, 0xffff, 0x3, 0xffffffff } },

    /* Thermal and power: Xen zeroes leaf 6. */
    { 0x6, 0, 0, "IAC", HIDDEN, NONE, { 0x1dfeff7, 0xf, 0xff09, 0xffff0f03 } },

    /* Width of the MPX address adjust: nobody in Xen reads it. */
    { 0x7, 0, 0, "IAC", LIMIT, NONE, { 0xffffffff, 0, 0, 0 } },
    { 0x7, 0, 0, "I", HIDDEN, NONE, { 0, 0, 0x3e0000, 0 } },

    /* Direct cache access: zeroed. */
    { 0x9, 0, 0, "I", HIDDEN, NONE, { 0x1, 0, 0, 0 } },

    /* Counters, by the virtual PMU only; AMD has 0x80000022. */
    { 0xa, 0, 0, "IC", LIMIT, VPMU, { 0xff00ffff, 0, 0, 0x1f } },
    { 0xa, 0, 0, "IC", DERIVED, VPMU, { 0x00ff0000, 0, 0, 0x9fe0 } },
    { 0xa, 0, 0, "IC", CHOICE, VPMU, { 0, 0x1fff, 0, 0 } },
    { 0xa, 0, 0, "IC", FEATURE, VPMU, { 0, 0, 0xffffffff, 0 } },

    /* Extended topology: from the domain's; edx is the vCPU's own id. */
    { 0xb, 0, 1, "IAC", TOPOLOGY, NONE, { 0x1f, 0xffff, 0xffff, 0 } },
    { 0xb, 0, 1, "IAC", DYNAMIC, NONE, { 0, 0, 0, 0xffffffff } },

    /*
     * Save area: recalculated (recalculate_xstate()); the size in use follows
     * XCR0 (guest_cpuid()).
     */
    { 0xd, 0, 0, "IAC", DERIVED, NONE,
      { 0xe1aff, 0, 0xffffffff, 0x40000000 } },
    { 0xd, 0, 0, "IAC", DYNAMIC, NONE, { 0, 0xffffffff, 0, 0 } },
    { 0xd, 1, 1, "IAC", DYNAMIC, NONE, { 0, 0xffffffff, 0, 0 } },
    { 0xd, 1, 1, "IAC", DERIVED, NONE, { 0, 0, 0x1fd00, 0 } },
    { 0xd, 2, 62, "IAC", DERIVED, NONE, { 0xffffffff, 0xffffffff, 0x7, 0 } },

    /*
     * Monitoring and allocation of caches: the host's; Intel, and AMD since
     * Rome.
     */
    { 0xf, 0, 0, "IA", HIDDEN, NONE, { 0, 0xffffffff, 0, 0x2 } },
    { 0xf, 1, 1, "IA", HIDDEN, NONE, { 0x7ff, 0xffffffff, 0xffffffff, 0x7 } },
    { 0x10, 0, 0, "IA", HIDDEN, NONE, { 0, 0xe, 0, 0 } },
    { 0x10, 1, 2, "IA", HIDDEN, NONE, { 0x1f, 0xffffffff, 0xe, 0xffff } },
    { 0x10, 3, 3, "IA", HIDDEN, NONE, { 0xfff, 0, 0x5, 0xffff } },

    /* SGX: not for guests. */
    { 0x12, 0, 0, "I", HIDDEN, NONE, { 0xce3, 0x3, 0, 0xffff } },
    { 0x12, 1, 1, "I", HIDDEN, NONE, { 0x4f7, 0, 0x602ff, 0 } },
    { 0x12, 2, 3, "I", HIDDEN, NONE,
      { 0xfffff00f, 0xfffff, 0xfffff00f, 0xfffff } },

    /* Processor Trace: not for guests. */
    { 0x14, 0, 0, "I", HIDDEN, NONE, { 0xffffffff, 0x1ff, 0x8000000f, 0 } },
    { 0x14, 1, 1, "I", HIDDEN, NONE, { 0xffff0007, 0xffffffff, 0, 0 } },

    /* TSC and crystal: of the host; a domain's TSC may be another. */
    { 0x15, 0, 0, "IC", HIDDEN, NONE,
      { 0xffffffff, 0xffffffff, 0xffffffff, 0 } },
    { 0x16, 0, 0, "IC", HIDDEN, NONE, { 0xffff, 0xffff, 0xffff, 0 } },

    /* System on chip, and what TLBs look like: zeroed. */
    { 0x17, 0, 0, "I", HIDDEN, NONE,
      { 0xffffffff, 0x1ffff, 0xffffffff, 0xffffffff } },
    { 0x17, 1, 3, "I", HIDDEN, NONE,
      { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff } },
    { 0x18, 0, 9, "I", HIDDEN, NONE,
      { 0xffffffff, 0xffff070f, 0xffffffff, 0x3ffc1ff } },

    /* Key locker, hybrid, PCONFIG, branch records: not for guests. */
    { 0x19, 0, 0, "I", HIDDEN, NONE, { 0x7, 0x15, 0x3, 0 } },
    { 0x1a, 0, 0, "I", HIDDEN, NONE, { 0xffffffff, 0, 0, 0 } },
    { 0x1b, 0, 3, "I", HIDDEN, NONE,
      { 0xfff, 0xffffffff, 0xffffffff, 0xffffffff } },
    { 0x1c, 0, 0, "I", HIDDEN, NONE, { 0xc00000ff, 0x7, 0xf0007, 0 } },

    /* AMX tiles: bounds of what a tile is, behind AMX_TILE. */
    { 0x1d, 0, 0, "I", LIMIT, AMX_TILE, { 0xffffffff, 0, 0, 0 } },
    { 0x1d, 1, 1, "I", EQUAL, AMX_TILE,
      { 0xffffffff, 0xffffffff, 0xffff, 0 } },
    { 0x1e, 0, 0, "I", LIMIT, AMX_TILE, { 0xffffffff, 0, 0, 0 } },
    { 0x1e, 0, 0, "I", EQUAL, AMX_TILE, { 0, 0xffffff, 0, 0 } },
    { 0x1e, 1, 1, "I", FEATURE, AMX_TILE, { 0x1df, 0, 0, 0 } },

    /* Extended topology, second form; AMD has 0x80000026. */
    { 0x1f, 0, 5, "IC", TOPOLOGY, NONE, { 0x1f, 0xffff, 0xffff, 0 } },
    { 0x1f, 0, 5, "IC", DYNAMIC, NONE, { 0, 0, 0, 0xffffffff } },

    /* HRESET, TDX, counters of leaf 0x23: not for guests. */
    { 0x20, 0, 0, "I", HIDDEN, NONE, { 0xffffffff, 0x1, 0, 0 } },
    { 0x21, 0, 0, "I", HIDDEN, NONE,
      { 0, 0xffffffff, 0xffffffff, 0xffffffff } },
    { 0x23, 0, 0, "I", HIDDEN, NONE, { 0x3f, 0x7, 0xff, 0 } },
    { 0x23, 1, 1, "I", HIDDEN, NONE, { 0xffffffff, 0xffffffff, 0, 0 } },
    { 0x23, 2, 2, "I", HIDDEN, NONE,
      { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff } },
    { 0x23, 3, 3, "I", HIDDEN, NONE, { 0xfff, 0, 0, 0 } },
    { 0x23, 4, 4, "I", HIDDEN, NONE, { 0, 0x60ff0378, 0, 0 } },
    { 0x23, 5, 5, "I", HIDDEN, NONE,
      { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff } },

    /* AVX10 specification: version and vector lengths, behind AVX10. */
    { 0x24, 0, 0, "I", LIMIT, AVX10, { 0xffffffff, 0xff, 0, 0 } },
    { 0x24, 0, 0, "I", FEATURE, AVX10, { 0, 0x70000, 0, 0 } },
    { 0x24, 1, 1, "I", FEATURE, AVX10, { 0, 0, 0x4, 0 } },

    /* Xen's own leaves: the limit is the toolstack's, the rest is Xen's. */
    { 0x40000000, 0, 0, "IAC", CHOICE, NONE, { 0xff, 0, 0, 0 } },
    { 0x40000000, 0, 0, "IAC", HIDDEN, NONE,
      { 0, 0xffffffff, 0xffffffff, 0xffffffff } },
    { 0x40000100, 0, 0, "IAC", CHOICE, NONE, { 0xff, 0, 0, 0 } },
    { 0x40000100, 0, 0, "IAC", HIDDEN, NONE,
      { 0, 0xffffffff, 0xffffffff, 0xffffffff } },

    /* APM vol 3, E.4.1: on AMD the vendor once more. */
    { 0x80000000, 0, 0, "IAC", LIMIT, NONE, { 0xffffffff, 0, 0, 0 } },
    { 0x80000000, 0, 0, "A", DERIVED, NONE,
      { 0, 0xffffffff, 0xffffffff, 0xffffffff } },
    { 0x80000000, 0, 0, "C", EQUAL, NONE,
      { 0, 0xffffffff, 0xffffffff, 0xffffffff } },

    /* On AMD copies of leaf 1; on Centaur copies that nobody uses. */
    { 0x80000001, 0, 0, "A", DERIVED, NONE, { 0xfff3fff, 0, 0, 0x183f3ff } },
    { 0x80000001, 0, 0, "C", EQUAL, NONE, { 0xfff3fff, 0, 0, 0 } },
    { 0x80000001, 0, 0, "A", CHOICE, NONE, { 0, 0xf000ffff, 0, 0 } },
    { 0x80000001, 0, 0, "C", HIDDEN, NONE, { 0, 0, 0, 0x183f3ff } },

    /* Brand string: the toolstack's. */
    { 0x80000002, 0, 0, "IAC", CHOICE, NONE,
      { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff } },
    { 0x80000003, 0, 0, "IAC", CHOICE, NONE,
      { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff } },
    { 0x80000004, 0, 0, "IAC", CHOICE, NONE,
      { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff } },

    /*
     * APM vol 3, E.4.4 and E.4.5: caches and TLBs; Intel has the size of lines
     * of level 2 alone.
     */
    { 0x80000005, 0, 0, "AC", CHOICE, NONE,
      { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff } },
    { 0x80000006, 0, 0, "AC", CHOICE, NONE,
      { 0xffffffff, 0xffffffff, 0, 0xfffcffff } },
    { 0x80000006, 0, 0, "IAC", CHOICE, NONE, { 0, 0, 0xffffffff, 0 } },

    /* APM vol 3, E.4.6: of the host's power and RAS. */
    { 0x80000007, 0, 0, "A", HIDDEN, NONE,
      { 0xffffffff, 0xf, 0xffffffff, 0 } },

    /*
     * Widths: physical is limited, linear follows LM and LA57, the guest's
     * physical is zeroed.
     */
    { 0x80000008, 0, 0, "IAC", LIMIT, NONE, { 0xff, 0, 0, 0 } },
    { 0x80000008, 0, 0, "IAC", DERIVED, NONE, { 0xff00, 0, 0, 0 } },
    { 0x80000008, 0, 0, "IAC", HIDDEN, NONE, { 0xff0000, 0, 0, 0 } },
    { 0x80000008, 0, 0, "A", TOPOLOGY, NONE, { 0, 0, 0xf0ff, 0 } },
    { 0x80000008, 0, 0, "A", CHOICE, NONE, { 0, 0, 0x30000, 0 } },
    { 0x80000008, 0, 0, "A", HIDDEN, NONE, { 0, 0, 0, 0xffffffff } },

    /*
     * SVM: revision, ASIDs, and of features those that Xen offers nested
     * guests (calculate_hvm_max_policy()).
     */
    { 0x8000000a, 0, 0, "A", EQUAL, SVM, { 0xff, 0, 0, 0 } },
    { 0x8000000a, 0, 0, "A", LIMIT, SVM, { 0, 0xffffffff, 0, 0 } },
    { 0x8000000a, 0, 0, "A", HIDDEN, SVM, { 0, 0, 0x10, 0xffbfb054 } },
    { 0x8000000a, 0, 0, "A", FEATURE, SVM, { 0, 0, 0x40, 0x4ab } },

    /* TLBs of 1G pages (zeroed without them), widths of the data path. */
    { 0x80000019, 0, 0, "A", CHOICE, PAGE1GB,
      { 0xffffffff, 0xffffffff, 0, 0 } },
    { 0x8000001a, 0, 0, "A", CHOICE, NONE, { 0xf, 0, 0, 0 } },

    /* IBS and LWP: not for guests. */
    { 0x8000001b, 0, 0, "A", HIDDEN, NONE, { 0x81fff, 0, 0, 0 } },
    { 0x8000001c, 0, 0, "A", HIDDEN, NONE,
      { 0xe000007f, 0xffffffff, 0xf0ffffff, 0xe000007f } },

    /* AMD's caches and topology, behind TOPOEXT. */
    { 0x8000001d, 0, 7, "A", CHOICE, TOPOEXT,
      { 0x3ff, 0xffffffff, 0x7fffffff, 0x3 } },
    { 0x8000001d, 0, 7, "A", TOPOLOGY, TOPOEXT, { 0x3ffc000, 0, 0, 0 } },
    { 0x8000001e, 0, 0, "A", DYNAMIC, TOPOEXT, { 0xffffffff, 0xff, 0xff, 0 } },
    { 0x8000001e, 0, 0, "A", TOPOLOGY, TOPOEXT, { 0, 0xff00, 0x700, 0 } },

    /*
     * Memory encryption, QoS, extended features 2, counters, multi-key: of the
     * host.
     */
    { 0x8000001f, 0, 0, "A", HIDDEN, NONE,
      { 0xffffffff, 0x8000ffff, 0xffffffff, 0xffffffff } },
    { 0x80000020, 0, 0, "A", HIDDEN, NONE, { 0, 0x3fe, 0, 0 } },
    { 0x80000020, 1, 1, "A", HIDDEN, NONE, { 0xffffffff, 0, 0, 0xffffffff } },
    { 0x80000020, 2, 2, "A", HIDDEN, NONE, { 0xffffffff, 0, 0, 0xffffffff } },
    { 0x80000020, 3, 3, "A", HIDDEN, NONE, { 0, 0xff, 0x7f, 0 } },
    { 0x80000020, 5, 5, "A", HIDDEN, NONE, { 0x1ff, 0xffff, 0x1, 0 } },
    { 0x80000021, 0, 0, "A", HIDDEN, NONE, { 0, 0xffffff, 0x100, 0 } },
    { 0x80000022, 0, 0, "A", HIDDEN, NONE, { 0x7, 0x3fffff, 0xffffffff, 0 } },
    { 0x80000023, 0, 0, "A", HIDDEN, NONE, { 0x1, 0xffff, 0, 0 } },
    { 0x80000025, 0, 0, "A", HIDDEN, NONE, { 0xfff, 0x7ff, 0, 0 } },

    /* APM vol 3, E.4.24: extended topology, and what kind of core it is. */
    { 0x80000026, 0, 5, "A", TOPOLOGY, NONE, { 0x1f, 0xffff, 0xffff, 0 } },
    { 0x80000026, 0, 5, "A", HIDDEN, NONE, { 0xe0000000, 0xffff0000, 0, 0 } },
    { 0x80000026, 0, 5, "A", DYNAMIC, NONE, { 0, 0, 0, 0xffffffff } },

    /* Centaur's own leaves: Xen has none of them. */
    { 0xc0000000, 0, 0, "C", HIDDEN, NONE, { 0xffffffff, 0, 0, 0 } },
    { 0xc0000001, 0, 0, "C", HIDDEN, NONE, { 0, 0, 0, 0x1e333fff } },
};

static const struct msr_row {
    uint32_t index;
    const char *vendors;
    enum x86_kind kind;
    uint16_t gate;
    uint64_t mask;
} msr_rows[] = {
    /* Microcode: the host's. */
    { 0x8b, "IC", HIDDEN, NONE, 0xffffffff00000000 },
    { 0x8b, "A", HIDDEN, NONE, 0xffffffff },
    /* CPUID faulting is Xen's, for all; the rest is about power. */
    { 0xce, "I", HIDDEN, NONE, 0x7fffffff },
    { 0xce, "IAC", FEATURE, NONE, 0x80000000 },
    /* SDM vol 4: of the host. */
    { 0xcf, "I", HIDDEN, NONE, 0xfd },
    /* SDM vol 4: without a virtual PMU in it. */
    { 0x345, "I", HIDDEN, NONE, 0xbffff },
    /*
     * Nested VMX.  What there is, is that of the SDM, vol 3, appendix A; what
     * is offered, that of nvmx_msr_read_intercept() in Xen's vvmx.c, less
     * NMI windows (27.2.1.1: they need virtual NMIs, which it does not offer)
     * and SMM's dual monitor.
     *
     * A.1: the layout of what a guest keeps in memory, and three statements
     * that a guest can do without.
     */
    { 0x480, "IC", EQUAL, VMX, 0x003d1fff7fffffff },
    { 0x480, "IC", FEATURE, VMX, 0x01c0000000000000 },
    { 0x480, "IC", HIDDEN, VMX, 0x0402000000000000 },
    /*
     * A.3: allowed 0-settings are the low half, allowed 1-settings the high.
     */
    { 0x481, "IC", EQUAL, VMX, 0xffffffff },
    { 0x481, "IC", FEATURE, VMX, 0x5f00000000 },
    { 0x481, "IC", HIDDEN, VMX, 0xa000000000 },
    { 0x482, "IC", EQUAL, VMX, 0xffffffff },
    { 0x482, "IC", FEATURE, VMX, 0xffb9fffe00000000 },
    { 0x482, "IC", HIDDEN, VMX, 0x0042000000000000 },
    /* A.4 and A.5. */
    { 0x483, "IC", EQUAL, VMX, 0xffffffff },
    { 0x483, "IC", FEATURE, VMX, 0x007fffff00000000 },
    { 0x483, "IC", HIDDEN, VMX, 0xff80000000000000 },
    { 0x484, "IC", EQUAL, VMX, 0xffffffff },
    { 0x484, "IC", FEATURE, VMX, 0x0000f3ff00000000 },
    { 0x484, "IC", HIDDEN, VMX, 0x00ff0c0000000000 },
    /* A.6: no activity states, no CR3 targets. */
    { 0x485, "IC", EQUAL, VMX, 0x1f },
    { 0x485, "IC", FEATURE, VMX, 0x60000020 },
    { 0x485, "IC", LIMIT, VMX, 0x0e000000 },
    { 0x485, "IC", HIDDEN, VMX, 0xffffffff11ffc1c0 },
    /* A.7 and A.8: what CR4 may have follows from CPUID. */
    { 0x486, "IC", EQUAL, VMX, 0xffffffffffffffff },
    { 0x487, "IC", EQUAL, VMX, 0xffffffffffffffff },
    { 0x488, "IC", EQUAL, VMX, 0xffffffffffffffff },
    { 0x489, "IC", DERIVED, VMX, 0xffffffffffffffff },
    /* A.9, bits 9 to 1: of the virtual VMCS. */
    { 0x48a, "IC", EQUAL, VMX, 0x3fe },
    /* A.3.3, allowed 1-settings in the high half. */
    { 0x48b, "IC", DERIVED, VMX, 0xffffffff },
    { 0x48b, "IC", FEATURE, VMX, 0x000000a700000000 },
    { 0x48b, "IC", HIDDEN, VMX, 0xdfffff5800000000 },
    /* A.10; nept_get_ept_vpid_cap(). */
    { 0x48c, "IC", FEATURE, VMX, 0xf0106134141 },
    { 0x48c, "IC", HIDDEN, VMX, 0x3f000000e00080 },
    /* A.3.1, A.3.2, A.4, A.5: the controls again, without the old defaults. */
    { 0x48d, "IC", DERIVED, VMX, 0x5fffffffff },
    { 0x48d, "IC", HIDDEN, VMX, 0xa000000000 },
    { 0x48e, "IC", DERIVED, VMX, 0xffb9fffeffffffff },
    { 0x48e, "IC", HIDDEN, VMX, 0x0042000000000000 },
    { 0x48f, "IC", DERIVED, VMX, 0x007fffffffffffff },
    { 0x48f, "IC", HIDDEN, VMX, 0xff80000000000000 },
    { 0x490, "IC", DERIVED, VMX, 0x0000f3ffffffffff },
    { 0x490, "IC", HIDDEN, VMX, 0x00ff0c0000000000 },
    /* A.11. */
    { 0x491, "IC", HIDDEN, VMX, 0x1 },
    /* A.3.4: 64 allowed 1-settings. */
    { 0x492, "IC", HIDDEN, VMX, 0xdf },
    /* A.4.2. */
    { 0x493, "IC", HIDDEN, VMX, 0xb },
    /* LFENCE is synthesised; no guest reads the rest. */
    { 0xc0011029, "A", HIDDEN, NONE, 0xffffffffffffffff },
};

/* For whom an MSR is there, and behind which bit of which other one. */
static const struct msr {
    uint32_t index, control;        /* control 0: no such condition */
    const char *vendors;
    uint16_t gate;
    uint64_t storage, bits;
} msrs[] = {
    { 0x8b, 0, "IA", NONE, ~0ULL, 0 },
    { 0xce, 0, "IAC", NONE, 0xffffffff, 0 },
    { 0xcf, 0, "IAC", X86_FEATURE_CORE_CAPS, ~0ULL, 0 },
    { 0x10a, 0, "IAC", X86_FEATURE_ARCH_CAPS, ~0ULL, 0 },
    { 0x345, 0, "IAC", X86_FEATURE_PDCM, ~0ULL, 0 },
    /* SDM vol 3, appendix A: which MSR is there says another. */
    { 0x480, 0, "IC", VMX, ~0ULL, 0 },
    { 0x481, 0, "IC", VMX, ~0ULL, 0 },
    { 0x482, 0, "IC", VMX, ~0ULL, 0 },
    { 0x483, 0, "IC", VMX, ~0ULL, 0 },
    { 0x484, 0, "IC", VMX, ~0ULL, 0 },
    { 0x485, 0, "IC", VMX, ~0ULL, 0 },
    { 0x486, 0, "IC", VMX, ~0ULL, 0 },
    { 0x487, 0, "IC", VMX, ~0ULL, 0 },
    { 0x488, 0, "IC", VMX, ~0ULL, 0 },
    { 0x489, 0, "IC", VMX, ~0ULL, 0 },
    { 0x48a, 0, "IC", VMX, ~0ULL, 0 },
    { 0x48b, 0x482, "IC", VMX, ~0ULL, 1ULL << 63 },
    { 0x48c, 0x48b, "IC", VMX, ~0ULL, 1ULL << 33 | 1ULL << 37 },
    { 0x48d, 0x480, "IC", VMX, ~0ULL, 1ULL << 55 },
    { 0x48e, 0x480, "IC", VMX, ~0ULL, 1ULL << 55 },
    { 0x48f, 0x480, "IC", VMX, ~0ULL, 1ULL << 55 },
    { 0x490, 0x480, "IC", VMX, ~0ULL, 1ULL << 55 },
    { 0x491, 0x48b, "IC", VMX, ~0ULL, 1ULL << 45 },
    { 0x492, 0x482, "IC", VMX, ~0ULL, 1ULL << 49 },
    { 0x493, 0x483, "IC", VMX, ~0ULL, 1ULL << 63 },
    { 0xc0011029, 0, "A", NONE, ~0ULL, 0 },
};

/* ---- what the rows say of a bit --------------------------------------- */

static const char layouts[] = "IAC";

struct said {
    enum x86_kind kind;
    uint16_t gate;
};

static bool on_layout(const char *vendors, unsigned int layout)
{
    return strchr(vendors, layouts[layout]);
}

static struct said said_of_word(unsigned int layout, unsigned int word,
                                unsigned int bit)
{
    const struct x86_slot_desc *s = &x86_slot_descs[word / 4];
    uint32_t subleaf = s->subleaf == ~0u ? 0 : s->subleaf;
    struct said said = { X86_KIND_RESERVED, NONE };
    unsigned int nr = 0;

    for ( size_t i = 0; i < NR(cpuid_rows); i++ )
    {
        const struct cpuid_row *r = &cpuid_rows[i];

        if ( r->leaf != s->leaf || subleaf < r->first || subleaf > r->last ||
             !on_layout(r->vendors, layout) ||
             !((r->mask[word % 4] >> bit) & 1) )
            continue;
        said = (struct said){ r->kind, r->gate };
        nr++;
    }
    ck_assert_msg(nr <= 1, "leaf %#x.%u: two rows of one bit", s->leaf,
                  subleaf);

    return said;
}

static struct said said_of_msr(unsigned int layout, unsigned int slot,
                               unsigned int bit)
{
    struct said said = { X86_KIND_RESERVED, NONE };

    for ( size_t i = 0; i < NR(msr_rows); i++ )
        if ( msr_rows[i].index == x86_msr_descs[slot].index &&
             on_layout(msr_rows[i].vendors, layout) &&
             ((msr_rows[i].mask >> bit) & 1) )
            said = (struct said){ msr_rows[i].kind, msr_rows[i].gate };

    return said;
}

/* ---- against the tables ----------------------------------------------- */

static bool is_feature(bool is_msr, unsigned int index, unsigned int bit)
{
    for ( unsigned int w = 0; w < X86_NR_FEATURE_WORDS; w++ )
    {
        const struct x86_word_desc *d = &x86_word_descs[w];

        if ( is_msr ? d->slot == X86_WORD_IN_MSR && d->msr_slot == index &&
                      d->reg == bit / 32
                    : d->slot != X86_WORD_IN_MSR &&
                      d->slot * 4u + d->reg == index )
            return x86_feature_find(w * 32 + bit % 32);
    }

    return false;
}

static void check_bit(unsigned int layout, bool is_msr, unsigned int index,
                      unsigned int bit)
{
    struct said said = is_msr ? said_of_msr(layout, index, bit)
                              : said_of_word(layout, index, bit);
    const struct x86_field_desc *f =
        x86_field_find(layout, is_msr, index, bit);
    uint32_t where = is_msr ? x86_msr_descs[index].index
                            : x86_slot_descs[index / 4].leaf;
    bool is_kind = is_msr
        ? (x86_kind_msrs[layout][said.kind][index] >> bit) & 1
        : (x86_kind_words[layout][said.kind][index] >> bit) & 1;

    if ( is_feature(is_msr, index, bit) )
    {
        ck_assert_msg(said.kind == X86_KIND_RESERVED, "%c %#x: e%cx[%u] is "
                      "a feature", layouts[layout], where, 'a' + index % 4,
                      bit);
        return;
    }

    ck_assert_msg(is_kind, "%c %s %#x: %s%c%s[%u] %s is not of kind %u",
                  layouts[layout], is_msr ? "MSR" : "leaf", where,
                  is_msr ? "" : "e", is_msr ? ' ' : 'a' + index % 4,
                  is_msr ? "" : "x", bit, f ? f->name : "reserved",
                  said.kind);
    ck_assert_msg((f ? f->gate : NONE) == said.gate,
                  "%c %#x: %s, gate %#x, not %#x", layouts[layout], where,
                  f ? f->name : "reserved", f ? f->gate : NONE, said.gate);
}

START_TEST(kinds_gates_vendors_of_every_bit_are_as_typed_again)
{
    for ( unsigned int i = 0; i < X86_NR_WORDS; i++ )
        for ( unsigned int bit = 0; bit < 32; bit++ )
            check_bit(_i, false, i, bit);
    for ( unsigned int i = 0; i < X86_NR_MSR_SLOTS; i++ )
        for ( unsigned int bit = 0; bit < 64; bit++ )
            check_bit(_i, true, i, bit);
}
END_TEST

/* A row of a leaf or an MSR that the tables do not have says nothing. */
START_TEST(every_row_is_of_a_leaf_or_msr_that_there_is)
{
    for ( size_t i = 0; i < NR(cpuid_rows); i++ )
    {
        const struct x86_leaf_desc *d = x86_leaf_find(cpuid_rows[i].leaf);

        ck_assert_msg(d && cpuid_rows[i].last < (d->nr_subleaves ?: 1),
                      "leaf %#x", cpuid_rows[i].leaf);
    }
    for ( size_t i = 0; i < NR(msr_rows); i++ )
        ck_assert_msg(x86_msr_slot_find(msr_rows[i].index) >= 0, "MSR %#x",
                      msr_rows[i].index);
}
END_TEST

START_TEST(msrs_are_there_for_those_that_the_manuals_name)
{
    ck_assert_uint_eq(NR(msrs), X86_NR_MSR_SLOTS);
    for ( size_t i = 0; i < NR(msrs); i++ )
    {
        const struct x86_msr_desc *d = &x86_msr_descs[i];
        unsigned int vendors = 0;
        uint64_t bits = 0;

        ck_assert_msg(d->index == msrs[i].index, "%#x", msrs[i].index);
        for ( unsigned int l = 0; l < X86_NR_LAYOUTS; l++ )
            vendors |= on_layout(msrs[i].vendors, l) << l;
        ck_assert_msg(d->layouts == vendors && d->gate == msrs[i].gate &&
                      d->storage == msrs[i].storage, "%#x: vendors %#x, "
                      "gate %#x", d->index, d->layouts, d->gate);
        for ( unsigned int j = 0; j < d->nr_enables; j++ )
        {
            const struct x86_msr_enable *e =
                &x86_msr_enables[d->first_enable + j];

            ck_assert_msg(x86_msr_descs[e->slot].index == msrs[i].control,
                          "%#x", d->index);
            bits |= 1ULL << e->bit;
        }
        ck_assert_msg(bits == msrs[i].bits, "%#x: %#lx", d->index,
                      (unsigned long)bits);
    }
}
END_TEST

Suite *suite_kinds(void)
{
    Suite *s = suite_create("kinds");
    TCase *tc = tcase_create("masks");

    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc,
                        kinds_gates_vendors_of_every_bit_are_as_typed_again,
                        0, X86_NR_LAYOUTS);
    tcase_add_test(tc, every_row_is_of_a_leaf_or_msr_that_there_is);
    tcase_add_test(tc, msrs_are_there_for_those_that_the_manuals_name);
    suite_add_tcase(s, tc);

    return s;
}
